"""What every page asks of a request first: who is signed in, and of a form whether it is one of this server's own.

A page that changes something takes `Posted`: the session's token must be in the form (or in `X-CSRF`), and the browser
must say that the request comes from this server (`Sec-Fetch-Site`, `Origin`, or `Referer` for want of both).
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from starlette.datastructures import FormData, UploadFile

from docgen.web import sessions
from docgen.web.access import above
from docgen.web.asking import database_of, form_of
from docgen.web.database_tables import UNIT
from docgen.web.people import Person
from docgen.web.problems import Problem
from docgen.web.rights import Principal, allowed, below

TOKEN, TOKEN_HEADER = "csrf", "x-csrf"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in: the account, the token of his forms, the name of his unit and of the one above it."""

    person: Person
    token: str
    unit_name: str
    above_name: str
    superior: tuple[str, ...]

    @property
    def principal(self) -> Principal:
        """For the table of rights."""
        return self.person.principal

    def may(self, operation: str) -> bool:
        """True where the role may do `operation` in the own unit."""
        return allowed(self.principal, operation, self.person.unit, self.superior)

    def may_below(self, operation: str) -> bool:
        """True where the role may do `operation` in the units below the own one."""
        return below(self.principal, operation)


def visitor(request: Request) -> Visitor:
    """Who is signed in. 401 for nobody, which a browser is answered with the way to sign in."""
    secret = request.cookies.get(sessions.COOKIE, "")
    database = database_of(request)
    if "\0" in unquote(f"{request.url.path}?{request.url.query}"):
        raise Problem(404, "page.problem.not_found")
    with database.read() as db:
        found = sessions.session_of(db, secret) if secret else None
        if found is None:
            raise Problem(401, "page.problem.session")
        superior = above(db, found.person.unit)
        names = dict(db.execute(select(UNIT.c.id, UNIT.c.name).where(UNIT.c.id.in_((found.person.unit, *superior))))
                     .all())  # fmt: skip
    if found.seen < time.time() - sessions.NOTED:
        with database.write() as db:
            sessions.note_use(db, secret)
    made = Visitor(
        found.person, found.token, names.get(found.person.unit, ""), names.get(superior[0], "") if superior else "",
        superior,
    )  # fmt: skip
    request.state.visitor = made
    return made


Signed = Annotated[Visitor, Depends(visitor)]


def own_origin(request: Request) -> bool:
    """True where the browser says that the request comes from a page of this server."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    told = origin if origin is not None else request.headers.get("referer")
    if told is None:
        return site is not None
    return urlsplit(told).netloc == request.headers.get("host", "") != ""


def own_form(request: Request, given: str, token: str) -> None:
    """403 for a form that is not this server's own, filled in by the one who is signed in."""
    if not own_origin(request) or not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Problem(403, "page.problem.foreign_form")


Form = Annotated[FormData, Depends(form_of)]


def text_of(form: FormData, name: str) -> str:
    """The text of a field: characters that no file can hold are left out, line ends are of one kind."""
    value = form.get(name, "")
    text = value if isinstance(value, str) else ""
    return text.replace("\0", "").replace("\r\n", "\n").encode("utf-8", "ignore").decode()


@dataclass(frozen=True, slots=True)
class Post:
    """A form that was sent by whom it says: the visitor and the fields."""

    visitor: Visitor
    form: FormData

    @property
    def principal(self) -> Principal:
        """For the table of rights."""
        return self.visitor.principal

    def text(self, name: str) -> str:
        """A field's text; empty where there is none."""
        return text_of(self.form, name)

    def files(self, name: str) -> list[UploadFile]:
        """The files that were chosen in a field."""
        return [one for one in self.form.getlist(name) if isinstance(one, UploadFile) and one.filename]


def posted(request: Request, signed: Signed, form: Form) -> Post:
    """The form, after all that is asked of one."""
    own_form(request, text_of(form, TOKEN) or request.headers.get(TOKEN_HEADER, ""), signed.token)
    return Post(signed, form)


Posted = Annotated[Post, Depends(posted)]


def by_htmx(request: Request) -> bool:
    """True where a part of a page is asked for, not a whole one."""
    return request.headers.get("hx-request") == "true"


def go_to(path: str) -> RedirectResponse:
    """After a form: the page to look at."""
    return RedirectResponse(quote(path, safe="/?&=#%-._~"), 303)


def own_path(given: str) -> str:
    """`given` where it is an address of this server's pages, else the first page: nobody is sent elsewhere."""
    plain = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if plain and "\\" not in given else "/"
