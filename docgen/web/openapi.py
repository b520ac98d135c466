"""Pieces of the OpenAPI description that the framework cannot see: bodies that docgen reads itself, and refusals."""

from __future__ import annotations

from typing import Any

#: Version of the interface. A change that a client could stumble over makes a new address (`/api/v2`).
VERSION = "1.0.0"
_WORDS = {
    400: "Malformed request", 401: "No good key", 403: "The role may not", 404: "Not found", 409: "Conflict",
    412: "The dossier has moved on", 413: "Too large", 422: "What was sent is wrong", 428: "If-Match is missing",
    500: "docgen's fault", 503: "Not now",
}  # fmt: skip
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": _PROBLEM} for status, words in _WORDS.items()
}


def json_body(schema: dict[str, Any] | None = None, *, required: bool = True) -> dict[str, Any]:
    """The description of a body that is JSON."""
    content = {"application/json": {"schema": schema or {"type": "object"}}}
    return {"requestBody": {"required": required, "content": content}}


def file_body(*media: str) -> dict[str, Any]:
    """The description of a body that is a file of one of these types."""
    content: dict[str, Any] = {}
    for name in media:
        shape: dict[str, Any] = {"type": "object"} if name == "application/json" else {}
        content[name] = {"schema": shape}
    return {"requestBody": {"required": True, "content": content}}


def header(name: str, words: str, *, required: bool = False, **shape: Any) -> dict[str, Any]:
    """The description of a header that docgen reads itself."""
    schema = {"type": "string", **shape}
    return {
        "parameters": [{"name": name, "in": "header", "required": required, "description": words, "schema": schema}]
    }


IF_MATCH = header("If-Match", "The ETag of the version that the change was made from, or *", required=True)
IF_NONE_MATCH = header("If-None-Match", "The ETag that is known: 304 where the dossier is still at it")
IDEMPOTENCY_KEY = header(
    "Idempotency-Key", "The same request sent again under it is done once", maxLength=128, pattern="^[ -~]*$"
)
#: Versions are told by this header of the answer.
_ETAG = {"ETag": {"description": "The dossier's version", "required": True, "schema": {"type": "string"}}}
_WHERE = {"Location": {"description": "Where to ask for it", "required": True, "schema": {"type": "string"}}}
VERSION_TOLD: dict[int | str, dict[str, Any]] = {200: {"headers": _ETAG}}
DOSSIER_MADE: dict[int | str, dict[str, Any]] = {201: {"headers": _ETAG | _WHERE}}
JOB_MADE: dict[int | str, dict[str, Any]] = {202: {"headers": _WHERE}}
DOSSIER_READ: dict[int | str, dict[str, Any]] = {
    200: {"headers": _ETAG, "content": {"application/json": {"schema": {"type": "object"}}}},
    304: {"description": "The dossier is at this version still", "headers": _ETAG},
}
