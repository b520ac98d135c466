"""What every type of value says of itself.

A type is one module of this package: how the value stands in data (schema, its own plain form), how a form shows it and
asks for it, how a text that came back is read, what a data file or a cell
of a workbook makes of it. Whatever meets a value asks its type by name (`VALUES[field.type]`);
nothing outside knows which types there are. `docgen.kinds` refuses a second type of one name and one that leaves a part
unsaid; `tests/forms/test_value_types.py` walks each through all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeGuard, TypeVar, cast

from docgen.json_schema import Schema
from docgen.model import Severity
from docgen.paths import Json
from docgen.values.cell import CellType
from docgen.values.spelling import clean

#: The codes of a closed list and their words, in order; empty where any value may stand.
Options = tuple[tuple[str, str], ...]
#: How a place is filled in Word (ECMA-376 17.5.2): a line of text, a date, one of a list, paragraphs, a picture.
Control = Literal["text", "date", "choice", "paragraphs", "picture"]


class Media(Protocol):
    """Bytes that are printed as they are."""

    @property
    def content(self) -> bytes:
        """The bytes of the file."""


#: What is printed of a value: a line, its paragraphs, or a picture.
Shown: TypeAlias = str | Sequence[str] | Media
#: How the values of a type stand in data, where they are sound.
V = TypeVar("V", bound=Json)
#: What an empty place shows, where its type has nothing better.
DOTS = "……………"
#: What every type says beside its methods.
SAID = ("name", "control")


@dataclass(slots=True)
class Parsed:
    """A value (None where nothing was written or it cannot be read) and what is doubtful about it."""

    value: Json = None
    problems: list[tuple[str, Severity, dict[str, Any]]] = field(default_factory=list)
    raw: str = ""

    def doubt(self, code: str, severity: Severity, **params: object) -> Parsed:
        """Note a problem."""
        self.problems.append((code, severity, params))
        return self


class ValueType(CellType, ABC, Generic[V]):
    """One type of value. It has no state: all that varies is given."""

    #: Its name in `fields.yaml`.
    name: str
    #: How Word asks for it.
    control: Control
    #: True where the value is one of a closed list that may also be shown as boxes to tick, one a code.
    is_code = False
    #: True for words of any length, which are set left in a column; what is short is centred.
    is_prose = False
    #: True where what is printed are bytes: a part of its own in the Word file, and a block of its own in a form.
    is_media = False
    #: True where the field names the list of the regulation (`choices`) that the value is taken from.
    names_list = False
    #: The formats of a hole (`{…:long}`) that print the value in another way: what is printed has each as an attribute.
    formats: tuple[str, ...] = ()
    #: The codes of the scale that the value stands on, best first; empty where it stands on none.
    scale: tuple[str, ...] = ()
    #: The finding about a text that is not written as the type is; empty where its shape tells nothing better.
    misspelt = ""

    @classmethod
    def names(cls) -> Iterable[str]:
        """Its one name."""
        return (cls.name,)

    @abstractmethod
    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        """The closed list; `choices` are those of the regulation, `argument` the one that the field names."""

    def shown_options(self, options: Options, form: str) -> Options:
        """The closed list as Word offers it; `form` is the hole's format."""
        return options

    @abstractmethod
    def schema(self, options: Options) -> Schema:
        """The JSON Schema (draft 2020-12) of the value, without its title."""

    @abstractmethod
    def fits(self, value: Json, options: Options) -> bool:
        """True where a form can print `value`."""

    @abstractmethod
    def shower(self, options: Options) -> Callable[[V], Shown] | None:
        """What makes of a value what is printed: a `str`, a list of them, of media a thing of its own; None: itself.

        Raises `InputError` for bytes that are not what they should be.
        """

    @property
    @abstractmethod
    def empty(self) -> Shown:
        """What is printed where nothing was written."""

    @abstractmethod
    def prompt(self, form: str) -> str:
        """What an empty place shows; `form` is the hole's format (`long`)."""

    @abstractmethod
    def is_printed(self, value: V, options: Options, text: str) -> bool:
        """True where `value` stands in `text` (NFC, single spaces) in one of the ways a form prints it."""

    @abstractmethod
    def canonical(self, value: Json) -> Json:
        """`value` as it comes back when it has been printed and read; None where that is nothing."""

    @abstractmethod
    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        """The value in the paragraphs that somebody wrote; `full_date` is the date that Word keeps beside the text.

        Nothing is guessed: a text that cannot be read gives a problem and no value.
        """

    @abstractmethod
    def sample(self, label: str, options: Options, year: int, index: int) -> V:
        """A plausible value for an example; `index` is the row it stands in."""

    @abstractmethod
    def strict(self, options: Options, line: Schema) -> Schema:
        """The JSON Schema of values of a data file that are their own plain form; `line` is that of a plain text.

        Never wider than what `typed` and `sound` leave as it is; narrower costs only time.
        """

    @abstractmethod
    def neutral(self, options: Options, year: int, day: str) -> Json:
        """A value that says nothing of note, for a place of the sample dossier; None where it takes words."""

    def typed(self, text: str, options: Options) -> Json:
        """The value that `text` of a data file surely stands for (12/3/2018, "7,5"); None where it cannot be told."""
        return None

    def sound(self, value: Json) -> Json:
        """`value` of a data file, or what of it a form can print; None where that is nothing."""
        if isinstance(value, str):
            return value
        # A number for a name is still what somebody wrote; a list or a mapping says nothing that a form could print.
        return str(value) if is_number(value) else None

    def seen(self, shown: Shown) -> list[str]:
        """The texts by which what `shower` gave is found on a page."""
        # Media say it of themselves; what else is no list is one text.
        return shown if isinstance(shown, list) else [cast(str, shown)]

    def told(self, value: Json) -> str:
        """A few words for a value that is no text."""
        return str(value)

    def parse_media(self, content: bytes) -> Parsed:
        """The value in the bytes that somebody put there; only asked where it `is_media`."""
        return Parsed()

    def condition(self, expression: str, options: Options, code: str = "") -> str:
        """The Jinja test, over the printed value `expression`, by which lines that depend on the value are shown.

        With `code`, of a closed list, those that depend on this code; where nothing was chosen, all of them.
        """
        return f"{expression} == '{dict(options)[code]}' or not {expression}" if code else expression

    def of_code(self, code: str) -> V:
        """`code` as it stands in data; only a type with a closed list is asked."""
        raise NotImplementedError(self.name)


def is_number(value: object) -> TypeGuard[int | float]:
    """True for a number; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def one_line(value: Json) -> Json:
    """A text with single spaces, None for an empty one; what is no text as it is."""
    return (" ".join(value.split()) or None) if isinstance(value, str) else value


def written(paragraphs: Sequence[str]) -> Parsed:
    """The text of a value that stands on one line, as yet without a value."""
    return Parsed(raw=clean(" ".join(paragraphs)))
