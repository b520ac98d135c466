"""Pictures of a packet's pages, kept by the hash of the file they were drawn from; too many: the oldest go."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from docgen.packet.manifest import sha256
from docgen.pdf.page_picture import page_png
from docgen.storage import write_whole
from docgen.web.settings import Settings

#: Widths in pixels: beside others, and to be read.
WIDTH = {"small": 300, "large": 1100}
#: So many pictures are kept.
_MOST = 2000


def picture(settings: Settings, pdf: Path, digest: str, page: int, width: int) -> bytes:
    """Page `page` (from 1) of the file as PNG; `digest` is the SHA-256 that the manifest gives the file.

    A file that is another one by now, for it was signed since, is drawn as it is. Raises as `page_png` does.
    """
    content = pdf.read_bytes()
    if sha256(content) != digest:
        digest = sha256(content)
    folder = settings.data / "pages"
    kept = folder / f"{digest}-{page}-{width}.png"
    with suppress(OSError):
        return kept.read_bytes()
    drawn = page_png(content, page, width)
    folder.mkdir(exist_ok=True)
    write_whole(kept, drawn, overwrite=True)
    _clear(folder)
    return drawn


def _clear(folder: Path) -> None:
    found = list(folder.glob("*.png"))
    if len(found) <= _MOST:
        return
    with suppress(OSError):
        for path in sorted(found, key=lambda one: one.stat().st_mtime)[: len(found) - _MOST]:
            path.unlink(missing_ok=True)
