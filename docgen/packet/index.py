"""The index of a packet (`muc-luc.docx`) and the summary for the secretary, as Word pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docgen.i18n import message, short_date
from docgen.model import GRADE_TEXT, Finding
from docgen.packet.plan import Document, Signer, assessor_label
from docgen.regulations.decisions import as_date, taken
from docgen.regulations.duties import Enclosure, meets
from docgen.regulations.loader import Regulation
from docgen.regulations.originals import is_body_role
from docgen.regulations.printed import as_printed
from docgen.regulations.standing import owes_review
from docgen.word.pages import Page

#: Official pages are written in Vietnamese whatever the language of messages.
PAGE_LANGUAGE = "vi"
#: How many people who owe a paper are named; all of them would hide the list in a large body.
_NAMES = 20
_SEVERITIES = ("error", "warning", "info")


def _text(key: str, **params: Any) -> str:
    return message(f"packet.{key}", PAGE_LANGUAGE, **params)


def _head(page: Page, data: Mapping[str, Any], title: str) -> None:
    organization = data.get("organization") or {}
    kind = "body" if organization.get("kind") == "dang_bo" else "cell"
    page.paragraph(
        _text("parent", name=as_printed("organization.parent", organization.get("parent", ""))), "HeaderLeft"
    )
    page.paragraph(
        _text(kind, name=as_printed("organization.name", organization.get("name", ""))), "HeaderLeft", bold=True
    )
    page.paragraph("", "TinyLine")
    page.paragraph(title, "FormTitle")
    page.paragraph(_text("year", year=(data.get("period") or {}).get("year", "")), "FormTitle")
    page.paragraph("", "TinyLine")


def _who(signer: Signer) -> str:
    """A signer in few words: the printed capacity where there is one, else the role; the name where it is known."""
    printed = signer.caption.isupper() or is_body_role(signer.role)
    caption = _sentence(signer.caption) if printed else _text(f"role.{signer.role}")
    return f"{caption} ({signer.name})" if signer.name else caption


def _sentence(caption: str) -> str:
    """A caption in capitals as it is written in a row of text: T/M ĐẢNG ỦY -> T/M đảng ủy."""
    if caption.startswith("T/M "):
        return "T/M " + caption.removeprefix("T/M ").lower()
    return caption[:1] + caption[1:].lower()


def document_title(code: str, name: str) -> str:
    """`code: name` of a form as the index prints it, the words that both begin with once.

    "Biên bản kiểm phiếu" alone where the code is (the beginning of) the name; "Phụ lục chấm điểm kèm Mẫu 01: tập thể".
    """
    ours, theirs = code.split(), name.split()
    shared = 0
    for one, other in zip(ours, theirs, strict=False):
        if one.casefold() != other.casefold():
            break
        shared += 1
    if shared == len(ours):
        return name
    rest = theirs[shared:] if shared > 1 else theirs
    return f"{code}: {' '.join(rest).lstrip('–- ')}"


def index_page(
    regulation: Regulation,
    data: Mapping[str, Any],
    documents: Sequence[Document],
    files: Sequence[str],
    pages: Mapping[int, int],
    draft: bool,
    scans: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The index: number, document, file, pages (empty where they are not known), who signs."""
    page = Page(landscape=True)
    _head(page, data, _text("index.title"))
    rows = []
    for document, name in zip(documents, files, strict=True):
        definition = document.definition
        about = document.subject
        if document.record.assessor:
            about += f" – {assessor_label(regulation, definition.subject, document.record.assessor)}"
        count = pages.get(document.number)
        rows.append(
            [
                str(document.number), document_title(definition.code, definition.name), about,
                name.removesuffix(".docx"), str(count) if count else "",
                "\n".join(_who(signer) for signer in document.signers),
                *([_text("index.draft")] if regulation.originals else []),
            ]
        )  # fmt: skip
    for entry in scans:
        rows.append(
            [
                str(entry["number"]), _text("index.scan", title=entry["title"]), "", entry["file"],
                str(entry["pdf"]["pages"]), "\n".join(f"{s['caption']} ({s['name'] or '–'})" for s in entry["signers"]),
                _text("index.draft"),
            ]
        )  # fmt: skip
    heads = [_text(f"index.{key}") for key in ("number", "document", "about", "file", "pages", "signers")]
    if regulation.originals:
        page.table([*heads, _text("index.state")], rows, [4, 24, 18, 17, 6, 23, 8])
        page.paragraph(_text("index.originals", clause=regulation.originals.clause), "Guidance")
    else:
        page.table(heads, rows, [4, 25, 20, 18, 6, 27])
    page.paragraph(_text("index.total", count=len(documents) + len(scans)))
    _enclosures(page, regulation, data)
    _archive(page, regulation, data)
    return page.docx(_text("index.title"), {"docgen.page": "muc-luc", "docgen.regulation": regulation.id}, draft)


def _enclosures(page: Page, regulation: Regulation, data: Mapping[str, Any]) -> None:
    """The papers to be added by hand, each with a box to tick; nothing where the regulation names none."""
    given = data.get("members")
    members = given if isinstance(given, list) else []
    own = data.get("enclosures")
    listed = [row for row in (own if isinstance(own, list) else ()) if isinstance(row, Mapping)]
    rows: list[list[str]] = []
    for enclosure in regulation.enclosures:
        owing = [m for m in members if isinstance(m, Mapping) and meets(enclosure.only, m)]
        names = [_name(m) for m in owing if enclosure.only and owes_review(regulation.apart, data, m)]
        if enclosure.only and not names:
            continue
        shown = "; ".join(name for name in names[:_NAMES] if name) + ("; …" if len(names) > _NAMES else "")
        owner = enclosure.whose[:1].upper() + enclosure.whose[1:]
        whose = f"{owner}: {shown}" if shown else owner
        rows.append([str(len(rows) + 1), enclosure.what, whose, enclosure.clause, _there(enclosure, listed)])
    if not rows:
        return
    # A list to be ticked stands on a page of its own: no drawing engine then leaves its head alone at a page's foot.
    page.paragraph(_text("index.enclosures"), "SectionHeading", new_page=True)
    page.paragraph(_text("index.enclosures_note"), "Guidance")
    heads = [_text(f"index.{key}") for key in ("number", "enclosure", "whose", "clause", "enclosed")]
    page.table(heads, rows, [4, 34, 38, 16, 8])


