"""Kill `docgen fill` or `docgen packet` at random moments, resume it, and compare with a run that nobody disturbed.

    python tools/kill_test.py [--kills 200] [--records 2000] [--jobs 2] [--form mau-05] [--seed 1]
    python tools/kill_test.py --packets [--pdf] [--kills 50] [--records 12]

Each round starts in an empty folder, kills the command (kill -9) at a random moment of its run or, every other round,
at a random number of files, looks for half-written files, runs the same command to its end and compares every file with
the undisturbed run. Every fifth round kills the resumed run too. Ends with 1 at the first difference.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

DOCGEN = (sys.executable, "-c", "from docgen.cli import main; main()")


def main() -> int:
    """Run all rounds and print what happened."""
    parser = argparse.ArgumentParser(description="kill -9, resume, compare")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--form", default="mau-05")
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--packets", action="store_true", help="packets of small dossiers")
    parser.add_argument("--pdf", action="store_true", help="with PDF")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        if options.packets:
            source = write_dossiers(base / "dossiers.jsonl", options.regulation, options.records)
            command = [*DOCGEN, "packet", *(["--pdf"] if options.pdf else [])]
        else:
            source = write_records(base / "records.jsonl", options.regulation, options.form, options.records)
            command = [*DOCGEN, "fill", options.form, "-r", options.regulation]
        command += ["--data", str(source), "--jobs", str(options.jobs)]
        return rounds(command, base, options.kills, random.Random(options.seed))


def write_records(path: Path, regulation_id: str, form: str, count: int) -> Path:
    """`count` records, a few of them faulty, a few with one id."""
    from docgen.forms.definition import load_form
    from docgen.forms.example import sample_record
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(regulation_id)
    record = sample_record(load_form(regulation, form))
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            name = f"dv-{number // 50 * 50:05d}" if number % 50 == 7 else f"dv-{number:05d}"
            shown = {**record, "id": name, **({"wrong": 1} if number % 97 == 3 else {})}
            text = json.dumps(shown, ensure_ascii=False)
            out.write(text.replace("Nguyễn Văn A", f"Nguyễn Văn {number}") + "\n")
    return path


def small_dossier(regulation_id: str) -> dict[str, Any]:
    """The sample dossier, of one member."""
    from docgen.dossier.sample import sample_dossier

    return sample_dossier(regulation_id, members=1)


def write_dossiers(path: Path, regulation_id: str, count: int) -> Path:
    """`count` dossiers of one member, one of them faulty, two of one name."""
    dossier = small_dossier(regulation_id)
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            body = {**dossier["organization"], "name": f"Chi bộ {2 if number == 7 else number}"}
            shown = {**dossier, "organization": body, **({"wrong": 1} if number == 3 else {})}
            out.write(json.dumps(shown, ensure_ascii=False) + "\n")
    return path


def rounds(command: list[str], base: Path, kills: int, chance: random.Random) -> int:
    """All rounds; 0 where every one ended with the undisturbed run's files."""
    whole = base / "whole"
    start = time.monotonic()
    code = subprocess.run([*command, "-o", str(whole)], capture_output=True, check=False).returncode
    seconds = time.monotonic() - start
    wanted = fingerprint(whole)
    results = whole_results(whole)
    print(f"undisturbed: {results} results, {len(wanted)} files, exit code {code}, {seconds:.1f} s")
    caught = 0
    for number in range(1, kills + 1):
        folder = base / f"round-{number}"
        files = chance.randrange(results) if number % 2 else 0
        left = [kill_once(command, folder, chance.uniform(0.2, seconds), files)]
        if number % 5 == 0:
            left.append(kill_once(command, folder, chance.uniform(0.2, seconds)))
        caught += any(0 < count < results for count in left)
        done = subprocess.run([*command, "-o", str(folder)], capture_output=True, text=True, check=False)
        found = fingerprint(folder)
        if done.returncode != code or found != wanted:
            print(f"round {number}: DIFFERENT, exit code {done.returncode}, killed with {left} files\n{done.stderr}")
            print(sorted(set(found.items()) ^ set(wanted.items()))[:10])
            return 1
        shutil.rmtree(folder)
        if number % 20 == 0:
            print(f"{number} kills, {caught} of them while files were being written: all equal", flush=True)
    print(f"{kills} kills, {caught} while files were being written: the same files, the same hashes, every time")
    return 0


def kill_once(command: list[str], folder: Path, after: float, files: int = 0) -> int:
    """Kill the command after so many seconds, or as soon as there are so many results.

    Returns the number of results it left, all of which must be whole.
    """
    process = subprocess.Popen([*command, "-o", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if files:
        while process.poll() is None and not (folder.is_dir() and len(os.listdir(folder)) > files):
            time.sleep(0.002)
    else:
        time.sleep(after)
    process.kill()
    process.wait()
    return whole_results(folder)


def whole_results(folder: Path) -> int:
    """The number of Word files and packets in `folder`. Raises where one of them is half of one."""
    from docgen.packet.handover import look_into

    count = 0
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            assert look_into(path).sound, path
        elif path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:  # raises where the file is half a file
                assert archive.testzip() is None, path
        else:
            continue
        count += 1
    return count


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below `folder` but the lock, and its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


if __name__ == "__main__":
    sys.exit(main())
