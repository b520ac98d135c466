"""Whose row it is: the members of a workbook, found by the code of a row however it was typed, else by the name.

A code that no member has is one slip, however many rows carry it: it is told once, with all that it touches, and the
rows are read for the member whose name stands beside it, so that nothing else seems to be missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from docgen.dossier.cleaning import bare, one_line, storable
from docgen.dossier.spreadsheet import Told
from docgen.nearest import nearest
from docgen.values.spelling import short

#: More unknown codes than this on one sheet are one slip: a running number in the column of codes.
_ONE_BY_ONE = 3
_SHOWN = 5
#: From here on two names may be one person's, typed differently.
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Person:
    """A member: the record, its position among the members, its code (empty where none is written), its cell."""

    record: dict[str, Any]
    index: int
    code: str
    cell: str

    @property
    def name(self) -> str:
        """The name, on one line; empty where none is written."""
        return one_line(storable(str((self.record.get("member") or {}).get("full_name") or "")))


@dataclass(slots=True)
class _Slip:
    """A code that no member has: the cells it stands in, and the member that the names beside it name."""

    cells: list[tuple[str, str]] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    person: Person | None = None


class People:
    """The members of one workbook."""

    def __init__(self) -> None:
        self.all: list[Person] = []
        self._used: set[int] = set()
        self._slips: dict[str, _Slip] = {}

    def add(self, record: dict[str, Any], index: int, code: str, cell: str) -> None:
        """Take in a row of the list of members."""
        self.all.append(Person(record, index, code, cell))

    def names(self) -> Mapping[str, str]:
        """The name of each member by code, an empty one where none is written."""
        out: dict[str, str] = {}
        for person in self.all:
            if person.code:
                out.setdefault(person.code, person.name)
        return out

    def has(self, code: str) -> bool:
        """Whether a member has this code, small and capital letters alike."""
        return bool(self._coded(code))

    def find(self, code: str, shown: str, sheet: str, cell: str) -> Person | None:
        """The member of a row with `code` and the name `shown` beside it; None where neither tells.

        A code is one however its letters were typed. Where no member has it, or it is missing, the name decides if
        exactly one member has that name; the slip is kept for `slips`.
        """
        found, named = self._coded(code), self._named(shown)
        if found:
            # One code given to two people: the name beside it tells them apart.
            person = named if len(found) > 1 and named in found else found[0]
            self._used.add(person.index)
            return person
        slip = self._slips.setdefault(code, _Slip())
        slip.cells.append((sheet, cell))
        slip.shown.add(one_line(storable(shown)))
        slip.person = named
        return named

    def _coded(self, code: str) -> list[Person]:
        if not code:
            return []
        exact = [person for person in self.all if person.code == code]
        folded = exact or [person for person in self.all if person.code.casefold() == code.casefold()]
        return folded if exact or len({person.code for person in folded}) == 1 else []

    def _named(self, shown: str) -> Person | None:
        wanted = one_line(storable(shown)).casefold()
        found = [person for person in self.all if wanted and person.name.casefold() == wanted]
        return found[0] if len(found) == 1 else None

    # -- what there is to say --

    def slips(self) -> Iterator[tuple[Told, str]]:
        """Each slip once, with the code of the member it is about: at the cell that has to be changed."""
        many = self._running_numbers()
        for sheet, codes in many.items():
            cells = [cell for code in codes for _, cell in self._slips[code].cells]
            params = {"sheet": sheet, "count": len(codes), "given": _listed(codes), "rows": len(cells)}
            yield ("dossier.excel.unknown_codes", "error", cells[0], params), ""
        grouped = {code for codes in many.values() for code in codes}
        given = Counter(person.code.casefold() for person in self.all)
        for code, slip in self._slips.items():
            # A member without a code, or with that of somebody else, is told at its own row: all there is to mend.
            told_there = slip.person is not None and bool(code) and given[slip.person.code.casefold()] > 1
            unnamed = slip.person is not None and bool(code) and not slip.person.code
            if code not in grouped and not told_there and not unnamed:
                yield self._slip(code, slip)

    def _running_numbers(self) -> dict[str, list[str]]:
        """The codes nobody has by the only sheet they stand on, where there are many of them there."""
        found: dict[str, list[str]] = {}
        for code, slip in self._slips.items():
            sheets = {sheet for sheet, _ in slip.cells}
            if code and len(sheets) == 1:
                found.setdefault(sheets.pop(), []).append(code)
        return {sheet: codes for sheet, codes in found.items() if len(codes) > _ONE_BY_ONE}

    def _slip(self, code: str, slip: _Slip) -> tuple[Told, str]:
        sheets = list(dict.fromkeys(sheet for sheet, _ in slip.cells))
        cell, person = slip.cells[0][1], slip.person if len(slip.shown) == 1 else None
        params: dict[str, Any] = {"given": short(code, 40), "rows": len(slip.cells), "sheets": ", ".join(sheets)}
        if not code:
            return ("dossier.excel.no_code", "error", cell, params), ""
        if person is None:
            near = nearest(code, [p.code for p in self.all if p.code and _may_be(p.name, slip.shown)])
            return ("dossier.excel.unknown_member", "error", cell, {**params, "near": near}), ""
        # No row carries the code that the list of members has for this person: the slip is in the list.
        if len(sheets) > 1 and person.index not in self._used:
            cell = person.cell
        params |= {"name": short(person.name, 60), "own": person.code or "–"}
        return ("dossier.excel.code_of_nobody", "error", cell, params), person.code or f"#{person.index + 1}"


def _may_be(name: str, shown: set[str]) -> bool:
    """Whether a member called `name` may be meant by the names that stand beside a code: by none, anybody."""
    given = [bare(one) for one in shown if one]
    return not given or any(SequenceMatcher(None, one[:80], bare(name)[:80]).ratio() >= _ALIKE for one in given)


def _listed(codes: list[str]) -> str:
    return ", ".join(short(code, 20) for code in codes[:_SHOWN]) + ("…" if len(codes) > _SHOWN else "")
