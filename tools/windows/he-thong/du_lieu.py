"""Where docgen keeps the dossiers of whoever is signed in to Windows, and the backups of them."""

from __future__ import annotations

from pathlib import Path

#: What lies in a folder of data and in no other one.
DATABASE = "docgen.sqlite3"
#: The folder of data; as it was called by docgen's first folder for Windows; that of the backups. All in the profile.
DATA, EARLIER, BACKUPS = "docgen-du-lieu", "docgen", "docgen-sao-luu"


def data_folder(home: Path) -> Path:
    """The folder of data: the earlier one for as long as only that one has any."""
    new, earlier = home / DATA, home / EARLIER
    return earlier if (earlier / DATABASE).exists() and not (new / DATABASE).exists() else new
