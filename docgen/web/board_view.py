"""The board of grades as its page shows it: questions with what each answer leads to, proposals, decisions, quota.

All of it is what `docgen grade` works out; nothing here grades.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docgen.grading import rules_of
from docgen.grading.ballots import Reading
from docgen.grading.ballots import readings as readings_of
from docgen.grading.dossier_board import MANY_ASKED, Row, share_decided, telling
from docgen.grading.proposal import Question
from docgen.model import GRADE_TEXT, GRADES
from docgen.paths import Json, JsonDict, Step, get, get_list, get_mapping, get_text
from docgen.regulations.rule_facts import Fact
from docgen.regulations.subjects import is_member
from docgen.regulations.told import Note
from docgen.web.dossier_view import Look
from docgen.web.form_drawing import mark_of
from docgen.web.page_render import page_message

#: Who gives a member a grade: the part of the member's record that holds it.
HOLDERS = ("cell", "committee")
#: What is answered by typing a number.
_TYPED = frozenset({"number", "percent", "int"})
#: The grades in few words, for tables; forms print them whole.
SHORT = {grade: text.removesuffix(" nhiệm vụ") for grade, text in GRADE_TEXT.items()}
#: The numbers of a body's ballots.
BALLOTS = ("official_members", "issued", "collected", "invalid")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question: what is sent, its words, the grade that would follow in words."""

    value: str
    words: str
    leads: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its name in the form, about whom, the text, the answers (none: to be typed where `typed`).

    `paths` are the places that an answer is written to, `facts` what stands there.
    """

    name: str
    whose: str
    text: str
    answers: tuple[Answer, ...]
    facts: tuple[Fact, ...]
    paths: tuple[tuple[Step, ...], ...]
    names: str = ""

    @property
    def typed(self) -> bool:
        """True where the answer is a number or a word."""
        return bool(self.facts) and not self.answers and all(fact.type in _TYPED for fact in self.facts)

    @property
    def here(self) -> bool:
        """True where it can be answered on the page."""
        return bool(self.answers) or self.typed


@dataclass(slots=True)
class Common:
    """One thing said of everybody: the fact, what is said, who is otherwise, what names its present state."""

    fact: Fact
    label: str
    value: Json
    mark: str
    own: list[tuple[str, str, Json]] = field(default_factory=list)

    @property
    def others(self) -> list[str]:
        """The names of those of whom something else is said."""
        return [name for _, name, said in self.own if self.value is not None and said is (not self.value)]

    @property
    def by_themselves(self) -> list[str]:
        """The names of those of whom it is said one by one, as long as nothing is said of all."""
        return [name for _, name, said in self.own if self.value is None and isinstance(said, bool)]

    def offers(self, said: Json) -> bool:
        """True where somebody of whom `said` stands can be made an exception by a tick."""
        return self.value is not None or said is None


@dataclass(frozen=True, slots=True)
class Given:
    """A grade that people gave: who holds it, the grade, what names it, how it differs, who wrote it and why."""

    holder: str
    grade: str
    mark: str
    differs: str = ""
    noted: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the board."""

    row: Row
    kind: str
    self_words: str
    proposed: str
    state: str
    reasons: Sequence[str]
    votes: str
    given: tuple[Given, ...]
    index: int = -1

    @property
    def look(self) -> bool:
        """True where somebody should look: a question is open, or the decision differs."""
        return self.state == "open" or any(one.differs for one in self.given)


def place_of(row: Row, ids: Sequence[str]) -> tuple[Step, ...] | None:
    """Where the facts of a row stand; None for somebody whose id another one has too."""
    if is_member(row.subject) or row.subject == "can_bo":
        key = row.id.removesuffix(".can_bo")
        return ("members", ids.index(key), "facts") if ids.count(key) == 1 else None
    return (row.id, "facts")


def ids_of(data: Mapping[str, Any]) -> list[str]:
    """The ids of the members in their order."""
    return [get_text(member, "id") for member in get_list(data, "members")]


def questions(seen: Look, language: str) -> tuple[list[Asked], list[Asked]]:
    """The open questions that are asked of one, and those that are asked of many at once."""
    board = seen.worked.board
    if board is None:
        return [], []
    ids = ids_of(seen.worked.dossier.data)
    every: dict[str, list[tuple[Row, Question]]] = {}
    for row in board.rows:
        for question in row.proposal.questions:
            every.setdefault(_text(question, language), []).append((row, question))
    own, common = [], []
    for text, found in every.items():
        members = {row.id for row, _ in found if is_member(row.subject)}
        asks = found[0][1].asks
        if len(members) >= MANY_ASKED and asks and all(board.facts[name].kind.is_truth for name in asks):
            names = ", ".join(row.name for row, _ in found if is_member(row.subject))
            common.append(_asked(seen, found[0][0], found[0][1], text, ("everyone", "facts"), language, names))
            found = [one for one in found if not is_member(one[0].subject) and one[0].subject != "can_bo"]
        taken = set()
        for row, question in found:
            key = row.id.removesuffix(".can_bo")
            if (key, question.asks) not in taken:  # a head is the same person once more
                taken.add((key, question.asks))
                own.append(_asked(seen, row, question, text, place_of(row, ids), language))
    return own, common


def _text(question: Question, language: str) -> str:
    if question.told is None:
        return page_message(language, "decide.undetermined")
    said = question.told.text(language)
    return said[:1].upper() + said[1:]


