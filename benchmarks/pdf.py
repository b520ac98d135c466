"""PDF at scale, beside the least one could do: `python -m benchmarks.pdf [--json] [--files N] [--engine NAME]`.

One sample of Mẫu 05 is drawn again and again. What is printed:

- workers: two worker processes against one, files a second, beside what two busy loops gain over one at that moment
  (2 on a machine that is free), and the share of the processor time that is not shared out;
- gate: processor time of all checks of a file against that of drawing it, with rdocx;
- memory: the largest process of a run over 10 N files against one over N (the files come from a generator, the results
  are thrown away);
- LibreOffice: the whole way of docgen, gate included, against one plain call of the program a file;
- the steps of one file, signatures included, in seconds (the best of three).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.records import emit

FILES, PLAIN_CALLS = 40, 6
GATE_LIMIT, MEMORY_LIMIT = 1.0, 1.2


def sample() -> bytes:
    """The Word file that is drawn."""
    from docgen.forms.definition import load_form
    from docgen.forms.example import sample_record
    from docgen.forms.fill import Filler
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation("hd16-2018")
    definition = load_form(regulation, "mau-05")
    return Filler(definition).fill(sample_record(definition))


def best(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter, runs: int = 3) -> float:
    """The shortest of `runs` runs, in seconds of `clock`."""
    out = []
    for _ in range(runs):
        start = clock()
        work()
        out.append(clock() - start)
    return min(out)


def stream(count: int, engine: str, workers: int) -> int:
    """Convert `count` files and throw them away; the number that came out without an error."""
    from docgen.model import has_errors
    from docgen.pdf import convert_stream

    docx = sample()
    files: Iterator[tuple[str, bytes]] = ((str(number), docx) for number in range(count))
    results = convert_stream(files, engine, workers=workers)
    return sum(one.pdf is not None and not has_errors(one.findings) for one in results)


def run_alone(count: int, engine: str, workers: int) -> dict[str, float]:
    """`stream` in a process of its own: seconds by the clock and of processor time; kB of it and its largest worker."""
    code = (
        "import json, resource, time; from benchmarks.pdf import sample, stream; sample(); start = time.perf_counter();"
        "before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2]);"
        f"assert stream({count}, {engine!r}, {workers}) == {count};"
        "seconds = time.perf_counter() - start;"
        "ours, theirs = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN));"
        "print(json.dumps({'seconds': seconds, 'parent_kb': ours.ru_maxrss, 'worker_kb': theirs.ru_maxrss,"
        " 'parent_cpu': ours.ru_utime + ours.ru_stime - before, 'worker_cpu': theirs.ru_utime + theirs.ru_stime}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def busy(processes: int) -> float:
    """Seconds that so many processes take, side by side, for a loop that does nothing."""
    loop = [sys.executable, "-c", "n = 0\nwhile n < 20_000_000: n += 1"]
    start = time.perf_counter()
    started = [subprocess.Popen(loop) for _ in range(processes)]
    for process in started:
        process.wait()
    return time.perf_counter() - start


def measure_workers(count: int, engine: str) -> dict[str, float]:
    """Two workers against one; each the better of two runs, taken in turns."""
    runs, machine = [], []
    for _ in range(2):
        runs.append({workers: run_alone(count, engine, workers) for workers in (1, 2)})
        machine.append(2 * busy(1) / busy(2))
    one, two = (min(run[workers]["seconds"] for run in runs) for workers in (1, 2))
    last = runs[-1][2]
    return {
        "one_files_a_second": count / one,
        "two_files_a_second": count / two,
        "ratio": one / two,
        "machine_ratio": sum(machine) / len(machine),
        "parent_share": last["parent_cpu"] / (last["parent_cpu"] + last["worker_cpu"]),
        "cpu_seconds_a_file": (last["parent_cpu"] + last["worker_cpu"]) / count,
    }


def measure_gate() -> dict[str, float]:
    """What reading a file back costs, against drawing it."""
    from docgen.pdf.engines.rdocx import draw
    from docgen.pdf.finish import finish
    from docgen.pdf.gate import check
    from docgen.pdf.reading import Reading
    from docgen.pdf.zones import signature_zones
    from docgen.word.after.unwrap import unwrap
    from docgen.word.after.written import paragraphs

    plain = unwrap(sample())
    drawn = draw(plain)
    pdf = finish(drawn.pdf)

    def gate() -> None:
        with Reading(pdf) as reading:
            signature_zones(plain, reading, drawn.boxes)
            check(reading, [text for text in paragraphs(plain) if text.strip()])

    cost, drawing = best(gate, time.process_time, 7), best(lambda: draw(plain), time.process_time, 7)
    return {"gate_cpu_seconds": cost, "draw_cpu_seconds": drawing, "ratio": cost / drawing}


def measure_memory(count: int, engine: str) -> dict[str, float]:
    """Ten times the files: the parent's memory, and the largest worker's."""
    few, many = run_alone(count, engine, 2), run_alone(10 * count, engine, 2)
    out: dict[str, float] = {"files": count, "times": 10}
    for who in ("parent", "worker"):
        out[f"{who}_mb"] = many[f"{who}_kb"] / 1024
        out[f"{who}_ratio"] = many[f"{who}_kb"] / few[f"{who}_kb"]
    return out


def measure_libreoffice(count: int) -> dict[str, float] | None:
    """docgen with LibreOffice, all checks included, against one call a file without any; None without LibreOffice."""
    from docgen.pdf.engines import libreoffice

    program = libreoffice.program()
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path, profile = Path(folder, "a.docx"), Path(folder, "profile").as_uri()
        path.write_bytes(sample())
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
                   "--outdir", folder, str(path)]  # fmt: skip

        def call() -> None:
            subprocess.run(command, capture_output=True, check=True)

        call()  # the first one sets up the profile
        start = time.perf_counter()
        for _ in range(PLAIN_CALLS):
            call()
        plain = (time.perf_counter() - start) / PLAIN_CALLS
    ours = run_alone(count, "libreoffice", 2)["seconds"] / count
    return {"plain_call_seconds": plain, "docgen_seconds": ours, "ratio": plain / ours}


def measure_steps() -> dict[str, float]:
    """The steps of one file, from Word to a signature that is checked."""
    from pyhanko.sign.signers import SimpleSigner

    from docgen.pdf import convert
    from docgen.signing import Signing, Trust, place_fields, sign
    from docgen.signing.check import check_pdf
    from docgen.signing.demo_authority import Authority
    from docgen.signing.keys import describe
    from docgen.word.after.unwrap import unwrap

    docx = sample()
    result = convert([("a", docx)], "rdocx")
    pdf, zones = result.pdfs["a"], result.zones["a"]
    authority = Authority()
    private, certificate = authority.issue("Người ký thử")
    store = authority.pkcs12(private, certificate, "x")
    key = describe(SimpleSigner.load_pkcs12_data(store, other_certs=[], passphrase=b"x"), "")
    fielded = place_fields(pdf, zones)
    signed = sign(fielded, zones[0].name, key, Signing())
    return {
        "unwrap": best(lambda: unwrap(docx)),
        "convert_one": best(lambda: convert([("a", docx)], "rdocx")),
        "convert_one_in_a_worker": best(lambda: convert([("a", docx)], "rdocx", timeout=60)),
        "place_fields": best(lambda: place_fields(pdf, zones)),
        "sign": best(lambda: sign(fielded, zones[0].name, key, Signing())),
        "verify": best(lambda: check_pdf(signed, Trust(), len(fielded))),
    }


def lines(result: dict[str, Any]) -> list[str]:
    """The figures for people."""
    workers, gate, memory, office = (result[key] for key in ("workers", "gate", "memory", "libreoffice"))
    out = [
        f"{result['engine']}, {result['files']} files, {result['processors']} processors",
        f"workers 2 : 1     {workers['ratio']:.2f} times the files a second "
        f"({workers['one_files_a_second']:.1f} → {workers['two_files_a_second']:.1f}); "
        f"busy loops: {workers['machine_ratio']:.2f}; not shared out: "
        f"{workers['parent_share']:.1%} of {workers['cpu_seconds_a_file'] * 1000:.0f} ms of processor time a file",
        f"gate : drawing    {gate['ratio']:.2f} "
        f"({gate['gate_cpu_seconds'] * 1000:.0f} ms : {gate['draw_cpu_seconds'] * 1000:.0f} ms of processor time)",
        f"memory 10 N : N   parent {memory['parent_ratio']:.2f} ({memory['parent_mb']:.0f} MB), "
        f"worker {memory['worker_ratio']:.2f} ({memory['worker_mb']:.0f} MB)",
    ]
    if office is not None:
        out.append(
            f"plain call a file : docgen with LibreOffice, gate included   {office['ratio']:.2f} "
            f"({office['plain_call_seconds']:.2f} s : {office['docgen_seconds']:.2f} s)"
        )
    return out + [f"  {name:24} {seconds:.4f} s" for name, seconds in result["steps"].items()]


def main() -> int:
    """Measure and print; ends with 1 where the gate costs more than drawing, or memory grows with the files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pdf", description="PDF at scale.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--engine", default="rdocx", choices=("rdocx", "libreoffice"))
    options = parser.parse_args()
    result: dict[str, Any] = {
        "engine": options.engine,
        "files": options.files,
        "processors": os.cpu_count(),
        "workers": measure_workers(options.files, options.engine),
        "gate": measure_gate(),
        "memory": measure_memory(options.files, options.engine),
        "libreoffice": measure_libreoffice(options.files),
        "steps": measure_steps(),
    }
    emit(result, options.json, lines(result))
    grown = max(result["memory"]["parent_ratio"], result["memory"]["worker_ratio"])
    return 0 if result["gate"]["ratio"] <= GATE_LIMIT and grown <= MEMORY_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
