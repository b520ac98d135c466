"""`docgen convert`: JSON and Excel, either way; what the other kind cannot hold is said."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from cli_run import Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import docgen
from docgen.dossier import load_dossier
from docgen.dossier.exchange import exchange
from docgen.dossier.loaded import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.regulations.loader import list_regulations

ROOT = Path(__file__).parents[2]


def data_of(path: Path) -> object:
    dossier, _ = load_dossier(path)
    assert dossier is not None
    return dossier.given


@pytest.mark.parametrize("regulation", list_regulations())
def test_every_sample_goes_to_excel_and_back(run: Run, tmp_path: Path, regulation: str) -> None:
    assert run("init", tmp_path, "-r", regulation).code == 0
    first, book, again = tmp_path / "ho-so.json", tmp_path / "so.xlsx", tmp_path / "lai.json"
    ran = run("convert", first, book)
    assert (ran.code, ran.out.strip()) == (0, str(book)), ran.err
    assert run("convert", book, again).code == 0
    assert data_of(again) == data_of(first) == data_of(book)


#: Texts as people write them, and as they do not: signs of Excel, of XML, of Jinja, codes, numbers, dates.
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30),
    st.sampled_from(["=1+1", "@x", "'5", "0012", "1/2", "12,5", "TRUE", "#N/A", "_x0041_", "a<b&c", "-", "Có", "1e5"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=WORDS, place=WORDS, paragraphs=st.lists(WORDS, min_size=1, max_size=3))
def test_whatever_is_written_comes_back_or_is_named(name: str, place: str, paragraphs: list[str]) -> None:
    data = sample_dossier("kh55-2018", members=2)
    data["members"][0]["member"]["full_name"] = name
    data["members"][1]["member"]["workplace"] = place
    data["members"][1]["review"]["ideology"] = paragraphs
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    made = exchange(dossier, "xlsx")
    if made.content is None:
        assert made.findings
        return
    again, _ = docgen.load_dossier(made.content, name="so.xlsx")
    assert again is not None
    assert again.given == dossier.given


def test_what_a_book_cannot_hold_is_named_and_nothing_written(run: Run, tmp_path: Path, dossier: Path) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    data["cua_toi"] = "ghi nhớ"
    for member in data["members"]:
        member["dien_thoai"] = "090"
    dossier.write_text(json.dumps(data), encoding="utf-8")
    book = tmp_path / "so.xlsx"
    ran = run("convert", dossier, book, "--json")
    assert ran.code == 1
    assert not book.exists()
    assert ran.json["written"] is False
    lost = {f["pointer"] for f in ran.json["findings"] if f["code"] == "dossier.convert.lost"}
    assert lost == {"/cua_toi", "/members/0/dien_thoai"}, "the same value of every member is one finding"
    ran = run("convert", dossier, book, "--leave-out")
    assert ran.code == 0
    assert "/cua_toi" in ran.err
    assert book.exists()


def test_a_text_too_long_for_a_cell_is_named(run: Run, tmp_path: Path, dossier: Path) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    data["members"][0]["review"]["ideology"] = ["dài " * 9000]
    dossier.write_text(json.dumps(data), encoding="utf-8")
    ran = run("convert", dossier, tmp_path / "so.xlsx", "--leave-out")
    assert ran.code == 1
    assert "dossier.usage.cell_too_long" in ran.err
    assert not (tmp_path / "so.xlsx").exists()


def test_what_could_not_be_read_from_a_book_is_named(run: Run, tmp_path: Path, dossier: Path) -> None:
    book = tmp_path / "so.xlsx"
    assert run("convert", dossier, book).code == 0
    own = openpyxl.load_workbook(book)
    own.create_sheet("Điện thoại")["A1"] = "090"
    own["Đảng viên"]["B3"] = "#N/A"
    own["Đảng viên"]["B3"].data_type = "e"
    own.save(book)
    ran = run("convert", book, tmp_path / "lai.json")
    assert ran.code == 1
    assert 'Ô B3 của trang "Đảng viên" đang báo lỗi #N/A' in ran.err
    assert "Điện thoại" in ran.err
    assert not (tmp_path / "lai.json").exists()


def test_nothing_is_written_over_without_a_word(run: Run, tmp_path: Path, dossier: Path) -> None:
    book = tmp_path / "so.xlsx"
    book.write_bytes(b"hers")
    assert run("convert", dossier, book).code == 2
    assert book.read_bytes() == b"hers"
    assert run("convert", dossier, book, "--overwrite").code == 0
    assert openpyxl.load_workbook(io.BytesIO(book.read_bytes()))


@pytest.mark.parametrize("name", ["b.json", "b.csv", "b"])
def test_only_the_other_kind(run: Run, tmp_path: Path, dossier: Path, name: str) -> None:
    assert run("convert", dossier, tmp_path / name).code == 2
    assert not (tmp_path / name).exists()


def test_a_unit_folder_is_looked_for_beside_the_new_file(run: Run, tmp_path: Path) -> None:
    """The dossier names the folder of its unit's regulations; in another place the new file would not find it."""
    unit = ROOT / "examples" / "don-vi"
    source = next(path for path in sorted(unit.glob("*.json")))
    if not json.loads(source.read_text(encoding="utf-8")).get("regulations"):
        pytest.skip("this example names no folder")
    ran = run("convert", source, tmp_path / "so.xlsx")
    assert ran.code == 1
    assert 'Không có thư mục văn bản "van-ban"' in ran.err
    shutil.copytree(unit, tmp_path / "don-vi")
    assert run("convert", source, tmp_path / "don-vi" / "so.xlsx").code == 0


