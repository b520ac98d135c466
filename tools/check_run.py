"""Fill thousands of records and look at every file that came of it; open a sample of them with LibreOffice.

    python -m tools.check_run [--records 10000] [--sample 200] [--form mau-05] [--regulation kh55-2018]

Every Word file goes through the check of written files (`docgen.word.after.written.problems`) and must hold every value
of its record (`docgen.forms.complete.missing_texts`). Ends with 1 at anything wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from benchmarks.records import run_fill, write_lines
from docgen.forms.complete import missing_texts
from docgen.forms.definition import load_form
from docgen.pdf import convert_stream
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import WrittenFile


def main() -> int:
    """Fill, look, open; print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_run", description="Every file of a long run.")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--sample", type=int, default=200, help="how many files LibreOffice opens")
    parser.add_argument("--form", default="mau-05")
    parser.add_argument("--regulation", default="kh55-2018")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = write_lines(Path(folder) / "records.jsonl", options.regulation, options.form, options.records)
        run_fill(options.regulation, options.form, source, Path(folder) / "out", 0)
        files = sorted((Path(folder) / "out").glob("*.docx"))
        bad = look(source, Path(folder) / "out", options.regulation, options.form)
        unopened = open_sample(random.Random(1).sample(files, min(options.sample, len(files))))
    print(f"{options.records} records, {len(files)} files, {len(bad)} with something wrong")
    print(f"{options.sample} opened with LibreOffice, {len(unopened)} not")
    print(*bad[:10], *unopened[:10], sep="\n", end="\n" if bad or unopened else "")
    return 0 if len(files) == options.records and not bad and not unopened else 1


def look(source: Path, folder: Path, regulation_id: str, form: str) -> list[str]:
    """What is wrong with the file of each record."""
    regulation = load_regulation(regulation_id)
    definition = load_form(regulation, form)
    out = []
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            written = WrittenFile((folder / f"{record['id']}.docx").read_bytes())
            found = written.problems() or missing_texts(definition, record, written.paragraphs())
            out += [f"{record['id']}: {problem}" for problem in found]
    return out


def open_sample(files: list[Path]) -> list[str]:
    """What LibreOffice could not open, or lost."""
    stream = convert_stream(((path.name, path.read_bytes()) for path in files), "libreoffice")
    return [
        f"{result.name}: {finding.code}"
        for result in stream
        for finding in result.findings
        if finding.severity == "error"
    ]


if __name__ == "__main__":
    sys.exit(main())
