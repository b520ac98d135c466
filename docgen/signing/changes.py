"""What a PDF says after a certain point that it did not say before: every addition, each by its name.

The difference analysis of pyHanko decides whether pages, fonts and annotations were left alone. It allows whatever a
signing tool may do; here is what it lets pass without a word: a new field drawn over the page, a form value, the
document's title, the entries of the form and of the catalog, bytes after the end. The rule stands as a table in
docs/signing.md. Clauses: ISO 32000-1, 7.5.5 (end of file), 7.5.6 (incremental updates), 12.7 (forms), 14.3 (metadata).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from docgen.signing.libraries import need
from docgen.signing.unfold import content_of
from docgen.signing.verdict import Reason, Weight

if TYPE_CHECKING:
    from lxml.etree import _Element
    from pikepdf import Object, Pdf

#: What the tool that signs writes about itself and the moment; nothing else in Info and XMP may change.
_INFO_OF_TOOLS = frozenset({"/Producer", "/ModDate"})
_XMP_OF_TOOLS = frozenset(
    {
        "{http://ns.adobe.com/pdf/1.3/}Producer",
        "{http://ns.adobe.com/xap/1.0/}ModifyDate",
        "{http://ns.adobe.com/xap/1.0/}MetadataDate",
        "{http://ns.adobe.com/xap/1.0/mm/}InstanceID",
    }
)
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
#: Attributes that say how a value is written, not what it is.
_NO_VALUE = (f"{_RDF}about", f"{_RDF}parseType", "{http://www.w3.org/XML/", "{adobe:ns:meta/}")
#: Entries of the catalog that are judged by themselves below, or by pyHanko (the security store).
_CATALOG_ELSEWHERE = frozenset({"/AcroForm", "/DSS", "/Metadata", "/Pages"})
#: The extension a PAdES signature declares (ETSI EN 319 142-1, 5.6).
_ESIC = "/ESIC"
#: Hashes of the SHA-3 family, and keys on curves (ISO/TS 32001, 32002).
_ISO, _ISO_LEVELS = "/ISO_", frozenset({32001, 32002})
_EXTENSION = frozenset({"/Type", "/BaseVersion", "/ExtensionLevel", "/ExtensionRevision", "/URL"})
_VERSIONS = frozenset({"/1.7", "/2.0"})
_DEEPEST = 32
_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")

Kind = Literal["empty", "signature", "stamp", "other"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: what it holds, where its widgets lie (with their flags), whether it shows on a page."""

    kind: Kind
    value: str
    widgets: tuple[tuple[float, ...], ...]
    visible: bool


def changes(before: bytes, after: bytes, *, packet: bool) -> list[Reason]:
    """What stands in `after`, a continuation of `before`, besides fields of `before` that were signed.

    In a `packet` docgen placed every field that is needed, so a further one fails; in a file of unknown origin one
    that is signed may be an office's seal, and that cannot be told.
    """
    pikepdf = need("pikepdf")
    try:
        with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
            return [
                *_fields(old, new, packet),
                *_form(old, new),
                *_catalog(old, new),
                *_info(old, new),
                *_xmp(old, new),
            ]
    except (pikepdf.PdfError, pikepdf.PasswordError, *_MALFORMED) as fault:
        return [Reason("changes_unclear", "cannot_tell", {"problem": type(fault).__name__})]


#: What comes of objects of another kind than the standard says.
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, NotImplementedError)


def after_last(pdf: bytes, end: int) -> list[Reason]:
    """What is to be said of the bytes after `end`, the last byte a signature or a document time stamp covers.

    Only a security store may follow there: certificates and answers, which are judged by their own signatures.
    """
    rest = pdf[end:]
    if rest in (b"", b"\n", b"\r", b"\r\n"):
        return []
    found = _STARTXREF.search(pdf)
    tail = pdf[pdf.rfind(b"%%EOF") + 5 :]
    if found is None or int(found[1]) < end or tail not in (b"", b"\n", b"\r", b"\r\n"):
        return [Reason("bytes_after_end", "failed", {"count": len(rest)})]
    pikepdf = need("pikepdf")
    try:
        with pikepdf.open(io.BytesIO(pdf[:end])) as old, pikepdf.open(io.BytesIO(pdf)) as new:
            if _text(old.Root.get("/DSS")) != _text(new.Root.get("/DSS")):
                return []
    except (pikepdf.PdfError, pikepdf.PasswordError, *_MALFORMED):
        pass
    return [Reason("unsigned_revision", "cannot_tell", {})]


