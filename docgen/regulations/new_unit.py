"""The folder of a unit that details a regulation (cụ thể hóa): maxima of every criterion, with a comment on each key.

What is written loads at once and adds up; every number is a start to be replaced by the unit's own. Number, issuer and
title of the unit's document are placeholders, and a dossier is not in order until they are written.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from docgen.errors import InputError
from docgen.regulations.criteria_sets import Criterion, cases_of, even_maxima, shown_points
from docgen.regulations.effects.score import Score
from docgen.regulations.loader import RegulationData, builtin_folder, may_name_a_file
from docgen.regulations.rules import kept_rules
from docgen.regulations.strict_yaml import load_mapping

#: The id of a regulation, which names a folder on every system.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_CUT = 90
_REGULATION = """# Phần riêng của {name}: chỉ ghi những gì khác {base}; cái gì không nói thì lấy của {base}.
# Sửa các dòng có dấu (…): chưa ghi số, cơ quan ban hành, tên văn bản của đơn vị thì hồ sơ còn lỗi.
# regulation: mã, đúng bằng tên thư mục này. extends: văn bản được cụ thể hóa.
regulation: {name}
extends: {base}
# short: tên gọi tắt, in trong các phát hiện. number, issuer, title, issued (năm-tháng-ngày): văn bản của chính đơn vị.
short: "(tên gọi tắt, ví dụ HD 05)"
number: "(số và ký hiệu)"
issuer: "(cơ quan ban hành)"
title: "(tên văn bản của đơn vị)"
issued: ""
# life: năm đầu áp dụng; last_year bỏ trống là không hạn.
life:
  first_year: "{year}"
