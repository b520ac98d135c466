"""The Jinja environment of templates: sandboxed, strict, and with a budget for what only shows while filling.

Jinja's own sandbox keeps a template from the machine; it does not keep it from `'x' * 10**9`. Here operators that make
something larger, filters, and methods of texts and lists are asked beforehand how much they would make, and `arm` puts
a charge into the syntax tree at the head of every loop turn and every macro. The numbers stand in `limits`.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.runtime import Context, Macro, markup_join
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from docgen.word.engine import limits
from docgen.word.engine.limits import LimitError, weight

#: Names in the syntax tree that no template writes.
CHARGE, MADE, JOINED = "docgen_charge", "docgen_made", "docgen_joined"

#: Jinja's filters that stay. Left out: those whose result is chance, HTML, or Python's own spelling.
_KEPT = frozenset(DEFAULT_FILTERS) - {"pprint", "random", "tojson", "urlize", "xmlattr"}
#: Of these the result is no larger than what they are given (or lazy), so that a plan may call them too.
PLAIN_FILTERS = frozenset(
    {"abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "forceescape", "int", "last",
     "length", "lower", "round", "safe", "string", "striptags", "title", "trim", "upper", "wordcount"}
)  # fmt: skip
_TEXT_METHODS = frozenset(
    {"capitalize", "casefold", "center", "count", "endswith", "find", "format", "format_map", "index", "isalnum",
     "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "join", "ljust",
     "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust", "rsplit", "rstrip",
     "split", "splitlines", "startswith", "strip", "swapcase", "title", "unescape", "upper", "zfill"}
)  # fmt: skip
_LIST_METHODS = frozenset({"append", "copy", "count", "index"})
_DICT_METHODS = frozenset({"copy", "get", "items", "keys", "values"})
_NUMBER_METHODS = frozenset({"is_integer", "real", "imag", "numerator", "denominator"})
_PADDED = frozenset({"center", "ljust", "rjust", "zfill"})
_WIDE = re.compile(rf"\d{{{limits.MAX_WIDTH_DIGITS + 1},}}|\*")
_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0]*([\d*]*)(?:\.([\d*]*))?")
_FIELD = re.compile(r"\{([^{}]*)(\{?)")


class Budget:
    """What is left to one part while it is filled: steps, bytes written, bytes made, processor time."""

    __slots__ = ("made", "started", "steps", "written")

    def __init__(self) -> None:
        self.steps = self.written = self.made = 0
        self.started = time.thread_time()

    def step(self, written: int = 0, made: int = 0) -> None:
        """Count one step, and what it wrote or made; raise `LimitError` where that is too much."""
        self.steps += 1
        self.written += written
        self.made += made
        if self.steps > limits.MAX_STEPS:
            raise LimitError("errors.template.too_many_steps", limit=limits.MAX_STEPS)
        if self.written > limits.MAX_RENDERED_BYTES:
            raise LimitError("errors.template.too_much_written", limit=limits.MAX_RENDERED_BYTES >> 20)
        if self.made > limits.MAX_MADE_BYTES:
            raise LimitError("errors.template.too_much_made", limit=limits.MAX_MADE_BYTES >> 20)
        if (made or not self.steps & 63) and time.thread_time() - self.started > limits.MAX_SECONDS:
            raise LimitError("errors.template.too_slow", limit=int(limits.MAX_SECONDS))


_budget: ContextVar[Budget | None] = ContextVar("template_budget", default=None)


@contextmanager
def budget() -> Iterator[None]:
    """A fresh budget for what is rendered inside."""
    token = _budget.set(Budget())
    try:
        yield
    finally:
        _budget.reset(token)


def _spend(written: int = 0, made: int = 0) -> None:
    current = _budget.get()
    if current is not None:
        current.step(written, made)


Made = TypeVar("Made")


def _made(value: Made) -> Made:
    """`value`, which the template has just made, once it is known to be small enough."""
    if isinstance(value, str) and len(value) > limits.MAX_TEXT:
        raise LimitError("errors.template.long_text", limit=limits.MAX_TEXT)
    if isinstance(value, str | bytes | list | tuple | dict | set):
        found = weight(value, limits.MAX_MADE_BYTES)
        if found > limits.MAX_MADE_BYTES:
            raise LimitError("errors.template.too_much_made", limit=limits.MAX_MADE_BYTES >> 20)
        # what a new list holds was there before: only its own places are new
        _spend(made=found if isinstance(value, str | bytes) else 32 * len(value))
    else:
        if isinstance(value, int) and type(value) is int and value.bit_length() > limits.MAX_NUMBER_BITS:
            raise LimitError("errors.template.large_number", limit=limits.MAX_NUMBER_BITS)
        _spend()
    return value


def _text_of(length: int) -> None:
    """Raise where a text of `length` letters would be too long."""
    if length > limits.MAX_TEXT:
        raise LimitError("errors.template.long_text", limit=limits.MAX_TEXT)


def _printable(value: object) -> None:
    """Raise where writing `value` as a text would take too much: lists in lists grow faster than they look."""
    if not isinstance(value, str) and weight(value, limits.MAX_TEXT * 8) > limits.MAX_TEXT * 8:
        raise LimitError("errors.template.long_text", limit=limits.MAX_TEXT)


# -- operators


def _times(left: Any, right: Any) -> Any:
    for one, many in ((left, right), (right, left)):
        if isinstance(one, str | bytes | list | tuple) and isinstance(many, int):
            if isinstance(one, str | bytes):
                _text_of(len(one) * many)
            elif len(one) * many > limits.MAX_TEXT:
                raise LimitError("errors.template.too_much_made", limit=limits.MAX_MADE_BYTES >> 20)
    if isinstance(left, int) and isinstance(right, int):
        _bits(left.bit_length() + right.bit_length())
    return _made(left * right)


def _power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        _bits(max(1, left.bit_length()) * abs(right))
    return _made(left**right)


def _bits(bits: int) -> None:
    if bits > limits.MAX_NUMBER_BITS:
        raise LimitError("errors.template.large_number", limit=limits.MAX_NUMBER_BITS)


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        _text_of(len(left) + len(right))
    return _made(left + right)


def _percent(left: Any, right: Any) -> Any:
    if isinstance(left, str | bytes):
        for width, precision in _PERCENT.findall(str(left)):
            if _WIDE.search(width) or _WIDE.search(precision):
                raise LimitError("errors.template.wide", limit=10**limits.MAX_WIDTH_DIGITS - 1)
        for value in right if isinstance(right, tuple) else (right,):
            _printable(value)
    return _made(left % right)


# -- filters and methods: what is asked beforehand. Each gets the subject and the arguments.


def _ask_join(value: object, d: object = "", attribute: object = None) -> None:
    if isinstance(value, list | tuple | set | dict | str):
        _printable(value)
        _text_of(len(str(d)) * len(value))


def _ask_replace(value: object, old: object, new: object, count: object = None) -> None:
    text, found = str(value), str(old)
    times = text.count(found) if found else len(text) + 1
    if isinstance(count, int) and count >= 0:
        times = min(times, count)
    _text_of(len(text) + times * max(0, len(str(new)) - len(found)))


def _ask_padded(value: object, width: object = 80, fill: object = " ") -> None:
    if isinstance(width, int):
        _text_of(width)


def _ask_format(value: object, *args: object, **kwargs: object) -> None:
    for width, precision in _PERCENT.findall(str(value)):
        if _WIDE.search(width) or _WIDE.search(precision):
            raise LimitError("errors.template.wide", limit=10**limits.MAX_WIDTH_DIGITS - 1)
    for one in (*args, *kwargs.values()):
        _printable(one)


def _ask_indent(value: object, width: object = 4, first: bool = False, blank: bool = False) -> None:
    per_line = len(width) if isinstance(width, str) else width if isinstance(width, int) else 0
    text = str(value)
    _text_of(len(text) + (text.count("\n") + 2) * per_line)


def _ask_wrap(
    value: object, width: object = 79, break_long_words: bool = True, wrapstring: object = None, *more: object
) -> None:
    _text_of(len(str(value)) * (1 + len(str(wrapstring or " "))))


def _ask_count(value: object, many: object = 1, fill: object = None) -> None:
    if isinstance(many, int) and many > limits.MAX_TEXT // 10:
        raise LimitError("errors.template.too_much_made", limit=limits.MAX_MADE_BYTES >> 20)


def _ask_round(value: object, precision: object = 0, method: object = "common") -> None:
    if isinstance(precision, int) and abs(precision) > 30:
        raise LimitError("errors.template.large_number", limit=limits.MAX_NUMBER_BITS)


def _ask_sum(value: object, attribute: object = None, start: object = 0) -> None:
    if not isinstance(start, int | float):
        raise TypeError("sum adds numbers only")


def _ask_tabs(value: object, size: object = 8) -> None:
    if isinstance(size, int):
        _text_of((str(value).count("\t") + 1) * size)


def _ask_fields(value: object, *args: object, **kwargs: object) -> None:
    for field, nested in _FIELD.findall(str(value)):
        if nested or _WIDE.search(field.partition(":")[2]):
            raise LimitError("errors.template.wide", limit=10**limits.MAX_WIDTH_DIGITS - 1)
    for one in (*args, *kwargs.values()):
        _printable(one)


def _ask_heavy(value: object, *args: object, **kwargs: object) -> None:
    if weight(value, limits.MAX_MADE_BYTES) > limits.MAX_MADE_BYTES:
        raise LimitError("errors.template.too_much_made", limit=limits.MAX_MADE_BYTES >> 20)


def _ask_printable(value: object, *args: object, **kwargs: object) -> None:
    _printable(value)


_ASK_FILTER: dict[str, Callable[..., None]] = {
    "batch": _ask_count,
    "center": _ask_padded,
    "format": _ask_format,
    "indent": _ask_indent,
    "join": _ask_join,
    "replace": _ask_replace,
    "round": _ask_round,
    "slice": _ask_count,
    "sort": _ask_heavy,
    "string": _ask_printable,
    "sum": _ask_sum,
    "unique": _ask_heavy,
    "urlencode": _ask_printable,
    "wordwrap": _ask_wrap,
}
#: Filters that read all of a lazy list: it is made a list first, so that it can be weighed.
_WHOLE = frozenset({"join", "sort", "sum", "unique"})
_ASK_METHOD: dict[str, Callable[..., None]] = {
    **dict.fromkeys(_PADDED, _ask_padded),
    "format": _ask_fields,
    "format_map": _ask_fields,
    "join": lambda separator, values=(): _ask_join(values, separator),
    "replace": _ask_replace,
}


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter `function` with a question before it and a look at what it made."""
    ask = _ASK_FILTER.get(name)
    at = 1 if hasattr(function, "jinja_pass_arg") else 0
    plain = name in PLAIN_FILTERS

    @functools.wraps(function)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        if ask is not None:
            if name in _WHOLE and len(args) > at and isinstance(args[at], Iterator):
                args = (*args[:at], list(args[at]), *args[at + 1 :])
            ask(*args[at:], **kwargs)
        value = function(*args, **kwargs)
        if plain and not isinstance(value, str):
            _spend()
            return value
        return _made(value)

    return bounded


