"""What a paper is now, in one word of one vocabulary: worked out where it can be, taken from the record where not.

Complete is a paper whose required places are all written and without error; nobody says so, the dossier shows it.
Handed out and come back are what people recorded. A signature counts where `verify` says so, and never else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docgen.desk.owed import Owed
from docgen.dossier.handed_papers import Handed
from docgen.forms.bindings import slots
from docgen.forms.data import form_data, root_places
from docgen.forms.definition import FormDefinition
from docgen.forms.roles import holder_of, owns, slot_roles
from docgen.forms.slot import Slot
from docgen.model import Finding
from docgen.paths import get, get_list, names
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData

#: The states, from the first to the last; the words are `desk.state.<state>`.
STATES = ("not_given", "given", "returned", "faulty", "complete", "signed", "signed_by_hand", "not_owed")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a form: by root, what may follow it in a pointer; by list, what may follow a row's number."""

    single: Mapping[str, frozenset[tuple[str, ...]]]
    lists: Mapping[str, frozenset[tuple[str, ...]]]


def places_of(definition: FormDefinition) -> Places:
    """The places of all values of a form, gone through once."""

    regulation = definition.law

    def made() -> Places:
        single: dict[str, set[tuple[str, ...]]] = {}
        lists: dict[str, set[tuple[str, ...]]] = {}
        for slot in slots(definition):
            if slot.list:
                lists.setdefault(slot.list, set()).add(slot.path)
            else:
                single.setdefault(slot.path[0], set()).add(slot.path[1:])
        return Places(
            {root: frozenset(found) for root, found in single.items()},
            {name: frozenset(found) for name, found in lists.items()},
        )

    return regulation.derived(("desk.places", *definition.key), made)


class Faults:
    """The errors of a dossier, by the record they stand in: each paper looks only where its own places are."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.members: dict[str, list[tuple[str, ...]]] = {}
        self.others: list[tuple[str, ...]] = []
        #: Each error, as often as it was found: two cells of a workbook may lead to no place at all.
        self.all: list[tuple[str, ...]] = []
        for finding in findings:
            if finding.severity == "error":
                steps = tuple(names(finding.place.pointer))
                self.all.append(steps)
                if steps[:1] == ("members",) and len(steps) > 1:
                    self.members.setdefault(steps[1], []).append(steps)
                else:
                    self.others.append(steps)
        self.seen: set[tuple[str, ...]] = set()

    def of(self, regulation: RegulationData, owed: Owed, data: DossierData) -> int:
        """How many of the errors stand in places of the paper `owed`."""
        roots = root_places(owed.definition, data, owed.record)
        places = places_of(owed.definition)
        hit = {steps for steps in self._near(roots) if _stands(steps, roots, places)}
        self.seen |= hit
        return len(hit)

    def _near(self, roots: Mapping[str, tuple[str | int, ...]]) -> Iterable[tuple[str, ...]]:
        yield from self.others
        if any(path == ("members",) for path in roots.values()):
            for found in self.members.values():
                yield from found
            return
        for index in {str(path[1]) for path in roots.values() if path[0] == "members"}:
            yield from self.members.get(index, ())

    def elsewhere(self) -> int:
        """How many errors stand in no place of any paper that was asked about."""
        return sum(steps not in self.seen for steps in self.all)


def _stands(steps: tuple[str, ...], roots: Mapping[str, tuple[str | int, ...]], places: Places) -> bool:
    """True where what `steps` lead to holds, is, or stands in a place of the form."""
    for root, path in roots.items():
        above = tuple(map(str, path))
        rest = steps[len(above) :]
        if steps[: len(above)] != above:
            continue
        if root in places.lists and _alike(rest[1:], places.lists[root]):
            return True
        if root in places.single and _alike(rest, places.single[root]):
            return True
    return False


def _alike(rest: tuple[str, ...], known: frozenset[tuple[str, ...]]) -> bool:
    return not rest or any(rest[: len(one)] == one[: len(rest)] for one in known)


def written(regulation: RegulationData, owed: Owed, data: DossierData) -> bool:
    """True where its holder has written anything on the paper besides what it is handed out with.

    What others write on it (the grade of the committee on a member's report) says nothing of that. A form on which the
    holder has nothing to write counts as written.
    """
    roles, holder = slot_roles(owed.definition), (holder_of(owed.definition),)
    open_ = [
        slot for slot in slots(owed.definition)
        if owns(roles, slot, holder) and not _carried(regulation, slot)
    ]  # fmt: skip
    found = form_data(owed.definition, data, owed.record)
    for slot in open_:
        rows = get_list(found, slot.list) if slot.list else (found,)
        if any(get(row, slot.path) not in (None, "", [], {}) for row in rows):
            return True
    return not open_


def _carried(regulation: RegulationData, slot: Slot) -> bool:
    """True for what a form carries already when it is handed out (`prefilled`)."""
    name = f"{slot.list}[].{'.'.join(slot.path)}" if slot.list else ".".join(slot.path)
    return any(name == place or name.startswith(f"{place}.") for place in regulation.prefilled)


def state_of(errors: int, is_written: bool, handed: Handed) -> str:
    """The state of a paper that is owed and not signed: `complete` or `faulty` by what is in the dossier, else by what
    was recorded of it."""
    if is_written:
        return "faulty" if errors else "complete"
    if handed.returned:
        return "returned"
    return "given" if handed.given else "not_given"
