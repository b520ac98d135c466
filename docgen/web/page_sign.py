"""The page of signatures: whose turn it is, three ways to sign, what became of files that came back, the verdict."""

from __future__ import annotations

import datetime
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

import docgen
from docgen.i18n import short_date
from docgen.paths import JsonDict, iso_day
from docgen.signing.brought import Brought, take_pdfs
from docgen.signing.by_hand import record_by_hand, take_back
from docgen.signing.packet import recorded_pdf
from docgen.signing.signed_manifest import load_manifest
from docgen.signing.verdict import DocumentVerdict, Reason, Status, Verdict, worst
from docgen.values.date import read_date
from docgen.web import packet_store, sign_tickets
from docgen.web.access import plain_words
from docgen.web.asking import JSON_MEDIA, database_of, dossier_for, settings_of
from docgen.web.dossier_view import Look, look, steps_of
from docgen.web.history_words import moment_words
from docgen.web.http_packets import archive_of
from docgen.web.page_asking import Post, Posted, Signed, Visitor, go_to
from docgen.web.page_render import page, page_message
from docgen.web.problems import Problem, language_of
from docgen.web.signing_view import READY, ToSign, to_sign
from docgen.web.trust import asked_of

ROUTES = APIRouter(include_in_schema=False)
#: So many files are judged at once, so many papers with something to be said of them are shown.
_FILES, _PAPERS = 100, 50
_NUMBERS, _DIGITS = re.compile(r"[\s,;]+"), 6
#: What a verdict says of a signature that is not there yet.
_DUE = "signature_due"
#: So many people are named in the blue box.
_NAMED = 4


@dataclass(frozen=True, slots=True)
class _Desk:
    """The dossier, the packet that is signed and its folder; no packet where there is none but drafts."""

    seen: Look
    row: JsonDict | None
    folder: Path
    may_sign: bool

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"{self.seen.address}/ky"


def _desk(request: Request, visitor: Visitor, number: str, operation: str = "packet.read") -> _Desk:
    seen = look(request, visitor, number, operation)
    with database_of(request).read() as db:
        row = packet_store.newest_whole(db, number)
    folder = packet_store.folder_of(settings_of(request), str(row["id"]) if row else "-")
    return _Desk(seen, row, folder, visitor.may("packet.sign") and _own(request, visitor, number))


def _own(request: Request, visitor: Visitor, number: str) -> bool:
    """True where the visitor may sign this dossier's packets, not only those of the own unit."""
    try:
        with database_of(request).read() as db:
            dossier_for(db, visitor.principal, "packet.sign", number)
    except Problem:
        return False
    return True


def _to_sign(request: Request, post: Post, number: str) -> _Desk:
    """The packet for one who changes something of it. 404, 403 as ever; 409 for one that is not there any more."""
    desk = _desk(request, post.visitor, number, "packet.sign")
    if desk.row is None or post.text("bo") != desk.row["id"]:
        raise Problem(409, "page.problem.packet_replaced")
    return desk


def _next(desk: _Desk, found: ToSign | None, language: str) -> dict[str, str]:
    """The blue box: its head, its sentence, where the button leads and what it says."""

    def box(key: str, href: str, **facts: object) -> dict[str, str]:
        told = {part: page_message(language, f"sign.next.{key}.{part}", **facts) for part in ("head", "words")}
        return {**told, "href": href, "label": page_message(language, f"sign.next.{key}.label") if href else ""}

    if found is None:
        return box("no_packet", f"{desk.seen.address}/bo-ho-so")
    turn = found.next
    if turn is None:
        return box("waits" if any(turn.open for turn in found.turns) else "done", f"{desk.address}/tep.zip")
    names = [hand.name for hand in turn.ready if hand.name]
    told = ", ".join(names[:_NAMED]) + (f" (+{len(names) - _NAMED})" if len(names) > _NAMED else "") or turn.words
    way = "#cach" if desk.may_sign else f"{desk.address}/tep.zip"
    return box("sign" if desk.may_sign else "look", way, count=len(turn.ready), names=told, turn=turn.words)


