"""From a finding to the field in which it is mended: the form of the right person, and the field on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from docgen.desk.status import Paper
from docgen.errors import UsageError
from docgen.forms.bindings import slots
from docgen.forms.data import Record, root_places
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.slot import Slot
from docgen.model import Finding
from docgen.paths import get_list, get_text, names
from docgen.web.dossier_view import READY, Look
from docgen.web.form_drawing import control_id

#: Below these of a member's names, and of the dossier's, stands what is written on the board and not on papers.
_OF_BOARD = frozenset({"facts", "votes", "ballots", "everyone"})
#: What is written on the dossier's own page.
_OF_HOME = frozenset({"meeting"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is mended: the address, and what the paper is called (empty: it is no paper)."""

    href: str
    paper: str = ""


class Places:
    """The places of one dossier's findings."""

    def __init__(self, seen: Look) -> None:
        self.seen = seen
        self.data = seen.worked.dossier.data
        self.ids = [get_text(member, "id") for member in get_list(self.data, "members")]
        self._of: dict[str, list[Paper]] = {}
        for paper in seen.worked.status.papers():
            self._of.setdefault(paper.member, []).append(paper)

    def member(self, finding: Finding) -> str:
        """The id of the member whose record the finding stands in; empty for one about the whole dossier."""
        steps = names(finding.place.pointer)
        if steps[:1] == ["members"] and len(steps) > 1:
            return self.ids[int(steps[1])] if steps[1].isdecimal() and int(steps[1]) < len(self.ids) else ""
        return finding.who if finding.who in self.ids else ""

    def of(self, finding: Finding) -> Place:
        """The field on the first paper that has one for it; else the page on which it is written."""
        steps = names(finding.place.pointer)
        member = self.member(finding)
        own = steps[2:] if steps[:1] == ["members"] else steps
        if own and own[0] in _OF_BOARD and "xep-loai" in READY:
            return Place(f"{self.seen.address}/xep-loai")
        if own and own[0] in _OF_HOME:
            return Place(f"{self.seen.address}#han")
        # A paper of the member's own before those on which others write of him.
        for paper in sorted(self._of.get(member, ()), key=lambda one: bool(one.assessor) and one.state != "faulty"):
            definition = load_form(self.seen.worked.regulation, paper.form)
            record = Record(paper.member, paper.assessor)
            if (name := self._field(definition, record, steps)) is not None:
                anchor = f"#{control_id(name)}" if name else ""
                href = f"{self.seen.address}/dien/{quote(record.key())}/{paper.form}{anchor}"
                return Place(href, paper.code)
        if member:
            return Place(f"{self.seen.address}/dien/{quote(member)}")
        return Place(f"{self.seen.address}/dien" if own[:1] != ["members"] else f"{self.seen.address}/nguoi")

    def _field(self, definition: FormDefinition, record: Record, steps: list[str]) -> str | None:
        """The name of the field for `steps`, "" for the form as a whole; None where it has none."""
        if not steps:
            return None
        try:
            places = root_places(definition, self.data, record)
        except UsageError:  # a member whom two have as their id
            return None
        for slot in slots(definition):
            for path, name in self._paths(slot, places, steps):
                if steps[: len(path)] == path:
                    return name
        # Something above the fields: the whole of what the member wrote.
        return "" if any(steps == list(map(str, path)) and len(path) > 1 for path in places.values()) else None

    def _paths(
        self, slot: Slot, places: dict[str, tuple[str | int, ...]], steps: list[str]
    ) -> Iterator[tuple[list[str], str]]:
        """The steps to a value, with the name of its field; of a table in the row that `steps` lead to."""
        if not slot.list:
            yield [*map(str, places[slot.path[0]]), *slot.path[1:]], slot.binding
            return
        above = [*map(str, places[slot.list])]
        row = steps[len(above)] if len(steps) > len(above) else ""
        if row.isdecimal():
            yield [*above, row, *slot.path], f"{slot.list}[{row}].{'.'.join(slot.path)}"
