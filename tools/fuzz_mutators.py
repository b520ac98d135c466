"""Inputs that are nearly right: a dossier, a manifest, a workbook or a definition with a few things wrong in it.

Every mutator takes a source of chance and what to change, and gives the bytes of a file. The same chance gives the same
bytes, so a number is enough to make a mutant again. Used by `tools/fuzz_dossiers.py` and by the suite.
"""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any


class Raw(str):
    """A piece of JSON as it stands: what `json.dumps` would not write (NaN, 400 digits, brackets without end)."""


class Pairs(list[tuple[str, Any]]):
    """A mapping as its names and values, so that a name may stand twice."""


TEXTS = (
    "", " ", "0", "x", "…", "......", "NaN", "null", "true", "-1", "1e308", "2018-02-30", "31/02/2018",
    "0000-00-00", "9999-12-31",
    "20/12/2018", "../../x", "/etc/passwd", "C:\\x", "con", "a/b", "{{ 7*7 }}", "{% for x in y %}", "<w:t>",
    "]]>", "&amp;", "\\",
    "HTXSNV", "HTTNV", "KHTNV", "xuat_sac", "kem", "tot", "dv-01", "dv-02", "tu_danh_gia", "Nguyễn Văn A",
    "Nguyễn Văn A",
    "​", "‮abc", "Nguyễn\tVăn\nA", "о", "😀" * 3, "=1+1", "12/14", "100%", "1.234.567", "1" * 400, "dài " * 50_000,
)  # fmt: skip
ODD_TEXTS = (Raw('"\\ud800"'), Raw('"a\\udfffb"'), Raw('"\\u0000"'), Raw('"\\u001b[31m"'), Raw('"\\ufffe"'))
NUMBERS = (
    0, -1, 1, 2, 12, 2018, 10**15, -(10**18), 0.5, -0.0, 1e-300, 1e308, Raw("1e400"), Raw("-1e400"),
    Raw("NaN"), Raw("Infinity"),
    Raw("-Infinity"), Raw("9" * 400), Raw("-" + "9" * 5000), Raw("0." + "3" * 400), Raw("1E5"),
)  # fmt: skip
SHAPES: tuple[Any, ...] = (
    None, True, False, [], {}, [None], [[]], [{}], {"": None}, {"x": 1}, ["x"], [1, 2], {"id": "dv-01"},
    {"any": ["x"]},
    Raw("[" * 30 + "]" * 30), Raw('{"a":' * 30 + "1" + "}" * 30), Raw("[" * 100_000 + "]" * 100_000),
    Raw('{"a":' * 100_000 + "1" + "}" * 100_000),
)  # fmt: skip
NAMES = ("", " ", "id", "members", "member", "$schema", "facts", "levels", "grade", "tu_danh_gia", "chi_uy",
    "x" * 300, "a/b", "a~b",
         "__class__", "any", "[]", "*", "é", "é", "‮", "position", "assessments", "0")  # fmt: skip


def value(rng: Random) -> Any:
    """A value that belongs nowhere, or does by luck."""
    kinds: tuple[tuple[Any, ...], ...] = (TEXTS, TEXTS, NUMBERS, NUMBERS, SHAPES, SHAPES, ODD_TEXTS)
    return as_pairs(rng.choice(rng.choice(kinds)))


def as_pairs(data: Any) -> Any:
    """`data` with every mapping as `Pairs`."""
    if isinstance(data, dict):
        return Pairs((name, as_pairs(item)) for name, item in data.items())
    return [as_pairs(item) for item in data] if isinstance(data, list) else data


def written(data: Any) -> str:
    """The JSON of `data`, `Raw` and `Pairs` included."""
    if isinstance(data, Raw):
        return str(data)
    if isinstance(data, Pairs):
        return "{" + ",".join(f"{json.dumps(name)}:{written(item)}" for name, item in data) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(written, data)) + "]"
    return json.dumps(data)


