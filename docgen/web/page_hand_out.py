"""Handing out and taking back: Word forms with names in them, and the heap of files that came back, looked at first."""

from __future__ import annotations

import datetime
import io
import zipfile
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import Response

import docgen
from docgen.desk.status import Paper
from docgen.dossier.handed_papers import record_papers
from docgen.forms.alternatives import answers
from docgen.forms.data import Record
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.forms.handing import handed_to
from docgen.forms.merge import Change, apply_changes
from docgen.forms.roles import holder_of
from docgen.i18n import has_message, message
from docgen.paths import JsonDict, copied
from docgen.pipeline import known_record
from docgen.storage import safe_name
from docgen.web import dossier_store
from docgen.web.asking import database_of, dossier_for, settings_of
from docgen.web.closing import keeps_result
from docgen.web.dossier_edit import edit
from docgen.web.dossier_view import Look, look, steps_of
from docgen.web.history_words import field_at, value_words
from docgen.web.http_packets import ZIP
from docgen.web.http_regulations import regulations_of
from docgen.web.page_asking import Posted, Signed, go_to
from docgen.web.page_render import hint_of, page
from docgen.web.problems import Problem, language_of
from docgen.web.returned_heap import KEPT, MOST_FILES, Proposed, heaps_of, proposed, read_files

ROUTES = APIRouter(include_in_schema=False)
#: The moment that files in a zip carry: the same papers give the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(slots=True)
class Batch:
    """The papers of one form, handed to one role."""

    form: str
    title: str
    role: str
    papers: list[Paper] = field(default_factory=list)

    @property
    def given(self) -> int:
        """How many were handed out, or are filled in already."""
        return sum(paper.state != "not_given" for paper in self.papers)

    @property
    def names(self) -> list[str]:
        """Whose papers were not handed out yet."""
        return [paper.name or paper.title for paper in self.papers if paper.state == "not_given"]


def batches(seen: Look, language: str) -> list[Batch]:
    """The papers that are owed, form by form."""
    out: dict[str, Batch] = {}
    for paper in seen.worked.status.papers():
        if paper.form not in out:
            definition = load_form(seen.worked.regulation, paper.form)
            role = holder_of(definition)
            key = f"read.role.{role}"
            title = paper.title if paper.kind != "body" else definition.name
            out[paper.form] = Batch(paper.form, title, message(key, language) if has_message(key, language) else role)
        out[paper.form].papers.append(paper)
    return list(out.values())


def written_file(request: Request, seen: Look, paper: Paper, fillers: dict[str, Filler]) -> tuple[str, bytes]:
    """The Word file that is handed out, as `docgen blank --dossier` writes it: its name and its bytes."""
    if paper.form not in fillers:
        fillers[paper.form] = Filler(load_form(seen.worked.regulation, paper.form), settings_of(request).templates)
    filler = fillers[paper.form]
    definition, record = filler.definition, Record(paper.member, paper.assessor)
    known = known_record(definition, seen.worked.dossier, paper.member, paper.assessor)
    docx = filler.fill(known, known=answers(definition.law, seen.worked.dossier.data, known))
    content = handed_to(definition, docx, (holder_of(definition),))
    return f"{paper.form}-{safe_name(record.key())}.docx", content


@ROUTES.get("/ho-so/{number}/phat-va-thu")
def hand_out_page(request: Request, signed: Signed, number: str) -> Response:
    """What is out and what came back."""
    seen, language = look(request, signed, number), language_of(request)
    folders = settings_of(request).folders
    waiting = heaps_of(request).get(signed.person.id, number) if seen.may_write else []
    rows = [proposed(one, seen.worked.dossier.data, folders) for one in waiting]
    papers = list(seen.worked.status.papers())
    nearest = seen.worked.calendar.nearest()
    return page(
        request, "hand_out.html", seen=seen, steps=steps_of(seen, "phat-va-thu", language), rows=rows,
        batches=batches(seen, language), takes=sum(row.takes for row in rows),
        counts={state: sum(paper.state == state for paper in papers) for state in ("not_given", "given", "returned")},
        names={person.member: person.name for person in seen.worked.status.people}, papers=papers,
        words=lambda change: change_words(seen, change, language), hint=hint_of,
        until=nearest.last if nearest is not None else None, most=MOST_FILES, minutes=int(KEPT // 60),
    )  # fmt: skip


def change_words(seen: Look, change: Change, language: str) -> dict[str, str]:
    """A change in words: what it is called, what stands there, what comes."""
    regulation = seen.worked.regulation
    found, _ = field_at(regulation, change.pointer)
    return {"label": change.label, "old": value_words(regulation, found, change.old, language),
            "new": value_words(regulation, found, change.new, language)}  # fmt: skip


@ROUTES.post("/ho-so/{number}/phat-va-thu/phat")
def hand_out(request: Request, post: Posted, number: str) -> Response:
    """The forms of one batch (or all) as a zip, noted as handed out today; with `chi-ghi` only the note."""
    seen = look(request, post.visitor, number, "dossier.write")
    wanted = [paper for paper in seen.worked.status.papers() if post.text("mau") in ("", paper.form)]
    if not wanted:
        raise Problem(404, "page.problem.not_found")
    packed = b"" if post.text("chi-ghi") == "1" else _zip(request, seen, wanted)
    today = datetime.date.today().isoformat()
    new = [(paper.form, paper.member, paper.assessor) for paper in wanted if paper.state == "not_given"]

    def make(data: JsonDict) -> JsonDict:
        if not isinstance(data.get("papers", []), list):
            raise Problem(422, "page.problem.no_place")
        if new:
            record_papers(data, new, given=today)
        return data

    edit(request, post, number, make)
    if not packed:
        return go_to(f"{seen.address}/phat-va-thu#phat")
    name = f"phat-{seen.worked.status.year or number[:8]}{'-' if post.text('mau') else ''}{post.text('mau')}.zip"
    return Response(packed, media_type=ZIP, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _zip(request: Request, seen: Look, papers: list[Paper]) -> bytes:
    out, fillers = io.BytesIO(), dict[str, Filler]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for paper in papers:
            name, content = written_file(request, seen, paper, fillers)
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), content)
    return out.getvalue()