def _joined(parts: Iterable[object]) -> Any:
    """`one ~ two`: the texts of `parts` as one."""
    for part in parts:
        _printable(part)
    _text_of(sum(len(part) for part in parts if isinstance(part, str)))
    return _made(markup_join(parts))


@pass_context
def _charge(context: Context, size: int) -> Markup:
    """One turn of a loop or one call of a macro whose own text has `size` bytes. Prints nothing."""
    _spend(written=size)
    return Markup()


def _written(value: Any) -> Any:
    """`value` on its way out (Jinja's `finalize`)."""
    if isinstance(value, str):
        _spend(written=len(value))
    elif isinstance(value, list | tuple | dict | set | frozenset):
        _printable(value)
        _spend(written=weight(value, limits.MAX_RENDERED_BYTES))
    return value


class TemplateEnvironment(SandboxedEnvironment):
    """Jinja as templates get it. Made by `environment`."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_written)
        self.filters = {name: _bounded(name, DEFAULT_FILTERS[name]) for name in sorted(_KEPT)}
        self.filters.update({CHARGE: _charge, MADE: _made, JOINED: _joined})
        del self.globals["lipsum"]
        self.binop_table.update({"+": _plus, "*": _times, "**": _power, "%": _percent})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Of texts, lists, mappings and numbers only the methods that change nothing and can be bounded."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        for kinds, names in (
            (str, _TEXT_METHODS),
            ((list, tuple), _LIST_METHODS),
            (dict, _DICT_METHODS),
            ((int, float), _NUMBER_METHODS),
            ((bytes, bytearray, set, frozenset, complex), frozenset[str]()),
        ):
            if isinstance(obj, kinds):
                own = hasattr(_builtin_of(obj, kinds), attr)
                return not own or attr in names
        return True

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """As Jinja does it, once the widths in the format are known to be small."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text = value.__self__

        def bounded(*args: Any, **kwargs: Any) -> str:
            _ask_fields(text, *args, **kwargs)
            return str(_made(wrapped(*args, **kwargs))) if not isinstance(text, Markup) else wrapped(*args, **kwargs)

        return bounded

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 -- as Jinja has it
        """Call `__obj`, counted; methods of texts are asked beforehand how much they would make."""
        subject = getattr(__obj, "__self__", None)
        if isinstance(subject, str):
            ask = _ASK_METHOD.get(getattr(__obj, "__name__", ""))
            if ask is not None:
                args = tuple(list(one) if isinstance(one, Iterator) else one for one in args)
                ask(subject, *args, **kwargs)
        value = super().call(__context, __obj, *args, **kwargs)
        if isinstance(subject, list):
            _made(subject)
        if isinstance(__obj, Macro):
            _spend()  # its own text is charged in it
            return value
        return _made(value)


