"""Values that only steer which lines are printed come back too: `read(fill(d)) == d`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from word_edits import package, parts_of

from docgen.forms.bindings import condition_slots
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.readback import read_form
from docgen.paths import get
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.after.written import paragraphs

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_the_sample_comes_back_whole(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    record = sample_record(definition)
    assert read_form(Filler(definition).fill(record)).data == record


@pytest.fixture
def steered() -> tuple[Any, Any, dict[str, Any]]:
    regulation = load_regulation("kh55-2018")
    definition = load_form(regulation, "mau-02")
    assert "member.leader" in [slot.binding for slot in condition_slots(definition)]
    return regulation, definition, sample_record(definition)


@pytest.mark.parametrize("leader", [True, False])
def test_both_answers_come_back(steered: tuple[Any, Any, dict[str, Any]], leader: bool) -> None:
    _, definition, record = steered
    record["member"]["leader"] = leader
    data = read_form(Filler(definition).fill(record)).data
    assert data["member"]["leader"] is leader


#: Whose paper it is where no chi bộ makes it: the heading names another body, or only the form's own lines do.
_OTHER_BODIES = {
    "collective.name": (
        "hd16-2018/mau-01 hd16-2018/mau-04 hd19-2024/kb-01 hd43-2025/mau-01 hd43-2025/phu-luc-diem-01 "
        "hd43-2025/phu-luc-ket-qua-01 kh40-2018/mau-01 kh40-2018/mau-07 kh55-2018/mau-01 kh55-2018/mau-04a "
        "kh55-2018/mau-04b khbvp-2021/mau-1a"
    ),
    "party_organization.name": (
        "hd16-2018/mau-03 hd19-2024/bieu-diem-01 hd19-2024/bieu-diem-02 hd19-2024/bieu-diem-03 hd19-2024/bth-02 "
        "hd19-2024/bth-03 hd19-2024/bao-cao-tinh-hinh kh40-2018/mau-04 kh55-2018/mau-03a kh55-2018/mau-03b"
    ),
    "residence.body": "hd19-2024/phieu-01",
    "regrade.issuer": "hd19-2024/qd-01 hd43-2025/mau-03",
    "organization_regrade.issuer": "hd19-2024/qd-01-to-chuc hd43-2025/mau-03-to-chuc",
}
BODIES = {tuple(form.split("/")): binding for binding, forms in _OTHER_BODIES.items() for form in forms.split()}


def _changed(docx: bytes, core: str, custom: bytes = b"") -> bytes:
    """`docx` with this description, and this in place of the custom property of the steering values."""
    parts = parts_of(docx)
    head, end = parts["docProps/core.xml"].split(b"</cp:coreProperties>")
    parts["docProps/core.xml"] = head + f"<dc:description>{core}</dc:description></cp:coreProperties>".encode() + end
    parts["docProps/custom.xml"] = re.sub(
        rb'<property [^>]*name="docgen.conditions".*?</property>', custom, parts["docProps/custom.xml"]
    )
    return package(parts)


def test_a_remark_in_the_properties_is_left_alone(steered: tuple[Any, Any, dict[str, Any]]) -> None:
    _, definition, record = steered
    data = read_form(_changed(Filler(definition).fill(record), "Đã xem {x}")).data
    assert "leader" not in data["member"]
    assert data["member"]["full_name"] == record["member"]["full_name"]


def test_a_form_handed_out_with_the_old_place_is_still_read(steered: tuple[Any, Any, dict[str, Any]]) -> None:
    """They stood as JSON in the description of the file."""
    _, definition, record = steered
    old = _changed(Filler(definition).fill(record), json.dumps({"member.leader": True}))
    assert read_form(old).data["member"]["leader"] is True


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_what_people_see_of_the_file_is_in_words(name: str, form: str) -> None:
    """Title once, subject, the unit as the author; no JSON, no tag."""
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    record = sample_record(definition)
    body = BODIES.get((name, form), "organization.name").split(".")
    core = etree.fromstring(parts_of(Filler(definition).fill(record))["docProps/core.xml"])
    said = {etree.QName(element).localname: element.text or "" for element in core}
    assert said["creator"] == (get(record, body) or "")
    assert regulation.title in said["subject"]
    assert "description" not in said
    assert "{" not in "".join(said.values())
    title = said["title"].casefold()
    assert title.count(definition.code.casefold()) == 1, title
    assert title.count(definition.name.casefold()) == 1, title


@pytest.mark.parametrize(("value", "printed"), [(0, True), (3, True), (None, False)])
def test_a_count_of_nothing_is_a_value(value: int | None, printed: bool, tmp_path: Path) -> None:
    """0 is equal to False, and no "no": the line that depends on it is printed, and it comes back."""
    (tmp_path / "rieng-2018" / "forms").mkdir(parents=True)
    (tmp_path / "rieng-2018" / "regulation.yaml").write_text(
        "regulation: rieng-2018\nextends: hd16-2018\n", encoding="utf-8"
    )
    (tmp_path / "rieng-2018" / "forms" / "mau-06.yaml").write_text(
        "form: mau-06\nextends: mau-06\nrequired: []\nbody:\n  - 'Chi bộ {organization.name}'\n"
        "  - line: 'Số phiếu không hợp lệ: {ballots.invalid} phiếu'\n    when: ballots.invalid\n", encoding="utf-8"
    )  # fmt: skip
    regulation = load_regulation("rieng-2018", [tmp_path])
    definition = load_form(regulation, "mau-06")
    record: dict[str, Any] = {"id": "x", "organization": {"name": "A"}}
    if value is not None:
        record["ballots"] = {"invalid": value}
    docx = Filler(definition).fill(record)
    assert any("Số phiếu không hợp lệ" in text for text in paragraphs(docx)) is printed
    assert get(read_form(docx, regulation, definition).data, ("ballots", "invalid")) == value
