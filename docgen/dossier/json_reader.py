"""Reading a JSON dossier: bytes to plain data, with every fault of the file itself as a finding.

The file is parsed once, by the standard library. Where each value stands (its line) is worked out only when a finding
asks for it, since most files have few findings and some have a hundred thousand values.
"""

from __future__ import annotations

import json
import re
from typing import Any

from docgen.dossier.canonical import MAX_NUMBER, NotStorable, escape
from docgen.model import Finding, Place

#: Beyond this the lines of values are not worked out: the pointer alone tells the place.
LINES_LIMIT = 16_000_000
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
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|\n|[^\s"{}\[\],:]+')


class JsonPlaces:
    """Where the values of a JSON text stand: `find(pointer)` gives the file, the pointer and the line."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text
        self._lines: dict[str, int] | None = None

    def find(self, pointer: str) -> Place:
        """The place of `pointer`; for a value that is missing, the line of what should hold it."""
        line = self.line(pointer)
        return Place(self.file, pointer, f"{pointer or '/'} (dòng {line})" if line else pointer)

    def line(self, pointer: str) -> int:
        """The line of `pointer` or of the nearest value above it; 0 where lines are not known."""
        if self._lines is None:
            self._lines = scan(self._text)[0] if len(self._text) <= LINES_LIMIT else {}
            self._text = ""
        while pointer and pointer not in self._lines:
            pointer = pointer.rpartition("/")[0]
        return self._lines.get(pointer, 0)


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
            pointer = f"{stack[-1][0]}/{escape(str(name))}"
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
                Finding("dossier.file.encoding", "error", Place(at.file, "", f"dòng {line}"),
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
        place = Place(file, "", f"dòng {fault.lineno}, cột {fault.colno}")
        findings.append(Finding(_syntax_code(text, fault), "error", place, params))
        return None
    except RecursionError:
        findings.append(Finding("dossier.json.too_deep", "error", at))
        return None
    if repeated:
        for pointer, line in scan(text)[1]:
            findings.append(
                Finding("dossier.json.duplicate_key", "error", Place(file, pointer, f"{pointer} (dòng {line})"),
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
