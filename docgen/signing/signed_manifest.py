"""`manifest.json` as signing sees it: what is due, what is signed, and the seal that binds signatures to it.

The seal is the SHA-256 of everything in the manifest that signing does not change (canonical JSON: keys sorted, no
spaces, UTF-8). Every signature docgen makes carries the seal, the document's number and the role in its /Reason, which
the signature covers. So a manifest that was replaced, a document that was swapped, added or taken out no longer agrees
with the signatures. What signing adds is written beside the PDF's entry and is checked against the PDF itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from docgen.errors import InputError
from docgen.regulations.originals import is_body_role
from docgen.signing.bounded import read_bounded
from docgen.signing.fields import field_name
from docgen.signing.scan import DIGITISED
from docgen.storage import write_whole

MANIFEST = "manifest.json"
FORMAT = "docgen-packet/1"
#: Entries of a document's `pdf` that signing writes; the rest is sealed.
_SIGNED_KEYS = ("sha256", "size", "unsigned_sha256", "unsigned_size", "signatures")
#: A number of more digits than any packet has documents is none of ours (and Python reads no 5,000 of them).
_SEAL = re.compile(r"docgen:([0-9a-f]{64}):([0-9]{1,9}):([A-Za-z0-9_.-]+)")
_MAX_MANIFEST = 50_000_000


def sha256(content: bytes) -> str:
    """The SHA-256 of `content` in hex digits."""
    return hashlib.sha256(content).hexdigest()


def seal_text(seal: str, number: int, role: str) -> str:
    """What a signature carries in its /Reason to say what it belongs to."""
    return f"docgen:{seal}:{number}:{role}"


def read_seal(reason: str) -> tuple[str, int, str] | None:
    """Seal, document number and role out of a /Reason, or None for a signature made with another tool."""
    found = _SEAL.search(reason)
    return (found[1], int(found[2]), found[3]) if found else None


#: What an electronic paper is: nobody has signed; somebody has; everybody whom an original takes has.
State = Literal["draft", "signed", "original"]


def state_of(done: int, due: int, asks: bool) -> State:
    """The state of a paper that `done` of `due` signers have signed, where the regulation `asks` for originals or not.

    A paper that nobody signs is never more than a draft (QĐ 379 Điều 12).
    """
    if not done:
        return "draft"
    return "original" if asks and done == due else "signed"


@dataclass(frozen=True, slots=True)
class Signer:
    """A signature a document must carry: role, the printed words, the printed name, whether a seal belongs to it."""

    role: str
    caption: str
    name: str
    seal: bool

    @property
    def body(self) -> bool:
        """True for a body that seals the paper; its role tells, whatever the manifest says."""
        return is_body_role(self.role)

    @property
    def field(self) -> str:
        """The name of its field in the PDF."""
        return field_name(self.role)


class Document:
    """One document of a packet: the manifest's own entry, seen through names."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.entry = entry
        self.number = int(entry["number"])
        self.file = str(entry["file"])
        self.title = str(entry.get("title") or "")
        self.subject = str(entry.get("code") or "")
        self.signers = [
            Signer(str(s["role"]), str(s.get("caption") or ""), str(s.get("name") or ""), bool(s.get("seal")))
            for s in entry.get("signers") or ()
        ]

    @property
    def digitised(self) -> bool:
        """True for a scan of a paper."""
        return self.entry.get("origin") == DIGITISED

    @property
    def pdf(self) -> dict[str, Any] | None:
        """The entry of its PDF, or None."""
        found = self.entry.get("pdf")
        return found if isinstance(found, dict) else None

    @property
    def pdf_file(self) -> str:
        """The name of its PDF, or an empty text."""
        return str(self.pdf["file"]) if self.pdf else ""

    @property
    def unsigned_sha256(self) -> str:
        """The hash of the PDF before its first signature."""
        assert self.pdf is not None
        return str(self.pdf.get("unsigned_sha256") or self.pdf["sha256"])

    def signed_roles(self) -> list[str]:
        """The roles that have signed, as the manifest says."""
        return [str(s["role"]) for s in (self.pdf or {}).get("signatures") or ()]

    @property
    def by_hand(self) -> list[dict[str, Any]]:
        """The signatures with a pen that are recorded (`docgen.signing.by_hand`); nothing vouches for them."""
        return list(self.entry.get("by_hand") or ())

    def done_roles(self) -> list[str]:
        """The roles that have signed or are recorded as having signed by hand."""
        return [*self.signed_roles(), *(str(entry["role"]) for entry in self.by_hand)]

    def missing(self) -> list[Signer]:
        """Those who have not signed, as the manifest says, in order."""
        done = set(self.signed_roles())
        return [signer for signer in self.signers if signer.role not in done]

    def signer(self, role: str) -> Signer | None:
        """The signer of `role`, or None."""
        return next((s for s in self.signers if s.role == role), None)

    def waiting_before(self, role: str) -> list[str]:
        """The roles that come before `role` in this document and have not signed."""
        roles = [s.role for s in self.signers]
        done = set(self.done_roles())
        return [r for r in roles[: roles.index(role)] if r not in done] if role in roles else []


