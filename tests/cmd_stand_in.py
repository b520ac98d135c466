"""Batch files read as cmd reads them, as far as those of `tools/windows` go: so that they can be run here.

Known: `set`, `if [not] exist`, `if [not] "a"=="b"`, `goto`, labels, `ren`, `rmdir /s /q`, `type`, `echo` (also into a
file), `pause`, `exit /b`. Anything else is a program, which the test stands in for. A line that is none of these, a
label that is not there, a name without its quotes: an `AssertionError`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: A word in quotes, or one without blanks.
WORD = re.compile(r'"([^"]*)"|(\S+)')


@dataclass
class Run:
    """One run of a batch file: how it ended and what it showed."""

    code: int = -1
    shown: list[str] = field(default_factory=list)
    programs: list[list[str]] = field(default_factory=list)


class Cmd:
    """`program` is given the words of a program's call and returns its exit code; `busy` are folders in use."""

    def __init__(self, program: Callable[[list[str]], int], environment: Mapping[str, str] | None = None) -> None:
        self.program = program
        self.environment = dict(environment or {})
        self.busy: set[Path] = set()

    def run(self, batch: Path, *arguments: str) -> Run:
        """Run it to its `exit /b`."""
        done = Run()
        lines = batch.read_text(encoding="ascii").splitlines()
        marks = {line[1:]: at for at, line in enumerate(lines) if line.startswith(":")}
        values = {**self.environment, "ERRORLEVEL": "0"}
        at = 0
        for _ in range(1000):
            line, at = lines[at], at + 1
            step = self._expanded(line, batch, arguments, values)
            while step is not None:
                step, jump = self._do(step, values, done)
                if done.code >= 0:
                    return done
                if jump:
                    at = marks[jump]
        raise AssertionError("it does not end")

    @staticmethod
    def _expanded(line: str, batch: Path, arguments: tuple[str, ...], values: dict[str, str]) -> str:
        line = line.replace("%~dp0", f"{batch.parent}\\").replace("%~1", arguments[0] if arguments else "")
        line = re.sub(r"%(\w+):~0,2%", lambda found: values.get(found[1], "")[:2], line)
        return re.sub(r"%(\w+)%", lambda found: values.get(found[1], ""), line)

    def _do(self, line: str, values: dict[str, str], done: Run) -> tuple[str | None, str]:
        """What of the line is still to be done (after an `if`), and the label to go to."""
        if not line or line.startswith((":", "@echo off", "rem ", "setlocal ", "chcp ")):
            return None, ""
        if line.startswith("if "):
            return self._after_if(line[3:]), ""
        if line.startswith("goto "):
            return None, line[5:]
        if line.startswith("set "):
            name, value = (line[5:-1] if line[4] == '"' else line[4:]).split("=", 1)
            values[name] = value
        elif line == "pause":
            done.shown.append("pause")
        elif line.startswith("exit /b "):
            done.code = int(line[8:])
        else:
            self._act(line, values, done)
        return None, ""

    def _after_if(self, condition: str) -> str | None:
        wanted = True
        if condition.startswith("not "):
            wanted, condition = False, condition[4:]
        if condition.startswith("exist "):
            found = re.match(r'exist "([^"]+)" (.+)', condition)
            assert found, condition
            path = _path(found[1])
            true = path.is_dir() if found[1].endswith("\\") else path.exists()
        else:
            found = re.match(r'"([^"]*)"=="[^"]*" (.+)', condition)
            assert found, condition
            true = condition.startswith(f'"{found[1]}"=="{found[1]}" ')
        return found[2] if true is wanted else None

    def _act(self, line: str, values: dict[str, str], done: Run) -> None:
        line = re.sub(r" (?:2?>nul)", "", line)
        words = [quoted or plain for quoted, plain in WORD.findall(line)]
        match words:
            case ["type", name]:
                done.shown.append(Path(_path(name)).read_text(encoding="utf-8"))
            case ["echo", *_] if into := re.search(r' >"([^"]+)"$', line):
                _path(into[1]).write_text(line[5 : into.start()], encoding="utf-8")
            case ["echo", *_]:
                done.shown.append(line[5:])
            case ["rmdir", "/s", "/q", name]:
                if _path(name) not in self.busy:
                    shutil.rmtree(_path(name))
            case ["ren", name, new]:
                target = _path(name).with_name(new)
                if _path(name) not in self.busy and not target.exists():
                    _path(name).rename(target)
            case [program, *_] if program.endswith(".exe"):
                done.programs.append(words)
                values["ERRORLEVEL"] = str(self.program(words))
            case _:
                raise AssertionError(f"not understood: {line}")


def _path(name: str) -> Path:
    return Path(name.replace("\\", "/"))
