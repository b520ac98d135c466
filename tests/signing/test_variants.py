"""Variants of the attacks of test_attacks: a name that only looks right, a path that was dead, a zip with two contents.

None passes as if nothing were the matter; the sound one beside each does.
"""

from __future__ import annotations

import datetime
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from authority import SIGNED, key, revocation_list, root_certificate
from crafted import certificate, rsa_key, signer
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from signing_packets import CELL, MEMBERS
from test_attacks import SHEET, _by, _intermediate, _long_root, _trust
from test_tampering import agree, appended, codes

from docgen.errors import InputError
from docgen.signing import Asked, Signing, Trust, sign_packet, verify_packet
from docgen.signing.bundle import opened, unlisted_bytes, zip_packet
from docgen.signing.packet import beginning
from docgen.signing.pades import sign
from docgen.signing.signed_manifest import load_manifest, read_seal

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize("name", ["L\u0435\u0302 Cẩn", "Lê C\u200bẩn", "Ｌê Ｃẩｎ", "Lê Cẩn 2 Thận", "Lê Cẩn\nĐẠT"])
def test_a_name_that_only_looks_right(unsigned: Path, trusting: Asked, name: str) -> None:
    private = rsa_key()
    verdict = _by(unsigned, trusting, signer(private, certificate(name, private.public_key())))
    assert verdict.status == "failed"
    assert "wrong_person" in codes(verdict)


@pytest.mark.parametrize(("strict", "status"), [(False, "passed"), (True, "cannot_tell")])
def test_words_in_the_bracket_are_named(unsigned: Path, trusting: Asked, strict: bool, status: str) -> None:
    private = rsa_key()
    trusting.strict_names = strict
    verdict = _by(unsigned, trusting, signer(private, certificate(f"{CELL} (Bí thư)", private.public_key())))
    found = [reason.code for reason in verdict.documents[0].signatures[0].reasons]
    assert "name_tail" in found
    assert verdict.status == status


def test_another_person_in_the_bracket(packet: Path, trusting: Asked) -> None:
    first, second = MEMBERS.values()
    sign_packet(packet, "author", key(f"{first} ({second})"), Signing(moment=SIGNED))
    assert "wrong_person" in codes(verify_packet(packet, trusting))


def test_a_number_longer_than_any_packet(unsigned: Path, trusting: Asked) -> None:
    manifest = load_manifest(unsigned)
    document = manifest.documents[0]
    reason = f"docgen:{manifest.seal()}:{'9' * 5000}:cell"
    assert read_seal(reason) is None
    path = unsigned / SHEET
    path.write_bytes(
        sign(path.read_bytes(), document.signers[0].field, key(CELL), Signing(moment=SIGNED), reason=reason)
    )
    agree(unsigned)
    verdict = verify_packet(unsigned, trusting)
    assert verdict.status == "cannot_tell"
    assert "manifest_unsealed" in codes(verdict)


@pytest.mark.parametrize("hours", [-14, 0, 14])
@pytest.mark.parametrize("day", [(1, 1, 1), (9999, 12, 31)])
def test_the_first_and_the_last_day_there_is(sealed: Path, day: tuple[int, int, int], hours: int) -> None:
    moment = datetime.datetime(*day, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=hours)))
    assert not verify_packet(sealed, Asked(Trust([root_certificate()], moment=moment))).passed


@pytest.mark.parametrize(
    ("life", "status", "code"),
    [
        ({"begins": SIGNED + DAY}, "failed", "issuer_expired"),
        ({"ends": SIGNED - DAY}, "failed", "issuer_expired"),
        ({"ends": SIGNED + DAY}, "cannot_tell", "expired_since"),
        ({"purposes": ["1.3.6.1.5.5.7.3.1"]}, "failed", "wrong_purpose"),
        ({"purposes": ["1.3.6.1.5.5.7.3.8"]}, "failed", "wrong_purpose"),
        ({"purposes": ["1.3.6.1.5.5.7.3.36"]}, "passed", ""),
    ],
)
def test_an_authority_of_the_path(unsigned: Path, life: dict[str, Any], status: str, code: str) -> None:
    root_key, root = _long_root()
    _, middle, private, leaf = _intermediate(root=root, root_key=root_key, **life)
    verdict = _by(unsigned, _trust(root), signer(private, leaf, [middle]))
    assert verdict.status == status, codes(verdict)
    assert not code or code in codes(verdict)


@pytest.mark.parametrize("purpose", ["1.3.6.1.5.5.8.2.2", "2.16.840.1.113730.4.1", "1.3.6.1.4.1.11129.2.4.4"])
def test_a_public_purpose_that_is_none_of_a_vendor(unsigned: Path, trusting: Asked, purpose: str) -> None:
    private = rsa_key()
    leaf = certificate(CELL, private.public_key(), purposes=[purpose])
    assert "wrong_purpose" in codes(_by(unsigned, trusting, signer(private, leaf)))


@pytest.mark.timeout(60)
def test_a_file_full_of_ends_is_soon_read() -> None:
    content = b"%PDF-1.7\n" + b"%%EOF\n" * 200_000
    assert beginning(content, "0" * 64) is None
    import hashlib

    for size in (len(content), 14, 15, 20):
        assert beginning(content, hashlib.sha256(content[:size]).hexdigest()) == size


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_takes_the_name_of_the_mark(sealed: Path, trusting: Asked, make: Callable[[Path], None]) -> None:
    make(sealed / "thay-the.json")
    assert "file_extra" in codes(verify_packet(sealed, trusting))


