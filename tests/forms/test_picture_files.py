"""Pictures by the path of a file: from the folder of the data and from nowhere else, in dossiers, books and batches."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from picture_samples import OWN, declared, jpeg, png, record, regulation, text

from docgen import Regulations
from docgen.batch import Batch, Summary, run_batch
from docgen.dossier import load_dossier
from docgen.dossier.picture_files import MAX_TOTAL, PictureFolder
from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError
from docgen.forms.readback import read_form
from docgen.forms.schema import dossier_schema, form_schema
from docgen.pipeline import check_dossier, make_packet
from docgen.values.picture import MAX_BYTES

FORM = Regulations([OWN])["chi-bo-anh-2018"].form("minh-chung")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of data with pictures, and one beside it that nothing may read."""
    (tmp_path / "data" / "anh").mkdir(parents=True)
    (tmp_path / "data" / "anh" / "a.png").write_bytes(png())
    (tmp_path / "data" / "anh" / "b.jpg").write_bytes(jpeg())
    (tmp_path / "ngoai.png").write_bytes(png())
    return tmp_path / "data"


def scan_in(path: Path) -> str:
    """The picture in a filled form, as data."""
    return str(read_form(path.read_bytes(), regulation()).data["proof"]["scan"])


def codes(findings: Any) -> set[str]:
    return {finding.code for finding in findings}


