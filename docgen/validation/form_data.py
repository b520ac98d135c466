"""The data of one form: what `docgen fill` takes and `docgen read` gives back."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docgen.dossier.canonical import Canonicaliser
from docgen.dossier.loaded import Places, PlainPlaces
from docgen.dossier.picture_files import PictureFolder
from docgen.dossier.shape import Node, record_shape
from docgen.forms.bindings import slots
from docgen.forms.definition import FormDefinition
from docgen.forms.schema import form_schema
from docgen.json_schema import Validator, validator
from docgen.model import Finding, Severity
from docgen.paths import JsonDict, at, get, get_text
from docgen.validation.checks.assessments import numbering
from docgen.validation.checks.people import RESERVED
from docgen.validation.checks.secrecy import MARKED, marks
from docgen.validation.checks.sections import record_sections
from docgen.validation.checks.shape import shape_findings
from docgen.validation.dossier import sort_findings
from docgen.validation.plain_record import is_plain_record


def compiled(definition: FormDefinition) -> tuple[Validator, Node]:
    """The validator and the shape of a form's data, made once a form."""

    regulation = definition.law

    def made() -> tuple[Validator, Node]:
        schema = form_schema(definition)
        found = slots(definition)
        shape = record_shape((s.binding, s.type, s.label, s.options) for s in found)
        return validator(schema), shape

    return regulation.derived(("validation.record", *definition.key), made)


def canonical_form_data(
    data: object,
    definition: FormDefinition,
    places: Places | None = None,
    folder: Path | None = None,
) -> tuple[JsonDict, list[Finding]]:
    """`data` in canonical form (see `docgen.dossier.canonical`) and what was found on the way.

    `folder` is where pictures that the data names lie; without it none may be named.
    """
    where = places or PlainPlaces()
    walk = Canonicaliser(where.find, pictures=PictureFolder(folder))
    if not isinstance(data, dict):
        return {}, [Finding("dossier.json.not_object", "error", where.find(""))]
    return walk.run(data, compiled(definition)[1]), walk.findings


def with_pictures(data: Mapping[str, Any], definition: FormDefinition, folder: Path | None = None) -> Mapping[str, Any]:
    """`data` with the pictures that it names by path in it; itself where the form has no pictures.

    Raises `InputError` `dossier.picture.…` for what is no picture of `folder`.
    """
    named = [slot for slot in slots(definition) if slot.kind.is_media]
    taken = PictureFolder(folder)
    out = copy.deepcopy(dict(data)) if named else data
    for slot in named:
        holder: object = get(out, slot.path[:-1])
        value = get(out, slot.path)
        if isinstance(holder, dict) and isinstance(value, str) and value.strip():
            holder[slot.path[-1]] = taken.taken(value)
    return out


def validate_form_data(
    data: object,
    definition: FormDefinition,
    places: Places | None = None,
    file: str = "",
    line: int = 0,
    folder: Path | None = None,
) -> list[Finding]:
    """Everything wrong or doubtful in the data of one form: shape, required sections, criteria, texts.

    `data` may be as read from JSON; it is looked at in canonical form, and is not changed. `file` and `line` (of a
    file with one record a line) make the places of the findings, where no `places` are given; `folder` is as in
    `canonical_form_data`.
    """
    regulation = definition.law
    secret = list(marks(data))
    if not secret and is_plain_record(data, definition):
        return []
    where = places or PlainPlaces(file, line)
    canonical, findings = canonical_form_data(data, definition, where, folder)
    if not isinstance(data, dict):
        return findings
    who = get_text(canonical, "id")[:64]

    def report(code: str, severity: Severity, pointer: str, **params: object) -> None:
        findings.append(Finding(code, severity, where.find(pointer), params, who))

    for pointer, mark in secret:
        report(MARKED, "error", pointer, mark=mark)
    faults, shape = compiled(definition)
    shape_findings(canonical, faults, shape, report)
    for code, severity, pointer, label in record_sections(definition, canonical):
        report(code, severity, pointer, label=label, forms=definition.code)
    said = {f.place.pointer for f in findings if f.severity == "error"}
    for table in definition.criteria():
        # Where nothing at all stands around a table, the schema names only what is around it.
        base = at("", *table.binding.split(".")) if table.binding in definition.required else ""
        if base and get(canonical, tuple(table.binding.split("."))) is None and base not in said:
            label = regulation.fields[table.binding].label
            report("validation.section.empty", "error", base, label=label, forms=definition.code)
    if who and (str(who).split(".")[0].casefold() in RESERVED or str(who).endswith(".")):
        report("validation.id.reserved", "error", "/id", given=str(who)[:40])
    return sort_findings(_criteria_in_one(findings, definition))


def _criteria_in_one(findings: list[Finding], definition: FormDefinition) -> list[Finding]:
    """One finding a table instead of one for each criterion that has no level."""
    numbers: dict[str, tuple[str, str]] = {}
    for table in definition.criteria():
        if table.binding:
            base = at("", *table.binding.split("."))
            known = numbering(table.rows)
            numbers |= {at(base, leaf.id): (base, known[leaf.id]) for leaf in table.leaves()}
    missing: dict[str, list[str]] = {}
    kept: list[Finding] = []
    sample: dict[str, Finding] = {}
    for finding in findings:
        entry = numbers.get(finding.place.pointer)
        if entry is None or finding.code != "validation.shape.required":
            kept.append(finding)
            continue
        missing.setdefault(entry[0], []).append(entry[1])
        sample.setdefault(entry[0], finding)
    for base, rows in missing.items():
        first = sample[base]
        shown = ", ".join(rows[:12]) + ("…" if len(rows) > 12 else "")
        params = {"count": len(rows), "criteria": shown, "forms": definition.code, "assessor": definition.name}
        kept.append(Finding("validation.levels.missing", "error", first.place, params, first.who))
    return kept
