"""Blank forms for the pen: dotted lines to write on, and still the blank form that Word fills and docgen reads."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from docgen.cli import cli
from docgen.forms.definition import load_form
from docgen.forms.fill import blank_form
from docgen.forms.for_pen import for_pen, lines_of
from docgen.forms.readback import read_form
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.strict_yaml import load_mapping
from docgen.word.write import style
from docgen.word.write.pen_lines import LINE_SPACING

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMS = [f"{name}/{form}" for name in list_regulations() for form in load_regulation(name).every_form]
#: What a text shows in a form to be filled in Word.
SHORT = "……………"


def _blank(name: str) -> bytes:
    regulation, form = name.split("/")
    return blank_form(load_form(load_regulation(regulation), form))


def _tree(docx: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def _controls(docx: bytes, tag: str = "") -> list[etree._Element]:
    found = _tree(docx).iter(f"{W}sdt")
    return [item for item in found if not tag or item.find(f"{W}sdtPr/{W}tag").get(f"{W}val") == tag]


def _text(element: etree._Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


@pytest.mark.parametrize("name", FORMS)
def test_it_is_read_as_the_blank_form_it_is(name: str) -> None:
    blank = _blank(name)
    plain, lined = read_form(blank), read_form(for_pen(blank))
    assert lined.data == plain.data
    assert [finding.code for finding in lined.findings] == [finding.code for finding in plain.findings]


@pytest.mark.parametrize("name", FORMS)
def test_no_place_is_as_short_as_in_word(name: str) -> None:
    """All but the year in a title and what has only the room of a cell; dates have dots for day, month and year."""
    for control in _controls(for_pen(_blank(name))):
        holder = next(control.iterancestors(f"{W}p"), None)
        named = holder.find(f"{W}pPr/{W}pStyle") if holder is not None else None
        if next(control.iterancestors(f"{W}tc"), None) is not None:
            continue
        if named is None or named.get(f"{W}val") not in ("FormTitle", "TitleLine"):
            assert _text(control) != SHORT, control.find(f"{W}sdtPr/{W}tag").get(f"{W}val")


def test_a_section_has_as_many_lines_as_people_write() -> None:
    """350 words at most, 240 as a rule, on the year's duties: ten of handwriting to a line, spaced one and a half."""
    assert lines_of("review.duties") == 24
    assert lines_of("a.section.of.ones.own") == 6
    (control,) = _controls(for_pen(_blank("hd16-2018/mau-02")), "review.duties")
    lines = list(control.iter(f"{W}p"))
    assert len(lines) == 24
    exact = str(round(style.BODY_LINE_PT * LINE_SPACING * 20))
    assert {line.find(f"{W}pPr/{W}spacing").get(f"{W}line") for line in lines} == {exact}
    # 165 mm are 467.7 pt, an ellipsis of 14 pt is as wide: 33 of them.
    assert {_text(line) for line in lines} == {"…" * 33}


def test_every_section_that_is_counted_is_one_of_a_regulation() -> None:
    data = load_mapping(Path("docgen/regulations/handwriting.yaml"))
    known = {binding for name in list_regulations() for binding in load_regulation(name).fields}
    assert set(data["words"]) <= known


def test_a_row_has_room_for_the_pen_and_no_example() -> None:
    tree = _tree(for_pen(_blank("hd16-2018/mau-06")))
    rows = [row for row in tree.iter(f"{W}tr") if row.find(f"{W}trPr/{W}trHeight") is not None]
    (table,) = load_form(load_regulation("hd16-2018"), "mau-06").tables()
    assert len(rows) == table.blank_rows
    assert "Nguyễn Văn A" not in _text(tree)
    assert {int(row.find(f"{W}trPr/{W}trHeight").get(f"{W}val")) for row in rows} == {style.twips(9)}


def test_the_command_writes_it(tmp_path: Path) -> None:
    target = tmp_path / "a.docx"
    ran = CliRunner().invoke(cli, ["blank", "mau-02", "-r", "hd16-2018", "--for-pen", "-o", str(target)])
    assert ran.exit_code == 0, ran.output
    assert len(list(_controls(target.read_bytes(), "review.duties")[0].iter(f"{W}p"))) == 24


def test_what_is_drawn_has_every_word() -> None:
    pytest.importorskip("rdocx")
    from docgen.pdf import convert

    names = ("hd43-2025/mau-02b", "hd19-2024/bien-ban-kiem-phieu", "kh55-2018/mau-05", "hd16-2018/mau-06")
    result = convert({name: for_pen(_blank(name)) for name in names}, "rdocx")
    assert result.findings == []
