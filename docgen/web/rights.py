"""Who may do what: one table, asked before every read and write.

| role | own unit | units below |
|---|---|---|
| `can_bo` | reads and writes dossiers | – |
| `thu_ky` | reads dossiers; makes, reads and signs packets | – |
| `dang_uy` | reads dossiers and packets | the same |
| `quan_tri` | manages keys and units; sees no contents | the same |

A principal without a role is this server's own (its key was made without one) and may do everything.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("can_bo", "thu_ky", "dang_uy", "quan_tri")
OPERATIONS = ("dossier.read", "dossier.write", "packet.make", "packet.read", "packet.sign", "manage")
#: What each role may do in its own unit, and what in the units below it.
_OWN: dict[str, frozenset[str]] = {
    "can_bo": frozenset({"dossier.read", "dossier.write"}),
    "thu_ky": frozenset({"dossier.read", "packet.make", "packet.read", "packet.sign"}),
    "dang_uy": frozenset({"dossier.read", "packet.read"}),
    "quan_tri": frozenset({"manage"}),
}
_BELOW: dict[str, frozenset[str]] = {
    "can_bo": frozenset(),
    "thu_ky": frozenset(),
    "dang_uy": frozenset({"dossier.read", "packet.read"}),
    "quan_tri": frozenset({"manage"}),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a file that is good for one signing allows: to sign these `papers` as `role`; `used`: they were fetched.

    `name` is what is printed on them; empty where nobody's is.
    """

    id: str
    role: str
    name: str
    papers: tuple[int, ...]
    used: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: `id` of the key, its `name`, the `role` (empty: all of this server) and the unit it belongs to.

    `ticket`: it asks with a file for one signing that the account handed out, and may do no more than that says.
    """

    id: str
    name: str
    role: str = ""
    unit: str = ""
    ticket: Ticket | None = None


def allowed(who: Principal, operation: str, unit: str, above: tuple[str, ...]) -> bool:
    """True where `who` may do `operation` in `unit`, whose superior units are `above`, the nearest first."""
    if not who.role:
        return not who.unit or who.unit == unit or who.unit in above
    if who.unit == unit:
        return operation in _OWN[who.role]
    return who.unit in above and operation in _BELOW[who.role]


def below(who: Principal, operation: str) -> bool:
    """True where `who` may do `operation` in the units below its own."""
    return not who.role or operation in _BELOW[who.role]


def knows(who: Principal, unit: str, above: tuple[str, ...]) -> bool:
    """True where `who` may know that something of `unit` exists: else the answer is "not found"."""
    return any(allowed(who, operation, unit, above) for operation in OPERATIONS if operation != "manage")
