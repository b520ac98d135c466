"""Each member gets the form that the regulation has him fill, and no other one comes back into the dossier."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_run import Run

#: The sample of HD 43: leaders, others, those outside the Party's own offices; dv-12 was admitted three months ago.
FORMS = {
    "mau-02a": [1, 2, 3],
    "mau-02b": [4, 5, 6, 7, 8, 9, 10, 11, 13],
    "mau-02c": [14, 15, 16],
}


@pytest.fixture
def sample(run: Run, tmp_path: Path) -> Path:
    assert run("init", tmp_path / "ho-so", "--sample", "--regulation", "hd43-2025").code == 0
    return tmp_path / "ho-so" / "ho-so.json"


@pytest.mark.parametrize("form", FORMS)
def test_only_those_whose_form_it_is_get_it(run: Run, sample: Path, tmp_path: Path, form: str) -> None:
    ran = run("blank", form, "--dossier", sample, "--all-members", "-o", tmp_path / "phat")
    assert ran.code == 0, ran.err
    assert {p.name for p in (tmp_path / "phat").iterdir()} == {f"{form}-dv-{n:02d}.docx" for n in FORMS[form]}
    for other, members in FORMS.items():
        named = ", ".join(f"dv-{n:02d}" for n in members)
        assert (f"Không phát: {named}; mẫu của những người này là {other}." in ran.err) == (other != form)
    assert "Không phát: dv-12 (không thuộc diện kiểm điểm" in ran.err


def test_all_forms_are_each_members_own(run: Run, sample: Path, tmp_path: Path) -> None:
    assert run("blank", "--all", "--dossier", sample, "--all-members", "-o", tmp_path / "phat").code == 0
    made = {p.name for p in (tmp_path / "phat").glob("mau-02*")}
    assert made == {f"{form}-dv-{n:02d}.docx" for form, members in FORMS.items() for n in members}


def test_a_named_member_is_refused_the_form_of_others(run: Run, sample: Path, tmp_path: Path) -> None:
    ran = run("blank", "mau-02b", "--dossier", sample, "--member", "dv-01", "-o", tmp_path / "phat")
    assert ran.code == 2
    assert "Phát mau-02a." in ran.err
    assert not (tmp_path / "phat").exists()


def test_the_form_of_others_is_not_read_into_the_dossier(run: Run, sample: Path, tmp_path: Path) -> None:
    before = sample.read_bytes()
    data = json.loads(before)
    data["members"][0]["member"]["kind"] = "khong_lanh_dao"
    (other := tmp_path / "khac.json").write_text(json.dumps(data), encoding="utf-8")
    assert run("blank", "mau-02b", "--dossier", other, "--member", "dv-01", "-o", tmp_path / "phat").code == 0
    ran = run("read", tmp_path / "phat" / "mau-02b-dv-01.docx", "--into", sample, "--yes")
    assert ran.code == 1
    assert ran.err.count("[read.") == 1
    assert "[read.merge.wrong_form]" in ran.err
    assert "Phát lại mau-02a." in ran.err
    assert sample.read_bytes() == before
