"""The index of a packet (`muc-luc.docx`): whose papers lie in it, under which numbers, from which page on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

from docgen import records
from docgen.packet.issuer import issuer_of
from docgen.packet.page_words import document_title, page_text, party_head, ranges, said_code, short_code
from docgen.packet.plan import Document, assessor_label
from docgen.paths import AnyRecord, get_text, iso_day
from docgen.records import DossierData
from docgen.regulations.duties import Enclosure, meets
from docgen.regulations.loader import RegulationData
from docgen.regulations.outside_review import owes_review
from docgen.regulations.whose_form import grouped
from docgen.word.write.pages import Line, Page

#: How many people who owe a paper are named; all of them would hide the list in a large body.
_NAMES = 20
_WIDTHS = (12, 18, 70)
#: So many kinds of papers of the members have a column; what else there is stands in the last, in words.
_COLUMNS = 7
#: Of the members' table: the numbers of five papers and a long name stand on one line, a page needs no wide column.
_NUMBERS, _NAME, _WIDEST = 22, 23, 17


def start_pages(counts: Mapping[int, int], first: int) -> dict[int, int]:
    """The page of the print copy on which each document begins: behind the `first` pages of the index, in the order of
    the numbers. `counts` are the pages of each document."""
    out, page = {}, first + 1
    for number, count in sorted(counts.items()):
        out[number] = page
        page += count
    return out


@dataclass(slots=True)
class _Owner:
    """Whose papers stand in one row: a member, a body."""

    name: str
    person: bool
    documents: list[Document] = field(default_factory=list)


def _owners(data: DossierData, documents: Iterable[Document]) -> list[_Owner]:
    """The documents by whose they are, in the order in which each first comes up."""
    own, called = get_text(data, "organization", "name"), issuer_of(data).get("called", "")
    out: dict[tuple[str, str], _Owner] = {}
    for document in documents:
        member = document.record.member
        name = called if not member and document.subject == own else document.subject
        key = (member, "" if member else name)
        out.setdefault(key, _Owner(name, bool(member))).documents.append(document)
    return list(out.values())


def index_page(
    regulation: RegulationData,
    data: DossierData,
    documents: Sequence[Document],
    starts: Mapping[int, int],
    draft: bool,
    scans: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The index: a row for each body and person, with the papers and the page on which each begins in the print copy.

    `starts` are those pages by number (`start_pages`), empty where nothing was drawn.
    """
    page = Page()
    year = (data.get("period") or {}).get("year", "")
    party_head(page, data, page_text("index.head"), page_text("index.of", year=year))

    def mark(number: int) -> str:
        return f" ({starts[number]})" if number in starts else ""

    owners = _owners(data, documents)
    rows = []
    for owner in (owner for owner in owners if not owner.person):
        papers = _of_body(regulation, owner, mark)
        rows.append([ranges([document.number for document in owner.documents]), owner.name, papers])
    for entry in scans:
        title = page_text("index.scan", title=entry["title"], count=entry["pdf"]["pages"])
        rows.append([f"{entry['number']:03d}", "", title + mark(entry["number"])])
    if rows:
        heads = [page_text("index.numbers"), page_text("index.body"), page_text("index.papers")]
        if starts:
            heads[2] = page_text("index.papers_at")
        page.table(heads, rows, _WIDTHS)
    letters = _letters(regulation, documents)
    people = [owner for owner in owners if owner.person]
    _people_table(page, regulation, people, letters, starts)
    total = page_text("index.total", count=len(documents) + len(scans))
    cells = f" {page_text('index.start' if starts else 'index.no_start')}" if people else ""
    page.paragraph(f"{total}{cells}", "NoteText")
    _legend(page, regulation, documents, letters)
    if regulation.originals:
        page.paragraph(page_text("index.originals", clause=regulation.originals.clause), "NoteText")
    _enclosures(page, regulation, data)
    _archive(page, regulation, data)
    drawn_up = [Line(page_text("index.clerk"), "SignText", bold=True), Line("", "SignZone"), Line("", "SignName")]
    page.columns([[], drawn_up], [55, 45])
    return page.docx(page_text("index.title"), {"docgen.page": "muc-luc", "docgen.regulation": regulation.id}, draft)


