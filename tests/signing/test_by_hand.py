"""Papers signed with a pen: recorded, listed, never passed; and what a forger does with such a record."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from authority import SIGNED, key
from signing_packets import CELL, COMMITTEE, MANAGER, MEMBERS

from docgen.errors import DocgenError
from docgen.packet.handover import look_into, zip_packet
from docgen.packet.received import verify_received
from docgen.signing import Asked, Signing, due, sign_packet, standing
from docgen.signing.by_hand import FOLDER, record_by_hand, take_back
from docgen.signing.signed_manifest import load_manifest, sha256
from docgen.signing.verdict import Verdict
from docgen.signing.verify import verify_packet

DAY = datetime.date(2018, 12, 20)
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A scanned sheet."""
    from PIL import Image

    path = tmp_path / "quet.png"
    Image.new("L", (620, 877), 240).save(path)
    return path


@pytest.fixture(scope="session")
def pens_store(packet_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet that everybody signed with a key but the committee, which signs last."""
    target = tmp_path_factory.mktemp("pens") / "packet"
    shutil.copytree(packet_store, target)
    how = Signing(moment=SIGNED)
    for name in MEMBERS.values():
        sign_packet(target, "author", key(name), how)
    sign_packet(target, "manager", key(MANAGER), how)
    sign_packet(target, "cell", key(CELL), how)
    return target


@pytest.fixture
def pens(pens_store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pens_store, tmp_path / "pens"))


def said(verdict: Verdict) -> set[str]:
    """The codes of all that does not pass, each with its weight."""
    reasons = [*verdict.reasons, *(reason for document in verdict.documents for reason in document.reasons)]
    return {f"{reason.code}:{reason.weight}" for reason in reasons if reason.weight != "note"}


def edit(packet: Path, change: Change, number: int = 1) -> None:
    """Change the entry of a document in the manifest, as a forger would."""
    path = packet / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(next(entry for entry in content["files"] if entry["number"] == number))
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def test_a_pen_cannot_be_told(pens: Path, scan: Path, trusting: Asked) -> None:
    assert said(verify_packet(pens, trusting)) == {"signature_due:failed"}
    done = record_by_hand(pens, "committee", COMMITTEE, DAY, scan, only=[1])
    assert (done.recorded, done.scan) == ([1], f"{FOLDER}/001-committee.png")
    record_by_hand(pens, "committee", COMMITTEE, DAY, only=[2])
    verdict = verify_packet(pens, trusting)
    assert verdict.status == "cannot_tell"
    assert said(verdict) == {"by_hand:cannot_tell", "by_hand_no_scan:cannot_tell"}
    assert [document.by_hand for document in verdict.documents] == [["committee"], ["committee"], [], []]
    assert all(reason.words(lang) for d in verdict.documents for reason in d.reasons for lang in ("vi", "en"))


def test_it_is_not_due_any_more_and_is_listed(pens: Path, scan: Path) -> None:
    assert [entry.role for entry in due(pens)] == ["committee"]
    record_by_hand(pens, "committee", COMMITTEE, DAY, scan, only=[1])
    assert [entry.documents for entry in due(pens)] == [[2]]
    (first, *_) = standing(pens)
    assert first["missing"] == []
    assert [(pen["role"], pen["name"], pen["day"]) for pen in first["by_hand"]] == [
        ("committee", COMMITTEE, "2018-12-20")
    ]
    # A key does not sign over a pen; who wants that takes the record back first.
    assert sign_packet(pens, "committee", key(COMMITTEE), Signing(moment=SIGNED)).already == [1]


def test_the_seal_does_not_change_and_other_signatures_stand(pens: Path, scan: Path) -> None:
    before = load_manifest(pens).seal()
    record_by_hand(pens, "committee", COMMITTEE, DAY, scan, only=[1])
    assert load_manifest(pens).seal() == before


def test_a_pen_before_a_key_lets_the_next_sign(packet: Path) -> None:
    record_by_hand(packet, "author", MEMBERS["dv-01"], DAY)
    done = sign_packet(packet, "manager", key(MANAGER), Signing(moment=SIGNED))
    assert done.signed == [1]
    assert done.blocked == {2: ["author"]}


def test_pens_alone_are_cannot_tell_too(packet: Path, trusting: Asked) -> None:
    for role, name in (("manager", MANAGER), ("cell", CELL), ("committee", COMMITTEE)):
        record_by_hand(packet, role, name, DAY)
    for name in MEMBERS.values():
        record_by_hand(packet, "author", name, DAY)
    verdict = verify_packet(packet, trusting)
    assert verdict.status == "cannot_tell"
    assert "nothing_signed:cannot_tell" in said(verdict)


def test_each_signs_the_papers_that_bear_the_own_name(packet: Path) -> None:
    done = record_by_hand(packet, "author", MEMBERS["dv-02"], DAY)
    assert (done.recorded, done.others) == ([2], {1: MEMBERS["dv-01"]})
    with pytest.raises(DocgenError, match="by_hand_other"):
        record_by_hand(packet, "author", MEMBERS["dv-02"], DAY, only=[1])


def test_taking_back_leaves_nothing(pens: Path, scan: Path) -> None:
    before = {path: path.read_bytes() for path in pens.rglob("*") if path.is_file()}
    record_by_hand(pens, "committee", COMMITTEE, DAY, scan, only=[1])
    assert take_back(pens, "committee").recorded == [1]
    after = {path: path.read_bytes() for path in pens.rglob("*") if path.is_file()}
    assert after.keys() == before.keys()
    assert [path.name for path in before if before[path] != after[path]] == []


def test_the_scan_travels_with_the_packet(pens: Path, scan: Path, trusting: Asked, tmp_path: Path) -> None:
    record_by_hand(pens, "committee", COMMITTEE, DAY, scan, only=[1])
    assert look_into(pens).sound
    bundle = zip_packet(pens)
    with zipfile.ZipFile(io.BytesIO(bundle.read_bytes())) as archive:
        assert archive.read(f"{FOLDER}/001-committee.png") == scan.read_bytes()
    assert "by_hand:cannot_tell" in said(verify_received(bundle, trusting))


@pytest.mark.parametrize(
    ("role", "name", "only", "with_scan", "code"),
    [
        ("thu_truong", COMMITTEE, [1], False, "unknown_role"),
        ("committee", "Phạm Đức Ước Em", [1], False, "by_hand_other"),
        ("committee", "Pham Duc Uoc", [1], False, "by_hand_other"),
        ("committee", "   ", [1], False, "by_hand_name"),
        ("committee", COMMITTEE, [3], False, "unknown_document"),  # Mẫu 06 is signed by the cell alone
        ("committee", COMMITTEE, [], True, "by_hand_one_scan"),
    ],
)
def test_what_is_refused_leaves_the_packet_as_it_was(
    pens: Path, scan: Path, role: str, name: str, only: list[int], with_scan: bool, code: str
) -> None:
    before = (pens / "manifest.json").read_bytes()
    with pytest.raises(DocgenError) as caught:
        record_by_hand(pens, role, name, DAY, scan if with_scan else None, only=only)
    assert caught.value.code == f"signing.error.{code}"
    assert caught.value.text("vi") != caught.value.text("en")
    assert (pens / "manifest.json").read_bytes() == before
    assert not (pens / FOLDER).exists()


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>", b"%PDF-1.7\n%%EOF"])
def test_no_scan_is_refused(pens: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    with pytest.raises(DocgenError):
        record_by_hand(pens, "committee", COMMITTEE, DAY, path, only=[1])
    assert load_manifest(pens).documents[0].by_hand == []


def test_a_draft_is_refused(pens: Path) -> None:
    path = pens / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"draft": false', '"draft": true'), encoding="utf-8")
    with pytest.raises(DocgenError, match="draft"):
        record_by_hand(pens, "committee", COMMITTEE, DAY)


# -- attacks ---------------------------------------------------------------------------------------------------------


def pen(**changed: Any) -> dict[str, Any]:
    return {"role": "committee", "name": COMMITTEE, "day": "2018-12-20", "scan": None, **changed}


#: What a forger writes into `by_hand` of the first paper -> what verify says. Nothing passes.
RECORDS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a record nobody made": ([pen()], "by_hand_no_scan:cannot_tell"),
    "another person": ([pen(name=CELL)], "by_hand_other:failed"),
    "a name that only looks the same": ([pen(name=COMMITTEE.replace("c", "\u0441"))], "by_hand_other:failed"),
    "a name without its accents": ([pen(name="Pham Duc Uoc")], "by_hand_other:failed"),
    "nobody": ([pen(name="")], "by_hand_incomplete:failed"),
    "no day": ([pen(day="hôm qua")], "by_hand_incomplete:failed"),
    "a role that is not due": ([pen(role="superior")], "by_hand_not_due:failed"),
    "twice": ([pen(), pen()], "by_hand_twice:failed"),
    "beside a signature": ([pen(role="cell", name=CELL)], "by_hand_beside:cannot_tell"),
    "a scan that is not there": (
        [pen(scan={"file": f"{FOLDER}/x.png", "sha256": "0" * 64})], "by_hand_scan_missing:failed"),
    "the index as a scan": (
        [pen(scan={"file": "muc-luc.docx", "sha256": sha256(b"index")})], "by_hand_scan_refused:failed"),
}  # fmt: skip


@pytest.mark.parametrize("kind", RECORDS)
def test_a_forged_record_never_passes(pens: Path, trusting: Asked, kind: str) -> None:
    records, expected = RECORDS[kind]
    edit(pens, lambda entry: entry.update(by_hand=records))
    verdict = verify_packet(pens, trusting)
    assert expected in said(verdict)
    assert not verdict.passed
    assert verdict.documents[0].status != "passed"


def test_a_record_added_to_a_packet_that_passes_takes_the_pass_away(signed: Path, trusting: Asked) -> None:
    assert verify_packet(signed, trusting).passed
    edit(signed, lambda entry: entry.update(by_hand=[pen()]))
    assert verify_packet(signed, trusting).status == "cannot_tell"


def test_a_name_changed_in_the_manifest_too_is_seen_on_the_paper(packet: Path, trusting: Asked) -> None:
    """The paper of dv-01 prints her name where the author signs; the manifest is its maker's."""

    def change(entry: dict[str, Any]) -> None:
        signer = next(s for s in entry["signers"] if s["role"] == "author")
        signer["name"] = "Hoàng Văn Khác"
        entry["by_hand"] = [pen(role="author", name="Hoàng Văn Khác")]

    edit(packet, change)
    assert "by_hand_other:failed" in said(verify_packet(packet, trusting))


def test_the_scan_swapped_afterwards_fails(pens: Path, scan: Path, trusting: Asked) -> None:
    done = record_by_hand(pens, "committee", COMMITTEE, DAY, scan, only=[1])
    target = pens / done.scan
    target.write_bytes(target.read_bytes()[:-12] + b"\x00\x00\x00\x00IEND\xaeB`\x82"[::-1])
    assert "by_hand_scan_changed:failed" in said(verify_packet(pens, trusting))
    assert not look_into(pens).sound
    target.unlink()
    assert "by_hand_scan_missing:failed" in said(verify_packet(pens, trusting))


def test_another_file_hidden_as_a_scan_fails(pens: Path, trusting: Asked) -> None:
    """Listed with its true hash, in the folder of scans: it is still no scan."""
    (pens / FOLDER).mkdir()
    (pens / FOLDER / "001-committee.pdf").write_bytes(b"MZ\x90\x00")
    record = {"file": f"{FOLDER}/001-committee.pdf", "sha256": sha256(b"MZ\x90\x00")}
    edit(pens, lambda entry: entry.update(by_hand=[pen(scan=record)]))
    assert "by_hand_scan_refused:failed" in said(verify_packet(pens, trusting))


@pytest.mark.parametrize("name", ["../ngoai.png", "/etc/passwd", "C:\\x.png", "x\0.png"])
def test_a_scan_outside_the_packet_breaks_the_manifest(pens: Path, trusting: Asked, name: str) -> None:
    edit(pens, lambda entry: entry.update(by_hand=[pen(scan={"file": name, "sha256": "0" * 64})]))
    assert "manifest_broken:failed" in said(verify_packet(pens, trusting))


@pytest.mark.parametrize("shape", ["x", [1], [{"name": "A"}], [{"role": 1}], [{"role": "cell", "scan": "x"}], {"a": 1}])
def test_a_record_of_another_shape_breaks_the_manifest(pens: Path, trusting: Asked, shape: Any) -> None:
    edit(pens, lambda entry: entry.update(by_hand=shape))
    assert "manifest_broken:failed" in said(verify_packet(pens, trusting))


def test_a_signature_taken_off_is_not_made_good_by_a_record(signed: Path, packet: Path, trusting: Asked) -> None:
    """The unsigned PDF is put back, and a pen recorded for whom the manifest still says he signed."""
    entry = load_manifest(signed).documents[0]
    shutil.copy(packet / entry.pdf_file, signed / entry.pdf_file)
    edit(signed, lambda e: e.update(by_hand=[pen(), pen(role="cell", name=CELL)]))
    found = said(verify_packet(signed, trusting))
    assert "signature_removed:failed" in found