# -- what may be named -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["anh/a.png", " anh/a.png ", "anh\\a.png", "./anh/a.png"])
def test_a_path_within_the_folder_is_taken(folder: Path, name: str) -> None:
    assert PictureFolder(folder).taken(name) == text(png())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../ngoai.png", "outside"), ("anh/../../ngoai.png", "outside"), ("anh/../anh/a.png", "outside"),
        ("/etc/passwd", "outside"), ("C:\\anh.png", "outside"), ("C:anh.png", "outside"),
        ("\\\\may\\anh.png", "outside"),
        ("https://vi-du.invalid/a.png", "outside"), ("file:///etc/passwd", "outside"), ("a.png:an", "outside"),
        ("anh/khong-co.png", "missing"), ("anh", "missing"), ("a\0b", "missing"), ("x" * 390, "missing"),
    ],
)  # fmt: skip
def test_a_path_elsewhere_is_refused(folder: Path, name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        PictureFolder(folder).taken(name)
    assert caught.value.code == f"dossier.picture.{code}"


def test_a_link_is_refused_wherever_it_leads(folder: Path) -> None:
    (folder / "lien-ket.png").symlink_to(folder.parent / "ngoai.png")
    (folder / "thu-muc").symlink_to(folder / "anh", target_is_directory=True)
    for name in ("lien-ket.png", "thu-muc/a.png"):
        with pytest.raises(InputError) as caught:
            PictureFolder(folder).taken(name)
        assert caught.value.code == "dossier.picture.outside"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_read(folder: Path) -> None:
    os.mkfifo(folder / "ong.png")
    with pytest.raises(InputError) as caught:
        PictureFolder(folder).taken("ong.png")
    assert caught.value.code == "dossier.picture.missing"


def test_the_content_counts_not_the_name(folder: Path) -> None:
    (folder / "gif.png").write_bytes(b"GIF89a" + bytes(90))
    (folder / "bom.png").write_bytes(declared(60_000, 60_000))
    (folder / "to.png").write_bytes(bytes(MAX_BYTES + 1))
    (folder / "anh.txt").write_bytes(jpeg())
    for name, code in (("gif.png", "kind"), ("bom.png", "pixels"), ("to.png", "large")):
        with pytest.raises(InputError) as caught:
            PictureFolder(folder).taken(name)
        assert caught.value.code == f"dossier.picture.{code}"
    assert PictureFolder(folder).taken("anh.txt") == text(jpeg())


def test_all_pictures_together_are_bounded(folder: Path) -> None:
    some = PictureFolder(folder, left=2 * len(png()))
    some.taken("anh/a.png")
    some.taken(text(png()))
    with pytest.raises(InputError) as caught:
        some.taken("anh/a.png")
    assert caught.value.code == "dossier.picture.total"
    assert PictureFolder(folder).left == MAX_TOTAL


# -- a form ------------------------------------------------------------------------------------------------------------


def test_a_form_takes_a_path_where_a_folder_is_given(folder: Path) -> None:
    given = record("anh/a.png")
    assert FORM.check(given, folder=folder) == []
    assert codes(FORM.check(given)) == {"dossier.picture.no_file", "validation.section.empty"}
    assert FORM.read(FORM.fill(given, folder=folder)).data == record(png())
    assert given == record("anh/a.png")
    with pytest.raises(InputError) as caught:
        FORM.fill(given, check=False)
    assert caught.value.code == "dossier.picture.no_file"


def test_a_required_picture_is_missed_one_that_is_not_is_not(folder: Path) -> None:
    assert codes(FORM.check(record(""))) == {"validation.section.empty"}
    assert FORM.check(FORM.example()) == []


def test_the_schema_says_what_it_is() -> None:
    value = form_schema(FORM.definition)["properties"]["proof"]["properties"]["scan"]
    assert (value["type"], value["contentEncoding"]) == ("string", "base64")
    member = dossier_schema([regulation()])["properties"]["members"]["items"]["properties"]
    assert member["proof"]["properties"]["scan"] == value


# -- a dossier ---------------------------------------------------------------------------------------------------------


def dossier(folder: Path, scan: str = "anh/a.png") -> Path:
    """A dossier of three members, the first of whom names a picture."""
    data = sample_dossier("chi-bo-anh-2018", members=3, folders=(OWN,))
    for member in data["members"]:
        member["proof"] = {"note": "Chứng chỉ", "scan": text(jpeg())}
    data["members"][0]["proof"]["scan"] = scan
    path = folder / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def test_a_dossier_holds_the_picture_that_it_names(folder: Path) -> None:
    found, findings = load_dossier(dossier(folder), [OWN])
    assert findings == []
    assert found is not None
    assert found.data["members"][0]["proof"]["scan"] == text(png())


def test_a_picture_that_is_none_is_told_with_its_line(folder: Path) -> None:
    path = dossier(folder, "../ngoai.png")
    checked = check_dossier(path, [OWN])
    found = [finding for finding in checked.findings if finding.code == "dossier.picture.outside"]
    line = next(n for n, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "ngoai.png" in row)
    assert [(f.place.pointer, f.place.line, f.who) for f in found] == [("/members/0/proof/scan", line, "dv-01")]
    assert ("validation.section.empty", "/members/0/proof/scan") in {
        (f.code, f.place.pointer) for f in checked.findings
    }


def test_a_packet_has_the_page_with_the_picture(folder: Path, tmp_path: Path) -> None:
    make_packet(dossier(folder), tmp_path / "bo", folders=[OWN])
    made = sorted((tmp_path / "bo").glob("*minh-chung*.docx"))
    assert len(made) == 3
    assert [scan_in(path) for path in made] == [text(png()), text(jpeg()), text(jpeg())]


def test_a_book_has_the_path_in_a_cell(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    from docgen.dossier.excel import workbook_bytes

    data = json.loads(dossier(folder).read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(regulation(), data)))
    assert "anh/a.png" in {cell.value for page in book.worksheets for row in page.iter_rows() for cell in row}
    path = folder / "ho-so.xlsx"
    book.save(path)
    found, findings = load_dossier(path, [OWN])
    assert findings == []
    assert found is not None
    assert [m["proof"]["scan"] for m in found.data["members"]] == [text(png()), text(jpeg()), text(jpeg())]


def test_a_returned_form_puts_its_picture_into_the_dossier(folder: Path) -> None:
    path = dossier(folder)
    docx = folder / "minh-chung-dv-01.docx"
    name = json.loads(path.read_text(encoding="utf-8"))["members"][0]["member"]["full_name"]
    back = record(png(shade=99), name)
    docx.write_bytes(FORM.fill(back))
    command = [sys.executable, "-m", "docgen", "read", str(docx), "--into", str(path), "--regulations", str(OWN),
               "--prefer", "word", "--yes"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "PNG 30×40" in done.stdout + done.stderr
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["members"][0]["proof"]["scan"] == text(png(shade=99))


# -- many records ------------------------------------------------------------------------------------------------------


def fill(folder: Path, *records: Any) -> Summary:
    source = folder / "data.jsonl"
    source.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return run_batch(Batch("chi-bo-anh-2018", "minh-chung", source, output=folder / "out", jobs=1, folders=(OWN,)))


def test_a_batch_takes_pictures_beside_its_file(folder: Path) -> None:
    first, second = record("anh/a.png"), {**record("anh/b.jpg"), "id": "dv-02"}
    bad = {**record("../ngoai.png"), "id": "dv-03"}
    summary = fill(folder, first, second, bad)
    assert (summary.made, summary.skipped) == (2, 1)
    assert "dossier.picture.outside" in {finding["code"] for finding in summary.first}
    assert {path.stem: scan_in(path) for path in (folder / "out").glob("*.docx")} == {
        "dv-01": text(png()), "dv-02": text(jpeg()),
    }  # fmt: skip


def test_a_batch_goes_on_and_sees_that_a_picture_changed(folder: Path) -> None:
    first, second = record("anh/a.png"), {**record("anh/b.jpg"), "id": "dv-02"}
    assert fill(folder, first, second).made == 2
    again = fill(folder, first, second)
    assert (again.made, again.kept) == (0, 2)
    (folder / "anh" / "a.png").write_bytes(png(shade=55))
    again = fill(folder, first, second)
    assert (again.made, again.kept) == (1, 1)
    assert scan_in(folder / "out" / "dv-01.docx") == text(png(shade=55))


# -- a unit's folder ---------------------------------------------------------------------------------------------------


def test_regulations_check_reads_the_block(tmp_path: Path) -> None:
    assert checked(OWN / "chi-bo-anh-2018") == (0, "")
    folder = tmp_path / "chi-bo-anh-2018"
    shutil.copytree(OWN / "chi-bo-anh-2018", folder)
    form = folder / "forms" / "minh-chung.yaml"
    written = form.read_text(encoding="utf-8")
    wrong = written.replace("160x230", "300x300").replace("name: member.full_name", "name: proof.scan")
    form.write_text(wrong, encoding="utf-8")
    code, said = checked(folder)
    assert code == 1
    assert "errors.definition.picture_size" in said
    assert "errors.definition.picture_signature" in said


def checked(folder: Path) -> tuple[int, str]:
    """What `docgen regulations --check` says of a folder: its exit code, and the codes of the faults."""
    command = [sys.executable, "-m", "docgen", "regulations", "--check", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, " ".join(re.findall(r"errors\.definition\.\w+", done.stdout))
