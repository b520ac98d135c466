"""`docgen sign --server`: the packet lies on a docgen server, the key is here."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from docgen.cli.progress import counter
from docgen.errors import UsageError

if TYPE_CHECKING:
    from docgen.signing.config import Setup
    from docgen.signing.keys import Key
    from docgen.signing.packet import Signed
    from docgen.signing.pades import Signing

#: What the server would have to be sent, or what is done there.
_NOT_HERE = (
    "image",
    "seal",
    "tsa",
    "certificate",
    "export_to",
    "import_from",
    "out_of_order",
    "by_hand",
    "scan",
    "undo",
)
_NAMES = {"export_to": "export", "import_from": "import"}


def from_ticket(options: dict[str, Any]) -> dict[str, Any]:
    """The options with what the file of `--ticket` says, where one was given; it stands in the place of four others."""
    from docgen.signing.from_server import read_ticket

    if options["ticket"] is None:
        return {**options, "key": ""}
    if options["server"] or options["packet_id"] or options["key_file"] or options["role"]:
        raise UsageError("signing.error.ticket_alone")
    told = read_ticket(options["ticket"])
    return {**options, "server": told.server, "packet_id": told.packet, "role": told.role, "key": told.key}


def sign_from_afar(
    role: str | None, options: dict[str, Any], setup: Setup, how: Signing, key: AbstractContextManager[Key]
) -> Signed:
    """Sign what is due on the server; gives back what was done."""
    from docgen.signing.from_server import KEY_VARIABLE, Server, sign_on_server
    from docgen.signing.keys import secret

    options = from_ticket(options)
    for name in _NOT_HERE:
        if options[name] or (name in ("image", "seal", "tsa") and getattr(setup, name)):
            option = f"--{_NAMES.get(name, name).replace('_', '-')}"
            raise UsageError("signing.error.server_option", option=option)
    if how.level != "B-B":
        raise UsageError("signing.error.level_remote", level=how.level)
    role = options["role"] if options["ticket"] else role
    if not role or not options["packet_id"]:
        raise UsageError("signing.error.server_needs")
    server = Server(options["server"], options["key"] or secret(KEY_VARIABLE, options["key_file"]) or "")
    with key as opened:
        return sign_on_server(
            server, options["packet_id"], role, opened, how, only=options["only"],
            progress=counter("signing.progress.send"),
        )  # fmt: skip
