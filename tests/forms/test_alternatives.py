"""Two official wordings in one: a blank form has both, a paper made from a dossier the one that is true of its body."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any, cast

import pytest
from word_edits import Edit

from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError, InputError
from docgen.forms.alternatives import QUESTIONS, answers
from docgen.forms.build import template_bytes
from docgen.forms.data import form_data
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler, blank_form
from docgen.forms.parts import Either, answer_of
from docgen.forms.readback import read_form
from docgen.forms.wording import Wording
from docgen.packet.plan import plan_documents
from docgen.paths import get
from docgen.records import DossierData
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.strict_yaml import Mapping
from docgen.word.after.written import paragraphs

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).every_form]
#: Every form that has such wording, with the others kept out: the walk below must not be empty.
WITH = [(name, form) for name, form in FORMS if load_form(load_regulation(name), form).eithers]
#: A capacity to sign in, or the place of a collective, that still names two kinds of body.
_BOTH = re.compile(r"T/M [^()]*\([^)]*\)|tại địa phương \(")
#: HD 16 and HD 43 leave it to the place who decides on a chi bộ within a đảng bộ: the samples of these two.
_LEFT = {name: {"T/M BAN THƯỜNG VỤ (ĐẢNG ỦY)"} for name in ("hd16-2018", "hd43-2025")}
HD16 = load_regulation("hd16-2018")


def form_of(name: str, form: str) -> FormDefinition:
    return load_form(load_regulation(name), form)


def every_answer(definition: FormDefinition, second: bool) -> dict[str, str]:
    return {one.question: answer_of(one.second if second else one.first) for one in definition.eithers}


def test_every_form_that_names_two_bodies_says_what_decides() -> None:
    """No `T/M ĐẢNG ỦY (CHI ỦY)` is left as plain wording."""
    assert len(WITH) > 20
    for name, form in FORMS:
        definition = form_of(name, form)
        asked = {one.text.strip() for one in definition.eithers}
        for words in definition.fixed_texts():
            if _BOTH.search(words):
                assert any(text in words for text in asked), f"{name}/{form}: {words}"


@pytest.mark.parametrize(("name", "form"), WITH)
def test_a_blank_form_has_both(name: str, form: str) -> None:
    definition = form_of(name, form)
    page = "\n".join(paragraphs(blank_form(definition)))
    assert [one.text for one in definition.eithers if one.text.strip() not in page] == []


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize(("name", "form"), WITH)
def test_the_one_that_is_true_is_printed_and_read(name: str, form: str, second: bool) -> None:
    definition = form_of(name, form)
    record = sample_record(definition)
    docx = Filler(definition).fill(record, known=every_answer(definition, second))
    page = "\n".join(paragraphs(docx))
    for one in definition.eithers:
        assert one.text.strip() not in page
        assert one.alone()[second] in page
    result = read_form(docx)
    assert result.data == record
    assert [f.code for f in result.findings if f.code.startswith("read.")] == []


@pytest.mark.parametrize(("name", "form"), WITH)
def test_both_wordings_are_read(name: str, form: str) -> None:
    """Copies handed out before have both, and carry the same definition."""
    definition = form_of(name, form)
    record = sample_record(definition)
    result = read_form(Filler(definition).fill(record))
    assert result.data == record
    assert [f.code for f in result.findings if f.code.startswith("read.")] == []


def test_another_body_than_either_is_a_change() -> None:
    definition = form_of("hd16-2018", "mau-02")
    docx = Filler(definition).fill(sample_record(definition), known={"base": "chi ủy", "cell": "chi ủy"})
    edit = Edit(docx)
    for run in edit.root.iter("{*}t"):
        if run.text and run.text.startswith("T/M "):
            run.text = "T/M CÔNG ĐOÀN"
    codes = [f.code for f in read_form(edit.save()).findings]
    assert codes.count("read.sign.missing") == 2


def test_a_value_beside_such_wording_is_found_without_its_control() -> None:
    definition = form_of("hd16-2018", "mau-01")
    record = sample_record(definition)
    edit = Edit(Filler(definition).fill(record, known={"place": "cơ quan, đơn vị"}))
    edit.remove_control("collective.name")
    result = read_form(edit.save())
    assert get(result.data, ("collective", "name")) == get(record, ("collective", "name"))


def dossier(name: str, org_type: str = "", kind: str = "", collective: str = "") -> dict[str, Any]:
    data = copy.deepcopy(sample_dossier(name))
    data["organization"]["kind"] = kind
    data["party_organization"].setdefault("facts", {})["org_type"] = org_type
    data["collective"]["kind"] = collective
    return data


@pytest.mark.parametrize(
    ("org_type", "kind", "collective", "expected"),
    [
        ("chi_bo", "chi_bo", "cap_uy", "base chi ủy, own chi ủy, body chi bộ, cell chi ủy, collective cấp ủy"),
        ("chi_bo_truc_thuoc", "chi_bo", "cap_uy",
         "base đảng ủy, own chi ủy, body chi bộ, cell chi ủy, collective cấp ủy"),
        # "Chi bộ" alone does not say whether it is at the base.
        ("", "chi_bo", "", "own chi ủy, body chi bộ, cell chi ủy"),
        ("dang_bo", "dang_bo", "chinh_quyen",
         "base đảng ủy, own đảng ủy, collective lãnh đạo quản lý, place địa phương"),
        ("dang_bo", "dang_bo", "co_quan",
         "base đảng ủy, own đảng ủy, collective lãnh đạo quản lý, place cơ quan đơn vị"),
        ("", "", "doan_the", ""),
    ],
)  # fmt: skip
def test_what_the_dossier_says(org_type: str, kind: str, collective: str, expected: str) -> None:
    said = answers(load_regulation("hd19-2024"), dossier("hd19-2024", org_type, kind, collective), {})
    assert {f"{question} {answer.replace(',', '')}" for question, answer in said.items()} == {
        one for one in expected.split(", ") if one
    }


def test_a_cell_signs_itself_where_it_has_no_committee() -> None:
    """Where nobody is named, the count of full members says whether there is one: nine elect it (Điều lệ Đ.24 k.2)."""
    data = dossier("hd16-2018", "chi_bo", "chi_bo", "cap_uy")
    data["collective"]["name"] = "Chi bộ Phòng Đào tạo"
    for member in data["members"]:
        member["member"]["position"]["party"] = "Đảng viên"
    found = {}
    for full in (None, 0, 3, 8, 9, 40):
        data["ballots"]["official_members"] = full
        found[full] = answers(HD16, data, {}).get("cell")
    assert found == {None: None, 0: None, 3: "chi bộ", 8: "chi bộ", 9: "chi ủy", 40: "chi ủy"}
    data["ballots"]["official_members"] = 8
    data["members"][0]["member"]["position"]["party"] = "Phó Bí thư, Chi uỷ viên"
    assert answers(HD16, data, {})["cell"] == "chi ủy"


@pytest.mark.parametrize(
    ("name", "org_type", "collective", "expected"),
    [
        ("hd16-2018", "dang_bo", "cap_uy", "ban thường vụ"),  # II.B.1.4.b: of the huyện
        ("hd16-2018", "chi_bo", "cap_uy", "ban thường vụ"),
        ("hd16-2018", "chi_bo_truc_thuoc", "cap_uy", None),
        ("hd16-2018", "", "cap_uy", None),  # "chi bộ" alone: at the base or within a đảng bộ
        ("kh55-2018", "", "cap_uy", "ban thường vụ"),  # II.B.1.4.2: of either
        ("kh55-2018", "chi_bo_truc_thuoc", "cap_uy", "ban thường vụ"),
        ("kh55-2018", "chi_bo_truc_thuoc", "co_quan", None),
        ("kh40-2018", "", "cap_uy", "đảng ủy"),  # II.B.1.4.b
        ("kh40-2018", "dang_bo", "cap_uy", "ban thường vụ"),  # II.B.3.4.a: of the thị ủy
        ("kh40-2018", "dang_bo", "doan_the", "đảng ủy"),  # II.B.3.4.c
        ("kh40-2018", "dang_bo", "chinh_quyen", "ban thường vụ"),
        ("hd43-2025", "chi_bo", "cap_uy", "ban thường vụ"),
        ("hd43-2025", "chi_bo_truc_thuoc", "cap_uy", None),
    ],
)
def test_who_decides_above(name: str, org_type: str, collective: str, expected: str | None) -> None:
    kind = "dang_bo" if org_type.startswith("dang_bo") else "chi_bo"
    data = dossier(name, org_type, kind, collective)
    assert answers(load_regulation(name), data, {}).get("superior") == expected


@pytest.mark.parametrize("line", ["committee: đảng bộ", "committee: đảng ủy\n    when:\n      org_type: [xa]"])
def test_who_decides_above_is_one_of_two(line: str, tmp_path: Path) -> None:
    (tmp_path / "rieng-2018").mkdir()
    (tmp_path / "rieng-2018" / "regulation.yaml").write_text(
        f"regulation: rieng-2018\nextends: hd16-2018\nsuperior:\n  - {line}\n    clause: X\n", encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="unknown_value"):
        load_regulation("rieng-2018", [tmp_path])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Chi uỷ Khu vực 1", "chi ủy"),
        ("Chi bộ thôn Đông", "chi ủy"),
        ("Đảng ủy phường", "đảng ủy"),
        ("Khu vực 1", None),
    ],
)
def test_who_signs_where_a_member_lives(body: str, expected: str | None) -> None:
    assert answers(HD16, {}, {"residence": {"body": body}}).get("residence") == expected


def test_who_assesses_himself_signs_as_himself() -> None:
    data = dossier("hd19-2024", "dang_bo", "dang_bo")
    assert answers(HD16, data, {"id": "tu_danh_gia"})["assessor"] == "đảng ủy"
    assert "assessor" not in answers(HD16, data, {"id": "cac_ban"})


@pytest.mark.parametrize("name", sorted({name for name, _ in WITH}))
def test_no_paper_of_a_packet_leaves_it_open(name: str) -> None:
    """The samples say what they are: on none of their papers anybody has to strike out a word."""
    data = cast(DossierData, sample_dossier(name))
    for document in plan_documents(load_regulation(name), data):
        if not document.definition.eithers:
            continue
        record = form_data(document.definition, data, document.record)
        docx = Filler(document.definition).fill(record, known=answers(document.definition.law, data, record))
        left = {text for text in paragraphs(docx) if text.startswith("T/M") and _BOTH.search(text)} - _LEFT.get(
            name, set()
        )
        if document.record.assessor not in ("", "tu_danh_gia"):
            left -= {"T/M ĐẢNG ỦY (CHI ỦY)"}
        assert not left, f"{document.stem}: {left}"


@pytest.mark.parametrize(
    "line",
    [
        "T/M {?nobody: CHI ỦY | CHI BỘ}",
        "T/M {?cell: CHI ỦY | ĐẢNG ỦY}",
        "T/M {?cell: CHI ỦY}",
        "{?cell: CHI ỦY|CHI BỘ}",
    ],
)
def test_a_question_that_leads_nowhere_is_refused(line: str) -> None:
    with pytest.raises(DefinitionError):
        Wording(load_regulation("hd16-2018"), Mapping()).parts(line, Mapping(), None)


def test_what_stands_around_belongs_to_it() -> None:
    line = "tại {?place: địa phương | cơ quan, đơn vị}; tập thể"
    (one,) = Wording(load_regulation("hd16-2018"), Mapping()).parts(line, Mapping(), None)
    assert isinstance(one, Either)
    assert one.text == "tại địa phương (cơ quan, đơn vị); tập thể"
    assert one.said("địa phương") == "tại địa phương; tập thể"
    assert one.said("") == one.text
    assert {answer for question in QUESTIONS.values() for answer in question} >= {one.first, one.second}


def test_an_own_template_may_print_both(tmp_path: Path) -> None:
    """An office's template made before this has the source's wording: the paper counts as whole."""
    definition = form_of("hd16-2018", "mau-06")
    (one,) = definition.eithers
    edit = Edit(template_bytes(definition)[0])
    (found,) = [run for run in edit.root.iter("{*}t") if run.text and "either_" in run.text]
    found.text = one.text
    (tmp_path / "mau-06.docx").write_bytes(edit.save())
    docx = Filler(definition, [tmp_path]).fill(sample_record(definition), known={"cell": "chi bộ"})
    assert one.text in "\n".join(paragraphs(docx))
    found.text = "T/M ĐOÀN TRƯỜNG"
    (tmp_path / "mau-06.docx").write_bytes(edit.save())
    with pytest.raises(InputError, match="not_whole"):
        Filler(definition, [tmp_path]).fill(sample_record(definition), known={"cell": "chi bộ"})


def test_a_unit_replaces_such_a_line_as_it_is_printed(tmp_path: Path) -> None:
    """An own regulation written before this names the line with both wordings."""
    folder = tmp_path / "rieng-2018"
    (folder / "forms").mkdir(parents=True)
    (folder / "regulation.yaml").write_text(
        "regulation: rieng-2018\nextends: hd16-2018\nshort: HD riêng\n", encoding="utf-8"
    )
    (folder / "forms" / "mau-06.yaml").write_text(
        'form: mau-06\nextends: mau-06\nreplace:\n  "**T/M CHI ỦY (CHI BỘ)**": "**T/M CHI BỘ**"\n', "utf-8"
    )
    definition = load_form(load_regulation("rieng-2018", [tmp_path]), "mau-06")
    assert definition.eithers == ()
    assert "T/M CHI BỘ" in definition.fixed_texts()
