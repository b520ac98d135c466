"""Dates: the draft sent in time, the meeting held and long enough, the deadline kept, the right year."""

from __future__ import annotations

import datetime

from docgen.i18n import short_date
from docgen.paths import iso_day
from docgen.regulations.outside_review import NEW_MONTHS
from docgen.validation.body_duties import check_deadlines, check_kinds, check_length
from docgen.validation.context import Check, Holder, as_mapping
from docgen.validation.kind import CheckKind
from docgen.validation.workdays import is_working_day, latest_start, working_days
from docgen.values.life_date import shown_life_date, span_of

#: Charter of the Party, article 1: admitted from 18; article 5: a probation of twelve months.
ADMISSION_AGE = 18
PROBATION_MONTHS = 12
OLDEST = 105


class Dates(CheckKind):
    """Days in their order, in the year, within their terms."""

    name = "dates"
    turn = 50
    codes = (
        "validation.meeting.no_date",
        "validation.meeting.sent_before",
        "validation.meeting.no_rule",
        "validation.meeting.no_length",
        "validation.meeting.too_short",
        "validation.meeting.perhaps_short",
        "validation.draft.no_date",
        "validation.draft.after_meeting",
        "validation.draft.first_day_counted",
        "validation.draft.too_late",
        "validation.period.before_regulation",
        "validation.period.replaced",
        "validation.period.other_year",
        "validation.period.earlier_year",
        "validation.date.other_year",
        "validation.member.no_birth_date",
        "validation.member.birth_date",
        "validation.member.admitted_young",
        "validation.member.admitted_later",
        "validation.member.admitted_unsure",
        "validation.member.age_unsure",
        "validation.member.probation",
        "validation.deadline.held",
        "validation.deadline.submitted",
        "validation.deadline.other",
        "validation.deadline.after_meeting",
        "validation.organization.two_kinds",
    )

    def run(self, check: Check) -> None:
        check_dates(check)


def check_dates(check: Check) -> None:
    """Report everything doubtful in the dossier's dates."""
    meeting = check.mapping("meeting")
    year = check.mapping("period").get("year")
    # A year that is none has its own finding, and no date can be compared with it.
    year = year if isinstance(year, int) and not isinstance(year, bool) and 1930 <= year <= 2200 else None
    held, submitted = iso_day(meeting.get("held")), iso_day(meeting.get("submitted"))
    if "held" not in meeting and (check.regulation.draft or check.regulation.meeting or check.regulation.deadlines):
        check.add("validation.meeting.no_date", "warning", "/meeting/held")
    check_draft(check, iso_day(meeting.get("draft_sent")), held, "draft_sent" in meeting)
    check_kinds(check)
    check_length(check, meeting)
    if held and submitted and submitted < held:
        check.add("validation.meeting.sent_before", "error", "/meeting/submitted",
                  submitted=short_date(submitted), held=short_date(held))  # fmt: skip
    if year is not None and check_year(check, year):
        check_in_year(check, year, "/document/date", iso_day(check.mapping("document").get("date")))
        check_in_year(check, year, "/meeting/held", held)
        check_deadlines(check, year, held, submitted)
        for member in check.members:
            check_person(check, member, year, held or datetime.date(year, 12, 31))


def check_draft(check: Check, sent: datetime.date | None, held: datetime.date | None, given: bool) -> None:
    """The draft must go out a number of working days before the meeting.

    The sources do not say how to count. Whole days between sending and meeting are beyond doubt; a draft that needs
    the day of sending itself to reach the number is accepted with a warning (sent Wednesday 15/12 for Monday 20/12).
    """
    if not check.regulation.draft or held is None:
        return
    needed, clause = int(check.regulation.draft["working_days"]), check.regulation.draft["clause"]
    pointer = "/meeting/draft_sent"
    if sent is None:
        if not given:
            check.add("validation.draft.no_date", "warning", pointer, days=needed, clause=clause,
                      latest=short_date(latest_start(held, needed)))  # fmt: skip
        return
    facts = {"sent": short_date(sent), "held": short_date(held), "needed": needed, "clause": clause}
    if sent >= held:
        check.add("validation.draft.after_meeting", "error", pointer, **facts)
        return
    whole = working_days(sent + datetime.timedelta(days=1), held)
    facts["days"] = ", ".join(f"{d.day:02d}/{d.month:02d}" for d in whole[-needed:]) or "–"
    facts["count"] = len(whole)
    facts["latest"] = short_date(latest_start(held, needed))
    if len(whole) >= needed:
        return
    if is_working_day(sent) and len(whole) + 1 >= needed:
        check.add("validation.draft.first_day_counted", "warning", pointer, **facts)
    else:
        check.add("validation.draft.too_late", "error", pointer, **facts)


