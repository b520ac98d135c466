"""Kill workers and coordinators of a cluster at random moments, and compare with `docgen packet --jobs 1`.

    python -m tools.kill_cluster [--workers 200] [--pdf 30] [--coordinators 20] [--answers] [--full 5]
                                 [--stores 20] [--seed 1] [--state FILE]

A scheduler and two workers on this machine; tiny dossiers, one of them faulty, two of one name. Each round makes their
packets in an empty folder, disturbs that in its way, and compares exit code, every file and the journal:

    worker       one worker is killed (kill -9) at a random moment
    pdf          the same, with PDF
    coordinator  the command itself is killed at a random moment, and run again
    answer       both workers are killed as soon as so many packets are there: made, and perhaps not reported
    full         a third worker's disk refuses every file beyond 8 kB
    store        as worker, with the packets in a stand-in for an S3 store

Ends with 1 at the first difference. What is done is noted in FILE, and not done again: the run may be stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from tools.kill_test import DOCGEN, fingerprint, write_dossiers
from tools.local_cluster import LocalCluster
from tools.local_store import BUCKET, files, local_store, objects

REGULATION, DOSSIERS, WITH_PDF = "kh55-2018", 8, 3
_FULL = 8_000
#: Seconds after which a command is taken to hang.
_HANGS = 300
#: A round: its kind and its number.
Round = tuple[str, int]


class Rounds:
    """The rounds on one cluster."""

    def __init__(self, base: Path, cluster: LocalCluster, seed: int = 1, dossiers: int = DOSSIERS) -> None:
        self.base, self.cluster, self.seed, self.dossiers = base, cluster, seed, dossiers
        self._wanted: dict[str, tuple[int, dict[str, str], float]] = {}

    def play(self, kind: str, number: int) -> dict[str, Any]:
        """One round; what there is to say of it: whether it ended the same, whether the kill came in time."""
        chance = random.Random(f"{self.seed} {kind} {number}")
        way = kind if kind in ("pdf", "store") else ""
        code, wanted, seconds = self.undisturbed(way)
        output = self._cleared("round", way)
        self._wait_for_workers()
        start = time.monotonic()
        caught = getattr(self, f"_{kind}")(self._command(output, way), output, chance, seconds, number)
        ended = self._ended if kind != "coordinator" else subprocess.run(
            self._command(output, way), capture_output=True, text=True, check=False, timeout=_HANGS, cwd=self.base
        )  # fmt: skip
        found = self._found(output, way)
        differ = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
        told = {"kind": kind, "number": number, "same": ended.returncode == code and not differ, "caught": caught,
                "seconds": round(time.monotonic() - start, 1)}  # fmt: skip
        return (
            told
            if told["same"]
            else {**told, "differ": differ[:9], "code": ended.returncode, "said": ended.stderr[-999:]}
        )

    def undisturbed(self, way: str) -> tuple[int, dict[str, str], float]:
        """The exit code and the files of `--jobs 1`, and the seconds that the cluster needs, warm."""
        if way not in self._wanted:
            calm = self._cleared(f"calm-{way}", way)
            command = self._command(calm, way)
            place = command.index("--cluster")
            code = subprocess.run(
                [*command[:place], "--jobs", "1", *command[place + 2 :]],
                capture_output=True,
                check=False,
                cwd=self.base,
            )
            seconds = 0.0
            for _ in range(2):
                output = self._cleared("round", way)
                start = time.monotonic()
                subprocess.run(
                    self._command(output, way), capture_output=True, check=False, timeout=_HANGS, cwd=self.base
                )
                seconds = time.monotonic() - start
            self._wanted[way] = code.returncode, self._found(calm, way), seconds
        return self._wanted[way]

    def _cleared(self, name: str, way: str) -> Path:
        """The folder of a run (its journal's, where the packets go to a store), with nothing there."""
        output = self.base / (f"s3-{BUCKET}-{name}" if way == "store" else name)
        shutil.rmtree(output, ignore_errors=True)
        for path in objects(name) if way == "store" else ():
            files().rm(f"{BUCKET}/{name}/{path}")
        return output

    def _found(self, output: Path, way: str) -> dict[str, str]:
        """Everything that a run left, and its hash."""
        name = output.name.removeprefix(f"s3-{BUCKET}-")
        there = objects(name) if way == "store" else {}
        return {**fingerprint(output), **{path: sha256(content).hexdigest() for path, content in there.items()}}

    def _command(self, output: Path, way: str) -> list[str]:
        where = f"s3://{BUCKET}/{output.name.removeprefix(f's3-{BUCKET}-')}" if way == "store" else str(output)
        source = self.base / f"dossiers-{way}.jsonl"
        if not source.exists():
            write_dossiers(source, REGULATION, WITH_PDF if way == "pdf" else self.dossiers)
        options = ["--pdf", "--pdf-engine", "rdocx"] if way == "pdf" else []
        return [
            *DOCGEN,
            "packet",
            "--data",
            str(source),
            "--cluster",
            self.cluster.address,
            *options,
            "-o",
            where,
        ]

    def _wait_for_workers(self) -> None:
        end = time.monotonic() + _HANGS
        while len(self.cluster.working()) < 2:
            if time.monotonic() > end:
                raise RuntimeError("the workers do not come up")
            time.sleep(0.2)

    # -- the ways of disturbing; each leaves the ended command in `_ended` and says whether the kill came in time ------

    def _disturbed(self, command: Sequence[str], kill: Callable[[subprocess.Popen[str]], None]) -> bool:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=self.base)
        kill(process)
        caught = process.poll() is None
        try:
            said = process.communicate(timeout=_HANGS)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            said = "it hung\n" + process.communicate()[1]
        self._ended = subprocess.CompletedProcess(command, process.returncode, "", said)
        return caught

    def _worker(self, command: list[str], output: Path, chance: random.Random, seconds: float, number: int) -> bool:
        def kill(process: subprocess.Popen[str]) -> None:
            # Most of the time is the command's own start; what is of interest comes when the folder is there.
            while process.poll() is None and not output.is_dir():
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.6 * seconds))
            _kill(chance.sample(self.cluster.working(), 1))

        return self._disturbed(command, kill)

    _pdf = _store = _worker

    def _coordinator(
        self, command: list[str], output: Path, chance: random.Random, seconds: float, number: int
    ) -> bool:
        def kill(process: subprocess.Popen[str]) -> None:
            time.sleep(chance.uniform(0.2 * seconds, seconds))

        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, cwd=self.base
        )
        kill(process)
        caught = process.poll() is None
        process.kill()
        process.wait()
        return caught

    def _answer(self, command: list[str], output: Path, chance: random.Random, seconds: float, number: int) -> bool:
        def kill(process: subprocess.Popen[str]) -> None:
            while process.poll() is None and len(list(output.glob("[!.]*/manifest.json"))) <= number:
                time.sleep(0.001)
            _kill(self.cluster.working())

        return self._disturbed(command, kill)

    def _full(self, command: list[str], output: Path, chance: random.Random, seconds: float, number: int) -> bool:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL, before[1]))
        try:
            nanny = self.cluster.add_worker("--no-nanny", quiet=True)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        try:
            time.sleep(chance.uniform(0, seconds))  # sometimes it is there before the command, sometimes it comes later
            self._disturbed(command, lambda process: None)
        finally:
            os.killpg(nanny.pid, signal.SIGKILL)
        return "8000" in self._ended.stderr or "File too large" in self._ended.stderr


