"""A dossier as the file of the other kind: JSON as a workbook, a workbook as JSON, and what that kind cannot hold.

What was written is read again before it is given back, and compared value by value: whatever would not come back is
named, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from docgen.dossier.cleaning import bare
from docgen.dossier.differences import differences
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.excel_checks import HEAD_ROWS, mark_of
from docgen.dossier.layout import LISTS, workbook_layout
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.loaded import Dossier
from docgen.dossier.short_book import Asked, guide_of
from docgen.dossier.spreadsheet import Page, read_pages
from docgen.errors import UsageError
from docgen.model import Finding, Place, Severity, has_errors
from docgen.paths import at
from docgen.regulations.loader import load_regulation
from docgen.storage import json_bytes

#: What a dossier can be written as, by the ending of a file's name.
KINDS = ("json", "xlsx")


@dataclass(slots=True)
class Exchanged:
    """The bytes of the other file, None where something would be lost, and what there is to say of it."""

    content: bytes | None = None
    findings: list[Finding] = field(default_factory=list)


def exchange(
    dossier: Dossier, kind: str, *, leave_out: bool = False, base: Path | None = None, asked: Asked | None = None
) -> Exchanged:
    """`dossier` as a file of `kind` ("json" or "xlsx").

    Where the file cannot hold everything, or not everything could be read from where the dossier comes, the findings
    are errors and there is no file; with `leave_out` they are warnings, and the file has the rest. `base` is the folder
    the file is for: the unit's folder that a dossier names is looked for there. With `asked` a workbook has the columns
    that are asked for or have a value, else every one. Raises `UsageError` for another kind, `EnvironmentFault` where
    the libraries for Excel are missing.
    """
    if kind not in KINDS:
        raise UsageError("dossier.usage.convert_kind", kind=kind, known=", ".join(KINDS))
    severity: Severity = "warning" if leave_out else "error"
    out = Exchanged(None, [_as(severity, found) for found in dossier.findings if found.severity == "error"])
    data = dossier.given or dossier.data
    try:
        if kind == "json":
            content = json_bytes(data)
        else:
            content = workbook_bytes(load_regulation(dossier.regulation, dossier.folders), dossier.data, asked)
    except UsageError as fault:  # a text that no cell can hold
        out.findings.append(Finding(fault.code, "error", Place(dossier.file), fault.facts))
        return out
    again, findings = dossier_from_bytes(content, f"x.{kind}", dossier.folders, base)
    if again is None:
        out.findings += [_as("error", found) for found in findings if found.severity == "error"]
        return out
    lost = _grouped(at("", *path) for path in differences(data, again.given))
    out.findings += [
        Finding("dossier.convert.lost", severity, dossier.place(places[0]),
                {"what": what, "count": len(places), "kind": kind})
        for what, places in lost.items()
    ]  # fmt: skip
    if not has_errors(out.findings):
        out.content = content
    return out


def sheets_left(raw: bytes, dossier: Dossier) -> list[Finding]:
    """The sheets of a workbook that are a person's own: nothing of them is in the dossier."""
    layout = workbook_layout(load_regulation(dossier.regulation, dossier.folders))
    known = {bare(sheet.title) for sheet in layout} | {bare(LISTS)}
    return [
        Finding("dossier.convert.own_sheet", "info", Place(dossier.file, "", page.title), {"sheet": page.title})
        for page in read_pages(raw)
        if page.rows and not mark_of(page) and bare(page.title) not in known and not _is_guide(page)
    ]


def _is_guide(page: Page) -> bool:
    return any(guide_of(str(cell)) is not None for row in page.rows[:HEAD_ROWS] for cell in row[:1])


def _as(severity: Severity, found: Finding) -> Finding:
    return Finding(found.code, severity, found.place, found.params, found.who)


def _grouped(pointers: Iterable[str]) -> dict[str, list[str]]:
    """The pointers by what they are of: the same value of every record is one kind of value."""
    out: dict[str, list[str]] = {}
    for pointer in pointers:
        what = "/".join("*" if step.isdecimal() else step for step in pointer.split("/"))
        out.setdefault(what, []).append(pointer)
    return out
