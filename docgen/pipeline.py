"""The order of the steps, and the one place that knows it: load → validate → grade → render → convert → sign → pack.

The command line and the Python API both come through here.
"""

from __future__ import annotations

import copy
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.errors import InputError, UsageError
from docgen.model import Finding, has_errors
from docgen.paths import AnyRecord, JsonDict, JsonMap, get_mapping
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.regulations.subjects import BODIES, is_member

if TYPE_CHECKING:
    from docgen.dossier import Dossier
    from docgen.forms.data import Record
    from docgen.forms.definition import FormDefinition
    from docgen.forms.fill import Filler
    from docgen.grading.dossier_board import Board, Row
    from docgen.packet.make import Packet

#: Findings about a place for a proposed grade that is empty: no packet without it, but docgen may fill it.
GRADE_OPEN = ("validation.grade.open", "validation.grade.open_proposed")


@dataclass(slots=True)
class Checked:
    """A dossier after the first three steps. `dossier` is None where nothing could be read."""

    dossier: Dossier | None
    regulation: RegulationData | None
    findings: list[Finding]
    board: Board | None = None

    @property
    def sound(self) -> bool:
        """True where there is a dossier and no finding of severity error."""
        return self.dossier is not None and not has_errors(self.findings)

    @property
    def writable(self) -> bool:
        """True where proposed grades may be written: nothing is wrong but grades that are not entered yet."""
        wrong = [f for f in self.findings if f.severity == "error" and f.code not in GRADE_OPEN]
        return self.dossier is not None and not wrong


def check_dossier(path: Path, folders: Sequence[Path] = (), *, grade: bool = True) -> Checked:
    """Load, validate and grade the dossier at `path`. Raises `InputError` only where there is no such file."""
    from docgen.dossier import load_dossier

    dossier, findings = load_dossier(path, folders)
    return check_loaded(dossier, findings, grade=grade)


def check_loaded(dossier: Dossier | None, findings: list[Finding], *, grade: bool = True) -> Checked:
    """Validate and grade a dossier that was loaded, with the findings of that; None is passed on."""
    from docgen.validation import validate_dossier

    if dossier is None:
        return Checked(None, None, findings)
    regulation = load_regulation(dossier.regulation, dossier.folders)
    board = None
    proposals: dict[str, str] = {}
    if grade:
        from docgen.grading.dossier_board import grade_dossier

        board = grade_dossier(regulation, dossier.data, dossier.folders)
        proposals = {row.id: row.grade for row in board.rows if row.subject != "can_bo" and row.grade}
    noted = board.findings if board is not None else ()
    findings = validate_dossier(dossier, regulation, proposals=proposals, noted=noted)
    names = dossier.names()
    named = [replace(f, name=names[f.who]) if f.who in names else f for f in findings]
    return Checked(dossier, regulation, [*loosened_findings(regulation), *named], board)


def loosened_findings(regulation: RegulationData) -> list[Finding]:
    """In what a unit's own regulation is laxer than the one it extends; empty for any other regulation."""
    if not regulation.is_overlay:
        return []
    from docgen.grading.loosening import loosened_regulation

    return loosened_regulation(regulation)


def check_regulation(regulation_id: str, folders: Sequence[Path | str] = ()) -> list[Finding]:
    """Every fault in the files of a regulation, by file and line; for a unit's own that is sound, where it is laxer.

    Raises `UsageError` where there is no such regulation.
    """
    from docgen.regulations.loader import load_regulation
    from docgen.validation.regulation import check_regulation as faults_of

    found = faults_of(regulation_id, folders)
    return found if has_errors(found) else [*found, *loosened_findings(load_regulation(regulation_id, folders))]


#: Files that are Word's, or that people take for Word files; the reader of forms knows what to say of each.
_WORD_SUFFIXES = (".docx", ".docm", ".dotx", ".dotm", ".doc", ".dot", ".odt", ".rtf")


