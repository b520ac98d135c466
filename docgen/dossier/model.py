"""The dossier in memory, and the one way in: a file (JSON or Excel) or plain data.

Every value knows the place it came from, so that a finding says `Đảng viên!C7` or `/members/3/member/birth_date
(dòng 214)` and not "somewhere in the data".
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Protocol

from docgen.dossier.canonical import Canonicaliser
from docgen.dossier.json_reader import JsonPlaces, decode, parse
from docgen.dossier.plain import plain_member
from docgen.dossier.shape import dossier_shape, sound
from docgen.dossier.text import clean, one_line
from docgen.errors import UsageError
from docgen.model import Finding, Place
from docgen.nearest import nearest
from docgen.regulations.loader import list_regulations, load_regulation

#: A dossier of a thousand members is about 15 MB; beyond this somebody passed the wrong file.
MAX_BYTES = 256_000_000
SUFFIXES = (".json", ".xlsx")
_OLE = b"\xd0\xcf\x11\xe0"
#: What an old Office file is, by the name of its main stream.
_OLE_KINDS = (("WordDocument", ".doc"), ("Workbook", ".xls"), ("PowerPoint Document", ".ppt"))


class Places(Protocol):
    """Gives the place of a JSON pointer into the dossier's data."""

    def find(self, pointer: str) -> Place:
        """The place of `pointer`."""


class PlainPlaces:
    """Places of data that came from no file, or from one line of a file: the pointer is the place."""

    def __init__(self, file: str = "", line: int = 0) -> None:
        self.file = file
        self.line = line

    def find(self, pointer: str) -> Place:
        """The pointer itself, and the line where there is one."""
        return Place(self.file, pointer, (pointer or "/") if self.line else pointer, self.line)


@dataclass(frozen=True, slots=True)
class Dossier:
    """All the data of one body for one year.

    `data` is in canonical form (`docgen.dossier.canonical`), every value of the kind that the shape has there; nobody
    changes it. `given` is the same before values of another kind were replaced by empty ones (`shape.sound`): only the
    check of the shape, which reports them, looks at it. `folders` are the places, beside
    those of docgen, where its regulation was looked for: those asked for, then the one the dossier names.
    `sha256` is over the bytes of the file it was read from (empty for plain data), `findings` what was found on
    reading; `docgen.validation.validate_dossier` gives these back together with its own.
    """

    regulation: str
    data: dict[str, Any]
    file: str = ""
    sha256: str = ""
    places: Places = field(default_factory=PlainPlaces, compare=False)
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    folders: tuple[Path, ...] = field(default=(), compare=False)
    given: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def place(self, pointer: str) -> Place:
        """Where the value at `pointer` stands in the file."""
        return self.places.find(pointer)

    @property
    def members(self) -> list[dict[str, Any]]:
        """The records of the members, in the file's order; what is not a record is left out."""
        found = self.data.get("members")
        return [m for m in found if isinstance(m, dict)] if isinstance(found, list) else []

    def member(self, member_id: str) -> dict[str, Any]:
        """The record of the member `member_id`.

        Raises `UsageError` with the nearest known id for one that does not exist.
        """
        known = {str(m.get("id")): m for m in self.members}
        member_id = one_line(clean(member_id))
        if member_id not in known:
            raise UsageError("dossier.usage.unknown_member", member=member_id, near=nearest(member_id, known))
        return known[member_id]


def dossier_from_data(
    data: Any,
    *,
    file: str = "",
    sha256: str = "",
    places: Places | None = None,
    findings: Sequence[Finding] = (),
    folders: Sequence[Path | str] = (),
    base: Path | None = None,
    quiet: bool = False,
    own: bool = False,
) -> tuple[Dossier | None, list[Finding]]:
    """A dossier from plain data (as `json.loads` gives it), and the findings on the way.

    None where no dossier can be made of it: not a mapping, or a regulation that is not known. `folders` are further
    places to look for regulations, `base` the folder in which a folder that the dossier names is looked for; without
    it such a name is refused, so that data from elsewhere never makes this machine read its files. Where the data is
    docgen's `own`, just read from JSON, the members who are canonical already are kept and not copied.
    """
    where = places or PlainPlaces(file)
    found = list(findings)
    if not isinstance(data, dict):
        found.append(Finding("dossier.json.not_object", "error", where.find("")))
        return None, found
    name = data.get("regulation")
    named, problem = unit_folder(data.get("regulations"), base)
    if problem:
        given = str(data["regulations"])[:60]
        found.append(Finding(problem, "error", where.find("/regulations"), {"given": given}))
        return None, found
    looked_in = tuple(dict.fromkeys((*map(Path, folders), *named)))
    known = list_regulations(looked_in)
    if not isinstance(name, str) or not name.strip():
        found.append(Finding("dossier.regulation.missing", "error", where.find(""), {"known": ", ".join(known)}))
        return None, found
    name = name.strip()
    if name not in known:
        found.append(
            Finding("dossier.regulation.unknown", "error", where.find("/regulation"),
                    {"given": name[:60], "near": nearest(name[:60], known), "known": ", ".join(known)})
        )  # fmt: skip
        return None, found
    shape = dossier_shape(load_regulation(name, looked_in))
    walk = Canonicaliser(where.find, quiet, plain_member(shape) if own else None)
    canonical = walk.run(data, shape)
    found += walk.findings
    kept = sound(canonical, shape)
    return Dossier(name, kept, file, sha256, where, tuple(found), looked_in, canonical), found


