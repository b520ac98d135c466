"""The way in for files: a dossier from a JSON file, a workbook, or a folder that holds one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from docgen.dossier.json_reader import JsonPlaces, decode, parse
from docgen.dossier.loaded import Dossier, dossier_from_data
from docgen.model import Finding, Place

#: A dossier of a thousand members is about 15 MB; beyond this somebody passed the wrong file.
MAX_BYTES = 256_000_000
SUFFIXES = (".json", ".xlsx")
_OLE = b"\xd0\xcf\x11\xe0"
#: What an old Office file is, by the name of its main stream.
_OLE_KINDS = (("WordDocument", ".doc"), ("Workbook", ".xls"), ("PowerPoint Document", ".ppt"))


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
