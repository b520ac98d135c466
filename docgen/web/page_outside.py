"""Signing in at the office's own provider (OpenID Connect), and coming back.

The way there is a link, not a form: a form's answer may lead nowhere but to this server. What the way back must bring
(state, and by it nonce and PKCE verifier) lies in memory, belongs to one browser, and is good for once.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from docgen.web.access import digest
from docgen.web.asking import database_of, outside_of
from docgen.web.outside import Down, NotBelieved, NotLetIn, let_in
from docgen.web.outside_ways import Outside
from docgen.web.page_asking import go_to, own_path
from docgen.web.page_login import refused_from_outside, secure, signed_in
from docgen.web.problems import Problem

if TYPE_CHECKING:
    from docgen.web.oidc_provider import Provider

ROUTES = APIRouter(include_in_schema=False)
#: In which a browser keeps that it set out itself.
COOKIE = "docgen_outside"
#: Seconds that somebody may take at the provider; so many are on their way at once in all, and from one address.
GOOD_FOR, MOST, MOST_FROM_ONE = 600.0, 5000, 50
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Errand:
    """Somebody on his way: his browser's cookie (as a digest), where he came from and what he must bring back."""

    browser: str
    address: str
    back: str
    nonce: str
    verifier: str
    until: float


class Errands:
    """Those on their way, by a digest of their state. They are forgotten when the server ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, Errand] = {}

    def begin(self, address: str, back: str) -> tuple[str, str, Errand]:
        """State and cookie of a new one. Beyond the limits the oldest is forgotten, of the same address first."""
        state, cookie = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        made = Errand(digest(cookie), address, back, nonce, verifier, time.monotonic() + GOOD_FOR)
        with self._lock:
            now = time.monotonic()
            self._open = {told: one for told, one in self._open.items() if one.until > now}
            same = [told for told, one in self._open.items() if one.address == address]
            over = same[: max(0, len(same) + 1 - MOST_FROM_ONE)]
            over = over or list(self._open)[: max(0, len(self._open) + 1 - MOST)]
            for told in over:
                del self._open[told]
            self._open[digest(state)] = made
        return state, cookie, made

    def end(self, state: str, cookie: str) -> Errand | None:
        """The one with this state, which is good for nothing from now on; None where it is not this browser's."""
        with self._lock:
            found = self._open.pop(digest(state), None)
        if found is None or found.until <= time.monotonic() or not hmac.compare_digest(found.browser, digest(cookie)):
            return None
        return found


def _provided(request: Request) -> tuple[Outside, Provider]:
    """The ways in from outside, and the provider among them; 404 without one."""
    outside = outside_of(request)
    if outside is None or outside.provider is None:
        raise Problem(404, "page.problem.not_found")
    return outside, outside.provider


@ROUTES.get("/dang-nhap/co-quan")
def set_out(request: Request, ve: str = "") -> Response:
    """To the provider; `ve` is the page of this server to come back to in the end."""
    outside, provider = _provided(request)
    errands: Errands = request.app.state.errands
    address, back = request.client.host if request.client else "", own_path(ve[:_LONGEST])
    state, cookie, errand = errands.begin(address, back)
    try:
        with outside.asking():
            there = provider.start(state, errand.nonce, errand.verifier)
    except Down as fault:
        return refused_from_outside(request, fault, back)
    made = RedirectResponse(there, 303)
    made.set_cookie(COOKIE, cookie, max_age=int(GOOD_FOR), path="/dang-nhap", httponly=True, samesite="lax",
                    secure=secure(request))  # fmt: skip
    return made


@ROUTES.get("/dang-nhap/co-quan/ve")
def come_back(request: Request, state: str = "", code: str = "", iss: str | None = None) -> Response:
    """From the provider: a session, where all that was brought back is as it was sent out."""
    outside, provider = _provided(request)
    errands: Errands = request.app.state.errands
    errand = errands.end(state, request.cookies.get(COOKIE, ""))
    if errand is None:
        return refused_from_outside(request, NotBelieved("state"))
    try:
        if not code or len(code) > _LONGEST:
            raise NotBelieved("no_code")  # the provider said why on its own page; its words are not repeated here
        with outside.asking():
            found = provider.finish(code, errand.verifier, errand.nonce, iss)
        person = let_in(database_of(request), found, outside.rules)
    except (Down, NotBelieved, NotLetIn) as fault:
        return refused_from_outside(request, fault, errand.back)
    made = signed_in(request, person, errand.back)
    made.delete_cookie(COOKIE, path="/dang-nhap")
    return made


@ROUTES.get("/dang-nhap/co-quan/ra")
def leave(request: Request) -> Response:
    """To the provider's own way out, or to the form to sign in where it has none."""
    outside, provider = _provided(request)
    try:
        with outside.asking():
            there = provider.end_address()
    except Down:
        there = ""
    return RedirectResponse(there, 303) if there else go_to("/dang-nhap")
