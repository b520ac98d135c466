"""Who may say what on a form: every place has a role, other roles' places are locked, and their values are kept out."""

from __future__ import annotations

import copy
import io
import zipfile
from typing import Any

import pytest
from lxml import etree

from docgen.cli.read import ROLES
from docgen.dossier.sample import sample_dossier
from docgen.errors import UsageError
from docgen.forms.bindings import slots
from docgen.forms.data import form_data
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.handing import handed_to
from docgen.forms.merge import merge_form
from docgen.forms.readback import ReadResult, read_form
from docgen.forms.roles import holder_of, roles_of, slot_roles
from docgen.i18n import LANGUAGES, has_message
from docgen.paths import get
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.whose_form import members_form
from docgen.word.after.locking import GROUND

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]
SHARED = [(n, f) for n, f in FORMS if len(roles_of(load_form(load_regulation(n), f))) > 1]
OTHER = {"grade": "KHTNV", "paragraphs": ["Lời của người khác."], "text": "Người Khác", "date": "2031-01-01",
         "life_date": "1975-08"}  # fmt: skip


def test_the_forms_of_several_roles_are_those_of_the_regulations() -> None:
    """HD 16 Mẫu 01, 02 and what the others made of them print several signatures; every other form has one."""
    later = {"mau-02a", "mau-02b", "mau-02c"}  # of HD 43
    assert {form for _, form in SHARED} == {"mau-01", "mau-02", "kb-01", "kb-02a", "kb-02b", "mau-2a"} | later


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_place_has_a_role_that_signs(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    owners = slot_roles(definition)
    assert set(owners) == {slot.binding for slot in slots(definition)}
    assert all(owner and owner <= set(roles_of(definition)) for owner in owners.values())
    assert set(roles_of(definition)) <= set(ROLES)
    assert all(has_message(f"read.role.{role}", language) for role in roles_of(definition) for language in LANGUAGES)


@pytest.mark.parametrize("name", ["hd16-2018", "kh55-2018", "kh40-2018"])
def test_the_parts_of_mau_02(name: str) -> None:
    """HD 16 Mẫu 02: four signatures, each below its own part."""
    owners = slot_roles(load_form(load_regulation(name), "mau-02"))
    assert holder_of(load_form(load_regulation(name), "mau-02")) == "author"
    for binding, role in (
        ("review.ideology", "author"), ("review.grade_party", "author"), ("member.full_name", "author"),
        ("civil.comment", "manager"), ("civil.grade", "manager"), ("signers.manager", "manager"),
        ("cell.comment", "cell"), ("cell.grade", "cell"), ("committee.grade", "committee"),
    ):  # fmt: skip
        assert owners[binding] == {role}, binding


def controls(docx: bytes) -> dict[str, tuple[str, bool]]:
    """Each tagged control: its lock, and whether all its text stands on the grey ground."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        tree = etree.fromstring(package.read("word/document.xml"))
    out = {}
    for control in tree.iter(f"{W}sdt"):
        properties = control.find(f"{W}sdtPr")
        assert properties is not None
        tag, held = properties.find(f"{W}tag"), properties.find(f"{W}lock")
        if tag is None or held is None:
            continue
        grounds = [run.find(f"{W}rPr/{W}shd") for run in control.iter(f"{W}r")]
        grey = bool(grounds) and all(g is not None and g.get(f"{W}fill") == GROUND for g in grounds)
        out[tag.get(f"{W}val", "").partition("=")[0]] = (held.get(f"{W}val", ""), grey)
    return out


@pytest.mark.parametrize(("name", "form"), SHARED)
def test_what_is_handed_out_is_open_to_one_role_only(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    owners = slot_roles(definition)
    docx = Filler(definition).fill({}, blank=True)
    for role in roles_of(definition):
        for binding, (held, grey) in controls(handed_to(definition, docx, [role])).items():
            if role in owners[binding]:
                assert (held, grey) == ("sdtLocked", False), binding
            else:
                assert (held, grey) == ("sdtContentLocked", True), binding
    with pytest.raises(UsageError):
        handed_to(definition, docx, ["counter"])


def dossier_and_read(name: str, form: str) -> tuple[dict[str, Any], ReadResult, str]:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    dossier = sample_dossier(name)
    record = sample_record(definition)
    result = read_form(Filler(definition).fill(record), regulation, definition)
    # The second of those whose form it is: a leader has no Mẫu 02B.
    own = [m["id"] for m in dossier["members"] if members_form(regulation, m, form) == form and m.get("review")]
    member = own[1] if definition.record == "member" else ""
    from docgen.forms.data import Record

    result.data = {**form_data(definition, dossier, Record(member)), "id": ""}
    return dossier, result, member


@pytest.mark.parametrize(("name", "form"), SHARED)
def test_every_place_filled_by_another_role_is_kept_out(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    owners = slot_roles(definition)
    dossier, result, member = dossier_and_read(name, form)
    tried = 0
    for slot in slots(definition):
        if holder_of(definition) in owners[slot.binding]:
            continue
        given = copy.deepcopy(result)
        target = given.data
        for step in slot.path[:-1]:
            target = target.setdefault(step, {})
        new = OTHER[slot.type] if get(result.data, slot.path) != OTHER[slot.type] else "HTNV"
        target[slot.path[-1]] = new
        merged = merge_form(dossier, given, regulation, definition, member=member, prefer="word")
        assert merged.changes == [], slot.binding
        assert merged.data == dossier
        assert [f.code for f in merged.findings] == ["read.merge.not_yours"]
        assert merged.withheld == 1
        owner = next(iter(owners[slot.binding]))
        taken = merge_form(dossier, given, regulation, definition, member=member, prefer="word", roles=[owner])
        assert [change.new for change in taken.changes] == [new], slot.binding
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize(("name", "form"), SHARED)
def test_the_holders_own_places_are_taken(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    owners = slot_roles(definition)
    dossier, result, member = dossier_and_read(name, form)
    own = [s for s in slots(definition)
           if s.type == "paragraphs" and owners[s.binding] == {holder_of(definition)}]  # fmt: skip
    assert own
    for slot in own:
        given = copy.deepcopy(result)
        target = given.data
        for step in slot.path[:-1]:
            target = target.setdefault(step, {})
        target[slot.path[-1]] = ["Lời của chính người viết."]
        merged = merge_form(dossier, given, regulation, definition, member=member, prefer="word")
        assert [change.new for change in merged.changes] == [["Lời của chính người viết."]], slot.binding
