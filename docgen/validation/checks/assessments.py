"""Assessments: known assessors and criteria, a level for every criterion, the grades that belong together."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from docgen.dossier.cleaning import bare
from docgen.dossier.posts import union_post
from docgen.forms.bindings import slots
from docgen.forms.definition import Criteria, FormDefinition
from docgen.model import GRADE_TEXT, GRADES
from docgen.nearest import nearest
from docgen.paths import JsonMap, at
from docgen.regulations.criteria_numbers import numbered
from docgen.regulations.criteria_sets import Said
from docgen.regulations.loader import Assessor, Criterion, options_of
from docgen.regulations.subjects import BODIES
from docgen.validation.context import Check, Holder, as_mapping
from docgen.validation.kind import CheckKind


class Assessments(CheckKind):
    """Who assessed, and a level for every criterion."""

    name = "assessments"
    turn = 30
    codes = (
        "validation.assessment.no_body",
        "validation.assessment.missing",
        "validation.assessment.unknown",
        "validation.assessment.due",
        "validation.levels.missing",
        "validation.levels.not_applicable",
        "validation.levels.heading",
        "validation.levels.unknown",
        "validation.signs.nobody",
        "validation.signs.some",
        "validation.signs.missing",
    )

    def run(self, check: Check) -> None:
        check_assessments(check)


def check_assessments(check: Check) -> None:
    """Report what is wrong in the assessments of members, of the collective and of the party body."""
    for holder in check.members:
        check_holder(check, holder)
        if holder.printed:
            check_signs(check, holder)
    check_no_signs(check)
    for holder in check.bodies:
        check_holder(check, holder)
    for name, subject in BODIES.items():
        required = [a for a in check.forms.assessors(subject.code).values() if a.required]
        if required and name not in check.data:
            check.add("validation.assessment.no_body", "warning", f"/{name}", name, clause=required[0].clause)


def check_holder(check: Check, holder: Holder) -> None:
    """One member or body: who assessed, and each assessment."""
    known = check.forms.assessors(holder.subject)
    found = as_mapping(holder.record.get("assessments"))
    meant = {name: meant_assessor(name, known) for name in found if name not in known}
    for assessor in known.values():
        # A name that is nearly this assessor's is one slip, and told as such below.
        if assessor.required and holder.graded and assessor.id not in (*found, *meant.values()):
            place = at(holder.pointer, "assessments", assessor.id)
            check.add("validation.assessment.missing", "error", place, holder.who,
                      assessor=assessor.id, label=assessor.label, clause=assessor.clause)  # fmt: skip
    check_due(check, holder, found)
    said = check.said(holder)
    for name, sheet in found.items():
        place = at(holder.pointer, "assessments", name)
        if name not in known:
            check.add("validation.assessment.unknown", "error", place, holder.who, given=name[:40],
                      near=meant[name], known=", ".join(known),
                      words="; ".join(assessor.label for assessor in known.values()))  # fmt: skip
        elif isinstance(sheet, dict):
            check_levels(check, holder, name, sheet, place, said)


def meant_assessor(name: str, known: Mapping[str, Assessor]) -> str:
    """The id of the assessor that `name` nearly is, by id or by label; empty where none is like it."""
    labels = {bare(assessor.label): assessor.id for assessor in known.values()}
    return nearest(name[:40], known) or labels.get(nearest(bare(name[:80]), labels), "")


def check_due(check: Check, holder: Holder, found: JsonMap) -> None:
    """Assessors that are due by the member's post: the leaders of a đoàn thể assess those among them (KH 55 II.B.2.4).

    Posts are written freely, so this is for a person to look at.
    """
    for assessor in check.forms.assessors(holder.subject).values():
        if not assessor.due_by or assessor.required or not holder.graded or assessor.id in found:
            continue
        if post := union_post(as_mapping(holder.record.get("member"))):
            place = at(holder.pointer, "assessments", assessor.id)
            check.add("validation.assessment.due", "warning", place, holder.who, post=post[:80],
                      assessor=assessor.id, label=assessor.label, clause=assessor.clause)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Levels:
    """The tables of criteria that one assessor ticks, gone through once: rows, numbers, headings."""

    leaves: dict[str, Criterion]
    numbers: dict[str, str]
    headings: set[str]
    forms: str
    required: bool


def levels_of(tables: list[tuple[FormDefinition, Criteria]], binding: str) -> Levels | None:
    """What `tables` tick at `binding`; None where none does."""
    ticked = [(d, t) for d, t in tables if t.binding == binding]
    if not ticked:
        return None
    leaves = {leaf.id: leaf for _, table in ticked for leaf in table.leaves()}
    return Levels(
        leaves,
        {k: v for _, table in ticked for k, v in numbering(table.rows).items()},
        headings(ticked),
        ", ".join(dict.fromkeys(d.code for d, _ in ticked)),
        any(binding in d.required for d, _ in ticked),
    )


def levels_for(check: Check, subject: str, assessor: str) -> Levels | None:
    """The criteria that `assessor` ticks for `subject`, kept with the forms they come from."""
    key = (subject, assessor)
    if key not in check.forms.kept:
        tables = [(d, t) for d in check.forms.of_assessor(subject, assessor) for t in d.criteria()]
        check.forms.kept[key] = levels_of(tables, "assessment.levels")
    found: Levels | None = check.forms.kept[key]
    return found


def check_levels(check: Check, holder: Holder, assessor: str, sheet: JsonMap, place: str, said: Said) -> None:
    """The criteria of one sheet: all known, all that are asked ticked, none that is not."""
    known = levels_for(check, holder.subject, assessor)
    if known is None:
        return
    levels = as_mapping(sheet.get("levels"))
    pointer = at(place, "levels")
    check_names(check, levels.keys(), known, pointer, holder.who)
    missing = [
        known.numbers[leaf.id]
        for leaf in known.leaves.values()
        if not leaf.optional and leaf.asked(said) and leaf.id not in levels
    ]
    if known.required and missing:
        check.add("validation.levels.missing", "error", pointer, holder.who, count=len(missing),
                  criteria=", ".join(missing[:12]) + ("…" if len(missing) > 12 else ""), forms=known.forms,
                  assessor=check.forms.assessors(holder.subject)[assessor].label)  # fmt: skip
    other: dict[str, list[str]] = {}
    for name in levels:
        if name in known.leaves and known.leaves[name].asked(said) is False:
            other.setdefault(known.leaves[name].depends[0], []).append(known.numbers[name])
    for binding, numbers in other.items():
        field = check.regulation.fields[binding or check.regulation.applies]
        words = dict(options_of(check.regulation, field))[said[binding]]
        check.add("validation.levels.not_applicable", "warning", pointer, holder.who,
                  criteria=", ".join(numbers), label=field.label, words=words)  # fmt: skip


def check_names(check: Check, given: Set[str], known: Levels, pointer: str, who: str) -> None:
    """Every name in `given` is the id of a criterion that can be ticked."""
    if known.leaves.keys() >= given:
        return
    for name in given:
        if name in known.leaves:
            continue
        code = "validation.levels.heading" if name in known.headings else "validation.levels.unknown"
        check.add(code, "error", at(pointer, name), who, given=name[:40], near=nearest(name[:40], known.leaves),
                  known=", ".join(list(known.leaves)[:20]))  # fmt: skip


def headings(tables: list[tuple[FormDefinition, Criteria]]) -> set[str]:
    """The ids of the rows that only group others."""
    found: set[str] = set()

    def walk(row: Criterion) -> None:
        if row.children:
            found.add(row.id)
        for child in row.children:
            walk(child)

    for _, table in tables:
        for row in table.rows:
            walk(row)
    return found


def numbering(rows: tuple[Criterion, ...]) -> dict[str, str]:
    """How people call each criterion: `II.1`, from the printed numbers of the rows above it."""
    out: dict[str, str] = {}

    def walk(rows: tuple[Criterion, ...], above: str) -> None:
        for row, number in numbered(rows, above):
            out[row.id] = number
            walk(row.children, number)

    walk(rows, "")
    return out


def check_no_signs(check: Check) -> None:
    """One warning for the dossier where an annex of signs is asked of members and some have not filled it in at all."""
    known: Levels | None = check.forms.kept.get(("signs", ""))
    if known is None or not known.required:
        return
    silent = [m for m in check.members if m.reviewed and not as_mapping(m.record.get("signs"))]
    if silent:
        check.add("validation.signs.nobody" if len(silent) == len(check.members) else "validation.signs.some",
                  "warning", "/members", "", count=len(silent), forms=known.forms,
                  names=", ".join(m.who for m in silent[:12]) + ("…" if len(silent) > 12 else ""))  # fmt: skip


def check_signs(check: Check, holder: Holder) -> None:
    """The annex of signs of degradation: known rows, every row answered."""
    key = ("signs", "")
    if key not in check.forms.kept:
        tables = [(d, t) for d in check.forms.each("members") for t in d.criteria()]
        check.forms.kept[key] = levels_of(tables, "signs")
    known: Levels | None = check.forms.kept[key]
    signs = as_mapping(holder.record.get("signs"))
    if known is None or not signs:
        return  # an annex that is missing altogether is a section that is not written
    pointer = at(holder.pointer, "signs")
    check_names(check, signs.keys(), known, pointer, holder.who)
    if not known.required or signs.keys() >= known.leaves.keys():
        return
    missing = [leaf.number or leaf.id for leaf in known.leaves.values() if leaf.id not in signs]
    if missing:
        check.add("validation.signs.missing", "error", pointer, holder.who, count=len(missing), total=len(known.leaves),
                  rows=", ".join(missing[:12]) + ("…" if len(missing) > 12 else ""))  # fmt: skip


def asks_civil_grade(check: Check) -> bool:
    """True where a form of the regulation prints the grade as a civil servant (HD 19 has none such)."""
    key = ("asks_civil_grade",)
    if key not in check.forms.kept:
        definitions = map(check.forms.definition, check.regulation.forms)
        found = (slot for d in definitions for slot in slots(d))
        check.forms.kept[key] = any(slot.binding.removeprefix("members[].") == "civil.grade" for slot in found)
    asked: bool = check.forms.kept[key]
    return asked


class Grades(CheckKind):
    """Grades against what the rules propose."""

    name = "grades"
    turn = 70
    codes = (
        "validation.grade.body_above",
        "validation.grade.no_civil",
        "validation.grade.not_civil",
        "validation.grade.self_above",
        "validation.grade.cell_above",
    )

    def run(self, check: Check) -> None:
        check_grades(check)


def check_grades(check: Check) -> None:
    """Grades against each other: the self-grade and the cell's against what the rules propose."""
    body = as_mapping(check.data.get("collective")).get("proposed_grade")
    allowed = check.proposals.get("collective")
    if body in GRADES and allowed in GRADES and GRADES.index(body) < GRADES.index(allowed):
        check.add("validation.grade.body_above", "warning", "/collective/proposed_grade", "collective",
                  grade=GRADE_TEXT[body], proposed=GRADE_TEXT[allowed])  # fmt: skip
    for holder in check.members:
        record = holder.record
        person, review = as_mapping(record.get("member")), as_mapping(record.get("review"))
        civil = person.get("civil_servant") is True and asks_civil_grade(check)
        if holder.graded and civil and "grade" not in as_mapping(record.get("civil")):
            check.add("validation.grade.no_civil", "warning", at(holder.pointer, "civil", "grade"), holder.who)
        if holder.graded and person.get("civil_servant") is False and asks_civil_grade(check):
            given = as_mapping(record.get("civil")).keys() & {"grade", "comment"}
            if given:
                check.add("validation.grade.not_civil", "warning", at(holder.pointer, "civil", max(given)), holder.who)
        proposed = check.proposals.get(holder.who)
        if proposed not in GRADES:
            continue
        for path, code in ((("review", "grade_party"), "self_above"), (("cell", "grade"), "cell_above")):
            grade = review.get(path[1]) if path[0] == "review" else as_mapping(record.get("cell")).get(path[1])
            if grade in GRADES and GRADES.index(grade) < GRADES.index(proposed):
                check.add(f"validation.grade.{code}", "warning", at(holder.pointer, *path), holder.who,
                          grade=GRADE_TEXT[grade], proposed=GRADE_TEXT[proposed])  # fmt: skip
