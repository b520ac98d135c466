"""A request that is sent twice with one `Idempotency-Key` is done once; the answer is given again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Connection, RowMapping, delete, insert, select
from sqlalchemy.exc import IntegrityError

from docgen.web.access import digest
from docgen.web.asking import database_of
from docgen.web.database_tables import ANSWERED
from docgen.web.problems import Problem
from docgen.web.rights import Principal

HEADER = "Idempotency-Key"
#: Answers are kept so long, in seconds.
KEPT = 24 * 3600
_LONGEST = 128
_TOLD = ("location", "etag", "content-type")


def once(request: Request, asker: Principal, content: bytes, make: Callable[[Connection], Response]) -> Response:
    """The answer of `make`, or the one that was given before to the same request of `asker` under the same key.

    What `make` writes and the answer are one transaction: both are kept, or neither. 422 where the key stood on
    another request, 409 where that one is being done at this moment. A refusal is not kept: the request may be sent
    again, mended, under the same key.
    """
    key = request.headers.get(HEADER, "")
    if len(key) > _LONGEST or not key.isprintable() or not key.isascii():
        raise Problem(400, "web.problem.idempotency_key", limit=_LONGEST)
    same = digest(f"{request.method} {request.url.path}?{request.url.query}\n".encode() + content)
    return once_by(request, asker.id, key, same, make)


def once_by(request: Request, owner: str, key: str, same: str, make: Callable[[Connection], Response]) -> Response:
    """`once` for a key that stands elsewhere than in a header; `same` names what was asked under it."""
    try:
        with database_of(request).write() as db:
            if not key:
                return make(db)
            db.execute(delete(ANSWERED).where(ANSWERED.c.at < int(time.time()) - KEPT))
            row = db.execute(
                select(ANSWERED).where(ANSWERED.c.owner == owner, ANSWERED.c.key == key)
            ).mappings().first()  # fmt: skip
            if row is not None:
                return _again(row, same)
            answer = make(db)
            told = {name: value for name, value in answer.headers.items() if name in _TOLD}
            db.execute(
                insert(ANSWERED).values(
                    owner=owner, key=key, request=same, status=answer.status_code, headers=json.dumps(told),
                    body=bytes(answer.body), at=int(time.time()),
                )
            )  # fmt: skip
            return answer
    except IntegrityError:  # two at once: the other one was first
        raise Problem(409, "web.problem.idempotency_busy", headers={"Retry-After": "1"}) from None


def _again(row: RowMapping, same: str) -> Response:
    if row["request"] != same:
        raise Problem(422, "web.problem.idempotency_other")
    headers: dict[str, Any] = json.loads(row["headers"])
    return Response(row["body"], row["status"], {**headers, "Idempotency-Replayed": "true"})
