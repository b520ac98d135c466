"""Change signed PDFs in thousands of ways: the quick judge must say nothing that pyHanko does not say.

    python -m tools.fuzz_signatures [--count 20000] [--seed 1] [--minutes 30]

Three papers are made and signed with keys of several kinds; each changed file is put to the quick judge, and what it
takes is put to pyHanko, which must say word for word the same. One file in ten is changed before it is signed. Exit 1
where the two differ; the file then lies in the folder that is named.
"""

from __future__ import annotations

import argparse
import datetime
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.signing import Signing, Trust
from docgen.signing.base_form import read_base
from docgen.signing.check import check_pdf, load_trust
from docgen.signing.demo_authority import Authority
from docgen.signing.fields import field_names
from docgen.signing.keys import Key, describe, pkcs12_signer
from docgen.signing.own_judge import Judge
from docgen.signing.pades import Session, now
from docgen.signing.signed_manifest import load_manifest
from tools.signature_mutants import changed_before, mutant

Maker = Callable[[bytes, str, Key], bytes | None]


def keys(authority: Authority) -> list[Key]:
    """An RSA key and one on a curve."""
    out = []
    private, certificate = authority.issue("Nguyễn Văn Thử")
    out.append((private, certificate))
    curve = ec.generate_private_key(ec.SECP256R1())
    begins = now() - datetime.timedelta(days=1)
    out.append((curve, authority._build(authority._name("Trần Thị Cong"), curve.public_key(), begins, begins + datetime.timedelta(days=90))))  # fmt: skip # noqa: E501
    made = []
    for one, leaf in out:
        signer = pkcs12_signer(authority.pkcs12(one, leaf, "x"), b"x")  # type: ignore[arg-type]
        assert signer is not None
        made.append(describe(signer, "fuzz"))
    return made


def own(pdf: bytes, name: str, key: Key) -> bytes | None:
    """`pdf` signed in docgen's own form, or None."""
    return Session(pdf, name, key, Signing(moment=now()), "docgen:fuzz").own()


def main() -> int:
    """Make, change, ask, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz_signatures", description="The quick judge and pyHanko.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    chance, ends = random.Random(options.seed), time.monotonic() + 60 * options.minutes
    kept = Path(tempfile.mkdtemp(prefix="docgen-fuzz-"))
    authority = Authority()
    (kept / "ca.pem").write_bytes(authority.pem())
    trust = load_trust([kept / "ca.pem"], moment=now() + datetime.timedelta(minutes=1))
    signers = keys(authority)
    bases, papers = _papers(kept, signers)
    done = taken = 0
    while done < options.count and time.monotonic() < ends:
        if chance.random() < 0.1:
            base = changed_before(chance.choice(bases), chance)
            pdf = own(base, field_names(base)[0][0], signers[0]) if read_base(base) is not None else None
            size = len(base)
        else:
            size, whole = chance.choice(papers)
            pdf = mutant(whole, size, chance)
        done += 1
        if pdf is None:
            continue
        taken += _asked(pdf, size, trust, kept)
        if done % 500 == 0:
            print(f"{done} changed files, {taken} taken by the quick judge, each of them by pyHanko too", flush=True)
    print(f"{done} changed files, {taken} taken by the quick judge, each of them by pyHanko too")
    return 0


def _papers(folder: Path, signers: list[Key]) -> tuple[list[bytes], list[tuple[int, bytes]]]:
    """Papers nobody has signed, and the same with every signature."""
    packet, _ = docgen.build_packet(sample_dossier("kh55-2018", members=2), folder / "p", pdf_engine="rdocx")
    assert packet is not None
    manifest = load_manifest(packet.folder)
    bases = [manifest.place(d.pdf_file).read_bytes() for d in manifest.documents if d.signers][:3]
    papers = []
    for base in bases:
        pdf = base
        for at, (name, _) in enumerate(field_names(base)):
            signed = own(pdf, name, signers[at % len(signers)])
            assert signed is not None
            pdf = signed
        papers.append((len(base), pdf))
    return bases, papers


def _asked(pdf: bytes, size: int, trust: Trust, kept: Path) -> int:
    quick = Judge(trust).quick(pdf, size)
    if quick is None:
        return 0
    slow = check_pdf(pdf, trust, size)
    if slow != (quick, []):
        out = kept / "differs.pdf"
        out.write_bytes(io.BytesIO(pdf).read())
        print(f"the judges differ: {out} ({size} bytes before signing): {slow}")
        raise SystemExit(1)
    return 1


if __name__ == "__main__":
    sys.exit(main())
