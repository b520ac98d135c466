"""A loaded regulation never changes, owns what is derived from it, and is read anew when its files were changed."""

from __future__ import annotations

import gc
import pickle
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from docgen.forms.bindings import slots
from docgen.forms.definition import load_form
from docgen.grading import rules_of
from docgen.grading.rule_plan import plan_of
from docgen.owner import Owner
from docgen.regulations import loader
from docgen.regulations.loader import RegulationData, forget_regulations, load_regulation
from docgen.regulations.rules import load_rules
from docgen.validation.checks.shape import dossier_validator
from docgen.validation.form_data import compiled

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


def derive(regulation: RegulationData) -> None:
    definition = load_form(regulation, "mau-05")
    slots(definition)
    compiled(definition)
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


def test_threads_that_ask_at_once_get_one_thing_and_it_is_made_once(unit: Path) -> None:
    made: list[int] = []
    asked = threading.Barrier(8)

    def slowly() -> object:
        made.append(threading.get_ident())
        time.sleep(0.05)
        return object()

    def ask(owner: Owner) -> object:
        asked.wait()
        return owner.derived("test", slowly)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            owner = Owner()
            made.clear()
            found = list(pool.map(ask, [owner] * 8))
            assert len(made) == 1
            assert len({id(one) for one in found}) == 1
        forget_regulations()
        assert len(set(map(id, pool.map(lambda _: load_regulation("don-vi-2018", [unit]), range(8))))) == 1


def test_what_is_there_is_not_waited_for() -> None:
    owner, going, done = Owner(), threading.Event(), threading.Event()
    owner.derived("there", lambda: 1)

    def long() -> int:
        going.set()
        assert done.wait(30)
        return 2

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(owner.derived, "slow", long)
        assert going.wait(30)
        assert owner.derived("there", lambda: 3) == 1
        done.set()
        assert slow.result() == 2


def test_only_so_many_regulations_stay_loaded(unit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "_MOST", 2)
    forget_regulations()
    first = load_regulation("don-vi-2018", [unit])
    load_regulation("kh55-2018")
    assert load_regulation("don-vi-2018", [unit]) is first
    load_regulation("hd16-2018")
    assert load_regulation("don-vi-2018", [unit]) is not first
    assert len(loader._loaded) == 2
