"""Findings as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.model import Finding
from docgen.paths import JsonDict
from docgen.regulations.subjects import BODIES
from docgen.validation.dossier import SEVERITIES

#: More findings than this are told by kind, unless all are asked for; so many persons are named with each kind.
MANY = 200
SHOWN = 10


def to_json(findings: Iterable[Finding], language: str = DEFAULT_LANGUAGE) -> list[JsonDict]:
    """Each finding as a flat mapping (`Finding.as_json`)."""
    return [finding.as_json(language) for finding in findings]


def render_text(
    findings: Iterable[Finding], language: str = DEFAULT_LANGUAGE, names: Mapping[str, str] | None = None
) -> str:
    """A report grouped by person, in the order of `findings`; `names` gives a name for an id where a finding has none.

    Empty where nothing was found but for one line that says so.
    """
    found = list(findings)
    if not found:
        return message("validation.report.clean", language) + "\n"
    groups: dict[str, list[Finding]] = {}
    for finding in found:
        groups.setdefault(finding.who, []).append(finding)
    lines: list[str] = []
    for who, items in groups.items():
        known = {**{finding.who: finding.name for finding in items}, **(names or {})}
        lines += [heading(who, language, known), *entries(items, language), ""]
    counts = {s: sum(1 for f in found if f.severity == s) for s in SEVERITIES}
    lines.append(message("validation.report.total", language, **counts))
    return "\n".join(lines) + "\n"


def render_summary(findings: Iterable[Finding], language: str = DEFAULT_LANGUAGE) -> str:
    """A report for many findings, grouped by kind: how many in all, then of each kind the first in full, whom else.

    The most serious kinds come first, among them the most frequent.
    """
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.severity, finding.code), []).append(finding)
    ordered = sorted(kinds.values(), key=lambda alike: (SEVERITIES.index(alike[0].severity), -len(alike)))
    counts = {s: sum(len(alike) for (severity, _), alike in kinds.items() if severity == s) for s in SEVERITIES}
    lines = [message("validation.report.total", language, **counts)]
    for first, *rest in ordered:
        lines += ["", *entries([first], language)]
        if rest:
            others = list(dict.fromkeys(finding.name or finding.who for finding in rest if finding.who))
            who = f": {', '.join(others[:SHOWN])}{'…' if len(others) > SHOWN else ''}" if others else ""
            lines.append("      " + message("validation.report.others", language, count=len(rest), who=who))
    return "\n".join(lines) + "\n"


def heading(who: str, language: str, names: Mapping[str, str]) -> str:
    """The line above the findings of one person or body."""
    if not who:
        return message("validation.report.whole", language)
    if who in BODIES:
        return message(f"validation.report.{who}", language)
    return f"{who} – {names[who]}" if names.get(who) else who


def entries(items: Iterable[Finding], language: str) -> Iterable[str]:
    """The lines of some findings: mark, message, place, hint."""
    for finding in items:
        mark = message(f"validation.report.{finding.severity}", language)
        yield f"  {mark}: {finding.text(language)}"
        # Whoever works in Excel reads sheets and cells; the code stands in the JSON.
        yield f"      {finding.place.text(language)}" + ("" if finding.in_workbook else f" [{finding.code}]")
        if hint := finding.hint(language):
            yield f"      → {hint}"
