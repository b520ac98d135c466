"""What docxtpl's way of filling leaves behind is put right: values seen, cells whole, sections kept, marks once."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx_samples import part, saved, template, text, with_body
from docxtpl import RichText

from docgen.cli import cli
from docgen.errors import InputError
from docgen.forms.build import project_root, template_bytes
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import WrittenFile
from docgen.word.engine.compile import compile_template
from docgen.word.engine.tags import W
from docgen.word.engine.template_check import check_template

CONTEXT: dict[str, Any] = {
    "no": False, "nil": [], "yes": True, "name": "Nguyễn Văn A", "people": [{"n": "Một"}, {"n": "Hai"}],
    "two": "dòng 1\ndòng 2",
}  # fmt: skip
RUN = '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
GRID = '<w:tblPr/><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>'


def p(words: str, properties: str = "") -> str:
    return f"<w:p>{properties}{RUN.format(words) if words else ''}</w:p>"


def cell(*content: str) -> str:
    return f"<w:tc><w:tcPr/>{''.join(content)}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{GRID}{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def filled(source: bytes, context: dict[str, Any] = CONTEXT) -> bytes:
    """The filled template, once it is known to be whole."""
    docx = compile_template(source).render(context)
    assert WrittenFile(docx).problems() == []
    root = part(docx)
    for element in root.iter(f"{W}*"):
        inside = [element.text, *(child.tail for child in element)]
        assert element.tag in (f"{W}t", f"{W}instrText") or not any((one or "").strip() for one in inside)
    assert all(t.find(f"{W}tr") is not None for t in root.iter(f"{W}tbl"))
    Document(io.BytesIO(docx))
    return docx


# -- a value outside a run


@pytest.mark.parametrize(
    ("xml", "wanted"),
    [
        (p("Tên: {{r name }} hết"), "Tên: Nguyễn Văn A hết"),
        (p("{{r name }}"), "Nguyễn Văn A"),
        (p("{{r two }}"), "dòng 1\ndòng 2"),
        (p("{{p name }}"), "Nguyễn Văn A"),
        (p("{% for q in people %}{{r q.n }}, {% endfor %}"), "Một, Hai, "),
        ("<w:p><w:hyperlink>" + RUN.format("a {{r name }}") + "</w:hyperlink></w:p>", "a Nguyễn Văn A"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + p("{{p name }}") + "</w:sdtContent></w:sdt>", "Nguyễn Văn A"),
        ("<w:p><w:sdt><w:sdtPr/><w:sdtContent>" + RUN.format("{{r name }}") + "</w:sdtContent></w:sdt></w:p>",
         "Nguyễn Văn A"),
        (table(cell(p("{{p name }}"))), "Nguyễn Văn A"),
    ],
)  # fmt: skip
def test_a_value_outside_a_run_is_seen(xml: str, wanted: str) -> None:
    made = filled(with_body(xml))
    assert wanted in "".join(text(made)["word/document.xml"])


def test_it_looks_like_the_run_it_stood_in() -> None:
    runs = list(part(filled(with_body(p("Tên: {{r name }} hết")))).iter(f"{W}r"))
    assert [(r.find(f"{W}rPr/{W}b") is not None) for r in runs if "Nguyễn" in (r.findtext(f"{W}t") or "")] == [True]


def test_rich_text_stays_as_it_was() -> None:
    rich = RichText("đậm", bold=True)
    runs = list(part(filled(with_body(p("a {{r v }} b")), {"v": rich})).iter(f"{W}r"))
    assert [r.findtext(f"{W}t") for r in runs if r.findtext(f"{W}t")] == ["a ", "đậm", " b"]


def test_a_text_between_rows_is_refused() -> None:
    body = table(cell(p("{{tr name }}")), cell(p("b")))
    with pytest.raises(InputError) as caught:
        compile_template(with_body(body)).render(CONTEXT)
    assert caught.value.code == "errors.template.malformed"


# -- nothing left

IF = p("{%p if no %}"), p("nội dung"), p("{%p endif %}")
FOR_ROWS = cell(p("{%tr for q in nil %}")), cell(p("{{ q.n }}")), cell(p("{%tr endfor %}"))
BOX = (
    '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>{}</w:txbxContent>'
    "</v:textbox></v:shape></w:pict></w:r></w:p>"
)
EMPTIED = {
    "a cell": table(cell(*IF) + cell(p("bên"))),
    "a cell that ends with a table": table(cell(p("{{ name }}"), table(cell(p("trong"))), *IF)),
    "a cell around a control": table(cell("<w:sdt><w:sdtPr/><w:sdtContent>" + "".join(IF) + "</w:sdtContent></w:sdt>")),
    "a table": table(*FOR_ROWS) + p("sau"),
    "a table in a cell": table(cell(table(*FOR_ROWS))),
    "a table of an if": table(cell(p("{%tr if no %}")), cell(p("a")), cell(p("{%tr endif %}"))),
    "a row": table(
        "<w:tc><w:tcPr/>" + p("{%tc for q in nil %}") + "</w:tc>" + cell(p("{{ q.n }}")) + cell(p("{%tc endfor %}")),
        cell(p("hàng sau")),
    ),
    "a text box": BOX.format("".join(IF)),
    "else of a cell": table(cell(p("{%p if yes %}"), p("{%p else %}"), p("x"), p("{%p endif %}"))),
}


@pytest.mark.parametrize("kind", EMPTIED)
@pytest.mark.parametrize("extra", ["", "{{ name|center(9) }}"], ids=["plan", "jinja"])
def test_nothing_is_left_without_what_word_wants(kind: str, extra: str) -> None:
    made = part(filled(with_body(EMPTIED[kind] + p("cuối " + extra))))
    for box in made.iter(f"{W}txbxContent", f"{W}tc"):
        assert next(box.iter(f"{W}p"), None) is not None


@pytest.mark.parametrize("where", ["header", "footer"])
def test_a_header_keeps_a_paragraph(where: str) -> None:
    document = Document()
    document.add_paragraph("thân {{ name }}")
    story = getattr(document.sections[0], where)
    story.paragraphs[0].text = "{%p if no %}"
    story.add_paragraph("chân")
    story.add_paragraph("{%p endif %}")
    made = filled(saved(document))
    assert part(made, f"word/{where}1.xml").find(f"{W}p") is not None


def test_docgens_own_templates_never_need_it() -> None:
    root = project_root()
    assert root is not None
    for path in sorted((root / "templates" / "mau").glob("*/*.docx")):
        compiled = compile_template(path)
        assert not any(one.loose or one.plan is None for one in compiled._parts), path


# -- sections


@pytest.mark.parametrize("tag", ["{%p endfor %}", "{%p for q in people %}"])
def test_a_section_stays(tag: str) -> None:
    document = Document()
    others = ["{%p for q in people %}", "{{ q.n }}", "{%p endfor %}"]
    for line in others:
        paragraph = document.add_paragraph(line)
        if line == tag:
            section = document.add_section(WD_SECTION.NEW_PAGE)
            section.orientation = WD_ORIENT.LANDSCAPE
            # python-docx puts the break in a paragraph of its own; Word puts it where the cursor stands
            own = paragraph._p.getnext()
            paragraph._p.get_or_add_pPr().append(own.find(f"{W}pPr/{W}sectPr"))
            own.getparent().remove(own)
    document.add_paragraph("phần sau")
    for people in (CONTEXT["people"], []):
        made = part(filled(saved(document), {"people": people}))
        sections = list(made.iter(f"{W}sectPr"))
        assert len(sections) == 2
        assert [s.find(f"{W}pgSz").get(f"{W}orient") for s in sections] == [None, "landscape"]


# -- parts that were not filled, marks that were repeated


@pytest.mark.parametrize("story", ["endnote", "comment", "footnote"])
def test_notes_and_comments_are_filled(story: str) -> None:
    kind = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{story}s+xml"
    types = zipfile.ZipFile(io.BytesIO(template("x"))).read("[Content_Types].xml").decode()
    override = f'<Override PartName="/word/{story}s.xml" ContentType="{kind}"/></Types>'
    notes = f'<w:{story}s xmlns:w="{W[1:-1]}"><w:{story} w:id="2">{p("Chú: {{ name }}")}</w:{story}></w:{story}s>'
    source = with_body(
        p("thân {{ name }}"),
        {"[Content_Types].xml": types.replace("</Types>", override).encode(), f"word/{story}s.xml": notes.encode()},
    )
    made = part(compile_template(source).render(CONTEXT), f"word/{story}s.xml")
    assert "".join(made.itertext()) == "Chú: Nguyễn Văn A"


LOOP = p("{%p for q in people %}"), p("{%p endfor %}")
MARKS = {
    "bookmark": '<w:bookmarkStart w:id="7" w:name="dau"/>' + RUN.format("{{ q.n }}") + '<w:bookmarkEnd w:id="7"/>',
    "comment": '<w:commentRangeStart w:id="0"/>' + RUN.format("{{ q.n }}")
    + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>',
}  # fmt: skip


@pytest.mark.parametrize("kind", MARKS)
@pytest.mark.parametrize("extra", ["", "{{ name|center(9) }}"], ids=["plan", "jinja"])
def test_marks_stand_once(kind: str, extra: str) -> None:
    made = part(filled(with_body(f"{LOOP[0]}<w:p>{MARKS[kind]}</w:p>{LOOP[1]}{p(extra)}")))
    marks = [e for e in made.iter(f"{W}*") if "bookmark" in e.tag or "comment" in e.tag]
    assert len(marks) == (2 if kind == "bookmark" else 3)
    assert "Hai" in "".join(made.itertext())


def test_marks_of_two_branches_stay() -> None:
    mark = f"<w:p>{MARKS['bookmark'].replace('q.n', 'name')}</w:p>"
    two = p("{%p if no %}") + mark + p("{%p else %}") + mark + p("{%p endif %}")
    for body, count in ((two, 1), (mark + mark, 1)):
        assert len(list(part(filled(with_body(body))).iter(f"{W}bookmarkStart"))) == count


NOTES = ("in_loop", "twice")


def test_a_footnote_in_a_loop_is_refused(tmp_path: Path) -> None:
    note = '<w:p><w:r><w:footnoteReference w:id="2"/></w:r>' + RUN.format("{{ q.n }}") + "</w:p>"
    source = with_body(f"{LOOP[0]}{note}{LOOP[1]}")
    with pytest.raises(InputError) as caught:
        compile_template(source).render(CONTEXT)
    assert caught.value.code == "errors.template.repeated_note"
    assert "word.template.note_in_loop" in {f.code for f in _checked(source, tmp_path)}
    assert not {f.code for f in _checked(with_body(note), tmp_path)} & {f"word.template.note_{w}" for w in NOTES}
    assert "word.template.note_twice" in {f.code for f in _checked(with_body(note + note), tmp_path)}


# -- what only the check can say


def _checked(source: bytes, folder: Path) -> list[Any]:
    path = folder / "a.docx"
    path.write_bytes(source)
    return check_template(path, ["name", "people[].n"])


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (p("Đơn vị: {%p if name %}") + p("a") + p("{%p endif %}"), "Đơn vị:"),
        (p("{%p if name %}") + p("a") + p("{%p endif %} ghi chú"), "ghi chú"),
        (p("{%p if name %}{%p endif %}"), "{%p endif %}"),
        (table(cell(p("{%tr for q in people %}")) + cell(p("STT")), cell(p("{{ q.n }}")), cell(p("{%tr endfor %}"))),
         "STT"),
        ("<w:p>" + RUN.format("{%p if name %}") + '<w:r><w:drawing/></w:r></w:p>' + p("{%p endif %}"), "…"),
    ],
)  # fmt: skip
def test_words_beside_a_tag_are_told(tmp_path: Path, xml: str, words: str) -> None:
    found = [f for f in _checked(with_body(xml), tmp_path) if f.code == "word.template.text_beside"]
    assert found
    assert found[0].severity == "error"
    assert found[0].params["words"] == words


def test_tags_alone_lose_nothing(tmp_path: Path) -> None:
    rows = table(cell(p("{%tr for q in people %}")) + cell(p("")), cell(p("{{ q.n }}")), cell(p("{%tr endfor %}")))
    found = _checked(with_body(p("{%p if name %}") + p("a") + p("{%p endif %}{# ghi chú #}") + rows), tmp_path)
    assert [f.code for f in found if f.severity == "error"] == []


def test_a_tag_in_a_part_nobody_fills(tmp_path: Path) -> None:
    chart = b'<c:t xmlns:c="x">{{ name }}</c:t>'
    found = _checked(with_body(p("{{ name }}"), {"word/charts/chart1.xml": chart}), tmp_path)
    assert [f.params["part"] for f in found if f.code == "word.template.part_not_filled"] == ["word/charts/chart1.xml"]


# -- the whole way with a form of an office


def _office(tmp_path: Path, change: tuple[str, str]) -> tuple[Path, Path, str]:
    """An office's Mẫu 02 (docgen's own with one thing changed), a record, and the record's name."""
    regulation = load_regulation("kh55-2018")
    definition = load_form(regulation, "mau-02")
    content = template_bytes(definition)[0]
    folder = tmp_path / "mau"
    folder.mkdir()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(folder / "mau-02.docx", "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "word/document.xml":
                assert change[0].encode() in body
                body = body.replace(change[0].encode(), change[1].encode(), 1)
            new.writestr(name, body)
    record = sample_record(definition)
    path = tmp_path / "r.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return folder, path, str(record["member"]["full_name"])


def _run(arguments: list[str]) -> tuple[int, str]:
    result = CliRunner().invoke(cli, arguments)
    code = getattr(result.exception, "exit_code", result.exit_code)
    return int(code), result.output


CHANGES = {
    "value outside a run": ("{{ member.full_name }}", "{{r member.full_name }}"),
    "cell emptied": (
        "<w:sectPr",
        table(cell(p('{%p if member.position.party == "x" %}'), p("chỉ khi"), p("{%p endif %}"))) + p("") + "<w:sectPr",
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_the_check_passes_is_filled(tmp_path: Path, kind: str) -> None:
    folder, record, name = _office(tmp_path, CHANGES[kind])
    code, said = _run(["template", "check", str(folder / "mau-02.docx"), "--form", "mau-02"])
    assert (code, "LỖI" in said) == (0, False)
    out = tmp_path / "a.docx"
    assert _run(["fill", "kh55-2018/mau-02", str(record), "--templates", str(folder), "-o", str(out)])[0] == 0
    assert WrittenFile(out.read_bytes()).problems() == []
    assert name in "".join(text(out.read_bytes())["word/document.xml"])


def test_what_a_template_loses_is_the_templates_fault(tmp_path: Path) -> None:
    folder, record, _ = _office(tmp_path, ("Họ và tên: ", "Tên: "))
    assert (
        _run(["fill", "kh55-2018/mau-02", str(record), "--templates", str(folder), "-o", str(tmp_path / "a.docx")])[0]
        == 1
    )
    assert not (tmp_path / "a.docx").exists()
    assert _run(["template", "check", str(folder / "mau-02.docx"), "--form", "mau-02"])[0] == 1
