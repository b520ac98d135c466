"""Records as files of JSON lines, and the real command run on them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import sentence

_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
_GIVEN = ("Văn Bình", "Thị Thu Hà", "Hữu Phước", "Quốc Đạt", "Thị Mỹ Duyên", "Minh Khang", "Ngọc Lan", "Gia Bảo")


def records(regulation_id: str, form: str, count: int) -> Iterator[dict[str, Any]]:
    """`count` complete records of a form, each with names, texts and codes of its own."""
    from docgen.forms.bindings import slots
    from docgen.forms.definition import load_form
    from docgen.forms.example import sample_record
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(regulation_id)
    definition = load_form(regulation, form)
    text = json.dumps(sample_record(definition))
    found = slots(definition)
    for number in range(count):
        chance = random.Random(number)
        record = json.loads(text)
        record["id"] = f"dv-{number:06d}"
        for slot in found:
            for holder in record.get(slot.list, ()) if slot.list else (record,):
                for name in slot.path[:-1]:
                    holder = holder.get(name, {})
                if slot.path[-1] in holder:
                    holder[slot.path[-1]] = _varied(slot, holder[slot.path[-1]], chance)
        yield record


def _varied(slot: Any, value: Any, chance: random.Random) -> Any:
    """Another value of the slot's type."""
    if slot.type == "bool":
        return chance.random() < 0.5
    if slot.options and slot.path[-1] != "kind":
        return chance.choice([code for code, _ in slot.options])
    if slot.type == "paragraphs":
        return [sentence(chance) for _ in range(chance.randint(2, 4))]
    if slot.path[-1].endswith("name") or slot.path[0] == "signers":
        return f"{chance.choice(_SURNAMES)} {chance.choice(_GIVEN)}"
    return value


def write_lines(path: Path, regulation_id: str, form: str, count: int) -> Path:
    """`count` records as JSON lines in `path`."""
    with path.open("w", encoding="utf-8") as out:
        for record in records(regulation_id, form, count):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command cost: seconds by the clock and of processor time, the largest process."""

    wall: float
    cpu: float
    peak_kb: int


def run_fill(regulation_id: str, form: str, source: Path, output: Path, jobs: int) -> Run:
    """`docgen fill` as a process of its own. Raises `CalledProcessError` where it does not end well."""
    return run_docgen("fill", form, "-r", regulation_id, "--data", source, "-o", output, "--jobs", jobs)


def run_docgen(*arguments: object) -> Run:
    """A command of docgen as a process of its own. Raises `CalledProcessError` where it does not end well."""
    command = [sys.executable, "-c", "from docgen.cli import main; main()", *map(str, arguments)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def emit(result: dict[str, Any], as_json: bool, lines: list[str]) -> None:
    """Print a result for programs or for people."""
    if as_json:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print("\n".join(lines))