def _page(
    request: Request, desk: _Desk, *, brought: list[Brought] | None = None, verdict: bool = False, status: int = 200
) -> Response:
    language = language_of(request)
    found = to_sign(desk.folder) if desk.row is not None else None
    judged = docgen.verify(desk.folder, asked_of(settings_of(request))) if verdict and found is not None else None
    papers = list(_papers(judged))[:_PAPERS] if judged is not None else []
    return page(
        request, "sign.html", status=status, desk=desk, seen=desk.seen, found=found, brought=brought, judged=judged,
        papers=papers, steps=steps_of(desk.seen, "ky", language), next=_next(desk, found, language),
        made=moment_words(float(str(desk.row["created"]))) if desk.row else "",
        old=desk.row is not None and desk.row["dossier_version"] != desk.seen.kept.version,
        trusted=bool(asked_of(settings_of(request)).trust.roots), server=f"{request.url.scheme}://{request.url.netloc}",
    )  # fmt: skip


def _papers(judged: Verdict) -> Iterator[tuple[DocumentVerdict, Status, list[tuple[str, Reason]]]]:
    """The papers of which more is to be said than that a signature is due (the order of signing tells that): what this
    more comes to, and what it is, each with whose signature it is about."""
    for paper in judged.documents:
        told = [("", reason) for reason in paper.reasons if reason.code != _DUE]
        told += [(f"{one.signer}: ", reason) for one in paper.signatures for reason in one.reasons]
        if lines := [(who, reason) for who, reason in told if reason.weight != "note"]:
            yield paper, worst(reason for _, reason in lines), lines


@ROUTES.get("/ho-so/{number}/ky")
def sign_page(request: Request, signed: Signed, number: str, kiem: str = "") -> Response:
    """Who still has to sign what; with `kiem` the verdict on the packet as it is now."""
    return _page(request, _desk(request, signed, number), verdict=kiem == "1")


@ROUTES.post("/ho-so/{number}/ky/pdf")
def bring_pdfs(request: Request, post: Posted, number: str) -> Response:
    """Take in PDFs that were signed elsewhere; each is told about, and nothing is kept of what is not taken."""
    desk = _to_sign(request, post, number)
    files = post.files("pdf")
    if not files or len(files) > _FILES:
        raise Problem(422, "page.problem.no_pdfs", most=_FILES)
    given = [(_base(file.filename), file.file.read()) for file in files]
    brought = take_pdfs(desk.folder, given, asked_of(settings_of(request)))
    refused = any(one.status != "passed" for one in brought)
    return _page(request, desk, brought=brought, status=422 if refused else 200)


def _base(name: str | None) -> str:
    """The last part of a file's name, as it is shown."""
    return (name or "").replace("\\", "/").rpartition("/")[2][:120] or "?"


@ROUTES.get("/ho-so/{number}/ky/tep.zip")
def signed_zip(request: Request, signed: Signed, number: str) -> StreamingResponse:
    """The whole packet with the signatures it has by now."""
    desk = _desk(request, signed, number)
    if desk.row is None:
        raise Problem(404, "page.problem.not_found")
    return archive_of(desk.folder, f"bo-ho-so-{_year(desk)}")


@ROUTES.get("/ho-so/{number}/ky/cho-ky.zip")
def due_zip(request: Request, signed: Signed, number: str) -> StreamingResponse:
    """The PDFs that somebody can sign now, for another program."""
    desk = _desk(request, signed, number, "packet.sign")
    if desk.row is None:
        raise Problem(404, "page.problem.not_found")
    return archive_of(desk.folder, f"cho-ky-{_year(desk)}", _write_due)


