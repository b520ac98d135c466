"""The files of a packet: the zip, the copy to print, the plan for printing, each page as a picture."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from docgen.packet.plan import plan_documents
from docgen.packet.print_plan import PLAN, print_plan
from docgen.paths import JsonDict
from docgen.web import packet_store
from docgen.web.asking import database_of, settings_of
from docgen.web.dossier_view import Look, look, steps_of
from docgen.web.http_packets import archive_of
from docgen.web.packet_pictures import WIDTH, picture
from docgen.web.packet_view import PacketShown, PaperShown, shown
from docgen.web.page_asking import Signed, Visitor
from docgen.web.page_render import page
from docgen.web.problems import Problem, language_of

ROUTES = APIRouter(include_in_schema=False)
#: The copies that a plan for printing counts with: one goes up, one stays.
_COPIES = 2
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def packet_of(request: Request, seen: Look, row: JsonDict) -> PacketShown:
    """A packet of the dossier, as its page shows it."""
    names = {person.member: person.name for person in seen.worked.status.people}
    folder = packet_store.folder_of(settings_of(request), str(row["id"]))
    return shown(row, folder, seen.worked.regulation, names, language_of(request))


def chosen(request: Request, visitor: Visitor, number: str, packet: str) -> tuple[Look, PacketShown]:
    """The packet with this id of this dossier. 404 for another's."""
    seen = look(request, visitor, number, "packet.read")
    with database_of(request).read() as db:
        row = packet_store.find(db, packet)
    if row is None or row["dossier"] != number:
        raise Problem(404, "page.problem.not_found")
    return seen, packet_of(request, seen, row)


@ROUTES.get("/ho-so/{number}/bo-ho-so/{packet}/zip")
def as_zip(request: Request, signed: Signed, number: str, packet: str) -> StreamingResponse:
    """The whole packet as a zip."""
    seen, found = chosen(request, signed, number, packet)
    return archive_of(found.folder, f"bo-ho-so-{seen.worked.status.year or number[:8]}")


@ROUTES.get("/ho-so/{number}/bo-ho-so/{packet}/in")
def to_print(request: Request, signed: Signed, number: str, packet: str) -> Response:
    """The PDF of all pages, for a printer."""
    seen, found = chosen(request, signed, number, packet)
    path = found.folder / "ban-in.pdf"
    if not found.print_copy or not path.is_file():
        raise Problem(404, "page.problem.not_found")
    name = f"ban-in-{seen.worked.status.year or number[:8]}.pdf"
    return FileResponse(path, media_type="application/pdf", filename=name)


@ROUTES.get("/ho-so/{number}/bo-ho-so/{packet}/ke-hoach-in")
def plan_to_print(request: Request, signed: Signed, number: str, packet: str) -> Response:
    """What to print and who signs what, as a Word page; for a packet that is what the dossier gives now."""
    seen, found = chosen(request, signed, number, packet)
    if found.row["dossier_version"] != seen.kept.version:
        raise Problem(409, "page.problem.packet_old")
    data, regulation = seen.worked.dossier.data, seen.worked.regulation
    pages = {paper.number: paper.pages for paper in found.papers if paper.number and paper.pages}
    content = print_plan(regulation, data, plan_documents(regulation, data), pages, _COPIES)
    return Response(content, media_type=_WORD, headers={"Content-Disposition": f'attachment; filename="{PLAN}"'})


def _paper(found: PacketShown, number: str) -> PaperShown:
    """The paper that an address names; asked only once it is known that the packet may be seen. 404 for none."""
    paper = found.paper(_number(number))
    if paper is None or not paper.pdf:
        raise Problem(404, "page.problem.not_found")
    return paper


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Problem(404, "page.problem.not_found")
    return int(text)


@ROUTES.get("/ho-so/{number}/bo-ho-so/{packet}/xem/{paper}")
def paper_page(request: Request, signed: Signed, number: str, packet: str, paper: str) -> Response:
    """One paper, page by page as it will be printed; the one before and the one after."""
    seen, found = chosen(request, signed, number, packet)
    one = _paper(found, paper)
    place = found.papers.index(one)
    near = [found.papers[n] if 0 <= n < len(found.papers) else None for n in (place - 1, place + 1)]
    return page(
        request, "packet_paper.html", seen=seen, steps=steps_of(seen, "bo-ho-so", language_of(request)), packet=found,
        paper=one, before=near[0], after=near[1], pages=one.pages,
    )  # fmt: skip


@ROUTES.get("/ho-so/{number}/bo-ho-so/{packet}/hinh/{paper}/{sheet}.png")
def page_picture(
    request: Request, signed: Signed, number: str, packet: str, paper: str, sheet: str, nho: str = ""
) -> Response:
    """One page of a paper as a picture, small (`nho`) or to be read."""
    _, found = chosen(request, signed, number, packet)
    one, place = _paper(found, paper), _number(sheet)
    if not 1 <= place <= one.pages:
        raise Problem(404, "page.problem.not_found")
    size = "small" if nho else "large"
    content = picture(settings_of(request), found.folder / one.pdf, one.sha256, place, WIDTH[size])
    headers = {"ETag": f'"{one.sha256[:16]}-{place}-{size}"', "Cache-Control": "private, max-age=86400"}
    if request.headers.get("if-none-match", "").strip() == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/png", headers=headers)
