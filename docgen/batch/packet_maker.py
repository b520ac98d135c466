"""What one process does with one dossier: load, see what is there, check, make the packet, note.

What is there already is looked at before anything is made: a packet of the same dossier is kept; one that was signed
or changed since docgen made it is never replaced unasked.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from docgen.batch.dossiers import Dossiers, Item, place_of
from docgen.batch.journal import CLEAN, NO_KEY, NOTED, Entry, Journal, Known
from docgen.dossier import Dossier
from docgen.errors import DocgenError, EnvironmentFault, InputError, InternalError
from docgen.forms.build import template_bytes
from docgen.forms.definition import load_form
from docgen.model import Finding
from docgen.packet.handover import cover_packet, look_into, zip_packet
from docgen.packet.manifest import MANIFEST
from docgen.packet.pdf import noted_of
from docgen.pipeline import PacketOptions, check_loaded, packet_of
from docgen.regulations.loader import Regulation, load_regulation
from docgen.signing.bundle import is_cover
from docgen.storage import environment_fault
from docgen.validation.report import to_json
from docgen.version import VERSION


@dataclass(frozen=True, slots=True)
class PacketBatch:
    """Many dossiers, one place for their packets.

    `sources` are files, folders of files, and files of one dossier a line; `output` is the folder that gets a folder a
    packet. With `archive` the packets end up in that zip instead, with `shard` in several zips of so many packets
    each. `zip_each` adds each packet's zip and cover. `findings` is the file for everything that was found; left out,
    it lies beside the results.
    """

    sources: tuple[Path, ...]
    output: Path
    options: PacketOptions = field(default_factory=PacketOptions)
    folders: tuple[Path, ...] = ()
    zip_each: bool = False
    archive: Path | None = None
    shard: int = 0
    findings: Path | None = None
    language: str = "vi"


@dataclass(slots=True)
class PacketDone:
    """What a process reports about a dossier: what came of it, and where its lines stand in the process's two files."""

    number: int
    worker: int
    state: str = "skipped"
    noted: int = 0
    #: What people are to see at once: what happened to the packet, and why a dossier was skipped, in one finding.
    told: list[Finding] = field(default_factory=list)
    journal: tuple[int, int] = (0, 0)
    findings: tuple[int, int] = (0, 0)


