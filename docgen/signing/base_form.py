"""The file that docgen wrote before anybody signed it, recognised byte for byte.

Every object, the table of contents and the trailer must stand exactly as `docgen.signing.fields.place_fields` writes
them (qpdf's plain form): then it is known what an appended signature may touch, and a signature can be appended, and
judged, without a library that takes the whole file apart. What differs in one byte is no such file, and pyHanko is
asked, as for files of other tools. Clauses: ISO 32000-1, 7.3 (objects), 7.5.4, 7.5.5 (table, trailer), 12.7 (forms).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from lxml import etree

HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
#: A file of more objects, or of one object as large, goes to pyHanko.
_MAX_OBJECTS, _MAX_TABLE = 20_000, 400_000
_TRAILER = re.compile(
    rb"trailer << (/Info ([1-9][0-9]{0,6}) 0 R )?/Root ([1-9][0-9]{0,6}) 0 R /Size ([1-9][0-9]{0,6})"
    rb" /ID \[<([0-9a-f]{0,64})><[0-9a-f]{32}>\] >>\nstartxref\n([1-9][0-9]{0,9})\n%%EOF\n"
)
_LONGEST_TRAILER = 320
_NAME = rb"/[A-Za-z0-9][A-Za-z0-9_.,+:-]*+"
_REFERENCE = rb"[1-9][0-9]{0,6}+ 0 R"
_NUMBER = rb"-?+(?:[0-9]{1,10}+(?:\.[0-9]{1,12}+)?+|\.[0-9]{1,12}+)"
_TEXT = rb"\((?:[^()\\\r\n]|\\[nrtbf()\\]|\\[0-3][0-7]{2})*+\)"
_HEX = rb"<(?:[0-9a-f]{2})*+>"
_DEEPEST = 6
_REFERENCES = re.compile(rb"([0-9]+) 0 R\b")
_LENGTH = re.compile(rb" /Length ([0-9]{1,9})(?= )")
_WORDS = re.compile(rb"(?:" + _TEXT + rb"|" + _HEX + rb")")
_FLAT = re.compile(rb"<< ([^<>]*+)>>")
_FLAT_LIST = re.compile(rb"\[[^\[\]]*+\]")
_DIGIT = re.compile(rb"[0-9]")
_PAIR = re.compile(rb"(/[^ ]++) (?:" + _REFERENCE + rb"|[^ ]++) ")
#: All that a catalog of ours says: nothing that runs, restricts, layers or certifies.
_CATALOG = frozenset(
    {
        b"/AcroForm", b"/Extensions", b"/Lang", b"/MarkInfo", b"/Metadata", b"/Outlines", b"/OutputIntents", b"/Pages",
        b"/StructTreeRoot", b"/Type", b"/ViewerPreferences",
    }
)  # fmt: skip
#: The extension of PAdES signatures (ETSI EN 319 142-1, 5.6), declared before the first of them.
ESIC = b"/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 /Type /DeveloperExtensions >> >> "
_FORM = re.compile(rb"<< /Fields \[ ((?:" + _REFERENCE + rb" )++)\] /SigFlags 3 >>")
_FIELD = re.compile(
    rb"<< /AP << /N (" + _REFERENCE + rb") >> /F 132 /FT /Sig /P (" + _REFERENCE + rb") /Rect \[ ((?:" + _NUMBER
    + rb" ){4}+)\] /Subtype /Widget /T (\([A-Za-z0-9_.-]{1,80}\)) /TU (?:" + _TEXT + rb"|" + _HEX
    + rb") /Type /Annot >>"
)  # fmt: skip
_KIDS = re.compile(rb"/K (?:\[([^\[\]]*+)\]|([1-9][0-9]{0,6}+ 0 R))")
_PAGES = re.compile(
    rb"<< /Count [0-9]{1,6} /Kids \[ ((?:" + _REFERENCE + rb" )++)\] (?:/Parent " + _REFERENCE + rb" )?/Type /Pages >>"
)
_METADATA = re.compile(rb"<< /Subtype /XML /Type /Metadata /Length [1-9][0-9]{0,5} >>")
_XMP = "{adobe:ns:meta/}xmpmeta"
_NO_PICTURE = re.compile(
    rb"<< /BBox \[ (?:" + _NUMBER + rb" ){4}+\] /Resources << >> /Subtype /Form /Type /XObject /Length 0"
    rb"(?: /Filter /FlateDecode)?+ >>"
)


@dataclass(frozen=True, slots=True)
class EmptyField:
    """A signature field nobody has signed: number and bytes of its object, the rectangle in points."""

    number: int
    body: bytes
    rect: tuple[float, float, float, float]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        x1, y1, x2, y2 = self.rect
        return round(x2 - x1, 2), round(y2 - y1, 2)


@dataclass(frozen=True, slots=True)
class Base:
    """A file before its first signature: its length, the next object's number, where its table is, its trailer's
    entries that stay, and its fields by name."""

    end: int
    size: int
    table: int
    info: int
    root: int
    ident: bytes
    fields: Mapping[str, EmptyField] = field(hash=False, default_factory=dict)


def read_base(pdf: bytes, end: int | None = None) -> Base | None:
    """What the first `end` bytes of `pdf` (all of them without it) are as a file of ours; None where they are none."""
    return _read(pdf if end is None or end == len(pdf) else pdf[:end])


@lru_cache(maxsize=8)  # whoever judges a paper asks for its fields as well
def _read(pdf: bytes) -> Base | None:
    end = len(pdf)
    found = last_trailer(pdf, end)
    if found is None or not pdf.startswith(HEADER):
        return None
    size, table = int(found[4]), int(found[6])
    spans = _spans(pdf, size, table, found.start())
    if spans is None:
        return None
    bodies = _bodies(pdf, spans)
    if bodies is None:
        return None
    info, root = int(found[2] or 0), int(found[3])
    text = b"\n".join(bodies)
    if max(info, root) >= size or not _refers_within(text, size) or not _keys_once(bodies):
        return None
    if not (
        _described(pdf, spans, bodies, root)
        and _has_page_tree(bodies, root)
        and _has_structure_tree(text, bodies, root)
    ):
        return None
    fields = _fields(text, bodies, root)
    return Base(end, size, table, info, root, found[5], fields) if fields else None


def last_trailer(pdf: bytes, end: int) -> re.Match[bytes] | None:
    """The trailer of a file without increments that ends at `end`, or None."""
    at = pdf.rfind(b"trailer << ", max(0, end - _LONGEST_TRAILER), end)
    found = _TRAILER.match(pdf, at, end) if at >= 0 else None
    return found if found is not None and found.end() == end else None


def _spans(pdf: bytes, size: int, table: int, trailer: int) -> list[tuple[int, int]] | None:
    """Where each object begins and ends, by a table that lists them in the order in which they stand, without gaps."""
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    first = table + len(head)
    if not 2 <= size <= _MAX_OBJECTS or not pdf.startswith(head, table) or first + 20 * (size - 1) != trailer:
        return None
    if not _table(pdf[first:trailer]):
        return None
    starts = [int(pdf[at : at + 10]) for at in range(first, trailer, 20)]
    starts.append(table)
    if starts[0] != len(HEADER):
        return None
    out = []
    for number in range(1, size):
        begins, ends = starts[number - 1], starts[number]
        head = b"%d 0 obj\n" % number
        # Whatever stands between two objects belongs to the first of them, so there is nothing between them.
        if ends - begins < len(head) + 8 or not pdf.startswith(head, begins) or pdf[ends - 8 : ends] != b"\nendobj\n":
            return None
        out.append((begins + len(head), ends - 8))
    return out


def _table(content: bytes) -> bool:
    return re.fullmatch(rb"(?:[0-9]{10} 00000 n \n)++", content) is not None


def _bodies(pdf: bytes, spans: list[tuple[int, int]]) -> list[bytes] | None:
    """The objects, without what their streams hold; None where one is not written as ours are."""
    value, out = _value(), []
    for begins, ends in spans:
        found = value.match(pdf, begins, ends)
        if found is None:
            return None
        body = found[0]
        if found.end() != ends:
            lengths = _LENGTH.findall(body)
            opened = found.end() + 8
            if (
                len(lengths) != 1 or not pdf.startswith(b"\nstream\n", found.end())
                or opened + int(lengths[0]) + 10 != ends or pdf[ends - 10 : ends] != b"\nendstream"
            ):  # fmt: skip
                return None
        elif len(body) > _MAX_TABLE or b" /Length " in body:
            return None
        out.append(body)
    return out


@cache
def _value() -> re.Pattern[bytes]:
    """One object as qpdf writes it: no comment, no white space but a blank, no name that needs an escape."""
    atom = rb"|".join((_NAME, _REFERENCE, _NUMBER, _TEXT, _HEX, rb"true|false|null"))
    value = rb"(?:" + atom + rb")"
    for _ in range(_DEEPEST):
        value = rb"(?:" + atom + rb"|\[ (?:" + value + rb" )*+\]|<< (?:" + _NAME + rb" " + value + rb" )*+>>)"
    return re.compile(value)


def _refers_within(text: bytes, size: int) -> bool:
    """True where every object that is referred to is there. (A blank stands before each reference.)"""
    numbers = {part[part.rfind(b" ") + 1 :] for part in text.split(b" 0 R")[:-1]}
    return all(number.isdigit() and 0 < int(number) < size for number in numbers)


def _keys_once(bodies: list[bytes]) -> bool:
    """True where no dictionary says a key twice: two readers would see two different values."""
    return all(_body_keys_once(body) for body in bodies if b"<< " in body)


#: Objects whose keys were looked at, by what they hold besides digits: those of one form differ in nothing else.
_LOOKED_AT: set[bytes] = set()
_MOST_LOOKED_AT = 20_000


def _body_keys_once(body: bytes) -> bool:
    shape = body.translate(None, b"0123456789")
    mark = shape if len(shape) < 32 else hashlib.blake2b(shape, digest_size=32).digest()
    if mark in _LOOKED_AT:
        return True
    seen: list[list[bytes]] = []

    def look(found: re.Match[bytes]) -> bytes:
        seen.append(keys_of(found[1]))
        return b"V"

    text, count = _WORDS.sub(b"V", body), 1
    while count:
        text, count = _FLAT.subn(look, text)
    if b"<<" in text or any(len(set(keys)) != len(keys) for keys in seen):
        return False
    # Where digits stand in a key or after a stroke, another object of the shape may have other keys.
    if (
        len(_LOOKED_AT) < _MOST_LOOKED_AT
        and b"\\" not in body
        and not any(_DIGIT.search(key) for keys in seen for key in keys)
    ):
        _LOOKED_AT.add(mark)
    return True


def keys_of(content: bytes) -> list[bytes]:
    """The keys in the inside of a dictionary without dictionaries in it."""
    count = 1
    while count:
        content, count = _FLAT_LIST.subn(b"V", content)
    return _PAIR.findall(content)


def _fields(text: bytes, bodies: list[bytes], root: int) -> dict[str, EmptyField]:
    """The empty signature fields; empty where the catalog, the form or one of them is not as ours are."""
    catalog = bodies[root - 1]
    at = re.match(rb"<< /AcroForm ([1-9][0-9]{0,6}) 0 R " + re.escape(ESIC), catalog)
    if at is None or not set(_top_keys(catalog)) <= _CATALOG or not catalog.endswith(b" >>"):
        return {}
    form = _FORM.fullmatch(bodies[int(at[1]) - 1])
    if form is None:
        return {}
    out: dict[str, EmptyField] = {}
    for number in (int(item) for item in _REFERENCES.findall(form[1])):
        body = bodies[number - 1]
        found = _FIELD.fullmatch(body)
        name = found[4][1:-1].decode("ascii") if found is not None else ""
        if found is None or name in out or not _placed(text, bodies, number, found):
            return {}
        x1, y1, x2, y2 = (float(part) for part in found[3].split())
        out[name] = EmptyField(number, body, (x1, y1, x2, y2))
    return out


def _placed(text: bytes, bodies: list[bytes], number: int, found: re.Match[bytes]) -> bool:
    """True where a field hangs on the form and on its page alone, and shows nothing of its own yet."""
    reference = b" %d 0 R" % number
    page = bodies[int(found[2].split()[0]) - 1]
    annotations = re.match(rb"<< /Annots \[ ((?:" + _REFERENCE + rb" )++)\] ", page)
    picture = bodies[int(found[1].split()[0]) - 1]
    return (
        text.count(reference) == 2
        and annotations is not None
        and (b" " + annotations[1]).count(reference) == 1
        and page.endswith(b" /Type /Page >>")
        and _NO_PICTURE.fullmatch(picture) is not None
    )


def _described(pdf: bytes, spans: list[tuple[int, int]], bodies: list[bytes], root: int) -> bool:
    """True where what the file says of itself is sound XMP, uncompressed (ISO 16684-1, 7; PDF/A-2, 6.6.2).

    The only stream whose inside decides about a signature: where readers of XML disagree about it, one may see another
    author or title than the next.
    """
    catalog = _WORDS.sub(b"V", bodies[root - 1])
    if b"/Metadata" not in _top_keys(bodies[root - 1]):
        return b"/Metadata" not in catalog
    found = re.findall(rb"/Metadata ([1-9][0-9]{0,6}) 0 R(?= )", catalog)
    if len(found) != 1 or catalog.count(b"/Metadata") != 1:
        return False
    number = int(found[0])
    if number > len(bodies) or _METADATA.fullmatch(bodies[number - 1]) is None:
        return False
    begins, ends = spans[number - 1]
    content = pdf[begins + len(bodies[number - 1]) + 8 : ends - 10]
    if b"<!" in content:  # a document type, with entities of its own; a comment ours do not have
        return False
    try:
        tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8"))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return tree.tag == _XMP


def _has_page_tree(bodies: list[bytes], root: int) -> bool:
    """True where the catalog leads to a tree of pages (ISO 32000-1, 7.7.3): whoever walks it meets each page once."""
    top = re.findall(rb" /Pages ([1-9][0-9]{0,6}) 0 R ", bodies[root - 1])
    waiting, seen = [int(number) for number in top], set()
    while waiting and len(top) == 1:
        number = waiting.pop()
        if number in seen:
            return False
        seen.add(number)
        body = bodies[number - 1]
        if found := _PAGES.fullmatch(body):
            waiting += [int(kid) for kid in _REFERENCES.findall(found[1])]
        elif not body.startswith(b"<< ") or not body.endswith(b" /Type /Page >>"):
            return False
    return len(seen) > 1


def _has_structure_tree(text: bytes, bodies: list[bytes], root: int) -> bool:
    """True where what the catalog calls a structure tree is one (14.7.2), or it calls nothing so.

    No element is the child of two, and the root of none: then no walk from the root comes back to where it was.
    """
    top = re.findall(rb"/StructTreeRoot ([1-9][0-9]{0,6}) 0 R ", bodies[root - 1])
    if not top:
        return b"/StructTreeRoot" not in bodies[root - 1]
    if len(top) > 1 or not bodies[int(top[0]) - 1].endswith(b" /Type /StructTreeRoot >>"):
        return False
    found = _KIDS.findall(text)
    if len(found) != text.count(b"/K ") - text.count(b"/K <<") - len(re.findall(rb"/K [0-9]+(?! 0 R)[ >]", text)):
        return False
    kids, count = b" ".join(one or several for several, one in found), 1
    while count:
        kids, count = _FLAT.subn(b"", kids)
    numbers = _REFERENCES.findall(kids)
    return b"<<" not in kids and len(set(numbers)) == len(numbers) and top[0] not in numbers


@lru_cache(maxsize=64)
def _top_keys(body: bytes) -> tuple[bytes, ...]:
    """The keys of a dictionary, whatever its values are."""
    inner = _WORDS.sub(b"V", body)[3:-2]
    count = 1
    while count:
        inner, count = _FLAT.subn(b"V", inner)
    return tuple(keys_of(inner))
