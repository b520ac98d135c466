"""Filling in: who owes which paper, and each form as a page, saved field by field or a part at a time."""

from __future__ import annotations

import time
from typing import Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from docgen.desk.status import THERE
from docgen.errors import UsageError
from docgen.forms.data import Record, root_places
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.roles import roles_of
from docgen.i18n import has_message, message
from docgen.paths import JsonDict, get, get_list
from docgen.regulations.subjects import is_member
from docgen.web.dossier_edit import edit, set_at
from docgen.web.dossier_view import Look, look, look_at_member, steps_of
from docgen.web.field_saving import CHOSEN, SEEN, THEIRS, Outcome, place_of, save
from docgen.web.form_drawing import MEMBERS, Drawing, Drawn, mark_of
from docgen.web.page_asking import TOKEN, Post, Posted, Signed, Visitor, go_to
from docgen.web.page_render import HEADERS, fragment, page, page_message
from docgen.web.presence import presence_of
from docgen.web.problems import Problem, language_of
from docgen.web.table_paste import paste_rows

ROUTES = APIRouter(include_in_schema=False)
#: The fields of a form that are no values.
_ACTS = (TOKEN, "luu", "them", "xoa", "dan")
_MOST_NEW_ROWS = 50


def record_for(definition: FormDefinition, seen: Look, key: str) -> Record:
    """The record that `key` names (`Record.key`) for this form. 404 where the dossier has none such."""
    data, law = seen.worked.dossier.data, definition.law
    members = [str(get(member, ("id",)) or "") for member in get_list(data, "members")]
    if definition.record == "dossier":
        found: Record | None = Record()
    elif definition.record == "member":
        found = Record(key) if key in members else None
    else:
        own = is_member(definition.subject)
        each = [Record(member, a.id) for member in (members if own else [""]) for a in law.assessors
                if a.subject == definition.subject]  # fmt: skip
        found = next((one for one in each if one.key() == key), None)
    if found is None or found.key() != key:
        raise Problem(404, "page.problem.not_found")
    return found


def _definition(seen: Look, form: str) -> FormDefinition:
    if form not in seen.worked.regulation.every_form:
        raise Problem(404, "page.problem.not_found")
    return load_form(seen.worked.regulation, form)


def draw(
    seen: Look, definition: FormDefinition, record: Record, language: str, more: dict[str, int], *, quick: bool = False
) -> Drawn:
    """The form with what the dossier holds; `quick`: of what is wrong, all but what is about grades."""
    worked = seen.worked
    found = worked.wrong if quick else worked.findings
    heads = {name: page_message(language, f"fill.part_{name}") for name in ("first", "next", "shared")}
    return Drawing(definition, record, worked.dossier, seen.data, found, language, more).draw(heads)


@ROUTES.get("/ho-so/{number}/dien")
def people_and_papers(request: Request, signed: Signed, number: str, loc: str = "") -> Response:
    """Who owes which paper, each a link to its form; `loc`: only those who have one that is not done."""
    seen, language = look(request, signed, number), language_of(request)
    planned = {paper.form for paper in seen.worked.status.papers()}
    people = [one for one in seen.worked.status.people
              if not loc or any(paper is not None and paper.state not in THERE for paper in one.papers)]  # fmt: skip
    others = []
    for form in seen.worked.regulation.every_form:
        definition = load_form(seen.worked.regulation, form)
        if form not in planned and definition.record == "dossier":
            others.append(definition)
    return page(request, "fill_list.html", seen=seen, worked=seen.worked, steps=steps_of(seen, "dien", language),
                others=others, people=people, only_open=bool(loc))  # fmt: skip


@ROUTES.get("/ho-so/{number}/dien/{key}")
def first_paper(request: Request, signed: Signed, number: str, key: str) -> Response:
    """The first paper of a record, the one with something to mend before the others."""
    seen = look(request, signed, number)
    own = [paper for paper in seen.worked.status.papers() if _key_of(paper) == key or paper.member == key]
    if not own:
        raise Problem(404, "page.problem.not_found")
    chosen = next((paper for paper in own if paper.state != "complete"), own[0])
    return go_to(f"{seen.address}/dien/{quote(_key_of(chosen))}/{chosen.form}")


def _key_of(paper: Any) -> str:
    return Record(paper.member, paper.assessor).key()


