"""The table of subjects: one place for where each stands, and who is asked."""

import re
from pathlib import Path

import pytest

from docgen.regulations import loader
from docgen.regulations.subjects import BODIES, MEMBER, SUBJECTS, is_member

PACKAGE = Path(loader.__file__).parent.parent
#: A comparison with a subject's code: the table answers instead.
COMPARED = re.compile(r'(?:[!=]= ?|not in \(|in \()"(?:dang_vien|to_chuc_dang|tap_the)"')


def test_each_subject_stands_at_one_place() -> None:
    # KH 55 II.B: members, the leading collective, the party body; a dossier has one of each body and many members.
    assert SUBJECTS["dang_vien"].record(3) == ("members", 3)
    assert SUBJECTS["to_chuc_dang"].record() == ("party_organization",)
    assert SUBJECTS["tap_the"].record() == ("collective",)
    assert {place: subject.code for place, subject in BODIES.items()} == {
        "collective": "tap_the", "party_organization": "to_chuc_dang",
    }  # fmt: skip


def test_only_members_are_many() -> None:
    assert MEMBER.code == "dang_vien"
    assert is_member("dang_vien")
    assert not any(map(is_member, ("to_chuc_dang", "tap_the", "cohort", "")))


def test_a_proposal_rests_on_the_body_before_the_member_himself() -> None:
    assert SUBJECTS["dang_vien"].levels_from == ("chi_uy", "tu_danh_gia")
    assert SUBJECTS["tap_the"].levels_from == ("tu_danh_gia",)


@pytest.mark.parametrize("line", ['if row.subject == "dang_vien":', 'x != "tap_the"', 'in ("dang_vien", "tap_the")'])
def test_a_comparison_with_a_code_is_noticed(line: str) -> None:
    assert COMPARED.search(line)


def test_nobody_compares_with_the_code_of_a_subject() -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if COMPARED.search(line)
    ]
    assert found == []
