"""The embedded engine: rdocx, a library from PyPI that needs no Office and gives the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from docgen.errors import EnvironmentFault
from docgen.pdf.drawn import Drawn, Engine, NotDrawn, Room
from docgen.pdf.drawn_pictures import in_eight_bits
from docgen.pdf.zones import BlockBox

if TYPE_CHECKING:
    from types import ModuleType

PROFILE = "pdfa-2b"
#: A word longer than this is offered places to break: the library breaks none by itself, it runs off the paper.
LONG_WORD = 30
#: A word that no page holds is cut into pieces of so many letters: memory grows by the square of the places to break.
LONGEST_WORD, PIECE = 2_000, 20
_BREAK = "\u200b"
#: Word draws it with the hyphen of the font; the library takes U+2011, which few fonts have.
_NO_BREAK_HYPHEN = re.compile(r"<w:noBreakHyphen *(?:/>|></w:noBreakHyphen>)")
_TEXT = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)(</w:t>)")
#: A run of text as it is written; runs that touch are looked at together.
_RUN = re.compile(r"(<w:r(?: [^>]*)?>)(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?(<w:t(?: [^>]*)?>)([^<]*)</w:t></w:r>", re.S)
_RUNS = re.compile(rf"(?:{_RUN.pattern}){{2,}}", re.S)
#: What no line begins with, and what none ends with.
_CLOSING = re.compile(r"[.,;:!?%)\]”’»]+")
_OPENING = re.compile(r"[(\[“‘«]+$")
_WORD = re.compile(rf"\S{{{LONG_WORD + 1},}}")
_UNIT = re.compile(r"&[^;]+;|.", re.S)


def need_rdocx() -> ModuleType:
    """The library rdocx. Raises `EnvironmentFault` naming the pip line where it is not installed."""
    try:
        import rdocx
    except ImportError:
        raise EnvironmentFault("errors.environment.extra_missing", library="rdocx", extra="pdf") from None
    return rdocx


def engine_version() -> str | None:
    """The installed version, or None where the library is missing."""
    try:
        return version("rdocx")
    except PackageNotFoundError:
        return None


class Rdocx(Engine):
    """rdocx as an engine."""

    name = "rdocx"
    turn = 1

    def need(self) -> None:
        """Raise `EnvironmentFault` where the library is missing."""
        need_rdocx()

    def version(self) -> str:
        """The installed version. Raises `EnvironmentFault` where the library is missing."""
        need_rdocx()
        return engine_version() or ""

    def draw(self, files: Sequence[tuple[int, bytes]], room: Room) -> Iterator[tuple[int, Drawn | NotDrawn]]:
        """Draw `files` one after the other, in this process."""
        rdocx = need_rdocx()
        for number, docx in files:
            try:
                yield number, draw(docx)
            except rdocx.RdocxError as fault:
                yield number, NotDrawn.because(str(fault))
            except BaseException as fault:
                # A library in Rust that breaks off raises something that is no `Exception`.
                if type(fault).__name__ != "PanicException":
                    raise
                yield number, NotDrawn.because(str(fault))


def draw(docx: bytes) -> Drawn:
    """`docx` (without content controls) as PDF/A-2b, with the box of each block on the page where it ends.

    Raises `rdocx.RdocxError` for what the library cannot read.
    """
    rdocx = need_rdocx()
    document = rdocx.Document.from_bytes(_drawable(docx))
    boxes: dict[int, BlockBox] = {}
    heights: dict[int, float] = {}
    for fragment in document.layout():
        page = fragment.physical_page - 1
        if page not in heights:
            heights[page] = document.layout_page(page).height
        bounds = fragment.bounds
        top = heights[page] - bounds.y
        boxes[fragment.body_index] = BlockBox(page, top, top - bounds.height)
    return Drawn(document.to_pdfa_deterministic(profile=PROFILE), boxes)


def _unbroken(found: re.Match[str]) -> str:
    """Runs that touch, so written that no line breaks between them: the library breaks where one run ends, and a full
    stop behind a value began a line. Runs of one look become one; of others a mark goes to the word it belongs to."""
    runs: list[list[str]] = []
    for start, look, _, text in _RUN.findall(found[0]):
        if runs and runs[-1][1] == look:
            runs[-1][2] += text
            continue
        if runs and runs[-1][2][-1:].strip() and (mark := _CLOSING.match(text)):
            runs[-1][2] += mark[0]
            text = text[mark.end() :]
        if runs and text[:1].strip() and (mark := _OPENING.search(runs[-1][2])):
            runs[-1][2] = runs[-1][2][: mark.start()]
            text = mark[0] + text
        runs.append([start, look, text])
    written = '{}{}<w:t xml:space="preserve">{}</w:t></w:r>'
    return "".join(written.format(*run) for run in runs if run[2])


def _drawable(docx: bytes) -> bytes:
    """`docx` as the library can draw it: with a place to break after each character of words too long for a line (rows
    of dots, addresses) and none between runs that touch, plain hyphens for those that never break, and pictures of 8
    bits a channel."""

    def word(found: re.Match[str]) -> str:
        units = _UNIT.findall(found[0])
        if len(units) > LONGEST_WORD:
            units = ["".join(units[at : at + PIECE]) for at in range(0, len(units), PIECE)]
        return _BREAK.join(units)

    def text(found: re.Match[str]) -> str:
        return found[1] + _WORD.sub(word, found[2]) + found[3]

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source:
        xml = source.read("word/document.xml").decode("utf-8")
        plain = _RUNS.sub(_unbroken, _NO_BREAK_HYPHEN.sub("<w:t>-</w:t>", xml))
        changed = {"word/document.xml": _TEXT.sub(text, plain).encode()}
        for name in source.namelist():
            if name.startswith("word/media/"):
                content = source.read(name)
                if (eight := in_eight_bits(content)) is not content:
                    changed[name] = eight
        if len(changed) == 1 and changed["word/document.xml"] == xml.encode():
            return docx
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
            for name in source.namelist():
                content = changed[name] if name in changed else source.read(name)
                target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()
