"""Signs in the midst of a text: each in a run of its own, nothing lost, nothing else changed."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from docx_samples import with_body

from docgen.word.after.symbols import FONT, may_change
from docgen.word.after.unwrap import unwrap
from docgen.word.after.written import paragraphs, problems


def runs(body: str) -> list[tuple[str, bool]]:
    """The text of each run of the copy, and whether it is set in the font for signs."""
    copy = unwrap(with_body(body))
    assert problems(copy) == []
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        xml = archive.read("word/document.xml").decode()
    found = re.findall(r"<w:r>(.*?)</w:r>", xml, re.S)
    shown = [re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(<w:tab/>)", run) for run in found]
    return [
        ("|".join(text or "\t" for text, _ in pieces), FONT in run) for run, pieces in zip(found, shown, strict=True)
    ]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<w:t>Có ☒ Không ☐</w:t>", [("Có ", False), ("☒", True), (" Không ", False), ("☐", True)]),
        ("<w:rPr><w:b/></w:rPr><w:t>✓</w:t>", [("✓", True)]),
        ("<w:t>a ✓</w:t><w:tab/><w:t>b</w:t>", [("a ", False), ("✓", True), ("\t|b", False)]),
        ("<w:t>a → b ≥ 5 ■</w:t>", [("a → b ≥ 5 ■", False)]),
    ],
)
def test_runs(inside: str, expected: list[tuple[str, bool]]) -> None:
    assert runs(f"<w:p><w:r>{inside}</w:r></w:p>") == expected


def test_the_text_and_the_look_stay() -> None:
    look = '<w:rPr><w:rStyle w:val="A"/><w:b/></w:rPr>'
    body = f"<w:p><w:r>{look}<w:t>Có ☒ </w:t><w:br/><w:t>sau 🙂</w:t></w:r></w:p>"
    copy = unwrap(with_body(body))
    assert paragraphs(copy) == ["Có ☒ \nsau 🙂"]
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert archive.read("word/document.xml").count(b"<w:b/>") == 6


def test_what_text_fonts_hold_is_left_alone() -> None:
    assert not may_change("→ ■ ● ½ ≥ “”")
    assert may_change("☑")
