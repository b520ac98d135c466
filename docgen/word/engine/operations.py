"""A template as a plan: a small tree of operations (data), and how it is carried out.

`docgen.word.engine.translate` makes plans from Jinja's syntax tree; whatever has no operation here stays with Jinja. An
operation's `emit` appends UTF-8 bytes, an expression's `value` gives what Jinja would give for the same expression in
a sandboxed environment with autoescape and strict undefined names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Protocol

from jinja2 import Undefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from docgen.word.engine.limits import MAX_PLANNED_BYTES, TURN_BYTES, LimitError

#: Characters XML 1.0 cannot hold (2.2), and BEL and FORM FEED, which only stand for a new paragraph or page.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("[\t\n\x07\x0c]")
_PARAGRAPH_BREAKS = re.compile("[\x07\x0c]")
_UNSET: Any = object()
#: Bytes that no XML can hold as they are, or that begin such a character (U+FFFE and U+FFFF begin with EF).
_CONTROLS = bytes(range(32)) + b"\xef"
_SPECIAL = _CONTROLS + b'&<>"'
#: Types seen before whose values are plain text as they are: asking each value again costs more than printing it.
_TEXT_TYPES: set[type] = {str}


class NeedsJinjaError(Exception):
    """This value is beyond the plan (markup, or a break the plan cannot place): let Jinja render the part."""


class MissingValueError(Exception):
    """The tag on `line` of the template names something that the data does not hold."""

    def __init__(self, line: int, name: str) -> None:
        super().__init__(name)
        self.line = line
        self.name = name


class IllegalCharacterError(Exception):
    """The value of the tag on `line` holds `character`, which no XML file may hold."""

    def __init__(self, line: int, character: str) -> None:
        super().__init__(repr(character))
        self.line = line
        self.character = character


class Frame:
    """What one rendering knows: the data, the loop variables, looked-up paths, and the next free control id."""

    __slots__ = ("cache", "context", "environment", "ids", "room", "scope")

    def __init__(
        self, context: Mapping[str, object], environment: SandboxedEnvironment, paths: int, ids: Iterator[int]
    ) -> None:
        self.context = context
        self.environment = environment
        self.scope: dict[str, Any] = {}
        self.cache: list[Any] = [_UNSET] * paths
        self.ids = ids
        self.room = MAX_PLANNED_BYTES

    def spend(self, size: int, line: int) -> None:
        """Count `size` bytes that will be written; raise `LimitError` where the part grows too large."""
        self.room -= size
        if self.room < 0:
            raise LimitError("errors.template.too_much_written", line, limit=MAX_PLANNED_BYTES >> 20)


# -- expressions ------------------------------------------------------------------------------------------------------

#: One key of a path, and whether it was written `.key` (attribute first) or `['key']` (item first).
Key = tuple[Any, bool]


class Expression(Protocol):
    """Something with a value."""

    def value(self, frame: Frame) -> Any:
        """The value in `frame`; a missing name gives Jinja's strict `Undefined`."""


def _follow(value: Any, steps: Sequence[Key], environment: SandboxedEnvironment) -> Any:
    for key, dotted in steps:
        if type(value) is dict and key in value:  # translate refuses keys that are also methods of dict
            value = value[key]
        elif dotted:
            value = environment.getattr(value, key)
        else:
            value = environment.getitem(value, key)
    return value


class Const:
    """A literal."""

    __slots__ = ("constant",)

    def __init__(self, constant: object) -> None:
        self.constant = constant

    def value(self, frame: Frame) -> Any:
        """The literal itself."""
        return self.constant


class Path:
    """`name.step.step` from the data. Looked up once a rendering: `index` is its place in the frame's cache."""

    __slots__ = ("index", "name", "steps")

    def __init__(self, index: int, name: str, steps: tuple[Key, ...]) -> None:
        self.index = index
        self.name = name
        self.steps = steps

    def value(self, frame: Frame) -> Any:
        """What the path leads to."""
        found = frame.cache[self.index]
        if found is _UNSET:
            try:
                found = frame.context[self.name]
            except KeyError:
                found = frame.environment.undefined(name=self.name)
            frame.cache[self.index] = found = _follow(found, self.steps, frame.environment)
        return found