# draft: đơn vị gửi dự thảo sớm hơn thì bỏ dấu # ở ba dòng sau; muộn hơn thì bị báo.
# draft:
#   working_days: "5"
#   clause: "(điều khoản)"
# add: thêm vào danh sách của {base}: hạn riêng (deadlines), giấy tờ gửi kèm (enclosures), chủ thể (assessors).
# add:
#   deadlines:
#     - what: Đảng viên nộp bản kiểm điểm cho chi ủy
#       month_day: "12-05"
#       clause: "(điều khoản)"
"""
_CRITERIA = """# Điểm của {name}: tổng của từng nhóm giữ như {base}; từng dòng dưới đây chia đều để bắt đầu,
# đơn vị sửa theo văn bản của mình.
# points: điểm tối đa của từng tiêu chí. Cộng lại phải bằng tổng của nhóm: sai thì bị từ chối, nêu dòng.
# Tiêu chí chỉ của một khối cơ quan được cộng riêng cho khối ấy: giữ khối của đơn vị, khối khác xóa hay để cũng được.
#
# detail: chia một tiêu chí thành tiêu chí con của đơn vị; khi ấy đặt điểm cho tiêu chí con, thay cho nó. Ví dụ:
# detail:
#   {set}:
#     {leaf}:
#       - id: {leaf}_a
#         number: "a"
#         text: 'Tiêu chí con thứ nhất'
#       - id: {leaf}_b
#         number: "b"
#         text: 'Tiêu chí con thứ hai'
#
# sums: tổng điểm tối đa của các dòng dưới một tiêu đề (ví dụ 18, 4, 8); cộng lại phải bằng tổng của nhóm. Ví dụ:
# sums:
#   {set}:
#     {heading}: "18"
#
# scales: cách chấm, đặt tên tùy ý. yes_no: đảm bảo được điểm tối đa, không đảm bảo được 0. bands: ghi mức, điểm nằm
# trong khung của mức (từ bao nhiêu % điểm tối đa). Không có: điểm nào từ 0 đến tối đa cũng được.
# scale: nhóm nào chấm theo cách nào.
# scales:
#   dam-bao: {{kind: yes_no, clause: "(điều khoản)"}}
#   bon-muc: {{kind: bands, clause: "(điều khoản)", xuat_sac: "90", tot: "70", trung_binh: "50", kem: "0"}}
# scale:
#   {set}:
#     {group}: dam-bao
"""
_FRAMES = """#
# frames: nhóm chung chấm theo khung của bộ khác (Phụ lục 2), nơi cấp ủy cho lấy; docgen nhắc điều đó. Ví dụ:
# frames:
#   {set}:
#     {group}: {frame}
"""
_RULES = """# Luật của {name}. Chỉ được chặt hơn {base}: nhẹ hơn điều văn bản buộc phải giữ là lỗi, nêu dòng.
# Luật nào không nhắc ở đây thì giữ nguyên; nhắc lại `id` là thay luật ấy (docs/regulations.md, mục rules.yaml).
regulation: {name}
extends: {base}
document: "(tên gọi tắt văn bản của đơn vị)"
rules: []
"""


def scored_sets(regulation: RegulationData) -> list[str]:
    """The names of the sets of criteria that some form of `regulation` gives points for."""
    found = set()
    for form in regulation.forms:
        body = load_mapping(regulation.form_file(form)).get("body", ())
        found |= {block["set"] for block in body if isinstance(block, dict) and "scores" in block}
    return [name for name in regulation.criteria if name in found]


def new_unit_files(regulation: RegulationData, name: str, year: int) -> dict[str, str]:
    """The files of the folder `name`, by their names.

    Raises `InputError` for a regulation that gives points for nothing, and for a name no regulation can have.
    """
    sets = scored_sets(regulation)
    if not sets:
        raise InputError("regulation.new_unit.unscored", regulation=regulation.id)
    if not may_name_a_file(name) or not _NAME.fullmatch(name):
        raise InputError("regulation.new_unit.name", name=name[:60])
    if (builtin_folder() / name / "regulation.yaml").is_file():
        raise InputError("regulation.new_unit.taken", name=name)
    members = [name for name in regulation.criteria_sets("dang_vien") if name in sets]
    shown = (members or sets)[0]
    head = regulation.criteria[shown][0]
    heading = next((row for row in head.children if row.children), head)
    facts = {
        "name": name, "base": regulation.id, "year": str(year), "set": shown, "leaf": head.leaves()[0].id,
        "heading": heading.id, "group": head.id,
    }  # fmt: skip
    lines = ["points:"]
    for set_name in sets:
        lines += [f"  {set_name}:", *_maxima(regulation, set_name)]
    frame = next((s for s, rows in regulation.criteria.items() if s not in sets and rows[0].sum is not None), "")
    return {
        "regulation.yaml": _REGULATION.format(**facts),
        "criteria.yaml": _CRITERIA.format(**facts)
        + (_FRAMES.format(frame=frame, **facts) if frame else "")
        + "\n".join(lines) + "\n",
        "rules.yaml": _RULES.format(**facts),
    }  # fmt: skip


def _maxima(regulation: RegulationData, name: str) -> list[str]:
    """A line for every criterion of a set, below its heading: even maxima that add up to what the regulation fixes."""
    rows = regulation.criteria[name]
    most: dict[str, Fraction] = {}
    for whole, group in _wholes(regulation, rows):
        for said in cases_of([group]):
            most |= even_maxima(_given(group, most), said, whole)
    out: list[str] = []

    def put(row: Criterion) -> None:
        text = row.text if len(row.text) <= _CUT else row.text[:_CUT].rsplit(" ", 1)[0] + " …"
        if row.children:
            out.append(f"    # {row.number} {text}")
            for child in row.children:
                put(child)
        else:
            out.append(f'    {row.id}: "{shown_points(most[row.id])}"  # {row.number} {text}')

    for row in rows:
        put(row)
    return out


def _given(row: Criterion, most: dict[str, Fraction]) -> Criterion:
    """`row` with the maxima found already: what all kinds of body share has one maximum."""
    return replace(row, points=most.get(row.id), children=tuple(_given(child, most) for child in row.children))


def _wholes(regulation: RegulationData, rows: tuple[Criterion, ...]) -> list[tuple[Fraction, Criterion]]:
    """Each group with what the regulation fixes for it, else all of them with the one total."""
    if all(row.sum is not None for row in rows):
        return [(row.sum, row) for row in rows if row.sum is not None]
    return [(_total(regulation), Criterion("", "", "", children=rows))]


def _total(regulation: RegulationData) -> Fraction:
    """The sum of all maxima that a rule of the regulation asks for, else a hundred."""
    rules = kept_rules(regulation.id, regulation.folders).rules
    given = [e.sum for rule in rules for e in rule.effects if isinstance(e, Score) and e.sum is not None]
    return Fraction(given[0]) if given else Fraction(100)


def write_new_unit(regulation: RegulationData, folder: Path, year: int | None = None) -> list[Path]:
    """Write the folder `folder`, whose name is the id; `year` is the first it is for, this one where none is given.

    Raises as `new_unit_files` does, and `InputError` where `folder` is a file or holds anything: nothing is
    overwritten.
    """
    from docgen.storage import write_whole

    target = folder.resolve()
    files = new_unit_files(regulation, target.name, year or datetime.date.today().year)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError("regulation.new_unit.not_empty", folder=str(folder))
    written = []
    for name, content in files.items():
        write_whole(target / name, content.encode("utf-8"))
        written.append(folder / name)
    return written