def inside(name: str) -> str:
    """`name` where it is a plain relative path; raises `InputError` for one that leads out of the packet."""
    path = PurePosixPath(name)
    # No file system takes a longer name; asking it would be a fault of the machine.
    too_long = len(name) > 1000 or any(len(part.encode("utf-8")) > 255 for part in path.parts)
    if too_long or not name or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise InputError("signing.error.manifest", problem=f"file: {name[:60]!r}")
    return name


#: What a manifest must look like where signing, opening and verifying read it: key -> (kind, must be there).
_Shape = Mapping[str, tuple[Any, bool]]
_PDF: _Shape = {
    "file": (str, True), "sha256": (str, True), "size": (int, False), "unsigned_sha256": (str, False),
    "unsigned_size": (int, False), "signatures": ([{"role": (str, True), "field": (str, False)}], False),
}  # fmt: skip
_SIGNER: _Shape = {
    "role": (str, True), "caption": (str, False), "name": (str, False), "seal": (bool, False), "status": (str, False),
}  # fmt: skip
_BY_HAND: _Shape = {
    "role": (str, True), "name": (str, False), "day": (str, False),
    "scan": ({"file": (str, True), "sha256": (str, True), "size": (int, False)}, False),
}  # fmt: skip
_DOCUMENT: _Shape = {
    "number": (int, True), "file": (str, True), "sha256": (str, True), "title": (str, False), "code": (str, False),
    "origin": (str, False),
    "form": (str, False), "regulation": (str, False), "definition": (str, False), "signers": ([_SIGNER], False),
    "pdf": (_PDF, False), "by_hand": ([_BY_HAND], False),
}  # fmt: skip
_MANIFEST: _Shape = {
    "format": (str, True), "draft": (bool, False),
    "regulation": ({"id": (str, False), "number": (str, False)}, False),
    "dossier": ({"file": (str, False), "sha256": (str, False)}, False),
    "archival": ({"subject": (str, False), "organ_name": (str, False)}, False),
    "originals": ({"clause": (str, False), "org_type": (str, False), "collective_kind": (str, False)}, False),
    "supersedes": ({"packet": (str, True), "reason": (str, False)}, False),
    "files": ([_DOCUMENT], True), "extras": ([{"file": (str, True), "sha256": (str, True)}], False),
}  # fmt: skip


def _misshapen(value: Any, wanted: Any, where: str) -> str:
    """Where in a manifest something is not of the kind that is read there; empty where all is well."""
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return where
        found = (_misshapen(item, wanted[0], f"{where}[{at}]") for at, item in enumerate(value))
        return next((place for place in found if place), "")
    if isinstance(wanted, Mapping):
        if not isinstance(value, dict):
            return where
        for key, (kind, needed) in wanted.items():
            place = f"{where}.{key}" if where else key
            if value.get(key) is None:  # what is not known is null
                if needed:
                    return place
            elif problem := _misshapen(value[key], kind, place):
                return problem
        return ""
    # For Python True is a number; for a manifest it is none.
    return "" if isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)) else where


