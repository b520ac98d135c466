"""A complete example record of one form, made from its definition alone: every value by its type and label.

For the command line's `fill --example`, for documentation and for trying out a form. The example dossier of a
regulation, whose people and words belong together, is `docgen.dossier.sample`.
"""

from __future__ import annotations

import datetime
from typing import Any

from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import FormDefinition
from docgen.paths import Json, JsonDict, put
from docgen.regulations.asked_of import said_at
from docgen.regulations.loader import RegulationData
from docgen.regulations.office import example_of

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
    "counting.team": "Nguyễn Văn D, Phạm Thị E",
    "meeting.chair": _NAMES[0],
    "invitation.number": "15-GM/CB",
    "residence.body": "Chi ủy Khu vực 5, phường Sông Hậu",
    "residence.address": "Khu vực 5, phường Sông Hậu, thành phố Cần Thơ",
    "residence.signer": _NAMES[2],
    "residence.summary": "Tốt; gia đình văn hóa",
    "party_organization.type": "Chi bộ cơ sở",
    "bodies.name": "Chi bộ Khoa Điều dưỡng",
    "bodies.type": "Chi bộ trực thuộc",
    "enclosures.name": "Bản nhận xét của cấp ủy nơi cư trú",
    "tasks.name": "Rà soát chương trình đào tạo",
    "tasks.product": "12/12 chương trình được thông qua",
    "tasks.due": "30/11/{year}",
    # The end of the path alone: a note stands beside each criterion, each record.
    ".note": "Không có",
    **{
        f"{root}.{name}": text
        for root in ("regrade", "organization_regrade")
        for name, text in (
            ("number", "27-QĐ/ĐU"),
            ("discipline_number", "15-QĐ/UBKTĐU"),
            ("issuer", "ĐẢNG ỦY TRƯỜNG ĐẠI HỌC SÔNG HẬU"),
            ("discipline_issuer", "Ủy ban Kiểm tra Đảng ủy Trường Đại học Sông Hậu"),
            ("discipline_form", "khiển trách"),
            ("violation_time", "tháng 9 năm {year}"),
        )
    },
}
_ROWS = 3
#: What single bindings hold, by the end of the binding; a tuple is a narrative of its own.
_OF_BINDING: dict[str, Any] = {
    **_TEXTS,
    "member.birth_date": "1978-03-14",
    "member.admission_date": "2005-05-19",
    "regrade.new_grade": "HTNV",
    "meeting.days": 1,
    # A decision is taken for a fault, not for work well done.
    "regrade.reason": (
        "- Kết luận kiểm tra của Ủy ban Kiểm tra Đảng ủy: báo cáo 02 nhiệm vụ năm {year} là hoàn thành trong khi sản "
        "phẩm chưa được nghiệm thu.",
    ),
    "regrade.revoked_awards": ("- Giấy khen của Đảng ủy về thành tích năm {year}.",),
}


def sample_record(definition: FormDefinition) -> JsonDict:
    """One complete record of `definition`, `id` first: it conforms to the form's schema.

    Of the criteria that only some are asked, those are answered that the record's own values ask for.
    """
    regulation = definition.law
    year = _year(regulation)
    out: JsonDict = {"id": f"{definition.form}-vi-du"}
    found = slots(definition)
    rows: dict[str, list[JsonDict]] = {}
    own = definition.status == "office"
    held = datetime.date(year, 12, 17)

    def made(slot: Slot, index: int) -> Json:
        known = example_of(slot.binding, slot.kind, index, held) if own else None
        return known if known is not None else _value(slot, year, index)

    tables = definition.criteria()
    choosers = {binding for table in tables for binding in table.choosers()}
    deciding = [slot for slot in found if slot.binding in choosers]
    said = {slot.binding: said_at(regulation, slot.binding, made(slot, 0)) for slot in deciding}
    said[""] = said.get(regulation.applies, "")
    unasked = [(table, leaf) for table in tables for leaf in table.leaves() if leaf.asked(said) is False]
    other = {(*table.scores.split("."), leaf.id) for table, leaf in unasked}

    for slot in found:
        if slot.list:
            for index, row in enumerate(rows.setdefault(slot.list, [{} for _ in range(_ROWS)])):
                put(row, slot.path, made(slot, index))
        elif slot.path[:-1] not in other and (slot.criterion is None or slot.criterion.asked(said) is not False):
            put(out, slot.path, made(slot, 0))
    return out | rows


def _year(regulation: RegulationData) -> int:
    """The year of the record: the one in the regulation's id, else the year it was issued."""
    tail = regulation.id.rpartition("-")[2]
    if len(tail) == 4 and tail.isdigit():
        return int(tail)
    return regulation.issued.year if regulation.issued else 2024


def _value(slot: Slot, year: int, index: int) -> Any:
    """What the binding has of its own, where its type can print that, else what its type has."""
    own = _own(slot, year, index)
    return own if slot.kind.fits(own, slot.options) else slot.kind.sample(slot.label, slot.options, year, index)


def _own(slot: Slot, year: int, index: int) -> Any:
    binding = ".".join((slot.list, *slot.path) if slot.list else slot.path)
    if binding.endswith("full_name") or slot.path[0] == "signers":
        return _NAMES[index % len(_NAMES)]
    # By the longest name that it ends in: `party_organization.name` ends in `organization.name`, too.
    own = _OF_BINDING.get(max((name for name in _OF_BINDING if binding.endswith(name)), key=len, default=""))
    if isinstance(own, tuple):
        return [line.format(label=slot.label, year=year, next=year + 1) for line in own]
    return own.format(year=year) if isinstance(own, str) else own
