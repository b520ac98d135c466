"""The words of the sample dossier (`sample.yaml`), and where they stand in a dossier that is not the sample.

Who edits the sample may leave a paragraph in it: it would go into an official paper as somebody's own. So whole
paragraphs and sentences of the sample are known again, whatever year they speak of; a sentence that was changed is the
writer's own. So are the names of the sample's people (one letter for a given name) and of its made-up university; a
name that a real unit may well bear is only doubted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from docgen.dossier.cleaning import paragraphs
from docgen.regulations.strict_yaml import load_file

#: Parts of the names of members beyond those of `sample.yaml`.
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Mai")
MIDDLE = ("Văn", "Thị", "Hoàng", "Minh", "Quốc", "Thanh", "Gia", "Kim", "Ngọc", "Hữu", "Đức", "Thu")
GIVEN = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Mỹ", "Nam", "Oanh", "Phúc", "Quân",
          "Sơn", "Tâm", "Uyên", "Vinh", "Xuân", "Yến")  # fmt: skip
#: A shorter sentence may be anybody's ("Không có.", "Chấp hành tốt nội quy.").
SHORTEST = 40
_YEAR = re.compile(r"\{(?:year|next)\}|\b(?:19|20)\d\d\b")
_BULLET = re.compile(r"^\s*(?:[-+•*–]|\d{1,2}[.)])\s*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])")
_FIRST = 4


@cache
def words() -> Any:
    """The content of `sample.yaml`."""
    return load_file(Path(__file__).with_name("sample.yaml"))


@cache
def scored_words() -> Any:
    """The content of `sample_scored.yaml`."""
    return load_file(Path(__file__).with_name("sample_scored.yaml"))


def results_of(lines: list[str]) -> list[str]:
    """What was done, in words, from the same lines (`việc | sản phẩm | hạn | kết thúc | vượt mức`) as the table."""
    rows = [[part.strip() for part in line.split("|")] for line in lines]
    more = [row[0] for row in rows if row[4] == "v"]
    late = [row[0] for row in rows if row[3] != "d"]
    first = f"- Xong {len(rows):02d}/{len(rows):02d} nhiệm vụ"
    first += f"; vượt mức: {', '.join(more)}" if more else "; không có nhiệm vụ vượt mức"
    first += f"; chậm: {', '.join(late)}." if late else "."
    return [first, *(f"- {name}: {product}." for name, product, *_ in rows)]


def works() -> list[str]:
    """What each of the sample's people does, as it is called in remarks about them."""
    return [line.split("|")[7].strip() for line in words()["people"]]


def _bare(text: str) -> str:
    """`text` without bullet and year, in one case."""
    return _YEAR.sub("0000", _BULLET.sub("", text)).casefold().strip()


def pieces(text: str) -> Iterator[str]:
    """A paragraph, then each of its sentences where it has several."""
    yield text
    if len(parts := _SENTENCE.split(_BULLET.sub("", text))) > 1:
        yield from parts


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from paragraphs(value)
    else:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


@cache
def _sentences() -> tuple[frozenset[str], frozenset[str]]:
    """The sample's paragraphs and sentences, and how they begin."""
    aside = ("body", "signers", "assessor_signers", "union_signers", "people", "tasks", "unit_tasks", "enclosures",
             "remedied_pct")  # fmt: skip
    told = [text for own in (words(), scored_words()) for key, value in own.items() if key not in aside
            for text in _texts(value)]  # fmt: skip
    told += [text for lines in scored_words()["tasks"] if lines for text in results_of(lines)]
    about = [t.replace("{work}", work) for t, work in product([t for t in told if "{work}" in t], works())]
    known = {_bare(piece) for text in (*told, *about) if "{work}" not in text for piece in pieces(text)}
    kept = frozenset(text for text in known if len(text) >= SHORTEST and "{label}" not in text)
    return kept, frozenset(text[:_FIRST] for text in kept)


@cache
def _names() -> dict[str, bool]:
    """The sample's names in one case; False where a real unit may bear the same."""
    own = words()
    people = {line.split("|")[0].strip() for line in (*own["people"], *scored_words()["people"])}
    people |= {*own["signers"].values(), *own["assessor_signers"].values(), *own["union_signers"]}
    fields = own["fields"]
    people |= {name for key in ("residence.signer", "residence.body", "residence.address") for name in fields[key]}
    people |= {own["body"]["parent"], own["body"]["unit"], *own["body"]["places"].values()}
    units = {own["body"][key] for key in ("name", "collective", "party_organization")}
    return {name.casefold(): True for name in people} | {name.casefold(): False for name in units}


def sample_name(value: str) -> str:
    """`sure` where `value` is a name of the sample, `maybe` where a real unit may bear it too, else nothing."""
    found = _names().get(value.strip().casefold())
    return "" if found is None else "sure" if found else "maybe"


def sample_sentence(text: str) -> str:
    """The first paragraph or sentence of the sample that stands in the paragraph `text`; empty where none does."""
    known, beginnings = _sentences()
    for piece in pieces(text) if len(text) >= SHORTEST else ():
        start = _BULLET.sub("", piece)
        if start[:_FIRST].casefold() in beginnings and _bare(start) in known:
            return piece.strip()
    return ""
