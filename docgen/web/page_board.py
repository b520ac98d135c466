"""The board: what is said of all, open questions, ballots, proposals with reasons, decisions, the quota, closing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from docgen.model import GRADES, Finding
from docgen.paths import JsonDict, get, get_text, names
from docgen.regulations.subjects import is_member
from docgen.values.date import read_date
from docgen.web import board_saving, board_view, dossier_store
from docgen.web.asking import database_of, dossier_for
from docgen.web.board_view import BALLOTS, Line
from docgen.web.dossier_store import CLOSED, Kept
from docgen.web.dossier_view import READY, Look, look, steps_of
from docgen.web.form_drawing import mark_of
from docgen.web.history_words import DECIDED_WHY, moment_words
from docgen.web.page_asking import Post, Posted, Signed, go_to
from docgen.web.page_render import page, page_message
from docgen.web.problems import Problem, language_of

ROUTES = APIRouter(include_in_schema=False)
_BALLOT_PLACES = frozenset({"ballots", "votes"})


def _lines(db: Connection, seen: Look, language: str) -> list[Line]:
    """The rows, with who decided and why as the log has it."""
    pointers = {
        f"/members/{index}/{holder}/grade": (index, holder)
        for index in range(len(board_view.ids_of(seen.worked.dossier.data)))
        for holder in board_view.HOLDERS
    }
    noted = {
        pointers[pointer]: f"{row['who']}, {moment_words(float(str(row['at'])))}"
        for pointer, row in dossier_store.last_at(db, seen.id, list(pointers)).items()
        if row["new"] is not None and row["new"] == get(seen.data, ("members", *pointers[pointer], "grade"))
    }
    why: dict[tuple[str, str], str] = {}
    for row in reversed(dossier_store.noted(db, seen.id, DECIDED_WHY)):
        told: Any = row["new"]
        why[get_text(told, "member"), get_text(told, "holder")] = get_text(told, "reason")
    return board_view.lines(seen, language, noted, why)


def closed_now(db: Connection, kept: Kept) -> JsonDict | None:
    """What the log says of the closing where the grades are closed now."""
    return next(iter(dossier_store.noted(db, kept.id, CLOSED)), None) if kept.closed else None


@ROUTES.get("/ho-so/{number}/xep-loai")
def board_page(request: Request, signed: Signed, number: str) -> Response:
    """The whole board."""
    seen, language = look(request, signed, number), language_of(request)
    with database_of(request).read() as db:
        rows = _lines(db, seen, language)
        closed = closed_now(db, seen.kept)
    own, common = board_view.questions(seen, language)
    members = [row for row in rows if is_member(row.row.subject)]
    board = seen.worked.board
    undecided = [row for row in members if row.state != "apart" and row.given and not any(g.grade for g in row.given)]
    other = [row for row in members if any(one.differs for one in row.given)]
    over = board is not None and board.decided is not None and board.decided.ok is False
    return page(
        request, "board.html", seen=seen, steps=steps_of(seen, "xep-loai", language), rows=rows, members=members,
        own=own, common=common, offered=board_view.said_of_all(seen, common, language), board=board, over=over,
        undecided=undecided, other=other, readings=board_view.readings(seen), grades=GRADES, words=board_view.SHORT,
        ballots=_ballots(seen), counts=_counts(rows), holders=board_view.holders_of(seen),
        labels={holder: page_message(language, f"decide.by.{holder}") for holder in board_view.HOLDERS},
        ask_by=board_view.decided_by(seen) and len(board_view.holders_of(seen)) > 1, today=datetime.date.today(),
        about_ballots=_about(seen, _BALLOT_PLACES, language), closed=closed, mark=mark_of, code_of=board_view.code_of,
        closed_when=moment_words(float(str(closed["at"]))) if closed else "",
        may_write=seen.may_write and closed is None, version=seen.kept.version,
        on="bo-ho-so" if "bo-ho-so" in READY else "",
    )  # fmt: skip


def _ballots(seen: Look) -> list[tuple[str, str, Any]]:
    """The numbers of the body's ballots: name, label, value."""
    fields = seen.worked.regulation.fields
    return [(name, fields[f"ballots.{name}"].label, get(seen.data, ("ballots", name)))
            for name in BALLOTS if f"ballots.{name}" in fields]  # fmt: skip


def _about(seen: Look, places: frozenset[str], language: str) -> list[str]:
    def there(finding: Finding) -> bool:
        return bool(places & set(names(finding.place.pointer)[:3])) and finding.severity != "info"

    named = [(finding.name, finding.text(language)) for finding in seen.worked.findings if there(finding)]
    return [f"{name}: {text}" if name else text for name, text in named]


