"""A loaded regulation never changes, owns what is derived from it, and is read anew when its files were changed."""

from __future__ import annotations

import gc
import pickle
import weakref
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from docgen.forms.bindings import slots
from docgen.forms.definition import load_form
from docgen.grading import rules_of
from docgen.grading.plan import plan_of
from docgen.owner import Owner
from docgen.regulations.loader import Regulation, forget_regulations, load_regulation
from docgen.regulations.rules import load_rules
from docgen.validation.form_data import compiled
from docgen.validation.shape import dossier_validator

UNIT = """regulation: don-vi-2018
extends: kh55-2018
title: {title}
number: 01-HD/ĐU
"""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    folder = tmp_path / "don-vi-2018"
    folder.mkdir()
    (folder / "regulation.yaml").write_text(UNIT.format(title="Hướng dẫn một"), encoding="utf-8")
    (folder / "rules.yaml").write_text(
        "regulation: don-vi-2018\nextends: kh55-2018\ndocument: 01-HD/ĐU\nrules: []\n", encoding="utf-8"
    )
    return tmp_path


def test_nothing_of_a_loaded_regulation_can_be_changed() -> None:
    regulation = load_regulation("kh55-2018")
    changes: list[Callable[[], object]] = [
        lambda: setattr(regulation, "forms", regulation.forms[:2]),
        lambda: regulation.fields.pop("document.date"),
        lambda: regulation.choices["presence"].update(co="Không"),
        lambda: regulation.criteria.clear(),
        lambda: regulation.roots.update(member="dossier"),
        lambda: regulation.deadlines.append({}),  # type: ignore[arg-type]
    ]
    for change in changes:
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            change()
    assert load_regulation("kh55-2018") is regulation


def test_a_regulation_travels_by_its_name(unit: Path) -> None:
    for regulation in (load_regulation("kh55-2018"), load_regulation("don-vi-2018", [unit])):
        assert pickle.loads(pickle.dumps(regulation)) is regulation


def test_a_changed_file_is_seen_after_reading_anew(unit: Path) -> None:
    before = load_regulation("don-vi-2018", [unit])
    file = unit / "don-vi-2018" / "regulation.yaml"
    file.write_text(UNIT.format(title="Hướng dẫn hai"), encoding="utf-8")
    assert load_regulation("don-vi-2018", [unit]) is before
    forget_regulations()
    after = load_regulation("don-vi-2018", [unit])
    assert (before.title, after.title) == ("Hướng dẫn một", "Hướng dẫn hai")


def test_so_is_a_changed_rule(unit: Path) -> None:
    assert rules_of("don-vi-2018", [unit]).document == "01-HD/ĐU"
    file = unit / "don-vi-2018" / "rules.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("01-HD/ĐU", "02-HD/ĐU"), encoding="utf-8")
    forget_regulations()
    assert rules_of("don-vi-2018", [unit]).document == "02-HD/ĐU"


def derive(regulation: Regulation) -> None:
    definition = load_form(regulation, "mau-05")
    slots(regulation, definition)
    compiled(regulation, definition)
    dossier_validator(regulation)


def test_what_is_derived_is_made_once_and_goes_with_its_owner(unit: Path) -> None:
    regulation = load_regulation("don-vi-2018", [unit])
    derive(regulation)
    kept = dict(regulation._derived)
    derive(regulation)
    assert kept
    assert all(regulation._derived[key] is value for key, value in kept.items())
    gone = weakref.ref(regulation)
    forget_regulations()
    del regulation, kept
    gc.collect()
    assert gone() is None


def test_a_plan_goes_with_its_rules() -> None:
    rules = load_rules("hd16-2018")
    plan = plan_of(rules, "dang_vien")
    assert plan_of(rules, "dang_vien") is plan
    gone = weakref.ref(plan)
    del rules, plan
    gc.collect()
    assert gone() is None


def test_the_first_value_made_is_the_one_for_all() -> None:
    owner = Owner()
    inner = owner.derived("a", lambda: owner.derived("a", lambda: "inner") + "!")
    assert inner == "inner"
    assert owner.derived("a", lambda: "other") == "inner"
