"""All checks over a dossier, in one order, and the findings sorted the way a report shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from docgen.dossier.model import Dossier
from docgen.model import Finding
from docgen.regulations.loader import Regulation
from docgen.validation.assessments import check_assessments, check_grades
from docgen.validation.choices import check_choices
from docgen.validation.context import Check, forms_of
from docgen.validation.dates import check_dates
from docgen.validation.decisions import check_decisions
from docgen.validation.facts import check_facts
from docgen.validation.order import check_order
from docgen.validation.originals import check_seals
from docgen.validation.papers import check_asked, check_enclosures, check_same, check_votes_given
from docgen.validation.people import check_ballots, check_people
from docgen.validation.sample_left import check_sample
from docgen.validation.scores import check_scores
from docgen.validation.secrecy import check_secrecy
from docgen.validation.sections import check_sections
from docgen.validation.shape import check_shape

SEVERITIES = ("error", "warning", "info")
#: Every check, each a function of one `Check`. Adding one is adding it here.
CHECKS: tuple[Callable[[Check], None], ...] = (
    check_shape, check_sections, check_assessments, check_people, check_dates, check_ballots, check_grades, check_facts,
    check_scores, check_choices, check_sample, check_same, check_asked, check_votes_given,
    check_decisions, check_order, check_secrecy, check_enclosures, check_seals,
)  # fmt: skip


def validate_dossier(
    dossier: Dossier,
    regulation: Regulation,
    proposals: Mapping[str, str] | None = None,
    noted: Iterable[Finding] = (),
) -> list[Finding]:
    """Everything wrong or doubtful in `dossier`, what was found on reading it included, sorted by person.

    `proposals` are the grades that the rules propose, by member id: a self-grade above is then a finding. `noted` are
    findings of the grading room about places of the dossier.
    """
    check = Check(dossier, regulation, forms_of(regulation), proposals or {})
    for run in CHECKS:
        run(check)
    for finding in noted:
        check.add(finding.code, finding.severity, finding.place.pointer, finding.who, **finding.params)
    order = {"": -3, "collective": -2, "party_organization": -1}
    for index, member in enumerate(check.members):
        order.setdefault(member.who, index)
    return sort_findings([*dossier.findings, *check.findings], order)


def sort_findings(findings: Iterable[Finding], order: Mapping[str, int] | None = None) -> list[Finding]:
    """`findings` by person, then by severity, then by place; the same finding at the same place only once.

    Where a value is missing altogether, "must be there" and "is not written" are one thing: the latter is kept.
    """
    ranks = order or {}
    unique: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        unique.setdefault((finding.code, finding.place.pointer or finding.place.inner()), finding)
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
