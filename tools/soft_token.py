"""A SoftHSM2 token in a folder of its own, with one key and its certificate: a signer's USB stick, for trials."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from docgen.signing.keys import Token

PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
LABEL, PIN = "docgen", "1234"


def module() -> str:
    """The library of SoftHSM2; empty where it is not installed."""
    return next((place for place in PLACES if Path(place).is_file()), "")


def prepare(place: Path) -> Path:
    """An empty token in `place`; gives the configuration, for the variable SOFTHSM2_CONF."""
    (place / "tokens").mkdir(parents=True)
    config = place / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {place / 'tokens'}\nobjectstore.backend = file\n", encoding="utf-8")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "5678"],
        check=True, capture_output=True, env={"SOFTHSM2_CONF": str(config), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return config


def put(private: Any, certificate: Any) -> Token:
    """Put a key and its certificate (of the library cryptography) in the token that SOFTHSM2_CONF names."""
    import pkcs11
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pkcs11.util.rsa import decode_rsa_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    library = pkcs11.lib(module())
    library.reinitialize()
    with library.get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        der = private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        key, shown = decode_rsa_private_key(der), decode_x509_certificate(certificate.public_bytes(Encoding.DER))
        session.create_object({**key, pkcs11.Attribute.LABEL: "khoa", pkcs11.Attribute.TOKEN: True})
        session.create_object({**shown, pkcs11.Attribute.LABEL: "chung-thu", pkcs11.Attribute.TOKEN: True})
    return Token(module(), token_label=LABEL, key_label="khoa", cert_label="chung-thu")
