"""`docgen packet` with many dossiers, as its users meet it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cli_run import Run

from docgen.dossier.sample import sample_dossier
from docgen.packet.handover import look_into


@pytest.fixture
def small() -> dict[str, Any]:
    return sample_dossier("kh55-2018", members=1)


def line(path: Path, dossier: dict[str, Any]) -> Path:
    path.write_text(json.dumps(dossier, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_exit_codes(run: Run, small: dict[str, Any], tmp_path: Path) -> None:
    good, bad = line(tmp_path / "good.jsonl", small), line(tmp_path / "bad.jsonl", {**small, "wrong": 1})
    assert run("packet", good, "-o", tmp_path / "a").code == 0
    done = run("packet", good, bad, "-o", tmp_path / "b", "--json")
    assert done.code == 3
    assert (done.json["made"], done.json["skipped"]) == (1, 1)
    assert run("packet", "--data", bad, "-o", tmp_path / "c").code == 1
    assert run("packet").code == 2


def test_the_screen_tells_counts_and_the_skipped_ones(run: Run, small: dict[str, Any], tmp_path: Path) -> None:
    good, bad = line(tmp_path / "good.jsonl", small), line(tmp_path / "bad.jsonl", {**small, "wrong": 1})
    done = run("packet", good, bad, "-o", tmp_path / "b")
    assert done.out.strip() == str(tmp_path / "b")
    assert "Chưa lập bộ hồ sơ" in done.err
    assert "1 bộ hồ sơ đã lập, 0 bộ đã có sẵn, 1 hồ sơ bị bỏ qua" in done.err
    assert (tmp_path / "b" / "findings.jsonl").is_file()


def test_one_dossier_is_one_packet_unless_asked_otherwise(run: Run, small: dict[str, Any], tmp_path: Path) -> None:
    path = line(tmp_path / "ho-so.json", small)
    assert run("packet", path, "-o", tmp_path / "p").code == 0
    assert look_into(tmp_path / "p").sound
    assert run("packet", path, "-o", tmp_path / "many", "--archive", tmp_path / "all.zip").code == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "ho-so/manifest.json" in archive.namelist()


def test_a_scan_goes_along_by_its_title_and_a_hostile_one_does_not(run: Run, tmp_path: Path) -> None:
    """`--scan "TITLE=FILE"`; the packet is refused with the file's name, and nothing is left behind."""
    pytest.importorskip("pyhanko")
    pikepdf = pytest.importorskip("pikepdf")
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(sample_dossier("hd43-2025", members=1), ensure_ascii=False), encoding="utf-8")
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.save(tmp_path / "bien-ban.pdf")
        document.attachments["x.exe"] = pikepdf.AttachedFileSpec(document, b"MZ")
        document.save(tmp_path / "xau.pdf")
    bad = run("packet", path, "-o", tmp_path / "p", "--scan", tmp_path / "xau.pdf")
    assert bad.code == 1
    assert "xau.pdf" in bad.err
    assert not (tmp_path / "p").exists()
    assert run("packet", path, "-o", tmp_path / "p", "--scan", tmp_path / "khong-co.pdf").code == 2
    assert run("packet", path, "-o", tmp_path / "p", "--scan", f"Biên bản={tmp_path / 'bien-ban.pdf'}").code == 0
    entry = json.loads((tmp_path / "p" / "manifest.json").read_text(encoding="utf-8"))["files"][-1]
    assert (entry["title"], entry["origin"]) == ("Biên bản", "digitised")
    assert [s["role"] for s in entry["signers"]] == ["scan_body"]
    documents = run("sign", tmp_path / "p", "--documents", "--json").json
    assert documents[-1]["state"] == "draft"
    assert documents[-1]["digitised"] is True
    two = run("packet", path, path, "-o", tmp_path / "q", "--scan", tmp_path / "bien-ban.pdf")
    assert two.code == 2
