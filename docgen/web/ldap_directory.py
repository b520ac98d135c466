"""An LDAP directory, asked by ldap3: the person is looked up, then binds himself with his own password.

Over TLS (`ldaps`, or StartTLS before anything is said), plain only on this machine. Referrals are not followed.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from ldap3 import ANONYMOUS, NONE, SIMPLE, SUBTREE
from ldap3.core.connection import Connection
from ldap3.core.exceptions import LDAPException
from ldap3.core.server import Server
from ldap3.core.tls import Tls
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from docgen.web.outside import Down, Outsider
from docgen.web.sign_in_file import Ldap

#: Seconds to connect, and to wait for an answer.
CONNECT, ANSWER = 5, 10
#: What a login can be. Whatever else a directory would take for the same one would be a new name to the count of tries.
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,79}\Z")
_DENIED = 49  # invalidCredentials (RFC 4511)


class Directory:
    """One directory; may be asked by several threads. `wanted` are the groups that rules name."""

    def __init__(self, settings: Ldap, wanted: tuple[str, ...]) -> None:
        self.settings = settings
        parts = urlsplit(settings.url)
        self._encrypted = parts.scheme == "ldaps"
        self._host, self._port = parts.hostname or "", parts.port or (636 if self._encrypted else 389)
        self._wanted = {key: group for group in wanted if (key := _dn_key(group))}

    def find(self, login: str, password: str) -> Outsider | None:
        """Who has this login and password; None for nobody. Raises `Down` where the directory cannot say."""
        if not password or not _LOGIN.match(login):  # a bind without a password succeeds, for nobody
            return None
        try:
            with self._line(self.settings.bind_dn, self.settings.secret.get_secret_value()) as line:
                if not line.bind():
                    raise Down("bind")
                entry = self._entry(line, login)
                if entry is None or not self._is(entry["dn"], password):
                    return None
                return self._outsider(line, entry, login)
        except (LDAPException, OSError, ssl.SSLError, ValueError):
            raise Down("directory") from None

    # -- on the wire

    @contextmanager
    def _line(self, user: str, password: str) -> Iterator[Any]:
        tls = _Tls(self.settings)
        server = Server(
            self._host, self._port, use_ssl=self._encrypted, tls=tls, get_info=NONE, connect_timeout=CONNECT
        )
        line = Connection(
            server, user or None, password or None, authentication=SIMPLE if user else ANONYMOUS,
            auto_referrals=False, read_only=True, receive_timeout=ANSWER, check_names=False, auto_range=False,
        )  # fmt: skip
        try:
            line.open()
            if self.settings.start_tls and not (line.start_tls(read_server_info=False) and line.tls_started):
                raise Down("start_tls")
            yield line
        finally:
            wire = line.socket
            with suppress(LDAPException, OSError):
                line.unbind()
            if wire is not None:  # of one that was never open the library lets go without closing it
                wire.close()

    def _search(self, line: Any, base: str, asked: str, attributes: list[str], most: int) -> list[dict[str, Any]]:
        """The entries found, referrals left out; `most` and one more are asked for."""
        line.search(base, asked, SUBTREE, attributes=attributes, size_limit=most + 1, time_limit=ANSWER)
        result = line.result["result"]
        if result == 32:  # noSuchObject: the base is not there
            raise Down("base")
        if result not in (0, 4):  # success, sizeLimitExceeded
            raise Down("search")
        return [one for one in line.response or () if one.get("type") == "searchResEntry"]

    def _entry(self, line: Any, login: str) -> dict[str, Any] | None:
        """The one entry of this login; None for none, and for two: neither is known to be his."""
        one = self.settings
        asked = one.filter.replace("{login}", escape_filter_chars(login))
        names = list(dict.fromkeys((one.id_attribute, one.login_attribute, one.name_attribute, one.groups_attribute)))
        found = self._search(line, one.base, asked, names, 1)
        return found[0] if len(found) == 1 and found[0]["dn"] else None

    def _is(self, dn: str, password: str) -> bool:
        """True where the entry's own password is this one."""
        with self._line(dn, password) as line:
            if line.bind():
                return True
            if line.result["result"] != _DENIED:
                raise Down("bind_as")
            return False

    def _outsider(self, line: Any, entry: dict[str, Any], login: str) -> Outsider:
        one = self.settings
        values = {name.lower(): found or () for name, found in entry["raw_attributes"].items()}
        number = next(iter(values.get(one.id_attribute.lower(), ())), b"")
        if not number:
            raise Down("id")
        groups = [_text(value) for value in values.get(one.groups_attribute.lower(), ())]
        if one.group_base:
            asked = one.group_filter.replace("{dn}", escape_filter_chars(entry["dn"]))
            asked = asked.replace("{login}", escape_filter_chars(login))
            groups += [found["dn"] for found in self._search(line, one.group_base, asked, ["1.1"], 1000)]
        name, own = (_text(next(iter(values.get(key.lower(), ())), b""))
                     for key in (one.name_attribute, one.login_attribute))  # fmt: skip
        mine = {_dn_key(group) for group in groups}
        return Outsider(
            "ldap", _id_text(number), own or login, name,
            frozenset(group for key, group in self._wanted.items() if key in mine),
        )  # fmt: skip


class _Tls(Tls):
    """TLS as Python itself makes it: certificate and name are checked by OpenSSL before a byte is sent."""

    def __init__(self, settings: Ldap) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)  # type: ignore[no-untyped-call]
        self._file = str(settings.ca_file) if settings.ca_file is not None else None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Put TLS on the connection's socket."""
        context = ssl.create_default_context(cafile=self._file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _id_text(value: bytes) -> str:
    """An id as text: of what is no text (`objectGUID`) its hexadecimal digits."""
    text = value.decode("ascii", "replace")
    return text if text.isprintable() and "\ufffd" not in text else value.hex()


def _dn_key(dn: str) -> str:
    """A DN as it compares: without regard to case and to blanks between its parts; empty for what is no DN."""
    try:
        parts = parse_dn(dn, strip=True)
    except LDAPException:
        return ""
    return "\n".join(f"{kind.strip()}={value.strip()}{end}" for kind, value, end in parts).casefold()