def _builtin_of(obj: object, kinds: type | tuple[type, ...]) -> type:
    """The built-in type among `kinds` that `obj` is of: what a subclass adds is that class's own affair."""
    return next(kind for kind in (kinds if isinstance(kinds, tuple) else (kinds,)) if isinstance(obj, kind))


def environment(filters: Mapping[str, Callable[..., Any]]) -> TemplateEnvironment:
    """The environment with further `filters` by name; those are the caller's own and not bounded."""
    made = TemplateEnvironment()
    made.filters.update(filters)
    return made


# -- the syntax tree


def arm(tree: nodes.Template) -> None:
    """Put charges and questions into `tree`, before Jinja compiles it."""
    for node in list(_all(tree)):
        if isinstance(node, nodes.For | nodes.Macro | nodes.CallBlock):
            size = limits.TURN_BYTES + _own_text(node.body)
            node.body.insert(0, nodes.Output([_filter(nodes.Const(size), CHARGE)]).set_lineno(node.lineno, True))
        for name, value in node.iter_fields():
            if isinstance(value, nodes.Node):
                setattr(node, name, _asked(value))
            elif isinstance(value, list):
                setattr(node, name, [_asked(v) if isinstance(v, nodes.Node) else v for v in value])
    tree.set_environment(tree.environment)  # type: ignore[arg-type]  # the tree has one: it was parsed


def _asked(node: nodes.Node) -> nodes.Node:
    """`node`, in a filter that bounds it where it makes something of several."""
    if isinstance(node, nodes.Concat):
        return _filter(nodes.List(node.nodes, lineno=node.lineno), JOINED)
    literal = isinstance(node, nodes.List | nodes.Tuple | nodes.Dict) and getattr(node, "ctx", "load") == "load"
    cut = isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice)
    if cut or (literal and any(isinstance(n, nodes.Name | nodes.Call) for n in _all(node))):
        return _filter(node, MADE)
    return node


def _filter(node: nodes.Node, name: str) -> nodes.Filter:
    made = nodes.Filter(node, name, [], [], None, None)
    made.set_lineno(node.lineno or 0, True)
    return made


def _all(tree: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.iter_child_nodes())


def _own_text(body: list[nodes.Node]) -> int:
    """The bytes of text in `body` that no inner loop or macro charges itself."""
    size, waiting = 0, list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.TemplateData):
            size += len(node.data)
        elif not isinstance(node, nodes.For | nodes.Macro | nodes.CallBlock):
            waiting.extend(node.iter_child_nodes())
    return size


__all__ = ["PLAIN_FILTERS", "Budget", "TemplateEnvironment", "arm", "budget", "environment"]
