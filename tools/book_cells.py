"""How many cells the Excel book of each regulation asks for: of each member, and of the unit once.

`python -m tools.book_cells` prints a line a regulation and ends with 1 where one asks more than it should. Beside them
stands what only a person can give: narratives, levels and grades, scores, ballots, rows of tasks and assessments.
"""

from __future__ import annotations

import sys

from docgen.desk.book_asked import asked_of
from docgen.dossier.layout import ASSESSMENTS, MEMBERS, SHOWN_ONLY, VALUES, Column, Sheet, workbook_layout
from docgen.dossier.short_book import shortened
from docgen.regulations.loader import list_regulations, load_regulation

#: The most cells that a secretary should have to type of each member, and once of the unit.
OF_A_MEMBER, OF_THE_UNIT = 15, 60
_JUDGED = frozenset({"grade", "level"})
#: How the paths of short texts end in which people say what they think.
_SAID = frozenset({"summary", "comment"})


def by_people(sheet: Sheet, column: Column) -> bool:
    """Whether only a person can give the value: no form, list or answer for all can say it."""
    kind, said = str(getattr(column.kind, "name", "")), column.path[-1] in _SAID
    scored = any(name.startswith("score") or name in ("votes", "signs") for name in column.path)
    return sheet.kind not in (MEMBERS, VALUES) or column.kind.is_many or kind in _JUDGED or scored or said


def cells(regulation_id: str) -> dict[str, int]:
    """The columns of the short book: typed of a member and of the unit, by people, and all columns of the full one."""
    regulation = load_regulation(regulation_id)
    asked = asked_of(regulation)
    out = {"member": 0, "unit": 0, "member_required": 0, "unit_required": 0, "people": 0, "short": 0, "full": 0}
    out["full"] = sum(len(sheet.columns) for sheet in workbook_layout(regulation))
    for sheet in shortened(workbook_layout(regulation), asked, lambda *_: False):
        for column in sheet.columns:
            out["short"] += 1
            ask = asked.get((sheet.key, column.path))
            # Facts of a member are exceptions from what is said of everybody; a repeated code is copied down.
            exception = sheet.kind == MEMBERS and (column.path[0] == "facts" or sheet.key != "dang-vien")
            repeated = column.path == (SHOWN_ONLY,) or (sheet.kind == ASSESSMENTS and column.path == ("id",))
            if ask is None or ask.later or repeated:
                continue
            if by_people(sheet, column):
                out["people"] += 1
            elif not exception:
                name = "member" if sheet.kind == MEMBERS else "unit"
                out[name] += 1
                out[f"{name}_required"] += ask.required
    return out


def main() -> int:
    """Print the measure of every regulation; 1 where one asks too much."""
    bad = 0
    for name in list_regulations():
        found = cells(name)
        over = found["member_required"] > OF_A_MEMBER or found["unit_required"] > OF_THE_UNIT
        bad |= over
        print(f"{name:12} {found}{'  <-- too many' if over else ''}")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
