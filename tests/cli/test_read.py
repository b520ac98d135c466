"""`docgen read` and `docgen template check` from the command line: JSON, exit codes, and merging into a dossier."""

from __future__ import annotations

import copy
import datetime
import hashlib
import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.regulations.loader import load_regulation

sys.path.insert(0, str(Path(__file__).parents[1] / "forms"))

from word_edits import Edit, W, with_part

Run = Callable[..., Any]
REGULATION = "kh55-2018"


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    path = tmp_path / "ho-so.json"
    data = dict(sample_dossier(REGULATION))
    path.write_text(json.dumps({**data, "$schema": "x"}, ensure_ascii=False), encoding="utf-8")
    return path


def form_of(dossier: Path, name: str, record: Record, **typed: str) -> bytes:
    """A form made for a record of the dossier, with values typed over."""
    regulation = load_regulation(REGULATION)
    definition = load_form(regulation, name)
    data = form_data(definition, json.loads(dossier.read_text(encoding="utf-8")), record)
    edit = Edit(Filler(definition).fill(data))
    for tag, text in typed.items():
        edit.type(tag.replace("__", "."), text)
    return edit.save()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def held(dossier: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(dossier.read_text(encoding="utf-8"))
    return data


def test_json_of_one_file_and_of_several(run: Run, tmp_path: Path, dossier: Path) -> None:
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record("dv-01")))
    ran = run("read", one, "--json")
    assert ran.code == 0
    assert {"regulation", "form", "data", "findings"} <= set(ran.json)
    assert (ran.json["regulation"], ran.json["form"], ran.json["record"]) == (REGULATION, "mau-02", "dv-01")
    assert ran.json["findings"] == []
    two = write(tmp_path / "2.docx", form_of(dossier, "mau-05", Record("dv-01", "chi_uy")))
    ran = run("read", one, two, "--json")
    assert [item["form"] for item in ran.json] == ["mau-02", "mau-05"]


def test_what_was_read_can_be_filled_again(run: Run, tmp_path: Path, dossier: Path) -> None:
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-05", Record("dv-01", "chi_uy")))
    data = run("read", one, "--json").json["data"]
    source = tmp_path / "d.jsonl"
    source.write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
    assert run("fill", "mau-05", "-r", REGULATION, "--data", source, "-o", tmp_path / "out").code == 0
    again = next((tmp_path / "out").rglob("*.docx"))
    assert run("read", again, "--json").json["data"] == data


def test_exit_codes(run: Run, tmp_path: Path, dossier: Path) -> None:
    good = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record("dv-01")))
    bad = write(tmp_path / "2.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert run("read", bad, "--json").code == 1
    assert run("read", good, bad, "--json").code == 3
    assert run("read", tmp_path / "none.docx", "--json").json["findings"][0]["code"] == "read.file.missing"
    assert run("read", good, "--regulation", "hd16-2018", "--json").code == 1


def test_into_shows_first_and_writes_only_when_told(run: Run, tmp_path: Path, dossier: Path) -> None:
    before = dossier.read_bytes()
    data = held(dossier)
    del data["members"][2]["review"]["style"]
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    start = dossier.read_bytes()
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record("dv-03"), review__style="Tác phong tốt."))
    ran = run("read", one, "--into", dossier)
    assert ran.code == 0
    assert "/members/2/review/style" in ran.out
    assert dossier.read_bytes() == start
    ran = run("read", one, "--into", dossier, "--yes")
    assert held(dossier)["members"][2]["review"]["style"] == ["Tác phong tốt."]
    assert held(dossier)["$schema"] == "x"
    backups = list(tmp_path.glob("ho-so.truoc-*.bak"))
    assert [b.read_bytes() for b in backups] == [start]
    expected = copy.deepcopy(data)
    expected["members"][2]["review"]["style"] = ["Tác phong tốt."]
    # That the paper came back is recorded too: whose, when, by the hash of the file that came.
    digest = hashlib.sha256(one.read_bytes()).hexdigest()
    today = datetime.date.today().isoformat()
    expected["papers"] = [{"form": "mau-02", "member": "dv-03", "returned": today, "sha256": digest}]
    assert held(dossier) == expected
    assert before != start


