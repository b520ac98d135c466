"""Signing in and out, the first account, choosing a password by a link, the language of the pages."""

from __future__ import annotations

import hmac
import logging
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection, select
from starlette.datastructures import FormData

from docgen.errors import UsageError
from docgen.i18n import LANGUAGES
from docgen.web import access, people, sessions
from docgen.web.asking import database_of, outside_of
from docgen.web.database_tables import UNIT
from docgen.web.outside import Down, NotBelieved, NotLetIn, let_in
from docgen.web.page_asking import TOKEN, Form, Posted, go_to, own_origin, own_path, text_of
from docgen.web.page_render import page
from docgen.web.problems import LANGUAGE_COOKIE, Problem, language_of

ROUTES = APIRouter(include_in_schema=False)
LOG = logging.getLogger("docgen.web")
#: Who is not signed in has no session whose token a form could carry: one is kept in a cookie of its own.
FORM_COOKIE = "docgen_form"
_YEAR = 365 * 86_400


def secure(request: Request) -> bool:
    """True where cookies are sent back over TLS alone."""
    return request.url.scheme == "https"


def _outside(request: Request, template: str, /, status: int = 200, **facts: object) -> Response:
    """A page for somebody who is not signed in, with the token of its form."""
    token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    made = page(request, template, status=status, token=token, **facts)
    made.set_cookie(FORM_COOKIE, token, httponly=True, samesite="strict", secure=secure(request))
    return made


def outside_form(request: Request, form: Form) -> FormData:
    """A form of somebody who is not signed in, sent from a page of this server."""
    kept = request.cookies.get(FORM_COOKIE, "")
    if not kept or not own_origin(request) or not hmac.compare_digest(kept.encode(), text_of(form, TOKEN).encode()):
        raise Problem(403, "page.problem.foreign_form")
    return form


OutsideForm = Annotated[FormData, Depends(outside_form)]


def _signed_in(request: Request, secret: str, path: str) -> RedirectResponse:
    made = go_to(path)
    made.set_cookie(sessions.COOKIE, secret, httponly=True, samesite="lax", secure=secure(request),
                    max_age=int(sessions.LONGEST))  # fmt: skip
    made.delete_cookie(FORM_COOKIE)
    return made


def sign_in_form(
    request: Request, status: int = 200, *, back: str = "/", login: str = "", fault: str = "", left: int = 0,
    first: bool = False, refused: str = "", signed_out: bool = False,
) -> Response:  # fmt: skip
    """The form to sign in: `fault` is what was wrong with the password, `refused` why nobody came in from outside."""
    outside = outside_of(request)
    provider = outside.provider if outside is not None else None
    return _outside(
        request, "sign_in.html", status=status, back=back, login=login, fault=fault, left=left, first=first,
        refused=refused, path="/dang-nhap", signed_out=signed_out and provider is not None,
        provider=provider and (provider.settings.label or urlsplit(provider.settings.issuer).hostname),
        home=provider.settings.address if provider is not None else "",
        directory=outside is not None and outside.directory is not None,
    )  # fmt: skip


def refused_from_outside(
    request: Request, fault: Down | NotBelieved | NotLetIn, back: str = "/", login: str = ""
) -> Response:  # fmt: skip
    """The page that says why nobody came in from outside, with the form for those who have a password here."""
    down = isinstance(fault, Down)
    reason = fault.reason if isinstance(fault, NotLetIn) else "down" if down else "not_believed"
    LOG.warning("a sign-in from outside was refused", extra={"code": reason, "told": fault.reason})
    return sign_in_form(request, 503 if down else 403, back=back, login=login, refused=reason)


@ROUTES.get("/dang-nhap")
def sign_in_page(request: Request, ve: str = "", ra: str = "") -> Response:
    """The form to sign in; `ve` is the address to go back to, `ra` is 1 for who came from outside and has left."""
    with database_of(request).read() as db:
        first = not people.any_account(db)
    return sign_in_form(request, back=own_path(ve), first=first, signed_out=ra == "1")


@ROUTES.post("/dang-nhap")
def sign_in(request: Request, form: OutsideForm) -> Response:
    """Begin a session. A name or password that is wrong is one sentence, whichever of the two it is.

    Who has no password here is looked for in the office's directory, where there is one.
    """
    login, back = text_of(form, "ten"), own_path(text_of(form, "ve"))
    address = request.client.host if request.client else ""
    database, password = database_of(request), text_of(form, "mk")
    with database.write() as db:
        heard = sessions.take_try(db, login, address)
        person, password_hash = people.hash_of(db, login)
    if not heard:
        return sign_in_form(request, 429, back=back, login=login, fault="wait")
    if not people.fits(password, password_hash):
        try:
            person = None if person is not None else _from_directory(request, login, address, password)
        except (Down, NotLetIn) as fault:
            return refused_from_outside(request, fault, back, login)
    if person is None:
        with database.read() as db:
            left = sessions.tries_left(db, login, address)
        return sign_in_form(request, 403, back=back, login=login, fault="wrong", left=left)
    with database.write() as db:
        sessions.forget_tries(db, login, address)
    return signed_in(request, person, back)


