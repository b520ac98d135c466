"""The law of issue 4: what was filled in is read back, exactly; what was typed is read back, exactly.

A short run for every form of every regulation. `python -m tools.round_trip --documents 2000` is the long one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from form_samples import records
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from word_edits import type_record

from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.readback import canonical_data, read_form
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation

FORMS = [(r, f) for r in list_regulations() for f in load_regulation(r).forms]
# The papers around the packet are one definition for all: read under the regulation that has them all.
FORMS += [("hd43-2025", form) for form in load_regulation("hd43-2025").office]
SHORT = settings(
    max_examples=2, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


@cache
def maker(regulation: str, form: str) -> tuple[RegulationData, FormDefinition, Filler, bytes]:
    loaded = load_regulation(regulation)
    definition = load_form(loaded, form)
    filler = Filler(definition)
    return loaded, definition, filler, filler.fill({}, blank=True)


@pytest.mark.parametrize(("regulation", "form"), FORMS)
@SHORT
@given(data=st.data())
def test_what_was_filled_in_is_read_back(regulation: str, form: str, data: st.DataObject) -> None:
    loaded, definition, filler, _ = maker(regulation, form)
    record = data.draw(records(loaded, definition))
    result = read_form(filler.fill(record))
    assert result.data == canonical_data(definition, record)
    assert result.findings == []
    assert {value.confidence for value in result.values} <= {"certain"}


@pytest.mark.parametrize(("regulation", "form"), FORMS)
@SHORT
@given(data=st.data())
def test_what_was_typed_is_read_back(regulation: str, form: str, data: st.DataObject) -> None:
    loaded, definition, _, blank = maker(regulation, form)
    record = data.draw(records(loaded, definition))
    result = read_form(type_record(blank, record, loaded, definition))
    expected: dict[str, Any] = canonical_data(definition, record, blank=True)
    expected.pop("id", None)
    assert result.data == expected
    assert result.findings == []


@pytest.mark.parametrize(("regulation", "form"), FORMS)
def test_the_sample_record_comes_back_as_it_went_in(regulation: str, form: str) -> None:
    _loaded, definition, filler, _ = maker(regulation, form)
    record = sample_record(definition)
    result = read_form(filler.fill(record))
    assert result.data == canonical_data(definition, record)
    assert (result.record, result.findings) == (record["id"], [])


def test_a_lost_value_is_noticed() -> None:
    """The comparison can fail: a document of another record is not equal."""
    _loaded, definition, filler, _ = maker("kh55-2018", "mau-05")
    record = sample_record(definition)
    docx = filler.fill({**record, "member": {**record["member"], "full_name": "Trần Thị B"}})
    assert read_form(docx).data != canonical_data(definition, record)
