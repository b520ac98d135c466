"""Verifying a packet: every signature, every file, and that all of them belong together.

A packet passes where nothing is missing, nothing is added, nothing is changed, every signature that is due is there,
stands, covers its file, leads to a given root, and says that it belongs to this manifest, this document and this role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docgen.errors import InputError
from docgen.regulations.originals import is_body_role
from docgen.signing.bounded import hash_of, read_bounded
from docgen.signing.by_hand import judged
from docgen.signing.check import Trust, check_pdf
from docgen.signing.fields import field_names
from docgen.signing.names import body_likeness, likeness, meant, tail_words
from docgen.signing.own_judge import Judge, Judged
from docgen.signing.packet import beginning
from docgen.signing.required import Forms, printed_name, unnamed
from docgen.signing.signed_manifest import (
    MANIFEST,
    Document,
    Manifest,
    find_packet,
    load_manifest,
    read_seal,
    sha256,
    state_of,
)
from docgen.signing.supersede import MARK, superseded_by
from docgen.signing.verdict import DocumentVerdict, Reason, SignatureVerdict, Verdict, Weight

#: The first paper of a packet that docgen alone signed, and one in so many, pyHanko judges as well.
ONE_IN = 50
#: What systems leave in folders by themselves: named, since anything may stand in such a file.
OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
#: Files of ours that stand beside a packet without being part of it.
BESIDE = frozenset({MANIFEST, MARK})


@dataclass(slots=True)
class Asked:
    """How strictly to verify: trust; names in certificates must be those on the papers; the dossier's own file.

    `regulations` are folders of units' own regulations; `whole` says that all that lies at the path came as one packet
    (a zip), so that what lies beside it was not asked for.
    """

    trust: Trust = field(default_factory=Trust)
    strict_names: bool = False
    dossier: Path | None = None
    regulations: Sequence[Path] = ()
    whole: bool = False


def verify_packet(
    path: Path, asked: Asked | None = None, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> Verdict:
    """The verdict on the packet at `path` (its folder, or its manifest).

    Raises `InputError` only where there is no packet at all; everything wrong with one is in the verdict.
    """
    asked = asked or Asked()
    folder = find_packet(path)
    out = Verdict(str(folder))
    try:
        manifest = load_manifest(folder)
        seal = manifest.seal()
    except InputError as fault:
        if fault.code == "signing.error.too_large":
            out.reasons.append(_unread(fault, MANIFEST))
        else:
            out.reasons.append(Reason("manifest_broken", "failed", {"problem": str(fault.facts.get("problem", ""))}))
        return out
    out.packet = seal
    if manifest.content.get("draft"):
        out.reasons.append(Reason("draft", "failed"))
    if not manifest.documents:
        out.reasons.append(Reason("no_documents", "failed"))
    forms, judge = Forms(manifest, asked.regulations), Judge(asked.trust, ONE_IN)
    for position, document in enumerate(manifest.documents, start=1):
        out.documents.append(_document(manifest, document, seal, asked, forms, judge))
        progress(position, len(manifest.documents))
    _one_key_for_two(out)
    for document, entry in zip(manifest.documents, out.documents, strict=True):
        _state(manifest, document, entry)
    out.reasons.extend(forms.unstated())
    out.reasons.extend(_files(manifest))
    if asked.whole and path.is_dir():
        out.reasons.extend(_beside(path, folder))
    out.reasons.extend(_seals(out, seal))
    if asked.dossier is not None:
        same = asked.dossier.is_file() and hash_of(asked.dossier) == manifest.dossier_sha256
        out.reasons.append(Reason("dossier_same", "note") if same else Reason("dossier_differs", "failed"))
    out.superseded = superseded_by(manifest)
    if out.superseded is not None:
        out.reasons.append(Reason("superseded", "cannot_tell", {"by": out.superseded["packet"][:16]}))
    return out


def verify_file(path: Path, trust: Trust) -> Verdict:
    """The verdict on one PDF by itself: one without a signature, or with an empty field, does not pass.

    Raises `InputError` where the file cannot be read.
    """
    try:
        content = read_bounded(path)
    except OSError:
        raise InputError("signing.error.pdf_missing", file=str(path)) from None
    document = DocumentVerdict(path.name)
    document.signatures, document.reasons = check_pdf(content, trust)
    if document.signatures or not document.reasons:
        if not any(not signature.stamp for signature in document.signatures):
            document.reasons.append(Reason("no_signature", "failed"))
        try:
            empty = [name for name, signed in field_names(content) if not signed]
        except InputError:
            empty = []
        if empty:
            document.reasons.append(Reason("empty_fields", "failed", {"fields": ", ".join(empty)}))
        document.reasons.append(Reason("alone", "note"))
    return Verdict(str(path), documents=[document])


def _document(
    manifest: Manifest, document: Document, seal: str, asked: Asked, forms: Forms, judge: Judge
) -> DocumentVerdict:
    out = DocumentVerdict(document.pdf_file or document.file, document.number, document.title)
    _by_hand(manifest, document, out, forms)
    if document.pdf is None:
        if rest := [signer.role for signer in document.signers if signer.role not in out.by_hand]:
            out.reasons.append(Reason("no_pdf", "failed", {"roles": [*rest]}))
        out.reasons.extend(unnamed(forms, document, b""))
        return out
    try:
        content = read_bounded(_place(manifest, document.pdf_file), name=document.pdf_file)
    except (OSError, InputError) as fault:
        out.reasons.append(_unread(fault, document.pdf_file))
        return out
    _judge(manifest, document, content, out, seal, asked, forms, judge.judge)
    return out


def judged_paper(
    manifest: Manifest, document: Document, content: bytes, seal: str, asked: Asked, forms: Forms, judge: Judge
) -> DocumentVerdict:
    """The verdict on `content` as the PDF of a document that has one, wherever it lies. `seal` is the manifest's,
    `judge` that of the run."""
    out = DocumentVerdict(document.pdf_file, document.number, document.title)
    _by_hand(manifest, document, out, forms)
    _judge(manifest, document, content, out, seal, asked, forms, judge.judge)
    return out


def _judge(
    manifest: Manifest, document: Document, content: bytes, out: DocumentVerdict, seal: str, asked: Asked, forms: Forms,
    judge_file: Callable[..., Judged],
) -> None:  # fmt: skip
    """Add to `out` what is to be said of the PDF and of each signature that it carries or lacks."""
    assert document.pdf is not None
    base = beginning(content, document.unsigned_sha256)
    if base is None:
        out.reasons.append(Reason("pdf_replaced", "failed"))
    elif sha256(content) != document.pdf["sha256"]:
        # Another tool may have signed in its place: what it did is judged below, by what its signatures cover.
        out.reasons.append(Reason("manifest_behind", "note"))
    out.signatures, found = judge_file(content, base_size=base)
    out.reasons.extend(found)
    out.reasons.extend(unnamed(forms, document, content[:base] if base is not None else b""))
    by_field = {signature.field: signature for signature in out.signatures if not signature.stamp}
    for signer in document.signers:
        signature = by_field.pop(signer.field, None)
        if signature is None and signer.role in out.by_hand:
            continue
        if signature is None:
            code = "signature_removed" if signer.role in document.signed_roles() else "signature_due"
            out.reasons.append(Reason(code, "failed", {"role": signer.role, "caption": signer.caption}))
        else:
            signature.role = signer.role
            _belongs(manifest, document, signature, seal, asked, forms)
    # A signature in any other field is named by `changes`, one in a place nobody is named for by `unnamed`.
    if base is not None and base != len(content) and not out.signatures:
        out.reasons.append(Reason("pdf_replaced", "failed"))


def _by_hand(manifest: Manifest, document: Document, out: DocumentVerdict, forms: Forms) -> None:
    """What the records of pens are worth: a role that one stands for is not called missing, and never passes."""
    if not document.by_hand:
        return
    printed = {signer.role: printed_name(forms, document, signer.role)[0] for signer in document.signers}
    for role, reason in judged(manifest, document, printed):
        out.reasons.append(reason)
        if role:
            out.by_hand.append(role)


def _one_key_for_two(verdict: Verdict) -> None:
    """A certificate that signs for a body signs for no person, and the other way round: two signatures are of two."""
    signed = [s for document in verdict.documents for s in document.signatures if s.role and s.certificate]
    bodies = {s.certificate for s in signed if is_body_role(s.role)}
    both = bodies & {s.certificate for s in signed if not is_body_role(s.role)}
    for signature in signed:
        if signature.certificate in both:
            signature.reasons.append(Reason("one_key_for_two", "failed", {"certificate": signature.signer}))


def _state(manifest: Manifest, document: Document, out: DocumentVerdict) -> None:
    """What the document is: only signatures that passed count, and an original has nothing wrong or open about it."""
    done = {s.role for s in out.signatures if s.role and not s.stamp and s.status == "passed"}
    missing = [signer for signer in document.signers if signer.role not in done]
    out.digitised = document.digitised
    out.missing = [{"role": s.role, "caption": s.caption, "name": s.name} for s in missing]
    count = 0 if manifest.content.get("draft") else len(document.signers) - len(missing)
    state = state_of(count, len(document.signers), manifest.asks_originals)
    out.state = "signed" if state == "original" and out.status != "passed" else state


def _belongs(
    manifest: Manifest, document: Document, signature: SignatureVerdict, seal: str, asked: Asked, forms: Forms
) -> None:
    """Whether a signature was given for this manifest, this document and this role, and by whom."""
    bound = read_seal(signature.reason)
    if bound is None:
        signature.reasons.append(Reason("not_bound", "note"))
    else:
        if bound[0] != seal:
            signature.reasons.append(Reason("other_manifest", "failed"))
        if bound[1] != document.number:
            signature.reasons.append(Reason("other_document", "failed", {"number": bound[1]}))
        if bound[2] != signature.role:
            signature.reasons.append(Reason("other_role", "failed", {"role": bound[2]}))
    signer = document.signer(signature.role)
    if is_body_role(signature.role):
        _named_body(manifest, signer.name if signer is not None else "", signature)
        return
    if any(body_likeness(body, signature.signer) != "other" for body in manifest.bodies()):
        signature.reasons.append(Reason("body_for_person", "failed", {"certificate": signature.signer}))
        return
    named = signer.name if signer is not None else ""
    # Whoever makes a manifest writes the names in it: the form in the packet, which it lists, must say the same.
    printed, needed = printed_name(forms, document, signature.role)
    if printed and (not named or likeness(printed, named) != "same"):
        signature.reasons.append(Reason("name_changed", "failed", {"name": named, "printed": printed}))
    if named or printed:
        _named(manifest, printed or named, signature, asked)
    else:
        code, doubt = ("name_missing", True) if needed else ("name_not_given", asked.strict_names)
        facts = {"certificate": signature.signer}
        signature.reasons.append(Reason(code, "cannot_tell" if doubt else "note", facts))


def _named_body(manifest: Manifest, printed: str, signature: SignatureVerdict) -> None:
    """Whether the certificate is that of the body that seals here; a person's never is."""
    names = {"printed": printed or "–", "certificate": signature.signer}
    people = manifest.people()
    how = body_likeness(printed, signature.signer) if printed else "other"
    if meant(people, signature.signer) or any(likeness(person, signature.signer) == "near" for person in people):
        signature.reasons.append(Reason("person_for_body", "failed", names))
    elif how == "without_accents":
        signature.reasons.append(Reason("name_without_accents", "note", names))
    elif how == "other" and any(body_likeness(body, signature.signer) != "other" for body in manifest.bodies()):
        signature.reasons.append(Reason("other_body", "failed", names))
    elif how == "other":
        signature.reasons.append(Reason("body_differs" if printed else "body_unnamed", "cannot_tell", names))