def check_year(check: Check, year: int) -> bool:
    """True where the regulation covers `year`; where it does not, that is the one finding, with the way out."""
    regulation = check.regulation
    life = regulation.life
    if life.covers(year):
        return True
    number = regulation.number or regulation.short
    if life.first is not None and year < life.first and life.first != life.last:
        check.add("validation.period.before_regulation", "error", "/period/year",
                  year=year, number=number, planned=life.years)  # fmt: skip
    elif life.rules_last is not None and year > life.rules_last:
        check.add("validation.period.replaced", "error", "/period/year",
                  year=year, number=number, planned=life.years, replaced=life.replaced_by)  # fmt: skip
    else:
        # For a year before there is nothing to move; for a later one the unit makes a folder of its own.
        later = life.first is None or year > life.first
        code = "validation.period.other_year" if later else "validation.period.earlier_year"
        check.add(code, "error", "/period/year",
                  year=year, number=number, planned=life.years, regulation=regulation.id)  # fmt: skip
    return False


def check_in_year(check: Check, year: int, pointer: str, day: datetime.date | None) -> None:
    """A review of a year is dated in that year or in the first half of the next."""
    if day is None or datetime.date(year, 1, 1) <= day <= datetime.date(year + 1, 6, 30):
        return
    check.add("validation.date.other_year", "error", pointer, day=short_date(day), year=year, next=year + 1)


def check_person(check: Check, member: Holder, year: int, today: datetime.date) -> None:
    """Birth and admission of one member: possible, and in the right order."""
    record = as_mapping(member.record.get("member"))
    pointer, who = f"{member.pointer}/member", member.who
    born, admitted = span_of(record.get("birth_date")), span_of(record.get("admission_date"))
    birth, admission = shown_life_date(record.get("birth_date")), shown_life_date(record.get("admission_date"))
    if "birth_date" not in record and member.reviewed:
        check.add("validation.member.no_birth_date", "warning", f"{pointer}/birth_date", who)
    if born is not None:
        oldest, youngest = (_years(day, today) for day in born)
        if oldest < ADMISSION_AGE or youngest > OLDEST:
            check.add("validation.member.birth_date", "error", f"{pointer}/birth_date", who,
                      born=birth, age=max(oldest, 0), year=year)  # fmt: skip
        elif admitted is not None and (admission_age := _years(born[0], admitted[1])) < ADMISSION_AGE:
            check.add("validation.member.admitted_young", "error", f"{pointer}/admission_date", who,
                      admitted=admission, age=max(admission_age, 0), least=ADMISSION_AGE)  # fmt: skip
        elif admitted is not None and _years(born[1], admitted[0]) < ADMISSION_AGE:
            check.add("validation.member.age_unsure", "info", f"{pointer}/admission_date", who,
                      born=birth, admitted=admission, least=ADMISSION_AGE)  # fmt: skip
    if admitted is not None:
        check_admission(check, member, admitted, admission, today)


def check_admission(
    check: Check, member: Holder, admitted: tuple[datetime.date, datetime.date], shown: str, today: datetime.date
) -> None:
    """The day of admission, of which only the month or the year may be known, against the terms that run from it."""
    pointer, who = f"{member.pointer}/member", member.who
    official = as_mapping(member.record.get("member")).get("official") is True
    most, least = (_months(day, today) for day in admitted)
    if admitted[0] > today:
        check.add("validation.member.admitted_later", "error", f"{pointer}/admission_date", who,
                  admitted=shown, day=short_date(today))  # fmt: skip
    elif official and most < PROBATION_MONTHS:
        check.add("validation.member.probation", "warning", f"{pointer}/official", who,
                  admitted=shown, months=PROBATION_MONTHS)  # fmt: skip
    elif least < NEW_MONTHS <= most or (official and least < PROBATION_MONTHS):
        check.add("validation.member.admitted_unsure", "warning", f"{pointer}/admission_date", who,
                  admitted=shown, months=PROBATION_MONTHS if least >= NEW_MONTHS else NEW_MONTHS,
                  day=short_date(today))  # fmt: skip


def _years(start: datetime.date, end: datetime.date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _months(start: datetime.date, end: datetime.date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
