"""The PDF part of a packet: made with it, or later for signing; the same either way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError, UsageError
from docgen.model import Finding, Place
from docgen.packet.build import build_packet
from docgen.packet.handover import look_into
from docgen.packet.manifest import MANIFEST
from docgen.packet.pdf import PRINT_COPY, add_pdf, pdf_maker
from docgen.regulations.loader import load_regulation

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
    assert add_pdf(tmp_path / "b", "rdocx") == []
    assert add_pdf(tmp_path / "b", "rdocx") is None
    assert look_into(tmp_path / "a").sound
    assert look_into(tmp_path / "b").sound
    first, second = listed(tmp_path / "a"), listed(tmp_path / "b")
    assert [e["pdf"] for e in first["files"]] == [e["pdf"] for e in second["files"]]
    assert all(len(e["pdf"]["fields"]) == len(e["signers"]) for e in first["files"])
    assert all(e["pdf"]["pages"] > 0 for e in first["files"])
    assert (tmp_path / "a" / PRINT_COPY).read_bytes()[:5] == b"%PDF-"


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
