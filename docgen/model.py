"""The typed nouns of docgen: grades, levels, places and findings.

The abbreviations of grades and levels are those of the regulations themselves (HD 16-HD/BTCTW II.B.1.5: four levels
of a criterion; II.B: four grades), written without accents so that they can be used as codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from docgen.i18n import has_message, message
from docgen.paths import JsonDict

#: The four grades (mức xếp loại chất lượng), best first.
GRADES: tuple[str, ...] = ("HTXSNV", "HTTNV", "HTNV", "KHTNV")
#: The four levels of a criterion (cấp độ), best first.
LEVELS: tuple[str, ...] = ("xuat_sac", "tot", "trung_binh", "kem")

#: The official wording of grades and levels. These words are printed on forms; they are not messages to translate.
GRADE_TEXT: dict[str, str] = {
    "HTXSNV": "Hoàn thành xuất sắc nhiệm vụ",
    "HTTNV": "Hoàn thành tốt nhiệm vụ",
    "HTNV": "Hoàn thành nhiệm vụ",
    "KHTNV": "Không hoàn thành nhiệm vụ",
}
#: The grades where a table has no room for them; such a form says below the table what they stand for.
GRADE_SHORT: dict[str, str] = {"HTXSNV": "HTXS", "HTTNV": "HTT", "HTNV": "HT", "KHTNV": "KHT"}
LEVEL_TEXT: dict[str, str] = {"xuat_sac": "Xuất sắc", "tot": "Tốt", "trung_binh": "Trung bình", "kem": "Kém"}

Severity = Literal["error", "warning", "info"]
_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")


def grade_at_least(grade: str, floor: str) -> bool:
    """True where `grade` is `floor` or better (HTXSNV > HTTNV > HTNV > KHTNV)."""
    return GRADES.index(grade) <= GRADES.index(floor)


def level_at_least(level: str, floor: str) -> bool:
    """True where `level` is `floor` or better (xuat_sac > tot > trung_binh > kem)."""
    return LEVELS.index(level) <= LEVELS.index(floor)


def lower_grade(first: str, second: str) -> str:
    """The lower of two grades."""
    return GRADES[max(GRADES.index(first), GRADES.index(second))]


#: The parts of a place that are put into words, in that order.
_SPOTS = ("section", "table", "row", "cell", "paragraph", "line", "column")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file and a position inside it.

    `pointer` is a JSON pointer (RFC 6901) into the dossier; `source` what needs no words to be found by: `Đảng viên!C7`
    in a workbook, the pointer itself in a JSON file, the quoted label of a place in a Word form. The rest are numbers,
    from 1 (0: not there), and names, which `inner` puts into words: `line` and `column` of a text file; `part` of a
    Word file, the printed number of a `section`, `table`, `row`, `cell`, or `paragraph`.
    """

    file: str = ""
    pointer: str = ""
    source: str = ""
    line: int = 0
    column: int = 0
    part: str = ""
    section: str = ""
    table: int = 0
    row: int = 0
    cell: int = 0
    paragraph: int = 0

    def inner(self, language: str = "vi") -> str:
        """The place inside the file, in words."""
        named = [message(f"place.{name}", language, value=value) for name in _SPOTS if (value := getattr(self, name))]
        if not named:
            return self.source or self.part or self.pointer or "/"
        if self.line:
            head = self.source or self.pointer
            return f"{head} ({', '.join(named)})" if head else ", ".join(named)
        return ", ".join([*([self.part] if self.part else []), *named, *([self.source] if self.source else [])])

    def text(self, language: str = "vi") -> str:
        """The file and the place inside it, in words."""
        return f"{self.file}: {self.inner(language)}" if self.file else self.inner(language)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or doubtful in a user's data.

    `code` is stable and names the message (`docgen.i18n.message(code, lang, **params)`) and its hint
    (`code + ".hint"`); `who` is the id of the person or body the finding is about, to group a report by, `name` the
    person's name where the dossier says it.
    """

    code: str
    severity: Severity
    place: Place
    params: dict[str, Any] = field(default_factory=dict)
    who: str = ""
    name: str = field(default="", compare=False)

    def text(self, language: str = "vi") -> str:
        """What is wrong, as a sentence in `language` (`vi`, `en`); in a workbook in its words where there are such."""
        if self.in_workbook and has_message(f"{self.code}.in_cell", language):
            return message(f"{self.code}.in_cell", language, **self.params)
        return message(self.code, language, **self.params)

    def hint(self, language: str = "vi") -> str:
        """What to do about it, in `language`; empty where there is nothing to add.

        A finding that carries a guess (`near`) has the hint with "did you mean"; one without a guess the plain hint. A
        finding in a workbook has a hint in the words of Excel where there is one. `hint_key` names the hint of a
        finding that asks for something else than its kind usually does.
        """
        key = str(self.params.get("hint_key") or f"{self.code}.hint")
        if self.in_workbook and has_message(f"{key}_cell", language):
            key = f"{key}_cell"
        elif self.params.get("near") and has_message(f"{key}_near", language):
            key = f"{key}_near"
        return message(key, language, **self.params) if has_message(key, language) else ""

    @property
    def in_workbook(self) -> bool:
        """Whether it is about something in a workbook, so that advice on JSON would help nobody."""
        return "!" in self.place.source or self.place.file.lower().endswith(_WORKBOOKS)

    def as_json(self, language: str = "vi") -> JsonDict:
        """As a flat mapping: code, severity, file, pointer, source, who, message, hint, and where known the numbers of
        the place (`line`, `column`, `table`, `row`, `cell`, `paragraph`). `source`, `message`, `hint` are for people.
        """
        place = self.place
        numbers = {name: value for name in _SPOTS if isinstance(value := getattr(place, name), int) and value}
        source = place.inner(language) if place.source or place.part or place.section or numbers else ""
        return {
            "code": self.code, "severity": self.severity, "file": place.file, "pointer": place.pointer,
            "source": source, "who": self.who, "message": self.text(language), "hint": self.hint(language), **numbers,
        }  # fmt: skip


def has_errors(findings: list[Finding]) -> bool:
    """True where any of `findings` is of severity error."""
    return any(f.severity == "error" for f in findings)
