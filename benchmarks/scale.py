"""Does the cost grow faster than the work? More and more records; more and more rows in one table; two processes.

    python -m benchmarks.scale [--json] [--records 100000] [--regulation ID] [--folder DIR]

The records go through the real command, `docgen fill`, in one process; its processor time is compared, and the time by
the clock of one process and of two. `growth` of rows is the dearest row against the row of the smallest table that is
large enough to hide the fixed cost.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import form_cases, once
from benchmarks.fill import default_folder
from benchmarks.records import emit, run_fill, write_lines
from docgen.word.engine.compile import compile_template

COUNTS = (10, 100, 1_000, 10_000, 50_000, 100_000)
ROWS = (1, 100, 500, 1_500, 5_000)
FORM, TABLE_FORM = "mau-05", "mau-06"
#: 50,000 records may cost so many times 1,000; a row of a large table so many times a row of a small one.
RECORD_LIMIT, ROW_LIMIT = 55.0, 1.5
#: So many records that the second it takes to start does not count.
PAIRS, PAIR_RECORDS = 3, 60_000


def main() -> int:
    """Measure and print; ends with 1 where records or rows grow dearer than the limits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Cost against size.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--records", type=int, default=COUNTS[-1], help="the largest number of records")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how often one process is compared with two")
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the files go, for the time being")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = [measure_rows(options.regulation, count) for count in ROWS]
    per_row = [row["row_ms"] for row in rows[1:]]
    records = [measure_records(options, count) for count in COUNTS if count <= options.records]
    cost = {entry["records"]: entry["cpu_seconds"] for entry in records}
    result: dict[str, Any] = {"growth_of_rows": max(per_row) / per_row[0], "rows": rows, "records": records}
    if 1_000 in cost and 50_000 in cost:
        result["cost_50000_to_1000"] = cost[50_000] / cost[1_000]
    if options.pairs:
        result["two_processes"] = measure_processes(options)
    emit(result, options.json, lines(result))
    good = result["growth_of_rows"] <= ROW_LIMIT and result.get("cost_50000_to_1000", 0) <= RECORD_LIMIT
    return 0 if good else 1


def lines(result: dict[str, Any]) -> list[str]:
    """The result as text."""
    out = [
        f"{row['rows']:7} rows in one document  {row['document_ms']:9.3f} ms a document  {row['row_ms']:.4f} ms a row"
        for row in result["rows"]
    ]
    out.append(f"the dearest row costs {result['growth_of_rows']:.2f} times a row of a small table")
    out += [
        f"{entry['records']:7} records  {entry['cpu_seconds']:8.2f} s of processor time  {entry['wall_seconds']:8.2f} s"
        for entry in result["records"]
    ]
    if "cost_50000_to_1000" in result:
        out.append(f"50,000 records cost {result['cost_50000_to_1000']:.1f} times 1,000 (at most {RECORD_LIMIT:.0f})")
    if "two_processes" in result:
        pairs = result["two_processes"]
        out.append(f"two processes: {pairs['best']:.2f} times one (best), {pairs['each']} (each pair)")
    return out


def measure_records(options: argparse.Namespace, count: int) -> dict[str, Any]:
    """`docgen fill` of `count` records in one process."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        source = write_lines(Path(folder) / "records.jsonl", options.regulation, FORM, count)
        run = run_fill(options.regulation, FORM, source, Path(folder) / "out", 1)
        made = sum(1 for _ in (Path(folder) / "out").glob("*.docx"))
        assert made == count, (made, count)
    return {"records": count, "cpu_seconds": run.cpu, "wall_seconds": run.wall}


def measure_processes(options: argparse.Namespace) -> dict[str, Any]:
    """One process and two by turns, by the clock: on a busy machine the best pair says most."""
    found = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        source = write_lines(Path(folder) / "records.jsonl", options.regulation, FORM, PAIR_RECORDS)
        for _ in range(options.pairs):
            walls = []
            for jobs in (1, 2):
                output = Path(folder) / "out"
                walls.append(run_fill(options.regulation, FORM, source, output, jobs).wall)
                shutil.rmtree(output)
            found.append(walls[0] / walls[1])
    return {"records": PAIR_RECORDS, "best": max(found), "each": [round(ratio, 2) for ratio in found]}


def measure_rows(regulation: str, count: int) -> dict[str, Any]:
    """One table of `count` rows."""
    case = next(case for case in form_cases(regulation, rows=count) if case.form.endswith("/" + TABLE_FORM))
    compiled = compile_template(case.template)
    contexts = [case.record(number) for number in range(5)]
    for context in contexts:
        compiled.render(context)
    # the best of many: a pause of the machine falls on long documents more often than on short ones
    spent = min(once(lambda number: compiled.render(contexts[number % 5]), turn) for turn in range(10 + 3000 // count))
    return {"rows": count, "document_ms": spent, "row_ms": spent / count}


if __name__ == "__main__":
    sys.exit(main())