def _somewhere(rng: Random, data: Any) -> tuple[Any, int]:
    """A list or mapping within `data`,
    and the index of one of its items; near the top more often than deep down."""
    at = data
    while True:
        index = rng.randrange(len(at))
        item = at[index][1] if isinstance(at, Pairs) else at[index]
        if not isinstance(item, list) or not item or rng.random() < 0.15:
            return at, index
        at = item


def _put(holder: Any, index: int, item: Any) -> None:
    holder[index] = (holder[index][0], item) if isinstance(holder, Pairs) else item


def _get(holder: Any, index: int) -> Any:
    return holder[index][1] if isinstance(holder, Pairs) else holder[index]


def _change(rng: Random, data: Any) -> None:
    holder, index = _somewhere(rng, data)
    kind = rng.randrange(12)
    if kind < 5:
        _put(holder, index, value(rng))
    elif kind == 5:
        del holder[index]
    elif kind == 6 and isinstance(holder, Pairs):
        name, item = holder[index]
        holder[index] = (rng.choice((*NAMES, name[:-1], name.upper(), name + "x", name + " ")), item)
    elif kind == 7:
        copied = copy.deepcopy(holder[index])
        holder.insert(rng.randrange(len(holder) + 1), copied)
    elif kind == 8:
        other, place = _somewhere(rng, data)
        _put(holder, index, copy.deepcopy(_get(other, place)))
    elif kind == 9:
        item = _get(holder, index)
        _put(holder, index, [item] if rng.random() < 0.5 else Pairs([(rng.choice(NAMES), item)]))
    elif kind == 10:
        rng.shuffle(holder)
    elif isinstance(holder, Pairs):
        holder.append((rng.choice(NAMES), value(rng)))
    else:
        holder.append(value(rng))


def changed(data: Any, steps: Iterable[int]) -> str:
    """The JSON of `data` with one thing changed for each of `steps`."""
    pairs = as_pairs(data)
    for step in steps:
        if pairs:
            _change(Random(step), pairs)
    return written(pairs)


def json_mutant(rng: Random, data: Any) -> bytes:
    """The JSON of `data` with one to eight things changed; now and then the text itself is broken."""
    text = changed(data, [rng.getrandbits(64) for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 8)))])
    chance = rng.random()
    if chance < 0.02:
        text = text[: rng.randrange(len(text))]
    elif chance < 0.04:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(("\x00", "}", "]", '"', ",", "\ufeff", "'", "\\")) + text[at + 1 :]
    raw = text.encode("utf-8", "surrogatepass")
    if chance > 0.99:
        return rng.choice((text.encode("utf-16"), raw[:50] + b"\xff\xfe" + raw[50:], b"\xef\xbb\xbf" + raw))
    return raw


CELLS = (
    "", " ", "0", "-1", "1e308", "1e400", "NaN", "26372", "0.95", "9" * 400, "#REF!", "x", "_x0000_",
    "_xD800_", "_xFFFE_", "2018-13-45",
    "docgen:phieu:id", "docgen:", "dv-01", "dv-02", "[" * 2000, '{"a":' * 50, "[1, 2]", "Có", "chưa biết",
    "dài " * 10_000,
)  # fmt: skip
ATTRIBUTES = ("", "0", "-1", "s", "n", "b", "e", "d", "str", "inlineStr", "A1", "XFD1048576", "XFE1", "B2:A1",
    "A0", "99999999999", "1",
              "true", "hidden", "x" * 5000, "rId1", "rId99", "../../../x", "/xl/workbook.xml")  # fmt: skip
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_VALUE = re.compile(rb"(<(?:v|t|f)(?: [^>]*)?>)([^<]*)(</(?:v|t|f)>)")
_ATTRIBUTE = re.compile(rb'( [\w:]+=")([^"]*)(")')
_ELEMENT = re.compile(rb"<(\w+)(?: [^>]*)?>[^<]*</\1>|<\w+(?: [^>]*)?/>")


