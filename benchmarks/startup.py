"""How long the command takes to say what it can do, beside Python importing click.

    python -m benchmarks.startup [--json] [--times 15]

Processor time of whole processes, by turns: `python -c "import click"`, `docgen --help`, `docgen fill --help`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

from benchmarks.records import emit

LIMIT = 2.5
_MAIN = "from docgen.cli import main; main()"
COMMANDS = {
    "import click": (sys.executable, "-c", "import click"),
    "docgen --help": (sys.executable, "-c", _MAIN, "--help"),
    "docgen fill --help": (sys.executable, "-c", _MAIN, "fill", "--help"),
}


def main() -> int:
    """Measure and print; ends with 1 where `docgen --help` takes more than 2.5 times as long as importing click."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description="Start-up, beside click.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    spent: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(options.times):
        for name, command in COMMANDS.items():
            spent[name].append(processor_ms(command))
    medians = {name: statistics.median(found) for name, found in spent.items()}
    ratio = medians["docgen --help"] / medians["import click"]
    text = [f"{name:20} {milliseconds:6.1f} ms" for name, milliseconds in medians.items()]
    emit({"ratio": ratio, "ms": medians}, options.json, [*text, f"ratio {ratio:.2f} (at most {LIMIT})"])
    return 0 if ratio <= LIMIT else 1


def processor_ms(command: tuple[str, ...]) -> float:
    """The processor time of one run of `command`, in milliseconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return (usage.ru_utime + usage.ru_stime) * 1000


if __name__ == "__main__":
    sys.exit(main())
