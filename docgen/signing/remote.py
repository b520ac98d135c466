"""Keys that never leave another device: what is to be signed goes out in a file, signatures come back in it.

`export_digests` writes, for each document, the DER of the signed attributes (RFC 5652, 5.4) and its SHA-256. The
device signs either of the two with its key and puts the value, in base64, under `signature` (`complete` does so with a
key of this machine). `import_signatures` builds each signature, checks it and writes it exactly as `sign_packet` does:
all of a file's, or none.
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
from typing import TYPE_CHECKING, Any

from docgen.errors import InputError, InternalError, UsageError
from docgen.i18n import DEFAULT_LANGUAGE
from docgen.signing.brought import against
from docgen.signing.keys import Key, describe, load_certificates
from docgen.signing.libraries import need
from docgen.signing.own_judge import Judge
from docgen.signing.packet import Signed, how_for, keep, recorded_pdf, saved, select, settle
from docgen.signing.pades import DIGEST, Session, Signing, check_signed, now
from docgen.signing.required import Forms
from docgen.signing.signed_manifest import Document, Manifest, load_manifest, seal_text, sha256
from docgen.signing.verify import ONE_IN, Asked
from docgen.storage import json_bytes, working_on, write_whole

if TYPE_CHECKING:
    from asn1crypto.cms import CMSAttributes
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

FORMAT = "docgen-remote/1"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _key(certificate: Certificate, chain: Sequence[Certificate], value: bytes | int) -> Key:
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
    first, *others = load_certificates([certificate])
    content, out = digests_for(
        packet, role, first, [*others, *load_certificates(chain)], how, only=only, out_of_order=out_of_order
    )
    write_whole(target, content)
    return out


def digests_for(
    packet: Path,
    role: str,
    signer_certificate: Certificate,
    others: Sequence[Certificate],
    how: Signing | None = None,
    *,
    only: Sequence[int] = (),
    out_of_order: bool = False,
) -> tuple[bytes, Signed]:
    """What `export_digests` writes, for the holder of a certificate (asn1crypto) whose chain is `others`."""
    how = how or Signing()
    if how.level != "B-B":
        raise UsageError("signing.error.level_remote", level=how.level)
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
    return json_bytes(content), out


async def _prepare(session: Session) -> tuple[bytes, PreparedByteRangeDigest, CMSAttributes]:
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    _, digest, out = await session.placeholder()
    attributes = await session.key.signer.signed_attrs(
        digest.document_digest, DIGEST, attr_settings=PdfCMSSignedAttributes(signing_time=None), use_pades=True
    )
    out.seek(0)
    return out.read(), digest, attributes


def complete(content: bytes, key: Key) -> bytes:
    """The file of `export_digests` with every signature that `key` is to make.

    Only what is the signed attributes of a PAdES signature of this very certificate is signed: a key that signed
    whatever bytes it is sent could be made to sign something else. Raises `InputError` for all other content.
    """
    told = _read(content, "")
    if told["certificate"] != _text(key.certificate.dump()):
        raise InputError("signing.error.remote_certificate", signer=key.name)
    for item in told["documents"]:
        try:
            der = base64.b64decode(item["signed_attributes"], validate=True)
            good = _attributes_for(key, base64.b64decode(item["document_digest"], validate=True), der)
        except (ValueError, KeyError, TypeError):
            good = False
        if not good:
            raise InputError("signing.error.remote_attributes", number=_number(item))
        item["signature"] = _text(asyncio.run(key.signer.async_sign_raw(der, DIGEST)))
    return json_bytes(told)


def _attributes_for(key: Key, digest: bytes, der: bytes) -> bool:
    """True where `der` are signed attributes over a document of this digest, bound to the certificate of `key`."""
    attributes = need("asn1crypto.cms").CMSAttributes.load(der, strict=True)
    found = {attribute["type"].native: attribute["values"] for attribute in attributes}
    if not {"content_type", "message_digest", "signing_certificate_v2"} <= found.keys() or attributes.dump() != der:
        return False
    bound = found["signing_certificate_v2"][0]["certs"][0]
    return bool(
        found["content_type"][0].native == "data"
        and found["message_digest"][0].native == digest
        and bound["hash_algorithm"]["algorithm"].native == "sha256"
        and bound["cert_hash"].native == bytes.fromhex(key.fingerprint)
    )


def _read(content: bytes, name: str) -> dict[str, Any]:
    """The file as JSON, where it is one of `FORMAT`."""
    try:
        told = json.loads(content.decode("utf-8"))
        if told["format"] != FORMAT or not all(isinstance(item, dict) for item in told["documents"]):
            raise ValueError("format")
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise InputError("signing.error.remote", file=name, problem=f"{type(fault).__name__}: {fault}") from None
    return dict(told)


def _number(item: dict[str, Any]) -> int:
    """The number of the document that an item is for; 0 for what is none."""
    given = item.get("number")
    return given if isinstance(given, int) and not isinstance(given, bool) else 0


def import_signatures(packet: Path, source: Path) -> Signed:
    """Take in the signatures of a file that `export_digests` wrote and another device completed.

    Documents whose `signature` is still null are left due. Raises `InputError` where the file is not such a one,
    belongs to another packet, a document was changed in between, or a signature does not fit.
    """
    try:
        content = source.read_bytes()
    except OSError as fault:
        raise InputError("signing.error.remote", file=source.name, problem=f"{type(fault).__name__}: {fault}") from None
    return take_in(packet, content, source.name)


def take_in(packet: Path, content: bytes, name: str = "", *, once: bool = False, asked: Asked | None = None) -> Signed:
    """As `import_signatures`, of the file's content; `name` is what it is called in a refusal.

    With `once`, each document must still be due for this very signer: what was signed before is refused, too. With
    `asked` a signature that `docgen verify` would not pass for its certificate or its signer's name is refused: kept,
    it would take the place of the one who may sign.
    """
    need("pyhanko")
    with working_on(packet.absolute()):
        return _take_in(packet, content, name, once, asked)


def _take_in(packet: Path, content: bytes, name: str, once: bool, asked: Asked | None) -> Signed:
    x509 = need("asn1crypto.x509")
    manifest = load_manifest(packet)
    settle(manifest)
    told = _read(content, name)
    try:
        certificate = x509.Certificate.load(base64.b64decode(told["certificate"], validate=True))
        chain = [x509.Certificate.load(base64.b64decode(item, validate=True)) for item in told["chain"]]
        moment = datetime.datetime.fromisoformat(told["time"])
        role, items = str(told["role"]), list(told["documents"])
        seal = str(told["packet"])
        key = _key(certificate, chain, 1)
        if told["level"] != "B-B":
            raise ValueError("level")
    except (ValueError, KeyError, TypeError) as fault:
        raise InputError("signing.error.remote", file=name, problem=f"{type(fault).__name__}: {fault}") from None
    if seal != manifest.seal():
        raise InputError("signing.error.remote_packet", file=name)
    out = Signed(role, key.name, "B-B")
    chosen = _due_items(manifest, role, items, out, name, once)
    if once:
        _still_due(manifest, role, key.name, [document.number for document, _ in chosen])

    def signed_by(document: Document, item: dict[str, Any]) -> tuple[bytes, bytes]:
        base = recorded_pdf(manifest, document)
        if sha256(base) != item.get("base_sha256"):
            raise InputError("signing.error.remote_moved", number=document.number)
        return base, _assemble(base, item, certificate, chain, name)

    forms = Forms(manifest, asked.regulations if asked is not None else ())
    judge = Judge(asked.trust, ONE_IN) if asked is not None else None
    # All are looked at before the first is kept; made a second time, so that a large packet needs no more memory.
    for document, item in chosen:
        base, signed = signed_by(document, item)
        try:
            check_signed(base, signed, _field(document, role))
        except InternalError:
            raise InputError("signing.error.remote_signature", number=document.number) from None
        if asked is not None and judge is not None:
            wrong = against(manifest, document, base, signed, asked, forms, judge)
            if wrong:
                why = "; ".join(dict.fromkeys(one.words(DEFAULT_LANGUAGE) for one in wrong))
                raise InputError("signing.error.remote_refused", number=document.number, why=why)
    with saved(manifest):
        for document, item in chosen:
            _, signed = signed_by(document, item)
            keep(manifest, document, signed, key.signature_record(role, _field(document, role), moment, out.level))
            out.signed.append(document.number)
    return out


def _field(document: Document, role: str) -> str:
    signer = document.signer(role)
    assert signer is not None
    return signer.field


def _due_items(
    manifest: Manifest, role: str, items: Sequence[dict[str, Any]], out: Signed, name: str, once: bool
) -> list[tuple[Document, dict[str, Any]]]:
    """The documents that the file brings a signature for; `out` is told of the others."""
    chosen: list[tuple[Document, dict[str, Any]]] = []
    seen: set[int] = set()
    for item in items:
        document = manifest.document(_number(item))
        if document is None or document.pdf is None or document.signer(role) is None or document.number in seen:
            raise InputError("signing.error.remote", file=name, problem=f"number {item.get('number')}"[:60])
        seen.add(document.number)
        if role in document.signed_roles():
            if once:
                raise InputError("signing.error.remote_already", number=document.number, role=role)
            out.already.append(document.number)
        elif not item.get("signature"):
            out.blocked[document.number] = [role]
        else:
            chosen.append((document, item))
    return chosen


def _still_due(manifest: Manifest, role: str, signer: str, numbers: Sequence[int]) -> None:
    """Raise `InputError` where one of the documents is not this person's, or not his turn."""
    ready = {document.number for document in select(manifest, role, signer)[1]}
    for number in numbers:
        if number not in ready:
            raise InputError("signing.error.remote_not_due", number=number, role=role)


def _assemble(
    base: bytes, item: dict[str, Any], certificate: Certificate, chain: Sequence[Certificate], name: str
) -> bytes:
    cms = need("asn1crypto.cms")
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

    try:
        value = base64.b64decode(item["signature"], validate=True)
        prepared = base + base64.b64decode(item["appended"], validate=True)
        attributes = cms.CMSAttributes.load(base64.b64decode(item["signed_attributes"], validate=True))
        start, end = (int(x) for x in item["reserved"])
        if not len(base) <= start < end <= len(prepared):
            raise ValueError("reserved")
        digest = PreparedByteRangeDigest(base64.b64decode(item["document_digest"], validate=True), start, end)
        key = _key(certificate, chain, value)
        signature = asyncio.run(key.signer.async_sign_prescribed_attributes(DIGEST, signed_attrs=attributes))
        out = io.BytesIO(prepared)
        digest.fill_with_cms(out, signature)
    except (ValueError, KeyError, TypeError, OverflowError, PdfError, SigningError) as fault:
        raise InputError("signing.error.remote", file=name, problem=f"{type(fault).__name__}: {fault}") from None
    return out.getvalue()
