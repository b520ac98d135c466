"""Each fault of a page is seen on a page that has it, and not on the one that nearly has."""

from __future__ import annotations

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from docgen.model import Finding
from docgen.pdf import convert, page_count, work
from docgen.word.after import paged
from docgen.word.write import style, tables
from docgen.word.write.builder import package

ENGINES = ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]
#: Paragraphs of one line that fill a page: 297 - 2 x 20 mm by a line of 19 points and 6 points after it.
FULL = int((style.PAGE_HEIGHT_MM - 40) / 25.4 * 72 // (style.BODY_LINE_PT + style.PARAGRAPH_AFTER_PT))


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is drawn as its engine draws it at first."""
    monkeypatch.setattr(work, "_REDRAWINGS", 0)


def paragraph(text: str, style_id: str = "Normal", properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def lines(count: int) -> str:
    return "".join(paragraph(f"Việc thứ {number} đã làm xong.") for number in range(1, count + 1))


def row(*texts: str, kept: bool = False, header: bool = False) -> str:
    keep = "<w:keepNext/>" if kept else ""
    return tables.row(
        "".join(tables.cell(3000, paragraph(text, "CellText", keep) if text else "<w:p/>") for text in texts),
        header=header,
    )


def tall(count: int) -> str:
    """A row that does not split, of `count` lines of 16 points."""
    inner = "".join(paragraph(f"Dòng {number} của một ô cao", "CellText") for number in range(1, count + 1))
    return tables.row(tables.cell(3000, inner) + tables.cell(3000, paragraph("Bên cạnh", "CellText")))


def table(*rows: str) -> str:
    return tables.table([3000, 3000], "".join(rows)) + paragraph("Hết bảng.")


def whole(count: int) -> str:
    """A label, and a table of so many rows that stands on one page."""
    people = [row(str(number), f"Người {number}", kept=number < count) for number in range(1, count + 1)]
    return paragraph("Tổng hợp:", properties="<w:keepNext/>") + table(*people)


SIGNATURE = (
    tables.table(
        [3000, 6000],
        tables.row(
            tables.cell(3000, "<w:p/>")
            + tables.cell(
                6000,
                paragraph("BÍ THƯ", "SignText")
                + '<w:p><w:pPr><w:pStyle w:val="SignZone"/></w:pPr></w:p>'
                + paragraph("Nguyễn Văn A", "SignName"),
            )
        ),
        borders=False,
    )
    + '<w:p><w:pPr><w:pStyle w:val="AfterSign"/></w:pPr></w:p>'
)
NOTES = '<w:p><w:pPr><w:pStyle w:val="NoteRule"/></w:pPr></w:p>' + paragraph("1 Ghi theo quý.", "NoteText")
BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
HEADING = paragraph("I. Ưu điểm", "SectionHeading", '<w:keepNext w:val="0"/>')

LONG_TABLE = "a table kept whole, longer than it may be"


def people(count: int) -> str:
    """A table under a head row, of so many rows."""
    return table(row("TT", "Họ tên", header=True), *(row(str(n), f"Người {n}") for n in range(1, count + 1)))


#: The body of a file, and the faults of its pages: code and page.
FAULTY = {
    "signature": (lines(FULL) + SIGNATURE, {("signature_alone", 2)}),
    "signature and notes": (lines(FULL) + SIGNATURE + NOTES, {("signature_alone", 2)}),
    "notes": (lines(FULL) + NOTES, {("note_alone", 2)}),
    "heading": (lines(FULL - 1) + HEADING + lines(5), {("heading_last", 1)}),
    "line and signature below a table": (
        lines(FULL - 12) + tables.table([3000, 3000], row("1", "Người") * 14) + paragraph("Kèm theo sổ.") + SIGNATURE,
        {("signature_alone", 2)},
    ),
    "last row": (lines(FULL - 8) + people(10), {("row_alone", 1)}),
    "empty": (lines(3) + BREAK + BREAK + lines(3), {("empty", 2)}),
    "row that does not split": (lines(20) + table(row("Một", "Hai"), tall(30)), {("free", 1)}),
    "one line before a break": (paragraph("Kính gửi") + BREAK + lines(3), {("free", 1)}),
}
#: rdocx divides it: it keeps no row with the next.
FAULTY_IN_LIBREOFFICE = {LONG_TABLE: (lines(16) + whole(26), {("free", 1)})}
#: Those that Word and LibreOffice never draw.
FAULTY_IN_RDOCX = {
    "head row": (lines(FULL - 3) + table(row("TT", "Họ tên", header=True), tall(10)), {("head_row_last", 1)}),
    "group": (
        lines(FULL - 5) + table(row("TT", "Họ tên", header=True), row("I", "Nhóm", kept=True), tall(10)),
        {("group_last", 1)},
    ),
}
SOUND = {
    "signature with a line": lines(FULL - 1) + paragraph("Người viết", properties="<w:keepNext/>") + SIGNATURE,
    "signature on a page of its own by will": lines(12) + BREAK + SIGNATURE,
    "notes below text": lines(3) + NOTES,
    "heading kept": lines(FULL - 1) + paragraph("I. Ưu điểm", "SectionHeading") + lines(5),
    "repeated head": table(row("TT", "Họ tên", header=True), *(row(str(n), f"Người {n}") for n in range(90))),
    "half a page before a break": lines(12) + BREAK + lines(3),
    "a table kept whole, longer than a page": table(*(row(str(n), f"Người {n}", kept=True) for n in range(90))),
    "two rows on the next page": lines(FULL - 8) + people(11),
    "a short table kept whole": lines(FULL - 10) + whole(13),
    "one page, little text": lines(2),
    "numbered and blank rows": table(row("TT", "Họ tên", header=True), *(row(str(n), "") for n in range(1, 60))),
}


def drawn(bodies: dict[str, str], engine: str) -> dict[str, set[tuple[str, int]]]:
    """The page faults of each body. Each is drawn by itself, in this process, where what a fixture changed holds."""
    made = {
        name: package(body, title=name, identifier="", properties={}, prompts=[], draft=False)
        for name, body in bodies.items()
    }
    out: dict[str, set[tuple[str, int]]] = {name: set() for name in made}
    for name, docx in made.items():
        for finding in convert({name: docx}, engine).findings:
            assert isinstance(finding, Finding)
            assert finding.severity == "warning", finding
            page = finding.params["page"]
            assert isinstance(page, int)
            out[finding.place.file].add((finding.code.removeprefix("pdf.page."), page))
    return out


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("engine", ENGINES)
def test_each_fault_is_found_on_its_page(engine: str) -> None:
    faulty = {**FAULTY, **(FAULTY_IN_RDOCX if engine == "rdocx" else FAULTY_IN_LIBREOFFICE)}
    assert drawn({name: body for name, (body, _) in faulty.items()}, engine) == {
        name: faults for name, (_, faults) in faulty.items()
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_a_sound_page_has_none(engine: str) -> None:
    assert drawn(SOUND, engine) == {name: set() for name in SOUND}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_can_be_mended_by_ending_the_page_earlier_is_mended(engine: str) -> None:
    """A signature, notes, a heading, a head row, a group: all but what no page break could mend."""
    faulty = {**FAULTY, **FAULTY_IN_RDOCX, **FAULTY_IN_LIBREOFFICE}
    found = drawn({name: body for name, (body, _) in faulty.items()}, engine)
    unmended = {name for name, faults in found.items() if faults}
    assert unmended == {"empty", "row that does not split", "one line before a break"} | (
        {LONG_TABLE} if engine == "libreoffice" else set()
    )


@pytest.mark.usefixtures("once")
def test_a_mark_of_a_draft_is_no_text_of_the_page() -> None:
    body = lines(FULL) + SIGNATURE
    made = package(body, title="nháp", identifier="", properties={}, prompts=[], draft=True)
    assert [finding.code for finding in convert({"nháp": made}, "rdocx").findings] == ["pdf.page.signature_alone"]


def test_the_styles_it_goes_by_are_those_of_the_forms() -> None:
    for name in (*paged.NOTE_STYLES, paged.ZONE_STYLE):
        assert f'w:styleId="{name}"' in style.styles_xml()


def test_a_row_goes_over_with_the_signature() -> None:
    """No engine here keeps a row with what follows its table: the drawing ends the page before the row."""
    people = [row(str(number), f"Người {number}") for number in range(1, 41)]
    head = row("TT", "Họ tên", header=True)
    for count in range(30, 41):
        body = tables.table([3000, 3000], "".join([head, *people[:count]]))
        body += '<w:p><w:pPr><w:pStyle w:val="TinyLine"/></w:pPr></w:p>' + SIGNATURE
        assert drawn({"bảng": body}, "rdocx") == {"bảng": set()}, count


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("engine", ENGINES)
def test_on_a_page_laid_across_as_much_may_be_free_as_on_an_upright_one(engine: str) -> None:
    """A row of nine lines goes over: a fifth of an upright page holds eleven, of one laid across seven."""
    for count, found in ((9, []), (20, ["pdf.page.free"])):
        body = tables.table([3000, 3000], row("Một", "Hai") * 14 + tall(count))
        room = lines(2) if count == 9 else ""
        docx = package(room + body, title="", identifier="", properties={}, prompts=[], draft=False, landscape=True)
        assert [finding.code for finding in convert({"ngang": docx}, engine).findings] == found, count


@pytest.mark.usefixtures("once")
@pytest.mark.libreoffice
def test_a_short_table_goes_over_with_its_signature() -> None:
    """On a page laid across, a table kept whole and a signature are higher than half of it."""
    last = paragraph("Hạn mức: 2.", properties="<w:keepNext/>")
    people = [row(str(number), f"Người {number}", kept=True) for number in range(1, 11)]
    body = lines(6) + paragraph("Tổng hợp:", properties="<w:keepNext/>") + tables.table([3000, 3000], "".join(people))
    docx = package(body + last + SIGNATURE, title="", identifier="", properties={}, prompts=[], draft=False,
                   landscape=True)  # fmt: skip
    result = convert({"ngang": docx}, "libreoffice")
    assert result.findings == []
    assert page_count(result.pdfs["ngang"]) == 2


def test_a_signature_of_the_next_page_may_leave_its_own_height() -> None:
    """Nothing could stand in the room that a heading, a line and a signature take on the next page."""
    body = lines(FULL - 7) + paragraph("II. Mức", "SectionHeading") + paragraph("Tự xếp:", properties="<w:keepNext/>")
    assert drawn({"một": body + SIGNATURE}, "rdocx") == {"một": set()}
    text = paragraph("Một đoạn dài. " * 60, properties="<w:keepNext/><w:keepLines/>")
    assert drawn({"một": lines(FULL - 10) + text + SIGNATURE}, "rdocx") == {"một": {("free", 1)}}
