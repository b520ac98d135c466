"""Values that only steer which lines are printed come back too: `read(fill(d)) == d`."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest

from docgen.forms.bindings import condition_slots
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.readback import read_form
from docgen.regulations.loader import list_regulations, load_regulation

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_the_sample_comes_back_whole(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    record = sample_record(regulation, definition)
    assert read_form(Filler(regulation, definition).fill(record)).data == record


@pytest.fixture
def steered() -> tuple[Any, Any, dict[str, Any]]:
    regulation = load_regulation("kh55-2018")
    definition = load_form(regulation, "mau-02")
    assert "member.leader" in [slot.binding for slot in condition_slots(regulation, definition)]
    return regulation, definition, sample_record(regulation, definition)


@pytest.mark.parametrize("leader", [True, False])
def test_both_answers_come_back(steered: tuple[Any, Any, dict[str, Any]], leader: bool) -> None:
    regulation, definition, record = steered
    record["member"]["leader"] = leader
    data = read_form(Filler(regulation, definition).fill(record)).data
    assert data["member"]["leader"] is leader


def test_a_remark_in_the_properties_is_left_alone(steered: tuple[Any, Any, dict[str, Any]]) -> None:
    regulation, definition, record = steered
    docx = Filler(regulation, definition).fill(record)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(docx)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "docProps/core.xml":
                start, end = content.index(b"<dc:description>"), content.index(b"</dc:description>")
                content = content[:start] + "<dc:description>Đã xem {x}".encode() + content[end:]
            target.writestr(item, content)
    data = read_form(out.getvalue()).data
    assert "leader" not in data["member"]
    assert data["member"]["full_name"] == record["member"]["full_name"]
