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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from lxml import etree

from docgen.model import Finding, Place
from docgen.secrecy import first_mark
from docgen.word.file.file_kind import kind_of, kind_of_zip
from docgen.word.file.links import judged, leads_out
from docgen.word.file.looks import Looks, W
from docgen.word.file.strict import relation_kind, transitional

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
_MAIN = f"{W}document"
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n"}
_WATERMARK = "{urn:schemas-microsoft-com:vml}textpath"
#: Of a remark this much is kept: it is shown, not read.
_LONGEST_NOTE = 200


class PartError(Exception):
    """A part that cannot be read safely. `code` is the finding's; `params` its facts."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class WordFile:
    """An opened Word file: the trees of the parts that the reader needs, found by their relationships.

    `properties` are the custom document properties, `identifier` and `description` the core ones of those names
    (where forms handed out earlier carry what now is a custom property);
    `notes` the texts of comments, footnotes and endnotes by kind and number, `pictures` the parts of the pictures
    within the file by relationship, `content` the file itself.
    """

    name: str
    document: etree._Element
    glossary: etree._Element | None = None
    properties: dict[str, str] = field(default_factory=dict)
    identifier: str = ""
    description: str = ""
    looks: Looks = field(default_factory=Looks)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    content: bytes = field(default=b"", repr=False)

    def picture(self, relation: str, limit: int) -> bytes:
        """The picture that a relationship of the main part leads to, unpacked now, at most `limit` bytes of it and one.

        Raises `PartError` `read.picture.unreachable` where it leads to none within the file.
        """
        name = self.pictures.get(relation, "")
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            info = _checked_directory(archive).get(name)
            if info is None:
                raise PartError("read.picture.unreachable")
            try:
                with archive.open(info) as source:
                    return source.read(limit + 1)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
                raise PartError("read.picture.unreachable") from None


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
    kind = kind_of(content, Path(at.file).name)
    if kind:
        return None, [Finding(kind, "error", at)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            opened, findings = _open(archive, at)
            if opened is not None:
                opened.content = content
            return opened, findings
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


def _open(archive: zipfile.ZipFile, at: Place) -> tuple[WordFile | None, list[Finding]]:
    infos = _checked_directory(archive)
    related = _relations(archive, infos, "")
    main = next((target for kind, target, external in related if kind == "officeDocument" and not external), "")
    if main not in infos:
        _not_word(archive, infos)
    document = parse_part(read_part(archive, infos[main]), main)
    if document.tag != _MAIN:
        _not_word(archive, infos)
    _refuse_secret(document)
    findings = list(_dangers(archive, infos, at))
    out = WordFile(at.file, document)
    for kind, target, external in related:
        if external or target not in infos:
            continue
        if kind == "custom-properties":
            out.properties = _custom(parse_part(read_part(archive, infos[target]), target))
        elif kind == "core-properties":
            tree = parse_part(read_part(archive, infos[target]), target)
            out.identifier = (tree.findtext("{http://purl.org/dc/elements/1.1/}identifier") or "").strip()
            out.description = (tree.findtext("{http://purl.org/dc/elements/1.1/}description") or "").strip()
    of_main = [item for item in _named_relations(archive, infos, main) if not item.external and item.target in infos]
    inside = [(item.kind, item.target) for item in of_main]
    out.pictures = {item.rid: item.target for item in of_main if item.kind == "image"}
    parts = dict(inside)
    for kind, target in inside:
        if kind in ("header", "footer", "footnotes", "endnotes", "comments"):
            _refuse_secret(parse_part(read_part(archive, infos[target]), target))

    def related_part(kind: str) -> etree._Element | None:
        return parse_part(read_part(archive, infos[parts[kind]]), parts[kind]) if kind in parts else None

    out.glossary = related_part("glossaryDocument")
    out.looks = Looks(related_part("styles"), related_part("theme"))
    for kind in ("comments", "footnotes", "endnotes"):
        out.notes.update(_notes(related_part(kind), kind.removesuffix("s")))
    return out, findings


def _refuse_secret(tree: etree._Element) -> None:
    """Raise where a secrecy mark stands alone: docgen is not for secret papers, whoever wrote them."""
    if mark := first_mark(_stamps(tree)):
        raise PartError("read.secrecy.mark", mark=mark)


def _stamps(tree: etree._Element) -> Iterator[str]:
    """The text of each paragraph, a text box's own ones apart, and of each watermark."""
    for paragraph in tree.iter(f"{W}p"):
        texts = []
        for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr"):
            if next(node.iterancestors(f"{W}p")) is paragraph:
                texts.append(_SIGNS.get(str(node.tag)) or node.text or "")
        yield "".join(texts)
    for shape in tree.iter(_WATERMARK):
        yield shape.get("string") or ""


