"""Putting what was read from a Word form into a dossier, value by value, with every difference on the table.

Nothing is decided silently: an empty place is filled, an equal value is left, and where both sides say something
different the dossier stays as it is unless the caller chose a side. A place left empty in Word never empties the
dossier, a row deleted in Word never deletes a record. A file of another regulation, year or person is not merged.
"""

from __future__ import annotations

import copy
import difflib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from docgen.forms.bindings import Slot, slots
from docgen.forms.data import Record, canonical, own_rows, root_places
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.read_identity import TWO_RECORDS, record_of
from docgen.forms.readback import ReadResult
from docgen.forms.roles import holder_of, owns, slot_roles
from docgen.i18n import message
from docgen.model import Finding, Place, Severity
from docgen.paths import AnyRecord, Json, JsonDict, at, get, get_list, put_into
from docgen.regulations.loader import RegulationData
from docgen.regulations.name_prefixes import as_printed
from docgen.regulations.subjects import is_member
from docgen.regulations.whose_form import members_form
from docgen.word.read.units import fold

Prefer = Literal["", "word", "dossier"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that the dossier gets: where, what it is called, what stood there (None for nothing), what comes."""

    path: tuple[str | int, ...]
    label: str
    old: Json
    new: Json

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        return at("", *self.path)


@dataclass(slots=True)
class Merge:
    """The dossier's data after the merge, what changed, and what was found.

    `kept` counts conflicts left alone, `withheld` the values of other roles that were not taken.
    """

    data: JsonDict
    #: Whose paper it is; None where that could not be told, and nothing was merged.
    record: Record | None = None
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    kept: int = 0
    withheld: int = 0


#: Findings after which a file is read but put nowhere: whose it is, or what, is in doubt.
REFUSED = frozenset(
    ("read.identity.other_regulation", "read.identity.other_form", "read.fixed.other_document", "read.file.macro")
)


def merge_form(
    dossier: AnyRecord,
    result: ReadResult,
    regulation: RegulationData,
    definition: FormDefinition,
    *,
    file: str = "",
    member: str = "",
    assessor: str = "",
    prefer: Prefer = "",
    roles: Collection[str] = (),
) -> Merge:
    """`dossier` (canonical data, left as it is) with the values of `result` put in.

    `member` and `assessor` say whose form it is where the file does not, or says it wrongly. `prefer` settles
    conflicts: "word" takes the form's value, "dossier" keeps the dossier's. Only what the form's holder may say is
    taken (`docgen.forms.roles`), and what the further `roles` may; everything else is told and left out.
    """
    run = _Merging(dossier, result, regulation, definition, file, prefer, roles)
    record = run.record(member, assessor)
    run.out.record = record
    if record is not None:
        run.values(record)
    return run.out


def apply_changes(data: JsonDict, changes: Iterable[Change]) -> bool:
    """Make `changes` in `data`, the dossier as its file spells it; False where a place is not there."""
    return all(put_into(data, change.path, change.new) for change in changes)


class _Merging:
    def __init__(
        self,
        dossier: AnyRecord,
        result: ReadResult,
        regulation: RegulationData,
        definition: FormDefinition,
        file: str,
        prefer: Prefer,
        roles: Collection[str],
    ) -> None:
        self.out = Merge({name: copy.deepcopy(get(dossier, (name,))) for name in dossier})
        self.result = result
        self.regulation = regulation
        self.definition = definition
        self.file = file
        self.prefer = prefer
        self.allowed = {holder_of(definition), *roles}
        self.owners = slot_roles(definition)

    def report(self, code: str, severity: Severity, pointer: str = "", /, **params: object) -> None:
        self.out.findings.append(Finding(code, severity, Place(self.file, pointer, pointer), params))

    # -- whose form it is --------------------------------------------------------------------------------------------

    def record(self, member: str, assessor: str) -> Record | None:
        """The record of the dossier that the form is about; None, with a finding, where it must not be merged."""
        data, dossier = self.result.data, self.out.data
        if dossier.get("regulation") != self.result.regulation:
            self.report("read.merge.other_regulation", "error", found=self.result.regulation,
                        expected=str(dossier.get("regulation")))  # fmt: skip
            return None
        mine, theirs = get(data, ("period", "year")), get(dossier, ("period", "year"))
        if mine and theirs and mine != theirs:
            self.report("read.merge.other_year", "error", "/period/year", found=mine, expected=theirs)
            return None
        if not (member or assessor) and any(f.code == TWO_RECORDS for f in self.result.findings):
            return None  # the reader has said so: not even the name on it decides between two ids
        carried = record_of(self.definition, self.result.record)
        needs_member = self.definition.record == "member" or (
            self.definition.record == "assessment" and is_member(self.definition.subject)
        )
        chosen = ""
        if needs_member:
            found = self.member(member, str(carried["member"]))
            if found is None:
                return None
            chosen = found
            if self.wrong_form(chosen):
                return None
        if self.definition.record != "assessment":
            return Record(chosen)
        named = assessor or str(carried["assessor"]) or self.assessor_by_label()
        known = [a.id for a in self.regulation.assessors if a.subject == self.definition.subject]
        if named not in known:
            code = "read.merge.unknown_assessor" if named else "read.merge.assessor_needed"
            self.report(code, "error", "", assessor=named[:60], known=", ".join(known))
            return None
        return Record(chosen, named)

    def member(self, asked: str, carried: str) -> str | None:
        """The id of the member: as asked for, as the file carries it, or by a name that only one member has."""
        members = [m for m in get_list(self.out.data, "members") if isinstance(m, dict)]
        names = {str(m.get("id")): str(get(m, ("member", "full_name")) or "") for m in members}
        written = str(get(self.result.data, ("member", "full_name")) or "")
        # One id is one id, however its accents were typed; what is given back is how the dossier has it.
        typed = {_composed(key): key for key in names}
        carried = typed.get(_composed(carried), carried)
        if asked:
            if _composed(asked) in typed:
                return typed[_composed(asked)]
            self.report("read.merge.unknown_member", "error", "", member=asked[:60], known=_some(names))
            return None
        if carried in names:
            known = names[carried]
            if written and known and not _alike(written, known):
                # Last year's or a colleague's file, copied and typed over, still carries the other person's id.
                self.report("read.merge.other_person", "error", "", member=carried, found=written, expected=known)
                return None
            return carried
        same = [key for key, name in names.items() if written and fold(name) == fold(written)]
        if len(same) == 1:
            self.report("read.merge.by_name", "warning", "", member=same[0], name=written)
            return same[0]
        code = "read.merge.name_twice" if same else "read.merge.member_needed"
        self.report(code, "error", "", member=carried[:60], name=written, known=_some(names))
        return None

    def wrong_form(self, member: str) -> bool:
        """True, with a finding, where the regulation has the member fill another form."""
        of = next((m for m in get_list(self.out.data, "members") if isinstance(m, dict) and m.get("id") == member), {})
        own = members_form(self.regulation, of, self.definition.form)
        if own in ("", self.definition.form):
            return False
        codes = {"found": self.definition.code, "expected": load_form(self.regulation, own).code}
        self.report("read.merge.wrong_form", "error", "", member=member, form=own, **codes)
        return True

    def assessor_by_label(self) -> str:
        """The assessor whose name is written on the form."""
        written = fold(str(get(self.result.data, ("assessment", "assessor")) or ""))
        same = [a.id for a in self.regulation.assessors
                if a.subject == self.definition.subject and written and fold(a.label) == written]  # fmt: skip
        return same[0] if len(same) == 1 else ""

    # -- values ------------------------------------------------------------------------------------------------------

    def values(self, record: Record) -> None:
        places = root_places(self.definition, self.out.data, record)
        lists: dict[str, list[Slot]] = {}
        for slot in slots(self.definition):
            if self.regulation.is_computed(slot.binding):
                continue  # worked out anew from the dossier each time; no dossier holds it
            if slot.list:
                lists.setdefault(slot.list, []).append(slot)
                continue
            new = get(self.result.data, slot.path)
            if new is not None:
                self.put(slot, (*places[slot.path[0]], *slot.path[1:]), new)
        for name, members in lists.items():
            if rows := get_list(self.result.data, name):
                self.rows(places[name], members, rows)

    def put(self, slot: Slot, path: tuple[str | int, ...], new: Json) -> None:
        """One value at its place, unless something else stands there."""
        old = get(self.out.data, path)
        pointer = at("", *path)
        if canonical(slot, as_printed(slot.binding, old)) == canonical(slot, as_printed(slot.binding, new)):
            return
        if not owns(self.owners, slot, self.allowed):
            self.out.withheld += 1
            owner = sorted(self.owners[slot.binding])[0]
            self.report("read.merge.not_yours", "warning", pointer, label=slot.label, word=slot.in_short(new),
                        owner=message(f"read.role.{owner}"), role=owner)  # fmt: skip
            return
        if canonical(slot, old) is not None:
            if self.prefer != "word":
                self.out.kept += 1
                self.report("read.merge.conflict", "info" if self.prefer else "warning", pointer, label=slot.label,
                            dossier=slot.in_short(old), word=slot.in_short(new))  # fmt: skip
                return
            self.report("read.merge.replaced", "info", pointer, label=slot.label, dossier=slot.in_short(old),
                        word=slot.in_short(new))  # fmt: skip
        if not put_into(self.out.data, path, new):
            self.report("read.merge.no_place", "error", pointer, label=slot.label)
            return
        self.out.changes.append(Change(path, slot.label, old, new))

    def rows(self, place: tuple[str | int, ...], members: list[Slot], rows: Sequence[Json]) -> None:
        """The rows of a table: each to the record it names; a list of the dossier that is empty takes them all."""
        name = str(place[-1])
        held = get_list(self.out.data, *place)
        key = next((s for s in members if s.kind.is_prose), members[0])
        used: set[int] = set()
        own = own_rows(self.definition, name, self.out.data)
        for position, row in enumerate(rows):
            if any(self.same_row(members, row, known) for known in own):
                continue  # what the form printed of the unit itself stands elsewhere in the dossier
            target = self.target(place, key, row, position, held, used)
            if target is None:
                continue
            used.add(target)
            for slot in members:
                new = get(row, slot.path)
                if new is not None:
                    self.put(slot, (*place, target, *slot.path), new)
        left = len(held) - len([u for u in used if u < len(held)])
        if left > 0 and rows:
            self.report("read.merge.rows_left", "info", f"/{name}", count=left, label=key.label)

    @staticmethod
    def same_row(members: list[Slot], row: Json, known: Json) -> bool:
        """True where `row` says nothing that `known` does not say."""
        return all(
            (said := canonical(slot, get(row, slot.path))) is None or said == canonical(slot, get(known, slot.path))
            for slot in members
        )

    def target(
        self, place: tuple[str | int, ...], key: Slot, row: Json, position: int, held: Sequence[Json], used: set[int]
    ) -> int | None:
        """The position in the list at `place` that `row` belongs to; None, with a finding, where nobody can tell."""
        name, said = place[-1], get(row, key.path)
        shown = str(said or "")
        same = [
            index for index, item in enumerate(held)
            if index not in used and said is not None and fold(str(get(item, key.path) or "")) == fold(shown)
        ]  # fmt: skip
        if position in same:
            return position
        if len(same) == 1:
            return same[0]
        if len(same) > 1:
            self.report("read.merge.row_twice", "error", f"/{name}", name=shown, label=key.label)
            return None
        if name == "members" or (said is None and held):
            # A member needs an id and a record of his own: adding one is for people.
            self.report("read.merge.row_unknown", "warning", f"/{name}", row=position + 1, name=shown, label=key.label)
            return None
        index = max([len(held), *(u + 1 for u in used)])
        if not put_into(self.out.data, (*place, index), {}):
            return None
        return index


def _alike(one: str, other: str) -> bool:
    """True for one name written in two ways (a slip, a missing accent), False for two names."""
    first, second = fold(one), fold(other)
    return first == second or difflib.SequenceMatcher(None, first, second).ratio() >= 0.85


def _some(names: Mapping[str, str]) -> str:
    return ", ".join(list(names)[:12])


def _composed(key: str) -> str:
    return unicodedata.normalize("NFC", key).strip()
