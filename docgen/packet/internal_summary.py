"""The summary for the secretary (`tong-hop-noi-bo.docx`), for use inside only: one line a person, each question once.

It stays short whatever is missing: what many have in common is said once, with their names or "everybody".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.i18n import message, short_date
from docgen.model import GRADE_TEXT, Finding
from docgen.packet.page_words import PAGE_LANGUAGE, page_head, page_text, ranges
from docgen.paths import AnyRecord, get_text, iso_day, names
from docgen.records import DossierData
from docgen.regulations.decisions import taken
from docgen.regulations.loader import RegulationData
from docgen.regulations.subjects import BODIES
from docgen.word.write.pages import Page

#: What an id of a member may look like: with a letter and a digit, so that no number is taken for one.
_WORD = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[\w-]+")

if TYPE_CHECKING:
    from docgen.grading.board_summary import AskedOf, BoardSummary, SummaryRow

_SEVERITIES = ("error", "warning", "info")
#: So many findings, each said once, are printed; the rest is counted.
_FINDINGS = 8
#: So many people are named with one finding or question; more are counted.
_NAMED = 4
#: Whom a question is about fits beside it on two lines where it has so many letters at most.
_SHORT = 36
#: Nearly all are all but so many.
_LEFT_OUT = 3


def summary_page(
    regulation: RegulationData,
    data: DossierData,
    findings: Sequence[Finding],
    board: BoardSummary | None,
    draft: bool,
) -> bytes:
    """The page for the secretary: grades, what only people can decide, what was decided, findings. Not handed in."""
    lines = _folded(board.rows) if board is not None else []
    # Grounds are long and need a wide sheet; where most people still have none or all the same, an upright one holds
    # more of them.
    why = [found[0][1].why for found in lines if found[0][1].why]
    wide = board is None or (2 * len(why) > len(lines) and len(set(why)) > _LEFT_OUT)
    page = Page(landscape=wide)
    page_head(page, data, page_text("summary.title"))
    page.paragraph(page_text("summary.internal"), "NoteText")
    if board is not None:
        page.paragraph(page_text("summary.grades"), "SectionHeading")
        heads = [
            page_text(f"summary.{key}")
            for key in ("number", "subject", "own", "proposed", "written", "why" if wide else "ground")
        ]
        rows = [_row(found, board) for found in lines]
        page.table(heads, rows, [5, 17, 9, 9, 9, 51] if wide else [6, 26, 12, 14, 14, 28])
        for line in board.quota:
            page.paragraph(line, "NoteText")
        _counts(page, board)
        _asked(page, board)
    _decided(page, regulation, data)
    _found(page, data, findings)
    return page.docx(page_text("summary.title"), {"docgen.page": "tong-hop", "docgen.regulation": regulation.id}, draft)


def _folded(rows: Sequence[SummaryRow]) -> list[list[tuple[int, SummaryRow]]]:
    """The numbered rows, one by one; the members of whom nothing is known yet together where that is (nearly) all of
    them and the same is to be said: a list that was just begun would say it on a page for each dozen of them."""
    alike: dict[object, list[tuple[int, SummaryRow]]] = {}
    for number, row in enumerate(rows, start=1):
        known = not row.member or row.grade or row.self_grade or row.decided
        alike.setdefault(number if known else (row.not_ranked, row.why, row.asked), []).append((number, row))
    nearly_all = sum(row.member for row in rows) - _LEFT_OUT
    out = []
    for found in alike.values():
        out += [found] if len(found) > _NAMED and len(found) >= nearly_all else [[one] for one in found]
    return sorted(out, key=lambda found: found[0][0])


def _row(found: Sequence[tuple[int, SummaryRow]], board: BoardSummary) -> list[str]:
    """A subject (or several alike) in one line. Grades are called in one or two words, as in a talk."""
    row = found[0][1]
    name = _people([one.name for _, one in found], _members(board)) if len(found) > 1 else row.name
    name = name[:1].upper() + name[1:]
    proposed = page_text("summary.not_ranked") if row.not_ranked else _grade(row.grade)
    asked = page_text("summary.see", numbers=ranges(row.asked, 1)) if row.asked else ""
    why = "; ".join(part for part in (row.why, asked) if part)
    shown = proposed or page_text("summary.undecided")
    number = ranges([number for number, _ in found], 1)
    return [number, name, _grade(row.self_grade), shown, _grade(row.decided), why[:1].upper() + why[1:]]


def _grade(code: str) -> str:
    return page_text(f"summary.grade.{code}") if code in GRADE_TEXT else code


def _asked(page: Page, board: BoardSummary) -> None:
    """The open questions and what is to be done, each once, with whom it is about."""
    if board.questions:
        page.paragraph(page_text("summary.questions"), "SectionHeading")
        page.paragraph(_answered(board.questions), "NoteText", with_next=True)
        rows = [[f"{one.number}{'*' if one.for_all else ''}", one.text, _whom(one, board)] for one in board.questions]
        heads = [page_text(f"summary.{key}") for key in ("number", "question", "about")]
        few = all(len(row[-1]) <= _SHORT for row in rows)
        page.table(heads, rows, [6, 74, 20] if few else [6, 61, 33])
    if board.actions:
        page.paragraph(page_text("summary.actions"), "SectionHeading")
        rows = [[one.text, _whom(one, board)] for one in board.actions]
        page.table([page_text("summary.action"), page_text("summary.about")], rows, [66, 34])


def _answered(questions: Sequence[AskedOf]) -> str:
    """Where the open questions are answered: only the ways that one of them has."""
    ways = {
        "member": any(one.of_member for one in questions),
        "body": any(one.of_body for one in questions),
        "star": any(one.for_all for one in questions),
        "decide": any(not (one.of_member or one.of_body) for one in questions),
    }
    return " ".join(page_text(f"summary.answer.{way}") for way, there in ways.items() if there)


def _whom(asked: AskedOf, board: BoardSummary) -> str:
    return _people(list(asked.names), _members(board))


def _members(board: BoardSummary) -> list[str]:
    return [row.name for row in board.rows if row.member]


def _people(found: Sequence[str], members: Sequence[str]) -> str:
    """Their names; of nearly all `members` those who are left out, of many others the first and how many more."""
    known = set(found)
    left_out = [name for name in members if name not in known]
    if len(found) > _NAMED and len(left_out) <= _LEFT_OUT:
        but = page_text("summary.but", names=", ".join(left_out)) if left_out else ""
        return page_text("summary.everybody", but=but)
    shown = ", ".join(found[:_NAMED])
    return shown + (page_text("summary.more", count=len(found) - _NAMED) if len(found) > _NAMED else "")


def _found(page: Page, data: DossierData, findings: Sequence[Finding]) -> None:
    """What was found wrong or doubtful, each once, worst first."""
    page.paragraph(page_text("summary.findings"), "SectionHeading")
    if not findings:
        page.paragraph(page_text("summary.no_findings"))
        return
    whose = _Whose(data)
    said: dict[tuple[str, str], dict[str, None]] = {}
    for finding in sorted(findings, key=lambda f: _SEVERITIES.index(f.severity)):
        text = whose.named(message(finding.code, PAGE_LANGUAGE, **finding.params))
        whom = said.setdefault((finding.severity, text), {})
        if who := whose.words(finding):
            whom[who] = None
    everyone = [whose.name(place) for place in range(len(whose.members))]
    for (severity, text), people in list(said.items())[:_FINDINGS]:
        new = [who for who in people if who not in text]
        about = f" – {_people(list(people), everyone)}" if new else ""
        page.paragraph(f"{page_text(f'severity.{severity}')}: {text}{about}", "NoteText")
    if len(said) > _FINDINGS:
        page.paragraph(page_text("summary.further", count=len(said) - _FINDINGS), "NoteText")


class _Whose:
    """Whom findings are about, in people's words."""

    def __init__(self, data: DossierData) -> None:
        given = data.get("members")
        self.members: list[AnyRecord] = list(given) if isinstance(given, list) else []
        self._places = {get_text(member, "id"): place for place, member in enumerate(self.members)}

    def words(self, finding: Finding) -> str:
        """A name, "the 3rd on the list" where none is written, a body; the cell of a workbook goes along."""
        cell = finding.place.source if "!" in finding.place.source else ""
        who = self._person(finding)
        if finding.who in BODIES:
            who = message(f"validation.report.{finding.who}", PAGE_LANGUAGE)
        return f"{who} ({cell})" if who and cell else who or cell

    def named(self, text: str) -> str:
        """`text` with the members' names where it has their ids."""
        return _WORD.sub(
            lambda found: self.name(self._places[found[0]]) if found[0] in self._places else found[0], text
        )

    def _person(self, finding: Finding) -> str:
        steps = names(finding.place.pointer)
        at = int(steps[1]) if len(steps) > 1 and steps[0] == "members" and steps[1].isdigit() else -1
        place = self._places.get(finding.who, at) if finding.who else at
        return self.name(place) if 0 <= place < len(self.members) else ""

    def name(self, place: int) -> str:
        """How the member at `place` is called."""
        name = get_text(self.members[place], "member", "full_name")
        return name or page_text("summary.nameless", number=place + 1)


