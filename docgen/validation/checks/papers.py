"""What two papers of a packet say of one thing, and what a paper of it says nothing about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docgen.forms.data import number_text
from docgen.model import GRADE_TEXT, GRADES
from docgen.paths import AnyRecord, Json, at, get_mapping
from docgen.regulations.decisions import taken
from docgen.regulations.duties import body_of, meets
from docgen.regulations.score_sheet import number_of
from docgen.validation.checks.sections import NO, WRITTEN, value_state
from docgen.validation.context import Check, as_mapping
from docgen.validation.kind import CheckKind


class Same(CheckKind):
    """What two papers say of one thing."""

    name = "same"
    turn = 120
    codes = ("validation.same.differs",)

    def run(self, check: Check) -> None:
        check_same(check)


def check_same(check: Check) -> None:
    """Report values that must be the same and are not: figures are an error, grades are for a person to look at."""
    for same in check.regulation.same:
        one, other = (place.removeprefix("members[].").split(".") for place in (same.one, same.other))
        for record, pointer, who in _records(check, same.of_members):
            first, second = _value(record, one), _value(record, other)
            if first is None or second is None or first == second:
                continue
            if (first in GRADES) != (second in GRADES):
                continue  # a grade in words, or a typing error, has its own finding
            figures = number_of(first) is not None and number_of(second) is not None
            check.add("validation.same.differs", "error" if figures else "warning", at(pointer, *one), who,
                      what=same.what, one=_shown(first), other=_shown(second), other_place=".".join(other),
                      clause=same.clause)  # fmt: skip


class Asked(CheckKind):
    """Papers that say nothing of what they are for."""

    name = "asked"
    turn = 130
    codes = ("validation.asked.empty",)

    def run(self, check: Check) -> None:
        check_asked(check)


def check_asked(check: Check) -> None:
    """Report what a paper of the packet is for and does not say: a sheet of remarks without any remark."""
    body = body_of(check.data)
    made = {item.form: item for item in check.regulation.packet}
    for asked in check.regulation.asked:
        if asked.form not in made or not asked.applies(body):
            continue
        code = check.forms.definition(asked.form).code
        of_members = asked.places[0].startswith("members[].")
        places = [place.removeprefix("members[].").split(".") for place in asked.places]
        # Where there was a suggestion, "Không" is no answer to it.
        states = (WRITTEN,) if asked.suggested else (WRITTEN, NO)
        for record, pointer, who in _records(check, of_members, asked.of == "graded"):
            if any(_said(record, place, states) for place in places) or not (
                made[asked.form].made_for(record) or not of_members
            ):
                continue
            check.add("validation.asked.empty", "warning", at(pointer, *places[0]), who, form=code,
                      what=asked.what, clause=asked.clause)  # fmt: skip


class Enclosures(CheckKind):
    """Papers to be added by hand."""

    name = "enclosures"
    turn = 180
    codes = ("validation.enclosures.missing",)

    def run(self, check: Check) -> None:
        check_enclosures(check)


def check_enclosures(check: Check) -> None:
    """Report the papers to be added by hand that the dossier's own list does not name, of those that are owed now.

    One finding for all of them: the list is looked through once. What is owed only if there is one is never missing.
    """
    given = check.data.get("enclosures")
    listed = {row.get("paper") for row in (given if isinstance(given, list) else ()) if isinstance(row, Mapping)}
    decided = next(taken(check.regulation.decisions, check.data), None) is not None
    missing = [
        paper
        for paper in check.regulation.enclosures
        if paper.id and paper.id not in listed
        and (paper.owed == "sent" or (paper.owed == "decided" and decided))
        and (not paper.only or any(member.reviewed and meets(paper.only, member.record) for member in check.members))
    ]  # fmt: skip
    if missing:
        names = "; ".join(f"{paper.what} ({paper.clause})" for paper in missing)
        check.add("validation.enclosures.missing", "warning", "/enclosures", names=names)


def _said(record: AnyRecord, place: list[str], states: tuple[str, ...]) -> bool:
    """True where something is written at `place`: a text that is more than dots, a figure, a row with any value."""
    found = _value(record, place)
    if isinstance(found, list):
        return any(bool(row) and (not isinstance(row, str) or value_state(row) in states) for row in found)
    return found is not None and value_state(found) in states


class VotesGiven(CheckKind):
    """Votes for whoever is on the ballot."""

    name = "votes_given"
    turn = 140
    codes = (
        "validation.votes.none",
        "validation.votes.nobody",
    )

    def run(self, check: Check) -> None:
        check_votes_given(check)


def check_votes_given(check: Check) -> None:
    """Whoever is on the ballot has votes, where there was a ballot at all (HD 19 C.II.3.2 step 2)."""
    on_ballot = [member for member in check.members if member.graded and not _off_ballot(check, member.record)]
    silent = [member for member in on_ballot if not any(_counts(member.record))]
    ballots = check.mapping("ballots")
    if len(silent) < len(on_ballot):
        for member in silent:
            check.add("validation.votes.none", "warning", at(member.pointer, "votes"), member.who)
    elif silent and any(number_of(ballots.get(name)) for name in ("issued", "collected")):
        check.add("validation.votes.nobody", "warning", "/members", count=len(silent))


def _counts(record: AnyRecord) -> list[bool]:
    return [number_of(value) is not None for value in as_mapping(record.get("votes")).values()]


def _off_ballot(check: Check, record: AnyRecord) -> bool:
    """True for whom the regulation's ballot leaves out beside those who are not graded (KH BVP III lưu ý 8)."""
    key = ("off_ballot",)
    if key not in check.forms.kept:
        definitions = [check.forms.definition(form) for form in check.regulation.forms]
        tables = [table for definition in definitions for table in definition.tables() if table.graded]
        check.forms.kept[key] = [table.without.split(".") for table in tables if table.without]
    return any(_value(record, path) is True for path in check.forms.kept[key])


def _records(check: Check, of_members: bool, graded: bool = False) -> Iterator[tuple[AnyRecord, str, str]]:
    if not of_members:
        yield check.data, "", ""
        return
    for member in check.members:
        if member.graded if graded else member.reviewed:
            yield member.record, member.pointer, member.who


def _value(record: AnyRecord, path: list[str]) -> Json:
    """The value at `path`, None where none is written; the total of a score sheet that states none is its sum."""
    record = get_mapping(record, *path[:-1])
    found = record.get(path[-1])
    if found is None and path[-1] == "score_total" and record.get("scores"):
        points = [number_of(as_mapping(line).get("points")) for line in as_mapping(record.get("scores")).values()]
        known = [value for value in points if value is not None]
        found = float(sum(known)) if len(known) == len(points) else None
    return found if found not in ("", []) else None


def _shown(value: Json) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return GRADE_TEXT.get(value, str(value)[:80]) if isinstance(value, str) else str(value)[:80]
