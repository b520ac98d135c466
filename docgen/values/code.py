"""What is taken from a closed list: `grade`, `level`, `choice` (a list of the regulation), `bool` (yes or no).

Data holds the code, paper its words.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docgen.model import GRADE_TEXT, LEVEL_TEXT
from docgen.nearest import nearest
from docgen.values.kind import DOTS, Options, Parsed, ValueType, one_line, written
from docgen.values.spelling import clean, fold


class CodeText(str):
    """The words of a code as printed; `.code` is the code."""

    __slots__ = ("code",)
    code: str


def _word(code: str, words: str) -> CodeText:
    out = CodeText(words)
    out.code = code
    return out


class _Coded(ValueType):
    """One of a closed list."""

    control = "choice"
    empty = ""

    @abstractmethod
    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options: ...

    def shower(self, options: Options) -> Callable[[Any], Any] | None:
        return {self.of_code(code): _word(code, words) for code, words in options}.__getitem__

    def prompt(self, form: str) -> str:
        return DOTS

    def canonical(self, value: Any) -> Any:
        return one_line(value)

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        """By the words or by the code, whatever the case; the nearest words where it is neither."""
        out = written(paragraphs)
        if not out.raw:
            return out
        wanted = fold(out.raw).rstrip(" .;")
        for code, words in options:
            if wanted in (fold(clean(words)), fold(code)):
                out.value = self.of_code(code)
                return out
        words_of = {fold(clean(words)): words for _, words in options}
        return out.doubt(
            "read.choice.unknown", "error", given=out.raw[:60], near=words_of.get(nearest(wanted, words_of), ""),
            options="; ".join(words for _, words in options),
        )  # fmt: skip


class Choice(_Coded):
    """One of a list of the regulation (`choices` of `fields.yaml`)."""

    name = "choice"
    is_code = True

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return tuple(choices[argument].items())

    def schema(self, options: Options) -> dict[str, Any]:
        shown = "; ".join(f"{code} = {text}" for code, text in options)
        return {"description": shown, "enum": [code for code, _ in options]}

    def fits(self, value: Any, options: Options) -> bool:
        return isinstance(value, str) and value in dict(options)

    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        return clean(dict(options)[value]) in text

    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        codes = [code for code, _ in options]
        return "khong" if "khong" in codes else codes[0]


class Grade(Choice):
    """One of the four grades (HD 16-HD/BTCTW II.B)."""

    name = "grade"

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return tuple(GRADE_TEXT.items())

    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return ("HTTNV", "HTXSNV", "HTNV")[index % 3]


class Level(Choice):
    """One of the four levels of a criterion (HD 16-HD/BTCTW II.B.1.5)."""

    name = "level"

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return tuple(LEVEL_TEXT.items())

    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return "tot"


class Bool(_Coded):
    """Yes or no: a truth value in data, "Có" or "Không" on paper."""

    name = "bool"

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return (("true", "Có"), ("false", "Không"))

    def of_code(self, code: str) -> Any:
        return code == "true"

    def condition(self, expression: str, options: Options) -> str:
        # Printed is a word, and both words are true to Jinja: only "yes" shows the lines.
        return f"{expression} == '{dict(options)['true']}'"

    def schema(self, options: Options) -> dict[str, Any]:
        return {"type": "boolean"}

    def fits(self, value: Any, options: Options) -> bool:
        return isinstance(value, bool)

    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        return dict(options)["true" if value else "false"] in text

    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return True


TYPES = (Grade, Level, Choice, Bool)