def _write_due(folder: Path, out: IO[bytes]) -> None:
    """The PDFs of a packet that wait for somebody. 404 where none does."""
    found, manifest = to_sign(folder), load_manifest(folder)
    pieces = (piece for turn in found.turns for hand in turn.hands.values() for piece in hand.papers)
    due = {piece.number for piece in pieces if piece.state == READY}
    documents = [document for document in manifest.documents if document.number in due]
    if not documents:
        raise Problem(404, "page.problem.not_found")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for document in documents:
            archive.writestr(Path(document.pdf_file).name, recorded_pdf(manifest, document))


def _year(desk: _Desk) -> object:
    return desk.seen.worked.status.year or desk.seen.id[:8]


@ROUTES.post("/ho-so/{number}/ky/mot-lan")
def ticket(request: Request, post: Posted, number: str) -> Response:
    """A file with which one person signs on the own PC, once, without a key to the server."""
    desk = _to_sign(request, post, number)
    role, _, name = post.text("ai-may").partition("|")
    hands = {turn.role: turn.hands for turn in to_sign(desk.folder).turns}
    hand = hands.get(role, {}).get(name)
    papers = [paper.number for paper in hand.papers if paper.state == READY] if hand is not None else []
    if not papers:
        raise Problem(422, "page.problem.nothing_to_sign")
    packet = str(post.text("bo"))
    with database_of(request).write() as db:
        secret = sign_tickets.hand_out(db, post.visitor.person.id, packet, role, name, papers)
    server = f"{request.url.scheme}://{request.url.netloc}"
    told = json.dumps(sign_tickets.file_of(secret, server, packet, role, name), ensure_ascii=False, indent=1)
    file = f"ky-mot-lan-{plain_words(name or role)}.json"
    return Response(told, media_type=JSON_MEDIA, headers={"Content-Disposition": f'attachment; filename="{file}"'})


@ROUTES.post("/ho-so/{number}/ky/tay")
def by_hand(request: Request, post: Posted, number: str) -> Response:
    """Write down that somebody signed on paper, when, and a scan where there is one."""
    desk = _to_sign(request, post, number)
    role, _, name = post.text("ai").partition("|")
    name = post.text("ten").strip() or name
    day, only = _day(post.text("ngay").strip()), _numbers(post.text("to").strip())
    if not role:
        raise Problem(422, "page.problem.no_signer")
    with tempfile.TemporaryDirectory(prefix="docgen-scan-") as room:
        scan = None
        for file in post.files("quet")[:1]:
            scan = Path(room) / f"scan{Path(_base(file.filename)).suffix.lower()[:8]}"
            scan.write_bytes(file.file.read())
        record_by_hand(desk.folder, role, name[:200], day, scan, only=only)
    return go_to(f"{desk.address}#tay")


def _day(given: str) -> datetime.date:
    """The day on which somebody signed. 422 for what is none, or has not come yet."""
    day = iso_day(read_date(given))
    if day is None:
        raise Problem(422, "page.problem.bad_date", given=given[:30])
    if day > datetime.date.today():
        raise Problem(422, "page.problem.day_ahead", day=short_date(day))
    return day


def _numbers(given: str) -> list[int]:
    """The numbers of papers. 422 where something else was written: a wrong number must not mean all of them."""
    parts = _NUMBERS.split(given) if given else []
    if any(not part.isdecimal() or len(part) > _DIGITS for part in parts):
        raise Problem(422, "page.problem.no_numbers", given=given[:30])
    return [int(part) for part in parts]


@ROUTES.post("/ho-so/{number}/ky/tay/bo")
def take_pen_back(request: Request, post: Posted, number: str) -> Response:
    """Undo a record of a paper signed by hand."""
    desk = _to_sign(request, post, number)
    only = _numbers(post.text("to"))
    if len(only) != 1:
        raise Problem(422, "page.problem.no_signer")
    take_back(desk.folder, post.text("vai"), only=only)
    return go_to(f"{desk.address}#tay")
