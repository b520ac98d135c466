"""The folder of a unit for a new year of a regulation whose own year is over: what differs, and nothing else.

The days of the plan move by whole years. Number, issuer and title are the unit's: they are marked to be written.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from docgen.errors import UsageError
from docgen.regulations.loader import RegulationData

_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def new_id(regulation: RegulationData, year: int) -> str:
    """The id of the folder: the regulation's, with the new year in place of its own."""
    head, _, tail = regulation.id.rpartition("-")
    return f"{head if tail.isdigit() else regulation.id}-{year}"


def _moved(text: str, years: int) -> str:
    """`text` with every ISO date `years` later; 29 February becomes 28 where there is none."""

    def later(match: re.Match[str]) -> str:
        year, month, day = (int(part) for part in match.groups())
        try:
            return datetime.date(year + years, month, day).isoformat()
        except ValueError:
            return datetime.date(year + years, month, day - 1).isoformat()

    return _ISO.sub(later, text)


def new_year_files(regulation: RegulationData, year: int) -> dict[str, str]:
    """The files of the folder, by name.

    Raises `UsageError` for a year that the regulation covers already or that is before it, and for one after the
    central rules beneath it were replaced, naming what is in force.
    """
    life = regulation.life
    if life.covers(year) or (life.first is not None and year < life.first):
        raise UsageError("regulation.new_year.covered", regulation=regulation.id, year=year, years=life.years)
    if life.rules_last is not None and year > life.rules_last:
        raise UsageError(
            "regulation.new_year.replaced", regulation=regulation.id, year=year, last=life.rules_last,
            replaced=life.replaced_by,
        )  # fmt: skip
    years = year - (life.last or year)
    name = new_id(regulation, year)
    lines = [
        f"# Phần riêng của đơn vị cho năm {year}: chỉ ghi những gì khác {regulation.id}. Sửa các dòng có dấu (…).",
        f"regulation: {name}",
        f"extends: {regulation.id}",
        f"short: {regulation.short}",
        f'number: "(số)-{regulation.number.partition("-")[2]}"',
        f'issuer: "{regulation.issuer}"',
        f'title: "(tên kế hoạch năm {year} của đơn vị)"',
        "life:",
        f'  first_year: "{year}"',
        f'  last_year: "{year}"',
    ]
    if any(apart.after for apart in regulation.apart):
        lines.append("apart:")
        for apart in regulation.apart:
            lines += [f"  - who: {apart.kind}", f"    out_of: {apart.out_of}", f'    clause: "{apart.clause}"']
            if apart.after:
                lines.append(f'    after: "{_moved(apart.after.isoformat(), years)}"')
    if regulation.deadlines:
        lines.append("deadlines:")
        for deadline in regulation.deadlines:
            lines.append(f'  - what: "{deadline["what"]}"')
            if "who" in deadline:
                lines.append(f"    who: [{', '.join(deadline['who'])}]")
            for key in ("to", "before", "month_day", "after", "days"):
                if key in deadline:
                    lines.append(f'    {key}: "{_moved(deadline[key], years)}"')
            lines.append(f'    clause: "{deadline["clause"]}"')
    files = {"regulation.yaml": "\n".join(lines) + "\n"}
    if dated := _dated_rules(regulation):
        head = f"# Luật có ngày tháng, dời sang năm {year}.\nregulation: {name}\nextends: {regulation.id}\n"
        files["rules.yaml"] = f'{head}document: "{regulation.short}"\nrules:\n{_moved(dated, years)}'
    return files


def _dated_rules(regulation: RegulationData) -> str:
    """The rules that name a day, as they are written in the regulation's own file."""
    path = regulation.folder / "rules.yaml"
    if not path.is_file():
        return ""
    body = path.read_text(encoding="utf-8").partition("\nrules:\n")[2].partition("\nambiguities:")[0]
    blocks = re.split(r"(?m)^(?=  - id: )", body)
    return "".join(block.rstrip("\n") + "\n" for block in blocks if "date_after" in block)


def write_new_year(regulation: RegulationData, year: int, folder: Path) -> list[Path]:
    """Write the folder below `folder`; nothing that exists is overwritten. Raises as `new_year_files` does."""
    from docgen.storage import write_whole

    files = new_year_files(regulation, year)
    target = folder / new_id(regulation, year)
    if target.exists():
        raise UsageError("errors.usage.exists", file=str(target))
    written = []
    for name, content in files.items():
        write_whole(target / name, content.encode("utf-8"))
        written.append(target / name)
    return written
