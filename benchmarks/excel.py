"""Reading and writing the Excel book of a dossier, beside the least that either can cost.

    python -m benchmarks.excel [--json] [--members 1000] [--regulation hd19-2024]

Reading: docgen loads the dossier (every value checked for its kind, its cell known); calamine turns the same file into
rows of values and does nothing with them. Writing: docgen writes the book (titles, notes, lists, widths); the floor are
the same values of its tables as bare XML in a zip. Processor time of one process, by turns.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.records import emit
from docgen.dossier import load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.excel_cells import cell_value
from docgen.dossier.excel_write import _Writer, lookup
from docgen.dossier.layout import VALUES, workbook_layout
from docgen.dossier.sample import sample_dossier
from docgen.dossier.spreadsheet import letters
from docgen.paths import AnyRecord
from docgen.regulations.loader import RegulationData, load_regulation

TURNS = 3
#: Times calamine alone, times bare XML.
MOST_READING, MOST_WRITING = 2.0, 7.0


def main() -> int:
    """Measure and print; ends with 1 where a ratio is above its bar."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.excel", description="The Excel book of a dossier.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--regulation", default="hd19-2024")
    options = parser.parse_args()
    result = measure(options.regulation, options.members)
    emit(result, options.json, [
        f"{options.members} members, {result['cells']} cells, {result['kilobytes']} KB",
        f"reading: docgen {result['read_s']:.2f} s, calamine {result['calamine_s']:.2f} s, "
        f"ratio {result['reading']:.2f} (at most {MOST_READING})",
        f"writing: docgen {result['write_s']:.2f} s, bare XML {result['bare_s']:.2f} s, "
        f"ratio {result['writing']:.2f} (at most {MOST_WRITING})",
    ])  # fmt: skip
    return 0 if result["reading"] <= MOST_READING and result["writing"] <= MOST_WRITING else 1


def measure(name: str, members: int) -> dict[str, Any]:
    """Processor seconds of the four, and the two ratios."""
    import python_calamine

    regulation, data = load_regulation(name), sample_dossier(name, members=members)
    book = workbook_bytes(regulation, data)

    def rows() -> list[list[list[Any]]]:
        read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book))
        return [read.get_sheet_by_name(sheet).to_python() for sheet in read.sheet_names]

    cells = rows()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "so.xlsx"
        path.write_bytes(book)
        spent = by_turns(
            {"write": lambda: workbook_bytes(regulation, data), "bare": lambda: bare(regulation, data),
             "read": lambda: load_dossier(path), "calamine": rows}
        )  # fmt: skip
    return {
        "reading": spent["read"] / spent["calamine"],
        "writing": spent["write"] / spent["bare"],
        "cells": sum(1 for sheet in cells for row in sheet for value in row if value != ""),
        "kilobytes": len(book) >> 10,
        **{f"{kind}_s": seconds for kind, seconds in spent.items()},
    }


def by_turns(work: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median processor time of each."""
    spent: dict[str, list[float]] = {kind: [] for kind in work}
    for _ in range(TURNS):
        for kind, do in work.items():
            start = time.process_time()
            do()
            spent[kind].append(time.process_time() - start)
    return {kind: statistics.median(found) for kind, found in spent.items()}


def bare(regulation: RegulationData, data: AnyRecord) -> bytes:
    """The records of every table, each value as a book shows it, as bare XML in a zip."""
    out, writer = io.BytesIO(), _Writer(regulation, data, None)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, sheet in enumerate(workbook_layout(regulation), start=1):
            lines = ["<worksheet><sheetData>"]
            if sheet.kind != VALUES:
                names = [letters(at) for at in range(len(sheet.columns))]
                for row, record in enumerate(writer.records(sheet), start=3):
                    lines.append(f'<row r="{row}">')
                    for name, column in zip(names, sheet.columns, strict=True):
                        value = cell_value(column, lookup(record, column.path))
                        if isinstance(value, str):
                            lines.append(f'<c r="{name}{row}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
                        elif value is not None:
                            lines.append(f'<c r="{name}{row}"><v>{value}</v></c>')
                    lines.append("</row>")
            lines.append("</sheetData></worksheet>")
            archive.writestr(f"xl/worksheets/sheet{number}.xml", "".join(lines))
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
