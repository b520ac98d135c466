"""From a template and its facts to a page: in the reader's language, every value escaped, nothing loaded from outside.

Templates stand in `page_templates`. They say no word of their own: `t("home.title", n=3)` gives the text of
`page.home.title`; `said("desk.state.given")` the text of any other key.
"""

from __future__ import annotations

import datetime
import re
from functools import cache, partial
from pathlib import Path

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from docgen.i18n import message, number, short_date
from docgen.model import Finding
from docgen.web.page_static import address_of
from docgen.web.problems import language_of

_COMMAND = re.compile(r"\bdocgen [a-z]+|(?<!\w)--[a-z]+")
_FOLDER = Path(__file__).parent / "page_templates"
#: Nothing but this server's own files; no script or style within a page. Pico's arrows are pictures in its style.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: With `no-referrer` a browser names no origin on a form's way, which the check of origins needs.
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals["static"] = address_of
    made.filters["day"] = short_date
    made.filters["share"] = number
    return made


def today_words(language: str) -> str:
    """Today with its weekday: `thứ Hai, 30/11/2026`."""
    return str(format_date(datetime.date.today(), "EEEE, d/M/y", locale=language)).replace("Thứ", "thứ", 1)


def page_message(language: str, key: str, /, **facts: object) -> str:
    """The text of `page.<key>`."""
    return message(f"page.{key}", language, **facts)


def hint_of(finding: Finding, language: str) -> str:
    """What to do about a finding; nothing where it names a command or an option, which says nothing on a page."""
    hint = finding.hint(language)
    return "" if _COMMAND.search(hint) else hint


def fragment(request: Request, template: str, /, **facts: object) -> str:
    """A template as HTML. Besides `facts` it knows who is signed in (`visitor`, None for nobody) and the languages."""
    language = language_of(request)

    def said(key: str, /, **more: object) -> str:
        return message(key, language, **more)

    shared = {
        "t": partial(page_message, language), "said": said, "language": language, "today_words": today_words(language),
        "visitor": getattr(request.state, "visitor", None), "path": request.url.path, "status": 200,
    }  # fmt: skip
    return _environment().get_template(template).render({**shared, **facts})


def page(request: Request, template: str, /, status: int = 200, **facts: object) -> HTMLResponse:
    """A template as an answer."""
    return HTMLResponse(fragment(request, template, status=status, **facts), status, HEADERS)
