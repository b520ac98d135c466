"""`docgen pdf`, `sign`, `verify`, `doctor` as a secretary calls them."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from cli_run import Run

from docgen.dossier.sample import sample_dossier
from docgen.forms.definition import load_form
from docgen.i18n import has_message
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.signing.demo_authority import ROOT_FILE, make
from docgen.word.after.written import paragraphs


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


def test_who_signs_is_told_in_words(run: Run, packet: Path) -> None:
    """A role is a code: it stands only where it is to be typed, behind `--role`."""
    roles = {entry["role"] for entry in run("sign", packet, "--list", "--json").json}
    for language, first in (("vi", "Bí thư chi bộ: T/M"), ("en", "Secretary of the cell: T/M")):
        listed = run("--lang", language, "sign", packet, "--list").out
        assert first in listed
        assert "--role cell" in listed
        told = re.sub(r"--role \w+", "", listed) + run("--lang", language, "verify", packet).out
        words = set(re.findall(r"[\w-]+", re.sub(r"\S+/\S+", "", told)))
        assert not roles & words - (
            {"collective", "author", "assessor", "cell", "committee"} if language == "en" else set()
        )


def test_every_role_of_every_form_has_words() -> None:
    for regulation in map(load_regulation, list_regulations()):
        for form in regulation.forms:
            for block in load_form(regulation, form).body:
                for sign in (block, *getattr(block, "beside", ())):
                    assert not sign.signer or has_message(f"signing.role.{sign.signer}", "en"), (form, sign.signer)


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


def test_a_signature_by_hand_is_recorded_listed_and_taken_back(run: Run, packet: Path) -> None:
    files = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))["files"]
    number, name = next(
        (f["number"], s["name"]) for f in files for s in f["signers"] if s["role"] == "committee"
    )  # fmt: skip
    ran = run("sign", packet, "--by-hand", "--role", "committee", "--signer", name or "Phạm Đức Ước", "--date",
              "20/12/2018", "--json")  # fmt: skip
    assert ran.code == 0
    assert ran.json["recorded"][0] == number
    listed = run("sign", packet, "--list")
    assert f"Đã ký tay: đảng ủy cơ sở, {ran.json['signer']}, ngày 20/12/2018: {number:03d}" in listed.out
    assert "ký tay ngày 20/12/2018" in run("verify", packet).out
    assert run("verify", packet).code == 1
    assert run("sign", packet, "--by-hand", "--role", "committee", "--undo").code == 0
    assert "Đã ký tay" not in run("sign", packet, "--list").out


def test_the_state_of_signatures_is_a_page_beside_the_packet(run: Run, packet: Path, tmp_path: Path) -> None:
    """Who still signs what, what was signed by hand and when; the packet, sealed with its index, stays as it is."""
    files = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))["files"]
    numbers = [f["number"] for f in files for s in f["signers"] if s["role"] == "committee"]
    name = next(s["name"] for f in files for s in f["signers"] if s["role"] == "committee") or "Phạm Đức Ước"
    ran = run("sign", packet, "--by-hand", "--role", "committee", "--signer", name, "--date", "20/12/2018",
              "--only", str(numbers[0]))  # fmt: skip
    assert ran.code == 0
    before = {path: path.read_bytes() for path in packet.rglob("*") if path.is_file()}
    page = tmp_path / "ky.docx"
    assert run("sign", packet, "--list", "--docx", page).code == 0
    texts = paragraphs(page.read_bytes())
    assert texts.index("Chưa ký") < texts.index("Đã ký số") < texts.index("Đã ký tay")
    pen = next(text for text in texts if "20/12/2018, không có bản quét" in text)
    assert pen.startswith(f"{numbers[0]:03d} (")
    assert not [text for text in texts if "committee" in text or ".pdf" in text]
    assert run("sign", packet, "--list", "--docx", page).code == 2, "a file that is there stays"
    assert run("sign", packet, "--list", "--docx", packet / "ky.docx").code == 2, "nothing is added to the packet"
    assert run("sign", packet, "--docx", tmp_path / "b.docx", "--role", "committee").code == 2
    assert {path: path.read_bytes() for path in packet.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--role", "committee"],
        ["--role", "committee", "--signer", "Phạm Đức Ước"],
        ["--role", "committee", "--signer", "Phạm Đức Ước", "--date", "31/2/2018"],
        ["--role", "committee", "--signer", "Phạm Đức Ước", "--date", "1/1/2999"],
        ["--signer", "Phạm Đức Ước", "--date", "20/12/2018"],
    ],
)
def test_a_signature_by_hand_needs_who_as_what_and_when(run: Run, packet: Path, arguments: list[str]) -> None:
    before = (packet / "manifest.json").read_bytes()
    assert run("sign", packet, "--by-hand", *arguments).code == 2
    assert (packet / "manifest.json").read_bytes() == before
