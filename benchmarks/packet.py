"""A packet beside the same documents made by docxtpl.

    python -m benchmarks.packet [--json] [--members 40] [--regulation ID] [--folder DIR]

docgen plans the packet of a dossier, takes each form's data from it, fills every document, looks every value up in what
was written (the first of each kind, one in a hundred and every doubt is read back in full), and writes index, summary
and manifest. docxtpl gets contexts that are ready, fills and saves. The texts of the documents must agree. `fill_ms` is
what taking the data and filling alone cost, `checks_ms` the looking up, `full_ms` what reading each back would.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import text_of
from benchmarks.fill import default_folder
from benchmarks.records import emit
from docgen.dossier.sample import sample_dossier
from docgen.forms.alternatives import answers
from docgen.forms.build import template_bytes
from docgen.forms.data import form_data
from docgen.forms.fill import Filler
from docgen.packet.make import build_packet
from docgen.packet.plan import Document, plan_documents
from docgen.regulations.loader import RegulationData, load_regulation

#: Times docxtpl.
LIMIT = 35


def main() -> int:
    """Measure and print; ends with 1 where a text differs, or docgen is not so many times as quick."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.packet", description="A packet, beside docxtpl.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--members", type=int, default=40)
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the files go, for the time being")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        result = measure(load_regulation(options.regulation), options.members, Path(folder))
    text = [
        f"{result['documents']} documents: docxtpl {result['docxtpl_ms']:.1f} ms a document, "
        f"docgen {result['docgen_ms']:.1f} ms "
        f"(filling {result['fill_ms']:.2f} ms, checking {result['checks_ms']:.2f} ms; "
        f"in full it were {result['full_ms']:.1f} ms)",
        f"ratio {result['ratio']:.1f} (at least {LIMIT}), of filling alone {result['ratio_of_filling']:.0f}"
        f"{'' if result['texts_equal'] else '   TEXTS DIFFER'}",
    ]
    emit(result, options.json, text)
    return 0 if result["texts_equal"] and result["ratio"] >= LIMIT else 1


def measure(regulation: RegulationData, members: int, folder: Path) -> dict[str, Any]:
    """Processor time a document of the two sides."""
    data = sample_dossier(regulation.id, members=members)
    documents = plan_documents(regulation, data)
    build_packet(regulation, data, folder / "warm", source={"file": "", "sha256": ""}, jobs=1)
    start = time.process_time()
    build_packet(regulation, data, folder / "packet", source={"file": "", "sha256": ""}, jobs=1)
    whole = time.process_time() - start
    filling, checks, full = time_of_parts(regulation, data, documents)
    peer, equal = by_docxtpl(regulation, data, documents, folder)
    count = len(documents)
    return {
        "ratio": peer / whole,
        "ratio_of_filling": peer / filling,
        "documents": count,
        "docxtpl_ms": peer * 1000 / count,
        "docgen_ms": whole * 1000 / count,
        "fill_ms": filling * 1000 / count,
        "checks_ms": checks * 1000 / count,
        "full_ms": full * 1000 / count,
        "texts_equal": equal,
    }


def time_of_parts(
    regulation: RegulationData, data: Mapping[str, Any], documents: list[Document]
) -> tuple[float, float, float]:
    """The processor time of filling every document, of looking each through, and of reading each back in full."""
    fillers: dict[str, Filler] = {}
    filling = checked = full = 0.0
    for turn in range(2):  # the second one, of fillers that have read a file of each kind
        filling = checked = full = 0.0
        for document in documents:
            definition = document.definition
            if definition.form not in fillers:
                fillers[definition.form] = Filler(definition)
            filler = fillers[definition.form]
            start = time.process_time()
            record = form_data(definition, data, document.record)
            known = answers(data, record)
            docx = filler.fill(record, check=False, known=known)
            filled = time.process_time()
            filler.fill(record, quick=True, known=known)
            looked = time.process_time()
            if turn:
                filler.check(record, docx, known=known)
            full += time.process_time() - looked
            filling += filled - start
            checked += looked - filled
    return filling, max(0.0, checked - filling), full


def by_docxtpl(
    regulation: RegulationData, data: Mapping[str, Any], documents: list[Document], folder: Path
) -> tuple[float, bool]:
    """The processor time of docxtpl for the same documents, and whether their texts are equal."""
    from docxtpl.template import DocxTemplate

    fillers: dict[str, Filler] = {}
    spent, equal = 0.0, True
    for document in documents:
        definition = document.definition
        template = folder / f"{definition.form}.docx"
        if definition.form not in fillers:
            fillers[definition.form] = Filler(definition)
            template.write_bytes(template_bytes(definition)[0])
        record = form_data(definition, data, document.record)
        context = fillers[definition.form].display.context(record, known=answers(data, record))
        target = folder / "docxtpl.docx"
        start = time.process_time()
        made = DocxTemplate(template)
        made.render(context, autoescape=True)
        made.save(target)
        spent += time.process_time() - start
        equal = equal and text_of(target) == text_of(folder / "packet" / f"{document.stem}.docx")
    return spent, equal


if __name__ == "__main__":
    sys.exit(main())
