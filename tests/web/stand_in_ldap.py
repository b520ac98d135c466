"""An LDAP directory on loopback, read and written byte by byte (RFC 4511), independent of the library under test."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_TLS = b"1.3.6.1.4.1.1466.20037"
PEOPLE, GROUPS = "ou=nguoi,dc=coquan,dc=example", "ou=nhom,dc=coquan,dc=example"
SERVICE, SERVICE_PASSWORD = f"cn=docgen,{PEOPLE}", "mat khau cua docgen"
THU_KY = f"cn=Thu ky,{GROUPS}"


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x84]) + size.to_bytes(4, "big")
    return bytes([tag]) + length + body


def pieces(body: bytes) -> list[tuple[int, bytes]]:
    """The values in a constructed one: tag and body of each."""
    out, at = [], 0
    while at < len(body):
        tag, size, at = body[at], body[at + 1], at + 2
        if size & 0x80:
            many = size & 0x7F
            size, at = int.from_bytes(body[at : at + many], "big"), at + many
        out.append((tag, body[at : at + size]))
        at += size
    return out


def fits(entry: dict[str, Any], tag: int, body: bytes) -> bool:
    """True where the filter says so of the entry."""

    def values(name: bytes) -> list[bytes]:
        found = {key.lower(): value for key, value in entry["attributes"].items()}.get(name.decode().lower(), [])
        return [one if isinstance(one, bytes) else one.encode() for one in found]

    parts = pieces(body) if tag & 0x20 else []
    if tag in (0xA0, 0xA1):
        return (all if tag == 0xA0 else any)(fits(entry, *part) for part in parts)
    if tag == 0xA2:
        return not fits(entry, *parts[0])
    if tag == 0xA3:
        return parts[1][1].lower() in [value.lower() for value in values(parts[0][1])]
    if tag == 0xA4:
        return bool(values(parts[0][1]))  # whatever is looked for in it: an injected `*` finds everybody
    return tag == 0x87 and bool(values(body))


class Directory:
    """Entries and passwords by DN; what it was asked, in order."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.tls = tls
        self.port = 0
        self.passwords = {SERVICE: SERVICE_PASSWORD}
        self.entries: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.binds: list[tuple[str, str, bool]] = []  # DN, password, over TLS
        self.search_result = 0
        self.refuses_tls = False

    def add(self, login: str, password: str, *, groups: tuple[str, ...] = (THU_KY,), dn: str = "", **more: Any) -> str:
        """Somebody with this login and password; his DN."""
        dn = dn or f"cn={login},{PEOPLE}"
        self.passwords[dn] = password
        attributes = {"uid": [login], "cn": [f"Người {login}"], "entryUUID": [f"id-{dn}"], "memberOf": list(groups)}
        self.entries.append({"dn": dn, "attributes": {**attributes, **more}})
        return dn

    def result(self, tag: int, code: int) -> bytes:
        return tlv(tag, tlv(0x0A, bytes([code])), tlv(0x04), tlv(0x04))

    def bind(self, dn: str, password: str, encrypted: bool) -> bytes:
        self.asked.append("bind")
        self.binds.append((dn, password, encrypted))
        if not password:
            return self.result(0x61, 0)  # the trap: success, for nobody
        return self.result(0x61, 0 if self.passwords.get(dn) == password else 49)

    def search(self, body: bytes) -> list[bytes]:
        self.asked.append("search")
        (_, base), _, _, (_, most), _, _, (tag, asked), _ = pieces(body)
        found = [one for one in self.entries if one["dn"].endswith(base.decode()) and fits(one, tag, asked)]
        limit = int.from_bytes(most, "big")
        out = [tlv(0x64, tlv(0x04, one["dn"].encode()), tlv(0x30, *(
            tlv(0x30, tlv(0x04, name.encode()),
                tlv(0x31, *(tlv(0x04, v if isinstance(v, bytes) else v.encode()) for v in values)))
            for name, values in one["attributes"].items()))) for one in found[: limit or None]]  # fmt: skip
        out.append(tlv(0x73, tlv(0x04, b"ldap://127.0.0.1:1/dc=khac")))  # somewhere else, never to be asked
        code = self.search_result or (4 if limit and len(found) > limit else 0)
        return [*out, self.result(0x65, code)]


class _Talk(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        directory: Directory = self.server.directory  # type: ignore[attr-defined]
        line, encrypted = self.request, self.server.ldaps  # type: ignore[attr-defined]
        try:
            if encrypted:
                assert directory.tls is not None
                line = directory.tls.wrap_socket(line, server_side=True)
            while message := self.message(line):
                (_, number), (tag, body), *_ = pieces(message)
                answers: list[bytes] = []
                if tag == 0x60:
                    _, (_, dn), (_, password) = pieces(body)
                    answers = [directory.bind(dn.decode(), password.decode(), encrypted)]
                elif tag == 0x63:
                    answers = directory.search(body)
                elif tag == 0x77 and pieces(body)[0][1] == START_TLS:
                    directory.asked.append("start_tls")
                    answers = [directory.result(0x78, 2 if directory.refuses_tls else 0)]
                else:
                    return
                line.sendall(b"".join(tlv(0x30, tlv(0x02, number), one) for one in answers))
                if tag == 0x77 and not directory.refuses_tls:
                    assert directory.tls is not None
                    line, encrypted = directory.tls.wrap_socket(line, server_side=True), True
        except OSError:
            return  # the other side hung up, or did not believe the certificate
        finally:
            line.close()

    def message(self, line: Any) -> bytes:
        """The body of the next message; empty at the end."""
        head = line.recv(2)
        if len(head) < 2:
            return b""
        size = head[1]
        if size & 0x80:
            size = int.from_bytes(line.recv(size & 0x7F), "big")
        body = b""
        while len(body) < size:
            body += line.recv(size - len(body))
        return body


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def directory_here(
    identity: tuple[Path, Path] | None = None, ldaps: bool = False, host: str = "127.0.0.1"
) -> Iterator[Directory]:
    """A directory on loopback while the block runs; `identity` are its certificate and key."""
    tls = None
    if identity is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*identity)
    made = Directory(tls)
    with _Server((host, 0), _Talk) as server:
        server.directory, server.ldaps = made, ldaps  # type: ignore[attr-defined]
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
