"""Every form of every regulation: it builds, its wording stands on the page, and it says where it comes from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from docgen.forms.bindings import Slot, slots
from docgen.forms.blocks.kind import decider
from docgen.forms.data import Display
from docgen.forms.definition import Criteria, FormDefinition, Line, load_form
from docgen.forms.example import sample_record
from docgen.forms.schema import dossier_schema, form_schema
from docgen.forms.template import build_template
from docgen.paths import get
from docgen.regulations.loader import PacketItem, RegulationData, list_regulations, load_regulation
from docgen.word.after.written import paragraphs, problems
from docgen.word.engine.compile import compile_template

REGULATIONS = list_regulations()
FORMS = [(name, form) for name in REGULATIONS for form in load_regulation(name).forms]
#: How each source is cited in `basis` and in clauses.
SHORT = {name: load_regulation(name).short for name in REGULATIONS}
#: Word keeps 64 characters of a tag.
TAG_LIMIT = 64
#: Sets whose criteria the rules read by group.
GRADED = ("to-chuc-dang", "tap-the", "dang-vien")
GROUPS = {
    "to-chuc-dang": {"core", "other"},
    "tap-the": {"core", "task", "other"},
    "dang-vien": {"task", "other"},
}


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def page(name: str, form: str, data: dict[str, Any]) -> str:
    """What stands on the form filled with `data`."""
    _, definition = loaded(name, form)
    template = compile_template(build_template(definition))
    return "\n".join(paragraphs(template.render(Display(definition).context(data))))


def loaded(name: str, form: str) -> tuple[RegulationData, FormDefinition]:
    regulation = load_regulation(name)
    return regulation, load_form(regulation, form)


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_the_form_builds_twice_to_the_same_bytes(name: str, form: str) -> None:
    _, definition = loaded(name, form)
    assert build_template(definition) == build_template(loaded(name, form)[1])


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_all_wording_stands_in_the_blank_document(name: str, form: str) -> None:
    _, definition = loaded(name, form)
    context = Display(definition).context({}, blank=True)
    docx = compile_template(build_template(definition)).render(context)
    assert problems(docx) == []
    text = fold("\n".join(paragraphs(docx)))
    assert [wording for wording in definition.fixed_texts() if fold(wording) not in text] == []


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_a_reconstructed_form_names_its_clauses(name: str, form: str) -> None:
    _, definition = loaded(name, form)
    if definition.status == "verbatim":
        assert definition.basis == ()
        return
    assert len(definition.basis) >= 3
    assert any(SHORT[name] in entry for entry in definition.basis)
    assert all(len(entry) > 15 and fold(entry) == entry for entry in definition.basis)


def sections(definition: FormDefinition) -> Iterator[str]:
    """The Roman numbers of the form's headings."""
    for block in definition.body:
        if isinstance(block, Line) and block.kind == "heading":
            found = re.match(r"([IVX]+)\. ", getattr(block.parts[0], "text", ""))
            if found:
                yield found[1]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_section_of_a_reconstructed_form_has_a_basis(name: str, form: str) -> None:
    _, definition = loaded(name, form)
    if definition.status == "verbatim":
        return
    said = " ".join(definition.basis)
    assert [s for s in sections(definition) if not re.search(rf"\b{s}\b", said)] == []


@pytest.mark.parametrize("name", REGULATIONS)
def test_the_packet_is_made_of_forms_and_assessors_that_exist(name: str) -> None:
    regulation = load_regulation(name)
    assert regulation.packet
    subjects = {form: load_form(regulation, form) for form in regulation.forms}
    for item in regulation.packet:
        definition = subjects[item.form]
        assert item.clause.startswith(SHORT[name])
        assert definition.record == {"dossier": "dossier", "members": "member", "assessments": "assessment"}[item.each]
        known = {a.id for a in regulation.assessors if a.subject == definition.subject}
        assert set(item.assessors) - {"others"} <= known


