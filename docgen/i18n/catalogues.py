"""Compiling the catalogues: `<room>.po` is written by people, `<room>.mo` is what runs.

`python -m docgen.i18n.catalogues` compiles all; `docgen build` does the same and `docgen build --check` compares.
"""

from __future__ import annotations

import io
from pathlib import Path

from docgen.i18n import locale_folder


def compiled_catalogues() -> dict[Path, bytes]:
    """What each `.mo` file must hold, from its `.po` file. The bytes depend on the `.po` file alone."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    out: dict[Path, bytes] = {}
    for po in sorted(locale_folder().glob("*/LC_MESSAGES/*.po")):
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
        target = io.BytesIO()
        write_mo(target, catalogue)
        out[po.with_suffix(".mo")] = target.getvalue()
    return out


def main() -> None:
    """Write every `.mo` file."""
    for path, content in compiled_catalogues().items():
        path.write_bytes(content)


if __name__ == "__main__":
    main()