def _notes(tree: etree._Element | None, kind: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The texts of the remarks of one part, by kind and number."""
    for note in tree if tree is not None else ():
        if note.tag == f"{W}{kind}":
            text = " ".join("".join(t.text or "" for t in note.iter(f"{W}t")).split())
            yield (kind, note.get(f"{W}id", "")), text[:_LONGEST_NOTE]


def _not_word(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> NoReturn:
    """Raise what fits a zip whose main part is no Word document, or missing."""
    kind = kind_of_zip(archive, infos)
    if kind == "read.file.not_word" and any(name.startswith("word/") for name in infos):
        # Word's parts are there, but nothing leads to them: Word itself cannot open such a file.
        raise PartError("read.file.damaged", reason="_rels/.rels")
    raise PartError(kind, **({"reason": "mimetype"} if kind == "read.file.damaged" else {}))


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


def read_parts(content: bytes) -> dict[str, bytes]:
    """All parts of a Word file by name, unpacked within the bounds; Strict is given in the spelling of Transitional.

    Raises `PartError` for a directory that is not harmless, a part larger than it says and a document type, and what
    `zipfile` raises for what is no sound zip.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        out = {name: read_part(archive, info) for name, info in _checked_directory(archive).items()}
    for name, part in out.items():
        if name.lower().endswith((".xml", ".rels")):
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise PartError("read.file.dtd", part=_shown(name))
            out[name] = transitional(part)
    return out


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
    content = transitional(content)
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


class _Relation(NamedTuple):
    """A relationship: its id, the last word of its type, its target and whether that is outside the file."""

    rid: str
    kind: str
    target: str
    external: bool


def _relations(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], source: str) -> list[tuple[str, str, bool]]:
    """Kind, target and whether it is external, for each relationship of `source`."""
    return [item[1:] for item in _named_relations(archive, infos, source)]


def _named_relations(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], source: str) -> list[_Relation]:
    """The relationships of `source`."""
    folder, name = posixpath.split(source)
    rels = infos.get(posixpath.join(folder, "_rels", name + ".rels"))
    if rels is None:
        return []
    found = []
    for relation in parse_part(read_part(archive, rels), rels.filename).iter(_RELATION):
        kind = relation_kind(str(relation.get("Type", "")))
        target = str(relation.get("Target", ""))
        external = relation.get("TargetMode", "").lower() == "external" or leads_out(target)
        if not external:
            target = _part_named(infos, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
        found.append(_Relation(str(relation.get("Id", "")), kind, target, external))
    return found


def _part_named(infos: Mapping[str, object], target: str) -> str:
    """The part that `target` names: as written, with its percent signs resolved, or in other case (OPC 6.2.2.3)."""
    if target in infos:
        return target
    plain = unquote(target)
    if plain in infos:
        return plain
    return next((name for name in infos if name.lower() == plain.lower()), target)


def _dangers(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], at: Place) -> Iterator[Finding]:
    """Macros, embedded programs, and links that lead out of the file."""
    names = [name.lower() for name in infos]
    types = infos.get("[Content_Types].xml")
    declared = read_part(archive, types) if types else b""
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names) or b"macroEnabled" in declared:
        yield Finding("read.file.macro", "error", at)
    elif b"wordprocessingml.template.main+xml" in declared:
        yield Finding("read.file.template", "info", at)
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
                code, severity = judged(kind, target)
                yield Finding(code, severity, at, {"kind": kind, "target": _shown(target)})


def _custom(tree: etree._Element) -> dict[str, str]:
    """The custom document properties that are texts."""
    out = {}
    for item in tree:
        if isinstance(item.tag, str) and item.tag.endswith("}property") and len(item):
            out[str(item.get("name", ""))] = (item[0].text or "").strip()
    return out
