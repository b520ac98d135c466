"""What one process does with one dossier: load, see what is there, check, make the packet, note.

What is there already is looked at before anything is made: a packet of the same dossier is kept; one that was signed
or changed since docgen made it is never replaced unasked.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docgen.batch.dossier_files import Dossiers, Item, place_of
from docgen.batch.journal import CLEAN, NO_KEY, NOTED, Entry, Known
from docgen.dossier import Dossier
from docgen.errors import DocgenError, EnvironmentFault, InputError, InternalError
from docgen.model import Finding
from docgen.packet.handover import cover_packet, look_into, zip_packet
from docgen.packet.key import packet_key, regulation_key
from docgen.packet.manifest import MANIFEST
from docgen.packet.pdf import noted_of
from docgen.pipeline import PacketOptions, check_loaded, packet_of
from docgen.regulations.loader import load_regulation
from docgen.signing.bundle import is_cover
from docgen.storage import Raced, environment_fault
from docgen.validation.report import to_json

#: So many times a dossier's packet may be lost to others, each of whom made another one, before that is told.
_RACES = 5


@dataclass(frozen=True, slots=True)
class PacketBatch:
    """Many dossiers, one place for their packets.

    `sources` are files, folders of files, and files of one dossier a line; `output` is the folder that gets a folder a
    packet. With `archive` the packets end up in that zip instead, with `shard` in several zips of so many packets
    each. `zip_each` adds each packet's zip and cover. `findings` is the file for everything that was found; left out,
    it lies beside the results. Where others than this machine make packets, `options.shared` is to be set. With `store`
    (`s3://bucket/prefix`) each packet becomes one zip there, and `output` holds journal and findings only.
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
    store: str = ""


@dataclass(slots=True)
class PacketDone:
    """What a process reports about a dossier: what came of it, with its lines of the journal and of the findings.

    A process writes neither: one whose answer never arrives leaves nothing behind but a packet that proves what it is.
    """

    number: int
    state: str = "skipped"
    noted: int = 0
    #: What people are to see at once: what happened to the packet, and why a dossier was skipped, in one finding.
    told: list[Finding] = field(default_factory=list)
    journal: bytes = b""
    findings: bytes = b""


