"""`docgen sign --server` as it is run: keys in files on the signer's PC, the packet on a server, `verify` last."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from afar import PASSPHRASE, TURNS, authority, make_packet, pkcs12, placed
from test_serve import ask, free_port, serving
from web_office import Office

SIGN = [sys.executable, "-m", "docgen", "sign"]
HIDDEN = ("DOCGEN_API_KEY", "DOCGEN_PASSPHRASE", "DOCGEN_PIN")


def run(*arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in HIDDEN} | given
    return subprocess.run(
        arguments, capture_output=True, text=True, encoding="utf-8", timeout=120, env=env, stdin=subprocess.DEVNULL
    )


def test_everybody_signs_from_afar_and_the_packet_holds(office: Office, tmp_path: Path) -> None:
    number, port = placed(office, make_packet(tmp_path / "packet")), free_port()
    secret = office.key()["Authorization"].removeprefix("Bearer ")
    (tmp_path / "khoa.txt").write_text(f"{secret}\n", encoding="utf-8")
    (tmp_path / "mk.txt").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "ca.pem").write_bytes(authority().pem())
    told = ""
    with serving(office.settings.data, port) as process:
        for turn, (role, name) in enumerate(TURNS):
            (tmp_path / "key.p12").write_bytes(pkcs12(name))
            server = ["--server", f"http://127.0.0.1:{port}", "--packet", number, "--role", role]
            key = ["--pkcs12", str(tmp_path / "key.p12")]
            if turn % 2:  # secrets in files, and in the environment
                done = run(*SIGN, *server, *key, "--key-file", str(tmp_path / "khoa.txt"), "--passfile",
                           str(tmp_path / "mk.txt"))  # fmt: skip
            else:
                done = run(*SIGN, *server, *key, DOCGEN_API_KEY=secret, DOCGEN_PASSPHRASE=PASSPHRASE)
            assert done.returncode == 0, done.stderr
            told += done.stdout + done.stderr
        archive = ask(port, "GET", f"/api/v1/packets/{number}/archive", secret)[1]
        process.terminate()
        assert process.stderr is not None
        told += process.stderr.read()
    (tmp_path / "bo.zip").write_bytes(archive)
    verdict = run(
        sys.executable, "-m", "docgen", "verify", str(tmp_path / "bo.zip"), "--trust", str(tmp_path / "ca.pem")
    )
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert secret not in told
    assert PASSPHRASE not in told
    kept = b"".join(path.read_bytes() for path in office.settings.data.rglob("*") if path.is_file())
    assert pkcs12(TURNS[0][1])[64:128] not in kept
    assert PASSPHRASE.encode() not in kept


@pytest.mark.parametrize(("arguments", "code", "word"), [
    (["--server", "http://may-chu.example", "--packet", "x", "--role", "cell"], 2, "https://"),
    (["--server", "https://may-chu.example", "--role", "cell"], 2, "--packet"),
    (["--server", "https://may-chu.example", "--packet", "x"], 2, "--role"),
    (["--server", "https://may-chu.example", "--packet", "x", "--role", "cell"], 2, "DOCGEN_API_KEY"),
    (["--server", "https://may-chu.example", "--packet", "x", "--role", "cell", "--list"], 2, "--packet"),
    (["--server", "https://may-chu.example", "--packet", "x", "--role", "cell", "--level", "B-T"], 2, "B-T"),
    (["--server", "https://may-chu.example", "--packet", "x", "--role", "cell", "--export", "a"], 2, "--export"),
    (["--role", "cell"], 2, "--server"), ([".", "--packet", "x"], 2, "--server"),
])  # fmt: skip
def test_what_does_not_go_together(arguments: list[str], code: int, word: str) -> None:
    done = run(*SIGN, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert word in done.stderr
