"""Deadlines ahead: from the regulations' clauses, working days by the Vietnamese calendar, iCalendar by RFC 5545."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from docgen.desk.calendar import Calendar, Entry, make_calendar, working_days_left
from docgen.desk.ics import escape, fold, ics
from docgen.regulations.loader import load_regulation

DAY = datetime.date


def calendar_of(regulation: str, today: DAY, **parts: Any) -> Calendar:
    data = {"organization": {"name": "Phòng A", "kind": "chi_bo"}, **parts}
    return make_calendar(load_regulation(regulation), data, today)


def only(calendar: Calendar, kind: str) -> Entry:
    found = [entry for entry in calendar.entries if entry.kind == kind and entry.whose == "own"]
    assert len(found) == 1
    return found[0]


def test_the_deadline_of_the_plan_is_the_day_before() -> None:
    """KH 55 III (Tổ chức thực hiện).2: before 25/12/2018. After Monday 17/12 five working days, to Monday 24/12."""
    calendar = calendar_of("kh55-2018", DAY(2018, 12, 17), period={"year": 2018})
    entry = only(calendar, "deadline")
    assert (entry.last, entry.clause) == (DAY(2018, 12, 24), "KH 55 III (Tổ chức thực hiện).2")
    assert working_days_left(calendar.today, entry.last) == 5
    assert calendar.nearest() == entry
    assert calendar.overdue() == []
    assert calendar.missing == ("meeting",)


def test_the_level_above_is_told_as_such_and_never_missed() -> None:
    """KH 55 III.1: the university's committee sends its papers before 10/01/2019."""
    calendar = calendar_of("kh55-2018", DAY(2019, 2, 1), period={"year": 2018}, meeting={"submitted": "2018-12-20"})
    above = [entry for entry in calendar.entries if entry.whose == "above"]
    assert [entry.last for entry in above] == [DAY(2019, 1, 9)]
    assert calendar.overdue() == []


def test_two_days_after_the_meeting() -> None:
    """KH 40 III.8: within two days of the meeting; II.A.3.1.a: the draft three working days before it."""
    calendar = calendar_of("kh40-2018", DAY(2018, 12, 1), period={"year": 2018}, meeting={"held": "2018-12-18"})
    assert only(calendar, "after_meeting").last == DAY(2018, 12, 20)
    draft = only(calendar, "draft")
    assert draft.last == DAY(2018, 12, 12)
    assert "không ghi “làm việc”" in draft.note  # a doubt of the source is told
    assert only(calendar, "meeting").last == DAY(2018, 12, 18)


def test_a_deadline_of_every_year_follows_the_dossiers_year() -> None:
    """HD 43 mục 4: reviews before 31/12; QĐ 383 Đ.12 k.1: to the archive by the end of the year after."""
    calendar = calendar_of("hd43-2025", DAY(2026, 12, 1), period={"year": 2026})
    assert only(calendar, "deadline").last == DAY(2026, 12, 30)
    assert only(calendar, "archive").last == DAY(2027, 12, 31)


def test_a_regulation_without_a_deadline_for_a_cell_says_so() -> None:
    """HD 16 III.2 binds provinces only."""
    calendar = calendar_of("hd16-2018", DAY(2018, 12, 1), period={"year": 2018}, meeting={"held": "2018-12-18"})
    assert "deadline" in calendar.missing
    assert [entry.kind for entry in calendar.entries] == ["draft", "meeting"]
    assert "không nêu hạn" in calendar.as_text()


def test_a_day_ahead_is_a_plan_and_one_behind_is_done() -> None:
    given = {"period": {"year": 2018}, "meeting": {"held": "2018-12-18", "submitted": "2018-12-26"}}
    before = calendar_of("kh55-2018", DAY(2018, 12, 20), **given)
    entry = only(before, "deadline")
    assert not entry.done(before.today)
    assert "QUÁ HẠN" in before.left(entry)  # planned for after the last day
    after = calendar_of("kh55-2018", DAY(2018, 12, 27), **given)
    assert only(after, "deadline").done(after.today)
    assert "quá hạn" in after.left(only(after, "deadline"))
    late = calendar_of("kh55-2018", DAY(2018, 12, 27), period={"year": 2018})
    assert [entry.kind for entry in late.overdue()] == ["deadline"]


def test_working_days_leave_out_holidays() -> None:
    """Tuesday 01/01/2019 is a holiday; Monday 31/12 was one in exchange for Saturday 05/01, which was worked."""
    assert working_days_left(DAY(2018, 12, 28), DAY(2019, 1, 2)) == 1
    assert working_days_left(DAY(2018, 12, 28), DAY(2018, 12, 28)) == 0
    assert working_days_left(DAY(2018, 12, 28), DAY(2018, 12, 27)) is None


@pytest.mark.parametrize("value", ["", "31/12/2018", 7, None, [], {"a": 1}])
def test_no_day_where_none_is_written(value: Any) -> None:
    calendar = calendar_of("kh55-2018", DAY(2018, 12, 1), period={"year": value}, meeting={"held": value})
    assert set(calendar.missing) >= {"year", "meeting"}


# -- RFC 5545 --------------------------------------------------------------------------------------------------------