def _other_zip(path: Path) -> bool:
    """True for a zip that holds no workbook, whatever it is called: a Word file, or an archive of files."""
    try:
        if not path.is_file():
            return False
        with zipfile.ZipFile(path) as archive:
            return not any(name.startswith("xl/") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def check_path(path: Path, folders: Sequence[Path] = ()) -> list[Finding]:
    """The findings about any file docgen knows: a dossier (JSON, Excel, folder), form data, a Word file, a template.

    Form data is recognised by its `regulation` and `form` beside `data` (what `docgen read --json` gives).
    """
    suffix = path.suffix.lower()
    if suffix in _WORD_SUFFIXES or (suffix not in (".ods", ".pptx") and _other_zip(path)):
        from docgen.validation.word_file import validate_word_file

        return validate_word_file(path, folders=folders)
    if suffix in (".jsonl", ".ndjson"):
        raise UsageError("errors.usage.validate_lines", file=str(path))
    if suffix == ".json" and path.is_file():
        found = _form_data_findings(path, folders)
        if found is not None:
            return found
    return check_dossier(path, folders).findings


#: The name "form", however it is written in JSON. A dossier has no such name, and is not to be read twice.
_FORM = re.compile(rb'"(?:f|\\u0066)(?:o|\\u006[fF])(?:r|\\u0072)(?:m|\\u006[dD])"')


def _form_data_findings(path: Path, folders: Sequence[Path]) -> list[Finding] | None:
    """The findings about `{"regulation", "form", "data"}`, or None for any other file."""
    try:
        raw = path.read_bytes()
        content = json.loads(raw.decode("utf-8-sig")) if _FORM.search(raw) else None
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not {"regulation", "form", "data"} <= set(content):
        return None
    from docgen.forms.definition import load_form
    from docgen.validation import validate_form_data

    regulation = load_regulation(str(content["regulation"]), folders)
    definition = load_form(regulation, str(content["form"]))
    return validate_form_data(content["data"], definition, None, str(path), folder=path.parent)


# -- grades ----------------------------------------------------------------------------------------------------------


#: Who writes a proposed grade where: the cell its proposal for each member and the report of its committee; the author
#: of a body's own sheet that sheet; each assessor the sheet of his own.
WRITERS = ("cell", "author", "assessor")


@dataclass(slots=True)
class Written:
    """What `write_grades` did.

    `filled` are the pointers and grades written, `kept` how many places had an entry already; `open` the names (with
    the reason, a key of `cli.grade.open.…`) of those whose grade people must settle first; `others` what docgen would
    propose in the empty places of other writers: pointer, grade, writer. `backup` is the file before, where a workbook
    was changed in place; with `findings` nothing was written.
    """

    file: Path = Path()
    filled: list[tuple[str, str]] = field(default_factory=list)
    kept: int = 0
    open: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str, str]] = field(default_factory=list)
    backup: Path | None = None
    findings: list[Finding] = field(default_factory=list)


def _places(data: DossierData, row: Row, members: Mapping[str, list[int]]) -> Iterator[tuple[str, str]]:
    """Every place of a proposed grade of `row`: its pointer and who writes there."""
    own = {"tu_danh_gia": "author"}
    if is_member(row.subject):
        for index in members.get(row.id, ()):
            yield f"/members/{index}/cell/grade", "cell"
            for assessor in _sheets(data["members"][index]):
                if assessor not in own:
                    yield f"/members/{index}/assessments/{assessor}/proposed_grade", "assessor"
    elif row.id in BODIES and row.id in data:
        if row.id == "collective":  # its grade is asked for, not only voted on
            yield f"/{row.id}/proposed_grade", "cell"
        for assessor in _sheets(get_mapping(data, row.id)):
            yield f"/{row.id}/assessments/{assessor}/proposed_grade", own.get(assessor, "assessor")


def _sheets(holder: AnyRecord) -> list[str]:
    return [k for k, v in get_mapping(holder, "assessments").items() if isinstance(v, dict)]


