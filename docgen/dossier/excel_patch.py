"""New values in cells of a workbook, and nothing else changed.

Only the XML of the cells concerned is touched; every other part is copied as it stands. So formats, a person's own
sheets and columns, notes, charts, macros and the results of formulas stay, the ones that no library knows as well.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from docgen.dossier.spreadsheet import letters, position
from docgen.dossier.workbook_limits import WorkbookError
from docgen.dossier.zip_xml import Parts

#: Row and column, from 0.
Cell = tuple[int, int]
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: What stands before `calcPr` in a workbook (ECMA-376 part 1, 18.2.27).
_BEFORE_CALCULATION = ("sheets", "functionGroups", "externalReferences", "definedNames")


@dataclass(frozen=True, slots=True)
class Patched:
    """The bytes of the changed workbook; `formulas` is true where it has any: their results are now those of before."""

    content: bytes
    formulas: bool


def patch_workbook(raw: bytes, cells: Mapping[str, Mapping[Cell, Any]]) -> Patched:
    """The workbook in `raw` (which was read without a fault) with `cells`, by title of the sheet.

    A value is a text, a number, or None for an empty cell. Raises `WorkbookError` for a workbook that is digitally
    signed, a cell with a formula, and a cell within merged ones.
    """
    with Parts(raw) as parts:
        if any(name.startswith("_xmlsignatures/") for name in parts.names()):
            raise WorkbookError("dossier.excel.signed")
        main, sheets = _sheets(parts)
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        real = {info.filename.lower(): info.filename for info in source.infolist()}
        changed: dict[str, bytes] = {}
        for title, values in cells.items():
            name = real[sheets[title].lower()]
            changed[name] = _SheetXml(title, source.read(name)).with_values(values)
        formulas = any(b"<f>" in (part := source.read(real[name.lower()])) or b"<f " in part or b":f>" in part
                       for name in sheets.values())  # fmt: skip
        if formulas:
            name = real[main.lower()]
            changed[name] = _worked_out_anew(source.read(name))
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as out:
            for info in source.infolist():
                out.writestr(info, changed.get(info.filename, source.read(info)), info.compress_type)
    return Patched(target.getvalue(), formulas)


def _sheets(parts: Parts) -> tuple[str, dict[str, str]]:
    """The main part, and the part of every sheet by its title."""
    main = next((t for _, kind, t in parts.relations("") if kind == "officeDocument"), "xl/workbook.xml")
    by_id = {name: target for name, kind, target in parts.relations(main) if kind == "worksheet"}
    found: dict[str, str] = {}

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "sheet" and given.get("id") in by_id:
            found.setdefault(given.get("name", ""), by_id[given["id"]])

    parts.walk(main, start, lambda _: None, lambda _: None)
    return main, found


def _tree(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _bytes(tree: etree._Element) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _worked_out_anew(content: bytes) -> bytes:
    """The main part, telling Excel to work out every formula when it opens the file."""
    tree = _tree(content)
    space = etree.QName(tree).namespace
    found = tree.find(f"{{{space}}}calcPr")
    if found is None:
        found = etree.Element(f"{{{space}}}calcPr")
        above = [child for name in _BEFORE_CALCULATION for child in tree.iterfind(f"{{{space}}}{name}")]
        above[-1].addnext(found)
    found.set("fullCalcOnLoad", "1")
    return _bytes(tree)


class _SheetXml:
    """One sheet, while cells are changed."""

    def __init__(self, title: str, content: bytes) -> None:
        self.title = title
        self.tree = _tree(content)
        self.space = etree.QName(self.tree).namespace
        self.rows: dict[int, etree._Element] = {}
        self.cells: dict[Cell, etree._Element] = {}
        data = self.tree.find(self.tag("sheetData"))
        if data is None:
            raise WorkbookError("dossier.excel.damaged")
        self.data = data
        self.number_all()
        self.merged = list(self.blocks())

    def tag(self, name: str) -> str:
        return f"{{{self.space}}}{name}"

    def number_all(self) -> None:
        """Give every row and cell its reference: what stands without one is the next (ECMA-376 part 1, 18.3.1.4)."""
        row = -1
        for element in self.data.iterfind(self.tag("row")):
            row = int(element.get("r", row + 2)) - 1
            element.set("r", str(row + 1))
            self.rows[row] = element
            column = -1
            for cell in element.iterfind(self.tag("c")):
                column = position(cell.get("r", f"{letters(column + 1)}{row + 1}"))[1]
                cell.set("r", f"{letters(column)}{row + 1}")
                self.cells[row, column] = cell

    def blocks(self) -> Iterator[tuple[Cell, Cell]]:
        for element in self.tree.iter(self.tag("mergeCell")):
            first, _, last = element.get("ref", "").replace("$", "").partition(":")
            yield position(first), position(last or first)

    def with_values(self, values: Mapping[Cell, Any]) -> bytes:
        for (row, column), value in sorted(values.items()):
            self.refuse(row, column)
            self.put(row, column, value)
        for element in self.tree.findall(self.tag("dimension")):
            self.tree.remove(element)  # only a hint, and wrong where a row was added
        return _bytes(self.tree)

    def refuse(self, row: int, column: int) -> None:
        """Raise for a cell whose value is not its own."""
        reference = f"{letters(column)}{row + 1}"
        known = self.cells.get((row, column))
        if known is not None and known.find(self.tag("f")) is not None:
            raise WorkbookError("dossier.excel.formula_there", sheet=self.title, cell=reference)
        for (top, left), (bottom, right) in self.merged:
            if top <= row <= bottom and left <= column <= right:
                raise WorkbookError("dossier.excel.merged_there", sheet=self.title, cell=reference)

    def put(self, row: int, column: int, value: Any) -> None:
        cell = self.cells.get((row, column))
        if cell is None:
            if value is None:
                return
            cell = self.new_cell(row, column)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", "")
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, self.tag("is")), self.tag("t"))
            text.text = _ESCAPE.sub("_x005F_", value)
            text.set(_SPACE, "preserve")
        elif value is not None:
            etree.SubElement(cell, self.tag("v")).text = repr(value)

    def new_cell(self, row: int, column: int) -> etree._Element:
        """A cell where none was: formatted like the nearest one above it in its column."""
        cell = etree.Element(self.tag("c"), r=f"{letters(column)}{row + 1}")
        above = max((r for r, c in self.cells if c == column and r < row), default=None)
        style = self.cells[above, column].get("s") if above is not None else None
        if style is not None:
            cell.set("s", style)
        into = self.rows.get(row)
        if into is None:
            into = self.rows[row] = etree.Element(self.tag("row"), r=str(row + 1))
            _insert(self.data, into, [e for n, e in self.rows.items() if n < row])
        into.attrib.pop("spans", "")
        _insert(into, cell, [e for (r, c), e in self.cells.items() if r == row and c < column])
        self.cells[row, column] = cell
        return cell


def _insert(parent: etree._Element, element: etree._Element, before: list[etree._Element]) -> None:
    """Put `element` after those of `before` that stand in `parent`."""
    parent.insert(max((parent.index(one) for one in before), default=-1) + 1, element)
