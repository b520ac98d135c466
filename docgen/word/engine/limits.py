"""What an office's template may cost, stated once, and the checks that need no data.

A template is data that somebody sent: filling it may not cost more than filling a form. Before Jinja parses a part its
tags are counted and their nesting measured, without recursion; afterwards the syntax tree is. What only shows while
filling (loops, long texts) is held by `docgen.word.engine.sandbox` and, in a plan, by `docgen.word.engine.operations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import Environment, nodes

#: Unpacked size of all parts with tags together. docgen's own largest is 0.2 MB.
MAX_TEMPLATE_BYTES = 8 * 1024 * 1024
#: Tags of one part (docgen's own have up to 500), and what one tag may hold.
MAX_TAGS = 10_000
MAX_TAG_LETTERS = 4_000
MAX_TAG_TOKENS = 500
#: Brackets in brackets within one tag; statements in statements, and the same with the branches (`elif`) of each.
MAX_BRACKETS = 20
MAX_NESTING = 40
MAX_BRANCHES = 150
MAX_LOOPS_NESTED = 8
#: Levels of the whole syntax tree: chains of filters, of `not`, of sums.
MAX_TREE_DEPTH = 150
#: What one part may write while it is filled, in bytes, and what one turn of a loop or one call counts at least.
#: The reader takes no part beyond 64 MB; a part Jinja renders is read and written again, so it may be half of that.
MAX_PLANNED_BYTES = 64 * 1024 * 1024
MAX_RENDERED_BYTES = 32 * 1024 * 1024
TURN_BYTES = 64
#: One text that a filter or an operator makes (letters), and everything they make in one part together (bytes).
MAX_TEXT = 1_000_000
MAX_MADE_BYTES = 32 * 1024 * 1024
#: Loop turns, calls and filters in one part, and the seconds of processor time they may take.
MAX_STEPS = 500_000
MAX_SECONDS = 10.0
#: Digits of a width in a format, and the number of binary digits of a whole number.
MAX_WIDTH_DIGITS = 3
MAX_NUMBER_BITS = 4096

_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_OPENERS = frozenset({"for", "if", "macro", "call", "filter", "with", "autoescape", "block"})
_BEGIN = frozenset({"variable_begin", "block_begin"})
_END = frozenset({"variable_end", "block_end"})
_SILENT = frozenset({"whitespace", "data", "comment_begin", "comment", "comment_end"})


class LimitError(Exception):
    """A template would cost too much. `code` is the message, `line` the template's line (0: not known)."""

    def __init__(self, code: str, line: int = 0, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.facts: dict[str, Any] = facts


def check_size(parts: Iterable[bytes]) -> None:
    """Raise `LimitError` where the parts that hold tags are too large together."""
    size = sum(map(len, parts))
    if size > MAX_TEMPLATE_BYTES:
        raise LimitError("errors.template.too_large", size=size >> 20, limit=MAX_TEMPLATE_BYTES >> 20)


def check_openings(text: str) -> None:
    """Raise `LimitError` for too many or too long tags in `text`, in time that grows with its length only.

    A tag that is opened and never closed ends the search: what follows is for the parser to say.
    """
    at = found = 0
    while (at := text.find("{", at)) >= 0:
        closing = {"{{": "}}", "{%": "%}", "{#": "#}"}.get(text[at : at + 2])
        if closing is None:
            at += 1
            continue
        found += 1
        if found > MAX_TAGS:
            raise LimitError("errors.template.too_many_tags", limit=MAX_TAGS)
        end = text.find(closing, at + 2)
        if end < 0:
            raise LimitError("errors.template.syntax", reason=f"“{text[at : at + 40]}” … {closing}?")
        at = end + 2


def check_source(env: Environment, source: str) -> None:
    """Raise `LimitError` where a tag of `source` or the nesting of its statements is beyond the limits.

    What is no Jinja raises `TemplateSyntaxError`, as parsing it would.
    """
    open_: list[str] = []
    tag: list[tuple[str, str]] = []
    inside = False
    line = count = 0
    for number, kind, value in env.lex(source):
        if kind in _BEGIN:
            inside, line, tag = True, number, []
            count += 1
            if count > MAX_TAGS:
                raise LimitError("errors.template.too_many_tags", line, limit=MAX_TAGS)
        elif kind in _END:
            inside = False
            _check_tag(tag, line)
            if kind == "block_end" and tag:
                _nest(open_, tag, line)
        elif inside and kind not in _SILENT:
            line = line if tag else number  # where a tag stands is told by what is in it, see `TagLines`
            tag.append((kind, value))


def _check_tag(tag: list[tuple[str, str]], line: int) -> None:
    letters = sum(len(value) for _, value in tag)
    if letters > MAX_TAG_LETTERS or len(tag) > MAX_TAG_TOKENS:
        raise LimitError("errors.template.long_tag", line, letters=MAX_TAG_LETTERS, tokens=MAX_TAG_TOKENS)
    level = 0
    for kind, value in tag:
        level += _BRACKETS.get(value, 0) if kind == "operator" else 0
        if level > MAX_BRACKETS:
            raise LimitError("errors.template.too_deep", line, limit=MAX_BRACKETS)


def _nest(open_: list[str], tag: list[tuple[str, str]], line: int) -> None:
    """Follow one statement; `open_` holds the words of those not yet closed, a branch as `elif`."""
    word = tag[0][1]
    if word in _OPENERS or (word == "set" and ("operator", "=") not in tag) or word == "elif":
        open_.append(word)
    elif word.startswith("end") and word[3:] in open_:
        while open_.pop() != word[3:]:
            pass
    whole = len(open_) - open_.count("elif")
    for many, limit in (
        (whole, MAX_NESTING),
        (len(open_), MAX_BRANCHES),
        (open_.count("for"), MAX_LOOPS_NESTED),
    ):
        if many > limit:
            raise LimitError("errors.template.too_nested", line, limit=limit)


def check_tree(tree: nodes.Template) -> None:
    """Raise `LimitError` where `tree` is so deep that walking it would exhaust the stack."""
    for node, depth in _levels(tree):
        if depth > MAX_TREE_DEPTH:
            raise LimitError("errors.template.too_deep", node.lineno, limit=MAX_TREE_DEPTH)


def _levels(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())


def weight(value: object, limit: int) -> int:
    """Roughly the bytes of `value` and all in it, counted as often as it stands there; beyond `limit` no further."""
    total = 0
    waiting = [value]
    while waiting and total <= limit:
        one = waiting.pop()
        if isinstance(one, str | bytes):
            total += len(one) + 32
        elif isinstance(one, list | tuple | set | frozenset):
            total += 32 + 32 * len(one)
            if total <= limit:
                waiting.extend(one)
        elif isinstance(one, dict):
            total += 32 + 64 * len(one)
            if total <= limit:
                waiting.extend(one)
                waiting.extend(one.values())
        elif isinstance(one, range):
            total += 32
        else:
            total += 32
    return total
