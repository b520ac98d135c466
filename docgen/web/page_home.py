"""The page of one dossier: the next step, what is done, the deadlines, who is missing what; the dossier as a file."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docgen.desk.book_asked import converted
from docgen.desk.ics import ics
from docgen.desk.status import one_state
from docgen.desk.units_below import InHand
from docgen.i18n import message
from docgen.paths import AnyRecord, JsonDict, at_pointer, get, get_text
from docgen.values.date import read_date
from docgen.web import dossier_store, packet_store
from docgen.web.asking import JSON_MEDIA, database_of
from docgen.web.dossier_edit import edit, may_edit, set_at, undo
from docgen.web.dossier_view import DONE_AT, READY, Look, look, steps_of
from docgen.web.history_words import lines_of
from docgen.web.http_regulations import EXCEL
from docgen.web.packet_view import HandedOver, handed_over
from docgen.web.page_asking import Posted, Signed, go_to
from docgen.web.page_render import page, page_message
from docgen.web.problems import Problem, language_of

ROUTES = APIRouter(include_in_schema=False)
_LAST_LINES, _PAGE_LINES = 5, 200


#: What the board asks for: settled once its result is closed.
_OF_BOARD = frozenset({"answer", "over_quota", "decide"})


def next_of(seen: Look, language: str, handed: HandedOver | None = None) -> dict[str, str]:
    """The blue box: its head, its sentence, where the button leads and what it says. `handed` says that the newest
    packet was handed over."""

    def box(head: str, words: str, href: str, label: str) -> dict[str, str]:
        return {"head": head, "words": words, "href": href, "label": page_message(language, f"next.{label}")}

    if not seen.worked.status.people:
        begin, nobody = (page_message(language, f"next.{key}") for key in ("begin", "nobody"))
        return box(begin, nobody, f"{seen.address}/nguoi", "add_people")
    packet = seen.packet
    if handed is not None and packet is not None and packet.current:
        head = page_message(language, "packet.handed_head", on=handed.on)
        return box(head, page_message(language, "packet.handed_words", to=handed.to), f"{seen.address}/bo-ho-so",
                   "button.bo-ho-so")  # fmt: skip
    step = seen.worked.next
    name, words = step.step, step.act(language)
    if name == "make_packet" or (seen.kept.closed and name in _OF_BOARD):
        name = _with_packet(packet)
        words = page_message(language, f"next.words.{name}", done=packet.done if packet else 0,
                             due=packet.due if packet else 0)  # fmt: skip
    at = DONE_AT.get(name, "")
    at = at if at in READY else ""
    here = "han" if name in ("overdue", "close") else "bang"
    part = "#nop" if name == "hand_over" else ""
    return box(page_message(language, f"next.head.{name}"), words, f"{seen.address}/{at}{part}" if at else f"#{here}",
               f"button.{at or here}")  # fmt: skip


def _with_packet(packet: InHand | None) -> str:
    """What is to be done once the result stands."""
    if packet is None:
        return "make_packet"
    if not packet.current:
        return "remake_packet"
    return "sign" if packet.done < packet.due else "hand_over"


@ROUTES.get("/ho-so/{number}")
def home(request: Request, signed: Signed, number: str) -> Response:
    """The dossier's page."""
    seen, language = look(request, signed, number), language_of(request)
    worked = seen.worked
    with database_of(request).read() as db:
        last = dossier_store.last_changes(db, number, _LAST_LINES)
        row = packet_store.newest_whole(db, number)
        handed = next((one for one in handed_over(db, number) if row is not None and one.packet == row["id"]), None)
    posts = {get_text(member, "id"): _posts(member) for member in worked.dossier.members}
    rows = []
    for person in worked.status.people:
        state = one_state(person)
        first = next((paper for paper in person.papers if paper is not None), None)
        same = bool(state) and (first is None or state not in ("faulty", "given", "returned"))
        told = [posts.get(person.member, ""), first.code if first is not None else ""]
        rows.append({"person": person, "same": same, "first": first, "sub": " · ".join(filter(None, told)),
                     "count": sum(paper is not None for paper in person.papers)})  # fmt: skip
    calendar = worked.calendar
    entries = [
        {
            "title": entry.title(language), "clause": entry.clause, "note": entry.note, "last": entry.last,
            "left": calendar.left(entry, language), "near": entry == calendar.nearest(),
            "over": entry in calendar.overdue(),
            "whose": "" if entry.whose == "own" else message(f"desk.calendar.whose.{entry.whose}", language),
        }
        for entry in calendar.entries
        if entry.kind != "archive"
    ]  # fmt: skip
    return page(
        request, "dossier.html", seen=seen, worked=worked, steps=steps_of(seen, "", language),
        next=next_of(seen, language, handed), rows=rows, entries=entries,
        missing=[message(f"desk.calendar.no.{key}", language) for key in calendar.missing],
        lines=lines_of(worked.regulation, seen.data, last[::-1], language),
        held=at_pointer(worked.dossier.data, "/meeting/held"),
        sent=at_pointer(worked.dossier.data, "/meeting/submitted"),
    )  # fmt: skip


