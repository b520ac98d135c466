"""docgen as a library: on values, in one process, in several threads, with its errors as sentences."""

from __future__ import annotations

import copy
import io
import json
import pickle
import zipfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import docx
import pytest

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.errors import DocgenError, InputError, UsageError


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return sample_dossier("hd16-2018")


@pytest.fixture(scope="module")
def dossier(data: dict[str, Any]) -> Any:
    found, findings = docgen.load_dossier(data)
    assert findings == []
    return found


def test_a_dossier_comes_from_a_path_bytes_a_mapping_or_an_open_file(data: dict[str, Any], tmp_path: Path) -> None:
    text = json.dumps(data, ensure_ascii=False)
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    before = copy.deepcopy(data)
    with path.open("rb") as opened:
        sources = [path, str(path), text.encode(), data, io.StringIO(text), io.BytesIO(text.encode()), opened]
        loaded = [docgen.load_dossier(source) for source in sources]
    assert all(found is not None and found.data == loaded[0][0].data for found, _ in loaded)  # type: ignore[union-attr]
    assert [findings for _, findings in loaded] == [[]] * 7
    assert data == before


def test_what_came_without_a_folder_may_name_no_folder(data: dict[str, Any]) -> None:
    found, findings = docgen.load_dossier(data | {"regulations": "."})
    assert found is None
    assert [f.code for f in findings] == ["dossier.regulations.no_file"]


def test_a_form_is_the_whole_job_of_one_form() -> None:
    form = docgen.Regulations()["kh55-2018"].form("mau-05")
    record = form.example()
    assert [f for f in form.check(record) if f.severity == "error"] == []
    page = form.fill(record)
    read = form.read(page)
    assert read.data == record | {k: v for k, v in read.data.items() if k not in record}
    assert [f for f in read.findings if f.severity == "error"] == []
    assert form.schema["$id"] == "docgen:kh55-2018/mau-05"
    assert docx.Document(io.BytesIO(form.blank())).paragraphs
    assert zipfile.ZipFile(io.BytesIO(form.template)).testzip() is None
    assert form.regulation.form("mau-05") is form


def test_a_record_that_does_not_conform_is_refused_with_its_findings() -> None:
    form = docgen.Regulations()["kh55-2018"].form("mau-05")
    record = form.example() | {"stranger": "x"}
    for fill in (form.fill, lambda given: docgen.fill("kh55-2018", "mau-05", given)):
        with pytest.raises(InputError) as caught:
            fill(record)
        assert caught.value.code == "errors.input.record"
        assert [f for f in caught.value.findings if f.place.pointer == "/stranger"]
    assert form.fill(record, check=False) == form.fill(form.example())


def test_a_blank_form_of_a_member_carries_who_it_is_for(dossier: Any) -> None:
    form = docgen.Regulations()["hd16-2018"].form("mau-02")
    member = dossier.members[0]
    read = form.read(form.blank(dossier=dossier, member=member["id"]))
    assert read.data["member"]["full_name"] == member["member"]["full_name"]
    with pytest.raises(UsageError):
        form.blank(dossier=dossier, member="nobody")


def test_from_value_to_packet(dossier: Any, data: dict[str, Any], tmp_path: Path) -> None:
    assert [f for f in docgen.validate(dossier) if f.severity == "error"] == []
    board = docgen.grade(dossier)
    assert {row.id for row in board.rows} >= {member["id"] for member in data["members"]}
    out = io.BytesIO()
    packet, checked = docgen.build_packet(dossier, out)
    assert checked.sound
    assert packet is not None
    names = zipfile.ZipFile(out).namelist()
    assert "manifest.json" in names
    docgen.build_packet(data, tmp_path / "p.zip")
    assert (tmp_path / "p.zip").read_bytes() == out.getvalue()
    docgen.build_packet(dossier, to=tmp_path / "p")
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == sorted(names)
    with pytest.raises(UsageError, match=r"p\.zip"):
        docgen.build_packet(dossier, tmp_path / "p.zip")


def test_a_dossier_with_errors_makes_no_packet_and_writes_nothing(data: dict[str, Any], tmp_path: Path) -> None:
    broken = copy.deepcopy(data)
    broken["members"][0]["member"].pop("full_name")
    out = io.BytesIO()
    packet, checked = docgen.build_packet(broken, out)
    assert packet is None
    assert not checked.sound
    assert out.getvalue() == b""
    assert docgen.build_packet({"members": []}, tmp_path / "p")[0] is None
    assert list(tmp_path.iterdir()) == []


def test_grades_are_written_into_a_copy(data: dict[str, Any]) -> None:
    empty = copy.deepcopy(data)
    for member in empty["members"]:
        member.get("cell", {}).pop("grade", None)
    dossier, _ = docgen.load_dossier(empty)
    assert dossier is not None
    board = docgen.grade(dossier)
    written, done = docgen.write_grades(dossier, board)
    settled = {row.id: row.grade for row in board.rows if row.subject == "dang_vien" and row.settled}
    assert {p: g for p, g in done.filled if p.endswith("/cell/grade")} == {
        f"/members/{i}/cell/grade": settled[m["id"]] for i, m in enumerate(written["members"]) if m["id"] in settled
    }
    assert settled
    assert all("grade" not in member.get("cell", {}) for member in dossier.members)


