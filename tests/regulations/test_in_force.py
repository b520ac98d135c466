"""Which regulation is meant where none is named: the one in force on the day, a unit's own first."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from docgen.dossier.scaffold import write_sample
from docgen.packet.manifest import MANIFEST
from docgen.pipeline import make_packet
from docgen.regulations.in_force import regulation_in_force
from docgen.regulations.loader import load_regulation
from docgen.regulations.new_year import write_new_year

NEXT = datetime.date(2026, 12, 1)
LIFE = 'life:\n  first_year: "2026"\n  last_year: "2026"\n'


def unit(folder: Path, life: str) -> Path:
    (folder / "kh99-2026").mkdir(parents=True)
    head = 'regulation: kh99-2026\nextends: kh55-2018\nshort: KH\nnumber: "1-KH"\ntitle: "Kế hoạch"\n'
    (folder / "kh99-2026" / "regulation.yaml").write_text(head + life, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2017, ""), (2018, "kh55-2018"), (2020, "hd16-2018"), (2021, "khbvp-2021"), (2023, ""), (2024, "hd19-2024")],
)
def test_the_latest_that_covers_the_year(year: int, expected: str) -> None:
    found = regulation_in_force(datetime.date(year, 12, 1))
    assert (found.id if found else "") == expected


def test_a_units_own_comes_first_and_only_for_its_year(tmp_path: Path) -> None:
    folder = unit(tmp_path, LIFE + '  rules_last_year: "2030"\n')
    found = regulation_in_force(NEXT, [folder])
    assert found is not None
    assert found.id == "kh99-2026"
    later = regulation_in_force(NEXT.replace(year=2027), [folder])
    assert later is None or later.id != "kh99-2026"


def test_one_whose_central_rules_are_over_is_not_in_force(tmp_path: Path) -> None:
    found = regulation_in_force(NEXT, [unit(tmp_path, LIFE)])
    assert found is None or found.id != "kh99-2026"


def test_a_whole_packet_from_the_folder_of_a_new_year(tmp_path: Path) -> None:
    folder = tmp_path / "vb"
    write_new_year(load_regulation("kh55-2018"), 2019, folder)
    regulation = load_regulation("kh55-2019", [folder])
    in_force = regulation_in_force(datetime.date(2019, 12, 1), [folder])
    assert in_force is not None
    assert in_force.id == "kh55-2019"
    (dossier,) = write_sample(tmp_path / "hs", regulation, members=2)
    packet, checked = make_packet(dossier, tmp_path / "bo", folders=[folder])
    assert [f.code for f in checked.findings if f.severity == "error"] == []
    assert packet is not None
    manifest = json.loads((tmp_path / "bo" / MANIFEST).read_text(encoding="utf-8"))
    assert "kh55-2019" in json.dumps(manifest)
    forms = {entry["form"] for entry in manifest["files"]}
    assert forms >= {"mau-01", "mau-02", "mau-05", "mau-06", "phu-luc"}
    assert all((tmp_path / "bo" / entry["file"]).is_file() for entry in manifest["files"])