@pytest.mark.parametrize("name", REGULATIONS)
def test_every_clause_names_its_own_source(name: str) -> None:
    regulation = load_regulation(name)
    clauses = [a.clause for a in regulation.assessors] + [d["clause"] for d in regulation.deadlines]
    clauses += [regulation.draft["clause"]] if regulation.draft else []
    clauses += [duration.clause for duration in regulation.meeting]
    assert [clause for clause in clauses if not clause.startswith(SHORT[name])] == []


def leaves(regulation: RegulationData, name: str) -> list[tuple[str, str, str]]:
    return [(leaf.id, leaf.group, leaf.applies) for row in regulation.criteria[name] for leaf in row.leaves()]


@pytest.mark.parametrize("name", REGULATIONS)
def test_every_graded_criterion_has_a_group(name: str) -> None:
    regulation = load_regulation(name)
    for set_name in GRADED:
        if set_name in regulation.criteria:
            wrong = [leaf for leaf in leaves(regulation, set_name) if leaf[1] not in GROUPS[set_name]]
            assert wrong == [], set_name


@pytest.mark.parametrize("name", ["kh55-2018", "kh40-2018"])
def test_what_applies_to_one_kind_of_collective_says_so_on_each_leaf(name: str) -> None:
    regulation = load_regulation(name)
    kinds = set(regulation.choices["collective_kind"])
    for row in regulation.criteria["tap-the"]:
        for child in row.children:
            assert {leaf.applies for leaf in child.leaves()} == {child.applies}
            assert child.applies in kinds | {""}
    assert {applies for *_, applies in leaves(regulation, "tap-the")} >= {"", "cap_uy", "doan_the"}


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_tags_fit_and_the_schema_has_every_value(name: str, form: str) -> None:
    _, definition = loaded(name, form)
    schema = form_schema(definition)
    for slot in slots(definition):
        boxed = slot.options if slot.criterion or slot.list else ()
        codes = max((len(code) + 1 for code, _ in boxed), default=0)
        assert len(slot.binding) + codes <= TAG_LIMIT
        assert reached(schema, slot) is not None
    for binding in definition.required:
        assert reached(schema, Slot(tuple(binding.split(".")), "", "")) is not None


def reached(schema: dict[str, Any], slot: Slot) -> Any:
    node: Any = schema
    for step in ((slot.list,) if slot.list else ()) + slot.path:
        node = node.get("items", node)
        node = node["properties"].get(step)
        if node is None:
            return None
    return node


@pytest.mark.parametrize("name", REGULATIONS)
def test_the_dossier_has_a_place_for_every_list(name: str) -> None:
    regulation = load_regulation(name)
    schema = dossier_schema([regulation])
    for form in regulation.forms:
        for table in load_form(regulation, form).tables():
            holder = schema["properties"]
            if regulation.roots.get(table.binding) == "members":
                holder = holder["members"]["items"]["properties"]
            assert holder[table.binding]["type"] == "array"


def test_the_same_binding_has_the_same_type_in_every_regulation() -> None:
    types: dict[str, set[str]] = {}
    for name in REGULATIONS:
        for binding, field in load_regulation(name).fields.items():
            types.setdefault(binding, set()).add(field.type)
    assert {binding: found for binding, found in types.items() if len(found) > 1} == {}


def test_a_score_column_is_bound_to_its_criterion() -> None:
    _, definition = loaded("kh40-2018", "mau-04")
    bindings = [slot.binding for slot in slots(definition)]
    assert "assessment.scores.ii2.points" in bindings
    assert "assessment.levels.ii2" in bindings
    assert not any(".any." in binding for binding in bindings)
    table = definition.criteria()[0]
    assert isinstance(table, Criteria)
    assert [column.name for column in table.columns] == ["standard_points", "points"]


def test_a_level_among_points_is_printed_in_words() -> None:
    data = {"assessment": {"scores": {"i1": {"declared_level": "trung_binh", "points": 7.5}}}}
    text = page("hd19-2024", "bieu-diem-01", data).split("\n")
    assert "Trung bình" in text
    assert "7,5" in text


@pytest.mark.parametrize("form", ["bieu-diem-02", "bieu-diem-03"])
def test_the_three_score_sheets_differ_in_nothing_but_their_number(form: str) -> None:
    _, first = loaded("hd19-2024", "bieu-diem-01")
    _, other = loaded("hd19-2024", form)
    assert other.code == first.code.replace("01", form[-2:])
    assert other.body == first.body
    assert other.definition_hash != first.definition_hash


