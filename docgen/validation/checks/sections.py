"""Required sections: written, left empty, still dots or a prompt, or just "Không".

A form says which of its sections must be written; the others are those it prints with "(nếu có)" or that somebody
else writes later. Each missing place is reported once, with all the forms that need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docgen.dossier.cleaning import bare
from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import FormDefinition
from docgen.json_schema import Tell
from docgen.model import GRADE_TEXT, GRADES, Severity
from docgen.paths import AnyRecord, at, at_pointer, get
from docgen.regulations.asked_of import decisive
from docgen.regulations.loader import RegulationData
from docgen.validation.context import Check, Holder, as_mapping
from docgen.validation.kind import CheckKind
from docgen.validation.plain_sections import all_written

#: The ways people write "nothing" (folded). Fine where a section is only "(nếu có)".
NOTHING = frozenset({
    "khong", "khong co", "khong.", "khong co.", "ko", "ko co", "k", "khong co gi", "khong co gi.", "none", "no",
    "khong phat sinh", "khong phat sinh.", "(khong)", "(khong co)", "- khong", "- khong co", "khong co y kien",
})  # fmt: skip
#: What an empty field of a form shows: dots, underscores, the words of an empty date line.
_DOTS = re.compile(r"(?:[.…_·․‥⋯\-–—/\\\s:;,]|ngày|tháng|năm)+", re.IGNORECASE)
_HAS_DOTS = re.compile(r"\.{2}|…|_{2}|․|⋯|‥")
_PROMPT = re.compile(
    r"[\[<({«]\s*(?:nhập|ghi rõ|ghi|điền|chọn|gõ|viết|bấm|nhấn|click|enter|insert|type|tap)\b[^\]>)}»]{0,200}[\]>)}»]"
    r"|^(?:nhấn|bấm|click|tap)\b.{0,20}\b(?:để nhập|vào đây|to enter|here)\b.*",
    re.IGNORECASE,
)
_PROMPT_STARTS = ("[", "<", "{", "«", "(")

#: Assessors, each with the forms it fills in.
Sheets = tuple[tuple[str, tuple[FormDefinition, ...]], ...]
WRITTEN, EMPTY, DOTS, PROMPT, NO = "written", "empty", "dots", "prompt", "no"


def text_state(text: str) -> str:
    """What `text` is: written, empty, dots, a prompt that was left, or "Không"."""
    if len(text) > 200:
        return PROMPT if "[" in text and _PROMPT.search(text) else WRITTEN
    if not text.strip():
        return EMPTY
    if _HAS_DOTS.search(text) and _DOTS.fullmatch(text):
        return DOTS
    if (any(mark in text for mark in _PROMPT_STARTS) or text[:1] in "NnBbCcTt") and _PROMPT.search(text):
        return PROMPT
    return NO if len(text) < 20 and bare(text) in NOTHING else WRITTEN


def value_state(value: object) -> str:
    """The state of a value; a list of paragraphs has the state of what is written in it."""
    if value is None or value == [] or value == {}:
        return EMPTY
    if isinstance(value, str):
        return text_state(value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        states = [text_state(v) for v in value]
        for state in (PROMPT, DOTS):
            if state in states:
                return state
        return states[0] if len(states) == 1 else WRITTEN
    return WRITTEN


def labelled_state(value: object, label: str) -> str:
    """The state of a value at a place called `label`: the label itself in brackets is a prompt that was left."""
    texts = value if isinstance(value, list) else [value]
    for text in texts:
        if isinstance(text, str) and text[:1] in "([" and bare(text.strip("()[] ")) == bare(label.strip("()[] ")):
            return PROMPT
    return value_state(value)


class Sections(CheckKind):
    """Sections that a form needs and that are not written."""

    name = "sections"
    turn = 20
    codes = (
        "validation.section.empty",
        "validation.section.dots",
        "validation.section.prompt",
        "validation.section.dots_optional",
        "validation.section.prompt_optional",
        "validation.section.says_no",
        "validation.grade.open",
        "validation.grade.open_proposed",
    )

    def run(self, check: Check) -> None:
        check_sections(check)


def check_sections(check: Check) -> None:
    """Report every section that a form of the packet needs and that is not written."""
    _Sections(check).run()


class _Sections:
    """Collects for each place the forms that need it, then reports each place once."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.roots = check.regulation.roots
        #: pointer -> (label, who, forms that require it)
        self.required: dict[str, tuple[Slot, str, list[str]]] = {}
        #: pointer -> the place of every text a form prints, required or not
        self.printed: dict[str, tuple[Slot, str]] = {}
        #: The forms whose places outside the records of members were walked.
        self.walked: set[str] = set()

    def run(self) -> None:
        check = self.check
        for definition in check.forms.each("dossier", check.data):
            self.walk(definition, None, "")
        members = [
            (member, check.forms.each("members", member.record), self.sheets(member))
            for member in check.members
            if member.printed
        ]
        written = [self.all_written(*member) for member in members]
        # Of a member about whom there is nothing to say only the places outside the record are walked.
        for (member, definitions, _), nothing in zip(members, written, strict=True):
            for definition in definitions:
                self.walk(definition, None if nothing else member, "")
        sheets = [(body, self.sheets(body), False) for body in check.bodies]
        sheets += [(member, own, nothing) for (member, _, own), nothing in zip(members, written, strict=True)]
        for holder, own, nothing in sheets:
            for assessor, forms in own:
                for definition in forms:
                    self.walk(definition, None if nothing else holder, assessor)
        self.report()
        self.cells()

    def sheets(self, holder: Holder) -> Sheets:
        """The known assessors with a sheet in the record of `holder`, and the forms that each fills in."""
        forms = self.check.forms
        known = forms.assessors(holder.subject)
        record = holder.record if holder.is_member else self.check.data
        found = as_mapping(holder.record.get("assessments"))
        return tuple((name, forms.of_assessor(holder.subject, name, record)) for name in found if name in known)

    def all_written(self, member: Holder, definitions: list[FormDefinition], sheets: Sheets) -> bool:
        """True where there is nothing to say about the sections in the record of `member`; False tells nothing."""
        asked = frozenset().union(*(self.asked(definition, member) for definition in definitions))
        key = (
            "sections",
            asked,
            *[d.form for d in definitions],
            *[(name, *[d.form for d in own]) for name, own in sheets],
        )
        tell: Tell | None = self.check.forms.kept.get(key)
        if tell is None:
            placed = [("", definition) for definition in definitions]
            placed += [(name, definition) for name, own in sheets for definition in own]
            tell = self.check.forms.kept[key] = all_written(
                (self.path(slot, assessor), slot.kind, required or slot.binding in asked)
                for assessor, definition in placed
                for slot, required in plan(definition)
                if self.roots.get(slot.path[0]) != "dossier"
            )
        return tell(member.record)

    @staticmethod
    def asked(definition: FormDefinition, holder: Holder | None) -> set[str]:
        """What the form asks of this holder beside what it asks of everybody (`required_when`)."""
        if holder is None:
            return set()
        return {binding for when, binding in definition.required_when if get(holder.record, when.split(".")) is True}

    def walk(self, definition: FormDefinition, holder: Holder | None, assessor: str) -> None:
        if holder is None:
            if definition.form in self.walked:
                return
            self.walked.add(definition.form)
        asked = self.asked(definition, holder)
        for slot, required in plan(definition):
            placed = self.place(slot, holder, assessor)
            if placed is None:
                continue
            pointer, who = placed
            # A choice that is open on which papers and criteria depend is told as such (`checks.choices`).
            if (required or slot.binding in asked) and slot.binding not in decisive(self.check.regulation):
                entry = self.required.get(pointer)
                if entry is None:
                    self.required[pointer] = (slot, who, [definition.code])
                elif definition.code not in entry[2]:
                    entry[2].append(definition.code)
            if slot.kind.is_prose:
                self.printed[pointer] = (slot, who)

    def cells(self) -> None:
        """Report what was left to be written in the records of lists, where only a table prints it."""
        told = {f.place.pointer for f in self.check.findings if f.code.startswith("validation.section.")}
        names = {member.pointer: member.who for member in self.check.members}
        definitions = self.check.forms.each("dossier", self.check.data)
        columns = {slot.binding: slot for d in definitions for slot in listed(d)}
        for slot in columns.values():
            for pointer, state in cell_states(self.check.regulation, slot, self.check.data):
                if pointer in told:
                    continue
                who = names.get("/".join(pointer.split("/", 3)[:3]), "")
                if pointer in self.required:
                    needed = ", ".join(self.required[pointer][2])
                    self.check.add(f"validation.section.{state}", "error", pointer, who, label=slot.label, forms=needed)
                else:
                    self.check.add(f"validation.section.{state}_optional", "warning", pointer, who, label=slot.label)
        self.own_cells()
        self.tables()

    def tables(self) -> None:
        """Report every table that a form needs and in which nothing was written."""
        check = self.check
        forms: list[tuple[FormDefinition, str, AnyRecord, str]] = [
            (definition, "", check.data, "") for definition in check.forms.each("dossier", check.data)
        ]
        forms += [(definition, member.pointer, member.record, member.who)
                  for member in check.members if member.printed
                  for definition in check.forms.each("members", member.record)]  # fmt: skip
        for definition, above, record, who in forms:
            for table in definition.tables():
                own = self.roots.get(table.binding) == "members"
                # Without records of its own a table about bodies prints the unit itself; members have their own check.
                if table.binding not in definition.required or table.own or table.binding == "members":
                    continue
                if own == bool(above) and not (isinstance(rows := record.get(table.binding), list) and rows):
                    label = check.regulation.lists.get(table.binding, table.binding)
                    check.add("validation.section.empty", "error", f"{above}/{table.binding}", who, label=label,
                              forms=definition.code)  # fmt: skip

    def own_cells(self) -> None:
        """The same in the lists of a member's own."""
        for member in self.check.members:
            definitions = self.check.forms.each("members", member.record)
            columns = {s.binding: s for d in definitions for s in listed(d)
                       if self.roots.get(s.list) == "members"}  # fmt: skip
            for slot in columns.values():
                for pointer, state in cell_states(self.check.regulation, slot, member.record):
                    self.check.add(f"validation.section.{state}_optional", "warning", member.pointer + pointer,
                                   member.who, label=slot.label)  # fmt: skip

    def place(self, slot: Slot, holder: Holder | None, assessor: str) -> tuple[str, str] | None:
        """The pointer of a slot in the dossier and whom it is about; None where it stands in no record at hand."""
        root = self.roots.get(slot.path[0])
        if root == "dossier":
            first = slot.path[0]
            return at("", *slot.path), first if first in ("collective", "party_organization") else ""
        return None if holder is None else (at(holder.pointer, *self.path(slot, assessor)), holder.who)

    def path(self, slot: Slot, assessor: str) -> tuple[str, ...]:
        """Where a slot stands in the record of whom the form is about."""
        return slot.path if self.roots.get(slot.path[0]) == "members" else ("assessments", assessor, *slot.path[1:])

    def report(self) -> None:
        data = self.check.data
        for pointer, (slot, who, forms) in self.required.items():
            state = labelled_state(at_pointer(data, pointer), slot.label)
            needed = ", ".join(forms)
            if state == EMPTY and slot.kind.scale == GRADES and slot.path[-1] == "proposed_grade":
                proposed = GRADE_TEXT.get(self.check.proposals.get(who, ""), "")
                code = "validation.grade.open_proposed" if proposed else "validation.grade.open"
                self.check.add(code, "error", pointer, who, label=slot.label, forms=needed, proposed=proposed)
            elif state == EMPTY:
                self.check.add("validation.section.empty", "error", pointer, who, label=slot.label, forms=needed)
            elif state in (DOTS, PROMPT):
                self.check.add(f"validation.section.{state}", "error", pointer, who, label=slot.label, forms=needed)
            elif state == NO and slot.kind.is_many:
                self.check.add("validation.section.says_no", "warning", pointer, who, label=slot.label, forms=needed)
        for pointer, (slot, who) in self.printed.items():
            if pointer not in self.required:
                state = labelled_state(at_pointer(data, pointer), slot.label)
                if state in (DOTS, PROMPT):
                    self.check.add(f"validation.section.{state}_optional", "warning", pointer, who, label=slot.label)


