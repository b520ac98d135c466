"""A form of a regulation as the parts of a page: sections, fields, tables, each with its value and what is wrong there.

Drawn from the definition (`Block.questions`), so a form of a regulation that does not exist yet has a page too. A
field's name is its binding, or `list[3].leaf` in a table; its mark is a digest of what it holds, by which a save tells
whether somebody was faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docgen.dossier.loaded import Dossier
from docgen.forms.bindings import Slot, condition_slots, slots
from docgen.forms.blocks.kind import Shown
from docgen.forms.complete import is_shown
from docgen.forms.data import Record, form_data, root_places
from docgen.forms.definition import FormDefinition
from docgen.forms.parts import holes_in
from docgen.forms.questions import Ask, AskGrid, AskRows, Heading, Question, Words
from docgen.forms.slot import slot_of
from docgen.model import Finding
from docgen.paths import AnyRecord, Json, Step, at, get, get_list, get_mapping
from docgen.regulations.outside_review import is_graded
from docgen.values.number import number_text
from docgen.values.spelling import short
from docgen.web.access import digest
from docgen.web.dossier_store import text_of

#: A sentence up to this length is the label of its value; a longer one is folded away below a short label.
_LABEL = 90
#: So many choices stand side by side to be ticked; more are a list to open.
_TICKED = 5
MEMBERS = ("members",)


def control_id(name: str) -> str:
    """The id of the element of a field."""
    return "o-" + re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


@dataclass(slots=True)
class Control:
    """One value on the page. `kind` is `line`, `date`, `number`, `choice`, `many` or `picture`."""

    name: str
    slot: Slot
    path: tuple[Step, ...]
    label: str
    kind: str
    value: str
    mark: str
    wording: str = ""
    required: bool = False
    shared: bool = False
    #: What is wrong with what is kept, or with what was typed and not kept.
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    #: What somebody else has put there: text, who, when; set where a save came too late.
    theirs: Any = None
    typed: bool = False

    @property
    def id(self) -> str:
        """The id of its element."""
        return control_id(self.name)

    @property
    def ticked(self) -> bool:
        """True for few choices, which stand side by side."""
        return not self.slot.kind.is_media and not self.slot.list and 0 < len(self.slot.options) <= _TICKED

    def shown(self, value: Json) -> str:
        """A value as people read it."""
        return words_of(self.slot, value)


@dataclass(slots=True)
class TableRow:
    """A row of a table: `index` in its list, what names its present state; a new one has no mark."""

    index: int
    controls: list[Control]
    mark: str = ""
    number: str = ""
    text: str = ""
    depth: int = 0
    most: str = ""


@dataclass(slots=True)
class Table:
    """A table of records (`list`), or of criteria (no list)."""

    heads: Sequence[str]
    rows: list[TableRow]
    list: str = ""
    grows: bool = False
    required: bool = False
    #: What was wrong with rows that were pasted, and what was pasted.
    faults: Sequence[str] = ()
    pasted: str = ""


@dataclass(slots=True)
class Section:
    """A part of the page, saved by one button where there is no script."""

    id: str
    title: str
    items: list[tuple[str, Any]] = field(default_factory=list)
    folded: bool = False

    @property
    def faulty(self) -> bool:
        """True where something in it must be mended or chosen."""
        return any(control.faults or control.theirs for control in self.controls())

    def controls(self) -> Iterator[Control]:
        """All its fields."""
        for kind, item in self.items:
            if kind == "field":
                yield item
            elif kind in ("rows", "grid"):
                for row in item.rows:
                    yield from row.controls


@dataclass(slots=True)
class Drawn:
    """The whole form."""

    definition: FormDefinition
    record: Record
    sections: list[Section]

    def controls(self) -> Iterator[Control]:
        """All fields, in the order of the page."""
        for section in self.sections:
            yield from section.controls()

    def control(self, name: str) -> Control | None:
        """The field of this name."""
        return next((control for control in self.controls() if control.name == name), None)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What must be mended: the field's id and a sentence."""
        return [(control.id, fault) for control in self.controls() for fault in control.faults]


