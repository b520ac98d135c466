"""Pictures that data names by the path of a file: taken from the folder of the data's own file, and from nowhere else.

A dossier and its pictures travel together. A path that leads elsewhere (absolute, an address, `..`, a link) is refused,
so that data from outside never makes this machine read its files.
"""

from __future__ import annotations

import stat
from pathlib import Path, PurePosixPath, PureWindowsPath

from docgen.errors import InputError
from docgen.values.picture import MAX_BYTES, decoded, encoded, is_path, look

#: The pictures of one dossier or record together: its data are kept whole in memory.
MAX_TOTAL = 128_000_000


class PictureFolder:
    """The pictures of one dossier or record: those it holds, and those it names in `folder` (None: none may be named).

    `left` is how many bytes of pictures it may still have.
    """

    def __init__(self, folder: Path | None = None, left: int = MAX_TOTAL) -> None:
        self.folder = folder
        self.left = left

    def taken(self, value: str) -> str:
        """The picture that `value` holds or names, as plain base64.

        Raises `InputError` `dossier.picture.…` for what is no path within the folder, and as `look` does.
        """
        picture = look(self.read(value) if is_path(value) else decoded(value))
        self.left -= len(picture.content)
        if self.left < 0:
            raise InputError("dossier.picture.total", limit=MAX_TOTAL // 1_000_000)
        return encoded(picture.content)

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`, one more than is allowed where it is larger. Raises `InputError`."""
        given = name.strip()
        path = self._within(given)
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe or a device may never end
                raise InputError("dossier.picture.missing", given=given[:80])
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except (OSError, ValueError):
            raise InputError("dossier.picture.missing", given=given[:80]) from None

    def _within(self, given: str) -> Path:
        """The file that `given` names. Raises `InputError` where it is outside the folder, or there is no folder."""
        name = given.replace("\\", "/")
        steps = PurePosixPath(name).parts
        windows = PureWindowsPath(name)
        if windows.drive or windows.root or ":" in name or ".." in steps or not steps:
            raise InputError("dossier.picture.outside", given=given[:80])
        if self.folder is None:
            raise InputError("dossier.picture.no_file", given=given[:80])
        path = self.folder
        try:
            for step in steps:
                path = path / step
                if path.is_symlink():
                    raise InputError("dossier.picture.outside", given=given[:80])
            if not path.resolve().is_relative_to(self.folder.resolve()):  # a junction of Windows is no symbolic link
                raise InputError("dossier.picture.outside", given=given[:80])
        except (OSError, ValueError):  # a name no file system takes
            raise InputError("dossier.picture.missing", given=given[:80]) from None
        return path