def _counts(page: Page, board: BoardSummary) -> None:
    """How many of each grade, as proposed and as written; of each kind once, and where no question is open. Nothing
    where nobody has a grade."""
    kinds = "" if board.questions else "decided" if board.counts.get("decided") else "proposed"
    lines = [
        page_text(
            "summary.count", source=page_text(f"summary.count_{source}"), base=count.base,
            group=count.group or page_text("summary.count_all"),
            grades=", ".join(
                [f"{_grade(g)} {count.cell(g, PAGE_LANGUAGE)}" for g in GRADE_TEXT if count.grades[g]]
                + ([message("board.count.open", PAGE_LANGUAGE, count=count.open)] if count.open else [])
            ),
        )
        for source, found in board.counts.items()
        for count in (found if source == kinds else found[:1])
        if count.open < count.base
    ]  # fmt: skip
    for number, line in enumerate(lines):
        page.paragraph(line if number else f"{page_text('summary.counts')}. {line}", "NoteText")


def _decided(page: Page, regulation: RegulationData, data: DossierData) -> None:
    """What people decided, by whom and when, apart from what is proposed; nothing where the regulation does not ask."""
    if not regulation.decisions.grades:
        return
    page.paragraph(page_text("summary.decided", clause=regulation.decisions.clause), "SectionHeading")
    said: dict[tuple[str, ...], list[str]] = {}
    for decision in taken(regulation.decisions, data):
        day, empty = iso_day(decision.on), page_text("summary.not_written")
        name = get_text(decision.record, "member", "full_name") or get_text(data, "organization", "name")
        key = (
            regulation.fields[decision.of.binding].label, GRADE_TEXT.get(decision.grade, decision.grade),
            decision.by or empty, short_date(day) if day else decision.on or empty,
        )  # fmt: skip
        said.setdefault(key, []).append(name)
    if not said:
        page.paragraph(page_text("summary.none_decided"))
        return
    heads = [page_text(f"summary.{key}") for key in ("decided_what", "decided_grade", "decided_by", "decided_on")]
    rows = [[*key, ", ".join(people)] for key, people in said.items()]
    page.table([*heads, page_text("summary.about")], rows, [20, 14, 17, 12, 37])
