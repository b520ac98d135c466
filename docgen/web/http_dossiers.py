"""Dossiers that the server keeps: made, read, changed by version, checked, graded, remembered."""

from __future__ import annotations

from typing import Annotated, Any

import jsonpatch
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from jsonpointer import JsonPointerException
from sqlalchemy import Connection

import docgen
from docgen.model import Finding
from docgen.paths import copied
from docgen.web import dossier_store, job_queue
from docgen.web import http_models as out
from docgen.web.access import above, unit_exists
from docgen.web.asking import (
    JSON_MEDIA,
    Body,
    Who,
    database_of,
    dossier_for,
    etag,
    first_allowed,
    json_of,
    may,
    object_of,
    seen_version,
    settings_of,
)
from docgen.web.bounds import patched
from docgen.web.closing import keeps_result
from docgen.web.dossier_store import Kept
from docgen.web.http_regulations import EXCEL, dossier_given, findings_answer, graded, regulations_of
from docgen.web.idempotency import once
from docgen.web.openapi import (
    DOSSIER_MADE,
    DOSSIER_READ,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    JOB_MADE,
    REFUSALS,
    VERSION_TOLD,
    file_body,
    json_body,
)
from docgen.web.packet_state import packet_states
from docgen.web.packet_store import folder_of, made_of
from docgen.web.problems import Problem
from docgen.web.rights import allowed

ROUTES = APIRouter(responses=REFUSALS)
PATCH_MEDIA = "application/json-patch+json"
MERGE_MEDIA = "application/merge-patch+json"


def _told(kept: Kept) -> dict[str, Any]:
    return {"id": kept.id, "unit": kept.unit, "regulation": kept.regulation, "version": kept.version}


def _data_given(request: Request, content: bytes) -> dict[str, Any]:
    """The dossier in a body, as it is to be kept. 422 where docgen can make nothing of it; errors in it may stay."""
    dossier, findings = dossier_given(request, content)
    # A name that stands twice: which of the two is kept would be chance, so nothing is.
    if dossier is None or any(one.code == "dossier.json.duplicate_key" for one in findings):
        raise Problem(422, "web.problem.no_dossier", findings=findings)
    if content[:2] == b"PK":
        return dict(dossier.data)
    return object_of(content)


def _kept_content(request: Request, asker: Any, number: str) -> tuple[Kept, dict[str, Any]]:
    with database_of(request).read() as db:
        kept = dossier_for(db, asker, "dossier.read", number)
        return kept, dossier_store.content(db, number)


def _loaded(request: Request, data: dict[str, Any]) -> tuple[Any, list[Finding]]:
    return docgen.load_dossier(data, regulations=regulations_of(request))


@ROUTES.post(
    "/dossiers", status_code=201, response_model=out.CreatedOut, operation_id="createDossier",
    responses=DOSSIER_MADE, openapi_extra=file_body(JSON_MEDIA, EXCEL) | IDEMPOTENCY_KEY,
)  # fmt: skip
def create(request: Request, asker: Who, content: Body, unit: str = "") -> Response:
    """Keep a dossier (JSON or an Excel book). It may have errors; what is no dossier at all is refused."""

    place = unit or asker.unit
    with database_of(request).read() as db:
        if not unit_exists(db, place):
            raise Problem(422, "web.usage.unknown_unit", unit=place[:60])
        may(db, asker, "dossier.write", place)
    data = _data_given(request, content)

    def make(db: Connection) -> Response:
        kept = dossier_store.create(db, data, place, asker.name)
        where = {**etag(kept), "Location": f"/api/v1/dossiers/{kept.id}"}
        return JSONResponse(_told(kept), 201, where)

    return once(request, asker, content, make)


