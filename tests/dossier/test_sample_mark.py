"""The sample says that it is one; its words in a dossier that does not say so are found, each at its place."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.sample import sample_dossier
from docgen.dossier.sample_words import sample_name, sample_sentence, works
from docgen.model import Finding
from docgen.pipeline import PacketOptions, check_loaded, make_packet
from docgen.regulations.loader import list_regulations, load_regulation

REAL = {
    "name": "Khoa Nội tổng hợp", "parent": "BỆNH VIỆN ĐA KHOA TRUNG TÂM AN GIANG", "kind": "chi_bo",
    "unit": "Khoa Nội tổng hợp, Bệnh viện Đa khoa Trung tâm An Giang",
}  # fmt: skip


def findings(data: dict[str, Any]) -> list[Finding]:
    dossier, found = dossier_from_data(copy.deepcopy(data))
    assert dossier is not None
    return check_loaded(dossier, found).findings


def left(data: dict[str, Any]) -> dict[str, str]:
    return {f.place.pointer: f.code for f in findings(data) if f.code.startswith("validation.sample.")}


def texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(item, f"{pointer}/{name}")


def rewritten(data: dict[str, Any]) -> dict[str, Any]:
    """The sample with every name and sentence replaced by the unit's own; the mark removed."""
    own = copy.deepcopy(data)
    del own["sample"]
    counter = iter(range(100_000))

    def change(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {k: v if k in ("facts", "levels") else change(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [change(item, name) for item in value]
        if isinstance(value, str) and (sample_sentence(value) or sample_name(value)):
            return f"Nội dung riêng của đơn vị, mục thứ {next(counter)}"
        return value

    changed: dict[str, Any] = change(own)
    return changed | {"organization": REAL}


@pytest.mark.parametrize("name", list_regulations())
def test_the_sample_is_marked_and_clean_and_refused_without_the_mark(name: str) -> None:
    data = sample_dossier(name)
    assert data["sample"] is True
    assert [f.code for f in findings(data) if f.severity == "error"] == []
    assert left(data) == {}
    del data["sample"]
    # About the invented body it is the sample still, as docgen before 0.3 wrote it: said once, and nothing refused.
    assert set(left(data).values()) == {"validation.sample.unmarked"}
    data["organization"] = REAL
    found = left(data)
    assert {"validation.sample.left", "validation.sample.left_name"} <= set(found.values())
    # Not one narrative of anybody is passed over.
    for pointer, text in texts(data["members"], "/members"):
        if "/review/" in pointer and len(text) >= 60:
            assert found.get(pointer) == "validation.sample.left", text


@pytest.mark.parametrize("name", list_regulations())
def test_a_dossier_written_anew_has_nothing_of_the_sample(name: str) -> None:
    assert left(rewritten(sample_dossier(name))) == {}


@pytest.mark.parametrize("name", list_regulations())
def test_one_forgotten_paragraph_is_named_with_its_place(name: str) -> None:
    sample = sample_dossier(name)
    own = rewritten(sample)
    kept = next(t for t in sample["members"][3]["review"]["shortcomings"] if len(t) >= 60)
    own["members"][3]["review"]["shortcomings"] = ["Chưa đạt 02 chỉ tiêu của khoa.", kept]
    (found,) = [f for f in findings(own) if f.code.startswith("validation.sample.")]
    assert (found.severity, found.place.pointer) == ("error", "/members/3/review/shortcomings/1")
    assert found.who == own["members"][3]["id"]
    assert kept[2:30] in found.text()
    assert '"sample": true' in found.hint()


def test_another_year_a_bullet_or_a_further_sentence_does_not_hide_it() -> None:
    sentence = "Gia đình chấp hành tốt quy định nơi cư trú, được công nhận gia đình văn hóa năm 2026."
    assert sample_sentence(sentence)
    assert sample_sentence("+ " + sentence)
    assert sample_sentence("Đã xây nhà tình nghĩa. " + sentence)
    assert sample_sentence(sentence.upper())
    assert not sample_sentence(sentence.replace("văn hóa", "hiếu học"))


@pytest.mark.parametrize(
    "own", ["Không có.", "Chấp hành tốt nội quy, quy chế", "Hoàn thành tốt nhiệm vụ.", "Nguyễn Văn An", "Cần Thơ"]
)
def test_what_anybody_may_write_is_nobodys(own: str) -> None:
    assert sample_sentence(own) == ""
    assert sample_name(own) == ""


def test_a_name_that_a_real_unit_may_bear_is_a_reminder() -> None:
    own = rewritten(sample_dossier("kh55-2018"))
    own["organization"] = REAL | {"name": "Phòng Đào tạo và Công tác sinh viên"}
    assert left(own) == {"/organization/name": "validation.sample.left_unit"}
    assert [f.code for f in findings(own) if f.severity == "error"] == []


def test_the_mark_left_on_the_dossier_of_another_unit_is_told() -> None:
    own = sample_dossier("kh55-2018") | {"organization": REAL}
    (found,) = [f for f in findings(own) if f.code.startswith("validation.sample.")]
    assert (found.code, found.severity) == ("validation.sample.still_marked", "warning")
    assert REAL["parent"] in found.text()


@pytest.mark.parametrize("name", list_regulations())
@pytest.mark.parametrize("marked", [True, False])
def test_the_mark_travels_through_excel(name: str, marked: bool, tmp_path: Path) -> None:
    data = sample_dossier(name)
    if not marked:
        del data["sample"]
    path = tmp_path / "ho-so.xlsx"
    path.write_bytes(workbook_bytes(load_regulation(name), data))
    dossier, _ = load_dossier(path)
    assert dossier is not None
    assert dossier.data.get("sample") == (True if marked else None)


def test_a_packet_is_refused_outside_a_sample_but_for_a_draft(tmp_path: Path) -> None:
    data = sample_dossier("kh55-2018", members=1)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert make_packet(path, tmp_path / "a")[0] is not None
    del data["sample"]
    data["organization"] = REAL
    path.write_text(json.dumps(data), encoding="utf-8")
    assert make_packet(path, tmp_path / "b")[0] is None
    assert not (tmp_path / "b").exists()
    assert make_packet(path, tmp_path / "c", PacketOptions(draft=True))[0] is not None


def test_a_mark_of_another_kind_is_no_mark() -> None:
    data = sample_dossier("kh55-2018", members=1) | {"sample": "x", "organization": REAL}
    assert "/sample" in {f.place.pointer for f in findings(data)}
    assert "validation.sample.left" in left(data).values()


@pytest.mark.parametrize("name", list_regulations())
@pytest.mark.parametrize("seed", [0, 7])
def test_no_sentence_stands_more_than_three_times(name: str, seed: int) -> None:
    seen: Counter[str] = Counter()
    for pointer, text in texts(sample_dossier(name, seed=seed)):
        if pointer.endswith(("/assessor", "/workplace", "/unit", "/body", "/address")):
            continue  # names, not sentences
        for part in re.split(r"(?<=[.;!?])\s+|\n", text):
            if len(part) >= 25:
                seen[part.strip(" -+")] += 1
    assert {sentence: count for sentence, count in seen.items() if count > 3} == {}


@pytest.mark.parametrize("name", ["hd16-2018", "kh40-2018", "kh55-2018"])
def test_remarks_about_a_member_are_about_that_members_work(name: str) -> None:
    for member, work in zip(sample_dossier(name)["members"], works(), strict=True):
        for sheet in member["assessments"].values():
            assert work in sheet["comment"][0]
