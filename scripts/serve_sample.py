"""Put the sample dossier into a server's folder, once: `python scripts/serve_sample.py FOLDER`."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

from docgen.dossier.sample import sample_dossier
from docgen.regulations.in_force import regulation_in_force, usual_regulation
from docgen.web import access, dossier_store
from docgen.web.database import Database
from docgen.web.settings import Settings

UNIT, NAME = "chi-bo-mau", "Chi bộ mẫu"


def main(folder: Path) -> None:
    """Enter the unit and the dossier where the folder has none."""
    settings = Settings(folder.absolute())
    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    with database.write() as db:
        if not dossier_store.listed(db):
            today = datetime.date.today()
            current = regulation_in_force(today)
            data = sample_dossier(current.id if current else usual_regulation(), year=today.year if current else None)
            access.enter_unit(db, UNIT, NAME, "")
            dossier_store.create(db, data, UNIT, "docgen")
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
