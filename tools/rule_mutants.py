"""The ways to break grading rules: every one that a slip in `rules.yaml` could make, one at a time.

`mutants` gives each broken set of rules with what was broken and how; `tools/mutate_rules.py` runs the cases on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import chain
from typing import Any

from docgen.regulations import rules as r
from docgen.regulations.predicate import Predicate, parts
from docgen.regulations.predicates.use import Named
from docgen.regulations.rule_facts import Fact


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken set of rules: what is broken (the id of a rule, a definition, an ambiguity), how, and whom it is about.

    `before` and `after` are the predicate that was changed, where the break is a changed predicate and nothing else.
    """

    name: str
    label: str
    subjects: tuple[str, ...]
    rules: r.RuleSet
    before: Predicate | None = None
    after: Predicate | None = None


def predicate_mutants(one: Predicate) -> Iterator[tuple[str, Predicate]]:
    """The ways to break `one` or a predicate inside it; what is defined once under a name is broken by itself."""
    if isinstance(one, Named):
        return
    yield from one.broken()
    inside = [field.name for field in fields(one) if isinstance(getattr(one, field.name), Predicate)]
    for field in fields(one):
        value = getattr(one, field.name)
        if isinstance(value, Predicate):
            for label, inner in predicate_mutants(value):
                yield f"{field.name}: {label}" if len(inside) > 1 else label, replace(one, **{field.name: inner})
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Predicate):
                    for label, inner in predicate_mutants(item):
                        changed = (*value[:index], inner, *value[index + 1 :])
                        yield f"part {index + 1}: {label}", replace(one, **{field.name: changed})


def effect_mutants(effect: r.Effect) -> Iterator[tuple[str, r.Effect | None]]:
    """The ways to break one effect; None deletes it."""
    yield "deleted", None
    guard = effect.predicate()
    for label, predicate in predicate_mutants(guard) if guard is not None else ():
        changed: dict[str, Any] = {effect.guard: predicate}
        yield label, replace(effect, **changed)
    yield from effect.broken()


def put(one: Any, name: str, that: Predicate) -> Any:
    """`one` (a predicate, effect, rule or ambiguity) with every use of the definition `name` made to mean `that`."""
    if isinstance(one, tuple):
        return tuple(put(item, name, that) for item in one)
    if isinstance(one, Named):
        return replace(one, that=that if one.name == name else put(one.that, name, that))
    if not is_dataclass(one) or isinstance(one, (Fact, type)):
        return one
    changed: dict[str, Any] = {field.name: put(getattr(one, field.name), name, that) for field in fields(one)}
    return replace(one, **changed)


def definitions(rules: r.RuleSet) -> dict[str, Predicate]:
    """Every predicate that the file defines under a name."""
    spoken = [q for rule in rules.rules for q in rule.predicates()] + [a.when for a in rules.ambiguities]
    return {part.name: part.that for q in spoken for part in parts(q) if isinstance(part, Named)}


def rule_mutants(rules: r.RuleSet, at: int) -> Iterator[Mutant]:
    """The ways to break the rule at one place of the list."""
    rule = rules.rules[at]

    def broken(label: str, effects: tuple[r.Effect, ...], *pair: Predicate) -> Mutant:
        new = (*rules.rules[:at], replace(rule, effects=effects), *rules.rules[at + 1 :])
        return Mutant(rule.id, label, rule.subjects, replace(rules, rules=new), *pair)

    if len(rule.effects) > 1:
        yield broken("rule: deleted", ())
    if rule.effects and len(rule.subjects) > 1:
        for subject in rule.subjects:
            kept = replace(rule, subjects=tuple(s for s in rule.subjects if s != subject))
            new = (*rules.rules[:at], kept, *rules.rules[at + 1 :])
            yield Mutant(rule.id, f"not about {subject}", (subject,), replace(rules, rules=new))
    for index, effect in enumerate(rule.effects):
        kind = type(effect).__name__.lower()
        before, after = rule.effects[:index], rule.effects[index + 1 :]
        for label, other in effect_mutants(effect):
            pair: tuple[Predicate, ...] = ()
            for name in ("that", "when"):
                if type(other) is type(effect) and getattr(other, name, None) is not getattr(effect, name, None):
                    pair = (getattr(effect, name), getattr(other, name))
            yield broken(f"{kind}: {label}", (*before, *((other,) if other is not None else ()), *after), *pair)


