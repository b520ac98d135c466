"""check_template: one planted fault each, found with its place; good templates stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document
from docx_samples import saved, template, with_body

from docgen.errors import InputError
from docgen.i18n import LANGUAGES, has_message, message
from docgen.model import Finding
from docgen.word.engine.template_check import check_template
from docgen.word.write import controls

KNOWN = [
    "member.full_name",
    "member.birth_date",
    "review.ideology",
    "assessment.levels.i1=tot",
    "assessment.levels.i1=kem",
    "members[].name",
    "members[].marks[].value",
    "organization.name",
]


def check(source: bytes, tmp_path: Path, required: tuple[str, ...] = ()) -> list[Finding]:
    """The findings, without what the template merely leaves out."""
    path = tmp_path / "mẫu.docx"
    path.write_bytes(source)
    found = [f for f in check_template(path, KNOWN, required) if f.code != "word.template.without_place"]
    for finding in found:
        assert finding.place.file == str(path)
        for language in LANGUAGES:
            assert has_message(finding.code, language)
            assert has_message(finding.code + ".hint", language)
            assert "{" not in message(finding.code, language, **{**finding.params, "tag": "", "name": ""})
    return found


def codes(found: list[Finding]) -> list[str]:
    return [finding.code.removeprefix("word.template.") for finding in found]


def test_a_good_template_is_silent(tmp_path: Path) -> None:
    source = template(
        "{{ member.full_name }} {{ member.birth_date.long }}{% if blank_ %}x{% endif %}",
        "{%p for p_ in review.ideology %}",
        "{{ p_ }}",
        "{%p endfor %}",
        "{% if assessment.levels.i1 == 'tot' %}☒{% else %}☐{% endif %}{% set a = members %}{{ a|length }}",
        "{# ghi chú {{ x }} #}{% for m in members %}{% for k in m.marks %}{{ k.value }}{% endfor %}{% endfor %}",
        "{{ members[0].name }}{% if members %}{{ organization['name'] }}{% endif %}",
        rows=[["{%tr for r in members %}", ""], ["{{ loop.index }}", "{{ r.name|upper }}"], ["{%tr endfor %}", ""]],
    )
    assert check(source, tmp_path, ("member.full_name", "assessment.levels", "members[].name")) == []


@pytest.mark.parametrize(
    ("tag", "code", "name", "nearest"),
    [
        ("{{ member.ful_name }}", "misspelt_tag", "member.ful_name", "member.full_name"),
        ("{{ full_name }}", "misspelt_tag", "full_name", "member.full_name"),
        ("{{ xyz }}", "unknown_tag", "xyz", ""),
        ("{% for m in members %}{{ m.nam }}{% endfor %}", "misspelt_tag", "members[].nam", "members[].name"),
        (
            "{% if assessment.levels.i9 == 'tot' %}{% endif %}",
            "misspelt_tag",
            "assessment.levels.i9",
            "assessment.levels.i1",
        ),
        ("{{ member.full_name.brief }}", "misspelt_tag", "member.full_name.brief", "member.full_name"),
    ],
)
def test_names(tmp_path: Path, tag: str, code: str, name: str, nearest: str) -> None:
    found = check(template("đầu", rows=[["a", "b"], ["c", tag]]), tmp_path)
    assert codes(found) == [code]
    assert (found[0].params["name"], found[0].params["nearest"]) == (name, nearest)
    assert found[0].place.pointer == "word/document.xml#table=1&row=2&cell=2"
    assert found[0].place.inner("vi") == "word/document.xml, bảng 1, hàng 2, ô 2"
    assert found[0].severity == "error"


def test_names_in_headers_and_properties(tmp_path: Path) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{ membr.full_name }}"
    document.core_properties.title = "{{ titel }}"
    found = check(saved(document), tmp_path)
    assert [(f.params["part"], f.params["name"]) for f in found] == [
        ("docProps/core.xml", "titel"),
        ("word/header1.xml", "membr.full_name"),
    ]


def test_required_bindings_need_a_place(tmp_path: Path) -> None:
    found = check(template("{{ member.full_name }}"), tmp_path, ("member.full_name", "member.birth_date"))
    assert [(f.code, f.params["name"]) for f in found] == [
        ("word.template.required_without_place", "member.birth_date")
    ]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(template("{{ member.full_name }}"))
    left_out = [f.params["name"] for f in check_template(path, ["member.full_name", "a.b"]) if f.severity == "info"]
    assert left_out == ["a.b"]


@pytest.mark.parametrize(
    ("paragraphs", "expected", "paragraph"),
    [
        (["x", "{% for m in members %}{{ m.name }}"], ["unclosed"], 2),
        (["{%p if members %}", "x"], ["unclosed"], 1),
        (["x", "y", "{% endif %}"], ["unopened"], 3),
        (["{% else %}"], ["unopened"], 1),
        (["{{ member.full name }}"], ["syntax"], 1),
        (["{{ họ tên }}"], ["syntax"], 1),
        (["{{ member. }}"], ["syntax"], 1),
        (["{% fro m in members %}"], ["syntax"], 1),
        (["{{ member.full_name|uper }}"], ["unknown_filter"], 1),
        (["a {{ member.full_name", "}}"], ["half_tag", "half_tag"], 1),
        (["a {{ member.full_name }"], ["half_tag"], 1),
        (["a {% if assessment.levels.i1 == ‘tot’ %}b{% endif %}"], ["smart_quotes"], 1),
    ],
)
def test_syntax(tmp_path: Path, paragraphs: list[str], expected: list[str], paragraph: int) -> None:
    found = check(template(*paragraphs), tmp_path)
    assert codes(found) == expected
    assert found[0].params["paragraph"] == paragraph


def test_a_tag_cut_by_formatting(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("{{ member.")
    paragraph.add_run("full_name }}").bold = True
    assert codes(check(saved(document), tmp_path)) == ["split_tag"]


def test_a_tag_cut_by_nothing_is_fine(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ member.", "full_name }}"):
        paragraph.add_run(piece)
    assert check(saved(document), tmp_path) == []


RUN = "<w:r><w:t>{}</w:t></w:r>"


@pytest.mark.parametrize(
    "xml",
    [
        RUN.format("{{ member.") + '<w:ins w:id="1">' + RUN.format("full_name }}") + "</w:ins>",
        RUN.format("{{ member.")
        + '<w:del w:id="1"><w:r><w:delText>name</w:delText></w:r></w:del>'
        + RUN.format("full_name }}"),
        '<w:del w:id="1"><w:r><w:delText>{{ member.name }}</w:delText></w:r></w:del>',
    ],
)
def test_a_tag_cut_by_track_changes(tmp_path: Path, xml: str) -> None:
    assert codes(check(with_body(f"<w:p>{xml}</w:p>"), tmp_path)) == ["tracked_tag"]


def test_a_tag_wholly_inserted_is_fine(tmp_path: Path) -> None:
    xml = '<w:p><w:ins w:id="1">' + RUN.format("{{ member.full_name }}") + "</w:ins></w:p>"
    assert check(with_body(xml), tmp_path) == []


def control(content: str, number: int = 1, tag: str = "t", alias: str = "a") -> str:
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{alias}"/><w:tag w:val="{tag}"/><w:id w:val="{number}"/></w:sdtPr>'
        f"<w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def row(text: str) -> str:
    return f"<w:tr><w:tc><w:p>{RUN.format(text)}</w:p></w:tc></w:tr>"


CORRUPTING = {
    "paragraph_tag_in_control": f"<w:p>{control(RUN.format('{%p if members %}x{%p endif %}'))}</w:p>",
    "control_boundary": "<w:p>" + RUN.format("{{ member.") + control(RUN.format("full_name }}")) + "</w:p>",
    "duplicate_id": f"<w:p>{control(RUN.format('a'), 7)}{control(RUN.format('b'), 7)}</w:p>",
    "long_name": f"<w:p>{control(RUN.format('a'), tag='x' * 65)}</w:p>",
}


@pytest.mark.parametrize("code", CORRUPTING)
def test_controls_that_corrupt(tmp_path: Path, code: str) -> None:
    found = check(with_body(f"<w:p>{RUN.format('đầu')}</w:p>" + CORRUPTING[code]), tmp_path)
    assert set(codes(found)) == {code}
    assert found[0].params["paragraph"] == 2


def test_a_row_tag_in_a_control_of_its_own(tmp_path: Path) -> None:
    grid = "<w:tblGrid><w:gridCol/></w:tblGrid>"
    loop = control(row("{%tr for m in members %}")) + row("{{ m.name }}") + control(row("{%tr endfor %}"), 2)
    found = check(with_body(f"<w:tbl>{grid}{loop}</w:tbl>"), tmp_path)
    assert codes(found) == ["control_boundary", "control_boundary"]
    inside = control(row("{%tr for m in members %}") + row("{{ m.name }}") + row("{%tr endfor %}"))
    assert check(with_body(f"<w:tbl>{grid}{inside}</w:tbl>"), tmp_path) == []


@pytest.mark.parametrize("tag", ["{{tr member.full_name }}", "{{tc member.full_name }}"])
def test_a_row_tag_that_prints_a_value(tmp_path: Path, tag: str) -> None:
    """Between rows, between cells there is no place for text: said by the check, refused when filling."""
    xml = f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid>{row(tag)}{row('x')}</w:tbl><w:p/>"
    found = [one for one in check(with_body(xml), tmp_path) if one.severity == "error"]
    assert codes(found) == ["row_tag_prints"]
    assert found[0].params["tag"] == tag


def test_our_own_controls_are_fine(tmp_path: Path) -> None:
    xml = "<w:p>" + controls.text_control("member.full_name", "Họ tên", 1, "…", "member.full_name") + "</w:p>"
    xml += controls.paragraphs_control("review.ideology", "Tư tưởng", 2, "…", "review.ideology", "Normal")
    assert check(with_body(xml), tmp_path) == []


def test_many_faults_are_reported_together(tmp_path: Path) -> None:
    found = check(template("{{ a }}", "{{ b c }}", "{% if members %}"), tmp_path, ("organization.name",))
    assert sorted(codes(found)) == ["required_without_place", "syntax", "unclosed", "unknown_tag"]


def test_no_word_file(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_text("không phải Word")
    with pytest.raises(InputError):
        check_template(path, KNOWN)
