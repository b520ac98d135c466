"""The packet's page: made in the background, how far it is, its papers, what changed since, handing it over."""

from __future__ import annotations

import datetime
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from docgen.errors import DocgenError
from docgen.i18n import has_message, message
from docgen.packet.manifest import MANIFEST, sha256
from docgen.paths import JsonDict, get_text
from docgen.values.date import read_date
from docgen.web import dossier_store, job_queue, packet_store
from docgen.web.access import above, digest
from docgen.web.asking import database_of, dossier_for
from docgen.web.dossier_view import READY, Look, look, steps_of
from docgen.web.history_words import HANDED_OVER, lines_of, moment_words
from docgen.web.idempotency import once_by
from docgen.web.job_queue import Job
from docgen.web.packet_view import PacketShown, handed_over
from docgen.web.page_asking import Posted, Signed, Visitor, go_to
from docgen.web.page_packet_files import chosen, packet_of
from docgen.web.page_render import page
from docgen.web.problems import Problem, language_of
from docgen.web.rights import allowed

ROUTES = APIRouter(include_in_schema=False)
#: So many changes since a packet was made are named.
_CHANGES = 30
#: The longest words about whom a packet was handed to, and with what.
_LONGEST = 300


def may_do(db: Connection, visitor: Visitor, seen: Look, operation: str) -> bool:
    """True where the visitor may do `operation` with the dossier."""
    return allowed(visitor.principal, operation, seen.kept.unit, above(db, seen.kept.unit))


@ROUTES.get("/ho-so/{number}/bo-ho-so")
def packet_page(request: Request, signed: Signed, number: str) -> Response:
    """The packet as it is now: being made, made, out of date, or not there yet."""
    seen, language = look(request, signed, number), language_of(request)
    with database_of(request).read() as db:
        may_make, may_read = (may_do(db, signed, seen, f"packet.{act}") for act in ("make", "read"))
        job = job_queue.latest(db, number, "packet")
        made = packet_store.made_of(db, number)
        given = handed_over(db, number)
        since = dossier_store.changes_since(db, number, int(str(made[0]["dossier_version"])), _CHANGES) if made else []
    changes = lines_of(seen.worked.regulation, seen.data, [one for one in since if one["pointer"] != HANDED_OVER],
                       language)  # fmt: skip
    packet, gone = _packet(request, seen, made[0]) if made and may_read else (None, False)
    fresh = bool(made) and not gone and made[0]["dossier_version"] == seen.kept.version
    failed = job if job is not None and job.state == "failed" else None
    return page(
        request, "packet.html", seen=seen, steps=steps_of(seen, "bo-ho-so", language), packet=packet, fresh=fresh,
        job=job if job is not None and not job.ended_now else None, failed=failed,
        may_make=may_make, may_read=may_read, changes=changes, more=len(since) == _CHANGES, given=given,
        handed=next((one for one in given if made and one.packet == made[0]["id"]), None),
        older=made[1:], sign="ky" in READY, mend="kiem-tra" in READY, once=secrets.token_urlsafe(24),
        today=datetime.date.today(),
        to=get_text(seen.worked.dossier.data, "organization", "parent"), moment=moment_of,
        failure=_failure(failed, language),
    )  # fmt: skip


def _packet(request: Request, seen: Look, row: JsonDict) -> tuple[PacketShown | None, bool]:
    """The packet; None, and that it is gone, where its files lie on the disk no more: another one can be made."""
    try:
        return packet_of(request, seen, row), False
    except DocgenError:
        return None, True


def moment_of(row: JsonDict) -> str:
    """When a packet was made."""
    return moment_words(float(str(row["created"])))


def _failure(job: Job | None, language: str) -> dict[str, object]:
    """Why a run came to nothing, in words."""
    if job is None or job.problem is None:
        return {}
    code = str(job.problem.get("code", ""))
    text = message(code, language, tries=job.tries) if has_message(code, language) else str(job.problem.get("detail"))
    found = job.problem.get("findings")
    told = [str(one.get("message", "")) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {"text": text, "findings": told[:10]}


@ROUTES.post("/ho-so/{number}/bo-ho-so/lap")
def make(request: Request, post: Posted, number: str) -> Response:
    """Begin to make the packet; the run that is under way where there is one."""
    seen = look(request, post.visitor, number, "packet.make")
    draft = post.text("nhap") == "1"
    if seen.errors and not draft:
        raise Problem(422, "page.problem.packet_errors", count=len(seen.errors))

    def begin(db: Connection) -> Response:
        dossier_for(db, post.principal, "packet.make", number, lock=True)
        job = job_queue.latest(db, number, "packet")
        if job is None or job.ended_now:
            job_queue.add(db, "packet", number, {"draft": draft, "pdf": True})
        return go_to(f"{seen.address}/bo-ho-so")

    key = post.text("mot-lan")[:64]
    return once_by(request, post.visitor.person.id, key, digest(f"packet {number} {draft} {key}"), begin)


@ROUTES.post("/ho-so/{number}/bo-ho-so/dung")
def stop(request: Request, post: Posted, number: str) -> Response:
    """Stop the run that the form was about; one that has ended is left as it is."""
    seen = look(request, post.visitor, number, "packet.make")
    with database_of(request).write() as db:
        job = job_queue.find(db, post.text("viec"))
        if job is None or job.dossier != number:
            raise Problem(404, "page.problem.not_found")
        job_queue.stop(db, job.id)
    return go_to(f"{seen.address}/bo-ho-so")


@ROUTES.post("/ho-so/{number}/bo-ho-so/nop")
def hand_over(request: Request, post: Posted, number: str) -> Response:
    """Note that a packet was handed over: when, to whom, with what; which one to the byte, by its manifest's hash."""
    look(request, post.visitor, number, "packet.make")
    seen, packet = chosen(request, post.visitor, number, post.text("bo"))
    day, to, what = read_date(post.text("ngay").strip()), *(
        " ".join(post.text(name).split())[:_LONGEST] for name in ("noi", "gom")
    )  # fmt: skip
    if not day:
        raise Problem(422, "page.problem.bad_date", given=post.text("ngay")[:30])
    if not to:
        raise Problem(422, "page.problem.no_receiver")
    if packet.draft:
        raise Problem(422, "page.problem.draft_not_handed")
    if post.text("dong-y") != "1":
        raise Problem(422, "page.problem.not_confirmed")
    told: JsonDict = {
        "packet": packet.id, "on": day, "to": to, "what": what, "version": packet.row["dossier_version"],
        "manifest": sha256((packet.folder / MANIFEST).read_bytes()),
    }  # fmt: skip

    def note(db: Connection) -> Response:
        dossier_store.note(db, number, post.visitor.person.name, HANDED_OVER, told)
        return go_to(f"{seen.address}/bo-ho-so")

    key = post.text("mot-lan")[:64]
    return once_by(request, post.visitor.person.id, key, digest(f"nop {number} {key}"), note)
