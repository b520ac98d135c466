"""A packet as one file: a zip whose bytes depend on the packet alone, and what came as a zip or a cover PDF, opened.

What comes from outside is not trusted: no path leads out of the folder, no file is larger than it says, and there is
an end to how much is unpacked.
"""

from __future__ import annotations

import errno
import io
import stat
import struct
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from docgen.errors import InputError
from docgen.signing.bounded import MAX_BUNDLE, frugal, read_bounded
from docgen.signing.libraries import need
from docgen.signing.signed_manifest import MANIFEST, inside, load_manifest
from docgen.signing.unfold import unfolded

#: A packet of 5,000 members holds 45,000 files.
MAX_FILES = 200_000
#: What may come out of a file: so many bytes, and so many times its own size. Word and PDF hardly shrink in a zip.
MAX_BYTES, MAX_TIMES = 50_000_000, 20
MAX_RATIO = 200
#: What the file system says of a name that cannot be one: too long, or of a file and a folder at once.
_NAMES_AT_FAULT = frozenset({errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EINVAL})
#: The flag of an entry whose size stands after it (4.4.4, bit 3).
_DESCRIBED_AFTER = 0x08
_DATE = (1980, 1, 1, 0, 0, 0)
#: What comes of objects of another kind than the standard says.
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, RecursionError, RuntimeError)


def packet_names(folder: Path) -> list[str]:
    """The names of a packet's files: the manifest first, then what it lists, in its order.

    Raises `InputError` for a packet that misses a file.
    """
    manifest = load_manifest(folder)
    names = [MANIFEST]
    for document in manifest.documents:
        names.append(document.file)
        if document.pdf is not None:
            names.append(document.pdf_file)
    names += [str(extra["file"]) for extra in manifest.extras]
    names += [name for name, _ in manifest.hand_scans()]
    names = list(dict.fromkeys(names))
    for name in names:
        if not (folder / name).is_file():
            raise InputError("signing.error.pdf_missing", file=name)
    return names


def packet_files(folder: Path) -> dict[str, bytes]:
    """The files of a packet by their names in it, in the order of `packet_names`, and raising as that does."""
    return {name: (folder / name).read_bytes() for name in packet_names(folder)}


