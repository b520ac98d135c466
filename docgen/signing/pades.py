"""Signing one PDF in one of its fields, PAdES baseline (ETSI EN 319 142-1), and looking at the result at once.

Levels: B-B the signature alone; B-T with a time stamp; B-LT with certificates and revocation data for later; B-LTA
with a time stamp over all of that. Every signature is an approval signature: those who stamp number, date or seal
after it must still be able to. A file that would not stand the check is never written.
"""

from __future__ import annotations

import asyncio
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from docgen.errors import InputError, InternalError, UsageError
from docgen.signing.appearance import Appearance, draw
from docgen.signing.keys import Key
from docgen.signing.libraries import need
from docgen.signing.own_signing import sign_own

if TYPE_CHECKING:
    from asn1crypto.crl import CertificateList
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
    from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfTBSDocument
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko.stamp import StaticStampStyle
    from pyhanko_certvalidator import ValidationContext

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
DIGEST = "sha256"
#: A time stamp or a long chain makes the container larger than the estimate of a dummy signature.
_RESERVE = 32768


@dataclass(slots=True)
class LongTerm:
    """What the levels above B-B need: a time stamper, trust roots and revocation data (all pyHanko's own objects)."""

    timestamper: TimeStamper | None = None
    roots: Sequence[Certificate] = ()
    others: Sequence[Certificate] = ()
    crls: Sequence[CertificateList] = ()
    fetch: bool = False
    moment: datetime.datetime | None = None


@dataclass(slots=True)
class Signing:
    """How to sign: level, appearance, where, and the moment (now, unless a test says otherwise)."""

    level: str = "B-B"
    appearance: Appearance = field(default_factory=Appearance)
    location: str = ""
    long_term: LongTerm = field(default_factory=LongTerm)
    moment: datetime.datetime | None = None


def now() -> datetime.datetime:
    """The time with its zone, to the second."""
    return datetime.datetime.now().astimezone().replace(microsecond=0)


def sign(pdf: bytes, name: str, key: Key, how: Signing, reason: str = "", *, all_looked_at: bool = True) -> bytes:
    """`pdf` signed in its field `name`; the bytes of `pdf` are the beginning of the result.

    With `all_looked_at` the signatures that were there before are judged anew beside this one: see `check_signed`.

    Raises `InputError` where there is no such empty field or the signature could not be made (certificate, time
    stamp server), `UsageError` for a level that lacks its means, `InternalError` where the result fails its check.
    """
    session = Session(pdf, name, key, how, reason)
    own = session.own()
    if own is not None and not all_looked_at:
        return own
    signed = own if own is not None else session.run()
    check_signed(pdf, signed, name, all_looked_at=all_looked_at)
    return signed


