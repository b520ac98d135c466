"""The data of one form: what `docgen fill` takes and `docgen read` gives back."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from docgen.dossier.canonical import Canonicaliser
from docgen.dossier.model import Places, PlainPlaces
from docgen.dossier.shape import Node, record_shape
from docgen.forms.bindings import slots
from docgen.forms.data import value_at
from docgen.forms.definition import FormDefinition
from docgen.forms.schema import form_schema
from docgen.model import Finding
from docgen.regulations.loader import Regulation
from docgen.validation.assessments import numbering
from docgen.validation.context import at
from docgen.validation.dossier import sort_findings
from docgen.validation.people import RESERVED
from docgen.validation.plain_record import is_plain_record
from docgen.validation.secrecy import MARKED, marks
from docgen.validation.sections import record_sections
from docgen.validation.shape import shape_findings


def compiled(regulation: Regulation, definition: FormDefinition) -> tuple[Any, Node]:
    """The validator and the shape of a form's data, made once a form."""

    def made() -> tuple[Any, Node]:
        schema = form_schema(regulation, definition)
        found = slots(regulation, definition)
        shape = record_shape((s.binding, s.type, s.label, s.options) for s in found)
        return jsonschema_rs.validator_for(schema, validate_formats=True), shape

    return regulation.derived(("validation.record", *definition.key), made)


def canonical_form_data(
    data: Any, regulation: Regulation, definition: FormDefinition, places: Places | None = None
) -> tuple[dict[str, Any], list[Finding]]:
    """`data` in canonical form (see `docgen.dossier.canonical`) and what was found on the way."""
    where = places or PlainPlaces()
    walk = Canonicaliser(where.find)
    if not isinstance(data, dict):
        return {}, [Finding("dossier.json.not_object", "error", where.find(""))]
    return walk.run(data, compiled(regulation, definition)[1]), walk.findings


def validate_form_data(
    data: Any,
    regulation: Regulation,
    definition: FormDefinition,
    places: Places | None = None,
    file: str = "",
    line: int = 0,
) -> list[Finding]:
    """Everything wrong or doubtful in the data of one form: shape, required sections, criteria, texts.

    `data` may be as read from JSON; it is looked at in canonical form, and is not changed. `file` and `line` (of a
    file with one record a line) make the places of the findings, where no `places` are given.
    """
    secret = list(marks(data))
    if not secret and is_plain_record(data, regulation, definition):
        return []
    where = places or PlainPlaces(file, line)
    canonical, findings = canonical_form_data(data, regulation, definition, where)
    if not isinstance(data, dict):
        return findings
    who = canonical["id"][:64] if isinstance(canonical.get("id"), str) else ""

    def report(code: str, severity: Any, pointer: str, **params: Any) -> None:
        findings.append(Finding(code, severity, where.find(pointer), params, who))

    for pointer, mark in secret:
        report(MARKED, "error", pointer, mark=mark)
    validator, shape = compiled(regulation, definition)
    shape_findings(canonical, validator, shape, report)
    for code, severity, pointer, label in record_sections(regulation, definition, canonical):
        report(code, severity, pointer, label=label, forms=definition.code)
    said = {f.place.pointer for f in findings if f.severity == "error"}
    for table in definition.criteria():
        # Where nothing at all stands around a table, the schema names only what is around it.
        base = at("", *table.binding.split(".")) if table.binding in definition.required else ""
        if base and value_at(canonical, tuple(table.binding.split("."))) is None and base not in said:
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
