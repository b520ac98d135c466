"""No line begins with the full stop of the value before it: rdocx breaks lines between runs that touch."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from docgen.forms.definition import load_form
from docgen.forms.fill import blank_form
from docgen.pdf import pdf_text
from docgen.pdf.engines.rdocx import _RUNS, _unbroken, draw
from docgen.regulations.loader import load_regulation
from docgen.word.after.unwrap import unwrap

BOLD = "<w:rPr><w:b/></w:rPr>"


def run(text: str, look: str = "") -> str:
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def texts(written: str) -> list[str]:
    return re.findall(r"<w:t[^>]*>([^<]*)</w:t>", _RUNS.sub(_unbroken, written))


def drawn(runs: list[str]) -> str:
    """A file with one paragraph of each of `runs`, as rdocx draws it."""
    docx = unwrap(blank_form(load_form(load_regulation("hd16-2018"), "mau-03")))
    body = "".join(f'<w:p><w:pPr><w:pStyle w:val="Normal"/></w:pPr>{written}</w:p>' for written in runs)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                xml = content.decode()
                start, end = xml.index("<w:body>") + len("<w:body>"), xml.rindex("<w:sectPr")
                content = (xml[:start] + body + xml[end:]).encode()
            target.writestr(name, content)
    return pdf_text(draw(out.getvalue()).pdf)


@pytest.mark.parametrize("look", ["", BOLD], ids=["plain", "bold value"])
def test_no_line_begins_with_a_full_stop(look: str) -> None:
    """A value at each place near the end of a line, its full stop a run of its own."""
    words = [run("triệu tập " + "i" * length + " ") + run("có mặt 13, vắng mặt ") + run("1", look) + run(".")
             for length in range(1, 120)]  # fmt: skip
    lines = [line.strip() for line in drawn(words).splitlines()]
    assert len([line for line in lines if line.endswith("1.")]) == len(words)
    assert [line for line in lines if line in (".", "1") or line.startswith(".")] == []


def test_runs_of_one_look_become_one() -> None:
    assert texts(run("có mặt ") + run("13") + run(", vắng mặt ")) == ["có mặt 13, vắng mặt "]
    assert texts(run("a ", BOLD) + run("b", BOLD) + run(" c")) == ["a b", " c"]


def test_a_mark_goes_to_its_word() -> None:
    assert texts(run("“") + run("Nguyễn Văn A", BOLD) + run("”; sau đó")) == ["“Nguyễn Văn A”;", " sau đó"]
    assert texts(run("vắng ") + run(".", BOLD)) == ["vắng ", "."]
    assert texts(run("(xem ") + run("a", BOLD)) == ["(xem ", "a"]
