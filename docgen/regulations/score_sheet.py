"""A score sheet (phiếu chấm điểm): points for each criterion, their sum, and what cannot be right about them.

The maxima are the unit's data; how points come about is the regulation's: KH 40 II.B.5 asks for maxima of 100 in all,
HD 19 C.I.1.4 for plan and result of what is counted, and for points within the band of the level of what is judged.
Those numbers stand in `rules.yaml` (`score`); here is only arithmetic, which the validator and the grading share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from docgen.model import LEVELS
from docgen.paths import AnyRecord, JsonDict, JsonMap, get, get_mapping
from docgen.regulations.criteria_sets import UNSAID, Said
from docgen.regulations.effects.score import Score
from docgen.regulations.loader import Criterion, RegulationData
from docgen.regulations.rules import Rule, RuleSet
from docgen.regulations.scales import Scale


@dataclass(frozen=True, slots=True)
class Line:
    """The scoring of one criterion. `standard` is the sheet's maximum, else the one that the unit set."""

    criterion: Criterion
    standard: Fraction | None = None
    points: Fraction | None = None
    plan: Fraction | None = None
    actual: Fraction | None = None
    level: str = ""

    @property
    def counted(self) -> bool:
        """True for a quantitative criterion: its sheet names a plan or a result."""
        return self.plan is not None or self.actual is not None

    @property
    def percent(self) -> Fraction | None:
        """The share of the maximum that was reached; None where it cannot be told."""
        return None if self.points is None or not self.standard else self.points * 100 / self.standard


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: `kind` (the last part of a message key), the criterion's id where it is about one, the facts."""

    kind: str
    criterion: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The lines of one sheet in printed order, those of criteria without points included, and the stated total."""

    lines: tuple[Line, ...]
    stated_total: Fraction | None
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """True where there are points for everything and nothing is wrong: only then facts are taken from it."""
        return bool(self.lines) and not self.faults

    @property
    def total(self) -> Fraction:
        """The sum of all points."""
        return sum((line.points for line in self.lines if line.points is not None), Fraction(0))


def number_of(value: object) -> Fraction | None:
    """A number exactly as it was written: 69.9 is 699/10. None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return Fraction(str(value))


def plain(value: Fraction) -> int | float:
    """`value` as a JSON number."""
    return int(value) if value.denominator == 1 else float(value)


def _effects(rules: RuleSet, subject: str) -> dict[str, tuple[Rule, Score]]:
    """The scoring rules about `subject` by scheme."""
    return {e.scheme: (rule, e) for rule in rules.for_subject(subject) for e in rule.effects if isinstance(e, Score)}


def read_sheet(
    regulation: RegulationData,
    rules: RuleSet,
    subject: str,
    sheet: AnyRecord | None,
    said: Said = UNSAID,
    chosen: str | None = None,
) -> ScoreSheet | None:  # fmt: skip
    """The score sheet among one assessment's data; None where nothing was scored.

    `said` tells which criteria are asked; `chosen` the set of criteria, where the
    subject's record chooses it.
    """
    scores = get_mapping(sheet, "scores")
    if not scores:
        return None
    effects = _effects(rules, subject)
    rows = regulation.criteria.get(regulation.criteria_set(subject) if chosen is None else chosen, ())
    leaves = [leaf for row in rows for leaf in row.leaves()]
    asked = [leaf for leaf in leaves if leaf.asked(said) is not False]
    faults = [Fault("unknown", name, {}) for name in scores if name not in {leaf.id for leaf in leaves}]
    lines = []
    for leaf in asked:
        entry = scores.get(leaf.id)
        if not isinstance(entry, Mapping):
            if not leaf.optional and leaf.asked(said):
                faults.append(Fault("missing", leaf.id, {}))
            continue
        line = _line(leaf, entry, "quantitative" in effects)
        lines.append(line)
        faults += _line_faults(line, entry, effects)
    total = number_of(get(sheet, ("score_total",)))
    found = ScoreSheet(tuple(lines), total, ())
    if lines and not any(fault.kind in ("missing", "unknown") for fault in faults):
        faults += _sum_faults(found, effects, _slack(get(sheet, ("score_total",))))
        faults += _group_faults(rows, found)
    return ScoreSheet(found.lines, total, tuple(faults))


def _line(leaf: Criterion, entry: JsonMap, counts: bool) -> Line:
    stated = number_of(entry.get("standard_points"))
    level = entry.get("declared_level")
    line = Line(
        leaf,
        leaf.points if stated is None else stated,
        number_of(entry.get("points")),
        number_of(entry.get("plan")) if counts else None,
        number_of(entry.get("actual")) if counts else None,
        level if level in LEVELS else "",
    )
    due = _due(line) if line.points is None else None
    return line if due is None else Line(leaf, line.standard, due, line.plan, line.actual, line.level)


def _due(line: Line) -> Fraction | None:
    """The points of a quantitative criterion: the share of the plan, at most all of it, times the maximum."""
    if line.plan is None or line.plan <= 0 or line.actual is None or line.standard is None:
        return None
    return min(Fraction(1), max(Fraction(0), line.actual / line.plan)) * line.standard


