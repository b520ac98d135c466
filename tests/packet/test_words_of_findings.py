"""What the secretary's page says of findings is in words: no id of an assessor, a fact, a choice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from docgen.dossier.loaded import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.model import Finding
from docgen.pipeline import check_loaded

#: A name of a program: two plain words with an underscore between.
_CODE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def _no_sheet(data: dict[str, Any]) -> None:
    del data["members"][0]["assessments"]["chi_uy"]


def _other_kind(data: dict[str, Any]) -> None:
    data["organization"]["kind"] = "dang_bo"
    data["party_organization"].setdefault("facts", {})["org_type"] = "chi_bo_truc_thuoc"


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (_no_sheet, "validation.assessment.missing", "Chi ủy (chi bộ) nơi đảng viên sinh hoạt"),
        (_other_kind, "board.finding.other_kind", "Chi bộ trực thuộc"),
    ],
)
def test_a_message_calls_things_by_their_words(spoil: Callable[[dict[str, Any]], None], code: str, words: str) -> None:
    data: dict[str, Any] = sample_dossier("kh55-2018")
    spoil(data)
    found: list[Finding] = [f for f in check_loaded(*dossier_from_data(data)).findings if f.code == code]
    assert found
    for finding in found:
        assert words in finding.text("vi")
        assert not _CODE.search(finding.text("vi"))
        assert any(_CODE.fullmatch(str(value)) for value in finding.params.values()), "for programs the code stays"
