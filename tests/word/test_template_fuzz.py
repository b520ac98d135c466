"""Templates made and broken at random: they are refused with a reason, or what they give is a sound file.

The pieces are those a template is made of (paragraphs, rows, controls, marks, tags that fit together and tags that do
not), so that most of what is tried gets past the first check.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from docx_samples import part, with_body
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from docgen.errors import InputError
from docgen.word.after.written import WrittenFile
from docgen.word.engine.compile import compile_template
from docgen.word.engine.tags import W
from docgen.word.engine.template_check import check_template

CONTEXT: dict[str, Any] = {
    "name": "Nguyễn & <Văn> A", "empty": "", "none": None, "number": 12, "no": False, "nil": [],
    "people": [{"n": "Một", "marks": [1, 2]}, {"n": "Hai", "marks": []}], "lines": "a\nb\tc",
}  # fmt: skip
KNOWN = ["name", "empty", "none", "number", "no", "nil", "lines", "people[].n", "people[].marks"]

VALUES = st.sampled_from(
    [
        "name",
        "empty",
        "none",
        "number",
        "lines",
        "people[0].n",
        "people",
        "number",
        "name",
        "name",
        "q.n",
        "'x'",
        "3",
        "nil",
    ]
)
OPERATORS = st.sampled_from(["+", "-", "*", "**", "%", "~", "==", "<", "in", "and", "or"])
EXPRESSIONS = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, OPERATORS, inner),
        st.builds("{}|{}".format, inner, st.sampled_from(
            ["upper", "length", "join(', ')", "list", "string", "default('x', true)", "center(99999)", "batch(3)|list",
             "indent(9)", "first", "sort", "round", "format(name)", "replace('a', 'bbbb')", "map('upper')|list"])),
        st.builds("[{0}, {0}]".format, inner),
        st.builds("{} if {} else {}".format, inner, inner, inner),
        st.builds("{}.{}".format, inner, st.sampled_from(["split('a')", "upper()", "zfill(9999)", "n", "_x"])),
    ),
    max_leaves=5,
)  # fmt: skip
KINDS = st.sampled_from([""] * 12 + ["r "] * 5 + ["p ", "p ", "tr ", "tc "])
WORDS = st.sampled_from(["", "chữ "] * 6 + ["{", "%}", "&", "{# ghi chú #}", "{#p bỏ #}"])
#: What a template without faults may still meet: a filter on the wrong kind of value, a value too large for a filter.
OF_DATA = {
    f"errors.template.{code}"
    for code in ("failed", "unknown_tag", "unsafe", "long_text", "large_number", "wide", "too_much_made")
}


def run(text: str) -> str:
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{shown}</w:t></w:r>'


@st.composite
def runs(draw: st.DrawFn) -> str:
    """The inside of a paragraph: words, one or two values, perhaps a mark or a control around them."""
    inner = run(draw(WORDS))
    for _ in range(draw(st.integers(0, 2))):
        inner += run("{{" + draw(KINDS) + draw(EXPRESSIONS) + " }}")
    around = draw(st.sampled_from(["{}", "{}", "{}", "mark", "comment", "control", "note", "inline"]))
    if around == "mark":
        return f'<w:bookmarkStart w:id="1" w:name="m"/>{inner}<w:bookmarkEnd w:id="1"/>'
    if around == "comment":
        return f'<w:commentRangeStart w:id="0"/>{inner}<w:commentRangeEnd w:id="0"/>'
    if around == "control":
        number = draw(st.integers(1, 10**6))
        return (
            f'<w:sdt><w:sdtPr><w:tag w:val="t"/><w:id w:val="{number}"/></w:sdtPr>'
            f"<w:sdtContent>{inner}</w:sdtContent></w:sdt>"
        )
    if around == "note":
        return inner + '<w:r><w:footnoteReference w:id="2"/></w:r>'
    if around == "inline":
        return run("{% if " + draw(EXPRESSIONS) + " %}") + inner + run("{% endif %}")
    return inner


def paragraph(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2) -> str:
    """Paragraphs and tables, some between statements."""
    out = ""
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["p", "p", "if", "for", "table", "rows", "section"] if depth else ["p"]))
        if kind == "p":
            out += paragraph(draw(runs()))
        elif kind == "section":
            out += "<w:p><w:pPr><w:sectPr/></w:pPr>" + draw(runs()) + "</w:p>"
        elif kind in ("if", "for"):
            condition = draw(EXPRESSIONS)
            opening = (
                "{%p if " + condition
                if kind == "if"
                else "{%p for q in " + draw(st.sampled_from(["people", "nil", "name", condition, "range(9)"]))
            )
            out += paragraph(run(opening + " %}")) + draw(blocks(depth - 1)) + paragraph(run("{%p end" + kind + " %}"))
        else:
            cells = [f"<w:tc><w:tcPr/>{draw(blocks(depth - 1))}<w:p/></w:tc>" for _ in range(draw(st.integers(1, 2)))]
            row = f"<w:tr>{''.join(cells)}</w:tr>"
            if kind == "rows":
                tags = [
                    f"<w:tr><w:tc><w:tcPr/>{paragraph(run(tag))}</w:tc></w:tr>"
                    for tag in ("{%tr for q in " + draw(st.sampled_from(["people", "nil"])) + " %}", "{%tr endfor %}")
                ]
                row = tags[0] + row + tags[1]
            out += f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="9"/></w:tblGrid>{row}</w:tbl>' + paragraph("")
    return out


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """A body, some of them with one piece taken out, doubled or put elsewhere."""
    body = draw(blocks())
    pieces = body.replace("</w:p>", "</w:p>\x00").split("\x00")
    change = draw(st.sampled_from(["", "", "out", "twice", "swap"]))
    at = draw(st.integers(0, len(pieces) - 1))
    own = pieces[at].startswith("<w:p>")  # a whole paragraph: the body stays XML
    if change == "out" and own and at:
        pieces[at] = paragraph("")
    elif change == "twice" and own:
        pieces[at] *= 2
    elif change == "swap" and own and pieces[0].startswith("<w:p>"):
        pieces[0], pieces[at] = pieces[at], pieces[0]
    return "".join(pieces)


def judge(body: str) -> str:
    """What became of a template with this body, in words; AssertionError where it is neither refused nor sound."""
    source = with_body(body + paragraph(run("{{ name }}")))  # a part without a tag is copied as it is
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        path.write_bytes(source)
        errors = [f for f in check_template(path, KNOWN) if f.severity == "error"]
    docx, fault = b"", ""
    try:
        docx = compile_template(source).render(CONTEXT)
    except InputError as refused:
        fault = refused.code
    if not errors:
        assert not fault or fault in OF_DATA
        if docx:
            literals = ["{", "%}", str(CONTEXT)]
            assert WrittenFile(docx).problems(literals) == []
            root = part(docx)
            for table in root.iter(f"{W}tbl"):
                assert table.find(f"{W}tr") is not None
            names = [b.get(f"{W}name") for b in root.iter(f"{W}bookmarkStart")]
            assert len(names) == len(set(names))
    return f"{fault or 'filled'}, the check finds {'faults' if errors else 'none'}"


@pytest.mark.timeout(300)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies())
def test_refused_or_sound(body: str) -> None:
    event(judge(body))
