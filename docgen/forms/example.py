"""A complete example record of one form, made from its definition alone: every value by its type and label.

For the command line's `fill --example`, for documentation and for trying out a form. The example dossier of a
regulation, whose people and words belong together, is `docgen.dossier.sample`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import FormDefinition
from docgen.regulations.loader import Regulation

_NAMES = ("Nguyễn Văn A", "Trần Thị B", "Lê Hoàng C")
#: What a text holds, by the end of its binding; anything else shows its own label.
_TEXTS = {
    "document.place": "Cần Thơ",
    "organization.name": "Phòng Đào tạo và Công tác sinh viên",
    "organization.parent": "TRƯỜNG ĐẠI HỌC SÔNG HẬU",
    "organization.unit": "Phòng Đào tạo và Công tác sinh viên, Trường Đại học Sông Hậu",
    "collective.name": "Chi ủy Chi bộ Phòng Đào tạo và Công tác sinh viên",
    "party_organization.name": "Chi bộ Phòng Đào tạo và Công tác sinh viên",
    "member.full_name": _NAMES[0],
    "member.workplace": "Phòng Đào tạo và Công tác sinh viên",
    "position.party": "Bí thư chi bộ",
    "position.government": "Trưởng phòng",
    "position.union": "Tổ trưởng tổ công đoàn",
    "assessment.assessor": "Chi ủy nơi đảng viên sinh hoạt",
    "assessment.signer": _NAMES[1],
    "cell.note": "Không có",
    "report.number": "27-BC/CB",
    "counting.head": _NAMES[2],
    **{
        f"{root}.{name}": text
        for root in ("regrade", "organization_regrade")
        for name, text in (
            ("number", "27-QĐ/ĐU"),
            ("discipline_number", "15-QĐ/UBKTĐU"),
            ("issuer", "ĐẢNG ỦY TRƯỜNG ĐẠI HỌC SÔNG HẬU"),
        )
    },
}
_DATES = {"member.birth_date": "1978-03-14", "member.admission_date": "2005-05-19"}
#: What is a narrative of its own: a decision is taken for a fault, not for work well done.
_OWN = {
    "regrade.reason": (
        "- Kết luận kiểm tra của Ủy ban Kiểm tra Đảng ủy: báo cáo 02 nhiệm vụ năm {year} là hoàn thành trong khi sản "
        "phẩm chưa được nghiệm thu.",
    ),
}
_ROWS = 3
_GRADES = {"regrade.new_grade": "HTNV"}
_NUMBERS = {"meeting.days": 1}


def sample_record(regulation: Regulation, definition: FormDefinition) -> dict[str, Any]:
    """One complete record of `definition`, `id` first: it conforms to the form's schema.

    Criteria that only apply to one kind of body are answered for the kind that the record names.
    """
    year = _year(regulation)
    out: dict[str, Any] = {"id": f"{definition.form}-vi-du"}
    found = slots(regulation, definition)
    chooser = regulation.applies or "collective.kind"
    kinds = [s.options[0][0] for s in found if s.binding == chooser and s.options]
    kind = kinds[0] if kinds else ""
    tables = definition.criteria() if regulation.applies else []
    other = {(*t.scores.split("."), leaf.id) for t in tables for leaf in t.leaves() if leaf.applies not in ("", kind)}
    rows: dict[str, list[dict[str, Any]]] = {}
    for slot in found:
        if slot.list:
            for index, row in enumerate(rows.setdefault(slot.list, [{} for _ in range(_ROWS)])):
                _put(row, slot.path, _value(slot, year, index))
        elif slot.path[:-1] not in other and (
            slot.criterion is None or slot.criterion.applies in ("", kind) or not kind
        ):
            _put(out, slot.path, _value(slot, year, 0))
    return out | rows


def _year(regulation: Regulation) -> int:
    """The year of the record: the one in the regulation's id, else the year it was issued."""
    tail = regulation.id.rpartition("-")[2]
    if len(tail) == 4 and tail.isdigit():
        return int(tail)
    return regulation.issued.year if regulation.issued else 2024


def _put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target.setdefault(path[-1], value)


def _value(slot: Slot, year: int, index: int) -> Any:
    """What the binding has of its own, else what its type has."""
    own = _OF_TYPE[slot.type](slot, index) if slot.type in _OF_TYPE else None
    if isinstance(own, tuple):
        return [line.format(label=slot.label, year=year, next=year + 1) for line in own]
    return own if own is not None else slot.kind.sample(slot.label, slot.options, year, index)


def _text(slot: Slot, index: int) -> Any:
    binding = ".".join(slot.path)
    if binding.endswith("full_name") or slot.path[0] == "signers":
        return _NAMES[index % len(_NAMES)]
    return _nearest(_TEXTS, binding)


def _nearest(own: Mapping[str, Any], binding: str) -> Any:
    """By the longest name that `binding` ends in: `party_organization.name` ends in `organization.name`, too."""
    return own.get(max((name for name in own if binding.endswith(name)), key=len, default=""))


def _by_end(own: Mapping[str, Any]) -> Callable[[Slot, int], Any]:
    return lambda slot, index: _nearest(own, ".".join(slot.path))


#: What single bindings hold, by the type of their value.
_OF_TYPE: dict[str, Callable[[Slot, int], Any]] = {
    "text": _text, "paragraphs": _by_end(_OWN), "date": _by_end(_DATES), "grade": _by_end(_GRADES),
    "integer": _by_end(_NUMBERS), "number": _by_end(_NUMBERS),
}  # fmt: skip