class Session:
    """The steps of one signature, so that a key on another device can be asked in between (`docgen.signing.remote`)."""

    def __init__(self, pdf: bytes, name: str, key: Key, how: Signing, reason: str) -> None:
        need("pyhanko")
        self.pdf, self.name, self.key, self.how, self.reason = pdf, name, key, how, reason
        self.moment = how.moment or now()
        if how.level not in LEVELS:
            raise UsageError("signing.error.level", level=how.level, known=", ".join(LEVELS))
        if how.level != "B-B" and how.long_term.timestamper is None:
            raise UsageError("signing.error.level_needs_tsa", level=how.level)
        if how.level in ("B-LT", "B-LTA") and not how.long_term.roots:
            raise UsageError("signing.error.level_needs_trust", level=how.level)

    def own(self) -> bytes | None:
        """Sign in docgen's own form, and look at every byte of the file; None where it is pyHanko's to sign."""
        if self.how.level != "B-B":
            return None
        return sign_own(self.pdf, self.name, self.key, self.moment, self.how.appearance, self.reason, self.how.location)

    def run(self) -> bytes:
        """Sign. Raises as `sign` does."""
        from pyhanko.pdf_utils.misc import PdfReadError, PdfWriteError
        from pyhanko.sign.general import SigningError

        try:
            return asyncio.run(self._run())
        except (SigningError, PdfReadError, PdfWriteError) as fault:
            raise InputError("signing.error.refused", field=self.name, problem=str(fault)) from None

    def prepare(self) -> tuple[PdfSigner, IncrementalPdfFileWriter]:
        """pyHanko's signer of documents and the writer, with the picture of the signature ready."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
        from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference

        writer = IncrementalPdfFileWriter(io.BytesIO(self.pdf), strict=True)
        long_term = self.how.level in ("B-LT", "B-LTA")
        metadata = PdfSignatureMetadata(
            field_name=self.name,
            md_algorithm=DIGEST,
            reason=self.reason or None,
            location=self.how.location or None,
            name=self.key.name,
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=long_term,
            use_pades_lta=self.how.level == "B-LTA",
            timestamp_field_name=f"dongdau{self.name}" if self.how.level == "B-LTA" else None,
            validation_context=self._context() if long_term else None,
            # Certificates of offices carry one of the two; which, is for the receiver's trust roots to judge.
            signer_key_usage=set(),
            dss_settings=DSSContentSettings(placement=SigDSSPlacementPreference.TOGETHER_WITH_NEXT_TS)
            if self.how.level == "B-LTA"
            else DSSContentSettings(),
        )
        timestamper = self.how.long_term.timestamper if self.how.level != "B-B" else None
        signer = PdfSigner(metadata, self.key.signer, timestamper=timestamper, stamp_style=self._style(writer))
        return signer, writer

    async def placeholder(self) -> tuple[PdfTBSDocument, PreparedByteRangeDigest, IO[bytes]]:
        """The document with room for its signature: pyHanko's document, the digest to sign, the bytes so far."""
        signer, writer = self.prepare()
        session = signer.init_signing_session(writer, existing_fields_only=True)
        session.system_time = self.moment
        info = await session.perform_presign_validation(writer)
        reserved = None
        if self.how.level == "B-B":
            # A signature of one key is always as large: nothing but the digest and the key's answer differs.
            self.key.reserved = self.key.reserved or await session.estimate_signature_container_size(info)
            reserved = self.key.reserved
        document = session.prepare_tbs_document(validation_info=info, bytes_reserved=reserved or _RESERVE)
        digest, out = document.digest_tbs_document()
        return document, digest, out

    async def _run(self) -> bytes:
        from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

        document, digest, out = await self.placeholder()
        done = await document.perform_signature(
            document_digest=digest.document_digest,
            # PAdES has no signing-time attribute: the time stands in the dictionary (EN 319 142-1, 6.3).
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=None),
        )
        await done.post_signature_processing(out)
        out.seek(0)
        return out.read()

    def _context(self) -> ValidationContext:
        from pyhanko_certvalidator import ValidationContext

        means = self.how.long_term
        return ValidationContext(
            trust_roots=list(means.roots),
            other_certs=list(means.others),
            crls=[crl.dump() for crl in means.crls],
            allow_fetching=means.fetch,
            moment=means.moment,
            revocation_mode="require" if means.fetch or means.crls else "soft-fail",
        )

    def _style(self, writer: IncrementalPdfFileWriter) -> StaticStampStyle:
        """The visible appearance, or an empty one for a signature that shows nothing (without any, pyHanko draws its
        own stamp)."""
        from pyhanko.pdf_utils import layout
        from pyhanko.stamp import StaticStampStyle

        if not self.how.appearance.visible:
            return StaticStampStyle(border_width=0)

        width, height = field_size(writer.prev, self.name)
        return StaticStampStyle(
            background=_picture(draw(self.how.appearance, self.key.name, self.moment, width, height)),
            border_width=0,
            background_layout=layout.SimpleBoxLayoutRule(
                x_align=layout.AxisAlignment.ALIGN_MIN,
                y_align=layout.AxisAlignment.ALIGN_MIN,
                margins=layout.Margins(0, 0, 0, 0),
                inner_content_scaling=layout.InnerScaling.NO_SCALING,
            ),
        )


def _picture(page: bytes) -> PdfContent:
    """A page of a PDF as content of a stamp. (pyHanko's own class reads a file and makes up a name each time.)"""
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Picture(PdfContent):  # type: ignore[misc, unused-ignore]
        def render(self) -> bytes:
            writer = self._ensure_writer
            picture = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(page)))
            self.resources.xobject["/DocgenKy"] = picture
            x1, y1, x2, y2 = (float(v) for v in picture.get_object()["/BBox"])
            self.box = BoxConstraints(width=abs(x2 - x1), height=abs(y2 - y1))
            return b"/DocgenKy Do"

    return Picture()


def field_size(reader: PdfFileReader, name: str) -> tuple[float, float]:
    """Width and height of the empty signature field `name`.

    Raises `InputError` where there is none or it is signed already.
    """
    from pyhanko.sign.fields import enumerate_sig_fields

    for found, value, reference in enumerate_sig_fields(reader):
        if found == name:
            if value is not None:
                raise InputError("signing.error.field_signed", field=name)
            x1, y1, x2, y2 = (float(v) for v in reference.get_object()["/Rect"])
            return round(x2 - x1, 2), round(y2 - y1, 2)
    raise InputError("signing.error.field_missing", field=name)


def check_signed(before: bytes, signed: bytes, name: str, *, all_looked_at: bool = True) -> None:
    """Look at a file that was just signed: the old bytes untouched, every signature sound and covering what it should.

    Without `all_looked_at` only the new one is judged; the others were, when they were made, over the very bytes that
    are untouched.

    Trust is not looked at here: whoever signs need not have the receiver's roots. Raises `InternalError`.
    """
    from docgen.signing.check import mathematics

    if not signed.startswith(before):
        raise InternalError("signing.error.bytes_changed", field=name)
    found = mathematics(signed, () if all_looked_at else (name,))
    if name not in [item.field for item in found]:
        raise InternalError("signing.error.recheck", field=name, problem="-")
    for item in found:
        if not item.sound:
            raise InternalError("signing.error.recheck", field=item.field, problem=item.problem)


def web_timestamper(url: str, timeout: float = 20.0) -> TimeStamper:
    """A time stamp authority reached by HTTP (RFC 3161). Raises `UsageError` for what is no such address."""
    need("pyhanko")
    from pyhanko.sign.timestamps import HTTPTimeStamper

    if not url.startswith(("http://", "https://")):
        raise UsageError("signing.error.tsa", url=url)
    return HTTPTimeStamper(url, timeout=int(timeout))
