"""The cells of a workbook (.xlsx, .xlsm), as values with what their format says of them.

Read straight from the XML and bounded (`workbook_limits`): one cell in the last row of the grid costs one cell, not a
million rows. A value that is none – an error of Excel, a formula that was never worked out – is a `NoValue`, so that
nobody takes it for an empty cell.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from docgen.dossier import workbook_limits as limits
from docgen.dossier.number_format import DATE, PERCENT, TIME, as_date, as_percent, as_shown, format_kind
from docgen.dossier.workbook_limits import WorkbookError
from docgen.dossier.zip_xml import Parts
from docgen.model import Severity

#: What there is to say of a cell: code, severity, source (`Đảng viên!C7`), parameters of the message.
Told = tuple[str, Severity, str, Mapping[str, object]]

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
#: ECMA-376 part 1, 22.9.2.19: what XML cannot hold is written by its code.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTENT_KINDS = (
    ("spreadsheetml.sheet.main+xml", ""), ("sheet.macroenabled.main+xml", ""),
    ("spreadsheetml.template.main+xml", ""), ("template.macroenabled.main+xml", ""),
    ("sheet.binary.macroenabled.main", ".xlsb"), ("wordprocessingml.document.main", ".docx"),
    ("word.document.macroenabled.main", ".docm"), ("wordprocessingml.template.main", ".dotx"),
    ("word.template.macroenabledtemplate.main", ".dotm"), ("presentationml", ".pptx"), ("powerpoint", ".pptx"),
)  # fmt: skip
_OPEN_DOCUMENT = {b"spreadsheet": ".ods", b"text": ".odt", b"presentation": ".odp"}


@dataclass(frozen=True, slots=True)
class NoValue:
    """What stands in a cell without a value: `error` is Excel's own word (#REF!), empty for a formula never worked out.

    It is unequal to every value, the empty one too.
    """

    error: str = ""

    def __str__(self) -> str:
        return self.error


@dataclass(slots=True)
class Page:
    """One sheet: its rows from the first on, what stands far away from them, and what people did to it.

    `far` names cells that stand astray (the first few), `far_count` counts them; `merged` are blocks of merged cells
    (first row, first column, last row, last column; from 0); `hidden_rows` are the numbers, from 0, of rows with
    something in them that are hidden or filtered away.
    """

    title: str
    rows: list[list[Any]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    far: list[str] = field(default_factory=list)
    far_count: int = 0
    since_1904: bool = False


def letters(column: int) -> str:
    """The letters of a column, counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def position(reference: str) -> tuple[int, int]:
    """Row and column, from 0, of a reference such as `C7`. Raises `WorkbookError` for what is none."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise WorkbookError("dossier.excel.damaged")
    column = 0
    for letter in found.group(1).upper():
        column = column * 26 + ord(letter) - 64
    row = int(found.group(2))
    if not (0 < row <= limits.LAST_ROW and column <= limits.LAST_COLUMN):
        raise WorkbookError("dossier.excel.damaged")
    return row - 1, column - 1


def read_pages(raw: bytes, first_only: bool = False) -> list[Page]:
    """The sheets of the workbook in `raw`, in order.

    Raises `WorkbookError` where it is damaged, something else, or beyond `workbook_limits`.
    """
    with Parts(raw) as parts:
        return _Reader(parts).pages(first_only)


def zip_kind(parts: Parts) -> str:
    """What a zip is, by what is in it: the ending its name should have; empty for a workbook that can be read."""
    if "mimetype" in parts:
        given = parts.head("mimetype", 200)
        if b"opendocument" in given:
            return next((kind for word, kind in _OPEN_DOCUMENT.items() if word in given), ".odt")
    if "[Content_Types].xml" not in parts:
        return ".zip"
    declared: list[str] = []

    def start(tag: str, given: dict[str, str]) -> None:
        if tag in ("Override", "Default"):
            declared.append(given.get("ContentType", "").lower())

    parts.walk("[Content_Types].xml", start, _nothing, _nothing)
    for word, kind in _CONTENT_KINDS:
        if any(word in given for given in declared):
            return kind
    return "" if "xl/workbook.xml" in parts else ".zip"


class _Reader:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.strings: list[str] = []
        self.formats: list[tuple[int, str | None]] = []
        self.since_1904 = False
        self.cells = self.elements = self.text = self.area = 0

    def pages(self, first_only: bool) -> list[Page]:
        if kind := zip_kind(self.parts):
            raise WorkbookError("dossier.file.kind", kind=kind)
        main = next((t for _, kind, t in self.parts.relations("") if kind == "officeDocument"), "xl/workbook.xml")
        if main not in self.parts:
            raise WorkbookError("dossier.excel.damaged")
        related = self.parts.relations(main)
        listed = self.listed(main)
        for _, kind, target in related:
            if target in self.parts and kind == "sharedStrings":
                self.shared(target)
            elif target in self.parts and kind == "styles":
                self.styles(target)
        by_id = {name: target for name, kind, target in related if kind == "worksheet"}
        found = [(p, by_id[i]) for p, i in listed if i in by_id and by_id[i] in self.parts]
        if not found:
            raise WorkbookError("dossier.excel.damaged")
        for page, target in found[:1] if first_only else found:
            page.since_1904 = self.since_1904
            _Sheet(self, page).read(target)
        return [page for page, _ in found]

    def listed(self, main: str) -> list[tuple[Page, str]]:
        """The sheets that the workbook lists, each with the id of its relationship."""
        found: list[tuple[Page, str]] = []

        def start(tag: str, given: dict[str, str]) -> None:
            if tag == "workbookPr":
                self.since_1904 = given.get("date1904", "0") in ("1", "true")
            elif tag == "sheet":
                hidden = given.get("state", "visible") != "visible"
                found.append((Page(given.get("name", ""), hidden=hidden), given.get("id", "")))
                if len(found) > limits.MAX_SHEETS:
                    raise WorkbookError("dossier.excel.too_many.sheets", count=len(found), limit=limits.MAX_SHEETS)

        self.parts.walk(main, start, _nothing, _nothing)
        return found

    def shared(self, part: str) -> None:
        """The texts that cells refer to by number."""
        text = _Text()

        def start(tag: str, given: dict[str, str]) -> None:
            self.count()
            if tag == "si":
                text.begin()
            text.start(tag)

        def end(tag: str) -> None:
            text.end(tag)
            if tag == "si":
                self.strings.append(self.kept(text.take()))

        self.parts.walk(part, start, end, text.data, limits.MAX_PART_BYTES)

    def styles(self, part: str) -> None:
        """The number format of every style of cells."""
        codes: dict[int, str] = {}
        inside = False

        def start(tag: str, given: dict[str, str]) -> None:
            nonlocal inside
            if tag == "numFmt":
                codes[_number(given.get("numFmtId"))] = given.get("formatCode", "")
            elif tag == "cellXfs":
                inside = True
            elif tag == "xf" and inside:
                number = _number(given.get("numFmtId"))
                self.formats.append((number, codes.get(number)))

        def end(tag: str) -> None:
            nonlocal inside
            inside = inside and tag != "cellXfs"

        self.parts.walk(part, start, end, _nothing)

    def count(self) -> None:
        self.elements += 1
        if self.elements > limits.MAX_ELEMENTS:
            raise WorkbookError("dossier.excel.too_many.cells", count=self.elements, limit=limits.MAX_ELEMENTS)

    def room(self, places: int) -> None:
        """Count what is kept in memory."""
        self.area += places
        if self.area > limits.MAX_AREA:
            raise WorkbookError("dossier.excel.too_many.cells", count=self.area, limit=limits.MAX_AREA)

    def kept(self, text: str) -> str:
        """`text` with its escapes undone, counted."""
        self.text += len(text)
        if self.text > limits.MAX_TEXT:
            raise WorkbookError("dossier.excel.too_many.text", count=self.text, limit=limits.MAX_TEXT)
        return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text) if "_x" in text else text


class _Text:
    """The text of a cell or of a shared text: its runs joined, without how they are read aloud (`rPh`)."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.inside = self.aloud = False

    def begin(self) -> None:
        self.pieces, self.length, self.inside, self.aloud = [], 0, False, False

    def start(self, tag: str) -> None:
        if tag == "rPh":
            self.aloud = True
        elif tag == "t":
            self.inside = not self.aloud

    def end(self, tag: str) -> None:
        if tag == "rPh":
            self.aloud = False
        elif tag == "t":
            self.inside = False

    def data(self, piece: str) -> None:
        if self.inside:
            self.add(piece)

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)
        if self.length > limits.MAX_CELL_TEXT:
            raise WorkbookError("dossier.excel.too_many.text", count=self.length, limit=limits.MAX_CELL_TEXT)

    def take(self) -> str:
        return "".join(self.pieces)


