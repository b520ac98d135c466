"""The secretary's desk on values: who is missing what, what comes next, what is due when."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.api.dossiers import check
from docgen.api.regulations import Regulations
from docgen.i18n import DEFAULT_LANGUAGE
from docgen.paths import JsonDict

if TYPE_CHECKING:
    from docgen.desk.calendar import Calendar
    from docgen.desk.next_step import NextStep
    from docgen.desk.status import Status
    from docgen.dossier import Dossier
    from docgen.grading.dossier_board import Board
    from docgen.signing.verify import Asked


@dataclass(frozen=True, slots=True)
class DossierStatus:
    """What `docgen status` tells: every paper in one state (`papers`), the next step, the board of grades."""

    papers: Status
    next: NextStep
    board: Board | None

    def as_json(self, language: str = DEFAULT_LANGUAGE) -> JsonDict:
        """As plain data (`docs/json/output.schema.json`, `status`)."""
        from docgen.desk.status_text import as_json

        return as_json(self.papers, self.next, self.board, language)

    def as_text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """In words, as on a terminal."""
        from docgen.desk.status_text import as_text

        return as_text(self.papers, self.next, self.board, language)


def status(
    dossier: Dossier,
    today: datetime.date,
    *,
    packet: Path | str | None = None,
    asked: Asked | None = None,
    regulations: Regulations | None = None,
) -> DossierStatus:
    """Who is missing what in `dossier`, and the next thing to do, as seen on `today`. Nothing is written.

    With a `packet` that was made of it (folder, zip, cover PDF) papers that are signed there are; `asked`
    (`docgen.signing.verify.Asked`) says whom to trust, as for `docgen.verify`. Raises `UsageError` where the regulation
    is not known, `InputError` where there is no packet.
    """
    from docgen.desk.calendar import make_calendar
    from docgen.desk.next_step import next_step
    from docgen.desk.status import make_status

    checked = check(dossier, regulations=regulations)
    loaded, regulation = checked.dossier, checked.regulation
    assert loaded is not None, "a dossier was given"
    assert regulation is not None, "an unknown regulation was refused"
    signed = None
    if packet is not None:
        from docgen.desk.signed import signed_papers
        from docgen.signing.verify import Asked as Questions

        folders = regulations.templates if regulations is not None else ()
        whom = asked or Questions(regulations=loaded.folders)
        signed = signed_papers(Path(packet), regulation, loaded.data, whom, folders)
    papers = make_status(loaded, regulation, checked.findings, today, signed)
    step = next_step(papers, make_calendar(regulation, loaded.data, today), checked.board, Path(loaded.file))
    return DossierStatus(papers, step, checked.board)


def calendar(dossier: Dossier, today: datetime.date, *, regulations: Regulations | None = None) -> Calendar:
    """What is due when for `dossier`, as seen on `today`: `.entries`, `.nearest()`, `.overdue()`.

    Raises `UsageError` where its regulation is not known.
    """
    from docgen.desk.calendar import make_calendar
    from docgen.regulations.loader import load_regulation

    folders = (*(regulations.folders if regulations is not None else ()), *dossier.folders)
    return make_calendar(load_regulation(dossier.regulation, folders), dossier.data, today)
