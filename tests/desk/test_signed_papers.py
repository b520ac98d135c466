"""A paper counts as signed where verify says so and where it is what the dossier gives now; nothing else does."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyhanko")
pytest.importorskip("rdocx")

from docgen.desk.calendar import make_calendar
from docgen.desk.next_step import next_step
from docgen.desk.signed import InPacket, signed_papers
from docgen.desk.status import Status, make_status
from docgen.dossier.sample import sample_dossier
from docgen.pipeline import PacketOptions, check_dossier, make_packet
from docgen.signing import sign_packet
from docgen.signing.by_hand import record_by_hand
from docgen.signing.check import load_trust
from docgen.signing.demo_authority import ROOT_FILE, make
from docgen.signing.keys import open_pkcs12
from docgen.signing.signed_manifest import load_manifest
from docgen.signing.verify import Asked

DAY = datetime.date(2021, 12, 16)


def write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dossier of one member, its packet, and keys for everybody who is named on it."""
    folder = tmp_path_factory.mktemp("signed")
    data = sample_dossier("khbvp-2021")
    data["members"] = data["members"][:1]
    data.pop("ballots", None)
    data["members"][0].pop("votes", None)
    write(folder / "h.json", data)
    made, _ = make_packet(folder / "h.json", folder / "bo", PacketOptions(pdf_engine="rdocx"))
    assert made is not None
    people = sorted(load_manifest(folder / "bo").people())
    make(folder / "k", {f"k{number}": name for number, name in enumerate(people)})
    return folder


@pytest.fixture
def place(store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(store, tmp_path / "x"))


def sign_all(place: Path, but: str = "") -> None:
    """Everybody who is named signs, in turn, but the one role."""
    people = sorted(load_manifest(place / "bo").people())
    keys = make(place / "k2", {f"k{number}": name for number, name in enumerate(people)})
    for document in load_manifest(place / "bo").documents:
        for signer in document.signers:
            if signer.role != but:
                store, secret = keys[f"k{people.index(signer.name)}"]
                key = open_pkcs12(store, secret.read_text(encoding="utf-8").strip())
                sign_packet(place / "bo", signer.role, key, only=[document.number], out_of_order=True)


def seen(place: Path, root: str = "k2") -> tuple[Status, InPacket, str]:
    """The status with the packet, what was found of the packet, the next step."""
    checked = check_dossier(place / "h.json")
    assert checked.dossier is not None
    assert checked.regulation is not None
    trust = load_trust([place / root / ROOT_FILE], (), (), None)
    data = checked.dossier.data
    packet = signed_papers(place / "bo", checked.regulation, data, Asked(trust))
    status = make_status(checked.dossier, checked.regulation, checked.findings, DAY, packet)
    step = next_step(status, make_calendar(checked.regulation, data, DAY), None, place / "h.json")
    return status, packet, step.step


def states(status: Status) -> dict[str, str]:
    return {paper.form: paper.state for paper in status.papers()}


def test_signed_by_all_is_signed(place: Path) -> None:
    status, packet, step = seen(place, "k")
    assert set(states(status).values()) == {"complete"}
    assert (packet.stale, step) == (0, "sign")
    sign_all(place)
    status, packet, step = seen(place)
    # Nobody signs the annex and the ballot: they are complete, and nothing is left to sign.
    assert states(status) == {
        "mau-1a": "signed", "mau-2a": "signed", "phu-luc": "complete", "phieu-xep-loai": "complete",
    }  # fmt: skip
    assert (packet.stale, packet.unsigned, step) == (0, 0, "hand_over")


def test_the_same_signatures_without_trust_are_none(place: Path) -> None:
    sign_all(place)
    assert "signed" not in states(seen(place, "k")[0]).values()  # another authority's root


def test_a_dossier_that_changed_since_has_no_signed_paper(place: Path) -> None:
    sign_all(place)
    data = json.loads((place / "h.json").read_text(encoding="utf-8"))
    data["members"][0]["member"]["workplace"] = "Khoa Nội"
    write(place / "h.json", data)
    status, packet, step = seen(place)
    assert states(status)["mau-2a"] == "complete"
    assert packet.stale > 0
    assert step == "remake_packet"


def test_recording_when_it_came_back_changes_no_paper(place: Path) -> None:
    sign_all(place)
    data = json.loads((place / "h.json").read_text(encoding="utf-8"))
    data["papers"] = [{"form": "mau-2a", "member": "dv-01", "given": "2021-12-01"}]
    write(place / "h.json", data)
    assert states(seen(place)[0])["mau-2a"] == "signed"


def test_what_the_manifest_says_of_itself_is_not_believed(place: Path) -> None:
    """A manifest that claims a signature no PDF holds, and one that names nobody to sign."""
    path = place / "bo" / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for entry in content["files"]:
        for signer in entry["signers"]:
            signer["status"] = "signed"
        entry["pdf"]["signatures"] = [{"role": s["role"], "field": f"ky{s['role']}"} for s in entry["signers"]]
    write(path, content)
    assert "signed" not in states(seen(place, "k")[0]).values()
    for entry in content["files"]:
        entry["signers"], entry["pdf"]["signatures"] = [], []
    write(path, content)
    assert "signed" not in states(seen(place, "k")[0]).values()


def test_a_file_added_to_the_packet_takes_every_signature_away(place: Path) -> None:
    sign_all(place)
    (place / "bo" / "them.txt").write_text("x", encoding="utf-8")
    assert "signed" not in states(seen(place)[0]).values()


def test_signed_by_hand_is_a_state_of_its_own(place: Path) -> None:
    form = next(d for d in load_manifest(place / "bo").documents if d.entry["form"] == "mau-2a")
    last = form.signers[-1]
    sign_all(place, but=last.role)
    assert states(seen(place)[0])["mau-2a"] == "complete"
    record_by_hand(place / "bo", last.role, last.name or "Đinh Văn Ký", DAY, only=[form.number])
    assert states(seen(place)[0])["mau-2a"] == "signed_by_hand"
    content = json.loads((place / "bo" / "manifest.json").read_text(encoding="utf-8"))
    next(e for e in content["files"] if e["number"] == form.number)["by_hand"][0]["name"] = "Người Khác"
    write(place / "bo" / "manifest.json", content)
    assert states(seen(place)[0])["mau-2a"] == ("complete" if last.name else "signed_by_hand")
