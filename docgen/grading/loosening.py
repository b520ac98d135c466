"""What a unit's overlay asks less of than the regulation it extends: rules, thresholds, deadlines, required sections.

A unit may detail a regulation and be stricter. Where it is laxer, or where nobody can prove that it is not, people are
told: the overlay still works, for it may stand on a later document that docgen does not know. Only what the regulation
calls `binding` is refused: with QĐ 366-QĐ/TW, the conditions of the four grades and the quota of Điều 11.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from pathlib import Path

from docgen.forms.definition import load_form
from docgen.grading.rule_words import effect_words
from docgen.i18n import worded
from docgen.model import Finding, Place
from docgen.regulations.criteria_sets import shown_points
from docgen.regulations.duties import COLLECTIVE_KINDS, ORG_TYPES, Body, longest
from docgen.regulations.effect import Effect
from docgen.regulations.effects.quota import Quota
from docgen.regulations.entails import entails
from docgen.regulations.loader import Criterion, RegulationData, builtin_folder, load_regulation
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rules import Ambiguity, Rule, RuleSet, kept_rules
from docgen.regulations.written_at import line_of


def loosened_regulation(regulation: RegulationData) -> list[Finding]:
    """Everything in which the overlay `regulation` is laxer than the regulation of docgen that it extends.

    Empty for a regulation that is no overlay.
    """
    if not regulation.is_overlay:
        return []
    name = next(folder.name for folder in regulation.chain if folder.parent == builtin_folder())
    base = load_regulation(name)
    rules = kept_rules(regulation.id, regulation.folders)
    return [*loosened(rules, kept_rules(name), base.binding), *_Documents(regulation, base).run()]


def loosened(rules_overlay: RuleSet, rules_base: RuleSet, binding: tuple[str, ...] = ()) -> list[Finding]:
    """What `rules_overlay` lacks of `rules_base`, asks less of, or adds so that it can raise a grade.

    Errors where the rule is one of a clause that begins with one of `binding`, or may outdo one; else warnings.
    """
    bound = {rule.id: rule.clause.startswith(binding) for rule in rules_base.rules} if binding else {}
    out = []
    for finding in _rules(rules_overlay, rules_base):
        rule = finding.params.get("rule")
        code = finding.code.rpartition(".")[2]
        # A rule of the unit's own that can raise a grade, or another meaning of a fact, gets past any condition.
        strict = code in ("rule_added", "fact", "base") or bound.get(str(rule), False)
        line = _line(Path(finding.place.file), str(rule)) if rule else 0
        if binding and strict:
            finding = _refused(finding, binding)
        out.append(_at_line(finding, line))
    return out


def _at_line(finding: Finding, line: int) -> Finding:
    return replace(finding, place=replace(finding.place, line=line))


def _refused(finding: Finding, binding: tuple[str, ...]) -> Finding:
    """`finding` as an error: no document of the level above makes it right."""
    params = finding.params | {"hint_key": "regulation.loosened.refused", "binding": ", ".join(binding)}
    return replace(finding, severity="error", params=params)


def _told(effect: Effect) -> dict[str, str]:
    """`effect` in words, in each language."""
    return worded(partial(effect_words, effect))


def _line(path: Path, rule: str) -> int:
    """The line of the unit's file at which a rule is worded anew or taken away."""
    return line_of(path, "rules", rule) or line_of(path, "remove", rule)


def _finding(code: str, file: str, source: str, /, **params: object) -> Finding:
    return Finding(f"regulation.loosened.{code}", "warning", Place(file, "", source), params)


def _rules(overlay: RuleSet, base: RuleSet) -> Iterator[Finding]:
    kept = {rule.id: rule for rule in overlay.rules}
    for old in base.rules:
        new = kept.get(old.id)
        if new is None:
            yield _finding("rule_removed", overlay.file, old.id, rule=old.id, clause=old.clause, wording=old.wording)
        elif new != old:
            yield from _rule(overlay.file, new, old)
    known = {rule.id for rule in base.rules}
    quotas = {x.cohort: x for rule in base.rules for x in rule.effects if isinstance(x, Quota)}
    for rule in overlay.rules:
        for effect in rule.effects if rule.id not in known else ():
            old_quota = quotas.get(effect.cohort) if isinstance(effect, Quota) else None
            if effect.raising or (old_quota is not None and not as_strict(effect, old_quota)):
                yield _finding("rule_added", overlay.file, rule.id, rule=rule.id, now=_told(effect))
    yield from (_finding("doubt", overlay.file, code, doubt=code) for code in _doubts(overlay, base))
    if overlay.bases != base.bases:
        facts = worded(lambda language: ", ".join(one.fact.label(language) for one in overlay.bases) or "–")
        yield _finding("base", overlay.file, "base", facts=facts)
    for name, fact in base.facts.items():
        found = overlay.facts.get(name)
        if found is None or _nature(found) != _nature(fact):
            yield _finding("fact", overlay.file, f"fact:{name}", fact=fact.words())


