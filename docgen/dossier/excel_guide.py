"""The first sheet of a book: five steps, what has to be filled, who fills what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from docgen.dossier.excel_looks import Looks, fit_to_width
from docgen.dossier.layout import Column, Sheet
from docgen.dossier.short_book import REQUIRED_MARK, Asked, guide_mark

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

TITLE = "Hướng dẫn"
#: The widths of its columns in characters, the height of a line in points.
_WIDTHS = (26, 80, 80)
_LINE = 15
#: No row of a workbook is higher (ECMA-376: 409 points).
_HIGHEST = 409
_STEPS = (
    "Trang “Tổ chức”: ghi tên chi bộ, năm, ngày họp, người ký.",
    "Trang “Đảng viên”: mỗi người một dòng, mỗi người một mã (dv-01, dv-02 …). Trang khác ghi lại đúng mã ấy.",
    "Trang “Căn cứ chung”: trả lời một lần cho mọi đảng viên (ví dụ: bị thi hành kỷ luật trong năm: Không). "
    "Ai khác thì ghi riêng ở dòng của người ấy, trang “Căn cứ”.",
    "Các trang còn lại: nội dung kiểm điểm, mức của từng tiêu chí, số phiếu.",
    "Lưu tệp .xlsx rồi chạy docgen validate: mỗi chỗ thiếu, chỗ sai được nêu kèm ô phải sửa (ví dụ Kiểm điểm!C4).",
)
_NOTES = (
    "Ô tô vàng, tên có"
    + REQUIRED_MARK
    + ": bắt buộc. Ô khác: có thì ghi. Đưa chuột lên tên cột để xem dùng cho mẫu nào.",
    "Được thêm cột riêng, tô màu, thêm dòng “Cộng”, “Người lập biểu” dưới bảng: docgen bỏ qua và nhắc lại một câu.",
    "Cột, trang đổi chỗ, đổi tên đều được; đừng xóa dòng 2 đang ẩn (trang hai cột: cột C), docgen nhận cột theo đó.",
)
#: Who fills a sheet, by its key or the beginning of it.
_WHO = (
    ("to-chuc", "Văn phòng, bí thư"), ("dang-vien", "Văn phòng, chi ủy"),
    ("kiem-diem", "Từng đảng viên; nhận xét: chi ủy"),
    ("tap-the", "Tập thể lãnh đạo"), ("tieu-chi", "Từng chủ thể đánh giá"), ("bieu-hien", "Từng đảng viên"),
    ("phieu", "Ban kiểm phiếu"), ("can-cu", "Chi ủy"),
)  # fmt: skip


def write_guide(
    page: Worksheet, looks: Looks, sheets: Sequence[Sheet], asked: Asked, regulation_title: str, empty: bool
) -> None:
    """Write the guide of a book of `sheets` to `page`; its hidden row says which sheets the book has."""
    for number, width in enumerate(_WIDTHS):
        page.set_column(number, number, width)
    fit_to_width(page)
    page.write_string(0, 0, f"Sổ hồ sơ: {regulation_title}", looks.title)
    page.set_row(1, None, None, {"hidden": True})
    page.write_string(1, 0, guide_mark(sheets, empty), looks.text)
    rows: list[Sequence[str]] = [(f"Bước {number}", step) for number, step in enumerate(_STEPS, start=1)]
    rows += [("", note) for note in _NOTES]
    rows += [(), ("Trang", "Ai ghi", "Bắt buộc")]
    heads = len(rows) + 1
    for sheet in sheets:
        who = next((who for key, who in _WHO if sheet.key.startswith(key)), "Văn phòng")
        needed = [c.title for c in sheet.columns if is_required(asked, sheet, c)]
        rows.append((sheet.title, who, _listed(needed) if needed else "–"))
    for at, texts in enumerate(rows, start=2):
        # Not every program makes a row as high as its text when it opens the book.
        page.set_row(at, height_of(zip(texts, _WIDTHS, strict=False)))
        for number, text in enumerate(texts):
            if text:
                page.write_string(at, number, text, looks.bold if at == heads else looks.text)


def height_of(cells: Iterable[tuple[object, int]]) -> float:
    """The height in points of a row with these texts, each in a column of so many characters."""
    lines = (
        sum(max(1, -(-len(line) // width)) for line in str(value or "").split("\n")) for value, width in cells
    )  # fmt: skip
    return min(_LINE * max(lines, default=1), _HIGHEST)


def is_required(asked: Asked, sheet: Sheet, column: Column) -> bool:
    """Whether `column` has to be filled."""
    found = asked.get((sheet.key, column.path))
    return found is not None and found.required


def comment_of(asked: Asked, sheet: Sheet, column: Column) -> str:
    """What the comment of a column's title says: its full wording, whether it is required, which forms print it."""
    found = asked.get((sheet.key, column.path))
    lines = [column.wording] if column.wording and column.wording.rstrip(" .;:") not in column.title else []
    if found is not None and found.required:
        lines.append("Bắt buộc.")
    if found is not None and found.forms:
        lines.append(f"Dùng cho: {', '.join(found.forms)}.")
    if column.note:
        lines.append(column.note)
    return "\n".join(lines)


def _listed(titles: Sequence[str], most: int = 12) -> str:
    more = f" … ({len(titles)} mục)" if len(titles) > most else ""
    return "; ".join(titles[:most]) + more