def write_grades(checked: Checked, path: Path, output: Path | None = None, *, role: str = "cell") -> Written:
    """Put the settled proposals into the empty places of one writer (`WRITERS`) in the dossier file.

    Written is only what leaves nothing to people: no open question, nobody to be chosen within the quota. A value a
    person entered is never changed. The file is rewritten in place unless `output` names another one, which must not
    exist: a workbook keeps everything else in it, and the one before is kept beside it (`Written.backup`). A workbook
    may also go to a JSON file. Where the workbook has no place for a grade, nothing is written and `Written.findings`
    says so. Raises `UsageError` otherwise, and for a role that writes no grade.
    """
    from docgen.dossier import load_dossier
    from docgen.dossier.write_back import is_workbook
    from docgen.storage import json_bytes, write_whole

    _known_writer(role)
    assert checked.dossier is not None
    assert checked.board is not None
    if path.is_dir():
        path = Path(checked.dossier.file) if checked.dossier.file else path
    target = output or path
    book = is_workbook(target) and is_workbook(path)
    if target.suffix.lower() != ".json" and not book:
        raise UsageError("errors.usage.write_json", file=str(target))
    if target != path and target.exists():
        raise UsageError("errors.usage.exists", file=str(target))
    if book:
        return _write_in_book(checked, path, target, role)
    read = path.suffix.lower() == ".json"
    data = json.loads(path.read_text(encoding="utf-8-sig")) if read else copy.deepcopy(checked.dossier.data)
    done = write_settled(data, checked.board, role=role)
    done.file = target
    if done.filled or target != path:
        content = json_bytes(data)
        write_whole(target, content, overwrite=True)
        loaded, findings = load_dossier(target)
        if loaded is None:
            raise InputError("errors.input.no_dossier", file=str(target), count=len(findings))
    return done


def _write_in_book(checked: Checked, path: Path, target: Path, role: str) -> Written:
    from docgen.dossier.excel_change import change_workbook
    from docgen.dossier.write_back import replace_file
    from docgen.storage import write_whole

    assert checked.dossier is not None
    assert checked.board is not None
    before, data = path.read_bytes(), copy.deepcopy(checked.dossier.data)
    done = write_settled(data, checked.board, role=role)
    done.file = target
    book = change_workbook(before, checked.dossier, data, checked.dossier.folders)
    done.findings = book.findings
    if book.content is not None and target != path:
        write_whole(target, book.content)
    elif book.content is not None and done.filled:
        done.backup = replace_file(path, before, book.content)
    return done


def _known_writer(role: str) -> None:
    if role not in WRITERS:
        raise UsageError("errors.usage.no_such_writer", role=role, known=", ".join(WRITERS))


def write_settled(data: DossierData, board: Board, *, role: str = "cell") -> Written:
    """Put the settled proposals of `board` into the empty places of one writer in `data`, which is changed.

    What is written, and raised, is as for `write_grades`.
    """
    from docgen.dossier.cleaning import one_line, storable

    _known_writer(role)
    done = Written()
    members: dict[Any, list[int]] = {}
    for index, member in enumerate(data.get("members", ())):
        # The rows of the board have ids in canonical form; the file may have them typed otherwise.
        members.setdefault(one_line(storable(str(member.get("id")))), []).append(index)
    for row in board.rows:
        if row.proposal.not_ranked:
            continue
        empty = []
        for pointer, writer in _places(data, row, members):
            *above, name = pointer.split("/")[1:]
            holder: Any = data
            for step in above:
                holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
            if holder.get(name):
                done.kept += writer == role
            elif writer != role:
                if row.settled:
                    done.others.append((pointer, row.grade, writer))
            elif row.settled:
                holder[name] = row.grade
                done.filled.append((pointer, row.grade))
            else:
                empty.append(pointer)
        if empty:
            reason = "questions" if row.proposal.questions else "choice" if row.grade else "unknown"
            done.open.append((row.name, reason))
    return done


def write_board(checked: Checked, target: Path, *, overwrite: bool = False) -> None:
    """The board of proposals as a Word page."""
    from docgen.grading.board_summary import summary_of
    from docgen.packet.internal_summary import summary_page
    from docgen.storage import write_whole

    assert checked.regulation is not None
    assert checked.dossier is not None
    assert checked.board is not None
    page = summary_page(
        checked.regulation, checked.dossier.data, checked.findings, summary_of(checked.board), draft=False
    )
    write_whole(target, page, overwrite=overwrite)


@dataclass(frozen=True, slots=True)
class PacketOptions:
    """How a packet is made.

    `draft` makes a faulty dossier all the same, every page marked DỰ THẢO. `pdf_engine` (`auto`, `rdocx`,
    `libreoffice`) adds PDF files. `jobs` is the number of processes, 0 for as many as are worth it.
    `scans` are digitised papers that go along (`docgen.signing.scan.read_scan`), `papers` the forms that are made
    besides the packet's own documents (`docgen.packet.plan.further_forms`). `print_copies` adds a plan
    for printing so many copies. `shared` says that other machines may make the same packet at the same time.
    """

    templates: Sequence[Path] = ()
    draft: bool = False
    overwrite: bool = False
    pdf_engine: str | None = None
    jobs: int = 0
    scans: Sequence[Any] = ()
    papers: Sequence[str] = ()
    print_copies: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class PacketProgress:
    """What is told while a packet is made: documents filled, documents drawn, each as (done, of how many)."""

    filled: Callable[[int, int], None] = lambda done, total: None
    drawn: Callable[[int, int], None] = lambda done, total: None


