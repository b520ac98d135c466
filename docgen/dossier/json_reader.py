"""Reading a JSON dossier: bytes to plain data, with every fault of the file itself as a finding.

The file is parsed once, by the standard library. Where a value stands (its line) is worked out only when a finding asks
for it, and only for that value, since most files have few findings and some have a million values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from docgen.dossier.canonical import NotStorable
from docgen.model import Finding, Place
from docgen.paths import at, unescape
from docgen.values.number import MAX_NUMBER

MAX_DIGITS = 18

#: What the standard library says, and the message key for it.
_SYNTAX = (
    ("Expecting ',' delimiter", "dossier.json.comma"),
    ("Expecting ':' delimiter", "dossier.json.colon"),
    ("Expecting property name", "dossier.json.name"),
    ("Expecting value", "dossier.json.value"),
    ("Extra data", "dossier.json.extra"),
    ("Unterminated string", "dossier.json.open_text"),
    ("Invalid control character", "dossier.json.line_break"),
    ("Invalid \\", "dossier.json.escape"),
)
_SPACE = re.compile(r"[ \t\n\r]*")
#: Passes over one value: what its numbers are does not matter.
_READER: Any = json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=len)
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|\n|[^\s"{}\[\],:]+')


class JsonPlaces:
    """Where the values of a JSON text stand: `find(pointer)` gives the file, the pointer and the line."""

    def __init__(self, file: str, text: str, repeated: bool = False) -> None:
        """`text` is JSON that was read before; `repeated` where a name is given twice in one of its mappings."""
        self.file = file
        self._lines = scan(text)[0] if repeated else {}
        self._text = "" if repeated else text
        #: The members met so far: where each begins, and on which line; further ones are met when they are asked for.
        self._members: list[tuple[int, int]] = []
        self._further = self._each_member()
        self._items: dict[str, tuple[int, int, int]] | None = None

    def __getstate__(self) -> tuple[str, dict[str, int], str]:
        return self.file, self._lines, self._text

    def __setstate__(self, state: tuple[str, dict[str, int], str]) -> None:
        # How far the members were met is found again by whoever asks.
        self.file, self._lines, self._text = state
        self._members = []
        self._further = self._each_member()
        self._items = None

    def find(self, pointer: str) -> Place:
        """The place of `pointer`; for a value that is missing, the line of what should hold it."""
        return Place(self.file, pointer, pointer or "/", self.line(pointer))

    def line(self, pointer: str) -> int:
        """The line of `pointer` or of the nearest value above it."""
        if not self._text:
            while pointer and pointer not in self._lines:
                pointer = pointer.rpartition("/")[0]
            return self._lines.get(pointer, 1)
        steps = pointer.split("/")[1:]
        if len(steps) > 1 and steps[0] == "members" and (known := self._member(steps[1])):
            at, line = known
            return line + self._text.count("\n", at, locate(self._text, at, steps[2:]))
        item = self._named().get(unescape(steps[0])) if steps else None
        if item is None:
            return 1
        here, value, line = item
        below = locate(self._text, value, steps[1:])
        return line + self._text.count("\n", here, below) if below > value else line

    def _named(self) -> dict[str, tuple[int, int, int]]:
        """Where each item of the whole stands: its name, its value, its line. Met once, however many ask."""
        if self._items is None:
            self._items, before, line = {}, 0, 1
            for name, here, value in _children(self._text, 0):
                line += self._text.count("\n", before, here)
                before = here
                self._items.setdefault(name, (here, value, line))
        return self._items

    def _member(self, step: str) -> tuple[int, int] | None:
        index = int(step) if step.isdecimal() and len(step) < 9 else -1
        while index >= len(self._members):
            found = next(self._further, None)
            if found is None:
                return None
            self._members.append(found)
        return self._members[index] if index >= 0 and step == str(index) else None

    def _each_member(self) -> Iterator[tuple[int, int]]:
        before, line = 0, 1
        for name, _, value in _children(self._text, 0):
            if name == "members" and self._text[value] == "[":
                for _, at, _ in _children(self._text, value):
                    line += self._text.count("\n", before, at)
                    before = at
                    yield at, line


def locate(text: str, at: int, steps: Iterable[str]) -> int:
    """Where the value `steps` below the one at `at` stands (its name, in a mapping), or the nearest one above it.

    What stands before it is passed over by the scanner of the standard library, which is quick.
    """
    stands = at
    for step in steps:
        wanted = unescape(step)
        found = next(((here, value) for name, here, value in _children(text, at) if name == wanted), None)
        if found is None:
            break
        stands, at = found
    return stands


def _children(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Each item of the mapping or list at `at`: its name or index, where it stands, where its value does."""
    at = _after_space(text, at)
    opening = text[at]
    if opening not in "{[":
        return
    at, index = _after_space(text, at + 1), 0
    while text[at] not in "]}":
        here, name = at, str(index)
        if opening == "{":
            name, at = _READER.scan_once(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        yield name, here, at
        at = _after_space(text, _READER.scan_once(text, at)[1])
        if text[at] == ",":
            at = _after_space(text, at + 1)
        index += 1


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def scan(text: str) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """The line of each value of a JSON text, by pointer, and the names given twice: (pointer, line of the second)."""
    lines: dict[str, int] = {"": 1}
    twice: list[tuple[str, int]] = []
    line = 1
    # One frame an open bracket: its pointer, and the index of the next item, or -1 for a mapping.
    stack: list[tuple[str, int]] = []
    pointer, expects_key = "", False
    for token in _TOKEN.finditer(text):
        piece = token.group()
        if piece == "\n":
            line += 1
        elif piece in "{[":
            if stack and stack[-1][1] >= 0:
                pointer = f"{stack[-1][0]}/{stack[-1][1]}"
                lines[pointer] = line
            stack.append((pointer, -1 if piece == "{" else 0))
            expects_key = piece == "{"
        elif piece in "}]":
            if stack:
                stack.pop()
            expects_key = False
        elif piece == ",":
            if stack and stack[-1][1] >= 0:
                stack[-1] = (stack[-1][0], stack[-1][1] + 1)
            else:
                expects_key = bool(stack)
        elif piece == ":":
            expects_key = False
        elif expects_key:
            try:
                name = json.loads(piece)
            except ValueError:
                name = piece
            pointer = at(stack[-1][0], name)
            if pointer in lines:
                twice.append((pointer, line))
            lines[pointer] = line
            expects_key = False
        elif stack and stack[-1][1] >= 0:
            lines[f"{stack[-1][0]}/{stack[-1][1]}"] = line
    return lines, twice


def decode(raw: bytes, at: Place, findings: list[Finding]) -> str | None:
    """The text of a JSON file, whatever Unicode encoding it was saved in; None with a finding for any other."""
    encoding = json.detect_encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as fault:
        if encoding.startswith("utf-8"):
            line = raw.count(b"\n", 0, fault.start) + 1
            findings.append(
                Finding("dossier.file.encoding", "error", Place(at.file, line=line),
                        {"line": line, "byte": f"0x{raw[fault.start]:02X}"})
            )  # fmt: skip
        else:
            findings.append(Finding("dossier.file.encoding_broken", "error", at, {"encoding": encoding.upper()}))
        return None
    if encoding == "utf-8-sig":
        findings.append(Finding("dossier.file.bom", "info", at))
    elif encoding != "utf-8":
        findings.append(Finding("dossier.file.utf16", "warning", at, {"encoding": encoding.upper()}))
    return text.removeprefix("\ufeff")


def _integer(digits: str) -> int | NotStorable:
    return int(digits) if len(digits) <= MAX_DIGITS else NotStorable("dossier.value.huge_number")


def _decimal(digits: str) -> float:
    # As the canonical form has it: a whole number is an int, however it was written.
    value = float(digits)
    return int(value) if value.is_integer() and abs(value) <= MAX_NUMBER else value


def _constant(_: str) -> NotStorable:
    return NotStorable("dossier.value.not_a_number")


def parse(text: str, file: str, findings: list[Finding]) -> Any:
    """The data of a JSON text, or None with findings where it is not JSON.

    Names given twice are reported, and the last one counts, as every JSON reader has it.
    """
    at = Place(file)
    repeated = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        out = dict(items)
        repeated = repeated or len(out) != len(items)
        return out

    if not text.strip():
        findings.append(Finding("dossier.file.empty", "error", at))
        return None
    try:
        data = json.loads(text, object_pairs_hook=pairs, parse_int=_integer, parse_float=_decimal,
                          parse_constant=_constant)  # fmt: skip
    except json.JSONDecodeError as fault:
        params = {"line": fault.lineno, "column": fault.colno, "problem": fault.msg}
        place = Place(file, line=fault.lineno, column=fault.colno)
        findings.append(Finding(_syntax_code(text, fault), "error", place, params))
        return None
    except RecursionError:
        findings.append(Finding("dossier.json.too_deep", "error", at))
        return None
    if repeated:
        for pointer, line in scan(text)[1]:
            findings.append(
                Finding("dossier.json.duplicate_key", "error", Place(file, pointer, pointer, line),
                        {"name": pointer.rpartition("/")[2], "line": line})
            )  # fmt: skip
    return data


def _syntax_code(text: str, fault: json.JSONDecodeError) -> str:
    """The message key of a fault: the slips of people who write JSON by hand each have a message of their own."""
    before = text[: fault.pos].rstrip()
    at = text[fault.pos : fault.pos + 1]
    if at in "“”‘’'" and at:
        return "dossier.json.quotes"
    rest = text[fault.pos :].lstrip(" \t\r\n,")[:1]
    if rest and rest in "}]" and (before.endswith(",") or at == ","):
        return "dossier.json.trailing_comma"
    if fault.pos >= len(text.rstrip()):
        return "dossier.json.cut_off"
    return next((code for start, code in _SYNTAX if fault.msg.startswith(start)), "dossier.json.syntax")
