"""A packet maker that notes the processor time of its work: a module of its own, which workers can import."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from docgen.batch.dossier_files import Item
from docgen.batch.packet_maker import PacketDone, PacketMaker


@dataclass(frozen=True)
class MeasuredHire:
    """Hires as `hire` does; each task's seconds become the name of a file in `folder`."""

    hire: Callable[[int], PacketMaker]
    folder: Path

    def __call__(self, number: int) -> MeasuredHand:
        return MeasuredHand(self.hire(number), self.folder)


@dataclass(frozen=True)
class MeasuredHand:
    """Does what `hand` does."""

    hand: PacketMaker
    folder: Path

    def run(self, task: Item, alive: Callable[[], bool]) -> PacketDone:
        """The packet; the time is that of this thread alone."""
        start = time.thread_time()
        done = self.hand.run(task, alive)
        (self.folder / f"{task.number}={time.thread_time() - start:.6f}").touch()
        return done

    def close(self) -> None:
        """Nothing is held."""
        self.hand.close()


def seconds(folder: Path) -> float:
    """All that was noted."""
    return sum(float(path.name.partition("=")[2]) for path in folder.iterdir())
