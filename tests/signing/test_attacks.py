"""What a forger does after the last signature, or before the first: each kind with its verdict, written from the rule.

The rule is the table in docs/signing.md. One packet with one signed sheet and one annex is signed once; every kind
changes a copy. None passes; the control does.
"""

from __future__ import annotations

import asyncio
import datetime
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from authority import SIGNED, VERIFIED, authority, issued, key, revocation_list, root_certificate, timestamper
from crafted import answer, certificate, revocations, rsa_key, signer, weak_curve
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from signing_packets import CELL
from test_tampering import add_page, agree, appended, codes, draw_over, swap_font

from docgen.errors import InputError
from docgen.signing import Asked, LongTerm, Signing, Trust, Verdict, load_trust, sign_packet, verify_file, verify_packet
from docgen.signing.check import check_pdf
from docgen.signing.own_signing import read_chain

SHEET = "pdf/003-mau-06.pdf"
Change = Callable[[Any], None]


def test_the_control_passes(sealed: Path, trusting: Asked) -> None:
    verdict = verify_packet(sealed, trusting)
    assert verdict.passed, codes(verdict)


# --- after the last signature, by an incremental update -----------------------------------------------------------


def _page(writer: Any) -> tuple[Any, Any]:
    """The page that is signed, and the reference to it."""
    kids = writer.root["/Pages"]["/Kids"]
    at = next(at for at in range(len(kids)) if "/Annots" in kids[at])
    return kids[at], kids.raw_get(at)


def _picture(writer: Any, width: float, height: float) -> Any:
    stream = generic.StreamObject(stream_data=b"1 g 0 0 600 850 re f")
    stream.update(
        {
            pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.FloatObject, (0, 0, width, height))),
        }
    )  # fmt: skip
    return writer.add_object(stream)


def _new_field(kind: str, rect: tuple[float, ...], value: str = "") -> Change:
    """A field that was not there, with a picture the size of its rectangle."""

    def change(writer: Any) -> None:
        page, reference = _page(writer)
        entry = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name(kind), pdf_name("/T"): pdf_string("them"), pdf_name("/P"): reference,
                pdf_name("/F"): generic.NumberObject(4),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.FloatObject, rect)),
                pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): _picture(writer, rect[2], rect[3])}),
            }
        )  # fmt: skip
        if value:
            entry[pdf_name("/V")] = pdf_string(value)
        field = writer.add_object(entry)
        writer.root["/AcroForm"]["/Fields"].append(field)
        writer.update_container(writer.root["/AcroForm"]["/Fields"])
        page["/Annots"].append(field)
        writer.update_container(page["/Annots"])

    return change


def _annotation(kind: str) -> Change:
    def change(writer: Any) -> None:
        page, _ = _page(writer)
        entry = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name(kind),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.FloatObject, (50, 50, 500, 700))),
                pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): _picture(writer, 450, 650)}),
            }
        )  # fmt: skip
        page["/Annots"].append(writer.add_object(entry))
        writer.update_container(page["/Annots"])

    return change


def _root(name: str, value: Any) -> Change:
    def change(writer: Any) -> None:
        writer.root[pdf_name(name)] = value
        writer.update_root()

    return change


def _form(name: str, value: Any) -> Change:
    def change(writer: Any) -> None:
        writer.root["/AcroForm"][pdf_name(name)] = value
        writer.update_container(writer.root["/AcroForm"])

    return change


def _info(name: str, value: str) -> Change:
    def change(writer: Any) -> None:
        info = writer.trailer["/Info"]
        info[pdf_name(name)] = pdf_string(value)
        writer.update_container(info)

    return change


def _xmp(old: bytes, new: bytes) -> Change:
    def change(writer: Any) -> None:
        stream = writer.root["/Metadata"]
        data = stream.data
        assert old in data
        stream._data = data.replace(old, new, 1)
        stream._encoded_data = None
        writer.update_container(stream)
        # pyHanko would write its own packet over this one.
        writer._update_meta = lambda: None

    return change


def _field_entry(name: str, value: Any) -> Change:
    def change(writer: Any) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        field[pdf_name(name)] = value
        writer.update_container(field)

    return change


def _drop_fields(writer: Any) -> None:
    writer.root["/AcroForm"][pdf_name("/Fields")] = generic.ArrayObject()
    writer.update_container(writer.root["/AcroForm"])


def _nothing(writer: Any) -> None:
    """An update that only adds an object nobody points at."""
    writer.add_object(generic.DictionaryObject({pdf_name("/Hidden"): pdf_string("<html>")}))


def _remove_value(writer: Any) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    del field["/V"]
    writer.update_container(field)


def _swap_contents(writer: Any) -> None:
    page, _ = _page(writer)
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.update_container(page)