def unit_folder(given: Any, base: Path | None) -> tuple[tuple[Path, ...], str]:
    """The folder of a unit's own regulations that a dossier names by `given`, or none; and the code of what is wrong.

    The name is relative to `base`, the folder of the dossier's file: a dossier and its unit's folder travel together.
    """
    if given is None or given == "":
        return (), ""
    if not isinstance(given, str):
        return (), "dossier.regulations.not_text"
    name = given.strip().replace("\\", "/")
    if base is None:
        return (), "dossier.regulations.no_file"
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
        return (), "dossier.regulations.absolute"
    path = base / name
    try:
        there = path.is_dir()
    except (OSError, ValueError):  # a name no file system takes
        there = False
    if not there:
        return (), "dossier.regulations.missing"
    if (path / "regulation.yaml").is_file():
        path = path.resolve().parent
    return ((path,), "") if any(path.glob("*/regulation.yaml")) else ((), "dossier.regulations.empty")


def load_dossier(path: Path | str, folders: Sequence[Path | str] = ()) -> tuple[Dossier | None, list[Finding]]:
    """The dossier in `path`: a .json or .xlsx file, or a folder that holds exactly one.

    Gives the dossier (None where nothing can be made of the file) and all findings. Raises `EnvironmentFault` where
    the libraries for Excel are not installed, `DefinitionError` for a fault in a regulation's own data.
    """
    path = Path(path)
    try:
        if path.is_dir():
            chosen = _in_folder(path)
            if isinstance(chosen, Finding):
                return None, [chosen]
            path = chosen
        at = Place(str(path))
        if not path.exists():
            return None, [Finding("dossier.file.missing", "error", at)]
        if not path.is_file():  # a pipe or a device: reading it may never end
            return None, [Finding("dossier.file.not_regular", "error", at)]
        if path.stat().st_size > MAX_BYTES:
            return None, [Finding("dossier.file.too_large", "error", at, {"limit": MAX_BYTES // 1_000_000})]
        raw = path.read_bytes()
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "?"
        return None, [Finding("dossier.file.unreadable", "error", Place(str(path)), {"reason": reason})]
    return dossier_from_bytes(raw, str(path), folders, path.parent)


def dossier_from_bytes(
    raw: bytes, file: str, folders: Sequence[Path | str] = (), base: Path | None = None
) -> tuple[Dossier | None, list[Finding]]:
    """The dossier in the bytes of a file named `file`; what it is shows in its first bytes, not in its name.

    `base` is as in `dossier_from_data`.
    """
    at = Place(file)
    digest = hashlib.sha256(raw).hexdigest()
    if raw.startswith(b"PK\x03\x04"):
        if file.lower().endswith((".docx", ".docm", ".odt", ".ods", ".pptx")):
            return None, [Finding("dossier.file.kind", "error", at, {"kind": Path(file).suffix})]
        from docgen.dossier.excel import read_workbook

        return read_workbook(raw, file, digest, folders, base)
    if raw.startswith(_OLE):
        # Excel puts a workbook with a password into an OLE container (MS-OFFCRYPTO 2.3.4); names there are UTF-16.
        if "EncryptedPackage".encode("utf-16-le") in raw:
            return None, [Finding("dossier.file.password", "error", at)]
        kind = next((kind for name, kind in _OLE_KINDS if name.encode("utf-16-le") in raw), ".xls/.doc")
        return None, [Finding("dossier.file.kind", "error", at, {"kind": kind})]
    for start, kind in ((b"%PDF", ".pdf"), (b"Rar!", ".rar"), (b"7z\xbc\xaf", ".7z"), (b"PK\x05\x06", ".zip")):
        if raw.startswith(start):
            return None, [Finding("dossier.file.kind", "error", at, {"kind": kind})]
    findings: list[Finding] = []
    text = decode(raw, at, findings)
    data = parse(text, file, findings) if text is not None else None
    if text is None or (data is None and any(f.severity == "error" for f in findings)):
        return None, findings
    places = JsonPlaces(file, text, any(f.code == "dossier.json.duplicate_key" for f in findings))
    return dossier_from_data(
        data, file=file, sha256=digest, places=places, findings=findings, folders=folders, base=base, own=True
    )


def _in_folder(folder: Path) -> Path | Finding:
    found = [
        p for p in sorted(folder.iterdir())
        if p.suffix.lower() in SUFFIXES and p.is_file() and not p.name.startswith((".", "~$"))
    ]  # fmt: skip
    at = Place(str(folder))
    if not found:
        return Finding("dossier.file.none_in_folder", "error", at)
    if len(found) > 1:
        names = ", ".join(p.name for p in found[:8])
        return Finding("dossier.file.several", "error", at, {"files": names, "count": len(found)})
    return found[0]