def _from_directory(request: Request, login: str, address: str, password: str) -> people.Person | None:
    """Who the office's directory says has this login and password; None for nobody.

    Raises `Down` where it cannot say, and the try does not count then; `NotLetIn`.
    """
    outside = outside_of(request)
    if outside is None or outside.directory is None:
        return None
    try:
        with outside.asking():
            found = outside.directory.find(login.strip(), password)
    except Down:
        with database_of(request).write() as db:
            sessions.give_back_try(db, login, address)
        raise
    return None if found is None else let_in(database_of(request), found, outside.rules)


def signed_in(request: Request, person: people.Person, path: str) -> RedirectResponse:
    """A new session in the place of the one that the browser had, and on to `path`."""
    with database_of(request).write() as db:
        sessions.end(db, request.cookies.get(sessions.COOKIE, ""))
        secret = sessions.begin(db, person.id)
    return _signed_in(request, secret, path)


@ROUTES.post("/ra")
def sign_out(request: Request, post: Posted) -> Response:
    """End the session."""
    with database_of(request).write() as db:
        sessions.end(db, request.cookies.get(sessions.COOKIE, ""))
    made = go_to("/dang-nhap?ra=1" if post.visitor.person.origin == "oidc" else "/dang-nhap")
    made.delete_cookie(sessions.COOKIE)
    return made


@ROUTES.get("/ngon-ngu/{language}")
def choose_language(request: Request, language: str, ve: str = "/") -> Response:
    """Keep the language in which pages are read."""
    if language not in LANGUAGES:
        raise Problem(404, "page.problem.not_found")
    made = go_to(own_path(ve))
    made.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, samesite="lax", secure=secure(request))
    return made


# -- by a link that is good for once


def _link(request: Request, secret: str) -> people.Person | None:
    """Whose password the link chooses, None for the first account. 404 where it is good for nothing."""
    with database_of(request).read() as db:
        whose = people.link_of(db, secret)
        found = people.find(db, whose) if whose else None
        lost = found is None or found.closed or found.origin
        if whose is None or (whose and lost) or (not whose and people.any_account(db)):
            raise Problem(404, "page.problem.link")
        return found


@ROUTES.get("/lan-dau/{secret}")
def link_page(request: Request, secret: str) -> Response:
    """The form behind a link: the first account, or another password."""
    person = _link(request, secret)
    with database_of(request).read() as db:
        tops = db.execute(select(UNIT.c.name).where(UNIT.c.parent == "")).scalars().all()
    given = {"don-vi": tops[0]} if len(tops) == 1 else {}
    return _outside(request, "link.html", person=person, given=given, fault=None)


@ROUTES.post("/lan-dau/{secret}")
def use_link(request: Request, secret: str, form: OutsideForm) -> Response:
    """Make the account or put the password in place, and sign in. The link is worthless from then on."""
    person = _link(request, secret)
    given = {name: text_of(form, name) for name in ("ten", "ho-ten", "don-vi", "vai")}
    password = text_of(form, "mk")
    try:
        if password != text_of(form, "mk2"):
            raise UsageError("page.usage.password_twice")
        people.refuse_password(password, person.login if person else given["ten"])
        password_hash = people.hashed(password)
        with database_of(request).write() as db:
            if not people.use_link(db, secret):
                raise Problem(404, "page.problem.link")
            if person is None:
                role = "quan_tri" if given["vai"] == "quan_tri" else ""
                unit = _first_unit(db, " ".join(given["don-vi"].split())[:200])
                person = people.add(db, given["ten"], given["ho-ten"], role, unit, password_hash)
            else:
                people.set_password(db, person.id, password_hash)
            session = sessions.begin(db, person.id)
    except UsageError as fault:  # the transaction is undone: the link is good still
        told = fault.text(language_of(request))
        return _outside(request, "link.html", status=422, person=person, given=given, fault=told)
    return _signed_in(request, session, "/")


def _first_unit(db: Connection, name: str) -> str:
    """The id of the unit at the top that is called so, or of a new one: `chi-bo-khoa-dien`."""
    there = db.execute(select(UNIT.c.id).where(UNIT.c.name == name, UNIT.c.parent == "")).scalar()
    if there is not None:
        return str(there)
    found = access.plain_words(name)
    if not found:
        raise UsageError("page.usage.unit_name")
    access.enter_unit(db, found, name, "")
    return found
