"""From Word to PDF: engines behind one function, the gate behind them, the print copy and the cover.

from docgen.pdf import convert, page_count, pdf_text, print_copy
"""

from docgen.pdf.engine import ENGINES, ConversionResult, check, choose_engine, convert, convert_stream
from docgen.pdf.merge import print_copy
from docgen.pdf.reading import page_count, pdf_text
from docgen.pdf.zones import SignatureZone

__all__ = [
    "ENGINES",
    "ConversionResult",
    "SignatureZone",
    "check",
    "choose_engine",
    "convert",
    "convert_stream",
    "page_count",
    "pdf_text",
    "print_copy",
]