class PacketMaker:
    """Makes one packet after the other, in one process."""

    def __init__(
        self, batch: PacketBatch, dossiers: Dossiers, folder: Path, journal: Journal, known: Known, worker: int
    ) -> None:
        """`folder` is where the packets go; `worker` tells this process from the others."""
        self.batch = batch
        self.dossiers = dossiers
        self.folder = folder
        self.known = known
        self.worker = worker
        self._journal: IO[bytes] = journal.part(worker).open("ab", buffering=0)
        self._found: IO[bytes] = journal.found(worker).open("ab")
        self._keys: dict[tuple[str, tuple[Path, ...]], bytes] = {}

    def close(self) -> None:
        """Close the process's two files."""
        for file in (self._journal, self._found):
            with suppress(OSError):  # a full disk has been reported already
                file.close()

    def run(self, task: Item, alive: Callable[[], bool]) -> PacketDone:
        """Make the packet of one dossier. Raises `EnvironmentFault`, or `InternalError` where a check fails."""
        try:
            done = PacketDone(task.number, self.worker)
            starts = self._journal.tell(), self._found.tell()
            findings = self._guarded(task, done)
            for item in to_json(findings, self.batch.language):
                self._found.write(json.dumps(item, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            self._found.flush()
            done.noted = len(findings)
            if done.state == "skipped":
                done.told = [_in_one(task, findings, self.batch.language)]
            else:
                done.told = [finding for finding in findings if finding.code.startswith("batch.")]
            done.journal = starts[0], self._journal.tell()
            done.findings = starts[1], self._found.tell()
            return done
        except OSError as fault:
            raise environment_fault(fault, fault.filename or self.folder) from None

    def _guarded(self, item: Item, done: PacketDone) -> list[Finding]:
        """As `_packet`; what is wrong with one dossier, its unit's regulation or its drawing costs its packet only."""
        try:
            return self._packet(item, done)
        except (EnvironmentFault, OSError):
            raise
        except DocgenError as fault:
            if isinstance(fault, InternalError) and fault.code != "errors.internal.pdf":
                raise
            problem = Finding(fault.code, "error", place_of(item), fault.facts)
        except Exception as fault:  # ours; the other packets are made all the same
            problem = Finding("batch.packet.failed", "error", place_of(item), {"kind": type(fault).__name__})
        done.state = "skipped"
        return [problem]

    def _packet(self, item: Item, done: PacketDone) -> list[Finding]:
        """Make the packet, or keep what is there; returns what was found, and notes in `done` what came of it."""
        dossier, findings = self.dossiers.load(item)
        about = []
        if item.twice:
            about.append(Finding("batch.packet.name_twice", "warning", place_of(item), {"name": item.name}))
        if dossier is None:
            return [*about, *findings]
        target = self.folder / item.name
        key, size = self._key(dossier), _manifest_size(target)
        noted = self.known.noted(item.name, key, size) if size >= 0 else None
        if noted is not None:
            done.state = "kept"
            self._write(Entry(item.number, key, size, NOTED if noted else CLEAN, item.name))
            bundled = self._bundle(item, target)
            if not noted:
                return bundled
            # What there is to say is said again each time; nothing else is done again.
            drawn = noted_of(json.loads((target / MANIFEST).read_bytes()))
            return [*about, *check_loaded(dossier, findings).findings, *drawn, *bundled]
        if target.exists():
            refusal = self._refusal(item, target, key, done)
            if refusal is not None:
                # A signed packet is bundled anew, with its signatures.
                return [*about, refusal, *(self._bundle(item, target) if done.state == "kept" else ())]
        return self._made(item, dossier, about, target, key, done)

    def _refusal(self, item: Item, target: Path, key: bytes, done: PacketDone) -> Finding | None:
        """Why the folder that is there is left alone: somebody else's, signed, or changed since it was made.

        None for a packet of ours as it was made. Where only the packet was changed, and not its dossier, it is kept.
        """
        place, params = place_of(item), {"folder": str(target)}
        state = _state(target)
        # Nothing but a person's own hand removes a signature.
        if self.batch.options.overwrite and state != "signed":
            return None
        if item.name not in self.known:
            return Finding("batch.packet.exists", "error", place, params)
        if state == "made":
            return None
        entry = Entry(item.number, key, self.known.size(item.name), NOTED, item.name)
        if self.known.has_key(item.name, key):
            done.state = "kept"
            self._write(entry)
            return Finding(f"batch.packet.{state}", "info" if state == "signed" else "warning", place, params)
        # It stays ours, made of a dossier that is not known any more.
        self._write(replace(entry, key=NO_KEY))
        return Finding("batch.packet.outdated", "error", place, params)

    def _made(
        self, item: Item, dossier: Dossier, about: list[Finding], target: Path, key: bytes, done: PacketDone
    ) -> list[Finding]:
        checked = check_loaded(dossier, list(dossier.findings))
        found = [*about, *checked.findings]
        there = target.exists()
        late: list[Entry] = []

        def appearing(size: int, noted: bool) -> None:
            entry = Entry(item.number, key, size, NOTED if found or noted else CLEAN, item.name)
            if there:  # the line of what is replaced is written when that is done
                late.append(entry)
            else:
                self._write(entry)

        options = replace(self.batch.options, overwrite=there)
        packet = packet_of(checked, item.file.name, target, options, appearing=appearing)
        if packet is None:
            return found
        for entry in late:
            self._write(entry)
        done.state = "made"
        return [*found, *packet.findings, *self._bundle(item, target)]

    def _bundle(self, item: Item, target: Path) -> list[Finding]:
        """Make a packet's zip and cover, where they were asked for and are not there or older than the packet.

        A file that is no bundle of a packet is left alone, and told.
        """
        if not self.batch.zip_each:
            return []
        made = (target / MANIFEST).stat().st_mtime_ns
        out = []
        for path, make in (
            (target.with_name(f"{target.name}.zip"), zip_packet),
            (target.with_name(f"{target.name}-bia.pdf"), cover_packet),
        ):
            if path.exists() and not _is_bundle(path) and not self.batch.options.overwrite:
                out.append(Finding("batch.packet.exists", "error", place_of(item), {"folder": str(path)}))
            elif not path.exists() or path.stat().st_mtime_ns < made:
                make(target, overwrite=True)
        return out

    def _key(self, dossier: Dossier) -> bytes:
        """Stands for the dossier and for all that its packet depends on besides."""
        options = self.batch.options
        which = dossier.regulation, dossier.folders
        if which not in self._keys:
            regulation = load_regulation(dossier.regulation, dossier.folders)
            self._keys[which] = _regulation_key(regulation, options.templates)
        depends = f"{VERSION}\n{options.draft}\n{options.pdf_engine}\n{dossier.sha256}".encode()
        return hashlib.blake2b(depends, digest_size=16, key=self._keys[which]).hexdigest().encode()

    def _write(self, entry: Entry) -> None:
        rest = memoryview(entry.line())
        while rest:
            rest = rest[self._journal.write(rest) :]


def _in_one(item: Item, findings: Sequence[Finding], language: str) -> Finding:
    """Why a dossier was skipped, in one finding; all that was found is in the file of findings."""
    errors = [finding for finding in findings if finding.severity == "error"]
    warnings = sum(1 for finding in findings if finding.severity == "warning")
    first = errors[0].text(language) if errors else ""
    params = {"name": item.name, "errors": len(errors), "warnings": warnings, "first": first}
    return Finding("batch.packet.skipped", "error", place_of(item), params)


def _regulation_key(regulation: Regulation, templates: Sequence[Path | str]) -> bytes:
    """Stands for a regulation's own data and for the templates of its forms."""
    out = hashlib.blake2b(digest_size=32)
    for folder in regulation.chain:
        for path in sorted(folder.rglob("*.yaml")):
            out.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    for form in regulation.forms:
        content, _ = template_bytes(regulation, load_form(regulation, form), templates)
        out.update(hashlib.sha256(content).digest())
    return out.digest()


def _state(folder: Path) -> str:
    """`made` for a packet as docgen made it, or with files gone; `signed` for one with a signature; else `edited`."""
    try:
        seen = look_into(folder)
    except InputError:
        return "edited"
    signers = (signer for entry in seen.manifest["files"] for signer in entry["signers"])
    if any(signer["status"] != "due" for signer in signers):
        return "signed"
    # Where files are only missing, making it anew loses nobody's work.
    return "made" if all(state in ("ok", "missing") for _, state in seen.files) else "edited"


def _is_bundle(path: Path) -> bool:
    """True for a zip or a cover PDF of a packet."""
    if path.suffix == ".pdf":
        return is_cover(path.read_bytes())
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _manifest_size(folder: Path) -> int:
    """The size of a packet's manifest; -1 where that is missing, or where a file is not as large as it says."""
    try:
        content = (folder / MANIFEST).read_bytes()
        listed = json.loads(content)
        for entry in (*listed["files"], *listed["extras"]):
            for part in (entry, entry.get("pdf") or entry):
                if (folder / part["file"]).stat().st_size != part["size"]:
                    return -1
    except (OSError, ValueError, KeyError, TypeError):
        return -1
    return len(content)
