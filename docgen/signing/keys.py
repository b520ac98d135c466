"""Whoever holds the key: a PKCS#12 file or a token (PKCS#11). Passphrases and PINs are never arguments.

A secret comes from a file that is named, from the environment, or is asked for; it is never logged and stands in no
error text.
"""

from __future__ import annotations

import datetime
import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.errors import InputError, UsageError
from docgen.signing.bounded import MAX_SMALL, read_bounded
from docgen.signing.libraries import need

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from pyhanko.sign.signers import Signer, SimpleSigner

    from docgen.signing.cms_form import Seal

#: The variables a secret is taken from.
PASSPHRASE_VARIABLE = "DOCGEN_PASSPHRASE"
PIN_VARIABLE = "DOCGEN_PIN"


@dataclass(slots=True)
class Key:
    """A key that can sign: pyHanko's signer, the name in its certificate, the certificate's SHA-256."""

    signer: Signer
    name: str
    fingerprint: str
    subject: str
    source: str = ""
    #: The room that a signature of level B-B takes in a file, in hex digits; 0 until it was worked out once.
    reserved: int = field(default=0, compare=False, repr=False)
    #: The CMS of its signatures in docgen's own form, None where it has none; unknown until it was worked out once.
    form: Seal | None = field(default=None, compare=False, repr=False)
    form_known: bool = field(default=False, compare=False, repr=False)

    @property
    def certificate(self) -> Certificate:
        """The certificate that the key belongs to."""
        found = self.signer.signing_cert
        assert found is not None
        return found

    def signature_record(self, role: str, name: str, moment: datetime.datetime, level: str) -> dict[str, str]:
        """What a manifest says about one signature made with this key."""
        return {
            "role": role, "field": name, "signer": self.name, "certificate": self.fingerprint,
            "time": moment.isoformat(timespec="seconds"), "level": level,
        }  # fmt: skip


def certificate_name(certificate: Certificate) -> str:
    """The common name of a certificate (asn1crypto), NFC; its whole subject where there is none."""
    found = certificate.subject.native.get("common_name", "")
    if isinstance(found, list):
        found = found[0]
    return unicodedata.normalize("NFC", str(found or certificate.subject.human_friendly))


def load_certificates(files: Sequence[Path | str]) -> list[Certificate]:
    """The certificates in PEM or DER files. Raises `InputError` for a file that holds none."""
    out: list[Certificate] = []
    for file in files:
        try:
            found = list(need("pyhanko.keys").load_certs_from_pemder([str(file)]))
            for certificate in found:
                # Parsing is lazy: have a broken file fail here, where its name is known.
                certificate.subject.native, certificate.public_key  # noqa: B018
        except (OSError, ValueError, TypeError):
            found = []
        if not found:
            raise InputError("signing.error.no_certificate", file=str(file))
        out.extend(found)
    return out


def describe(signer: Signer, source: str) -> Key:
    """A `Key` around pyHanko's signer."""
    certificate = signer.signing_cert
    assert certificate is not None, source
    return Key(
        signer, certificate_name(certificate), certificate.sha256.hex(), certificate.subject.human_friendly, source
    )


def secret(variable: str, file: Path | None = None, ask: Callable[[], str] | None = None) -> str | None:
    """A passphrase or PIN: from `file` (its first line), else from the environment, else asked for; None without any.

    Raises `InputError` where the file cannot be read.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
        except (OSError, UnicodeDecodeError):
            raise InputError("signing.error.passfile", file=str(file)) from None
    if variable in os.environ:
        return os.environ[variable]
    return ask() if ask is not None else None


def open_pkcs12(path: Path, passphrase: str | None, others: list[Path] | None = None) -> Key:
    """The key in a PKCS#12 file (RFC 7292). `others` are PEM files with further certificates of its chain.

    Raises `InputError` where the file is not one, or where the passphrase does not open it (which of the two cannot
    be told from outside).
    """
    need("pyhanko")
    try:
        content = read_bounded(path, MAX_SMALL)
    except OSError:
        raise InputError("signing.error.key_missing", file=str(path)) from None
    secret_bytes = passphrase.encode("utf-8") if passphrase is not None else None
    others_found = load_certificates(others or [])
    signer = pkcs12_signer(content, secret_bytes, others_found)
    if signer is None:
        raise InputError("signing.error.key_refused", file=str(path)) from None
    return describe(signer, path.name)


def pkcs12_signer(content: bytes, passphrase: bytes | None, others: Sequence[Certificate] = ()) -> Signer | None:
    """pyHanko's signer with the key in a PKCS#12 file; None where that is none, or the passphrase does not open it."""
    from pyhanko.sign.signers import SimpleSigner

    try:
        found = SimpleSigner.load_pkcs12_data(content, other_certs=others, passphrase=passphrase)
    except ValueError:
        return None
    if found is None or found.signing_cert is None:
        return None
    return _loaded_signer()(
        signing_cert=found.signing_cert, signing_key=found.signing_key, cert_registry=found.cert_registry
    )