def test_returned_forms_are_merged_as_the_command_does(dossier: Any) -> None:
    regulation = docgen.Regulations()["hd16-2018"]
    form = regulation.form("mau-02")
    member = dossier.members[1]["id"]
    returned = form.read(form.blank(dossier=dossier, member=member))
    merged = docgen.merge_readings(dossier, [returned, form.read(b"no Word file")])
    assert merged.data == dossier.data
    assert merged.merges[1] is None
    assert merged.findings


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        docgen.propose("hd16-2018", "dang_vien", {"is_haed": True})
    assert caught.value.facts["near"] == "is_head"
    assert "“is_head”" in str(caught.value)
    with pytest.raises(UsageError) as caught:
        docgen.propose("hd16-2018", "dang_vien", {"qqqq": True})
    assert "“”" not in caught.value.text("vi") + caught.value.text("en")
    for ask in (lambda: docgen.Regulations()["kh99"], lambda: docgen.Regulations()["kh55-2018"].form("mau-99")):
        with pytest.raises(UsageError):
            ask()
    assert "kh99" not in docgen.Regulations()
    assert set(docgen.Regulations()) >= {"kh55-2018", "hd43-2025"}


def test_errors_and_findings_are_sentences_in_both_languages() -> None:
    with pytest.raises(DocgenError) as caught:
        docgen.Regulations()["kh99"]
    assert str(caught.value) == f"{caught.value.text('vi')} [errors.usage.unknown_regulation]"
    assert "kh99" in caught.value.text("vi")
    assert caught.value.text("en") != caught.value.text("vi")
    _, (finding,) = docgen.load_dossier({})
    assert finding.text("vi") != finding.text("en")
    assert set(finding.as_json("en")) == {"code", "severity", "file", "pointer", "source", "who", "message", "hint"}


def test_what_was_checked_travels(dossier: Any) -> None:
    from docgen.dossier.json_reader import JsonPlaces

    checked = docgen.check(dossier)
    for value in (dossier, checked, checked.board, docgen.Regulations()["hd16-2018"].data):
        pickle.loads(pickle.dumps(value))
    text = json.dumps(dossier.data, ensure_ascii=False)
    read, _ = docgen.load_dossier(text.encode(), name="a.json")
    assert read is not None
    assert isinstance(read.places, JsonPlaces)
    read.place("/members/1/member")
    again = pickle.loads(pickle.dumps(docgen.check(read)))
    assert again.findings == docgen.check(read).findings
    assert again.dossier.place("/members/2/member/full_name") == read.place("/members/2/member/full_name")


def _packet_bytes(text: bytes) -> bytes:
    out = io.BytesIO()
    docgen.build_packet(text, out, jobs=0)
    return out.getvalue()


def test_somebody_elses_executor_makes_the_same_packet(data: dict[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False).encode()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(_packet_bytes, text).result() == _packet_bytes(text)


def test_many_threads_get_one_answer(data: dict[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False).encode()
    form = docgen.Regulations()["hd16-2018"].form("mau-02")
    record, page = form.example(), form.fill(form.example())

    def mixed(number: int) -> tuple[int, Any]:
        kind = number % 5
        if kind == 0:
            return kind, form.fill(record)
        if kind == 1:
            return kind, json.dumps(form.read(page).data, sort_keys=True)
        if kind == 2:
            loaded, _ = docgen.load_dossier(text)
            assert loaded is not None
            return kind, [f.as_json("en") for f in docgen.validate(loaded)].__repr__()
        loaded, _ = docgen.load_dossier(text)
        assert loaded is not None
        return kind, docgen.grade(loaded).as_text("vi" if kind == 3 else "en")

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(mixed, range(40)))
    assert len(answers) == 5


def test_a_form_is_filled_by_whatever_names_its_regulation() -> None:
    regulation = docgen.Regulations()["kh55-2018"]
    record = regulation.form("mau-05").example()
    pages = [docgen.fill(one, "mau-05", record) for one in ("kh55-2018", regulation, regulation.data)]
    assert pages == [regulation.form("mau-05").fill(record)] * 3


def test_ballots_files_and_templates_by_their_public_names(data: dict[str, Any]) -> None:
    form = docgen.Regulations()["kh55-2018"].form("mau-05")
    assert [f.code for f in docgen.check_template(form.template, "kh55-2018", "mau-05") if f.severity == "error"] == []
    converted = docgen.convert({"a.docx": form.fill(form.example())}, "rdocx")
    assert converted.pdfs["a.docx"].startswith(b"%PDF-")
    with pytest.raises(InputError):
        docgen.convert({"a.docx": b"no Word file"}, "rdocx")
    with pytest.raises(InputError):
        docgen.verify("/nowhere/packet.zip")
