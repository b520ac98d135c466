"""Every form of every regulation drawn and looked at: what stands alone on a page, what is empty.

    python -m tools.look_at_pages                      # both engines, all forms, blank and with data of five sizes
    python -m tools.look_at_pages --engine rdocx -r hd43-2025 --keep output/pages

Prints one line a form and engine with the number of pages and what `docgen.pdf.page_faults` found; ends with 1 where it
found anything. `--keep` leaves the Word and PDF files there, to be looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from docgen.dossier.sample import sample_dossier
from docgen.dossier.sample_office import add_office
from docgen.forms.alternatives import UNKNOWN, Answers, answers
from docgen.forms.data import form_data
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.packet.office_data import office_data
from docgen.packet.plan import plan_documents
from docgen.pdf import ENGINES, convert_stream
from docgen.pdf.choice import is_there
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation

#: Paragraphs of a narrative (of about 40 words each) and rows of a table, by size: staff write up to 350 words in a
#: section, a cell has 3 to some 40 members. Usual data are those of the sample dossier, as they are.
SIZES: Mapping[str, tuple[int, int]] = {"short": (1, 1), "some": (2, 8), "more": (4, 22), "long": (9, 41)}
BLANK, USUAL = "blank", "usual"
#: Texts longer than this are cut to a few words in short data; codes and dates are shorter.
_SHORT_TEXT = 32


def sized(value: Any, paragraphs: int, rows: int, as_is: Collection[str] = ()) -> Any:
    """A record with its narratives as long, its tables as many rows, as said; a few words each for one paragraph.

    The lists `as_is` keep their rows: those of a table that stands on one page are a few, however large the unit is.
    """
    if isinstance(value, dict):
        return {key: inner if key in as_is else sized(inner, paragraphs, rows) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], str):
        return ["Không có."] if paragraphs == 1 else (value * paragraphs)[:paragraphs]
    if isinstance(value, list) and value:
        return [sized(value[n % len(value)], paragraphs, rows) for n in range(rows)]
    if isinstance(value, str) and paragraphs == 1 and len(value) > _SHORT_TEXT:
        return " ".join(value.split()[:4])
    return value


def _records(regulation: RegulationData) -> dict[str, tuple[dict[str, Any], Answers]]:
    """A record of each form, the longest of the sample dossier's packet, and which wordings are true of its unit."""
    data = sample_dossier(regulation.id)
    add_office(regulation, data)
    counted = office_data(regulation, data, regulation.office)
    out: dict[str, tuple[dict[str, Any], Answers]] = {}
    for document in plan_documents(regulation, data, regulation.office):
        record = form_data(document.definition, counted, document.record)
        kept = out.get(document.definition.form)
        if kept is None or len(repr(record)) > len(repr(kept[0])):
            out[document.definition.form] = record, answers(regulation, data, record)
    return out


def variants(
    regulation: RegulationData, definition: FormDefinition, record: dict[str, Any] | None, known: Answers = UNKNOWN
) -> Iterator[tuple[str, bytes]]:
    """The form blank, and filled with data of each size, as for the dossier that `known` is said of: the size, the Word
    file. Without `record`, with an example of the form alone."""
    filler = Filler(definition)
    yield BLANK, filler.fill({}, blank=True)
    usual = record or sample_record(definition)
    yield USUAL, filler.fill(usual, known=known)
    whole = {table.binding for table in definition.tables() if table.stands_whole}
    for size, (paragraphs, rows) in SIZES.items():
        yield size, filler.fill(sized(usual, paragraphs, rows, whole), known=known)


def files(regulations: list[str]) -> Iterator[tuple[str, bytes]]:
    """All forms of these regulations in all sizes: `regulation/form/size`, the Word file."""
    for name in regulations:
        regulation = load_regulation(name)
        records = _records(regulation)
        for form in regulation.every_form:
            for size, docx in variants(regulation, load_form(regulation, form), *records.get(form, (None, UNKNOWN))):
                yield f"{name}/{form}/{size}", docx


def look(regulations: list[str], engine: str, keep: Path | None) -> Counter[str]:
    """Draw everything in one engine, print the table; returns how often each fault was found."""
    total: Counter[str] = Counter()
    pages = 0
    docx: dict[str, bytes] = {}

    def given() -> Iterator[tuple[str, bytes]]:
        for name, content in files(regulations):
            if keep:
                docx[name] = content
            yield name, content

    for result in convert_stream(given(), engine, own=True):
        pages += result.pages
        found = [f for f in result.findings if f.code.startswith("pdf.page.") or f.severity == "error"]
        total.update(finding.code for finding in found)
        said = ", ".join(f"{f.code.removeprefix('pdf.')}@{f.params.get('page', '?')}" for f in found)
        print(f"{engine:12} {result.name:44} {result.pages:3}  {said or 'ok'}", flush=True)
        if keep and result.pdf:
            at = keep / engine / result.name.replace("/", "-")
            at.parent.mkdir(parents=True, exist_ok=True)
            at.with_suffix(".pdf").write_bytes(result.pdf)
            at.with_suffix(".docx").write_bytes(docx.pop(result.name))
    print(f"{engine}: {pages} pages, {sum(total.values())} faults {dict(sorted(total.items()))}\n")
    return total


def main() -> int:
    """Run it; 1 where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=[name for name in ENGINES if name != "auto"], action="append")
    parser.add_argument("-r", "--regulation", action="append", help="id; default: all")
    parser.add_argument("--keep", type=Path, help="folder for the Word and PDF files")
    given = parser.parse_args()
    engines = given.engine or [name for name in ENGINES if name != "auto" and is_there(name)]
    faults: Counter[str] = Counter()
    for engine in engines:
        faults += look(given.regulation or list_regulations(), engine, given.keep)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
