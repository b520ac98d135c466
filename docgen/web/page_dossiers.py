"""The dossiers of a unit, and a new one: empty, with last year's people, or from a file that is looked at first."""

from __future__ import annotations

import codecs
import datetime
import secrets
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection, select

import docgen
from docgen.desk.book_asked import asked_of
from docgen.dossier.excel import workbook_bytes
from docgen.model import Finding
from docgen.paths import JsonDict, copied, get_mapping, get_text
from docgen.regulations.in_force import holds, regulation_in_force
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.values.date import read_date
from docgen.web import dossier_store
from docgen.web.access import above, digest
from docgen.web.asking import database_of, dossier_for, may, object_of, settings_of
from docgen.web.bounds import glanced
from docgen.web.database_tables import UNIT
from docgen.web.dossier_store import Kept
from docgen.web.history_words import moment_words
from docgen.web.http_regulations import EXCEL, regulations_of
from docgen.web.idempotency import once_by
from docgen.web.new_dossier import empty_dossier, next_year
from docgen.web.page_asking import Post, Posted, Signed, Visitor, go_to
from docgen.web.page_render import page, page_message
from docgen.web.problems import Problem, language_of
from docgen.web.rights import allowed

ROUTES = APIRouter(include_in_schema=False)
#: The years that a dossier can be of.
_FIRST_YEAR, _LAST_YEAR = 1930, 2200
#: So many findings of a file are shown before the rest is only counted.
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """One dossier in the list."""

    kept: Kept
    year: object
    name: str
    unit_name: str
    document: str
    own: bool
    changed_words: str


@ROUTES.get("/")
def first_page(signed: Signed) -> RedirectResponse:
    """Where the work is: dossiers, or accounts for whoever sees no dossier."""
    return go_to("/ho-so" if signed.may("dossier.read") else "/quan-tri")


def listed(db: Connection, visitor: Visitor, request: Request) -> list[Listed]:
    """The dossiers that the visitor may read, the newest change first."""
    known: dict[str, bool] = {}
    names = dict(db.execute(select(UNIT.c.id, UNIT.c.name)).all())
    numbers = regulations_of(request)
    found = []
    for kept in dossier_store.listed(db):
        if kept.unit not in known:
            known[kept.unit] = allowed(visitor.principal, "dossier.read", kept.unit, above(db, kept.unit))
        if known[kept.unit]:
            head = dossier_store.head(db, kept.id)
            document = numbers[kept.regulation].number if kept.regulation in numbers else kept.regulation
            found.append(
                Listed(kept, get_mapping(head, "period").get("year"), get_text(head, "organization", "name"),
                       names.get(kept.unit, kept.unit), document, kept.unit == visitor.person.unit,
                       moment_words(kept.changed))
            )  # fmt: skip
    return found


def choices(request: Request, year: int) -> tuple[list[RegulationData], list[RegulationData]]:
    """The regulations for dossiers of `year`, the one in force first; and the others, the newest first."""
    folders = settings_of(request).folders
    current = regulation_in_force(datetime.date(year, 12, 31), folders)
    every = [load_regulation(name, folders) for name in regulations_of(request)]
    fits = [r for r in every if holds(r, year)]
    fits.sort(key=lambda r: (current is None or r.id != current.id, r.id))
    others = sorted((r for r in every if r not in fits), key=lambda r: (-(r.life.first or 0), r.id))
    return fits, others


def _usual_year() -> int:
    """The year whose dossiers are made today: until February last year's."""
    today = datetime.date.today()
    return today.year if today.month > 2 else today.year - 1


def _list(request: Request, visitor: Visitor, status: int = 200, **facts: Any) -> Response:
    with database_of(request).read() as db:
        found = listed(db, visitor, request)
    if not visitor.may("dossier.read"):
        raise Problem(403, "page.problem.role")
    year = _usual_year()
    fits, others = choices(request, year)
    given = {"vb": fits[0].id if fits else "", "ds": "", "cu": "", "nam": str(year), "hop": ""} | facts.pop("given", {})
    own = [one for one in found if one.own]
    shared: dict[str, Any] = {
        "dossiers": found, "own": own, "fits": fits, "others": others, "year": year, "given": given,
        "faults": facts.pop("faults", {}), "may_write": visitor.may("dossier.write"), "preview": None,
        "once": secrets.token_urlsafe(24),
    }  # fmt: skip
    return page(request, "dossiers.html", status=status, **{**shared, **facts})


@ROUTES.get("/ho-so")
def dossiers_page(request: Request, signed: Signed) -> Response:
    """The list, and the form for a new one."""
    return _list(request, signed)


