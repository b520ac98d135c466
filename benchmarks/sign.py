"""Signing a packet beside the least that a signature costs, and verifying it beside `pdfsig`.

    python -m benchmarks.sign [--json] [--members 2] [--changed 500]

Every role of a small packet signs with an RSA key: read, drawn, signed, looked at, written. By turns the same bytes
are hashed, signed with the same key and written. Then the packet is verified, and `pdfsig -nocert` asked about its
files. What pyHanko judges besides (the first paper of a run, one in some) is timed apart. Last, changed files are put
to the quick judge, and what it takes is put to pyHanko, which must say the same. Processor time; exit 1 below a bar.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

import docgen
from benchmarks.records import emit
from docgen.dossier.sample import sample_dossier
from docgen.signing import Asked, Trust, due, pades, sign_packet, verify, verify_packet
from docgen.signing.check import check_pdf, load_trust
from docgen.signing.demo_authority import Authority
from docgen.signing.keys import Key, open_pkcs12
from docgen.signing.own_judge import Judge
from docgen.signing.own_signing import read_chain
from docgen.signing.signed_manifest import load_manifest
from tools.signature_mutants import mutant

#: A checked, written signature: hash, RSA-2048 and write of the same bytes; a verified packet: `pdfsig` on its files.
SIGN_BAR, VERIFY_BAR = 20.0, 1.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sign", description="Signatures beside their floor.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--members", type=int, default=2)
    parser.add_argument("--changed", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options.members, options.changed)
    pdfsig = result["ratio_pdfsig"]
    text = [
        f"{result['signatures']:.0f} signatures on {result['papers']:.0f} papers: {result['sign_ms']:.2f} ms each, "
        f"floor {result['floor_ms']:.2f} ms; pyHanko's judgement of the first papers, apart: "
        f"{result['sign_pyhanko_ms']:.0f} ms in all",
        f"a checked, written signature is {result['ratio_floor']:.1f} times the floor (bar {SIGN_BAR:g})",
        f"verifying the packet: {result['verify_ms']:.0f} ms; pyHanko's judgement of the first paper, apart: "
        f"{result['verify_pyhanko_ms']:.0f} ms",
        f"that is {pdfsig:.2f} of pdfsig -nocert on its files (bar {VERIFY_BAR:g})" if pdfsig else "pdfsig is missing",
        f"{result['changed']:.0f} changed files: {result['taken']:.0f} taken by the quick judge, "
        f"{result['milder']:.0f} of them not by pyHanko",
    ]
    emit(result, options.json, text)
    return int(result["ratio_floor"] > SIGN_BAR or pdfsig > VERIFY_BAR or bool(result["milder"]))


def measure(folder: Path, members: int, changed: int) -> dict[str, float]:
    """Milliseconds of processor time and the ratios; `ratio_pdfsig` is 0 where there is no pdfsig."""
    packet, _ = docgen.build_packet(sample_dossier("kh55-2018", members=members), folder / "p", pdf_engine="rdocx")
    assert packet is not None
    store, authority = folder / "key.p12", Authority()
    store.write_bytes(authority.pkcs12(*authority.issue("Nguyễn Văn Thử"), "x"))
    (folder / "ca.pem").write_bytes(authority.pem())
    key, loaded = open_pkcs12(store, "x"), load_pkcs12(store.read_bytes(), b"x").key
    assert isinstance(loaded, RSAPrivateKey)
    trust = load_trust([folder / "ca.pem"])
    out = _signing(packet.folder, key, loaded, folder / "out")
    out |= _verifying(packet.folder, trust)
    return out | _changed(packet.folder, trust, changed)


def _signing(packet: Path, key: Key, loaded: RSAPrivateKey, out: Path) -> dict[str, float]:
    apart: list[float] = []
    real = pades.check_signed

    def timed(*told: Any, **more: Any) -> None:
        apart.append(_taken(lambda: real(*told, **more)))

    pades.check_signed = timed
    manifest = load_manifest(packet)
    papers = [manifest.place(d.pdf_file) for d in manifest.documents if d.signers and d.pdf is not None]
    spent, count, floor = 0.0, 0, []
    try:
        while roles := [entry.role for entry in due(packet) if entry.ready]:
            start = time.process_time()
            count += len(sign_packet(packet, roles[0], key).signed)
            spent += time.process_time() - start
            floor += [_floor(path.read_bytes(), loaded, out) for path in papers]
    finally:
        pades.check_signed = real
    sign_ms, floor_ms = 1000 * (spent - sum(apart)) / count, 1000 * sum(floor) / len(floor)
    return {
        "signatures": count, "papers": len(papers), "sign_ms": sign_ms, "floor_ms": floor_ms,
        "sign_pyhanko_ms": 1000 * sum(apart), "ratio_floor": sign_ms / floor_ms,
    }  # fmt: skip


def _floor(pdf: bytes, key: RSAPrivateKey, out: Path) -> float:
    """Seconds for the least that a signature takes."""
    start = time.process_time()
    hashlib.sha256(pdf).digest()
    key.sign(pdf[:200], PKCS1v15(), hashes.SHA256())
    out.write_bytes(pdf)
    return time.process_time() - start


def _verifying(packet: Path, trust: Trust) -> dict[str, float]:
    def run() -> None:
        assert verify_packet(packet, Asked(trust)).passed

    whole, often = _taken(run), verify.ONE_IN
    verify.ONE_IN = 0
    try:
        quick = min(_taken(run) for _ in range(2))
    finally:
        verify.ONE_IN = often
    manifest = load_manifest(packet)
    files = [str(manifest.place(d.pdf_file)) for d in manifest.documents if d.pdf is not None]
    theirs = 0.0
    if shutil.which("pdfsig"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for file in files:
            subprocess.run(["pdfsig", "-nocert", file], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        theirs = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "verify_ms": 1000 * quick, "verify_pyhanko_ms": 1000 * max(0.0, whole - quick), "pdfsig_ms": 1000 * theirs,
        "ratio_pdfsig": quick / theirs if theirs else 0.0,
    }  # fmt: skip


def _changed(packet: Path, trust: Trust, count: int) -> dict[str, float]:
    manifest, chance = load_manifest(packet), random.Random(1)
    papers = []
    for document in manifest.documents:
        pdf = manifest.place(document.pdf_file).read_bytes() if document.signers and document.pdf is not None else b""
        chain = read_chain(pdf) if pdf else None
        if chain is not None:
            papers.append((chain.base.end, pdf))
    taken = milder = 0
    for _ in range(count):
        size, whole = chance.choice(papers)
        pdf = mutant(whole, size, chance)
        judge = Judge(trust)
        quick = judge.quick(pdf, size) if pdf != whole else None
        if quick is not None:
            taken += 1
            milder += check_pdf(pdf, judge.trust, size) != (quick, [])
    return {"changed": count, "taken": taken, "milder": milder}


def _taken(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