def make_packet(
    path: Path,
    output: Path,
    options: PacketOptions | None = None,
    *,
    folders: Sequence[Path] = (),
    progress: PacketProgress | None = None,
) -> tuple[Packet | None, Checked]:
    """The whole way from a dossier's file to a packet in the folder `output`.

    Returns the packet (None where errors forbid one) and what was found. Raises as `build_packet` does.
    """
    checked = check_dossier(path, folders)
    return packet_of(checked, path.name, output, options or PacketOptions(), progress=progress), checked


def packet_of(
    checked: Checked,
    source: str,
    output: Path,
    options: PacketOptions,
    *,
    key: str = "",
    progress: PacketProgress | None = None,
) -> Packet | None:
    """The packet of a checked dossier, or None where errors forbid one.

    `source` is what the manifest calls the dossier's file, `key` its `docgen.packet.key`, worked out where it is not
    given. Raises as `build_packet` does.
    """
    from docgen.grading.board_summary import summary_of
    from docgen.packet.key import packet_key, regulation_key
    from docgen.packet.make import build_packet
    from docgen.packet.plan import refuse_unknown

    if checked.dossier is None or checked.regulation is None or (not checked.sound and not options.draft):
        return None
    refuse_unknown(checked.regulation, options.papers)
    told = progress or PacketProgress()
    make_pdf = None
    if options.pdf_engine:
        from docgen.packet.pdf import pdf_maker

        make_pdf = pdf_maker(options.pdf_engine, options.jobs, told.drawn)
    return build_packet(
        checked.regulation,
        checked.dossier.data,
        output,
        source={"file": source, "sha256": checked.dossier.sha256},
        findings=checked.findings,
        board=summary_of(checked.board) if checked.board is not None else None,
        templates=options.templates,
        draft=options.draft,
        overwrite=options.overwrite,
        make_pdf=make_pdf,
        scans=options.scans,
        papers=options.papers,
        jobs=options.jobs,
        key=key
        or packet_key(
            regulation_key(checked.regulation, options.templates, options.papers),
            checked.dossier.data,
            checked.dossier.sha256,
            draft=options.draft,
            pdf_engine=options.pdf_engine,
            scans=options.scans,
            papers=options.papers,
            print_copies=options.print_copies,
        ),
        print_copies=options.print_copies,
        shared=options.shared,
        progress=told.filled,
    )


# -- single forms ----------------------------------------------------------------------------------------------------


