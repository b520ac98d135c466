"""From Word to PDF: engines behind one function, the gate behind them, the print copy and the cover.

from docgen.pdf import convert, convert_stream, page_count, pdf_text, print_copy
"""

from docgen.pdf.choice import ENGINES, choose_engine
from docgen.pdf.engine import ConversionResult, convert
from docgen.pdf.gate import check
from docgen.pdf.merge import print_copy
from docgen.pdf.reading import page_count, pdf_text
from docgen.pdf.stream import convert_stream
from docgen.pdf.work import FileResult
from docgen.pdf.zones import SignatureZone, shared_zone

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