@ROUTES.post("/ho-so/{number}/phat-va-thu/thu")
def take_in(request: Request, post: Posted, number: str) -> Response:
    """Read the files that came back; nothing is written."""
    seen, settings = look(request, post.visitor, number, "dossier.write"), settings_of(request)
    files = [(str(one.filename or ""), one.file.read()) for one in post.files("tep")]
    if not files:
        raise Problem(422, "page.problem.no_files")
    heaps, person = heaps_of(request), post.visitor.person.id
    found = read_files(files, settings.folders, settings.templates)
    known = {one.sha256 for one in found if one.sha256}
    before = [one for one in heaps.get(person, number) if one.sha256 not in known]
    heaps.put(person, number, [*before, *found][-MOST_FILES:])
    return go_to(f"{seen.address}/phat-va-thu#vua-ve")


@ROUTES.post("/ho-so/{number}/phat-va-thu/cua-ai")
def say_whose(request: Request, post: Posted, number: str) -> Response:
    """Say whose a file is that does not say so itself; nothing is written."""
    seen = look(request, post.visitor, number, "dossier.write")
    file = post.text("tep")
    member = post.text(f"nguoi:{file}")
    if member not in {person.member for person in seen.worked.status.people}:
        raise Problem(422, "page.problem.no_member")
    if not heaps_of(request).say_whose(post.visitor.person.id, number, file, member):
        raise Problem(404, "page.problem.not_found")
    return go_to(f"{seen.address}/phat-va-thu#vua-ve")


@ROUTES.post("/ho-so/{number}/phat-va-thu/bo")
def throw_away(request: Request, post: Posted, number: str) -> Response:
    """Forget the files that wait."""
    seen = look(request, post.visitor, number, "dossier.write")
    heaps_of(request).put(post.visitor.person.id, number, [])
    return go_to(f"{seen.address}/phat-va-thu")


@ROUTES.post("/ho-so/{number}/phat-va-thu/nhan")
def accept(request: Request, post: Posted, number: str) -> Response:
    """Write what the chosen files change: exactly what was shown, else 409 and nothing is written."""
    seen, settings = look(request, post.visitor, number, "dossier.write"), settings_of(request)
    heaps, person = heaps_of(request), post.visitor.person.id
    waiting = heaps.get(person, number)
    only = post.text("mot")
    ticked = {only} if only else {str(one) for one in post.form.getlist("nhan")}
    chosen = [one for one in waiting if one.id in ticked]
    today = datetime.date.today().isoformat()

    def make(data: JsonDict) -> JsonDict:
        loaded, found = docgen.load_dossier(data, regulations=regulations_of(request))
        if loaded is None:
            raise Problem(422, "web.problem.no_dossier", findings=found)
        before, merged, changes, came = loaded.data, copied(loaded.data), list[Change](), list[Proposed]()
        for one in chosen:
            if proposed(one, before, settings.folders).mark != post.text(f"m:{one.id}"):
                raise Problem(409, "page.problem.changed_since")
            told = proposed(one, merged, settings.folders, take_over=post.text(f"thay:{one.id}") == "1")
            if told.takes and told.merge is not None:
                merged, came = told.merge.data, [*came, told]
                changes += told.merge.changes
        if not apply_changes(data, changes):
            data = merged
        for told in came:
            record = told.merge.record if told.merge is not None else None
            if record is not None and isinstance(data.get("papers", []), list):
                paper = (told.file.read.form, record.member, record.assessor)
                record_papers(data, [paper], returned=today, sha256=told.file.sha256)
        return data

    with database_of(request).write() as db:
        dossier_for(db, post.principal, "dossier.write", number, lock=True)
        if chosen:
            dossier_store.change(db, number, post.visitor.person.name, None, make, keeps_result(request))
    heaps.put(person, number, [one for one in waiting if one not in chosen])
    return go_to(f"{seen.address}/phat-va-thu")
