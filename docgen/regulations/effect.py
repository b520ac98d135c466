"""What every kind of effect says of itself: what a rule does to a proposal. Each kind is a module of `effects`.

An effect is written in `rules.yaml` under its own key (`condition`, `ground`, `cap` …) of a rule; its meaning
`docgen.grading` gives it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Self

from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.predicates.all_any import AllOf
from docgen.regulations.strict_yaml import Mapping

#: A predicate that always holds: an effect without `when`.
ALWAYS = AllOf(())


class Effect:
    """What a rule does. A kind says how it is written and read, put into words, compared and broken.

    A kind is a frozen dataclass; `docgen.kinds` refuses one that leaves a method out.
    """

    __slots__ = ()

    #: How it is written: its key in a rule, and the keys of the mapping that stands there (none: no mapping).
    spelling: ClassVar[Spelling]
    #: The messages that it prints (keys of the catalogues).
    words: ClassVar[tuple[str, ...]]
    #: Examples as they are written, and for each one that is laxer (empty: only the same is as strict).
    examples: ClassVar[tuple[tuple[str, str], ...]]
    #: The field that holds its predicate; empty where it has none.
    guard: ClassVar[str]
    #: True for what can raise a grade, or give one, all by itself: a unit's new rule with it is reported.
    raising: ClassVar[bool]
    #: Why leaving it out, or breaking its predicate, is all that a slip can do; empty where `broken` says more.
    unbroken: ClassVar[str] = ""

    @classmethod
    def names(cls) -> Iterable[str]:
        """The key under which it is written."""
        return (cls.spelling.name,)

    @classmethod
    @abstractmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        """The effect written at `key` of a rule. Raises `DefinitionError` (`file`, `line`, name)."""

    @abstractmethod
    def in_words(self, say: Say) -> str:
        """What it does, and when, in words."""

    @abstractmethod
    def as_strict(self, old: Self) -> bool:
        """True where it is certain that it lets nobody have a grade that `old` would not."""

    @abstractmethod
    def broken(self) -> Iterable[tuple[str, Effect]]:
        """The ways in which a slip could break it, with labels, besides leaving it out and breaking its predicate."""

    def predicate(self) -> Predicate | None:
        """Its predicate, if it has one."""
        found: Predicate | None = getattr(self, self.guard) if self.guard else None
        return found

    @classmethod
    def keys(cls, reader: Reader, parent: Mapping, key: str) -> Mapping:
        """The mapping at `key`, its keys checked."""
        return reader.mapping(parent, key, cls.spelling.optional, cls.spelling.required)


#: What every kind must say beside its methods.
SAID = ("spelling", "words", "examples", "guard", "raising")


def when(reader: Reader, node: Mapping) -> Predicate:
    """The predicate at `when`; one that always holds where the key was left out."""
    return reader.parse(node["when"], node, "when") if "when" in node else ALWAYS
