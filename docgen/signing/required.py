"""Who must sign a document: what the regulation's form says, not only what a manifest says about itself.

A manifest comes with the packet, from whoever made it. So the roles are taken from three places, and every role that
any of them names is due: the form of the regulation at hand, the empty fields docgen placed in the PDF, the manifest.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docgen.errors import DocgenError, InputError
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.template import bookmark_name
from docgen.regulations.duties import Body
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.regulations.originals import SCAN, body_role
from docgen.signing.base_form import read_base
from docgen.signing.bounded import frugal, read_bounded
from docgen.signing.changes import fields
from docgen.signing.libraries import need
from docgen.signing.scan import look
from docgen.signing.signed_manifest import Document, Manifest
from docgen.signing.verdict import Reason
from docgen.word.file.safe_open import WordFile, open_word
from docgen.word.read.tagged import values_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BOOKMARK, _NAME = f"{_W}bookmarkStart", f"{_W}name"
#: What comes of objects of another kind than the standard says.
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(slots=True)
class Forms:
    """The forms a packet was made from, as they are at hand; each is read once."""

    manifest: Manifest
    folders: Sequence[Path] = ()
    _regulations: dict[str, RegulationData | None] = field(default_factory=dict)
    _forms: dict[tuple[str, str], FormDefinition | None] = field(default_factory=dict)
    _opened: tuple[str, WordFile | None] = ("", None)

    def word(self, document: Document) -> WordFile | None:
        """The Word file of a document, None where it is not there or is none; the last one asked for is kept.

        A document is asked about once for each who signs it, one document after another.
        """
        if self._opened[0] != document.file:
            try:
                path = self.manifest.place(document.file)
                opened = open_word(path, document.file)[0] if path.is_file() else None
            except (OSError, InputError):
                opened = None
            self._opened = (document.file, opened)
        return self._opened[1]

    def regulation(self, name: str) -> RegulationData | None:
        """A regulation, or None where it is not at hand."""
        if name not in self._regulations:
            try:
                self._regulations[name] = load_regulation(name, self.folders)
            except (DocgenError, OSError, ValueError):
                self._regulations[name] = None
        return self._regulations[name]

    def form(self, document: Document) -> FormDefinition | None:
        """The form of a document, or None where it is not at hand."""
        of = str(document.entry.get("regulation") or self.manifest.regulation)
        key = (of, str(document.entry.get("form") or ""))
        if key not in self._forms:
            regulation = self.regulation(of) if all(key) else None
            try:
                self._forms[key] = load_form(regulation, key[1]) if regulation is not None else None
            except (DocgenError, OSError, ValueError):
                self._forms[key] = None
        return self._forms[key]

    def sealed(self, document: Document) -> set[str]:
        """The roles whose papers bear a seal, by the regulation at hand and the kind of body the packet states."""
        regulation = self.regulation(str(document.entry.get("regulation") or self.manifest.regulation))
        stated = self.manifest.content.get("originals") or {}
        if regulation is None or not regulation.originals or not isinstance(stated, dict):
            return set()
        kind = str(stated.get("collective_kind") or "cap_uy")
        return regulation.originals.roles(Body(str(stated.get("org_type") or ""), collective_kind=kind))

    def unstated(self) -> Iterator[Reason]:
        """That a packet of a regulation that asks for bodies' signatures does not say what body it is of."""
        regulation = self.regulation(self.manifest.regulation) if self.manifest.regulation else None
        stated = self.manifest.content.get("originals")
        if regulation is not None and regulation.originals and not (stated or {}).get("org_type"):
            yield Reason("issuer_unstated", "cannot_tell", {"clause": regulation.originals.clause})


def printed_name(forms: Forms, document: Document, role: str) -> tuple[str, bool]:
    """The name the Word form of a document prints where `role` signs, and whether the form cannot do without it.

    An empty text where the form is not at hand, has no name there, or the file does not show one.
    """
    form = forms.form(document)
    block = next((sign for sign in form.signs() if sign.role == role), None) if form is not None else None
    if form is None or block is None or block.name is None:
        return "", False
    binding = block.name.binding
    needed = binding in form.required
    opened = forms.word(document)
    found = values_of(opened.document, binding) if opened is not None else set()
    return (found.pop() if len(found) == 1 else ""), needed


def unnamed(forms: Forms, document: Document, base: bytes) -> Iterator[Reason]:
    """The roles that must sign although the manifest does not name them, and whether that can be told at all.

    `base` is the PDF as docgen wrote it, empty where there is none.
    """
    named = {signer.role for signer in document.signers}
    if document.digitised:
        yield from _scan(forms, document, named, base)
        return
    form = forms.form(document)
    if form is None:
        yield Reason("form_not_at_hand", "cannot_tell", {"form": str(document.entry.get("form") or "–")})
    else:
        sealed = forms.sealed(document)
        for sign in form.signs():
            if sign.when and sign.role not in named and not _signs_there(forms, document, sign.role):
                continue  # a block that this paper does not print
            caption = "".join(getattr(part, "text", "") for part in sign.text[0]) if sign.text else ""
            body = [body_role(sign.role)] if sign.seal and sign.role in sealed else []
            for role in [sign.role, *body]:
                if role not in named:
                    yield Reason("signer_unnamed", "failed", {"role": role, "caption": caption.strip()})
                    named.add(role)
        made_with = document.entry.get("definition")
        if made_with is not None and made_with != form.definition_hash:
            yield Reason("form_changed", "cannot_tell", {"form": form.form})
    places = {bookmark_name(role) for role in named}
    for name in _placed(base):
        if name not in places:
            yield Reason("field_unnamed", "failed", {"field": name})


def _signs_there(forms: Forms, document: Document, role: str) -> bool:
    """Whether the Word file of a document has the place where `role` signs; true where that cannot be told."""
    try:
        path = forms.manifest.place(document.file)
        opened = open_word(path, document.file)[0] if path.is_file() else None
    except (OSError, InputError):
        opened = None
    if opened is None:
        return True
    name = bookmark_name(role)
    return any(mark.get(_NAME) == name for mark in opened.document.iter(_BOOKMARK))


def _scan(forms: Forms, document: Document, named: set[str], base: bytes) -> Iterator[Reason]:
    """What a digitised paper must be: one of the kinds docgen takes, nothing but pages, signed by the body alone."""
    yield Reason("digitised", "note", {})
    role = body_role(SCAN)
    if document.entry.get("form"):  # a form that says it is a scan would need nobody's hand
        yield Reason("digitised_form", "failed", {"form": str(document.entry["form"])})
    if role not in named:
        yield Reason("signer_unnamed", "failed", {"role": role, "caption": document.title})
    for name in _placed(base):
        if name not in {bookmark_name(one) for one in named | {role}}:
            yield Reason("field_unnamed", "failed", {"field": name})
    try:
        path = forms.manifest.place(document.file)
        if path.is_file():  # one that is missing has a reason of its own
            look(read_bounded(path), document.file)
    except InputError as fault:
        yield Reason(
            "scan_refused", "failed", {"file": document.file, "why": str(fault.facts.get("why") or fault.code)}
        )
    except OSError:
        return


def _placed(base: bytes) -> list[str]:
    """The signature fields docgen placed."""
    if not base:
        return []
    if (ours := read_base(base)) is not None:
        return sorted(ours.fields)
    pikepdf = need("pikepdf")
    try:
        with frugal(base), pikepdf.open(io.BytesIO(base)) as document:
            return sorted(name for name, item in fields(document).items() if item.kind == "empty")
    except (InputError, pikepdf.PdfError, pikepdf.PasswordError, *_MALFORMED):
        return []