#: By form and assessor, the letter that stands for the assessor in the rows of the members.
_Letters = Mapping[tuple[str, str], str]


def _letters(regulation: RegulationData, documents: Iterable[Document]) -> _Letters:
    """A letter for each assessor of a form that several assess, in the regulation's order: said in full once (the
    legend), or every member's row would repeat three lines of it."""
    found: dict[str, dict[str, str]] = {}
    for document in documents:
        if document.record.member and document.record.assessor:
            own = found.setdefault(document.definition.form, {})
            own.setdefault(document.record.assessor, document.definition.subject)
    order = {(one.subject, one.id): place for place, one in enumerate(regulation.assessors)}
    out = {}
    for form, whose in found.items():
        ranked = sorted(whose, key=lambda one: order.get((whose[one], one), len(order)))
        for place, assessor in enumerate(ranked if len(ranked) > 1 else ()):
            more, letter = divmod(place, len(ascii_lowercase))
            out[form, assessor] = ascii_lowercase[letter] * (more + 1)
    return out


def _people_table(
    page: Page, regulation: RegulationData, owners: Sequence[_Owner], letters: _Letters, starts: Mapping[int, int]
) -> None:
    """The members, a line each: under each kind of paper the page on which theirs begins, a mark where nothing was
    drawn. "Mẫu 05 b" is the sheet of the assessor whom the letter stands for."""
    if not owners:
        return

    def kind(document: Document) -> str:
        letter = letters.get((document.definition.form, document.record.assessor), "")
        return f"{said_code(document.definition.code)} {letter}".rstrip()

    # As the packet has them; what all have (an appendix) behind those of which each has one (Mẫu 02A, 02B or 02C).
    order = {item.form: place for place, item in enumerate(regulation.packet)}
    # Forms that take each other's place stand together, by their codes.
    groups = grouped(regulation.packet)
    place: dict[str, int] = {}
    for item in regulation.packet:
        place[groups[item.form]] = max(place.get(groups[item.form], 0), order[item.form])
    last: dict[str, int] = {}
    for document in (document for owner in owners for document in owner.documents):
        form = document.definition.form
        last[kind(document)] = max(last.get(kind(document), 0), place.get(groups.get(form, form), len(order)))
    kinds = sorted(last, key=lambda one: (last[one], one))
    shown, further = kinds[:_COLUMNS], kinds[_COLUMNS:]
    rows = []
    for owner in owners:
        found: dict[str, list[str]] = {}
        for document in owner.documents:
            found.setdefault(kind(document), []).append(str(starts.get(document.number, "x")))
        cells = [", ".join(found.get(one, ())) for one in shown]
        if further:
            cells.append("; ".join(f"{one}: {', '.join(found[one])}" for one in further if one in found))
        rows.append([ranges([document.number for document in owner.documents]), owner.name, *cells])
    heads = [page_text("index.numbers"), page_text("index.person"), *shown]
    if further:
        heads.append(page_text("index.further"))
    share = min(_WIDEST, (100 - _NUMBERS - _NAME) / (len(heads) - 2))
    page.table(heads, rows, [_NUMBERS, 100 - _NUMBERS - share * (len(heads) - 2), *([share] * (len(heads) - 2))])


def _of_body(regulation: RegulationData, owner: _Owner, mark: Callable[[int], str]) -> str:
    """A body's papers, each form on a line with its name and who assesses."""
    lines = []
    for code, papers in _by_code(owner, short_code).items():
        lines.append(document_title(code, papers[0].definition.name) + _sheets(regulation, papers, mark))
    return "\n".join(lines)


def _by_code(owner: _Owner, said: Callable[[str], str]) -> dict[str, list[Document]]:
    """The papers of one owner by what is said of their code."""
    found: dict[str, list[Document]] = {}
    for document in owner.documents:
        found.setdefault(said(document.definition.code), []).append(document)
    return found


def _sheets(regulation: RegulationData, papers: Sequence[Document], mark: Callable[[int], str]) -> str:
    """Where the papers of one form are: who assesses is said where there are several."""
    if len(papers) == 1:
        return mark(papers[0].number)
    found = [assessor_label(regulation, d.definition.subject, d.record.assessor) + mark(d.number) for d in papers]
    return ": " + ", ".join(found)