def deletions(rules: r.RuleSet) -> Iterator[Mutant]:
    """The rules without one whole rule, for every rule that does anything."""
    for at, rule in enumerate(rules.rules):
        if rule.effects:
            new = (*rules.rules[:at], replace(rule, effects=()), *rules.rules[at + 1 :])
            label = "rule: deleted" if len(rule.effects) > 1 else f"{type(rule.effects[0]).__name__.lower()}: deleted"
            yield Mutant(rule.id, label, rule.subjects, replace(rules, rules=new))


def definition_mutants(rules: r.RuleSet) -> Iterator[Mutant]:
    """The ways to break what the file defines under a name, everywhere it is used."""
    for name, that in definitions(rules).items():
        users = [rule.subjects for rule in rules.rules if name in _names(rule.predicates())]
        users += [entry.subjects for entry in rules.ambiguities if name in _names([entry.when])]
        subjects = tuple(s for s in r.SUBJECTS if any(s in user for user in users))
        for label, other in predicate_mutants(that):
            new = replace(rules, rules=put(rules.rules, name, other), ambiguities=put(rules.ambiguities, name, other))
            yield Mutant(f"{rules.regulation} {name}", label, subjects, new, that, other)


def _names(predicates: Iterable[Predicate]) -> set[str]:
    """The definitions that predicates use."""
    return {part.name for one in predicates for part in parts(one) if isinstance(part, Named)}


def ambiguity_mutants(rules: r.RuleSet) -> Iterator[Mutant]:
    """The ways to break what the file says of places that can be read in several ways."""
    codes: dict[str, int] = {}
    for at, entry in enumerate(rules.ambiguities):
        name = f"{rules.regulation} {entry.code} ({entry.subjects[0]})"
        codes[name] = codes.get(name, 0) + 1
        if codes[name] > 1:
            name += f" {codes[name]}"
        rest = (*rules.ambiguities[:at], *rules.ambiguities[at + 1 :])
        yield Mutant(name, "deleted", entry.subjects, replace(rules, ambiguities=rest))
        variants: list[tuple[Any, ...]] = [
            (label, replace(entry, when=when), entry.when, when) for label, when in predicate_mutants(entry.when)
        ]
        if entry.proposes:
            variants.append(("proposes nothing", replace(entry, proposes="")))
        if entry.withholds:
            variants.append(("withholds nothing", replace(entry, withholds=False)))
        if entry.flat:
            variants.append(("not flat", replace(entry, flat=False)))
        for fact in entry.capped_by:
            kept = tuple(f for f in entry.capped_by if f != fact)
            variants.append((f"without {fact.name}", replace(entry, capped_by=kept)))
        for grade in entry.alternatives:
            others = tuple(g for g in entry.alternatives if g != grade)
            variants.append((f"without alternative {grade}", replace(entry, alternatives=others)))
        for rule in entry.without:
            named = tuple(name for name in entry.without if name != rule)
            variants.append((f"with {rule}", replace(entry, without=named)))
        for label, variant, *pair in variants:
            entries = (*rules.ambiguities[:at], variant, *rules.ambiguities[at + 1 :])
            yield Mutant(name, label, entry.subjects, replace(rules, ambiguities=entries), *pair)


def base_mutants(rules: r.RuleSet) -> Iterator[Mutant]:
    """The ways to break what the file says of grades that come from elsewhere."""
    for at, base in enumerate(rules.bases):
        name = f"{rules.regulation} base ({base.subjects[0]})"
        yield Mutant(name, "deleted", base.subjects, replace(rules, bases=(*rules.bases[:at], *rules.bases[at + 1 :])))
        for label, when in predicate_mutants(base.when):
            bases = (*rules.bases[:at], replace(base, when=when), *rules.bases[at + 1 :])
            yield Mutant(name, label, base.subjects, replace(rules, bases=bases), base.when, when)


def mutants(rules: r.RuleSet) -> Iterator[Mutant]:
    """Every broken set of rules; each has a name and label of its own."""
    seen: dict[tuple[str, str], int] = {}
    every = [(mutant for at in range(len(rules.rules)) for mutant in rule_mutants(rules, at))]
    for mutant in chain(*every, definition_mutants(rules), ambiguity_mutants(rules), base_mutants(rules)):
        key = (mutant.name, mutant.label)
        seen[key] = seen.get(key, 0) + 1
        yield replace(mutant, label=f"{mutant.label} ({seen[key]})") if seen[key] > 1 else mutant
