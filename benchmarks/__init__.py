"""Measurements of docgen: the same work beside its peers and beside the least the machine could do.

Run them as modules: `python -m benchmarks.fill`, `.scale`, `.memory`. They need the development extras and write only
below a temporary folder.
"""

from __future__ import annotations

import io
import random
import statistics
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_NAMES = ("Lê Văn Bình", "Trần Thị Thu Hà", "Nguyễn Hữu Phước", "Huỳnh Quốc Đạt", "Phạm Thị Mỹ Duyên", "Võ Minh Khang")
_PHRASES = (
    "Luôn kiên định chủ nghĩa Mác - Lênin, tư tưởng Hồ Chí Minh, mục tiêu độc lập dân tộc và chủ nghĩa xã hội",
    "chấp hành nghiêm chủ trương của Đảng, chính sách & pháp luật của Nhà nước, tỷ lệ < 5 % sai sót",
    "hoàn thành 12/12 nhiệm vụ được giao trong năm, trong đó 9 nhiệm vụ vượt tiến độ",
    "giữ gìn đoàn kết nội bộ, gần gũi nhân dân, thực hiện tốt quy định về những điều đảng viên không được làm",
    "tự phê bình và phê bình thẳng thắn, tiếp thu ý kiến góp ý của tập thể",
    "còn chậm ở một số báo cáo định kỳ, chưa chủ động tham mưu những vấn đề mới",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One form to fill: its template's bytes and as many records as are asked for."""

    form: str
    template: bytes
    record: Callable[[int], dict[str, Any]]


def form_cases(regulation_id: str, rows: int = 12) -> Iterator[Case]:
    """Every form of a regulation, with made-up records of the length people write."""
    from docgen.forms.bindings import slots
    from docgen.forms.data import Display
    from docgen.forms.definition import load_form
    from docgen.forms.template import build_template
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(regulation_id)
    for file in sorted((regulation.folder / "forms").glob("*.yaml")):
        definition = load_form(regulation, file.stem)
        form_slots = slots(definition)
        display = Display(definition)

        def record(number: int, form_slots: Any = form_slots, display: Any = display) -> dict[str, Any]:
            chance = random.Random(number)
            data: dict[str, Any] = {"id": f"dv-{number:05d}"}
            for slot in form_slots:
                if slot.list:
                    for row in data.setdefault(slot.list, [{} for _ in range(rows)]):
                        _put(row, slot.path, _sample(slot, chance))
                else:
                    _put(data, slot.path, _sample(slot, chance))
            context: dict[str, Any] = display.context(data)
            return context

        yield Case(f"{regulation_id}/{definition.form}", build_template(definition), record)


def _put(target: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value


def _sample(slot: Any, chance: random.Random) -> Any:
    """A value of the slot's type; one in twelve is empty, as on real forms."""
    if chance.random() < 1 / 12:
        return None
    if slot.type == "bool":
        return chance.random() < 0.5
    if slot.options:
        return chance.choice([code for code, _ in slot.options])
    if slot.type in ("date", "life_date"):
        return f"{chance.randint(1960, 2018)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    if slot.type in ("integer", "number", "year"):
        return chance.randint(1, 2018)
    if slot.type == "paragraphs":
        return [sentence(chance) for _ in range(chance.randint(2, 4))]
    return f"{chance.choice(_NAMES)} {chance.randint(1, 9999)}"


def sentence(chance: random.Random) -> str:
    """A sentence of 20 to 60 words."""
    return "; ".join(chance.sample(_PHRASES, chance.randint(1, 3))) + "."


def median_ms(work: Callable[[int], object], times: int) -> float:
    """The median of `times` calls of `work`, each with its number, in milliseconds."""
    return statistics.median(once(work, number) for number in range(times))


def once(work: Callable[[int], object], number: int) -> float:
    """One call of `work`, in milliseconds."""
    start = time.perf_counter()
    work(number)
    return (time.perf_counter() - start) * 1000


def text_of(document: bytes | Path) -> list[str]:
    """The text of every paragraph of a .docx, prompts of empty controls left out."""
    with zipfile.ZipFile(io.BytesIO(document) if isinstance(document, bytes) else document) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    found = []
    for paragraph in root.iter(f"{W}p"):
        pieces = []
        for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab"):
            style = None if (run := node.getparent()) is None else run.find(f"{W}rPr/{W}rStyle")
            if style is None or style.get(f"{W}val") != "PlaceholderText":
                pieces.append((node.text or "") if node.tag == f"{W}t" else "\n" if node.tag == f"{W}br" else "\t")
        found.append("".join(pieces))
    # a control of paragraphs that is empty keeps one paragraph, for its prompt; docxtpl leaves none
    return [text for text in found if text]