class Manifest:
    """The manifest of the packet in `folder`, whose content has the shape `read_manifest` asks for.

    Raises `InputError` for a name that leads out of the packet and for two documents of one number.
    """

    def __init__(self, folder: Path, content: dict[str, Any]) -> None:
        self.folder = folder
        self.content = content
        self.documents = [Document(entry) for entry in content["files"]]
        for document in self.documents:
            inside(document.file)
            if document.pdf is not None:
                inside(document.pdf_file)
        for name, _ in self.hand_scans():
            inside(name)
        for extra in self.extras:
            inside(str(extra["file"]))
        if len({document.number for document in self.documents}) != len(self.documents):
            raise InputError("signing.error.manifest", problem="files[].number")

    @property
    def extras(self) -> list[dict[str, Any]]:
        """Files that are no forms: index, summary, print copy."""
        return list(self.content.get("extras") or ())

    @property
    def regulation(self) -> str:
        """The id of the regulation the packet was made by, or an empty text."""
        return str((self.content.get("regulation") or {}).get("id") or "")

    @property
    def asks_originals(self) -> bool:
        """True where the regulation says what an original is (QĐ 379 Điều 12); before it no paper is called one."""
        return isinstance(self.content.get("originals"), dict)

    def state(self, document: Document) -> State:
        """What `document` is by the signatures the manifest records."""
        done = len(document.signers) - len(document.missing())
        return state_of(0 if self.content.get("draft") else done, len(document.signers), self.asks_originals)

    def signatures(self) -> int:
        """How many signatures are recorded."""
        return sum(len(document.signed_roles()) for document in self.documents)

    def people(self) -> set[str]:
        """The names of all persons who sign anything in the packet."""
        return {s.name for d in self.documents for s in d.signers if s.name and not s.body}

    def bodies(self) -> set[str]:
        """The names of all bodies that seal anything in the packet."""
        return {s.name for d in self.documents for s in d.signers if s.name and s.body}

    def place(self, name: str) -> Path:
        """Where the packet's file `name` lies. Raises `InputError` where a link leads there: it may lead anywhere."""
        path = self.folder
        for part in PurePosixPath(name).parts:
            path = path / part
            if path.is_symlink():
                raise InputError("signing.error.link", file=name)
        return path

    @property
    def dossier_sha256(self) -> str:
        """The hash of the dossier the packet was made from."""
        return str((self.content.get("dossier") or {}).get("sha256") or "")

    def seal(self) -> str:
        """The SHA-256 of all that signing does not change."""
        files = []
        for document in self.documents:
            entry = {key: value for key, value in document.entry.items() if key not in ("pdf", "signers", "by_hand")}
            entry["signers"] = [
                {key: value for key, value in signer.items() if key != "status"}
                for signer in document.entry.get("signers") or ()
            ]
            if document.pdf is not None:
                entry["pdf"] = {key: value for key, value in document.pdf.items() if key not in _SIGNED_KEYS}
                entry["pdf"]["unsigned_sha256"] = document.unsigned_sha256
            files.append(entry)
        sealed = {**self.content, "files": files}
        canonical = json.dumps(sealed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(canonical.encode("utf-8"))

    def document(self, number: int) -> Document | None:
        """The document with that number, or None."""
        return next((d for d in self.documents if d.number == number), None)

    def hand_scans(self) -> Iterator[tuple[str, str]]:
        """The scans of papers signed by hand, with their hashes."""
        for document in self.documents:
            for entry in document.by_hand:
                if scan := entry.get("scan"):
                    yield str(scan["file"]), str(scan["sha256"])

    def file_names(self) -> Iterator[tuple[str, str]]:
        """Every file that signing does not change, with its hash."""
        for document in self.documents:
            yield document.file, str(document.entry["sha256"])
        for extra in self.extras:
            yield str(extra["file"]), str(extra["sha256"])

    def record(self, document: Document, signed: bytes, signature: dict[str, Any]) -> None:
        """Write down one more signature of `document`; `save` makes it last."""
        pdf = document.pdf
        assert pdf is not None
        pdf.setdefault("unsigned_sha256", pdf["sha256"])
        pdf["signatures"] = [*(pdf.get("signatures") or ()), signature]
        pdf["sha256"], pdf["size"] = sha256(signed), len(signed)
        for signer in document.entry["signers"]:
            if signer["role"] == signature["role"]:
                signer["status"] = "signed"

    def save(self) -> None:
        """Replace the file on disk, whole or not at all."""
        text = json.dumps(self.content, ensure_ascii=False, indent=2) + "\n"
        write_whole(self.folder / MANIFEST, text.encode("utf-8"), overwrite=True)


def find_packet(path: Path) -> Path:
    """The folder of the packet at `path`: a folder with a manifest, the manifest itself, or a folder with one packet
    somewhere below it.

    Raises `InputError` where there is none, or more than one.
    """
    if path.is_file() and path.name == MANIFEST:
        return path.parent
    if (path / MANIFEST).is_file():
        return path
    found = sorted(path.glob(f"*/{MANIFEST}")) or sorted(path.glob(f"**/{MANIFEST}")) if path.is_dir() else []
    if len(found) != 1:
        raise InputError("signing.error.no_packet", path=str(path), count=len(found))
    return found[0].parent


def load_manifest(folder: Path) -> Manifest:
    """The manifest in `folder`. Raises `InputError` for one that is missing, broken or of another format."""
    return Manifest(folder, read_manifest(folder))


def read_manifest(folder: Path) -> dict[str, Any]:
    """What stands in the manifest in `folder`; whoever reads one reads it here, so that its shape is looked at once.

    Raises `InputError` (naming the place) for one that is missing, broken or of another format.
    """
    path = folder / MANIFEST
    try:
        raw = read_bounded(path, _MAX_MANIFEST, MANIFEST)
    except OSError:
        raise InputError("signing.error.no_packet", path=str(folder), count=0) from None
    try:
        content = json.loads(raw.decode("utf-8"), object_pairs_hook=_no_twice)
        # Half a character (a lone surrogate) can be written as \\ud800, and never be hashed or shown.
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("signing.error.manifest", problem="UTF-8") from None
    except (ValueError, RecursionError) as fault:
        raise InputError("signing.error.manifest", problem=str(fault)[:120]) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError("signing.error.manifest", problem="format")
    if problem := _misshapen(content, _MANIFEST, ""):
        raise InputError("signing.error.manifest", problem=problem)
    return content


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once: two readers must not see two different values."""
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("duplicate key")
    return out