def mark_of(value: Json, rows: int | None = None) -> str:
    """What names a value as somebody saw it; of a cell also how many rows there were."""
    return digest(f"{text_of(value)}\n{'' if rows is None else rows}")[:16]


def words_of(slot: Slot, value: Json) -> str:
    """A value as it stands in its field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    text = str(value)
    return str(slot.kind.to_cell(text, ())) if slot.kind.is_day else text


def kind_of(slot: Slot) -> str:
    """How a value is asked for."""
    if slot.kind.is_media:
        return "picture"
    if slot.options:
        return "choice"
    if slot.kind.is_many:
        return "many"
    if slot.kind.is_day:
        return "date"
    return "line" if slot.kind.is_prose else "number"


class Drawing:
    """Draws one form for one record of a dossier."""

    def __init__(
        self, definition: FormDefinition, record: Record, dossier: Dossier, raw: AnyRecord,
        findings: Sequence[Finding], language: str, more_rows: Mapping[str, int],
    ) -> None:  # fmt: skip
        """`raw` is the dossier as it is kept, from which marks are made; `more_rows` empty rows wanted by list."""
        self.definition, self.record, self.dossier, self.raw = definition, record, dossier, raw
        self.language, self.more_rows = language, more_rows
        self.law = definition.law
        self.places = root_places(definition, dossier.data, record)
        data = form_data(definition, dossier.data, record)
        self.shown: Shown = lambda when: is_shown(data, when)
        below = [name for block in definition.body for name in block.required_below(definition.required)]
        self.required = {*definition.required, *below}
        self.required |= {name for when, name in definition.required_when if self.shown(when)}
        self.asked: set[str] = set()
        self.found: dict[str, list[Finding]] = {}
        for finding in findings:
            self.found.setdefault(finding.place.pointer, []).append(finding)

    def draw(self, heads: Mapping[str, str]) -> Drawn:
        """The form; `heads` are the titles of the parts that no heading of the form names."""
        sections = [Section("dau", heads["first"])]
        for slot in condition_slots(self.definition):
            self._ask(sections[0], Ask(slot, slot.label))
        for parts in (*self.definition.header, *self.definition.title):
            for hole in holes_in(parts):
                slot = slot_of(self.law, hole.field)
                self._ask(sections[0], Ask(slot, slot.label))
        if not self.definition.plain_header:
            for binding in ("document.place", self.definition.dated):
                slot = slot_of(self.law, self.law.fields[binding])
                self._ask(sections[0], Ask(slot, slot.label))
        signer = ""
        for block in self.definition.shown(self.shown):
            for question in block.questions(self.law, self.shown):
                if isinstance(question, Heading) and question.level == 1:
                    sections.append(Section(f"phan-{len(sections)}", question.text))
                else:
                    self._put(sections[-1], question)
            if block.signer and block.signer != signer:
                signer = block.signer
                sections.append(Section(f"phan-{len(sections)}", heads["next"]))
        # A line that is only printed where it says something must be asked for while it says nothing.
        steering = {binding for block in self.definition.body for binding in block.conditions()}
        for slot in slots(self.definition):
            if slot.binding in steering:
                self._ask(sections[0], Ask(slot, slot.label))
        sections.append(self._shared(sections, heads["shared"]))
        kept = [one for one in sections if any(True for _ in one.controls())]
        return Drawn(self.definition, self.record, kept)

    @staticmethod
    def _shared(sections: Sequence[Section], title: str) -> Section:
        """Take out what is written once for everybody: it stands last, folded away."""
        out = Section("chung", title, folded=True)
        for section in sections:
            own = [item for item in section.items if item[0] == "field" and item[1].shared]
            section.items = [item for item in section.items if item not in own]
            out.items += own
        return out

    def _put(self, section: Section, question: Question) -> None:
        if isinstance(question, Ask):
            self._ask(section, question)
        elif isinstance(question, AskRows):
            self._rows(section, question)
        elif isinstance(question, AskGrid):
            self._grid(section, question)
        elif isinstance(question, Heading):
            section.items.append(("sub", question.text))
        elif isinstance(question, Words):
            section.items.append(("words", question.text))

    def _ask(self, section: Section, ask: Ask) -> None:
        slot = ask.slot
        if slot.binding in self.asked or self.law.is_computed(slot.binding):
            return
        self.asked.add(slot.binding)
        before = ask.before.removeprefix("-").strip().rstrip(":").strip()
        label = before if ask.alone and 2 < len(before) <= _LABEL else slot.label
        wording = ask.wording if ask.alone and len(before) > _LABEL else ""
        path = (*self.places[slot.path[0]], *slot.path[1:])
        control = self._control(slot.binding, slot, path, label)
        control.wording = wording
        control.shared = bool(self.record.member) and self.law.roots.get(slot.path[0]) == "dossier"
        section.items.append(("field", control))

    def _control(self, name: str, slot: Slot, path: tuple[Step, ...], label: str, rows: int | None = None) -> Control:
        value = get(self.dossier.given or self.dossier.data, path)
        control = Control(
            name, slot, path, label, kind_of(slot), words_of(slot, value), mark_of(get(self.raw, path), rows),
            required=slot.binding in self.required or slot.list in self.required,
        )  # fmt: skip
        pointer = at("", *path)
        for finding in self._at(pointer):
            told = finding.text(self.language)
            (control.faults if finding.severity == "error" else control.doubts).append(told)
        return control

    def _at(self, pointer: str) -> Iterator[Finding]:
        """The findings at a place and below it."""
        for place, found in self.found.items():
            if place == pointer or place.startswith(f"{pointer}/"):
                yield from (one for one in found if one.severity != "info")

    def _rows(self, section: Section, asked: AskRows) -> None:
        if asked.list in self.asked or self.law.is_computed(f"{asked.list}[].x"):
            return
        self.asked.add(asked.list)
        chosen = [(slot, head) for slot, head in zip(asked.slots, asked.heads, strict=True)
                  if not self.law.is_computed(slot.binding)]  # fmt: skip
        place = self.places[asked.list]
        kept = get_list(self.raw, *place)
        grows = place != MEMBERS
        wanted = max(1, self.more_rows.get(asked.list, 1)) if grows else 0
        rows = []
        for index in range(len(kept) + wanted):
            if index < len(kept) and not self._is_row(asked.list, get(self.dossier.data, (*place, index))):
                continue
            controls = [
                self._control(f"{asked.list}[{index}].{'.'.join(slot.path)}", slot, (*place, index, *slot.path), head,
                              len(kept))
                for slot, head in chosen
            ]  # fmt: skip
            mark = mark_of(kept[index]) if index < len(kept) else ""
            rows.append(TableRow(index, controls, mark, str(index + 1)))
        if chosen:
            heads = [head for _, head in chosen]
            section.items.append(("rows", Table(heads, rows, asked.list, grows, asked.list in self.required)))

    def _is_row(self, name: str, row: Json) -> bool:
        """False for a record that the form's table leaves out."""
        for table in self.definition.tables():
            if table.binding == name:
                if table.without and get(row, table.without.split(".")) is True:
                    return False
                if table.graded and not is_graded(self.law.apart, self.dossier.data, get_mapping(row)):
                    return False
        return True

    def _grid(self, section: Section, asked: AskGrid) -> None:
        rows = []
        for row in asked.rows:
            controls = []
            for slot, head in zip(row.cells, asked.heads, strict=False):
                path = (*self.places[slot.path[0]], *slot.path[1:])
                label = f"{head}, {row.number} {short(row.text, 60)}"
                controls.append(self._control(slot.binding, slot, path, label))
            most = number_text(float(row.most)) if row.most is not None else ""
            rows.append(TableRow(0, controls, "", row.number, row.text, row.depth, most))
        section.items.append(("grid", Table(asked.heads, rows)))


def known_slots(definition: FormDefinition) -> dict[str, Slot]:
    """The values of a form that somebody writes, by binding."""
    law = definition.law
    return {slot.binding: slot for slot in slots(definition) if not law.is_computed(slot.binding)}
