"""Accounts and units, for whoever manages them: no content of any dossier is seen here. One's own password, for all."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection, select

from docgen.errors import UsageError
from docgen.web import access, people
from docgen.web.access import above
from docgen.web.asking import database_of
from docgen.web.database_tables import UNIT
from docgen.web.page_asking import Post, Posted, Signed, Visitor, go_to
from docgen.web.page_render import page
from docgen.web.people import Person
from docgen.web.problems import Problem, language_of
from docgen.web.rights import ROLES, allowed

ROUTES = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit that the visitor manages."""

    id: str
    name: str
    parent: str
    depth: int


def _may(db: Connection, visitor: Visitor, unit: str) -> bool:
    return allowed(visitor.principal, "manage", unit, above(db, unit))


def units_of(db: Connection, visitor: Visitor) -> list[Unit]:
    """The units that the visitor manages, each below its superior."""
    rows = {row.id: row for row in db.execute(select(UNIT).order_by(UNIT.c.name))}
    mine = {number for number in rows if _may(db, visitor, number)}
    out: list[Unit] = []

    def walk(parent: str, depth: int) -> None:
        for number, row in rows.items():
            if number in mine and (row.parent == parent if depth else row.parent not in mine):
                out.append(Unit(number, row.name, row.parent, depth))
                walk(number, depth + 1)

    walk("", 0)
    return out


def roles_for(visitor: Visitor) -> tuple[str, ...]:
    """The roles that the visitor may give: one who sees no contents gives nobody everything."""
    return ROLES if visitor.person.role else ("", *ROLES)


def _show(
    request: Request, visitor: Visitor, status: int = 200, *, fault: str = "", at: str = "", link: str = "",
    person: Person | None = None, given: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    if not visitor.may("manage"):
        raise Problem(403, "page.problem.role")
    with database_of(request).read() as db:
        units = units_of(db, visitor)
        known = {unit.id for unit in units}
        accounts = [one for one in people.everybody(db) if one.unit in known]
    return page(
        request, "accounts.html", status=status, units=units, accounts=accounts, roles=roles_for(visitor), fault=fault,
        at=at, link=link, linked=person, given=given or {}, names={unit.id: unit.name for unit in units},
    )  # fmt: skip


def _link_address(request: Request, secret: str) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}/lan-dau/{secret}"


@ROUTES.get("/quan-tri")
def accounts_page(request: Request, signed: Signed) -> Response:
    """The units and accounts that the visitor manages."""
    return _show(request, signed)


@ROUTES.post("/quan-tri/don-vi")
def enter_unit(request: Request, post: Posted) -> Response:
    """A unit below one that the visitor manages, or another name for one."""
    number, name, parent = (post.text(key).strip() for key in ("ma", "ten-dv", "tren"))
    if not post.visitor.may("manage"):
        raise Problem(403, "page.problem.role")
    try:
        if not name:
            raise UsageError("page.usage.unit_name")
        with database_of(request).write() as db:
            there = access.unit_exists(db, number)
            if not _may(db, post.visitor, parent) or (number and there and not _may(db, post.visitor, number)):
                raise Problem(404, "page.problem.not_found")
            if there and number == post.visitor.person.unit:
                raise UsageError("page.usage.own_unit")
            access.enter_unit(db, number, name[:200], parent)
    except UsageError as fault:
        given = {"ma": number, "ten-dv": name, "tren": parent}
        told = fault.text(language_of(request))
        return _show(request, post.visitor, 422, fault=told, at="ma", given=given)
    return go_to("/quan-tri")


@ROUTES.post("/quan-tri/tai-khoan")
def add_account(request: Request, post: Posted) -> Response:
    """A new account; the link by which its owner chooses a password is shown once."""
    given = {key: post.text(key).strip() for key in ("ten", "ho-ten", "vai", "don-vi")}
    try:
        with database_of(request).write() as db:
            _may_here(db, post, given["don-vi"])
            if given["vai"] not in roles_for(post.visitor):
                raise UsageError("page.usage.role")
            made = people.add(db, given["ten"], given["ho-ten"], given["vai"], given["don-vi"])
            secret = people.new_link(db, made.id)
    except UsageError as fault:
        told = fault.text(language_of(request))
        return _show(request, post.visitor, 422, fault=told, at="ten", given=given)
    return _show(request, post.visitor, link=_link_address(request, secret), person=made)


@ROUTES.post("/quan-tri/tai-khoan/{number}/{act}")
def change_account(request: Request, post: Posted, number: str, act: str) -> Response:
    """Hand out a new link for a password, close an account, or open it again."""
    if act not in ("duong-dan", "dong", "mo"):
        raise Problem(404, "page.problem.not_found")
    secret = ""
    with database_of(request).write() as db:
        found = people.find(db, number)
        if found is None:
            raise Problem(404, "page.problem.not_found")
        _may_here(db, post, found.unit)
        if found.role not in roles_for(post.visitor) or found.id == post.visitor.person.id:
            raise Problem(403, "page.problem.role")
        if act == "duong-dan" and found.origin:
            raise Problem(403, "page.usage.outside_password")
        if act == "duong-dan" and not found.closed:
            secret = people.new_link(db, found.id)
        elif act != "duong-dan":
            people.close(db, found.id, act == "dong")
    if secret:
        return _show(request, post.visitor, link=_link_address(request, secret), person=found)
    return go_to("/quan-tri")


def _may_here(db: Connection, post: Post, unit: str) -> None:
    if not post.visitor.may("manage"):
        raise Problem(403, "page.problem.role")
    if not _may(db, post.visitor, unit):
        raise Problem(404, "page.problem.not_found")


# -- one's own


@ROUTES.get("/tai-khoan")
def own_page(request: Request, signed: Signed) -> Response:
    """One's own account."""
    return page(request, "own_account.html", fault="")


@ROUTES.post("/tai-khoan")
def own_password(request: Request, post: Posted) -> Response:
    """Another password, for whoever knows the present one; every other browser is signed out."""
    person, password = post.visitor.person, post.text("mk")
    try:
        with database_of(request).read() as db:
            kept = people.hash_of(db, person.login)[1]
        if not people.fits(post.text("mk0"), kept):
            raise UsageError("page.usage.password_now")
        if password != post.text("mk2"):
            raise UsageError("page.usage.password_twice")
        people.refuse_password(password, person.login)
        password_hash = people.hashed(password)
        with database_of(request).write() as db:
            people.set_password(db, person.id, password_hash)
    except UsageError as fault:
        return page(request, "own_account.html", status=422, fault=fault.text(language_of(request)))
    return go_to("/dang-nhap")
