"""From JSON lines to files: read, parse, validate, fill, check, write and note, beside docxtpl's filling alone.

    python -m benchmarks.lines [--json] [--records 500] [--regulation ID] [--folder DIR]

docgen's side is what a process of `docgen fill` does, all of it, after the form is loaded; docxtpl's side gets
contexts that are ready, and only fills and saves. Processor time of one process, by turns; the texts of the documents
must agree.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import text_of
from benchmarks.fill import default_folder
from benchmarks.records import emit, write_lines
from docgen.batch import Batch
from docgen.batch.file_names import number_pieces, scan
from docgen.batch.journal import Journal
from docgen.batch.piece import Maker, ReadyForm
from docgen.batch.source import cut, open_source
from docgen.forms.build import template_bytes
from docgen.regulations.loader import load_regulation

TURNS = 5
LIMIT = 60.0


def main() -> int:
    """Measure and print; ends with 1 where a text differs or the whole way is under 60 times docxtpl's filling."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lines", description="The whole way, beside docxtpl.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--records", type=int, default=500, help="records a form and turn (docxtpl: a tenth)")
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the files go, for the time being")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for form in load_regulation(options.regulation).forms:
            rows.append(measure(options.regulation, form, options.records, Path(folder) / form))
    total = {side: sum(row[side] for row in rows) for side in ("docxtpl_ms", "docgen_ms")}
    ratio = total["docxtpl_ms"] / total["docgen_ms"]
    result = {"ratio": ratio, "texts_equal": all(row["texts_equal"] for row in rows), "forms": rows}
    text = [
        f"{row['form']:10} docxtpl fills {row['docxtpl_ms']:7.2f} ms   docgen, from lines to files "
        f"{row['docgen_ms']:6.3f} ms   x{row['docxtpl_ms'] / row['docgen_ms']:.0f}"
        f"{'' if row['texts_equal'] else '   TEXTS DIFFER'}"
        for row in rows
    ]
    emit(result, options.json, [*text, f"all forms: {ratio:.0f} times (at least {LIMIT:.0f})"])
    return 0 if result["texts_equal"] and ratio >= LIMIT else 1


def measure(regulation: str, form: str, count: int, folder: Path) -> dict[str, Any]:
    """One form: processor time a document of the two sides, the median of the turns."""
    from docxtpl.template import DocxTemplate

    folder.mkdir()
    source_file = write_lines(folder / "records.jsonl", regulation, form, count)
    loaded = ReadyForm(Batch(regulation, form, source_file, folder))
    loaded.prove()
    template = folder / "template.docx"
    template.write_bytes(template_bytes(loaded.definition)[0])
    source, _ = open_source(source_file, folder)
    assert source is not None
    few = max(3, count // 10 // TURNS)
    data = [json.loads(line) for line in source_file.read_text(encoding="utf-8").split("\n")[: few * TURNS]]
    contexts = [loaded.filler.display.context(record) for record in data]
    docxtpl_ms, docgen_ms = [], []
    for turn in range(TURNS):
        start = time.process_time()
        for number in range(turn * few, turn * few + few):
            made = DocxTemplate(template)
            made.render(contexts[number], autoescape=True)
            made.save(folder / f"docxtpl-{number}.docx")
        docxtpl_ms.append((time.process_time() - start) * 1000 / few)
        output = folder / f"turn-{turn}"
        output.mkdir()
        journal = Journal(output / "journal", form)
        known = journal.open()
        start = time.process_time()
        pieces = cut(source, 1)
        number_pieces(pieces, [scan(source.read(piece)) for piece in pieces], form)
        maker = Maker(Batch(regulation, form, source_file, output), loaded, source, output, journal, known, 0)
        done = [maker.run(piece) for piece in pieces]
        docgen_ms.append((time.process_time() - start) * 1000 / count)
        maker.close()
        journal.close()
        assert sum(one.made for one in done) == count
    equal = all(
        text_of(folder / f"docxtpl-{number}.docx") == text_of(folder / "turn-0" / f"{record['id']}.docx")
        for number, record in enumerate(data)
    )
    return {
        "form": form,
        "docxtpl_ms": statistics.median(docxtpl_ms),
        "docgen_ms": statistics.median(docgen_ms),
        "texts_equal": equal,
    }


if __name__ == "__main__":
    sys.exit(main())
