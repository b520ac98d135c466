"""Validation beside jsonschema: the same records, clean ones and faulty ones.

    python -m benchmarks.validate [--json] [--records 400] [--regulation ID]

jsonschema runs the form's schema, compiled once, and lists every error. docgen runs its own check, which looks besides
at what no schema can say (texts that are not really written, signs that cannot be seen) and finds words for every
error. Processor time by turns. For each record the two must agree on whether its shape is right.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.records import emit, records
from docgen.forms.definition import load_form
from docgen.forms.schema import form_schema
from docgen.model import has_errors
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_form_data

TURNS = 5
_SHAPE = ("validation.shape.", "validation.levels.missing", "validation.id.pattern", "validation.section.empty")


def main() -> int:
    """Measure and print; ends with 1 where the two do not agree about a record."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validate", description="Validation beside jsonschema.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--records", type=int, default=400, help="records a form")
    parser.add_argument("--regulation", default="kh55-2018")
    options = parser.parse_args()
    rows = [measure(options.regulation, form, options.records) for form in load_regulation(options.regulation).forms]

    def ratio(kind: str) -> float:
        return float(sum(row[f"jsonschema_{kind}_us"] for row in rows) / sum(row[f"docgen_{kind}_us"] for row in rows))

    result = {
        "ratio_clean": ratio("clean"),
        "ratio_faulty": ratio("faulty"),
        "verdicts_equal": all(row["verdicts_equal"] for row in rows),
        "forms": rows,
    }
    text = []
    for row in rows:
        shown = [
            f"{kind}: jsonschema {row[f'jsonschema_{kind}_us']:6.0f} µs, docgen {row[f'docgen_{kind}_us']:5.0f} µs"
            for kind in ("clean", "faulty")
        ]
        text.append(f"{row['form']:10} {'   '.join(shown)}{'' if row['verdicts_equal'] else '   VERDICTS DIFFER'}")
    text.append(
        f"all forms: {result['ratio_clean']:.0f} times for clean records, {result['ratio_faulty']:.1f} for faulty"
    )
    emit(result, options.json, text)
    return 0 if result["verdicts_equal"] else 1


def measure(regulation_id: str, form: str, count: int) -> dict[str, Any]:
    """One form: microseconds a record of the two, for clean and for faulty records."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped,unused-ignore]

    regulation = load_regulation(regulation_id)
    definition = load_form(regulation, form)
    peer = Draft202012Validator(form_schema(definition), format_checker=Draft202012Validator.FORMAT_CHECKER)
    clean = list(records(regulation_id, form, count))
    faulty = [spoil(record, number) for number, record in enumerate(records(regulation_id, form, count))]

    def by_peer(record: Any) -> bool:
        return not list(peer.iter_errors(record))

    def by_docgen(record: Any) -> bool:
        found = validate_form_data(record, definition)
        return not has_errors([finding for finding in found if finding.code.startswith(_SHAPE)])

    result: dict[str, Any] = {"form": form, "verdicts_equal": True}
    for kind, data in (("clean", clean), ("faulty", faulty)):
        verdicts, times = by_turns([by_peer, by_docgen], data)
        result["verdicts_equal"] &= verdicts[0] == verdicts[1] and all(v == (kind == "clean") for v in verdicts[0])
        result[f"jsonschema_{kind}_us"], result[f"docgen_{kind}_us"] = times
    return result


def spoil(record: dict[str, Any], number: int) -> dict[str, Any]:
    """`record` with one fault of four kinds."""
    root = next(value for value in record.values() if isinstance(value, dict))
    name = next(iter(root))
    if number % 4 == 0:
        root["no_such_name"] = "x"
    elif number % 4 == 1:
        root[name] = {"text": "in the wrong place"}
    elif number % 4 == 2:
        record["id"] = "not a name/"
    else:
        record["another"] = [1]
    return record


def by_turns(sides: Sequence[Callable[[Any], bool]], data: Sequence[Any]) -> tuple[list[list[bool]], tuple[float, ...]]:
    """What each side says of every record, and its median time a record in microseconds."""
    verdicts: list[list[bool]] = [[] for _ in sides]
    times: list[list[float]] = [[] for _ in sides]
    for side in sides:
        side(data[0])
    for turn in range(TURNS):
        part = data[turn::TURNS]
        for index, side in enumerate(sides):
            start = time.process_time()
            verdicts[index] += [side(record) for record in part]
            times[index].append((time.process_time() - start) * 1e6 / len(part))
    return verdicts, tuple(statistics.median(spent) for spent in times)


if __name__ == "__main__":
    sys.exit(main())