def _legend(page: Page, regulation: RegulationData, documents: Sequence[Document], letters: _Letters) -> None:
    """What the codes of the members' papers stand for, each once, and the letters of who assesses; nothing of a code
    that says it itself."""
    names: dict[str, str] = {}
    whose: dict[str, dict[str, str]] = {}
    for document in documents:
        definition, assessor = document.definition, document.record.assessor
        if not document.record.member:
            continue
        code = said_code(definition.code)
        if letter := letters.get((definition.form, assessor)):
            whose.setdefault(code, {})[letter] = assessor_label(regulation, definition.subject, assessor)
        if letter or not definition.name.casefold().startswith(code.casefold()):
            names.setdefault(code, definition.name)
    said = []
    for code, name in names.items():
        told = "; ".join(f"{letter} – {label}" for letter, label in sorted(whose.get(code, {}).items()))
        said.append(f"{code}: {name}" + (f" ({told})." if told else "."))
    if said:
        page.paragraph(" ".join(said), "NoteText")


def _enclosures(page: Page, regulation: RegulationData, data: DossierData) -> None:
    """The papers to be added by hand, each with a box to tick; nothing where the regulation names none."""
    given = data.get("members")
    members = given if isinstance(given, list) else []
    own = data.get("enclosures")
    listed = [row for row in (own if isinstance(own, list) else ()) if isinstance(row, Mapping)]
    rows: list[list[str]] = []
    for enclosure in regulation.enclosures:
        eligible = [m for m in members if isinstance(m, Mapping) and owes_review(regulation.apart, data, m)]
        names = [_name(m) for m in eligible if enclosure.only and meets(enclosure.only, m)]
        if enclosure.only and not names:
            continue
        left_out = [_name(m) for m in eligible if not meets(enclosure.only, m)] if enclosure.only else []
        shown = _people(names, left_out)
        owner = enclosure.whose[:1].upper() + enclosure.whose[1:]
        whose = f"{owner}: {shown}" if shown else owner
        rows.append([str(len(rows) + 1), enclosure.what, whose, enclosure.clause, _there(enclosure, listed)])
    if not rows:
        return
    page.paragraph(page_text("index.enclosures"), "SectionHeading")
    page.paragraph(page_text("index.enclosures_note"), "NoteText", with_next=True)
    heads = [page_text(f"index.{key}") for key in ("number", "enclosure", "whose", "clause", "enclosed")]
    page.table(heads, rows, [6, 34, 25, 23, 12])


def _people(names: Sequence[str], left_out: Sequence[str]) -> str:
    """Who they are: by name, or everybody but those left out, whichever are fewer."""
    if len(left_out) < len(names):
        but = "; ".join(name for name in left_out[:_NAMES] if name) + ("; …" if len(left_out) > _NAMES else "")
        return page_text("index.everyone_but", names=but) if left_out else page_text("index.everyone")
    return "; ".join(name for name in names[:_NAMES] if name) + ("; …" if len(names) > _NAMES else "")


def _there(enclosure: Enclosure, listed: Sequence[records.Enclosure]) -> str:
    """The box of one paper: ticked, with its sheets, where the dossier's own list says that it is there."""
    found = [row for row in listed if enclosure.id and row.get("paper") == enclosure.id]
    if not found:
        return "☐"
    sheets = [row["pages"] for row in found if isinstance(row.get("pages"), int)]
    return f"☒ {page_text('index.sheets', count=sum(sheets))}" if sheets else "☒"


def _archive(page: Page, regulation: RegulationData, data: DossierData) -> None:
    """What the archive needs on the list of a file: its code, how long it is kept, by when it is handed over."""
    if regulation.archive is None:
        return
    given = data.get("archive")
    own = given if isinstance(given, Mapping) else {}
    shown = {key: str(own.get(key) or "……………") for key in ("file_code", "term")}
    page.paragraph(page_text("index.archive", **shown), "NoteText")
    ended = iso_day((data.get("document") or {}).get("date"))
    year = ended.year if ended else (data.get("period") or {}).get("year")
    if isinstance(year, int):
        last = year + regulation.archive.years
        page.paragraph(page_text("index.hand_over", last=last, clause=regulation.archive.clause), "NoteText")


def _name(member: AnyRecord) -> str:
    person = member.get("member")
    return str(person.get("full_name", "")) if isinstance(person, Mapping) else ""
