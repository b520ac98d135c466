"""What a compiled template keeps right in content controls: prompts, check states, dates, ids."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import pytest
from docx_samples import by_docxtpl, part, text, with_body
from lxml import etree

from docgen.errors import DocgenError
from docgen.word.engine.compile import CompiledTemplate, compile_template
from docgen.word.engine.live_controls import ID_ROOM, free_ids
from docgen.word.engine.tags import W
from docgen.word.file.package import read_package
from docgen.word.write import controls

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
SHOWING = f"{W}sdtPr/{W}showingPlcHdr"


class Day(str):
    """A date as printed, with the date itself."""

    iso = "2018-12-07"


def build(xml: str, *prompts: str) -> bytes:
    """A template with `xml` as body and a glossary that holds `prompts`."""
    plain = with_body(xml)
    if not prompts:
        return plain
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        rels = archive.read("word/_rels/document.xml.rels").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/glossaryDocument"
    rels = rels.replace(
        "</Relationships>", f'<Relationship Id="rG" Type="{kind}" Target="glossary/document.xml"/></Relationships>'
    )
    glossary = controls.glossary_xml(list(prompts)).encode()
    return with_body(xml, {"word/_rels/document.xml.rels": rels.encode(), "word/glossary/document.xml": glossary})


def paragraph(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def loop_row(inner: str) -> str:
    """A table whose one row is repeated over `people`."""

    def row(content: str) -> str:
        return f"<w:tr><w:tc>{content}</w:tc></w:tr>"

    return (
        "<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid>"
        + row(paragraph(controls.run("{%tr for row_ in people %}")))
        + row(inner)
        + row(paragraph(controls.run("{%tr endfor %}")))
        + "</w:tbl>"
    )


def filled(source: bytes, context: dict[str, Any]) -> etree._Element:
    """The main part, after checking that the plan and Jinja agree and that every part runs as a plan."""
    compiled = compile_template(source)
    assert compiled.fast, compiled.slow_because
    ways = [compiled.render_parts(context, jinja=jinja)["word/document.xml"] for jinja in (False, True)]
    canonical = [etree.tostring(etree.fromstring(way), method="c14n") for way in ways]
    assert canonical[0] == canonical[1]
    return part(compiled.render(context))


def shown(control: etree._Element) -> list[str]:
    return ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in control.iter(f"{W}p")]


NAME = controls.text_control("member.full_name", "Họ tên", 11, "họ tên & chữ lót", "member.full_name", "<w:b/>")


def test_a_value_stands_in_its_run() -> None:
    source = build(paragraph(NAME), "họ tên & chữ lót")
    control = filled(source, {"member": {"full_name": "A & B"}}).find(f".//{W}sdt")
    assert control is not None
    assert control.find(SHOWING) is None
    assert [t.text for t in control.iter(f"{W}t")] == ["A & B"]
    assert control.find(f".//{W}rStyle") is None
    assert control.find(f".//{W}b") is not None


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_value_shows_the_prompt(value: str | None) -> None:
    source = build(paragraph(NAME), "họ tên & chữ lót")
    control = filled(source, {"member": {"full_name": value}}).find(f".//{W}sdt")
    assert control is not None
    assert [child.tag for child in control.find(f"{W}sdtPr")] == [
        f"{W}{name}" for name in ("alias", "tag", "id", "lock", "placeholder", "showingPlcHdr", "text")
    ]
    assert [t.text for t in control.iter(f"{W}t")] == ["họ tên & chữ lót"]
    assert control.find(f".//{W}rStyle").get(f"{W}val") == "PlaceholderText"


def test_without_a_glossary_dots_are_the_prompt() -> None:
    control = filled(build(paragraph(NAME)), {"member": {"full_name": ""}}).find(f".//{W}sdt")
    assert [t.text for t in control.iter(f"{W}t")] == ["……………"]


def test_a_missing_value_is_an_error_not_a_prompt() -> None:
    with pytest.raises(DocgenError) as caught:
        compile_template(build(paragraph(NAME))).render({"member": {}})
    assert caught.value.code == "errors.template.unknown_tag"
    assert caught.value.facts["missing"] == "member.full_name"
    assert caught.value.facts["place"].paragraph == 1


def test_a_prompt_with_braces_is_text() -> None:
    control = controls.text_control("a", "A", 1, "{{ x }} {% y %}", "a")
    made = filled(build(paragraph(control), "{{ x }} {% y %}"), {"a": ""})
    assert "".join(t.text or "" for t in made.iter(f"{W}t")) == "{{ x }} {% y %}"


@pytest.mark.parametrize("where", ["block", "cell"])
def test_controls_around_paragraphs_and_cells(where: str) -> None:
    properties = '<w:sdtPr><w:tag w:val="a"/><w:id w:val="3"/></w:sdtPr>'
    inner = paragraph(controls.run("{{ a }}"))
    if where == "block":
        xml = f"<w:sdt>{properties}<w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    else:
        xml = (
            f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:sdt>{properties}<w:sdtContent>"
            f"<w:tc>{inner}</w:tc></w:sdtContent></w:sdt></w:tr></w:tbl>"
        )
    for value, text_ in (("giá trị", "giá trị"), ("", "……………")):
        control = filled(build(xml), {"a": value}).find(f".//{W}sdt")
        assert shown(control) == [text_]
        assert (control.find(SHOWING) is None) is bool(value)


IDEOLOGY = controls.paragraphs_control("review.ideology", "Tư tưởng", 12, "Nêu rõ", "review.ideology", "Narrative")


@pytest.mark.parametrize(
    ("value", "lines"), [(["một", "hai & ba"], ["một", "hai & ba"]), ([], ["Nêu rõ"]), ([""], ["Nêu rõ"])]
)
def test_paragraphs(value: list[str], lines: list[str]) -> None:
    control = filled(build(IDEOLOGY, "Nêu rõ"), {"review": {"ideology": value}}).find(f".//{W}sdt")
    assert shown(control) == lines
    assert (control.find(SHOWING) is not None) is (lines == ["Nêu rõ"])
    assert len(control.findall(f".//{W}pStyle[@{W}val='Narrative']")) == len(lines)


@pytest.mark.parametrize("level", ["tot", "kem", "", None])
def test_boxes(level: str | None) -> None:
    boxes = "".join(
        controls.box_control(f"levels.i1={code}", code, number, f"levels.i1 == '{code}'")
        for number, code in enumerate(("tot", "kem"), 1)
    )
    made = filled(build(paragraph(boxes)), {"levels": {"i1": level}})
    states = [node.get(f"{W14}val") for node in made.iter(f"{W14}checked")]
    glyphs = [t.text for t in made.iter(f"{W}t")]
    assert states == ["1" if level == code else "0" for code in ("tot", "kem")]
    assert glyphs == ["☒" if state == "1" else "☐" for state in states]


def test_boxes_written_the_other_way_round() -> None:
    box = controls.box_control("a=x", "x", 1, "a == 'x'").replace("☒", "☻").replace("☐", "☒").replace("☻", "☐")
    for value, state in (("x", "0"), ("y", "1")):
        made = filled(build(paragraph(box)), {"a": value})
        assert [node.get(f"{W14}val") for node in made.iter(f"{W14}checked")] == [state]


@pytest.mark.parametrize(
    ("value", "full_date", "text_"),
    [
        (Day("07/12/2018"), "2018-12-07T00:00:00Z", "07/12/2018"),
        (datetime.date(2018, 12, 7), "2018-12-07T00:00:00Z", "2018-12-07"),
        ("tháng 12", None, "tháng 12"),
        ("", None, "……………"),
    ],
)
def test_dates(value: Any, full_date: str | None, text_: str) -> None:
    control = controls.date_control("d", "Ngày", 5, "", "d", "dd/MM/yyyy")
    control = control.replace("<w:date>", '<w:date w:fullDate="2001-01-01T00:00:00Z">')
    made = filled(build(paragraph(control)), {"d": value})
    assert made.find(f".//{W}date").get(f"{W}fullDate") == full_date
    assert [t.text for t in made.iter(f"{W}t")] == [text_]


def test_ids_in_loops_are_unique_and_fit() -> None:
    inner = paragraph(controls.text_control("people[].name", "Tên", 1, "", "row_.name"))
    inner += paragraph(
        controls.run("{% for m in row_.marks %}")
        + controls.text_control("people[].marks[]", "Điểm", 2, "", "m")
        + controls.run("{% endfor %}")
    )
    outside = paragraph(controls.text_control("a", "A", 1_000_001, "", "a"))
    people = [{"name": f"n{i}", "marks": [1, 2, 3]} for i in range(50)]
    made = filled(build(loop_row(inner) + outside), {"people": people, "a": "x"})
    ids = [int(node.get(f"{W}val")) for node in made.iter(f"{W}id")]
    assert len(ids) == 50 * 4 + 1 == len(set(ids))
    assert all(0 < number < 2**31 for number in ids)
    assert ids[-1] == 1_000_001


def test_free_ids_keep_clear_of_those_taken() -> None:
    taken = {1, 2_500_000, -7}
    found = free_ids(taken, 3)
    assert len(found) == 3
    for first in found:
        assert all(not first <= number < first + ID_ROOM for number in taken)


def test_docxtpl_gives_the_same_visible_text() -> None:
    xml = paragraph(NAME) + IDEOLOGY + loop_row(paragraph(controls.text_control("p[].n", "N", 1, "", "row_.n")))
    xml += paragraph(controls.box_control("l=tot", "Tốt", 2, "l == 'tot'"))
    source = build(xml, "họ tên & chữ lót", "Nêu rõ")
    context = {"member": {"full_name": "A"}, "review": {"ideology": ["x", "y"]}, "people": [{"n": 1}, {"n": 2}]}
    context["l"] = "tot"
    assert text(compile_template(source).render(context)) == text(by_docxtpl(source, context))


def test_controls_without_a_tag_or_with_more_inside_are_left_alone() -> None:
    untagged = '<w:sdt><w:sdtPr><w:id w:val="1"/></w:sdtPr><w:sdtContent>' + controls.run("{{ a }}")
    untagged += "</w:sdtContent></w:sdt>"
    mixed = '<w:sdt><w:sdtPr><w:tag w:val="m"/></w:sdtPr><w:sdtContent>' + controls.run("{{ a }} và {{ b }}")
    mixed += "</w:sdtContent></w:sdt>"
    made = filled(build(paragraph(untagged) + paragraph(mixed)), {"a": "", "b": ""})
    assert made.find(f".//{W}showingPlcHdr") is None
    assert [t.text for t in made.iter(f"{W}t")] == [None, " và "]


def test_no_prefix_but_the_templates_own_is_written() -> None:
    compiled = CompiledTemplate(read_package(build(paragraph(NAME))), {})
    assert b"ns0" not in compiled.render_parts({"member": {"full_name": ""}})["word/document.xml"]
