"""PDFs of a packet that were signed elsewhere (VGCA Sign Tool, Adobe …) and come back, under whatever names.

One is taken only where it is the very bytes of a paper of the packet, goes on after them with nothing but signing, and
every new signature stands in a field that was due, was its turn, and passes as `docgen verify` judges. Of anything else
nothing is kept: what contradicts is refused, what cannot be told (an unknown root, say) is said to be so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docgen.errors import DocgenError, InputError, UsageError
from docgen.i18n import DEFAULT_LANGUAGE
from docgen.regulations.originals import is_body_role
from docgen.signing.bounded import MAX_SMALL
from docgen.signing.check import Sound
from docgen.signing.libraries import need
from docgen.signing.own_judge import Judge, soundness
from docgen.signing.packet import enter, recorded_pdf, saved, settle
from docgen.signing.required import Forms
from docgen.signing.signed_manifest import Document, Manifest, load_manifest, sha256
from docgen.signing.verdict import DocumentVerdict, Reason, SignatureVerdict, Status, worst
from docgen.signing.verify import ONE_IN, Asked, judged_paper
from docgen.storage import working_on, write_whole

#: A paper of a packet has one revision of ours and a few of each signer.
MAX_REVISIONS = 200
#: What is said only because the manifest has not been told yet.
_NOT_ENTERED = ("manifest_behind", "signature_due")


@dataclass(slots=True)
class Brought:
    """What came of one file: passed (it was taken), failed or cannot tell, and why.

    `number` and `title` are the paper's, 0 and empty where it is none of the packet; `roles` are those who signed now,
    `signers` the names in their certificates.
    """

    file: str
    status: Status = "failed"
    number: int = 0
    title: str = ""
    roles: list[str] = field(default_factory=list)
    signers: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    fault: DocgenError | None = None

    def words(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """Why, in words; of one that was taken what is worth knowing."""
        told = [self.fault.text(language)] if self.fault is not None else []
        return told + [reason.words(language) for reason in self.reasons if self._worth_saying(reason)]

    def _worth_saying(self, reason: Reason) -> bool:
        return reason.weight == self.status or self.status == "passed"


def take_pdfs(
    packet: Path, files: Sequence[tuple[str, bytes]], asked: Asked, due: tuple[int, str] | None = None
) -> list[Brought]:
    """Take into the packet what of `files` (name, content) may be taken; each is judged by itself, in their order.

    With `due` (number, role) only that paper is taken, signed by that role and no other. Raises `UsageError` for a
    draft, `InputError` for what is no packet.
    """
    need("pyhanko")
    with working_on(packet.absolute()):
        manifest = load_manifest(packet)
        if manifest.content.get("draft"):
            raise UsageError("errors.usage.draft_not_signed", folder=packet.name)
        settle(manifest)
        forms, judge = Forms(manifest, asked.regulations), Judge(asked.trust, ONE_IN)
        desk = _Desk(manifest, asked, manifest.seal(), forms, judge, _known(manifest), due)
        with saved(manifest):
            return [desk.take(name, content) for name, content in files]


def _known(manifest: Manifest) -> dict[str, Document]:
    """The papers by the hash of every revision that docgen knows of them."""
    out = {}
    for document in manifest.documents:
        if document.pdf is not None:
            signed = (one.get("sha256") for one in document.pdf.get("signatures") or ())
            for told in (document.unsigned_sha256, *signed, document.pdf["sha256"]):
                out[str(told)] = document
    return out


@dataclass(slots=True)
class _Desk:
    """The packet at which files come in, one after the other."""

    manifest: Manifest
    asked: Asked
    seal: str
    forms: Forms
    judge: Judge
    known: dict[str, Document]
    due: tuple[int, str] | None = None

    def take(self, name: str, content: bytes) -> Brought:
        """Judge one file, and keep it where nothing is wrong or open."""
        out = Brought(name)
        try:
            document = self._whose(content, out)
            if document is not None:
                self._judge(document, content, out)
        except InputError as fault:
            out.status, out.fault = "failed", fault
        return out

    def _whose(self, content: bytes, out: Brought) -> Document | None:
        """The paper that `content` continues as it is now; None, and why, where there is none."""
        if len(content) > MAX_SMALL:
            out.reasons = [Reason("brought_too_large", "failed", {"limit": MAX_SMALL // 1_000_000})]
            return None
        found = [self.known[told] for told in _revisions(content) if told in self.known]
        if not found:
            out.reasons = [Reason("brought_unknown", "failed")]
            return None
        document = found[-1]
        out.number, out.title = document.number, document.title
        assert document.pdf is not None
        if self.due is not None and document.number != self.due[0]:
            out.reasons = [Reason("brought_other_paper", "failed", {"number": self.due[0]})]
            return None
        if sha256(content) in self.known:
            out.reasons = [Reason("brought_nothing_new", "failed")]
            return None
        if document.pdf["sha256"] not in set(_revisions(content)):
            out.reasons = [Reason("brought_moved_on", "failed")]
            return None
        return document

    def _judge(self, document: Document, content: bytes, out: Brought) -> None:
        before = self._judged(document, recorded_pdf(self.manifest, document))
        after = self._judged(document, content)
        had = {signature.field for signature in before.signatures}
        new = [signature for signature in after.signatures if signature.field not in had and not signature.stamp]
        out.signers = [signature.signer for signature in new]
        sound = soundness(content) if new else []
        found = [*_further(before, after), *self._turns(document, sound, new), *self._one_key(new)]
        out.reasons = [reason for reason in found if reason.code not in _NOT_ENTERED]
        out.status = worst(out.reasons)
        if out.status == "passed":
            write_whole(self.manifest.place(document.pdf_file), content, overwrite=True)
            out.roles = enter(self.manifest, document, content, sound)
            self.known |= {str(told): document for told in _revisions(content)}

    def _judged(self, document: Document, content: bytes) -> DocumentVerdict:
        return judged_paper(self.manifest, document, content, self.seal, self.asked, self.forms, self.judge)

    def _turns(self, document: Document, sound: Sequence[Sound], new: Sequence[SignatureVerdict]) -> Iterator[Reason]:
        """That there is a new signature, each in a field that was due, each after those before it in the order."""
        if not new:
            yield Reason("brought_no_signature", "failed")
            return
        ends = {item.field: item.end for item in sound}
        earlier: list[str] = []
        for signature in sorted(new, key=lambda one: ends.get(one.field, 0)):
            role = signature.role
            pens = [str(entry["role"]) for entry in document.by_hand]
            if not role or role in document.signed_roles() or (self.due is not None and role != self.due[1]):
                yield Reason("brought_other_field", "failed", {"field": signature.field})
            elif role in pens:
                yield Reason("brought_by_hand", "failed", {"role": role})
            elif waiting := [one for one in document.waiting_before(role) if one not in earlier]:
                captions = [signer.caption or signer.role for signer in document.signers if signer.role in waiting]
                yield Reason("brought_not_turn", "failed", {"roles": ", ".join(captions)})
            earlier.append(role)

    def _one_key(self, new: Sequence[SignatureVerdict]) -> Iterator[Reason]:
        """A certificate that signs for a body signs for no person anywhere in the packet, and the other way round."""
        used = [
            (str(one["role"]), str(one.get("certificate") or ""))
            for document in self.manifest.documents for one in (document.pdf or {}).get("signatures") or ()
        ]  # fmt: skip
        used += [(signature.role, signature.certificate) for signature in new]
        for signature in new:
            if any(c == signature.certificate and is_body_role(r) != is_body_role(signature.role) for r, c in used):
                yield Reason("one_key_for_two", "failed", {"certificate": signature.signer})


def against(
    manifest: Manifest, document: Document, before: bytes, after: bytes, asked: Asked, forms: Forms, judge: Judge
) -> list[Reason]:
    """What speaks against taking `after`, the paper `before` with one more signature, as `docgen verify` would judge.

    Where nobody is trusted (no root is known) nothing can be told of any certificate, and that alone is not against it.
    """
    seal = manifest.seal()
    told = _further(
        judged_paper(manifest, document, before, seal, asked, forms, judge),
        judged_paper(manifest, document, after, seal, asked, forms, judge),
    )
    heavy = ("failed", "cannot_tell") if asked.trust.roots else ("failed",)
    return [one for one in told if one.weight in heavy and one.code not in _NOT_ENTERED]


def _further(before: DocumentVerdict, after: DocumentVerdict) -> Iterator[Reason]:
    """What is said of the file now and was not said of it before."""
    yield from (reason for reason in after.reasons if reason not in before.reasons)
    told = {signature.field: signature.reasons for signature in before.signatures}
    for signature in after.signatures:
        known = told.get(signature.field, [])
        yield from (reason for reason in signature.reasons if reason not in known)


def _revisions(content: bytes) -> list[str]:
    """The SHA-256 of every part of a PDF that ends as a revision does, the shortest first (ISO 32000-1, 7.5.5)."""
    if content.count(b"%%EOF") > MAX_REVISIONS:
        return []
    out, end, done, running = [], content.find(b"%%EOF"), 0, hashlib.sha256()
    while end >= 0:
        for stop in range(end + 5, min(end + 7, len(content)) + 1):
            running.update(content[done:stop])
            done = stop
            out.append(running.hexdigest())
        end = content.find(b"%%EOF", end + 5)
    return out