class Local:
    """`variable.step.step` from a loop's variable."""

    __slots__ = ("keys", "name", "steps")

    def __init__(self, name: str, steps: tuple[Key, ...]) -> None:
        self.name = name
        self.steps = steps
        self.keys = tuple(key for key, _ in steps)

    def value(self, frame: Frame) -> Any:
        """What the path leads to in this turn of the loop."""
        found = frame.scope[self.name]
        try:
            for key in self.keys:  # rows are read most of all, and mostly they are dicts
                if type(found) is not dict:
                    break
                found = found[key]
            else:
                return found
        except KeyError:
            pass
        return _follow(frame.scope[self.name], self.steps, frame.environment)


class Binary:
    """A comparison, or `and` / `or` given as a function of two expressions' values."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: Callable[[Any, Any], Any], left: Expression, right: Expression) -> None:
        self.operator = operator
        self.left = left
        self.right = right

    def value(self, frame: Frame) -> Any:
        """The comparison's result."""
        return self.operator(self.left.value(frame), self.right.value(frame))


class And:
    """`left and right`, the right side only where needed."""

    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left = left
        self.right = right

    def value(self, frame: Frame) -> Any:
        """As Python's `and`."""
        return self.left.value(frame) and self.right.value(frame)


class Or:
    """`left or right`, the right side only where needed."""

    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left = left
        self.right = right

    def value(self, frame: Frame) -> Any:
        """As Python's `or`."""
        return self.left.value(frame) or self.right.value(frame)


class Either:
    """`one if test else other`."""

    __slots__ = ("one", "other", "test")

    def __init__(self, test: Expression, one: Expression, other: Expression) -> None:
        self.test = test
        self.one = one
        self.other = other

    def value(self, frame: Frame) -> Any:
        """The value of the side the test chooses."""
        return self.one.value(frame) if self.test.value(frame) else self.other.value(frame)


class Blank:
    """True where a content control with `subject` in it shows its prompt."""

    __slots__ = ("subject",)

    def __init__(self, subject: Expression) -> None:
        self.subject = subject

    def value(self, frame: Frame) -> bool:
        """As `blank` of the value."""
        value = self.subject.value(frame)
        return not value if type(value) in _TEXT_TYPES else blank(value)


def blank(value: object) -> bool:
    """True of None, "", and of a list of nothing but such. A missing value raises `UndefinedError`."""
    if isinstance(value, str):
        return not value
    if isinstance(value, Undefined):
        return not value  # raises: strict
    if isinstance(value, list | tuple):
        return all(map(blank, value))
    return value is None


class Call:
    """A filter or a test: `function(subject, *arguments)`. `not` is a Call too."""

    __slots__ = ("arguments", "function", "keywords", "subject")

    def __init__(
        self,
        function: Callable[..., Any],
        subject: Expression,
        arguments: tuple[Any, ...] = (),
        keywords: dict[str, Any] | None = None,
    ) -> None:
        self.function = function
        self.subject = subject
        self.arguments = arguments
        self.keywords = keywords or {}

    def value(self, frame: Frame) -> Any:
        """The function's result."""
        return self.function(self.subject.value(frame), *self.arguments, **self.keywords)


# -- operations -------------------------------------------------------------------------------------------------------


class Step(Protocol):
    """A step of a plan whose output depends on data."""

    def emit(self, frame: Frame, out: list[bytes]) -> None:
        """Append what this step writes."""


#: Bytes stand for themselves: the template's own text.
Operation = bytes | Step


class RunStyle:
    """How a break inside a `w:t` is written there: the properties of its run and paragraph, as docxtpl repeats them.

    `splits` is False where the run is not directly in its paragraph, so that a new paragraph would break the XML.
    """

    __slots__ = ("paragraph", "run", "splits")

    def __init__(self, run: str, paragraph: str, splits: bool) -> None:
        self.run = run
        self.paragraph = paragraph
        self.splits = splits

    def write_breaks(self, text: str) -> str:
        """`text` (escaped) with tab, new line, BEL (new paragraph) and form feed (new page) as Word's elements."""
        resume = f'<w:r>{self.run}<w:t xml:space="preserve">'
        again = f"</w:t></w:r></w:p><w:p>{self.paragraph}{resume}"
        page = f'</w:t></w:r></w:p><w:p><w:r><w:br w:type="page"/></w:r></w:p><w:p>{self.paragraph}{resume}'
        text = text.replace("\t", f"</w:t></w:r><w:r>{self.run}<w:tab/></w:r>{resume}")
        text = text.replace("\x07", again)
        text = text.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
        return text.replace("\x0c", page)


