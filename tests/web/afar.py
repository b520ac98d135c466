"""People with keys of an authority of now, and a packet on a server that they are to sign."""

from __future__ import annotations

import json
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

from web_office import Office

from docgen.signing.demo_authority import Authority
from docgen.signing.keys import Key, describe, pkcs12_signer
from docgen.web import access, packet_store

sys.path.insert(0, str(Path(__file__).parents[1] / "signing"))
from signing_packets import CELL, COMMITTEE, MANAGER, MEMBERS, make_packet

PASSPHRASE = "mật khẩu của khóa"
AN, BUOI = MEMBERS.values()
#: Who signs as what, in an order in which they can.
TURNS = [("author", AN), ("author", BUOI), ("manager", MANAGER), ("cell", CELL), ("committee", COMMITTEE)]
__all__ = ["AN", "BUOI", "CELL", "COMMITTEE", "MANAGER", "PASSPHRASE", "TURNS", "make_packet"]


@cache
def authority() -> Authority:
    """A root of now, the same in one run."""
    return Authority()


@cache
def pkcs12(name: str) -> bytes:
    """The file with the key of somebody called `name`."""
    return authority().pkcs12(*authority().issue(name), PASSPHRASE)


@cache
def key(name: str) -> Key:
    """The key of somebody called `name`."""
    return describe(pkcs12_signer(pkcs12(name), PASSPHRASE.encode()), name)


def placed(office: Office, packet: Path, unit: str = "") -> str:
    """A packet on the server that is a copy of the folder `packet`."""
    dossier, number = office.dossier(unit=unit), access.new_id()
    shutil.copytree(packet, packet_store.folder_of(office.settings, number))
    with office.database.write() as db:
        packet_store.enter(db, number, dossier, 1, False)
    return number


def files(office: Office, number: str) -> dict[str, bytes]:
    """Every file of a packet of the server."""
    folder = packet_store.folder_of(office.settings, number)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def signed_by(office: Office, number: str) -> dict[int, list[str]]:
    """Who signed what, by the manifest: the roles of each document, in order."""
    told = json.loads(files(office, number)["manifest.json"])
    return {one["number"]: [s["role"] for s in one["pdf"].get("signatures", ())] for one in told["files"]}


def asked(role: str, name: str, **further: Any) -> dict[str, Any]:
    """What is sent to take out what `name` is to sign."""
    import base64

    return {"role": role, "certificate": base64.b64encode(key(name).signer.signing_cert.dump()).decode(), **further}
