"""Two machines at one dossier, and no lock between them: one packet, the same journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from docgen import storage
from docgen.batch.many_packets import PacketBatch, run_packets
from docgen.batch.request import Summary
from docgen.dossier.sample import sample_dossier
from docgen.errors import EnvironmentFault
from docgen.pipeline import PacketOptions
from docgen.sharing import Share, share

NAMES = ("a", "b", "c")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "ho-so"
    folder.mkdir()
    for name in NAMES:
        one = sample_dossier("kh55-2018", members=1)
        one["organization"]["name"] = name
        (folder / f"{name}.json").write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    return folder


def run(sources: Path, output: Path, share: Share = share, **options: Any) -> Summary:
    return run_packets(PacketBatch((sources,), output, PacketOptions(jobs=1, **options)), share=share)


def tree(folder: Path) -> dict[str, bytes]:
    """Everything a run left: the packets, the findings, the journal, whatever is hidden."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def by_two(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
    """Two places do each task at the same moment; both answers come."""
    hands = [hire(0), hire(1)]
    for task in tasks:
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda hand, task=task: hand.run(task, lambda: True), hands))
        assert len(answers) == 2
        yield from answers


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk on which a lock keeps nobody out."""
    monkeypatch.setattr(storage, "_locked", lambda file: True)
    monkeypatch.setattr(storage, "_is_the_file", lambda file, lock: True)


@pytest.mark.parametrize("pdf", [None, "rdocx"])
def test_two_workers_at_one_dossier(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pdf: str | None
) -> None:
    calm = run(sources, tmp_path / "calm", pdf_engine=pdf)
    without_locks(monkeypatch)
    both = run(sources, tmp_path / "both", by_two, pdf_engine=pdf, shared=True)
    assert both.made + both.kept == calm.made == 3
    assert tree(tmp_path / "both") == tree(tmp_path / "calm")


def test_a_worker_of_a_dead_coordinator_ends_after_the_next_has_begun(sources: Path, tmp_path: Path) -> None:
    """What it makes then is what the next makes, or gives way to it."""
    run(sources, tmp_path / "calm")
    left: list[tuple[Any, Any]] = []

    def dead(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        left.extend((hire(0), task) for task in tasks)
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        run(sources, tmp_path / "out", dead, shared=True)
    file = sources / "b.json"
    changed = json.loads(file.read_text(encoding="utf-8"))
    changed["members"][0]["member"]["full_name"] = "Nguyễn Thị Mới"
    file.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")

    def late(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        hand = hire(0)
        for task, (old_hand, old_task) in zip(tasks, left, strict=True):
            old_hand.run(old_task, lambda: True)
            yield hand.run(task, lambda: True)
            old_hand.run(old_task, lambda: True)

    # The old worker puts the old dossier's packet in the place of the new one; the next run mends that.
    run(sources, tmp_path / "out", late, shared=True)
    run(sources, tmp_path / "out", shared=True)
    run(sources, tmp_path / "calm")
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_two_coordinators_where_no_lock_reaches(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One comes and goes while the other is at work, and clears away what the other is making and its journal.

    The packets are the same all the same; the one whose journal is gone says so, and the same command ends well.
    """
    run(sources, tmp_path / "calm")
    without_locks(monkeypatch)
    real, gone = storage.write_whole, []

    def disturbed(path: Path, content: bytes, *, overwrite: bool = False) -> None:
        if path.name == "manifest.json" and not gone:
            gone.append(path)
            run(sources, tmp_path / "out", shared=True)
        real(path, content, overwrite=overwrite)

    monkeypatch.setattr("docgen.packet.make.write_whole", disturbed)
    with pytest.raises(EnvironmentFault):
        run(sources, tmp_path / "out", shared=True)
    assert gone
    summary = run(sources, tmp_path / "out", shared=True)
    assert (summary.made, summary.kept) == (0, 3)
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")