def _other_xml(rng: Random, xml: bytes) -> bytes:
    kind = rng.randrange(8)
    pattern = _VALUE if kind < 3 else _ATTRIBUTE if kind < 5 else _ELEMENT
    found = list(pattern.finditer(xml))
    if kind == 7 or not found:
        at = rng.randrange(len(xml) + 1)
        piece = rng.choice(
            (b"<", b">", b"</c>", b"<c>", b"<row>", b"\x00", b"&x;", b"&#0;", b"<!DOCTYPE a>", b"<![CDATA[", b"")
        )
        return xml[:at] + piece + xml[at + rng.choice((0, 0, 1, 50)) :]
    hit = rng.choice(found)
    if kind < 5:
        new = rng.choice(CELLS if kind < 3 else ATTRIBUTES).encode()
        return xml[: hit.start(2)] + new + xml[hit.end(2) :]
    new = b"" if kind == 5 else hit.group() * rng.choice((2, 3, 500))
    return xml[: hit.start()] + new + xml[hit.end() :]


def workbook_mutant(rng: Random, raw: bytes) -> bytes:
    """A workbook with its XML, its parts or its bytes changed."""
    if rng.random() < 0.06:
        at = rng.randrange(len(raw))
        return raw[:at] if rng.random() < 0.5 else raw[:at] + bytes([rng.randrange(256)]) * 3 + raw[at + 3 :]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheets = [name for name in parts if "sheet" in name]
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        name = rng.choice(sheets if rng.random() < 0.7 else sorted(parts))
        chance = rng.random()
        if chance < 0.03 and name in parts and len(parts) > 1:
            del parts[name]
            sheets = [sheet for sheet in sheets if sheet in parts] or sorted(parts)
        elif chance < 0.06:
            parts[name] = parts[rng.choice(sorted(parts))]
        else:
            parts[name] = _other_xml(rng, parts[name])
    return zipped(parts)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of `parts`, the same at any time of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def timeless(raw: bytes) -> bytes:
    """A workbook without the moment it was made at."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped({name: _MOMENT.sub(b"2018-12-20T00:00:00Z", content) for name, content in parts.items()})


SCALARS = (
    "", "~", "null", "yes", "no", "0", "-1", "1e999", "2018-12-20", "[]", "{}", "[a, b]", "{a: b}", "&a [*a]",
    "*a", "!!python/name:os",
    "|", ">-", "'", '"', "%", "@x", "- x", "x: y: z", "\t", "x" * 3000, "member.full_name",
    "{member.full_name}", "{x.y}", "{", "}",
    "[" * 200, "{a: " * 200,
     "HTXSNV", "tot", "any", "not", "grade", "text", "rows", "criteria", "sign", "…", "\u0000", "\u0085",
)  # fmt: skip


def yaml_mutant(rng: Random, text: str) -> bytes:
    """A definition with some of its lines changed."""
    lines = text.split("\n")
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        index = rng.randrange(len(lines))
        line = lines[index]
        head, colon, _rest = line.partition(":")
        kind = rng.randrange(9)
        if kind < 3 and colon:
            lines[index] = f"{head}: {rng.choice(SCALARS)}"
        elif kind == 3:
            del lines[index]
            lines = lines or [""]
        elif kind == 4:
            lines.insert(rng.randrange(len(lines) + 1), line)
        elif kind == 5:
            lines[index] = " " * rng.randrange(8) + line.lstrip()
        elif kind == 6 and colon:
            lines[index] = (
                re.sub(r"[\w-]+$", lambda m: rng.choice((m.group()[:-1] or "x", "id", "x", "when")), head)
                + line[len(head) :]
            )
        elif kind == 7:
            lines[index] = line + rng.choice((" x", ":", " #", "]", "}", ","))
        else:
            lines[index] = rng.choice(SCALARS)
    raw = "\n".join(lines).encode("utf-8", "surrogatepass")
    return raw if rng.random() > 0.02 else rng.choice((raw[: rng.randrange(len(raw) + 1)], b"\xff\xfe" + raw, raw * 3))
