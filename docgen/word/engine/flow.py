"""Proof that a plan can only write well-formed XML, whatever the data.

The operations are walked once with the state an XML reader would be in. Both sides of an `If` must leave the same
elements open, a `For`'s body must leave open what it found, and a value may stand only in text or in a quoted
attribute, where its escaping holds. On the way each `Value` learns the run it stands in. What cannot be proved is
refused, and that part is rendered by Jinja and parsed every time instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from docgen.word.engine.operations import Choice, ControlId, Field, For, If, Operation, RunStyle, Value

_TAG = re.compile(r"<(/?)([\w:.\-]+)([^<>]*?)(/?)>")
_OPEN_TAG = re.compile(r"<([\w:.\-]+)(?=\s|$)")
_ATTRIBUTE = re.compile(r"\s*[\w:.\-]+\s*=\s*([\"'])")
_TAG_END = re.compile(r"\s*(/?)>")
_PROLOG = re.compile(r"<\?.*?\?>|<!--.*?-->", re.DOTALL)
_STATIC_BREAKS = re.compile("[\t\n\x07\x0c]")

#: Elements whose text is text; anywhere else a value would have to bring its own markup.
_TEXT_ELEMENTS = frozenset({"w:t", "w:delText", "w:instrText", "m:t", "a:t"})
#: What Word wants something in, and what counts for that.
_NEEDY = frozenset({"w:tc", "w:tbl", "w:tr", "w:hdr", "w:ftr", "w:footnote", "w:endnote", "w:comment", "w:txbxContent"})
_FILLS = frozenset({"w:p", "w:tbl", "w:tr", "w:tc", "w:sdt", "w:sdtContent"})


class UnprovenError(Exception):
    """The plan's output is not well-formed for certain; the message says why."""


@dataclass(frozen=True, slots=True)
class _State:
    """Where an XML reader stands. `mode` is text, tag (inside `<…`) or the quote of an attribute.

    `filled` says of each open element whether its last block is a paragraph (of a table and a row: whether it has one)
    for every record. `run` and `paragraph` are the properties elements seen so far in the innermost run and paragraph,
    None where they depend on data. `catching` is the element (w:rPr or w:pPr) being copied and `caught` its text so
    far.
    """

    stack: tuple[str, ...] = ()
    mode: str = "text"
    run: str | None = ""
    paragraph: str | None = ""
    catching: str = ""
    caught: str = ""
    filled: tuple[bool, ...] = ()


def prove(operations: Sequence[Operation], plain_text: bool = False) -> set[str]:
    """Check `operations` and annotate their values; raise `UnprovenError` where the proof fails.

    `plain_text` says that every element of the part holds plain text (core properties). Returns the elements that some
    record may leave without what Word wants in them (a cell without a paragraph, a table without a row).
    """
    loose: set[str] = set()
    end = _walk(operations, _State(), plain_text, loose)
    if end.stack or end.mode != "text":
        raise UnprovenError("elements left open")
    return loose


def _walk(operations: Sequence[Operation], state: _State, plain: bool, loose: set[str]) -> _State:
    for operation in operations:
        if isinstance(operation, bytes):
            state = _read(operation.decode(), state, loose)
        elif isinstance(operation, Value):
            state = _place(operation, state, plain)
        elif isinstance(operation, ControlId):
            state = _cut(state)
        elif isinstance(operation, If):
            state = _merge(_walk(operation.then, state, plain, loose), _walk(operation.orelse, state, plain, loose))
        elif isinstance(operation, Field):
            filled = _place(operation.field, _read(operation.before.decode(), state, loose), plain)
            state = _merge(
                _read(operation.after.decode(), filled, loose), _read(operation.prompt.decode(), state, loose)
            )
        elif isinstance(operation, Choice):
            state = _walk(operation.operations, state, plain, loose)
        elif isinstance(operation, For):
            once = _merge(_walk(operation.body, state, plain, loose), state)
            if once != state:  # a second turn starts from another style: place the values again, knowing less
                _walk(operation.body, once, plain, loose)
            state = _merge(once, _walk(operation.orelse, state, plain, loose)) if operation.orelse else once
        else:
            raise UnprovenError(type(operation).__name__)
    return state


def _merge(one: _State, other: _State) -> _State:
    if one.stack != other.stack or one.mode != other.mode:
        raise UnprovenError("two ways leave different elements open")
    if (one.catching, one.caught) != (other.catching, other.caught):
        one, other = _cut(one), _cut(other)
    return replace(
        one,
        run=one.run if one.run == other.run else None,
        paragraph=one.paragraph if one.paragraph == other.paragraph else None,
        filled=tuple(a and b for a, b in zip(one.filled, other.filled, strict=True)),
    )


