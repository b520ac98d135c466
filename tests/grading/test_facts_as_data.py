"""What a fact is read off, and what it is to the quota, is said in `facts.yaml`: a unit's own need no Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import DefinitionError
from docgen.grading import propose, rules_of
from docgen.grading.from_dossier import member_facts
from docgen.regulations.loader import load_regulation
from docgen.regulations.rule_facts import load_facts

FACTS = """hobby_stated:
  type: text
  subjects: dang_vien
  from: member.hobby
  vi: sở trường
  en: strength
gpa_scale_of_hobbyists:
  type: text
  subjects: dang_vien
  from: student.gpa_scale
  with: member.hobby
  vi: thang điểm
  en: scale
so_tot_tro_len:
  type: int
  subjects: cohort
  role: good_or_better
  vi: số từ tốt trở lên
  en: good or better
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "don-vi-2018"
    own.mkdir()
    (own / "regulation.yaml").write_text("regulation: don-vi-2018\nextends: kh55-2018\n", encoding="utf-8")
    (own / "fields.yaml").write_text('fields:\n  member.hobby: "text | Sở trường | Strength"\n', encoding="utf-8")
    (own / "facts.yaml").write_text(FACTS, encoding="utf-8")
    rules = "regulation: don-vi-2018\ndocument: Đơn vị\nextends: kh55-2018\nrules: []\n"
    (own / "rules.yaml").write_text(rules, encoding="utf-8")
    return tmp_path


def test_a_fact_is_read_off_its_place(folder: Path) -> None:
    regulation = load_regulation("don-vi-2018", [folder])
    data = {"ballots": {"official_members": 12}}
    member = {"member": {"full_name": "A", "hobby": "Cờ", "civil_servant": False}, "student": {"gpa_scale": "tin_chi"}}
    found = member_facts(regulation, data, member, {})
    assert found["hobby_stated"] == "Cờ"
    assert found["gpa_scale_of_hobbyists"] == "tin_chi"
    assert found["is_civil_servant"] is False
    assert found["official_members_total"] == 12
    assert "gpa_scale" not in found  # needs `student.system` as well
    del member["member"]["hobby"]  # type: ignore[attr-defined]
    assert {"hobby_stated", "gpa_scale_of_hobbyists"}.isdisjoint(member_facts(regulation, data, member, {}))


def test_what_is_stated_wins_over_what_is_read_off(folder: Path) -> None:
    regulation = load_regulation("don-vi-2018", [folder])
    member = {"member": {"hobby": "Cờ"}, "facts": {"hobby_stated": "Hát"}}
    assert member_facts(regulation, {}, member, {})["hobby_stated"] == "Hát"


def test_the_quota_asks_for_the_fact_that_plays_its_part(folder: Path) -> None:
    # KH 55: HTXSNV at most 20 % of HTTNV: of 12 good or better, 2 are 20 % of the 10 that are left.
    own, base = rules_of("don-vi-2018", [folder]), rules_of("kh55-2018")
    told = {"cohort_kind": "dang_vien", "so_tot_tro_len": 12}
    assert propose(own, "cohort", told).max_excellent == 2
    assert propose(base, "cohort", {"cohort_kind": "dang_vien", "n_good_or_better": 12}).max_excellent == 2


@pytest.mark.parametrize(
    ("old", "new", "line"), [("role: good_or_better", "role: tot", 17), ("  from: student.gpa_scale\n", "", 8)]
)
def test_a_part_that_there_is_not_is_refused(folder: Path, old: str, new: str, line: int) -> None:
    path = folder / "don-vi-2018" / "facts.yaml"
    path.write_text(FACTS.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_facts(path)
    assert caught.value.facts["line"] == line
