"""What every kind of predicate says of itself; each kind is a module of `docgen.regulations.predicates`.

A predicate is written in `rules.yaml` as a mapping with exactly one key, its kind:

    all_at_least: {facts: [task_criteria_levels], value: tot}
    share: {part: members_at_least_good, whole: members_total, minus: members_not_ranked, at_least: 100}
    unless: {that: {is: committee_member_disciplined}, attested: discipline_self_detected_and_remedied}

Nothing in a file can run code. Three-valued logic (Kleene): what rests on a missing fact is unknown, unless the rest
decides it already.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from docgen.i18n import message
from docgen.owner import Owner
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rule_values import ValueReader
from docgen.regulations.strict_yaml import Mapping as Node
from docgen.regulations.strict_yaml import Yaml
from docgen.regulations.told import Outcome, Told, Unknown, word


class Facts(Protocol):
    """The facts about one subject, as predicates see them."""

    def get(self, fact: Fact) -> Any:
        """The fact's value, its default where it was left out, or `UNKNOWN`."""

    def given(self, fact: Fact) -> bool:
        """True where the fact was stated."""

    def number(self, fact: Fact) -> Fraction | Unknown:
        """The fact as an exact number, or `UNKNOWN`."""


class State(Protocol):
    """What the engine can tell a predicate about the proposal in the making."""

    def rule_holds(self, rule: str) -> Told:
        """What another rule's ground, pin, exclusion or condition says."""

    def standing(self) -> str:
        """The grade reached before ceilings, or `none`."""

    def final(self) -> str:
        """The grade after ceilings, or `none`."""

    def level_fails(self, grade: str) -> bool:
        """True where the conditions of `grade` certainly fail."""

    def situation(self, name: str) -> bool:
        """True where the named state holds."""


class Asker(Protocol):
    """Who asks a predicate: the facts, the proposal in the making, and a way to ask the predicates inside it."""

    @property
    def view(self) -> Facts:
        """The facts about the subject."""

    @property
    def state(self) -> State:
        """The proposal in the making."""

    def tell(self, predicate: Predicate) -> Told:
        """What `predicate` says of the same facts and the same proposal."""


class Say:
    """Puts what a predicate or an effect asks into words of one language (`grading.says.…` of the catalogues)."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, name: str, **params: object) -> str:
        """The words called `name`, with facts, grades and numbers as people write them."""
        return self.message(f"grading.says.{name}", **params)

    def message(self, key: str, **params: object) -> str:
        """The words of any key of the catalogues."""
        return message(key, self.language, **{k: self.word(v) for k, v in params.items()})

    def word(self, value: object) -> str:
        """One value as people write it."""
        return word(value, self.language)

    def part(self, predicate: Predicate) -> str:
        """A predicate inside another, in brackets where it has several clauses."""
        text = predicate.in_words(self)
        return f"({text})" if predicate.clauses() > 1 else text


class Spelling(NamedTuple):
    """One name under which a kind is written, and the keys of the mapping that stands there (none: no mapping)."""

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class World(NamedTuple):
    """Facts and a proposal in the making, for an example."""

    facts: Mapping[str, Any] = MappingProxyType({})
    stands: str = "none"
    ends: str = "none"
    failing: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    rules: Mapping[str, Outcome] = MappingProxyType({})


class Example(NamedTuple):
    """A kind as it is written, worlds in which it gives each answer, and something certainly stricter.

    A `use` in it stands for what `DEFINED` says. `unknown`: None for what can always be told. `stricter`: empty for
    what is compared with itself only.
    """

    written: str
    holds: World
    fails: World
    unknown: World | None = World()
    stricter: str = ""


#: What examples may `use`.
DEFINED = "vien_chuc: {is: is_civil_servant}"


class Predicate(Owner):
    """A condition. A kind says how it is written and read, told, put into words, compared and broken.

    A kind is a frozen dataclass; `docgen.kinds` refuses one that leaves a method out.
    """

    __slots__ = ()

    #: How it is written: a name and keys, or several.
    spellings: ClassVar[tuple[Spelling, ...]]
    #: The messages that it prints (keys of the catalogues), as a reason and in the pages of rules.
    words: ClassVar[tuple[str, ...]]
    #: An example of every spelling.
    examples: ClassVar[tuple[Example, ...]]
    #: The fields that may differ from another's where one is stricter (`stricter`); all others must be the same.
    loose: ClassVar[tuple[str, ...]]
    #: Why no slip of the pen can break it in an interesting way; empty where `broken` says how one can.
    unbroken: ClassVar[str] = ""
    #: True for what asks about the proposal in the making: its answer may not be remembered by the facts.
    of_proposal: ClassVar[bool] = False

    @classmethod
    def names(cls) -> Iterable[str]:
        """The names under which it is written."""
        return (spelling.name for spelling in cls.spellings)

    @classmethod
    @abstractmethod
    def parse(cls, reader: Reader, node: Node, key: str) -> Predicate:
        """The predicate written at `key`, one of its names, of `node`.

        Raises `DefinitionError` (`file`, `line`, name) for unknown keys, facts of another type, values off their scale.
        """

    @abstractmethod
    def tell(self, ask: Asker) -> Told:
        """Whether it holds, fails or cannot be told.

        Notes state the actual value beside what is asked for, and mean the same whether it is asked for or banned.
        """

    @abstractmethod
    def in_words(self, say: Say) -> str:
        """What it asks, without anybody's values."""

    @abstractmethod
    def broken(self) -> Iterable[tuple[str, Predicate]]:
        """Every way in which a slip could break it, with a label; the predicates inside it are left alone."""

    def clauses(self) -> int:
        """How many clauses its words have: more than one stands in brackets inside a sentence."""
        return 1

    # -- comparing (see `entails`) --

    def formula(self, positive: bool) -> Formula:
        """It, or what holds exactly where it fails, with every "not" pushed down to the leaves."""
        return Literal(self, positive)

    def implies(self, other: Predicate) -> bool:
        """True where it is certain that the leaf `other` holds whenever this leaf does."""
        if self == other:
            return True
        if type(other) is not type(self):
            return False
        fixed = (name for name in _names(self) if name not in self.loose)
        return all(getattr(self, name) == getattr(other, name) for name in fixed) and self.stricter(other)

    def stricter(self, other: Self) -> bool:
        """The same for another of its kind that differs in `loose` fields only."""
        return False

    def excludes(self, other: Predicate) -> bool:
        """True where it is certain that the leaf `other` fails whenever this leaf holds."""
        return False


