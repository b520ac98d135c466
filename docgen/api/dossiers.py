"""A dossier from the first look to the written grades, on values: a path, bytes, a mapping or an open text."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docgen.api.regulations import Regulations
from docgen.errors import UsageError
from docgen.model import Finding
from docgen.paths import AnyRecord, JsonDict, JsonMap, copied
from docgen.records import DossierData

if TYPE_CHECKING:
    from docgen.dossier import Dossier
    from docgen.forms.merge import Merge
    from docgen.forms.readback import ReadResult
    from docgen.grading.dossier_board import Board
    from docgen.grading.proposal import Proposal
    from docgen.pipeline import Checked, Written

#: What a dossier can be made of: a file or folder, the bytes of a file, plain data, an open file.
Source = Path | str | bytes | AnyRecord | IO[str] | IO[bytes]


def load_dossier(
    source: Source, folders: Sequence[Path | str] = (), *, regulations: Regulations | None = None, name: str = ""
) -> tuple[Dossier | None, list[Finding]]:
    """The dossier in `source` and all findings; None where nothing can be made of it.

    `source` is the path of a .json or .xlsx file or of a folder that holds exactly one, the bytes of such a file,
    plain data as `json.loads` gives it, or an open file; `name` is what findings call a source that is no path. Only a
    dossier from a path may name its unit's folder: other data never makes this machine read its files. `folders` are
    further places of regulations, those of `regulations` too.

    Raises `EnvironmentFault` where the libraries for Excel are not installed, `DefinitionError` for a fault in a
    regulation's own data.

    >>> load_dossier({"regulation": "kh55"})[1][0].code
    'dossier.regulation.unknown'
    """
    from docgen.dossier.load import dossier_from_bytes
    from docgen.dossier.load import load_dossier as from_path
    from docgen.dossier.loaded import dossier_from_data

    places = (*folders, *(regulations.folders if regulations is not None else ()))
    if isinstance(source, (str, Path)):
        return from_path(source, places)
    if isinstance(source, Mapping):
        return dossier_from_data(copy.deepcopy(dict(source)), file=name, folders=places)
    if not isinstance(source, (bytes, bytearray, memoryview)):
        given = source.read()
        source = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else given
    return dossier_from_bytes(bytes(source), name, places)


def _placed(dossier: Dossier, regulations: Regulations | None, folders: Sequence[Path | str] = ()) -> Dossier:
    further = (*map(Path, folders), *(regulations.folders if regulations is not None else ()))
    return replace(dossier, folders=tuple(dict.fromkeys((*further, *dossier.folders))))


def check(dossier: Dossier, *, regulations: Regulations | None = None) -> Checked:
    """`validate` and `grade` in one: `findings`, `board`, `sound`."""
    from docgen.pipeline import check_loaded

    return check_loaded(_placed(dossier, regulations), list(dossier.findings))


def validate(
    dossier: Dossier, folders: Sequence[Path | str] = (), *, regulations: Regulations | None = None
) -> list[Finding]:
    """Everything wrong or doubtful in a loaded dossier: shape, required sections, meaning across fields, and where what
    people decided, the ballots, the stated figures and the proposals differ.

    `folders` are further places to look for regulations. Raises `UsageError` where its regulation is not known.
    """
    from docgen.pipeline import check_loaded

    return check_loaded(_placed(dossier, regulations, folders), []).findings


def grade(dossier: Dossier, folders: Sequence[Path | str] = (), *, regulations: Regulations | None = None) -> Board:
    """The board of a dossier: `rows` (`id`, `grade`, `proposal` with its reasons and questions), quota and findings.

    Raises `UsageError` where its regulation is not known.
    """
    from docgen.grading.dossier_board import grade_dossier
    from docgen.regulations.loader import load_regulation

    placed = _placed(dossier, regulations, folders)
    return grade_dossier(load_regulation(placed.regulation, placed.folders), placed.data, placed.folders)


def convert_dossier(
    dossier: Dossier, kind: str, *, leave_out: bool = False, full: bool = False
) -> tuple[bytes | None, list[Finding]]:
    """`dossier` as the bytes of a JSON file or a workbook (`kind` "json" or "xlsx"), and what there is to say of it.

    A workbook has the columns that the regulation asks for, and whatever else has a value; with `full` every column.
    None where the file could not hold everything, each such value named by a finding; with `leave_out` the file has the
    rest and the findings are warnings. Raises `UsageError` for another kind, `EnvironmentFault` where the libraries for
    Excel are not installed.
    """
    from docgen.desk.book_asked import converted

    base = Path(dossier.file).parent if dossier.file else None
    done = converted(dossier, kind, leave_out=leave_out, base=base, full=full)
    return done.content, done.findings


def propose(regulation: str, subject: str, facts: JsonMap, folders: Sequence[Path | str] = ()) -> Proposal:
    """The grade that `facts` establish for `subject`, its reasons, and what only people can decide.

    `subject` is `dang_vien`, `to_chuc_dang`, `tap_the`, `cohort` or `vote`; the names of facts are those of
    `docgen/regulations/facts.yaml`. A missing fact is unknown: it never counts as fulfilled. Raises `UsageError` for an
    unknown regulation, subject or fact.

    >>> propose("hd16-2018", "cohort", {"cohort_kind": "dang_vien", "n_good": 14}).max_excellent
    2
    """
    from docgen.grading import propose as propose_grade
    from docgen.grading import rules_of
    from docgen.grading.answers import with_answers
    from docgen.nearest import nearest

    rules = rules_of(regulation, folders)
    for name in facts:
        if name not in rules.facts:
            near = nearest(str(name), rules.facts)
            code = "errors.usage.unknown_fact_near" if near else "errors.usage.unknown_fact"
            raise UsageError(code, fact=str(name)[:60], near=near)
    return with_answers(rules, subject, facts, propose_grade(rules, subject, facts))


def write_grades(
    dossier: Dossier, board: Board | None = None, *, role: str = "cell", regulations: Regulations | None = None
) -> tuple[DossierData, Written]:
    """The dossier's data with the settled proposals in the empty places of one writer, and what was done.

    `board` is what `grade` gave; without it the dossier is graded first. Written is only what leaves nothing to people,
    never over an entry, never as anybody's decision; `dossier` itself stays as it is. Raises `UsageError` for a role
    that writes no grade.
    """
    from docgen.pipeline import write_settled

    data = copy.deepcopy(dossier.data)
    return data, write_settled(data, board or grade(dossier, regulations=regulations), role=role)


@dataclass(slots=True)
class Merged:
    """What `merge_readings` gave: the dossier's data with all changes, each file's `Merge`, all findings."""

    data: JsonDict
    merges: list[Merge | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def merge_readings(
    dossier: Dossier,
    readings: Sequence[ReadResult],
    *,
    member: str = "",
    assessor: str = "",
    prefer: str = "",
    roles: Sequence[str] = (),
    regulations: Regulations | None = None,
) -> Merged:
    """The data of `dossier` with what returned forms say (`Form.read`), as `docgen read --into` does.

    Nothing is written. Of each form only the holder's own places are taken, or those of `roles`. A form that could not
    be read, or whose identity is in doubt, changes nothing: its place in `merges` is None. `prefer` (`word`,
    `dossier`) says who wins where both have an entry; without it the dossier's stays and the conflict is counted.
    """
    from docgen.forms.merge import REFUSED, merge_form
    from docgen.regulations.loader import load_regulation

    placed = _placed(dossier, regulations)
    out = Merged(copied(placed.data))
    for reading in readings:
        if reading.definition is None or any(f.code in REFUSED for f in reading.findings):
            out.merges.append(None)
            out.findings += reading.findings
            continue
        own = load_regulation(reading.regulation, placed.folders)
        merge = merge_form(
            out.data, reading, own, reading.definition, member=member, assessor=assessor,
            prefer="word" if prefer == "word" else "dossier" if prefer == "dossier" else "", roles=roles,
        )  # fmt: skip
        out.data = merge.data
        out.merges.append(merge)
        out.findings += [*reading.findings, *merge.findings]
    return out
