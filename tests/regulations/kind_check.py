"""Walks one kind of predicate through everything that a kind must say; `faults` names each part that is missing."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from sys import modules
from typing import Any

from docgen.errors import DefinitionError
from docgen.grading.evaluate import Evaluator
from docgen.grading.given_facts import FactView
from docgen.grading.language import predicate_from
from docgen.i18n import LANGUAGES, has_message, message
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Example, Predicate, Say, World, facts_of, parts
from docgen.regulations.predicates.all_any import AllOf
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rules import kept_rules
from docgen.regulations.strict_yaml import load_text
from docgen.regulations.told import Told

RULES = kept_rules("kh55-2018")
PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "language.md").read_text(encoding="utf-8")
#: What any kind may say of a fact that is not known.
COMMON = {"grading.note.missing", "grading.note.not_attested"}


class State:
    """The proposal in the making of a world; remembers whether it was asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = False

    def rule_holds(self, rule: str) -> Told:
        self.asked = True
        return Told(self.world.rules.get(rule, "fails"))

    def standing(self) -> str:
        self.asked = True
        return self.world.stands

    def final(self) -> str:
        self.asked = True
        return self.world.ends

    def level_fails(self, grade: str) -> bool:
        self.asked = True
        return grade in self.world.failing

    def situation(self, name: str) -> bool:
        self.asked = True
        return name in self.world.situations


class View(FactView):
    """The facts of a world; remembers which were read."""

    def __init__(self, subject: str, world: World) -> None:
        super().__init__(RULES, subject, world.facts)
        self.read: set[str] = set()

    def get(self, fact: Fact) -> Any:
        self.read.add(fact.name)
        return super().get(fact)

    def given(self, fact: Fact) -> bool:
        self.read.add(fact.name)
        return super().given(fact)


class Heard(Say):
    """Says, and remembers the keys it was asked for."""

    keys: set[str] = set()  # noqa: RUF012 - emptied by whoever listens

    def message(self, key: str, **params: object) -> str:
        self.keys.add(key)
        return super().message(key, **params)


def ask(predicate: Predicate, world: World) -> tuple[Told, View, State]:
    """What `predicate` says in `world`, what it read of the facts, whether it asked about the proposal."""
    subjects = [fact.subjects for fact in facts_of(predicate)] or [("dang_vien",)]
    view, state = View(subjects[0][0], world), State(world)
    return Evaluator(view, state).tell(predicate), view, state


def worlds_of(kind: type[Predicate]) -> list[World]:
    """Every world of the kind's examples."""
    return [world for one in kind.examples for world in (one.holds, one.fails, one.unknown) if world is not None]


def faults(kind: type[Predicate], page: str = PAGE) -> list[str]:
    """What `kind` does not say, or says wrongly; each begins with the part it is about."""
    found = [*_words(kind), *_spellings(kind), *_documented(kind, page)]
    for example in kind.examples:
        found += _example(kind, example)
    return [*found, *_comparison(kind), *_breaks(kind)]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _words(kind: type[Predicate]) -> Iterator[str]:
    """Every word it prints is in every catalogue, with the same parameters; every word in its code is one it names."""
    yield from words((*kind.words, *(f"grading.kind.{name}" for name in kind.names())))
    yield from printed(kind.__module__, _all(kind))


