"""All checks over a dossier, in one order, and the findings sorted the way a report shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from docgen.dossier.loaded import Dossier
from docgen.model import Finding
from docgen.regulations.loader import RegulationData
from docgen.validation.context import Check, forms_of
from docgen.validation.kind import checks_of

SEVERITIES = ("error", "warning", "info")
#: Every check, in its turn.
CHECKS = checks_of("docgen.validation.checks")


def validate_dossier(
    dossier: Dossier,
    regulation: RegulationData,
    proposals: Mapping[str, str] | None = None,
    noted: Iterable[Finding] = (),
) -> list[Finding]:
    """Everything wrong or doubtful in `dossier`, what was found on reading it included, sorted by person.

    `proposals` are the grades that the rules propose, by member id: a self-grade above is then a finding. `noted` are
    findings of the grading room about places of the dossier.
    """
    check = Check(dossier, regulation, forms_of(regulation), proposals or {})
    for kind in CHECKS:
        kind.run(check)
    for finding in noted:
        check.add(finding.code, finding.severity, finding.place.pointer, finding.who, **finding.params)
    order = {"": -3, "collective": -2, "party_organization": -1}
    for index, member in enumerate(check.members):
        order.setdefault(member.who, index)
    return sort_findings([*dossier.findings, *without_doubles(check.findings, dossier.findings)], order)


def without_doubles(findings: Sequence[Finding], reading: Sequence[Finding] = ()) -> list[Finding]:
    """`findings` on a workbook without what is said of the same cell already.

    That is a missing part where the values missing in it are told by their cells, and whatever is said of a cell of
    which `reading` says that it could not be read: it is not empty, and mending it is one thing to do.
    """
    told = {finding.place.source for finding in findings if finding.code == "validation.section.empty"}
    unread = {finding.place.source for finding in reading if finding.severity == "error" and finding.in_workbook}
    return [
        finding
        for finding in findings
        if not finding.in_workbook
        or not (finding.place.source in unread or (finding.code == "validation.shape.required"
                                                   and finding.place.source in told))
    ]  # fmt: skip


def sort_findings(findings: Iterable[Finding], order: Mapping[str, int] | None = None) -> list[Finding]:
    """`findings` by person, then by severity, then by place; the same finding at the same place only once.

    Where a value is missing altogether, "must be there" and "is not written" are one thing: the latter is kept.
    """
    ranks = order or {}
    unique: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        unique.setdefault((finding.code, finding.place.pointer or finding.place.inner()), finding)
    # What is typed wrong is not missing: mending it is one thing to do.
    wrong = {
        f.place.pointer for f in unique.values()
        if f.code.startswith("validation.shape.") and f.code != "validation.shape.required" and f.place.pointer
    }  # fmt: skip
    unique = {
        key: f for key, f in unique.items() if f.code != "validation.section.empty" or f.place.pointer not in wrong
    }
    empty = {f.place.pointer for f in unique.values() if f.code == "validation.section.empty"}
    kept = [f for f in unique.values() if not (f.code == "validation.shape.required" and f.place.pointer in empty)]
    return sorted(
        kept,
        key=lambda f: (
            ranks.get(f.who, len(ranks)), f.who, SEVERITIES.index(f.severity), natural(f.place.pointer), f.code,
        ),
    )  # fmt: skip


def natural(pointer: str) -> tuple[tuple[int, str], ...]:
    """`pointer` for sorting: `/members/10` comes after `/members/9`."""
    return tuple((int(step), "") if step.isdecimal() and len(step) < 10 else (-1, step) for step in pointer.split("/"))
