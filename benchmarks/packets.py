"""Packets of many dossiers, and of one large dossier: processes, resuming, memory.

    python -m benchmarks.packets [--json] [--dossiers 40] [--members 5] [--large 500] [--folder DIR]

The real command, `docgen packet --data FILE.jsonl`, on as many dossiers as asked for: one process and two by turns,
then the same command again, which finds all done; the peak of its largest process at a quarter of the dossiers and at
all of them. Then one dossier of many members, in one process: its peak and its cost against one of a tenth of that.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.fill import default_folder
from benchmarks.records import Run, emit, run_docgen
from docgen.dossier.sample import sample_dossier

REGULATION = "kh55-2018"
#: Many dossiers may need so many times the memory of a few, one of ten times the members so many times the work.
MEMORY_LIMIT, COST_LIMIT = 1.2, 11.0


def main() -> int:
    """Measure and print; ends with 1 beyond a limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.packets", description="Packets of many dossiers.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--dossiers", type=int, default=40)
    parser.add_argument("--members", type=int, default=5, help="members of each of them")
    parser.add_argument("--large", type=int, default=500, help="members of the large dossier")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the files go, for the time being")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        result = {
            "many": measure_many(Path(folder), options.dossiers, options.members),
            "large": measure_large(Path(folder), options.large),
        }
    many, large = result["many"], result["large"]
    emit(
        result,
        options.json,
        [
            f"{many['dossiers']} dossiers of {options.members} members, {many['documents']} documents: one process "
            f"{many['one_seconds']:.1f} s, two {many['two_seconds']:.1f} s, ratio {many['two_processes']:.2f}",
            f"the same command again: {many['again_seconds']:.1f} s, ratio {many['resume']:.1f}",
            f"memory: {many['peak_kb'][0] / 1024:.0f} MB at {many['dossiers'] // 4} dossiers, "
            f"{many['peak_kb'][1] / 1024:.0f} MB at all, ratio {many['memory']:.2f} (at most {MEMORY_LIMIT})",
            f"one dossier of {large['members'][0]} members: {large['cpu_seconds'][0]:.1f} s of processor time; "
            f"of {large['members'][1]}: {large['cpu_seconds'][1]:.1f} s, ratio {large['cost']:.1f} "
            f"(at most {COST_LIMIT:.0f}), {large['peak_kb'][0] / 1024:.0f} and {large['peak_kb'][1] / 1024:.0f} MB",
        ],
    )
    return 0 if many["memory"] <= MEMORY_LIMIT and large["cost"] <= COST_LIMIT else 1


def measure_many(folder: Path, count: int, members: int) -> dict[str, Any]:
    """Many small dossiers."""
    few = write_dossiers(folder / "few.jsonl", count // 4, members)
    source = write_dossiers(folder / "all.jsonl", count, members)
    small = run(few, folder / "few", 1)
    one = run(source, folder / "one", 1)
    two = run(source, folder / "two", 2)
    again = run(source, folder / "two", 2)
    documents = sum(1 for path in (folder / "one").glob("*/[0-9]*.docx"))
    assert documents == sum(1 for path in (folder / "two").glob("*/[0-9]*.docx"))
    return {
        "dossiers": count, "documents": documents, "one_seconds": one.wall, "two_seconds": two.wall,
        "two_processes": one.wall / two.wall, "again_seconds": again.wall, "resume": two.wall / again.wall,
        "peak_kb": [small.peak_kb, one.peak_kb], "memory": one.peak_kb / small.peak_kb,
    }  # fmt: skip


def measure_large(folder: Path, members: int) -> dict[str, Any]:
    """One dossier of many members, and one of a tenth."""
    runs = []
    for number in (members // 10, members):
        source = write_dossiers(folder / f"large-{number}.json", 1, number)
        runs.append(run_docgen("-q", "packet", source, "-o", folder / f"large-{number}", "--jobs", 1))
    return {
        "members": [members // 10, members], "cpu_seconds": [one.cpu for one in runs],
        "cost": runs[1].cpu / runs[0].cpu, "peak_kb": [one.peak_kb for one in runs],
    }  # fmt: skip


def run(source: Path, output: Path, jobs: int) -> Run:
    """`docgen packet --data` as a process of its own."""
    return run_docgen("-q", "packet", "--data", source, "-o", output, "--jobs", jobs)


def write_dossiers(path: Path, count: int, members: int) -> Path:
    """`count` sample dossiers, each of a body of its own, one a line."""
    dossier = sample_dossier(REGULATION, members=members)
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            dossier["organization"]["name"] = f"Chi bộ {number}"
            out.write(json.dumps(dossier, ensure_ascii=False) + "\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