def test_a_conflict_is_never_resolved_silently(run: Run, tmp_path: Path, dossier: Path) -> None:
    was = held(dossier)["members"][0]["member"]["workplace"]
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record("dv-01"), member__workplace="Nơi khác"))
    ran = run("read", one, "--into", dossier, "--yes", "--json")
    assert [f["code"] for f in ran.json["findings"]] == ["read.merge.conflict"]
    assert ran.json["written"] is False
    assert held(dossier)["members"][0]["member"]["workplace"] == was
    ran = run("read", one, "--into", dossier, "--yes", "--prefer", "dossier", "--json")
    assert held(dossier)["members"][0]["member"]["workplace"] == was
    ran = run("read", one, "--into", dossier, "--yes", "--prefer", "word", "--json")
    assert [f["code"] for f in ran.json["findings"]] == ["read.merge.replaced"]
    assert held(dossier)["members"][0]["member"]["workplace"] == "Nơi khác"


def test_a_place_left_empty_in_word_empties_nothing(run: Run, tmp_path: Path, dossier: Path) -> None:
    before = held(dossier)
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record("dv-01"), review__style="……………"))
    ran = run("read", one, "--into", dossier, "--yes", "--prefer", "word", "--json")
    assert ran.json["files"][0]["changes"] == []
    assert held(dossier) == before


def test_an_assessment_goes_to_its_assessor(run: Run, tmp_path: Path, dossier: Path) -> None:
    data = held(dossier)
    del data["members"][1]["assessments"]["chi_uy"]["comment"]
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    typed = {"assessment__comment": "Nhất trí."}
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-05", Record("dv-02", "chi_uy"), **typed))
    run("read", one, "--into", dossier, "--yes")
    assert held(dossier)["members"][1]["assessments"]["chi_uy"]["comment"] == ["Nhất trí."]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"member__full_name": "Nguyễn Thị Hoàn Toàn Khác"}, "read.merge.other_person"),
        ({"period__year": "2017"}, "read.merge.other_year"),
    ],
)
def test_a_copied_file_is_not_merged(run: Run, tmp_path: Path, dossier: Path, typed: dict[str, str], code: str) -> None:
    before = dossier.read_bytes()
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record("dv-01"), **typed))
    ran = run("read", one, "--into", dossier, "--yes", "--json")
    assert ran.code == 1
    assert code in [f["code"] for f in ran.json["findings"]]
    assert dossier.read_bytes() == before


def test_a_file_without_record_id_is_placed_by_its_name(run: Run, tmp_path: Path, dossier: Path) -> None:
    data = held(dossier)
    del data["members"][3]["review"]["style"]
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    docx = form_of(dossier, "mau-02", Record("dv-04"), review__style="Tốt.")
    for part in ("docProps/core.xml", "docProps/custom.xml"):
        docx = with_part(docx, part, Edit(docx).parts[part].replace(b"dv-04", b""))
    one = write(tmp_path / "1.docx", docx)
    ran = run("read", one, "--into", dossier, "--yes", "--json")
    assert [f["code"] for f in ran.json["findings"]] == ["read.merge.by_name"]
    assert held(dossier)["members"][3]["review"]["style"] == ["Tốt."]


def test_a_file_of_two_records_is_not_placed_by_its_name(run: Run, tmp_path: Path, dossier: Path) -> None:
    """The name on the paper is no judge between two ids; a person is."""
    before = dossier.read_bytes()
    docx = form_of(dossier, "mau-02", Record("dv-04"), review__style="Tốt.")
    core = Edit(docx).parts["docProps/core.xml"].replace(b"dv-04", b"dv-05")
    one = write(tmp_path / "1.docx", with_part(docx, "docProps/core.xml", core))
    ran = run("read", one, "--into", dossier, "--yes", "--json")
    assert ran.code == 1
    assert [f["code"] for f in ran.json["findings"]] == ["read.identity.two_records"]
    assert dossier.read_bytes() == before
    run("read", one, "--into", dossier, "--yes", "--json", "--member", "dv-04", "--prefer", "word")
    assert held(dossier)["members"][3]["review"]["style"] == ["Tốt."]


def test_another_regulation_is_not_merged(run: Run, tmp_path: Path, dossier: Path) -> None:
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record("dv-01")))
    data = held(dossier)
    data["regulation"] = "hd16-2018"
    other = tmp_path / "khac.json"
    other.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    ran = run("read", one, "--into", other, "--yes", "--json")
    assert "read.merge.other_regulation" in [f["code"] for f in ran.json["findings"]]
    assert ran.json["written"] is False


