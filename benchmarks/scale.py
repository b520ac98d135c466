"""Does the cost grow faster than the work? A form with a table, filled with more and more rows.

    python -m benchmarks.scale [--json] [--form mau-06] [--regulation ID]

Prints the time of one document and of one row in it; `growth` is the dearest row against the row of the smallest table
that is large enough to hide the fixed cost. It must stay near 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from benchmarks import form_cases, once
from docgen.word.compile import compile_template

ROWS = (1, 100, 400, 1600, 6400)


def main() -> int:
    """Measure and print; ends with 1 where a row of a large table costs more than 1.5 times a row of a small one."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale", description="Rows in one table, and their cost."
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--form", default="mau-06")
    parser.add_argument("--regulation", default="kh55-2018")
    options = parser.parse_args()
    rows = [measure(options.regulation, options.form, count) for count in ROWS]
    per_row = [row["row_ms"] for row in rows[1:]]
    result = {"growth": max(per_row) / per_row[0], "rows": rows}
    if options.json:
        json.dump(result, sys.stdout, indent=1)
        print()
    else:
        for row in rows:
            print(f"{row['rows']:6} rows  {row['document_ms']:9.3f} ms a document  {row['row_ms']:.4f} ms a row")
        print(f"growth {result['growth']:.2f}")
    return 0 if result["growth"] <= 1.5 else 1


def measure(regulation: str, form: str, count: int) -> dict[str, Any]:
    """One table of `count` rows."""
    case = next(case for case in form_cases(regulation, rows=count) if case.form.endswith("/" + form))
    compiled = compile_template(case.template)
    contexts = [case.record(number) for number in range(5)]
    for context in contexts:
        compiled.render(context)
    # the best of many: a pause of the machine falls on long documents more often than on short ones
    spent = min(once(lambda number: compiled.render(contexts[number % 5]), turn) for turn in range(10 + 3000 // count))
    return {"rows": count, "document_ms": spent, "row_ms": spent / count}


if __name__ == "__main__":
    sys.exit(main())