@ROUTES.get("/ho-so/{number}/dien/{key}/{form}")
def form_page(request: Request, signed: Signed, number: str, key: str, form: str, dong: str = "") -> Response:
    """One form for one record; `dong` is `list.n`: so many empty rows in that table."""
    seen = look(request, signed, number)
    definition = _definition(seen, form)
    record = record_for(definition, seen, key)
    listed, _, count = dong.rpartition(".")
    more = {listed: min(int(count), _MOST_NEW_ROWS)} if count.isdecimal() and len(count) < 4 else {}
    drawn = draw(seen, definition, record, language_of(request), more)
    return _show(request, signed, seen, drawn)


def _show(request: Request, visitor: Visitor, seen: Look, drawn: Drawn, status: int = 200) -> Response:
    language = language_of(request)
    key, definition = drawn.record.key(), drawn.definition
    others = presence_of(request).see((seen.id, key, definition.form), visitor.person)
    own = [paper for paper in seen.worked.status.papers() if paper.member == drawn.record.member]
    person = next((one.name for one in seen.worked.status.people if one.member == drawn.record.member), "")
    signers = [message(f"read.role.{role}", language) if has_message(f"read.role.{role}", language) else role
               for role in roles_of(definition)]  # fmt: skip
    return page(
        request, "fill.html", status=status, seen=seen, drawn=drawn, definition=definition, key=key, person=person,
        steps=steps_of(seen, "dien", language), papers=[(paper, _key_of(paper)) for paper in own],
        address=f"{seen.address}/dien/{quote(key)}/{definition.form}", others=others, signers=signers,
        may_write=seen.may_write, prefixes={"seen": SEEN, "chosen": CHOSEN, "theirs": THEIRS},
    )  # fmt: skip


@ROUTES.get("/ho-so/{number}/dien/{key}/{form}/ai")
def who_else(request: Request, signed: Signed, number: str, key: str, form: str) -> Response:
    """Who else has the form open, for the notice on top of it."""
    seen = look(request, signed, number)
    record_for(_definition(seen, form), seen, key)
    others = presence_of(request).see((number, key, form), signed.person)
    return HTMLResponse(fragment(request, "fill_presence.html", others=others), headers=HEADERS)


@ROUTES.post("/ho-so/{number}/dien/{key}/{form}/o")
def save_field(request: Request, post: Posted, number: str, key: str, form: str, o: str) -> Response:
    """One field, as the script sends it: its new mark and what is wrong with it come back."""
    seen = _for_field(request, post.visitor, number, key, form, o)
    definition, language = _definition(seen, form), language_of(request)
    record = record_for(definition, seen, key)
    known = len(get_list(seen.data, *_listing(seen, definition, record, o)))
    done = save(request, post, number, definition, record, [o], seen.alone)
    seen = _for_field(request, post.visitor, number, key, form, o)
    drawn = draw(seen, definition, record, language, {_table(o): 1}, quick=True)
    control = drawn.control(o)
    if control is None:
        raise Problem(404, "page.problem.not_found")
    grown = bool(_table(o)) and len(get_list(seen.data, *_listing(seen, definition, record, o))) != known
    status = 200
    if o in done.refused:
        status, control.faults = 422, [done.refused[o]]
    if o in done.conflicts:
        status = 409
    row = next((row for section in drawn.sections for kind, table in section.items if kind == "rows"
                for row in table.rows if control in row.controls), None)  # fmt: skip
    marks = [one for one in drawn.controls() if _table(one.name) == _table(o)] if grown else [control]
    html = fragment(
        request, "fill_saved.html", control=control, outcome=done, typed=post.text(o), now=time.strftime("%H:%M"),
        drawn=drawn, marks=marks if status == 200 else [], row=row, kept=o in done.left, list=_table(o),
        address=f"{seen.address}/dien/{quote(key)}/{form}",
        prefixes={"seen": SEEN, "chosen": CHOSEN, "theirs": THEIRS},
    )  # fmt: skip
    steers = {binding for block in definition.body for binding in block.conditions()}
    # What decides which parts are on the page has the page drawn anew.
    again = {"HX-Refresh": "true"} if o in done.written and o in steers and control.slot.options else {}
    return HTMLResponse(html, status, {**HEADERS, **again})