class PacketMaker:
    """Makes one packet after the other, in one process."""

    def __init__(self, batch: PacketBatch, dossiers: Dossiers, folder: Path, known: Known) -> None:
        """`folder` is where the packets go."""
        self.batch = batch
        self.dossiers = dossiers
        self.folder = folder
        self.known = known
        self._keys: dict[tuple[str, tuple[Path, ...]], bytes] = {}

    def close(self) -> None:
        """Nothing is held."""

    def run(self, task: Item, alive: Callable[[], bool]) -> PacketDone:
        """Make the packet of one dossier. Raises `EnvironmentFault`, or `InternalError` where a check fails."""
        try:
            done = PacketDone(task.number)
            return self._with_findings(done, task, self._guarded(task, done))
        except OSError as fault:
            raise environment_fault(fault, fault.filename or self.folder) from None

    def given_up(self, task: Item, kind: str) -> PacketDone:
        """The answer for a dossier that ends every process which touches it, `kind` in one word how."""
        problem = Finding("batch.packet.failed", "error", place_of(task), {"kind": kind})
        return self._with_findings(PacketDone(task.number), task, [problem])

    def _with_findings(self, done: PacketDone, task: Item, findings: list[Finding]) -> PacketDone:
        done.findings = b"".join(
            json.dumps(item, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
            for item in to_json(findings, self.batch.language)
        )
        done.noted = len(findings)
        if done.state == "skipped":
            done.told = [_in_one(task, findings, self.batch.language)]
        else:
            done.told = [finding for finding in findings if finding.code.startswith("batch.")]
        return done

    def _guarded(self, item: Item, done: PacketDone) -> list[Finding]:
        """As `_packet`; what is wrong with one dossier, its unit's regulation or its drawing costs its packet only."""
        try:
            return self._settled(item, done)
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

    def _settled(self, item: Item, done: PacketDone) -> list[Finding]:
        """As `_packet`; where another machine was faster, what it made is looked at as if it had been there before."""
        for _ in range(_RACES):
            with suppress(Raced):
                return self._packet(item, done)
        raise EnvironmentFault("errors.environment.busy", folder=str(self.folder / item.name))

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
        there = _manifest(target) if size >= 0 else {}
        noted = self.known.noted(item.name, key, size) if size >= 0 else None
        if noted is None and _is_of(there, key) and _state(target) == "made":
            # Made by this batch or by a run whose answer was lost: the packet itself tells.
            noted = item.twice or bool(there["findings"]) or bool(noted_of(there))
        if noted is not None:
            done.state = "kept"
            done.journal = Entry(item.number, key, size, NOTED if noted else CLEAN, item.name).line()
            bundled = self._bundle(item, target)
            if not noted:
                return bundled
            # What there is to say is said again each time; nothing else is done again.
            return [*about, *check_loaded(dossier, findings).findings, *noted_of(there), *bundled]
        if target.exists():
            refusal = self._refusal(item, target, key, there, done)
            if refusal is not None:
                # A signed packet is bundled anew, with its signatures.
                return [*about, refusal, *(self._bundle(item, target) if done.state == "kept" else ())]
        return self._made(item, dossier, about, target, key, done)

    def _refusal(
        self, item: Item, target: Path, key: bytes, there: Mapping[str, Any], done: PacketDone
    ) -> Finding | None:
        """Why the folder that is there is left alone: somebody else's, signed, or changed since it was made.

        None for a packet of ours as it was made: one the journal knows, or (its line was lost) one that docgen made of
        a file of this name. Where only the packet was changed, and not its dossier, it is kept.
        """
        shown = f"{self.batch.store}/{item.name}.zip" if self.batch.store else str(target)
        place, params = place_of(item), {"folder": shown}
        state = _state(target)
        # Nothing but a person's own hand removes a signature.
        if self.batch.options.overwrite and state != "signed":
            return None
        same = self.known.has_key(item.name, key) or _is_of(there, key)
        lost = state == "made" and bool(there.get("key")) and there["dossier"].get("file") == item.file.name
        if not (item.name in self.known or same or lost):
            return Finding("batch.packet.exists", "error", place, params)
        if state == "made":
            return None
        entry = Entry(item.number, key, self.known.size(item.name), NOTED, item.name)
        if same:
            done.state = "kept"
            done.journal = entry.line()
            return Finding(f"batch.packet.{state}", "info" if state == "signed" else "warning", place, params)
        # It stays ours, made of a dossier that is not known any more.
        done.journal = replace(entry, key=NO_KEY).line()
        return Finding("batch.packet.outdated", "error", place, params)

    def _made(
        self, item: Item, dossier: Dossier, about: list[Finding], target: Path, key: bytes, done: PacketDone
    ) -> list[Finding]:
        checked = check_loaded(dossier, list(dossier.findings))
        found = [*about, *checked.findings]
        options = replace(self.batch.options, overwrite=target.exists())
        packet = packet_of(checked, item.file.name, target, options, key=key.decode())
        if packet is None:
            return found
        found += packet.findings
        done.state = "made"
        mark = NOTED if found else CLEAN
        done.journal = Entry(item.number, key, packet.manifest_size, mark, item.name).line()
        return [*found, *self._bundle(item, target)]

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
            self._keys[which] = regulation_key(regulation, options.templates, options.papers)
        return packet_key(
            self._keys[which],
            dossier.data,
            dossier.sha256,
            draft=options.draft,
            pdf_engine=options.pdf_engine,
            papers=options.papers,
            print_copies=options.print_copies,
        ).encode()


def _in_one(item: Item, findings: Sequence[Finding], language: str) -> Finding:
    """Why a dossier was skipped, in one finding; all that was found is in the file of findings."""
    errors = [finding for finding in findings if finding.severity == "error"]
    warnings = sum(1 for finding in findings if finding.severity == "warning")
    first = errors[0].text(language) if errors else ""
    params = {"name": item.name, "errors": len(errors), "warnings": warnings, "first": first}
    return Finding("batch.packet.skipped", "error", place_of(item), params)


def _manifest(folder: Path) -> dict[str, Any]:
    """A packet's manifest; an empty mapping where it cannot be read."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_of(manifest: Mapping[str, Any], key: bytes) -> bool:
    """True for the manifest of a packet that was made of what `key` stands for."""
    return bool(key) and manifest.get("key") == key.decode()


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
