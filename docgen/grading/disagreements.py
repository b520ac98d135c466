"""Where a dossier says two things of one matter: proposal, ballots, what people decided, stated figures, the quota.

Each is a finding at the place where the figure stands, with both figures, for `docgen validate`, `docgen grade`, the
packet's summary; nothing here changes a grade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from docgen.grading.ballots import Decided, contradicts, counted, decisive, majority, told
from docgen.grading.board import Board, Settled
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.model import GRADE_TEXT, GRADES, Finding, Place, Severity, lower_grade
from docgen.paths import JsonDict, get, get_text
from docgen.records import DossierData, Member
from docgen.regulations.rules import RuleSet

#: The places of a grade that people gave to a member: what the cell proposes, what the committee decides.
DECISIONS = (("cell", "grade"), ("committee", "grade"))


#: The kinds of a body (`organization.kind`); a fact may name a kind below one of them.
KINDS = ("dang_bo", "chi_bo")
#: What a rule does with somebody who may not stand on the ballots (KH BVP III lưu ý 8).
OFF_THE_LIST = "exclude_from_ballot_list"
#: So many names stand in one finding; the others are a number.
NAMED = 12


def decision_of(member: Member) -> str | None:
    """The grade that people gave: the committee's where there is one, else the cell's."""
    for holder, name in reversed(DECISIONS):
        found = member.get(holder)
        grade = found.get(name) if isinstance(found, Mapping) else None
        if grade in GRADES:
            return str(grade)
    return None


def other_kind(data: DossierData, choices: Mapping[str, Mapping[str, str]]) -> list[Finding]:
    """A finding where the body's facts say another kind than its heading: cells and committees are counted apart.
    `choices` are the regulation's codes in words."""
    organization, party = data.get("organization"), data.get("party_organization")
    kind = organization.get("kind") if isinstance(organization, Mapping) else None
    facts = party.get("facts") if isinstance(party, Mapping) else None
    stated = facts.get("org_type") if isinstance(facts, Mapping) else None
    if not isinstance(stated, str) or kind not in KINDS or stated.startswith(kind):
        return []
    words = {**choices.get("fact_words", {}), **choices.get("organization_kind", {})}
    told = {"stated": stated, "kind": kind, "stated_words": words.get(stated, stated), "words": words.get(kind, kind)}
    return [_finding("other_kind", "warning", "/party_organization/facts/org_type", **told)]


def disagreements(rules: RuleSet, board: Board, records: Sequence[tuple[int, Member]], kind: str) -> list[Finding]:
    """The findings about `board`, whose members are `records` (place in the list, record) of a body of `kind`."""
    found = list(_stated(board))
    # Of two people under one code nobody knows whose row is whose: that is told by itself.
    of_code = Counter(row.entry.id for row in board.rows if row.role == "member")
    rows = {row.entry.id: row for row in board.rows if row.role == "member" and of_code[row.entry.id] == 1}
    for index, member in records:
        row = rows.get(str(member.get("id", "")))
        for one in row.entry.differing if row is not None else ():
            where = f"/members/{index}/facts/{one.fact}"
            found.append(_finding("stated.table", "warning", where, str(member.get("id", "")), **one.params()))
        if row is not None and row.proposal.not_ranked:
            found += _outside(index, member, bool(row.proposal.questions))
        elif row is not None:
            found += _ballots(rules, index, member, row.grade, kind)
            if OFF_THE_LIST in row.proposal.actions and counted(votes := member.get("votes")):
                yet = told(votes)
                found.append(
                    _finding("voted_off_the_list", "warning", f"/members/{index}/votes", row.entry.id, votes=yet)
                )
    found += _undecided(records, rows)
    found += _quota(board.decided, records, _names(board))
    return found


def _names(board: Board) -> dict[str, str]:
    """The name under each code; all of them where people share one."""
    names: dict[str, list[str]] = {}
    for row in board.rows:
        if row.role == "member":
            names.setdefault(row.entry.id, []).append(row.entry.name)
    return {key: " / ".join(dict.fromkeys(found)) for key, found in names.items()}


def _finding(code: str, severity: Severity, pointer: str, who: str = "", **params: object) -> Finding:
    return Finding(f"board.finding.{code}", severity, Place(pointer=pointer), params, who)


def _stated(board: Board) -> Iterator[Finding]:
    for row, one in board.stated:
        severity: Severity = "error" if one.impossible else "warning"
        body, table = "stated.body" if one.of_body else "stated", "stated.table" if one.table else ""
        code = "stated.impossible" if one.impossible else table or body
        yield _finding(code, severity, f"/{row}/facts/{one.fact}", row, **one.params())