def _other_range(*numbers: int) -> Change:
    """An update in which the signature covers other bytes, by its own word."""

    def change(writer: Any) -> None:
        value = writer.root["/AcroForm"]["/Fields"][0]["/V"]
        value[pdf_name("/ByteRange")] = generic.ArrayObject(map(generic.NumberObject, numbers))
        writer.update_container(value)

    return change


def _shared_value(writer: Any) -> None:
    """A new field that shows the signature of another as its own."""
    _new_field("/Sig", PAGE)(writer)
    fields = writer.root["/AcroForm"]["/Fields"]
    fields[-1][pdf_name("/V")] = fields[0].raw_get("/V")
    writer.update_container(fields[-1])


def _numbers(*values: float) -> Any:
    return generic.ArrayObject(map(generic.FloatObject, values))


FAILED, OPEN = "failed", "cannot_tell"
PAGE, NOWHERE = (0, 0, 595, 842), (0, 0, 0, 0)
ADDED: dict[str, tuple[Change, str, str]] = {
    "an empty signature field over the page": (_new_field("/Sig", PAGE), FAILED, "field_added"),
    "a small empty signature field": (_new_field("/Sig", (10, 10, 20, 20)), FAILED, "field_added"),
    "an unseen empty signature field": (_new_field("/Sig", NOWHERE), OPEN, "field_added_unseen"),
    "a text field over the page": (_new_field("/Tx", PAGE, "Hoàn thành xuất sắc"), FAILED, "field_added"),
    "an unseen text field": (_new_field("/Tx", NOWHERE, "x"), FAILED, "field_added"),
    "a button": (_new_field("/Btn", (10, 10, 90, 90)), FAILED, "field_added"),
    "free text": (_annotation("/FreeText"), FAILED, "changed_after"),
    "a stamp": (_annotation("/Stamp"), FAILED, "changed_after"),
    "a link": (_annotation("/Link"), FAILED, "changed_after"),
    "a square": (_annotation("/Square"), FAILED, "changed_after"),
    "a highlight": (_annotation("/Highlight"), FAILED, "changed_after"),
    "drawing over the page": (draw_over, FAILED, "changed_after"),
    "another content of the page": (_swap_contents, FAILED, "changed_after"),
    "a page": (add_page, FAILED, "changed_after"),
    "another font": (swap_font, FAILED, "changed_after"),
    "an action on opening": (
        _root("/OpenAction", generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript")})), FAILED,
        "changed_after"),
    "additional actions": (_root("/AA", generic.DictionaryObject()), FAILED, "changed_after"),
    "names": (_root("/Names", generic.DictionaryObject()), FAILED, "changed_after"),
    "layers": (_root("/OCProperties", generic.DictionaryObject()), FAILED, "changed_after"),
    "another language": (_root("/Lang", pdf_string("en")), FAILED, "changed_after"),
    "viewer preferences": (_root("/ViewerPreferences", generic.DictionaryObject()), FAILED, "changed_after"),
    "permissions": (_root("/Perms", generic.DictionaryObject()), FAILED, "changed_after"),
    "an older version": (_root("/Version", pdf_name("/1.3")), OPEN, "catalog_changed"),
    "another extension": (
        _root("/Extensions", generic.DictionaryObject({pdf_name("/XYZ"): generic.DictionaryObject()})), OPEN,
        "catalog_changed"),
    "drawing values anew": (_form("/NeedAppearances", generic.BooleanObject(True)), OPEN, "form_entries"),
    "a default appearance": (_form("/DA", pdf_string("/Helv 0 Tf")), OPEN, "form_entries"),
    "another form (XFA)": (_form("/XFA", generic.ArrayObject()), OPEN, "form_entries"),
    "other flags": (_form("/SigFlags", generic.NumberObject(0)), OPEN, "form_entries"),
    "no fields": (_drop_fields, FAILED, "signature_removed"),
    "a title in Info": (_info("/Title", "Hoàn thành xuất sắc"), FAILED, "metadata_changed"),
    "a new entry in Info": (_info("/Grade", "xuất sắc"), FAILED, "metadata_changed"),
    "another producer only": (_info("/Producer", "x"), OPEN, "unsigned_revision"),
    "a title in XMP": (_xmp("Mẫu 06".encode(), "Mẫu 01".encode()), FAILED, "metadata_changed"),
    "an author in XMP": (
        _xmp(b"<dc:title>", b"<dc:creator><rdf:Seq><rdf:li>Khac</rdf:li></rdf:Seq></dc:creator><dc:title>"),
        FAILED, "metadata_changed"),
    "an object nobody points at": (_nothing, OPEN, "unsigned_revision"),
    "the signature taken out of its field": (_remove_value, FAILED, "signature_removed"),
    "the field moved": (_field_entry("/Rect", _numbers(0, 0, 595, 842)), FAILED, "field_moved"),
    "the field hidden": (_field_entry("/F", generic.NumberObject(2)), FAILED, "field_moved"),
    "another picture of the signature": (
        _field_entry("/AP", generic.DictionaryObject()), FAILED, "changed_after"),
    "other ranges in an update": (_other_range(0, 10, 20, 10), FAILED, "nothing_signed"),
    "a third range in an update": (_other_range(0, 10, 20, 10, 40, 10), FAILED, "nothing_signed"),
    "no range in an update": (_other_range(), FAILED, "nothing_signed"),
    "the signature shared with a new field": (_shared_value, FAILED, "field_added_signed"),
    "another name of the field": (_field_entry("/T", pdf_string("khac")), FAILED, "signature_removed"),
}  # fmt: skip


@pytest.mark.parametrize("careful", [False, True], ids=["plain", "careful"])
@pytest.mark.parametrize("kind", ADDED)
def test_what_is_added_after_the_last_signature(sealed: Path, trusting: Asked, kind: str, careful: bool) -> None:
    change, status, code = ADDED[kind]
    path = sealed / SHEET
    path.write_bytes(appended(path.read_bytes(), change))
    if careful:
        agree(sealed)
    verdict = verify_packet(sealed, trusting)
    assert code in codes(verdict), codes(verdict)
    assert verdict.status == status or (status == OPEN and not verdict.passed)


# --- bytes ---------------------------------------------------------------------------------------------------------


def _flip(share: float) -> Callable[[bytes], bytes]:
    def change(pdf: bytes) -> bytes:
        out = bytearray(pdf)
        out[int(len(out) * share)] ^= 0x01
        return bytes(out)

    return change


def _flip_at(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def _replaced(old: bytes, new: bytes, last: bool = True) -> Callable[[bytes], bytes]:
    def change(pdf: bytes) -> bytes:
        at = pdf.rfind(old) if last else pdf.find(old)
        assert at >= 0
        return pdf[:at] + new + pdf[at + len(old) :]

    return change


def _gap_end(pdf: bytes) -> int:
    """Where the hex digits of the last signature end: padded with zeros where pyHanko made it."""
    return pdf.index(b">", pdf.rindex(b"/Contents <"))


def _fake_end(pdf: bytes) -> bytes:
    """Bytes after the end that end like a PDF themselves, pointing back at the signed table."""
    table = pdf[pdf.rfind(b"startxref") :]
    return pdf + b"<html>Hoan thanh xuat sac</html>\n" + table


BYTES: dict[str, Callable[[bytes], bytes]] = {
    **{f"a bit at {share}": _flip(share) for share in (0.05, 0.2, 0.4, 0.6, 0.8)},
    "a bit of the signature value": lambda pdf: _flip_at(pdf, len(pdf[: _gap_end(pdf)].rstrip(b"0")) - 40),
    **{f"cut to {share}": (lambda pdf, s=share: pdf[: int(len(pdf) * s)]) for share in (0.1, 0.5, 0.9, 0.999)},
    "a web page after the end": lambda pdf: pdf + b"<html><body>Hoan thanh xuat sac</body></html>",
    "a web page with an end of its own": _fake_end,
    "nulls after the end": lambda pdf: pdf + b"\0" * 100,
    "a comment after the end": lambda pdf: pdf + b"% x\n",
    "a second PDF after the end": lambda pdf: pdf + b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
    "a zip after the end": lambda pdf: pdf + b"PK\x05\x06" + b"\0" * 18,
    "junk before the header": lambda pdf: b"\n\n" + pdf,
    "a range that is cut": _replaced(b"/ByteRange [", b"/ByteRange [1 "),
    "a second range": _replaced(b"/ByteRange [", b"/ByteRange [0 9 9 9] /ByteRange ["),
    "a second range after": _replaced(b"/Reason ", b"/ByteRange [0 9 9 9] /Reason "),
    "no range": _replaced(b"/ByteRange", b"/ByteRangX"),
    "a negative range": _replaced(b"/ByteRange [0 ", b"/ByteRange [-"),
    "contents of zeros": lambda pdf: pdf[: pdf.rfind(b"/Contents <") + 11]
    + b"0" * 400 + pdf[pdf.rfind(b"/Contents <") + 411 :],
    "another filter": _replaced(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 "),
    "another reason": _replaced(b"/Reason", b"/ReasoX"),
    "a word at the end of the signature": lambda pdf: pdf[: _gap_end(pdf) - 90]
    + b"cafe" * 20 + pdf[_gap_end(pdf) - 10 :],
    "nothing at all": lambda pdf: b"",
}  # fmt: skip


@pytest.mark.parametrize("ours", [True, False], ids=["docgen's form", "pyHanko's"])
@pytest.mark.parametrize("kind", BYTES)
def test_what_is_done_to_the_bytes(
    sealed: Path, sealed_by_pyhanko: Path, trusting: Asked, kind: str, ours: bool
) -> None:
    if not ours:
        shutil.copytree(sealed_by_pyhanko, sealed, dirs_exist_ok=True)
    path = sealed / SHEET
    before = path.read_bytes()
    assert (read_chain(before) is not None) is ours
    path.write_bytes(BYTES[kind](before))
    assert path.read_bytes() != before
    agree(sealed)
    assert verify_packet(sealed, trusting).status == FAILED


def _table_under_the_old_number(pdf: bytes) -> bytes:
    """A security store in an update whose table of contents takes the number of the table before (others do so)."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    used = PdfFileReader(io.BytesIO(pdf)).xrefs.get_xref_container_info(
        PdfFileReader(io.BytesIO(pdf)).xrefs.total_revisions - 1
    ).stream_ref  # fmt: skip
    assert used is not None

    def change(writer: Any) -> None:
        writer.root[pdf_name("/DSS")] = writer.add_object(
            generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject()})
        )
        writer.update_root()
        writer._update_meta = lambda: None
        # The table is written under the number after the last one.
        writer._lastobj_id, writer._kept = used.idnum - 1, writer._lastobj_id

    return appended(pdf, change)


def test_a_line_end_after_the_end_is_nothing(sealed: Path, trusting: Asked) -> None:
    path = sealed / SHEET
    path.write_bytes(path.read_bytes().rstrip(b"\r\n") + b"\r\n")
    agree(sealed)
    assert "bytes_after_end" not in codes(verify_packet(sealed, trusting))


# --- certificates ---------------------------------------------------------------------------------------------------


def _by(packet: Path, trusting: Asked, made: Any, how: Signing | None = None) -> Verdict:
    sign_packet(packet, "cell", made, how or Signing(moment=SIGNED))
    return verify_packet(packet, trusting)


PURPOSES = {
    "1.3.6.1.5.5.7.3.36": True,  # signing documents (RFC 9336)
    "1.3.6.1.5.5.7.3.4": True,  # mail
    "1.3.6.1.5.5.7.3.2": True,  # a person towards a server
    "2.5.29.37.0": True,  # anything
    "1.2.840.113583.1.1.5": True,  # Adobe's own
    "1.3.6.1.4.1.311.10.3.12": True,  # Microsoft's for documents
    "1.3.6.1.5.5.7.3.1": False,  # a web server
    "1.3.6.1.5.5.7.3.3": False,  # code
    "1.3.6.1.5.5.7.3.8": False,  # time stamps
    "1.3.6.1.5.5.7.3.9": False,  # OCSP answers
    "1.3.6.1.4.1.311.2.1.21": False,  # Microsoft's for code
}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_the_certificate_is_for(unsigned: Path, trusting: Asked, purpose: str) -> None:
    private = rsa_key()
    made = signer(private, certificate(CELL, private.public_key(), purposes=[purpose]))
    verdict = _by(unsigned, trusting, made)
    assert codes(verdict) == (set() if PURPOSES[purpose] else {"wrong_purpose", "nothing_signed", "manifest_unsealed"})


def test_a_server_certificate_that_is_also_for_persons_is_fine(unsigned: Path, trusting: Asked) -> None:
    private = rsa_key()
    both = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]
    assert _by(unsigned, trusting, signer(private, certificate(CELL, private.public_key(), purposes=both))).passed


@pytest.mark.parametrize("private", [rsa_key(1024), weak_curve()], ids=["RSA 1024", "P-192"])
def test_a_weak_key(unsigned: Path, trusting: Asked, private: Any) -> None:
    verdict = _by(unsigned, trusting, signer(private, certificate(CELL, private.public_key())))
    assert verdict.status == FAILED
    assert {"weak_key", "nothing_signed"} <= codes(verdict) or "untrusted" in codes(verdict)


def _intermediate(**how: Any) -> tuple[Any, Any, Any, Any]:
    """The key and certificate of an intermediate authority, and of a leaf of it."""
    between, private = rsa_key(), rsa_key()
    middle = certificate("CA giữa", between.public_key(), ca=True, issuer=how.pop("root", None),
                         issuer_key=how.pop("root_key", None), **how)  # fmt: skip
    return between, middle, private, certificate(CELL, private.public_key(), issuer=middle, issuer_key=between)


def _long_root() -> tuple[Any, Any]:
    """A root that may have authorities under it (that of the other tests may not)."""
    private = rsa_key()
    name = authority("CA dài")
    return private, certificate("CA dài", private.public_key(), ca=True, issuer=name.certificate, issuer_key=name.key)


def _trust(root: Any, *lists: Any) -> Asked:
    from authority import as_asn1

    return Asked(Trust([as_asn1(root)], crls=list(lists), moment=VERIFIED))


def test_a_chain_of_two_passes(unsigned: Path) -> None:
    root_key, root = _long_root()
    _, middle, private, leaf = _intermediate(root=root, root_key=root_key)
    verdict = _by(unsigned, _trust(root), signer(private, leaf, [middle]))
    assert verdict.passed, codes(verdict)


@pytest.mark.parametrize(
    "how", [{"key_cert_sign": False}, {"ends": SIGNED - datetime.timedelta(days=1)}], ids=["may not issue", "expired"]
)
def test_an_intermediate_that_does_not_count(unsigned: Path, how: dict[str, Any]) -> None:
    root_key, root = _long_root()
    _, middle, private, leaf = _intermediate(root=root, root_key=root_key, **how)
    assert _by(unsigned, _trust(root), signer(private, leaf, [middle])).status == FAILED


def test_a_revoked_intermediate_that_names_no_list(unsigned: Path) -> None:
    root_key, root = _long_root()
    _, middle, private, leaf = _intermediate(root=root, root_key=root_key)
    revoked = revocations([middle.serial_number], root, root_key)
    assert "certificate_revoked" in codes(_by(unsigned, _trust(root, revoked), signer(private, leaf, [middle])))


def test_a_person_is_no_authority(unsigned: Path, trusting: Asked) -> None:
    person_key, person = issued("Người Thường")
    private = rsa_key()
    leaf = certificate(CELL, private.public_key(), issuer=person, issuer_key=person_key)
    assert _by(unsigned, trusting, signer(private, leaf, [person])).status == FAILED


@pytest.mark.parametrize("kind", ["self-signed", "same name of the authority, another key", "no usage"])
def test_a_certificate_of_nobody(unsigned: Path, trusting: Asked, kind: str) -> None:
    private, other = rsa_key(), rsa_key()
    root = authority().certificate
    if kind == "no usage":
        leaf = certificate(CELL, private.public_key(), usage=False)
    elif kind == "self-signed":
        own = certificate(CELL, private.public_key(), issuer_key=private)
        leaf = certificate(CELL, private.public_key(), issuer=own, issuer_key=private)
    else:
        leaf = certificate(CELL, private.public_key(), issuer=root, issuer_key=other)
    assert _by(unsigned, trusting, signer(private, leaf)).status == FAILED


@pytest.mark.parametrize("name", ["Lê Cẩn Thận", "Lê Can", "Lê Cần", "Cẩn"])
def test_a_longer_shorter_or_otherwise_accented_name(unsigned: Path, trusting: Asked, name: str) -> None:
    assert "wrong_person" in codes(_by(unsigned, trusting, key(name)))


# --- revocation ------------------------------------------------------------------------------------------------------


def _stored(pdf: bytes, lists: list[Any] = [], answers: list[bytes] = []) -> bytes:  # noqa: B006 - only read
    """`pdf` with a security store that anybody may append."""
    from asn1crypto import ocsp
    from pyhanko.sign.validation import DocumentSecurityStore

    out = io.BytesIO(pdf)
    DocumentSecurityStore.add_dss(
        out, sig_contents=None, crls=lists, ocsps=[ocsp.OCSPResponse.load(item) for item in answers], force_write=True
    )
    return out.getvalue()


def test_a_list_the_authority_did_not_sign_proves_nothing(sealed: Path) -> None:
    forged = revocations([issued(CELL)[1].serial_number], authority().certificate, rsa_key())
    verdict = verify_packet(sealed, Asked(Trust([root_certificate()], crls=[forged], moment=VERIFIED)))
    assert verdict.passed
    assert "no_revocation_data" in {r.code for d in verdict.documents for s in d.signatures for r in s.reasons}


def test_nor_inside_the_file(sealed: Path, trusting: Asked) -> None:
    forged = revocations([issued(CELL)[1].serial_number], authority().certificate, rsa_key())
    path = sealed / SHEET
    path.write_bytes(_stored(path.read_bytes(), [forged]))
    assert codes(verify_packet(sealed, trusting)) == {"list_not_signed"}


def test_a_genuine_list_inside_the_file_counts(sealed: Path, trusting: Asked) -> None:
    path = sealed / SHEET
    before = path.read_bytes()
    path.write_bytes(_stored(before, [revocation_list()]))
    assert verify_packet(sealed, trusting).passed
    path.write_bytes(_stored(before, [revocation_list(CELL)]))
    assert "certificate_revoked" in codes(verify_packet(sealed, trusting))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("revoked", {"certificate_revoked"}),
        ("good", set()),
        ("about another", set()),
        ("by a stranger", {"list_not_signed"}),
        ("by a person of the authority", {"list_not_signed"}),
    ],
)
def test_answers(sealed: Path, trusting: Asked, kind: str, expected: set[str]) -> None:
    root, leaf = authority(), issued(CELL)[1]
    about = issued("Phan Văn Tám")[1] if kind == "about another" else leaf
    by, by_key = root.certificate, root.key
    if kind == "by a stranger":
        by_key = rsa_key()
        by = certificate("x", by_key.public_key(), issuer_key=rsa_key(), purposes=["1.3.6.1.5.5.7.3.9"])
    if kind == "by a person of the authority":
        by_key, by = issued("Phan Văn Tám")
    revoked = kind not in ("good",)
    path = sealed / SHEET
    path.write_bytes(_stored(path.read_bytes(), [], [answer(about, root.certificate, by, by_key, revoked=revoked)]))
    verdict = verify_packet(sealed, trusting)
    assert codes(verdict) - {"nothing_signed", "manifest_unsealed"} == expected
    notes = {r.code for d in verdict.documents for s in d.signatures for r in s.reasons}
    # Only an answer that counts and speaks of this certificate ends the doubt.
    assert ("no_revocation_data" in notes) is (
        kind in ("about another", "by a stranger", "by a person of the authority")
    )


# --- time ------------------------------------------------------------------------------------------------------------


def _stamped(at: datetime.datetime) -> Signing:
    return Signing("B-T", long_term=LongTerm(timestamper(at)), moment=SIGNED)


@pytest.mark.parametrize(
    ("days", "expected"), [(0, set()), (900, {"stamp_in_future"}), (-20, {"stamp_before_claim"})]
)  # fmt: skip
def test_the_time_of_a_stamp(unsigned: Path, trusting: Asked, days: int, expected: set[str]) -> None:
    verdict = _by(unsigned, trusting, key(CELL), _stamped(SIGNED + datetime.timedelta(days=days)))
    assert codes(verdict) == expected


def test_a_claimed_time_in_the_future(unsigned: Path, trusting: Asked) -> None:
    late = Signing(moment=VERIFIED + datetime.timedelta(days=30))
    assert codes(_by(unsigned, trusting, key(CELL), late)) == {"time_in_future"}


def _document_stamp(pdf: bytes, name: str, box: tuple[int, ...] | None, by: Any) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field
    from pyhanko.sign.signers import PdfTimeStamper

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    if box:
        append_signature_field(writer, SigFieldSpec(name, box=box))
    out = PdfTimeStamper(by, field_name=name).timestamp_pdf(writer, "sha256")
    return bytes(out.getvalue())


def test_a_document_time_stamp(sealed: Path, trusting: Asked) -> None:
    path = sealed / SHEET
    before = path.read_bytes()
    path.write_bytes(_document_stamp(before, "dau", None, timestamper(SIGNED)))
    verdict = verify_packet(sealed, trusting)
    assert verdict.passed, codes(verdict)
    path.write_bytes(_document_stamp(before, "dau", (0, 0, 595, 842), timestamper(SIGNED)))
    assert "stamp_visible" in codes(verify_packet(sealed, trusting))
    path.write_bytes(_document_stamp(before, "dau", None, timestamper(VERIFIED + datetime.timedelta(days=9))))
    assert codes(verify_packet(sealed, trusting)) == {"stamp_in_future"}


def test_a_document_time_stamp_of_nobody(sealed: Path, trusting: Asked) -> None:
    from asn1crypto.keys import PrivateKeyInfo
    from authority import as_asn1
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.sign.timestamps import DummyTimeStamper

    other = authority("CA khác")
    private, leaf = other.issue("TSA lạ", timestamping=True)
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    by = DummyTimeStamper(tsa_cert=as_asn1(leaf), tsa_key=PrivateKeyInfo.load(der), fixed_dt=SIGNED)
    path = sealed / SHEET
    path.write_bytes(_document_stamp(path.read_bytes(), "dau", None, by))
    assert codes(verify_packet(sealed, trusting)) == {"timestamp_untrusted"}


# --- a further signature ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "status"), [((0, 0, 595, 842), FAILED), ((10, 10, 60, 60), FAILED), (None, OPEN)],
    ids=["over the page", "in a corner", "unseen"],
)  # fmt: skip
def test_a_stranger_of_the_same_authority(
    sealed: Path, trusting: Asked, box: tuple[int, ...] | None, status: str
) -> None:
    path = sealed / SHEET
    path.write_bytes(_other(path.read_bytes(), "la", box, "Người Lạ"))
    verdict = verify_packet(sealed, trusting)
    assert "field_added_signed" in codes(verdict)
    assert verdict.status == status


# --- the manifest -----------------------------------------------------------------------------------------------------


def _edit(packet: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = packet / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def _no_signers(content: dict[str, Any]) -> None:
    for entry in content["files"]:
        entry["signers"] = []


def _no_signers_at_all(content: dict[str, Any]) -> None:
    for entry in content["files"]:
        del entry["signers"]


def _as_annex(content: dict[str, Any]) -> None:
    """The sheet is passed off as a form that nobody signs."""
    content["files"][0].update(signers=[], form="phu-luc")


EMPTIED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "signers emptied": (_no_signers, "signer_unnamed"),
    "signers removed": (_no_signers_at_all, "signer_unnamed"),
    "passed off as an annex": (_as_annex, "field_unnamed"),
    "an unknown form": (lambda content: content["files"][0].update(signers=[], form="mau-99"), "form_not_at_hand"),
    "a regulation nobody has": (lambda content: content["regulation"].update(id="cua-don-vi"), "form_not_at_hand"),
    "no documents": (lambda content: content.update(files=[]), "no_documents"),
    "only the annex": (lambda content: content["files"].pop(0), "nothing_signed"),
}


@pytest.mark.parametrize("kind", EMPTIED)
@pytest.mark.parametrize("store", ["unsigned", "sealed"])
def test_an_emptied_packet(request: pytest.FixtureRequest, trusting: Asked, kind: str, store: str) -> None:
    packet: Path = request.getfixturevalue(store)
    change, code = EMPTIED[kind]
    _edit(packet, change)
    verdict = verify_packet(packet, trusting)
    assert not verdict.passed
    assert code in codes(verdict) or (code == "nothing_signed" and store == "sealed")


def test_signatures_taken_off(sealed: Path, small_store: Path, trusting: Asked) -> None:
    shutil.copy(small_store / SHEET, sealed / SHEET)
    shutil.copy(small_store / "manifest.json", sealed / "manifest.json")
    _edit(sealed, _no_signers)
    agree(sealed)
    assert {"signer_unnamed", "nothing_signed"} <= codes(verify_packet(sealed, trusting))


def test_a_form_that_changed_since_cannot_be_told(unsigned: Path, trusting: Asked) -> None:
    _edit(unsigned, lambda content: content["files"][0].update(definition="0" * 16))
    assert codes(_by(unsigned, trusting, key(CELL))) == {"form_changed"}


# --- files beside -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("them.docx", "file_extra"), ("pdf/them.pdf", "file_extra"), (".an", "file_extra"),
        ("desktop.ini", "file_of_system"), ("pdf/Thumbs.db", "file_of_system"), (".DS_Store", "file_of_system"),
        ("moi/desktop.ini", "file_of_system"), ("MANIFEST.JSON", "file_extra"), ("a\nb.pdf", "file_extra"),
    ],
)  # fmt: skip
def test_a_file_beside(sealed: Path, trusting: Asked, name: str, code: str) -> None:
    path = sealed / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"[evil]")
    assert codes(verify_packet(sealed, trusting)) == {code}


def test_a_pipe_beside_or_in_place_of_a_file(sealed: Path, trusting: Asked) -> None:
    os.mkfifo(sealed / "ong")
    assert codes(verify_packet(sealed, trusting)) == {"file_extra"}
    (sealed / SHEET).unlink()
    os.mkfifo(sealed / SHEET)
    assert "file_missing" in codes(verify_packet(sealed, trusting))


def test_what_came_with_the_packet_in_one_file(sealed: Path, trusting: Asked) -> None:
    (sealed.parent / "them.txt").write_text("x", encoding="utf-8")
    assert verify_packet(sealed.parent, trusting).passed
    trusting.whole = True
    assert codes(verify_packet(sealed.parent, trusting)) == {"file_extra"}


@pytest.mark.parametrize("what", ["pdf", SHEET])
def test_signing_follows_no_link(unsigned: Path, trusting: Asked, tmp_path: Path, what: str) -> None:
    outside = tmp_path / "outside"
    shutil.move(unsigned / what, outside)
    (unsigned / what).symlink_to(outside)
    target = outside / "003-mau-06.pdf" if outside.is_dir() else outside
    before = target.read_bytes()
    with pytest.raises(InputError, match="link"):
        sign_packet(unsigned, "cell", key(CELL), Signing(moment=SIGNED))
    assert target.read_bytes() == before
    assert "file_extra" in codes(verify_packet(unsigned, trusting))


def test_signing_waits_for_no_pipe(unsigned: Path) -> None:
    (unsigned / SHEET).unlink()
    os.mkfifo(unsigned / SHEET)
    with pytest.raises(InputError, match="pdf_missing"):
        sign_packet(unsigned, "cell", key(CELL), Signing(moment=SIGNED))


# --- files of others --------------------------------------------------------------------------------------------------


def _alone(tmp_path: Path, pdf: bytes) -> Verdict:
    path = tmp_path / "rieng.pdf"
    path.write_bytes(pdf)
    return verify_file(path, Trust([root_certificate()], moment=VERIFIED))


def _other(
    pdf: bytes, field: str, box: tuple[int, ...] | None = (10, 10, 100, 50), name: str = CELL, **how: Any
) -> bytes:
    """Signed with pyHanko as others use it: in a field of its own, at the time of these tests."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    async def run() -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        if writer.prev.encrypted:
            writer.encrypt("")
        metadata = PdfSignatureMetadata(field_name=field, signer_key_usage=set(), **how)
        session = PdfSigner(
            metadata, key(name).signer, new_field_spec=SigFieldSpec(field, box=box)
        ).init_signing_session(writer)  # fmt: skip
        session.system_time = SIGNED
        info = await session.perform_presign_validation(writer)
        document = session.prepare_tbs_document(validation_info=info, bytes_reserved=16384)
        digest, out = document.digest_tbs_document()
        done = await document.perform_signature(
            document_digest=digest.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=None)
        )
        await done.post_signature_processing(out)
        return bytes(out.getbuffer())

    return asyncio.run(run())


def _plain(**how: Any) -> bytes:
    """A page with a text field."""
    with pikepdf.new() as document:
        document.add_blank_page()
        field = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="phieu", V="12",
                Rect=[10, 100, 90, 120], F=4, P=document.pages[0].obj,
            )
        )  # fmt: skip
        document.pages[0].obj.Annots = document.make_indirect(pikepdf.Array([field]))
        document.Root.AcroForm = document.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([field])))
        out = io.BytesIO()
        document.save(out, **how)
    return out.getvalue()


