"""Walks one kind of effect through everything that a kind must say; `faults` names each part that is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import kind_check as kinds

from docgen.errors import DefinitionError
from docgen.grading.language import effect_from
from docgen.grading.loosening import as_strict
from docgen.i18n import LANGUAGES
from docgen.regulations.effect import ALWAYS, Effect
from docgen.regulations.predicate import parts
from docgen.regulations.strict_yaml import load_text

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from rule_mutants import effect_mutants


def faults(kind: type[Effect], page: str = kinds.PAGE) -> list[str]:
    """What `kind` does not say, or says wrongly; each begins with the part it is about."""
    key = f"grading.effect.{kind.spelling.name}"
    said = chain(kinds.words((*kind.words, key)), kinds.printed(kind.__module__, set(kind.words)))
    found = [*said, *_refuses(kind)]
    if f"\n## `{kind.spelling.name}`\n" not in page:
        found.append(f"docs: {kind.spelling.name} is not in docs/rules/language.md")
    if not kind.examples:
        found.append("examples: none")
    for written, laxer in kind.examples:
        found += [*_told(kind, written), *_compared(written, laxer), *_breaks(kind, written)]
    return found


def _refuses(kind: type[Effect]) -> Iterator[str]:
    """What it does not know it refuses, by line."""
    spelling = kind.spelling
    wrong = [f"{spelling.name}: [[]]"]
    for written, _ in kind.examples:
        node = load_text(written, "example")
        if spelling.required or spelling.optional:
            wrong += [written.replace("{", "{khong_co: x, ", 1), f"{spelling.name}: x"]
        for key in spelling.required:
            if key not in node[spelling.name]:
                yield f"parse: {written} has no {key}"
            wrong.append(written.replace(f"{key}: ", "khong_co: ", 1))
    for text in wrong:
        try:
            effect_from(text)
        except DefinitionError as refused:
            if refused.facts.get("line") != 1:
                yield f"parse: {text} is refused without its line"
        except Exception as fault:
            yield f"parse: {text} raises {type(fault).__name__}"
        else:
            yield f"parse: {text} is accepted"


def _told(kind: type[Effect], written: str) -> Iterator[str]:
    one = effect_from(written)
    if type(one) is not kind or one != effect_from(written):
        yield f"parse: {written} is read as {one}"
    held = [name for name in ("that", "when") if hasattr(one, name)]
    if held != ([kind.guard] if kind.guard else []):
        yield f"guard: {written} has its predicate in {held}"
    guard = one.predicate()
    named = {*kind.words, *(key for part in (parts(guard) if guard else ()) for key in part.words)}
    for language in LANGUAGES:
        kinds.Heard.keys.clear()
        text = one.in_words(kinds.Heard(language))
        if "grading." in text or set("{}") & set(text) or not text:
            yield f"in_words: {text!r} in {language}"
        yield from (f"words: {key} is said and not named" for key in sorted(kinds.Heard.keys - named))


def _compared(written: str, laxer: str) -> Iterator[str]:
    one = effect_from(written)
    if not as_strict(one, effect_from(written)):
        yield f"as_strict: {written} is not as strict as itself"
    if laxer and not as_strict(one, effect_from(laxer)):
        yield f"as_strict: {written} is not as strict as {laxer}"
    if laxer and as_strict(effect_from(laxer), one):
        yield f"as_strict: {laxer} is as strict as {written}"


def _breaks(kind: type[Effect], written: str) -> Iterator[str]:
    one = effect_from(written)
    own = [label for label, _ in one.broken()]
    if own and kind.unbroken:
        yield f"broken: {written}: it is broken, and says why it is not"
    if not kind.unbroken and not any(list(effect_from(text).broken()) for text, _ in kind.examples):
        yield f"broken: {written}: say how it is broken, or why it is not"
    every = list(effect_mutants(one))
    labels = [label for label, _ in every]
    if len(set(labels)) < len(labels) or any(other == one for _, other in every):
        yield f"broken: {written}: a break that has no label of its own, or changes nothing"
    if one.predicate() not in (None, ALWAYS) and len(every) < 2 + len(own):
        yield f"guard: {written}: its predicate is not broken"
