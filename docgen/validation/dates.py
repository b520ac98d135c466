"""Dates: the draft sent in time, the meeting held and long enough, the deadline kept, the right year."""

from __future__ import annotations

import datetime
from typing import Any

from docgen.i18n import short_date
from docgen.validation.context import Check, Holder, as_mapping
from docgen.validation.duties import check_deadlines, check_kinds, check_length
from docgen.validation.workdays import is_working_day, latest_start, working_days

#: Charter of the Party, article 1: admitted from 18; article 5: a probation of twelve months.
ADMISSION_AGE = 18
PROBATION_MONTHS = 12
OLDEST = 105


def day_of(value: Any) -> datetime.date | None:
    """The date in `value`, or None: a value that is no date has its own finding."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None


def check_dates(check: Check) -> None:
    """Report everything doubtful in the dossier's dates."""
    meeting = check.mapping("meeting")
    year = check.mapping("period").get("year")
    # A year that is none has its own finding, and no date can be compared with it.
    year = year if isinstance(year, int) and not isinstance(year, bool) and 1930 <= year <= 2200 else None
    held, submitted = day_of(meeting.get("held")), day_of(meeting.get("submitted"))
    if "held" not in meeting and (check.regulation.draft or check.regulation.meeting or check.regulation.deadlines):
        check.add("validation.meeting.no_date", "warning", "/meeting/held")
    check_draft(check, day_of(meeting.get("draft_sent")), held, "draft_sent" in meeting)
    check_kinds(check)
    check_length(check, meeting)
    if held and submitted and submitted < held:
        check.add("validation.meeting.sent_before", "error", "/meeting/submitted",
                  submitted=short_date(submitted), held=short_date(held))  # fmt: skip
    if year is not None and check_year(check, year):
        check_in_year(check, year, "/document/date", day_of(check.mapping("document").get("date")))
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
    born, admitted = day_of(record.get("birth_date")), day_of(record.get("admission_date"))
    if "birth_date" not in record and member.reviewed:
        check.add("validation.member.no_birth_date", "warning", f"{pointer}/birth_date", who)
    if born is not None:
        age = _years(born, today)
        if age < ADMISSION_AGE or age > OLDEST:
            check.add("validation.member.birth_date", "error", f"{pointer}/birth_date", who,
                      born=short_date(born), age=max(age, 0), year=year)  # fmt: skip
        elif admitted is not None and (admission_age := _years(born, admitted)) < ADMISSION_AGE:
            check.add("validation.member.admitted_young", "error", f"{pointer}/admission_date", who,
                      admitted=short_date(admitted), age=max(admission_age, 0), least=ADMISSION_AGE)  # fmt: skip
    if admitted is None:
        return
    if admitted > today:
        check.add("validation.member.admitted_later", "error", f"{pointer}/admission_date", who,
                  admitted=short_date(admitted), day=short_date(today))  # fmt: skip
    elif record.get("official") is True and _months(admitted, today) < PROBATION_MONTHS:
        check.add("validation.member.probation", "warning", f"{pointer}/official", who,
                  admitted=short_date(admitted), months=PROBATION_MONTHS)  # fmt: skip


def _years(start: datetime.date, end: datetime.date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _months(start: datetime.date, end: datetime.date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
