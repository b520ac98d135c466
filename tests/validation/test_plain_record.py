"""The quick way past clean records may refuse anything, but what it accepts has no finding and prints the same."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.forms.bindings import slots
from docgen.forms.data import Display
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation import form_data
from docgen.validation.plain_record import is_plain_record

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]
TEXTS = st.one_of(
    st.text(max_size=12),
    st.text("aẾ.…_-[](){}<>·/:; \u00a0\u200b\u0301\n\tнgàyntháăm", max_size=12),
    st.sampled_from([
        "", "Không", "không có", "....", "ngày ... tháng ... năm", "[Nhập nội dung]", "(ghi rõ", "Bấm để nhập",
        "2018-02-30", "2018-12-31", "31/12/2018", "HTTNV", "httnv", "tot", "5", "Nguyễn Văn A",
        "Nguyễn  Văn", " a", "<w:t>",
        "con", "x.",
    ]),
)  # fmt: skip
VALUES = st.one_of(
    TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(TEXTS, max_size=3),
    st.lists(st.sampled_from(["Không", "Đã làm xong việc được giao trong năm"]), max_size=2),
    st.just({}), st.just([{}]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_the_example_of_every_form_is_plain(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    assert is_plain_record(sample_record(definition), definition)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_plain_has_no_finding_and_prints_the_same(data: st.DataObject) -> None:
    name, form = data.draw(st.sampled_from(FORMS))
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    record: dict[str, Any] = copy.deepcopy(sample_record(definition))
    found = slots(definition)
    for slot in data.draw(st.lists(st.sampled_from(found), min_size=1, max_size=4)):
        holder = record[slot.list][0] if slot.list and record.get(slot.list) else record
        for step in slot.path[:-1]:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else {}
        if isinstance(holder, dict):
            holder[slot.path[-1]] = data.draw(VALUES)
    if data.draw(st.booleans()):
        record["id"] = data.draw(TEXTS)
    if not is_plain_record(record, definition):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(form_data, "is_plain_record", lambda *_: False)
        assert form_data.validate_form_data(record, definition) == []
    canonical = form_data.canonical_form_data(record, definition)[0]
    display = Display(definition)
    assert display.context(record) == display.context(canonical), json.dumps(record)