def _there(enclosure: Enclosure, listed: Sequence[Mapping[str, Any]]) -> str:
    """The box of one paper: ticked, with its sheets, where the dossier's own list says that it is there."""
    found = [row for row in listed if enclosure.id and row.get("paper") == enclosure.id]
    if not found:
        return "☐"
    sheets = [row["pages"] for row in found if isinstance(row.get("pages"), int)]
    return f"☒ {_text('index.sheets', count=sum(sheets))}" if sheets else "☒"


def _archive(page: Page, regulation: Regulation, data: Mapping[str, Any]) -> None:
    """What the archive needs on the list of a file: its code, how long it is kept, by when it is handed over."""
    if regulation.archive is None:
        return
    given = data.get("archive")
    own = given if isinstance(given, Mapping) else {}
    shown = {key: str(own.get(key) or "……………") for key in ("file_code", "term")}
    page.paragraph(_text("index.archive", **shown))
    ended = as_date((data.get("document") or {}).get("date"))
    year = ended.year if ended else (data.get("period") or {}).get("year")
    if isinstance(year, int):
        last = year + regulation.archive.years
        page.paragraph(_text("index.hand_over", last=last, clause=regulation.archive.clause), "Guidance")


def _name(member: Mapping[str, Any]) -> str:
    person = member.get("member")
    return str(person.get("full_name", "")) if isinstance(person, Mapping) else ""


def summary_page(
    regulation: Regulation,
    data: Mapping[str, Any],
    findings: Sequence[Finding],
    board: Mapping[str, Any] | None,
    draft: bool,
) -> bytes:
    """The page for the secretary: grades with reasons, what only people can decide, findings. Not to be handed in."""
    page = Page(landscape=True)
    _head(page, data, _text("summary.title"))
    page.paragraph(_text("summary.internal"), "Guidance")
    if board:
        page.paragraph(_text("summary.grades"), "SectionHeading")
        rows = [
            [
                str(number), row["name"], GRADE_TEXT.get(row.get("grade") or "", _text(f"summary.{_none(row)}")),
                GRADE_TEXT.get(row.get("self_grade") or "", ""), "\n".join(row.get("reasons", ())),
                "\n".join((*row.get("actions", ()), *row.get("questions", ()))),
            ]
            for number, row in enumerate(board["rows"], start=1)
        ]  # fmt: skip
        heads = [_text(f"summary.{key}") for key in ("number", "subject", "proposed", "own", "reasons", "questions")]
        page.table(heads, rows, [4, 15, 11, 11, 38, 21])
        for line in board.get("quota", ()):
            page.paragraph(line)
    _decided(page, regulation, data)
    page.paragraph(_text("summary.findings"), "SectionHeading")
    if not findings:
        page.paragraph(_text("summary.no_findings"))
    else:
        order = sorted(findings, key=lambda f: _SEVERITIES.index(f.severity))
        given = data.get("members")
        members = [m for m in (given if isinstance(given, list) else ()) if isinstance(m, Mapping)]
        names = {str(member.get("id")): _name(member) for member in members}
        rows = [
            [
                _text(f"severity.{f.severity}"),
                f"{names[f.who]} ({f.who})" if names.get(f.who) else f.who,
                f.place.inner(PAGE_LANGUAGE),
                message(f.code, PAGE_LANGUAGE, **f.params),
            ]
            for f in order
        ]
        heads = [_text(f"summary.{key}") for key in ("severity", "who", "place", "message")]
        page.table(heads, rows, [9, 12, 27, 52])
    return page.docx(_text("summary.title"), {"docgen.page": "tong-hop", "docgen.regulation": regulation.id}, draft)


def _decided(page: Page, regulation: Regulation, data: Mapping[str, Any]) -> None:
    """What people decided, by whom and when, apart from what is proposed; nothing where the regulation does not ask."""
    if not regulation.decisions.grades:
        return
    page.paragraph(_text("summary.decided", clause=regulation.decisions.clause), "SectionHeading")
    rows: list[list[str]] = []
    for decision in taken(regulation.decisions, data):
        day, empty = as_date(decision.on), _text("summary.not_written")
        rows.append(
            [
                str(len(rows) + 1), _name(decision.record) or str((data.get("organization") or {}).get("name") or ""),
                regulation.fields[decision.of.binding].label, GRADE_TEXT.get(decision.grade, decision.grade),
                decision.by or empty, short_date(day) if day else decision.on or empty,
            ]
        )  # fmt: skip
    if not rows:
        page.paragraph(_text("summary.none_decided"))
        return
    heads = [_text(f"summary.{key}") for key in ("number", "subject", "decided_what", "decided_grade", "decided_by")]
    page.table([*heads, _text("summary.decided_on")], rows, [4, 22, 24, 18, 20, 12])


def _none(row: dict[str, Any]) -> str:
    """Why a row has no grade: nobody may grade this person, or nobody has yet."""
    return "not_ranked" if row.get("not_ranked") else "undecided"
