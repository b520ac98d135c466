"""Fills thousands of templates made and broken at random: refused with a reason, or what each gives is a sound file.

    python tools/fuzz_templates.py 1000 [--seed 1]

The long run of `tests/word/test_template_fuzz.py`: the same pieces, the same judgement, another number and seed. Ends
with an exception that names the template where one was judged wrongly; then with 1.
"""

from __future__ import annotations

import argparse
import collections
import resource
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "word"))
import test_template_fuzz as short


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ends: collections.Counter[str] = collections.Counter()
    slowest = 0.0

    def one(body: str) -> None:
        nonlocal slowest
        started = time.process_time()
        ends[short.judge(body)] += 1
        slowest = max(slowest, time.process_time() - started)

    often = settings(max_examples=asked.count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    seed(asked.seed)(often(given(short.bodies())(one)))()
    for end, count in ends.most_common():
        print(f"{count:6d} {end}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{sum(ends.values())} templates, slowest {slowest:.2f} s, memory {memory} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