def _cut(state: _State) -> _State:
    """Data came in while properties were being copied: they are no longer known."""
    if state.catching == "w:rPr":
        return replace(state, run=None, catching="", caught="")
    if state.catching == "w:pPr":
        return replace(state, paragraph=None, catching="", caught="")
    return state


def _place(value: Value, state: _State, plain: bool) -> _State:
    if state.mode == "tag":
        raise UnprovenError("a value among attributes")
    value.in_attribute = state.mode != "text"
    if value.in_attribute:
        if state.mode != '"':
            raise UnprovenError("a value in single quotes")
        return _cut(state)
    inside = state.stack[-1] if state.stack else ""
    if inside not in _TEXT_ELEMENTS and not plain:
        raise UnprovenError(f"a value directly in <{inside}>")
    value.in_text = state.stack[-2:] == ("w:r", "w:t")
    value.style = None
    known = state.run is not None and state.paragraph is not None and state.stack.count("w:p") == 1
    if value.in_text and known:
        value.style = RunStyle(state.run or "", state.paragraph or "", state.stack[-3:-2] == ("w:p",))
    return _cut(state)


def _closed(name: str, own: bool, filled: list[bool], loose: set[str]) -> None:
    """Note what an element that ends means for the one around it."""
    if not own and name in _NEEDY:
        loose.add(name)
    if filled and name in _FILLS:
        filled[-1] = own if name in ("w:sdt", "w:sdtContent") else name != "w:tbl"


def _read(text: str, state: _State, loose: set[str]) -> _State:
    stack = list(state.stack)
    filled = list(state.filled)
    mode, run, paragraph = state.mode, state.run, state.paragraph
    catching, caught = state.catching, state.caught
    at = 0
    while at < len(text):
        if mode == "text":
            start = text.find("<", at)
            between = text[at:] if start < 0 else text[at:start]
            if between and stack and stack[-1] == "w:t" and _STATIC_BREAKS.search(between):
                raise UnprovenError("a tab or line break in the template's own text")
            if catching:
                caught += between
            if start < 0:
                break
            tag = _TAG.match(text, start)
            if tag is None:
                if prolog := _PROLOG.match(text, start):
                    at = prolog.end()
                    continue
                opening = _OPEN_TAG.match(text, start)
                if opening is None:
                    raise UnprovenError("data inside a tag's name")
                if catching:  # its attributes depend on data
                    cut = _cut(_State((), mode, run, paragraph, catching, caught))
                    run, paragraph, catching, caught = cut.run, cut.paragraph, "", ""
                stack.append(opening[1])
                filled.append(False)
                mode, at = "tag", opening.end()
                continue
            at = tag.end()
            closing, name, attributes, empty = tag.groups()
            if catching:
                caught += tag[0]
            if closing:
                if not stack or stack.pop() != name:
                    raise UnprovenError(f"</{name}> closes another element")
                _closed(name, filled.pop(), filled, loose)
                if name == catching:
                    if name == "w:rPr":
                        run = caught
                    else:
                        paragraph = caught
                    catching = caught = ""
                elif name == "w:r":
                    run = ""
                elif name == "w:p":
                    run = paragraph = ""
            elif not empty:
                if name in ("w:r", "w:p") and not catching:
                    run = ""
                    if name == "w:p":
                        paragraph = ""
                elif (
                    not catching
                    and not attributes
                    and (name, *stack[-1:], run if name == "w:rPr" else paragraph)
                    in (("w:rPr", "w:r", ""), ("w:pPr", "w:p", ""))
                ):  # the first properties element of a run or paragraph is the one docxtpl repeats
                    catching, caught = name, tag[0]
                stack.append(name)
                filled.append(False)
            else:
                _closed(name, False, filled, loose)
        elif mode == "tag":
            if attribute := _ATTRIBUTE.match(text, at):
                mode, at = attribute[1], attribute.end()
            elif end := _TAG_END.match(text, at):
                if end[1]:
                    _closed(stack.pop(), filled.pop(), filled, loose)
                mode, at = "text", end.end()
            elif text[at:].isspace():
                break
            else:
                raise UnprovenError("data between attributes")
        else:
            end_quote = text.find(mode, at)
            if end_quote < 0:
                break
            mode, at = "tag", end_quote + 1
    return _State(tuple(stack), mode, run, paragraph, catching, caught, tuple(filled))