def zip_packet(folder: Path, out: IO[bytes]) -> None:
    """Write the packet in `folder` to `out` as a zip, file by file; the same packet gives the same bytes.

    Raises as `packet_names` does.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in packet_names(folder):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (folder / name).read_bytes(), zipfile.ZIP_DEFLATED, 6)


def unpack(path: Path, folder: Path) -> None:
    """Write the files of a zip or of a cover PDF with attachments into `folder`.

    Raises `InputError` for what is neither, leads out of the folder or is too large.
    """
    files = _from_zip(path) if zipfile.is_zipfile(path) else _from_cover(path)
    count = total = 0
    seen: set[str] = set()
    for name, data in files:
        count, total = count + 1, total + len(data)
        if count > MAX_FILES or total > _limit(path):
            raise InputError("signing.error.bundle", file=path.name, problem="size")
        try:
            inside(name)
        except InputError:
            # No manifest has been read yet: the name is the archive's fault.
            raise InputError("signing.error.bundle", file=path.name, problem=name[:60]) from None
        alike = _one_file(name)
        if alike in seen:
            raise InputError("signing.error.bundle", file=path.name, problem=name[:60])
        seen.add(alike)
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as fault:
            if fault.errno not in _NAMES_AT_FAULT:
                raise
            raise InputError("signing.error.bundle", file=path.name, problem=name[:60]) from None


def _one_file(name: str) -> str:
    """What two names have in common that are one file somewhere: `a`, `./a`, `x//a`; on Windows `A`, `a.`; on a Mac
    the two ways to write an accented letter."""
    parts = [part.rstrip(". ") or part for part in PurePosixPath(name).parts]
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()


def unlisted_bytes(path: Path) -> int:
    """How many bytes of a zip belong to none of the files its table lists (APPNOTE 6.3.10, 4.3.6).

    Another program may show what stands there: one that reads from the front, or the file as something else. Raises
    `InputError` for what is no zip.
    """
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            left, at = len(archive.comment), 0
            for entry in sorted(archive.infolist(), key=lambda item: item.header_offset):
                left += abs(entry.header_offset - at)
                file.seek(entry.header_offset + 26)
                at = entry.header_offset + 30 + sum(struct.unpack("<HH", file.read(4))) + entry.compress_size
                if entry.flag_bits & _DESCRIBED_AFTER:
                    file.seek(at)
                    at += _descriptor(file.read(24), entry)
            left += abs(archive.start_dir - at)
            file.seek(archive.start_dir)
            table = file.read(size - archive.start_dir)
            return left + abs(len(table) - len(archive.comment) - _table_size(archive, table))
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as fault:
        raise InputError("signing.error.bundle", file=path.name, problem=type(fault).__name__) from None


def _descriptor(found: bytes, entry: zipfile.ZipInfo) -> int:
    """The length of the record that may follow an entry and say how long it was."""
    for sign, size in ((b"PK\x07\x08", 4), (b"", 0)):
        for form, length in (("<III", 12), ("<IQQ", 20)):
            values = (entry.CRC, entry.compress_size, entry.file_size)
            if max(values) < 2**32 and found.startswith(sign + struct.pack(form, *values)):
                return size + length
            if form == "<IQQ" and found.startswith(sign + struct.pack(form, *values)):
                return size + length
    return 0


def _table_size(archive: zipfile.ZipFile, table: bytes) -> int:
    """The length of the table of a zip and of the record at its end, without its comment and those of its entries."""
    at = 0
    for entry in archive.infolist():
        name, extra = struct.unpack("<HH", table[at + 28 : at + 32])
        at += 46 + name + extra + len(entry.comment)
    hidden = sum(len(entry.comment) for entry in archive.infolist())
    # A zip of more than 65,535 files or 4 GB has two records more (4.3.14, 4.3.15).
    return at - hidden + 22 + (76 if table[at : at + 4] == b"PK\x06\x06" else 0)


def _limit(path: Path) -> int:
    """How many bytes may come out of the file `path`."""
    return MAX_BYTES + MAX_TIMES * path.stat().st_size


def _from_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > _limit(path):
                raise InputError("signing.error.bundle", file=path.name, problem="size")
            for entry in entries:
                if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                    raise InputError("signing.error.bundle", file=path.name, problem=entry.filename)
                if stat.S_ISLNK(entry.external_attr >> 16):
                    # Other programs make a link of it, to wherever its content says.
                    raise InputError("signing.error.bundle", file=path.name, problem=entry.filename[:60])
                yield entry.filename, archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        raise InputError("signing.error.bundle", file=path.name, problem=type(fault).__name__) from None


def _from_cover(path: Path) -> Iterator[tuple[str, bytes]]:
    pikepdf = need("pikepdf")
    try:
        # The attachments may be as large as the packet: they are unpacked within their own limit.
        cover = read_bounded(path, MAX_BUNDLE)
        with frugal(cover, path.name), pikepdf.open(io.BytesIO(cover)) as document:
            left = _limit(path)
            for name, spec in document.attachments.items():
                content = unfolded(spec.get_file().obj, left)
                left -= len(content)
                yield name, content
    except (pikepdf.PdfError, pikepdf.PasswordError, *_MALFORMED) as fault:
        raise InputError("signing.error.bundle", file=path.name, problem=str(fault)[:120]) from None


def is_cover(content: bytes) -> bool:
    """True for a PDF that carries the manifest of a packet as an attachment."""
    pikepdf = need("pikepdf")
    try:
        with frugal(content), pikepdf.open(io.BytesIO(content)) as document:
            return MANIFEST in document.attachments
    except (InputError, *_MALFORMED, pikepdf.PdfError, pikepdf.PasswordError):
        return False


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder of the packet at `path`: itself, or a temporary one for a zip or a cover PDF.

    Any other file comes back as it is. Raises `InputError` for a zip that is none of ours.
    """
    suffix = path.suffix.lower()
    packed = path.is_file() and (suffix == ".zip" or (suffix == ".pdf" and is_cover(read_bounded(path, MAX_BUNDLE))))
    if not packed:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="docgen-open-") as room:
        folder = Path(room)
        unpack(path, folder)
        yield folder
