"""For the office's network: which addresses this machine has there, and the certificate that it speaks with.

An office's own certificate comes as two files. Without them one is made on the spot and kept; nobody vouches for it, so
browsers warn once, and its fingerprint is printed to be compared.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from docgen.errors import UsageError
from docgen.storage import write_whole

#: Days that a certificate made here is good for, and before the end of which another is made.
_DAYS, _RENEWED = 825, 30
NAME = "docgen-lan.pem"


@dataclass(frozen=True, slots=True)
class Identity:
    """The files of the certificate and its key, the SHA-256 of the certificate, whether it was made here."""

    certificate: Path
    key: Path
    fingerprint: str
    made_here: bool


def own_addresses() -> list[str]:
    """The addresses of this machine on its network. Nothing is sent to find them."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("10.255.255.255", 1))  # a datagram socket only looks up the way
        found.append(str(probe.getsockname()[0]))
    with contextlib.suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [one for one in dict.fromkeys(found) if not one.startswith("127.") and one != "0.0.0.0"]


def given_identity(certificate: Path, key: Path) -> Identity:
    """The office's own certificate. Raises `UsageError` where the files are none, or do not belong together."""
    try:
        loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
        secret = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as fault:
        raise UsageError("web.usage.tls_files", reason=type(fault).__name__) from None
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if loaded.public_key().public_bytes(*form) != secret.public_key().public_bytes(*form):
        raise UsageError("web.usage.tls_other_key")
    return Identity(certificate, key, _fingerprint(loaded), False)


def own_identity(folder: Path, addresses: list[str]) -> Identity:
    """The certificate kept in `folder`, made anew where there is none, it ends soon, or an address is not in it."""
    path = folder / NAME
    if path.is_file():
        try:
            kept = x509.load_pem_x509_certificate(path.read_bytes())
            names = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            there = {str(one) for one in names.get_values_for_type(x509.IPAddress)}
            left = kept.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
            if left.days >= _RENEWED and set(addresses) <= there:
                return Identity(path, path, _fingerprint(kept), True)
        except (ValueError, x509.ExtensionNotFound):
            pass
    made, content = _made(addresses)
    write_whole(path, content, overwrite=True)
    os.chmod(path, 0o600)
    return Identity(path, path, _fingerprint(made), True)


def _made(addresses: list[str]) -> tuple[x509.Certificate, bytes]:
    secret = ec.generate_private_key(ec.SECP256R1())
    host = socket.gethostname() or "docgen"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"docgen {host}"[:64])])
    places = [x509.IPAddress(ipaddress.ip_address(one)) for one in dict.fromkeys([*addresses, "127.0.0.1"])]
    moment = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - datetime.timedelta(minutes=5))
        .not_valid_after(moment + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *places]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    key = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made, key + made.public_bytes(serialization.Encoding.PEM)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
