"""Keys that never leave another device: what is to be signed goes out in a file, signatures come back in it.

`export_digests` writes, for each document, the DER of the signed attributes (RFC 5652, 5.4) and its SHA-256. The
device signs either of the two with its key and puts the value, in base64, under `signature`. `import_signatures`
builds each signature, checks it and writes it exactly as `sign_packet` does.
"""

from __future__ import annotations

import asyncio
import base64
import datetime
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from docgen.errors import InputError, InternalError, UsageError
from docgen.signing.fields import need
from docgen.signing.keys import Key, describe, load_certificates
from docgen.signing.manifest import load_manifest, seal_text, sha256
from docgen.signing.packet import Signed, how_for, keep, recorded_pdf, select, settle
from docgen.signing.pades import DIGEST, Session, Signing, check_signed, now
from docgen.storage import json_bytes, working_on, write_whole

FORMAT = "docgen-remote/1"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _key(certificate: Any, chain: Sequence[Any], value: bytes | int) -> Key:
    """A `Key` whose signature is made elsewhere: `value` is the signature, or how many bytes to leave for it."""
    need("pyhanko")
    from pyhanko.sign.signers import ExternalSigner

    store = need("pyhanko_certvalidator.registry").SimpleCertificateStore()
    store.register_multiple([certificate, *chain])
    return describe(ExternalSigner(signing_cert=certificate, cert_registry=store, signature_value=value), "remote")


def export_digests(
    packet: Path,
    role: str,
    certificate: Path,
    target: Path,
    how: Signing | None = None,
    *,
    chain: Sequence[Path] = (),
    only: Sequence[int] = (),
    out_of_order: bool = False,
) -> Signed:
    """Write to `target` what the holder of `certificate` is to sign as `role`; the packet itself is not touched.

    Raises `UsageError` for a level above B-B (that is reached later, by a time stamp) and as `sign_packet` does.
    """
    how = how or Signing()
    if how.level != "B-B":
        raise UsageError("signing.error.level_remote", level=how.level)
    signer_certificate, *others = load_certificates([certificate])
    others += load_certificates(chain)
    size = max(signer_certificate.public_key.byte_size, 64) if signer_certificate.public_key.algorithm == "rsa" else 160
    key = _key(signer_certificate, others, size)
    manifest = load_manifest(packet)
    settle(manifest)
    out, chosen = select(manifest, role, key.name, only=only, out_of_order=out_of_order)
    out.level = how.level
    moment = how.moment or now()
    items = []
    for document in chosen:
        base = recorded_pdf(manifest, document)
        signer = document.signer(role)
        assert signer is not None
        reason = f"{signer.caption} – {seal_text(manifest.seal(), document.number, role)}"
        session = Session(base, signer.field, key, replace(how_for(document, how), moment=moment), reason)
        prepared, digest, attributes = asyncio.run(_prepare(session))
        der = attributes.dump()
        items.append(
            {
                "number": document.number, "field": signer.field, "base_sha256": sha256(base),
                "appended": _text(prepared[len(base) :]), "document_digest": _text(digest.document_digest),
                "reserved": [digest.reserved_region_start, digest.reserved_region_end],
                "signed_attributes": _text(der), "to_sign_sha256": hashlib.sha256(der).hexdigest(), "signature": None,
            }
        )  # fmt: skip
        out.signed.append(document.number)
    content = {
        "format": FORMAT, "packet": manifest.seal(), "role": role, "level": how.level, "digest": DIGEST,
        "time": moment.isoformat(), "certificate": _text(signer_certificate.dump()),
        "chain": [_text(other.dump()) for other in others], "documents": items,
    }  # fmt: skip
    write_whole(target, json_bytes(content))
    return out


async def _prepare(session: Session) -> tuple[bytes, Any, Any]:
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    _, digest, out = await session.placeholder()
    attributes = await session.key.signer.signed_attrs(
        digest.document_digest, DIGEST, attr_settings=PdfCMSSignedAttributes(signing_time=None), use_pades=True
    )
    return bytes(out.getbuffer()), digest, attributes


def import_signatures(packet: Path, source: Path) -> Signed:
    """Take in the signatures of a file that `export_digests` wrote and another device completed.

    Documents whose `signature` is still null are left due. Raises `InputError` where the file is not such a one,
    belongs to another packet, a document was changed in between, or a signature does not fit.
    """
    need("pyhanko")
    with working_on(packet.absolute()):
        return _import_signatures(packet, source)


def _import_signatures(packet: Path, source: Path) -> Signed:
    x509 = need("asn1crypto.x509")
    manifest = load_manifest(packet)
    settle(manifest)
    try:
        content = json.loads(source.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError("format")
        certificate = x509.Certificate.load(base64.b64decode(content["certificate"], validate=True))
        chain = [x509.Certificate.load(base64.b64decode(item, validate=True)) for item in content["chain"]]
        moment = datetime.datetime.fromisoformat(content["time"])
        role, items = str(content["role"]), list(content["documents"])
        seal = str(content["packet"])
        key = _key(certificate, chain, 1)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise InputError("signing.error.remote", file=source.name, problem=f"{type(fault).__name__}: {fault}") from None
    if seal != manifest.seal():
        raise InputError("signing.error.remote", file=source.name, problem="packet")
    out = Signed(role, key.name, str(content.get("level", "B-B")))
    for item in items:
        document = manifest.document(int(item["number"]))
        if document is None or document.pdf is None or (signer := document.signer(role)) is None:
            raise InputError("signing.error.remote", file=source.name, problem=f"number {item['number']}")
        if role in document.signed_roles():
            out.already.append(document.number)
            continue
        if not item.get("signature"):
            out.blocked[document.number] = [role]
            continue
        base = recorded_pdf(manifest, document)
        if sha256(base) != item["base_sha256"]:
            raise InputError("signing.error.pdf_changed", file=document.pdf_file)
        signed = _assemble(base, item, certificate, chain, source.name)
        try:
            check_signed(base, signed, signer.field)
        except InternalError:
            raise InputError("signing.error.remote_signature", number=document.number) from None
        keep(manifest, document, signed, key.signature_record(role, signer.field, moment, out.level))
        out.signed.append(document.number)
    return out


def _assemble(base: bytes, item: dict[str, Any], certificate: Any, chain: Sequence[Any], name: str) -> bytes:
    cms = need("asn1crypto.cms")
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

    try:
        value = base64.b64decode(item["signature"], validate=True)
        prepared = base + base64.b64decode(item["appended"], validate=True)
        attributes = cms.CMSAttributes.load(base64.b64decode(item["signed_attributes"], validate=True))
        start, end = (int(x) for x in item["reserved"])
        digest = PreparedByteRangeDigest(base64.b64decode(item["document_digest"], validate=True), start, end)
        key = _key(certificate, chain, value)
        signature = asyncio.run(key.signer.async_sign_prescribed_attributes(DIGEST, signed_attrs=attributes))
        out = io.BytesIO(prepared)
        digest.fill_with_cms(out, signature)
    except (ValueError, KeyError, TypeError, OverflowError) as fault:
        raise InputError("signing.error.remote", file=name, problem=f"{type(fault).__name__}: {fault}") from None
    return out.getvalue()
