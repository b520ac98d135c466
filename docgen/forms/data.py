"""The data of one form: taken from a dossier, put back into it, and turned into what a template prints.

A form's data is a set of roots (`organization`, `member`, `assessment` …); each root is a place in the dossier
(`/organization`, `/members/3/member`, `/members/3/assessments/chi_uy`). So a binding is at once the place in the
dossier, the JSON property of the form and the tag in the template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from docgen.errors import UsageError
from docgen.forms.bindings import Slot, condition_slots, slots
from docgen.forms.definition import FormDefinition
from docgen.forms.template import BLANK_FLAG, CONDITIONS_KEY, RECORD_KEY
from docgen.regulations.loader import Regulation
from docgen.regulations.standing import is_graded
from docgen.values.number import number_text as number_text
from docgen.word.builder import DRAFT_FLAG

#: Where the assessments of each subject stand in a dossier (`{member}` is the position of the member).
ASSESSMENT_HOLDERS = {
    "dang_vien": ("members", "{member}"),
    "to_chuc_dang": ("party_organization",),
    "tap_the": ("collective",),
}


@dataclass(frozen=True, slots=True)
class Record:
    """Which record of a dossier a form is made for: nothing, a member, or an assessment by one assessor."""

    member: str = ""
    assessor: str = ""

    def key(self) -> str:
        """The record's id: `dv-01`, `dv-01.chi_uy`, `chi_uy`, or `ho-so` for a form made once a dossier."""
        return ".".join(part for part in (self.member, self.assessor) if part) or "ho-so"


def _member_index(dossier: Mapping[str, Any], member: str) -> int:
    for index, record in enumerate(dossier.get("members", ())):
        if record.get("id") == member:
            return index
    known = ", ".join(str(record.get("id")) for record in dossier.get("members", ())[:20])
    raise UsageError("errors.usage.unknown_member", member=member, known=known)


def root_places(
    regulation: Regulation, definition: FormDefinition, dossier: Mapping[str, Any], record: Record
) -> dict[str, tuple[str | int, ...]]:
    """Each root of the form and its path in `dossier`.

    Raises `UsageError` for a member that is not there, or where the form needs a member or assessor and none is named.
    """
    out: dict[str, tuple[str | int, ...]] = {}
    for slot in slots(regulation, definition):
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
            if definition.subject == "dang_vien" and not record.member:
                raise UsageError("errors.usage.member_needed", form=definition.form)
            holder: tuple[str | int, ...] = ASSESSMENT_HOLDERS[definition.subject][:1]
            if definition.subject == "dang_vien":
                holder = ("members", _member_index(dossier, record.member))
            out[root] = (*holder, "assessments", record.assessor)
    return out


def value_at(data: Any, path: tuple[str | int, ...]) -> Any:
    """The value at `path`, or None where any step is missing."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value


def form_data(
    regulation: Regulation, definition: FormDefinition, dossier: Mapping[str, Any], record: Record
) -> dict[str, Any]:
    """The data of one form, taken from a dossier: only what the form has places for, only what is there."""
    places = root_places(regulation, definition, dossier, record)
    out: dict[str, Any] = {"id": record.key()}
    lists: dict[str, list[Slot]] = {}
    for slot in slots(regulation, definition):
        if slot.list:
            lists.setdefault(slot.list, []).append(slot)
            continue
        value = value_at(dossier, (*places[slot.path[0]], *slot.path[1:]))
        if value is not None:
            _put(out, slot.path, value)
    without = {table.binding: tuple(table.without.split(".")) for table in definition.tables() if table.without}
    graded = {table.binding for table in definition.tables() if table.graded}
    for name, members in lists.items():
        rows = []
        for source in value_at(dossier, places[name]) or ():
            if name in without and value_at(source, without[name]) is True:
                continue
            if name in graded and not is_graded(regulation.apart, dossier, source):
                continue
            row: dict[str, Any] = {}
            for slot in members:
                value = value_at(source, slot.path)
                if value is not None:
                    _put(row, slot.path, value)
            rows.append(row)
        out[name] = rows or own_rows(definition, name, dossier)
    return out


def own_rows(definition: FormDefinition, name: str, dossier: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The unit itself as the one row of a table about bodies, where the dossier lists none; else no row."""
    row: dict[str, Any] = {}
    for table in definition.tables():
        if table.binding == name and not value_at(dossier, (name,)):
            for leaf, places in table.own:
                written = (value_at(dossier, tuple(place.split("."))) for place in places)
                found = next((value for value in written if value not in (None, "")), None)
                if found is not None:
                    _put(row, tuple(leaf.split(".")), found)
    return [row] if row else []


