"""Does filling many records need more memory than filling a few?

    python -m benchmarks.memory [--json] [--few 1000] [--many 50000] [--form mau-05] [--regulation ID] [--folder DIR]

The real command, `docgen fill FORM --data FILE.jsonl -o DIR`, in one process and in two; the peak of its largest
process is compared, and every record must have its file.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.records import emit, run_fill, write_lines

LIMIT = 1.2


def main() -> int:
    """Measure and print; ends with 1 where many records need more than 1.2 times the memory of a few."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description="Peak memory of a long batch.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--form", default="mau-05")
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--folder", type=Path, help="where the files go, for the time being")
    options = parser.parse_args()
    peaks: dict[int, list[int]] = {1: [], 2: []}
    for count in (options.few, options.many):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            source = write_lines(Path(folder) / "records.jsonl", options.regulation, options.form, count)
            for jobs, found in peaks.items():
                output = Path(folder) / f"jobs-{jobs}"
                found.append(run_fill(options.regulation, options.form, source, output, jobs).peak_kb)
                assert sum(1 for _ in output.glob("*.docx")) == count, output
                shutil.rmtree(output)
    result: dict[str, Any] = {
        "ratio": max(many / few for few, many in peaks.values()),
        "records": [options.few, options.many],
        "peak_kb": {f"jobs_{jobs}": found for jobs, found in peaks.items()},
    }
    lines = [
        f"{jobs} process(es): {few / 1024:.1f} MB at {options.few} records, {many / 1024:.1f} MB at {options.many}"
        for jobs, (few, many) in peaks.items()
    ]
    emit(result, options.json, [*lines, f"ratio {result['ratio']:.3f} (at most {LIMIT})"])
    return 0 if result["ratio"] <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
