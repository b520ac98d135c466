"""The language of `rules.yaml` as a page: every kind of predicate and effect, its keys, an example, its words."""

from __future__ import annotations

from functools import cache

from docgen.grading.rule_words import effect_words, predicate_words
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.regulations.effect import Effect
from docgen.regulations.effects import EFFECTS
from docgen.regulations.predicate import DEFINED, Predicate, Spelling
from docgen.regulations.predicates import PREDICATES
from docgen.regulations.rule_facts import shared_facts
from docgen.regulations.rule_parser import Parser
from docgen.regulations.strict_yaml import load_text, needs_mapping


@cache
def _parser() -> Parser:
    return Parser(shared_facts(), needs_mapping(load_text(DEFINED, "define"), "define"))


def predicate_from(text: str) -> Predicate:
    """The predicate of one line of YAML over the shared facts; `DefinitionError` as `Parser.parse` raises."""
    node = needs_mapping(load_text(f"that: {{{text}}}", "example"), "example")
    return _parser().parse(node["that"], node, "that")


def effect_from(text: str) -> Effect:
    """The effect of one line of YAML over the shared facts; `DefinitionError` as `Effect.parse` raises."""
    node = needs_mapping(load_text(text, "example"), "example")
    name = next(iter(node))
    return EFFECTS[name].parse(_parser(), node, name)


def render(language: str = DEFAULT_LANGUAGE) -> str:
    """The page in `language`: a section for each name under which a kind is written."""

    def say(name: str, **params: object) -> str:
        return message(f"grading.language.{name}", language, **params)

    lines = [f"# {say('title')}", "", say("intro"), "", "```yaml", f"define: {{{DEFINED}}}", "```", ""]
    for name, kind in PREDICATES.items():
        spelling = next(one for one in kind.spellings if one.name == name)
        texts = [example.written for example in kind.examples if example.written.startswith(f"{name}:")]
        told = {text: predicate_words(predicate_from(text), language) for text in texts}
        lines += _section(spelling, message(f"grading.kind.{name}", language), told, say("keys", keys=_keys(spelling)))
    lines += [f"# {say('effects')}", "", say("effects_intro"), ""]
    for name, effect in EFFECTS.items():
        told = {text: effect_words(effect_from(text), language) for text, _ in effect.examples}
        keys = say("keys", keys=_keys(effect.spelling))
        lines += _section(effect.spelling, message(f"grading.effect.{name}", language), told, keys)
    return "\n".join(lines).rstrip() + "\n"


def _section(spelling: Spelling, what: str, examples: dict[str, str], keys: str) -> list[str]:
    """One kind: its name, what it is, its keys, its examples with their words."""
    listed = [f"- {keys}"] if spelling.required or spelling.optional else []
    listed += [line for text, words in examples.items() for line in (f"- `{text}`:", f"  {words}")]
    return [f"## `{spelling.name}`", "", what, "", *listed, ""]


def _keys(spelling: Spelling) -> str:
    required = [f"`{key}`" for key in spelling.required]
    return ", ".join([*required, *(f"[`{key}`]" for key in spelling.optional)])
