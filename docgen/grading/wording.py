"""Predicates and effects in Vietnamese words, for the catalogue of rules: what is asked, without anybody's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docgen.grading.outcome import word
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.regulations import rule_predicates as p
from docgen.regulations import rules as r
from docgen.regulations.rule_facts import Fact


def _say(name: str, language: str, **params: Any) -> str:
    return message(f"grading.says.{name}", language, **{k: word(v, language) for k, v in params.items()})


def predicate_words(one: p.Predicate, language: str = DEFAULT_LANGUAGE) -> str:
    """What `one` asks, in words."""

    def inner(part: p.Predicate) -> str:
        part = part.that if isinstance(part, p.Named) else part
        text = predicate_words(part, language)
        return f"({text})" if isinstance(part, (p.AllOf, p.AnyOf, p.Implies)) and _size(part) > 1 else text

    match one:
        case p.Is():
            return _say("is", language, fact=one.fact)
        case p.Given():
            return _say("given", language, fact=one.fact)
        case p.OneOf():
            return _say("one_of", language, fact=one.fact, values=one.values)
        case p.Compare():
            return _say(one.op, language, fact=one.fact, bound=one.bound)
        case p.AllAtLeast():
            return _say("all_at_least", language, facts=one.facts, bound=one.bound)
        case p.SomeEqual():
            return _say("some_equal", language, facts=one.facts, value=one.value)
        case p.Share():
            minus = _say("minus", language, fact=one.minus) if one.minus else ""
            return _say(f"share.{one.op}", language, part=one.part, whole=one.whole, percent=one.percent) + minus
        case p.EachGrade():
            which = _say("only", language, names=one.only) if one.only else ""
            which += _say("besides", language, names=one.besides) if one.besides else ""
            return _say("each_grade", language, grade=one.grade) + which
        case p.CountGrades():
            return _say("count_grades", language, grade=one.grade, bound=one.at_least) + (
                _say("besides", language, names=one.besides) if one.besides else ""
            )
        case p.EachUnit():
            return _say("each_unit", language, kind=one.kind, grade=one.grade)
        case p.ScoresBelow():
            return _say("scores_below", language, percent=one.percent, bound=one.at_most)
        case p.Majority():
            return _say("majority", language, grades=one.grades)
        case p.DateAfter():
            return _say("date_after", language, fact=one.fact, bound=one.bound.strftime("%d/%m/%Y"))
        case p.SumAtLeast():
            return _say("sum", language, facts=one.facts, bound=one.bound)
        case p.Not():
            return _say("not", language, that=inner(one.that))
        case p.AllOf():
            return (
                _say("and", language).join(inner(part) for part in one.each) if one.each else _say("always", language)
            )
        case p.AnyOf():
            return _say("or", language).join(inner(part) for part in one.each)
        case p.Implies():
            return _say("implies", language, when=inner(one.when), that=inner(one.that))
        case p.Unless():
            return _say("unless", language, that=inner(one.that), fact=one.attested)
        case p.Named():
            return predicate_words(one.that, language)
        case p.RuleHolds():
            return _say("rule", language, rule=one.rule)
        case p.Standing() | p.Final():
            return _say("grade_is", language, grades=one.grades)
        case p.LevelFails():
            return _say("level_fails", language, grade=one.grade)
        case p.Situation():
            return message(f"grading.situation.{one.name}", language)
    raise TypeError(type(one).__name__)


def _size(one: p.Predicate) -> int:
    return len(one.each) if isinstance(one, (p.AllOf, p.AnyOf)) else 2


def _names(facts: tuple[Fact, ...], language: str) -> str:
    return "; ".join(fact.label(language) for fact in facts)


def effect_words(effect: r.Effect, language: str = DEFAULT_LANGUAGE) -> str:
    """What `effect` does, and when, in words."""

    def tell(predicate: p.Predicate) -> str:
        return predicate_words(predicate, language)

    say: Callable[..., str] = lambda name, **params: _say(f"effect.{name}", language, **params)  # noqa: E731
    match effect:
        case r.Condition():
            also = say("also", grades=effect.also_for) if effect.also_for else ""
            return say("condition", grade=effect.grade, that=tell(effect.that)) + also
        case r.Ground():
            return say("ground", that=tell(effect.that))
        case r.Pin():
            return say("pin", grade=effect.grade, that=tell(effect.that))
        case r.Cap():
            at = effect.at or _names(effect.at_facts, language)
            return say("cap", at=at, that=tell(effect.when))
        case r.Exclusion():
            return say("exclusion", that=tell(effect.when))
        case r.Hold():
            return say("hold", that=tell(effect.when))
        case r.Requirement():
            return say("requirement", that=tell(effect.when), fact=effect.missing)
        case r.Action():
            actions = tuple(action.replace("{", "<").replace("}", ">") for action in effect.actions)
            return say("action", that=tell(effect.when), actions=actions)
        case r.CatchAll():
            return say("catch_all")
        case r.Positions():
            return say("positions")
        case r.Quota():
            small = say("quota.small", below=effect.below, gives=effect.gives) if effect.below else ""
            up = effect.raised
            raised = say("quota.raised", fact=up.fact, at_most=up.at_most) if up else ""
            return say(f"quota.{effect.reading}", percent=effect.percent, fact=effect.base) + small + raised
        case r.Ballot():
            return say(f"ballot.{effect.scheme}", share=effect.more_than)
        case r.Selection():
            return say("selection", grade=effect.grade, rest=effect.rest)
        case r.Score():
            bands = ", ".join(f"{word(level, language)} ≥ {word(floor, language)}" for level, floor in effect.bands)
            whole = say("score.sum", sum=effect.sum) if effect.sum is not None else ""
            return say(f"score.{effect.scheme}", bands=bands) + whole
