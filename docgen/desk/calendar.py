"""What is due when: the regulation's deadlines, the days that follow from the dossier's own, working days left.

Every deadline is data of the regulation with its clause (`draft`, `deadlines`, `archive` in `regulation.yaml`); where a
regulation has none, none is told. The dossier's own days are the meeting and the day on which it was handed in.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docgen.i18n import DEFAULT_LANGUAGE, message, short_date, with_weekday
from docgen.packet.issuer import issuer_of
from docgen.paths import AnyRecord, JsonDict, get, get_mapping, get_text, iso_day
from docgen.records import DossierData
from docgen.regulations.duties import Body, binds, body_of, due, latest
from docgen.regulations.loader import RegulationData
from docgen.validation.workdays import ONE_DAY, is_working_day, latest_start

#: Beyond so many days nobody counts working days.
_FARTHEST = 400
#: What is past by more than this is told by its year: nobody counts the days of a dossier of years ago.
LONG_PAST = 90


def working_days_left(today: datetime.date, last: datetime.date) -> int | None:
    """Working days from tomorrow to `last`, both included; 0 once it is `last` itself, None where that is far off or
    past."""
    span = (last - today).days
    if not 0 <= span <= _FARTHEST:
        return None
    return sum(is_working_day(today + ONE_DAY * n) for n in range(1, span + 1))


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of the calendar.

    `last` is the last day on which it can be done (for a meeting, its day); `kind` is `draft`, `meeting`, `deadline`,
    `after_meeting`, `submitted` or `archive`; `whose` is `own`, `perhaps` (the dossier does not say which kind of body
    it is of), or `above` (of whom the dossier is sent to); `day` the day on which the dossier says it is done, a plan
    as long as that is ahead.
    """

    kind: str
    last: datetime.date
    what: str = ""
    to: str = ""
    clause: str = ""
    whose: str = "own"
    day: datetime.date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: What the regulation's data notes of a doubt in its source.
    note: str = ""

    def title(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What is due, in words."""
        what = f"{self.what} → {self.to}" if self.to else self.what
        return message(f"desk.calendar.{self.kind}", language, what=what, **self.facts)

    def brief(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What is due in the few words that a calendar shows: without what the source says of whom and of cases."""
        what = re.split(r"[(;]", self.what, maxsplit=1)[0].strip()
        return message(f"desk.calendar.brief.{self.kind}", language, what=what, **self.facts)

    @property
    def deadline(self) -> bool:
        """True for what can be missed by whom the dossier is of."""
        return self.kind in ("draft", "deadline", "after_meeting") and self.whose == "own"

    def done(self, today: datetime.date) -> bool:
        """True where it was done, as the dossier says."""
        return self.day is not None and self.day <= today


@dataclass(frozen=True, slots=True)
class Calendar:
    """The entries by day; `missing` names what could not be placed or does not exist (`desk.calendar.no.…`)."""

    today: datetime.date
    year: int | None
    body: str
    entries: tuple[Entry, ...]
    missing: tuple[str, ...]
    #: How the body calls itself on its papers ("Chi bộ Phòng …"); `body` is as the dossier has it.
    called: str = ""

    def nearest(self) -> Entry | None:
        """The nearest own deadline that is neither done nor past."""
        return next((e for e in self.entries if self._open(e) and e.last >= self.today), None)

    def overdue(self) -> list[Entry]:
        """Own deadlines that passed without being done."""
        return [e for e in self.entries if self._open(e) and e.last < self.today]

    def _open(self, entry: Entry) -> bool:
        return entry.deadline and not entry.done(self.today)

    def left(self, entry: Entry, language: str = DEFAULT_LANGUAGE) -> str:
        """How far off an entry is, or that it was done or missed, in words."""
        if entry.day is not None and entry.done(self.today):
            key = "done_late" if entry.day > entry.last else "done"
            return message(f"desk.calendar.{key}", language, day=short_date(entry.day))
        days = (entry.last - self.today).days
        working = working_days_left(self.today, entry.last)
        if days < 0:
            key = "over" if entry.deadline else "gone"
            out = message(
                f"desk.calendar.{key}{'_long' if -days > LONG_PAST else ''}", language, days=-days, year=entry.last.year
            )
        elif days == 0:
            out = message("desk.calendar.today", language)
        elif working is None:
            out = message("desk.calendar.far", language, days=days)
        else:
            out = message("desk.calendar.left", language, days=days, working=working)
        if entry.day is not None and entry.kind not in ("meeting", "submitted"):
            late = entry.deadline and entry.day > entry.last
            key = "planned_late" if late else "planned"
            out += message(f"desk.calendar.{key}", language, day=short_date(entry.day))
        if days >= 0 and entry.deadline and not is_working_day(entry.last):
            before = entry.last
            while not is_working_day(before):
                before -= ONE_DAY
            out += message("desk.calendar.day_off", language, day=with_weekday(before, language))
        return out

    def as_text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """For a terminal: one line a day, then what could not be told."""
        lines = [message("desk.calendar.head", language, today=short_date(self.today))]
        for entry in self.entries:
            clause = f" ({entry.clause})" if entry.clause else ""
            whose = f" [{message(f'desk.calendar.whose.{entry.whose}', language)}]" if entry.whose != "own" else ""
            lines.append(f"{with_weekday(entry.last, language)}: {entry.title(language)}{clause}{whose}")
            lines.append(f"    {self.left(entry, language)}")
            lines += [f"    {entry.note}"] if entry.note else []
        lines += [message(f"desk.calendar.no.{key}", language) for key in self.missing]
        return "\n".join(lines)

    def as_json(self, language: str = DEFAULT_LANGUAGE) -> JsonDict:
        """As plain data."""
        return {
            "today": self.today.isoformat(),
            "year": self.year,
            "entries": [
                {
                    "kind": e.kind, "last": e.last.isoformat(), "title": e.title(language), "clause": e.clause or None,
                    "note": e.note or None,
                    "whose": e.whose, "day": e.day.isoformat() if e.day else None, "done": e.done(self.today),
                    "days_left": (e.last - self.today).days, "working_days_left": working_days_left(self.today, e.last),
                    "overdue": self._open(e) and e.last < self.today, "text": self.left(e, language),
                }
                for e in self.entries
            ],
            "missing": [{"code": key, "text": message(f"desk.calendar.no.{key}", language)} for key in self.missing],
        }  # fmt: skip


def make_calendar(regulation: RegulationData, data: DossierData, today: datetime.date) -> Calendar:
    """The calendar of the dossier `data`, seen from `today`."""
    meeting = get_mapping(data, "meeting")
    held, sent = iso_day(meeting.get("held")), iso_day(meeting.get("submitted"))
    year = get(data, ("period", "year"))
    year = year if isinstance(year, int) and not isinstance(year, bool) and 1930 <= year <= 2200 else None
    body = body_of(data)
    entries = [*_meeting(regulation, meeting, held), *_deadlines(regulation, body, year, held, sent)]
    if sent is not None:
        entries.append(Entry("submitted", sent, day=sent))
    entries += _archive(regulation, data, year)
    missing = []
    if year is None:
        missing.append("year")
    if held is None:
        missing.append("meeting")
    own = [d for d in regulation.deadlines if binds(d, body) == "own" or (binds(d, body) == "perhaps")]
    if not own:
        missing.append("deadline")
    entries.sort(key=lambda e: e.last)
    name = get_text(data, "organization", "name")
    return Calendar(today, year, name, tuple(entries), tuple(missing), issuer_of(data).get("called", name))


def _meeting(regulation: RegulationData, meeting: AnyRecord, held: datetime.date | None) -> Iterator[Entry]:
    """The meeting, and the last day on which the draft can go out before it."""
    if held is None:
        return
    if regulation.draft:
        days = int(regulation.draft["working_days"])
        draft = iso_day(meeting.get("draft_sent"))
        clause, note = str(regulation.draft["clause"]), str(regulation.draft.get("note", ""))
        facts = {"days": days, "held": short_date(held)}
        yield Entry("draft", latest_start(held, days), clause=clause, day=draft, facts=facts, note=note)
    yield Entry("meeting", held, day=held)


def _deadlines(
    regulation: RegulationData, body: Body, year: int | None, held: datetime.date | None, sent: datetime.date | None
) -> Iterator[Entry]:
    """The regulation's deadlines for this body, and for whom it sends to."""
    for deadline in regulation.deadlines:
        whose = binds(deadline, body)
        if whose == "no":
            continue
        what, to, clause = str(deadline["what"]), str(deadline.get("to", "")), str(deadline["clause"])
        planned = sent if whose == "own" else None
        if (day := latest(deadline, held)) is not None and held is not None:
            facts = {"days": int(deadline["days"]), "held": short_date(held)}
            yield Entry("after_meeting", day, what, to, clause, whose, planned, facts)
        elif year is not None and (before := due(deadline, year)) is not None:
            yield Entry("deadline", before - ONE_DAY, what, to, clause, whose, planned, {"before": short_date(before)})


def _archive(regulation: RegulationData, data: DossierData, year: int | None) -> Iterator[Entry]:
    """The end of the year by which the file goes to the archive, counted as the packet's index counts it."""
    if regulation.archive is None:
        return
    ended = iso_day(get(data, ("document", "date")))
    last = ended.year if ended else year
    if last is not None:
        day = datetime.date(last + regulation.archive.years, 12, 31)
        yield Entry("archive", day, clause=regulation.archive.clause, facts={"year": day.year})