def _line_faults(line: Line, entry: JsonMap, effects: Mapping[str, tuple[Rule, Score]]) -> list[Fault]:
    leaf = line.criterion
    if line.counted and (line.plan is None or line.plan <= 0 or line.actual is None):
        return [Fault("plan", leaf.id, {"clause": effects["quantitative"][0].clause})]
    if line.standard is None or line.points is None:
        return [Fault("missing", leaf.id, {})]
    stated = number_of(entry.get("standard_points"))
    if leaf.points is not None and stated is not None and stated != leaf.points:
        return [Fault("maximum", leaf.id, {"given": stated, "standard": leaf.points})]
    if line.points > line.standard or line.points < 0:
        return [Fault("above", leaf.id, {"given": line.points, "standard": line.standard})]
    due = _due(line) if line.counted else None
    if due is not None:
        if abs(due - line.points) > _slack(entry.get("points")):
            clause = effects["quantitative"][0].clause
            params = {"given": line.points, "due": due, "actual": line.actual, "plan": line.plan, "clause": clause}
            return [Fault("product", leaf.id, params | {"standard": line.standard})]
    elif leaf.scale is not None:
        return _scale_faults(line, leaf.scale)
    elif line.level and "bands" in effects:
        rule, bands = effects["bands"]
        return _band_faults(line, bands.level(line.percent or Fraction(0)), dict(bands.bands), rule.clause)
    return []


def _scale_faults(line: Line, scale: Scale) -> list[Fault]:
    """What the unit's own way of giving points does not allow."""
    params = {"given": line.points, "standard": line.standard, "clause": scale.clause}
    if scale.kind == "yes_no":
        return [] if line.points in (0, line.standard) else [Fault("yes_no", line.criterion.id, params)]
    if not line.level:
        return [Fault("no_level", line.criterion.id, params)]
    return _band_faults(line, scale.level(line.percent or Fraction(0)), dict(scale.bands), scale.clause)


def _band_faults(line: Line, meant: str, floors: Mapping[str, Fraction], clause: str) -> list[Fault]:
    """Points that lie in the band of another level (`meant`) than the one stated."""
    if meant == line.level:
        return []
    position = LEVELS.index(line.level)
    top = Fraction(100) if position == 0 else floors.get(LEVELS[position - 1], Fraction(100))
    params = {"given": line.points, "standard": line.standard, "level": line.level, "meant": meant}
    params |= {"floor": floors.get(line.level, Fraction(0)), "top": top, "clause": clause}
    return [Fault("band", line.criterion.id, params)]


def _slack(written: object) -> Fraction:
    """How far rounding may take points away from their exact value: half of the last decimal, of which one at least."""
    _, _, decimals = str(written).partition(".")
    return Fraction(1, 2 * 10 ** max(1, len(decimals)))


def _sum_faults(sheet: ScoreSheet, effects: Mapping[str, tuple[Rule, Score]], slack: Fraction) -> list[Fault]:
    faults = []
    rule, total = effects.get("total", (None, None))
    if rule is not None and total is not None and total.sum is not None:
        maxima = sum((line.standard for line in sheet.lines if line.standard is not None), Fraction(0))
        if maxima != total.sum:
            faults.append(Fault("sum", "", {"given": maxima, "due": total.sum, "clause": rule.clause}))
    if sheet.stated_total is not None and abs(sheet.stated_total - sheet.total) > slack:
        faults.append(Fault("total", "", {"given": sheet.stated_total, "due": sheet.total}))
    return faults


def _group_faults(rows: tuple[Criterion, ...], sheet: ScoreSheet) -> list[Fault]:
    """The groups of criteria whose maxima do not add up to what is printed above them."""
    faults = []
    for row in rows:
        if row.sum is not None:
            below = {leaf.id for leaf in row.leaves()}
            own = [line.standard for line in sheet.lines if line.criterion.id in below and line.standard is not None]
            if (given := sum(own, Fraction(0))) != row.sum:
                faults.append(Fault("group", "", {"group": row.text, "given": given, "due": row.sum}))
        faults += _group_faults(row.children, sheet)
    return faults


def score_facts(
    regulation: RegulationData,
    rules: RuleSet,
    subject: str,
    sheet: AnyRecord | None,
    said: Said = UNSAID,
    chosen: str | None = None,
) -> JsonDict:  # fmt: skip
    """The facts that a sound score sheet gives: the total, each criterion's points, the shares of each group.

    Empty where nothing was scored or anything is wrong: a wrong sum must not decide a grade.
    """
    found = read_sheet(regulation, rules, subject, sheet, said, chosen)
    if found is None or not found.sound:
        return {}
    out: dict[str, Any] = {
        "score_total": plain(found.total),
        "criterion_scores": [[plain(line.points), plain(line.standard)] for line in found.lines
                             if line.points is not None and line.standard is not None],
    }  # fmt: skip
    for line in found.lines:
        if line.criterion.group and line.percent is not None:
            out.setdefault(f"{line.criterion.group}_criteria_percents", []).append(plain(line.percent))
    return {name: value for name, value in out.items() if name in rules.facts and subject in rules.facts[name].subjects}
