"""Jobs and the packets they made: how far, the files, who is still to sign, the verdict."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from docgen.packet.document_system import hand_over
from docgen.signing.bundle import zip_packet
from docgen.signing.signed_manifest import MANIFEST
from docgen.storage import working_on
from docgen.web import http_models as out
from docgen.web import job_queue, packet_store
from docgen.web.asking import JSON_MEDIA, Who, database_of, dossier_for, packet_for, settings_of
from docgen.web.job_queue import Job
from docgen.web.openapi import REFUSALS
from docgen.web.problems import Problem, language_of
from docgen.web.rights import Principal

ROUTES = APIRouter(responses=REFUSALS)
ZIP = "application/zip"
Number = Annotated[str, Query(max_length=80)]
#: Seconds between two looks at a job whose events are being told, and the longest such telling.
_LOOK, _LONGEST = 0.5, 3600.0
#: An archive up to this size is made in memory.
_IN_MEMORY = 16 * 1024 * 1024
_CHUNK = 256 * 1024


def job_for(request: Request, asker: Principal, number: str) -> Job:
    """The job, where `asker` may see what it makes."""
    with database_of(request).read() as db:
        job = job_queue.find(db, number)
        if job is None:
            raise Problem(404, "web.problem.not_found")
        dossier_for(db, asker, "packet.read", job.dossier)
        return job


@ROUTES.get("/jobs/{job}", response_model=out.JobOut, operation_id="getJob")
def get_job(request: Request, asker: Who, job: str) -> dict[str, Any]:
    """How far a job is, and what came of it."""
    return job_for(request, asker, job).as_json()


@ROUTES.get(
    "/jobs/{job}/events", response_class=StreamingResponse, operation_id="followJob",
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}},
)  # fmt: skip
async def follow_job(request: Request, asker: Who, job: str) -> StreamingResponse:
    """The job as server-sent events: `state` whenever something changed, the last one when it has ended."""
    first = await run_in_threadpool(job_for, request, asker, job)

    async def events() -> AsyncIterator[str]:
        current, told, waited = first, "", 0.0
        while waited < _LONGEST:
            text = json.dumps(current.as_json(), ensure_ascii=False)
            if text != told:
                yield f"event: state\ndata: {text}\n\n"
                told = text
            if current.ended_now or await request.is_disconnected():
                return
            await asyncio.sleep(_LOOK)
            waited += _LOOK
            current = await run_in_threadpool(job_for, request, asker, job)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@ROUTES.get(
    "/packets/{packet}/archive", response_class=StreamingResponse, operation_id="getArchive",
    responses={200: {"content": {ZIP: {}}, "description": "zip"}},
)  # fmt: skip
def get_archive(request: Request, asker: Who, packet: str) -> StreamingResponse:
    """The whole packet as a zip, `manifest.json` first, with the signatures it has by now."""
    with database_of(request).read() as db:
        packet_for(db, asker, "packet.read", packet)
    return archive_of(packet_store.folder_of(settings_of(request), packet), packet)


@ROUTES.get(
    "/packets/{packet}/hand-over", response_class=StreamingResponse, operation_id="getHandOver",
    responses={200: {"content": {ZIP: {}}, "description": "zip"}},
)  # fmt: skip
def get_hand_over(request: Request, asker: Who, packet: str, number: Number = "") -> StreamingResponse:
    """The packet for a document system: its files, `metadata.json`, an edXML file that claims no conformity.

    `number` is what the office gave the packet when it was sent.
    """
    with database_of(request).read() as db:
        packet_for(db, asker, "packet.read", packet)
    folder = packet_store.folder_of(settings_of(request), packet)
    return archive_of(folder, f"{packet}-ban-giao", partial(hand_over, number=number))


def archive_of(
    folder: Path, name: str, write: Callable[[Path, IO[bytes]], None] = zip_packet
) -> StreamingResponse:  # fmt: skip
    """The packet in `folder` as a zip called `name`, as `write` makes it."""
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed by the answer
    try:
        with working_on(folder):
            write(folder, file)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise

    def pieces() -> Any:
        with file:
            while piece := file.read(_CHUNK):
                yield piece

    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Content-Length": str(size)}
    return StreamingResponse(pieces(), media_type=ZIP, headers=headers)


@ROUTES.get("/packets/{packet}/manifest", operation_id="getManifest")
def get_manifest(request: Request, asker: Who, packet: str) -> Response:
    """What the packet holds, who signs what, and what was signed."""
    with database_of(request).read() as db:
        packet_for(db, asker, "packet.read", packet)
    folder = packet_store.folder_of(settings_of(request), packet)
    return Response((folder / MANIFEST).read_bytes(), media_type=JSON_MEDIA)


@ROUTES.get("/packets/{packet}/due", operation_id="getDue")
def get_due(request: Request, asker: Who, packet: str) -> list[dict[str, Any]]:
    """Who is still to sign what, role by role (as `docgen sign --list --json`)."""
    from docgen.signing.packet import due

    with database_of(request).read() as db:
        packet_for(db, asker, "packet.read", packet)
    return [entry.as_json() for entry in due(packet_store.folder_of(settings_of(request), packet))]


@ROUTES.get("/packets/{packet}/verification", operation_id="verifyPacket")
def verify_packet(request: Request, asker: Who, packet: str) -> dict[str, Any]:
    """The verdict on the packet as it lies on the server (as `docgen verify --json`)."""
    import docgen
    from docgen.web.trust import asked_of

    settings = settings_of(request)
    with database_of(request).read() as db:
        packet_for(db, asker, "packet.read", packet)
    folder = packet_store.folder_of(settings, packet)
    verdict = docgen.verify(folder, asked_of(settings)).as_json(language_of(request))
    return {**verdict, "path": packet}
