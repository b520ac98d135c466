"""Signing from afar: what is due goes out to whoever holds the key, the signatures come back. No key comes here."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docgen.paths import JsonDict
from docgen.signing.appearance import Appearance
from docgen.signing.libraries import need
from docgen.signing.pades import Signing
from docgen.signing.remote import digests_for, take_in
from docgen.signing.signed_manifest import load_manifest
from docgen.storage import working_on
from docgen.web import dossier_store, packet_store, sign_tickets, webhooks
from docgen.web import http_models as out
from docgen.web.asking import JSON_MEDIA, Body, Who, asked_in, database_of, object_of, packet_for, settings_of
from docgen.web.openapi import REFUSALS, json_body
from docgen.web.problems import Problem
from docgen.web.rights import Principal, Ticket
from docgen.web.trust import asked_of

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

ROUTES = APIRouter(responses=REFUSALS)


def folder_to_sign(request: Request, asker: Principal, packet: str) -> Path:
    """The packet's folder, where `asker` may sign it. 409 for one that nobody can sign."""
    with database_of(request).read() as db:
        packet_for(db, asker, "packet.sign", packet)
    return packet_store.folder_of(settings_of(request), packet)


def _certificate(text: str, what: str) -> Certificate:
    """A certificate in base64 (DER), with or without the lines of PEM. 422 for what is none."""
    x509 = need("asn1crypto.x509")
    body = "".join(line.strip() for line in text.splitlines() if not line.startswith("-----"))
    try:
        certificate: Certificate = x509.Certificate.load(base64.b64decode(body, validate=True), strict=True)
        certificate.subject.native, certificate.public_key.algorithm  # noqa: B018 -- parsing is lazy
    except (ValueError, TypeError, KeyError, binascii.Error):
        raise Problem(422, "web.problem.signer", what=what) from None
    return certificate


def _fetchable(ticket: Ticket, role: str, only: Sequence[int]) -> list[int]:
    """The papers that a file for one signing may fetch. 401 for one that was used, 403 for other things."""
    if ticket.used:
        raise Problem(401, "web.problem.ticket")
    if role != ticket.role or only:
        raise Problem(403, "web.problem.ticket_role")
    return [] if ticket.name else list(ticket.papers)  # papers with a name on them go by the certificate's


def _as_fetched(ticket: Ticket, content: bytes) -> None:
    """What comes back must be what the file fetched: 401 where it fetched nothing, 403 where it is something else."""
    if not ticket.used:
        raise Problem(401, "web.problem.ticket")
    told = object_of(content)
    documents = told.get("documents")
    numbers = [one.get("number") for one in documents if isinstance(one, dict)] if isinstance(documents, list) else []
    if told.get("role") != ticket.role or not set(map(str, numbers)) <= set(map(str, ticket.papers)):
        raise Problem(403, "web.problem.ticket_role")


@ROUTES.post(
    "/packets/{packet}/due", operation_id="takeOutDue", response_model=out.RemoteFile,
    openapi_extra=json_body({"$ref": "#/components/schemas/DueAsked"}),
)  # fmt: skip
def take_out(request: Request, asker: Who, packet: str, content: Body) -> Response:
    """What the holder of a certificate is to sign as `role`: the file that `docgen sign --export` writes."""
    folder = folder_to_sign(request, asker, packet)
    asked = asked_in(out.DueAsked, content)
    certificate = _certificate(asked.certificate, "certificate")
    chain = [_certificate(text, f"chain/{place}") for place, text in enumerate(asked.chain)]
    only = _fetchable(asker.ticket, asked.role, asked.only) if asker.ticket else asked.only
    with working_on(folder):
        manifest = load_manifest(folder)
        if manifest.content.get("draft"):
            raise Problem(409, "web.problem.draft")
        if all(document.pdf is None for document in manifest.documents):
            raise Problem(409, "web.problem.no_pdf")
        look = Appearance(asked.name, asked.post, asked.agency, visible=asked.visible)
        how = Signing(appearance=look, location=asked.location)
        told, _ = digests_for(folder, asked.role, certificate, chain, how, only=only)
    if asker.ticket is not None:
        numbers = [int(one["number"]) for one in json.loads(told)["documents"]]
        if not numbers or not set(numbers) <= set(asker.ticket.papers):
            raise Problem(403, "web.problem.ticket_role")
        with database_of(request).write() as db:
            if not sign_tickets.fetched(db, asker.ticket, numbers):
                raise Problem(401, "web.problem.ticket")
    return Response(told, media_type=JSON_MEDIA)


@ROUTES.post(
    "/packets/{packet}/signatures", operation_id="bringSignatures", response_model=out.SignedOut,
    openapi_extra=json_body({"$ref": "#/components/schemas/RemoteFile"}),
)  # fmt: skip
def bring(request: Request, asker: Who, packet: str, content: Body) -> dict[str, Any]:
    """The file of `takeOutDue` with its signatures, all of which are kept, or none. 409 where things have moved on."""
    folder = folder_to_sign(request, asker, packet)
    if asker.ticket is not None:
        _as_fetched(asker.ticket, content)
    done = take_in(folder, content, "signatures", once=True, asked=asked_of(settings_of(request)))
    if done.signed:
        tell_signed(request, packet, done.role, len(done.signed))
    return done.as_json()


def tell_signed(request: Request, packet: str, role: str, signed: int) -> None:
    """Tell whoever is told of events that `role` signed so many papers of the packet."""
    with database_of(request).write() as db:
        row = packet_store.find(db, packet)
        kept = dossier_store.find(db, str(row["dossier"])) if row is not None else None
        if kept is not None:
            facts: JsonDict = {"dossier": kept.id, "packet": packet, "role": role, "signed": signed}
            webhooks.tell(db, "packet.signed", kept.unit, **facts)
