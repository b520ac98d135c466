"""Read mutants of filled Word forms and look for anything that is docgen's own fault.

    python tools/fuzz_forms.py 2000 [--seed 1] [--seconds 10] [--memory 700] [--keep FOLDER] [--jobs 2]

Each mutant (`tools/form_mutants.py`) goes, in a process of its own with a limit of CPU time and of memory, through what
`docgen read`, `docgen validate` and `docgen read --into` do. Whatever stands in a file, the answer is findings: an
exception, a result that is no JSON, too much time or memory is a failure. Ends with 1 where there was one.
"""

from __future__ import annotations

import argparse
import collections
import copy
import functools
import json
import multiprocessing
import os
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import form_mutants

FORMS = (
    ("hd43-2025", "mau-03"), ("hd43-2025", "mau-04"),
    ("kh55-2018", "mau-02"), ("kh55-2018", "mau-05"), ("kh55-2018", "mau-06"), ("hd16-2018", "phu-luc"),
    ("hd19-2024", "kb-02a"), ("kh40-2018", "mau-01"), ("khbvp-2021", "mau-1a"),
)  # fmt: skip
_FAULT, _MEMORY = 71, 72


def filled(regulation_id: str, form: str) -> bytes:
    """A form filled with its sample record."""
    from docgen.forms.definition import load_form
    from docgen.forms.example import sample_record
    from docgen.forms.fill import Filler
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(regulation_id)
    definition = load_form(regulation, form)
    return Filler(definition).fill(sample_record(definition))


def use(docx: bytes, dossier: dict[str, Any]) -> list[str]:
    """Everything that reading, checking and merging do with a returned form; the codes of the findings.

    Raises whatever docgen raises, and `AssertionError` where an answer is not what may be given out.
    """
    from docgen.dossier.load import dossier_from_bytes
    from docgen.forms.merge import apply_changes, merge_form
    from docgen.forms.readback import read_form
    from docgen.i18n import LANGUAGES
    from docgen.regulations.loader import load_regulation
    from docgen.validation.report import render_text, to_json
    from docgen.validation.word_file import word_findings

    result = read_form(docx, file="a.docx")
    findings = word_findings(copy.deepcopy(result), "a.docx")
    assert result.definition is not None or any(f.severity == "error" for f in findings), "nothing read, nothing said"
    if result.definition is not None:
        merged = merge_form(
            dossier, result, load_regulation(result.regulation), result.definition, file="a.docx", prefer="word"
        )
        findings += merged.findings
        into = copy.deepcopy(dossier)
        if not apply_changes(into, merged.changes):
            into = merged.data
        raw = json.dumps(into, ensure_ascii=False, allow_nan=False).encode()
        loaded, said = dossier_from_bytes(raw, "ho-so.json")
        assert loaded is not None, [f.code for f in said]
    shown = [json.dumps(result.data, ensure_ascii=False, allow_nan=False)]
    for language in LANGUAGES:
        shown.append(render_text(findings, language))
        shown.append(json.dumps(to_json(findings, language), ensure_ascii=False, allow_nan=False))
    "".join(shown).encode()
    return [f.code for f in findings]


def run_one(docx: bytes, dossier: dict[str, Any], seconds: int, memory: int) -> tuple[str, str]:
    """What became of one mutant (`read`, `refused`, `fault`, `time`, `memory`) and the last lines of a traceback."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _in_child(docx, dossier, seconds, memory, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return ("time" if number in (signal.SIGXCPU, signal.SIGALRM) else "fault"), f"signal {number}"
    code = os.WEXITSTATUS(status)
    return {0: said or "read", _MEMORY: "memory"}.get(code, "fault"), said


def _in_child(docx: bytes, dossier: dict[str, Any], seconds: int, memory: int, writing: int) -> None:
    code, said = 0, ""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    signal.alarm(20 * seconds)  # of the clock: for what waits instead of working
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    size = pages * resource.getpagesize() + (memory << 20)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    try:
        said = "refused" if any(c.startswith("read.file.") for c in use(docx, dossier)) else "read"
    except MemoryError:
        code = _MEMORY
    except BaseException:
        code, said = _FAULT, "".join(traceback.format_exc().splitlines(keepends=True)[-7:])
    os.write(writing, said.encode(errors="replace")[:4000])
    os._exit(code)


#: Form, filled form and dossier; the workers inherit them.
_SOURCES: list[tuple[str, bytes, dict[str, Any]]] = []


def _one(number: int, options: argparse.Namespace) -> tuple[str, float]:
    """Make and read one mutant; what became of it and how long it took."""
    form, docx, dossier = _SOURCES[number % len(_SOURCES)]
    pick = random.Random(f"{options.seed}/{number}").randrange
    made, how = form_mutants.mutant(docx, pick)
    started = time.monotonic()
    outcome, said = run_one(made, dossier, options.seconds, options.memory)
    if outcome not in ("read", "refused"):
        print(f"{outcome}: mutant {number} of {form} ({how[:200]})\n{said}", flush=True)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{outcome}-{options.seed}-{number}.docx").write_bytes(made)
    return outcome, time.monotonic() - started


def main() -> int:
    """Run the mutants and print what became of them."""
    parser = argparse.ArgumentParser(description="read mutants of Word forms")
    parser.add_argument("count", type=int, nargs="?", default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10, help="CPU time for one mutant")
    parser.add_argument("--memory", type=int, default=700, help="MB that one mutant may take")
    parser.add_argument("--keep", type=Path, help="folder for the mutants that failed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    from docgen.dossier.sample import sample_dossier

    for name, form in FORMS:
        docx, dossier = filled(name, form), sample_dossier(name)
        use(docx, dossier)  # warm: every child starts with the modules and templates loaded
        _SOURCES.append((form, docx, dossier))
    job = functools.partial(_one, options=options)
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        results = pool.map(job, range(options.count), chunksize=10)
    counts = collections.Counter(outcome for outcome, _ in results)
    slowest = max(seconds for _, seconds in results)
    print(f"{options.count} mutants, seed {options.seed}: {dict(counts)}; slowest {slowest:.1f} s")
    return int(bool(set(counts) - {"read", "refused"}))


if __name__ == "__main__":
    raise SystemExit(main())
