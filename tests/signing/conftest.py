"""Fixtures: a packet of one's own, unsigned or signed by all, and trust in the test authority at a fixed moment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("pyhanko")
pytest.importorskip("rdocx")

from authority import VERIFIED, root_certificate
from signing_packets import make_packet, sign_all

from docgen.signing import Asked, Trust


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
