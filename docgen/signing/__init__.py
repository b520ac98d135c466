"""Signature fields, signing and verifying (PAdES, ETSI EN 319 142-1), by role and for a whole packet.

from docgen.signing import place_fields, due, sign_packet, verify_packet
"""

from docgen.signing.appearance import Appearance
from docgen.signing.check import Trust, load_trust
from docgen.signing.fields import field_name, place_fields
from docgen.signing.keys import Key, Token, open_pkcs12, open_token
from docgen.signing.packet import Due, Signed, due, sign_packet, standing
from docgen.signing.pades import LEVELS, LongTerm, Signing, sign
from docgen.signing.verdict import DocumentVerdict, Reason, SignatureVerdict, Verdict
from docgen.signing.verify import Asked, verify_file, verify_packet

__all__ = [
    "LEVELS",
    "Appearance",
    "Asked",
    "DocumentVerdict",
    "Due",
    "Key",
    "LongTerm",
    "Reason",
    "SignatureVerdict",
    "Signed",
    "Signing",
    "Token",
    "Trust",
    "Verdict",
    "due",
    "field_name",
    "load_trust",
    "open_pkcs12",
    "open_token",
    "place_fields",
    "sign",
    "sign_packet",
    "standing",
    "verify_file",
    "verify_packet",
]
