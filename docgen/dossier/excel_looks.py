"""How a workbook looks: the formats of its cells, the paper it is printed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_A4 = 9  # ECMA-376-1, 18.3.1.63
_HEAD, _REQUIRED, _PALE = "#DDE6F0", "#FFE699", "#808080"


class Looks:
    """The formats of one workbook's cells, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        wrapped = {"text_wrap": True, "valign": "top"}
        self.text = book.add_format(wrapped)
        self.bold = book.add_format(wrapped | {"bold": True})
        self.title = book.add_format(wrapped | {"bold": True, "font_size": 14})
        self.head = book.add_format(wrapped | {"bold": True, "bg_color": _HEAD})
        self.required = book.add_format(wrapped | {"bg_color": _REQUIRED})
        self.required_head = book.add_format(wrapped | {"bold": True, "bg_color": _REQUIRED})
        self.grey = book.add_format({"italic": True, "font_color": _PALE})


def on_landscape(page: Worksheet) -> None:
    """Print `page` on landscape A4."""
    page.set_landscape()
    page.set_paper(_A4)


def fit_to_width(page: Worksheet) -> None:
    """Print `page` on landscape A4 with all its columns beside each other."""
    on_landscape(page)
    page.fit_to_pages(1, 0)