def _named(manifest: Manifest, printed: str, signature: SignatureVerdict, asked: Asked) -> None:
    """Whether the certificate's name is the one printed at this place."""
    names = {"printed": printed, "certificate": signature.signer}
    everybody = manifest.people()
    possible = meant(everybody, signature.signer)
    how = likeness(printed, signature.signer)
    if how in ("same", "without_accents") and (tail := tail_words(signature.signer)):
        # What stands in the bracket is nobody's name, or that of whom the certificate is for.
        other = any(likeness(name, tail) in ("same", "without_accents") for name in everybody if name != printed)
        weight: Weight = "failed" if other else "cannot_tell" if asked.strict_names else "note"
        signature.reasons.append(Reason("wrong_person" if other else "name_tail", weight, {**names, "tail": tail}))
    if how == "same":
        return
    if how == "without_accents" and printed in possible:
        if len(possible) > 1:
            signature.reasons.append(Reason("name_ambiguous", "cannot_tell", {**names, "names": ", ".join(possible)}))
        else:
            signature.reasons.append(Reason("name_without_accents", "note", names))
    elif possible or how == "near":
        # Somebody named elsewhere in the packet, or a longer or otherwise accented name: another person.
        signature.reasons.append(Reason("wrong_person", "failed", names))
    else:
        signature.reasons.append(Reason("name_differs", "cannot_tell" if asked.strict_names else "note", names))


