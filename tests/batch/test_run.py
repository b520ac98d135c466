"""Whole batches: what is made, what is kept, what is reported."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from batch_samples import Fill, Records, docx

from docgen.errors import EnvironmentFault, UsageError
from docgen.storage import hold, let_go


def codes(summary: Any) -> list[str]:
    return [finding["code"] for finding in summary.first]


def test_a_file_for_every_record_named_after_its_id(fill: Fill, records: Records, tmp_path: Path) -> None:
    summary = fill(records)
    assert (summary.made, summary.kept, summary.skipped) == (12, 0, 0)
    assert set(docx(tmp_path / "out")) == {f"dv-{number:02d}.docx" for number in range(1, 13)}
    assert summary.findings is None


def test_a_bad_record_is_reported_and_the_rest_is_made(fill: Fill, records: Records, tmp_path: Path) -> None:
    lines = [json.dumps(record) for record in records[:3]]
    text = "\n".join([lines[0], "{oops", "", lines[1], "[1]", '{"id": "../x"}', lines[2]]) + "\n"
    summary = fill(text)
    assert (summary.made, summary.skipped) == (3, 3)
    assert summary.findings is not None
    found = [json.loads(line) for line in summary.findings.read_text(encoding="utf-8").splitlines()]
    assert "dòng 2" in found[0]["source"]
    assert {f["line"] for f in found} == {2, 5, 6}
    assert set(docx(tmp_path / "out")) == {"dv-01.docx", "dv-02.docx", "dv-03.docx"}


def test_a_record_of_many_megabytes_costs_itself(fill: Fill, records: Records, tmp_path: Path) -> None:
    """The id of one record has 33 million letters."""
    large = {**records[1], "id": "x" * 33_000_000}
    summary = fill([records[0], large, records[2]])
    assert (summary.made, summary.skipped) == (2, 1)
    assert codes(summary) == ["dossier.file.record_large"]
    assert summary.first[0]["line"] == 2
    assert "34 MB" in summary.first[0]["message"]
    assert set(docx(tmp_path / "out")) == {"dv-01.docx", "dv-03.docx"}


def test_the_file_of_findings_goes_when_all_is_well(fill: Fill, records: Records) -> None:
    good, records[0]["member"]["full_name"] = records[0]["member"]["full_name"], 7
    findings = fill(records).findings
    assert findings is not None
    records[0]["member"]["full_name"] = good
    assert fill(records).made == 1
    assert not findings.exists()


def test_the_same_again_makes_nothing(fill: Fill, records: Records, tmp_path: Path) -> None:
    fill(records)
    before = docx(tmp_path / "out")
    summary = fill(records)
    assert (summary.made, summary.kept) == (0, 12)
    assert docx(tmp_path / "out") == before


def test_what_changed_is_made_anew_and_what_is_gone_is_reported(fill: Fill, records: Records, tmp_path: Path) -> None:
    fill(records)
    before = docx(tmp_path / "out")
    records[3]["member"]["full_name"] = "Trần Thị Mới"
    del records[7]
    summary = fill(records)
    assert (summary.made, summary.kept, summary.stale) == (1, 10, ["dv-08"])
    assert codes(summary) == ["batch.file.stale"]
    after = docx(tmp_path / "out")
    assert {name for name in before if after[name] != before[name]} == {"dv-04.docx"}
    assert fill(records).stale == ["dv-08"]
    (tmp_path / "out" / "dv-08.docx").unlink()
    assert fill(records).stale == []


def test_a_record_that_became_faulty_leaves_its_old_file_and_says_so(fill: Fill, records: Records) -> None:
    fill(records)
    records[0]["nonsense"] = 1
    summary = fill(records)
    assert summary.skipped == 1
    assert summary.stale == ["dv-01"]


def test_warnings_come_again_with_files_that_are_kept(fill: Fill, records: Records) -> None:
    records[0]["id"] = "DV-02"
    first = fill(records)
    again = fill(records)
    assert (again.made, again.kept) == (0, 12)
    assert again.first == first.first
    assert codes(again) == ["batch.id.duplicate"]


def test_a_file_of_somebody_else_is_never_replaced(fill: Fill, records: Records, tmp_path: Path) -> None:
    foreign = tmp_path / "out" / "dv-02.docx"
    foreign.parent.mkdir()
    foreign.write_bytes(b"mine")
    for _ in range(2):
        summary = fill(records)
        assert codes(summary) == ["batch.file.exists"]
        assert foreign.read_bytes() == b"mine"
    summary = fill(records, overwrite=True)
    assert (summary.made, summary.kept) == (1, 11)
    assert foreign.read_bytes() != b"mine"


def test_a_file_that_was_cut_short_is_made_again(fill: Fill, records: Records, tmp_path: Path) -> None:
    fill(records)
    path = tmp_path / "out" / "dv-05.docx"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    assert fill(records).made == 1
    assert path.read_bytes() == whole


def test_a_command_that_waited_does_not_replace_the_archive(fill: Fill, records: Records, tmp_path: Path) -> None:
    target, hidden = tmp_path / "all.zip", tmp_path / ".all.zip.docgen"
    lock = hidden / ".docgen-journal" / "lock"
    held, found = hold(lock, hidden), []

    def other() -> None:
        try:
            fill(records, archive=target)
        except UsageError as fault:
            found.append(fault.code)

    thread = threading.Thread(target=other)
    thread.start()
    time.sleep(0.5)
    target.write_bytes(b"the first command's")
    shutil.rmtree(hidden)
    let_go(held, lock, remove=False)
    thread.join()
    assert found == ["errors.usage.exists"]
    assert target.read_bytes() == b"the first command's"
    assert not hidden.exists()


def edited(path: Path) -> bytes:
    """Make of a Word file one that somebody saved anew."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"</w:t>", " – sửa tay</w:t>".encode(), 1))
    return path.read_bytes()


