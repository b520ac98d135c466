"""What makes an electronic paper an original: whose signatures it takes (QĐ 379-QĐ/TW Điều 12).

A paper that would be signed by hand without a seal takes the authorised person's signature alone; one that bears a seal
takes two, the person's and that of the body that issues it. Which bodies have a seal is data (`originals` in
`regulation.yaml`): for each signing role, the body's name, and the kinds of bodies of which it is so. A regulation
without it (all before QĐ 379) asks for no body's signature, and none of its papers is called an original.
"""

from __future__ import annotations

from dataclasses import dataclass

from docgen.paths import AnyRecord, get_text
from docgen.regulations.duties import COLLECTIVE_KINDS, ORG_TYPES, Body, body_of
from docgen.regulations.faults import each
from docgen.regulations.strict_yaml import Mapping

#: A body's signature has a role of its own, named after the role of the person whose paper it seals.
_SUFFIX = "_body"
#: The role of a body that authenticates a scan (QĐ 379 Điều 12; QĐ 383 Điều 17 khoản 3, 4); no person signs it.
SCAN = "scan"


def body_role(role: str) -> str:
    """The role of the body that seals what `role` signs."""
    return role + _SUFFIX


def is_body_role(role: str) -> bool:
    """True for the role of a body; its name decides, not what a packet says of itself."""
    return role.endswith(_SUFFIX)


def person_role(role: str) -> str:
    """The role of the person whose paper the body `role` seals."""
    return role.removesuffix(_SUFFIX)


@dataclass(frozen=True, slots=True)
class Sealing:
    """The body that seals what `role` signs: where its name stands, the words before it, of which bodies it is so."""

    role: str
    name: str
    words: str = ""
    org_types: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def applies(self, body: Body) -> bool:
        """True where the papers of `body` are sealed so."""
        return (not self.org_types or body.org_type in self.org_types) and (
            not self.kinds or body.collective_kind in self.kinds
        )


@dataclass(frozen=True, slots=True)
class Originals:
    """What a regulation asks of an original: the clause, and the bodies with a seal; empty where it asks nothing."""

    clause: str = ""
    seals: tuple[Sealing, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clause)

    def roles(self, body: Body) -> set[str]:
        """The roles whose papers `body` seals, whatever the dossier itself names besides."""
        return {sealing.role for sealing in self.seals if sealing.applies(body)}


def originals_of(item: Mapping) -> Originals:
    """`originals` of `regulation.yaml`. Raises `DefinitionError` for an unknown key or code."""
    item.closed(("clause", "seals"), ("clause", "seals"))
    return Originals(item["clause"], tuple(each(sealing_of, item["seals"])))


def sealing_of(entry: Mapping) -> Sealing:
    """One entry of `seals`. Raises `DefinitionError` for an unknown key or code."""
    entry.closed(("role", "name", "words", "when"), ("role", "name"))
    when = entry.get("when", Mapping()).closed(("org_type", "collective_kind"))
    for key, known in (("org_type", ORG_TYPES), ("collective_kind", COLLECTIVE_KINDS)):
        for value in when.get(key, ()):
            if value not in known:
                raise when.fault("errors.definition.unknown_value", key, value=value)
    return Sealing(
        entry["role"], entry["name"], entry.get("words", ""), tuple(when.get("org_type", ())),
        tuple(when.get("collective_kind", ())),
    )  # fmt: skip


def sealed_by(originals: Originals, data: AnyRecord) -> dict[str, str]:
    """For each role whose papers bear a seal, the name of the body that seals them (empty: not in the dossier).

    A body that the dossier names (`signers.<role>_body`) seals even where the regulation's data expects no seal: it has
    a certificate of its own, and says so.
    """
    body = body_of(data)
    out: dict[str, str] = {}
    for sealing in originals.seals:
        named = _text(data, f"signers.{body_role(sealing.role)}")
        if named:
            out[sealing.role] = named
        elif sealing.role not in out and sealing.applies(body):
            name = _text(data, sealing.name)
            first = name.casefold().startswith(("đảng ủy", "đảng uỷ", "đảng bộ", "ban thường vụ", "ban chấp hành"))
            out[sealing.role] = " ".join(part for part in ("" if first or not name else sealing.words, name) if part)
    return out


def _text(record: AnyRecord | None, path: str) -> str:
    return " ".join(get_text(record, *path.split(".")).split())
