"""What is taken from a closed list: `grade`, `level`, `choice` (a list of the regulation), `bool` (yes or no).

Data holds the code, paper its words.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence

from docgen.json_schema import Schema
from docgen.model import GRADE_SHORT, GRADE_TEXT, GRADES, LEVEL_TEXT, LEVELS
from docgen.nearest import nearest
from docgen.paths import Json
from docgen.values.cell import YES_NO, number_as_truth, truth_of
from docgen.values.kind import DOTS, Options, Parsed, Shown, V, ValueType, one_line, written
from docgen.values.spelling import clean, fold


class CodeText(str):
    """The words of a code as printed; `.code` is the code, `.short` what is printed of it in a narrow column."""

    __slots__ = ("code", "short")
    code: str
    short: str


def _word(code: str, words: str, short: str = "") -> CodeText:
    out = CodeText(words)
    out.code, out.short = code, short or words
    return out


class _Coded(ValueType[V]):
    """One of a closed list."""

    control = "choice"
    empty = ""

    @abstractmethod
    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options: ...

    def shower(self, options: Options) -> Callable[[V], Shown] | None:
        return {self.of_code(code): _word(code, words) for code, words in options}.__getitem__

    def prompt(self, form: str) -> str:
        return DOTS

    def canonical(self, value: Json) -> Json:
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


class Choice(_Coded[str]):
    """One of a list of the regulation (`choices` of `fields.yaml`)."""

    name = "choice"
    is_code = True
    is_words = True
    names_list = True

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return tuple(choices[argument].items())

    def of_code(self, code: str) -> str:
        return code

    def schema(self, options: Options) -> Schema:
        shown = "; ".join(f"{code} = {text}" for code, text in options)
        return {"description": shown, "enum": [code for code, _ in options]}

    def fits(self, value: Json, options: Options) -> bool:
        return isinstance(value, str) and value in dict(options)

    def is_printed(self, value: str, options: Options, text: str) -> bool:
        return clean(dict(options)[value]) in text

    def strict(self, options: Options, line: Schema) -> Schema:
        return {"enum": [code for code, _ in options]}

    def typed(self, text: str, options: Options) -> Json:
        """The code, where only its capitals are others."""
        if any(code == text for code, _ in options):
            return None
        return next((code for code, _ in options if code.casefold() == text.casefold()), None)

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return options[0][0]

    def sample(self, label: str, options: Options, year: int, index: int) -> str:
        codes = [code for code, _ in options]
        return "khong" if "khong" in codes else codes[0]


class Grade(Choice):
    """One of the four grades (HD 16-HD/BTCTW II.B)."""

    name = "grade"
    names_list = False
    scale = GRADES
    formats = ("short",)
    empty = _word("", "")

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return tuple(GRADE_TEXT.items())

    def shown_options(self, options: Options, form: str) -> Options:
        return tuple((code, GRADE_SHORT[code]) for code, _ in options) if form == "short" else options

    def shower(self, options: Options) -> Callable[[str], Shown] | None:
        return {code: _word(code, words, GRADE_SHORT[code]) for code, words in options}.__getitem__

    def is_printed(self, value: str, options: Options, text: str) -> bool:
        """In full or in short: a word of its own, so that the legend ("HT: …") does not stand for it."""
        return super().is_printed(value, options, text) or GRADE_SHORT[value] in text.split()

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        """Also as a narrow column has it."""
        raw = clean(" ".join(paragraphs))
        code = {short.casefold(): code for code, short in GRADE_SHORT.items()}.get(raw.casefold().rstrip(" .;"))
        return Parsed(code, raw=raw) if code else super().parse(paragraphs, options, full_date)

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return "HTTNV"

    def sample(self, label: str, options: Options, year: int, index: int) -> str:
        return ("HTTNV", "HTXSNV", "HTNV")[index % 3]


class Level(Choice):
    """One of the four levels of a criterion (HD 16-HD/BTCTW II.B.1.5)."""

    name = "level"
    names_list = False
    scale = LEVELS

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return tuple(LEVEL_TEXT.items())

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return "tot"

    def sample(self, label: str, options: Options, year: int, index: int) -> str:
        return "tot"


class Bool(_Coded[bool]):
    """Yes or no: a truth value in data, "Có" or "Không" on paper."""

    name = "bool"
    is_truth = True

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return YES_NO

    def of_code(self, code: str) -> bool:
        return code == "true"

    def condition(self, expression: str, options: Options, code: str = "") -> str:
        # Printed is a word, and both words are true to Jinja: only "yes" shows the lines. Nothing written is a no.
        return f"{expression} {'!=' if code == 'false' else '=='} '{dict(options)['true']}'"

    def schema(self, options: Options) -> Schema:
        return {"type": "boolean"}

    def fits(self, value: Json, options: Options) -> bool:
        return isinstance(value, bool)

    def is_printed(self, value: bool, options: Options, text: str) -> bool:
        return dict(options)["true" if value else "false"] in text

    def strict(self, options: Options, line: Schema) -> Schema:
        return {"type": "boolean"}

    def sound(self, value: Json) -> Json:
        return value if isinstance(value, bool) else None

    def of_number(self, number: float | int) -> Json:
        return number_as_truth(number)

    def of_text(self, text: str, options: Iterable[tuple[str, str]]) -> Json:
        truth = truth_of(text)
        return text if truth is None else truth

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return False

    def sample(self, label: str, options: Options, year: int, index: int) -> bool:
        return True
