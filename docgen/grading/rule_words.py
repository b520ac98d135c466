"""Predicates and effects in words, for the catalogue of rules: what is asked, without anybody's values."""

from __future__ import annotations

from docgen.i18n import DEFAULT_LANGUAGE
from docgen.regulations.effect import Effect
from docgen.regulations.predicate import Predicate, Say


def predicate_words(one: Predicate, language: str = DEFAULT_LANGUAGE) -> str:
    """What `one` asks, in words."""
    return one.in_words(Say(language))


def effect_words(effect: Effect, language: str = DEFAULT_LANGUAGE) -> str:
    """What `effect` does, and when, in words."""
    return effect.in_words(Say(language))