def _outside(index: int, member: Member, asked: bool) -> Iterator[Finding]:
    """Grades and ballots given to somebody who may not be graded; a warning where that itself is `asked` of people."""
    who = str(member.get("id", ""))
    for holder, name in DECISIONS:
        part = member.get(holder)
        grade = part.get(name) if isinstance(part, Mapping) else None
        if grade in GRADES:
            severity: Severity = "warning" if asked else "error"
            yield _finding("decided_not_ranked", severity, f"/members/{index}/{holder}/{name}", who,
                           grade=GRADE_TEXT[grade])  # fmt: skip
    votes = member.get("votes")
    if counted(votes):
        yield _finding("voted_not_ranked", "warning", f"/members/{index}/votes", who, votes=told(votes))


def _undecided(records: Sequence[tuple[int, Member]], rows: Mapping[str, Settled]) -> Iterator[Finding]:
    """Those whom people gave no grade, once some have one or there are ballots: before that, nobody has decided."""
    ranked = [
        (index, member, row) for index, member in records
        if (row := rows.get(str(member.get("id", "")))) is not None and not row.proposal.not_ranked
    ]  # fmt: skip
    begun = any(decision_of(member) for _, member, _ in ranked)
    open_ = [
        (index, row.entry.name) for index, member, row in ranked
        if not decision_of(member) and (begun or counted(member.get("votes")))
    ]  # fmt: skip
    names = [name for _, name in open_]
    if names:
        more = f" … (+{len(names) - NAMED})" if len(names) > NAMED else ""
        # The first cell to fill in; the names say which others.
        holder, grade = DECISIONS[0]
        place = f"/members/{open_[0][0]}/{holder}/{grade}"
        yield _finding("undecided", "warning", place, count=len(names), names=", ".join(names[:NAMED]) + more)


def _ballots(rules: RuleSet, index: int, member: Member, proposed: str | None, kind: str) -> Iterator[Finding]:
    votes = member.get("votes")
    if not counted(votes):
        return
    who = str(member.get("id", ""))
    binding = decisive(rules, kind)
    given = False
    for holder, name in DECISIONS:
        grade = get_text(member, holder, name)
        if grade not in GRADES:
            continue
        given = True
        if contradicts(rules, votes, grade):
            yield _finding(
                "decided_above_ballots", "error" if binding else "warning", f"/members/{index}/{holder}/{name}", who,
                grade=GRADE_TEXT[grade], votes=told(votes), result=GRADE_TEXT[majority(votes)],
            )  # fmt: skip
        elif _below(grade, majority(votes), None if binding else proposed):
            yield _finding(
                "decided_below_ballots", "warning", f"/members/{index}/{holder}/{name}", who,
                grade=GRADE_TEXT[grade], votes=told(votes), result=GRADE_TEXT[majority(votes)],
            )  # fmt: skip
    if not given and proposed in GRADES and contradicts(rules, votes, str(proposed)):
        yield _finding(
            "proposed_above_ballots", "warning", f"/members/{index}/votes", who,
            grade=GRADE_TEXT[str(proposed)], votes=told(votes),
        )  # fmt: skip


def _below(grade: str, voted: str, proposed: str | None) -> bool:
    """True where people gave less than was voted for. Of HTXSNV the quota may leave some; and where the vote is only a
    proposal, what the conditions allow (`proposed`) is not less."""
    least = lower_grade(voted, proposed) if proposed in GRADES else voted
    return voted != GRADES[0] and GRADES.index(grade) > GRADES.index(least)


def _quota(
    decided: Decided | None, records: Sequence[tuple[int, Member]], names: Mapping[str, str]
) -> Iterator[Finding]:
    if decided is None or decided.ok is True:
        return
    code, severity = ("quota_over", "warning") if decided.ok is False else ("quota_readings", "warning")
    params = quota_params(decided, names)
    for index, member in records:
        key = str(member.get("id", ""))
        if key not in decided.chosen:
            continue
        holder = next(
            (holder for holder, name in reversed(DECISIONS)
             if get(member, (holder, name)) == GRADES[0]), ""
        )  # fmt: skip
        if holder:  # not so for somebody else with the same id, which is a finding of its own
            yield _finding(code, severity, f"/members/{index}/{holder}/grade", key, **params)  # type: ignore[arg-type]


def quota_params(decided: Decided, names: Mapping[str, str]) -> JsonDict:
    """The figures of the quota over what people decided, and who was chosen."""
    return {
        "count": len(decided.chosen), "names": ", ".join(names[key] for key in decided.chosen),
        "good": decided.good_or_better, "left": decided.good_or_better - decided.strict,
        "strict": decided.strict, "wide": decided.wide,
    }  # fmt: skip


def quota_line(decided: Decided, names: Mapping[str, str], language: str = DEFAULT_LANGUAGE) -> str:
    """The same as a line for a page or a terminal; also where the decisions keep within the quota."""
    key = {True: "within", False: "over", None: "readings"}[decided.ok]
    return message(f"board.decided.{key}", language, **quota_params(decided, names))
