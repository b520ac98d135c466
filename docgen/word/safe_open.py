"""Opening a Word file that came from outside: nothing in it may cost more than a second or two, or much memory.

A .docx is a zip of XML (ECMA-376 part 2). Before anything is unpacked the directory of the zip is judged: number,
names and sizes of the parts. A part is unpacked in pieces and never past its limit, so a directory that lies gains
nothing. XML with a document type is refused (17.18 and OPC, clause 9.1.4, allow none), so there is no entity to expand
and none to fetch; libxml2's own limits (256 levels, 10 MB of text in one node) stay in force.

Whatever is wrong is a finding: a file somebody sent is data, not a fault of ours.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from docgen.model import Finding, Place, Severity

#: A returned form is some 30 kB; with photographs pasted in it stays below this.
MAX_FILE_BYTES = 64 * 1024 * 1024
#: Unpacked size of one XML part. A table of 1,000 members is about 10 MB.
MAX_XML_BYTES = 64 * 1024 * 1024
#: Declared size of all parts together, pictures included.
MAX_TOTAL_BYTES = 256 * 1024 * 1024
MAX_PARTS = 2_000
#: Elements and end tags of one part: 1,000 rows of the widest table have about 600,000.
MAX_MARKS = 1_500_000
#: Unpacked to packed. Measured: 12 to 90 for forms, 1,032 is the most that deflate can do.
MAX_RATIO = 250
#: Below this size the ratio says nothing.
RATIO_FROM_BYTES = 2 * 1024 * 1024
_CHUNK = 1 << 16

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "read.file.rtf"),
    (b"%PDF", "read.file.pdf"),
    (b"Rar!", "read.file.archive"),
    (b"7z\xbc\xaf", "read.file.archive"),
    (b"\x89PNG", "read.file.picture"),
    (b"\xff\xd8\xff", "read.file.picture"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class PartError(Exception):
    """A part that cannot be read safely. `code` is the finding's; `params` its facts."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class WordFile:
    """An opened Word file: the trees of the parts that the reader needs, found by their relationships.

    `properties` are the custom document properties, `identifier` and `description` the core ones of those names.
    """

    name: str
    document: etree._Element
    glossary: etree._Element | None = None
    properties: dict[str, str] = field(default_factory=dict)
    identifier: str = ""
    description: str = ""


def open_word(source: bytes | Path | str, name: str = "") -> tuple[WordFile | None, list[Finding]]:
    """The Word file in `source` (a path, or the bytes of a file called `name`), and what is wrong with it.

    The file is None where it is no .docx or where reading it is not safe. Macros and links that Word would follow by
    itself are errors, but what stands in the document is still read.
    """
    at = Place(name or ("" if isinstance(source, bytes) else str(source)))
    content = source if isinstance(source, bytes) else read_file(Path(source))
    if isinstance(content, Finding):
        return None, [content]
    if len(content) > MAX_FILE_BYTES:
        return None, [Finding("read.file.too_large", "error", at, {"limit": MAX_FILE_BYTES >> 20})]
    kind = _kind(content, Path(at.file).name)
    if kind:
        return None, [Finding(kind, "error", at)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _open(archive, at)
    except PartError as fault:
        return None, [Finding(fault.code, "error", at, fault.params)]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
            struct.error, UnicodeDecodeError) as fault:  # fmt: skip
        return None, [Finding("read.file.damaged", "error", at, {"reason": type(fault).__name__})]


def read_file(path: Path) -> bytes | Finding:
    """The bytes of the file at `path`, or the finding that says why there are none (missing, too large, no access)."""
    at = Place(str(path))
    try:
        if path.is_dir() or not path.exists():
            return Finding("read.file.missing", "error", at)
        if path.stat().st_size > MAX_FILE_BYTES:
            return Finding("read.file.too_large", "error", at, {"limit": MAX_FILE_BYTES >> 20})
        return path.read_bytes()
    except OSError as fault:
        return Finding("read.file.unreadable", "error", at, {"reason": fault.strerror or type(fault).__name__})


