"""Kill `docgen fill` at random moments, resume it, and compare with a run that nobody disturbed.

    python tools/kill_test.py [--kills 200] [--records 2000] [--jobs 2] [--form mau-05] [--seed 1]

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

COMMAND = (sys.executable, "-c", "from docgen.cli import main; main()", "fill")


def main() -> int:
    """Run all rounds and print what happened."""
    parser = argparse.ArgumentParser(description="kill -9, resume, compare")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--form", default="mau-05")
    parser.add_argument("--regulation", default="kh55-2018")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        source = write_records(base / "records.jsonl", options.regulation, options.form, options.records)
        command = [*COMMAND, options.form, "-r", options.regulation, "--data", str(source), "--jobs", str(options.jobs)]
        return rounds(command, base, options.kills, random.Random(options.seed))


def write_records(path: Path, regulation_id: str, form: str, count: int) -> Path:
    """`count` records, a few of them faulty, a few with one id."""
    from docgen.forms.definition import load_form
    from docgen.forms.example import sample_record
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(regulation_id)
    record = sample_record(regulation, load_form(regulation, form))
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            name = f"dv-{number // 50 * 50:05d}" if number % 50 == 7 else f"dv-{number:05d}"
            shown = {**record, "id": name, **({"wrong": 1} if number % 97 == 3 else {})}
            text = json.dumps(shown, ensure_ascii=False)
            out.write(text.replace("Nguyễn Văn A", f"Nguyễn Văn {number}") + "\n")
    return path


def rounds(command: list[str], base: Path, kills: int, chance: random.Random) -> int:
    """All rounds; 0 where every one ended with the undisturbed run's files."""
    whole = base / "whole"
    start = time.monotonic()
    code = subprocess.run([*command, "-o", str(whole)], capture_output=True, check=False).returncode
    seconds = time.monotonic() - start
    wanted = fingerprint(whole)
    print(f"undisturbed: {len(wanted)} files, exit code {code}, {seconds:.1f} s")
    caught = 0
    for number in range(1, kills + 1):
        folder = base / f"round-{number}"
        files = chance.randrange(len(wanted)) if number % 2 else 0
        left = [kill_once(command, folder, chance.uniform(0.2, seconds), files)]
        if number % 5 == 0:
            left.append(kill_once(command, folder, chance.uniform(0.2, seconds)))
        caught += any(0 < count < len(wanted) for count in left)
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
    """Kill the command after so many seconds, or as soon as there are so many files.

    Returns the number of files it left, all of which must be whole.
    """
    process = subprocess.Popen([*command, "-o", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if files:
        while process.poll() is None and not (folder.is_dir() and len(os.listdir(folder)) > files):
            time.sleep(0.002)
    else:
        time.sleep(after)
    process.kill()
    process.wait()
    count = 0
    for path in folder.glob("*.docx"):
        count += 1
        with zipfile.ZipFile(path) as archive:  # raises where the file is half a file
            assert archive.testzip() is None, path
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