def test_rows_go_to_the_member_they_name(run: Run, tmp_path: Path, dossier: Path) -> None:
    data = held(dossier)
    for member in data["members"]:
        member.get("cell", {}).pop("note", None)
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    edit = Edit(form_of(dossier, "mau-06", Record()))
    rows = edit.rows("members[].member.full_name")
    rows[0].addprevious(rows[4])  # somebody sorted the table
    from word_edits import fill_control

    note = edit.controls("members[].cell.note")[0]
    fill_control(note, ["Vắng"])
    one = write(tmp_path / "1.docx", edit.save())
    run("read", one, "--into", dossier, "--yes")
    after = held(dossier)["members"]
    assert [m["id"] for m in after if m.get("cell", {}).get("note")] == [data["members"][4]["id"]]


def test_a_form_finds_its_member_however_the_accents_of_the_id_were_typed(
    run: Run, tmp_path: Path, dossier: Path
) -> None:
    data = held(dossier)
    data["members"][1]["member"]["full_name"] = data["members"][0]["member"]["full_name"]
    data["members"][0]["id"] = unicodedata.normalize("NFC", "dv-hải")
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    one = write(tmp_path / "1.docx", form_of(dossier, "mau-02", Record(data["members"][0]["id"])))
    for form in ("NFD", "NFC"):
        data["members"][0]["id"] = unicodedata.normalize(form, "dv-hải")
        data["members"][0]["review"]["ideology"] = []
        dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        ran = run("read", one, "--into", dossier, "--yes")
        assert "read.merge" not in ran.out + ran.err
        assert held(dossier)["members"][0]["review"]["ideology"]
    assert run("read", one, "--into", dossier, "--yes", "--member", unicodedata.normalize("NFD", "dv-hải")).code == 0


def test_a_template_is_checked_and_proved(run: Run, tmp_path: Path) -> None:
    from docgen.forms.template import build_template

    regulation = load_regulation(REGULATION)
    content = build_template(load_form(regulation, "mau-05"))
    good = write(tmp_path / "mau.docx", content)
    ran = run("template", "check", good, "--form", "mau-05", "-r", REGULATION, "--json")
    assert (ran.code, ran.json) == (0, [])
    text = Edit(content).parts["word/document.xml"].replace(b"{{ member.full_name }}", b"{{ member.ful_name }}")
    bad = write(tmp_path / "sai.docx", with_part(content, "word/document.xml", text))
    ran = run("template", "check", bad, "--form", "mau-05", "-r", REGULATION, "--json")
    assert ran.code == 1


def test_a_template_that_swaps_two_values_is_caught(run: Run, tmp_path: Path) -> None:
    from docgen.forms.template import build_template

    regulation = load_regulation(REGULATION)
    content = build_template(load_form(regulation, "mau-05"))
    text = (
        Edit(content).parts["word/document.xml"].replace(b"{{ member.position.union }}", b"{{ member.position.party }}")
    )
    bad = write(tmp_path / "sai.docx", with_part(content, "word/document.xml", text))
    ran = run("template", "check", bad, "--form", "mau-05", "-r", REGULATION, "--json")
    assert ran.code == 1
    assert "read.template.changed" in [f["code"] for f in ran.json]


def test_a_plain_template_without_controls_is_proved_by_its_wording(run: Run, tmp_path: Path) -> None:
    """An office's own docxtpl file: other words, bare tags. What went in is found again between its words."""
    lines = [
        "PHIẾU CỦA CƠ QUAN", "Người được đánh giá: {{ member.full_name }}", "Chi bộ: {{ organization.name }}.",
        "Người đánh giá: {{ assessment.assessor }}", "Mức đề nghị: {{ assessment.proposed_grade }}",
    ]  # fmt: skip
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    regulation = load_regulation(REGULATION)
    from docgen.forms.template import build_template
    from docgen.validation.template_file import prove

    content = build_template(load_form(regulation, "mau-05"))
    document = f'<w:document xmlns:w="{W[1:-1]}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    plain = with_part(
        with_part(content, "word/document.xml", document.encode()), "docProps/custom.xml", b"<Properties/>"
    )
    path = write(tmp_path / "mau.docx", plain)
    found = prove(path, load_form(regulation, "mau-05"))
    assert "read.tags.lost" in [f.code for f in found]
    ran = run("template", "check", path, "--form", "mau-05", "-r", REGULATION, "--json")
    assert ran.code == 1  # it has no place for the levels, which the form requires