def _place(manifest: Manifest, name: str) -> Path:
    """A file of the packet. Raises `InputError` for a link, `OSError` for what is missing or no file (a pipe waits)."""
    path = manifest.place(name)
    if not path.is_file():
        raise FileNotFoundError(name)
    return path


def _unread(fault: OSError | InputError, name: str) -> Reason:
    """Why a file of the packet was not read: it is too large to be judged, or not there."""
    if isinstance(fault, InputError) and fault.code == "signing.error.too_large":
        return Reason("file_too_large", "cannot_tell", dict(fault.facts))
    return Reason("file_missing", "failed", {"file": name})


def _files(manifest: Manifest) -> Iterator[Reason]:
    """Files that are missing, changed or not in the manifest."""
    known = {document.pdf_file for document in manifest.documents if document.pdf is not None}
    known |= {name for name, _ in manifest.hand_scans()}  # each is judged with its paper
    for name, wanted in manifest.file_names():
        known.add(name)
        try:
            found = hash_of(_place(manifest, name), name)
        except (OSError, InputError) as fault:
            yield _unread(fault, name)
            continue
        if found != wanted:
            yield Reason("file_changed", "failed", {"file": name})
    for path in sorted(manifest.folder.rglob("*")):
        name = path.relative_to(manifest.folder).as_posix()
        # Of the two names that are ours only a file is: a pipe or a folder there is none of ours.
        expected = name in known or (name in BESIDE and path.is_file())
        # A link may lead anywhere, tomorrow elsewhere: it is no part of a packet even under a known name.
        if path.is_symlink() or (not expected and (not path.is_dir() or name in BESIDE)):
            yield _unlisted(path, name)


def _beside(outer: Path, folder: Path) -> Iterator[Reason]:
    """What came in one file with the packet, outside its folder."""
    for path in sorted(outer.rglob("*")):
        if not path.is_dir() and folder not in path.parents:
            yield _unlisted(path, path.relative_to(outer).as_posix())


def _unlisted(path: Path, name: str) -> Reason:
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    if path.name.lower() in OF_SYSTEMS and path.is_file() and not path.is_symlink():
        return Reason("file_of_system", "cannot_tell", {"file": shown})
    return Reason("file_extra", "failed", {"file": shown})


def _seals(verdict: Verdict, seal: str) -> Iterator[Reason]:
    """Whether anything that was signed vouches for the manifest itself: without that no packet passes."""
    signatures = [s for document in verdict.documents for s in document.signatures if not s.stamp]
    good = [s for s in signatures if s.status != "failed"]
    if not good:
        # With pens alone nothing is signed that could be verified, and nothing contradicts the papers either.
        pens = any(document.by_hand for document in verdict.documents)
        yield Reason("nothing_signed", "cannot_tell" if pens else "failed")
    if not any((found := read_seal(s.reason)) is not None and found[0] == seal for s in good):
        yield Reason("manifest_unsealed", "cannot_tell")
