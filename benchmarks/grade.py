"""A dossier of thousands of members: loaded, validated, graded and settled; and facts alone, one subject a line.

    python -m benchmarks.grade [--json] [--members 5000] [--regulation ID] [--folder DIR] [--profile]

Side by side stand a dossier of a tenth of the members and the whole one (the cost may not grow faster than the work),
and the board of a dossier against one proposal after the other (the facts they read, and so the grades they propose
before anything is settled between people, are the same). Processor time.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.fill import default_folder
from benchmarks.records import emit
from docgen.dossier import load_dossier
from docgen.dossier.sample import sample_dossier
from docgen.grading import propose, rules_of
from docgen.grading.dossier_board import grade_dossier
from docgen.grading.from_dossier import member_facts
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier

Result = TypeVar("Result")
#: Ten times the members may cost so many times as much.
LIMIT = 13.0


def main() -> int:
    """Measure and print; ends with 1 where ten times the members cost more than 13 times as much."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grade", description="A large dossier, graded.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the dossier goes, meanwhile")
    parser.add_argument("--profile", action="store_true", help="show where the time of the whole dossier goes")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    measure(options, 20)  # what is loaded once is not what is measured
    rows = [measure(options, max(1, options.members // 10)), measure(options, options.members, options.profile)]
    growth = {
        step: rows[1]["seconds"][step] / max(rows[0]["seconds"][step], 1e-9) for step in ("load", "validate", "grade")
    }
    total = [sum(row["seconds"][step] for step in ("load", "validate", "grade")) for row in rows]
    result = {"growth": growth, "growth_of_all": total[1] / total[0], "dossiers": rows}
    text = []
    for row, whole in zip(rows, total, strict=True):
        steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in row["seconds"].items())
        text.append(f"{row['members']} members ({row['megabytes']:.1f} MB): {steps}; the way to a board {whole:.2f} s")
    text.append(f"ten times the members cost {result['growth_of_all']:.1f} times as much (at most {LIMIT:.0f})")
    emit(result, options.json, text)
    return 0 if result["growth_of_all"] <= LIMIT else 1


def measure(options: argparse.Namespace, members: int, profile: bool = False) -> dict[str, Any]:
    """One dossier: processor time of every step."""
    data = sample_dossier(options.regulation, members=members)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "dossier.json"
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
        size = path.stat().st_size
        (dossier, _), load = timed(lambda: load_dossier(path), profile)
    assert dossier is not None
    regulation = load_regulation(options.regulation)
    findings, validate = timed(lambda: validate_dossier(dossier, regulation), profile)
    board, grade = timed(lambda: grade_dossier(regulation, dossier.data), profile)
    rules = rules_of(options.regulation)
    facts = [dict(member_facts(regulation, dossier.data, member)) for member in dossier.members]
    proposals, one_by_one = timed(lambda: [propose(rules, "dang_vien", fact) for fact in facts])
    graded = [row for row in board.rows if row.subject == "dang_vien"]
    assert len(graded) == len(proposals) == members
    return {
        "members": members,
        "megabytes": size / 1e6,
        "findings": len(findings),
        "seconds": {"load": load, "validate": validate, "grade": grade, "propose": one_by_one},
        "facts_a_second": members / one_by_one if one_by_one else 0.0,
    }


def timed(work: Callable[[], Result], profile: bool = False) -> tuple[Result, float]:
    """The result of `work` and the processor time it took."""
    profiler = cProfile.Profile() if profile else None
    start = time.process_time()
    result = profiler.runcall(work) if profiler else work()
    spent = time.process_time() - start
    if profiler:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(15)
    return result, spent


if __name__ == "__main__":
    sys.exit(main())
