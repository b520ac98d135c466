"""The official wording stands on each blank form of HD 16: counted word by word against the source's own text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from docgen.forms.definition import load_form
from docgen.forms.fill import blank_form
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import paragraphs

SOURCE = Path(__file__).parent.parent / "data" / "hd16-2018"
FORMS = sorted(path.stem for path in SOURCE.glob("*.txt"))


def words(text: str) -> list[str]:
    """Words in reading order: NFC, letters and digits only, note numbers in brackets left out."""
    text = unicodedata.normalize("NFC", re.sub(r"\[\d\]", " ", text))
    return re.findall(r"[^\W_]+", text)


def ordered(left: list[str], right: list[str]) -> int:
    """Length of the longest common subsequence (bit-parallel, so 1,500 words cost nothing)."""
    places: dict[str, int] = {}
    for position, word in enumerate(right):
        places[word] = places.get(word, 0) | 1 << position
    row = (1 << len(right)) - 1
    full = row
    for word in left:
        match = places.get(word, 0)
        row = ((row + (row & match)) | (row & ~match)) & full
    return len(right) - row.bit_count()


def page_words(form: str) -> list[str]:
    regulation = load_regulation("hd16-2018")
    return words("\n".join(paragraphs(blank_form(load_form(regulation, form)))))


def test_every_form_of_the_source_is_compared() -> None:
    assert sorted(load_regulation("hd16-2018").forms) == FORMS


@pytest.mark.parametrize("form", FORMS)
def test_blank_form_holds_the_words_of_the_source(form: str) -> None:
    source = words((SOURCE / f"{form}.txt").read_text(encoding="utf-8"))
    page = page_words(form)
    lost = Counter(source) - Counter(page)
    assert 1 - sum(lost.values()) / len(source) >= 0.99, lost
    assert ordered(source, page) / len(source) >= 0.95


@pytest.mark.parametrize("form", FORMS)
def test_blank_form_adds_nothing_of_its_own(form: str) -> None:
    source = Counter(words((SOURCE / f"{form}.txt").read_text(encoding="utf-8")))
    page = page_words(form)
    added = Counter(word for word in page if not word.isdigit()) - source
    # The three dates' prompts (ngày, tháng, năm) may stand once more than in the source.
    assert sum(added.values()) <= 3, added


def test_the_count_notices_a_lost_sentence() -> None:
    source = words("Một câu có tám chữ ở trong nguồn này")
    assert sum((Counter(source) - Counter(source[:-1])).values()) == 1
    assert ordered(source, source[::-1]) < len(source)
