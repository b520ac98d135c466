"""What the Excel book of a regulation asks for: what its packet prints and its rules read, nothing a second time."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from docgen.dossier.excel import workbook_bytes
from docgen.dossier.exchange import Exchanged, exchange
from docgen.dossier.layout import ASSESSMENTS, FACT_HOLDERS, REST_OF_SIGNS, Column, Sheet, workbook_layout
from docgen.dossier.loaded import Dossier
from docgen.dossier.sample import sample_dossier
from docgen.dossier.scaffold import FILE_NAME
from docgen.dossier.short_book import Ask, Asked
from docgen.forms.bindings import slots
from docgen.forms.definition import FormDefinition, load_form
from docgen.grading.dossier_board import grade_dossier
from docgen.grading.from_dossier import collective_facts, counted_of_member, member_facts, organization_facts
from docgen.records import DossierData
from docgen.regulations.asked_of import choosers
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.regulations.predicate import facts_of
from docgen.regulations.rules import load_rules
from docgen.regulations.subjects import SUBJECTS
from docgen.storage import write_whole
from docgen.values import VALUES

#: What checks, deadlines and decisions ask for beside what is printed: the beginnings of paths.
_CHECKED = (
    ("regulation",), ("regulations",), ("sample",), ("period",), ("organization", "name"), ("organization", "parent"),
    ("organization", "kind"), ("meeting",), ("ballots",), ("votes",), ("id",), ("collective", "kind"),
    ("cell", "grade"), ("committee", "grade"), ("review", "grade_party"),
    ("member", "full_name"), ("member", "birth_date"), ("member", "admission_date"), ("member", "position"),
    ("member", "official"), ("member", "head"), ("member", "leader"),
)  # fmt: skip
#: What every row of assessments says; who it is, is chosen from the list beside it.
_OF_ASSESSMENTS = (("sheet", "assessor"), ("sheet", "signer"), ("sheet", "proposed_grade"))
#: Columns of lists that no form prints and that the work with the book needs: what was handed out and came back, and
#: of which kind a paper is that is added by hand.
_KEPT = (("ds-papers", ()), ("ds-enclosures", ("paper",)))
#: The types of facts that can be one for everybody; a grade, a list of units is each person's own.
_ONE_FOR_ALL = frozenset({"bool", "percent", "number", "int", "choice", "date"})
#: How the facts end that the levels of criteria give.
_LEVELS = "_criteria_levels"
_ALWAYS_REQUIRED = frozenset({("regulation",), ("period", "year"), ("organization", "name"), ("id",)})


def asked_of(regulation: RegulationData) -> Asked:
    """The columns of the book of `regulation`, each with whether it has to be filled and the forms that print it."""
    return regulation.derived("desk.book_asked", lambda: _asked(regulation))


def _asked(regulation: RegulationData) -> Asked:
    printed = _Printed(regulation)
    facts = dict(_facts(regulation))
    out: dict[tuple[str, tuple[str, ...]], Ask] = {}
    for sheet in workbook_layout(regulation):
        for column in sheet.columns:
            found = facts.get((sheet.key, column.path)) or printed.ask(sheet, column)
            if found is not None:
                out[sheet.key, column.path] = found
    return out


class _Printed:
    """What the forms of the packet print: the binding (of an assessment: with its subject) and by which forms."""

    def __init__(self, regulation: RegulationData) -> None:
        self.forms: dict[tuple[str, str], list[str]] = {}
        self.required: set[tuple[str, str]] = set()
        for item in regulation.packet:
            self._form(regulation, load_form(regulation, item.form))
            if item.only:
                self.choice(regulation, item.only.partition("=")[0])
        for binding in choosers(regulation):
            self.choice(regulation, binding)
        rules = load_rules(regulation.id, [folder.parent for folder in regulation.chain])
        for name in (read := _read(regulation)):
            for place in (rules.facts[name].read_from, rules.facts[name].read_with):
                self.forms.setdefault(("", place), [])
        #: The subjects whose levels the rules count.
        self.levels = {s for name in read if name.endswith(_LEVELS) for s in rules.facts[name].subjects}

    def choice(self, regulation: RegulationData, binding: str) -> None:
        """What decides which papers or criteria there are: one of a list has to be chosen."""
        self.forms.setdefault(("", binding), [])
        entry = regulation.fields.get(binding)
        if entry is not None and VALUES[entry.type].names_list:
            self.required.add(("", binding))

    def _form(self, regulation: RegulationData, definition: FormDefinition) -> None:
        required = set(definition.required)
        for slot in slots(definition):
            subject = definition.subject if slot.binding.startswith("assessment.") else ""
            key = (subject, slot.binding.removeprefix("members[]."))
            names = self.forms.setdefault(key, [])
            if definition.code not in names:
                names.append(definition.code)
            # A level of what is asked "(nếu có)", or of some members only, is not everybody's to give.
            row = slot.criterion
            if row is not None and (row.optional or row.applies):
                continue
            if slot.binding in required or ".".join(slot.path[:2]) in required:
                self.required.add(key)

    def ask(self, sheet: Sheet, column: Column) -> Ask | None:
        """Why `column` is asked for; None where nothing prints or checks it."""
        if sheet.kind == ASSESSMENTS:
            if column.path in _OF_ASSESSMENTS:
                return Ask(column.path[1] == "proposed_grade", ())
            subject = next(s.code for s in SUBJECTS.values() if s.place == sheet.holder)
            key = (subject, ".".join(("assessment", *column.path[1:])))
            if column.path[1:2] == ("levels",) and subject in self.levels:
                return Ask(key in self.required, tuple(self.forms.get(key, ())))
        elif sheet.key.startswith("ds-"):
            key = ("", f"{sheet.holder}[].{column.binding}")
        else:
            key = ("", column.binding)
        if column.path == REST_OF_SIGNS:
            return Ask() if any(name.startswith("signs.") for _, name in self.forms) else None
        if key in self.forms:
            return Ask(key in self.required or column.path in _ALWAYS_REQUIRED, tuple(self.forms[key]))
        if any(sheet.key == list_ and column.path[: len(start)] == start for list_, start in _KEPT):
            return Ask()
        checked = any(column.path[: len(start)] == start for start in _CHECKED)
        return Ask(column.path in _ALWAYS_REQUIRED) if checked and not sheet.key.startswith("ds-") else None


def _read(regulation: RegulationData) -> list[str]:
    """The names of the facts that the rules of a regulation read, in the order of the catalogue."""
    rules = load_rules(regulation.id, [folder.parent for folder in regulation.chain])
    read = {fact.name for rule in rules.rules for predicate in rule.predicates() for fact in facts_of(predicate)}
    read |= {base.fact.name for base in rules.bases}
    return [name for name in rules.facts if name in read]


def _facts(regulation: RegulationData) -> Iterator[tuple[tuple[str, tuple[str, ...]], Ask]]:
    """The facts to be told: what the rules read and a dossier does not say by itself.

    What grading asks of every member is asked once for all; what it says of somebody else stands in that person's row.
    """
    known = load_rules(regulation.id, [folder.parent for folder in regulation.chain]).facts
    told, open_to = _told_and_open(regulation)
    sheets = {sheet.title: sheet.key for sheet in workbook_layout(regulation)}
    for name in _read(regulation):
        for holder, (subject, title, _) in FACT_HOLDERS.items():
            fact = known[name]
            if subject not in fact.subjects or name in told[subject]:
                continue
            questioned, common = name in open_to[subject], fact.type in _ONE_FOR_ALL
            if holder == "everyone" and not (questioned and common):
                continue
            path = ("facts", name) if holder == "members" else (holder, "facts", name)
            required = questioned and not (holder == "members" and common)
            yield (sheets[title], path), Ask(required, later=holder != "members" and not questioned)


def _told_and_open(regulation: RegulationData) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By subject, of a complete dossier in which nobody has told a fact: those it gives, and those grading asks for."""
    folders = tuple(folder.parent for folder in regulation.chain)
    data = copy.deepcopy(sample_dossier(regulation.id, folders=folders))
    for holder in (*data["members"], data["collective"], data["party_organization"]):
        holder.pop("facts", None)
    data.pop("everyone", None)
    dossier = cast(DossierData, data)
    members = [
        member_facts(regulation, dossier, member, counted_of_member(regulation, dossier, member))
        for member in dossier["members"]
    ]
    told = {
        "dang_vien": {name for facts in members for name in facts},
        "to_chuc_dang": set(organization_facts(regulation, dossier)),
        "tap_the": set(collective_facts(regulation, dossier)),
    }
    asked: dict[str, set[str]] = {subject: set() for subject in told}
    for row in grade_dossier(regulation, dossier, folders).rows:
        for question in row.proposal.questions:
            asked.setdefault(row.subject, set()).update(question.asks)
    return told, asked


def write_empty_book(directory: Path, regulation: RegulationData, *, full: bool = False) -> list[Path]:
    """Write the book of `regulation` to fill in, into `directory`; with `full` all columns that it may have.

    Raises `UsageError` where a file of that name exists, `EnvironmentFault` where the disk refuses or the library for
    Excel is missing.
    """
    path = directory / f"{FILE_NAME}.xlsx"
    write_whole(path, workbook_bytes(regulation, None, None if full else asked_of(regulation)))
    return [path]


def converted(
    dossier: Dossier, kind: str, *, leave_out: bool = False, base: Path | None = None, full: bool = False
) -> Exchanged:
    """`dossier` as a file of `kind` ("json" or "xlsx"), as `docgen.dossier.exchange.exchange` makes it.

    Whoever writes a dossier as a workbook asks here: it has what its regulation asks for, and whatever else has a
    value; with `full` every column. Raises as `exchange` does.
    """
    short = kind == "xlsx" and not full
    asked = asked_of(load_regulation(dossier.regulation, dossier.folders)) if short else None
    return exchange(dossier, kind, leave_out=leave_out, base=base, asked=asked)
