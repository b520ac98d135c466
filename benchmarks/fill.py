"""How long one filled form takes, beside docxtpl and beside the floor.

    python -m benchmarks.fill [--json] [--records N] [--templates DIR] [--regulation ID] [--folder DIR]

The same templates and the same records go through docxtpl and through docgen in one run, on one core, to files. The
text of every pair of documents is compared. The floor is what no filler can avoid: the finished parts deflated with
zlib (the level docgen uses without ISA-L), a zip put together by hand, one file written.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from benchmarks import Case, form_cases, median_ms, once, text_of
from docgen.word.engine.compile import compile_template
from docgen.word.file import deflate, package

_TURNS = 5


def main() -> int:
    """Measure and print. Ends with 1 where a text differs from docxtpl's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fill", description="Fill forms: docgen beside docxtpl.")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--records", type=int, default=200, help="records a form for docgen (docxtpl: a tenth)")
    parser.add_argument("--templates", type=Path, help="a folder of <form>.docx to use instead of the built ones")
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the files go, for the time being")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        return run(options, Path(folder))


def default_folder() -> Path:
    """Memory where the system has a file system for it: creating files on a busy disk takes 0.05 or 0.8 ms by turns,
    which would measure the disk; `--folder output` does that on purpose."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else Path("output")


def run(options: argparse.Namespace, folder: Path) -> int:
    """Measure every form and print; the files stay until all is measured, since deleting slows creating down."""
    rows = []
    for case in form_cases(options.regulation):
        template = case.template
        if options.templates is not None:
            own = options.templates / f"{case.form.rsplit('/', 1)[-1]}.docx"
            if not own.exists():
                continue
            template = own.read_bytes()
        rows.append(measure(Case(case.form, template, case.record), options.records, folder))
        if not options.json:
            print(line(rows[-1]), flush=True)
    result = summary(rows)
    if options.json:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(
            f"all forms: {result['ratio_to_docxtpl']:.0f} times docxtpl's documents a second, "
            f"{result['ratio_to_floor']:.2f} times the floor; deflate by {result['deflate']}"
        )
    return 0 if result["texts_equal"] else 1


def measure(case: Case, records: int, folder: Path) -> dict[str, Any]:
    """One form: milliseconds a document for docxtpl, docgen and the floor."""
    from docxtpl.template import DocxTemplate

    contexts = [case.record(number) for number in range(records)]
    few = max(5, records // 10)
    compiled = compile_template(case.template)
    root = folder / case.form.replace("/", "-")
    root.mkdir()
    (root / "template.docx").write_bytes(case.template)

    def by_docxtpl(number: int) -> None:
        template = DocxTemplate(root / "template.docx")
        template.render(contexts[number], autoescape=True)
        template.save(root / f"docxtpl-{number}.docx")

    def by_docgen(number: int) -> None:
        (root / f"docgen-{number}.docx").write_bytes(compiled.render(contexts[number]))

    parts = [compiled.render_parts(context) for context in contexts]
    fixed = case.template

    def least(number: int) -> None:
        (root / f"floor-{number}.docx").write_bytes(floor(fixed, parts[number]))

    compiled.render(contexts[0])
    # in turns, so that a machine that is slow for a while is slow for all three
    turns: dict[str, list[float]] = {"docxtpl": [], "docgen": [], "floor": []}
    for turn in range(_TURNS):
        turns["docxtpl"] += [once(by_docxtpl, number) for number in range(turn, few, _TURNS)]
        turns["docgen"] += [once(by_docgen, number) for number in range(turn, records, _TURNS)]
        turns["floor"] += [once(least, number) for number in range(turn, records, _TURNS)]
    docxtpl_ms, docgen_ms, floor_ms = (statistics.median(spent) for spent in turns.values())
    equal = all(
        text_of(root / f"docxtpl-{number}.docx") == text_of(root / f"docgen-{number}.docx") for number in range(few)
    )
    render_ms = median_ms(lambda number: compiled.render_parts(contexts[number]), records)
    sizes = [(root / f"{who}-0.docx").stat().st_size for who in ("docxtpl", "docgen")]
    return {
        "form": case.form,
        "docxtpl_ms": docxtpl_ms,
        "docgen_ms": docgen_ms,
        "floor_ms": floor_ms,
        "render_ms": render_ms,
        "docxtpl_bytes": sizes[0],
        "docgen_bytes": sizes[1],
        "fast": compiled.fast,
        "texts_equal": equal,
    }


def floor(template: bytes, parts: dict[str, bytes]) -> bytes:
    """A .docx of finished `parts`, by zlib and by hand; what never changes was compressed before the clock ran."""
    key = (template, tuple(parts))
    if key not in _archives:
        kept = {name: data for name, data in package.read_package(template).parts.items() if name not in parts}
        _archives[key] = package.Archive(kept, list(parts), zlib_deflate, zlib.crc32)
    return _archives[key].assemble(list(parts.values()))


def zlib_deflate(data: bytes) -> bytes:
    """Raw deflate at the level docgen uses with zlib."""
    return zlib.compress(data, deflate.LIVE_LEVEL, -15)


_archives: dict[Any, package.Archive] = {}


def line(row: dict[str, Any]) -> str:
    """One form as a line of text."""
    return (
        f"{row['form']:28} docxtpl {row['docxtpl_ms']:7.2f} ms  docgen {row['docgen_ms']:6.3f} ms  "
        f"(render {row['render_ms']:6.3f})  floor {row['floor_ms']:6.3f} ms  "
        f"x{row['docxtpl_ms'] / row['docgen_ms']:4.0f}  size {row['docgen_bytes']}/{row['docxtpl_bytes']}"
        f"{'' if row['fast'] else '  BY JINJA'}{'' if row['texts_equal'] else '  TEXTS DIFFER'}"
    )


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The ratios over all forms: one document of each form made by the one and by the other."""

    def total(name: str) -> float:
        return sum(float(row[name]) for row in rows)

    return {
        "ratio_to_docxtpl": total("docxtpl_ms") / total("docgen_ms"),
        "ratio_to_floor": total("docgen_ms") / total("floor_ms"),
        "deflate": deflate.backend,
        "texts_equal": all(row["texts_equal"] for row in rows),
        "forms": rows,
    }


__all__ = ["floor", "measure", "summary"]

if __name__ == "__main__":
    sys.exit(main())
