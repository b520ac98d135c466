"""The PDF part of a packet: made with it, or later for signing; the same either way."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError, UsageError
from docgen.model import Finding, Place, has_errors
from docgen.packet.handover import look_into
from docgen.packet.make import build_packet
from docgen.packet.manifest import MANIFEST
from docgen.packet.pdf import PRINT_COPY, add_pdf, pdf_maker
from docgen.regulations.loader import load_regulation
from docgen.storage import working_on

SOURCE = {"file": "x", "sha256": ""}


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    out = sample_dossier("kh55-2018")
    out["members"] = out["members"][:1]
    for root in ("collective", "party_organization"):
        sheets = out[root]["assessments"]
        out[root]["assessments"] = {key: sheets[key] for key in list(sheets)[:1]}
    return out


def listed(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def test_pdf_made_later_is_the_pdf_made_at_once(data: dict[str, Any], tmp_path: Path) -> None:
    regulation = load_regulation("kh55-2018")
    build_packet(regulation, data, tmp_path / "a", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    build_packet(regulation, data, tmp_path / "b", source=SOURCE)
    found = add_pdf(tmp_path / "b", "rdocx")
    assert found is not None
    assert not has_errors(found)
    assert add_pdf(tmp_path / "b", "rdocx") is None
    assert look_into(tmp_path / "a").sound
    assert look_into(tmp_path / "b").sound
    first, second = listed(tmp_path / "a"), listed(tmp_path / "b")
    assert first["pdf"] == second["pdf"]
    assert [e["pdf"] for e in first["files"]] == [e["pdf"] for e in second["files"]]
    assert all(len(e["pdf"]["fields"]) == len(e["signers"]) for e in first["files"])
    assert all(e["pdf"]["pages"] > 0 for e in first["files"])
    assert (tmp_path / "a" / PRINT_COPY).read_bytes()[:5] == b"%PDF-"


def test_two_commands_draw_a_packet_once(data: dict[str, Any], tmp_path: Path) -> None:
    build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE)
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(add_pdf(tmp_path / "p", "rdocx")))
    with working_on(tmp_path / "p"):
        thread.start()
        time.sleep(0.2)
        # what the first command does while the second one waits
        manifest = listed(tmp_path / "p")
        for entry in manifest["files"]:
            entry["pdf"] = {"file": "signed"}
        (tmp_path / "p" / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    thread.join()
    assert found == [None]
    assert not (tmp_path / "p" / "pdf").exists()


def test_a_draft_is_not_signed(data: dict[str, Any], tmp_path: Path) -> None:
    error = Finding("validation.text.empty", "error", Place())
    build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE, findings=[error], draft=True)
    with pytest.raises(UsageError) as caught:
        add_pdf(tmp_path / "p")
    assert caught.value.code == "errors.usage.draft_not_signed"


def test_a_changed_word_file_is_not_drawn(data: dict[str, Any], tmp_path: Path) -> None:
    build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE)
    victim = next((tmp_path / "p").glob("002-*.docx"))
    victim.write_bytes(victim.read_bytes() + b"x")
    before = (tmp_path / "p" / MANIFEST).read_bytes()
    with pytest.raises(InputError) as caught:
        add_pdf(tmp_path / "p")
    assert caught.value.facts["file"] == victim.name
    assert (tmp_path / "p" / MANIFEST).read_bytes() == before


def everything(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_drawings_of_a_run_that_stopped_are_used_again(
    data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docgen import pdf

    regulation = load_regulation("kh55-2018")
    draw, asked = pdf.convert_stream, []

    def stopping(files: Any, *args: Any, **options: Any) -> Any:
        for number, result in enumerate(draw(files, *args, **options)):
            asked.append(result.name)
            if stop and number == 2:
                raise KeyboardInterrupt
            yield result

    monkeypatch.setattr(pdf, "convert_stream", stopping)
    stop = True
    with pytest.raises(KeyboardInterrupt):
        build_packet(regulation, data, tmp_path / "a", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    assert not (tmp_path / "a").exists()
    stop, first = False, asked[:2]
    asked.clear()
    build_packet(regulation, data, tmp_path / "a", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    assert asked
    assert not set(first) & set(asked)
    build_packet(regulation, data, tmp_path / "b", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    made = [
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in (tmp_path / "a", tmp_path / "b")
    ]
    assert made[0] == made[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_the_index_says_where_each_paper_begins_in_the_print_copy(data: dict[str, Any], tmp_path: Path) -> None:
    """The number in a cell (in brackets for a body's paper) is at the foot of the page on which the paper begins."""
    from docgen.pdf import page_count, pdf_text
    from docgen.word.after.written import paragraphs

    build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    index = "\n".join(paragraphs((tmp_path / "p" / "muc-luc.docx").read_bytes()))
    drawn = " ".join(pdf_text((tmp_path / "p" / "pdf" / "000-muc-luc.pdf").read_bytes()).split())
    sides = pdf_text((tmp_path / "p" / "ban-in.pdf").read_bytes()).split("\f")
    printed = [side for side in sides if side.strip()]
    assert len(printed) < page_count((tmp_path / "p" / "ban-in.pdf").read_bytes()), "blank backs between"
    start = page_count((tmp_path / "p" / "pdf" / "000-muc-luc.pdf").read_bytes()) + 1
    for entry in listed(tmp_path / "p")["files"]:
        assert re.search(rf"\({start}\)|^{start}$", index, re.MULTILINE)
        assert re.search(rf"\({start}\)| {start} ", drawn)
        own = pdf_text((tmp_path / "p" / entry["pdf"]["file"]).read_bytes()).split("\f")[0]
        assert " ".join(own.split()) in " ".join(printed[start - 1].split())
        assert f"{start}/" in printed[start - 1]
        assert sides.index(printed[start - 1]) % 2 == 0, "each paper begins on the front of a sheet"
        start += entry["pdf"]["pages"]


def test_an_index_whose_length_does_not_settle_tells_no_page(
    data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No number is better than a wrong one."""
    monkeypatch.setattr("docgen.packet.pdf._INDEX_TRIES", 0)
    build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    from docgen.word.after.written import paragraphs

    texts = paragraphs((tmp_path / "p" / "muc-luc.docx").read_bytes())
    assert "Tài liệu" in texts
    assert not any(re.search(r"\(\d+\)", text) for text in texts if text.startswith("Mẫu 02"))


def test_a_print_copy_of_very_many_pages_is_several_files(
    data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docgen.pdf import page_count, pdf_text

    monkeypatch.setattr("docgen.packet.pdf.PRINT_PAGES", 6)
    regulation = load_regulation("kh55-2018")
    build_packet(regulation, data, tmp_path / "p", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    copies = sorted((tmp_path / "p").glob("ban-in*.pdf"))
    assert [path.name for path in copies] == [f"ban-in-{n:02d}.pdf" for n in range(1, len(copies) + 1)]
    assert len(copies) > 1
    pages = [sum(bool(side.strip()) for side in pdf_text(path.read_bytes()).split("\f")) for path in copies]
    manifest = listed(tmp_path / "p")
    total = sum(entry["pdf"]["pages"] for entry in manifest["files"])
    total += page_count((tmp_path / "p" / "pdf" / "000-muc-luc.pdf").read_bytes())
    assert sum(pages) == total
    assert f"{pages[0] + 1}/{total}" in pdf_text(copies[1].read_bytes())
    assert f"{total}/{total}" in pdf_text(copies[-1].read_bytes())
    assert look_into(tmp_path / "p").sound


def test_what_the_engine_replaced_is_told(
    data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docgen import pdf

    draw = pdf.convert_stream

    def replacing(*args: Any, **options: Any) -> Any:
        for result in draw(*args, **options):
            result.findings.append(Finding("pdf.font.substituted", "warning", Place(result.name), {"font": "X"}))
            yield result

    monkeypatch.setattr(pdf, "convert_stream", replacing)
    regulation = load_regulation("kh55-2018")
    packet = build_packet(regulation, data, tmp_path / "p", source=SOURCE, make_pdf=pdf_maker("rdocx"))
    replaced = [finding.code for finding in packet.findings if finding.code.startswith("pdf.font.")]
    assert replaced == ["pdf.font.substituted"] * len(packet.documents)
