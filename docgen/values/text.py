"""`text`: words on one line. `paragraphs`: as many as somebody has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docgen.values.kind import DOTS, Options, Parsed, ValueType, one_line, written
from docgen.values.spelling import clean

#: A narrative of the length people write (40 to 120 words): what it is about, what was done, what is left.
NARRATIVE = (
    "- Nội dung “{label}” được thực hiện nghiêm túc, đúng kế hoạch năm {year} đã được chi bộ thông qua; kết quả được "
    "báo cáo và nhận xét công khai tại các kỳ sinh hoạt trong năm.",
    "- Đã hoàn thành 24/25 nhiệm vụ, đạt 96%; trong đó 05 nhiệm vụ vượt tiến độ, 01 nhiệm vụ đạt 82% so với kế hoạch "
    "do khối lượng công việc phát sinh lớn vào đầu năm học.",
    "- Còn một số việc tiến độ chưa đều; đã rút kinh nghiệm trước tập thể và có biện pháp khắc phục cụ thể, phân công "
    "rõ người, rõ việc, rõ thời gian hoàn thành trong quý I năm {next}.",
)


class Text(ValueType):
    """Words on one line."""

    name = "text"
    control = "text"
    is_prose = True
    empty = ""

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return ()

    def schema(self, options: Options) -> dict[str, Any]:
        return {"type": "string"}

    def fits(self, value: Any, options: Options) -> bool:
        return isinstance(value, str)

    def shower(self, options: Options) -> Callable[[Any], Any] | None:
        return None

    def prompt(self, form: str) -> str:
        return DOTS

    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        return clean(value) in text

    def canonical(self, value: Any) -> Any:
        return one_line(value)

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        out = written(paragraphs)
        out.value = out.raw or None
        return out

    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return label


class Paragraphs(ValueType):
    """Several paragraphs, each on one line."""

    name = "paragraphs"
    control = "paragraphs"

    @property
    def empty(self) -> Any:
        return []

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return ()

    def schema(self, options: Options) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}

    def fits(self, value: Any, options: Options) -> bool:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)

    def shower(self, options: Options) -> Callable[[Any], Any] | None:
        return None

    def prompt(self, form: str) -> str:
        return "…" * 30

    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        return all(clean(paragraph) in text for paragraph in value)

    def canonical(self, value: Any) -> Any:
        kept = [" ".join(str(paragraph).split()) for paragraph in value or ()]
        return [paragraph for paragraph in kept if paragraph] or None

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        kept = [p for p in (clean(p) for p in paragraphs) if p]
        return Parsed(kept or None, raw=" ".join(kept))

    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return [line.format(label=label, year=year, next=year + 1) for line in NARRATIVE]


TYPES = (Text, Paragraphs)
