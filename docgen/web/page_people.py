"""Who is in the dossier: add by name, one or many; take away."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docgen.paths import JsonDict, get, get_list, get_text
from docgen.web.dossier_edit import edit, may_edit
from docgen.web.dossier_view import look, steps_of
from docgen.web.new_dossier import new_member_id
from docgen.web.page_asking import Posted, Signed, go_to
from docgen.web.page_render import page
from docgen.web.problems import Problem, language_of

ROUTES = APIRouter(include_in_schema=False)
#: So many names are taken at once.
_MOST = 500


@ROUTES.get("/ho-so/{number}/nguoi")
def people_page(request: Request, signed: Signed, number: str, bo: str = "") -> Response:
    """The list; `bo` is the id of the member that is about to be taken away."""
    seen = look(request, signed, number)
    leaving = next((one for one in seen.worked.status.people if one.member == bo), None) if bo else None
    return page(
        request, "people.html", seen=seen, steps=steps_of(seen, "", language_of(request)), leaving=leaving,
        version=seen.kept.version,
    )  # fmt: skip


@ROUTES.post("/ho-so/{number}/nguoi")
def add_people(request: Request, post: Posted, number: str) -> Response:
    """One member a line; of a line copied from a sheet the first cell with letters is the name."""
    may_edit(request, post, number)
    names = []
    for line in post.text("ten").split("\n"):
        cells = [" ".join(cell.split()) for cell in line.split("\t")]
        if name := next((cell for cell in cells if any(letter.isalpha() for letter in cell)), ""):
            names.append(name[:200])
    if not names or len(names) > _MOST:
        raise Problem(422, "page.problem.no_names", most=_MOST)

    def make(data: JsonDict) -> JsonDict:
        kept = get(data, ("members",))
        members = list(kept) if isinstance(kept, list) else []
        for name in names:
            members.append({"id": new_member_id(members), "member": {"full_name": name}})
        data["members"] = members
        return data

    edit(request, post, number, make)
    return go_to(f"/ho-so/{number}/nguoi")


@ROUTES.post("/ho-so/{number}/nguoi/bo")
def take_away(request: Request, post: Posted, number: str) -> Response:
    """Take a member out, with all that was written of him; the history keeps it."""
    may_edit(request, post, number)
    leaving = post.text("ma")
    if post.text("dong-y") != "1":
        raise Problem(422, "page.problem.not_confirmed")

    def make(data: JsonDict) -> JsonDict:
        members = get_list(data, "members")
        data["members"] = [member for member in members if get_text(member, "id") != leaving]
        if len(get_list(data, "members")) != len(members) - 1:
            raise Problem(404, "page.problem.not_found")
        return data

    edit(request, post, number, make)
    return go_to(f"/ho-so/{number}/nguoi")
