"""What a table prints of a record: a prompt, dots or the name of the place left in it is found."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.forms.bindings import slots
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation import validate_dossier
from docgen.validation.checks.sections import record_sections

CELLS = sorted(
    {
        (name, slot.list, ".".join(slot.path), slot.label)
        for name in list_regulations()
        for form in load_regulation(name).forms
        for slot in slots(load_form(load_regulation(name), form))
        if slot.list and slot.type in ("text", "paragraphs")
    }
)


def put(data: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for step in above:
        data = data.setdefault(step, {})
    data[last] = value


@pytest.mark.parametrize(("name", "listing", "path", "label"), CELLS)
@pytest.mark.parametrize("left", ["[{}]", "({})", "…………"])
def test_what_is_left_in_a_cell_is_found_at_its_place(
    name: str, listing: str, path: str, label: str, left: str
) -> None:
    data = copy.deepcopy(sample_dossier(name))
    regulation = load_regulation(name)
    own = regulation.roots.get(listing) == "members"
    holder = data["members"][3] if own else data
    if listing != "members":
        holder[listing] = [{"name": "Chi bộ Một"}, {"name": "Chi bộ Hai"}]
    put(holder[listing][1], path, left.format(label))
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    pointer = f"{'/members/3' if own else ''}/{listing}/1/{path.replace('.', '/')}"
    found = [f for f in validate_dossier(dossier, regulation) if f.place.pointer == pointer]
    state = "dots" if "…" in left else "prompt"
    assert [f.code for f in found if f.code.startswith(f"validation.section.{state}")] != []
    who = holder["id"] if own else data[listing][1]["id"] if listing == "members" else ""
    assert {f.who for f in found} == {who}


def test_the_record_of_a_form_is_looked_at_in_the_same_way() -> None:
    regulation = load_regulation("hd19-2024")
    definition = load_form(regulation, "bieu-th-01")
    record = sample_record(definition)
    assert list(record_sections(definition, record)) == []
    (slot,) = [s for s in slots(definition) if s.binding == "members[].residence.summary"]
    record["members"][0]["residence"] = {"summary": f"[{slot.label}]"}
    (found,) = record_sections(definition, record)
    assert found[:3] == ("validation.section.prompt_optional", "warning", "/members/0/residence/summary")
