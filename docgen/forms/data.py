"""The data of one form: taken from a dossier, put back into it, and turned into what a template prints.

A form's data is a set of roots (`organization`, `member`, `assessment` …); each root is a place in the dossier
(`/organization`, `/members/3/member`, `/members/3/assessments/chi_uy`). So a binding is at once the place in the
dossier, the JSON property of the form and the tag in the template.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from docgen.errors import UsageError
from docgen.forms.alternatives import UNKNOWN, Answers
from docgen.forms.bindings import Slot, condition_slots, slots
from docgen.forms.definition import FormDefinition
from docgen.forms.paper import either_key
from docgen.forms.parts import holes_in
from docgen.forms.template import AUTHOR_KEY, BLANK_FLAG, CONDITIONS_KEY, RECORD_KEY
from docgen.paths import AnyRecord, Json, JsonDict, JsonMap, get, get_list, get_mapping, get_text, put
from docgen.regulations.outside_review import is_graded
from docgen.regulations.subjects import SUBJECTS, is_member
from docgen.values.kind import Shown
from docgen.values.number import number_text as number_text
from docgen.word.write.builder import DRAFT_FLAG

#: What a template prints: every tag, each value as it is shown; names for the flags.
Context: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """Which record of a dossier a form is made for: nothing, a member, or an assessment by one assessor."""

    member: str = ""
    assessor: str = ""

    def key(self) -> str:
        """The record's id: `dv-01`, `dv-01.chi_uy`, `chi_uy`, or `ho-so` for a form made once a dossier."""
        return ".".join(part for part in (self.member, self.assessor) if part) or "ho-so"


def _member_index(dossier: AnyRecord, member: str) -> int:
    members = [get(record, ("id",)) for record in get_list(dossier, "members")]
    if member in members:
        return members.index(member)
    known = ", ".join(map(str, members[:20]))
    raise UsageError("errors.usage.unknown_member", member=member, known=known)


def root_places(definition: FormDefinition, dossier: AnyRecord, record: Record) -> dict[str, tuple[str | int, ...]]:
    """Each root of the form and its path in `dossier`.

    Raises `UsageError` for a member that is not there, or where the form needs a member or assessor and none is named.
    """
    regulation = definition.law
    out: dict[str, tuple[str | int, ...]] = {}
    for slot in slots(definition):
        root = slot.list or slot.path[0]
        if root in out:
            continue
        place = regulation.roots.get(root, "dossier") if slot.list else regulation.roots[root]
        if place == "dossier":
            out[root] = (root,)
        elif place == "members":
            if not record.member:
                raise UsageError("errors.usage.member_needed", form=definition.form)
            out[root] = ("members", _member_index(dossier, record.member), root)
        else:
            if not record.assessor:
                raise UsageError("errors.usage.assessor_needed", form=definition.form)
            if is_member(definition.subject) and not record.member:
                raise UsageError("errors.usage.member_needed", form=definition.form)
            index = _member_index(dossier, record.member) if is_member(definition.subject) else 0
            out[root] = (*SUBJECTS[definition.subject].record(index), "assessments", record.assessor)
    return out


def form_data(definition: FormDefinition, dossier: AnyRecord, record: Record) -> JsonDict:
    """The data of one form, taken from a dossier: only what the form has places for, only what is there."""
    regulation = definition.law
    places = root_places(definition, dossier, record)
    out: JsonDict = {"id": record.key()}
    lists: dict[str, list[Slot]] = {}
    for slot in slots(definition):
        if slot.list:
            lists.setdefault(slot.list, []).append(slot)
            continue
        value = get(dossier, (*places[slot.path[0]], *slot.path[1:]))
        if value is not None:
            put(out, slot.path, value)
    without = {table.binding: tuple(table.without.split(".")) for table in definition.tables() if table.without}
    graded = {table.binding for table in definition.tables() if table.graded}
    for name, members in lists.items():
        rows = []
        for source in get_list(dossier, *places[name]):
            if name in without and get(source, without[name]) is True:
                continue
            if name in graded and not is_graded(regulation.apart, dossier, get_mapping(source)):
                continue
            row: JsonDict = {}
            for slot in members:
                value = get(source, slot.path)
                if value is not None:
                    put(row, slot.path, value)
            rows.append(row)
        out[name] = rows or own_rows(definition, name, dossier)
    return out


def own_rows(definition: FormDefinition, name: str, dossier: AnyRecord) -> list[JsonDict]:
    """The unit itself as the one row of a table about bodies, where the dossier lists none; else no row."""
    row: JsonDict = {}
    for table in definition.tables():
        if table.binding == name and not get(dossier, (name,)):
            for leaf, places in table.own:
                written = (get(dossier, tuple(place.split("."))) for place in places)
                found = next((value for value in written if value not in (None, "")), None)
                if found is not None:
                    put(row, tuple(leaf.split(".")), found)
    return [row] if row else []


