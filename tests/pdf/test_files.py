"""`docgen pdf` over folders: each file on its own, whole or not at all, taken up again after a kill."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from pdf_stand_ins import word

from docgen.errors import UsageError
from docgen.pdf import page_count
from docgen.pdf.files import Job, Outcome, Settings, convert_files, find_jobs

COMMAND = (sys.executable, "-c", "from docgen.cli import main; main()", "pdf")


def docgen_pdf(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of Word files, some in a folder of their own, and what is none of them."""
    folder = tmp_path / "vào"
    (folder / "chi bộ 1").mkdir(parents=True)
    for name in ("a.docx", "b.DOCX", "chi bộ 1/a.docx"):
        (folder / name).write_bytes(word(f"tệp {name}"))
    (folder / "~$a.docx").write_bytes(b"Word is open")
    (folder / "ghi chú.txt").write_text("không phải Word", encoding="utf-8")
    return folder


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def heard(jobs: list[Job], settings: Settings) -> list[Outcome]:
    out: list[Outcome] = []
    convert_files(jobs, settings, out.append)
    return out


def test_a_folder_keeps_its_order_and_a_second_run_does_nothing(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "ra"
    done = docgen_pdf(source, "-o", out)
    assert done.returncode == 0, done.stderr
    made = files_below(out)
    assert list(made) == ["a.pdf", "b.pdf", "chi bộ 1/a.pdf"]
    assert sorted(done.stdout.splitlines()) == sorted(str(out / name) for name in made)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.pdf")}
    again = docgen_pdf(source, "-o", out)
    assert (again.returncode, again.stdout) == (0, "")
    assert "3 đã có sẵn" in again.stderr
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.pdf")} == before
    over = docgen_pdf(source, "-o", out, "--overwrite")
    assert over.returncode == 0
    assert len(over.stdout.splitlines()) == 3
    assert files_below(out) == made


def test_a_bad_file_among_good_ones_costs_itself(source: Path, tmp_path: Path) -> None:
    (source / "hỏng.docx").write_bytes(b"rubbish")
    (source / "mất.docx").symlink_to(source / "không có")
    out = tmp_path / "ra"
    done = docgen_pdf("--json", source, "-o", out)
    assert done.returncode == 3
    import json

    told = json.loads(done.stdout)
    assert (told["made"], told["kept"], told["failed"]) == (3, 0, 2)
    assert {(f["code"], Path(f["file"]).name) for f in told["findings"]} == {
        ("pdf.file.unreadable", "hỏng.docx"),
        ("pdf.file.unreadable", "mất.docx"),
    }
    assert len(told["written"]) == 3
    assert told["engines"]["rdocx"]["count"] == 3


@pytest.mark.parametrize("count", [1, 2])
def test_where_all_fail_the_code_is_one(tmp_path: Path, count: int) -> None:
    paths = []
    for number in range(count):
        paths.append(tmp_path / f"{number}.docx")
        paths[-1].write_bytes(b"rubbish")
    assert docgen_pdf(*paths, "-o", tmp_path / "ra").returncode == 1
    assert not (tmp_path / "ra").exists()


def test_what_stands_there_is_not_touched(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "ra"
    (out / "chi bộ 1").mkdir(parents=True)
    (out / "a.pdf").write_bytes(b"somebody else's")
    done = docgen_pdf(source, "-o", out)
    assert done.returncode == 3
    assert "pdf.target.exists" in done.stderr
    assert (out / "a.pdf").read_bytes() == b"somebody else's"
    assert sorted(files_below(out)) == ["a.pdf", "b.pdf", "chi bộ 1/a.pdf"]


def test_only_a_pdf_of_this_very_file_is_kept(tmp_path: Path) -> None:
    job = Job(tmp_path / "a.docx", tmp_path / "a.pdf")
    job.source.write_bytes(word("một"))
    assert [one.state for one in heard([job], Settings())] == ["made"]
    assert [one.state for one in heard([job], Settings())] == ["kept"]
    assert [one.state for one in heard([job], Settings("rdocx"))] == ["failed"]
    signed = job.target.read_bytes() + b"% signed since\n"
    job.target.write_bytes(signed)
    assert [one.state for one in heard([job], Settings())] == ["kept"]
    job.source.write_bytes(word("hai"))
    assert [[f.code for f in one.findings] for one in heard([job], Settings())] == [["pdf.target.exists"]]
    assert job.target.read_bytes() == signed
    assert [one.state for one in heard([job], Settings(overwrite=True))] == ["made"]


def test_a_pdf_with_findings_says_them_again(tmp_path: Path) -> None:
    job = Job(tmp_path / "a.docx", tmp_path / "a.pdf")
    job.source.write_bytes(word("Chữ lạ \U00013000 ở đây"))
    first, second = heard([job], Settings("rdocx")) + heard([job], Settings("rdocx"))
    assert (first.state, second.state) == ("made", "kept")
    assert first.findings
    assert second.findings == first.findings
    assert first.is_faulty
    # Changed since then, it is somebody's work.
    job.target.write_bytes(job.target.read_bytes() + b"% signed since\n")
    assert [one.state for one in heard([job], Settings("rdocx"))] == ["failed"]


def test_two_files_for_one_pdf_are_refused_before_anything_is_done(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="same_names"):
        list(find_jobs([source / "a.docx", source / "chi bộ 1" / "a.docx"], tmp_path))
    (source / "a.DOCX").write_bytes(b"")
    with pytest.raises(UsageError, match="same_names"):
        list(find_jobs([source], tmp_path))
    # One file that was named twice is one file.
    assert len(list(find_jobs([source / "chi bộ 1", source / "chi bộ 1" / "a.docx"], tmp_path))) == 1


def test_the_print_copy_is_refused_where_a_part_is_missing(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "ban-in.pdf"
    done = docgen_pdf(source, "-o", out, "--merge")
    assert done.returncode == 0, done.stderr
    assert page_count(out.read_bytes()) == 3
    assert docgen_pdf(source, "-o", out, "--merge").returncode == 2
    (source / "hỏng.docx").write_bytes(b"rubbish")
    assert docgen_pdf(source, "-o", tmp_path / "khác.pdf", "--merge").returncode == 1
    assert not (tmp_path / "khác.pdf").exists()


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("seed", [1, 2])
def test_kill_and_go_on(tmp_path: Path, seed: int) -> None:
    source = tmp_path / "vào"
    source.mkdir()
    for number in range(40):
        (source / f"{number:02d}.docx").write_bytes(word(f"tệp số {number}"))
    whole, out = tmp_path / "whole", tmp_path / "ra"
    assert docgen_pdf(source, "-o", whole).returncode == 0
    wanted = random.Random(seed).randrange(3, 30)
    process = subprocess.Popen(
        [*COMMAND, str(source), "-o", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not (out.is_dir() and len(list(out.glob("*.pdf"))) >= wanted):
        time.sleep(0.002)
    process.kill()
    process.wait()
    left = {path.name: path.stat().st_mtime_ns for path in out.glob("*.pdf")}
    assert 0 < len(left) < 40
    assert docgen_pdf(source, "-o", out).returncode == 0
    made = {path.name: path.read_bytes() for path in out.glob("*.pdf")}
    assert made == {path.name: path.read_bytes() for path in whole.glob("*.pdf")}
    assert {name: (out / name).stat().st_mtime_ns for name in left} == left