@pytest.mark.parametrize("grade", ["HTXSNV", "HTTNV", "HTNV", "KHTNV"])
def test_a_ballot_has_one_box_ticked_a_row(grade: str) -> None:
    rows = [{"member": {"full_name": f"Đảng viên {n}"}, "vote": {"grade": grade}} for n in range(3)]
    text = page("hd19-2024", "phieu-02", {"members": rows})
    assert (text.count("☒"), text.count("☐")) == (3, 9)
    assert "☒" not in page("hd19-2024", "phieu-02", {"members": [{"member": {"full_name": "A"}}]})


@pytest.mark.parametrize(("leader", "printed"), [(True, True), (False, False), (None, False)])
def test_a_condition_that_is_no_is_not_printed(leader: bool | None, printed: bool) -> None:
    data = {"member": {"full_name": "A"} | ({} if leader is None else {"leader": leader})}
    assert ("Đối với cán bộ lãnh đạo, quản lý" in page("kh55-2018", "mau-02", data)) is printed


def test_student_lines_stand_on_the_sheets_of_students_only() -> None:
    student = {"student": {"system": "chinh_quy", "gpa": 3.2, "gpa_scale": "tin_chi", "training_score": 91}}
    assert "Hệ Chính quy" in page("kh55-2018", "mau-05", student)
    assert "Điểm rèn luyện" not in page("kh55-2018", "mau-05", {})


def test_a_document_of_the_packet_can_be_made_for_some_records_only() -> None:
    leaders = PacketItem("kb-02b", "members", only="member.leader=true")
    others = PacketItem("kb-02a", "members", only="member.leader=false")
    for record, is_leader in (({"member": {"leader": True}}, True), ({"member": {}}, False), ({}, False)):
        assert leaders.made_for(record) is is_leader
        assert others.made_for(record) is not is_leader
    sheet = PacketItem("bieu-diem-02", "assessments", only="party_organization.score_sheet=so_02")
    assert sheet.made_for({"party_organization": {"score_sheet": "so_02"}})
    assert not sheet.made_for({"party_organization": {"score_sheet": "so_01"}})
    assert PacketItem("mau-01", "dossier").made_for({})


def test_conditions_of_the_packet_name_values_of_the_catalogue() -> None:
    for name in REGULATIONS:
        regulation = load_regulation(name)
        for item in regulation.packet:
            path, _, code = item.only.partition("=")
            if not path:
                continue
            field = regulation.fields[path]
            codes = {"true", "false"} if field.type == "bool" else set(regulation.choices[field.choices])
            assert code in codes


def test_conditions_of_lines_are_of_types_that_can_be_asked() -> None:
    for name, form in FORMS:
        regulation, definition = loaded(name, form)
        for block in definition.body:
            if block.when:
                assert regulation.fields[decider(block.when)].type in ("bool", "choice", "text", "grade", "level")


@pytest.mark.parametrize("name", REGULATIONS)
def test_no_example_says_only_what_its_place_is_called(name: str) -> None:
    """ "Hình thức Hình thức kỷ luật" says nothing, and whoever forgets one leaves it in an official paper."""
    regulation = load_regulation(name)
    for form in regulation.every_form:
        definition = load_form(regulation, form)
        record = sample_record(definition)
        for slot in slots(definition):
            for row in record[slot.list] if slot.list else [record]:
                value = get(row, slot.path)
                assert not (slot.type == "text" and value and slot.label in str(value)), (form, slot.binding, value)


def test_what_only_leaders_are_asked_stands_on_their_sheet_alone() -> None:
    """HD 19 B.III.2.2: group V of the own sheet, as KH 55's seven criteria of Mẫu 05."""
    regulation = load_regulation("hd19-2024")
    led = {leaf.applies for row in regulation.criteria["dang-vien"] if row.id == "v" for leaf in row.leaves()}
    assert led == {"member.leader=true"}
    assert {row.applies for row in regulation.criteria["dang-vien"]} == {"", "member.leader=true"}
