"""The bridge to the signing program of the Government Cipher Committee (VGCA Sign) on the signer's PC.

That program is given two addresses by a page: it fetches a PDF from the one (`FileName`), lets its user sign, and posts
the result to the other (`FileUploadHandler`, a form with the file `uploadfile`), whose answer is
`{Status, Message, FileName, FileServer}`. It has no key of ours, so each address is good for once, for a quarter of an
hour. What comes back is judged as any PDF that was signed elsewhere (`docgen.signing.brought`), and must be the paper
and the role that were asked for. Not tried with the real program.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from docgen.errors import EnvironmentFault, InputError, UsageError
from docgen.signing.brought import take_pdfs
from docgen.signing.packet import recorded_pdf, settle
from docgen.signing.signed_manifest import Manifest, load_manifest
from docgen.storage import working_on
from docgen.web import access, packet_store
from docgen.web import http_models as out
from docgen.web.asking import Body, Who, asked_in, database_of, form_of, packet_for, settings_of
from docgen.web.http_signing import folder_to_sign, tell_signed
from docgen.web.one_time_links import GOOD_FOR, Errand, Links, Way
from docgen.web.openapi import REFUSALS, json_body
from docgen.web.problems import Problem, language_of
from docgen.web.trust import asked_of

ROUTES = APIRouter(responses=REFUSALS)
PDF = "application/pdf"
#: What the program calls the file that it sends; a single file of another name is taken, too.
FIELD = "uploadfile"
_SENT = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object", "required": [FIELD],
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                }
            },
            PDF: {"schema": {}},
        },
    }
}  # fmt: skip


def _links(request: Request) -> Links:
    found: Links = request.app.state.links
    return found


@ROUTES.post(
    "/packets/{packet}/vgca", status_code=201, response_model=out.VgcaOut, operation_id="openVgca",
    openapi_extra=json_body({"$ref": "#/components/schemas/VgcaAsked"}),
)  # fmt: skip
def open_vgca(request: Request, asker: Who, packet: str, content: Body) -> dict[str, Any]:
    """Two addresses, each good for once, for VGCA Sign to sign one paper as one role. 409 where it is not its turn."""
    folder = folder_to_sign(request, asker, packet)
    asked = asked_in(out.VgcaAsked, content)
    with working_on(folder):
        manifest = load_manifest(folder)
        settle(manifest)
        base = _due(manifest, asked.document, asked.role)
    fetch, send = _links(request).open(Errand(packet, asked.document, asked.role, base, asker.id))
    root = f"{_root(request, asked.base)}/api/v1/vgca"
    return {
        "parameters": {
            "FileName": f"{root}/{fetch}/document.pdf", "FileUploadHandler": f"{root}/{send}/signed",
            "SessionId": "", "JWTToken": "", "MetaData": [],
        },
        "seconds": int(GOOD_FOR),
    }  # fmt: skip


def _due(manifest: Manifest, number: int, role: str) -> str:
    """The hash of the paper, where the role is due on it and it is its turn."""
    document = manifest.document(number)
    if document is None:
        raise UsageError("signing.error.unknown_document", number=number)
    if document.signer(role) is None:
        known = ", ".join(signer.role for signer in document.signers)
        raise UsageError("signing.error.unknown_role", role=role, known=known)
    if manifest.content.get("draft"):
        raise Problem(409, "web.problem.draft")
    if document.pdf is None:
        raise Problem(409, "web.problem.no_pdf")
    if role in document.done_roles():
        raise InputError("signing.error.remote_already", number=number, role=role)
    if document.waiting_before(role):
        raise InputError("signing.error.remote_not_due", number=number, role=role)
    return str(document.pdf["sha256"])


def _root(request: Request, given: str) -> str:
    """Where the signer's PC reaches this server: as the request came, unless it says otherwise (behind a proxy)."""
    if not given:
        return str(request.base_url).rstrip("/")
    parts = urlsplit(given)
    good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and given.isprintable()
    if not good or parts.query or parts.fragment or " " in given:
        raise Problem(422, "web.problem.parameters", where="base")
    return given.rstrip("/")


def _errand(request: Request, link: str, way: Way) -> Errand:
    """What the address is for. 404 for one that was used, is too old, or never was, and for a key revoked since."""
    found = _links(request).look(link, way)
    if found is None:
        raise Problem(404, "web.problem.link")
    with database_of(request).read() as db:
        _may_still(db, found)
    return found


def _may_still(db: Connection, errand: Errand) -> None:
    asker = access.holder(db, errand.key)
    if asker is None:
        raise Problem(404, "web.problem.link")
    packet_for(db, asker, "packet.sign", errand.packet)


def _to_fetch(request: Request, link: str) -> Errand:
    return _errand(request, link, "fetch")


def _to_send(request: Request, link: str) -> Errand:
    return _errand(request, link, "send")


@ROUTES.get(
    "/vgca/{link}/document.pdf", operation_id="fetchForVgca", response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "PDF"}},
)  # fmt: skip
def fetch_for_vgca(request: Request, link: str, errand: Annotated[Errand, Depends(_to_fetch)]) -> Response:
    """The paper to sign, once. 409 where it was signed by somebody else meanwhile."""
    folder = packet_store.folder_of(settings_of(request), errand.packet)
    with working_on(folder):
        manifest = load_manifest(folder)
        settle(manifest)
        if _due(manifest, errand.number, errand.role) != errand.base:
            raise InputError("signing.error.remote_moved", number=errand.number)
        document = manifest.document(errand.number)
        assert document is not None
        content = recorded_pdf(manifest, document)
    if _links(request).use(link, "fetch") is None:
        raise Problem(404, "web.problem.link")
    name = f"{errand.number:03d}.pdf"
    return Response(content, media_type=PDF, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@ROUTES.post(
    "/vgca/{link}/signed", operation_id="sendFromVgca", response_model=out.VgcaTaken, openapi_extra=_SENT
)  # fmt: skip
async def send_from_vgca(
    request: Request, link: str, errand: Annotated[Errand, Depends(_to_send)], content: Body
) -> dict[str, Any]:
    """The paper signed, once: `Status` says whether it was taken, `Message` why not. Nothing is kept of one that was
    not."""
    given = await _file(request, content)
    return await run_in_threadpool(_take, request, link, errand, given)


async def _file(request: Request, content: bytes) -> bytes:
    """The file in a form, or the body where it is a PDF itself. 400 where there is not just one."""
    if request.headers.get("content-type", "").lower().startswith(PDF):
        return content
    async with aclosing(form_of(request, content)) as forms:
        async for form in forms:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            if len(files) == 1:
                return await files[0].read()
    raise Problem(400, "web.problem.one_file")


def _take(request: Request, link: str, errand: Errand, given: bytes) -> dict[str, Any]:
    links = _links(request)
    used = links.use(link, "send")
    if used is None:
        raise Problem(404, "web.problem.link")
    settings = settings_of(request)
    folder = packet_store.folder_of(settings, errand.packet)
    name = f"{errand.number:03d}.pdf"
    try:
        [done] = take_pdfs(folder, [(name, given)], asked_of(settings), (errand.number, errand.role))
    except EnvironmentFault:
        links.give_back(link, used)
        raise
    if done.status == "passed":
        tell_signed(request, errand.packet, errand.role, 1)
    said = "" if done.status == "passed" else "; ".join(done.words(language_of(request)))
    return {"Status": done.status == "passed", "Message": said, "FileName": name, "FileServer": ""}
