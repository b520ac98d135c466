"""The regulation somebody means who names none: the one in force on the day, where docgen has it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from docgen.regulations.loader import RegulationData, builtin_folder, list_regulations, load_regulation
from docgen.regulations.yaml_shape import TEXT, load_shaped


@cache
def usual_regulation() -> str:
    """The id of the regulation that is meant where none is named and none in force answers (`usual.yaml`)."""
    return str(load_shaped(builtin_folder() / "usual.yaml", {"*": TEXT}).closed((), ("usual",))["usual"])


def holds(regulation: RegulationData, year: int) -> bool:
    """True where `regulation` states the years it is for, `year` among them, and no central rule beneath it is over."""
    life = regulation.life
    stated = life.first is not None or life.last is not None
    return stated and life.covers(year) and (life.rules_last is None or year <= life.rules_last)


def regulation_in_force(day: datetime.date, folders: Sequence[Path | str] = ()) -> RegulationData | None:
    """The regulation whose years take in `day`; None where docgen has none.

    A unit's own comes before those that come with docgen, then the one for the latest years, the one issued last, and
    the first by id. Raises `DefinitionError` for a fault in a regulation of `folders`.
    """
    found = [load_regulation(name, folders) for name in list_regulations(folders)]
    current = sorted((r for r in found if holds(r, day.year)), key=lambda r: r.id)
    return max(current, key=_rank, default=None)


def _rank(regulation: RegulationData) -> tuple[bool, int, datetime.date]:
    own = regulation.folder.parent != builtin_folder()
    return own, regulation.life.first or 0, regulation.issued or datetime.date.min