@dataclass(slots=True)
class _Branch:
    """The values below one name: each with what shows it and what stands for nothing, and the branches below."""

    leaves: list[tuple[str, Any, Any]] = field(default_factory=list)
    branches: dict[str, _Branch] = field(default_factory=dict)

    def grow(self, path: tuple[str, ...], show: Any, empty: Any) -> None:
        """Add the value at `path`."""
        branch = self
        for name in path[:-1]:
            branch = branch.branches.setdefault(name, _Branch())
        branch.leaves.append((path[-1], show, empty))

    def fill(self, out: dict[str, Any], data: Mapping[str, Any]) -> None:
        """Put every value of `data` into `out` as it is printed."""
        for name, show, empty in self.leaves:
            value = data.get(name) if data else None
            if value is None or value == "":
                out[name] = empty
            else:
                out[name] = show(value) if show is not None else value
        for name, branch in self.branches.items():
            below: dict[str, Any] = out.setdefault(name, {})
            branch.fill(below, data.get(name) if data else None)  # type: ignore[arg-type]


class Display:
    """Turns the data of one form into the context of its template: every tag present, every value as it is printed.

    Made once a form and used for many records.
    """

    def __init__(self, regulation: Regulation, definition: FormDefinition) -> None:
        self.definition = definition
        self._single = _Branch()
        self._lists: dict[str, _Branch] = {}
        for slot in slots(regulation, definition):
            root = self._lists.setdefault(slot.list, _Branch()) if slot.list else self._single
            # A box compares codes: the code itself is what the template needs.
            show = None if slot.criterion is not None else slot.kind.shower(slot.options)
            root.grow(slot.path, show, slot.kind.empty)
        self._blank_rows = {table.binding: table.blank_rows for table in definition.tables()}
        self._conditions = condition_slots(regulation, definition)

    def context(
        self, data: Mapping[str, Any], *, blank: bool = False, draft: bool = False, record: str = ""
    ) -> dict[str, Any]:
        """The context for `data`. With `blank`, conditional lines and empty rows of tables are shown.

        A table without any record has its empty rows too: never a heading alone above a signature.
        """
        out: dict[str, Any] = {BLANK_FLAG: blank, DRAFT_FLAG: draft, RECORD_KEY: record or data.get("id", "")}
        out[CONDITIONS_KEY] = self._steering(data) if self._conditions else ""
        self._single.fill(out, data)
        for name, branch in self._lists.items():
            rows = list(data.get(name) or ())
            if blank or not rows:
                rows += [{}] * (self._blank_rows[name] - len(rows))
            shown = []
            for source in rows:
                row: dict[str, Any] = {}
                branch.fill(row, source)
                shown.append(row)
            out[name] = shown
        return out

    def _steering(self, data: Mapping[str, Any]) -> str:
        """The values that only steer conditions, as JSON: they travel inside the file, the page does not show them."""
        found = {slot.binding: value_at(data, slot.path) for slot in self._conditions}
        kept = {binding: value for binding, value in found.items() if value is not None and value != ""}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""


def what_fits(regulation: Regulation, definition: FormDefinition, data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` without the values that the form cannot print, such as an unknown code or a day that is none.

    For drafts of a faulty dossier: such a value leaves its place empty, and the findings say what is wrong with it.
    """
    out: dict[str, Any] = {"id": str(data.get("id", ""))}
    for slot in slots(regulation, definition):
        if slot.list:
            rows = data.get(slot.list)
            given = [row if isinstance(row, Mapping) else {} for row in rows] if isinstance(rows, list) else []
            kept = out.setdefault(slot.list, [{} for _ in given])
        else:
            given, kept = [data], [out]
        for source, target in zip(given, kept, strict=True):
            value = value_at(source, slot.path)
            if slot.kind.fits(value, slot.options):
                _put(target, slot.path, value)
    return out


def canonical(slot: Slot, value: Any) -> Any:
    """`value` as it comes back when it has been printed and read: text stripped, empty paragraphs dropped.

    None stands for "nothing was written".
    """
    return None if value is None else slot.kind.canonical(value)