def _kind(content: bytes, name: str) -> str:
    """The finding for a file that is no zip, or an empty text."""
    if name.startswith("~$"):
        return "read.file.lock_file"
    if not content.strip(b"\x00 \r\n\t"):
        return "read.file.empty"
    if content.startswith(_OLE):
        # Word puts a protected .docx into an OLE container (MS-OFFCRYPTO 2.3.4); its streams are named in UTF-16.
        return "read.file.password" if "EncryptedPackage".encode("utf-16-le") in content else "read.file.old_doc"
    for start, code in _SIGNATURES:
        if content.startswith(start):
            return code
    if not content.startswith(b"PK"):
        head = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        page = head.startswith((b"<html", b"<!doctype html", b"<?xml"))
        return "read.file.web_page" if page else "read.file.not_word"
    return ""


def _open(archive: zipfile.ZipFile, at: Place) -> tuple[WordFile | None, list[Finding]]:
    infos = _checked_directory(archive)
    if "word/document.xml" not in infos:
        _refuse_other_kinds(archive, infos)
    related = _relations(archive, infos, "")
    main = next((target for kind, target, external in related if kind == "officeDocument" and not external), "")
    if main not in infos:
        raise PartError("read.file.not_word")
    findings = list(_dangers(archive, infos, at))
    out = WordFile(at.file, parse_part(read_part(archive, infos[main]), main))
    for kind, target, external in related:
        if external or target not in infos:
            continue
        if kind == "custom-properties":
            out.properties = _custom(parse_part(read_part(archive, infos[target]), target))
        elif kind == "core-properties":
            tree = parse_part(read_part(archive, infos[target]), target)
            out.identifier = (tree.findtext("{http://purl.org/dc/elements/1.1/}identifier") or "").strip()
            out.description = (tree.findtext("{http://purl.org/dc/elements/1.1/}description") or "").strip()
    for kind, target, external in _relations(archive, infos, main):
        if kind == "glossaryDocument" and not external and target in infos:
            out.glossary = parse_part(read_part(archive, infos[target]), target)
    return out, findings


