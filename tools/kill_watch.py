"""Drop files into a watch folder while the server is killed again and again; then each must have come out once.

    python -m tools.kill_watch --files 200 --kills 20

Exit 1 where a file is lost, was left half done, or came out in two ways.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from docgen.dossier.sample import sample_dossier
from tools.loopback import free_port

#: Every so many files one has an error.
BAD = 5


def tiny(number: int) -> dict[str, Any]:
    """A dossier of one member; every `BAD`th without a name."""
    data: dict[str, Any] = copy.deepcopy(dict(sample_dossier("kh55-2018")))
    data["members"] = data["members"][:1]
    data["document"]["place"] = f"Xã số {number}"
    if number % BAD == 0:
        data["members"][0]["member"]["full_name"] = ""
    return data


def run(files: int, kills: int, seed: int = 1) -> list[str]:
    """What is wrong after `files` were dropped and the server was killed `kills` times; empty where nothing is."""
    chance, place = random.Random(seed), Path(tempfile.mkdtemp(prefix="docgen-watch-"))
    inbox, outbox = place / "vao", place / "ra"
    inbox.mkdir()
    for number in range(files):
        (inbox / f"ho-so-{number:03}.json").write_text(json.dumps(tiny(number)), encoding="utf-8")
    server, killed, quiet = _serve(place), 0, time.monotonic()
    try:
        moved = _done(outbox)
        while moved < files and time.monotonic() - quiet < 120:
            time.sleep(chance.uniform(0.2, 1.0))
            if (now := _done(outbox)) > moved:
                moved, quiet = now, time.monotonic()
                if killed < kills and moved < files:  # not before it did something: else it would never end
                    server.kill()
                    server.wait()
                    killed += 1
                    server = _serve(place)
        time.sleep(1)
    finally:
        server.terminate()
        server.wait()
    wrong = [] if killed == kills else [f"only {killed} kills"]
    wrong += _wrong(files, inbox, outbox)
    shutil.rmtree(place)
    return wrong


def _serve(place: Path) -> subprocess.Popen[bytes]:
    port = free_port()
    folders = ["--watch-in", str(place / "vao"), "--watch-out", str(place / "ra")]
    command = [sys.executable, "-m", "docgen", "serve", "--data", str(place / "d"), "--port", str(port), *folders]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def _done(outbox: Path) -> int:
    return len(list(outbox.glob("ho-so-???.json"))) if outbox.is_dir() else 0


def _wrong(files: int, inbox: Path, outbox: Path) -> list[str]:
    """How the two folders differ from what they must hold."""
    expected = set()
    for number in range(files):
        name = f"ho-so-{number:03}.json"
        expected |= {name, f"{name}.phat-hien.txt", f"{name}.phat-hien.json"}
        if number % BAD:
            expected.add(f"{name}.bo-ho-so.zip")
    there = {path.name for path in outbox.iterdir()}
    wrong = [f"missing: {name}" for name in sorted(expected - there)]
    wrong += [f"not expected: {name}" for name in sorted(there - expected)]
    wrong += [f"left: {path}" for path in inbox.rglob("*") if path.name != ".dang-lam"]
    for path in outbox.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                wrong.append(f"torn: {path.name}")
    for path in outbox.glob("*.phat-hien.json"):
        packet = json.loads(path.read_text(encoding="utf-8"))["packet"]
        if packet is not (outbox / path.name.replace(".phat-hien.json", ".bo-ho-so.zip")).exists():
            wrong.append(f"says otherwise: {path.name}")
    return wrong


def main() -> None:
    """Run as asked and tell."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--files", type=int, default=200)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    wrong = run(given.files, given.kills, given.seed)
    print("\n".join(wrong) or f"{given.files} files, {given.kills} kills: each came out once")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