def _nature(fact: Fact) -> tuple[object, ...]:
    """All of a fact but its labels."""
    return (
        fact.type, fact.subjects, fact.values, fact.has_default, fact.default, fact.default_for, fact.attested,
        fact.needs_items,
    )  # fmt: skip


def _rule(file: str, new: Rule, old: Rule) -> Iterator[Finding]:
    """One rule that the overlay words differently: each thing it does must be done at least as strictly."""
    lost = [subject for subject in old.subjects if subject not in new.subjects]
    for effect in old.effects:
        same = [other for other in new.effects if type(other) is type(effect)]
        source = f"{old.id} ({type(effect).__name__.lower()})"
        if not same or lost:
            yield _finding("effect_removed", file, source, rule=old.id, clause=old.clause, was=_told(effect))
        elif not as_strict(same[0], effect):
            was, now = _told(effect), _told(same[0])
            yield _finding("weaker", file, source, rule=old.id, clause=old.clause, was=was, now=now)
    kinds = {type(effect) for effect in old.effects}
    for effect in new.effects:
        if type(effect) not in kinds and effect.raising:
            yield _finding("rule_added", file, new.id, rule=new.id, now=_told(effect))


def as_strict(new: Effect, old: Effect) -> bool:
    """True where it is certain that `new` lets nobody have a grade that `old` would not."""
    return type(new) is type(old) and new.as_strict(old)


def _doubts(overlay: RuleSet, base: RuleSet) -> list[str]:
    """The codes of doubts that the overlay no longer raises, or settles in favour of a grade."""
    found = [
        old.code for old in base.ambiguities
        if old not in overlay.ambiguities
        and not any(new.code == old.code and _still_asked(new, old) for new in overlay.ambiguities)
    ]  # fmt: skip
    settled = {(old.code, old.proposes) for old in base.ambiguities}
    found += [n.code for n in overlay.ambiguities if n.proposes and (n.code, n.proposes) not in settled]
    return list(dict.fromkeys(found))


def _still_asked(new: Ambiguity, old: Ambiguity) -> bool:
    same = all(getattr(new, n) == getattr(old, n) for n in ("proposes", "without", "flat", "capped_by", "alternatives"))
    kept = set(new.subjects) >= set(old.subjects) and (new.withholds or not old.withholds)
    return same and kept and entails(old.when, new.when)


