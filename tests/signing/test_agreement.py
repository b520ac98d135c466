"""docgen's verdict beside pyHanko's own and `pdfsig`'s: where they differ, as docs/signing.md explains."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from authority import VERIFIED, root_certificate
from crafted import certificate, rsa_key, signer
from signing_packets import CELL
from test_attacks import PAGE, SHEET, _field_entry, _new_field, _other, _plain, _xmp
from test_tampering import add_page, appended, draw_over

from docgen.signing import Signing, Trust
from docgen.signing.check import check_pdf
from docgen.signing.pades import sign
from docgen.signing.verdict import worst


def _docgen(pdf: bytes) -> bool:
    signatures, reasons = check_pdf(pdf, Trust([root_certificate()], moment=VERIFIED))
    return bool(signatures) and worst(reasons, (item.status for item in signatures)) == "passed"


def _pyhanko(pdf: bytes) -> bool:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    context = [ValidationContext(trust_roots=[root_certificate()], moment=VERIFIED) for _ in signatures]
    return all(validate_pdf_signature(s, c).bottom_line for s, c in zip(signatures, context, strict=True))


def _pdfsig(pdf: bytes, folder: Path) -> bool:
    path = folder / "a.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, timeout=60, check=False)
    return "Signature is Valid" in done.stdout and "Signature is Invalid" not in done.stdout


def _certified_and_sealed(_: bytes) -> bytes:
    from pyhanko.sign.fields import MDPPerm

    return _other(_other(_plain(), "a", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS), "b")


def _value(_: bytes) -> bytes:
    from pyhanko.pdf_utils.generic import pdf_string

    return appended(_other(_plain(), "a"), _field_entry("/V", pdf_string("99")))


def _for_servers(_: bytes) -> bytes:
    from authority import SIGNED
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    writer = IncrementalPdfFileWriter(io.BytesIO(_plain()))
    append_signature_field(writer, SigFieldSpec("a", box=(10, 10, 90, 60)))
    out = io.BytesIO()
    writer.write(out)
    private = rsa_key()
    leaf = certificate(CELL, private.public_key(), purposes=["1.3.6.1.5.5.7.3.1"])
    return sign(out.getvalue(), "a", signer(private, leaf), Signing(moment=SIGNED))


#: kind: the file, docgen passes it, pyHanko does, pdfsig does.
KINDS: dict[str, tuple[Callable[[bytes], bytes], bool, bool, bool]] = {
    "untouched": (lambda pdf: pdf, True, True, True),
    "by others": (lambda _: _other(_plain(), "a"), True, True, True),
    "a flipped bit": (lambda pdf: pdf[:5000] + bytes([pdf[5000] ^ 1]) + pdf[5001:], False, False, False),
    "drawn over": (lambda pdf: appended(pdf, draw_over), False, False, True),
    "a page more": (lambda pdf: appended(pdf, add_page), False, False, True),
    "an empty field over the page": (lambda pdf: appended(pdf, _new_field("/Sig", PAGE)), False, True, True),
    "another title": (lambda pdf: appended(pdf, _xmp("Mẫu 06".encode(), "Mẫu 01".encode())), False, True, True),
    "another value": (_value, False, True, True),
    "certified and sealed": (_certified_and_sealed, False, False, True),
    "a server's certificate": (_for_servers, False, True, True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_where_the_verdicts_agree_and_differ(sealed_store: Path, tmp_path: Path, kind: str) -> None:
    change, docgen, pyhanko, pdfsig = KINDS[kind]
    pdf = change((sealed_store / SHEET).read_bytes())
    assert _docgen(pdf) is docgen
    try:
        other = _pyhanko(pdf)
    except ValueError:  # it cannot read the file
        other = False
    assert other is pyhanko
    if shutil.which("pdfsig"):
        assert _pdfsig(pdf, tmp_path) is pdfsig