def _for_field(request: Request, visitor: Visitor, number: str, key: str, form: str, field: str) -> Look:
    """The dossier with the member alone whose field it is; all of it for a field of the body or of a list of members,
    or where nobody has this id as it stands."""
    for member in dict.fromkeys((key, key.rpartition(".")[0])):
        alone = look_at_member(request, visitor, number, member, "dossier.write") if member else None
        if alone is not None and form in alone.worked.regulation.every_form:
            definition = load_form(alone.worked.regulation, form)
            own = definition.record != "dossier" and is_member(definition.subject)
            place = place_of(definition, record_for(definition, alone, key), alone.data, field) if own else None
            if place is not None and place.path[0] == "members" and place.listing != MEMBERS:
                return alone
    return look(request, visitor, number, "dossier.write")


def _table(name: str) -> str:
    return name.partition("[")[0] if "[" in name else ""


def _listing(seen: Look, definition: FormDefinition, record: Record, name: str) -> tuple[Any, ...]:
    return root_places(definition, seen.worked.dossier.data, record).get(_table(name), ("",))


@ROUTES.post("/ho-so/{number}/dien/{key}/{form}")
def save_part(request: Request, post: Posted, number: str, key: str, form: str) -> Response:
    """A part of the form: all its fields, then a row more or less, or rows that were pasted."""
    seen = look(request, post.visitor, number, "dossier.write")
    definition = _definition(seen, form)
    record = record_for(definition, seen, key)
    fields = [name for name in post.form if name not in _ACTS
              and not name.startswith((SEEN, CHOSEN, THEIRS, "r:", "dan:"))]  # fmt: skip
    try:
        done = save(request, post, number, definition, record, fields)
    except UsageError:
        raise Problem(404, "page.problem.not_found") from None
    part = post.text("luu")[:40]
    address = f"{seen.address}/dien/{quote(key)}/{form}"
    if done.whole and (listed := post.text("xoa")):
        _drop_row(request, post, number, definition, record, listed)
    pasted: dict[str, list[str]] = {}
    if done.whole and (listed := post.text("dan")):
        pasted[listed] = paste_rows(request, post, number, definition, record, listed)
    if done.whole and not any(pasted.values()):
        more = f"?dong={quote(post.text('them'))}" if post.text("them") else ""
        return go_to(f"{address}{more}#{part}" if part.startswith(("phan-", "dau", "chung")) else f"{address}{more}")
    return _again(request, post, number, definition, record, done, pasted)


def _again(
    request: Request, post: Post, number: str, definition: FormDefinition, record: Record, done: Outcome,
    pasted: dict[str, list[str]],
) -> Response:  # fmt: skip
    """The form with what was typed and not kept still in its fields."""
    seen = look(request, post.visitor, number, "dossier.write")
    drawn = draw(seen, definition, record, language_of(request), dict.fromkeys(pasted, 3))
    for control in drawn.controls():
        if control.name in done.refused or control.name in done.conflicts:
            control.value, control.typed = post.text(control.name), True
        if control.name in done.refused:
            control.faults = [done.refused[control.name]]
        if control.name in done.conflicts:
            control.theirs = done.conflicts[control.name]
    for section in drawn.sections:
        for kind, table in section.items:
            if kind == "rows" and table.list in pasted:
                table.faults, table.pasted = pasted[table.list], post.text(f"dan:{table.list}")
    return _show(request, post.visitor, seen, drawn, 409 if done.conflicts else 422)


def _drop_row(
    request: Request, post: Post, number: str, definition: FormDefinition, record: Record, given: str
) -> None:
    """Take away the row `list[3]`, where it is still the row that was seen. 409 where it is another."""
    listed, _, rest = given.partition("[")
    index = int(rest[:-1]) if rest.endswith("]") and rest[:-1].isdecimal() and len(rest) < 7 else -1

    def make(data: JsonDict) -> JsonDict:
        place = root_places(definition, data, record).get(listed)
        if place is None or place == ("members",) or listed not in {table.binding for table in definition.tables()}:
            raise Problem(404, "page.problem.not_found")
        rows = list(get_list(data, *place))
        if not 0 <= index < len(rows):
            raise Problem(404, "page.problem.not_found")
        if mark_of(rows[index]) != post.text(f"r:{given}"):
            raise Problem(409, "page.problem.changed_since")
        del rows[index]
        set_at(data, place, cast(Any, rows) or None)
        return data

    edit(request, post, number, make)
