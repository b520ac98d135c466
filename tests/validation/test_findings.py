"""Every finding: a dossier in which it fires, and the sample, in which it does not."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import docgen
from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.i18n import LANGUAGES, has_message
from docgen.model import Finding
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier

Change = Callable[[dict[str, Any]], None]


@cache
def kept_sample() -> dict[str, Any]:
    return sample_dossier("kh55-2018", members=3)


@pytest.fixture
def sample() -> dict[str, Any]:
    """A sample dossier of three members that may be changed freely; nothing is wrong with it."""
    return copy.deepcopy(kept_sample())


def findings_of(data: Any, proposals: Mapping[str, str] | None = None) -> list[Finding]:
    """All findings on `data`, loading included."""
    dossier, findings = dossier_from_data(data)
    if dossier is None:
        return findings
    return validate_dossier(dossier, load_regulation(dossier.regulation), proposals)


def put(pointer: str, value: Any) -> Change:
    """A change that sets the value at `pointer`."""

    def change(data: Any) -> None:
        *above, last = pointer.strip("/").split("/")
        for step in above:
            data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
        if isinstance(data, list):
            data[int(last)] = value
        else:
            data[last] = value

    return change


def drop(pointer: str) -> Change:
    """A change that removes what stands at `pointer`."""

    def change(data: Any) -> None:
        *above, last = pointer.strip("/").split("/")
        for step in above:
            data = data[int(step)] if isinstance(data, list) else data[step]
        del data[last]

    return change


def twice(data: dict[str, Any]) -> None:
    data["members"].append(data["members"][0] | {"id": "DV-01"})


def deep(data: dict[str, Any]) -> None:
    value: Any = "x"
    for _ in range(60):
        value = [value]
    data["members"][1]["facts"]["task_criteria_levels"] = value


def no_signs(data: dict[str, Any]) -> None:
    for member in data["members"]:
        member.pop("signs")


def no_votes(data: dict[str, Any]) -> None:
    for member in data["members"]:
        member.pop("votes")


M = "/members/1"
#: code, the change that makes it fire, where it is found ("" = anywhere)
CASES: list[tuple[str, Change, str]] = [
    ("validation.shape.required", put("/members/1", {"id": "dv-02"}), f"{M}/member"),
    ("validation.shape.unknown_name", put(f"{M}/member/full_nam", "B"), f"{M}/member/full_nam"),
    ("validation.shape.misplaced", put(f"{M}/full_name", "B"), f"{M}/full_name"),
    ("validation.shape.number_for_text", put(f"{M}/member/workplace", 12), f"{M}/member/workplace"),
    ("validation.shape.needs_text", put(f"{M}/member/workplace", True), f"{M}/member/workplace"),
    ("validation.shape.needs_number", put("/meeting/days", "nhiều"), "/meeting/days"),
    ("validation.shape.needs_integer", put("/ballots/issued", "mười"), "/ballots/issued"),
    ("validation.shape.needs_boolean", put(f"{M}/member/head", "có"), f"{M}/member/head"),
    ("validation.shape.needs_list", put("/members", "không"), "/members"),
    ("validation.shape.needs_mapping", put("/organization", "Chi bộ 1"), "/organization"),
    ("validation.shape.unknown_code", put(f"{M}/review/grade_party", "Hoàn thành tốt"), f"{M}/review/grade_party"),
    ("validation.shape.life_date", put(f"{M}/member/birth_date", "30/02/1980"), f"{M}/member/birth_date"),
    ("validation.shape.date", put("/meeting/held", "12/2018"), "/meeting/held"),
    ("validation.shape.range", put("/ballots/issued", -1), "/ballots/issued"),
    ("validation.id.pattern", put(f"{M}/id", "../../etc/passwd"), f"{M}/id"),
    ("validation.id.reserved", put(f"{M}/id", "CON"), f"{M}/id"),
    ("validation.section.empty", put(f"{M}/review/ideology", "   "), f"{M}/review/ideology"),
    ("validation.grade.open", drop(f"{M}/assessments/chi_uy/proposed_grade"), f"{M}/assessments/chi_uy/proposed_grade"),
    ("validation.section.dots", put(f"{M}/review/ideology", "……………"), f"{M}/review/ideology"),
    ("validation.section.prompt", put(f"{M}/review/ideology", ["[Nhập nội dung]"]), f"{M}/review/ideology"),
    ("validation.section.dots_optional", put(f"{M}/review/explanation", "....."), f"{M}/review/explanation"),
    ("validation.section.prompt_optional", put(f"{M}/review/explanation", "[Nhập …]"), f"{M}/review/explanation"),
    ("validation.section.says_no", put(f"{M}/review/results", "Không có."), f"{M}/review/results"),
    ("validation.assessment.missing", drop(f"{M}/assessments/chi_uy"), f"{M}/assessments/chi_uy"),
    ("validation.assessment.due", drop(f"{M}/assessments/doan_the"), f"{M}/assessments/doan_the"),
    ("validation.assessment.no_body", drop("/party_organization"), "/party_organization"),
    ("validation.assessment.unknown", put(f"{M}/assessments/chi_ui", {"signer": "B"}), ""),
    ("validation.member.leads", put(f"{M}/member/leader", False), f"{M}/member/leader"),
    ("validation.signs.some", drop(f"{M}/signs"), "/members"),
    ("validation.signs.nobody", no_signs, "/members"),
    ("validation.levels.missing", drop(f"{M}/assessments/chi_uy/levels/ii1"), f"{M}/assessments/chi_uy/levels"),
    ("validation.levels.unknown", put(f"{M}/assessments/chi_uy/levels/ii11", "tot"), ""),
    ("validation.levels.heading", put(f"{M}/assessments/chi_uy/levels/ii", "tot"), ""),
    ("validation.levels.not_applicable", put("/collective/kind", "doan_the"), ""),
    ("validation.signs.missing", drop(f"{M}/signs/b7"), f"{M}/signs"),
    ("validation.members.none", put("/members", []), "/members"),
    ("validation.members.same_id", twice, "/members/3/id"),
    ("validation.members.same_person", twice, "/members/3/member/full_name"),
    ("validation.members.several_heads", put(f"{M}/member/head", True), f"{M}/member/head"),
    ("validation.member.no_birth_date", drop(f"{M}/member/birth_date"), f"{M}/member/birth_date"),
    ("validation.member.birth_date", put(f"{M}/member/birth_date", "2018-09-02"), f"{M}/member/birth_date"),
    ("validation.member.admitted_young", put(f"{M}/member/admission_date", "1990-01-01"), ""),
    ("validation.member.admitted_unsure", put(f"{M}/member/admission_date", "2017"), f"{M}/member/admission_date"),
    ("validation.member.age_unsure", put(f"{M}/member/admission_date", "1996"), f"{M}/member/admission_date"),
    ("validation.member.admitted_later", put(f"{M}/member/admission_date", "2019-01-01"), ""),
    ("validation.member.probation", put(f"{M}/member/admission_date", "2018-03-01"), f"{M}/member/official"),
    ("validation.meeting.no_date", drop("/meeting/held"), "/meeting/held"),
    ("validation.meeting.sent_before", put("/meeting/submitted", "2018-12-01"), "/meeting/submitted"),
    ("validation.meeting.no_length", drop("/meeting/days"), "/meeting/days"),
    ("validation.meeting.too_short", put("/meeting/days", 0.25), "/meeting/days"),
    ("validation.meeting.perhaps_short", put("/meeting/days", 0.5), "/meeting/suggested"),
    ("validation.organization.two_kinds", put("/party_organization/facts/org_type", "dang_bo"), ""),
    ("validation.draft.no_date", drop("/meeting/draft_sent"), "/meeting/draft_sent"),
    ("validation.draft.after_meeting", put("/meeting/draft_sent", "2018-12-20"), "/meeting/draft_sent"),
    ("validation.draft.too_late", put("/meeting/draft_sent", "2018-12-17"), "/meeting/draft_sent"),
    ("validation.draft.first_day_counted", put("/meeting/draft_sent", "2018-12-13"), "/meeting/draft_sent"),
    ("validation.date.other_year", put("/document/date", "2017-12-18"), "/document/date"),
    ("validation.period.earlier_year", put("/period/year", 2017), "/period/year"),
    ("validation.period.other_year", put("/period/year", 2019), "/period/year"),
    ("validation.period.replaced", put("/period/year", 2026), "/period/year"),
    ("validation.deadline.held", put("/meeting/held", "2018-12-26"), "/meeting/held"),
    ("validation.deadline.submitted", put("/meeting/submitted", "2018-12-25"), "/meeting/submitted"),
    ("validation.same.differs", put("/collective/proposed_grade", "HTNV"), "/collective/proposed_grade"),
    ("validation.ballots.more_collected", put("/ballots/collected", 99), "/ballots/collected"),
    ("validation.ballots.more_invalid", put("/ballots/invalid", 99), "/ballots/invalid"),
    ("validation.ballots.more_than_members", put("/ballots/issued", 99), "/ballots/issued"),
    ("validation.ballots.other_count", put("/ballots/official_members", 2), "/ballots/official_members"),
    ("validation.votes.none", drop(f"{M}/votes"), f"{M}/votes"),
    ("validation.votes.nobody", no_votes, "/members"),
    ("validation.votes.no_ballots", drop("/ballots"), ""),
    ("validation.votes.too_many", put(f"{M}/votes/HTTNV", 40), f"{M}/votes"),
    ("validation.votes.too_few", put(f"{M}/votes", {"HTTNV": 1}), f"{M}/votes"),
    ("validation.grade.no_civil", drop(f"{M}/civil/grade"), f"{M}/civil/grade"),
    ("validation.facts.unknown", put(f"{M}/facts/sick_leave_month_in_year", 3), ""),
    ("validation.facts.other_subject", put(f"{M}/facts/party_building_programs_poor", True), ""),
    ("validation.facts.type", put(f"{M}/facts/disciplined_in_year", "không"), f"{M}/facts/disciplined_in_year"),
    ("dossier.value.converted", put(f"{M}/member/birth_date", "02/09/1978"), f"{M}/member/birth_date"),
    ("dossier.value.not_a_number", put("/meeting/days", float("nan")), "/meeting/days"),
    ("dossier.value.huge_number", put("/ballots/issued", 10**30), "/ballots/issued"),
    ("dossier.value.unknown_kind", put("/meeting/days", {1, 2}), "/meeting/days"),
    ("dossier.value.too_deep", deep, ""),
    ("dossier.text.nfd", put(f"{M}/cell/note", "Ke\u0302\u0301t nạp"), f"{M}/cell/note"),
    ("dossier.text.control", put(f"{M}/cell/note", "a\x07b"), f"{M}/cell/note"),
    ("dossier.text.surrogate", put(f"{M}/cell/note", "a\ud83d"), f"{M}/cell/note"),
    ("dossier.text.invisible", put(f"{M}/cell/note", "Nguyễn\u200b Văn"), f"{M}/cell/note"),
    ("dossier.text.direction", put(f"{M}/cell/note", "a\u202eb"), f"{M}/cell/note"),
    ("dossier.text.lookalike", put(f"{M}/cell/note", "Nguyễn V\u0430n"), f"{M}/cell/note"),
    ("dossier.text.markup", put(f"{M}/cell/note", "{{ 7*7 }}"), f"{M}/cell/note"),
    ("dossier.text.long", put(f"{M}/review/ideology", "lời " * 1_300_000), f"{M}/review/ideology"),
    ("dossier.text.many", put(f"{M}/review/ideology", ["đoạn"] * 2_001), f"{M}/review/ideology"),
    ("dossier.regulation.missing", drop("/regulation"), ""),
    ("dossier.regulation.unknown", put("/regulation", "kh55-2081"), "/regulation"),
]  # fmt: skip
SEVERITY = {"warning": {
    "validation.section.dots_optional", "validation.section.prompt_optional", "validation.section.says_no",
    "validation.assessment.no_body", "validation.levels.not_applicable", "validation.members.same_person",
    "validation.members.several_heads", "validation.member.no_birth_date", "validation.member.probation",
    "validation.member.admitted_unsure",
    "validation.meeting.no_date", "validation.meeting.no_length", "validation.draft.no_date",
    "validation.draft.first_day_counted", "validation.ballots.other_count", "validation.votes.no_ballots",
    "validation.votes.too_few", "validation.grade.no_civil", "validation.facts.other_subject",
    "dossier.text.invisible", "dossier.text.direction", "dossier.text.lookalike",
    "validation.member.leads", "validation.signs.nobody", "validation.signs.some",
    "validation.votes.none", "validation.votes.nobody", "validation.same.differs", "validation.assessment.due",
    "validation.meeting.perhaps_short", "validation.organization.two_kinds",
}, "info": {
    "validation.member.age_unsure", "dossier.value.converted", "dossier.text.nfd", "dossier.text.markup",
}}  # fmt: skip


def test_sample_of_three_has_nothing_to_report(sample: dict[str, Any]) -> None:
    assert findings_of(sample) == []


@pytest.mark.parametrize(("code", "change", "pointer"), CASES, ids=[c[0] for c in CASES])
def test_finding_fires(code: str, change: Change, pointer: str, sample: dict[str, Any]) -> None:
    change(sample)
    found = [f for f in findings_of(sample) if f.code == code]
    assert found, code
    severity = next((s for s, codes in SEVERITY.items() if code in codes), "error")
    assert {f.severity for f in found} == {severity}
    if pointer:
        assert found[0].place.pointer == pointer
    for language in LANGUAGES:
        for text in (found[0].text(language), found[0].hint(language)):
            assert text, f"{code}: no text in {language}"
            assert not re.search(r"^(dossier|validation)\.|\} \{", text), text


def codes_in_sources() -> set[str]:
    """Every key of the two rooms that stands in their code, those put together from parts included."""
    folder = Path(docgen.__file__).parent
    found: set[str] = set()
    for path in [*folder.glob("dossier/*.py"), *folder.glob("validation/*.py")]:
        found |= set(re.findall(r'"((?:dossier|validation)\.[a-z]+\.[a-z_0-9]+)"', path.read_text("utf-8")))
    found |= {f"validation.shape.needs_{t}" for t in ("text", "number", "integer", "boolean", "list", "mapping")}
    found |= {f"validation.section.{s}{e}" for s in ("dots", "prompt") for e in ("", "_optional")}
    found |= {"validation.grade.self_above", "validation.grade.cell_above"}
    return {code for code in found if ".report." not in code}


@pytest.mark.parametrize("code", sorted(codes_in_sources()))
def test_every_code_has_messages_and_hints(code: str) -> None:
    for language in LANGUAGES:
        assert has_message(code, language), f"{code} ({language})"
        assert has_message(f"{code}.hint", language), f"{code}.hint ({language})"


def test_every_validation_code_is_tried_here() -> None:
    elsewhere = {
        "validation.grade.self_above", "validation.grade.cell_above", "validation.grade.body_above",
        "validation.grade.open_proposed",
        "validation.deadline.other", "validation.deadline.after_meeting", "validation.asked.empty",
        "validation.meeting.no_rule", "validation.choice.open",
        "validation.period.before_regulation", "validation.shape.other", "validation.record.not_object",
    }  # fmt: skip
    tried = {case[0] for case in CASES} | elsewhere
    # These have dossiers of their own: test_scores.py, tests/dossier/test_sample_mark.py,
    # tests/regulations/test_decisions.py, tests/test_secrecy.py, tests/signing/test_originals.py,
    # tests/desk/test_status.py.
    apart = ("validation.score.", "validation.sample.", "validation.decision.", "validation.secrecy.",
             "validation.order.", "validation.enclosures.", "validation.seal.", "validation.handed.")  # fmt: skip
    codes = {c for c in codes_in_sources() if c.startswith("validation.") and not c.startswith(apart)}
    assert not codes - tried


def test_an_empty_place_for_a_grade_says_what_is_proposed(sample: dict[str, Any]) -> None:
    sample["members"][1]["assessments"]["chi_uy"].pop("proposed_grade")
    (found,) = [f for f in findings_of(sample, {"dv-02": "HTTNV"}) if f.place.pointer.endswith("proposed_grade")]
    assert (found.code, found.severity) == ("validation.grade.open_proposed", "error")
    assert "docgen đề xuất Hoàn thành tốt nhiệm vụ" in found.text()


def test_self_grade_above_the_proposal(sample: dict[str, Any]) -> None:
    found = {f.code: f for f in findings_of(sample, {"dv-01": "HTTNV", "dv-02": "HTTNV", "dv-03": "HTTNV"})}
    assert found["validation.grade.self_above"].who in ("dv-01", "dv-02")
    assert found["validation.grade.cell_above"].who == "dv-02"
    assert found["validation.grade.self_above"].severity == "warning"
    assert not [f for f in findings_of(sample, {"dv-02": "HTXSNV"}) if ".grade." in f.code]


def test_the_reports_grade_above_the_proposal(sample: dict[str, Any]) -> None:
    assert sample["collective"]["proposed_grade"] == "HTTNV"
    found = {f.code: f for f in findings_of(sample, {"collective": "HTNV"})}
    assert found["validation.grade.body_above"].place.pointer == "/collective/proposed_grade"
    assert found["validation.grade.body_above"].severity == "warning"
    for same_or_better in ("HTTNV", "HTXSNV"):
        assert not [f for f in findings_of(sample, {"collective": same_or_better}) if f.code.endswith("body_above")]


def test_deadline_of_the_following_year_and_of_other_levels(sample: dict[str, Any]) -> None:
    sample["meeting"]["submitted"] = "2019-01-12"
    found = [f for f in findings_of(sample) if "deadline" in f.code]
    assert [f.code for f in found] == ["validation.deadline.submitted"]
    sample["regulation"] = "hd16-2018"
    assert not [f for f in findings_of(sample) if "deadline" in f.code]
    sample["meeting"]["submitted"] = "2019-03-01"
    # HD 16 III.2 sets that date for provinces and what is directly below the centre.
    assert not [f for f in findings_of(sample) if "deadline" in f.code]


def test_guidance_holds_from_the_year_it_was_issued(sample: dict[str, Any]) -> None:
    sample["regulation"], sample["period"]["year"] = "hd16-2018", 2016
    assert "validation.period.before_regulation" in {f.code for f in findings_of(sample)}
    sample["period"]["year"] = 2018
    assert "validation.period.before_regulation" not in {f.code for f in findings_of(sample)}


def test_findings_are_grouped_by_person_in_the_order_of_the_file(sample: dict[str, Any]) -> None:
    for number in (2, 0, 1):
        del sample["members"][number]["member"]["birth_date"]
        sample["members"][number]["review"]["results"] = []
    sample["meeting"]["days"] = 0.1
    assert [f.who for f in findings_of(sample)] == ["", "dv-01", "dv-01", "dv-02", "dv-02", "dv-03", "dv-03"]
    assert [f.severity for f in findings_of(sample)][1:3] == ["error", "warning"]


@pytest.mark.parametrize(
    ("written", "near"),
    [("Hoàn thành tốt", "HTTNV"), ("hoan thanh xuat sac nhiem vu", "HTXSNV"), ("Xuất sắc", "HTXSNV"),
     ("HTTN", "HTTNV"), ("Không hoàn thành", "KHTNV"), ("Loại Tốt", "HTTNV"), ("???", "")],
)  # fmt: skip
def test_grade_in_words_is_answered_with_its_code(written: str, near: str, sample: dict[str, Any]) -> None:
    sample["members"][0]["review"]["grade_party"] = written
    found = [f for f in findings_of(sample) if f.code == "validation.shape.unknown_code"]
    assert found[0].params["near"] == near


@pytest.mark.parametrize("text", ["Không", "Không có.", "không", "KHÔNG CÓ"])
def test_nothing_is_fine_where_the_form_says_if_any(text: str, sample: dict[str, Any]) -> None:
    sample["members"][0]["review"]["explanation"] = text
    assert findings_of(sample) == []


def test_legal_but_odd_texts_are_kept(sample: dict[str, Any]) -> None:
    sample["members"][0]["member"]["workplace"] = "Tổ A & B < C \U0001f468\u200d\U0001f469\u200d\U0001f467 😀 hệ số α"
    assert findings_of(sample) == []
    sample["members"][0]["member"]["workplace"] = "<w:p>{{ 7*7 }}</w:p>"
    assert {f.severity for f in findings_of(sample)} == {"info"}


def test_a_name_that_only_looks_like_a_number_is_a_name(sample: dict[str, Any]) -> None:
    sample["party_organization"]["¹"] = {"²": 1}
    found = findings_of(sample)
    assert [(f.code, f.place.pointer) for f in found] == [("validation.shape.unknown_name", "/party_organization/¹")]
