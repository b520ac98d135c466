"""Counting ballots (kiểm phiếu): how many are valid, each person's votes by grade, the grade they give, what cannot be.

Input is either counts, as a tally team writes them down, or single ballots. The grade follows the regulation's own
rule (see `docgen.grading.votes`); counts that cannot be true are findings, and no grade is made from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docgen.grading import propose, rules_of
from docgen.grading.counts import GradeCount, grade_count
from docgen.grading.group_quota import most_of, quota_for
from docgen.grading.proposal import InWords, Question
from docgen.grading.votes import selection_rule, spelled
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.model import GRADES, Finding, Place
from docgen.paths import JsonDict, JsonMap
from docgen.regulations.rules import RuleSet
from docgen.regulations.told import Note

#: The numbers of a tally, in the order in which one contains the next.
COUNTS = ("issued", "collected", "valid")


@dataclass(frozen=True, slots=True)
class PersonTally:
    """One person's votes by grade, the grade they give (None: people decide), and why."""

    id: str
    name: str
    votes: Mapping[str, int]
    blank: int = 0
    grade: str | None = None
    needs_human: tuple[str, ...] = ()
    reasons: tuple[InWords, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class TallyResult:
    """A whole tally. `valid` is what shares are taken of where the regulation counts valid ballots."""

    regulation: str
    issued: int | None
    collected: int | None
    valid: int | None
    invalid: int
    people: tuple[PersonTally, ...] = ()
    max_excellent: int | None = None
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()

    def as_text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The tally for a terminal: the ballots, then each person with votes and grade."""
        unknown = "–"
        numbers = {
            "issued": unknown if self.issued is None else self.issued,
            "collected": unknown if self.collected is None else self.collected,
            "valid": unknown if self.valid is None else self.valid,
            "invalid": self.invalid,
        }
        lines = [message("grading.tally.ballots", language, **numbers)]
        for person in self.people:
            grade = person.grade or message("grading.tally.undecided", language)
            votes = spelled(person.votes)
            lines.append(message("grading.tally.person", language, name=person.name, votes=votes, grade=grade))
            lines += [f"    ? {question.words(language)}" for question in person.questions]
        if self.people:
            lines.append(message("grading.tally.counts", language, counts=self.counts().words(language)))
        if self.max_excellent is not None:
            best = self.counts().grades[GRADES[0]]
            lines.append(message("grading.tally.quota", language, most=self.max_excellent, count=best))
        lines += [f"? {question.words(language)}" for question in self.questions]
        return "\n".join(lines)

    def counts(self) -> GradeCount:
        """How many people the votes give each grade, of all who were voted on."""
        return grade_count(person.grade for person in self.people)

    def as_json(self, language: str = DEFAULT_LANGUAGE) -> JsonDict:
        """The tally as plain data, its findings with their text in `language`."""
        return {
            "regulation": self.regulation,
            "issued": self.issued,
            "collected": self.collected,
            "valid": self.valid,
            "invalid": self.invalid,
            "max_excellent": self.max_excellent,
            "counts": self.counts().as_json(),
            "people": [
                {
                    "id": person.id,
                    "name": person.name,
                    "votes": dict(person.votes),
                    "blank": person.blank,
                    "grade": person.grade,
                    "needs_human": list(person.needs_human),
                    "reasons": [reason.text(language) for reason in person.reasons],
                }
                for person in self.people
            ],
            "questions": [{"code": q.code, "text": q.words(language)} for q in self.questions],
            "findings": [
                {
                    "code": f.code,
                    "severity": f.severity,
                    "where": f.place.text(language),
                    "who": f.who,
                    "message": message(f.code, language, **f.params),
                }
                for f in self.findings
            ],
        }


@dataclass(slots=True)
class _Counting:
    """Counts being gathered, with what is wrong in them."""

    issued: int | None = None
    collected: int | None = None
    invalid: int = 0
    valid: int | None = None
    people: list[dict[str, Any]] = field(default_factory=list)
    n_good: int | None = None
    official: int | None = None
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, code: str, pointer: str, who: str = "", /, **params: object) -> None:
        """Notes a finding of severity error."""
        self.findings.append(Finding(f"grading.tally.{code}", "error", Place(pointer=pointer), params, who))


def tally(
    regulation: str | RuleSet,
    ballots_or_counts: JsonMap | Sequence[Mapping[str, Any]],
    folders: Iterable[Path | str] = (),
) -> TallyResult:
    """The tally of `ballots_or_counts` under `regulation`.

    Counts: `{"issued", "collected", "invalid", "people": [{"id", "name", "votes": {grade: count}}]}`, and where the
    regulation asks for them `n_good` (base of the quota) and `official_members_total`. Instead of `people`, single
    `ballots` may be given (or a bare list of them): `{"votes": {person: grade}, "invalid": true}`; a ballot that marks
    two grades for a person (a list) counts as a question for people, not as a vote.

    What cannot be true is among the findings, and then no grade is given. Raises `UsageError` for an unknown
    regulation.
    """
    rules = rules_of(regulation, folders) if isinstance(regulation, str) else regulation
    given: JsonMap = ballots_or_counts if isinstance(ballots_or_counts, Mapping) else {"ballots": ballots_or_counts}
    counting = _Counting()
    _numbers(counting, given)
    questions = _ballots(counting, given) if "ballots" in given else []
    if "ballots" not in given:
        _people(counting, given)
    if counting.valid is None and counting.collected is not None and counting.collected >= counting.invalid:
        counting.valid = counting.collected - counting.invalid
    if not counting.people and counting.issued is None and counting.collected is None and counting.valid is None:
        counting.wrong("nothing", "")
    _check(counting)
    people, asked, most = _grade(rules, counting)
    return TallyResult(
        rules.regulation,
        counting.issued,
        counting.collected,
        counting.valid,
        counting.invalid,
        tuple(people),
        most,
        (*questions, *asked),
        tuple(counting.findings),
    )


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _numbers(counting: _Counting, given: JsonMap) -> None:
    for key, name in (
        ("issued", "issued"), ("collected", "collected"), ("invalid", "invalid"), ("valid", "valid"),
        ("n_good", "n_good"), ("official_members_total", "official"),
        ("official_members", "official"),
    ):  # fmt: skip
        if given.get(key) is None:
            continue
        if _count(given[key]):
            setattr(counting, name, given[key])
        else:
            counting.wrong("not_a_count", f"/{key}", what=key, value=given[key])


def _records(counting: _Counting, given: JsonMap, key: str) -> list[JsonMap]:
    """The records in the list `key`; what is none is an empty record, with a finding, so that the others keep their
    numbers."""
    found = given.get(key)
    if found is None:
        return []
    if not isinstance(found, (list, tuple)):
        counting.wrong("not_a_list", f"/{key}", what=key)
        return []
    out: list[Mapping[str, Any]] = []
    for index, item in enumerate(found):
        if not isinstance(item, Mapping):
            counting.wrong("not_a_record", f"/{key}/{index}", what=key, number=index + 1)
        out.append(item if isinstance(item, Mapping) else {})
    return out


def _votes(counting: _Counting, record: JsonMap, pointer: str) -> JsonMap:
    """The votes in a record; none, with a finding, where they are no mapping."""
    found = record.get("votes")
    if found is None or isinstance(found, Mapping):
        return found or {}
    counting.wrong("not_votes", f"{pointer}/votes")
    return {}


def _people(counting: _Counting, given: JsonMap) -> None:
    for index, person in enumerate(_records(counting, given, "people")):
        pointer = f"/people/{index}"
        name = str(person.get("name") or person.get("id") or index + 1)
        votes: dict[str, int] = dict.fromkeys(GRADES, 0)
        for grade, count in _votes(counting, person, pointer).items():
            if grade not in GRADES:
                counting.wrong("unknown_grade", f"{pointer}/votes", name, grade=grade, person=name)
            elif not isinstance(count, int) or not _count(count):
                counting.wrong("not_a_count", f"{pointer}/votes/{grade}", name, what=f"{name}, {grade}", value=count)
            else:
                votes[grade] = count
        counting.people.append({"id": str(person.get("id") or name), "name": name, "votes": votes})


def _ballots(counting: _Counting, given: JsonMap) -> list[Question]:
    """Counts single ballots: a ballot marked invalid or assessing nobody is invalid (HD 19 C.IV.11 gạch 2)."""
    people = _records(counting, given, "people")
    names = {str(p.get("id") or p.get("name")): str(p.get("name") or p.get("id")) for p in people}
    votes: dict[str, dict[str, int]] = {key: dict.fromkeys(GRADES, 0) for key in names}
    questions = []
    valid = invalid = 0
    for index, ballot in enumerate(_records(counting, given, "ballots")):
        marks = {str(k): v for k, v in _votes(counting, ballot, f"/ballots/{index}").items() if v}
        if ballot.get("invalid") or not marks:
            invalid += 1
            continue
        valid += 1
        for key, grade in marks.items():
            names.setdefault(key, key)
            own = votes.setdefault(key, dict.fromkeys(GRADES, 0))
            if isinstance(grade, (list, tuple)):
                questions.append(
                    Question(
                        f"judgement:ballot:{index + 1}",
                        Note("grading.ask.ballot", {"name": names[key], "grades": ", ".join(map(str, grade))}),
                    )
                )
            elif grade in GRADES:
                own[grade] += 1
            else:
                counting.wrong("unknown_grade", f"/ballots/{index}", names[key], grade=grade, person=names[key])
    for stated, counted, key in (
        (counting.collected, valid + invalid, "collected"),
        (given.get("invalid"), invalid, "invalid"),
        (given.get("valid"), valid, "valid"),
    ):
        if stated is not None and stated != counted:
            counting.wrong("differs_from_ballots", f"/{key}", what=key, stated=stated, counted=counted)
    counting.collected, counting.invalid, counting.valid = valid + invalid, invalid, valid
    counting.people = [{"id": key, "name": names[key], "votes": own} for key, own in votes.items()]
    return questions


def _check(counting: _Counting) -> None:
    """Findings for numbers that cannot be true together."""
    numbers = {"issued": counting.issued, "collected": counting.collected, "valid": counting.valid}
    for index, larger in enumerate(COUNTS):
        for smaller in COUNTS[index + 1 :]:
            whole, part = numbers[larger], numbers[smaller]
            if whole is not None and part is not None and part > whole:
                counting.wrong("more_than", f"/{smaller}", what=smaller, value=part, other=larger, limit=whole)
    collected, valid = counting.collected, counting.valid
    if collected is not None and counting.invalid > collected:
        counting.wrong(
            "more_than", "/invalid", what="invalid", value=counting.invalid, other="collected", limit=collected
        )
    elif collected is not None and valid is not None and valid + counting.invalid != collected:
        counting.wrong("do_not_add_up", "/collected", valid=valid, invalid=counting.invalid, collected=collected)
    for index, person in enumerate(counting.people):
        cast = sum(person["votes"].values())
        if valid is not None and cast > valid:
            counting.wrong(
                "too_many_votes", f"/people/{index}/votes", person["name"], name=person["name"], cast=cast, valid=valid
            )
        if counting.official is not None and cast > counting.official:
            counting.wrong(
                "more_than_members", f"/people/{index}/votes", person["name"],
                name=person["name"], cast=cast, members=counting.official,
            )  # fmt: skip


def _grade(rules: RuleSet, counting: _Counting) -> tuple[list[PersonTally], list[Question], int | None]:
    """Each person's grade by the regulation's rule; with several people and a quota, chosen within it."""
    broken = any(finding.severity == "error" for finding in counting.findings)
    shared: dict[str, Any] = {
        "ballots_issued": counting.issued,
        "ballots_collected": counting.collected,
        "ballots_invalid": counting.invalid,
        "official_members_total": counting.official,
        "n_good": counting.n_good,
    }
    several = len(counting.people) > 1 and not broken and selection_rule(rules) is not None
    if several and counting.n_good is None:
        shared["n_good"] = _base(rules, shared, counting)
    chosen: dict[str, str | None] = {}
    questions: list[Question] = []
    most: int | None = None
    if several:
        candidates = [{"name": p["id"], "votes": p["votes"]} for p in counting.people]
        whole = propose(rules, "vote", {**shared, "candidates": candidates})
        chosen, most = dict(whole.grades), whole.max_excellent
        named = {p["id"]: p["name"] for p in counting.people}
        for question in whole.questions:
            kind, _, tied = question.code.partition(":")
            if kind == "tie_at_quota":
                names = [named.get(key, key) for key in tied.split(",")]
                said = Note("board.tied", {"names": ", ".join(names)})
                question = replace(question, code=f"{kind}:{','.join(names)}", told=said)
            questions.append(question)
    people = []
    for person in counting.people:
        blank = max(0, (counting.valid or 0) - sum(person["votes"].values()))
        if broken:
            people.append(PersonTally(person["id"], person["name"], person["votes"], blank))
            continue
        one = propose(rules, "vote", {**shared, "votes": person["votes"]})
        grade = chosen.get(person["id"]) if several else one.grade
        people.append(
            PersonTally(
                person["id"],
                person["name"],
                person["votes"],
                blank,
                grade,
                one.needs_human,
                (*one.reasons, *one.remarks),
                one.questions,
            )
        )
    return people, questions, most


def _base(rules: RuleSet, shared: JsonMap, counting: _Counting) -> int | None:
    """The base of the quota where nobody states it: those whom the vote itself leaves at HTTNV (RULES A01)."""
    quota = quota_for(rules, "dang_vien")
    if quota is None:
        return None
    grades = [propose(rules, "vote", {**shared, "votes": person["votes"]}).grade for person in counting.people]
    better = sum(grade in GRADES[:2] for grade in grades)
    return better - most_of(quota[1], better)[0]
