"""The proposal: a grade, what blocks a higher one, what only people can decide, and the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from docgen.grading.outcome import Reason
from docgen.i18n import DEFAULT_LANGUAGE, has_message, message
from docgen.model import GRADE_TEXT, Finding
from docgen.paths import JsonDict
from docgen.regulations.told import Note


class InWords(Protocol):
    """What can be said in a language."""

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The words of `language`."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """Something left to people: a code (`judgement:…`, `missing:…`, `ambiguity:…`, `tie_at_quota:…`) and what it says.

    `asks` names the facts whose value would answer it, `leads` tell the grade that would follow each answer, `where`
    the place for the answer.
    """

    code: str
    told: InWords | None = None
    asks: tuple[str, ...] = ()
    leads: tuple[InWords, ...] = ()
    where: InWords | None = None

    @property
    def text(self) -> str:
        """The question in Vietnamese; the code where it says nothing."""
        return self.words()

    def told_in(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The question alone, in words of `language`."""
        if self.told is None:
            return self.code
        told = self.told.text(language)
        # A fact is named in the middle of a sentence elsewhere; here it begins one.
        return told[:1].upper() + told[1:]

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The question in words of `language`, with what each answer leads to and where to write it."""
        parts = [self.told_in(language)]
        if self.leads:
            parts.append("(" + "; ".join(one.text(language) for one in self.leads) + ")")
        if self.where:
            parts.append(self.where.text(language))
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules of one regulation say about one subject. People decide.

    `grade` is the highest grade whose conditions certainly hold, after ceilings; None where none is established or
    people must decide first. `blocked_by` names the rules in the way of a higher grade (for KHTNV: the grounds).
    The fields from `max_excellent` on are filled for the subjects that have them.
    """

    regulation: str
    subject: str
    grade: str | None = None
    blocked_by: tuple[str, ...] = ()
    not_ranked: bool = False
    questions: tuple[Question, ...] = ()
    alt_grades: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Note, ...] = ()
    max_excellent: int | None = None
    max_excellent_tccsd: int | None = None
    quota_ok: bool | None = None
    grades: tuple[tuple[str, str | None], ...] = ()
    points: float | None = None
    level: str | None = None
    score_valid: bool | None = None

    @property
    def needs_human(self) -> tuple[str, ...]:
        """The codes of what only people can decide."""
        return tuple(dict.fromkeys(question.code for question in self.questions))

    def explain(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """The reasons and remarks in words of `language`, one a line."""
        return [r.text(language) for r in self.reasons] + [n.text(language) for n in self.remarks]

    def actions_in_words(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """What the rules tell people to do besides grading: `regrade:2023:KHTNV` and the like, in words of `language`.

        An action that a unit made up itself has no words: it is shown as it is written.
        """
        return [_action_words(action, language) for action in self.actions]

    def answer(self, language: str = DEFAULT_LANGUAGE) -> JsonDict:
        """The proposal as plain data: always the four keys every answer has, and those that apply."""
        out: JsonDict = {
            "grade": self.grade,
            "blocked_by": list(self.blocked_by),
            "not_ranked": self.not_ranked,
            "needs_human": list(self.needs_human),
            "actions": list(self.actions),
        }
        if self.alt_grades:
            out["alt_grades"] = list(self.alt_grades)
        if self.subject in ("cohort", "vote") or self.max_excellent is not None:
            out["max_excellent"] = self.max_excellent
            out["quota_ok"] = self.quota_ok
        if self.max_excellent_tccsd is not None:
            out["max_excellent_tccsd"] = self.max_excellent_tccsd
        if self.grades:
            out["grades"] = dict(self.grades)
        for name in ("points", "level", "score_valid"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        if self.actions:
            out["actions_in_words"] = self.actions_in_words(language)
        out["questions"] = [{"code": q.code, "text": q.words(language)} for q in self.questions]
        out["reasons"] = self.explain(language)
        return out


def _action_words(action: str, language: str) -> str:
    name, *values = action.split(":")
    key = f"board.action.{name}" + ("_at" if len(values) > 1 else "")
    if not has_message(key, language):
        return action
    words = [GRADE_TEXT.get(value, value) for value in (*values, "", "")]
    return message(key, language, first=words[0], second=words[1])