class _Documents:
    """Compares what a regulation prescribes beside its rules: notice, meeting, deadlines, assessors, packet, forms."""

    def __init__(self, overlay: RegulationData, base: RegulationData) -> None:
        self.overlay = overlay
        self.base = base
        self.file = str(overlay.folder / "regulation.yaml")

    def run(self) -> Iterator[Finding]:
        """Every finding, in the order of `regulation.yaml`."""
        yield from self.named()
        yield from self.draft()
        yield from self.meeting()
        yield from self.deadlines()
        yield from self.duties()
        yield from self.assessors()
        yield from self.packet()
        yield from self.forms()
        yield from self.criteria()

    def named(self) -> Iterator[Finding]:
        """What may not be loosened can only be detailed by a document that was issued: the placeholders are gone."""
        for key in ("number", "issuer", "title") if self.base.binding else ():
            value = str(getattr(self.overlay, key))
            if value.startswith("("):
                at = Place(self.file, "", key, line_of(Path(self.file), key))
                yield Finding("regulation.unit.unnamed", "error", at, {"what": key, "value": value})

    def draft(self) -> Iterator[Finding]:
        old, new = self.base.draft, self.overlay.draft
        if old and (not new or int(new["working_days"]) < int(old["working_days"])):
            now = new["working_days"] if new else "–"
            yield _finding("draft", self.file, "draft", clause=old["clause"], was=old["working_days"], now=now)

    def meeting(self) -> Iterator[Finding]:
        """The first kind of body that may meet for a shorter time than the base asks of it."""
        for org_type, kind, suggested in product(ORG_TYPES, COLLECTIVE_KINDS, (False, True)):
            body = Body(org_type, True, kind, suggested)
            (old, _), (new, _) = longest(self.base.meeting, body), longest(self.overlay.meeting, body)
            if old and (new is None or new.days < old.days):
                now = _days(new.days) if new else "–"
                yield _finding("meeting", self.file, "meeting", clause=old.clause, was=_days(old.days), now=now)
                return

    def deadlines(self) -> Iterator[Finding]:
        kept = {(d["what"], d["clause"]): d for d in self.overlay.deadlines}
        for old in self.base.deadlines:
            new = kept.get((old["what"], old["clause"]))
            was, now = self.moved(_day(old)), _day(new) if new else None
            if new is None or (was is not None and (now is None or now > was)) or _looser(new, old):
                yield _finding("deadline", self.file, f"deadlines: {old['what']}", what=old["what"],
                               clause=old["clause"], was=_shown(old, was), now=_shown(new, now))  # fmt: skip

    def duties(self) -> Iterator[Finding]:
        """What papers must say, agree on, and go up with: everything that the overlay no longer asks."""
        for key in ("same", "asked", "order", "enclosures"):
            kept = set(getattr(self.overlay, key))
            for old in getattr(self.base, key):
                if old not in kept:
                    yield _finding("duty", self.file, f"{key}: {old.what}", what=old.what, clause=old.clause)

    def moved(self, day: datetime.date | None) -> datetime.date | None:
        """A day of the base, as many years later as the overlay is for a later year."""
        mine, theirs = self.overlay.life.last, self.base.life.last
        if day is None or mine is None or theirs is None or mine <= theirs:
            return day
        last = 28 if (day.month, day.day) == (2, 29) else day.day
        return day.replace(year=day.year + mine - theirs, day=last)

    def assessors(self) -> Iterator[Finding]:
        kept = {(a.subject, a.id): a for a in self.overlay.assessors}
        for old in self.base.assessors:
            new = kept.get((old.subject, old.id))
            if new is None or (old.required and not new.required) or (old.due_by not in ("", new.due_by)):
                yield _finding("assessor", self.file, f"assessors: {old.subject}/{old.id}", label=old.label,
                               clause=old.clause)  # fmt: skip

    def packet(self) -> Iterator[Finding]:
        kept = [(i.form, i.each, set(i.assessors), i.only) for i in self.overlay.packet]
        for old in self.base.packet:
            if not any(
                (form, each) == (old.form, old.each) and only in ("", old.only)
                and ((not assessors) or (bool(old.assessors) and assessors >= set(old.assessors)))
                for form, each, assessors, only in kept
            ):  # fmt: skip
                source = f"packet: {old.form} ({', '.join(old.assessors) or old.each})"
                yield _finding("packet", self.file, source, form=old.form, clause=old.clause)

    def forms(self) -> Iterator[Finding]:
        for form in self.base.forms:
            old = load_form(self.base, form)
            if form not in self.overlay.forms:
                yield _finding("form", self.file, f"forms: {form}", form=old.code)
                continue
            new = load_form(self.overlay, form)
            for binding in old.required:
                if binding not in new.required:
                    field = self.base.fields.get(binding)
                    label = field.label if field else binding
                    yield _finding("required", new.file, f"required: {binding}", form=old.code, label=label)

    def criteria(self) -> Iterator[Finding]:
        file = self.overlay.folder / "criteria.yaml"
        for name, rows in self.base.criteria.items():
            kept = _criteria(self.overlay.criteria.get(name, ()))
            framed: set[str] = set()
            for old in _criteria(rows).values():
                new, frame = kept.get(old.id), self.overlay.frames.get((name, old.id))
                if frame is not None:
                    framed |= _criteria(old.children).keys()
                    told = _finding(
                        "frame", str(file), f"frames: {name}: {old.id}", group=old.text, frame=frame, set=name
                    )
                    yield _at_line(told, line_of(file, "frames", name, old.id))
                was = (old.group, old.optional, old.applies)
                if old.id not in framed and (new is None or (new.group, new.optional, new.applies) != was):
                    yield _finding("criterion", str(file), f"{name}: {old.id}", criterion=old.text)
                elif old.sum is not None and new is not None and new.sum != old.sum:
                    given = "–" if new.sum is None else shown_points(new.sum)
                    source, due = f"{name}: {old.id}", shown_points(old.sum)
                    found = _finding("sum", str(file), source, group=old.text, given=given, due=due)
                    found = _at_line(found, line_of(file, "sets", name))
                    yield _refused(found, self.base.binding) if self.base.binding else found


def _criteria(rows: tuple[Criterion, ...]) -> dict[str, Criterion]:
    out: dict[str, Criterion] = {}
    for row in rows:
        out |= {row.id: row, **_criteria(row.children)}
    return out


def _days(days: Fraction) -> str:
    return f"{float(days):g}"


def _shown(deadline: Mapping[str, str] | None, day: datetime.date | None) -> str:
    """A deadline in short: its day, or the days counted from an event."""
    if day is not None:
        return day.strftime("%d/%m")
    return f"+{deadline['days']}" if deadline and "days" in deadline else "–"


def _looser(new: Mapping[str, str], old: Mapping[str, str]) -> bool:
    """True where a deadline counted from an event is later or counted no longer, or one is for fewer than it was."""
    if "days" in old and ("days" not in new or int(new["days"]) > int(old["days"])):
        return True
    return "who" in new and not set(new["who"]) >= set(old.get("who", (*ORG_TYPES, "")))


def _day(deadline: Mapping[str, str]) -> datetime.date | None:
    """The day of a deadline, in a leap year where it comes every year; None where none is given."""
    text = deadline.get("before") or (f"2024-{deadline['month_day']}" if "month_day" in deadline else "")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
