"""What must be mended and what is worth a look, person by person, each a link to its field; words to remind with."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docgen.i18n import short_date
from docgen.model import Finding
from docgen.web.dossier_view import READY, Look, look, steps_of
from docgen.web.finding_links import Place, Places
from docgen.web.page_asking import Signed
from docgen.web.page_render import hint_of, page, page_message
from docgen.web.problems import language_of

ROUTES = APIRouter(include_in_schema=False)
#: So many places are told one by one in a reminder.
_TOLD = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding: what is wrong, what to do, where."""

    text: str
    hint: str
    place: Place
    error: bool


@dataclass(slots=True)
class Group:
    """The findings about one person, or about the whole dossier (no member)."""

    member: str
    name: str
    shown: list[Shown] = field(default_factory=list)
    reminder: str = ""

    @property
    def errors(self) -> list[Shown]:
        """Those that must be mended."""
        return [one for one in self.shown if one.error]


def groups_of(seen: Look, language: str) -> list[Group]:
    """The findings by person in the order of the list, those about the whole dossier last; notes are left out."""
    places = Places(seen)
    found: dict[str, Group] = {person.member: Group(person.member, person.name) for person in seen.worked.status.people}
    found[""] = Group("", page_message(language, "packet.whole"))
    for finding in sorted(seen.worked.findings, key=lambda one: one.severity != "error"):
        if finding.severity != "info":
            group = found.setdefault(places.member(finding), Group("", ""))
            group.shown.append(_shown(finding, places, language))
    out = [group for group in found.values() if group.shown]
    for group in out:
        if group.name and group.member and group.errors:
            group.reminder = reminder(seen, group, language)
    return out


def _shown(finding: Finding, places: Places, language: str) -> Shown:
    place = places.of(finding)
    hint = hint_of(finding, language)
    if not hint and finding.hint(language) and finding.code.startswith(_ABOUT_GRADES):
        hint = page_message(language, "checks.see_board")
    return Shown(finding.text(language), hint, place, finding.severity == "error")


#: Findings whose reasons stand on the board.
_ABOUT_GRADES = ("validation.grade.", "board.")


def reminder(seen: Look, group: Group, language: str) -> str:
    """Words to send to whoever must mend something: what, and until when."""
    errors = group.errors
    told = [f"({number}) {one.text.rstrip('.')}" for number, one in enumerate(errors[:_TOLD], start=1)]
    if len(errors) > _TOLD:
        told.append(page_message(language, "checks.and_more", count=len(errors) - _TOLD))
    nearest = seen.worked.calendar.nearest()
    until = page_message(language, "checks.until", day=short_date(nearest.last)) if nearest is not None else ""
    words = page_message(
        language, "checks.reminder", name=group.name, year=seen.worked.status.year or "",
        count=len(errors), places="; ".join(told),
    )  # fmt: skip
    return " ".join(part for part in (words, until) if part)


@ROUTES.get("/ho-so/{number}/kiem-tra")
def checks_page(request: Request, signed: Signed, number: str) -> Response:
    """All findings of the dossier as it is now."""
    seen, language = look(request, signed, number), language_of(request)
    groups = groups_of(seen, language)
    first = next((group for group in groups if group.errors), None)
    doubts = sum(not one.error for group in groups for one in group.shown)
    return page(
        request, "checks.html", seen=seen, steps=steps_of(seen, "kiem-tra", language), groups=groups, first=first,
        errors=sum(len(group.errors) for group in groups), doubts=doubts,
        on="xep-loai" if "xep-loai" in READY else "bo-ho-so",
    )  # fmt: skip
