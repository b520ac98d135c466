"""The file list of QĐ 366 Điều 17: what is added by hand, what the own list says is there, what is missing."""

from __future__ import annotations

import copy
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError
from docgen.i18n import LANGUAGES, message
from docgen.packet.index import index_page
from docgen.packet.manifest import manifest
from docgen.pipeline import check_loaded
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import paragraphs

NAME = "hd43-2025"
REGULATION = load_regulation(NAME)


@cache
def _sample() -> dict[str, Any]:
    return sample_dossier(NAME, year=2026)


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(_sample())


def missing(data: dict[str, Any]) -> list[str]:
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    found = [f for f in check_loaded(dossier, findings).findings if f.code == "validation.enclosures.missing"]
    assert {(f.severity, f.place.pointer) for f in found} <= {("warning", "/enclosures")}
    return [name for f in found for name in re.split(r"(?<=\)\)); ", f.params["names"])]


def test_the_nine_of_dieu_17_are_all_there() -> None:
    """(1) is what docgen makes; (2) to (9) are listed, each once, by the codes of the dossier's list."""
    numbers = [e.clause.rpartition("Đ.17 ")[2] for e in REGULATION.enclosures if "Đ.17" in e.clause]
    assert numbers == [f"({n})" for n in range(2, 10)]
    assert {e.id for e in REGULATION.enclosures} == set(REGULATION.choices["enclosure"])
    assert [item.form for item in REGULATION.packet][:2] == ["mau-04", "mau-01"]


def test_nothing_is_missing_in_the_sample(data: dict[str, Any]) -> None:
    assert missing(data) == []


@pytest.mark.parametrize(("paper", "clause"), [("bien_ban", "Đ.17 (3)"), ("cu_tru", "Đ.17 (2)")])
def test_what_is_owed_and_not_listed_is_named(data: dict[str, Any], paper: str, clause: str) -> None:
    data["enclosures"] = [row for row in data["enclosures"] if row["paper"] != paper]
    (name,) = missing(data)
    assert clause in name


def test_without_a_list_all_that_is_owed_is_named(data: dict[str, Any]) -> None:
    del data["enclosures"]
    assert [name.split(" (")[0] for name in missing(data)] == [
        "Bản nhận xét của cấp uỷ nơi cư trú", "Biên bản hội nghị kiểm điểm",
    ]  # fmt: skip


def test_the_appraisal_and_the_conclusion_are_owed_once_grades_are_decided(data: dict[str, Any]) -> None:
    data["superior"] = {"grade": "HTTNV", "decided_by": "Đảng ủy Trường", "decided_on": "2026-12-28"}
    assert [name.rpartition("Đ.17 ")[2] for name in missing(data)] == ["(4))", "(5))"]
    data["enclosures"] += [{"name": "Kết luận của đảng ủy", "paper": "ket_luan"}]
    assert [name.rpartition("Đ.17 ")[2] for name in missing(data)] == ["(4))"]


def test_the_comment_of_the_other_cell_only_of_who_takes_part_there(data: dict[str, Any]) -> None:
    data["members"][4]["facts"]["temporary_activity"] = True
    data["members"][4]["facts"]["temporary_org_comment_received"] = True
    assert any("7.6" in name for name in missing(data))


def index(data: dict[str, Any]) -> list[str]:
    return paragraphs(index_page(REGULATION, data, (), {}, False))


def test_the_index_ticks_what_the_list_names(data: dict[str, Any]) -> None:
    texts = index(data)

    def box(what: str) -> str:
        return texts[texts.index(what) + 3]

    assert box("Biên bản hội nghị kiểm điểm") == "☒ (6 tờ)"
    assert box("Các văn bản khác") == "☒ (4 tờ)"
    assert box("Văn bản gợi ý kiểm điểm") == "☐"
    assert box("Kết luận đánh giá, kết quả xếp loại của cấp có thẩm quyền") == "☐"


def test_the_archive_is_told_on_the_index_and_in_the_manifest(data: dict[str, Any]) -> None:
    """QĐ 383 Đ.12 k.1: within one year of the year in which the work ended. The terms are empty at first."""
    assert "archive" not in data
    texts = index(data)
    assert "Số, ký hiệu hồ sơ: ……………. Thời hạn lưu trữ: ……………." in texts
    assert any("hết năm 2027" in text and "QĐ 383-QĐ/TW Đ.12 k.1" in text for text in texts)
    data["archive"] = {"file_code": "12-2026/CB", "term": "Vĩnh viễn"}
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    assert not [f for f in check_loaded(dossier, findings).findings if "archive" in f.place.pointer]
    assert "Số, ký hiệu hồ sơ: 12-2026/CB. Thời hạn lưu trữ: Vĩnh viễn." in index(data)
    content = manifest(REGULATION, data, {}, (), (), draft=False, findings={})
    assert b'"term": "V\xc4\xa9nh vi\xe1\xbb\x85n"' in content
    # A regulation that says nothing of archives prints nothing of them.
    old = sample_dossier("kh55-2018")
    assert not any("lưu trữ" in t for t in paragraphs(index_page(load_regulation("kh55-2018"), old, (), {}, False)))


def test_they_come_back_from_a_workbook(data: dict[str, Any], tmp_path: Path) -> None:
    data["archive"] = {"file_code": "12-2026/CB", "term": "Vĩnh viễn"}
    data["enclosures"][0]["term"] = "20 năm"
    path = tmp_path / "ho-so.xlsx"
    path.write_bytes(workbook_bytes(REGULATION, data))
    loaded, _ = load_dossier(path)
    assert loaded is not None
    assert loaded.data["archive"] == data["archive"]
    assert loaded.data["enclosures"] == data["enclosures"]


@pytest.mark.parametrize("wrong", ["owed: khi nào có", "owed: sent, xx: y"])
def test_an_unknown_code_is_refused(tmp_path: Path, wrong: str) -> None:
    folder = tmp_path / "x-2026"
    folder.mkdir()
    text = f"regulation: x-2026\nextends: {NAME}\nenclosures:\n  - {{what: x, whose: y, clause: z, {wrong}}}\n"
    (folder / "regulation.yaml").write_text(text, "utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_regulation("x-2026", [tmp_path])
    assert refused.value.facts["line"] == 4


def test_the_words_are_in_both_languages() -> None:
    for language in LANGUAGES:
        for key in ("validation.enclosures.missing", "validation.enclosures.missing.hint"):
            assert "validation." not in message(key, language, names="x")
