"""Refusals as a browser shows them: a sentence and a way on, in the place of a problem document.

Nobody signed in: the way to sign in, and back to the same address. Whatever was typed is still in the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from docgen.i18n import has_message, message
from docgen.model import Finding
from docgen.web.page_asking import by_htmx, own_path
from docgen.web.page_render import HEADERS, fragment, page
from docgen.web.problems import language_of

SIGN_IN = "/dang-nhap"
#: What the interface calls otherwise than a page does.
_WORDS = {
    "web.problem.not_found": "page.problem.not_found", "web.problem.role": "page.problem.role",
    "web.problem.internal": "page.problem.internal", "web.problem.method": "page.problem.not_found",
    "web.problem.closed": "page.problem.board_closed",
}  # fmt: skip


def is_page(request: Request) -> bool:
    """True for an address that people look at."""
    return not request.url.path.startswith("/api/") and request.url.path not in ("/api", "/health", "/metrics")


def sign_in_address(path: str) -> str:
    """The page to sign in on that leads back to `path`."""
    return SIGN_IN if path == "/" else f"{SIGN_IN}?ve={quote(path, safe='')}"


def _from(request: Request) -> str:
    """The page that the reader sees: of a form or a part, the one it stands on."""
    told = request.headers.get("hx-current-url") or request.headers.get("referer", "")
    parts = urlsplit(told)
    if request.method == "GET" and not by_htmx(request):
        parts = urlsplit(str(request.url))
    return own_path(parts.path + (f"?{parts.query}" if parts.query else "") or "/")


def answer(
    request: Request, status: int, code: str, facts: Mapping[str, Any], *,
    findings: Sequence[Finding | Mapping[str, Any]] = (), headers: Mapping[str, str] | None = None, detail: str = "",
) -> Response:  # fmt: skip
    """The refusal as a page, or as the part of one that was asked for."""
    language = language_of(request)
    if status == 401 and request.method in ("GET", "HEAD") and not by_htmx(request):
        return RedirectResponse(sign_in_address(_from(request)), 303)
    code = _WORDS.get(code, code)
    text = detail or message(code, language, **facts)
    hint = message(f"{code}.hint", language) if has_message(f"{code}.hint", language) else ""
    way = sign_in_address(_from(request)) if status == 401 else ""
    told = [f.text(language) if isinstance(f, Finding) else str(f.get("message", "")) for f in findings]
    more = {**HEADERS, **(headers or {})}
    if by_htmx(request):
        target = request.headers.get("hx-target", "")  # it is put in the place of what has this id
        part = fragment(request, "refusal_part.html", text=text, hint=hint, way=way, target=target)
        return HTMLResponse(part, status, more)
    made = page(request, "refusal.html", status=status, text=text, hint=hint, way=way, found=told)
    made.headers.update(more)
    return made
