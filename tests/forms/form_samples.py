"""Data for a form, made up by Hypothesis from the form's own list of values: what the schema allows and people type."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import FormDefinition
from docgen.forms.read_values import only_dots
from docgen.regulations.loader import RegulationData
from docgen.word.read.old_fonts import from_letters
from docgen.word.read.view import clean

#: Letters, digits, the marks of Vietnamese writing, XML's own characters, quotes, dashes, spaces that are no spaces.
ALPHABET = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợ"
    "ùủũúụừửữứựỳỷỹýỵ0123456789 .,;:!?-–—…()[]{}<>&%/\\\"'“”‘’«»+*=#@_|~^$€₫\u00a0\u200b\u2060\t\n"
)
_WORDS = st.sampled_from([
    "Hoàn thành tốt nhiệm vụ", "{{ x }}", "{% if %}", "&lt;b&gt;", "A & B < C", "]]>", "Ghi chú", "Không",
    "  hai  cách ",
    "Nguyễn Văn A", "12/12/2018", "ngày", "TT", "I. Ưu điểm, kết quả đạt được", "☒", "x", "1.", "null", "0", "{p_}",
])  # fmt: skip


def _is_value(text: str) -> bool:
    """True for a text that says something as it stands.

    Dots on a line are what an empty field looks like, and letters may happen to look like an old font's.
    """
    return not only_dots(" ".join(text.split())) and not from_letters(clean(text))[1]


TEXTS = st.one_of(
    st.text(ALPHABET, min_size=1, max_size=40), _WORDS, st.lists(_WORDS, min_size=1, max_size=4).map(" ".join)
).filter(_is_value)  # fmt: skip
_DATES = st.dates(datetime.date(1930, 1, 1), datetime.date(2200, 12, 31)).map(datetime.date.isoformat)
_PARTS_OF_DATES = st.from_regex(r"(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?", fullmatch=True)


def value_of(slot: Slot) -> st.SearchStrategy[Any]:
    """Values of one slot."""
    if slot.options:
        return st.sampled_from([slot.kind.of_code(code) for code, _ in slot.options])
    match slot.type:
        case "paragraphs":
            return st.lists(TEXTS, max_size=4)
        case "date":
            return _DATES
        case "life_date":
            return _DATES | _PARTS_OF_DATES
        case "year":
            return st.integers(1930, 2200)
        case "integer":
            return st.integers(0, 10**6)
        case "number":
            return st.one_of(st.integers(0, 10**6), st.integers(0, 10**6).map(lambda n: n / 100))
    return TEXTS


@st.composite
def records(draw: st.DrawFn, regulation: RegulationData, definition: FormDefinition) -> dict[str, Any]:
    """A record of the form: some values, some not, a few rows."""
    out: dict[str, Any] = {"id": draw(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True))}
    lists: dict[str, list[Slot]] = {}
    density = draw(st.sampled_from([0.1, 0.6, 1.0]))
    for slot in slots(definition):
        if slot.list:
            lists.setdefault(slot.list, []).append(slot)
        elif density == 1.0 or draw(st.floats(0, 1)) < density:
            put(out, slot.path, draw(value_of(slot)))
    for name, members in lists.items():
        rows = []
        for _ in range(draw(st.integers(0, 4))):
            row: dict[str, Any] = {}
            for slot in members:
                if density == 1.0 or draw(st.floats(0, 1)) < density:
                    put(row, slot.path, draw(value_of(slot)))
            rows.append(row)
        out[name] = rows
    return out


def put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a value at a path."""
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value
