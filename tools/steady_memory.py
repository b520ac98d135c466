"""Does a program that calls docgen for a long time need more and more memory?

    python -m tools.steady_memory [--calls 2000]

The calls of `tools.threads`, one after the other in this process, with every regulation and template read anew before
each: what was derived from the old ones must go with them. Ends with 1 where memory grew.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import docgen
from tools.threads import Call, calls

#: Calls before the first look: caches of bounded size fill up, modules are imported.
WARM_UP = 100
#: Live blocks of Python's allocator (`sys.getallocatedblocks`) that one more call may leave. A regulation with what is
#: derived from it has tens of thousands, a packet thousands: anything that is kept of them for every call shows.
BLOCKS_A_CALL = 20
#: Of the process's memory (kB), what libraries in C hold included. The allocators keep holes, which come and go by a
#: few megabytes; one regulation kept for every call would be a gigabyte.
RESIDENT_KB = 20_000


@dataclass(frozen=True, slots=True)
class Growth:
    """What the calls after the warm-up left: blocks for each call; kB of the process, which only Linux tells."""

    blocks_a_call: float
    resident_kb: int
    calls: int


def resident_kb() -> int:
    """The memory of this process now; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def measure(count: int, kinds: dict[str, Call], reload: Callable[[], None], warm_up: int = WARM_UP) -> Growth:
    """Make `count` calls after the warm-up, with `reload` before each; what they left behind."""
    turn = cycle(kinds.values())

    def go(times: int) -> None:
        for call in islice(turn, times):
            reload()
            call()
        gc.collect()

    go(warm_up)
    before = sys.getallocatedblocks(), resident_kb()
    go(count)
    after = sys.getallocatedblocks(), resident_kb()
    return Growth((after[0] - before[0]) / count, after[1] - before[1], count)


def main() -> int:
    """Measure and print; ends with 1 where memory grew."""
    parser = argparse.ArgumentParser(prog="python -m tools.steady_memory", description="Memory over many calls.")
    parser.add_argument("--calls", type=int, default=2000)
    options = parser.parse_args()
    regulations = docgen.Regulations()
    found = measure(options.calls, calls(regulations), regulations.reload)
    print(f"{found.calls} calls with reload: {found.blocks_a_call:.1f} blocks a call (at most {BLOCKS_A_CALL}), "
          f"process {found.resident_kb:+} kB (at most {RESIDENT_KB})")  # fmt: skip
    return 0 if found.blocks_a_call <= BLOCKS_A_CALL and found.resident_kb <= RESIDENT_KB else 1


if __name__ == "__main__":
    sys.exit(main())