def fields(document: Pdf) -> dict[str, Field]:
    """The fields of a PDF (pikepdf's) by their full names, at any depth. Raises what broken objects raise."""
    form = document.Root.get("/AcroForm")
    out: dict[str, Field] = {}
    for item in form.get("/Fields", []) if form is not None else []:
        for name, field in _tree(item, "", "", 0):
            # Two fields of one name are one field to a viewer: keep both apart.
            out[name if name not in out else f"{name} ({len(out)})"] = field
    return out


def _tree(item: Object, above: str, kind: str, depth: int) -> Iterator[tuple[str, Field]]:
    if depth > _DEEPEST:
        raise ValueError("Kids")
    name = ".".join(part for part in (above, str(item.get("/T", ""))) if part)
    kind = str(item.get("/FT", kind))
    kids = list(item.get("/Kids", []))
    named = [kid for kid in kids if "/T" in kid]
    for kid in named:
        yield from _tree(kid, name, kind, depth + 1)
    if named:
        return
    widgets = tuple(_widget(part) for part in ([item] if "/Rect" in item else []) + kids)
    visible = any(abs(w[2] - w[0]) * abs(w[3] - w[1]) > 0 for w in widgets)
    yield name, Field(_kind(item, kind), "" if kind == "/Sig" else _text(item.get("/V")), widgets, visible)


def _widget(part: Object) -> tuple[float, ...]:
    return (*(float(value) for value in part.Rect), float(int(part.get("/F", 0))))


def _kind(item: Object, kind: str) -> Kind:
    if kind != "/Sig":
        return "other"
    value = item.get("/V")
    if value is None:
        return "empty"
    return "stamp" if value.get("/Type") == "/DocTimeStamp" else "signature"


def _text(value: Object | None) -> str:
    """A value as one text, indirect objects followed; two values with one text are one value."""
    pikepdf = need("pikepdf")
    if isinstance(value, pikepdf.String):  # one text has several encodings
        return f"({value})"
    if isinstance(value, pikepdf.Object):
        return str(value.unparse(resolved=True).decode("latin-1"))
    return "" if value is None else str(value)


def _fields(old: Pdf, new: Pdf, packet: bool) -> Iterator[Reason]:
    before, after = fields(old), fields(new)
    for name in before.keys() - after.keys():
        yield Reason("field_removed", "failed", {"field": name})
    for name, field in sorted(after.items()):
        known = before.get(name)
        if known is None:
            yield from _added(name, field, packet)
            continue
        if known.widgets != field.widgets:
            yield Reason("field_moved", "failed", {"field": name})
        if known.value != field.value:
            yield Reason("value_changed", "failed", {"field": name})
        if known.kind != field.kind and known.kind != "empty":
            yield Reason("field_changed", "failed", {"field": name})
        if known.kind == "empty" and field.kind == "stamp" and field.visible:
            yield Reason("stamp_visible", "failed", {"field": name})
        if known.kind == field.kind == "empty" and _drawing(old, name) != _drawing(new, name):
            yield Reason("field_drawn", "failed", {"field": name})


def _added(name: str, field: Field, packet: bool) -> Iterator[Reason]:
    """A field that was not there: an unseen time stamp is how long-term signatures are made, all else is named."""
    seen: Weight = "failed" if packet else "cannot_tell"
    if field.kind == "stamp":
        if field.visible:
            yield Reason("stamp_visible", "failed", {"field": name})
    elif field.kind == "signature":
        yield Reason("field_added_signed", seen if field.visible else "cannot_tell", {"field": name})
    elif field.visible or field.kind == "other":
        yield Reason("field_added", "failed", {"field": name})
    else:
        yield Reason("field_added_unseen", "cannot_tell", {"field": name})


def _drawing(document: Pdf, name: str) -> bytes:
    """What an unsigned field of that name shows: its appearance."""
    for item in document.Root.AcroForm.Fields:
        if str(item.get("/T", "")) == name:
            looks = item.get("/AP")
            picture = None if looks is None else looks.get("/N")
            return b"" if picture is None else content_of(picture)
    return b""


