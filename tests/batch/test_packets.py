"""A packet for each of many dossiers: all of them, whole, once; resumed; nothing of anybody's lost."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docgen.batch.dossier_files import find_dossiers
from docgen.batch.many_packets import PacketBatch, run_packets
from docgen.batch.request import Summary
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.sample import sample_dossier
from docgen.errors import EnvironmentFault, InternalError, UsageError
from docgen.packet.handover import look_into
from docgen.packet.make import SUMMARY
from docgen.pipeline import PacketOptions, make_packet
from docgen.regulations.loader import load_regulation

Dossiers = list[dict[str, Any]]
Make = Callable[..., Summary]
NAMES = ["chi-bo-phong-a", "chi-bo-phong-b", "chi-bo-phong-c"]


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    return sample_dossier("kh55-2018", members=1)


@pytest.fixture
def dossiers(small: dict[str, Any]) -> Dossiers:
    out = [copy.deepcopy(small) for _ in NAMES]
    for letter, dossier in zip("ABC", out, strict=True):
        dossier["organization"]["name"] = f"Chi bộ Phòng {letter}"
    return out


def lines(path: Path, dossiers: Dossiers) -> Path:
    path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in dossiers), encoding="utf-8")
    return path


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the dossiers as JSON lines and make their packets in `tmp_path/out`."""

    def go(dossiers: Dossiers, output: str = "out", *, jobs: int = 1, **given: Any) -> Summary:
        source = lines(tmp_path / "ho-so.jsonl", dossiers)
        options = PacketOptions(
            jobs=jobs, **{k: given.pop(k) for k in ("overwrite", "draft", "pdf_engine") if k in given}
        )
        return run_packets(PacketBatch((source,), tmp_path / output, options, **given))

    return go


def files(folder: Path) -> dict[str, bytes]:
    """Every file of all packets in `folder`."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def codes(folder: Path) -> list[str]:
    path = folder / "findings.jsonl"
    return [json.loads(line)["code"] for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


# -- what there is to make -------------------------------------------------------------------------------------------


def test_names_come_from_files_folders_and_bodies(tmp_path: Path, dossiers: Dossiers) -> None:
    for name, dossier in zip(("x/ho-so.json", "y/ho-so.json", "y/khac.json"), dossiers, strict=True):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(json.dumps(dossier), encoding="utf-8")
    (tmp_path / "in" / "x" / "~$ho-so.xlsx").write_bytes(b"lock file of Excel")
    (tmp_path / "in" / ".hidden").mkdir()
    (tmp_path / "in" / ".hidden" / "no.json").write_text("{}", encoding="utf-8")
    same = copy.deepcopy(dossiers[0])
    same["organization"]["name"] = "CHI BỘ PHÒNG A"
    source = lines(tmp_path / "d.jsonl", [*dossiers, same, {"organization": 1}])
    found = find_dossiers([tmp_path / "in", source], (), tmp_path / "work")
    assert [item.name for item in found.items()] == [
        "x-ho-so", "y-ho-so", "khac", *NAMES, "chi-bo-phong-a~2", "ho-so-00005",
    ]  # fmt: skip
    assert [item.twice for item in found.items()] == [False] * 6 + [True, False]


def test_a_json_list_is_many_dossiers(tmp_path: Path, dossiers: Dossiers) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps(dossiers, indent=1), encoding="utf-8")
    found = find_dossiers([path], (), tmp_path / "work")
    items = list(found.items())
    assert [item.name for item in items] == NAMES
    dossier, _ = found.load(items[1])
    assert dossier is not None
    assert dossier.place("/members/0").source == "/1/members/0"


def test_nothing_to_make_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError) as caught:
        run_packets(PacketBatch((tmp_path / "in",), tmp_path / "out"))
    assert caught.value.code == "batch.usage.no_dossiers"


# -- making ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alone(small: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packet of the second dossier, made by itself."""
    folder = tmp_path_factory.mktemp("alone")
    one = copy.deepcopy(small)
    one["organization"]["name"] = "Chi bộ Phòng B"
    (folder / "ho-so.json").write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    packet, _ = make_packet(folder / "ho-so.json", folder / "packet")
    assert packet is not None
    return folder / "packet"


def test_each_packet_is_the_one_made_alone(make: Make, dossiers: Dossiers, tmp_path: Path, alone: Path) -> None:
    summary = make(dossiers)
    assert (summary.made, summary.kept, summary.skipped, summary.stale) == (3, 0, 0, [])
    assert sorted(path.name for path in (tmp_path / "out").glob("*/")) == [".docgen-journal", *NAMES]
    ours, theirs = files(tmp_path / "out" / NAMES[1]), files(alone)
    # The manifest names another source, the page for the secretary the lines of the findings.
    told = {"manifest.json", SUMMARY}
    assert {n: c for n, c in ours.items() if n not in told} == {n: c for n, c in theirs.items() if n not in told}
    assert json.loads(ours["manifest.json"])["dossier"]["file"] == "ho-so.jsonl"
    assert all(look_into(tmp_path / "out" / name).sound for name in NAMES)


