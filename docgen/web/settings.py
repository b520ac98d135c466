"""Where a server keeps its things and how much it takes at once."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from pathlib import Path

from docgen.errors import EnvironmentFault
from docgen.storage import environment_fault

#: Kinds of file systems that lie on another machine: SQLite's locks do not hold there.
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "ncpfs", "afs", "9p", "fuse.sshfs", "fuse.s3fs"})
#: What `GetDriveTypeW` says of such a drive.
_DRIVE_REMOTE = 4
_MOUNTS = Path("/proc/mounts")


@dataclass(frozen=True, slots=True)
class Settings:
    """One server: `data` is its folder, `database` the URL of its database (empty: SQLite in the folder).

    Sizes are in bytes, times in seconds. `folders` are further places of regulations, `templates` of an office's own
    Word templates.
    """

    data: Path
    database: str = ""
    folders: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    max_body: int = 64 * 1024 * 1024
    job_seconds: float = 3600.0
    #: A running job whose worker has not been heard of for so long is taken up again.
    job_silence: float = 30.0
    #: How often a job is begun before it is given up: what ends its worker each time would do so for ever.
    job_tries: int = 3
    #: Hosts of the office's own network that webhooks may be sent to.
    webhook_hosts: tuple[str, ...] = ()
    #: The watch folder and its way out; both or none.
    watch_in: Path | None = None
    watch_out: Path | None = None
    #: The file that says how people of the office sign in with the account they have there.
    sign_in: Path | None = None

    @property
    def url(self) -> str:
        """The database as SQLAlchemy takes it."""
        return self.database or f"sqlite:///{self.sqlite}"

    @property
    def sqlite(self) -> Path:
        """The file of the database where no other one is named."""
        return self.data / "docgen.sqlite3"

    @property
    def packets(self) -> Path:
        """The folder of the packets, a folder each."""
        return self.data / "packets"

    def prepare(self) -> None:
        """Make the folders. Raises `EnvironmentFault` where the folder lies on a network share or cannot be written."""
        kind = network_share(self.data)
        if kind and not self.database:
            raise EnvironmentFault("web.error.network_share", folder=str(self.data), kind=kind)
        try:
            self.packets.mkdir(parents=True, exist_ok=True)
            os.chmod(self.data, 0o700)  # personal data: nobody else on this machine reads it
        except OSError as fault:
            raise environment_fault(fault, self.data) from fault


def _mapped(anchor: str) -> bool:
    """True where Windows says that the drive lies on another machine (`Z:` for a share)."""
    windows = getattr(ctypes, "windll", None)
    return windows is not None and windows.kernel32.GetDriveTypeW(anchor) == _DRIVE_REMOTE


def network_share(folder: Path) -> str:
    """The kind of the network file system that `folder` lies on; empty for a disk of this machine."""
    place = str(folder.absolute())
    if place.startswith(("\\\\", "//")):
        return "UNC"
    if _mapped(folder.absolute().anchor):
        return "network drive"
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, found = "", ""
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, found = point, fields[2]
    return found if found in _REMOTE else ""