def _asked(
    seen: Look, row: Row, question: Question, text: str, place: tuple[Step, ...] | None, language: str, names: str = ""
) -> Asked:
    board = seen.worked.board
    assert board is not None
    facts = tuple(board.facts[name] for name in question.asks) if place is not None else ()
    kinds = {fact.kind for fact in facts}
    values = next(iter(kinds)).answers if len(kinds) == 1 else ()
    leads = [lead.params.get("result") if isinstance(lead, Note) else None for lead in question.leads]
    answers = tuple(
        Answer(code_of(value), words_of(value, language), _leads(result, language))
        for value, result in zip(values, leads or [None] * len(values), strict=False)
    )
    paths = tuple((*place, fact.name) for fact in facts) if place is not None else ()
    name = f"{'.'.join(map(str, place or ()))}:{','.join(fact.name for fact in facts)}"
    return Asked(name, row.name, text, answers, facts, paths, names)


def code_of(value: Json) -> str:
    """A value as a form sends it."""
    return {True: "co", False: "khong"}[value] if isinstance(value, bool) else str(value)


def words_of(value: Json, language: str) -> str:
    """A value in words: yes, no, the name of a grade."""
    if isinstance(value, bool):
        return page_message(language, "decide.yes" if value else "decide.no")
    return GRADE_TEXT.get(str(value), str(value))


def _leads(result: object, language: str) -> str:
    if result is None:
        return ""
    if isinstance(result, Note):
        return page_message(language, "decide.leads_open", result=result.text(language))
    return page_message(language, "decide.leads", grade=GRADE_TEXT.get(str(result), str(result)))


def said_of_all(seen: Look, asked: Sequence[Asked], language: str) -> list[Common]:
    """What can be said of everybody at once: what is asked of many, and what was said before."""
    board = seen.worked.board
    if board is None:
        return []
    known = get_mapping(seen.data, "everyone", "facts")
    wanted = dict.fromkeys(fact.name for one in asked for fact in one.facts)
    wanted.update(dict.fromkeys(name for name in known if name in board.facts and board.facts[name].kind.is_truth))
    return [common_of(seen.data, board.facts[name], language) for name in wanted]


def common_of(data: JsonDict, fact: Fact, language: str) -> Common:
    """One of them, as the dossier has it."""
    value = get(data, ("everyone", "facts", fact.name))
    own = [(get_text(member, "id"), get_text(member, "member", "full_name"), get(member, ("facts", fact.name)))
           for member in get_list(data, "members")]  # fmt: skip
    label = fact.label(language)
    mark = mark_of([value, [[key, said] for key, _, said in own]])
    return Common(fact, label[:1].upper() + label[1:], value, mark, own)


def differs(proposed: str, given: str) -> str:
    """`higher` or `lower` than what is proposed; empty where it is the same, or nothing is proposed."""
    if proposed not in GRADES or given not in GRADES or proposed == given:
        return ""
    return "higher" if GRADES.index(given) < GRADES.index(proposed) else "lower"


def holders_of(seen: Look) -> list[str]:
    """Who gives grades in this dossier: the cell; the committee where the regulation or the dossier speaks of it."""
    data = seen.worked.dossier.data
    used = any(get_text(member, "committee", "grade") for member in get_list(data, "members"))
    kind = get_text(data, "organization", "kind")
    return [*HOLDERS] if used or kind == "dang_bo" or decided_by(seen) else [HOLDERS[0]]


def decided_by(seen: Look) -> bool:
    """True where the regulation asks who took the committee's decision, and when."""
    return seen.worked.regulation.decisions.holds("committee.grade")


def lines(
    seen: Look, language: str, noted: Mapping[tuple[int, str], str], why: Mapping[tuple[str, str], str]
) -> list[Line]:
    """The rows; `noted` says who wrote a decision and when by place in the list and holder, `why` why, by member."""
    board = seen.worked.board
    if board is None:
        return []
    ids, out = ids_of(seen.worked.dossier.data), []
    for row in board.rows:
        place = place_of(row, ids) if is_member(row.subject) else None
        index = int(place[1]) if place is not None else -1
        given = tuple(_given(seen, row, index, holder, noted, why) for holder in holders_of(seen)) if place else ()
        proposal = row.proposal
        state = "apart" if proposal.not_ranked else "open" if proposal.questions else "said" if row.grade else "none"
        reasons = list(dict.fromkeys([*telling(proposal, language), *proposal.actions_in_words(language)]))
        kind = row.kind if is_member(row.subject) else page_message(language, f"decide.subject.{row.subject}")
        out.append(Line(row, kind, SHORT.get(row.self_grade, ""), SHORT.get(row.grade, ""), state, reasons,
                        _votes(row.votes), given, index))  # fmt: skip
    return out


def _votes(votes: Mapping[str, int]) -> str:
    """`12 Hoàn thành xuất sắc, 2 Hoàn thành tốt`."""
    return ", ".join(f"{votes[grade]} {SHORT[grade]}" for grade in GRADES if votes.get(grade))


def _given(
    seen: Look, row: Row, index: int, holder: str, noted: Mapping[tuple[int, str], str],
    why: Mapping[tuple[str, str], str],
) -> Given:  # fmt: skip
    path = ("members", index, holder, "grade")
    grade = str(get(seen.worked.dossier.data, path) or "")
    mark = mark_of([row.id, get(seen.data, path)])
    return Given(holder, grade, mark, differs(row.grade, grade), noted.get((index, holder), ""),
                 why.get((row.id, holder), ""))  # fmt: skip


def readings(seen: Look) -> list[Reading]:
    """The quota over what people decided, by each reading."""
    board, dossier = seen.worked.board, seen.worked.dossier
    rules = rules_of(seen.worked.regulation.id, dossier.folders)
    return readings_of(rules, board.decided if board is not None else None, share_decided(dossier.data))