def words(told: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the words of `told` in the catalogues."""
    for key in told:
        yield from (f"words: {key} is not in {lang}" for lang in LANGUAGES if not has_message(key, lang))
        if len({frozenset(_fields(message(key, language))) for language in LANGUAGES}) > 1:
            yield f"words: {key} has other parameters in another language"


def printed(module: str, named: set[str]) -> Iterator[str]:
    """The keys of messages written out in a module (whole, or how they begin) that are not among `named`."""
    source = Path(str(modules[module].__file__)).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("grading."):
            prefix = node.value
            if not prefix.startswith("grading.definition.") and not any(key.startswith(prefix) for key in named):
                yield f"words: {prefix} is printed and not named"


def _all(kind: type[Predicate]) -> set[str]:
    """The words of every kind in the module."""
    here = [value for value in vars(modules[kind.__module__]).values() if isinstance(value, type)]
    own = [value for value in here if issubclass(value, Predicate) and value.__module__ == kind.__module__]
    return {key for value in own for key in value.words} | COMMON


def _spellings(kind: type[Predicate]) -> Iterator[str]:
    """Each spelling has an example, and refuses what it does not know, by line."""
    for spelling in kind.spellings:
        example = next((one for one in kind.examples if one.written.startswith(f"{spelling.name}: ")), None)
        if example is None:
            yield f"examples: none of {spelling.name}"
            continue
        wrong = [f"{spelling.name}: [[]]"]
        if spelling.required or spelling.optional:
            wrong += [example.written.replace("{", "{khong_co: x, ", 1), f"{spelling.name}: x"]
        for key in spelling.required:
            node = load_text(f"{{{example.written}}}", "example")
            if key not in node[spelling.name]:
                yield f"parse: {spelling.name} has no {key} in its example"
            wrong.append(example.written.replace(f"{key}: ", "khong_co: ", 1))
        for text in wrong:
            try:
                predicate_from(text)
            except DefinitionError as refused:
                if refused.facts.get("line") != 1:
                    yield f"parse: {text} is refused without its line"
            except Exception as fault:
                yield f"parse: {text} raises {type(fault).__name__}"
            else:
                yield f"parse: {text} is accepted"


def _documented(kind: type[Predicate], page: str) -> Iterator[str]:
    for name in kind.names():
        if f"\n## `{name}`\n" not in page:
            yield f"docs: {name} is not in docs/rules/language.md (python -m docgen.grading.catalogue)"


def _example(kind: type[Predicate], example: Example) -> Iterator[str]:
    """Told in each world as the example says, in words, from the facts that it names and from nothing else."""
    one = predicate_from(example.written)
    if type(one) is not kind:
        yield f"parse: {example.written} is read as {type(one).__name__}"
    named = {key for part in parts(one) for key in part.words} | COMMON
    known = {fact.name for fact in facts_of(one)}
    if {one} != {predicate_from(example.written)}:
        yield f"parse: {example.written} is not equal to itself read again"
    for language in LANGUAGES:
        Heard.keys.clear()
        text = one.in_words(Heard(language))
        if "grading." in text or set("{}") & set(text) or not text:
            yield f"in_words: {text!r} in {language}"
        yield from (f"words: {key} is said and not named" for key in sorted(Heard.keys - named))
    for outcome, world in (("holds", example.holds), ("fails", example.fails), ("unknown", example.unknown)):
        if world is None:
            continue
        told, view, state = ask(one, world)
        if told.outcome != outcome:
            yield f"tell: {told.outcome} where {example.written} {outcome}"
        if outcome == "unknown" and known and not told.missing:
            yield f"tell: unknown, and nothing is missing: {example.written}"
        if not view.read <= known:
            yield f"tell: reads {', '.join(sorted(view.read - known))}, which is no field of it"
        if state.asked and not any(part.of_proposal for part in parts(one)):
            yield "of_proposal: it asks about the proposal and does not say so"
        for note in told.notes:
            if note.key not in named:
                yield f"words: {note.key} is noted and not named"
            for language in LANGUAGES:
                text = note.text(language)
                if "grading." in text or set("{}") & set(text):
                    yield f"words: {text!r} in {language}"


def _comparison(kind: type[Predicate]) -> Iterator[str]:
    """What is stricter is proved to be, and is in every world; what may differ has an example."""
    worlds = worlds_of(kind)
    if kind.loose and not any(example.stricter for example in kind.examples):
        yield "loose: no example of something stricter"
    for example in kind.examples:
        one = predicate_from(example.written)
        if not entails(AllOf((one, one)), one):
            yield f"formula: {example.written} is not as strict as itself"
        if not example.stricter:
            continue
        stricter = predicate_from(example.stricter)
        if not entails(stricter, one):
            yield f"stricter: {example.stricter} is not proved to be stricter"
        if entails(one, stricter):
            yield f"stricter: {example.written} is said to be as strict as {example.stricter}"
        for world in worlds:
            if ask(stricter, world)[0].outcome == "holds" and ask(one, world)[0].outcome == "fails":
                yield f"stricter: {example.stricter} holds where {example.written} fails"


def _breaks(kind: type[Predicate]) -> Iterator[str]:
    """Something breaks it, each break has a label of its own, and one of them shows in a world of its examples."""
    for example in kind.examples:
        one = predicate_from(example.written)
        breaks = list(one.broken())
        if bool(breaks) == bool(kind.unbroken):
            yield f"broken: {example.written}: say how it is broken, or why it is not"
        labels = [label for label, _ in breaks]
        if len(set(labels)) < len(labels) or "" in labels or any(other == one for _, other in breaks):
            yield f"broken: {example.written}: a break that has no label of its own, or changes nothing"
        seen = [ask(one, world)[0].outcome for world in worlds_of(kind)]
        if breaks and all([ask(other, world)[0].outcome for world in worlds_of(kind)] == seen for _, other in breaks):
            yield f"broken: {example.written}: no break shows in any world"
