"""The years a regulation is for: another year is one finding with the way out, and a new year has a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.errors import UsageError
from docgen.grading.loosening import loosened_regulation
from docgen.pipeline import check_loaded
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.new_year import new_year_files, write_new_year

#: The years each is for (the plans name their year; HD 16 until HD 25 of 2023; HD 19 is for 2024).
YEARS = {
    "hd16-2018": (2018, 2022), "kh55-2018": (2018, 2018), "kh40-2018": (2018, 2018), "khbvp-2021": (2021, 2021),
    "hd19-2024": (2024, 2024),
}  # fmt: skip


def about_year(name: str, year: int) -> list[tuple[str, str, str]]:
    data = sample_dossier(name)
    data["period"]["year"] = year
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    found = [f for f in check_loaded(dossier, findings).findings if f.severity == "error"]
    return [(f.code, f.text(), f.hint()) for f in found]


@pytest.mark.parametrize("name", YEARS)
def test_a_dossier_of_its_own_years_is_covered(name: str) -> None:
    first, last = YEARS[name]
    life = load_regulation(name).life
    assert (life.first, life.last) == (first, last)
    assert life.covers(first)
    assert life.covers(last)
    assert not life.covers(first - 1)
    assert not life.covers(last + 1)
    assert about_year(name, int(name.rpartition("-")[2])) == []


@pytest.mark.parametrize("name", YEARS)
def test_this_year_is_one_finding_that_names_what_is_in_force(name: str) -> None:
    ((code, text, hint),) = about_year(name, 2026)
    assert code == "validation.period.replaced"
    assert "HD 43-HD/BTCTW ngày 31/10/2025" in text
    assert "HD 43-HD/BTCTW" in hint


def test_the_next_year_of_a_plan_is_one_finding_with_the_command() -> None:
    ((code, text, hint),) = about_year("kh55-2018", 2019)
    assert code == "validation.period.other_year"
    assert "55-KH/ĐU áp dụng cho năm 2018, không phải năm 2019" in text
    assert "docgen regulations --new-year kh55-2018 2019" in hint


def test_a_year_before_is_one_finding() -> None:
    ((code, _, _),) = about_year("hd19-2024", 2023)
    assert code == "validation.period.earlier_year"
    ((code, _, _),) = about_year("hd16-2018", 2017)
    assert code == "validation.period.before_regulation"


@pytest.mark.parametrize(("name", "year"), [("kh55-2018", 2019), ("kh40-2018", 2022), ("khbvp-2021", 2022)])
def test_a_new_year_loads_and_its_sample_is_sound(name: str, year: int, tmp_path: Path) -> None:
    written = write_new_year(load_regulation(name), year, tmp_path)
    made = written[0].parent.name
    assert made in list_regulations([tmp_path])
    regulation = load_regulation(made, [tmp_path])
    assert (regulation.life.first, regulation.life.last, regulation.extends) == (year, year, name)
    # What moved by whole years is not laxer; a rule with a day of its own is shown to people.
    assert [f.code for f in loosened_regulation(regulation)] == ["regulation.loosened.weaker"] * (name == "kh55-2018")
    dossier, findings = dossier_from_data(sample_dossier(made, folders=(tmp_path,)), folders=[tmp_path])
    assert dossier is not None
    assert [f.code for f in check_loaded(dossier, findings).findings if f.severity == "error"] == []
    with pytest.raises(UsageError):
        write_new_year(load_regulation(name), year, tmp_path)


def test_every_day_of_the_plan_moves() -> None:
    files = new_year_files(load_regulation("kh55-2018"), 2020)
    assert "2018-" not in files["regulation.yaml"]
    assert '"2020-12-25"' in files["regulation.yaml"]
    assert '"2021-01-10"' in files["regulation.yaml"]
    assert "value: 2020-05-31" in files["rules.yaml"]


@pytest.mark.parametrize(("name", "year"), [("kh55-2018", 2023), ("kh55-2018", 2026), ("hd19-2024", 2025)])
def test_a_year_after_the_central_rules_is_refused_by_name(name: str, year: int) -> None:
    with pytest.raises(UsageError) as refused:
        new_year_files(load_regulation(name), year)
    assert refused.value.code == "regulation.new_year.replaced"
    assert "HD 43-HD/BTCTW" in str(refused.value.facts["replaced"])


@pytest.mark.parametrize(("name", "year"), [("kh55-2018", 2018), ("kh55-2018", 2017), ("hd16-2018", 2020)])
def test_a_year_that_needs_no_folder_is_refused(name: str, year: int) -> None:
    with pytest.raises(UsageError) as refused:
        new_year_files(load_regulation(name), year)
    assert refused.value.code == "regulation.new_year.covered"
