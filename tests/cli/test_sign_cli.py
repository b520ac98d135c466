"""`docgen pdf`, `sign`, `verify`, `doctor` as a secretary calls them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from cli_run import Run

from docgen.dossier.sample import sample_dossier
from docgen.signing.demo_authority import ROOT_FILE, make


@pytest.fixture
def packet(run: Run, tmp_path: Path) -> Path:
    data = sample_dossier("kh55-2018")
    data["members"] = data["members"][:1]
    data.pop("ballots", None)
    data["members"][0].pop("votes", None)
    for root in ("collective", "party_organization"):
        sheets = data[root]["assessments"]
        data[root]["assessments"] = {key: sheets[key] for key in list(sheets)[:1]}
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    assert run("packet", path, "-o", tmp_path / "p").code == 0
    return tmp_path / "p"


def test_roles_sign_in_turn_and_what_is_missing_is_said(run: Run, packet: Path, tmp_path: Path) -> None:
    store, secret = make(tmp_path / "k", {"a": "Nguyễn Văn A"})["a"]
    root = tmp_path / "k" / ROOT_FILE
    listed = run("sign", packet, "--list", "--json").json
    assert {entry["role"] for entry in listed} >= {"author", "cell", "committee", "collective"}

    early = run("verify", packet, "--trust", root, "--json")
    assert early.code == 1
    assert early.json["status"] == "failed"

    out_of_turn = run("sign", packet, "--role", "committee", "--pkcs12", store, "--passfile", secret)
    assert out_of_turn.code == 1
    author = run("sign", packet, "--role", "author", "--pkcs12", store, "--passfile", secret, "--json")
    assert author.code == 0, author.err
    assert author.json["role"] == "author"
    again = run("sign", packet, "--role", "author", "--pkcs12", store, "--passfile", secret)
    assert again.code == 0


def test_the_demo_signs_everything_and_a_changed_file_is_caught(run: Run, packet: Path, tmp_path: Path) -> None:
    run("sign", packet, "--role", "author", "--pkcs12", *_made_key(tmp_path))
    keys = tmp_path / "keys"
    assert _demo().main(packet, keys) in (0, 1)
    roots = ["--trust", keys / ROOT_FILE, "--trust", tmp_path / "k" / ROOT_FILE]
    verified = run("verify", packet, *roots, "--json")
    assert verified.code == 0, verified.out[-1500:]
    assert verified.json["status"] == "passed"
    assert run("verify", packet).code == 1

    victim = next((packet / "pdf").glob("002-*.pdf"))
    victim.write_bytes(victim.read_bytes().replace(b"/Type", b"/Tipe", 1))
    assert run("verify", packet, *roots).code == 1


def _made_key(tmp_path: Path) -> list[object]:
    store, secret = make(tmp_path / "k", {"a": "Nguyễn Văn A"})["a"]
    return [store, "--passfile", secret]


def _demo() -> ModuleType:
    """`scripts/sign_demo.py`, which is no module of the package."""
    path = Path(__file__).parents[2] / "scripts" / "sign_demo.py"
    spec = importlib.util.spec_from_file_location("sign_demo", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_wrong_passphrase_is_told_and_nothing_changes(run: Run, packet: Path, tmp_path: Path) -> None:
    store, secret = make(tmp_path / "k", {"a": "Nguyễn Văn A"})["a"]
    secret.write_text("sai\n", encoding="utf-8")
    done = run("sign", packet, "--role", "author", "--pkcs12", store, "--passfile", secret)
    assert done.code != 0
    assert "Traceback" not in done.err
    assert all(not entry["pdf"].get("signatures") for entry in _files(packet) if entry.get("pdf"))


def _files(packet: Path) -> list[dict[str, dict[str, object]]]:
    files: list[dict[str, dict[str, object]]] = json.loads((packet / "manifest.json").read_text("utf-8"))["files"]
    return files


def test_pdf_of_word_files(run: Run, packet: Path, tmp_path: Path) -> None:
    page = next(packet.glob("002-*.docx"))
    done = run("pdf", page, "-o", tmp_path / "ra")
    assert done.code == 0, done.err
    made = list((tmp_path / "ra").glob("*.pdf"))
    assert len(made) == 1
    assert made[0].read_bytes()[:5] == b"%PDF-"


def test_doctor_says_what_is_there(run: Run) -> None:
    found = run("doctor", "--json")
    assert found.code in (0, 4)
    assert json.loads(found.out)
    assert run("doctor").out.strip()


def test_a_document_the_dossier_asks_for_is_missed(run: Run, packet: Path, tmp_path: Path) -> None:
    """What is there may be signed and whole; by the dossier there must be more."""

    def missed() -> list[str]:
        found = run("verify", packet, "--dossier", tmp_path / "ho-so.json", "--json").json["reasons"]
        return [reason["params"]["title"] for reason in found if reason["code"] == "document_unmade"]

    assert missed() == []
    path = packet / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    gone = content["files"].pop(1)
    path.write_text(json.dumps(content), encoding="utf-8")
    assert missed() == [gone["title"]]