class Value:
    """`{{ expression }}`. Where it stands, in an attribute or in a run of which style, is filled in by `flow`."""

    __slots__ = ("expression", "in_attribute", "in_text", "line", "name", "style")

    def __init__(self, expression: Expression, name: str, line: int) -> None:
        self.expression = expression
        self.name = name
        self.line = line
        self.in_attribute = False
        self.in_text = False
        self.style: RunStyle | None = None

    def emit(self, frame: Frame, out: list[bytes]) -> None:
        """The value, escaped."""
        try:
            value = self.expression.value(frame)
        except UndefinedError as exc:
            raise MissingValueError(self.line, self.name) from exc
        data = self.written(value)
        if len(data) > TURN_BYTES:  # shorter ones are counted with the turn of the loop they stand in
            frame.spend(len(data), self.line)
        out.append(data)

    def written(self, value: object) -> bytes:
        """`value` as it is written at this place."""
        text = value if isinstance(value, str) and type(value) in _TEXT_TYPES else self._as_text(value)
        try:
            data = text.encode()
        except UnicodeEncodeError as exc:
            raise IllegalCharacterError(self.line, text[exc.start]) from exc
        if len(data.translate(None, _SPECIAL)) == len(data):
            return data
        unusual = len(data.translate(None, _CONTROLS)) != len(data)
        if unusual:
            self._refuse(text)
        data = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        if self.in_attribute:
            data = data.replace(b'"', b"&quot;")
        elif unusual and self.in_text and self.style is not None:
            data = self.style.write_breaks(data.decode()).encode()
        return data

    def _as_text(self, value: object) -> str:
        if isinstance(value, Undefined):
            raise MissingValueError(self.line, self.name)
        if hasattr(value, "__html__"):
            raise NeedsJinjaError(self.name)
        kind = type(value)
        if isinstance(value, str) and not {"__str__", "encode"} & {n for c in kind.__mro__[:-2] for n in vars(c)}:
            _TEXT_TYPES.add(kind)
        return str(value)

    def _refuse(self, text: str) -> None:
        """Stop where `text` cannot stand here."""
        for match in ILLEGAL.finditer(text):
            if match[0] not in "\x07\x0c" or not self.in_text:
                raise IllegalCharacterError(self.line, match[0])
        if self.in_text and _BREAKS.search(text):
            if self.style is None:
                raise NeedsJinjaError(self.name)
            if not self.style.splits and (found := _PARAGRAPH_BREAKS.search(text)):
                raise IllegalCharacterError(self.line, found[0])


def carry_out(operations: Iterable[Operation], frame: Frame, out: list[bytes]) -> None:
    """Append what `operations` write, one after the other."""
    for operation in operations:
        if isinstance(operation, bytes):
            out.append(operation)
        else:
            operation.emit(frame, out)


def most_written(operations: Iterable[Operation]) -> int:
    """The most bytes `operations` write once, long values and inner loops (which count themselves) aside."""
    size = 0
    for operation in operations:
        if isinstance(operation, bytes):
            size += len(operation)
        elif isinstance(operation, If):
            size += max(most_written(operation.then), most_written(operation.orelse))
        elif isinstance(operation, Field):
            size += max(len(operation.prompt), len(operation.before) + TURN_BYTES + len(operation.after))
        elif isinstance(operation, Choice):
            size += max(map(len, (*operation.outcomes.values(), operation.otherwise)))
        elif not isinstance(operation, For):
            size += TURN_BYTES
    return size


class ControlId:
    """The `w:id` of a content control that a loop repeats: the next free number."""

    __slots__ = ()

    def emit(self, frame: Frame, out: list[bytes]) -> None:
        """The number."""
        out.append(b"%d" % next(frame.ids))


class If:
    """`{% if %}`; `elif` is an If in `orelse`."""

    __slots__ = ("line", "name", "orelse", "test", "then")

    def __init__(
        self, test: Expression, then: tuple[Operation, ...], orelse: tuple[Operation, ...], name: str, line: int
    ) -> None:
        self.test = test
        self.then = then
        self.orelse = orelse
        self.name = name
        self.line = line

    def emit(self, frame: Frame, out: list[bytes]) -> None:
        """One of the two sides."""
        try:
            side = self.then if self.test.value(frame) else self.orelse
        except UndefinedError as exc:
            raise MissingValueError(self.line, self.name) from exc
        carry_out(side, frame, out)


