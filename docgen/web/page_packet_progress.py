"""How far a run of the packet is: told by the server as it goes (server-sent events), or asked for again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from docgen.web import job_queue
from docgen.web.asking import database_of
from docgen.web.dossier_view import Look, look
from docgen.web.page_asking import Signed
from docgen.web.page_render import fragment

ROUTES = APIRouter(include_in_schema=False)
#: Seconds between two looks at the run, and how long one answer goes on: the browser then asks again, and whether the
#: visitor may still see it is looked at anew.
LOOK, FOLLOWED = 0.5, 60.0


def box_of(request: Request, seen: Look, *, live: bool) -> str | None:
    """The run as HTML, None where none is under way; with `live` the server tells of it, and the box asks nothing."""
    with database_of(request).read() as db:
        job = job_queue.latest(db, seen.id, "packet")
    if job is None or job.ended_now:
        return None
    return fragment(request, "packet_progress.html", seen=seen, job=job, live=live)


@ROUTES.get("/ho-so/{number}/bo-ho-so/tinh-hinh")
def progress(request: Request, signed: Signed, number: str) -> Response:
    """The box of the run alone; once it has ended the whole page is asked for."""
    box = box_of(request, look(request, signed, number), live=False)
    if box is None:
        return Response("", headers={"HX-Refresh": "true"})
    return Response(box, media_type="text/html")


@ROUTES.get("/ho-so/{number}/bo-ho-so/theo-doi")
def follow(request: Request, signed: Signed, number: str) -> StreamingResponse:
    """The box each time that it is another (`tinh-hinh`); once the run has ended `xong`, and nothing after it."""
    seen = look(request, signed, number)

    async def told() -> AsyncIterator[str]:
        last, begun = "", time.monotonic()
        while time.monotonic() - begun < FOLLOWED and not getattr(request.app.state, "ending", False):
            box = await run_in_threadpool(box_of, request, seen, live=True)
            if box is None:
                yield event("xong", "1")
                return
            if box != last:
                yield event("tinh-hinh", box)
                last = box
            await asyncio.sleep(LOOK)

    # A server in between hands each event on as it comes.
    return StreamingResponse(told(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def event(name: str, text: str) -> str:
    """One event as it is sent (HTML Living Standard, 9.2.5)."""
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
