"""The dossier in memory, made of plain data; `docgen.dossier.load` makes it of files.

Every value knows the place it came from, so that a finding says `Đảng viên!C7` or `/members/3/member/birth_date
(dòng 214)` and not "somewhere in the data".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol, cast

from docgen.dossier.canonical import Canonicaliser, member_id
from docgen.dossier.cleaning import one_line, storable
from docgen.dossier.picture_files import PictureFolder
from docgen.dossier.plain import plain_member
from docgen.dossier.shape import dossier_shape, sound
from docgen.errors import UsageError
from docgen.model import Finding, Place
from docgen.nearest import nearest
from docgen.paths import Json, JsonDict
from docgen.records import DossierData, Member
from docgen.regulations.loader import list_regulations, load_regulation


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
    data: DossierData
    file: str = ""
    sha256: str = ""
    places: Places = field(default_factory=PlainPlaces, compare=False)
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    folders: tuple[Path, ...] = field(default=(), compare=False)
    given: JsonDict = field(default_factory=dict, compare=False, repr=False)

    def place(self, pointer: str) -> Place:
        """Where the value at `pointer` stands in the file."""
        return self.places.find(pointer)

    @property
    def members(self) -> list[Member]:
        """The records of the members, in the file's order; what is not a record is left out."""
        found = self.data.get("members")
        return [m for m in found if isinstance(m, dict)] if isinstance(found, list) else []

    def names(self) -> dict[str, str]:
        """The name of each member by the id that findings carry (`#4` for the fourth where it has none)."""
        out: dict[str, str] = {}
        for index, member in enumerate(self.data.get("members") or ()):
            person = member.get("member") if isinstance(member, dict) else None
            name = person.get("full_name") if isinstance(person, dict) else None
            if isinstance(name, str):
                out.setdefault(member_id(member, index), name)
        return out

    def member(self, member_id: str) -> Member:
        """The record of the member `member_id`.

        Raises `UsageError` with the nearest known id for one that does not exist.
        """
        known = {str(m.get("id")): m for m in self.members}
        member_id = one_line(storable(member_id))
        if member_id not in known:
            raise UsageError("dossier.usage.unknown_member", member=member_id, near=nearest(member_id, known))
        return known[member_id]


def dossier_from_data(
    data: object,
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
    places to look for regulations, `base` the folder in which a folder that the dossier names is looked for, and its
    pictures; without it such names are refused, so that data from elsewhere never makes this machine read its files.
    Where the data is docgen's `own`, just read from JSON, the members who are canonical already are kept and not
    copied.
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
    walk = Canonicaliser(where.find, quiet, plain_member(shape) if own else None, PictureFolder(base))
    canonical = walk.run(data, shape)
    found += walk.findings
    kept = sound(canonical, shape)
    return Dossier(name, cast(DossierData, kept), file, sha256, where, tuple(found), looked_in, canonical), found


def unit_folder(given: Json, base: Path | None) -> tuple[tuple[Path, ...], str]:
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