class _Sheet:
    """One sheet while it is read."""

    def __init__(self, book: _Reader, page: Page) -> None:
        self.book = book
        self.page = page
        self.row = self.column = -1
        self.row_hidden = False
        self.found: dict[int, dict[int, Any]] = {}
        self.text = _Text()
        self.in_cell = self.in_value = self.formula = self.value_seen = False
        self.kind = ""
        self.style = 0

    def read(self, part: str) -> None:
        self.book.parts.walk(part, self.start, self.end, self.data, limits.MAX_PART_BYTES)
        self.lay_out()

    def start(self, tag: str, given: dict[str, str]) -> None:
        self.book.count()
        if tag == "c":
            self.begin_cell(given)
        elif self.in_cell:
            if tag == "v":
                self.in_value = self.value_seen = True
            elif tag == "f":
                self.formula = True
            else:
                self.text.start(tag)
        elif tag == "row":
            row = _number(given.get("r")) - 1 if "r" in given else self.row + 1
            if not 0 <= row < limits.LAST_ROW:
                raise WorkbookError("dossier.excel.damaged")
            self.row, self.column = row, -1
            self.row_hidden = given.get("hidden", "0") in ("1", "true")
        elif tag == "mergeCell":
            self.merge(given.get("ref", ""))

    def begin_cell(self, given: dict[str, str]) -> None:
        if "r" in given:
            self.row, self.column = position(given["r"])
        else:
            self.column += 1
            if self.column >= limits.LAST_COLUMN or self.row < 0:
                raise WorkbookError("dossier.excel.damaged")
        self.kind, self.style = given.get("t", "n"), _number(given.get("s"))
        self.in_cell, self.in_value, self.formula, self.value_seen = True, False, False, False
        self.text.begin()

    def data(self, piece: str) -> None:
        if self.in_value:
            self.text.add(piece)
        elif self.in_cell:
            self.text.data(piece)

    def end(self, tag: str) -> None:
        if not self.in_cell:
            return
        if tag == "v":
            self.in_value = False
        elif tag == "c":
            self.in_cell = False
            value = self.value()
            if value != "":
                self.put(value)
        else:
            self.text.end(tag)

    def put(self, value: Any) -> None:
        self.book.cells += 1
        if self.book.cells > limits.MAX_CELLS:
            raise WorkbookError("dossier.excel.too_many.cells", count=self.book.cells, limit=limits.MAX_CELLS)
        if self.column >= limits.MAX_COLUMN:
            self.astray(self.row, self.column)
            return
        if self.row not in self.found:
            self.book.room(limits.ROW_COST)
            self.found[self.row] = {}
        self.found[self.row][self.column] = value
        if self.row_hidden and self.page.hidden_rows[-1:] != [self.row]:
            self.page.hidden_rows.append(self.row)

    def astray(self, row: int, column: int) -> None:
        self.page.far_count += 1
        if len(self.page.far) < 3:
            self.page.far.append(f"{letters(column)}{row + 1}")

    def merge(self, reference: str) -> None:
        first, _, last = reference.replace("$", "").partition(":")
        top, left = position(first)
        bottom, right = position(last or first)
        if len(self.page.merged) < limits.MAX_MERGES:
            self.page.merged.append((min(top, bottom), min(left, right), max(top, bottom), max(left, right)))

    def lay_out(self) -> None:
        """The rows in order. Where too many rows on end are empty, what comes after stands astray."""
        rows = self.page.rows
        for number in sorted(self.found):
            cells = self.found.pop(number)
            if number - len(rows) > limits.MAX_GAP:
                for column in sorted(cells):
                    self.astray(number, column)
                continue
            self.book.room((number - len(rows)) * limits.ROW_COST // 4 + max(cells) + 1)
            rows.extend([] for _ in range(number - len(rows)))
            row = [""] * (max(cells) + 1)
            for column, value in cells.items():
                row[column] = value
            rows.append(row)

    # -- values --

    def value(self) -> Any:
        """What the cell holds; an empty text for nothing."""
        given = self.text.take()
        kind = self.kind
        if kind == "e":
            return NoValue(given.strip()[:20] or "#VALUE!")
        if self.formula and not given and not (self.value_seen and kind == "str"):
            return NoValue()
        if kind in ("str", "inlineStr"):
            text = self.book.kept(given)
            return text if text.strip() else ""
        given = given.strip()
        if not given:
            return ""
        if kind == "s":
            index = _number(given)
            if index >= len(self.book.strings):
                raise WorkbookError("dossier.excel.damaged")
            text = self.book.strings[index]
            return text if text.strip() else ""
        if kind == "b":
            return given in ("1", "true")
        if kind == "d":
            return _iso(given)
        return self.number(given)

    def number(self, given: str) -> Any:
        try:
            value = float(given)
        except ValueError:
            return given[:100]
        number, code = self.book.formats[self.style] if self.style < len(self.book.formats) else (0, None)
        if number == 0 or value != value or abs(value) > 1e15:  # NaN; beyond any date
            return value
        kind = format_kind(number, code, value)
        if kind == PERCENT:
            return as_percent(value)
        if kind in (DATE, TIME):
            if kind == TIME and 0 <= value < 1:
                return (datetime.datetime.min + datetime.timedelta(days=value)).time().replace(microsecond=0)
            moment = as_date(value, self.book.since_1904)
            return as_shown(moment, number, code) if moment is not None else value
        return value


def _iso(given: str) -> Any:
    """A moment written as text (cells of type `d`), or the text."""
    try:
        return datetime.datetime.fromisoformat(given)
    except ValueError:
        return given[:100]


def _number(given: str | None) -> int:
    """A whole number from 0 on in an attribute; 0 where it is missing."""
    if given is None:
        return 0
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise WorkbookError("dossier.excel.damaged")
    return int(given)


def _nothing(*_: object) -> None:
    pass
