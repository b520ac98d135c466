"""The tags of a Word template and where a person finds them: part, paragraph, or table, row and cell."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.model import Place

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

#: A Jinja tag, as docxtpl's own patterns find it.
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_OPENING = re.compile(r"(\{\{|\{%)([-+]?)")
_PREFIX = re.compile(r"^(\{[{%#])(?:r|p|tr|tc)(?=\s)")
#: docxtpl straightens these quotes inside tags.
STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


@dataclass(frozen=True, slots=True)
class TagPlace:
    """Where a tag stands. `paragraph` counts the paragraphs outside tables; in a table `table`, `row`, `cell` say it.

    All count from 1; 0 means "not there". A nested table counts as the table it lies in.
    """

    part: str
    paragraph: int = 0
    table: int = 0
    row: int = 0
    cell: int = 0

    def describe(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The place in words."""
        if not self.part:
            return ""
        key = "word.place.cell" if self.table else "word.place.paragraph" if self.paragraph else "word.place.part"
        return message(
            key, language, part=self.part, paragraph=self.paragraph, table=self.table, row=self.row, cell=self.cell
        )

    @property
    def pointer(self) -> str:
        """The place for programs: `word/document.xml#table=1&row=2&cell=3`."""
        numbers = [(name, getattr(self, name)) for name in ("paragraph", "table", "row", "cell")]
        inside = "&".join(f"{name}={number}" for name, number in numbers if number)
        return f"{self.part}#{inside}" if inside else self.part

    def as_place(self, file: str) -> Place:
        """As the place of a finding in the template `file`."""
        return Place(
            file, self.pointer, part=self.part, paragraph=self.paragraph, table=self.table, row=self.row, cell=self.cell
        )

    def __str__(self) -> str:
        return self.describe()

    def __format__(self, language: str) -> str:
        """`{place:en}` in a message gives the place in that message's language."""
        return self.describe(language or DEFAULT_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its text as written in Word, and its place."""

    text: str
    place: TagPlace

    @property
    def is_comment(self) -> bool:
        """True for `{# … #}`."""
        return self.text.startswith("{#")

    @property
    def kind(self) -> str:
        """docxtpl's prefix: `p`, `tr`, `tc`, `r` or ""."""
        found = re.match(r"\{[{%#](r|p|tr|tc)\s", self.text)
        return found[1] if found else ""

    @property
    def canonical(self) -> str:
        """The tag as Jinja sees it, without blanks, to compare it with the patched template."""
        return _canonical(self.text)


def _canonical(text: str) -> str:
    return re.sub(r"[\s+-]", "", _PREFIX.sub(r"\1", text).translate(STRAIGHT))


def paragraphs(root: etree._Element, part: str) -> Iterator[tuple[etree._Element, TagPlace]]:
    """Every paragraph below `root` with its place, in document order."""
    count = tables = 0
    spots: dict[etree._Element, tuple[int, int, int]] = {}
    for element in root.iter(f"{W}tbl", f"{W}tr", f"{W}tc", f"{W}p"):
        if element.tag == f"{W}p":
            cell = next((a for a in element.iterancestors(f"{W}tc") if a in spots), None)
            if cell is None:
                count += 1
                yield element, TagPlace(part, paragraph=count)
            else:
                table, row, number = spots[cell]
                yield element, TagPlace(part, table=table, row=row, cell=number)
        elif element.tag == f"{W}tbl" and next(element.iterancestors(f"{W}tc"), None) is None:
            tables += 1
            for row, table_row in enumerate(_own(element, "tr", "tbl"), 1):
                for number, cell_ in enumerate(_own(table_row, "tc", "tr"), 1):
                    spots[cell_] = (tables, row, number)


def _own(element: etree._Element, name: str, within: str) -> Iterator[etree._Element]:
    """The `name` elements of `element` that no nested `within` separates from it (content controls do not)."""
    for found in element.iter(f"{W}{name}"):
        if next(found.iterancestors(f"{W}{within}"), None) is element:
            yield found


def paragraph_text(paragraph: etree._Element) -> str:
    """The text of `paragraph` that docxtpl sees: its `w:t`, text boxes in it left out."""
    return "".join(t.text or "" for t in paragraph.iter(f"{W}t") if next(t.iterancestors(f"{W}p"), None) is paragraph)


def find_tags(root: etree._Element, part: str) -> list[Tag]:
    """Every tag in the paragraphs of `root`, in order. A tag that runs over a paragraph's end is not seen."""
    return [
        Tag(text, place)
        for paragraph, place in paragraphs(root, part)
        for text in TAG.findall(paragraph_text(paragraph))
    ]


class TagLines:
    """Jinja's line numbers made to name tags: each tag of the patched template starts a line of its own.

    A line break right after `{{` means nothing to Jinja, so the rendered text does not change.
    """

    def __init__(self, patched: str, tags: list[Tag]) -> None:
        """`patched` is the template as docxtpl hands it to Jinja, `tags` those of the Word file in order."""
        self._tags = tags
        self._of_line: dict[int, Tag] = {}
        if re.search(r"\{%[-+]?\s*raw\b", patched):  # inside raw a line break would be text
            self.source = patched
            return
        self.source = _OPENING.sub(r"\1\2" + "\n", TAG.sub(lambda m: m[0].replace("\n", " "), patched))
        spots: dict[str, list[int]] = {}
        for index, tag in enumerate(tags):
            spots.setdefault(tag.canonical, []).append(index)
        line, counted, reached = 1, 0, 0
        for match in TAG.finditer(self.source):
            line += self.source.count("\n", counted, match.start())
            counted = match.start()
            same = spots.get(_canonical(match[0]), ())
            at = bisect_left(same, reached)
            if at < len(same):  # both run in the order of the document, except for tags that were put in
                self._of_line[line + 1] = tags[same[at]]
                reached = same[at] + 1

    def tag(self, line: int, name: str = "") -> Tag | None:
        """The tag on `line`; where the line tells nothing, the first tag that speaks of `name`."""
        found = self._of_line.get(line)
        if found is None and name:
            word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
            found = next((tag for tag in self._tags if word.search(tag.text)), None)
        return found
