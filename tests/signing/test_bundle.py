"""A packet in one file: zip and cover give it back byte for byte, and nothing that came from outside leads out."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from authority import SIGNED, key
from signing_packets import MEMBERS, sign_all

from docgen.errors import DocgenError, InputError, UsageError
from docgen.pdf.cover import attached, make_cover
from docgen.signing import Asked, Signing, sign_packet, verify_packet
from docgen.signing.bundle import opened, packet_files, unpack, zip_packet
from docgen.signing.signed_manifest import load_manifest
from docgen.signing.supersede import mark, reference


class TestZip:
    def test_it_depends_on_the_packet_alone_and_verifies(self, signed: Path, trusting: Asked, tmp_path: Path) -> None:
        path, again = tmp_path / "ho-so.zip", io.BytesIO()
        with path.open("wb") as out:
            zip_packet(signed, out)
        zip_packet(signed, again)
        assert path.read_bytes() == again.getvalue()
        with opened(path) as folder:
            assert verify_packet(folder, trusting).passed

    @pytest.mark.parametrize("name", ["../ra-ngoai.txt", "/etc/them", "C:\\them", "a\\b", "con:thu", "MANIFEST.JSON"])
    def test_no_name_leads_out_or_hides_another(self, signed: Path, tmp_path: Path, name: str) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("manifest.json", "{}")
            archive.writestr(zipfile.ZipInfo(name), "x")
        path = tmp_path / "xau.zip"
        path.write_bytes(out.getvalue())
        (tmp_path / "room").mkdir()
        with pytest.raises(InputError):
            unpack(path, tmp_path / "room")
        assert not list(tmp_path.glob("*.txt"))

    def test_a_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        path = tmp_path / "bom.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("manifest.json", b"0" * 30_000_000)
        with pytest.raises(InputError, match="bundle"):
            unpack(path, tmp_path / "room")

    def test_many_small_bombs_are_not_unpacked(self, tmp_path: Path) -> None:
        path = tmp_path / "bom.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(90):
                archive.writestr(f"{number}.docx", b"0" * 900_000)
        (tmp_path / "room").mkdir()
        with pytest.raises(InputError, match="size"):
            unpack(path, tmp_path / "room")

    def test_rubbish_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "rac.zip"
        path.write_bytes(b"rubbish")
        with pytest.raises(DocgenError), opened(path):
            pass


class TestCover:
    def test_it_carries_the_signed_files_byte_for_byte(self, signed: Path, trusting: Asked, tmp_path: Path) -> None:
        files = packet_files(signed)
        cover = make_cover(files, "CHI BỘ 1")
        assert cover == make_cover(files, "CHI BỘ 1")
        assert attached(cover) == files
        path = tmp_path / "bia.pdf"
        path.write_bytes(cover)
        with opened(path) as folder:
            assert verify_packet(folder, trusting).passed


class TestADecisionThatComesLater:
    def _newer(self, old: Path, store: Path, folder: Path) -> Path:
        new = Path(shutil.copytree(store, folder))
        path = new / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["supersedes"] = reference(old, "Quyết định 01: xếp loại lại sau kỷ luật")
        content["dossier"]["sha256"] = "0" * 64
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return new

    def test_the_old_packet_is_kept_and_said_to_be_superseded(
        self, signed: Path, packet_store: Path, trusting: Asked, tmp_path: Path
    ) -> None:
        new = self._newer(signed, packet_store, tmp_path / "moi")
        mark(signed, new)
        sign_all(new)
        assert verify_packet(new, trusting).passed
        verdict = verify_packet(signed, trusting)
        assert verdict.status == "cannot_tell"
        assert {reason.code for reason in verdict.reasons} == {"superseded"}
        assert verdict.superseded is not None
        assert verdict.superseded["confirmed"]
        assert verdict.superseded["packet"] == load_manifest(new).seal()

    def test_the_new_ones_signatures_cover_what_it_supersedes(
        self, signed: Path, packet_store: Path, trusting: Asked, tmp_path: Path
    ) -> None:
        new = self._newer(signed, packet_store, tmp_path / "moi")
        sign_packet(new, "author", key(MEMBERS["dv-01"]), Signing(moment=SIGNED))
        path = new / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        del content["supersedes"]
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        found = {r.code for s in verify_packet(new, trusting).documents[0].signatures for r in s.reasons}
        assert "other_manifest" in found

    def test_a_mark_needs_a_packet_that_names_the_old_one(self, signed: Path, packet: Path) -> None:
        with pytest.raises(UsageError, match="not_superseding"):
            mark(signed, packet)


@pytest.mark.parametrize("names", [["a", "a/b"], ["x" * 300], ["a/b", "a"]], ids=["file and folder", "long", "folder"])
def test_names_no_file_system_takes_are_the_zips_fault(tmp_path: Path, names: list[str]) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="bundle"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
