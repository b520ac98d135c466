"""Texts made to be slow cost no more than their length: no regular expression backtracks over millions of letters."""

from __future__ import annotations

import copy

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier

N = 1_000_000


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "text",
    ["a" * N, "а" + " " + "a" * N, "a" * N + "а", "[nhập" * (N // 5), "(" * N, "." * N, "… " * (N // 2), " " * N,
     "ngày" * (N // 4), "{{" * (N // 2), "\u200b" * N, "\u0301" * 1000, "<w:" * (N // 3)],
    ids=lambda t: ascii(t[:6]),
)  # fmt: skip
def test_long_texts_are_read_in_linear_time(text: str) -> None:
    data = copy.deepcopy(sample_dossier("kh55-2018", members=1))
    data["members"][0]["review"]["ideology"] = text
    data["members"][0]["review"]["explanation"] = [text]
    data["members"][0][text[:3000]] = 1
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    validate_dossier(dossier, load_regulation("kh55-2018"))
