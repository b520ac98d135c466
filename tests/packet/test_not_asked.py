"""A part of a form that somebody is not asked is neither printed nor signed (Mẫu 02: the part for civil servants)."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, cast

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError
from docgen.forms.alternatives import answers
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler, blank_form
from docgen.forms.readback import read_form
from docgen.packet.plan import Document, plan_documents
from docgen.pipeline import check_loaded
from docgen.records import DossierData
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import paragraphs

HEADING, CAPACITY = "Đánh giá, xếp loại chất lượng công chức, viên chức", "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ"
NAMES = ("hd16-2018", "kh40-2018", "kh55-2018")


def own(data: dict[str, Any], name: str, member: str) -> Document:
    planned = plan_documents(load_regulation(name), cast(DossierData, data))
    return next(d for d in planned if d.record.member == member and d.definition.form == "mau-02")


def page(data: dict[str, Any], name: str, member: str) -> list[str]:
    definition = load_form(load_regulation(name), "mau-02")
    record = form_data(definition, data, Record(member))
    return paragraphs(Filler(definition).fill(record, known=answers(definition.law, data, record)))


@pytest.mark.parametrize("name", NAMES)
def test_a_student_has_no_part_for_civil_servants(name: str) -> None:
    """Said to be none: not printed, nobody signs there. Said to be one, or nothing said: as on the blank form."""
    data = copy.deepcopy(sample_dossier(name))
    student = next(m for m in data["members"] if m["member"]["civil_servant"] is False)
    roles = {one.role for one in own(data, name, student["id"]).signers}
    assert roles == {"author", "cell", "committee"}
    texts = page(data, name, student["id"])
    assert HEADING not in texts
    assert CAPACITY not in texts
    for said in (True, None):
        student["member"]["civil_servant"] = said
        if said is None:
            del student["member"]["civil_servant"]
        assert "manager" in {one.role for one in own(data, name, student["id"]).signers}
        texts = page(data, name, student["id"])
        assert texts.count(HEADING) == texts.count(CAPACITY) == 1
    assert HEADING in paragraphs(blank_form(load_form(load_regulation(name), "mau-02")))


def test_the_paper_comes_back_without_a_word_of_it() -> None:
    data = copy.deepcopy(sample_dossier("hd16-2018"))
    student = next(m for m in data["members"] if m["member"]["civil_servant"] is False)
    definition = load_form(load_regulation("hd16-2018"), "mau-02")
    given = form_data(definition, data, Record(student["id"]))
    read = read_form(Filler(definition).fill(given))
    assert [f.code for f in read.findings] == []
    assert read.data["member"]["civil_servant"] is False


def test_an_assessment_that_is_not_printed_is_told() -> None:
    data = copy.deepcopy(sample_dossier("kh55-2018"))
    index, student = next((n, m) for n, m in enumerate(data["members"]) if m["member"]["civil_servant"] is False)
    student["civil"] = {"grade": "HTTNV"}
    dossier, _ = dossier_from_data(data)
    told = [f for f in check_loaded(dossier, []).findings if f.code == "validation.grade.not_civil"]
    assert [f.place.pointer for f in told] == [f"/members/{index}/civil/grade"]


def test_a_signer_is_named_as_the_paper_prints_it() -> None:
    """ "T/M chi ủy (chi bộ)" stood in the plan of who signs what, while the paper said T/M CHI ỦY."""
    data = copy.deepcopy(sample_dossier("kh55-2018"))
    captions = {one.role: one.caption for one in own(data, "kh55-2018", "dv-01").signers}
    assert captions["cell"] == "T/M CHI ỦY"
    assert set(captions.values()) <= set(page(data, "kh55-2018", "dv-01"))
    first = plan_documents(load_regulation("kh55-2018"), cast(DossierData, data))[0]
    assert {one.role: one.caption for one in first.signers}["superior"] == "T/M BAN THƯỜNG VỤ"


@pytest.mark.parametrize("when", ["member.civil_servant!=khong", "member.full_name!=A", "member.civil!=false"])
def test_what_hides_a_block_is_a_code_of_a_list(when: str, tmp_path: Path) -> None:
    (tmp_path / "rieng-2018" / "forms").mkdir(parents=True)
    (tmp_path / "rieng-2018" / "regulation.yaml").write_text(
        "regulation: rieng-2018\nextends: hd16-2018\n", encoding="utf-8"
    )
    (tmp_path / "rieng-2018" / "forms" / "mau-02.yaml").write_text(
        f'form: mau-02\nextends: mau-02\nbody:\n  - line: "A"\n    when: {when}\n', encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match=r"unknown_(value|binding)"):
        load_form(load_regulation("rieng-2018", [tmp_path]), "mau-02")
