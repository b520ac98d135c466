"""The status for a terminal and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.desk.next_step import NextStep
from docgen.desk.office_row import OFFICE_STATES
from docgen.desk.owed import Column
from docgen.desk.status import Paper, Status, one_state
from docgen.i18n import DEFAULT_LANGUAGE, message, short_date
from docgen.paths import JsonDict

if TYPE_CHECKING:
    from docgen.grading.dossier_board import Board


def _text(key: str, language: str, **params: object) -> str:
    return message(f"desk.{key}", language, **params)


def counted(counts: dict[str, int], language: str = DEFAULT_LANGUAGE) -> str:
    """`12 xong, 3 còn lỗi`: the states that occur, best known first."""
    parts = [f"{count} {_text(f'state.{state}', language)}" for state, count in counts.items() if count]
    return ", ".join(parts) or "0"


def ballots_words(status: Status, language: str = DEFAULT_LANGUAGE) -> str:
    """The ballots in one line: state, then the figures that are written."""
    found = status.ballots
    if found is None:
        return ""
    state = "faulty_count" if found.state == "faulty" else found.state
    numbers = {name: value if (value := getattr(found, name)) is not None else "–"
               for name in ("issued", "collected", "invalid")}  # fmt: skip
    figures = _text("ballots.figures", language, **numbers, counted=found.counted)
    return f"{_text(f'state.{state}', language, count=found.errors)} ({figures})"


def office_lines(status: Status, language: str = DEFAULT_LANGUAGE, *, short: bool = False) -> list[str]:
    """The papers around the packet, those in one state together: "Giấy tờ văn phòng chưa lập: giấy mời, tờ trình".

    With `short` they are called in few words, for a page that is to be one page.
    """
    alike: dict[str, list[str]] = {}
    for paper in sorted(status.office, key=lambda paper: -OFFICE_STATES.index(paper.state)):
        alike.setdefault(paper.words(language), []).append(paper.code if short else paper.title)
    return [_text("office.line", language, state=state, papers="; ".join(found)) for state, found in alike.items()]


def as_text(status: Status, step: NextStep, board: Board | None, language: str = DEFAULT_LANGUAGE) -> str:
    """For a terminal: the totals, each kind of paper, each member, the others, the next step."""
    total = sum(status.counts().values())
    lines = [_text("text.head", language, body=status.called or status.body or "–", year=status.year or "–",
                   today=short_date(status.today))]  # fmt: skip
    lines.append(_text("text.total", language, total=total, counts=counted(status.counts(), language)))
    lines += [f"  {column.title}: {counted(counts, language)}" for column, counts in status.by_column()]
    if status.people:
        lines += ["", _text("text.members", language)]
    for person in status.people:
        if person.apart:
            lines.append(f"  {person.name}: {_text('text.apart', language, clause=person.apart)}")
            continue
        state = one_state(person)
        first = next((paper for paper in person.papers if paper is not None), None)
        if first is not None and state and state not in ("faulty", "given", "returned"):
            lines.append(f"  {person.name}: {_text('text.all', language, state=first.words(language))}")
            continue
        told = [f"{_named(paper, column)}: {paper.words(language)}"
                for column, paper in zip(status.columns, person.papers, strict=True) if paper is not None]  # fmt: skip
        lines.append(f"  {person.name}: " + ("; ".join(told) or _text("state.not_owed", language)))
    if status.others or status.ballots or status.office:
        lines += ["", _text("text.others", language)]
    lines += [f"  {paper.title}: {paper.words(language)}" for paper in status.others]
    if status.ballots:
        lines.append(f"  {_text('ballots.title', language)}: {ballots_words(status, language)}")
    lines += [f"  {line}" for line in office_lines(status, language)]
    if status.elsewhere:
        lines.append(_text("text.elsewhere", language, count=status.elsewhere))
    if board is not None and (told_counts := board.counts_lines(language)):
        lines += ["", _text("text.grades", language), *(f"  {line}" for line in told_counts)]
        lines += [f"  {line}" for line in board.quota_lines(language)]
    if (packet := status.packet) is not None:
        lines += ["", _text("text.packet", language, path=packet.path,
                            verdict=message(f"signing.status.{packet.verdict}", language))]  # fmt: skip
        if packet.stale:
            lines.append(_text("text.stale", language, count=packet.stale))
    lines += ["", _text("text.next", language, step=step.words(language))]
    return "\n".join(lines)


def _named(paper: Paper, column: Column) -> str:
    """The code of a member's paper, and who assesses where the column says it."""
    _, mark, assessor = column.title.partition(": ")
    return f"{paper.code}{mark}{assessor}"


def as_json(status: Status, step: NextStep, board: Board | None, language: str = DEFAULT_LANGUAGE) -> JsonDict:
    """As plain data (`docs/json/output.schema.json`, `status`)."""
    packet = status.packet
    return {
        "regulation": status.regulation.id,
        "body": status.body or None,
        "year": status.year,
        "today": status.today.isoformat(),
        "counts": status.counts(),
        "columns": [
            {"title": column.title, "assessor": column.assessor or None, "counts": counts}
            for column, counts in status.by_column()
        ],
        "members": [
            {
                "id": person.member, "name": person.name, "apart": person.apart or None,
                "papers": [_paper(paper, language) if paper else None for paper in person.papers],
            }
            for person in status.people
        ],
        "others": [_paper(paper, language) for paper in status.others],
        "ballots": _ballots(status),
        "office": [
            {
                "form": paper.form, "title": paper.title, "state": paper.state, "given": paper.given or None,
                "returned": paper.returned or None, "text": paper.words(language),
            }
            for paper in status.office
        ],
        "errors_elsewhere": status.elsewhere,
        "packet": None if packet is None else {
            "path": packet.path, "verdict": packet.verdict, "documents": packet.documents, "stale": packet.stale,
        },
        "grades": None if board is None else {
            source: [count.as_json() for count in found] for source, found in board.counts().items()
        },
        "next": {"step": step.step, "text": step.words(language)},
    }  # fmt: skip


def _paper(paper: Paper, language: str) -> JsonDict:
    return {
        "form": paper.form, "title": paper.title, "member": paper.member or None, "assessor": paper.assessor or None,
        "name": paper.name or None, "state": paper.state, "errors": paper.errors, "given": paper.given or None,
        "returned": paper.returned or None, "text": paper.words(language),
    }  # fmt: skip


def _ballots(status: Status) -> JsonDict | None:
    found = status.ballots
    if found is None:
        return None
    return {"state": found.state, "issued": found.issued, "collected": found.collected, "invalid": found.invalid,
            "counted": found.counted, "errors": found.errors}  # fmt: skip
