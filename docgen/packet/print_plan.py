"""What to print and who signs what: a page for whoever stands at the printer, no part of what goes up.

By person: the papers each one signs, so that a folder can be laid before him. By form: pages, one or two sides, sheets.
Ballots apart: they bear no name and no number, and are printed as many times as were issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from docgen.packet.blank_ballots import is_ballot
from docgen.packet.page_words import document_title, page_head, page_text, ranges, short_code, who_signs
from docgen.packet.plan import Document, further_forms
from docgen.paths import get
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.word.write.pages import Page

PLAN = "ke-hoach-in.docx"
#: A paper of more pages than this is printed on both sides.
_ONE_SIDE = 1


@dataclass(slots=True)
class Hand:
    """One person (or a role nobody is named for) and the numbers of the papers he signs, by capacity."""

    name: str
    papers: dict[str, list[int]] = field(default_factory=dict)

    @property
    def numbers(self) -> list[int]:
        """All his papers, each once."""
        return sorted({number for found in self.papers.values() for number in found})


def hands(documents: Iterable[Document]) -> list[Hand]:
    """Who signs what, in the order in which they first sign; unnamed signers by what is printed for them."""
    out: dict[tuple[str, str], Hand] = {}
    for document in documents:
        for signer in document.signers:
            capacity = who_signs(signer, named=False)
            key = (signer.name, "" if signer.name else capacity)
            hand = out.setdefault(key, Hand(signer.name))
            hand.papers.setdefault(capacity, []).append(document.number)
    return list(out.values())


def print_plan(
    regulation: RegulationData,
    data: DossierData,
    documents: Sequence[Document],
    pages: Mapping[int, int],
    copies: int,
) -> bytes:
    """The page as a Word file; `pages` are the page counts by number, empty where nothing was drawn yet."""
    printed = [document for document in documents if not is_ballot(document.definition.form)]
    page = Page()
    page_head(page, data, page_text("print.title"))
    page.paragraph(page_text("print.note", copies=copies), "Guidance")
    if not pages:
        page.paragraph(page_text("print.no_pages"), "Guidance")
    page.paragraph(page_text("print.by_person"), "SectionHeading")
    rows = [
        [
            str(number), hand.name or page_text("print.unnamed"),
            "\n".join(f"{capacity}: {ranges(found)}" for capacity, found in hand.papers.items()),
            str(len(hand.numbers)), _sum(pages, hand.numbers),
        ]
        for number, hand in enumerate(hands(printed), start=1)
    ]  # fmt: skip
    heads = [page_text(f"print.{key}") for key in ("number", "person", "papers", "count", "pages")]
    page.table(heads, rows, [7, 27, 44, 11, 11])
    page.paragraph(page_text("print.by_form"), "SectionHeading")
    page.table(
        [page_text(f"print.{key}") for key in ("paper", "numbers", "count", "pages", "sides", "copies", "sheets")],
        _forms(printed, pages, copies),
        [30, 20, 8, 9, 12, 9, 12],
    )
    _ballots(page, regulation, data, documents)
    return page.docx(page_text("print.title"), {"docgen.page": "ke-hoach-in", "docgen.regulation": regulation.id})


def _sum(pages: Mapping[int, int], numbers: Iterable[int]) -> str:
    counts = [pages.get(number) for number in numbers]
    known = [count for count in counts if count]
    return str(sum(known)) if known and len(known) == len(counts) else ""


def _forms(documents: Sequence[Document], pages: Mapping[int, int], copies: int) -> list[list[str]]:
    """A row for each form: its papers, pages, sides, copies, and the sheets of paper all of that takes."""
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(document.definition.form, []).append(document)
    rows, total = [], 0
    for found in groups.values():
        counts = [pages.get(document.number, 0) for document in found]
        sheets = copies * sum((count + 1) // 2 for count in counts)
        total += sheets
        whole = all(counts)
        sides = "" if not whole else page_text(f"print.{'two_sides' if max(counts) > _ONE_SIDE else 'one_side'}")
        rows.append(
            [
                document_title(short_code(found[0].definition.code), found[0].definition.name),
                ranges([document.number for document in found]), str(len(found)),
                str(sum(counts)) if whole else "", sides, str(copies), str(sheets) if whole else "",
            ]
        )  # fmt: skip
    rows.append([page_text("print.total"), "", str(len(documents)), _sum(pages, [d.number for d in documents]), "", "",
                 str(total) if all(pages.get(d.number) for d in documents) else ""])  # fmt: skip
    return rows


def _ballots(page: Page, regulation: RegulationData, data: DossierData, documents: Sequence[Document]) -> None:
    """Which ballots to print and how many; where the dossier does not say how many, that is told and not guessed."""
    page.paragraph(page_text("print.ballots"), "SectionHeading")
    made = [document for document in documents if is_ballot(document.definition.form)]
    issued = get(data, ("ballots", "issued"))
    for document in made:
        title = document_title(short_code(document.definition.code), document.definition.name)
        if document.copies:  # as many as are needed lie in one file, page after page
            page.paragraph(page_text("print.ballot_file", number=f"{document.number:03d}", title=title,
                                 count=document.copies))  # fmt: skip
        else:
            known = isinstance(issued, int)
            key = "ballot_count" if known else "ballot_open"
            page.paragraph(page_text(f"print.{key}", title=title, count=issued, form=document.definition.form))
    if not made:
        form = next((form for form in further_forms(regulation) if is_ballot(form)), "")
        page.paragraph(page_text("print.ballot_besides" if form else "print.no_ballot_form", form=form))
