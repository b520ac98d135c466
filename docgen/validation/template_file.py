"""An office's own Word template held against the form it is for, before anybody fills it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from docgen.errors import DocgenError
from docgen.forms.definition import FormDefinition
from docgen.model import Finding, Place, has_errors
from docgen.paths import get
from docgen.word.engine.tags import TagPlace


def check_form_template(file: Path, definition: FormDefinition) -> list[Finding]:
    """Everything wrong or doubtful in the template `file` of a form; one without errors is filled and read back.

    Raises `InputError` where the file is no Word file at all.
    """
    from docgen.forms.bindings import slots
    from docgen.forms.build import is_blank_form
    from docgen.word.engine.template_check import check_template
    from docgen.word.engine.template_gate import refusals

    if not refusals(file) and is_blank_form(file.read_bytes()):
        form = f"{definition.regulation}/{definition.form}"
        return [Finding("read.template.blank_form", "error", Place(str(file)), {"form": form})]
    found = slots(definition)
    pictures = {slot.binding for slot in found if slot.kind.is_media}
    findings = check_template(file, {slot.binding for slot in found}, definition.required, pictures=pictures)
    if not has_errors(findings):
        findings += prove(file, definition)
    return findings


def _not_filled(fault: DocgenError, at: Place) -> Finding:
    """Why the template could not be filled: in the words of the fault itself where it speaks of the template."""
    if not fault.code.startswith("errors.template."):
        return Finding("read.template.not_filled", "error", at, {"problem": fault.code})
    place = fault.facts.get("place")
    if isinstance(place, TagPlace):
        at = place.as_place(at.file)
    return Finding(fault.code, "error", at, {**fault.facts, "file": at.file})


def prove(file: Path, definition: FormDefinition) -> list[Finding]:
    """Fill the template with a sample record and read it back: what went in must come out again.

    A value that is not found again is a warning, one that comes back changed an error; a template without content
    controls is read by its wording, and the findings say so.
    """
    from docgen.forms.bindings import slots
    from docgen.forms.example import sample_record
    from docgen.forms.fill import Filler
    from docgen.forms.readback import canonical_data, read_form, template_bindings

    regulation = definition.law
    at = Place(str(file))
    record = sample_record(definition)
    with tempfile.TemporaryDirectory() as folder:
        # The office's file under the name by which the filler finds it.
        own = Path(folder) / f"{definition.form}.docx"
        own.write_bytes(file.read_bytes())
        try:
            filler = Filler(definition, [folder])
            docx = filler.fill(record, check=False)
        except DocgenError as fault:
            return [_not_filled(fault, at)]
        result = read_form(docx, regulation, definition, file=str(file), templates=[folder])
        printed = template_bindings(definition, [folder])
        not_whole = []
        try:  # what `docgen fill` would refuse is said here
            filler.check(record, docx)
            filler.fill({}, blank=True)
        except DocgenError as fault:
            not_whole.append(_not_filled(fault, at))
    wanted = canonical_data(definition, record)
    lost: list[str] = []
    changed: list[str] = []
    for slot in slots(definition):
        path = (slot.list,) if slot.list else slot.path
        expected, given = get(wanted, path), get(result.data, path)
        # Which values have no place at all is for the check before this one to say.
        if expected == given or slot.binding not in printed or slot.label in lost or slot.label in changed:
            continue
        (lost if given is None else changed).append(slot.label)
    out = not_whole + [f for f in result.findings if f.code == "read.tags.lost" or f.severity == "error"]
    if lost:
        out.append(
            Finding("read.template.not_found", "warning", at, {"count": len(lost), "labels": "; ".join(lost[:8])})
        )
    if changed:
        params = {"count": len(changed), "labels": "; ".join(changed[:8])}
        out.append(Finding("read.template.changed", "error", at, params))
    return out