def test_a_file_somebody_edited_is_not_written_over(fill: Fill, records: Records, tmp_path: Path) -> None:
    fill(records)
    path = tmp_path / "out" / "dv-05.docx"
    mine = edited(path)
    summary = fill(records)
    assert (summary.made, summary.kept, summary.skipped) == (0, 12, 0)
    assert [f["code"] for f in summary.first] == ["batch.file.edited"]
    records[4]["member"]["full_name"] = "Nguyễn Văn Khác"
    for _ in range(2):  # it stays so until somebody decides
        summary = fill(records)
        assert (summary.made, summary.kept, summary.skipped, summary.stale) == (0, 11, 1, [])
        assert [f["code"] for f in summary.first] == ["batch.file.outdated"]
        assert path.read_bytes() == mine
    assert fill(records, overwrite=True).made == 1
    assert path.read_bytes() != mine


def test_another_draft_is_another_file(fill: Fill, records: Records) -> None:
    fill(records)
    assert fill(records, draft=True).made == 12


@pytest.mark.parametrize("method", [pytest.param("fork", marks=pytest.mark.serial), "spawn"])
def test_processes_change_nothing(
    fill: Fill, records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr("docgen.crew.start_method", lambda: method)
    monkeypatch.setattr("docgen.batch.source._SMALLEST_PIECE", 2000)
    records[5]["id"] = records[9]["id"] = "dv-01"
    records[2]["nonsense"] = 1
    one = fill(records, output=tmp_path / "one", jobs=1)
    two = fill(records, output=tmp_path / "two", jobs=2)
    assert docx(tmp_path / "one") == docx(tmp_path / "two")
    assert {"dv-01.docx", "dv-01~2.docx", "dv-01~3.docx"} <= set(docx(tmp_path / "two"))
    assert [f["code"] for f in one.first] == [f["code"] for f in two.first]
    journals = [(tmp_path / name / ".docgen-journal" / "kh55-2018.mau-05").read_bytes() for name in ("one", "two")]
    assert journals[0] == journals[1]


def test_one_archive(fill: Fill, records: Records, tmp_path: Path) -> None:
    fill(records)
    target = tmp_path / "all.zip"
    assert fill(records, archive=target).results == [target]
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == docx(tmp_path / "out")
        assert archive.namelist() == sorted(archive.namelist())
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    with pytest.raises(UsageError):
        fill(records, archive=target)
    before = target.read_bytes()
    fill(records, archive=target, overwrite=True)
    assert target.read_bytes() == before


def test_shards(fill: Fill, records: Records, tmp_path: Path) -> None:
    summary = fill(records, shard=5)
    assert [path.name for path in summary.results] == ["mau-05-001.zip", "mau-05-002.zip", "mau-05-003.zip"]
    assert [len(zipfile.ZipFile(path).namelist()) for path in summary.results] == [5, 5, 2]


def test_one_record_to_one_file(fill: Fill, records: Records, tmp_path: Path) -> None:
    target = tmp_path / "phieu.docx"
    assert fill(json.dumps(records[0], indent=1), ".json", output=target).results == [target]
    assert zipfile.is_zipfile(target)
    assert {path.name for path in tmp_path.iterdir()} == {"phieu.docx", "data.json"}
    with pytest.raises(UsageError):
        fill(json.dumps(records[0]), ".json", output=target)
    with pytest.raises(UsageError):
        fill(records, output=tmp_path / "other.docx")


def test_a_list_is_read_and_its_items_are_named_in_findings(fill: Fill, records: Records) -> None:
    records[1]["nonsense"] = 1
    summary = fill(json.dumps(records, indent=1), ".json")
    assert summary.made == 11
    assert summary.first[0]["pointer"] == "/1/nonsense"


@pytest.mark.parametrize("text", ["", "  \n\n", "[]", "{", '[{"id": 1},'])
def test_no_data_is_an_error_and_makes_nothing(fill: Fill, tmp_path: Path, text: str) -> None:
    summary = fill(text, ".json")
    assert summary.made == 0
    assert summary.skipped > 0
    assert [f["severity"] for f in summary.first] == ["error"]
    assert docx(tmp_path / "out") == {}


def test_a_full_disk_ends_with_a_clear_error_and_no_half_file(
    fill: Fill, records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0

    def write(handle: int, content: memoryview) -> int:
        nonlocal written
        written += 1
        if written > 4:
            real(handle, content[:100])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, content)

    real = os.write
    monkeypatch.setattr("docgen.batch.writing.os.write", write)
    with pytest.raises(EnvironmentFault) as fault:
        fill(records)
    assert fault.value.code == "errors.environment.disk_full"
    assert fault.value.exit_code == 4
    monkeypatch.undo()
    left = docx(tmp_path / "out")
    assert len(left) == 4
    assert all(zipfile.is_zipfile(tmp_path / "out" / name) for name in left)
    assert list((tmp_path / "out").glob(".*.part")) == []
    assert fill(records).kept == 4


def test_a_folder_that_cannot_be_written_to(fill: Fill, records: Records, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file, not a folder")
    with pytest.raises(EnvironmentFault):
        fill(records, output=tmp_path / "blocked" / "out")


def test_leftovers_of_a_killed_run_are_cleaned(fill: Fill, records: Records, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".docgen-123.part").write_bytes(b"half")
    fill(records)
    assert list((tmp_path / "out").glob(".*.part")) == []


def test_a_check_that_fails_stops_the_batch(
    fill: Fill, records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.forms.fill.missing_texts", lambda *_: ["member.full_name"])
    from docgen.errors import InternalError

    with pytest.raises(InternalError):
        fill(records)
    assert docx(tmp_path / "out") == {}


def test_a_fault_of_ours_costs_one_record(fill: Fill, records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.forms.data import Display

    real = Display.context

    def context(self: Display, data: Any, **options: Any) -> Any:
        if data["id"] == "dv-03":
            raise KeyError("x")
        return real(self, data, **options)

    monkeypatch.setattr(Display, "context", context)
    summary = fill(records)
    assert (summary.made, summary.skipped) == (11, 1)
    assert codes(summary) == ["batch.record.failed"]