#: What every kind must say beside its methods.
SAID = ("spellings", "words", "examples", "loose")


class Combination(Predicate):
    """A predicate made of predicates: it is compared by being taken apart."""

    __slots__ = ()

    loose: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def formula(self, positive: bool) -> Formula:
        """It, or what holds exactly where it fails, with every "not" pushed down to the leaves."""


class Reader(ValueReader):
    """Reads predicates, and the values in them, of one file."""

    @abstractmethod
    def parse(self, node: Yaml, parent: Node, key: str) -> Predicate:
        """The predicate written at `key` of `parent`.

        Raises `DefinitionError` (`file`, `line`, name) for an unknown kind, key, fact, value or name.
        """

    @abstractmethod
    def named(self, node: Node, key: str, name: Yaml) -> Predicate:
        """The predicate that the file defines under `name`."""

    def each(self, node: Node, key: str) -> tuple[Predicate, ...]:
        """The predicates of the list at `key`; at least one."""
        return tuple(self.parse(item, node, key) for item in self.items(node, key))

    def keys(self, kind: type[Predicate], node: Node, key: str) -> Node:
        """The mapping at `key`, a name of `kind`, its keys checked against those of that spelling."""
        spelling = next(spelling for spelling in kind.spellings if spelling.name == key)
        return self.mapping(node, key, spelling.optional, spelling.required)


@dataclass(frozen=True, slots=True)
class Literal:
    """A leaf, or its contrary."""

    leaf: Predicate
    positive: bool


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of the parts at least."""

    parts: tuple[Formula, ...]


Formula = Literal | Every | Some


def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a predicate: what it reads, its bounds, the predicates inside it."""
    return tuple(part.name for part in fields(kind))


def parts(predicate: Predicate) -> tuple[Predicate, ...]:
    """`predicate` and every predicate inside it."""
    return predicate.derived("parts", lambda: tuple(_walk(predicate)))


def _walk(predicate: Predicate) -> Iterator[Predicate]:
    yield predicate
    for name in _names(predicate):
        value = getattr(predicate, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Predicate):
                yield from _walk(inner)


def facts_of(predicate: Predicate) -> set[Fact]:
    """The facts that `predicate` reads."""
    found: set[Fact] = set()
    for one in parts(predicate):
        for name in _names(one):
            value = getattr(one, name)
            found.update(v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, Fact))
    return found