def plan(definition: FormDefinition) -> tuple[tuple[Slot, bool], ...]:
    """The single values of a form worth looking at: each with whether the form needs it written.

    Criteria are left to the check of assessments, which counts them; lists of records have their own rows.
    """

    regulation = definition.law

    def made() -> tuple[tuple[Slot, bool], ...]:
        required = set(definition.required)
        return tuple(
            (slot, slot.binding in required)
            for slot in slots(definition)
            if not slot.list and slot.criterion is None and (slot.binding in required or slot.kind.is_prose)
        )

    return regulation.derived(("validation.sections", *definition.key), made)


def listed(definition: FormDefinition) -> tuple[Slot, ...]:
    """The texts in the records of the lists that the tables of a form print."""
    return tuple(s for s in slots(definition) if s.list and s.kind.is_prose)


def cell_states(regulation: RegulationData, slot: Slot, data: AnyRecord) -> Iterator[tuple[str, str]]:
    """Pointer and state of each cell of a column that is dots, a prompt, or the name of its place in brackets."""
    single = regulation.fields.get(".".join(slot.path))
    labels = {slot.label, single.label if single is not None else slot.label}
    rows = data.get(slot.list)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        value = get(row, slot.path)
        if value is None or value == "":
            continue
        states = {labelled_state(value, label) for label in labels}
        if state := next((state for state in (PROMPT, DOTS) if state in states), ""):
            yield at(f"/{slot.list}/{index}", *slot.path), state


def record_sections(definition: FormDefinition, data: AnyRecord) -> Iterator[tuple[str, Severity, str, str]]:
    """The same for the data of one form: (code, severity, pointer, label) of each section that is not written."""
    regulation = definition.law
    for slot in listed(definition):
        for pointer, state in cell_states(regulation, slot, data):
            yield f"validation.section.{state}_optional", "warning", pointer, slot.label
    for slot, required in plan(definition):
        pointer = at("", *slot.path)
        state = labelled_state(get(data, slot.path), slot.label)
        if state == EMPTY and required:
            yield "validation.section.empty", "error", pointer, slot.label
        elif state in (DOTS, PROMPT):
            code = f"validation.section.{state}" if required else f"validation.section.{state}_optional"
            yield code, "error" if required else "warning", pointer, slot.label
        elif state == NO and required and slot.kind.is_many:
            yield "validation.section.says_no", "warning", pointer, slot.label
