"""The texts of a Word file that its pages must show, each in the pieces that stand together on the page.

Not every text of the file is printed as it is written: what is formatted as hidden is not there, capitals by
formatting are capitals on the page, a note's mark stands between two words, a page number is counted anew, and a text
box lies somewhere else than the paragraph that holds it. What must be found in a PDF is told here, piece by piece.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from docgen.word.after.accept import field_name
from docgen.word.file.looks import Look, Looks, is_on

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
DOCUMENT = "word/document.xml"
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
#: Fields that are worked out anew when a page is drawn (17.16.5): what is stored is not what is shown.
_COUNTED = frozenset(
    {"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "DATE", "TIME", "PRINTDATE", "SAVEDATE", "CREATEDATE", "FILENAME",
     "FILESIZE", "TOC", "INDEX", "PAGEREF", "NOTEREF", "SEQ", "AUTHOR", "LASTSAVEDBY", "NUMWORDS", "NUMCHARS",
     "EDITTIME", "REVNUM", "DOCPROPERTY", "TITLE", "SUBJECT"}
)  # fmt: skip
#: Whether a part holds anything that is not shown as it is written.
_SPECIAL = re.compile(
    rb"[<:](?:caps|smallCaps|vanish|specVanish|hidden|footnoteReference|endnoteReference|fldChar|fldSimple|txbxContent|"
    rb"AlternateContent|oMath|altChunk|headerReference|footerReference)[ />]"
)
_STYLED = re.compile(rb"[<:](?:caps|smallCaps|vanish)[ />]")
#: Parts in which nothing stands that a page shows; any other may be a header, whatever its name.
_NEVER_SHOWN = tuple(f"word/{kind}" for kind in ("glossary/", "theme/", "settings", "fontTable", "webSettings"))
_PLAIN = Look()
#: Types of notes that are lines and signs, not notes (17.11.2).
_NO_NOTES = frozenset({"separator", "continuationSeparator", "continuationNotice"})


@dataclass(slots=True)
class Shown:
    """What must be found in a PDF.

    `texts` as often as they stand here; of `loose` only the letters, capitals or not; `heads` are texts of headers and
    footers, each with the number of pages from which on it must be there at least once; `chunks` counts what no
    engine draws (files in other formats put into this one, 17.17.2).
    """

    texts: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    heads: list[tuple[str, int]] = field(default_factory=list)
    chunks: int = 0


def shown(docx: bytes) -> Shown:
    """What the pages of `docx` (without content controls, revisions accepted) must show."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        names = set(archive.namelist())
        content = archive.read(DOCUMENT)
        tree = etree.fromstring(content, _PARSER)
        out = Shown()
        looks = _looks(archive, names)
        reader = _Reader(looks, out)
        reader.part(tree)
        if not _SPECIAL.search(content):
            return out
        out.chunks = sum(1 for _ in tree.iter(f"{W}altChunk"))
        related = _related(archive, names)
        for kind, mark in (("footnotes", "footnoteReference"), ("endnotes", "endnoteReference")):
            asked = {item.get(f"{W}id") for item in tree.iter(W + mark)}
            part = next((target for k, target in related.values() if k == kind and target in names), "")
            if asked and part:
                for note in etree.fromstring(archive.read(part), _PARSER):
                    if note.get(f"{W}id") in asked and note.get(f"{W}type") not in _NO_NOTES:
                        reader.part(note)
        for relation, least in _heads(tree, archive, names):
            _, target = related.get(relation, ("", ""))
            if target in names:
                own = Shown()
                _Reader(looks, own).part(etree.fromstring(archive.read(target), _PARSER))
                out.heads += [(text, least) for text in (*own.texts, *own.loose)]
    return out


def _looks(archive: zipfile.ZipFile, names: set[str]) -> Looks | None:
    """What runs look like; None where nothing in the file could make a difference, as in docgen's own forms."""
    read = [name for name in names if name.startswith("word/") and name.endswith(".xml")]
    parts = {name: archive.read(name) for name in read if not name.startswith(_NEVER_SHOWN)}
    if not any(map(_STYLED.search, parts.values())):
        return None
    styles = parts.get("word/styles.xml")
    # The theme names fonts only, which are not asked for here.
    return Looks(etree.fromstring(styles, _PARSER) if styles is not None else None)


def _related(archive: zipfile.ZipFile, names: set[str]) -> Mapping[str, tuple[str, str]]:
    """Kind and target of each relationship of the main part, by id."""
    rels = "word/_rels/document.xml.rels"
    if rels not in names:
        return {}
    return {
        item.get("Id", ""): (
            item.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/word", item.get("Target", ""))).lstrip("/"),
        )
        for item in etree.fromstring(archive.read(rels), _PARSER).iter(_REL)
        if item.get("TargetMode") != "External"
    }


