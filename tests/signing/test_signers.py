"""Who signs, where whoever made the manifest would rather not say it, or says another name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from authority import SIGNED, key
from signing_packets import MEMBERS

from docgen.signing import Asked, Signing, sign_packet, verify_packet

AUTHOR, OTHER = MEMBERS["dv-01"], "Phan Văn Tám"
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def review(packet: Path, tmp_path: Path) -> Path:
    """An unsigned packet of one self-review, of which only the member's own signature is looked at here."""
    content = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    target = tmp_path / "review"
    (target / "pdf").mkdir(parents=True)
    content["files"], content["extras"] = content["files"][:1], []
    for name in (content["files"][0]["file"], content["files"][0]["pdf"]["file"]):
        shutil.copy(packet / name, target / name)
    (target / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return target


def _edit(packet: Path, change: Edit) -> None:
    path = packet / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["files"][0])
    path.write_text(json.dumps(content), encoding="utf-8")


def _signed(packet: Path, trusting: Asked, name: str, role: str = "author") -> tuple[str, dict[str, str]]:
    """The status of the signature of `name` as `role`, and its reasons with their weight."""
    sign_packet(packet, role, key(name), Signing(moment=SIGNED), out_of_order=True)
    document = verify_packet(packet, trusting).documents[0]
    signature = next(item for item in document.signatures if item.role == role)
    return signature.status, {reason.code: reason.weight for reason in signature.reasons}


def _names(value: Any) -> Edit:
    return lambda entry: [signer.update(name=value) for signer in entry["signers"]]


def _no_names(entry: dict[str, Any]) -> None:
    for signer in entry["signers"]:
        signer.pop("name")


def test_the_member_signs(review: Path, trusting: Asked) -> None:
    assert _signed(review, trusting, AUTHOR) == ("passed", {"no_revocation_data": "note"})


@pytest.mark.parametrize(
    "change", [_names(""), _names(None), _names(" "), _no_names, _names(OTHER)],
    ids=["empty", "null", "a space", "no key", "the insider's own"],
)  # fmt: skip
def test_an_insider_signs_in_the_member_s_place(review: Path, trusting: Asked, change: Edit) -> None:
    """The manifest is the insider's own; the form it lists still prints whose paper it is."""
    _edit(review, change)
    status, reasons = _signed(review, trusting, OTHER)
    assert status == "failed"
    assert "name_changed" in reasons


def test_nor_with_a_form_that_shows_no_name(review: Path, trusting: Asked) -> None:
    """Even with the name taken out of the Word form: this form never goes without one, so it cannot be told."""
    from docgen.forms.definition import load_form
    from docgen.forms.fill import Filler
    from docgen.regulations.loader import load_regulation
    from docgen.signing.signed_manifest import sha256

    regulation = load_regulation("kh55-2018")
    empty = Filler(load_form(regulation, "mau-02")).fill({}, blank=True, check=False)

    def change(entry: dict[str, Any]) -> None:
        _names("")(entry)
        (review / entry["file"]).write_bytes(empty)
        entry["sha256"] = sha256(empty)

    _edit(review, change)
    status, reasons = _signed(review, trusting, OTHER)
    assert status == "cannot_tell"
    assert reasons["name_missing"] == "cannot_tell"


@pytest.mark.parametrize("strict", [False, True])
def test_a_place_where_the_dossier_names_nobody(review: Path, trusting: Asked, strict: bool) -> None:
    """The committee's name may be left to be written by hand: said, and under --strict-names not passed."""
    _edit(review, _names(""))
    trusting.strict_names = strict
    status, reasons = _signed(review, trusting, OTHER, "committee")
    assert status == ("cannot_tell" if strict else "passed")
    assert reasons["name_not_given"] == ("cannot_tell" if strict else "note")
