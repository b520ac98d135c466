"""A dossier of thousands of members: loaded, graded, settled and validated; beside the least that reading it costs.

    python -m benchmarks.dossier [--json] [--members 5000] [--regulation ID] [--turns 3] [--folder DIR] [--profile]

Every member has dates, levels, votes and texts of his own. By turns, in one run and in processor time: the whole way
of a dossier of a tenth of the members and of the whole one (the cost may not grow faster than the work); the whole way
of the same dossier with faults of many kinds in every fiftieth member; and the floor, `json.loads` with one
`is_valid` of jsonschema-rs on what it gives. The peak of memory is that of processes of their own. `propose` is one
proposal after the other from the facts alone, nothing settled.
"""

from __future__ import annotations

import argparse
import copy
import cProfile
import json
import pstats
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import sentence
from benchmarks.fill import default_folder
from benchmarks.records import emit
from docgen.dossier import load_dossier
from docgen.dossier.sample import sample_dossier
from docgen.garbage import less_garbage
from docgen.grading import propose, rules_of
from docgen.grading.dossier_board import grade_dossier
from docgen.grading.from_dossier import counted_of_member, member_facts
from docgen.model import GRADES
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier
from docgen.validation.checks.shape import dossier_validator

Result = TypeVar("Result")
STEPS = ("load", "grade", "validate")
#: Ten times the members may cost so many times as much; the whole way so many times the floor.
GROWTH, OVER_FLOOR = 11.0, 10.0
#: Says what it took itself: what the system says of a process counts the one it was started from as well.
_CHECK = """
import pathlib, resource, sys
from docgen.pipeline import check_dossier
check_dossier(pathlib.Path(sys.argv[1]))
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else ()
peak = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
print(peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
_FAULTS: tuple[tuple[str, Any], ...] = (
    ("member.full_name", None), ("review.ideology", ["……………"]), ("review.results", "Đã làm\n\nXong"),
    ("member.birth_date", "30/02/1980"), ("review.ethics", ["[Nhập nội dung]"]), ("cell.grade", "Hoàn thành tốt"),
    ("member.workplace", 101), ("member.full_nam", "Lê Văn B"), ("review.style", ["Không"]), ("civil", {}),
    ("votes", {"HTXSNV": 999}), ("facts", {"disciplined_in_year": "có"}), ("review.duties", ["Ho\u0323c tập"]),
    ("member.position.party", "  Bí thư \u200b"), ("signs.b1", "x"), ("assessments.chi_ui", {}),
)  # fmt: skip


def main() -> int:
    """Measure and print; ends with 1 where the cost grows faster than the work or is too far above the floor."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dossier", description="A large dossier, the whole way.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the dossiers go, meanwhile")
    parser.add_argument("--profile", action="store_true", help="show where the time of the whole dossier goes")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        result = measure(options, Path(folder))
    emit(result, options.json, lines(result))
    return 0 if result["growth"] <= GROWTH and result["over_floor"] <= OVER_FLOOR else 1


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All figures; the dossiers are written to `folder`."""
    many = varied_dossier(options.regulation, options.members)
    few = {**many, "members": many["members"][: max(1, options.members // 10)]}
    paths = {"few": folder / "few.json", "many": folder / "many.json", "faulty": folder / "faulty.json"}
    for path, data in zip(paths.values(), (few, many, with_faults(many)), strict=True):
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    whole_way(paths["few"])  # what is loaded once is not what is measured
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in paths}
    floors: list[float] = []
    findings: dict[str, int] = {}
    for _ in range(options.turns):
        floors.append(floor(paths["many"], options.regulation))
        for name, path in paths.items():
            seconds, findings[name] = whole_way(path)
            turns[name].append(seconds)
    if options.profile:
        whole_way(paths["many"], profile=True)

    def median(name: str, step: str) -> float:
        return statistics.median(turn[step] for turn in turns[name])

    growths = [large["whole"] / small["whole"] for large, small in zip(turns["many"], turns["few"], strict=True)]
    over = [turn["whole"] / least for turn, least in zip(turns["many"], floors, strict=True)]
    return {
        "growth": statistics.median(growths),
        "over_floor": statistics.median(over),
        "faulty_to_clean": median("faulty", "whole") / median("many", "whole"),
        "floor_seconds": statistics.median(floors),
        "members": [len(few["members"]), len(many["members"])],
        "megabytes": paths["many"].stat().st_size / 1e6,
        "seconds": {name: {step: median(name, step) for step in (*STEPS, "whole", "clock")} for name in paths},
        "findings": findings,
        "propose_seconds": one_by_one(paths["many"]),
        "peak_mb": {name: peak_mb(path) for name, path in paths.items()},
    }


def lines(result: dict[str, Any]) -> list[str]:
    """The figures for people."""
    text = []
    for name, label in (("few", "few"), ("many", "many"), ("faulty", "many, 2 % faulty")):
        seconds = result["seconds"][name]
        shown = ", ".join(f"{s} {seconds[s]:.2f} s ({seconds[s] / seconds['whole']:.0%})" for s in STEPS)
        whole = f"{seconds['whole']:.2f} s, by the clock {seconds['clock']:.2f} s"
        text.append(f"{label}: {shown}; whole {whole}; peak {result['peak_mb'][name]:.0f} MB")
    few, many = result["members"]
    text.append(
        f"{many} members ({result['megabytes']:.0f} MB) cost {result['growth']:.1f} times {few} (at most {GROWTH})"
    )
    floor_ = f"{result['floor_seconds']:.2f} s"
    text.append(
        f"the whole way is {result['over_floor']:.1f} times json.loads + is_valid ({floor_}; at most {OVER_FLOOR})"
    )
    text.append(f"faults of many kinds: {result['faulty_to_clean']:.2f} times the clean dossier")
    text.append(f"{many} proposals from facts alone: {result['propose_seconds']:.2f} s")
    return text


def whole_way(path: Path, profile: bool = False) -> tuple[dict[str, float], int]:
    """The steps of `docgen.pipeline.check_dossier`, each with its processor time, and the number of findings."""
    seconds: dict[str, float] = {}

    def timed(step: str, work: Callable[[], Result]) -> Result:
        profiler = cProfile.Profile() if profile else None
        start = time.process_time()
        result = profiler.runcall(work) if profiler else work()
        seconds[step] = time.process_time() - start
        if profiler:
            pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(15)
        return result

    clock = time.perf_counter()
    less_garbage()
    dossier, _ = timed("load", lambda: load_dossier(path))
    assert dossier is not None
    regulation = load_regulation(dossier.regulation)
    board = timed("grade", lambda: grade_dossier(regulation, dossier.data))
    grades = {row.id: row.grade for row in board.rows if row.subject == "dang_vien" and row.grade}
    found = timed("validate", lambda: validate_dossier(dossier, regulation, grades))
    return {**seconds, "whole": sum(seconds.values()), "clock": time.perf_counter() - clock}, len(found)


def floor(path: Path, regulation_id: str) -> float:
    """Seconds to read the same file and to ask the same schema whether it is right, and nothing else."""
    validator = dossier_validator(load_regulation(regulation_id))
    less_garbage()
    start = time.process_time()
    validator.is_valid(json.loads(path.read_bytes()))
    return time.process_time() - start


def one_by_one(path: Path) -> float:
    """Seconds for a proposal for each member, from facts that were read before."""
    dossier, _ = load_dossier(path)
    assert dossier is not None
    regulation, rules = load_regulation(dossier.regulation), rules_of(dossier.regulation)
    facts = [
        member_facts(regulation, dossier.data, member, counted_of_member(regulation, dossier.data, member))
        for member in dossier.members
    ]
    start = time.process_time()
    for each in facts:
        propose(rules, "dang_vien", each)
    return time.process_time() - start


def peak_mb(path: Path) -> float:
    """The most memory a process takes that does nothing but check this dossier."""
    done = subprocess.run([sys.executable, "-c", _CHECK, str(path)], stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout) / 1024


def varied_dossier(regulation_id: str, members: int) -> dict[str, Any]:
    """The sample dossier with dates, levels, votes and texts of its own for every member."""
    data = sample_dossier(regulation_id, members=members)
    for number, member in enumerate(data["members"]):
        chance = random.Random(number)
        born = chance.randint(1955, 1990)
        member["member"]["birth_date"] = _day(chance, born)
        member["member"]["admission_date"] = _day(chance, chance.randint(born + 19, 2017))
        official = data.get("ballots", {}).get("official_members", 0)
        if "votes" in member:
            marks = sorted(chance.randint(0, official) for _ in range(3))
            counts = (b - a for a, b in zip((0, *marks), (*marks, official), strict=True))
            member["votes"] = dict(zip(GRADES, counts, strict=True))
        for sheet in member.get("assessments", {}).values():
            for name in sheet.get("levels", {}):
                sheet["levels"][name] = chance.choices(("xuat_sac", "tot", "trung_binh", "kem"), (30, 60, 9, 1))[0]
        for section, paragraphs in member["review"].items():
            if isinstance(paragraphs, list):
                member["review"][section] = [f"{n}. {sentence(chance)}" for n, _ in enumerate(paragraphs, 1)]
    return data


def _day(chance: random.Random, year: int) -> str:
    return f"{year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


def with_faults(data: dict[str, Any]) -> dict[str, Any]:
    """A copy with one fault, of sixteen kinds by turns, in every fiftieth member."""
    out = {**data, "members": list(data["members"])}
    for turn, index in enumerate(range(0, len(out["members"]), 50)):
        member = out["members"][index] = copy.deepcopy(out["members"][index])
        path, value = _FAULTS[turn % len(_FAULTS)]
        *steps, last = path.split(".")
        holder = member
        for step in steps:
            holder = holder.setdefault(step, {})
        holder[last] = value
    return out


if __name__ == "__main__":
    sys.exit(main())
