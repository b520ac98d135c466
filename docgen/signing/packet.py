"""Signing a packet: who is due, in which order, and one role's signature on every document where it is due.

The manifest is written once a role, after the PDFs. A packet that was signed half-way by a run that died is finished by
running it again: every PDF is replaced whole, and those that are ahead of the manifest are recognised by their bytes
and taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docgen.errors import InputError, UsageError
from docgen.paths import JsonDict
from docgen.regulations.originals import is_body_role
from docgen.signing.bounded import read_bounded
from docgen.signing.check import Sound
from docgen.signing.keys import Key
from docgen.signing.names import body_likeness, likeness, meant
from docgen.signing.own_judge import soundness
from docgen.signing.pades import Signing, now, sign
from docgen.signing.signed_manifest import Document, Manifest, load_manifest, seal_text, sha256
from docgen.storage import environment_fault, working_on, write_whole

#: The first paper of a run, and one in so many, has all its signatures judged anew when one is added.
_ONE_IN = 20


@dataclass(slots=True)
class Due:
    """One role that is still due: in which documents, under which names, what it waits for.

    `ready` are the numbers of the documents that can be signed now, `blocked` maps the others to the roles that must
    sign first, `paper` are documents without a PDF field: they can only be signed on paper or elsewhere. `body` is set
    for the role of a body, which signs with its own certificate in place of its seal.
    """

    role: str
    caption: str
    names: list[str] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    blocked: dict[int, list[str]] = field(default_factory=dict)
    paper: list[int] = field(default_factory=list)
    seal: bool = False
    rank: int = 0
    body: bool = False
    #: What stands above the room to sign: other words on other papers.
    captions: list[str] = field(default_factory=list)

    def as_json(self) -> JsonDict:
        """For `--json`."""
        return {
            "role": self.role, "caption": self.caption, "names": self.names, "documents": self.documents,
            "ready": self.ready, "blocked": {str(n): roles for n, roles in self.blocked.items()},
            "paper": self.paper, "seal": self.seal, "body": self.body,
        }  # fmt: skip


def due(packet: Path) -> list[Due]:
    """The roles still due, in an order in which they can sign: nobody stands before someone he must wait for.

    What a crash left behind is counted as signed (see `settle`). Raises `InputError` for what is no packet.
    """
    manifest = load_manifest(packet)
    settle(manifest, save=False)
    found: dict[str, Due] = {}
    for document in manifest.documents:
        done = document.done_roles()
        for rank, signer in enumerate(document.signers):
            if signer.role in done:
                continue
            entry = found.setdefault(signer.role, Due(signer.role, signer.caption))
            if signer.caption not in entry.captions:
                entry.captions.append(signer.caption)
            entry.rank = max(entry.rank, rank)
            entry.body = signer.body
            entry.seal = entry.seal or signer.seal
            entry.documents.append(document.number)
            if signer.name and signer.name not in entry.names:
                entry.names.append(signer.name)
            waiting = document.waiting_before(signer.role)
            if document.pdf is None:
                entry.paper.append(document.number)
            elif waiting:
                entry.blocked[document.number] = waiting
            else:
                entry.ready.append(document.number)
    return sorted(found.values(), key=lambda entry: entry.rank)


def standing(packet: Path) -> list[dict[str, Any]]:
    """What each document of a packet is, by the signatures recorded: draft, signed or original, and who is missing.

    What a crash left behind is counted as signed. Raises `InputError` for what is no packet.
    """
    manifest = load_manifest(packet)
    settle(manifest, save=False)
    return [
        {
            "number": document.number, "file": document.pdf_file or document.file, "title": document.title,
            "state": manifest.state(document), "digitised": document.digitised,
            "missing": [
                {"role": s.role, "caption": s.caption, "name": s.name, "body": s.body}
                for s in document.missing() if s.role not in document.done_roles()
            ],
            "by_hand": document.by_hand,
        }
        for document in manifest.documents
    ]  # fmt: skip


@dataclass(slots=True)
class Signed:
    """What `sign_packet` did.

    `signed` are the numbers of the documents signed now, `already` those that were, `blocked` those that wait for
    other roles, `others` those that carry another person's name, `paper` those without a PDF, `unnamed` those signed
    although the certificate's name stands on none of the packet's papers for this role.
    """

    role: str
    signer: str
    level: str
    signed: list[int] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    blocked: dict[int, list[str]] = field(default_factory=dict)
    others: dict[int, str] = field(default_factory=dict)
    paper: list[int] = field(default_factory=list)
    unnamed: list[int] = field(default_factory=list)

    def as_json(self) -> JsonDict:
        """For `--json`."""
        return {
            "role": self.role, "signer": self.signer, "level": self.level, "signed": self.signed,
            "already_signed": self.already, "blocked": {str(n): roles for n, roles in self.blocked.items()},
            "other_people": {str(n): name for n, name in self.others.items()}, "paper": self.paper,
            "name_not_on_paper": self.unnamed,
        }  # fmt: skip


def settle(manifest: Manifest, *, save: bool = True) -> list[int]:
    """Take over signatures that are in a PDF but not in the manifest: a run died in between, or another tool signed.

    Only what continues the recorded bytes and stands is taken over. Returns the numbers of the documents.
    """
    taken = []
    for document in manifest.documents:
        pdf = document.pdf
        if pdf is None:
            continue
        try:
            path = manifest.place(document.pdf_file)
            if not path.is_file():  # a pipe would be waited for
                continue
            content = read_bounded(path)
        except (OSError, InputError):
            continue
        if sha256(content) == pdf["sha256"] or not _continues(document, content):
            continue
        try:
            found = soundness(content)
        except InputError:
            continue
        if all(item.sound for item in found) and enter(manifest, document, content, found):
            taken.append(document.number)
    if taken and save:
        manifest.save()
    return taken


def enter(manifest: Manifest, document: Document, content: bytes, found: Sequence[Sound]) -> list[str]:
    """Note the signatures `found` in `content`, the document's PDF, that the manifest does not know; their roles."""
    known = set(document.signed_roles())
    new = [(s, item) for s in document.signers for item in found if item.field == s.field and s.role not in known]
    for signer, item in sorted(new, key=lambda pair: pair[1].end):
        told = {
            "role": signer.role, "field": signer.field, "signer": item.signer, "certificate": item.certificate,
            "time": item.time, "level": item.level, "sha256": sha256(content[: item.end]),
        }  # fmt: skip
        manifest.record(document, content, told)
    return [signer.role for signer, _ in new]


