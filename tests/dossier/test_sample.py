"""The sample dossier: complete, canonical, the same each time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.forms.data import form_data
from docgen.forms.definition import Hole, Text
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
        record = form_data(regulation, definition, data, document.record)
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
