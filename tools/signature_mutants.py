"""Signed PDFs that somebody changed: ways to change one, for the test and for `tools.fuzz_signatures`."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

#: What is put into a file somewhere.
_PIECES = (
    b" ", b"\n", b"%x\n", b"/AA << >> ", b"1 0 obj\n<< >>\nendobj\n", b"00", b"\0", b" /V 1 0 R", b"/Lock << >> ",
    b"/Perms << >> ", b"\nendobj\n", b"%%EOF\n", b"/Reference [ ] ", b">", b"<", b"(", b")",
)  # fmt: skip
_TAILS = (b"\n", b"x", b"\r\n", b"1 0 obj\n<< /Type /Catalog >>\nendobj\n", b"%%EOF\n", b"startxref\n0\n%%EOF\n")
_INCREMENT = re.compile(rb"/Prev [0-9]+ >>\nstartxref\n[0-9]+\n%%EOF\n")
_NUMBER = re.compile(rb"[0-9]+")
_HEX = re.compile(rb"<([0-9a-f]{8,})>")
_NAME = re.compile(rb"/[A-Za-z0-9]+")


def mutant(pdf: bytes, base: int, chance: random.Random) -> bytes:
    """`pdf`, whose signatures begin after `base` bytes, changed in one way or, now and then, in several."""
    out = pdf
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        out = chance.choice(WAYS)(out, min(base, len(out) - 1), chance)
    return out


def _place(pdf: bytes, base: int, chance: random.Random) -> int:
    return chance.randrange(base, len(pdf)) if chance.random() < 0.85 else chance.randrange(len(pdf))


def _bit(pdf: bytes, base: int, chance: random.Random) -> bytes:
    at = _place(pdf, base, chance)
    return pdf[:at] + bytes([pdf[at] ^ (1 << chance.randrange(8))]) + pdf[at + 1 :]


def _byte(pdf: bytes, base: int, chance: random.Random) -> bytes:
    at = _place(pdf, base, chance)
    return pdf[:at] + bytes([chance.randrange(256)]) + pdf[at + 1 :]


def _cut(pdf: bytes, base: int, chance: random.Random) -> bytes:
    at = _place(pdf, base, chance)
    return pdf[:at] + pdf[at + chance.randrange(1, 60) :]


def _put(pdf: bytes, base: int, chance: random.Random) -> bytes:
    at = _place(pdf, base, chance)
    return pdf[:at] + chance.choice(_PIECES) + pdf[at:]


def _over(pdf: bytes, base: int, chance: random.Random) -> bytes:
    at, piece = _place(pdf, base, chance), chance.choice(_PIECES)
    return pdf[:at] + piece + pdf[at + len(piece) :]


def _append(pdf: bytes, base: int, chance: random.Random) -> bytes:
    return pdf + chance.choice((*_TAILS, pdf[base:]))


def _copy(pdf: bytes, base: int, chance: random.Random) -> bytes:
    at, of, size = _place(pdf, base, chance), _place(pdf, base, chance), chance.randrange(1, 300)
    return pdf[:at] + pdf[of : of + size] + pdf[at + size :]


def _end(pdf: bytes, base: int, chance: random.Random) -> bytes:
    return pdf[: _place(pdf, base, chance)]


def _found(pattern: re.Pattern[bytes], pdf: bytes, base: int, chance: random.Random) -> re.Match[bytes] | None:
    """One of the next few places after a random one."""
    found = [item for item, _ in zip(pattern.finditer(pdf, _place(pdf, base, chance)), range(12), strict=False)]
    return chance.choice(found) if found else None


def _number(pdf: bytes, base: int, chance: random.Random) -> bytes:
    """Another number, as often as not of as many digits."""
    found = _found(_NUMBER, pdf, base, chance)
    if found is None:
        return pdf
    other = int(found[0]) + chance.choice((-1, 1, 10, -10, 1000))
    return pdf[: found.start()] + (b"%d" % abs(other)).zfill(len(found[0])) + pdf[found.end() :]


def _name(pdf: bytes, base: int, chance: random.Random) -> bytes:
    """A name for another one that stands near."""
    found, other = _found(_NAME, pdf, base, chance), _found(_NAME, pdf, base, chance)
    return pdf if found is None or other is None else pdf[: found.start()] + other[0] + pdf[found.end() :]


def _hex(pdf: bytes, base: int, chance: random.Random) -> bytes:
    """Some digits of a text or a signature, which stay digits."""
    found = list(_HEX.finditer(pdf, base))
    if not found:
        return pdf
    item = chance.choice(found)
    at = chance.randrange(item.start(1), item.end(1))
    size = chance.choice((1, 2, 2, 4, 16))
    digits = bytes(chance.choice(b"0123456789abcdef") for _ in range(min(size, item.end(1) - at)))
    return pdf[:at] + digits + pdf[at + len(digits) :]


def _increments(pdf: bytes, base: int) -> list[bytes]:
    ends = [base, *(found.end() for found in _INCREMENT.finditer(pdf, base))]
    return [pdf[a:b] for a, b in zip(ends, [*ends[1:], len(pdf)], strict=True) if b > a]


def _order(pdf: bytes, base: int, chance: random.Random) -> bytes:
    """The increments in another order, one left out, or one twice."""
    parts = _increments(pdf, base)
    way = chance.randrange(3)
    if way == 0:
        chance.shuffle(parts)
    elif parts:
        at = chance.randrange(len(parts))
        parts[at : at + 1] = [] if way == 1 else [parts[at]] * 2
    return pdf[:base] + b"".join(parts)


def _signature(pdf: bytes, base: int, chance: random.Random) -> bytes:
    """The signature of one increment in another, or in part."""
    found = [item for item in _HEX.finditer(pdf, base) if len(item[1]) > 2000]
    if len(found) < 2:
        return pdf
    one, other = chance.sample(found, 2)
    text = other[1] if chance.random() < 0.5 else one[1][: len(one[1]) // 2] + other[1][len(one[1]) // 2 :]
    return pdf[: one.start(1)] + text[: len(one[1])].ljust(len(one[1]), b"0") + pdf[one.end(1) :]


#: Every way to change a file: of a signed file, the length before its first signature, and chance.
WAYS: tuple[Callable[[bytes, int, random.Random], bytes], ...] = (
    _bit, _byte, _cut, _put, _over, _append, _copy, _end, _number, _name, _hex, _order, _signature,
)  # fmt: skip


def changed_before(base: bytes, chance: random.Random) -> bytes:
    """A file of docgen's changed before anybody signed it, at equal length, so that its table still fits: in the words
    between streams, where a reader may stumble."""
    at = 0
    for _ in range(20):
        at = chance.randrange(len(base) - 400)
        if base.find(b" 0 obj", at, at + 300) >= 0 or base.find(b" 0 R", at, at + 60) >= 0:
            break
    way = chance.randrange(3)
    if way == 0:
        found = _found(_NUMBER, base, at, chance)
        if found is not None:
            other = (b"%d" % chance.randrange(10 ** len(found[0]))).zfill(len(found[0]))
            return base[: found.start()] + other + base[found.end() :]
    elif way == 1:
        names = [item for item, _ in zip(_NAME.finditer(base, at), range(40), strict=False)]
        pairs = [(a, b) for a in names for b in names if a[0] != b[0] and len(a[0]) == len(b[0])]
        if pairs:
            one, other = chance.choice(pairs)
            return base[: one.start()] + other[0] + base[one.end() :]
    return base[:at] + bytes([chance.choice(b" <>[]()/%019ARnX\n")]) + base[at + 1 :]
