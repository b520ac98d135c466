"""Packets by two workers of a Dask cluster on this machine: what the cluster costs beside the work itself.

    python -m benchmarks.cluster [--json] [--dossiers 40] [--members 14] [--pdf] [--folder DIR]

The overhead: the processor time of scheduler, workers, nannies and of the command itself, less that of making the
packets, less what `--jobs 1` needs besides making them, divided by the time of making them. Workers have loaded
everything (a first run is not counted). The packets of both must be equal byte by byte, journal included.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.fill import default_folder
from benchmarks.measured import MeasuredHire, seconds
from benchmarks.packets import write_dossiers
from benchmarks.records import emit
from docgen.batch.cluster import by_cluster
from docgen.batch.many_packets import PacketBatch, run_packets
from docgen.pipeline import PacketOptions
from docgen.sharing import share
from tools.kill_test import fingerprint
from tools.local_cluster import LocalCluster, two_workers

#: What the cluster may cost, in parts of the work.
LIMIT = 0.08


def main() -> int:
    """Measure and print; ends with 1 beyond the limit or where a file differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description="Packets by a cluster.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--dossiers", type=int, default=40)
    parser.add_argument("--members", type=int, default=14, help="members of each of them")
    parser.add_argument("--pdf", action="store_true")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the files go, for the time being")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        result = measure(Path(folder), options.dossiers, options.members, options.pdf)
    emit(
        result,
        options.json,
        [
            f"{result['dossiers']} dossiers of {options.members} members, {result['files']} files: work "
            f"{result['work_seconds']:.1f} s of processor time, cluster {result['cluster_seconds']:.1f} s "
            f"(scheduler {result['scheduler_seconds']:.2f}, command {result['command_seconds']:.2f}): "
            f"overhead {result['overhead']:.1%} (at most {LIMIT:.0%})",
            f"--jobs 1: {result['alone_seconds']:.1f} s; files and journal equal: {result['equal']}",
        ],
    )
    return 0 if result["equal"] and result["overhead"] <= LIMIT else 1


def measure(folder: Path, count: int, members: int, pdf: bool) -> dict[str, Any]:
    """The packets of `count` dossiers, by the cluster and alone."""
    few = PacketBatch((write_dossiers(folder / "few.jsonl", 4, members),), folder / "few", _options(pdf))
    batch = PacketBatch((write_dossiers(folder / "all.jsonl", count, members),), folder / "out", _options(pdf))
    noted = folder / "seconds"
    noted.mkdir()
    with two_workers(folder / "dask") as cluster:
        while len(cluster.working()) < 2:
            time.sleep(0.1)
        (folder / "warm").mkdir()
        run_packets(few, share=_measured(cluster, folder / "warm"))
        before, own = cluster.cpu_seconds(), time.process_time()
        run_packets(batch, share=_measured(cluster, noted))
        own = time.process_time() - own
        scheduler, workers = (after - one for after, one in zip(cluster.cpu_seconds(), before, strict=True))
    noted_alone = folder / "alone-seconds"
    noted_alone.mkdir()
    one = replace(batch, output=folder / "alone")
    start = time.process_time()
    run_packets(one, share=lambda tasks, jobs, hire: share(tasks, 1, MeasuredHire(hire, noted_alone)))
    alone = time.process_time() - start
    work, total = seconds(noted), scheduler + workers + own
    beside = alone - seconds(noted_alone)
    made = fingerprint(folder / "out")
    return {
        "dossiers": count, "files": len(made), "work_seconds": work, "cluster_seconds": total,
        "scheduler_seconds": scheduler, "command_seconds": own, "alone_seconds": alone,
        "overhead": (total - work - beside) / work, "equal": made == fingerprint(folder / "alone"),
    }  # fmt: skip


def _options(pdf: bool) -> PacketOptions:
    return PacketOptions(jobs=2, pdf_engine=_engine(pdf), shared=True)


def _engine(pdf: bool) -> str | None:
    return "rdocx" if pdf else None


def _measured(cluster: LocalCluster, noted: Path) -> Any:
    """The cluster's `Share`, whose workers note the time of their tasks below `noted`."""

    def given_out(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        yield from by_cluster(cluster.address)(tasks, jobs, MeasuredHire(hire, noted))

    return given_out


if __name__ == "__main__":
    sys.exit(main())
