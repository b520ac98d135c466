"""The table of subjects (đối tượng): where each stands in a dossier, by which criteria, by whose assessment.

The table itself is data, `subjects.yaml`. Whoever needs the place of a subject, or the subject of a place, asks here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from docgen.paths import Step
from docgen.regulations.strict_yaml import Mapping, load_mapping

_KEYS = ("place", "each", "criteria", "levels_from")


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is assessed, by code (`dang_vien`).

    `place` is the first name in the dossier, `each` true where it is a list with one record each; `criteria` the set
    used where a regulation chooses no other; `levels_from` the assessors whose levels a proposal rests on, in order.
    """

    code: str
    place: str
    each: bool
    criteria: str
    levels_from: tuple[str, ...]

    def record(self, index: int = 0) -> tuple[Step, ...]:
        """The path of the record in the dossier; that of the one at `index`, where there is one each."""
        return (self.place, index) if self.each else (self.place,)


def _loaded() -> dict[str, Subject]:
    table = load_mapping(Path(str(files("docgen.regulations"))) / "subjects.yaml")
    return {code: _subject(code, row) for code, row in table.items()}


def _subject(code: str, row: Mapping) -> Subject:
    row.closed(_KEYS, ("place", "criteria", "levels_from"))
    return Subject(code, row["place"], row.get("each") == "yes", row["criteria"], tuple(row["levels_from"]))


#: Every subject by its code.
SUBJECTS = _loaded()
#: The subject of whom there is a record each: the members.
MEMBER = next(subject for subject in SUBJECTS.values() if subject.each)
#: The bodies, of which a dossier has one each, by their place in it: the collective before its party body.
BODIES = {subject.place: subject for subject in reversed(SUBJECTS.values()) if not subject.each}


def is_member(code: str) -> bool:
    """True for the subject of whom a dossier has a record each; false for bodies, and for what is no subject."""
    return code == MEMBER.code
