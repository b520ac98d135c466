"""The pieces a batch is made of: names, sources, the journal, archives, rosters."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from batch_samples import FORM, REGULATION, Fill, Records, docx

from docgen.batch import source as sources
from docgen.batch.archive import StreamedZip
from docgen.batch.file_names import name_hash, number_pieces, record_name, scan
from docgen.batch.journal import Entry, Journal, Known, read_entries
from docgen.batch.request import Piece
from docgen.batch.roster import columns, write_roster
from docgen.batch.source import cut, open_source
from docgen.errors import EnvironmentFault
from docgen.forms.definition import load_form
from docgen.regulations.loader import load_regulation

# -- names --


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b'{"id": "dv-1", "x": {"id": "no"}}', "dv-1"),
        (b' {"x": [1, 2], "id" : "dv-1"}', "dv-1"),
        (b'{"x": {"id": "no"}}', ""),
        (b'{"x": {"id": "no"}, "id": "dv-1"}', "dv-1"),
        (b'{"x": "\\"id\\": \\"no\\"", "id": "dv-1"}', "dv-1"),
        (b'{"\\u0069d": "dv-1"}', "dv-1"),
        (b'{"id": "  dv-1 "}', "dv-1"),
        (b'{"id": 7}', ""),
        (b'{"id": "dv-1"', ""),
        (b"[]", ""),
        (b"\xff", ""),
    ],
)
def test_the_id_of_a_line(line: bytes, name: str) -> None:
    assert record_name(line) == name


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_numbers_of_equal_names_do_not_depend_on_the_pieces(size: int) -> None:
    ids = ["a", "b", "A", "", "a", "c", "b"]
    lines = [json.dumps({"id": name}).encode() if name else b"" for name in ids]
    pieces = [Piece(n, 0, 0) for n in range(-(-len(lines) // size))]
    scanned = [scan(lines[n * size : n * size + size]) for n in range(len(pieces))]
    assert number_pieces(pieces, scanned, "f") == 6
    got = []
    for piece in pieces:
        for name in filter(None, ids[piece.before : piece.before + size]):
            hashed = name_hash(name)
            got.append(piece.ordinals.get(hashed, 1))
            if hashed in piece.ordinals:
                piece.ordinals[hashed] += 1
    assert got == [1, 1, 2, 3, 1, 2]


def test_a_record_without_an_id_is_named_after_its_line() -> None:
    piece = Piece(0, 0, 0)
    lines = [b"{}", b'{"id": "f-00001"}']
    number_pieces([piece], [scan(lines)], "f")
    assert piece.ordinals == {name_hash("f-00001"): 1}


# -- sources --


def lines_of(path: Path, work: Path) -> list[Any]:
    source, findings = open_source(path, work)
    assert source is not None, findings
    return [json.loads(line) for piece in cut(source, 2) for line in source.read(piece) if line.strip()]


@pytest.mark.parametrize("block", [2, 7, 64, 1 << 20])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_read_block_by_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, indent: int | None
) -> None:
    items = [{"id": "a", "x": ["é\n", {}]}, {}, 12, [1], "text ]", {"y": 1.5}]
    path = tmp_path / "data.json"
    path.write_text(json.dumps(items, indent=indent, ensure_ascii=False) + " \n", encoding="utf-8")
    monkeypatch.setattr(sources, "_BLOCK", block)
    assert lines_of(path, tmp_path) == items


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("content", [[{"a": "ế"}], {"a": "ế"}])
def test_any_encoding_of_json(tmp_path: Path, encoding: str, content: Any) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding=encoding)
    assert lines_of(path, tmp_path) == (content if isinstance(content, list) else [content])


@pytest.mark.parametrize("text", ["[1, 2", "[1 2]", "[1,]", "[1] x", "{", "{} x", "[,1]", "[[1]"])
def test_a_file_that_is_no_json_is_a_finding(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(text, encoding="utf-8")
    source, findings = open_source(path, tmp_path)
    assert source is None
    assert [finding.severity for finding in findings] == ["error"]


def test_lines_in_a_json_file(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}\n\n{"a": 3}')
    assert lines_of(path, tmp_path) == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_pieces_cover_every_line_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_SMALLEST_PIECE", 10)
    path = tmp_path / "data.jsonl"
    wanted = [{"n": "x" * (n % 13)} for n in range(50)]
    path.write_text("\n".join(json.dumps(item) for item in wanted), encoding="utf-8")
    assert lines_of(path, tmp_path) == wanted


# -- the journal --


def entry(number: int, name: str, key: str = "0", size: int = 10, mark: bytes = b"-") -> Entry:
    return Entry(number, key.zfill(32).encode(), size, mark, name)


def test_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "j"
    whole = entry(1, "a").line() + entry(2, "b").line()
    path.write_bytes(whole[:-3] + b"\n" + b"\0" * 50 + b"\n" + entry(3, "c").line() + entry(4, "d").line()[:-1])
    assert [e.name for e in read_entries(path)][-1] == "c"
    assert "d" not in {e.name for e in read_entries(path)}


def test_known_files(tmp_path: Path) -> None:
    known = Known([entry(1, "a"), entry(2, "b", mark=b"+"), entry(1, "a", key="1")])
    assert known.noted("a", entry(1, "a").key, 10) is None  # the last word counts
    assert known.noted("a", entry(1, "a", key="1").key, 10) is False
    assert known.noted("B", entry(1, "b").key, 10) is True
    assert known.noted("b", entry(1, "b").key, 11) is None
    assert "c" not in known


def test_one_command_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.storage._WAIT", 0.1)
    first, second = Journal(tmp_path / "j", "f"), Journal(tmp_path / "j", "f")
    first.open()
    with pytest.raises(EnvironmentFault):
        second.open()
    first.close()
    second.open()
    second.close()


def test_lines_of_a_killed_run_are_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "f.x")
    journal.open()
    journal.part(0).write_bytes(entry(1, "a").line())
    journal.close()
    again = Journal(tmp_path, "f.x")
    assert "a" in again.open()
    assert again.part(0) != journal.part(0)
    again.part(1).write_bytes(entry(2, "b").line())
    assert again.finish([(1, (0, again.part(1).stat().st_size))], lambda name: name == "a") == ["a"]
    assert [e.name for e in read_entries(again.path())] == ["b", "a"]
    assert again.runs() == []
    again.close()


# -- archives --


def test_a_streamed_zip_is_a_zip() -> None:
    out = io.BytesIO()
    made = StreamedZip(out, io.BytesIO())
    made.add("một.docx", b"1" * 1000)
    made.add("b.docx", b"")
    made.finish()
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["một.docx", "b.docx"]
        assert archive.read("một.docx") == b"1" * 1000


def test_more_files_than_an_old_zip_can_count() -> None:
    out = io.BytesIO()
    made = StreamedZip(out, io.BytesIO())
    for number in range(70_000):
        made.add(str(number), b"")
    made.finish()
    with zipfile.ZipFile(out) as archive:
        assert len(archive.namelist()) == 70_000


# -- rosters --


def test_a_roster_filled_in_excel(fill: Fill, records: Records, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    regulation = load_regulation(REGULATION)
    definition = load_form(regulation, FORM)
    path = tmp_path / "roster.xlsx"
    write_roster(path, definition)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    slots = columns(definition)
    for row, record in enumerate([records[0], None, {**records[1], "id": "wrong/id"}, records[2]], start=3):
        for column, slot in enumerate(slots, start=1):
            value: Any = record
            for name in slot.path:
                value = value.get(name) if value else None
            if value is not None:
                words = dict(slot.options).get(value, value) if slot.options else value
                sheet.cell(row, column, "\n".join(words) if isinstance(words, list) else words)
    book.save(path)
    roster = fill(path.read_bytes(), ".xlsx", output=tmp_path / "roster")
    assert roster.made == 2
    assert roster.first[0]["source"] == f"{FORM}!A5"
    fill([records[0], records[2]], output=tmp_path / "lines")
    assert docx(tmp_path / "roster") == docx(tmp_path / "lines")


def test_a_roster_with_a_name_the_form_does_not_have(fill: Fill, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Mã", "Tên"])
    book.active.append(["id", "member.ful_name"])
    book.save(tmp_path / "r.xlsx")
    summary = fill((tmp_path / "r.xlsx").read_bytes(), ".xlsx")
    assert [f["code"] for f in summary.first] == ["batch.roster.unknown_column"]
    assert "member.full_name" in summary.first[0]["hint"]


def test_a_roster_with_cells_as_people_keep_them(fill: Fill, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "roster.xlsx"
    regulation = load_regulation(REGULATION)
    write_roster(path, load_form(regulation, FORM))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    by_binding = {str(cell.value): cell.column for cell in sheet[2]}
    sheet.cell(3, by_binding["id"]).value = "dv-01"
    sheet.cell(3, by_binding["member.full_name"]).value = "#N/A"
    sheet["XFD1048576"] = sheet["ZZ3"] = "lạc"
    book.save(path)
    summary = fill(path.read_bytes(), ".xlsx", output=tmp_path / "out")
    name = f"{openpyxl.utils.get_column_letter(by_binding['member.full_name'])}3"
    assert [(f["code"], f["source"]) for f in summary.first] == [
        ("dossier.excel.error_cell", f"{sheet.title}!{name}"), ("dossier.excel.far_cell", f"{sheet.title}!XFD1048576"),
        ("dossier.excel.beside", f"{sheet.title}!ZZ3"),  # in a row that is read: somebody's own column
    ]  # fmt: skip
    assert summary.made == 0


def test_a_roster_that_is_another_kind_of_file_is_named(fill: Fill, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    summary = fill(out.getvalue(), ".ods", output=tmp_path / "out")
    assert [f["code"] for f in summary.first] == ["dossier.file.kind"]
