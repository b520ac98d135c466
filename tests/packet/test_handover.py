"""A packet handed over as a zip and looked into where it arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError, UsageError
from docgen.packet.handover import cover_packet, look_into, zip_packet
from docgen.packet.make import build_packet
from docgen.regulations.loader import load_regulation


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    data = sample_dossier("kh55-2018")
    data["members"] = data["members"][:1]
    build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source={"file": "x", "sha256": ""})
    return tmp_path / "p"


def test_a_zip_is_the_packet_and_opens(packet: Path, tmp_path: Path) -> None:
    target = zip_packet(packet)
    first = target.read_bytes()
    with pytest.raises(UsageError):
        zip_packet(packet)
    assert zip_packet(packet, overwrite=True).read_bytes() == first
    assert look_into(target).sound
    seen = look_into(target, tmp_path / "ra")
    assert seen.sound
    assert {p.name for p in (tmp_path / "ra").iterdir()} == {p.name for p in packet.iterdir()}


def test_a_packet_too_large_for_a_cover_has_none(packet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.packet.handover.COVER_BYTES", 1000)
    assert cover_packet(packet) is None
    assert not packet.with_name("p-bia.pdf").exists()


@pytest.mark.parametrize(("harm", "state"), [("change", "changed"), ("remove", "missing"), ("add", "extra")])
def test_a_look_notices(packet: Path, harm: str, state: str) -> None:
    victim = next(packet.glob("002-*.docx"))
    if harm == "change":
        victim.write_bytes(victim.read_bytes() + b"x")
    elif harm == "remove":
        victim.unlink()
    else:
        (packet / "la.docx").write_bytes(b"x")
    seen = look_into(packet)
    assert not seen.sound
    assert [s for _, s in seen.files if s != "ok"] == [state]


def test_something_else_is_no_packet(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError):
        look_into(tmp_path)


def test_no_path_leads_out_of_the_packet(packet: Path, tmp_path: Path) -> None:
    secret = tmp_path / "bi-mat.txt"
    secret.write_text("x", encoding="utf-8")
    manifest = packet / "manifest.json"
    name = next(packet.glob("002-*.docx")).name
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(name, "../bi-mat.txt"), encoding="utf-8")
    assert ("../bi-mat.txt", "missing") in look_into(packet).files


def test_a_cover_carries_every_file_unchanged(packet: Path, tmp_path: Path) -> None:
    cover = cover_packet(packet)
    assert cover.read_bytes()[:5] == b"%PDF-"
    assert look_into(cover).sound
    seen = look_into(cover, tmp_path / "ra")
    assert seen.sound
    for path in packet.iterdir():
        assert (tmp_path / "ra" / path.name).read_bytes() == path.read_bytes()
