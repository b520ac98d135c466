"""What every operation asks of a request first: whose key, which right, which version, how large a body."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from typing import Annotated, TypeVar
from urllib.parse import unquote

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from docgen.paths import Json, JsonDict
from docgen.signing.from_server import TICKET_PREFIX
from docgen.web import dossier_store, packet_store, sign_tickets
from docgen.web.access import above, principal
from docgen.web.bounds import parsed
from docgen.web.database import Database
from docgen.web.dossier_store import Kept
from docgen.web.outside_ways import Outside
from docgen.web.problems import Problem
from docgen.web.rights import Principal, allowed, knows
from docgen.web.settings import Settings

BEARER = HTTPBearer(auto_error=False, scheme_name="ApiKey", description="docgen serve --new-key")
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"\Z')
#: So many fields a form may have: a table of 200 rows of twenty columns.
_FIELDS = 5000
#: The character NUL as JSON writes it: no paper can show it, no database keeps it as text.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
JSON_MEDIA = "application/json"
Asked = TypeVar("Asked", bound=BaseModel)


def settings_of(request: Request) -> Settings:
    """The server's settings."""
    found: Settings = request.app.state.settings
    return found


def database_of(request: Request) -> Database:
    """The server's database."""
    found: Database = request.app.state.database
    return found


def outside_of(request: Request) -> Outside | None:
    """The ways in from outside; None where the server has none."""
    found: Outside | None = request.app.state.outside
    return found


def who(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> Principal:
    """Whose key the request carries. 401 for none, an unknown or a revoked one."""
    secret, database = given.credentials if given is not None else "", database_of(request)
    if secret.startswith(TICKET_PREFIX):
        found = sign_tickets.principal(database, secret, request.url.path)
        if found is None:
            raise Problem(401, "web.problem.ticket", headers={"WWW-Authenticate": "Bearer"})
    else:
        found = principal(database, secret) if secret else None
    if found is None:
        raise Problem(401, "web.problem.key", headers={"WWW-Authenticate": "Bearer"})
    if "\0" in unquote(f"{request.url.path}?{request.url.query}"):  # no name of anything, no text of a database
        raise Problem(404, "web.problem.not_found")
    return found


async def body(request: Request) -> bytes:
    """The body, read no further than the limit. 413 beyond it."""
    limit = settings_of(request).max_body
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > limit:
        raise Problem(413, "web.problem.too_large", limit=limit // 1_048_576)
    out = bytearray()
    async for piece in request.stream():
        out += piece
        if len(out) > limit:
            raise Problem(413, "web.problem.too_large", limit=limit // 1_048_576)
    return bytes(out)


async def form_of(request: Request, content: Annotated[bytes, Depends(body)]) -> AsyncGenerator[FormData, None]:
    """The fields of a form, none larger than a request may be, until the answer is made. 400 for what is no form."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield content
        yield b""

    limit = settings_of(request).max_body
    several = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    try:
        parser = (
            MultiPartParser(request.headers, stream(), max_files=200, max_fields=_FIELDS, max_part_size=limit)
            if several
            else FormParser(request.headers, stream(), max_fields=_FIELDS, max_part_size=limit)
        )
        found = await parser.parse()
    except (MultiPartException, ValueError, KeyError):
        raise Problem(400, "web.problem.bad_request") from None
    try:
        yield found
    finally:
        await found.close()


Who = Annotated[Principal, Depends(who)]
Body = Annotated[bytes, Depends(body)]


def json_of(content: bytes) -> Json:
    """The JSON in a body. 400 where it is none, says a name twice, or holds what no text or number of JSON is; 422
    where it is too deep or too long (`docgen.web.bounds`)."""
    try:
        value = parsed(content)
        text = dossier_store.text_of(value)
        text.encode("utf-8")
        if _NUL.search(text):
            raise ValueError("NUL")
    except (ValueError, RecursionError) as fault:
        raise Problem(400, "web.problem.json", reason=type(fault).__name__) from None
    return value


def object_of(content: bytes) -> JsonDict:
    """The JSON object in a body; 400 for another value."""
    value = json_of(content)
    if not isinstance(value, dict):
        raise Problem(400, "web.problem.json_object")
    return value


def asked_in(shape: type[Asked], content: bytes) -> Asked:
    """The body as `shape` says, read strictly. 422 naming the places that are otherwise."""
    try:
        return shape.model_validate(object_of(content), strict=True)
    except ValidationError as fault:
        where = ", ".join(dict.fromkeys("/".join(str(step) for step in one["loc"]) for one in fault.errors()))
        raise Problem(422, "web.problem.parameters", where=where[:300]) from None


def seen_version(request: Request) -> int | None:
    """The version in `If-Match`; None for `*`. 428 where the header is missing, 412 where it is no version."""
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise Problem(428, "web.problem.if_match")
    if given == "*":
        return None
    match = _ETAG.match(given)
    return int(match[1]) if match else -1


def etag(kept: Kept) -> dict[str, str]:
    """The headers that tell a dossier's version."""
    return {"ETag": f'"{kept.version}"'}


def may(db: Connection, asker: Principal, operation: str, unit: str) -> None:
    """404 where the asker may not even know of the unit's things, 403 where another role would be needed."""
    superior = above(db, unit)
    if allowed(asker, operation, unit, superior):
        return
    if knows(asker, unit, superior):
        raise Problem(403, "web.problem.role", role=asker.role, operation=operation)
    raise Problem(404, "web.problem.not_found")


def dossier_for(db: Connection, asker: Principal, operation: str, dossier: str, *, lock: bool = False) -> Kept:
    """The dossier, where `asker` may do `operation` with it."""
    kept = dossier_store.find(db, dossier, lock=lock)
    if kept is None:
        raise Problem(404, "web.problem.not_found")
    may(db, asker, operation, kept.unit)
    return kept


def first_allowed(request: Request, asker: Principal, operation: str, dossier: str) -> None:
    """Before anything of the request is looked at: may `asker` do this with the dossier, does it exist for him."""
    with database_of(request).read() as db:
        dossier_for(db, asker, operation, dossier)


def packet_for(db: Connection, asker: Principal, operation: str, packet: str) -> JsonDict:
    """The packet's row, where `asker` may do `operation` with it."""
    row = packet_store.find(db, packet)
    if row is None:
        raise Problem(404, "web.problem.not_found")
    dossier_for(db, asker, operation, str(row["dossier"]))
    return row
