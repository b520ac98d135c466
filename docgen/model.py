"""The typed nouns of docgen: grades, levels, places and findings.

The abbreviations of grades and levels are those of the regulations themselves (HD 16-HD/BTCTW II.B.1.5: four levels
of a criterion; II.B: four grades), written without accents so that they can be used as codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from docgen.i18n import has_message, message

#: The four grades (mức xếp loại chất lượng), best first.
GRADES: tuple[str, ...] = ("HTXSNV", "HTTNV", "HTNV", "KHTNV")
#: The four levels of a criterion (cấp độ), best first.
LEVELS: tuple[str, ...] = ("xuat_sac", "tot", "trung_binh", "kem")
#: Who is graded.
SUBJECTS: tuple[str, ...] = ("dang_vien", "to_chuc_dang", "tap_the")

#: The official wording of grades and levels. These words are printed on forms; they are not messages to translate.
GRADE_TEXT: dict[str, str] = {
    "HTXSNV": "Hoàn thành xuất sắc nhiệm vụ",
    "HTTNV": "Hoàn thành tốt nhiệm vụ",
    "HTNV": "Hoàn thành nhiệm vụ",
    "KHTNV": "Không hoàn thành nhiệm vụ",
}
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


#: How the reader of JSON names the line at the end of a place.
_AT_LINE = re.compile(r"\(dòng (\d+)\)$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file and a position inside it.

    `pointer` is a JSON pointer (RFC 6901) into the dossier; `source` is how a person finds it in the file that was
    read: `Đảng viên!C7` in a workbook, `mục I.2` in a Word form, the pointer itself in a JSON file.
    """

    file: str = ""
    pointer: str = ""
    source: str = ""
    line: int = 0

    def __str__(self) -> str:
        inner = self.source or self.pointer or "/"
        return f"{self.file}: {inner}" if self.file else inner

    def shown(self, language: str = "vi") -> str:
        """The place as one line of a report in `language`: the number of the line is named in it."""
        return _AT_LINE.sub(lambda found: message("validation.report.line", language, line=found[1]), str(self))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or doubtful in a user's data.

    `code` is stable and names the message (`docgen.i18n.message(code, lang, **params)`) and its hint
    (`code + ".hint"`); `who` is the id of the person or body the finding is about, to group a report by.
    """

    code: str
    severity: Severity
    place: Place
    params: dict[str, Any] = field(default_factory=dict)
    who: str = ""

    def text(self, language: str = "vi") -> str:
        """What is wrong, as a sentence in `language` (`vi`, `en`)."""
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

    def as_json(self, language: str = "vi") -> dict[str, Any]:
        """As a flat mapping: code, severity, file, pointer, source, who, message, hint."""
        return {
            "code": self.code, "severity": self.severity, "file": self.place.file, "pointer": self.place.pointer,
            "source": self.place.source, "who": self.who, "message": self.text(language), "hint": self.hint(language),
        }  # fmt: skip


def has_errors(findings: list[Finding]) -> bool:
    """True where any of `findings` is of severity error."""
    return any(f.severity == "error" for f in findings)