def _checked_directory(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by name, after the directory as a whole was found harmless."""
    listed = archive.infolist()
    if len(listed) > MAX_PARTS:
        raise PartError("read.file.too_many_parts", count=len(listed), limit=MAX_PARTS)
    out: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    total = 0
    for info in listed:
        # `orig_filename`: zipfile itself turns backslashes and cuts at NUL in `filename`.
        original = info.orig_filename
        steps = original.replace("\\", "/").split("/")
        if "\x00" in original or "\\" in original or original.startswith("/") or ".." in steps or ":" in steps[0]:
            raise PartError("read.file.part_name", part=_shown(original))
        if info.is_dir():
            continue
        if info.flag_bits & 0x1:
            raise PartError("read.file.encrypted_zip")
        # Part names are equivalent without regard to case (OPC 6.2.2.3).
        if info.filename.lower() in seen:
            raise PartError("read.file.duplicate_part", part=_shown(info.filename))
        seen.add(info.filename.lower())
        total += info.file_size
        _check_size(info)
        out[info.filename] = info
    if total > MAX_TOTAL_BYTES:
        raise PartError("read.file.bomb", part="", size=total >> 20, limit=MAX_TOTAL_BYTES >> 20)
    return out


def _check_size(info: zipfile.ZipInfo) -> None:
    is_xml = info.filename.lower().endswith((".xml", ".rels"))
    limit = MAX_XML_BYTES if is_xml else MAX_TOTAL_BYTES
    too_packed = info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1)
    if info.file_size > limit or too_packed:
        raise PartError("read.file.bomb", part=_shown(info.filename), size=info.file_size >> 20, limit=limit >> 20)


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:80]


def _refuse_other_kinds(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> None:
    """Raise what fits a zip that is something else: .odt, .xlsx, .pptx."""
    if "mimetype" in infos and infos["mimetype"].file_size < 200:
        kind = read_part(archive, infos["mimetype"])
        if kind.startswith(b"application/vnd.oasis.opendocument"):
            raise PartError("read.file.odt")
    if any(name.startswith(("xl/", "ppt/")) for name in infos):
        raise PartError("read.file.other_office")


def read_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The unpacked bytes of one part, at most what its directory entry promised."""
    out = bytearray()
    with archive.open(info) as source:
        while piece := source.read(_CHUNK):
            out += piece
            if len(out) > MAX_XML_BYTES:
                raise PartError("read.file.bomb", part=_shown(info.filename), size=len(out) >> 20,
                                limit=MAX_XML_BYTES >> 20)  # fmt: skip
    return bytes(out)


def parse_part(content: bytes, name: str) -> etree._Element:
    """The tree of one XML part.

    Raises `PartError` for a document type, an encoding other than UTF-8 and UTF-16 (OPC 9.1.4), too many or too deeply
    nested elements, and XML that is not well-formed.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]:
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            raise PartError("read.file.encoding", part=name) from None
        start = text.find("?>") + 2 if text.lstrip("\ufeff").startswith("<?xml") else 0
        content = text[start:].encode()
    else:
        declaration = content[:200].split(b"?>", 1)[0].lower() if b"?>" in content[:200] else b""
        declared = declaration.partition(b"encoding")[2].strip(b"= \t\r\n'\"").split(b'"')[0].split(b"'")[0]
        if declared not in (b"", b"utf-8", b"utf8", b"us-ascii"):
            raise PartError("read.file.encoding", part=name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise PartError("read.file.dtd", part=name)
    if content.count(b"<") > MAX_MARKS:
        raise PartError("read.file.bomb", part=name, size=len(content) >> 20, limit=MAX_XML_BYTES >> 20)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        deep = "depth" in (fault.msg or "").lower()
        raise PartError("read.file.too_deep" if deep else "read.file.malformed", part=name) from None


def _relations(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], source: str) -> list[tuple[str, str, bool]]:
    """Kind (last word of the type), target and whether it is external, for each relationship of `source`."""
    folder, name = posixpath.split(source)
    rels = infos.get(posixpath.join(folder, "_rels", name + ".rels"))
    if rels is None:
        return []
    found = []
    for relation in parse_part(read_part(archive, rels), rels.filename).iter(_RELATION):
        kind = str(relation.get("Type", "")).rsplit("/", 1)[-1]
        target = str(relation.get("Target", ""))
        external = relation.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found.append((kind, target, external))
    return found


def _dangers(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], at: Place) -> Iterator[Finding]:
    """Macros, embedded programs, and links that lead out of the file."""
    names = [name.lower() for name in infos]
    types = infos.get("[Content_Types].xml")
    declared = read_part(archive, types) if types else b""
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names) or b"macroEnabled" in declared:
        yield Finding("read.file.macro", "error", at)
    if any("/activex/" in name or "/embeddings/" in name for name in names):
        yield Finding("read.file.embedded", "error", at)
    said: set[tuple[str, str]] = set()
    for name in infos:
        if not name.lower().endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        source = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
        for kind, target, external in _relations(archive, infos, source):
            if external and (kind, target) not in said and len(said) < 20:
                said.add((kind, target))
                code, severity = _external(kind, target)
                yield Finding(code, severity, at, {"kind": kind, "target": _shown(target)})


def _external(kind: str, target: str) -> tuple[str, Severity]:
    """What to say of one link out of the file."""
    if kind == "hyperlink":
        return "read.file.hyperlink", "info"
    # Word notes the template a document was made with; a path on the writer's own disk leads nowhere here.
    local = target.lower().startswith("file:///") and not target.lower().startswith("file:////")
    if kind == "attachedTemplate" and local:
        return "read.file.own_template", "info"
    return "read.file.external_link", "error"


def _custom(tree: etree._Element) -> dict[str, str]:
    """The custom document properties that are texts."""
    out = {}
    for item in tree:
        if isinstance(item.tag, str) and item.tag.endswith("}property") and len(item):
            out[str(item.get("name", ""))] = (item[0].text or "").strip()
    return out
