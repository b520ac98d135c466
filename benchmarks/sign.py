"""Signing a packet's papers beside the least that a signature costs, and beside pyHanko's own session.

    python -m benchmarks.sign [--json] [--files 8]

Each file gets one signature by docgen (drawn, checked, in memory) and, by turns, the same bytes are hashed, signed with
the same RSA key and written to a file; then pyHanko alone signs the same field, unseen and unchecked. Processor time.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

import docgen
from benchmarks.records import emit
from docgen.dossier.sample import sample_dossier
from docgen.signing.demo_authority import Authority
from docgen.signing.keys import open_pkcs12
from docgen.signing.manifest import load_manifest
from docgen.signing.pades import Signing, sign


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sign", description="Signatures beside their floor.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--files", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options.files)
    text = [
        f"one signature: docgen {result['docgen_ms']:.1f} ms, pyHanko alone {result['pyhanko_ms']:.1f} ms, "
        f"floor {result['floor_ms']:.2f} ms",
        f"docgen is {result['ratio_floor']:.0f} times the floor, {result['ratio_pyhanko']:.2f} times pyHanko alone",
    ]
    emit(result, options.json, text)
    return 0


def measure(folder: Path, count: int) -> dict[str, float]:
    """Median milliseconds of processor time a signature, of the three."""
    packet, _ = docgen.build_packet(sample_dossier("kh55-2018", members=2), folder / "p", pdf_engine="rdocx")
    assert packet is not None
    store = folder / "key.p12"
    authority = Authority()
    store.write_bytes(authority.pkcs12(*authority.issue("Nguyễn Văn Thử"), "x"))
    key, loaded = open_pkcs12(store, "x"), load_pkcs12(store.read_bytes(), b"x").key
    assert isinstance(loaded, RSAPrivateKey)
    manifest = load_manifest(packet.folder)
    taken: dict[str, list[float]] = {"docgen": [], "floor": [], "pyhanko": []}
    for document in [d for d in manifest.documents if d.signers][:count]:
        signer = document.signers[0]
        pdf = manifest.place(document.pdf_file).read_bytes()
        _timed(taken["docgen"], lambda p=pdf, f=signer.field: sign(p, f, key, Signing(), "x"))  # type: ignore[misc]
        _timed(taken["floor"], lambda p=pdf: _floor(p, loaded, folder / "out"))  # type: ignore[misc]
        _timed(taken["pyhanko"], lambda p=pdf, f=signer.field: _pyhanko(p, f, key.signer))  # type: ignore[misc]
    ms = {f"{name}_ms": 1000 * statistics.median(values) for name, values in taken.items()}
    return ms | {"ratio_floor": ms["docgen_ms"] / ms["floor_ms"], "ratio_pyhanko": ms["docgen_ms"] / ms["pyhanko_ms"]}


def _timed(into: list[float], work: Callable[[], object]) -> None:
    start = time.process_time()
    work()
    into.append(time.process_time() - start)


def _floor(pdf: bytes, key: RSAPrivateKey, out: Path) -> None:
    hashlib.sha256(pdf).digest()
    key.sign(pdf[:200], PKCS1v15(), hashes.SHA256())
    out.write_bytes(pdf)


def _pyhanko(pdf: bytes, field: str, signer: object) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    PdfSigner(PdfSignatureMetadata(field_name=field), signer).sign_pdf(writer, existing_fields_only=True)


if __name__ == "__main__":
    sys.exit(main())