@dataclass(slots=True)
class _Branch:
    """The values below one name: each with what shows it and what stands for nothing, and the branches below."""

    leaves: list[tuple[str, Callable[[Any], Shown] | None, Shown]] = field(default_factory=list)
    branches: dict[str, _Branch] = field(default_factory=dict)

    def grow(self, path: tuple[str, ...], show: Callable[[Any], Shown] | None, empty: Shown) -> None:
        """Add the value at `path`."""
        branch = self
        for name in path[:-1]:
            branch = branch.branches.setdefault(name, _Branch())
        branch.leaves.append((path[-1], show, empty))

    def fill(self, out: Context, data: JsonMap | None) -> None:
        """Put every value of `data` into `out` as it is printed."""
        for name, show, empty in self.leaves:
            value = data.get(name) if data else None
            if value is None or value == "":
                out[name] = empty
            else:
                out[name] = show(value) if show is not None else value
        for name, branch in self.branches.items():
            below: Context = {}
            out[name] = below
            held = data.get(name) if data else None
            branch.fill(below, held if isinstance(held, dict | Mapping) else None)


def _body_of(definition: FormDefinition) -> tuple[str, ...]:
    """The binding of the body whose paper a form is: in its heading below the parent, else where it is asked."""
    heading = (tuple(hole.binding.split(".")) for hole in holes_in(*definition.header))
    asked = (slot.path for slot in slots(definition) if not slot.list and slot.path[-1] == "name")
    return next((path for path in (*heading, *asked) if path[-1] != "parent"), ())


class Display:
    """Turns the data of one form into the context of its template: every tag present, every value as it is printed.

    Made once a form and used for many records.
    """

    def __init__(self, definition: FormDefinition) -> None:
        self.definition = definition
        self._single = _Branch()
        self._lists: dict[str, _Branch] = {}
        for slot in slots(definition):
            root = self._lists.setdefault(slot.list, _Branch()) if slot.list else self._single
            # A box compares codes: the code itself is what the template needs.
            show = None if slot.criterion is not None else slot.kind.shower(slot.options)
            root.grow(slot.path, show, slot.kind.empty)
        self._blank_rows = {table.binding: table.blank_rows for table in definition.tables()}
        self._conditions = condition_slots(definition)
        self._body = _body_of(definition)

    def context(
        self,
        data: JsonMap,
        *,
        blank: bool = False,
        draft: bool = False,
        record: str = "",
        author: str = "",
        known: Answers = UNKNOWN,
    ) -> Context:
        """The context for `data`, the paper of `author`; `known` says which of two wordings is true.

        With `blank`, conditional lines and empty rows are shown.

        A table without any record has its empty rows too: never a heading alone above a signature.
        """
        out: Context = {BLANK_FLAG: blank, DRAFT_FLAG: draft, RECORD_KEY: record or data.get("id", "")}
        out[AUTHOR_KEY] = author
        out[CONDITIONS_KEY] = self._steering(data) if self._conditions else ""
        for either in self.definition.eithers:
            out[either_key(either.question)] = known.get(either.question, "")
        self._single.fill(out, data)
        for name, branch in self._lists.items():
            rows: list[Json] = [*get_list(data, name)]
            if blank or not rows:
                rows += [{}] * (self._blank_rows[name] - len(rows))
            shown = []
            for source in rows:
                row: Context = {}
                branch.fill(row, source if isinstance(source, Mapping) else None)
                shown.append(row)
            out[name] = shown
        return out

    def author(self, data: JsonMap) -> str:
        """The body whose paper it is, as `data` names it, before its names are cut for printing."""
        called = get_text(data, "issuer", "called") if self._body[:1] == ("issuer",) else ""
        return called or get_text(data, *self._body)

    def _steering(self, data: JsonMap) -> str:
        """The values that only steer conditions, as JSON: they travel inside the file, the page does not show them."""
        found = {slot.binding: get(data, slot.path) for slot in self._conditions}
        kept = {binding: value for binding, value in found.items() if value is not None and value != ""}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""


def what_fits(definition: FormDefinition, data: JsonMap) -> JsonDict:
    """`data` without the values that the form cannot print, such as an unknown code or a day that is none.

    For drafts of a faulty dossier: such a value leaves its place empty, and the findings say what is wrong with it.
    """
    out: JsonDict = {"id": str(data.get("id", ""))}
    lists: dict[str, list[JsonDict]] = {}
    for slot in slots(definition):
        if slot.list:
            given = [row if isinstance(row, Mapping) else {} for row in get_list(data, slot.list)]
            kept = lists.setdefault(slot.list, [{} for _ in given])
        else:
            given, kept = [data], [out]
        for source, target in zip(given, kept, strict=True):
            value = get(source, slot.path)
            if slot.kind.fits(value, slot.options):
                put(target, slot.path, value)
    return {**out, **lists}


def canonical(slot: Slot, value: Json) -> Json:
    """`value` as it comes back when it has been printed and read: text stripped, empty paragraphs dropped.

    None stands for "nothing was written".
    """
    return None if value is None else slot.kind.canonical(value)
