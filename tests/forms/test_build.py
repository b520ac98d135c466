"""`docgen build`: the same bytes twice, and a check that notices every kind of difference."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_type_hints

import pytest

from docgen import paths, records
from docgen.forms import build
from docgen.forms.definition import load_form
from docgen.forms.template import build_template
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.after.written import problems

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_a_template_is_built_to_the_same_sound_bytes(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    first = build_template(definition)
    assert first == build_template(load_form(regulation, form))
    left_over = [p for p in problems(first) if "tag left over" not in p]
    assert left_over == []
    assert build.carried_hash(first) == definition.definition_hash


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = build.project_root()
    assert root is not None
    for folder in ("templates", "data_schemas"):
        shutil.copytree(root / folder, tmp_path / folder)
    (tmp_path / "docgen").mkdir()
    shutil.copy(root / build.RECORD_TYPES, tmp_path / build.RECORD_TYPES)
    return tmp_path


def test_what_is_committed_is_what_the_definitions_say(checkout: Path) -> None:
    assert build.build(checkout, check=True) == []


@pytest.mark.parametrize("harm", ["changed", "missing", "left over"])
def test_the_check_notices(checkout: Path, harm: str) -> None:
    victim = checkout / "templates" / "mau" / "hd16-2018" / "mau-05.docx"
    if harm == "changed":
        victim.write_bytes(victim.read_bytes() + b" ")
    elif harm == "missing":
        victim.unlink()
    else:
        victim = checkout / "data_schemas" / "hd16-2018" / "mau-99.schema.json"
        victim.write_text("{}", encoding="utf-8")
    assert build.build(checkout, check=True) == [victim]
    assert build.build(checkout) == [victim]
    assert build.build(checkout, check=True) == []


def test_the_check_notices_types_that_lag_behind_the_catalogue(checkout: Path) -> None:
    types = checkout / build.RECORD_TYPES
    types.write_text(types.read_text(encoding="utf-8").replace("    full_name: str", "    name: str"), encoding="utf-8")
    assert build.build(checkout, check=True) == [types]
    assert build.build(checkout) == [types]
    assert "    full_name: str  # Họ và tên\n" in types.read_text(encoding="utf-8")


def test_the_types_of_records_are_those_of_the_catalogue() -> None:
    # fields.yaml: `votes.<grade>: integer`, `review.ideology: paragraphs`, `signs: choice` of each sign.
    assert get_type_hints(records.MemberReview)["ideology"] == list[str]
    member = get_type_hints(records.Member, localns=vars(paths))  # Json names itself
    assert member["signs"] == dict[str, str]
    assert member["votes"] == dict[str, int]
    assert member["assessments"] == dict[str, records.Assessment]
    assert get_type_hints(records.DossierData)["members"] == list[records.Member]


def test_a_changed_definition_is_not_filled_into_an_old_template(tmp_path: Path) -> None:
    unit = tmp_path / "hd16-2018"
    shutil.copytree(load_regulation("hd16-2018").folder, unit)
    form = unit / "forms" / "mau-05.yaml"
    form.write_text(
        form.read_text(encoding="utf-8").replace("Nhận xét chung:", "Nhận xét của chi bộ:"), encoding="utf-8"
    )
    regulation = load_regulation("hd16-2018", [tmp_path])
    _, source = build.template_bytes(load_form(regulation, "mau-05"))
    assert source == "definition"
