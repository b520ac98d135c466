"""The level above: every unit below and how far its dossier is, the grades in figures, who is late, forms to keep."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docgen.desk.units_below import STATES
from docgen.desk.units_book import Listed, units_book
from docgen.desk.units_forms import Above, FromUnit, forms_apart, summary_forms, whole_form
from docgen.i18n import short_date
from docgen.model import GRADES
from docgen.storage import safe_name
from docgen.web.asking import settings_of
from docgen.web.board_view import SHORT
from docgen.web.http_packets import ZIP
from docgen.web.http_regulations import EXCEL, WORD
from docgen.web.page_asking import Signed, Visitor
from docgen.web.page_render import page, page_message
from docgen.web.problems import Problem, language_of
from docgen.web.units_view import Below, Group, deadline_words, loaded_of, look_below

ROUTES = APIRouter(include_in_schema=False)
#: So many dossiers are worked out anew for one page; it asks for the rest by itself, or by its button.
AT_ONCE = 16
#: So many units are named in a sentence.
_NAMED = 4
#: The class of a state's mark.
MARKS = {
    "": "lam", "none": "chua", "unreadable": "loi", "begun": "chua", "working": "lam", "errors": "loi",
    "complete": "lam", "outdated": "lam", "packet": "lam", "signing": "lam", "signed": "xong", "handed_over": "xong",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """The blue box: its head, its sentence, where the button leads, what it says."""

    head: str
    words: str
    href: str = ""
    label: str = ""


def address(found: Below, own: str, part: str = "", unit: str = "", year: int | None = None) -> str:
    """The address of the page, or of a part of it: of these units (or those below `unit`) and this year (or `year`)."""
    root, chosen = unit or found.root, year if year is not None else found.year
    query = {"don-vi": root} if root != own else {}
    if found.years:
        query["nam"] = str(chosen or 0)
    return f"/tong-hop{part}" + (f"?{urlencode(query)}" if query else "")


@ROUTES.get("/tong-hop")
def units_page(request: Request, signed: Signed, nam: str = "") -> Response:
    """All units below; those whose figures are not worked out yet are told to be waiting."""
    found = _look(request, signed, nam, most=AT_ONCE)
    language, own = language_of(request), signed.person.unit
    states = {state: sum(row.state == state for row in found.rows) for state in STATES}
    forms = {group.key: summary_forms(group.regulation) for group in found.groups
             if group.regulation is not None and any(row.dossier for row in group.rows)}  # fmt: skip
    return page(
        request, "units.html", found=found, box=_next(found, signed, language), states=states, forms=forms,
        late=[row for row in found.rows if row.missing], graded=sum(one.grades.base for one in found.wholes),
        dossiers=sum(bool(row.dossier) for row in found.rows), grades=GRADES, words=SHORT, marks=MARKS,
        here=address(found, own), book=address(found, own, "/bang.xlsx"),
        years=[(year, address(found, own, year=year or 0)) for year in found.years],
        deeper={unit.id: address(found, own, unit=unit.id) for unit in found.units if unit.has_below},
        form_at=lambda group, form: address(found, own, f"/bieu/{group.key}/{form.definition.form}"),
        reminder=_reminder(found, signed, language), upper="/tong-hop" if found.root != own else "",
        titles=[_title(group, len(found.groups) > 1, language) for group in found.groups],
    )  # fmt: skip


def _look(request: Request, signed: Visitor, year: str, most: int | None = None) -> Below:
    return look_below(request, signed.principal, request.query_params.get("don-vi", "")[:40], year, most)


def _some(names: list[str], language: str) -> str:
    shown = list(dict.fromkeys(names))
    more = page_message(language, "units.more", count=len(shown) - _NAMED) if len(shown) > _NAMED else ""
    return ", ".join(shown[:_NAMED]) + more


def _next(found: Below, signed: Visitor, language: str) -> Box:
    """The first that is true: something is not worked out, no unit, somebody is late, the quota, somebody has none."""

    def box(key: str, href: str, **facts: object) -> Box:
        said = {part: page_message(language, f"units.next.{key}.{part}", **facts) for part in ("head", "words")}
        return Box(**said, href=href, label=page_message(language, f"units.next.{key}.label") if href else "")

    rows = found.rows
    if found.waiting:
        known = sum(bool(row.dossier) for row in rows) - found.waiting
        return box("waiting", address(found, signed.person.unit), done=known, total=known + found.waiting)
    if not found.units:
        return box("no_units", "/quan-tri" if signed.may("manage") else "")
    if late := [row for row in rows if row.missing]:
        return box("late", "#nhac", count=len(late), names=_some([row.name for row in late], language))
    for place, group in enumerate(found.groups, start=1):
        if group.whole is not None and group.whole.over:
            least = min(group.whole.readings, key=lambda one: one.over)
            return box("over", f"#han-muc-{place}", chosen=least.chosen, most=least.most, over=least.over)
    if none := [row for row in rows if row.state == "none"]:
        return box("none", "#nhac", count=len(none), names=_some([row.name for row in none], language))
    if open_ := [row for row in rows if row.state != "handed_over"]:
        return box("open", "#don-vi-1", count=len(open_), names=_some([row.name for row in open_], language))
    return box("done", "#bieu-1", count=len(rows))


def _reminder(found: Below, signed: Visitor, language: str) -> str:
    """Words to send to the units that are late or have no dossier; empty where there are none."""
    lines = []
    for row in found.rows:
        if row.missing and row.late is not None:
            lines.append(page_message(language, "units.remind.late", name=row.name, what=deadline_words(row, language),
                                      day=short_date(row.late.last), days=row.late_days))  # fmt: skip
        elif row.state == "none":
            lines.append(page_message(language, "units.remind.none", name=row.name))
    if not lines:
        return ""
    head = page_message(language, "units.remind.head", year=found.year or "", today=short_date(datetime.date.today()))
    return "\n".join([head, *lines, page_message(language, "units.remind.end", sender=signed.unit_name)])


@ROUTES.get("/tong-hop/bang.xlsx")
def as_book(request: Request, signed: Signed, nam: str = "") -> Response:
    """The table as a workbook; every dossier is worked out for it."""
    found = _look(request, signed, nam)
    content = units_book([Listed(group.number, found.year, group.whole, group.rows) for group in found.groups])
    headers = {"Content-Disposition": f'attachment; filename="tong-hop-{found.year or "khong-nam"}.xlsx"'}
    return Response(content, media_type=EXCEL, headers=headers)


@ROUTES.get("/tong-hop/bieu/{regulation}/{form}")
def as_form(request: Request, signed: Signed, regulation: str, form: str, nam: str = "") -> Response:
    """A summary form filled from the dossiers of one regulation and year: one file, or a zip with one a unit."""
    found = _look(request, signed, nam, most=0)
    group = next((one for one in found.groups if one.key == regulation and one.key), None)
    if group is None or group.regulation is None:
        raise Problem(404, "page.problem.not_found")
    chosen = next((one for one in summary_forms(group.regulation) if one.definition.form == form), None)
    units = [FromUnit(row.name, loaded.data) for row, loaded in loaded_of(request, group.rows)]
    if chosen is None or not units:
        raise Problem(404, "page.problem.not_found")
    templates = settings_of(request).templates
    name = f"{form}-{safe_name(found.root_name or 'cac-don-vi', 40)}-{found.year or 'khong-nam'}"
    if chosen.apart:
        content, media, ending = forms_apart(chosen.definition, units, templates), ZIP, "zip"
    else:
        above = Above(found.root_name, found.root_superior, found.year)
        content, media, ending = whole_form(chosen.definition, units, above, templates), WORD, "docx"
    return Response(content, media_type=media,
                    headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'})  # fmt: skip


def _title(group: Group, several: bool, language: str) -> str:
    """What a group's section is headed by."""
    if group.unknown:
        return page_message(language, "units.unknown", name=group.unknown)
    if group.whole is None:
        return page_message(language, "units.without" if several else "units.each")
    return (
        page_message(language, "units.of", document=group.number) if several else page_message(language, "units.each")
    )
