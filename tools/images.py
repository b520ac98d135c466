"""The pictures of the README: pages of the sample dossier of the regulation in force, filled, converted, drawn.

python tools/images.py          write docs/images; needs pdftoppm (poppler-utils)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
REGULATION, YEAR = "hd43-2025", 2026
#: Form, member, assessor, page; each becomes `<form>.png`.
PAGES = (("mau-02a", "dv-01", "", 1), ("phu-luc-diem", "dv-04", "tu_danh_gia", 1))
DPI = "64"


def main() -> None:
    """Fill each form, make its PDF as `docgen pdf` does, draw the page in grey."""
    from docgen.dossier.sample import sample_dossier
    from docgen.forms.data import Record, form_data
    from docgen.forms.definition import load_form
    from docgen.forms.fill import Filler
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(REGULATION)
    data = sample_dossier(REGULATION, year=YEAR)
    with tempfile.TemporaryDirectory() as place:
        for form, member, assessor, page in PAGES:
            definition = load_form(regulation, form)
            path = Path(place) / f"{form}.docx"
            path.write_bytes(Filler(definition).fill(form_data(definition, data, Record(member, assessor))))
            made = path.with_suffix(".pdf")
            subprocess.run([sys.executable, "-m", "docgen", "pdf", str(path), "-o", str(made)], check=True)
            target = IMAGES / form
            subprocess.run(
                ["pdftoppm", "-gray", "-png", "-r", DPI, "-f", str(page), "-l", str(page), "-singlefile",
                 str(made), str(target)],
                check=True,
            )  # fmt: skip
            print(target.with_suffix(".png").relative_to(ROOT))


if __name__ == "__main__":
    main()
