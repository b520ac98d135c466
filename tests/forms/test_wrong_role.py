"""A returned Word form in which somebody filled every place of other roles: `docgen read --into` keeps them all out.

The values are typed into the controls of the file, so nothing rests on the locks that a handed form has. One file holds
all places of a form at once; each must be named with its place, and each is taken when `--role` says so.
"""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from word_edits import type_record

from docgen import cli
from docgen.dossier.sample import sample_dossier
from docgen.forms.bindings import Slot, slots
from docgen.forms.data import Record, form_data, root_places
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.fill import Filler
from docgen.forms.roles import holder_of, roles_of, slot_roles
from docgen.paths import get
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation
from docgen.regulations.whose_form import members_form

ALL = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]
SHARED = [(n, f) for n, f in ALL if len(roles_of(load_form(load_regulation(n), f))) > 1]
OTHER: dict[str, tuple[Any, Any]] = {
    "grade": ("KHTNV", "HTNV"), "text": ("Người Khác Viết", "Người Nào Đó"), "date": ("2018-11-30", "2018-11-29"),
    "life_date": ("1975-08", "1976"),
    "paragraphs": (["Lời của người khác."], ["Lời khác nữa."]), "bool": (True, False),
    "integer": (7, 8), "number": (7, 8), "year": (2018, 2017),
}  # fmt: skip


def foreign(regulation: RegulationData, definition: FormDefinition) -> list[Slot]:
    """The places that are not the holder's to write."""
    owners = slot_roles(definition)
    return [slot for slot in slots(definition) if holder_of(definition) not in owners[slot.binding]]


@pytest.mark.parametrize(("name", "form"), ALL)
def test_only_forms_of_several_roles_have_places_of_others(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    found = foreign(regulation, definition)
    assert bool(found) == ((name, form) in SHARED)
    assert not [slot.binding for slot in found if slot.list]


class Returned:
    """A form of the sample dossier whose foreign places all say something else, and what each says."""

    def __init__(self, name: str, form: str, folder: Path) -> None:
        self.regulation = load_regulation(name)
        self.definition = load_form(self.regulation, form)
        self.dossier = sample_dossier(name)
        # The second of those whose form it is: a leader has no Mẫu 02B.
        members = [m for m in self.dossier["members"] if m.get("review")]
        own = [m["id"] for m in members if members_form(self.regulation, m, form) == form]
        member = own[1] if self.definition.record == "member" else ""
        record = Record(member)
        said = {**form_data(self.definition, self.dossier, record), "id": ""}
        said = copy.deepcopy(said)
        places = root_places(self.definition, self.dossier, record)
        self.places: dict[tuple[str | int, ...], Any] = {}
        for slot in foreign(self.regulation, self.definition):
            first, second = OTHER[slot.type]
            new = second if get(said, slot.path) == first else first
            target = said
            for step in slot.path[:-1]:
                target = target.setdefault(step, {})
            target[slot.path[-1]] = new
            self.places[(*places[slot.path[0]], *slot.path[1:])] = new
        blank = Filler(self.definition).fill({}, blank=True)
        self.word, self.file = folder / f"{form}.docx", folder / "ho-so.json"
        self.word.write_bytes(type_record(blank, said, self.regulation, self.definition))
        self.file.write_text(json.dumps(self.dossier, ensure_ascii=False), encoding="utf-8")
        self.options = ["--member", member] if member else []

    def read(self, monkeypatch: pytest.MonkeyPatch, *options: str) -> tuple[int, dict[str, Any]]:
        """`docgen read --into` with `options`: the exit code and the dossier afterwards."""
        given = ["docgen", "read", str(self.word), "--into", str(self.file), "--yes", "--prefer", "word", "--json"]
        monkeypatch.setattr(sys, "argv", [*given, *self.options, *options])
        with pytest.raises(SystemExit) as done:
            cli.main()
        after: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return int(done.value.code or 0), after


@pytest.mark.parametrize(("name", "form"), SHARED)
def test_every_place_of_another_role_is_kept_out_and_named(
    name: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    returned = Returned(name, form, tmp_path)
    assert len(returned.places) >= 3
    _, after = returned.read(monkeypatch)
    told = json.loads(capsys.readouterr().out)["findings"]
    kept_out = {f["pointer"] for f in told if f["code"] == "read.merge.not_yours"}
    for path in returned.places:
        assert get(after, path) == get(returned.dossier, path), path
    assert kept_out == {"".join(f"/{step}" for step in path) for path in returned.places}


@pytest.mark.parametrize(("name", "form"), SHARED)
def test_each_is_taken_where_its_role_is_named(
    name: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the test above would pass with a reader that reads nothing."""
    returned = Returned(name, form, tmp_path)
    _, after = returned.read(monkeypatch, *(f"--role={role}" for role in roles_of(returned.definition)))
    assert {path: get(after, path) for path in returned.places} == returned.places
