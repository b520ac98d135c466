"""Fixtures: a packet of one's own, unsigned or signed by all, and trust in the test authority at a fixed moment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("pyhanko")
pytest.importorskip("rdocx")

from authority import SIGNED, VERIFIED, key, root_certificate
from signing_packets import CELL, make_packet, sign_all

from docgen.signing import Asked, Signing, Trust, pades, sign_packet
from docgen.signing.signed_manifest import load_manifest


@pytest.fixture(scope="session")
def packet_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unsigned packet, made once."""
    return make_packet(tmp_path_factory.mktemp("store") / "unsigned")


@pytest.fixture(scope="session")
def signed_store(packet_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same packet with every signature, made once."""
    target = tmp_path_factory.mktemp("store") / "signed"
    shutil.copytree(packet_store, target)
    sign_all(target)
    return target


@pytest.fixture
def packet(packet_store: Path, tmp_path: Path) -> Path:
    """An unsigned packet of one's own."""
    return Path(shutil.copytree(packet_store, tmp_path / "packet"))


@pytest.fixture
def signed(signed_store: Path, tmp_path: Path) -> Path:
    """A signed packet of one's own."""
    return Path(shutil.copytree(signed_store, tmp_path / "signed"))


@pytest.fixture
def trusting() -> Asked:
    """Trust in the test authority, at a fixed moment."""
    return Asked(Trust([root_certificate()], moment=VERIFIED))


@pytest.fixture(scope="session")
def small_store(packet_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unsigned packet of one sheet (the cell signs it) and one annex (nobody does)."""
    target = tmp_path_factory.mktemp("attacks") / "unsigned"
    shutil.copytree(packet_store, target)
    manifest = load_manifest(target)
    for document in manifest.documents[:2]:
        (target / document.file).unlink()
        (target / document.pdf_file).unlink()
    manifest.content["files"] = manifest.content["files"][2:]
    manifest.save()
    return target


@pytest.fixture(scope="session")
def sealed_store(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, signed."""
    target = tmp_path_factory.mktemp("attacks") / "sealed"
    shutil.copytree(small_store, target)
    sign_packet(target, "cell", key(CELL), Signing(moment=SIGNED))
    return target


@pytest.fixture(scope="session")
def sealed_by_pyhanko(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, signed by pyHanko as signatures of higher levels are."""
    target = tmp_path_factory.mktemp("attacks") / "pyhanko"
    shutil.copytree(small_store, target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pades, "sign_own", lambda *told: None)
        sign_packet(target, "cell", key(CELL), Signing(moment=SIGNED))
    return target


@pytest.fixture
def unsigned(small_store: Path, tmp_path: Path) -> Path:
    """An unsigned packet of one's own."""
    return Path(shutil.copytree(small_store, tmp_path / "unsigned"))


@pytest.fixture
def sealed(sealed_store: Path, tmp_path: Path) -> Path:
    """A signed packet of one's own."""
    return Path(shutil.copytree(sealed_store, tmp_path / "sealed"))
