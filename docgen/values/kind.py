"""What every type of value says of itself, and the register of the types.

A type is one module of this package: how the value stands in data (schema, its own plain form), how a form shows it and
asks for it, how a text that came back is read. Whatever meets a value asks its type by name (`VALUES[field.type]`);
nothing outside knows which types there are. `register` refuses a second type of one name and one that leaves a part
unsaid; `tests/forms/test_value_types.py` walks each through all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from docgen.model import Severity
from docgen.values.spelling import clean

#: The codes of a closed list and their words, in order; empty where any value may stand.
Options = tuple[tuple[str, str], ...]
#: How a place is filled in Word (ECMA-376 17.5.2): a line of text, a date, one of a list, several paragraphs.
Control = Literal["text", "date", "choice", "paragraphs"]
#: What an empty place shows, where its type has nothing better.
DOTS = "……………"


@dataclass(slots=True)
class Parsed:
    """A value (None where nothing was written or it cannot be read) and what is doubtful about it."""

    value: Any = None
    problems: list[tuple[str, Severity, dict[str, Any]]] = field(default_factory=list)
    raw: str = ""

    def doubt(self, code: str, severity: Severity, **params: Any) -> Parsed:
        """Note a problem."""
        self.problems.append((code, severity, params))
        return self


class ValueType(ABC):
    """One type of value. It has no state: all that varies is given."""

    #: Its name in `fields.yaml`.
    name: str
    #: How Word asks for it.
    control: Control
    #: True where the value is one of a closed list that may also be shown as boxes to tick, one a code.
    is_code = False
    #: True for words of any length, which are set left in a column; what is short is centred.
    is_prose = False

    @abstractmethod
    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        """The closed list; `choices` are those of the regulation, `argument` the one that the field names."""

    @abstractmethod
    def schema(self, options: Options) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of the value, without its title."""

    @abstractmethod
    def fits(self, value: Any, options: Options) -> bool:
        """True where a form can print `value`."""

    @abstractmethod
    def shower(self, options: Options) -> Callable[[Any], Any] | None:
        """What makes of a value the text that is printed (a `str`, or a list of them); None: the value itself."""

    @property
    @abstractmethod
    def empty(self) -> Any:
        """What is printed where nothing was written."""

    @abstractmethod
    def prompt(self, form: str) -> str:
        """What an empty place shows; `form` is the hole's format (`long`)."""

    @abstractmethod
    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        """True where `value` stands in `text` (NFC, single spaces) in one of the ways a form prints it."""

    @abstractmethod
    def canonical(self, value: Any) -> Any:
        """`value` as it comes back when it has been printed and read; None where that is nothing."""

    @abstractmethod
    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        """The value in the paragraphs that somebody wrote; `full_date` is the date that Word keeps beside the text.

        Nothing is guessed: a text that cannot be read gives a problem and no value.
        """

    @abstractmethod
    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        """A plausible value for an example; `index` is the row it stands in."""

    def condition(self, expression: str, options: Options) -> str:
        """The Jinja test, over the printed value `expression`, by which lines that depend on the value are shown."""
        return expression

    def of_code(self, code: str) -> Any:
        """`code` as it stands in data."""
        return code


class HalfTypeError(TypeError):
    """A type that cannot be registered: a fault of the program. Names the type and what is wrong."""


def register(types: Iterable[type[ValueType]]) -> dict[str, ValueType]:
    """The types by name, in order. Raises `HalfTypeError` for two of one name and for one that lacks a part."""
    out: dict[str, ValueType] = {}
    for kind in types:
        name = getattr(kind, "name", "")
        if not name or not getattr(kind, "control", ""):
            raise HalfTypeError(f"{name or kind.__name__}: no {'control' if name else 'name'}")
        if left := sorted(getattr(kind, "__abstractmethods__", ())):
            raise HalfTypeError(f"{name}: {kind.__name__} does not say {', '.join(left)}")
        if name in out:
            raise HalfTypeError(f"{name}: registered twice")
        out[name] = kind()
    return out


def one_line(value: Any) -> Any:
    """A text with single spaces, None for an empty one; what is no text as it is."""
    return (" ".join(value.split()) or None) if isinstance(value, str) else value


def written(paragraphs: Sequence[str]) -> Parsed:
    """The text of a value that stands on one line, as yet without a value."""
    return Parsed(raw=clean(" ".join(paragraphs)))
