"""Empty signature fields at the exact place of each signature block, all of them before the first signature.

A field that is added after a signature changes what was signed; so every field of a document is there from the start,
named after its role (`kyauthor`, `kycell` …), and any tool that signs PDF can sign in the same places.
Clauses: ISO 32000-1, 12.7.4.5 (signature fields), 12.5.6.19 (widgets); ISO 19005-2, 6.3.3 (every widget has an
appearance).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from docgen.errors import InputError, InternalError
from docgen.forms.template import bookmark_name
from docgen.signing.bounded import frugal
from docgen.signing.libraries import need

if TYPE_CHECKING:
    from types import ModuleType

    from pikepdf import Object, Pdf

#: Print (3) and Locked (8): the field is printed and cannot be moved; it can still be signed.
_WIDGET_FLAGS = (1 << 2) | (1 << 7)
#: SignaturesExist (there are signature fields) and AppendOnly. Set from the start: a flag that changes with the first
#: signature would be a change beside signing.
_SIGNATURE_FLAGS = 3


class Zone(Protocol):
    """The place of one signature, as `docgen.pdf` measures it: field name, page index from 0, rectangle in points."""

    @property
    def name(self) -> str:
        """The name of the field."""

    @property
    def page(self) -> int:
        """The page, from 0."""

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""


class Signs(Protocol):
    """Someone who is to sign."""

    @property
    def role(self) -> str:
        """The role, as the form names it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place given by hand."""

    name: str
    page: int
    rect: tuple[float, float, float, float]


def field_name(role: str) -> str:
    """The name of the field of `role`: that of the bookmark in the Word form."""
    return bookmark_name(role)


def place_fields(pdf: bytes, zones: Iterable[Zone], signers: Iterable[Signs] = ()) -> bytes:
    """`pdf` with one empty signature field for each zone; the same input gives the same bytes.

    Raises `InternalError` where two zones have one name, a page does not exist, a zone lies off its page or one of
    `signers` has no zone, and `InputError` where the PDF holds fields already (adding to a signed
    file would break its signatures).
    """
    pikepdf = need("pikepdf")
    places = list(zones)
    names = [zone.name for zone in places]
    if len(set(names)) != len(names):
        raise InternalError("signing.error.field_twice", name=next(n for n in names if names.count(n) > 1))
    for signer in signers:
        if field_name(signer.role) not in names:
            raise InternalError("signing.error.zone_missing", role=signer.role)
    if not places:
        return pdf
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        form = document.Root.get("/AcroForm")
        if form is not None and len(form.get("/Fields", [])):
            raise InputError("signing.error.fields_exist", count=len(form.Fields))
        fields = [_field(document, zone, pikepdf) for zone in places]
        document.Root.AcroForm = document.make_indirect(
            pikepdf.Dictionary(Fields=pikepdf.Array(fields), SigFlags=_SIGNATURE_FLAGS)
        )
        if "/Extensions" not in document.Root:
            # Declared before the first signature, so that none of them has to touch the catalog.
            document.Root.Extensions = pikepdf.Dictionary(
                ESIC=pikepdf.Dictionary(
                    Type=pikepdf.Name.DeveloperExtensions, BaseVersion=pikepdf.Name("/1.7"), ExtensionLevel=1
                )
            )
        document.save(
            out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False
        )
    return out.getvalue()


def _field(document: Pdf, zone: Zone, pikepdf: ModuleType) -> Object:
    if not 0 <= zone.page < len(document.pages):
        raise InternalError("signing.error.zone_off_page", name=zone.name, page=zone.page + 1)
    page = document.pages[zone.page]
    box = [float(x) for x in page.mediabox]
    x1, y1, x2, y2 = zone.rect
    if not (box[0] <= x1 < x2 <= box[2] and box[1] <= y1 < y2 <= box[3]):
        raise InternalError("signing.error.zone_off_page", name=zone.name, page=zone.page + 1)
    empty = document.make_stream(b"")
    empty.Type, empty.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    empty.BBox = [0, 0, round(x2 - x1, 2), round(y2 - y1, 2)]
    empty.Resources = pikepdf.Dictionary()
    widget: Object = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=pikepdf.String(zone.name),
            TU=pikepdf.String(getattr(zone, "caption", "") or zone.name),
            Rect=[round(value, 2) for value in zone.rect],
            F=_WIDGET_FLAGS,
            P=page.obj,
            AP=pikepdf.Dictionary(N=empty),
        )
    )
    if "/Annots" not in page.obj:
        page.obj.Annots = pikepdf.Array()
    page.obj.Annots.append(widget)
    return widget


def field_names(pdf: bytes) -> Sequence[tuple[str, bool]]:
    """The signature fields of a PDF in order: name, and whether it is signed. Raises `InputError` for no PDF."""
    pikepdf = need("pikepdf")
    try:
        with frugal(pdf), pikepdf.open(io.BytesIO(pdf)) as document:
            form = document.Root.get("/AcroForm")
            return [
                (str(item.get("/T", "")), item.get("/V") is not None)
                for item in (form.get("/Fields", []) if form is not None else [])
                if item.get("/FT") == "/Sig"
            ]
    except (pikepdf.PdfError, pikepdf.PasswordError, AttributeError, TypeError, ValueError) as fault:
        raise InputError("signing.error.unreadable", file="pdf", problem=str(fault)) from None
