"""What a template has and no filled form will have: words beside a tag that takes its paragraph, tags nobody fills.

docxtpl replaces the whole paragraph, row or cell of a `{%p %}`, `{%tr %}`, `{%tc %}` tag by the tag itself. Each kind
of loss is found here with its place, for `docgen.word.engine.template_check` to report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from docgen.model import Finding, Severity
from docgen.word.engine.properties import unrendered
from docgen.word.engine.tags import TAG, Tag, TagPlace, W, paragraph_text, paragraphs
from docgen.word.file.package import Package, parse_xml

_LOOP = re.compile(r"\{%[-+]?\s*(?:(?:p|tr|tc|r)\s+)?(end)?(?:for|macro)\b")
_NOTES = (f"{W}footnoteReference", f"{W}endnoteReference")
_THINGS = (f"{W}drawing", f"{W}pict", f"{W}object", *_NOTES)
_HOLDERS = {"tr": f"{W}tr", "tc": f"{W}tc"}


def findings_of(package: Package, file: str) -> list[Finding]:
    """Every loss of a template as an error, as `docgen.word.engine.template_check` reports them."""
    out: list[Finding] = []
    for part in package.fillable:
        if part not in package.properties:
            for code, place, tag, words in losses(parse_xml(package.parts[part]), part):
                out.append(finding(file, code, "error", place, tag=tag, words=words or "…"))
    for part, tag in unfilled(package):
        out.append(finding(file, "part_not_filled", "error", TagPlace(part), tag=tag))
    return out


def finding(file: str, code: str, severity: Severity, place: TagPlace, **params: object) -> Finding:
    """A finding of the check: `word.template.<code>` at `place` in `file`, the place's numbers among its facts."""
    where = place.as_place(file)
    numbers = {"part": place.part, "paragraph": place.paragraph, "table": place.table}
    facts = {**numbers, "row": place.row, "cell": place.cell, **params}
    return Finding(f"word.template.{code}", severity, where, facts)


def losses(root: etree._Element, part: str) -> Iterator[tuple[str, TagPlace, str, str]]:
    """What the part will lose: code, place, the tag, and the words or thing lost."""
    depth = 0
    seen: set[tuple[object, object]] = set()
    for paragraph, place in paragraphs(root, part):
        text = paragraph_text(paragraph)
        for tag in (Tag(found, place) for found in TAG.findall(text)):
            if tag.kind in ("p", "tr", "tc") and not tag.is_comment:
                lost = _lost(paragraph, tag)
                if lost is not None:
                    yield "text_beside", place, tag.text, lost
            if tag.kind in _HOLDERS and tag.text.startswith("{{"):
                yield "row_tag_prints", place, tag.text, ""  # the value would stand where only rows or cells may
        depth, note = _notes(paragraph, depth)
        if note:
            yield "note_in_loop", place, "", ""
        for mark in paragraph.iter(*_NOTES):
            if next(mark.iterancestors(f"{W}p"), None) is not paragraph:
                continue  # in a text box: its own paragraph has it
            key = (mark.tag, mark.get(f"{W}id"))
            if key in seen:
                yield "note_twice", place, "", ""
            seen.add(key)


def _lost(paragraph: etree._Element, tag: Tag) -> str | None:
    """What goes with `tag` beside it: the words, "" for a picture or a note, None for nothing."""
    holder: etree._Element | None = paragraph
    if tag.kind in _HOLDERS:
        holder = next(paragraph.iterancestors(_HOLDERS[tag.kind]), None)
    if holder is None:
        return None  # a row tag outside a table: the parser refuses it
    words = " ".join(paragraph_text(p) for p in holder.iter(f"{W}p")).replace(tag.text, "", 1)
    words = re.sub(r"\{#.*?#\}", "", words).strip()
    if words:
        return words[:60]
    return "" if next(holder.iter(*_THINGS), None) is not None else None


def _notes(paragraph: etree._Element, depth: int) -> tuple[int, bool]:
    """How many loops are open after `paragraph`, and whether a note's mark stands in one."""
    text, found = "", False

    def opened() -> int:
        return depth + sum(-1 if match[1] else 1 for match in _LOOP.finditer(text))

    for item in paragraph.iter(f"{W}t", *_NOTES):
        if item.tag == f"{W}t":
            text += item.text or ""
        elif opened() > 0:
            found = True
    return opened(), found


def unfilled(package: Package) -> Iterator[tuple[str, str]]:
    """Parts that nobody fills and a tag in each: charts, diagrams, properties of the file."""
    for name, content in package.parts.items():
        filled = name in package.fillable and name != package.custom
        if filled or not name.endswith(".xml") or name.startswith("word/glossary/"):
            continue
        if b"{{" not in content and b"{%" not in content:
            continue
        try:
            root = parse_xml(content)
            text = unrendered(root) if name == package.custom else " ".join(str(piece) for piece in root.itertext())
        except etree.XMLSyntaxError:
            continue
        if tag := TAG.search(text):
            yield name, tag[0]
