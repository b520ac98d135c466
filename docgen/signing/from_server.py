"""A packet that a docgen server keeps, signed on this machine: what is due is fetched, signed here and sent back.

Neither the key nor its PIN goes over the wire. Nothing is kept here: what the server has taken is signed, the rest is
due, so that a run that was broken off is simply begun again.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from docgen.errors import EnvironmentFault, InputError, UsageError
from docgen.i18n import shown
from docgen.signing.keys import Key
from docgen.signing.packet import Signed
from docgen.signing.pades import Signing
from docgen.signing.remote import complete
from docgen.storage import environment_fault

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

#: The variable that the key to the server is taken from.
KEY_VARIABLE = "DOCGEN_API_KEY"
#: How a file that is good for one signing says what it is, and how the secret in it begins.
TICKET_FORMAT, TICKET_PREFIX = "docgen-sign-once/1", "docgen_once_"
#: So many documents are sent back at once: what a run that is broken off has to sign again.
BATCH = 40
_SECONDS, _LARGEST = 600.0, 256 * 1024 * 1024
_LARGEST_TICKET = 100_000
#: How often a server that says "not now" is asked again, and after how many seconds.
_TRIES, _PAUSE = 5, 2.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """A file that is good for one signing, as a server handed it out: where, what, as whom; `key` is its secret."""

    server: str
    packet: str
    role: str
    key: str


def read_ticket(path: Path) -> Ticket:
    """The file at `path`. Raises `InputError` for what is none."""
    try:
        told = json.loads(path.read_bytes()[:_LARGEST_TICKET].decode("utf-8-sig"))
        if told["format"] != TICKET_FORMAT or not str(told["key"]).startswith(TICKET_PREFIX):
            raise ValueError(TICKET_FORMAT)
        return Ticket(*(str(told[name]) for name in ("server", "packet", "role", "key")))
    except OSError as fault:
        raise environment_fault(fault, path) from fault
    except (ValueError, KeyError, TypeError):
        raise InputError("signing.error.no_ticket", file=path.name) from None


class Server:
    """One docgen server, spoken to with one key."""

    def __init__(self, url: str, key: str) -> None:
        """Raises `UsageError` for an address that the key must not be sent to, or where there is no key."""
        self.root, self.host = service_address(url)
        if not key.isascii() or not key.isprintable() or not key.strip():
            raise UsageError("signing.error.server_key")
        self._key = key.strip()
        self._opener = opener(self.root)

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The answer. Raises `InputError` for a refusal, `EnvironmentFault` where none comes."""
        for turn in range(1, _TRIES + 1):
            request = urllib.request.Request(f"{self.root}/api/v1{path}", body, method=method)
            request.add_header("Authorization", f"Bearer {self._key}")
            if body is not None:
                request.add_header("Content-Type", "application/json")
            try:
                with self._opener.open(request, timeout=_SECONDS) as answer:
                    content: bytes = answer.read(_LARGEST + 1)
                if len(content) > _LARGEST:
                    raise InputError("signing.error.server_answer", host=self.host)
                return content
            except urllib.error.HTTPError as fault:
                with fault:
                    if fault.code == 503 and turn < _TRIES:
                        time.sleep(_PAUSE)
                        continue
                    raise self._refusal(fault) from None
            except (OSError, ValueError) as fault:
                reason = getattr(fault, "reason", fault)
                raise EnvironmentFault(
                    "signing.error.server_unreachable", host=self.host, problem=shown(str(reason))[:200]
                ) from None
        raise AssertionError  # the last turn ends above

    def _refusal(self, fault: urllib.error.HTTPError) -> InputError:
        try:
            told = json.loads(fault.read(1_000_000))
            code, detail = str(told["code"]), str(told["detail"])
        except (OSError, ValueError, KeyError, TypeError):
            code, detail = "-", str(fault.reason)
        return InputError(
            "signing.error.server_refused", status=fault.code, said=shown(code)[:80], detail=shown(detail)[:500]
        )

    def json(self, method: str, path: str, body: bytes | None = None) -> Any:
        """The JSON of an answer."""
        try:
            return json.loads(self.ask(method, path, body))
        except ValueError:
            raise InputError("signing.error.server_answer", host=self.host) from None


def opener(root: str) -> urllib.request.OpenerDirector:
    """What asks the service at `root`, and no other: no redirect is followed, this machine is asked directly."""
    handlers: list[Any] = [NoOtherPlace, urllib.request.HTTPSHandler(context=ssl.create_default_context())]
    if root.startswith("http:"):
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


class NoOtherPlace(urllib.request.HTTPRedirectHandler):
    """The key is for one server: nobody sends it on to another."""

    def redirect_request(self, *_: Any) -> None:
        return None


def service_address(url: str) -> tuple[str, str]:
    """The root of the server without its last slash, and the host's name.

    Raises `UsageError` for what is no address, holds a password, or is not encrypted on the way to another machine.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    good = parts.scheme == "https" or (parts.scheme == "http" and _this_machine(host))
    if not good or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("signing.error.server_address", url=shown(url.rpartition("@")[2])[:200])  # no password
    name = f"[{host}]" if ":" in host else host
    place = name if port is None else f"{name}:{port}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}", place


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def sign_on_server(
    server: Server,
    packet: str,
    role: str,
    key: Key,
    how: Signing | None = None,
    *,
    only: Sequence[int] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Signed:
    """Sign with `key` every document of the server's packet where `role` is due and ready, in one go.

    Raises as `Server.ask` and `docgen.signing.remote.complete` do; what was sent back until then is signed.
    """
    how = how or Signing()
    place = f"/packets/{quote(packet, safe='')}"
    look = how.appearance
    asked = {
        "role": role, "certificate": _text(key.certificate), "only": list(only), "name": look.name, "post": look.post,
        "agency": look.agency, "location": how.location, "visible": look.visible,
        "chain": [_text(other) for other in _chain(key)],
    }  # fmt: skip
    out = Signed(role, key.name, "B-B")
    try:
        told = server.json("POST", f"{place}/due", json.dumps(asked).encode())
        documents = list(told["documents"])
        for begin in range(0, len(documents), BATCH):
            part = {**told, "documents": documents[begin : begin + BATCH]}
            done = server.json("POST", f"{place}/signatures", complete(json.dumps(part).encode(), key))
            out.signed += done["signed"]
            progress(len(out.signed), len(documents))
        _tell_rest(server, place, out, all_asked=not only)
    except (KeyError, TypeError, AttributeError):
        raise InputError("signing.error.server_answer", host=server.host) from None
    return out


def _text(certificate: Certificate) -> str:
    return base64.b64encode(certificate.dump()).decode("ascii")


def _chain(key: Key) -> list[Certificate]:
    """The certificates that the key brings along, besides its own."""
    own = key.certificate.dump()
    return [other for other in key.signer.cert_registry if other.dump() != own]


def _tell_rest(server: Server, place: str, out: Signed, all_asked: bool) -> None:
    """Enter what of the role is not signed now, and why."""
    for entry in server.json("GET", f"{place}/due"):
        if entry["role"] == out.role:
            out.blocked = {int(number): list(roles) for number, roles in entry["blocked"].items()}
            out.paper = list(entry["paper"])
            names = ", ".join(entry["names"])
            if all_asked:  # what could be signed and was not is for other people
                out.others = dict.fromkeys(entry["ready"], names)
    for document in server.json("GET", f"{place}/manifest")["files"]:
        signatures = (document.get("pdf") or {}).get("signatures") or ()
        if any(one["role"] == out.role for one in signatures) and document["number"] not in out.signed:
            out.already.append(document["number"])
