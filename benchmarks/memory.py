"""Does filling many records need more memory than filling a few?

    python -m benchmarks.memory [--json] [--few 1000] [--many 50000] [--form mau-02] [--regulation ID]

Each run is a process of its own; its peak resident memory is compared. The records are made one at a time, as a reader
of JSON lines gives them, and every document goes to a file that the next one replaces.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import form_cases


def main() -> int:
    """Measure and print; ends with 1 where many records need more than 1.2 times the memory of a few."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description="Peak memory of a long batch.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--form", default="mau-02")
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--run", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps({"peak_kb": fill(options.regulation, options.form, options.run)}))
        return 0
    peaks = [peak(options, count) for count in (options.few, options.many)]
    result: dict[str, Any] = {
        "ratio": peaks[1] / peaks[0],
        "records": [options.few, options.many],
        "peak_kb": peaks,
    }
    if options.json:
        json.dump(result, sys.stdout, indent=1)
        print()
    else:
        for count, kilobytes in zip(result["records"], peaks, strict=True):
            print(f"{count:7} records  {kilobytes / 1024:7.1f} MB at the peak")
        print(f"ratio {result['ratio']:.2f}")
    return 0 if result["ratio"] <= 1.2 else 1


def peak(options: argparse.Namespace, count: int) -> int:
    """The peak memory of a process that fills `count` records, in kilobytes."""
    command = [sys.executable, "-m", "benchmarks.memory", "--run", str(count)]
    command += ["--form", options.form, "--regulation", options.regulation]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(json.loads(done.stdout)["peak_kb"])


def fill(regulation: str, form: str, count: int) -> int:
    """Fill `count` records in this process; its peak memory in kilobytes."""
    from docgen.word.compile import compile_template

    case = next(case for case in form_cases(regulation) if case.form.endswith("/" + form))
    compiled = compile_template(case.template)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "one.docx"
        for number in range(count):
            target.write_bytes(compiled.render(case.record(number)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    sys.exit(main())
