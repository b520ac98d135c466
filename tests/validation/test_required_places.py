"""Every required place of every form, emptied, dotted or left with a bare space, is an error that names it.

Twice: in the data of one form (what `docgen read --json` gives), and in whole dossiers, at the places that the
documents of the packet need. All places are emptied at once: what is not named then is a place nobody looks at.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.load import load_dossier
from docgen.dossier.sample import sample_dossier
from docgen.forms.bindings import Slot, slots
from docgen.forms.data import root_places
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.model import Finding
from docgen.packet.plan import plan_documents
from docgen.pipeline import check_loaded
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation
from docgen.validation import validate_form_data

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]
NOTHING: dict[str, Any] = {"gone": None, "empty": "", "space": " ", "dots": "……"}
#: Decided before anything else of a dossier is looked at, each with a test of its own.
ELSEWHERE = ("period.year", "members")


def put(data: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Set the value at `path`; None takes it away."""
    for name in path[:-1]:
        data = data[name] if isinstance(data, list) else data.setdefault(name, {})
    if value is None:
        data.pop(path[-1], None)
    else:
        data[path[-1]] = value


def required_of(regulation: RegulationData, definition: FormDefinition) -> dict[str, Slot | None]:
    """The required bindings with their slots; None for a list of records or a table of criteria."""
    singles = {slot.binding: slot for slot in slots(definition) if not slot.list and slot.criterion is None}
    return {binding: singles.get(binding) for binding in definition.required}


def written_as(slot: Slot | None, kind: str) -> Any:
    """Nothing, as people leave it in a place of this type."""
    value = NOTHING[kind]
    return [value] if slot is not None and slot.type == "paragraphs" and value is not None else value


def named(findings: list[Finding], pointer: str) -> bool:
    """True where an error stands at `pointer`, or below it for a table."""
    errors = [f.place.pointer for f in findings if f.severity == "error"]
    return any(found == pointer or found.startswith(pointer + "/") for found in errors)


@pytest.mark.parametrize("kind", NOTHING)
@pytest.mark.parametrize(("name", "form"), FORMS)
def test_in_the_data_of_one_form(name: str, form: str, kind: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    record = copy.deepcopy(sample_record(definition))
    assert not [f for f in validate_form_data(record, definition) if f.severity == "error"]
    places = required_of(regulation, definition)
    for binding, slot in places.items():
        put(record, tuple(binding.split(".")), written_as(slot, kind))
    found = validate_form_data(record, definition)
    assert not [binding for binding in places if not named(found, "/" + binding.replace(".", "/"))]


def needed(regulation: RegulationData, data: Mapping[str, Any]) -> dict[tuple[str | int, ...], Slot | None]:
    """Every place that a document of the packet requires."""
    out: dict[tuple[str | int, ...], Slot | None] = {}
    for document in plan_documents(regulation, data):
        roots = root_places(document.definition, data, document.record)
        for binding, slot in required_of(regulation, document.definition).items():
            first, *rest = binding.split(".")
            if binding not in ELSEWHERE:
                out[(*roots[first], *rest)] = slot
    return out


@pytest.mark.parametrize("kind", NOTHING)
@pytest.mark.parametrize("name", list_regulations())
def test_in_a_whole_dossier(name: str, kind: str, tmp_path: Path) -> None:
    regulation = load_regulation(name)
    data = sample_dossier(name)
    places = needed(regulation, data)
    assert len(places) > 100
    emptied = copy.deepcopy(data)
    for path, slot in places.items():
        put(emptied, path, written_as(slot, kind))
    file = tmp_path / "ho-so.json"
    file.write_text(json.dumps(emptied, ensure_ascii=False), encoding="utf-8")
    dossier, findings = load_dossier(file)
    assert dossier is not None
    found = check_loaded(dossier, findings).findings
    silent = [path for path in places if not named(found, "".join(f"/{step}" for step in path))]
    signs = [path for path in places if path[-1] == "signs"]
    if silent == signs and signs:
        # An appendix that nobody filled in is one finding a dossier, not one a member.
        assert len([f for f in found if "signs" in f.code and f.severity != "info"]) == 1
        silent = []
    assert not silent


@pytest.mark.parametrize("name", list_regulations())
def test_every_form_of_the_regulation_is_tried(name: str) -> None:
    """What the sample's packet does not hold (decisions, sheets of others) is tried as the data of one form."""
    regulation = load_regulation(name)
    assert {form for n, form in FORMS if n == name} == set(regulation.forms)
    assert all(load_form(regulation, form).required for form in regulation.forms)
