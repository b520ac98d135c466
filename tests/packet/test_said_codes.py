"""How forms are called on the pages of a packet."""

from __future__ import annotations

import pytest

from docgen.packet.page_words import said_code, short_code


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("Mẫu 02A-HD KĐ.ĐG 2025", "Mẫu 02A"),
        ("BIỂU ĐIỂM SỐ 01", "Biểu điểm số 01"),
        ("MẪU PHIẾU SỐ 01", "Mẫu phiếu số 01"),
        ("BIỂU MẪU QĐ 01", "Biểu mẫu QĐ 01"),
        ("BTH 02", "BTH 02"),
        ("Biểu TH SỐ 01", "Biểu TH SỐ 01"),
        ("Mẫu KB 02A", "Mẫu KB 02A"),
        ("Phụ lục", "Phụ lục"),
    ],
)
def test_a_code_as_people_say_it(code: str, short: str) -> None:
    assert short_code(code) == short


def test_a_code_beside_its_owner() -> None:
    assert said_code("Phụ lục chấm điểm kèm Mẫu 02A") == "Phụ lục chấm điểm"