def _posts(member: AnyRecord) -> str:
    """The posts of a member in words."""
    given = get(member, ("member", "position"))
    values = list(given.values()) if isinstance(given, dict) else [given]
    return ", ".join(value for value in values if isinstance(value, str))


@ROUTES.get("/ho-so/{number}/tep/{kind}")
def as_file(request: Request, signed: Signed, number: str, kind: str) -> Response:
    """The dossier as a file to be kept: the same JSON that the interface gives, or a workbook; its days for a phone."""
    seen = look(request, signed, number)
    name = f"ho-so-{seen.worked.status.year or number[:8]}"

    def told(content: bytes, media: str, ending: str) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
        return Response(content, media_type=media, headers=headers)

    if kind == "json":
        return told(dossier_store.file_bytes(seen.data), JSON_MEDIA, "json")
    if kind == "ics":
        return told(ics(seen.worked.calendar, language_of(request)), "text/calendar; charset=utf-8", "ics")
    if kind == "xlsx":
        made = converted(seen.worked.dossier, "xlsx")
        if made.content is None:
            raise Problem(422, "page.problem.no_book", findings=made.findings)
        return told(made.content, EXCEL, "xlsx")
    raise Problem(404, "page.problem.not_found")


@ROUTES.post("/ho-so/{number}/ngay")
def set_days(request: Request, post: Posted, number: str) -> Response:
    """Note the day of the meeting and the day on which the dossier is handed in."""
    may_edit(request, post, number)
    days = {}
    for name in ("held", "submitted"):
        given = post.text(name).strip()
        days[name] = read_date(given) if given else None
        if given and not days[name]:
            raise Problem(422, "page.problem.bad_date", given=given[:30])

    def make(data: JsonDict) -> JsonDict:
        for name, day in days.items():
            if day != at_pointer(data, f"/meeting/{name}"):
                set_at(data, ("meeting", name), day)
        return data

    edit(request, post, number, make)
    return go_to(f"/ho-so/{number}")


@ROUTES.get("/ho-so/{number}/lan-sua")
def history_page(request: Request, signed: Signed, number: str, truoc: int = 0) -> Response:
    """Who changed what, the newest first; each line can be gone back on where nobody changed the place since."""
    seen, language = look(request, signed, number), language_of(request)
    with database_of(request).read() as db:
        found = dossier_store.last_changes(db, number, _PAGE_LINES, before=truoc)
        whole = dossier_store.broken_chain(db, number) == 0
    return page(
        request, "history.html", seen=seen, steps=steps_of(seen, "", language), whole=whole,
        lines=lines_of(seen.worked.regulation, seen.data, found[::-1], language),
        older=found[0]["number"] if len(found) == _PAGE_LINES else 0,
    )  # fmt: skip


@ROUTES.post("/ho-so/{number}/tro-lai")
def go_back(request: Request, post: Posted, number: str) -> Response:
    """Put back what one line of the history replaced; 409 where the place has been changed since."""
    may_edit(request, post, number)
    given = post.text("dong")
    line = int(given) if given.isdecimal() and len(given) < 15 else 0
    with database_of(request).read() as db:
        found = dossier_store.history(db, number, after=line - 1, limit=1)
    if not found or found[0]["number"] != line or not found[0]["pointer"]:
        raise Problem(404, "page.problem.not_found")
    pointer, old, new = str(found[0]["pointer"]), found[0]["old"], found[0]["new"]

    edit(request, post, number, lambda data: undo(data, pointer, old, new))
    return go_to(f"/ho-so/{number}/lan-sua")