@ROUTES.get("/dossiers", response_model=list[out.CreatedOut], operation_id="listDossiers")
def list_dossiers(
    request: Request, asker: Who, limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[dict[str, Any]]:  # fmt: skip
    """The dossiers that the key may read, the newest change first."""
    with database_of(request).read() as db:
        units: dict[str, bool] = {}
        found = []
        for kept in dossier_store.listed(db):
            if kept.unit not in units:
                units[kept.unit] = allowed(asker, "dossier.read", kept.unit, above(db, kept.unit))
            if units[kept.unit]:
                found.append(_told(kept))
    return found[offset : offset + limit]


@ROUTES.get(
    "/dossiers/{dossier}", operation_id="getDossier", responses=DOSSIER_READ, openapi_extra=IF_NONE_MATCH,
    response_class=Response,
)  # fmt: skip
def get(request: Request, asker: Who, dossier: str) -> Response:
    """The dossier as the JSON file that people exchange; its version is the ETag."""
    kept, data = _kept_content(request, asker, dossier)
    if request.headers.get("if-none-match", "").strip() == f'"{kept.version}"':
        return Response(status_code=304, headers=etag(kept))
    return Response(dossier_store.file_bytes(data), media_type=JSON_MEDIA, headers=etag(kept))


@ROUTES.put(
    "/dossiers/{dossier}", response_model=out.CreatedOut, operation_id="replaceDossier",
    responses=VERSION_TOLD, openapi_extra=file_body(JSON_MEDIA, EXCEL) | IF_MATCH,
)  # fmt: skip
def replace(request: Request, asker: Who, dossier: str, content: Body) -> Response:
    """Another content in the place of the whole; `If-Match` says which version it was made from."""
    first_allowed(request, asker, "dossier.write", dossier)
    seen = seen_version(request)
    data = _data_given(request, content)
    with database_of(request).write() as db:
        dossier_for(db, asker, "dossier.write", dossier, lock=True)
        kept = dossier_store.change(db, dossier, asker.name, seen, lambda _: data, keeps_result(request))
    return JSONResponse(_told(kept), headers=etag(kept))


@ROUTES.patch(
    "/dossiers/{dossier}", response_model=out.CreatedOut, operation_id="changeDossier",
    responses=VERSION_TOLD, openapi_extra={**IF_MATCH, "requestBody": {"required": True, "content": {
        PATCH_MEDIA: {"schema": {"type": "array", "items": {"type": "object"}}},
        MERGE_MEDIA: {"schema": {"type": "object"}}, JSON_MEDIA: {"schema": {"type": "object"}},
    }}},
)  # fmt: skip
def change(request: Request, asker: Who, dossier: str, content: Body) -> Response:
    """Some places changed: JSON Patch (RFC 6902) or merge patch (RFC 7396, also for plain JSON)."""
    first_allowed(request, asker, "dossier.write", dossier)
    seen = seen_version(request)
    patch = json_of(content)
    steps = request.headers.get("content-type", "").split(";")[0].strip() == PATCH_MEDIA
    if isinstance(patch, list) is not steps or not isinstance(patch, (list, dict)):
        raise Problem(400, "web.problem.patch", reason="array" if steps else "object")

    def make(data: dict[str, Any]) -> dict[str, Any]:
        most = settings_of(request).max_body
        new = _patched(data, patch, most) if isinstance(patch, list) else merged(data, patch)
        loaded, findings = _loaded(request, new)
        if loaded is None:
            raise Problem(422, "web.problem.no_dossier", findings=findings)
        return new

    with database_of(request).write() as db:
        dossier_for(db, asker, "dossier.write", dossier, lock=True)
        kept = dossier_store.change(db, dossier, asker.name, seen, make, keeps_result(request))
    return JSONResponse(_told(kept), headers=etag(kept))


def _patched(data: dict[str, Any], patch: list[Any], most: int) -> dict[str, Any]:
    """`data` after the steps of a JSON Patch: all of them, or 422 and none."""
    try:
        new = patched(copied(data), patch, most)
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError, KeyError, ValueError, AttributeError) as f:
        raise Problem(422, "web.problem.patch", reason=type(f).__name__) from None
    if not isinstance(new, dict):
        raise Problem(422, "web.problem.json_object")
    dossier_store.text_of(new)
    return new


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396, section 2: null removes a name, an object goes on below, all else takes the place of what was there."""
    if not isinstance(patch, dict):
        return patch
    out_ = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            out_.pop(name, None)
        else:
            out_[name] = merged(out_.get(name), value)
    return out_


@ROUTES.delete(
    "/dossiers/{dossier}", status_code=204, response_class=Response, operation_id="deleteDossier",
    openapi_extra=IF_MATCH,
)  # fmt: skip
def remove(request: Request, asker: Who, dossier: str) -> Response:
    """Take a dossier away; `If-Match` says which version was seen last. Its history stays with the server. 409 where
    somebody has signed a packet of it: that could then be read by nobody."""
    first_allowed(request, asker, "dossier.write", dossier)
    seen = seen_version(request)
    with database_of(request).write() as db:
        kept = dossier_for(db, asker, "dossier.write", dossier, lock=True)
        if seen is not None and seen != kept.version:
            raise dossier_store.Stale(kept.version)
        folders = (folder_of(settings_of(request), str(row["id"])) for row in made_of(db, dossier, 1000))
        if any((packet_states(request).signatures(folder) or (0, 0))[1] for folder in folders):
            raise Problem(409, "web.problem.signed_packet")
        dossier_store.remove(db, dossier, asker.name)
    return Response(status_code=204)


@ROUTES.get("/dossiers/{dossier}/findings", response_model=out.FindingsOut, operation_id="getFindings")
def findings(request: Request, asker: Who, dossier: str) -> Response:
    """Everything wrong or doubtful in the dossier."""
    _, data = _kept_content(request, asker, dossier)
    loaded, found = _loaded(request, data)
    if loaded is not None:
        found = docgen.check(loaded, regulations=regulations_of(request)).findings
    return findings_answer(request, found)


@ROUTES.get("/dossiers/{dossier}/board", response_model=out.GradeOut, operation_id="getBoard")
def board(request: Request, asker: Who, dossier: str) -> Response:
    """The proposals for everybody in the dossier, with reasons and questions."""
    _, data = _kept_content(request, asker, dossier)
    loaded, found = _loaded(request, data)
    return graded(request, loaded, found)


@ROUTES.get("/dossiers/{dossier}/members", response_model=list[out.MemberOut], operation_id="listMembers")
def members(request: Request, asker: Who, dossier: str) -> list[dict[str, Any]]:
    """Who is in the dossier: ids and names."""
    _, data = _kept_content(request, asker, dossier)
    loaded, _ = _loaded(request, data)
    told = []
    for member in loaded.data.get("members", []) if loaded is not None else []:
        person = member.get("member", {})
        told.append({"id": str(member.get("id", "")), "name": str(person.get("full_name", ""))})
    return told


@ROUTES.get("/dossiers/{dossier}/history", response_model=out.HistoryOut, operation_id="getHistory")
def history(
    request: Request, asker: Who, dossier: str, after: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> dict[str, Any]:  # fmt: skip
    """Who changed what, the oldest first; `after` is the last number that is known."""
    with database_of(request).read() as db:
        dossier_for(db, asker, "dossier.read", dossier)
        lines = dossier_store.history(db, dossier, after, limit)
        return {"whole": dossier_store.broken_chain(db, dossier) == 0, "changes": lines}


@ROUTES.post(
    "/dossiers/{dossier}/packets", status_code=202, response_model=out.JobTaken, operation_id="makePacket",
    responses=JOB_MADE,
    openapi_extra=json_body({"$ref": "#/components/schemas/PacketAsked"}, required=False) | IDEMPOTENCY_KEY,
)  # fmt: skip
def make_packet(request: Request, asker: Who, dossier: str, content: Body) -> Response:
    """Begin to make the packet; the job tells how far it is and what came of it."""

    first_allowed(request, asker, "packet.make", dossier)
    asked = _asked(object_of(content) if content.strip() else {})

    def make(db: Connection) -> Response:
        dossier_for(db, asker, "packet.make", dossier, lock=True)  # two at once wait for one job
        job = job_queue.add(db, "packet", dossier, asked)
        return JSONResponse({"job": job.id}, 202, {"Location": f"/api/v1/jobs/{job.id}"})

    return once(request, asker, content, make)


def _asked(given: dict[str, Any]) -> dict[str, bool]:
    known = set(out.PacketAsked.model_fields)
    if wrong := [name for name in given if name not in known or not isinstance(given[name], bool)]:
        raise Problem(422, "web.problem.parameters", where=", ".join(wrong)[:300])
    return {name: bool(given.get(name, False)) for name in sorted(known)}
