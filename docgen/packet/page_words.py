"""What the pages of a packet share: the head of a Party paper, the head of an internal page, how papers, their numbers
and their signers are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docgen.dossier.cleaning import bare
from docgen.i18n import long_date, message
from docgen.packet.issuer import issuer_of
from docgen.packet.plan import Signer
from docgen.paths import get, iso_day
from docgen.records import DossierData
from docgen.regulations.name_prefixes import as_printed
from docgen.regulations.originals import is_body_role
from docgen.word.write import style
from docgen.word.write.pages import Line, Page

#: Official pages are written in Vietnamese whatever the language of messages.
PAGE_LANGUAGE = "vi"
MOTTO = "ĐẢNG CỘNG SẢN VIỆT NAM"
#: In a word without marks; one without a vowel is an abbreviation.
_VOWEL = re.compile("[aeiouy]")


def page_text(key: str, **params: object) -> str:
    """A text of the packet's pages."""
    return message(f"packet.{key}", PAGE_LANGUAGE, **params)


def page_head(page: Page, data: DossierData, title: str) -> None:
    """The head of an internal page: whose it is, its title, the year."""
    organization = data.get("organization") or {}
    page.author = str(organization.get("name") or "")
    kind = "body" if organization.get("kind") == "dang_bo" else "cell"
    page.paragraph(
        page_text("parent", name=as_printed("organization.parent", organization.get("parent", ""))), "HeaderLeft"
    )
    page.paragraph(
        page_text(kind, name=as_printed("organization.name", organization.get("name", ""))), "HeaderLeft", bold=True
    )
    page.paragraph("", "TinyLine")
    page.paragraph(title, "FormTitle")
    page.paragraph(page_text("year", year=(data.get("period") or {}).get("year", "")), "FormTitle")
    page.paragraph("", "TinyLine")


def party_head(page: Page, data: DossierData, *titles: str) -> None:
    """The head of a paper that goes up: organ and body left, the Party's name, place and date right (HD 36-HD/VPTW).

    A list of papers is no numbered document: no star, no number. Place and date that the dossier does not have are
    left open for the pen.
    """
    issuer = issuer_of(data)
    page.author = issuer.get("called", "")
    day = iso_day(get(data, ("document", "date")))
    place = str(get(data, ("document", "place")) or "").strip() or page_text("open_place")
    share = style.HEADER_LEFT_SHARE
    parent = page_text("parent", name=issuer["parent"]) if "parent" in issuer else ""
    left = [Line(parent, "HeaderLeft"), Line(issuer.get("name", ""), "HeaderLeft", bold=True)]
    dated = f"{place}, {long_date(day) if day else page_text('open_date')}"
    # LibreOffice adds a line where a document begins with a table: a tiny line goes before it.
    page.paragraph("", "TinyLine")
    page.columns([left, [Line(MOTTO, "Motto", underlined=True), Line(dated, "DateLine")]], [share, 1 - share])
    for title in titles:
        page.paragraph(title, "FormTitle")
    page.paragraph("", "TinyLine")


def who_signs(signer: Signer, *, named: bool = True) -> str:
    """A signer in few words: the printed capacity where there is one, else the role; the name where it is known."""
    printed = signer.caption.isupper() or is_body_role(signer.role)
    caption = _sentence(signer.caption) if printed else page_text(f"role.{signer.role}")
    return f"{caption} ({signer.name})" if named and signer.name else caption


def _sentence(caption: str) -> str:
    """A caption in capitals as it is written in a row of text: T/M ĐẢNG ỦY -> T/M đảng ủy."""
    if caption.startswith("T/M "):
        return "T/M " + caption.removeprefix("T/M ").lower()
    return caption[:1] + caption[1:].lower()


def short_code(code: str) -> str:
    """The code of a form as people say it: "Mẫu 02A" of "Mẫu 02A-HD KĐ.ĐG 2025", "Biểu điểm số 01" of "BIỂU ĐIỂM SỐ
    01"; words without a vowel (BTH 02) are none."""
    return spoken(code.split("-HD ")[0])


def spoken(code: str) -> str:
    """A code in capitals as it is written in a row of text."""
    if not code.isupper() or " " not in code:
        return code
    words = [word.lower() if _VOWEL.search(bare(word)) else word for word in code.split()]
    return " ".join([words[0].capitalize() if words[0].islower() else words[0], *words[1:]])


def said_code(code: str) -> str:
    """The code beside its owner's name, where what it belongs to says nothing more: "Phụ lục chấm điểm" of "Phụ lục
    chấm điểm kèm Mẫu 02A"."""
    return short_code(code).split(" kèm ")[0]


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


def ranges(numbers: Sequence[int], digits: int = 3) -> str:
    """`003–007, 012`: numbers as they stand on the files, of `digits` digits; runs of three and more shortened."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = []
    for run in runs:
        shown = [f"{n:0{digits}d}" for n in run]
        parts += [f"{shown[0]}–{shown[-1]}"] if len(run) > 2 else shown
    return ", ".join(parts)
