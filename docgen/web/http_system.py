"""Is the server well, and how much it does: asked by what watches over it."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials
from sqlalchemy import func, select

from docgen.version import VERSION
from docgen.web import http_models as out
from docgen.web import webhooks
from docgen.web.asking import BEARER, database_of, may, who
from docgen.web.database_tables import DOSSIER, JOB, PACKET
from docgen.web.job_queue import STATES
from docgen.web.openapi import REFUSALS

ROUTES = APIRouter(responses={503: REFUSALS[503]})


@ROUTES.get("/health", response_model=out.HealthOut, operation_id="getHealth")
def health(request: Request) -> dict[str, Any]:
    """`ok` where the database answers; 503 where it does not."""
    with database_of(request).read() as db:
        waiting = db.execute(select(func.count()).select_from(JOB).where(JOB.c.state.in_(("queued", "running"))))
        return {"status": "ok", "version": VERSION, "jobs": waiting.scalar_one()}


@ROUTES.get(
    "/metrics", operation_id="getMetrics", response_class=PlainTextResponse,
    responses={status: REFUSALS[status] for status in (401, 403, 404)},
)  # fmt: skip
def metrics(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> PlainTextResponse:
    """Counts for Prometheus. Asked from this machine itself no key is needed; else one that manages the server.

    What a reverse proxy passes on comes from this machine too, but says for whom: that needs the key.
    """
    if given is not None or not _from_here(request):
        asker = who(request, given)
        with database_of(request).read() as db:
            may(db, asker, "manage", "")
    with database_of(request).read() as db:
        found = db.execute(select(JOB.c.state, func.count()).group_by(JOB.c.state))
        jobs = {str(state): int(count) for state, count in found}
        dossiers = db.execute(select(func.count()).select_from(DOSSIER).where(DOSSIER.c.deleted.is_(None))).scalar_one()
        packets = db.execute(select(func.count()).select_from(PACKET)).scalar_one()
        told = webhooks.counts(db)
    answered: dict[tuple[str, int], int] = request.app.state.answered
    lines = [
        *_metric("docgen_info", "gauge", "Version of docgen", {f'version="{VERSION}"': 1}),
        *_metric("docgen_dossiers", "gauge", "Dossiers kept", {"": dossiers}),
        *_metric("docgen_packets", "gauge", "Packets kept", {"": packets}),
        *_metric("docgen_jobs", "gauge", "Jobs by state",
                 {f'state="{state}"': jobs.get(state, 0) for state in STATES}),
        *_metric("docgen_webhook_deliveries", "gauge", "Events for webhooks by state",
                 {f'state="{state}"': told.get(state, 0) for state in webhooks.STATES}),
        *_metric("docgen_http_requests_total", "counter", "Requests answered since the start",
                 {f'method="{way}",status="{status}"': count for (way, status), count in sorted(answered.items())}),
    ]  # fmt: skip
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _metric(name: str, kind: str, words: str, values: dict[str, int]) -> list[str]:
    """One metric in the text format of Prometheus."""
    lines = [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values.items()]
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *lines]


def _from_here(request: Request) -> bool:
    """True for a request of this machine that nobody passed on."""
    if request.client is None or any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via")):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
