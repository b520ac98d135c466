"""Handing a packet over and taking one in: one zip, one cover PDF, and a first look at what came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docgen.errors import InputError
from docgen.i18n import message
from docgen.packet.manifest import MANIFEST
from docgen.paths import JsonDict
from docgen.storage import new_folder, open_whole, write_whole

#: What a cover PDF carries at most: it is held in memory, by us and by whoever opens it.
COVER_BYTES = 500_000_000


def zip_packet(folder: Path, *, overwrite: bool = False) -> Path:
    """The packet in `folder` as one zip beside it; the same packet gives the same bytes.

    Raises `InputError` for a packet that misses a file, `UsageError` where the zip exists.
    """
    from docgen.signing.bundle import zip_packet as zipped

    target = folder.with_name(folder.name + ".zip")
    with open_whole(target, overwrite=overwrite) as out:
        zipped(folder, out)
    return target


def cover_packet(folder: Path, *, overwrite: bool = False) -> Path | None:
    """A cover PDF beside the packet that lists its files and carries them byte for byte, signatures and all.

    None for a packet too large to be carried in one PDF (`COVER_BYTES`); its zip is the way to hand it over. Raises as
    `zip_packet` does, and `EnvironmentFault` where no PDF engine is installed.
    """
    from docgen.pdf.cover import make_cover
    from docgen.signing.bundle import packet_files, packet_names
    from docgen.signing.signed_manifest import read_manifest

    if sum((folder / name).stat().st_size for name in packet_names(folder)) > COVER_BYTES:
        return None
    archival = read_manifest(folder).get("archival") or {}
    target = folder.with_name(folder.name + "-bia.pdf")
    write_whole(target, make_cover(packet_files(folder), str(archival.get("organ_name") or "")), overwrite=overwrite)
    return target


@dataclass(slots=True)
class Seen:
    """What a packet holds: its manifest, and for each file whether it is there and unchanged."""

    manifest: Mapping[str, Any]
    files: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True where every listed file is there, unchanged, and nothing else is."""
        return all(state == "ok" for _, state in self.files)

    def as_json(self) -> JsonDict:
        """The look as plain data."""
        return {
            "sound": self.sound,
            "regulation": self.manifest.get("regulation"),
            "archival": self.manifest.get("archival"),
            "draft": self.manifest.get("draft"),
            "files": [{"file": name, "state": state} for name, state in self.files],
        }

    def as_text(self, language: str) -> str:
        """The look for a terminal."""
        archival = self.manifest.get("archival") or {}
        lines = [f"{archival.get('subject', '')} – {archival.get('organ_name', '')}"]
        if self.manifest.get("draft"):
            lines.append(message("packet.open.draft", language))
        lines += [f"  {message('packet.open.' + state, language):<12} {name}" for name, state in self.files]
        lines.append(message("packet.open.sound" if self.sound else "packet.open.faulty", language))
        return "\n".join(lines)


def look_into(path: Path, output: Path | None = None) -> Seen:
    """List and check the packet at `path` (a folder, a zip or a cover PDF); with `output`, unpack it there.

    Only presence and hashes are looked at here: whether signatures hold is for `docgen verify`. Raises `InputError`
    for what is no packet.
    """
    from docgen.signing.bundle import opened, unpack

    if output is not None and path.is_file():
        with new_folder(output) as work:
            unpack(path, work)
        path = output
    with opened(path) as folder:
        return _look(folder, path)


def _look(folder: Path, path: Path) -> Seen:
    from docgen.signing.signed_manifest import read_manifest

    if not (folder / MANIFEST).is_file():
        raise InputError("errors.input.no_packet", file=str(path))
    manifest = read_manifest(folder)
    seen = Seen(manifest)
    listed: set[str] = {MANIFEST}
    for entry in [*manifest["files"], *(manifest.get("extras") or ())]:
        scans = [one.get("scan") or {} for one in entry.get("by_hand") or ()]
        for part in (entry, entry.get("pdf") or {}, *scans):
            name = part.get("file")
            if not name:
                continue
            listed.add(name)
            seen.files.append((name, _state(folder, str(name), str(part.get("sha256", "")))))
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    seen.files += [(name, "extra") for name in sorted(present - listed)]
    return seen


def _state(folder: Path, name: str, wanted: str) -> str:
    from docgen.signing.bounded import hash_of

    try:
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()) or not target.is_file():
            return "missing"
    except (ValueError, OSError):  # a NUL in the name, a name too long for any file
        return "missing"
    try:
        return "ok" if hash_of(target) == wanted else "changed"
    except InputError:  # larger than any file of a packet
        return "changed"
