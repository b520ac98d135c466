"""`docgen sign --csc`: the packet is here, the key is kept by a remote signing service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.errors import UsageError

if TYPE_CHECKING:
    from docgen.signing.packet import Signed
    from docgen.signing.pades import Signing

#: What names another key, another place or another way to sign.
_NOT_HERE = {
    "server": "server", "ticket": "ticket", "packet_id": "packet", "key_file": "key-file", "pkcs12": "pkcs12",
    "passfile": "passfile",
    "module": "pkcs11-module", "slot": "slot", "token_label": "token-label", "key_label": "key-label",
    "cert_label": "cert-label", "chain": "chain", "certificate": "certificate", "export_to": "export",
    "import_from": "import", "by_hand": "by-hand", "scan": "scan", "undo": "undo",
}  # fmt: skip


def refuse_mixed(packet: Path | None, looking: bool, options: dict[str, Any]) -> None:
    """Raise `UsageError` where the options of `--csc` are not complete, or stand beside others."""
    if options["csc"] is None:
        if options["credential"] or options["csc_token_file"]:
            raise UsageError("signing.error.csc_needs")
        return
    for name, option in _NOT_HERE.items():
        if options[name] not in (None, False, ()):
            raise UsageError("signing.error.csc_option", option=f"--{option}")
    if packet is None or looking or not options["credential"]:
        raise UsageError("signing.error.csc_needs")


def sign_by_service(
    folder: Path, role: str, options: dict[str, Any], how: Signing, ask: Callable[[str], Callable[[], str] | None]
) -> Signed:
    """Sign what is due for `role` with the service's key; `ask` gives what asks the user for a secret."""
    from docgen.signing.csc import OTP_VARIABLE, TOKEN_VARIABLE, CscKey
    from docgen.signing.keys import PIN_VARIABLE, secret
    from docgen.signing.remote_key import sign_remotely

    key = CscKey(
        options["csc"],
        options["credential"],
        secret(TOKEN_VARIABLE, options["csc_token_file"]) or "",
        pin=lambda: secret(PIN_VARIABLE, options["pinfile"], ask("ask.pin")),
        otp=lambda: secret(OTP_VARIABLE, None, ask("ask.otp")),
    )
    return sign_remotely(folder, role, key, how, only=options["only"], out_of_order=options["out_of_order"])
