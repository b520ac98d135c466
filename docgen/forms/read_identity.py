"""Which form a returned Word file is: by what it carries inside, else by the code that is printed on it.

A file made by docgen names its form, regulation, revision and definition in its custom properties, so renaming it
loses nothing. A file without them is recognised by its printed code and wording, and that is said: it is for review.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from docgen.errors import UsageError
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.template import RECORD_PROPERTY
from docgen.model import Severity
from docgen.paths import JsonDict
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation
from docgen.regulations.subjects import is_member
from docgen.word.after.copies import COPIES
from docgen.word.file.safe_open import WordFile
from docgen.word.read.reader import WordText, clean, paragraphs_of
from docgen.word.read.units import fold

#: The finding of a file that says it is two people's.
TWO_RECORDS = "read.identity.two_records"
#: Share of a form's wording that must stand in a file without identity, and by how much the best must lead.
ENOUGH, LEAD = 0.5, 0.03
#: The code and the title stand among the first paragraphs.
_HEAD = 40
Report = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Identity:
    """The form a file is. `sure` is False where it was recognised by its looks or made from another definition."""

    regulation: RegulationData
    definition: FormDefinition
    sure: bool


def identify(
    file: WordFile,
    text: WordText,
    report: Report,
    regulation: RegulationData | None,
    definition: FormDefinition | None,
    folders: Sequence[Path | str],
    own_wording: bool = False,
) -> Identity | None:
    """The form `file` is, or None where nobody can tell; `report` takes the findings.

    `regulation` and `definition` are what the caller expects: a file that says otherwise is reported, and read as
    what it says it is. With `own_wording` (an office's template) the form's printed words prove nothing.
    """
    if copies := file.properties.get(COPIES, ""):
        report("read.identity.ballots", "error", count=copies[:6])
        return None
    named, form = file.properties.get("docgen.regulation", ""), file.properties.get("docgen.form", "")
    if named and form:
        return _carried(file, named, form, report, regulation, definition, folders)
    if regulation is not None and definition is not None:
        share = _share(definition, _folded(text))
        if share < ENOUGH and not own_wording:
            report("read.identity.other_document", "error", form=definition.code, percent=round(share * 100))
            return None
        report("read.identity.assumed", "warning", form=definition.code, regulation=regulation.short)
        return Identity(regulation, definition, False)
    return _recognise(text, report, regulation, folders)


def _definition(regulation: RegulationData, form: str) -> FormDefinition:
    """The definition of a form, parsed once for as long as it is the same regulation: many files come at once."""
    return load_form(regulation, form)


def _carried(
    file: WordFile,
    named: str,
    form: str,
    report: Report,
    regulation: RegulationData | None,
    definition: FormDefinition | None,
    folders: Sequence[Path | str],
) -> Identity | None:
    if regulation is not None and regulation.id != named:
        report("read.identity.other_regulation", "error", found=named, expected=regulation.id)
    if definition is not None and definition.form != form:
        report("read.identity.other_form", "error", found=form, expected=definition.form)
    try:
        own = regulation if regulation is not None and regulation.id == named else load_regulation(named, folders)
    except UsageError:
        report(
            "read.identity.unknown_regulation", "error", found=named[:60], known=", ".join(list_regulations(folders))
        )
        return None
    try:
        found = _definition(own, form)
    except UsageError:
        report("read.identity.unknown_form", "error", found=form[:60], regulation=own.id, known=", ".join(own.forms))
        return None
    if definition is not None and definition.form == form and definition.regulation == named:
        found = definition
    sure = True
    carried = file.properties.get("docgen.definition", "")
    revision = file.properties.get("docgen.revision", "")
    if carried and carried != found.definition_hash:
        other = revision != found.revision
        code = "read.identity.other_revision" if other else "read.identity.other_definition"
        report(code, "warning", found=revision or carried, expected=found.revision if other else found.definition_hash)
        sure = False
    return Identity(own, found, sure)


def _folded(text: WordText) -> tuple[str, str]:
    """The folded text of the first paragraphs, and of all."""
    lines = [fold(p.text) for p in paragraphs_of(text.blocks)]
    return "\n".join(islice((line for line in lines if line), _HEAD)), "\n".join(lines)


def _share(definition: FormDefinition, texts: tuple[str, str]) -> float:
    wordings = [fold(clean(t)) for t in definition.fixed_texts(lambda when: False)]
    wordings = [t for t in wordings if len(t) > 2]
    return sum(t in texts[1] for t in wordings) / len(wordings) if wordings else 0.0


def _recognise(
    text: WordText, report: Report, regulation: RegulationData | None, folders: Sequence[Path | str]
) -> Identity | None:
    """The one form whose code or title stands at the head of the file and whose wording fits best."""
    texts = _folded(text)
    found: list[tuple[float, RegulationData, FormDefinition]] = []
    for name in [regulation.id] if regulation is not None else list_regulations(folders):
        candidate = regulation if regulation is not None else load_regulation(name, folders)
        for form in candidate.forms:
            definition = _definition(candidate, form)
            if _printed(definition, texts[0]):
                found.append((_share(definition, texts), candidate, definition))
    found.sort(key=lambda item: -item[0])
    if not found or found[0][0] < ENOUGH:
        report("read.identity.none", "error")
        return None
    best = found[0]
    rivals = [item for item in found if item[0] > best[0] - LEAD]
    if len(rivals) > 1:
        names = ", ".join(f"{r.id}/{d.form}" for _, r, d in rivals[:6])
        report("read.identity.ambiguous", "error", forms=names)
        return None
    report("read.identity.recognised", "warning", form=best[2].code, regulation=best[1].short)
    return Identity(best[1], best[2], False)


def _printed(definition: FormDefinition, head: str) -> bool:
    if definition.code_printed and fold(clean(definition.code)) in head:
        return True
    titles = ["".join(getattr(p, "text", "\n") for p in parts) for parts in definition.title]
    words = [fold(clean(piece)) for title in titles for piece in title.split("\n")]
    return bool(words) and all(word in head for word in words if word)


def carried_record(file: WordFile, definition: FormDefinition, report: Report) -> str:
    """The record's id that `file` carries; "" where it carries none, or two that name different people.

    It stands in a custom property and in the core `dc:identifier`, which other programs drop when they save.
    """
    found = [text for text in (file.properties.get(RECORD_PROPERTY, ""), file.identifier) if text and "{" not in text]
    if len(found) > 1 and record_of(definition, found[0]) != record_of(definition, found[1]):
        report(TWO_RECORDS, "error", first=found[0][:60], second=found[1][:60])
        return ""
    return found[0] if found else ""


def record_of(definition: FormDefinition, identifier: str) -> JsonDict:
    """Member and assessor from a record's id (`dv-01.chi_uy`); empty texts where the form has none or none is named."""
    if definition.record == "member":
        return {"member": identifier, "assessor": ""}
    if definition.record != "assessment":
        return {"member": "", "assessor": ""}
    if not is_member(definition.subject):
        return {"member": "", "assessor": identifier}
    # An assessor's id has no dot, a member's may have.
    member, _, assessor = identifier.rpartition(".")
    return {"member": member, "assessor": assessor}


__all__ = ["TWO_RECORDS", "Identity", "Report", "Severity", "carried_record", "identify", "record_of"]
