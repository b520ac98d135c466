"""Breaks every grading rule in every way a typing error could, and reports which breaks no case notices.

usage: python tools/mutate_rules.py [REGULATION ...] [--write docs/rules/mutation.md] [--jobs N]

Each rule of each regulation is deleted, its thresholds moved, its comparisons made to include or exclude the bound,
its exceptions dropped, its parts left out; so is each ambiguity. The cases of `tests/regulations` are run against each
broken set of rules, in this process; a break that changes no case's outcome is a survivor, and means a case is missing.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from docgen.grading import rules_of
from docgen.grading.cases import Case, load_folder, run
from docgen.model import GRADES
from docgen.regulations import rule_predicates as p
from docgen.regulations import rules as r
from docgen.regulations.rule_facts import Fact

ROOT = Path(__file__).resolve().parent.parent
REGULATIONS = ("hd16-2018", "kh55-2018", "kh40-2018", "hd19-2024", "khbvp-2021")
SWAPPED = {"at_least": "more_than", "more_than": "at_least", "at_most": "less_than", "less_than": "at_most"}

Mutant = tuple[str, str, r.RuleSet]


def near(value: str, order: tuple[str, ...]) -> Iterator[str]:
    """The neighbours of a value on its scale."""
    at = order.index(value)
    yield from (order[i] for i in (at - 1, at + 1) if 0 <= i < len(order))


def leaf_mutants(one: p.Predicate) -> Iterator[tuple[str, p.Predicate]]:
    """The ways to break one predicate, its inner ones left alone."""
    match one:
        case p.Is():
            yield "negated", p.Not(one)
        case p.Given():
            yield "negated", p.Not(one)
        case p.OneOf():
            yield "negated", p.Not(one)
            if len(one.values) > 1:
                for value in one.values:
                    yield f"without {value}", replace(one, values=tuple(v for v in one.values if v != value))
        case p.Compare():
            yield "bound in or out", replace(one, op=SWAPPED[one.op])
            if isinstance(one.bound, Fraction):
                for step in (-1, 1):
                    yield f"bound {step:+d}", replace(one, bound=one.bound + step)
            elif isinstance(one.bound, str):
                for word in near(one.bound, one.fact.order):
                    yield f"bound {word}", replace(one, bound=word)
        case p.AllAtLeast():
            bounds: list[Any] = []
            if isinstance(one.bound, Fraction):
                bounds = [one.bound - 1, one.bound + 1]
            else:
                bounds = list(near(one.bound, one.facts[0].order))
            for bound in bounds:
                yield f"bound {bound}", replace(one, bound=bound)
            if len(one.facts) > 1:
                for fact in one.facts:
                    yield f"without {fact.name}", replace(one, facts=tuple(f for f in one.facts if f != fact))
        case p.SomeEqual():
            for word in near(one.value, one.facts[0].order):
                yield f"value {word}", replace(one, value=word)
            for fact in one.facts:
                yield f"without {fact.name}", replace(one, facts=tuple(f for f in one.facts if f != fact))
        case p.Share():
            yield "bound in or out", replace(one, op=SWAPPED[one.op])
            for step in (-1, 1):
                yield f"percent {step:+d}", replace(one, percent=one.percent + step)
            if one.minus:
                yield f"without {one.minus.name}", replace(one, minus=None)
        case p.EachGrade():
            for grade in near(one.grade, GRADES):
                yield f"grade {grade}", replace(one, grade=grade)
            if one.only or one.besides:
                yield "for all bodies", replace(one, only=(), besides=())
        case p.CountGrades():
            for step in (-1, 1):
                yield f"count {step:+d}", replace(one, at_least=one.at_least + step)
            yield f"grade {GRADES[2]}", replace(one, grade=GRADES[2])
            for name in one.besides:
                yield f"counting {name}", replace(one, besides=tuple(b for b in one.besides if b != name))
        case p.EachUnit():
            for grade in near(one.grade, GRADES):
                yield f"grade {grade}", replace(one, grade=grade)
        case p.ScoresBelow():
            for step in (-1, 1):
                yield f"percent {step:+d}", replace(one, percent=one.percent + step)
                if one.at_most + step >= 0:
                    yield f"count {step:+d}", replace(one, at_most=one.at_most + step)
        case p.Majority():
            if len(one.grades) > 1:
                for grade in one.grades:
                    yield f"without {grade}", replace(one, grades=tuple(g for g in one.grades if g != grade))
        case p.DateAfter():
            for step in (-1, 1):
                yield f"date {step:+d}", replace(one, bound=one.bound + datetime.timedelta(days=step))
        case p.SumAtLeast():
            for step in (-1, 1):
                yield f"bound {step:+d}", replace(one, bound=one.bound + step)
        case p.Not():
            yield "not dropped", one.that
        case p.AllOf() | p.AnyOf():
            if len(one.each) > 1:
                for index in range(len(one.each)):
                    kept = tuple(part for i, part in enumerate(one.each) if i != index)
                    yield f"without part {index + 1}", replace(one, each=kept)
                yield "and, or swapped", p.AnyOf(one.each) if isinstance(one, p.AllOf) else p.AllOf(one.each)
        case p.Implies():
            yield "asked of everybody", one.that
        case p.Unless():
            yield "exception dropped", one.that
        case p.Standing() | p.Final():
            if len(one.grades) > 1:
                for grade in one.grades:
                    yield f"without {grade}", replace(one, grades=tuple(g for g in one.grades if g != grade))


def predicate_mutants(one: p.Predicate) -> Iterator[tuple[str, p.Predicate]]:
    """The ways to break `one` or a predicate inside it; what is defined once under a name is broken by itself."""
    if isinstance(one, p.Named):
        return
    yield from leaf_mutants(one)
    for field in fields(one):
        value = getattr(one, field.name)
        if isinstance(value, p.Predicate):
            for label, inner in predicate_mutants(value):
                yield label, replace(one, **{field.name: inner})
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, p.Predicate):
                    for label, inner in predicate_mutants(item):
                        changed = (*value[:index], inner, *value[index + 1 :])
                        yield f"part {index + 1}: {label}", replace(one, **{field.name: changed})


def effect_mutants(effect: r.Effect) -> Iterator[tuple[str, r.Effect | None]]:
    """The ways to break one effect; None deletes it."""
    yield "deleted", None
    for name in ("that", "when"):
        if hasattr(effect, name):
            for label, predicate in predicate_mutants(getattr(effect, name)):
                changed: dict[str, Any] = {name: predicate}
                yield label, replace(effect, **changed)
    match effect:
        case r.Condition():
            for grade in effect.also_for:
                yield f"not for {grade}", replace(effect, also_for=tuple(g for g in effect.also_for if g != grade))
        case r.Cap():
            for grade in near(effect.at, GRADES) if effect.at else ():
                yield f"at {grade}", replace(effect, at=grade)
            if len(effect.at_facts) > 1:
                for fact in effect.at_facts:
                    rest = tuple(f for f in effect.at_facts if f != fact)
                    yield f"without {fact.name}", replace(effect, at_facts=rest)
        case r.Action():
            for action in effect.actions:
                yield f"without {action}", replace(effect, actions=tuple(a for a in effect.actions if a != action))
        case r.Quota():
            for step in (-1, 1):
                yield f"percent {step:+d}", replace(effect, percent=effect.percent + step)
                if effect.below:
                    yield f"below {step:+d}", replace(effect, below=effect.below + step)
                    yield f"gives {step:+d}", replace(effect, gives=effect.gives + step)
            for reading in r.READINGS:
                if reading != effect.reading:
                    yield f"reading {reading}", replace(effect, reading=reading)
        case r.Ballot():
            for step in (-1, 1):
                yield f"share {step:+d}", replace(effect, more_than=effect.more_than + step)
        case r.Selection():
            yield "rest HTNV", replace(effect, rest="HTNV")
        case r.Score():
            for index, (level, floor) in enumerate(effect.bands):
                for step in (-1, 1):
                    bands = (*effect.bands[:index], (level, floor + step), *effect.bands[index + 1 :])
                    yield f"{level} {step:+d}", replace(effect, bands=bands)


def put(one: Any, name: str, that: p.Predicate) -> Any:
    """`one` (a predicate, effect, rule or ambiguity) with every use of the definition `name` made to mean `that`."""
    if isinstance(one, tuple):
        return tuple(put(item, name, that) for item in one)
    if isinstance(one, p.Named):
        return replace(one, that=that if one.name == name else put(one.that, name, that))
    if not is_dataclass(one) or isinstance(one, (Fact, type)):
        return one
    changed: dict[str, Any] = {field.name: put(getattr(one, field.name), name, that) for field in fields(one)}
    return replace(one, **changed)


def definitions(rules: r.RuleSet) -> dict[str, p.Predicate]:
    """Every predicate that the file defines under a name."""
    spoken = [q for rule in rules.rules for q in rule.predicates()] + [a.when for a in rules.ambiguities]
    return {part.name: part.that for q in spoken for part in p.parts(q) if isinstance(part, p.Named)}


def mutants(rules: r.RuleSet) -> Iterator[Mutant]:
    """Every broken set of rules, with the id of what is broken and how."""
    for at, rule in enumerate(rules.rules):
        for index, effect in enumerate(rule.effects):
            for label, broken in effect_mutants(effect):
                changed = (broken,) if broken is not None else ()
                effects = (*rule.effects[:index], *changed, *rule.effects[index + 1 :])
                named = f"{type(effect).__name__.lower()}: {label}"
                new = (*rules.rules[:at], replace(rule, effects=effects), *rules.rules[at + 1 :])
                yield rule.id, named, replace(rules, rules=new)
    for defined, that in definitions(rules).items():
        for label, predicate in predicate_mutants(that):
            new = put(rules.rules, defined, predicate)
            yield (
                f"{rules.regulation} {defined}",
                label,
                replace(rules, rules=new, ambiguities=put(rules.ambiguities, defined, predicate)),
            )
    for at, entry in enumerate(rules.ambiguities):
        name = f"{rules.regulation} {entry.code} ({entry.subjects[0]})"
        rest = (*rules.ambiguities[:at], *rules.ambiguities[at + 1 :])
        yield name, "deleted", replace(rules, ambiguities=rest)
        variants = [(label, replace(entry, when=when)) for label, when in predicate_mutants(entry.when)]
        if entry.proposes:
            variants.append(("proposes nothing", replace(entry, proposes="")))
        if entry.withholds:
            variants.append(("withholds nothing", replace(entry, withholds=False)))
        for fact in entry.capped_by:
            kept = tuple(f for f in entry.capped_by if f != fact)
            variants.append((f"without {fact.name}", replace(entry, capped_by=kept)))
        for label, variant in variants:
            entries = (*rules.ambiguities[:at], variant, *rules.ambiguities[at + 1 :])
            yield name, label, replace(rules, ambiguities=entries)


def noticed(rules: r.RuleSet, cases: list[Case]) -> bool:
    """True where some case tells the broken rules from the right ones."""
    for case in cases:
        try:
            if run(case, rules):
                return True
        except Exception:  # a broken rule set that cannot even run is noticed
            return True
    return False


def check(regulation: str, share: int, shares: int) -> tuple[int, list[tuple[str, str]]]:
    """How many mutants one share of the work holds, and which of them survive."""
    rules = rules_of(regulation)
    cases = [case for case in load_folder(ROOT / "tests" / "regulations") if case.regulation == regulation]
    subjects = {rule.id: rule.subjects for rule in rules.rules}
    survivors, count = [], 0
    for number, (name, label, broken) in enumerate(mutants(rules)):
        if number % shares != share:
            continue
        count += 1
        short = name.split("/", 1)[-1]
        own = [case for case in cases if case.subject in subjects.get(name, (case.subject,))]
        # Cases that name the rule come first: they are the likeliest to notice.
        own.sort(key=lambda case: not any(short in str(v) for v in case.expect.get("blocked_by", ())))
        if not noticed(broken, own):
            survivors.append((name, label))
    return count, survivors


def report(results: dict[str, tuple[int, list[tuple[str, str]]]]) -> str:
    """The result as a page of documentation."""
    lines = [
        "# Thử phá luật (mutation)", "",
        "Mỗi luật và mỗi chỗ mơ hồ bị phá theo mọi cách mà một lỗi gõ có thể gây ra (xóa, dời ngưỡng, đổi gồm",
        "hay không gồm mốc, bỏ ngoại lệ, bỏ từng vế), rồi chạy các ca trong `tests/regulations`. Một lần phá không",
        "ca nào nhận ra là còn sót: hoặc thiếu ca, hoặc hai cách viết cho cùng kết quả.", "",
        "| Văn bản | Số lần phá | Còn sót |", "|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {name} | {count} | {len(left)} |" for name, (count, left) in results.items()]
    total, kept = sum(c for c, _ in results.values()), sum(len(left) for _, left in results.values())
    lines += [f"| Tất cả | {total} | {kept} |", ""]
    for name, (_, left) in results.items():
        if left:
            lines += [f"## Còn sót ở {name}", "", *(f"- `{rule}`: {label}" for rule, label in left), ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Runs the mutations; ends with 1 where any survives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("regulations", nargs="*")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    results = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for regulation in options.regulations or REGULATIONS:
            shares = [pool.submit(check, regulation, i, options.jobs) for i in range(options.jobs)]
            done = [share.result() for share in shares]
            results[regulation] = (sum(n for n, _ in done), sorted(s for _, left in done for s in left))
    text = report(results)
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(text, encoding="utf-8")
    print(text)
    return 1 if any(left for _, left in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