# --- zip -----------------------------------------------------------------------------------------------------------


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    zip_packet(folder, out)
    return out.getvalue()


def _with(first: list[tuple[str, bytes]], content: bytes, last: list[tuple[str, bytes]]) -> bytes:
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w") as new:
        for name, data in [*first, *((name, old.read(name)) for name in old.namelist()), *last]:
            new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["./manifest.json", "pdf//003-mau-06.pdf", "pdf/./003-mau-06.pdf", "PDF/003-mau-06.pdf", "manifest.json. "]
)
@pytest.mark.parametrize("front", [True, False])
def test_two_names_of_one_file(sealed: Path, tmp_path: Path, name: str, front: bool) -> None:
    other = [(name, b"{}")]
    path = tmp_path / "bo.zip"
    path.write_bytes(_with(other if front else [], _zipped(sealed), [] if front else other))
    with pytest.raises(InputError, match="bundle"), opened(path):
        pass


def test_one_name_with_a_dot_before_it_is_fine(sealed: Path, tmp_path: Path, trusting: Asked) -> None:
    path, out, old = tmp_path / "bo.zip", io.BytesIO(), zipfile.ZipFile(io.BytesIO(_zipped(sealed)))
    with zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(f"./{name}", old.read(name))
    path.write_bytes(out.getvalue())
    with opened(path) as folder:
        assert verify_packet(folder, trusting).passed


def test_a_link_in_a_zip(sealed: Path, tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("pdf/lien-ket")
    entry.external_attr = 0o120777 << 16
    path, out = tmp_path / "bo.zip", io.BytesIO(_zipped(sealed))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(entry, b"/etc/passwd")
    path.write_bytes(out.getvalue())
    with pytest.raises(InputError, match="bundle"), opened(path):
        pass


def _commented(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = "Xếp loại: xuất sắc".encode()
    return out.getvalue()


def _entry_commented(content: bytes) -> bytes:
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            entry.comment = "xuất sắc".encode()
            new.writestr(entry, old.read(entry))
    return out.getvalue()


def _hidden(content: bytes) -> bytes:
    """An entry in the middle that the table does not list: who reads from the front sees it."""
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w") as new:
        for at, name in enumerate(old.namelist()):
            new.writestr(name, old.read(name))
            if at == 0:
                new.writestr("khac.pdf", b"%PDF")
                new.filelist.pop()
                del new.NameToInfo["khac.pdf"]
    return out.getvalue()


HIDDEN: dict[str, Callable[[bytes], bytes]] = {
    "before": lambda content: b"MZ" + b"\0" * 100 + content,
    "another zip before": lambda content: _with([], content, [("khac", b"x")]) + content,
    "after": lambda content: content + b"<html>",
    "a comment": _commented,
    "comments of entries": _entry_commented,
    "between": _hidden,
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_bytes_of_no_file(sealed: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bo.zip"
    path.write_bytes(HIDDEN[kind](_zipped(sealed)))
    assert unlisted_bytes(path) > 0


class _OneWay(io.RawIOBase):
    """Where a zip is written without going back: sizes then stand after the entries."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data)
        return len(data)


def test_zips_of_others_have_no_bytes_too_many(sealed: Path, tmp_path: Path) -> None:
    path = tmp_path / "bo.zip"
    path.write_bytes(_zipped(sealed))
    assert unlisted_bytes(path) == 0
    made = shutil.make_archive(str(tmp_path / "khac"), "zip", sealed.parent, sealed.name)
    assert unlisted_bytes(Path(made)) == 0
    stream = _OneWay()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for large in (False, True):
            with archive.open(f"tệp {large}", "w", force_zip64=large) as entry:
                entry.write(b"x" * 1000)
    path.write_bytes(stream.content)
    assert unlisted_bytes(path) == 0
    path.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    assert unlisted_bytes(path) == 0


# --- the security store --------------------------------------------------------------------------------------------


def _stored(pdf: bytes, certificates: list[bytes], lists: list[bytes]) -> bytes:
    """`pdf` with a store of these, packed as given."""

    def change(writer: Any) -> None:
        def streams(contents: list[bytes]) -> Any:
            made = [generic.StreamObject(stream_data=content) for content in contents]
            for stream in made:
                stream.compress()
            return generic.ArrayObject(map(writer.add_object, made))

        store = {pdf_name("/Certs"): streams(certificates), pdf_name("/CRLs"): streams(lists)}
        writer.root[pdf_name("/DSS")] = writer.add_object(generic.DictionaryObject(store))
        writer.update_root()

    return appended(pdf, change)


@pytest.mark.parametrize("junk", [b"<html>", b"", b"\0" * 30_000_000], ids=["words", "nothing", "a bomb"])
def test_junk_in_the_store_hides_no_list(sealed: Path, trusting: Asked, junk: bytes) -> None:
    path = sealed / SHEET
    plain = path.read_bytes()
    path.write_bytes(_stored(plain, [junk], []))
    assert "store_unread" in codes(verify_packet(sealed, trusting))
    path.write_bytes(_stored(plain, [junk], [revocation_list(CELL).dump()]))
    assert {"store_unread", "certificate_revoked"} <= set(codes(verify_packet(sealed, trusting)))