def blank_forms(
    form: str | None,
    regulation_id: str | None,
    *,
    folders: Sequence[Path] = (),
    templates: Sequence[Path] = (),
    output: Path | None = None,
    overwrite: bool = False,
    dossier: Path | None = None,
    members: Sequence[str] = (),
    all_members: bool = False,
    assessor: str = "",
    roles: Sequence[str] = (),
    record: str = "",
    copies: int = 0,
    for_pen: bool = False,
    of_our_own: Callable[[str], None] = lambda form: None,
    left_out: Callable[[str, list[str]], None] = lambda form, members: None,
) -> list[Path]:
    """Write blank or prefilled forms; returns the files, in order.

    Without a form, every form of the regulation (of all regulations where none is named) goes to
    `output/<regulation>/<form>.docx`. With a dossier, one file a record: `<form>-<record>.docx`, carrying the record
    inside. A form of one record is handed to somebody: the places of other roles than the holder's, or than `roles`
    where some are named, are locked and grey. A paper around the packet carries all that the dossier knows, and its
    numbers are locked; a ballot is made in so many like `copies` (0: one for each voter of the dossier, else one).
    Of forms that take each other's place a member gets his own; with one form asked for, `left_out` is told who has
    which other one ("": none that the dossier knows of), and a member who was named is refused.
    `of_our_own` is told each form that no regulation prescribes. With `record`, an ISO day, the dossier says afterwards
    that they were handed out on that day. `for_pen`: with dotted lines to write on (`docgen.forms.for_pen`). Raises
    `UsageError` for unknown names, existing files, copies of what is no ballot, and an `output` that is one Word file
    for several forms.
    """
    from docgen.dossier.handed_papers import PaperKey, refuse_unrecordable, write_handed
    from docgen.forms.alternatives import answers
    from docgen.forms.data import form_data
    from docgen.forms.definition import load_form
    from docgen.forms.fill import Filler
    from docgen.forms.for_pen import for_pen as lined
    from docgen.forms.handing import handed_to
    from docgen.forms.roles import holder_of
    from docgen.packet.blank_ballots import is_ballot
    from docgen.regulations.in_force import usual_regulation
    from docgen.regulations.loader import list_regulations
    from docgen.regulations.naming import named_form
    from docgen.storage import safe_name, write_whole
    from docgen.word.after.copies import like_copies

    written: list[Path] = []
    papers: list[PaperKey] = []
    if record and dossier is None:
        raise UsageError("errors.usage.dossier_needed")
    if form:
        regulation_id, form = named_form(form, regulation_id)

    def write(path: Path, content: bytes) -> None:
        write_whole(path, lined(content) if for_pen else content, overwrite=overwrite)
        written.append(path)

    def filler_of(regulation: RegulationData, name: str) -> Filler:
        filler = Filler(load_form(regulation, name), templates)
        if filler.definition.status == "office":
            of_our_own(name)
        return filler

    if copies and not (form and is_ballot(form)):
        raise UsageError("errors.usage.copies_of_ballot", form=form or "–")
    if dossier is not None:
        checked = check_dossier(dossier, folders, grade=False)
        if checked.dossier is None or checked.regulation is None:
            raise InputError("errors.input.no_dossier", file=str(dossier), count=len(checked.findings))
        regulation = checked.regulation
        if regulation_id and regulation_id != regulation.id:
            raise UsageError("errors.usage.dossier_of_another", regulation=regulation_id, found=regulation.id)
        if record:
            refuse_unrecordable(Path(checked.dossier.file or dossier), checked.dossier)
        wanted = [m["id"] for m in checked.dossier.members if "id" in m] if all_members else list(members)
        target = output or Path("output")
        names = [form] if form else list(regulation.forms)
        _refuse_one_file(target, len(names))
        for name in names:
            filler = filler_of(regulation, name)
            definition = filler.definition
            if definition.status == "office" or copies:
                write(_one_target(target, name), _office_paper(filler, checked.dossier.data, copies))
                continue
            entitled = wanted
            if definition.record == "member" or (definition.record == "assessment" and is_member(definition.subject)):
                entitled = _entitled(regulation, checked.dossier, name, wanted, all_members, left_out if form else None)
            records = list(_records(definition.record, definition.subject, entitled, assessor, regulation))
            _refuse_one_file(target, len(records))
            for of in records:
                known = _known_part(regulation, form_data(definition, checked.dossier.data, of))
                docx = filler.fill(known, known=answers(regulation, checked.dossier.data, known))
                content = handed_to(definition, docx, roles or (holder_of(definition),))
                write(_one_target(target, f"{name}-{safe_name(of.key())}"), content)
                papers.append((name, of.member, of.assessor))
        if record:
            write_handed(Path(checked.dossier.file or dossier), checked.dossier, papers, given=record)
        return written
    if members or all_members or assessor:
        raise UsageError("errors.usage.dossier_needed")
    if form:
        regulation = load_regulation(regulation_id or usual_regulation(), folders)
        filler = filler_of(regulation, form)
        target = _one_target(output or Path("output"), form)
        content = filler.fill({}, blank=True)
        if copies:
            content = like_copies(content, copies)
        write(target, handed_to(filler.definition, content, roles) if roles else content)
        return written
    chosen = [regulation_id] if regulation_id else list_regulations(folders)
    _refuse_one_file(output or Path("output"), sum(len(load_regulation(name, folders).forms) for name in chosen))
    for name in chosen:
        regulation = load_regulation(name, folders)
        for each in regulation.forms:
            filler = Filler(load_form(regulation, each), templates)
            write((output or Path("output")) / name / f"{each}.docx", filler.fill({}, blank=True))
    return written


def _is_file(output: Path) -> bool:
    return output.suffix.lower() == ".docx"


