"""Links that lead out of a Word file: which of them Word follows by itself, and where they lead.

Word notes the template a document was made with (`attachedTemplate`, ECMA-376 17.15.1.6) in the way of the writer's
machine: a bare name, a path of Windows, of macOS in either of its spellings, or a file URL. None of these leads
anywhere on another machine. A template on a server does: Word fetches it on opening, macros included.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from docgen.model import Severity

#: `Macintosh HD:Users:an:x.dotx`, the classic path of Word for Mac; it has no slash of either kind.
_COLONS = re.compile(r"[^:/\\@!]+(?::[^:/\\@!]+)+\.(?:dot|doc)[xm]?", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:(?:/|[^/:]*$)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def judged(kind: str, target: str) -> tuple[str, Severity]:
    """The finding's code and severity for one link of this kind (last word of its type) to `target`."""
    if kind == "hyperlink":
        return "read.file.hyperlink", "info"
    if kind == "attachedTemplate" and _on_own_machine(target):
        return "read.file.own_template", "info"
    return "read.file.external_link", "error"


def leads_out(target: str) -> bool:
    """True for a target that is no part of the package whatever its mode says: an address with a scheme, a share."""
    plain = _plain(target)
    return plain.startswith("//") or re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", plain) is not None


def _plain(target: str) -> str:
    return unquote(target).replace("\\", "/").strip("\x00 \t\r\n")


def _on_own_machine(target: str) -> bool:
    """True for a path that names a place on the disk of whoever wrote it."""
    plain = _plain(target)
    if plain.lower().startswith("file:"):
        path = plain[len("file:") :]
        if path.lower().startswith("//localhost/"):
            path = path[len("//localhost") :]
        if path.startswith("//") and not path.startswith("///"):
            return False  # file://server/share
        path = path.removeprefix("//")
        return not path.startswith("//") and bool(path.strip("/"))
    if not plain or plain.startswith("//"):
        return False
    if _DRIVE.match(plain) or _COLONS.fullmatch(plain):
        return True
    return _SCHEME.match(plain) is None
