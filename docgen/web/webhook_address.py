"""Where a webhook may be sent: to the world by https; into this office's own network only where its host is named.

A name is looked up once, at connecting: every address it has is checked, and the one that was checked is the one that
is connected to. So a name that answers differently the second time leads nowhere.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from docgen.errors import UsageError

_LONGEST = 2000
_PORTS = {"http": 80, "https": 443}
#: IPv6 addresses that carry an IPv4 address to which a gateway passes things on (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):  # noqa: N818 -- a state of things, told in the log of deliveries
    """Nothing is sent there."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart; `named` where its host is one that the office named."""

    scheme: str
    host: str
    port: int
    path: str
    named: bool


def target_of(url: str, hosts: Iterable[str]) -> Target:
    """What `url` says. Raises `UsageError` where nothing may be sent to it, whatever its name leads to.

    Plain http only to one of `hosts`: a token, an event's ids would be readable on the way. No name and password in it.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
        host.encode("idna")  # what no name can be: two dots, a part too long
    except ValueError:
        raise UsageError("web.usage.webhook_url") from None
    sound = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
    sound = sound and "%" not in parts.netloc  # a zone (fe80::1%25lo) names a network card of this machine
    if not sound or parts.scheme not in _PORTS or not host or "@" in parts.netloc or parts.fragment or port == 0:
        raise UsageError("web.usage.webhook_url")
    named = host in {name.rstrip(".").lower() for name in hosts}
    if not named:
        if parts.scheme == "http":
            raise UsageError("web.usage.webhook_http", host=host[:80])
        if _inner_literal(host) or host == "localhost" or host.endswith(".localhost"):
            raise UsageError("web.usage.webhook_inner", host=host[:80])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], path, named)


def addresses_of(target: Target) -> list[str]:
    """The addresses that the host has at this moment, all of them allowed.

    Raises `Refused` where one of them is not (a name with one foot inside is not trusted), `OSError` where it has none.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not target.named and not all(is_outer(address) for address in addresses):
        raise Refused
    return addresses


def is_outer(text: str) -> bool:
    """True for an address of the public network, also where an IPv4 address is wrapped in an IPv6 one."""
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if address.teredo is not None or (int(address) >> 32) == 0:
            return False
        if inside is not None:
            address = inside
    return address.is_global and not address.is_multicast


def _inner_literal(host: str) -> bool:
    """True for an address written as numbers, in any spelling that systems take (127.1, 0x7f000001), that is no outer
    one."""
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return False
    return not all(is_outer(str(entry[4][0])) for entry in found)
