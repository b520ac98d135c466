"""Kill `docgen sign --server`, or the server it speaks to, at random moments; run it again; every paper is signed once.

    python -m tools.kill_sign --kills 30 [--members 16] [--batch 5] [--seed 1]

The sample packet lies on a server; three roles sign it from afar, with one key in a SoftHSM2 token. Every other kill
hits the server, which is begun again. Exit 1 where a paper is unsigned, signed twice, or `docgen verify` does not pass.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docgen.dossier.sample import sample_dossier
from docgen.signing import sign_packet
from docgen.signing.check import mathematics
from docgen.signing.demo_authority import Authority
from docgen.signing.keys import describe, pkcs12_signer
from docgen.signing.packet import due
from docgen.signing.signed_manifest import load_manifest
from tools import soft_token
from tools.loopback import free_port

#: The roles that sign from afar, in their order, and whose key it is.
ROLES, SIGNER = ("manager", "cell", "committee"), "Nguyễn Văn A"
_DOCGEN = "from docgen.signing import from_server; from_server.BATCH = {batch}; from docgen.cli import main; main()"


@dataclass
class Bench:
    """A server with one packet on it, and a signer's PC with a token."""

    place: Path
    members: int
    batch: int
    port: int = 0
    secret: str = ""
    packet: str = ""
    server: subprocess.Popen[bytes] | None = None
    authority: Authority = field(default_factory=Authority)

    @property
    def data(self) -> Path:
        """The server's folder."""
        return self.place / "d"

    @property
    def folder(self) -> Path:
        """Where the packet lies on the server."""
        return self.data / "packets" / self.packet

    def prepare(self) -> None:
        """Have the packet made, let everybody else sign it, put the key in the token."""
        self.secret = self._said("serve", "--data", str(self.data), "--new-key", "máy ký").strip()
        self.begin()
        data: dict[str, Any] = dict(sample_dossier("hd43-2025", members=self.members))
        data["signers"] = dict.fromkeys(data["signers"], SIGNER)
        dossier = self.ask("POST", "/dossiers", json.dumps(data).encode())["id"]
        job = self.ask("POST", f"/dossiers/{dossier}/packets", b'{"pdf": true}')["job"]
        while (told := self.ask("GET", f"/jobs/{job}"))["state"] not in ("done", "failed"):
            time.sleep(0.2)
        self.packet = str(told["packet"])
        self._others()
        private, certificate = self.authority.issue(SIGNER)
        os.environ["SOFTHSM2_CONF"] = str(soft_token.prepare(self.place / "usb"))
        soft_token.put(private, certificate)
        for name, text in (("khoa.txt", self.secret), ("pin.txt", soft_token.PIN)):
            (self.place / name).write_text(text, encoding="utf-8")
        (self.place / "ca.pem").write_bytes(self.authority.pem())
        shutil.copytree(self.folder, self.place / "before")

    def _others(self) -> None:
        """Whoever signs as another role does it here: what is left are the three."""
        for entry in due(self.folder):
            if entry.role in ROLES:
                continue
            for name in entry.names or [SIGNER]:
                content = self.authority.pkcs12(*self.authority.issue(name), "x")
                sign_packet(self.folder, entry.role, describe(pkcs12_signer(content, b"x"), name))

    def _said(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "docgen", *arguments], capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout

    def begin(self) -> None:
        """Start the server and wait until it answers."""
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "docgen", "serve", "--data", str(self.data), "--port", str(self.port)]
        self.server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while self.server.poll() is None:
            with suppress(OSError):
                self._read("/health")
                return
            time.sleep(0.05)
        raise SystemExit("the server did not start")

    def end(self) -> None:
        """Let nothing go on."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()

    def ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        """The JSON of an answer."""
        return json.loads(self._read(f"/api/v1{path}", method, body))

    def _read(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, method=method)
        request.add_header("Authorization", f"Bearer {self.secret}")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            content: bytes = answer.read()
        return content

    def fresh(self) -> None:
        """The packet as it was before the three."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.place / "before", self.folder)

    def signing(self, role: str) -> subprocess.Popen[bytes]:
        """`docgen sign --server` of one role, begun."""
        return subprocess.Popen(
            [sys.executable, "-c", _DOCGEN.format(batch=self.batch), "sign", "--server",
             f"http://127.0.0.1:{self.port}", "--packet", self.packet, "--role", role, "--key-file",
             str(self.place / "khoa.txt"), "--pkcs11-module", soft_token.module(), "--token-label", soft_token.LABEL,
             "--cert-label", "chung-thu", "--key-label", "khoa", "--pinfile", str(self.place / "pin.txt")],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def sizes(self) -> dict[str, int]:
        """How large each PDF is: one that was signed has grown."""
        return {path.name: path.stat().st_size for path in (self.folder / "pdf").glob("[!.]*.pdf")}

    def papers(self, role: str) -> int:
        """How many papers the role signs."""
        return sum(1 for one in load_manifest(self.folder).documents if one.pdf and one.signer(role))

    def wrong(self) -> list[str]:
        """What is not as it must be once all have signed."""
        out = []
        for paper in load_manifest(self.folder).documents:
            told = Counter(paper.signed_roles())
            drawn = Counter(found.field for found in mathematics((self.folder / paper.pdf_file).read_bytes()))
            for signer in paper.signers:
                if (told[signer.role], drawn[signer.field]) != (1, 1):
                    out.append(f"{paper.number} {signer.role}: {told[signer.role]} noted, {drawn[signer.field]} made")
        archive = self.place / "bo.zip"
        archive.write_bytes(self._read(f"/api/v1/packets/{self.packet}/archive"))
        with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as inside:
            if inside.testzip() is not None:
                out.append("the archive is torn")
        verdict = subprocess.run(
            [sys.executable, "-m", "docgen", "verify", str(archive), "--trust", str(self.place / "ca.pem")],
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return out + ([verdict.stdout[-2000:]] if verdict.returncode else [])


@dataclass
class Told:
    """What a run came to: the kills, those among them between a role's first paper and its last, and what is wrong."""

    kills: int = 0
    midst: int = 0
    wrong: list[str] = field(default_factory=list)
    #: Seconds that a whole run of a role took the last time.
    length: float = 5.0


def run(kills: int, members: int = 16, batch: int = 5, seed: int = 1) -> Told:
    """Kill so many times, by turns the signing and the server; stop at the first thing that is wrong.

    Two kills come when so many papers are signed, the next two at a moment of a run.
    """
    chance, told = random.Random(seed), Told()
    place = Path(tempfile.mkdtemp(prefix="docgen-sign-"))
    bench = Bench(place, members, batch)
    before = os.environ.get("SOFTHSM2_CONF")
    try:
        bench.prepare()
        while told.kills < kills and not told.wrong:
            bench.fresh()
            for role in ROLES:
                if told.kills < kills:
                    _killed(bench, role, chance, told)
                _to_the_end(bench, role, told)
            told.wrong += bench.wrong()
    finally:
        bench.end()
        shutil.rmtree(place)
        os.environ.pop("SOFTHSM2_CONF", None)
        if before is not None:
            os.environ["SOFTHSM2_CONF"] = before
    return told


def _to_the_end(bench: Bench, role: str, told: Told) -> None:
    begun = time.monotonic()
    with bench.signing(role) as process:
        _, said = process.communicate(timeout=300)
    told.length = time.monotonic() - begun
    if process.returncode:
        told.wrong.append(f"{role}: exit code {process.returncode}: {said.decode(errors='replace')[-500:]}")


def _killed(bench: Bench, role: str, chance: random.Random, told: Told) -> None:
    """Begin to sign, and kill the one or the other."""
    before, papers = bench.sizes(), bench.papers(role)
    wanted, last = chance.randrange(papers), told.length * chance.uniform(0.3, 1.0)
    with bench.signing(role) as process:
        if told.kills % 4 < 2:
            while process.poll() is None and _grown(bench, before) <= wanted:
                time.sleep(0.002)
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(last)
        if told.kills % 2:
            bench.end()
            _, said = process.communicate(timeout=300)
            if process.returncode not in (0, 1, 4):  # it had ended, or says that nobody is there
                told.wrong.append(f"{role}: exit code {process.returncode}: {said.decode(errors='replace')[-500:]}")
            bench.begin()
        else:
            process.kill()
            process.communicate()
    told.kills += 1
    told.midst += 0 < _grown(bench, before) < papers


def _grown(bench: Bench, before: dict[str, int]) -> int:
    """How many PDFs are larger than they were."""
    return sum(size != before[name] for name, size in bench.sizes().items() if name in before)


def main() -> None:
    """Run as asked and tell."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--kills", type=int, default=30)
    asked.add_argument("--members", type=int, default=16)
    asked.add_argument("--batch", type=int, default=5)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    told = run(given.kills, given.members, given.batch, given.seed)
    done = f"{told.kills} kills, {told.midst} between a role's first paper and its last"
    print("\n".join(told.wrong) or f"{done}: every paper signed once, verify passes")
    sys.exit(1 if told.wrong else 0)


if __name__ == "__main__":
    main()
