"""From Word to PDF: engines behind one function, the gate behind them, the print copy and the cover.

from docgen.pdf import convert, convert_stream, page_count, pdf_text, print_copy

Each is imported when it is first asked for: the command line names the engines without loading one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docgen.pdf.choice import choose_engine
    from docgen.pdf.conversion import ConversionResult, convert
    from docgen.pdf.engine_names import ENGINES
    from docgen.pdf.gate import check
    from docgen.pdf.merged import print_copy
    from docgen.pdf.reading import page_count, pdf_text
    from docgen.pdf.stream import convert_stream
    from docgen.pdf.work import FileResult
    from docgen.pdf.zones import SignatureZone, shared_zone

_HOMES = {
    "ENGINES": "engine_names", "ConversionResult": "conversion", "FileResult": "work", "SignatureZone": "zones",
    "check": "gate", "choose_engine": "choice", "convert": "conversion", "convert_stream": "stream",
    "page_count": "reading", "pdf_text": "reading", "print_copy": "merged", "shared_zone": "zones",
}  # fmt: skip

__all__ = [
    "ENGINES",
    "ConversionResult",
    "FileResult",
    "SignatureZone",
    "check",
    "choose_engine",
    "convert",
    "convert_stream",
    "page_count",
    "pdf_text",
    "print_copy",
    "shared_zone",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
