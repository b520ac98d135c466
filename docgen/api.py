"""The Python API: the steps of the pipeline as functions over plain data.

>>> import docgen
>>> regulation = docgen.load_regulation("kh55-2018")
>>> regulation.number
'55-KH/ĐU'
>>> docgen.propose("hd16-2018", "cohort", {"cohort_kind": "dang_vien", "n_good": 14}).max_excellent
2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.model import Finding
from docgen.regulations.loader import Regulation, load_regulation

if TYPE_CHECKING:
    from docgen.dossier import Dossier
    from docgen.grading.proposal import Proposal
    from docgen.packet.build import Packet
    from docgen.pipeline import Checked


def validate(dossier: Dossier, folders: Sequence[Path] = ()) -> list[Finding]:
    """Everything wrong or doubtful in a loaded dossier: shape, required sections, meaning across fields, and where what
    people decided, the ballots, the stated figures and the proposals differ.

    `folders` are further places to look for regulations. Raises `UsageError` where its regulation is not known.
    """
    from dataclasses import replace

    from docgen.pipeline import check_loaded

    placed = replace(dossier, folders=(*map(Path, folders), *dossier.folders))
    return check_loaded(placed, []).findings


def propose(regulation: str, subject: str, facts: Mapping[str, Any], folders: Sequence[Path] = ()) -> Proposal:
    """The grade that `facts` establish for `subject`, its reasons, and what only people can decide.

    `subject` is `dang_vien`, `to_chuc_dang`, `tap_the`, `cohort` or `vote`; the names of facts are those of
    `docgen/regulations/facts.yaml`. A missing fact is unknown: it never counts as fulfilled.
    """
    from docgen.grading import propose as propose_grade
    from docgen.grading import rules_of
    from docgen.grading.answers import with_answers

    rules = rules_of(regulation, folders)
    return with_answers(rules, subject, facts, propose_grade(rules, subject, facts))


def fill(
    regulation: str | Regulation,
    form: str,
    data: Mapping[str, Any],
    *,
    templates: Sequence[Path | str] = (),
    draft: bool = False,
) -> bytes:
    """The Word file of one form for one record.

    `data` must conform to the form's JSON Schema (`docgen schema FORM`). Every official text and every value is found
    again in what was written, else `InternalError`. Raises `UsageError` for an unknown regulation or form.
    """
    from docgen.forms.definition import load_form
    from docgen.forms.fill import Filler

    loaded = load_regulation(regulation) if isinstance(regulation, str) else regulation
    return Filler(loaded, load_form(loaded, form), templates).fill(data, draft=draft)


def build_packet(
    dossier: Path | str, output: Path | str, *, draft: bool = False, overwrite: bool = False, pdf_engine: str = ""
) -> tuple[Packet | None, Checked]:
    """The packet of the dossier file `dossier` in the folder `output`, and what was found on the way.

    The packet is None where the dossier has errors and `draft` is not set. `pdf_engine` (`auto`, `rdocx`,
    `libreoffice`) adds PDF files. Raises `UsageError` where `output` exists and `overwrite` is not set.
    """
    from docgen.pipeline import PacketOptions, make_packet

    options = PacketOptions(draft=draft, overwrite=overwrite, pdf_engine=pdf_engine or None)
    return make_packet(Path(dossier), Path(output), options)