def _continues(document: Document, content: bytes) -> bool:
    """True where `content` begins with the bytes the manifest knows and goes on after them."""
    assert document.pdf is not None
    end = beginning(content, str(document.pdf["sha256"]))
    return end is not None and end < len(content)


def beginning(content: bytes, wanted: str) -> int | None:
    """The length of the revision of a PDF whose bytes have the hash `wanted`, or None where there is none.

    A revision ends with `%%EOF` and at most one line end (ISO 32000-1, 7.5.5).
    """
    end, done, running = content.find(b"%%EOF"), 0, hashlib.sha256()
    while end >= 0:
        # Hashed on from the end before, so that a file full of ends costs no more than one without.
        running.update(content[done : end + 5])
        done = end + 5
        for stop in range(done, min(done + 2, len(content)) + 1):
            longer = running.copy()
            longer.update(content[done:stop])
            if longer.hexdigest() == wanted:
                return stop
        end = content.find(b"%%EOF", end + 5)
    return None


def sign_packet(
    packet: Path,
    role: str,
    key: Key,
    how: Signing | None = None,
    *,
    only: Sequence[int] = (),
    out_of_order: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Signed:
    """Sign every document of the packet where `role` is due and ready; the manifest follows each signature.

    With `only`, just those document numbers. A document whose earlier signers have not signed is left out, unless
    `out_of_order`. Where the packet has papers of several people for the role and the certificate names one of them,
    only that person's are signed. Raises `UsageError` for a role the packet does not know, `InputError` for a PDF that
    is not as recorded and where the key's signature is refused.
    """
    with working_on(packet.absolute()):
        return _sign_packet(packet, role, key, how or Signing(), only, out_of_order, progress)


def _sign_packet(
    packet: Path,
    role: str,
    key: Key,
    how: Signing,
    only: Sequence[int],
    out_of_order: bool,
    progress: Callable[[int, int], None],
) -> Signed:
    manifest = load_manifest(packet)
    settle(manifest)
    out, chosen = select(manifest, role, key.name, only=only, out_of_order=out_of_order)
    out.level = how.level
    seal = manifest.seal()
    with saved(manifest):
        for position, document in enumerate(chosen, start=1):
            moment = how.moment or now()
            content = recorded_pdf(manifest, document)
            signer = document.signer(role)
            assert signer is not None
            signed = sign(
                content, signer.field, key, replace(how_for(document, how), moment=moment),
                reason=f"{signer.caption} – {seal_text(seal, document.number, role)}",
                all_looked_at=position % _ONE_IN == 1 or not _own(document),
            )  # fmt: skip
            keep(manifest, document, signed, key.signature_record(role, signer.field, moment, how.level))
            out.signed.append(document.number)
            progress(position, len(chosen))
    return out


def _own(document: Document) -> bool:
    """True where every signature of the document was made by docgen, at the level whose increments never change."""
    assert document.pdf is not None
    return all(one.get("level") == "B-B" for one in document.pdf.get("signatures") or ())


def select(
    manifest: Manifest, role: str, name: str, *, only: Sequence[int] = (), out_of_order: bool = False
) -> tuple[Signed, list[Document]]:
    """Which documents a person called `name` signs as `role` now, and why not the others.

    Raises `UsageError` for a role or a document number the packet does not know.
    """
    candidates = [d for d in manifest.documents if d.signer(role) is not None]
    if not candidates:
        known = sorted({s.role for d in manifest.documents for s in d.signers})
        raise UsageError("signing.error.unknown_role", role=role, known=", ".join(known))
    unknown = [number for number in only if manifest.document(number) is None]
    if unknown:
        raise UsageError("signing.error.unknown_document", number=unknown[0])
    out = Signed(role, name, "")
    printed = {d.number: signer.name for d in candidates if (signer := d.signer(role)) is not None}
    if is_body_role(role):
        own = _as_body(manifest, role, name)
    else:
        _as_person(manifest, role, name)
        # The certificate means one of the people named anywhere in the packet, or nobody of them.
        own = meant(manifest.people(), name)
    if len(own) > 1 and not only:
        raise UsageError("signing.error.name_ambiguous", certificate=name, names=", ".join(own))
    named = bool(own) if is_body_role(role) else any(text in own for text in printed.values())
    chosen = []
    for document in candidates:
        number = document.number
        if only and number not in only:
            continue
        waiting = document.waiting_before(role)
        if role in document.done_roles():
            out.already.append(number)
        elif document.pdf is None:
            out.paper.append(number)
        elif named and printed[number] and printed[number] not in own:
            out.others[number] = printed[number]
        elif waiting and not out_of_order:
            out.blocked[number] = waiting
        else:
            if printed[number] and not named:
                out.unnamed.append(number)
            chosen.append(document)
    return out, chosen


def _as_body(manifest: Manifest, role: str, name: str) -> list[str]:
    """The bodies of the packet that a certificate means. Raises `UsageError` where it is one of the people's."""
    people = manifest.people()
    if meant(people, name) or any(likeness(person, name) == "near" for person in people):
        raise UsageError("signing.error.person_for_body", role=role, certificate=name)
    bodies = manifest.bodies()
    exact = [body for body in bodies if body_likeness(body, name) == "same"]
    return sorted(exact or [body for body in bodies if body_likeness(body, name) == "without_accents"])


def _as_person(manifest: Manifest, role: str, name: str) -> None:
    """Raise `UsageError` where a body's certificate is to sign for a person."""
    if any(body_likeness(body, name) != "other" for body in manifest.bodies()):
        raise UsageError("signing.error.body_for_person", role=role, certificate=name)


def how_for(document: Document, how: Signing) -> Signing:
    """How to sign `document`: on a scan it is said what the page is."""
    return replace(how, appearance=replace(how.appearance, digitised=True)) if document.digitised else how


def recorded_pdf(manifest: Manifest, document: Document) -> bytes:
    """The PDF of a document, which must be exactly as the manifest records it.

    Raises `InputError` where it is missing, differs or is reached through a link: nobody is to sign what was changed.
    """
    assert document.pdf is not None
    path = manifest.place(document.pdf_file)
    if path.exists() and not path.is_file():
        raise InputError("signing.error.pdf_missing", file=document.pdf_file)
    try:
        content = read_bounded(path, name=document.pdf_file)
    except FileNotFoundError:
        raise InputError("signing.error.pdf_missing", file=document.pdf_file) from None
    except OSError as fault:
        raise environment_fault(fault, path) from None
    if sha256(content) != document.pdf["sha256"]:
        raise InputError("signing.error.pdf_changed", file=document.pdf_file)
    return content


def keep(manifest: Manifest, document: Document, signed: bytes, record: dict[str, Any]) -> None:
    """Write a signed PDF whole and note it in the manifest, which `saved` writes; until then `settle` knows of it."""
    write_whole(manifest.place(document.pdf_file), signed, overwrite=True)
    manifest.record(document, signed, {**record, "sha256": sha256(signed)})


@contextmanager
def saved(manifest: Manifest) -> Iterator[None]:
    """The manifest is written when the block ends, however it ends: once for a role, since it names every paper.

    A block that was killed leaves PDFs that are ahead of the manifest: `settle` takes them over.
    """
    before = manifest.signatures()
    try:
        yield
    finally:
        if manifest.signatures() != before:
            manifest.save()


__all__ = [
    "Due", "Signed", "beginning", "due", "enter", "keep", "recorded_pdf", "saved", "select", "settle", "sign_packet",
    "standing",
]  # fmt: skip
