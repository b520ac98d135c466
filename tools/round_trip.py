"""Thousands of documents there and back: fill and read, and blank, type and read, for every form of every regulation.

    python -m tools.round_trip --documents 2000
    python -m tools.round_trip --documents 2000 --book    # each form into an Excel book and out of it again

Prints one line a form and every mismatch; ends with 1 where there is one. The data come from Hypothesis
(`tests/forms/form_samples.py`), so each run tries others.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "forms")]

from book_trip import trip  # noqa: E402
from form_samples import records  # noqa: E402
from word_edits import type_record  # noqa: E402

from docgen.errors import DocgenError  # noqa: E402
from docgen.forms.definition import FormDefinition, load_form  # noqa: E402
from docgen.forms.fill import Filler  # noqa: E402
from docgen.forms.readback import canonical_data, read_form  # noqa: E402
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation  # noqa: E402


def differences(expected: Any, given: Any, path: str = "") -> list[str]:
    """The pointers at which two values differ."""
    if isinstance(expected, dict) and isinstance(given, dict):
        return [d for key in sorted({*expected, *given}) for d in differences(expected.get(key), given.get(key), f"{path}/{key}")]  # fmt: skip  # noqa: E501
    return [] if expected == given else [f"{path}: {expected!r:.120} -> {given!r:.120}"]


class Trips:
    """Both ways of one form, counted."""

    def __init__(self, regulation: RegulationData, definition: FormDefinition) -> None:
        self.regulation = regulation
        self.definition = definition
        self.filler = Filler(definition)
        self.blank = self.filler.fill({}, blank=True)
        self.documents = 0
        self.wrong: list[str] = []

    def through_a_book(self, data: dict[str, Any]) -> None:
        """One record: Word → Excel → Word → JSON."""
        self.documents += 2
        try:
            self.wrong += [f"book: {d}" for d in trip(self.regulation, self.definition, data)]
        except DocgenError as fault:
            self.wrong.append(f"book: {fault}")

    def go(self, data: dict[str, Any]) -> None:
        """One record, filled and typed."""
        for way in ("fill", "type"):
            self.documents += 1
            try:
                if way == "fill":
                    docx = self.filler.fill(data)
                    expected = canonical_data(self.definition, data)
                else:
                    docx = type_record(self.blank, data, self.regulation, self.definition)
                    expected = canonical_data(self.definition, data, blank=True)
                    expected.pop("id", None)
            except DocgenError as fault:
                self.wrong.append(f"{way}: {fault}")
                continue
            result = read_form(docx)
            self.wrong += [f"{way}: {d}" for d in differences(expected, result.data)]
            self.wrong += [f"{way}: {f.code} {f.params}" for f in result.findings]


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--book", action="store_true", help="through an Excel book")
    parser.add_argument("--only", default="", help="regulation/form, or a part of it")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    names = [(r, f) for r in list_regulations() for f in load_regulation(r).forms if options.only in f"{r}/{f}"]
    each = max(1, -(-options.documents // (2 * len(names))))
    total = bad = 0
    started = time.perf_counter()
    for name, form in names:
        regulation = load_regulation(name)
        definition = load_form(regulation, form)
        trips = Trips(regulation, definition)
        data = records(regulation, definition)
        for _ in range(each):
            (trips.through_a_book if options.book else trips.go)(data.example())
        total += trips.documents
        bad += len(trips.wrong)
        print(f"{name}/{form}: {trips.documents} documents, {len(trips.wrong)} mismatches")
        for line in trips.wrong[:5]:
            print(f"    {line[:400]}")
    print(f"{total} documents of {len(names)} forms, {bad} mismatches, {time.perf_counter() - started:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
