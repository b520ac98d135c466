"""Verdicts: passed, failed, or cannot tell, each with its reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, cast

from docgen.i18n import message, shown
from docgen.paths import JsonDict, JsonMap
from docgen.signing.role_words import role_words, roles_in_words

Status = Literal["passed", "cannot_tell", "failed"]
Weight = Literal["note", "cannot_tell", "failed"]
_ORDER: tuple[Status, ...] = ("passed", "cannot_tell", "failed")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to be said: code (message `signing.reason.<code>`), what it means for the verdict, its facts."""

    code: str
    weight: Weight
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    def words(self, language: str) -> str:
        """What a person reads."""
        params = {key: shown(value) if isinstance(value, str) else value for key, value in self.params.items()}
        if isinstance(role := self.params.get("role"), str):
            params["role"] = role_words(role, language)
        if isinstance(roles := self.params.get("roles"), list):
            params["roles"] = roles_in_words(roles, language)
        return message(f"signing.reason.{self.code}", language, **params)

    def as_json(self, language: str) -> JsonDict:
        """For `--json`."""
        return {"code": self.code, "weight": self.weight, "params": self.params, "message": self.words(language)}


def worst(reasons: Iterable[Reason], parts: Iterable[Status] = ()) -> Status:
    """The verdict that follows from `reasons` and from the verdicts on the parts."""
    found: list[Status] = [*parts]
    for reason in reasons:
        found.append("passed" if reason.weight == "note" else reason.weight)
    return max(found, key=_ORDER.index, default="passed")


class Supersession(TypedDict):
    """What is known of the packet that takes another's place: its seal, the reason, whether it is at hand."""

    packet: str
    reason: str
    confirmed: bool


@dataclass(slots=True)
class SignatureVerdict:
    """The verdict on one signature. `time_source` is `claimed` or `timestamp`, `role` that of the field it is in.

    `stamp` is set for a time stamp on the whole document, which is nobody's signature.
    """

    field: str
    reason: str = ""
    role: str = ""
    signer: str = ""
    certificate: str = ""
    time: str = ""
    time_source: str = "claimed"
    level: str = "B-B"
    stamp: bool = False
    reasons: list[Reason] = dataclasses.field(default_factory=list)

    @property
    def status(self) -> Status:
        """passed, failed or cannot_tell."""
        return worst(self.reasons)

    def as_json(self, language: str) -> JsonDict:
        """For `--json`."""
        return {
            "field": self.field, "role": self.role or None, "status": self.status, "signer": self.signer,
            "certificate_sha256": self.certificate, "time": self.time, "time_source": self.time_source,
            "level": self.level, "stamp": self.stamp, "reasons": [reason.as_json(language) for reason in self.reasons],
        }  # fmt: skip


@dataclass(slots=True)
class DocumentVerdict:
    """The verdict on one document of a packet, or on a PDF by itself.

    `state` is what a document of a packet is by the signatures that passed: draft, signed or original (where nothing
    at all is wrong with it); `missing` names whose signature it lacks; `digitised` is set for a scan.
    """

    file: str
    number: int | None = None
    title: str = ""
    signatures: list[SignatureVerdict] = dataclasses.field(default_factory=list)
    reasons: list[Reason] = dataclasses.field(default_factory=list)
    state: str = ""
    missing: list[dict[str, str]] = dataclasses.field(default_factory=list)
    digitised: bool = False
    #: The roles whose signature by hand is recorded and not contradicted.
    by_hand: list[str] = dataclasses.field(default_factory=list)

    @property
    def status(self) -> Status:
        """passed, failed or cannot_tell: the worst of its own reasons and of its signatures."""
        return worst(self.reasons, (signature.status for signature in self.signatures))

    def as_json(self, language: str) -> JsonDict:
        """For `--json`."""
        return {
            "number": self.number, "file": self.file, "title": self.title or None, "status": self.status,
            "state": self.state or None, "missing": self.missing,
            "digitised": self.digitised, "by_hand": self.by_hand,
            "signatures": [signature.as_json(language) for signature in self.signatures],
            "reasons": [reason.as_json(language) for reason in self.reasons],
        }  # fmt: skip


@dataclass(slots=True)
class Verdict:
    """The verdict on a packet. `superseded` names the packet that takes its place, where there is one."""

    path: str
    packet: str = ""
    documents: list[DocumentVerdict] = dataclasses.field(default_factory=list)
    reasons: list[Reason] = dataclasses.field(default_factory=list)
    superseded: Supersession | None = None

    @property
    def status(self) -> Status:
        """passed, failed or cannot_tell: the worst of all."""
        return worst(self.reasons, (document.status for document in self.documents))

    @property
    def passed(self) -> bool:
        """True only where nothing failed and nothing is open."""
        return self.status == "passed"

    def as_json(self, language: str = "vi") -> JsonDict:
        """For `--json`."""
        return {
            "path": self.path, "packet": self.packet or None, "status": self.status,
            # PEP 589: a TypedDict is no Mapping[str, Json], whatever its values are.
            "superseded": cast(JsonMap | None, self.superseded),
            "reasons": [reason.as_json(language) for reason in self.reasons],
            "documents": [document.as_json(language) for document in self.documents],
        }  # fmt: skip