def test_a_file_of_others_passes_alone(tmp_path: Path) -> None:
    assert _alone(tmp_path, _other(_plain(), "Signature1")).passed


def test_a_table_that_takes_an_old_number_cannot_be_told(tmp_path: Path) -> None:
    compact = _plain(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    verdict = _alone(tmp_path, _table_under_the_old_number(_other(compact, "Signature1")))
    assert codes(verdict) == {"lax_structure"}
    assert verdict.status == OPEN


def test_two_tables_in_one_file_cannot_be_told() -> None:
    """A hybrid-reference file of another tool (ISO 32000-1, 7.5.8.4), signed and whole."""
    data = Path(__file__).parent.parent / "data" / "signing"
    moment = datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC)
    verdict = verify_file(data / "hybrid-reference.pdf", load_trust([data / "ca.pem"], moment=moment))
    assert codes(verdict) == {"hybrid_reference"}
    assert verdict.status == OPEN


def test_a_value_that_was_changed_is_said(tmp_path: Path) -> None:
    signed = _other(_plain(), "Signature1")
    verdict = _alone(tmp_path, appended(signed, _field_entry("/V", pdf_string("99"))))
    assert {"value_changed", "unsigned_revision"} <= codes(verdict)
    assert verdict.status == FAILED


def test_certified_and_then_sealed_cannot_be_told(tmp_path: Path) -> None:
    from pyhanko.sign.fields import MDPPerm

    signed = _other(_plain(), "Signature1", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    verdict = _alone(tmp_path, _other(signed, "Seal"))
    assert codes(verdict) == {"field_added_signed"}
    assert verdict.status == OPEN


def test_certified_against_any_change_and_then_sealed_fails(tmp_path: Path) -> None:
    from pyhanko.sign.fields import MDPPerm

    signed = _other(_plain(), "Signature1", certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    before, reasons = check_pdf(signed, Trust([root_certificate()], moment=VERIFIED))
    assert ([s.status for s in before], reasons) == (["passed"], [])
    verdict = _alone(tmp_path, appended(signed, _field_entry("/V", pdf_string("99"))))
    assert "changed_after" in codes(verdict)


def test_an_owner_password_is_no_fault(tmp_path: Path) -> None:
    protected = _plain(encryption=pikepdf.Encryption(owner="chủ", user="", R=6))
    assert _alone(tmp_path, _other(protected, "Signature1")).passed


def test_a_user_password_is_a_finding(tmp_path: Path) -> None:
    assert codes(_alone(tmp_path, _plain(encryption=pikepdf.Encryption(owner="chủ", user="mở", R=6)))) == {"password"}