def test_the_library_converts_too() -> None:
    dossier, _ = docgen.load_dossier(sample_dossier("kh55-2018", members=2))
    assert dossier is not None
    book, findings = docgen.convert_dossier(dossier, "xlsx")
    assert findings == []
    assert book is not None
    again, _ = docgen.load_dossier(book, name="so.xlsx")
    assert again is not None
    text, _ = docgen.convert_dossier(again, "json")
    assert text is not None
    assert json.loads(text) == dossier.given


@pytest.mark.parametrize("regulation", list_regulations())
def test_the_book_is_short_unless_asked_in_full(run: Run, tmp_path: Path, regulation: str) -> None:
    assert run("init", tmp_path, "-r", regulation).code == 0
    first, short, full = tmp_path / "ho-so.json", tmp_path / "ngan.xlsx", tmp_path / "du.xlsx"
    assert run("convert", first, short).code == 0
    assert run("convert", first, full, "--full").code == 0
    books = [openpyxl.load_workbook(path) for path in (short, full)]
    assert [book.sheetnames[0] for book in books] == ["Hướng dẫn", "Tổ chức"]
    columns = [sum(sheet.max_column for sheet in book if str(sheet["C1"].value)[:7] != "docgen:") for book in books]
    assert columns[0] < columns[1]
    assert data_of(short) == data_of(full) == data_of(first)
    # The guide is no sheet of her own.
    again = run("convert", short, tmp_path / "lai.json")
    assert (again.code, "Hướng dẫn" in again.err) == (0, False)


def test_a_value_that_nothing_asks_for_stays_in_the_short_book(run: Run, tmp_path: Path, dossier: Path) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    data["members"][0]["facts"]["private_enterprise_owner"] = True
    dossier.write_text(json.dumps(data), encoding="utf-8")
    assert run("convert", dossier, tmp_path / "so.xlsx").code == 0
    assert data_of(tmp_path / "so.xlsx") == data_of(dossier)


def columns_of(book: bytes) -> int:
    """How many columns, and rows of the sheets of values, a workbook has."""
    pages = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    return sum(page.max_row if str(page["C1"].value).startswith("docgen:") else page.max_column for page in pages)


@pytest.mark.parametrize("regulation", ["hd16-2018", "hd43-2025"])
def test_the_library_writes_the_same_book_as_the_command(run: Run, tmp_path: Path, regulation: str) -> None:
    """The columns that are asked for, and whatever else has a value; every one only where it is wished."""
    data = sample_dossier(regulation, members=2)
    source, target = tmp_path / "a.json", tmp_path / "b.xlsx"
    source.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    assert run("convert", source, target).code == 0
    dossier, _ = docgen.load_dossier(source)
    assert dossier is not None
    short, _ = docgen.convert_dossier(dossier, "xlsx")
    full, _ = docgen.convert_dossier(dossier, "xlsx", full=True)
    assert short is not None and full is not None  # noqa: PT018
    assert columns_of(short) == columns_of(target.read_bytes()) < columns_of(full)
