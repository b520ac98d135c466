"""Reading the cells of a workbook: formats, odd but legal XML, and what is refused before it costs anything."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from workbooks import MEMBERS_PART, raw_workbook, read, with_part

from docgen.dossier import workbook_limits
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.number_format import DATE, PERCENT, PLAIN, TIME, Percent, as_date, format_kind
from docgen.dossier.spreadsheet import NoValue, read_pages
from docgen.dossier.workbook_limits import WorkbookError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = (
    '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.{}"/></Types>'
)


def book(sheet: str, *, kind: str = "sheet.main+xml", strings: str = "", **others: str) -> bytes:
    """A workbook of one sheet, from the XML of its data."""
    parts = {
        "[Content_Types].xml": TYPES.format(kind),
        "xl/workbook.xml": '<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/>'
        '<Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/></Relationships>',
        "xl/s.xml": sheet,
        "xl/t.xml": f"<sst>{strings}</sst>",
    } | {name.replace("__", "/"): text for name, text in others.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name, text)
    return out.getvalue()


def cells(data: str, **more: Any) -> list[list[Any]]:
    return read_pages(book(f"<worksheet><sheetData>{data}</sheetData></worksheet>", **more))[0].rows


# -- what is legal --


def test_cells_without_references_with_prefixes_and_in_any_order() -> None:
    assert cells("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>") == [[1, 2], [3]]
    prefixed = (
        '<x:worksheet><x:sheetData><x:row r="2"><x:c r="B2"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert read_pages(book(prefixed))[0].rows == [[], ["", 7]]
    assert cells('<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>') == [[1], [], [3]]


def test_texts_shared_in_place_and_escaped() -> None:
    strings = "<si><t>a</t><rPh><t>đọc</t></rPh></si><si><r><t>b </t></r><r><t>c</t></r></si><si><t>_x0041_x</t></si>"
    data = "".join(f'<c t="s"><v>{n}</v></c>' for n in range(3)) + '<c t="inlineStr"><is><t>d</t></is></c>'
    assert cells(f"<row>{data}</row>", strings=strings) == [["a", "b c", "Ax", "d"]]


def test_booleans_errors_moments_and_formulas() -> None:
    data = (
        '<c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2018-12-20</v></c><c><f>A1</f></c>'
        '<c><f>A1</f><v>5</v></c><c t="str"><f>A1</f><v></v></c>'
    )
    (row,) = cells(f"<row>{data}<c><v>1</v></c></row>")
    assert row == [True, NoValue("#N/A"), datetime.datetime(2018, 12, 20), NoValue(), 5, "", 1]


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    [
        (0, None, PLAIN), (9, None, PERCENT), (10, None, PERCENT), (14, None, DATE), (22, None, DATE),
        (20, None, TIME), (164, "dd/mm/yyyy", DATE), (164, "[$-42A]dd mmmm yyyy;@", DATE), (164, "0.00%", PERCENT),
        (164, '0"%"', PLAIN), (164, r"0\%", PLAIN), (164, "[Red]0%", PERCENT), (164, "[h]:mm", TIME),
        (164, "h:mm", TIME), (164, '"ngày" 0', PLAIN), (164, "#,##0.00", PLAIN), (164, "General", PLAIN),
        (164, "[Blue]General", PLAIN), (164, "0;[Red]-0%", PLAIN), (164, "mmm-yy", DATE), (164, "_-* #,##0_-", PLAIN),
        (164, '"a;b" 0%', PERCENT), (164, '"mở', PLAIN), (164, "", PLAIN), (164, "\\", PLAIN),
    ],
)  # fmt: skip
def test_what_a_format_says(number: int, code: str | None, kind: str) -> None:
    assert format_kind(number, code) == kind


def test_sections_of_a_format_apply_by_sign() -> None:
    assert format_kind(164, "0;-0%", -1) == PERCENT
    assert format_kind(164, "0;-0;0%", 0) == PERCENT


def test_serial_numbers_around_the_day_that_never_was() -> None:
    assert as_date(1, since_1904=False) == datetime.datetime(1900, 1, 1)
    assert as_date(59, since_1904=False) == datetime.datetime(1900, 2, 28)
    assert as_date(61, since_1904=False) == datetime.datetime(1900, 3, 1)
    assert as_date(0, since_1904=True) == datetime.datetime(1904, 1, 1)
    assert as_date(2_958_465, since_1904=False) == datetime.datetime(9999, 12, 31)
    assert [as_date(n, since_1904=False) for n in (0, -1, 2_958_466, 1e300)] == [None] * 4


def test_percent_is_free_of_the_noise_of_binary_numbers() -> None:
    page = openpyxl.Workbook()
    page.active["A1"], page.active["A1"].number_format = 0.07, "0%"
    page.active["B1"], page.active["B1"].number_format = 0.29, "0.0%"
    out = io.BytesIO()
    page.save(out)
    (row,) = read_pages(out.getvalue())[0].rows
    assert row == [7, 29]
    assert all(isinstance(cell, Percent) for cell in row)


# -- what is refused --


def refused(raw: bytes) -> str:
    with pytest.raises(WorkbookError) as fault:
        read_pages(raw)
    return fault.value.code.removeprefix("dossier.excel.")


@pytest.mark.parametrize("part", [MEMBERS_PART, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels",
                                  "[Content_Types].xml"])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_part(part: str, encoding: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    def change(xml: bytes) -> bytes:
        text = xml.decode().split("?>", 1)[-1]
        return (bomb + text).encode(encoding)

    assert refused(with_part(raw_workbook(), part, change)) == "doctype"


@pytest.mark.parametrize(
    "data",
    [
        '<row r="0"><c r="A0"><v>1</v></c></row>', '<row r="x"/>', '<row r="-1"/>', '<row r="1048577"/>',
        '<row r="99999999999999999999"/>', '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1048577"><v>1</v></c></row>', '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>5</v></c></row>', '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
        '<row r="1"><c r="A1" s="-1"><v>1</v></c></row>', "<c><v>1</v></c>", "<row>", "<a>" * 100 + "</a>" * 100,
    ],
)  # fmt: skip
def test_broken_sheets_are_damaged_and_no_fault_of_ours(data: str) -> None:
    assert refused(book(f"<worksheet><sheetData>{data}</sheetData></worksheet>")) == "damaged"


def test_odd_numbers_are_kept_as_they_are() -> None:
    (row,) = cells("<row><c><v>x</v></c><c><v>1e400</v></c><c s='99'><v>1</v></c></row>")
    assert row == ["x", float("inf"), 1]


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("MAX_PARTS", 5, "too_many.parts"), ("MAX_TOTAL_BYTES", 10_000, "too_many.megabytes"),
        ("MAX_SHEETS", 3, "too_many.sheets"), ("MAX_CELLS", 100, "too_many.cells"),
        ("MAX_ELEMENTS", 1_000, "too_many.cells"), ("MAX_AREA", 500, "too_many.cells"),
        ("MAX_TEXT", 1_000, "too_many.text"), ("MAX_CELL_TEXT", 20, "too_many.text"),
    ],
)  # fmt: skip
def test_each_limit_is_kept(monkeypatch: pytest.MonkeyPatch, limit: str, value: int, code: str) -> None:
    read_pages(raw_workbook())
    monkeypatch.setattr(workbook_limits, limit, value)
    assert refused(raw_workbook()) == code


def test_a_part_that_unfolds_too_far() -> None:
    raw = with_part(
        raw_workbook(), MEMBERS_PART, lambda x: x.replace(b"<sheetData>", b"<sheetData>" + b" " * 20_000_000)
    )
    assert refused(raw) == "too_many.ratio"


def test_a_directory_that_lies_about_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_limits, "RATIO_FROM_BYTES", 10**9)
    raw = with_part(raw_workbook(), "xl/workbook.xml", lambda x: x.replace(b"<sheets>", b"<sheets>" + b" " * 9_000_000))
    assert refused(raw) == "too_many.megabytes"


def test_one_tag_of_megabytes() -> None:
    noise = "".join(f"{n:x}" for n in range(400_000))
    raw = book(f'<worksheet><sheetData><row spans="{noise}"/></sheetData></worksheet>')
    assert refused(raw) == "damaged"


def test_two_hundred_thousand_empty_rows_cost_nothing() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 200_003))
    assert cells(f'<row r="1"><c r="A1"><v>1</v></c></row>{rows}') == [[1]]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("sheet.main+xml", ""), ("template.main+xml", ""), ("sheet.binary.macroEnabled.main", ".xlsb"),
    ],
)  # fmt: skip
def test_kinds_of_workbooks(kind: str, shown: str) -> None:
    raw = book("<worksheet/>", kind=kind)
    if not shown:
        assert read_pages(raw)[0].rows == []
    else:
        with pytest.raises(WorkbookError) as fault:
            read_pages(raw)
        assert fault.value.params == {"kind": shown}


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code", "kind"),
    [
        (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "kind", ".ods"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "kind", ".odt"),
        (zipped(a=b"b"), "kind", ".zip"), (b"PK\x05\x06" + bytes(18), "kind", ".zip"),
        (b"\xd0\xcf\x11\xe0" + "Workbook".encode("utf-16-le"), "kind", ".xls"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "kind", ".doc"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password", None),
        (b"Rar!..", "kind", ".rar"), (b"%PDF-1.7", "kind", ".pdf"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_named_by_what_it_is(raw: bytes, code: str, kind: str | None) -> None:
    dossier, (finding,) = dossier_from_bytes(raw, "ho-so.xlsx")
    assert dossier is None
    assert (finding.code, finding.params.get("kind")) == (f"dossier.file.{code}", kind)


@pytest.mark.parametrize("cut", [4, 30, 100, 1_000, 20_000])
def test_a_workbook_cut_short_is_damaged(cut: int) -> None:
    dossier, findings = read(raw_workbook()[:cut])
    assert dossier is None
    assert [f.code for f in findings] == ["dossier.excel.damaged"]


def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(raw_workbook())
    with zipfile.ZipFile(out, "a") as target:
        target.writestr(MEMBERS_PART.upper(), b"<worksheet/>")
    assert refused(out.getvalue()) == "damaged"
