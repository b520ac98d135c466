"""`text`: words on one line. `paragraphs`: as many as somebody has to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.values.kind import DOTS, Options, Parsed, Shown, ValueType, one_line, written
from docgen.values.spelling import clean

#: Paragraphs that are their own plain form: as many, and as long together, as a section may be without a word about it.
PLAIN_PARAGRAPHS: Schema = {"minItems": 1, "maxItems": 50, "items": {"maxLength": 2_000}}
#: A narrative of the length people write (40 to 120 words): what it is about, what was done, what is left.
NARRATIVE = (
    "- Nội dung “{label}” được thực hiện nghiêm túc, đúng kế hoạch năm {year} đã được chi bộ thông qua; kết quả được "
    "báo cáo và nhận xét công khai tại các kỳ sinh hoạt trong năm.",
    "- Đã hoàn thành 24/25 nhiệm vụ, đạt 96%; trong đó 05 nhiệm vụ vượt tiến độ, 01 nhiệm vụ đạt 82% so với kế hoạch "
    "do khối lượng công việc phát sinh lớn vào đầu năm học.",
    "- Còn một số việc tiến độ chưa đều; đã rút kinh nghiệm trước tập thể và có biện pháp khắc phục cụ thể, phân công "
    "rõ người, rõ việc, rõ thời gian hoàn thành trong quý I năm {next}.",
)


class Text(ValueType[str]):
    """Words on one line."""

    name = "text"
    control = "text"
    is_prose = True
    is_words = True
    cell_format = "@"
    empty = ""

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return ()

    def schema(self, options: Options) -> Schema:
        return {"type": "string"}

    def fits(self, value: Json, options: Options) -> bool:
        return isinstance(value, str)

    def shower(self, options: Options) -> Callable[[str], Shown] | None:
        return None

    def prompt(self, form: str) -> str:
        return DOTS

    def is_printed(self, value: str, options: Options, text: str) -> bool:
        return clean(value) in text

    def canonical(self, value: Json) -> Json:
        return one_line(value)

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        out = written(paragraphs)
        out.value = out.raw or None
        return out

    def strict(self, options: Options, line: Schema) -> Schema:
        return line

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return None

    def sample(self, label: str, options: Options, year: int, index: int) -> str:
        return label


class Paragraphs(ValueType[Sequence[str]]):
    """Several paragraphs, each on one line."""

    name = "paragraphs"
    control = "paragraphs"
    is_prose = True
    is_words = True
    is_many = True
    cell_example = "Đoạn thứ nhất\nĐoạn thứ hai (Alt+Enter để xuống dòng)"

    @property
    def empty(self) -> Shown:
        return []

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return ()

    def schema(self, options: Options) -> Schema:
        return {"type": "array", "items": {"type": "string"}}

    def fits(self, value: Json, options: Options) -> bool:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)

    def shower(self, options: Options) -> Callable[[Sequence[str]], Shown] | None:
        return None

    def prompt(self, form: str) -> str:
        return "…" * 30

    def is_printed(self, value: Sequence[str], options: Options, text: str) -> bool:
        return all(clean(paragraph) in text for paragraph in value)

    def canonical(self, value: Json) -> Json:
        kept = [" ".join(str(paragraph).split()) for paragraph in (value if isinstance(value, list) else ())]
        return [paragraph for paragraph in kept if paragraph] or None

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        kept = [p for p in (clean(p) for p in paragraphs) if p]
        return Parsed(kept or None, raw=" ".join(kept))

    def strict(self, options: Options, line: Schema) -> Schema:
        return {"type": "array", **PLAIN_PARAGRAPHS, "items": {**line, **PLAIN_PARAGRAPHS["items"]}}

    def sound(self, value: Json) -> Json:
        if not isinstance(value, list):
            return None
        kept = [item for item in value if isinstance(item, str)]
        return value if len(kept) == len(value) else kept or None

    def to_cell(self, value: Json, options: Iterable[tuple[str, str]]) -> Json:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return "\n".join(value)
        return super().to_cell(value, options)

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return None

    def sample(self, label: str, options: Options, year: int, index: int) -> Sequence[str]:
        return [line.format(label=label, year=year, next=year + 1) for line in NARRATIVE]