def _form(old: Pdf, new: Pdf) -> Iterator[Reason]:
    """Entries of the form besides its fields: NeedAppearances has a viewer draw values anew, XFA is another form."""
    before, after = old.Root.get("/AcroForm"), new.Root.get("/AcroForm")
    if after is None or before is None:
        if after is not None and len(list(after.get("/Fields", []))) == 0:
            yield Reason("form_entries", "cannot_tell", {"entries": "/AcroForm"})
        return
    changed = _differing(before, after, frozenset({"/Fields"}))
    # A signing tool may set that there are signatures, and that the file is only to be appended to.
    if "/SigFlags" in changed and int(after.get("/SigFlags", 0)) in (1, 3):
        changed.remove("/SigFlags")
    if changed:
        yield Reason("form_entries", "cannot_tell", {"entries": ", ".join(changed)})


def _catalog(old: Pdf, new: Pdf) -> Iterator[Reason]:
    changed = _differing(old.Root, new.Root, _CATALOG_ELSEWHERE)
    if "/Extensions" in changed and _only_of_signing(old.Root.get("/Extensions"), new.Root.get("/Extensions")):
        changed.remove("/Extensions")
    # A tool that writes a newer version of PDF says so; an older one would have viewers leave things out.
    if "/Version" in changed and str(new.Root.get("/Version", "")) in _VERSIONS:
        changed.remove("/Version")
    if changed:
        yield Reason("catalog_changed", "cannot_tell", {"entries": ", ".join(changed)})


def _only_of_signing(before: Object | None, after: Object | None) -> bool:
    """True where nothing was declared but the extensions of PAdES signatures, and of keys on curves (ISO/TS 32002)."""
    if after is None or _differing(before, after, frozenset({_ESIC, _ISO})):
        return False
    esic, curves = after.get(_ESIC), after.get(_ISO)
    told = ([] if esic is None else [esic]) + ([] if curves is None else list(curves))
    return all(set(item.keys()) <= _EXTENSION for item in told) and all(
        int(item.ExtensionLevel) in _ISO_LEVELS for item in told[0 if esic is None else 1 :]
    )


def _differing(before: Object | None, after: Object | None, apart: frozenset[str]) -> list[str]:
    """The keys under which two dictionaries differ, but for those `apart`. Objects are compared by what they hold;
    what lies deeper behind references is for the difference analysis."""
    first, then = (dict(item.items()) if item is not None else {} for item in (before, after))
    return sorted(key for key in (first.keys() | then.keys()) - apart if _text(first.get(key)) != _text(then.get(key)))


def _info(old: Pdf, new: Pdf) -> Iterator[Reason]:
    before, after = old.trailer.get("/Info"), new.trailer.get("/Info")
    changed = _differing(before, after, _INFO_OF_TOOLS)
    if changed:
        yield Reason("metadata_changed", "failed", {"entries": ", ".join(key.lstrip("/") for key in changed)})


def _xmp(old: Pdf, new: Pdf) -> Iterator[Reason]:
    before, after = _said(old), _said(new)
    if before is None or after is None:
        if after is not before:
            yield Reason("metadata_changed", "failed", {"entries": "XMP"})
        return
    if before != after:
        different = (before - after) + (after - before)
        names = sorted({tag.rpartition("}")[2] for tag, _ in different})
        yield Reason("metadata_changed", "failed", {"entries": ", ".join(names) or "XMP"})


def _said(document: Pdf) -> Counter[tuple[str, str]] | None:
    """Every value in the XMP packet with its property, whichever of RDF's spellings it is written in; None without."""
    from lxml import etree

    stream = document.Root.get("/Metadata")
    if stream is None:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content_of(stream), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return Counter({("", content_of(stream).decode("latin-1")): 1})
    out: Counter[tuple[str, str]] = Counter()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        tag = _property(element)
        if (text := (element.text or "").strip()) and tag not in _XMP_OF_TOOLS:
            out[tag, text] += 1
        if tail := (element.tail or "").strip():
            out["", tail] += 1
        for name, value in element.attrib.items():
            key = str(name)
            if key == f"{_RDF}resource":
                out[tag, str(value)] += 1
            elif key.startswith("{") and not key.startswith(_NO_VALUE) and key not in _XMP_OF_TOOLS:
                out[key, str(value)] += 1
    return out


def _property(element: _Element) -> str:
    """The property a value belongs to: the nearest element that is not one of RDF's own."""
    while str(element.tag).startswith(_RDF) and (above := element.getparent()) is not None:
        element = above
    return str(element.tag)