@cache
def _loaded_signer() -> type[SimpleSigner]:
    """pyHanko's signer with a key in memory, which loads that key once.

    pyHanko loads it for each signature, and OpenSSL then looks at its primes each time (40 ms). Keys of other kinds
    than RSA (PKCS#1 v1.5) and ECDSA go pyHanko's own way.
    """
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from pyhanko.sign.signers import SimpleSigner

    known: dict[str, Callable[[], hashes.HashAlgorithm]] = {
        "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
    }  # fmt: skip

    class LoadedSigner(SimpleSigner):  # type: ignore[misc, unused-ignore]
        @cached_property
        def _loaded(self) -> PrivateKeyTypes:
            key: Any = self.signing_key
            return serialization.load_der_private_key(key.dump(), password=None)

        def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
            mechanism = self.get_signature_mechanism_for_digest(digest_algorithm)
            digest = known.get(digest_algorithm)
            try:
                algorithm = mechanism.signature_algo
            except ValueError:
                algorithm = ""
            if digest is not None and algorithm == "rsassa_pkcs1v15" and isinstance(self._loaded, RSAPrivateKey):
                return bytes(self._loaded.sign(data, PKCS1v15(), digest()))
            if digest is not None and algorithm == "ecdsa" and isinstance(self._loaded, EllipticCurvePrivateKey):
                return bytes(self._loaded.sign(data, ECDSA(digest())))
            return bytes(super().sign_raw(data, digest_algorithm))

    return LoadedSigner


@dataclass(frozen=True, slots=True)
class Token:
    """Where a key lies on a token: the vendor's module, the slot or the token's label, the labels of key and
    certificate (hex ids where the label is not unique)."""

    module: str
    slot: int | None = None
    token_label: str | None = None
    key_label: str | None = None
    cert_label: str | None = None
    key_id: str | None = None
    cert_id: str | None = None
    others: tuple[str, ...] = ()


@contextmanager
def open_token(token: Token, pin: str | None) -> Iterator[Key]:
    """The key on a token (PKCS#11), for as long as the block runs; then the session is closed.

    Raises `InputError` where module, token, key or certificate is not found or the PIN is refused. The PIN is tried
    once: a token locks after a few wrong ones.
    """
    need("pkcs11")
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    if not Path(token.module).is_file():
        raise InputError("signing.error.module_missing", file=token.module)
    if not (token.key_label or token.cert_label or token.key_id or token.cert_id):
        raise UsageError("signing.error.token_key_unnamed")
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.sign.general import SigningError

    criteria = TokenCriteria(label=token.token_label) if token.token_label else None
    try:
        session = open_pkcs11_session(token.module, slot_no=token.slot, token_criteria=criteria, user_pin=pin)
    except (PKCS11Error, OSError, RuntimeError, ValueError) as fault:
        raise InputError("signing.error.token", module=token.module, problem=_problem(fault)) from None
    try:
        signer = PKCS11Signer(
            session,
            cert_label=token.cert_label,
            key_label=token.key_label,
            cert_id=bytes.fromhex(token.cert_id) if token.cert_id else None,
            key_id=bytes.fromhex(token.key_id) if token.key_id else None,
            other_certs_to_pull=(),
            ca_chain=load_certificates(token.others) or None,
        )
        try:
            if signer.signing_cert is None:
                raise InputError("signing.error.token", module=token.module, problem="certificate")
            key = describe(signer, token.token_label or Path(token.module).name)
        except (PKCS11Error, SigningError) as fault:
            raise InputError("signing.error.token", module=token.module, problem=_problem(fault)) from None
        yield key
    finally:
        session.close()


def _problem(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}" if str(fault) else type(fault).__name__
