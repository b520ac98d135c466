"""The language of `rules.yaml` as a page: every kind of predicate, its keys, an example, the example in words."""

from __future__ import annotations

from functools import cache

from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.regulations.predicate import DEFINED, Predicate, Say, Spelling
from docgen.regulations.predicates import PREDICATES
from docgen.regulations.rule_facts import shared_facts
from docgen.regulations.rule_parser import Parser
from docgen.regulations.strict_yaml import load_text


@cache
def _parser() -> Parser:
    return Parser(shared_facts(), load_text(DEFINED, "define"))


def predicate_from(text: str) -> Predicate:
    """The predicate of one line of YAML over the shared facts; `DefinitionError` as `Parser.parse` raises."""
    node = load_text(f"that: {{{text}}}", "example")
    return _parser().parse(node["that"], node, "that")


def render(language: str = DEFAULT_LANGUAGE) -> str:
    """The page in `language`: a section for each name under which a kind is written."""

    def say(name: str, **params: object) -> str:
        return message(f"grading.language.{name}", language, **params)

    lines = [f"# {say('title')}", "", say("intro"), "", "```yaml", f"define: {{{DEFINED}}}", "```", ""]
    for name, kind in PREDICATES.items():
        spelling = next(one for one in kind.spellings if one.name == name)
        lines += [f"## `{name}`", "", message(f"grading.kind.{name}", language), ""]
        keys = _keys(spelling)
        lines += [f"- {say('keys', keys=keys)}"] if keys else []
        for example in kind.examples:
            if example.written.startswith(f"{name}:"):
                lines += [f"- `{example.written}`:", f"  {predicate_from(example.written).in_words(Say(language))}"]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _keys(spelling: Spelling) -> str:
    required = [f"`{key}`" for key in spelling.required]
    return ", ".join([*required, *(f"[`{key}`]" for key in spelling.optional)])
