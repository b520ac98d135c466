"""Runs docgen on thousands of inputs that are nearly right, and reports every one that it does not answer.

usage: python tools/fuzz_dossiers.py N [--seed S] [--kind dossier|counts|workbook|manifest|yaml|all] [--jobs J]
                                     [--keep DIR]
       python tools/fuzz_dossiers.py --only INDEX --kind KIND --seed S --keep DIR      (one again, its file kept)

A dossier goes through validate, grade, tally and packet --draft; a file of counts or ballots through tally; a workbook
through validate, grade, tally and every fifth through packet --draft; a manifest (of a signed packet, every other one)
through open, sign --list and verify; a regulation of a unit through regulations, forms, validate and grade. Wrong is:
exit code 5, a traceback, an exit code that is no answer about data, more than 10 s of the processor, more than 500 MB.
The exit code is 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fuzz_mutators import json_mutant, timeless, workbook_mutant, yaml_mutant
from fuzz_run import MEMORY_MB, Outcome, memory_mb, run

from docgen.dossier.excel import workbook_bytes
from docgen.dossier.sample import sample_dossier
from docgen.regulations.loader import load_regulation

REGULATIONS = ("hd43-2025", "hd16-2018", "kh55-2018", "kh40-2018", "hd19-2024", "khbvp-2021")
KINDS = ("dossier", "counts", "workbook", "manifest", "yaml")
#: Mutants of one process: caches of definitions grow with every one.
CHUNK = {"dossier": 200, "counts": 500, "workbook": 100, "manifest": 100, "yaml": 25}
ROOT = Path(__file__).resolve().parent.parent
OWN, SIGNING = ROOT / "docgen" / "regulations", ROOT / "tests" / "signing"
FAULTS_SHOWN = 40


@dataclass(slots=True)
class Done:
    """What one piece of the work came to; `reached` is the first mutant that was not run."""

    kind: str
    reached: int
    runs: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    memory: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)


@cache
def sample(regulation: str) -> dict[str, Any]:
    """The sample dossier, cut to two members."""
    return sample_dossier(regulation, members=2)


@cache
def workbook(regulation: str) -> bytes:
    """The sample as a workbook."""
    return timeless(workbook_bytes(load_regulation(regulation), sample(regulation)))


def dossier_runs(rng: Random, room: Path) -> Iterator[Outcome]:
    """One broken dossier through every command that reads one."""
    path = room / "ho-so.json"
    path.write_bytes(json_mutant(rng, sample(rng.choice(REGULATIONS))))
    yield from read_runs(path, room, packet=True)


def counts_runs(rng: Random, room: Path) -> Iterator[Outcome]:
    """A broken file of counts, or of single ballots."""
    people = [{"id": f"dv-0{n}", "name": f"Người {n}", "votes": {"HTXSNV": 3, "HTTNV": 9 - n}} for n in (1, 2)]
    ballots = [{"votes": {"dv-01": "HTTNV", "dv-02": ["HTNV", "HTTNV"]}}, {"invalid": True}]
    data: dict[str, Any] = {"regulation": rng.choice(REGULATIONS), "issued": 12, "collected": 12, "invalid": 0}
    data |= (
        {"people": people, "n_good": 2, "official_members_total": 14} if rng.random() < 0.5 else {"ballots": ballots}
    )
    path = room / "phieu.json"
    path.write_bytes(json_mutant(rng, data))
    yield run("tally", path)
    yield run("tally", path, "--json")


def workbook_runs(rng: Random, room: Path) -> Iterator[Outcome]:
    """One broken workbook."""
    path = room / "ho-so.xlsx"
    path.write_bytes(workbook_mutant(rng, workbook(rng.choice(REGULATIONS))))
    yield from read_runs(path, room, packet=rng.random() < 0.2)


def read_runs(path: Path, room: Path, *, packet: bool) -> Iterator[Outcome]:
    """Every command that reads a dossier, on the one at `path`."""
    yield run("validate", path)
    yield run("grade", path)
    yield run("tally", path)
    if packet:
        yield run("packet", path, "--draft", "-o", room / "bo")
        if list(room.glob(".*")):
            yield Outcome("packet", 5, 0.0, f"left behind: {sorted(p.name for p in room.glob('.*'))}")


def manifest_runs(rng: Random, room: Path) -> Iterator[Outcome]:
    """A packet with a broken manifest."""
    packet = room / "bo"
    shutil.copytree(base_packets() / rng.choice(("drawn", "signed")), packet)
    manifest = packet / "manifest.json"
    manifest.write_bytes(json_mutant(rng, json.loads(manifest.read_text(encoding="utf-8"))))
    yield run("open", packet)
    yield run("sign", packet, "--list")
    yield run("verify", packet, "--trust", base_packets() / "ca.pem")


@cache
def base_packets() -> Path:
    """Small packets with PDF files, one of them signed, and who is trusted; made once a process."""
    from asn1crypto import pem

    sys.path.insert(0, str(SIGNING))
    from authority import root_certificate  # type: ignore[import-not-found]
    from signing_packets import make_packet, sign_all  # type: ignore[import-not-found]

    room = Path(tempfile.mkdtemp(prefix="fuzz-packet-"))
    path = room / "ho-so.json"
    path.write_text(json.dumps(sample_dossier("khbvp-2021", members=1)), encoding="utf-8")
    run("packet", path, "--draft", "--pdf", "-o", room / "drawn", seconds=120)
    sign_all(make_packet(room / "signed"))
    certificate = root_certificate()
    (room / "ca.pem").write_bytes(pem.armor("CERTIFICATE", certificate.dump()))
    return room


def yaml_runs(rng: Random, room: Path) -> Iterator[Outcome]:
    """A regulation of a unit with one broken file."""
    source = rng.choice(REGULATIONS)
    own = room / "van-ban" / "cua-don-vi"
    shutil.copytree(OWN / source, own)
    files = sorted(own.rglob("*.yaml"))
    for path in files:
        path.write_text(path.read_text(encoding="utf-8").replace(source, own.name), encoding="utf-8")
    path = rng.choice(files)
    path.write_bytes(yaml_mutant(rng, path.read_text(encoding="utf-8")))
    data = {**sample(source), "regulation": "cua-don-vi"}
    dossier = room / "ho-so.json"
    dossier.write_text(json.dumps(data), encoding="utf-8")
    given = ("--regulations", room / "van-ban")
    # A mistyped name of a regulation is a wrong call (2), and so may a broken one be.
    yield run("regulations", *given, answers=(0, 1, 2))
    yield run("forms", "-r", "cua-don-vi", *given, answers=(0, 1, 2))
    yield run("validate", dossier, *given, answers=(0, 1, 2))
    yield run("grade", dossier, *given, answers=(0, 1, 2))


RUNS = {
    "dossier": dossier_runs,
    "counts": counts_runs,
    "workbook": workbook_runs,
    "manifest": manifest_runs,
    "yaml": yaml_runs,
}


def one(kind: str, seed: int, index: int, room: Path) -> list[Outcome]:
    """Every command on one mutant, in the empty folder `room`."""
    return list(RUNS[kind](Random(f"{seed}:{kind}:{index}"), room))


def piece(kind: str, seed: int, start: int, stop: int, keep: str) -> Done:
    """The mutants from `start` to `stop`, in a process of their own; it ends early where memory has grown too far."""
    done = Done(kind, start)
    for index in range(start, stop):
        room = Path(tempfile.mkdtemp(prefix=f"fuzz-{kind}-"))
        outcomes = one(kind, seed, index, room)
        done.reached = index + 1
        wrong = [(index, o.command, o.fault) for o in outcomes if o.fault]
        done.memory = memory_mb()
        if done.memory > MEMORY_MB:
            wrong.append((index, kind, f"memory: {done.memory} MB"))
        for outcome in outcomes:
            done.runs[f"{outcome.command} {outcome.code}"] += 1
            done.slowest = max(done.slowest, outcome.seconds)
        done.faults += wrong
        if wrong and keep:
            kept = Path(keep) / f"{kind}-{seed}-{index}"
            shutil.copytree(room, kept, dirs_exist_ok=True)
            (kept / "fault.txt").write_text("\n".join(f"{c}: {text}" for _, c, text in wrong), encoding="utf-8")
        shutil.rmtree(room, ignore_errors=True)
        if done.memory > MEMORY_MB:
            break
    if kind == "manifest":
        shutil.rmtree(base_packets(), ignore_errors=True)
    return done


def many(kind: str, count: int, seed: int, jobs: int, keep: str) -> list[Done]:
    """`count` mutants of one kind, shared out to processes. A process that dies is a fault of its piece."""
    waiting = [(start, min(start + CHUNK[kind], count)) for start in range(0, count, CHUNK[kind])]
    out: list[Done] = []
    while waiting:
        taken, waiting = waiting, []
        with ProcessPoolExecutor(jobs, max_tasks_per_child=1) as pool:
            running = {pool.submit(piece, kind, seed, *span, keep): span for span in taken}
            for finished in as_completed(running):
                start, stop = running[finished]
                try:
                    done = finished.result()
                except BrokenProcessPool:
                    done = Done(kind, stop, faults=[(start, kind, f"a process died between {start} and {stop}")])
                out.append(done)
                if done.reached < stop:
                    waiting.append((done.reached, stop))
    return out


def report(kind: str, count: int, done: list[Done], seconds: float) -> int:
    """Print what came of one kind; the number of faults."""
    runs: Counter[str] = sum((d.runs for d in done), Counter())
    faults = sorted(fault for d in done for fault in d.faults)
    slowest, memory = max((d.slowest for d in done), default=0.0), max((d.memory for d in done), default=0)
    print(f"{kind}: {count} mutants, {sum(runs.values())} runs, {len(faults)} faults; {seconds:.0f} s")
    print(f"   slowest command {slowest:.2f} s of the processor, most memory of a process {memory} MB")
    print("   " + ", ".join(f"{name}: {number}" for name, number in sorted(runs.items())))
    kinds: dict[str, list[tuple[int, str, str]]] = {}
    for fault in faults:
        kinds.setdefault(f"{fault[1]} {fault[2].strip().splitlines()[-1][:120]}", []).append(fault)
    for alike in list(kinds.values())[:FAULTS_SHOWN]:
        index, command, text = alike[0]
        print(f"-- {kind} {index} ({command}), {len(alike)} alike\n{text.rstrip()}")
    return len(faults)


def main() -> int:
    """Run; 0 where every mutant was answered."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=(*KINDS, "all"), default="dossier")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", default="", help="folder for the inputs that went wrong")
    parser.add_argument("--only", type=int, help="run this one mutant again")
    chosen = parser.parse_args()
    if chosen.only is not None:
        room = Path(chosen.keep or tempfile.mkdtemp()) / f"{chosen.kind}-{chosen.seed}-{chosen.only}"
        room.mkdir(parents=True)
        outcomes = one(chosen.kind, chosen.seed, chosen.only, room)
        print(room, *(f"{o.command}: {o.code} {o.fault}" for o in outcomes), sep="\n")
        return int(any(o.fault for o in outcomes))
    wrong = 0
    for kind in KINDS if chosen.kind == "all" else (chosen.kind,):
        started = time.monotonic()
        done = many(kind, chosen.count, chosen.seed, chosen.jobs, chosen.keep)
        wrong += report(kind, chosen.count, done, time.monotonic() - started)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
