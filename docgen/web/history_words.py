"""The lines of a dossier's history as sentences: whose value, what it is called, from what to what."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from docgen.i18n import message, short_date
from docgen.paths import AnyRecord, Json, JsonDict, at_pointer, get_list, get_text, iso_day, names
from docgen.regulations.loader import Field, RegulationData, options_of
from docgen.values import VALUES
from docgen.values.spelling import short
from docgen.web.dossier_store import CLOSED
from docgen.web.page_render import page_message

#: Where the log says that a packet was handed over: no place of the dossier, which says nothing of its own papers' way.
HANDED_OVER = "/handed_over"
#: Where it says why a member was given a grade.
DECIDED_WHY = "/decided_why"
#: The longest piece of a value that a line shows.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One change. `undo`: what going back would put there, in words; empty where it cannot be gone back."""

    number: int
    when: str
    who: str
    what: str
    old: str
    new: str
    undo: bool


def moment_words(seconds: float) -> str:
    """`25/11/2026, 14:05`, by this machine's clock."""
    moment = datetime.datetime.fromtimestamp(seconds)
    return f"{short_date(moment.date())}, {moment:%H:%M}"


def read_day(iso: str) -> str:
    """An ISO day as people write it; what is none as it stands."""
    day = iso_day(iso)
    return short_date(day) if day else iso


def field_at(regulation: RegulationData, pointer: str) -> tuple[Field | None, str]:
    """The field that a pointer into a dossier leads to, and what of it stands below (`binding.<criterion>`)."""
    steps = names(pointer)
    if steps[:1] == ["members"]:
        steps = steps[2:]
    elif len(steps) > 2 and steps[1] == "assessments":
        steps = steps[1:]
    if steps[:1] == ["assessments"]:
        steps = ["assessment", *steps[2:]]
    binding = ""
    for step in steps:
        binding = f"{binding}[]" if step.isdecimal() else f"{binding}.{step}" if binding else step
    for end in range(len(steps), 0, -1):
        plain = binding if end == len(steps) else ".".join(steps[:end])
        if (found := regulation.fields.get(plain)) is not None:
            return found, ".".join(steps[end:])
    return None, binding


def value_words(regulation: RegulationData, field: Field | None, value: Json, language: str) -> str:
    """A value in few words: a code in its own, a day as people write it, of much the beginning."""
    if value is None or value == "" or value == []:
        return page_message(language, "history.nothing")
    if isinstance(value, bool):
        value = "true" if value else "false"
    if field is not None and not isinstance(value, (list, dict)):
        options = dict(options_of(regulation, field))
        if str(value) in options:
            return str(options[str(value)])
        if VALUES[field.type].is_day and isinstance(value, str):
            return str(VALUES[field.type].to_cell(value, ()))
    if isinstance(value, list):
        texts = [one for one in value if isinstance(one, str)]
        if len(texts) == len(value):
            return short(" ".join(texts), _SHOWN)
        return page_message(language, "history.rows", count=len(value))
    if isinstance(value, dict):
        return page_message(language, "history.record", count=len(value))
    return short(str(value), _SHOWN)


def lines_of(regulation: RegulationData, data: AnyRecord, found: list[JsonDict], language: str) -> list[Line]:
    """`found` (`dossier_store.history`) in words; `data` is the dossier as it stands now."""
    return [_line(regulation, data, row, language) for row in found]


def _line(regulation: RegulationData, data: AnyRecord, row: Any, language: str) -> Line:
    pointer, old, new = str(row["pointer"]), row["old"], row["new"]
    when, who = moment_words(float(row["at"])), str(row["who"])
    if not pointer:
        key = "made" if old is None else "removed"
        return Line(row["number"], when, who, page_message(language, f"history.{key}"), "", "", False)
    if pointer in (HANDED_OVER, DECIDED_WHY, CLOSED) and isinstance(new, dict):
        return Line(row["number"], when, who, _noted(data, pointer, new, language), "", "", False)
    field, rest = field_at(regulation, pointer)
    label = message_of(field, rest, language)
    whose = _whose(data, pointer)
    return Line(
        row["number"], when, who, f"{whose}: {label}" if whose else label,
        value_words(regulation, field, old, language), value_words(regulation, field, new, language),
        at_pointer(data, pointer) == new,
    )  # fmt: skip


def _noted(data: AnyRecord, pointer: str, told: JsonDict, language: str) -> str:
    """A line about something that is no value of the dossier."""
    if pointer == HANDED_OVER:
        day = read_day(get_text(told, "on"))
        return page_message(language, "history.handed_over", on=day, to=get_text(told, "to"),
                            what=get_text(told, "what"))  # fmt: skip
    reason = get_text(told, "reason")
    if pointer == CLOSED:
        return page_message(language, "history.closed" if told.get("closed") else "history.opened", reason=reason)
    names_ = {get_text(one, "id"): get_text(one, "member", "full_name") for one in get_list(data, "members")}
    key = get_text(told, "member")
    return page_message(language, "history.decided_why", name=names_.get(key, key), reason=reason)


def message_of(field: Field | None, rest: str, language: str) -> str:
    """What a value is called."""
    if field is None:
        key = f"page.history.list.{rest}"
        told = message(key, language)
        return rest if told == key else told
    return field.label if language == "vi" or not field.label_en else field.label_en


def _whose(data: AnyRecord, pointer: str) -> str:
    steps = names(pointer)
    if steps[:1] == ["members"] and len(steps) > 1:
        return get_text(at_pointer(data, f"/members/{steps[1]}"), "member", "full_name")
    return ""
