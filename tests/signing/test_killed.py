"""A run of `docgen sign` that is killed: every paper is whole, and running it again ends as an unbroken run does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from authority import SIGNED, authority, issued, key
from signing_packets import CELL, MANAGER, MEMBERS

from docgen.signing import Asked, Signing, due, sign_packet, verify_packet
from docgen.signing.signed_manifest import load_manifest, sha256

#: Signs the role "cell" in a process of its own, which ends without a word after `after` papers: of the last one the
#: PDF is written or not (`written`), the manifest never is.
_CHILD = """
import datetime, os, sys
from pathlib import Path
from docgen.signing import Signing, open_pkcs12, packet, sign_packet
folder, store, moment, after, written = sys.argv[1:]
whole, done = packet.write_whole, []
def write(*args, **kwargs):
    if len(done) == int(after) - 1 and written == "0":
        os._exit(9)
    whole(*args, **kwargs)
    done.append(1)
    if len(done) == int(after):
        os._exit(9)
packet.write_whole = write
how = Signing(moment=datetime.datetime.fromisoformat(moment))
sign_packet(Path(folder), "cell", open_pkcs12(Path(store), "x"), how, out_of_order=True)
"""


@pytest.fixture
def ready(packet: Path) -> Path:
    """A packet in which the cell is next, on three papers."""
    how = Signing(moment=SIGNED)
    for name in MEMBERS.values():
        sign_packet(packet, "author", key(name), how)
    sign_packet(packet, "manager", key(MANAGER), how)
    return packet


def killed(packet: Path, folder: Path, after: int, written: bool) -> None:
    """Run the child until it dies."""
    store = folder / "key.p12"
    store.write_bytes(authority().pkcs12(*issued(CELL), "x"))
    told = [str(packet), str(store), SIGNED.isoformat(), str(after), str(int(written))]
    done = subprocess.run([sys.executable, "-c", _CHILD, *told], capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr


@pytest.mark.parametrize(("after", "written"), [(1, False), (1, True), (2, False), (2, True), (3, False), (3, True)])
def test_nothing_is_lost_and_running_it_again_finishes(
    ready: Path, trusting: Asked, tmp_path: Path, after: int, written: bool
) -> None:
    papers = [d for d in load_manifest(ready).documents if d.signer("cell") is not None]
    assert len(papers) == 3  # the last kill is after the last paper, before the manifest
    recorded = (ready / "manifest.json").read_bytes()
    before = {d.pdf_file: (ready / d.pdf_file).read_bytes() for d in papers}
    killed(ready, tmp_path, after, written)
    assert (ready / "manifest.json").read_bytes() == recorded
    ahead = [name for name, content in before.items() if (ready / name).read_bytes() != content]
    assert len(ahead) == after - (not written)
    assert all((ready / name).read_bytes().startswith(content) for name, content in before.items())

    done = sign_packet(ready, "cell", key(CELL), Signing(moment=SIGNED))
    assert (len(done.already), len(done.signed)) == (len(ahead), 3 - len(ahead))
    for document in load_manifest(ready).documents:
        if document.signer("cell") is None:
            continue
        # What was taken over is recorded as if the run had not died.
        [record] = [one for one in document.pdf["signatures"] if one["role"] == "cell"]
        content = (ready / document.pdf_file).read_bytes()
        assert record == {
            **key(CELL).signature_record("cell", "kycell", SIGNED, "B-B"), "sha256": sha256(content)
        }  # fmt: skip
    sign_packet(ready, "committee", key("Phạm Đức Ước"), Signing(moment=SIGNED))
    assert due(ready) == []
    assert verify_packet(ready, trusting).status == "passed"


def test_the_manifest_is_written_once_a_role(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.signing.signed_manifest import Manifest

    saves: list[int] = []
    real = Manifest.save
    monkeypatch.setattr(Manifest, "save", lambda self: saves.append(1) or real(self))
    assert len(sign_packet(ready, "cell", key(CELL), Signing(moment=SIGNED)).signed) == 3
    assert len(saves) == 1


def test_it_is_written_where_a_paper_is_refused_on_the_way(ready: Path) -> None:
    third = [d for d in load_manifest(ready).documents if d.signer("cell") is not None][2]
    path = ready / third.pdf_file
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Exception, match="pdf_changed"):
        sign_packet(ready, "cell", key(CELL), Signing(moment=SIGNED))
    done = [d for d in load_manifest(ready).documents if "cell" in d.signed_roles()]
    assert len(done) == 2
