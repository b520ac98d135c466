"""A key that a service keeps: its certificate, hashes in, signatures or *waiting* out.

`sign_remotely` signs with any such key all of a role's documents in one go: what `docgen.signing.remote` hands out, as
hashes, and what it takes in. A service is reached by one class that is a `RemoteKey` (`docgen.signing.csc`).
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docgen.errors import EnvironmentFault, InputError
from docgen.signing.packet import Signed
from docgen.signing.pades import Signing
from docgen.signing.remote import digests_for, take_in

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

#: So many times a service that says "waiting" is asked again.
TURNS = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """The holder has not agreed yet: `ask` again after `seconds`."""

    ask: Callable[[], Sequence[bytes] | Waiting]
    seconds: float = 3.0


class RemoteKey(Protocol):
    """A key in a service, for one credential of its holder."""

    def certificates(self) -> Sequence[Certificate]:
        """The certificate (asn1crypto) of the key, then the others of its chain."""
        ...

    def sign(self, hashes: Sequence[bytes]) -> Sequence[bytes] | Waiting:
        """One signature over each SHA-256, in order, by one authorisation of the holder; or waiting for it."""
        ...


def sign_remotely(
    packet: Path,
    role: str,
    key: RemoteKey,
    how: Signing | None = None,
    *,
    only: Sequence[int] = (),
    out_of_order: bool = False,
    pause: Callable[[float], None] = time.sleep,
) -> Signed:
    """Sign every document of the packet where `role` is due and ready: all, or none.

    Raises as `digests_for` and `take_in` do (a signature that does not fit is refused before anything is written),
    `InputError` for another number of signatures, `EnvironmentFault` where the holder does not agree in time.
    """
    own, *chain = key.certificates()
    content, out = digests_for(packet, role, own, chain, how, only=only, out_of_order=out_of_order)
    told = json.loads(content)
    if not told["documents"]:
        return out
    hashes = [bytes.fromhex(item["to_sign_sha256"]) for item in told["documents"]]
    answer = key.sign(hashes)
    for _ in range(TURNS):
        if not isinstance(answer, Waiting):
            break
        pause(answer.seconds)
        answer = answer.ask()
    if isinstance(answer, Waiting):
        raise EnvironmentFault("signing.error.key_waiting")
    if len(answer) != len(hashes):
        raise InputError("signing.error.key_count", asked=len(hashes), came=len(answer))
    for item, signature in zip(told["documents"], answer, strict=True):
        item["signature"] = base64.b64encode(signature).decode("ascii")
    out.signed = take_in(packet, json.dumps(told).encode(), once=not out_of_order).signed
    return out