@pytest.mark.parametrize("method", [pytest.param("fork", marks=pytest.mark.serial), "spawn"])
def test_processes_change_nothing(
    make: Make, dossiers: Dossiers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr("docgen.crew.start_method", lambda: method)
    dossiers[0]["wrong"] = 1
    one, two = make(dossiers, "one", jobs=1), make(dossiers, "two", jobs=2)
    assert (one.made, one.skipped) == (two.made, two.skipped) == (2, 1)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    journals = [(tmp_path / name / ".docgen-journal" / "packets").read_bytes() for name in ("one", "two")]
    assert journals[0] == journals[1]


def test_a_faulty_dossier_costs_its_own_packet(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    dossiers[1]["wrong"] = 1
    del dossiers[2]["regulation"]
    summary = make(dossiers)
    assert (summary.made, summary.skipped) == (1, 2)
    assert set(files(tmp_path / "out")) > {"findings.jsonl"}
    assert not (tmp_path / "out" / NAMES[1]).exists()
    assert {"validation.shape.unknown_name", "dossier.regulation.missing"} <= set(codes(tmp_path / "out"))
    assert [one["code"] for one in summary.first] == ["batch.packet.skipped"] * 2
    assert "dòng 2" in summary.first[0]["source"]
    drafts = make(dossiers[:2], "drafts", draft=True)
    assert (drafts.made, drafts.skipped) == (2, 0)


def test_a_stray_cell_in_one_workbook_costs_its_own_packet(dossiers: Dossiers, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    folder = tmp_path / "data"
    folder.mkdir()
    for name, data in zip("abc", dossiers, strict=True):
        book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(load_regulation("kh55-2018"), data)))
        if name == "b":
            book["Đảng viên"]["XFD1048576"] = "lạc"
        book.save(folder / f"{name}.xlsx")
    summary = run_packets(PacketBatch((folder,), tmp_path / "out", PacketOptions(jobs=1)))
    assert (summary.made, summary.skipped) == (2, 1)
    assert "dossier.excel.far_cell" in codes(tmp_path / "out")


def test_a_pdf_that_loses_a_letter_costs_its_own_packet(
    make: Make, dossiers: Dossiers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def maker(*_: Any) -> Any:
        def draw(work: Path, filled: Any, index: Any) -> Any:
            if NAMES[1] in work.name:
                raise InternalError("errors.internal.pdf", problem="x")
            return real(work, filled, index)

        return draw

    def real(work: Path, filled: Any, index: Any) -> Any:
        from docgen.packet.make import PdfParts

        return PdfParts({document.number: {} for document, _ in filled}, {}, {}, [], {}, [])

    monkeypatch.setattr("docgen.packet.pdf.pdf_maker", maker)
    summary = make(dossiers, pdf_engine="rdocx")
    assert (summary.made, summary.skipped) == (2, 1)
    assert "errors.internal.pdf" in codes(tmp_path / "out")
    assert not (tmp_path / "out" / NAMES[1]).exists()


def test_a_fault_of_ours_costs_its_own_packet(
    make: Make, dossiers: Dossiers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docgen.batch import packet_maker

    real = packet_maker.check_loaded

    def failing(dossier: Any, findings: Any) -> Any:
        if dossier.data["organization"]["name"].endswith("B"):
            raise KeyError("x")
        return real(dossier, findings)

    monkeypatch.setattr(packet_maker, "check_loaded", failing)
    summary = make(dossiers)
    assert (summary.made, summary.skipped) == (2, 1)
    assert "batch.packet.failed" in codes(tmp_path / "out")


def test_a_faulty_regulation_of_a_unit_costs_its_own_packet(dossiers: Dossiers, tmp_path: Path, make: Make) -> None:
    (tmp_path / "don-vi" / "rieng").mkdir(parents=True)
    (tmp_path / "don-vi" / "rieng" / "regulation.yaml").write_text("regulation: rieng\nnonsense: 1\n")
    dossiers[1] |= {"regulation": "rieng", "regulations": "don-vi"}
    summary = make(dossiers)
    assert (summary.made, summary.skipped) == (2, 1)
    assert any(code.startswith("errors.definition") for code in codes(tmp_path / "out"))


def test_what_was_noted_of_a_drawing_is_said_again(
    make: Make, dossiers: Dossiers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import asdict

    from docgen.model import Finding, Place
    from docgen.packet.make import PdfParts

    noted = Finding("pdf.font.substituted", "warning", Place("x.pdf"), {"font": "X", "letters": "Ế"})

    def maker(*_: Any) -> Any:
        def draw(work: Path, filled: Any, index: Any) -> PdfParts:
            engine = {"engine": "x", "findings": [asdict(noted)]}
            return PdfParts({document.number: None for document, _ in filled}, {}, {}, [], engine, [noted])  # type: ignore[misc]

        return draw

    monkeypatch.setattr("docgen.packet.pdf.pdf_maker", maker)
    make(dossiers[:1], pdf_engine="rdocx")
    first = codes(tmp_path / "out")
    assert "pdf.font.substituted" in first
    assert make(dossiers[:1], pdf_engine="rdocx").kept == 1
    assert codes(tmp_path / "out") == first


def test_a_zip_of_somebody_else_is_left_alone(
    make: Make, dossiers: Dossiers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.batch.packet_maker.cover_packet", lambda *_, **__: None)
    (tmp_path / "out").mkdir()
    theirs = tmp_path / "out" / f"{NAMES[0]}.zip"
    theirs.write_bytes(b"theirs")
    make(dossiers[:2], zip_each=True)
    assert theirs.read_bytes() == b"theirs"
    assert "batch.packet.exists" in codes(tmp_path / "out")
    ours = tmp_path / "out" / f"{NAMES[1]}.zip"
    assert look_into(ours).sound
    before = ours.stat().st_mtime_ns
    make(dossiers[:2], zip_each=True)
    assert ours.stat().st_mtime_ns == before


def test_a_file_of_the_users_is_no_place_for_findings(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    dossiers[0]["wrong"] = 1
    mine = tmp_path / "ghi-chu.txt"
    mine.write_text("của tôi", encoding="utf-8")
    source = lines(tmp_path / "ho-so.jsonl", dossiers)
    for path in (mine, source):
        before = path.read_bytes()
        with pytest.raises(UsageError):
            make(dossiers, findings=path)
        assert path.read_bytes() == before
    for _ in range(2):  # one that a run wrote is no hindrance
        assert make(dossiers, findings=tmp_path / "f.jsonl").findings == tmp_path / "f.jsonl"


def test_an_excel_file_called_lines_is_told(tmp_path: Path, dossiers: Dossiers) -> None:
    (tmp_path / "x.jsonl").write_bytes(b"PK\x03\x04 rest")
    good = lines(tmp_path / "y.jsonl", dossiers[:1])
    summary = run_packets(PacketBatch((tmp_path / "x.jsonl", good), tmp_path / "out", PacketOptions(jobs=1)))
    assert (summary.made, summary.skipped) == (1, 1)
    assert "dossier.file.kind" in codes(tmp_path / "out")


def test_a_full_disk_leaves_no_half_packet(
    make: Make, dossiers: Dossiers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docgen.packet import documents

    calls = iter(range(1000))
    write = documents.write_whole

    def failing(*args: Any, **options: Any) -> None:
        if next(calls) == 20:
            raise OSError(28, "No space left on device")
        write(*args, **options)

    monkeypatch.setattr(documents, "write_whole", failing)
    with pytest.raises(EnvironmentFault, match="disk_full"):
        make(dossiers)
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name != ".docgen-journal"] == NAMES[:1]
    assert look_into(tmp_path / "out" / NAMES[0]).sound
    summary = make(dossiers)
    assert (summary.made, summary.kept) == (2, 1)


# -- again -----------------------------------------------------------------------------------------------------------


def stamps(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.docx")}


def test_what_is_done_is_kept(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    before, found = stamps(tmp_path / "out"), codes(tmp_path / "out")
    summary = make(dossiers)
    assert (summary.made, summary.kept) == (0, 3)
    assert stamps(tmp_path / "out") == before
    assert codes(tmp_path / "out") == found


def test_changed_dossiers_are_made_anew_and_removed_ones_told(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    dossiers[0]["members"][0]["member"]["full_name"] = "Nguyễn Thị Mới"
    summary = make(dossiers[:2])
    assert (summary.made, summary.kept, summary.stale) == (1, 1, [NAMES[2]])
    assert "batch.packet.stale" in codes(tmp_path / "out")
    assert (tmp_path / "out" / NAMES[2]).is_dir()
    make(dossiers[:2], "fresh")
    assert files(tmp_path / "out" / NAMES[0]) == files(tmp_path / "fresh" / NAMES[0])


def test_a_packet_somebody_changed_is_not_replaced(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    page = next((tmp_path / "out" / NAMES[0]).glob("002-*.docx"))
    page.write_bytes(page.read_bytes() + b"typed in Word")
    mine = page.read_bytes()
    summary = make(dossiers)
    assert (summary.made, summary.kept, summary.skipped) == (0, 3, 0)
    assert "batch.packet.edited" in codes(tmp_path / "out")
    dossiers[0]["members"][0]["member"]["full_name"] = "Nguyễn Thị Mới"
    for _ in range(2):  # it stays so until somebody decides
        summary = make(dossiers)
        assert (summary.kept, summary.skipped, summary.stale) == (2, 1, [])
        assert "batch.packet.outdated" in codes(tmp_path / "out")
        assert page.read_bytes() == mine
    assert make(dossiers, overwrite=True).made == 1
    assert look_into(tmp_path / "out" / NAMES[0]).sound


def test_a_packet_that_misses_a_file_is_made_whole(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    next((tmp_path / "out" / NAMES[0]).glob("002-*.docx")).unlink()
    summary = make(dossiers)
    assert (summary.made, summary.kept) == (1, 2)
    assert look_into(tmp_path / "out" / NAMES[0]).sound


def test_what_happened_to_packets_is_seen_first(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    page = next((tmp_path / "out" / NAMES[0]).glob("002-*.docx"))
    page.write_bytes(page.read_bytes() + b"typed in Word")
    assert [one["code"] for one in make(dossiers[:2]).first] == ["batch.packet.stale", "batch.packet.edited"]


def test_an_empty_file_of_lines_is_told(make: Make) -> None:
    with pytest.raises(UsageError, match="no_dossiers"):
        make([])


def test_a_signed_packet_is_kept(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    manifest = tmp_path / "out" / NAMES[0] / "manifest.json"
    signed = json.loads(manifest.read_text(encoding="utf-8"))
    signed["files"][0]["signers"][0]["status"] = "signed"
    manifest.write_text(json.dumps(signed, ensure_ascii=False), encoding="utf-8")
    mine = manifest.read_bytes()
    assert make(dossiers).kept == 3
    assert "batch.packet.signed" in codes(tmp_path / "out")
    dossiers[0]["members"][0]["member"]["full_name"] = "Nguyễn Thị Mới"
    assert make(dossiers).skipped == 1
    assert make(dossiers, overwrite=True).skipped == 1  # nothing but a person's own hand removes a signature
    assert manifest.read_bytes() == mine


def test_a_folder_of_somebody_else_is_left_alone(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    (tmp_path / "out" / NAMES[1]).mkdir(parents=True)
    (tmp_path / "out" / NAMES[1] / "mine").write_text("x")
    summary = make(dossiers)
    assert (summary.made, summary.skipped) == (2, 1)
    assert "batch.packet.exists" in codes(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out" / NAMES[1]).iterdir()] == ["mine"]


def test_the_folder_of_one_packet_is_not_mixed_with_others(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    with pytest.raises(UsageError):
        make(dossiers, f"out/{NAMES[0]}")


def test_what_a_killed_run_left_is_cleared(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    old = tmp_path / "out" / f".docgen-{NAMES[0]}.old"
    (tmp_path / "out" / NAMES[0]).rename(old)
    (tmp_path / "out" / ".docgen-gone.part").mkdir()
    summary = make(dossiers)
    assert (summary.made, summary.kept) == (0, 3)
    assert sorted(path.name for path in (tmp_path / "out").glob("*/")) == [".docgen-journal", *NAMES]


# -- archives, and what is told --------------------------------------------------------------------------------------


def test_archives_hold_whole_packets(make: Make, dossiers: Dossiers, tmp_path: Path) -> None:
    make(dossiers)
    wanted = {name: content for name, content in files(tmp_path / "out").items() if name != "findings.jsonl"}
    summary = make(dossiers, "zips", shard=2)
    assert [path.name for path in summary.results] == ["bo-ho-so-001.zip", "bo-ho-so-002.zip"]
    found: dict[str, bytes] = {}
    for path in summary.results:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            found |= {name: archive.read(name) for name in archive.namelist()}
    assert found == wanted
    with zipfile.ZipFile(summary.results[1]) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {NAMES[2]}


def test_packets_among_the_dossiers_are_no_dossiers(small: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "ho-so.json").write_text(json.dumps(small), encoding="utf-8")
    batch = PacketBatch((tmp_path,), tmp_path / "out", PacketOptions(jobs=1))
    assert run_packets(batch).made == 1
    again = run_packets(batch)
    assert (again.made, again.kept, again.skipped) == (0, 1, 0)


def test_a_skipped_dossier_is_told_in_one_line(make: Make, dossiers: Dossiers) -> None:
    dossiers[0]["wrong"] = 1
    first = make(dossiers).first[0]
    assert "1 lỗi" in first["message"]
    assert NAMES[0] in first["message"]


def test_the_finding_about_a_second_name_says_where_its_packet_is(
    make: Make, dossiers: Dossiers, tmp_path: Path
) -> None:
    dossiers[1]["organization"]["name"] = dossiers[0]["organization"]["name"]
    assert make(dossiers).made == 3
    assert (tmp_path / "out" / f"{NAMES[0]}~2").is_dir()
    assert "batch.packet.name_twice" in codes(tmp_path / "out")