def parsed(content: bytes) -> list[tuple[str, str]]:
    """Name and value of each content line, after the rules of 3.1: CRLF, 75 octets, unfolding."""
    assert content.endswith(b"\r\n")
    lines = content[:-2].split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")  # no letter is cut
    whole = content[:-2].replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    return [(line.partition(":")[0], line.partition(":")[2]) for line in whole]


def test_the_calendar_file_is_well_formed() -> None:
    calendar = calendar_of("kh40-2018", DAY(2018, 12, 1), period={"year": 2018}, meeting={"held": "2018-12-18"})
    lines = parsed(ics(calendar))
    names = [name for name, _ in lines]
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    assert ("VERSION", "2.0") in lines
    events = lines.count(("BEGIN", "VEVENT"))
    assert events == len(calendar.entries) == lines.count(("END", "VEVENT"))
    for needed in ("UID", "DTSTAMP", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY"):
        assert names.count(needed) == events
    assert len({value for name, value in lines if name == "UID"}) == events
    starts = [value for name, value in lines if name == "DTSTART;VALUE=DATE"]
    ends = [value for name, value in lines if name == "DTEND;VALUE=DATE"]
    assert ("20181220", "20181221") in zip(starts, ends, strict=True)  # the end of a whole day is the day after
    assert ics(calendar) == ics(calendar)


def test_a_meeting_that_moves_stays_the_same_event() -> None:
    def uid(held: str) -> list[str]:
        calendar = calendar_of("kh55-2018", DAY(2018, 12, 1), period={"year": 2018}, meeting={"held": held})
        return [value for name, value in parsed(ics(calendar)) if name == "UID"]

    assert sorted(uid("2018-12-18")) == sorted(uid("2018-12-19"))


def test_texts_are_escaped() -> None:
    """3.3.11: backslash, semicolon, comma, line break."""
    assert escape("a\\b;c,d\ne\r\nf\x07") == "a\\\\b\\;c\\,d\\ne\\nf"


def test_a_last_day_that_is_a_day_off_says_the_working_day_before() -> None:
    """HD 43 2.1.a: three working days before Thursday 17/12/2026 leave Sunday 13/12 as the last day."""
    calendar = calendar_of("hd43-2025", DAY(2026, 12, 1), period={"year": 2026}, meeting={"held": "2026-12-17"})
    draft = only(calendar, "draft")
    told = "còn 12 ngày, trong đó 8 ngày làm việc; ngày cuối là ngày nghỉ, ngày làm việc trước đó: Thứ Sáu 11/12/2026"
    assert calendar.left(draft) == told
    assert "Chủ nhật 13/12/2026: Gửi dự thảo báo cáo" in calendar.as_text()
    assert "Sunday 13/12/2026: " in calendar.as_text("en")
    assert "ngày nghỉ" not in calendar.left(only(calendar, "deadline")), "30/12/2026 is a Wednesday"


def test_a_calendar_shows_few_words_and_keeps_the_rest() -> None:
    """HD 43 mục 4 names its cases at length; whose papers they are is said as on the papers."""
    lines = parsed(ics(calendar_of("hd43-2025", DAY(2026, 12, 1), period={"year": 2026})))
    assert ("SUMMARY", "Hạn: Kiểm điểm\\, đánh giá\\, xếp loại hằng năm") in lines
    notes = next(value for name, value in lines if name == "DESCRIPTION")
    assert "trước ngày 31/12/2026" in notes
    assert "Chi bộ Phòng A" in notes


def test_folding_keeps_letters_whole() -> None:
    line = "SUMMARY:" + "Hồ sơ kiểm điểm 🗂 " * 20
    pieces = list(fold(line))
    assert max(len(piece.encode("utf-8")) for piece in pieces) <= 75
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == line
    assert all(piece.startswith(" ") for piece in pieces[1:])


@pytest.mark.parametrize(("day", "told"), [
    (DAY(2019, 1, 15), "QUÁ HẠN 22 ngày"), (DAY(2019, 3, 24), "QUÁ HẠN 90 ngày"),
    (DAY(2019, 3, 25), "QUÁ HẠN từ năm 2018"), (DAY(2026, 12, 1), "QUÁ HẠN từ năm 2018"),
])  # fmt: skip
def test_the_days_of_years_ago_are_not_counted(day: datetime.date, told: str) -> None:
    """Due by 24/12/2018; nobody counts 2,899 days."""
    calendar = calendar_of("kh55-2018", day, period={"year": 2018})
    assert calendar.left(only(calendar, "deadline")) == told
    above = next(entry for entry in calendar.entries if entry.whose == "above")
    assert calendar.left(above) == ("đã qua từ năm 2019" if day.year > 2019 else told_of(day, above))


def told_of(day: datetime.date, entry: Entry) -> str:
    return f"đã qua {(day - entry.last).days} ngày"


def test_a_meeting_that_is_past_was_held() -> None:
    """The dossier's own day: ahead it is a plan, past it is done (docs/desk.md)."""
    meeting = {"held": "2018-12-18"}
    before = calendar_of("kh55-2018", DAY(2018, 12, 17), period={"year": 2018}, meeting=meeting)
    after = calendar_of("kh55-2018", DAY(2018, 12, 19), period={"year": 2018}, meeting=meeting)
    assert before.left(only(before, "meeting")) == "còn 1 ngày, trong đó 1 ngày làm việc"
    assert after.left(only(after, "meeting")) == "đã xong ngày 18/12/2018"
