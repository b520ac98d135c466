"""What an original is (QĐ 379-QĐ/TW Điều 12): a sealed paper takes a person's signature and the body's; nothing less
passes, and nothing of one stands for the other."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from authority import key
from sealed_packets import (
    ABOVE,
    AGENCY,
    BODY,
    CHAIR,
    HOW,
    SUPERIOR,
    codes,
    finish,
    forced,
    judged,
    made,
    sealed_dossier,
)

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError, UsageError
from docgen.packet.make import build_packet
from docgen.packet.pdf import add_pdf
from docgen.packet.plan import misnamed, plan_documents
from docgen.pdf import shared_zone
from docgen.regulations.duties import Body
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.originals import sealed_by
from docgen.signing import Asked, due, sign_packet, standing, verify_packet
from docgen.signing.names import body_likeness
from docgen.signing.signed_manifest import load_manifest, state_of
from docgen.validation import validate_dossier


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unsigned packet with sealed papers."""
    return made(tmp_path_factory.mktemp("store") / "p", sealed_dossier())


@pytest.fixture(scope="module")
def people_store(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, signed by the people of the body and by nobody else."""
    target = Path(shutil.copytree(store, tmp_path_factory.mktemp("store") / "people"))
    for role in ("cell", "collective", "assessor"):
        sign_packet(target, role, key(CHAIR), HOW)
    return target


@pytest.fixture
def people(people_store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(people_store, tmp_path / "people"))


@pytest.fixture
def packet(store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(store, tmp_path / "packet"))


MAU_01 = 2  # mau-04 is the packet's cover, number 1


def test_a_body_with_a_seal_signs_after_the_person(people: Path) -> None:
    entries = {entry.role: entry for entry in due(people)}
    assert set(entries) == {"collective_body", "superior", "superior_body"}
    assert (entries["collective_body"].body, entries["collective_body"].names) == (True, [BODY])
    assert entries["superior_body"].names == [ABOVE]
    assert not entries["superior"].body
    states = {entry["number"]: entry for entry in standing(people)}
    assert states[MAU_01]["state"] == "signed"
    assert [m["role"] for m in states[MAU_01]["missing"]] == ["collective_body", "superior", "superior_body"]
    assert states[1]["state"] == "original"  # the cover bears no seal

    finish(people)
    assert due(people) == []
    assert {entry["state"] for entry in standing(people)} == {"original"}
    verdict = judged(people)
    assert verdict.status == "passed", verdict.as_json()
    assert {d.state for d in verdict.documents} == {"original"}
    assert all(d.missing == [] for d in verdict.documents)


def test_the_person_alone_is_never_enough(people: Path) -> None:
    verdict = judged(people)
    assert verdict.status == "failed"
    document = next(d for d in verdict.documents if d.number == MAU_01)
    assert (document.state, document.status) == ("signed", "failed")
    assert {"role": "collective_body", "caption": "Chữ ký số của cơ quan, tổ chức", "name": BODY} in document.missing


def test_before_anybody_signs_all_are_drafts(packet: Path) -> None:
    assert {entry["state"] for entry in standing(packet)} == {"draft"}
    assert {d.state for d in judged(packet).documents} == {"draft"}
    with pytest.raises(UsageError):
        sign_packet(packet, "committee_body", key(BODY), HOW)  # no such place in this packet
    assert sign_packet(packet, "collective_body", key(BODY), HOW).signed == []  # the person signs first


def test_a_person_cannot_sign_for_the_body_nor_the_body_for_a_person(people: Path) -> None:
    for name in (CHAIR, "NGUYEN VAN A", "Nguyễn Văn A (Bí thư)"):
        with pytest.raises(UsageError) as caught:
            sign_packet(people, "collective_body", key(name), HOW)
        assert caught.value.code == "signing.error.person_for_body"
    for name in (BODY, "Đảng bộ Trường Đại học Sông Hậu", ABOVE):
        with pytest.raises(UsageError) as caught:
            sign_packet(people, "superior", key(name), HOW)
        assert caught.value.code == "signing.error.body_for_person"
    # The body of another place leaves this one alone.
    assert sign_packet(people, "collective_body", key(ABOVE), HOW).signed == []


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        (CHAIR, "person_for_body", "failed"),  # who has signed already
        (SUPERIOR, "person_for_body", "failed"),  # who signs elsewhere
        ("Nguyễn Văn A Bình", "person_for_body", "failed"),  # a name that is like one
        ("Trần Văn Lạ", "body_differs", "cannot_tell"),  # nobody knows who that is
        (AGENCY, "body_differs", "cannot_tell"),  # the agency is not its party body
        (ABOVE, "other_body", "failed"),  # the body above
    ],
)
def test_another_signature_in_the_place_of_the_bodys(people: Path, name: str, code: str, status: str) -> None:
    forced(people, MAU_01, "collective_body", name)
    verdict = judged(people)
    document = next(d for d in verdict.documents if d.number == MAU_01)
    signature = next(s for s in document.signatures if s.role == "collective_body")
    assert code in {reason.code for reason in signature.reasons}
    assert signature.status == status
    assert document.state != "original"
    assert "collective_body" in {m["role"] for m in document.missing}


def test_a_stranger_for_the_body_and_all_else_in_order_does_not_pass(people: Path) -> None:
    for number in (MAU_01, 4):
        forced(people, number, "collective_body", "Trần Văn Lạ")
    for role, signer in (("superior", SUPERIOR), ("superior_body", ABOVE)):
        forced(people, MAU_01, role, signer)
    verdict = judged(people)
    assert verdict.status == "cannot_tell"
    assert next(d for d in verdict.documents if d.number == MAU_01).state == "signed"


def test_the_bodys_signature_in_a_persons_place(packet: Path) -> None:
    forced(packet, MAU_01, "collective", BODY)
    verdict = judged(packet)
    assert "body_for_person" in codes(verdict, MAU_01)
    assert verdict.status == "failed"


def test_the_bodys_signature_in_the_wrong_field(packet: Path) -> None:
    """The body of this packet in the field of the body above, and one signature that says it is of another role."""
    manifest = load_manifest(packet)
    forced(packet, MAU_01, "superior_body", BODY, said="collective_body")
    verdict = judged(packet)
    assert {"other_body", "other_role", "signature_due"} <= codes(verdict, MAU_01)
    assert manifest.seal() == load_manifest(packet).seal()


def test_one_key_for_the_person_and_the_body(packet: Path) -> None:
    """Where nobody's name is printed, the same certificate still cannot be two signers."""
    content = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    for entry in content["files"]:
        for signer in entry["signers"]:
            if signer["role"] == "collective":
                signer["name"] = None
    (packet / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    forced(packet, MAU_01, "collective", "Bí thư Đảng ủy")
    forced(packet, MAU_01, "collective_body", "Bí thư Đảng ủy")
    assert {"one_key_for_two", "body_differs"} <= codes(judged(packet), MAU_01)


def test_a_manifest_that_forgets_the_body(packet: Path) -> None:
    content = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    for entry in content["files"]:
        entry["signers"] = [s for s in entry["signers"] if not s["role"].endswith("_body")]
    (packet / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    for role, name in (("cell", CHAIR), ("collective", CHAIR), ("assessor", CHAIR), ("superior", SUPERIOR)):
        sign_packet(packet, role, key(name), HOW)
    verdict = judged(packet)
    assert verdict.status == "failed"
    assert "signer_unnamed" in codes(verdict, MAU_01)
    assert next(d for d in verdict.documents if d.number == MAU_01).state != "original"


def test_a_manifest_that_calls_the_body_a_cell(packet: Path) -> None:
    """The places for the body's signature are in the PDF: they tell, whatever kind of body the manifest claims."""
    content = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    content["originals"]["org_type"] = "chi_bo"
    for entry in content["files"]:
        entry["signers"] = [s for s in entry["signers"] if not s["role"].endswith("_body")]
    (packet / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    for role, name in (("collective", CHAIR), ("superior", SUPERIOR)):
        sign_packet(packet, role, key(name), HOW, only=[MAU_01])
    verdict = judged(packet)
    document = next(d for d in verdict.documents if d.number == MAU_01)
    assert "field_unnamed" in codes(verdict, MAU_01)
    assert (document.status, document.state) == ("failed", "signed")


def test_a_manifest_that_does_not_say_whose_it_is(people: Path) -> None:
    content = json.loads((people / "manifest.json").read_text(encoding="utf-8"))
    content.pop("originals")
    (people / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    verdict = judged(people)
    assert "issuer_unstated" in {reason.code for reason in verdict.reasons}
    assert "original" not in {d.state for d in verdict.documents}


def test_a_packet_made_as_if_there_were_no_seal_differs_from_its_dossier() -> None:
    """Whoever has the dossier sees that the packet's signers are not those it asks for."""
    regulation, data = load_regulation("hd43-2025"), sealed_dossier()
    asked = [
        {
            "number": d.number, "form": d.definition.form, "record": d.record.key(),
            "signers": [{"role": s.role, "name": s.name} for s in d.signers],
        }
        for d in plan_documents(regulation, data)
    ]  # fmt: skip
    assert misnamed(regulation, data, asked) == []
    without = copy.deepcopy(asked)
    without[MAU_01 - 1]["signers"] = [s for s in without[MAU_01 - 1]["signers"] if s["role"] != "collective_body"]
    assert [(number, s.role) for number, s, _ in misnamed(regulation, data, without)] == [(MAU_01, "collective_body")]


def test_a_cell_has_no_seal_and_its_people_make_originals(tmp_path: Path) -> None:
    data = sample_dossier("hd43-2025", members=1)
    data["signers"] |= {"superior": SUPERIOR, "committee": "Hồ Văn Đảng"}
    packet = made(tmp_path / "p", data)
    assert not [entry for entry in due(packet) if entry.body or entry.seal]
    for _ in range(6):
        for entry in due(packet):
            sign_packet(packet, entry.role, key(entry.names[0]), HOW)
    assert due(packet) == []
    verdict = judged(packet)
    assert verdict.status == "passed", verdict.as_json()
    assert {d.state for d in verdict.documents} == {"original"}


def test_a_cell_that_names_its_own_seal_takes_two(tmp_path: Path) -> None:
    data = sample_dossier("hd43-2025", members=1)
    data["signers"]["collective_body"] = "Chi bộ Văn phòng Sông Hậu"
    found = {d.definition.form: [s.role for s in d.signers] for d in plan_documents(load_regulation("hd43-2025"), data)}
    assert found["mau-01"][:2] == ["collective", "collective_body"]
    assert found["mau-02a"] == ["author", "manager", "cell", "committee"]


@pytest.mark.parametrize("name", [n for n in list_regulations() if n != "hd43-2025"])
def test_regulations_before_it_ask_no_body(name: str) -> None:
    regulation = load_regulation(name)
    assert not regulation.originals
    data = sample_dossier(name, members=2)
    data["organization"]["kind"] = "dang_bo"
    for document in plan_documents(regulation, data):
        seals = [s.seal for s in document.definition.signs()]
        assert [s.seal for s in document.signers] == seals
        assert not [s for s in document.signers if s.role.endswith("_body")]


def test_a_signed_packet_of_before_is_signed_and_no_original(signed: Path, trusting: Asked) -> None:
    assert {entry["state"] for entry in standing(signed)} <= {"signed", "draft"}
    verdict = verify_packet(signed, trusting)
    assert verdict.status == "passed"
    assert {d.state for d in verdict.documents} <= {"signed", "draft"}
    assert not any(reason.code == "issuer_unstated" for reason in verdict.reasons)


def test_states() -> None:
    assert [state_of(done, 2, True) for done in (0, 1, 2)] == ["draft", "signed", "original"]
    assert [state_of(done, 2, False) for done in (0, 1, 2)] == ["draft", "signed", "signed"]
    assert state_of(0, 0, True) == "draft"


def test_the_two_places_do_not_touch(store: Path, tmp_path: Path) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.open(store / "pdf" / "002-mau-01.pdf") as document:
        found = {str(f.T): [float(v) for v in f.Rect] for f in document.Root.AcroForm.Fields}
        width = float(document.pages[0].mediabox[2])
    assert set(found) == {"kycollective", "kycollectivebody", "kysuperior", "kysuperiorbody"}
    for role in ("collective", "superior"):
        person, body = found[f"ky{role}"], found[f"ky{role}body"]
        assert body[2] < person[0], "the body's place is to the left of the person's"
        assert (body[1], body[3]) == (person[1], person[3])
        assert min(body[2] - body[0], person[2] - person[0]) >= 105
        assert body[0] >= 85 - 1
        assert person[2] <= width - 42
    # Drawn later for signing, the places are the same.
    later = tmp_path / "later"
    build_packet(load_regulation("hd43-2025"), sealed_dossier(), later, source={"file": "x", "sha256": ""})
    add_pdf(later, "rdocx")
    assert (later / "pdf" / "002-mau-01.pdf").read_bytes() == (store / "pdf" / "002-mau-01.pdf").read_bytes()


def test_a_body_beside_text_keeps_off_it(store: Path) -> None:
    """Where the left column has words (Nơi nhận), the two share the block's own cell."""
    from docgen.pdf.zones import SignatureZone

    pdf = (store / "pdf" / "002-mau-01.pdf").read_bytes()
    zone = SignatureZone("kyx", 0, (400.0, 300.0, 560.0, 360.0), "")  # text runs all along the first page
    person, body = shared_zone(zone, pdf, "kyxbody")
    assert body.rect[0] >= 400.0
    assert body.rect[2] < person.rect[0]
    assert person.rect[2] == 560.0


@pytest.mark.parametrize(
    ("printed", "certified", "how"),
    [
        (BODY, BODY, "same"),
        (BODY, "Đảng bộ Trường Đại học Sông Hậu", "same"),
        (BODY, "BAN THƯỜNG VỤ ĐẢNG UỶ TRƯỜNG ĐẠI HỌC SÔNG HẬU", "same"),
        (BODY, "DANG UY TRUONG DAI HOC SONG HAU", "without_accents"),
        (BODY, AGENCY, "other"),
        (AGENCY, BODY, "other"),
        (BODY, "Đảng ủy Trường Đại học Sông Hâu", "other"),
        (BODY, "Đảng ủy Trường Đại học", "other"),
        (BODY, "Đảng ủy", "other"),
        ("Đảng ủy", "Đảng ủy", "other"),
        (BODY, "Đảng ủy Trường Đại họс Sông Hậu", "other"),  # a Cyrillic letter
        ("Trường THPT số 1", "Trường THPT số 2", "other"),
        ("Trường THPT số 1", "Trường THPT số 1, MST 0301234567-001", "same"),
        (BODY, f"{BODY} (Văn thư)", "same"),
    ],
)
def test_names_of_bodies(printed: str, certified: str, how: str) -> None:
    assert body_likeness(printed, certified) == how


def test_a_body_that_seals_must_be_named() -> None:
    data = sealed_dossier()
    for unit, expected in ((AGENCY, []), ("", ["/signers/manager_body"])):
        data["organization"]["unit"] = unit
        loaded, _ = dossier_from_data(data)
        assert loaded is not None
        found = validate_dossier(loaded, load_regulation("hd43-2025"))
        assert [f.place.pointer for f in found if f.code == "validation.seal.no_name"] == expected


def test_whose_seal_is_data() -> None:
    originals = load_regulation("hd43-2025").originals
    assert originals.roles(Body("chi_bo")) == originals.roles(Body("chi_bo_truc_thuoc")) == {"scan"}
    assert originals.roles(Body("dang_bo")) == {"collective", "superior", "manager", "committee", "office", "scan"}
    assert originals.roles(Body("chi_bo", collective_kind="co_quan")) == {"collective", "scan"}
    data: dict[str, Any] = {"organization": {"kind": "dang_bo", "name": "Đảng bộ A", "parent": "B", "unit": "C"}}
    assert sealed_by(originals, data) == {
        "collective": "Đảng bộ A", "superior": "Đảng ủy B", "manager": "C", "committee": "Đảng bộ A",
        "office": "Đảng bộ A", "scan": "Đảng bộ A",
    }  # fmt: skip
    data["collective"] = {"kind": "chinh_quyen", "name": "Ủy ban nhân dân xã A"}
    assert sealed_by(originals, data)["collective"] == "Ủy ban nhân dân xã A"


@pytest.mark.parametrize(
    "text", ["- {role: x}", "- {role: x, name: a.b, when: {org_type: [huyen]}}", "- {role: x, name: a.b, seal: yes}"]
)
def test_a_seal_half_described_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "don-vi").mkdir()
    (tmp_path / "don-vi" / "regulation.yaml").write_text(
        f"regulation: don-vi\nextends: hd43-2025\noriginals:\n  clause: x\n  seals:\n    {text}\n", encoding="utf-8"
    )
    with pytest.raises(DefinitionError):
        load_regulation("don-vi", [tmp_path])