class Field:
    """A control with one value: an If on `Blank` whose other side is that value, worked out in one go."""

    __slots__ = ("after", "before", "field", "prompt")

    def __init__(self, field: Value, prompt: bytes, before: bytes, after: bytes) -> None:
        self.field = field
        self.prompt = prompt
        self.before = before
        self.after = after

    def emit(self, frame: Frame, out: list[bytes]) -> None:
        """The value between `before` and `after`, or `prompt`."""
        field = self.field
        try:
            value = field.expression.value(frame)
            empty = not value if type(value) in _TEXT_TYPES else blank(value)
        except UndefinedError as exc:
            raise MissingValueError(field.line, field.name) from exc
        if empty:
            out.append(self.prompt)
        else:
            data = field.written(value)
            if len(data) > TURN_BYTES:
                frame.spend(len(data), field.line)
            out += (self.before, data, self.after)


class Choice:
    """Several neighbouring Ifs that only compare one path with constants, worked out beforehand.

    `outcomes` holds what they write together for each of the constants, `otherwise` for any other text.
    """

    __slots__ = ("operations", "otherwise", "outcomes", "path")

    def __init__(
        self, path: Path, outcomes: dict[str, bytes], otherwise: bytes, operations: tuple[Operation, ...]
    ) -> None:
        self.path = path
        self.outcomes = outcomes
        self.otherwise = otherwise
        self.operations = operations

    def emit(self, frame: Frame, out: list[bytes]) -> None:
        """What the Ifs write for the path's value."""
        value = self.path.value(frame)
        if type(value) is str:
            out.append(self.outcomes.get(value, self.otherwise))
        else:  # None, a number, something missing: as rare as it is various
            carry_out(self.operations, frame, out)


class For:
    """`{% for target in items %}`, with Jinja's `loop` where `body` asks for it."""

    __slots__ = ("body", "items", "line", "name", "orelse", "target", "turn", "uses_loop")

    def __init__(
        self,
        target: str,
        items: Expression,
        body: tuple[Operation, ...],
        orelse: tuple[Operation, ...],
        uses_loop: bool,
        name: str,
        line: int,
    ) -> None:
        self.target = target
        self.items = items
        self.body = body
        self.orelse = orelse
        self.uses_loop = uses_loop
        self.name = name
        self.line = line
        self.turn = TURN_BYTES + most_written(body)

    def emit(self, frame: Frame, out: list[bytes]) -> None:
        """The body once an item."""
        try:
            items = self.items.value(frame)
            if type(items) is not list:
                items = list(items)
        except UndefinedError as exc:
            raise MissingValueError(self.line, self.name) from exc
        if not items:
            carry_out(self.orelse, frame, out)
            return
        outer = frame.scope
        frame.scope = scope = outer.copy()
        count = len(items)
        frame.spend(count * self.turn, self.line)
        for index, item in enumerate(items):
            scope[self.target] = item
            if self.uses_loop:
                scope["loop"] = {
                    "index": index + 1,
                    "index0": index,
                    "revindex": count - index,
                    "revindex0": count - index - 1,
                    "first": index == 0,
                    "last": index == count - 1,
                    "length": count,
                }
            carry_out(self.body, frame, out)
        frame.scope = outer


class Plan:
    """A whole part: its operations and the number of different paths they look up."""

    __slots__ = ("environment", "first_id", "operations", "paths")

    def __init__(
        self,
        operations: tuple[Operation, ...],
        paths: int,
        environment: SandboxedEnvironment,
        first_id: int,
    ) -> None:
        self.operations = operations
        self.paths = paths
        self.environment = environment
        self.first_id = first_id

    def run(self, context: Mapping[str, object]) -> bytes:
        """The part for the data in `context`.

        Raises `MissingValueError`, `IllegalCharacterError`, and `NeedsJinjaError` where a value is beyond the plan.
        """
        frame = Frame(context, self.environment, self.paths, count(self.first_id))
        out: list[bytes] = []
        carry_out(self.operations, frame, out)
        return b"".join(out)