def _heads(tree: etree._Element, archive: zipfile.ZipFile, names: set[str]) -> Iterator[tuple[str, int]]:
    """The relationship of each header and footer that must be drawn, and from how many pages on (17.10)."""
    sections = list(tree.iter(f"{W}sectPr"))
    if not sections:
        return
    first = sections[0]
    settings = archive.read("word/settings.xml") if "word/settings.xml" in names else b""
    both_sides = b"evenAndOddHeaders" in settings
    has_title = is_on(first.find(f"{W}titlePg"))
    start = first.find(f"{W}pgNumType")
    if both_sides and start is not None and start.get(f"{W}start") is not None:
        return  # the first page may be an even one
    alone = len(sections) == 1
    for item in first:
        if item.tag not in (f"{W}headerReference", f"{W}footerReference"):
            continue
        kind, relation = item.get(f"{W}type", "default"), item.get(f"{_R}id", "")
        if (kind == "first" and has_title) or (kind == "default" and not has_title):
            yield relation, 1
        elif kind == "default" and alone:
            yield relation, 3 if both_sides else 2
        elif kind == "even" and both_sides and alone:
            yield relation, 2


class _Piece:
    """Text that stands together on the page."""

    def __init__(self) -> None:
        self.text = ""
        self.capitals = False


class _Reader:
    def __init__(self, looks: Looks | None, out: Shown) -> None:
        self.looks = looks
        self.out = out

    def part(self, tree: etree._Element) -> None:
        """Read all paragraphs of a part, those of text boxes as paragraphs of their own."""
        for paragraph in tree.iter(f"{W}p"):
            if not self._passed_over(paragraph):
                self._paragraph(paragraph)

    def _passed_over(self, paragraph: etree._Element) -> bool:
        for above in paragraph.iterancestors():
            # A drawing is stored twice: for programs that know it, and for those that do not.
            if above.tag == f"{_MC}Fallback":
                return True
            if above.tag == f"{W}tr" and is_on(above.find(f"{W}trPr/{W}hidden")):
                return True
        return False

    def _paragraph(self, paragraph: etree._Element) -> None:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        self.style = style.get(f"{W}val", "") if style is not None else ""
        self.piece = _Piece()
        self.depth: list[str] = []
        self.results: list[bool] = []
        self._walk(paragraph)
        self._cut()

    def _cut(self) -> None:
        if self.piece.text.strip():
            (self.out.loose if self.piece.capitals else self.out.texts).append(self.piece.text)
        self.piece = _Piece()

    def _walk(self, item: etree._Element) -> None:
        for child in item:
            if child.tag in (f"{W}pPr", f"{_MC}Fallback", f"{W}txbxContent", f"{W}p"):
                continue
            if child.tag == f"{W}r":
                self._run(child)
            elif child.tag == f"{W}fldSimple":
                if field_name(child.get(f"{W}instr", "")) in _COUNTED:
                    self._cut()
                else:
                    self._walk(child)
            elif child.tag == f"{_M}oMath":
                self._formula(child)
            elif isinstance(child.tag, str):
                self._walk(child)

    def _formula(self, item: etree._Element) -> None:
        """The parts of a formula stand above and beside each other: each is looked for alone."""
        self._cut()
        for text in item.iter(f"{_M}t"):
            self.piece.text = text.text or ""
            self._cut()

    def _run(self, run: etree._Element) -> None:
        look = self.looks.of(run.find(f"{W}rPr"), self.style) if self.looks is not None else _PLAIN
        if look.hidden:
            return
        for child in run:
            self._sign(child, look.capitals)

    def _sign(self, child: etree._Element, capitals: bool) -> None:
        if child.tag == f"{W}fldChar":
            self._field(child.get(f"{W}fldCharType", ""))
        elif child.tag == f"{W}instrText":
            if self.depth:
                self.depth[-1] += child.text or ""
        elif child.tag in (f"{W}footnoteReference", f"{W}endnoteReference", f"{W}pgNum"):
            self._cut()
        elif child.tag == f"{W}t" or child.tag in _SIGNS:
            if not any(self.results):
                self.piece.text += (child.text or "") if child.tag == f"{W}t" else _SIGNS[child.tag]
                self.piece.capitals = self.piece.capitals or capitals
        elif child.tag == f"{_MC}AlternateContent" or len(child):
            self._walk(child)

    def _field(self, kind: str) -> None:
        """A field's stored result counts as text, but where it is worked out anew."""
        if kind == "begin":
            self.depth.append("")
            self.results.append(False)
        elif kind == "separate" and self.depth:
            self.results[-1] = field_name(self.depth[-1]) in _COUNTED
            if self.results[-1]:
                self._cut()
        elif kind == "end" and self.depth:
            if field_name(self.depth.pop()) in _COUNTED:
                self._cut()
            self.results.pop()