def _one_target(output: Path, name: str) -> Path:
    """Where one form goes: to the file that was named, or into the folder."""
    return output if _is_file(output) else output / f"{name}.docx"


def _refuse_one_file(output: Path, count: int) -> None:
    if count > 1 and _is_file(output):
        raise UsageError("errors.usage.records_in_one_file", count=count, file=str(output))


def _office_paper(filler: Filler, dossier: DossierData, copies: int) -> bytes:
    """A paper around the packet, or a ballot, with all that the dossier knows; its numbers cannot be typed over."""
    from docgen.forms.data import Record, form_data, what_fits
    from docgen.forms.handing import counted_locked
    from docgen.packet.blank_ballots import ballots_needed, is_ballot, unmarked
    from docgen.packet.office_data import office_data
    from docgen.word.after.copies import like_copies

    regulation, definition = filler.regulation, filler.definition
    record = form_data(definition, office_data(regulation, dossier), Record())
    record = what_fits(definition, record)
    if is_ballot(definition.form):
        return like_copies(filler.fill(unmarked(record)), copies or ballots_needed(dossier))
    return counted_locked(regulation, filler.fill(record))


def known_record(definition: FormDefinition, dossier: Dossier, member: str = "", assessor: str = "") -> JsonDict:
    """What `dossier` knows of a form's record before people write: who, where and when.

    Raises `UsageError` for an unknown member, and where the form needs a member or an assessor and none is named.
    """
    from docgen.forms.data import Record, form_data

    regulation = definition.law
    if member:
        member = str(dossier.member(member)["id"])
    return _known_part(regulation, form_data(definition, dossier.data, Record(member, assessor)))


def _entitled(
    regulation: RegulationData,
    dossier: Dossier,
    form: str,
    wanted: Sequence[str],
    all_members: bool,
    left_out: Callable[[str, list[str]], None] | None,
) -> list[str]:
    """Those of the members `wanted` whose form it is; who was named for a form of others is refused."""
    from docgen.forms.definition import load_form
    from docgen.regulations.whose_form import members_form, owes_no_paper

    entitled: list[str] = []
    others: dict[str, list[str]] = {}
    for key in wanted:
        member = dossier.member(key)
        own = members_form(regulation, member, form)
        if all_members and owes_no_paper(regulation, dossier.data, member):
            own = ""
        if own == form or not (own or all_members):
            entitled.append(key)
            continue
        if not all_members and left_out is not None:
            codes = {"form": load_form(regulation, form).code, "own": load_form(regulation, own).code}
            raise UsageError("errors.usage.form_of_others", member=key[:60], name=own, **codes)
        others.setdefault(own, []).append(key)
    if left_out is not None:
        for own, keys in others.items():
            left_out(own, keys)
        if wanted and not entitled:
            raise UsageError("errors.usage.form_of_nobody", form=load_form(regulation, form).code)
    return entitled


def _records(
    kind: str, subject: str, members: Sequence[str], assessor: str, regulation: RegulationData
) -> Iterator[Record]:
    from docgen.forms.data import Record

    if kind == "dossier":
        yield Record()
        return
    assessors = [assessor] if assessor else [a.id for a in regulation.assessors if a.subject == subject and a.required]
    if kind == "member":
        yield from (Record(member) for member in members)
    elif is_member(subject):
        yield from (Record(member, each) for member in members for each in assessors)
    else:
        yield from (Record("", each) for each in assessors)


def _known_part(regulation: RegulationData, data: JsonMap) -> JsonDict:
    """What a prefilled form carries (`prefilled` of `fields.yaml`): who, where, when. What people write stays open."""
    out: JsonDict = {}
    rows: dict[str, list[JsonDict]] = {}
    parts: dict[str, JsonDict] = {}
    for place in regulation.prefilled:
        root, _, below = place.partition(".")
        name = root.removesuffix("[]")
        value = data.get(name)
        if not below and name in data:
            out[name] = value
        elif name in out and name not in rows and name not in parts:
            continue  # it is carried whole
        elif root.endswith("[]") and isinstance(value, list):
            out[name] = rows.setdefault(name, [{} for _ in value])
            for row, record in zip(rows[name], value, strict=True):
                row[below] = get_mapping(record).get(below, {})
        elif isinstance(value, Mapping):
            out[name] = parts.setdefault(name, {})
            parts[name].update({below: value[below]} if below in value else {})
    return out
