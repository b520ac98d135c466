"""Predicates and effects in Vietnamese words, for the catalogue of rules: what is asked, without anybody's values."""

from __future__ import annotations

from collections.abc import Callable

from docgen.i18n import DEFAULT_LANGUAGE
from docgen.regulations import rules as r
from docgen.regulations.predicate import Predicate, Say
from docgen.regulations.rule_facts import Fact
from docgen.regulations.told import word


def predicate_words(one: Predicate, language: str = DEFAULT_LANGUAGE) -> str:
    """What `one` asks, in words."""
    return one.in_words(Say(language))


def _names(facts: tuple[Fact, ...], language: str) -> str:
    return "; ".join(fact.label(language) for fact in facts)


def effect_words(effect: r.Effect, language: str = DEFAULT_LANGUAGE) -> str:
    """What `effect` does, and when, in words."""

    def tell(predicate: Predicate) -> str:
        return predicate_words(predicate, language)

    speak = Say(language)
    say: Callable[..., str] = lambda name, **params: speak(f"effect.{name}", **params)  # noqa: E731
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
