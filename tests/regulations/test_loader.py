"""Every guard of the loader fires: a definition that is wrong is refused by file, line and name."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import DefinitionError, UsageError
from docgen.forms.definition import load_form
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.strict_yaml import load_text

REGULATION = 'regulation: thu\nshort: T\nnumber: "1"\nissuer: Đơn vị\ntitle: Thử\nforms: [mau-01]\n'
FORM = """form: mau-01
code: Mẫu 01
name: Thử
subject: dang_vien
record: member
source:
  document: "1"
  place: Mẫu 01
status: verbatim
required: [member.full_name]
title: ["TIÊU ĐỀ"]
body:
  - "Họ và tên: {member.full_name}"
"""


def unit(folder: Path, regulation: str = REGULATION, form: str = FORM, **files: str) -> Path:
    """A regulation folder `thu` with one form, and other files by name (`criteria` → criteria.yaml)."""
    (folder / "thu" / "forms").mkdir(parents=True)
    (folder / "thu" / "regulation.yaml").write_text(regulation, encoding="utf-8")
    (folder / "thu" / "forms" / "mau-01.yaml").write_text(form, encoding="utf-8")
    for name, text in files.items():
        (folder / "thu" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def fault(folder: Path) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        load_form(load_regulation("thu", [folder]), "mau-01")
    return caught.value


def test_a_sound_unit_loads(tmp_path: Path) -> None:
    form = load_form(load_regulation("thu", [unit(tmp_path)]), "mau-01")
    assert form.code == "Mẫu 01"
    assert [hole.binding for hole in form.holes()] == ["member.full_name"]


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("status: verbatim", "status: verbatim\ncolour: red"), "errors.definition.unknown_key", 10),
        (("status: verbatim", "status: printed"), "errors.definition.unknown_value", 9),
        (("status: verbatim", "status: reconstructed"), "errors.definition.missing_basis", 9),
        (("{member.full_name}", "{member.nickname}"), "errors.definition.unknown_binding", 13),
        (("required: [member.full_name]", "required: [member.birth_date]"), "errors.definition.unknown_binding", 10),
        (("record: member", "record: person"), "errors.definition.unknown_value", 5),
        (("form: mau-01", "form: mau-02"), "errors.definition.wrong_id", 1),
        (('  - "Họ', '  - table: "x"\n  - "Họ'), "errors.definition.unknown_block", 13),
        (('  - "Họ', '  - criteria: assessment.levels\n    set: none\n    head: [a, b, c]\n  - "Họ'),
         "errors.definition.unknown_set", 14),
        (("{member.full_name}", "{member.full_name} [^9]"), "errors.definition.unknown_note", 13),
        (("Họ và tên:", "**Họ và tên:"), "errors.definition.open_markup", 13),
        (("{member.full_name}", "{review.results} sau đó {member.full_name}"),
         "errors.definition.paragraphs_not_last", 13),
        (("name: Thử", "name: Thử\nname: Lại"), "errors.definition.duplicate_key", 4),
    ],
)  # fmt: skip
def test_a_faulty_form_is_refused_by_line(tmp_path: Path, change: tuple[str, str], code: str, line: int) -> None:
    found = fault(unit(tmp_path, form=FORM.replace(*change)))
    assert (found.code, found.facts["line"]) == (code, line)
    assert found.facts["file"].endswith("mau-01.yaml")


@pytest.mark.parametrize(
    ("regulation", "code"),
    [
        (REGULATION + "colour: red\n", "errors.definition.unknown_key"),
        (REGULATION.replace("thu", "khac", 1), "errors.definition.wrong_id"),
        (REGULATION + 'issued: "hôm qua"\n', "errors.definition.not_a_date"),
        (REGULATION.replace("[mau-01]", "[mau-01, mau-01]"), "errors.definition.duplicate_id"),
        (
            REGULATION + "packet:\n  - form: mau-99\n    each: dossier\n    clause: x\n",
            "errors.definition.unknown_form",
        ),
        (REGULATION + "packet:\n  - form: mau-01\n    each: dossier\n", "errors.definition.missing_key"),
        (REGULATION + "assessors:\n  - id: a\n    subject: dang_vien\n    label: A\n", "errors.definition.missing_key"),
        ("title: [\n", "errors.definition.not_yaml"),
        (REGULATION + "extends: khong-co\n", None),
    ],
)
def test_a_faulty_regulation_is_refused(tmp_path: Path, regulation: str, code: str | None) -> None:
    unit(tmp_path, regulation=regulation)
    with pytest.raises((DefinitionError, UsageError)) as caught:
        load_regulation("thu", [tmp_path])
    assert caught.value.code == (code or "errors.usage.unknown_regulation")


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("fields", 'fields:\n  member.x: "text | X"\n', "errors.definition.field_shape"),
        ("fields", 'fields:\n  member.x: "colour | X | X"\n', "errors.definition.unknown_type"),
        ("fields", 'fields:\n  member.items: "text | X | X"\n', "errors.definition.forbidden_name"),
        ("fields", 'fields:\n  nowhere.x: "text | X | X"\n', "errors.definition.unknown_root"),
        ("fields", 'fields:\n  member.x: "choice(none) | X | X"\n', "errors.definition.unknown_value"),
        ("criteria", "sets:\n  a:\n    - id: i\n      text: X\n    - id: i\n      text: Y\n",
         "errors.definition.duplicate_id"),
        ("criteria", "sets:\n  a:\n    - id: i\n", "errors.definition.missing_key"),
        ("criteria", "detail:\n  a:\n    i: []\n", "errors.definition.unknown_set"),
    ],
)  # fmt: skip
def test_faulty_catalogues_are_refused(tmp_path: Path, name: str, text: str, code: str) -> None:
    unit(tmp_path, **{name: text})
    with pytest.raises(DefinitionError) as caught:
        load_regulation("thu", [tmp_path])
    assert caught.value.code == code


def test_an_overlay_details_a_criterion(tmp_path: Path) -> None:
    overlay = "regulation: thu\nextends: hd16-2018\n"
    detail = (
        'detail:\n  dang-vien:\n    ii2:\n      - {id: ii2a, text: "Giảng dạy"}\n      - {id: ii2b, text: "NCKH"}\n'
    )
    unit(tmp_path, regulation=overlay, criteria=detail)
    regulation = load_regulation("thu", [tmp_path])
    leaves = [leaf.id for row in regulation.criteria["dang-vien"] for leaf in row.leaves()]
    assert "ii2" not in leaves
    assert {"ii2a", "ii2b"} <= set(leaves)
    assert (
        next(leaf.group for row in regulation.criteria["dang-vien"] for leaf in row.leaves() if leaf.id == "ii2a")
        == "task"
    )
    own = load_form(regulation, "mau-05").definition_hash
    assert own != load_form(load_regulation("hd16-2018"), "mau-05").definition_hash


def test_yaml_keeps_every_scalar_as_written() -> None:
    assert load_text("no: no\nb: 2.10\nc: 2018-12-07\nd: ~\n", "x") == {
        "no": "no",
        "b": "2.10",
        "c": "2018-12-07",
        "d": "~",
    }


def test_all_regulations_are_found() -> None:
    assert {"hd16-2018", "kh55-2018"} <= set(list_regulations())
    with pytest.raises(UsageError) as caught:
        load_regulation("hd-16")
    assert "hd16-2018" in caught.value.facts["known"]