@ROUTES.get("/ho-so/so-trong/{regulation}")
def empty_book(request: Request, signed: Signed, regulation: str) -> Response:
    """An empty workbook to fill in."""
    found = load_regulation(regulation, settings_of(request).folders)
    name = f"so-{regulation}.xlsx"
    return Response(workbook_bytes(found, None, asked_of(found)), media_type=EXCEL,
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


@ROUTES.post("/ho-so")
def new_dossier(request: Request, post: Posted) -> Response:
    """Make a dossier; of a file only a preview, and nothing is kept before it is accepted."""
    _may_make(request, post)
    given = {name: post.text(name).strip() for name in ("vb", "ds", "cu", "nam", "hop")}
    language = language_of(request)
    faults = {}
    if given["ds"] == "tep":
        return _preview(request, post, given)
    held = read_date(given["hop"]) or "" if given["hop"] else ""
    if given["hop"] and not held:
        faults["hop"] = page_message(language, "new.bad_date", given=given["hop"][:30])
    if not given["nam"].isdecimal() or not _FIRST_YEAR <= int(given["nam"]) <= _LAST_YEAR:
        faults["nam"] = page_message(language, "new.bad_year")
    if given["vb"] not in regulations_of(request):
        faults["vb"] = page_message(language, "new.no_regulation")
    if given["ds"] not in ("cu", "go"):
        faults["ds"] = page_message(language, "new.no_source")
    if faults:
        return _list(request, post.visitor, status=422, given=given, faults=faults)
    regulation, year = load_regulation(given["vb"], settings_of(request).folders), int(given["nam"])
    if given["ds"] == "cu":
        data = next_year(regulation, year, _before(request, post, given["cu"]), held)
    else:
        data = empty_dossier(regulation, year, post.visitor.unit_name, held)
    return _keep(request, post, data)


def _before(request: Request, post: Post, number: str) -> JsonDict:
    with database_of(request).read() as db:
        dossier_for(db, post.principal, "dossier.read", number)
        data = dossier_store.content(db, number)
    loaded, found = docgen.load_dossier(data, regulations=regulations_of(request))
    if loaded is None:
        raise Problem(422, "web.problem.no_dossier", findings=found)
    return copied(loaded.data)


def _may_make(request: Request, post: Post) -> None:
    with database_of(request).read() as db:
        may(db, post.principal, "dossier.write", post.visitor.person.unit)


def _keep(request: Request, post: Post, data: JsonDict) -> Response:
    """Keep `data` as a dossier of the visitor's unit, once however often the form is sent."""
    key = post.text("mot-lan")[:64]

    def make(db: Connection) -> Response:
        kept = dossier_store.create(db, data, post.visitor.person.unit, post.visitor.person.name)
        return go_to(f"/ho-so/{kept.id}")

    return once_by(request, post.visitor.person.id, key, digest(f"page {key}"), make)


def _preview(request: Request, post: Post, given: dict[str, str]) -> Response:
    """What is in the file that was chosen; nothing is kept."""
    language = language_of(request)
    files = post.files("tep")
    if not files:
        return _list(request, post.visitor, status=422, given=given,
                     faults={"tep": page_message(language, "new.no_file")})  # fmt: skip
    content = files[0].file.read()
    name = str(files[0].filename or "")[-80:]
    glanced(content)
    loaded, found = docgen.load_dossier(content, regulations=regulations_of(request), name=name)
    if loaded is None or any(one.code == "dossier.json.duplicate_key" for one in found):
        told = [_told(finding, language) for finding in found[:_SHOWN]]
        fault = page_message(language, "new.bad_file", file=name)
        return _list(request, post.visitor, status=422, given=given, faults={"tep": fault}, file_findings=told)
    data = copied(loaded.data) if content[:2] == b"PK" else object_of(content.removeprefix(codecs.BOM_UTF8))
    checked = docgen.check(loaded, regulations=regulations_of(request))
    read = list(found)
    rest = [finding for finding in checked.findings if finding not in read and finding.severity == "error"]
    preview = {
        "file": name, "count": len(loaded.members), "data": dossier_store.text_of(data),
        "read": [_told(finding, language) for finding in read[:_SHOWN]], "read_more": max(0, len(read) - _SHOWN),
        "rest": [_told(finding, language) for finding in rest[:_SHOWN]], "rest_count": len(rest),
        "document": load_regulation(loaded.regulation, loaded.folders).number,
        "year": get_mapping(loaded.data, "period").get("year"),
    }  # fmt: skip
    return _list(request, post.visitor, given=given, preview=preview)


def _told(finding: Finding, language: str) -> dict[str, str]:
    place = finding.place
    where = place.inner(language) if place.source and "!" in place.source else ""
    return {"where": where, "text": finding.text(language), "hint": finding.hint(language), "who": finding.name}


@ROUTES.post("/ho-so/nhan")
def accept(request: Request, post: Posted) -> Response:
    """Keep the dossier that the preview showed."""
    _may_make(request, post)
    data = object_of(post.text("du-lieu").encode())
    loaded, found = docgen.load_dossier(data, regulations=regulations_of(request))
    if loaded is None:
        raise Problem(422, "web.problem.no_dossier", findings=found)
    return _keep(request, post, data)