def _kill(processes: Sequence[int]) -> None:
    for process in processes:
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)


def wanted_rounds(options: argparse.Namespace) -> Iterator[Round]:
    """All rounds, the kinds by turns, so that a run that is stopped has seen of each."""
    counts = {
        "worker": options.workers, "pdf": options.pdf, "coordinator": options.coordinators,
        "answer": DOSSIERS - 1 if options.answers else 0, "full": options.full,
        "store": options.stores,
    }  # fmt: skip
    total = max(counts.values())
    for number in range(total):
        for kind, count in counts.items():
            first, last = number * count // total, (number + 1) * count // total
            yield from ((kind, one) for one in range(first, last))


def main() -> int:
    """Play all rounds that are not noted yet; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.kill_cluster", description="kill -9 on a cluster, compare")
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--pdf", type=int, default=30)
    parser.add_argument("--coordinators", type=int, default=20)
    parser.add_argument("--answers", action="store_true", help="kill both workers after each packet")
    parser.add_argument("--full", type=int, default=5)
    parser.add_argument("--stores", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path("output") / "kill-cluster.jsonl")
    options = parser.parse_args()
    options.state.parent.mkdir(parents=True, exist_ok=True)
    noted = [json.loads(line) for line in options.state.read_text().splitlines()] if options.state.exists() else []
    done = {(one["kind"], one["number"]) for one in noted if one["same"]}
    # The store comes first: the workers are to know its address.
    with local_store(), tempfile.TemporaryDirectory() as folder, LocalCluster(Path(folder) / "dask") as cluster:
        cluster.add_worker()
        cluster.add_worker()
        rounds = Rounds(Path(folder), cluster, options.seed)
        for kind, number in wanted_rounds(options):
            if (kind, number) in done:
                continue
            told = rounds.play(kind, number)
            noted.append(told)
            with options.state.open("a") as out:
                out.write(json.dumps(told, ensure_ascii=False) + "\n")
            if not told["same"]:
                print(json.dumps(told, ensure_ascii=False, indent=1))
                return 1
            if len(noted) % 10 == 0:
                print(told_of(noted), flush=True)
    print(told_of(noted))
    return 0


def told_of(noted: Sequence[dict[str, Any]]) -> str:
    """How many rounds of each kind, and in how many of them the kill came in time."""
    count, caught = Counter(one["kind"] for one in noted), Counter(one["kind"] for one in noted if one["caught"])
    return ", ".join(f"{kind} {count[kind]} ({caught[kind]} in time)" for kind in sorted(count)) + ": all the same"


if __name__ == "__main__":
    sys.exit(main())