def _counts(rows: list[Line]) -> list[tuple[str, int, str]]:
    """How many of those who are graded people gave each grade, with the share of them."""
    graded = [row for row in rows if is_member(row.row.subject) and row.state != "apart"]
    out = []
    for grade in GRADES:
        count = sum(row.row.decided == grade for row in graded)
        share = f"{100 * count / len(graded):.1f}".replace(".", ",") if graded else "0"
        out.append((grade, count, share))
    return out


def _save(request: Request, post: Post, number: str, make: Callable[[Look, JsonDict], JsonDict], at: str) -> Response:
    """Write what `make` makes of the dossier; 409 once the grades are closed."""
    seen = look(request, post.visitor, number, "dossier.write")
    with database_of(request).write() as db:
        _still(db, post, seen)
        dossier_store.change(db, number, post.visitor.person.name, None, lambda data: make(seen, data))
    return go_to(f"{seen.address}/xep-loai#{at}")


def _still(db: Connection, post: Post, seen: Look) -> None:
    """Lock the dossier. `Closed` where its grades are closed, `Stale` where it moved on since it was looked at."""
    kept = dossier_for(db, post.principal, "dossier.write", seen.id, lock=True)
    if kept.closed:
        raise dossier_store.Closed
    if kept.version != seen.kept.version:
        raise dossier_store.Stale(kept.version)


@ROUTES.post("/ho-so/{number}/xep-loai/tra-loi")
def answer(request: Request, post: Posted, number: str) -> Response:
    """Answers to open questions."""

    def make(seen: Look, data: JsonDict) -> JsonDict:
        own, common = board_view.questions(seen, language_of(request))
        return board_saving.write_answers(data, post, [*own, *common])

    return _save(request, post, number, make, "hoi")


@ROUTES.post("/ho-so/{number}/xep-loai/chung")
def say_of_all(request: Request, post: Posted, number: str) -> Response:
    """What holds for everybody, with exceptions."""
    language = language_of(request)

    def make(seen: Look, data: JsonDict) -> JsonDict:
        _, common = board_view.questions(seen, language)
        return board_saving.write_common(data, post, board_view.said_of_all(seen, common, language), language)

    return _save(request, post, number, make, "chung")


@ROUTES.post("/ho-so/{number}/xep-loai/phieu")
def ballots(request: Request, post: Posted, number: str) -> Response:
    """The numbers of ballots."""
    return _save(request, post, number, lambda _, data: board_saving.write_ballots(data, post), "phieu")


@ROUTES.post("/ho-so/{number}/xep-loai/muc")
def decide(request: Request, post: Posted, number: str) -> Response:
    """The grades that people gave, and why."""
    seen, language = look(request, post.visitor, number, "dossier.write"), language_of(request)
    if (day := post.text("ngay-qd").strip()) and not read_date(day):
        raise Problem(422, "page.problem.bad_date", given=day[:30])
    with database_of(request).write() as db:
        _still(db, post, seen)
        rows, why = _lines(db, seen, language), list[JsonDict]()

        def make(data: JsonDict) -> JsonDict:
            made, told = board_saving.write_grades(data, post, rows)
            why.extend(told)
            return made

        dossier_store.change(db, number, post.visitor.person.name, None, make)
        for told in why:
            dossier_store.note(db, number, post.visitor.person.name, DECIDED_WHY, told)
    return go_to(f"{seen.address}/xep-loai#bang")


@ROUTES.post("/ho-so/{number}/xep-loai/chot")
def close(request: Request, post: Posted, number: str) -> Response:
    """Close the grades as they are: of the version whose summary was read, or not at all."""
    return _close(request, post, number, True)


@ROUTES.post("/ho-so/{number}/xep-loai/mo-lai")
def reopen(request: Request, post: Posted, number: str) -> Response:
    """Open them again, for a reason that the log keeps."""
    return _close(request, post, number, False)


def _close(request: Request, post: Post, number: str, closing: bool) -> Response:
    reason = " ".join(post.text("ly-do").split())[:500]
    seen = post.text("phien-ban")
    with database_of(request).write() as db:
        kept = dossier_for(db, post.principal, "dossier.write", number, lock=True)
        if closing and post.text("dong-y") != "1":
            raise Problem(422, "page.problem.not_confirmed")
        if not closing and not reason:
            raise Problem(422, "page.problem.no_reason")
        if closing and seen != str(kept.version):
            raise dossier_store.Stale(kept.version)
        if kept.closed is not closing:
            told: JsonDict = {"reason": reason, "version": kept.version}
            if closing:
                told["grades"] = board_saving.grades_of(dossier_store.content(db, number))
            dossier_store.set_closed(db, number, post.visitor.person.name, closing, told)
    return go_to(f"/ho-so/{number}/xep-loai")
