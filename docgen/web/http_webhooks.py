"""Webhooks by HTTP: who is told of events; for keys that manage the unit."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from docgen.web import http_models as out
from docgen.web import webhooks
from docgen.web.access import above, unit_exists
from docgen.web.asking import Body, Who, asked_in, database_of, settings_of
from docgen.web.openapi import REFUSALS, json_body
from docgen.web.problems import Problem
from docgen.web.rights import Principal, allowed
from docgen.web.webhooks import Webhook

ROUTES = APIRouter(responses=REFUSALS)


def _manages(db: Connection, asker: Principal, unit: str) -> bool:
    return allowed(asker, "manage", unit, above(db, unit))


def _own(db: Connection, asker: Principal, number: str) -> Webhook:
    """The receiver, where `asker` manages its unit; 404 otherwise."""
    found = webhooks.find(db, number)
    if found is None or not _manages(db, asker, found.unit):
        raise Problem(404, "web.problem.not_found")
    return found


@ROUTES.post(
    "/webhooks", status_code=201, response_model=out.WebhookMade, operation_id="addWebhook",
    openapi_extra=json_body({"$ref": "#/components/schemas/WebhookAsked"}),
)  # fmt: skip
def add_webhook(request: Request, asker: Who, content: Body) -> dict[str, Any]:
    """Register a receiver; the answer alone tells the secret of its signatures."""
    asked = asked_in(out.WebhookAsked, content)
    unit = asked.unit or asker.unit
    with database_of(request).write() as db:
        if not unit_exists(db, unit) or not _manages(db, asker, unit):
            raise Problem(403, "web.problem.role", role=asker.role, operation="manage")
        made = webhooks.add(db, asked.url, asked.events, unit, asked.bearer, settings_of(request).webhook_hosts)
    return {**made.as_json(), "secret": made.secret}


@ROUTES.get("/webhooks", response_model=list[out.WebhookOut], operation_id="listWebhooks")
def list_webhooks(request: Request, asker: Who) -> list[dict[str, Any]]:
    """The receivers of the units that the key manages."""
    with database_of(request).read() as db:
        return [one.as_json() for one in webhooks.listed(db) if _manages(db, asker, one.unit)]


@ROUTES.delete("/webhooks/{webhook}", status_code=204, operation_id="removeWebhook")
def remove_webhook(request: Request, asker: Who, webhook: str) -> Response:
    """Tell a receiver nothing more; what waits for it is given up."""
    with database_of(request).write() as db:
        webhooks.remove(db, _own(db, asker, webhook).id)
    return Response(status_code=204)


@ROUTES.get("/webhooks/{webhook}/deliveries", response_model=list[out.DeliveryOut], operation_id="listDeliveries")
def list_deliveries(request: Request, asker: Who, webhook: str) -> list[dict[str, Any]]:
    """What was delivered to a receiver and what waits, the newest first."""
    with database_of(request).read() as db:
        return webhooks.log(db, _own(db, asker, webhook).id)
