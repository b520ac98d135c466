"""The files that a page is made of besides its text: styles, the script, the letters. All are docgen's own.

An address that carries the file's hash is kept by the browser for a year; one without is asked for again by its ETag.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docgen.web.problems import Problem

FOLDER = Path(__file__).parent / "static"
_KINDS = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}  # fmt: skip
_FOR_EVER, _ASK_AGAIN = "public, max-age=31536000, immutable", "public, max-age=3600"
ROUTES = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its bytes, its media type and what names this content of it."""

    content: bytes
    media: str
    tag: str


@cache
def static_files() -> dict[str, StaticFile]:
    """The files by their name below the folder; read once, for they come with this version."""
    out = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in _KINDS:
            content = path.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:12]
            out[path.relative_to(FOLDER).as_posix()] = StaticFile(content, _KINDS[path.suffix], tag)
    return out


def address_of(name: str) -> str:
    """The address of a file, with its hash."""
    return f"/static/{name}?v={static_files()[name].tag}"


@ROUTES.get("/static/{name:path}")
def static_file(request: Request, name: str, v: str = "") -> Response:
    """A file; 404 for what is not one of them."""
    found = static_files().get(name)
    if found is None:
        raise Problem(404, "page.problem.not_found")
    headers = {"ETag": f'"{found.tag}"', "Cache-Control": _FOR_EVER if v == found.tag else _ASK_AGAIN}
    if request.headers.get("if-none-match", "").strip() == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media, headers=headers)
