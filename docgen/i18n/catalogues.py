"""Compiling the catalogues: `<room>.po` is written by people, `<room>.mo` is what runs.

`python -m docgen.i18n.catalogues` compiles all; `docgen build` does the same and `docgen build --check` compares.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, cast

from docgen.i18n import locale_folder

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

#: The header of every compiled catalogue: Babel's own carries the hour of compiling and Babel's version.
HEADER = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"


class _PlainCatalogue(list["Message"]):
    """Messages under a header that never changes; the part of a Babel catalogue that `write_mo` asks for."""

    charset = "utf-8"


def compiled_catalogues() -> dict[Path, bytes]:
    """What each `.mo` file must hold, from its `.po` file. The bytes depend on the `.po` file alone."""
    from babel.messages.catalog import Message
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    out: dict[Path, bytes] = {}
    for po in sorted(locale_folder().glob("*/LC_MESSAGES/*.po")):
        with po.open("rb") as source:
            read = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
        target = io.BytesIO()
        plain = _PlainCatalogue([Message("", HEADER), *(m for m in read if m.id)])
        write_mo(target, cast("Catalog", plain))
        out[po.with_suffix(".mo")] = target.getvalue()
    return out


def main() -> None:
    """Write every `.mo` file."""
    for path, content in compiled_catalogues().items():
        path.write_bytes(content)


if __name__ == "__main__":
    main()
