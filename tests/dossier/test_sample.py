"""The sample dossier: complete, canonical, the same each time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.forms.data import form_data
from docgen.forms.definition import Hole, Text, load_form
from docgen.packet.plan import plan_documents
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation import validate_dossier


@pytest.mark.parametrize("regulation", list_regulations())
def test_sample_is_canonical_and_has_nothing_to_report(regulation: str) -> None:
    data = sample_dossier(regulation)
    dossier, findings = dossier_from_data(json.loads(json.dumps(data)))
    assert findings == []
    assert dossier is not None
    assert dossier.data == data


@pytest.mark.parametrize("count", [0, 1, 3, 14, 60])
def test_sample_of_any_size_has_members_that_differ(count: int) -> None:
    data = sample_dossier("hd16-2018", members=count)
    assert len(data["members"]) == count
    people = {(m["member"]["full_name"], m["member"].get("birth_date")) for m in data["members"]}
    assert len(people) == count
    assert len({m["id"] for m in data["members"]}) == count


def test_same_seed_same_sample_other_seed_other_words() -> None:
    assert sample_dossier("kh55-2018", seed=3) == sample_dossier("kh55-2018", seed=3)
    assert sample_dossier("kh55-2018", seed=3) != sample_dossier("kh55-2018", seed=4)


def test_a_large_sample_has_no_errors() -> None:
    dossier, _ = dossier_from_data(sample_dossier("kh55-2018", members=400))
    assert dossier is not None
    found = validate_dossier(dossier, load_regulation("kh55-2018"))
    assert [finding.code for finding in found if finding.severity == "error"] == []


@pytest.mark.parametrize("name", list_regulations())
def test_nothing_is_printed_after_its_own_words(name: str) -> None:
    """A value that repeats the words printed before it stands twice on the page."""
    regulation = load_regulation(name)
    data = sample_dossier(name)
    for document in plan_documents(regulation, data):
        definition = document.definition
        record = form_data(definition, data, document.record)
        for parts in definition.lines():
            before = ""
            for part in parts:
                if isinstance(part, Text):
                    before = part.text
                elif isinstance(part, Hole) and "[]" not in part.binding:
                    value: Any = record
                    for step in part.binding.split("."):
                        value = value.get(step) if isinstance(value, dict) else None
                    words = before.strip(" -:.").casefold()
                    assert not (words and isinstance(value, str) and value.casefold() == words), (part.binding, value)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inside for text in _texts(item)]


@pytest.mark.parametrize("name", list_regulations())
def test_no_space_stands_before_a_percent_sign(name: str) -> None:
    """The sources write 100%; a space lets the sign fall to the next line."""
    regulation = load_regulation(name)
    texts = _texts({key: value for key, value in sample_dossier(name).items() if key != "sample"})
    for form in regulation.forms:
        for parts in load_form(regulation, form).lines():
            # A value stands where a hole is.
            texts.append("".join(part.text if isinstance(part, Text) else "1" for part in parts))
    assert [text for text in texts if re.search(r"\d %", text)] == []


@pytest.mark.parametrize("name", list_regulations())
def test_each_body_that_assesses_has_its_own_signer(name: str) -> None:
    data = sample_dossier(name)
    for holder in (data["collective"], data["party_organization"]):
        sheets = holder.get("assessments", {})
        signers = {key: sheet["signer"] for key, sheet in sheets.items()}
        assert len(set(signers.values())) == len(signers), signers
    officers = {person["member"]["full_name"] for person in data["members"]} | {"Phan Văn T"}
    for person in data["members"]:
        sheet = person.get("assessments", {}).get("doan_the")
        assert sheet is None or sheet["signer"] not in officers, person["id"]


@pytest.mark.parametrize("name", list_regulations())
def test_no_member_contradicts_himself(name: str) -> None:
    """How many meetings one came to, where one studies and lives, is said once or alike."""
    for person in sample_dossier(name)["members"]:
        review = {key: value for key, value in person.get("review", {}).items() if key != "direction"}
        told = " ".join(_texts([review, person.get("tasks", [])]))
        came = set(re.findall(r"(?<!phát biểu )(\d\d)/12 kỳ", told))
        assert len(came) <= 1, (person["id"], came)
        assert not ("12" in came and re.search(r"vắng \d\d kỳ", told)), person["id"]
        place = person["member"]["workplace"]
        if "liên thông" in place:
            assert not re.search("ký túc xá|ban cán sự|việc lớp", told), person["id"]
        elif place.startswith("Lớp"):
            assert not re.search("thực hành|xa trường|việc gia đình", told), person["id"]


def test_the_share_remedied_is_what_the_member_writes() -> None:
    for person in sample_dossier("hd43-2025")["members"]:
        if "review" not in person:
            continue
        told = " ".join(person["review"]["remedied"])
        unfinished = re.search("đang|còn tiếp tục", told) is not None
        assert (person["facts"]["prior_shortcomings_remedied_pct"] < 100) is unfinished, (person["id"], told)


@pytest.mark.parametrize("name", list_regulations())
def test_what_nobody_was_asked_to_explain_is_not_assessed(name: str) -> None:
    regulation = load_regulation(name)
    rows = {leaf.id for rows in regulation.criteria.values() for row in rows for leaf in row.leaves()
            if leaf.text.startswith("Kết quả kiểm điểm theo gợi ý")}  # fmt: skip
    for person in sample_dossier(name)["members"]:
        said = "".join(person.get("review", {}).get("explanation", ()))
        assert said in ("", "Không", "Không có."), said
        ticked = {row for sheet in person.get("assessments", {}).values() for row in sheet.get("levels", {})}
        assert not ticked & rows, person["id"]
