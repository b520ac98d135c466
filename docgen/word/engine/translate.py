"""From Jinja's syntax tree to a plan, for the part of Jinja that forms need; anything else is refused.

Refused does not mean wrong: `UnplannedError` sends that part of the template to Jinja itself.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import nodes
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.sandbox import SandboxedEnvironment

from docgen.word.engine import live_controls as controls
from docgen.word.engine.operations import (
    And,
    Binary,
    Blank,
    Call,
    Choice,
    Const,
    ControlId,
    Either,
    Expression,
    Field,
    For,
    Frame,
    If,
    Key,
    Local,
    Operation,
    Or,
    Path,
    Plan,
    Value,
    carry_out,
)
from docgen.word.engine.sandbox import PLAIN_FILTERS

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda one, many: one in many,
    "notin": lambda one, many: one not in many,
}
#: Names that are methods of a mapping: `{{ x.items }}` is the method, in Jinja as in docxtpl. Jinja may have them.
_DICT_METHODS = frozenset(dir(dict))
_LOOP = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
_NEVER = "\ue002"  # a text that no template compares with


class UnplannedError(Exception):
    """The template uses Jinja beyond the plan."""


class Translator:
    """Turns one part's syntax tree into operations."""

    def __init__(self, environment: SandboxedEnvironment) -> None:
        self._environment = environment
        self._paths: dict[tuple[str, tuple[Key, ...]], Path] = {}
        self._locals: list[set[str]] = []
        self._locals_seen: dict[tuple[str, tuple[Key, ...]], Local] = {}

    def plan(self, template: nodes.Template, first_id: int) -> Plan:
        """The plan of `template`; raises `UnplannedError`."""
        return Plan(self._body(template.body), len(self._paths), self._environment, first_id)

    # -- statements

    def _body(self, body: Iterable[nodes.Node]) -> tuple[Operation, ...]:
        found: list[Operation] = []
        for node in body:
            if isinstance(node, nodes.Output):
                for child in node.nodes:
                    found.append(self._output(child))
            elif isinstance(node, nodes.If):
                found.append(self._if(node))
            elif isinstance(node, nodes.For):
                found.append(self._for(node))
            else:
                raise UnplannedError(type(node).__name__)
        return tuple(_choices([_field(operation) for operation in _threaded(_joined(found))]))

    def _output(self, node: nodes.Expr) -> Operation:
        if isinstance(node, nodes.TemplateData):
            return node.data.encode()
        if isinstance(node, nodes.Filter) and node.name == controls.NUMBER:
            return ControlId()
        while isinstance(node, nodes.Filter) and node.name in ("e", "escape") and node.node is not None:
            node = node.node  # every value is escaped anyway, and never twice
        return Value(self._expression(node), spelled(node), node.lineno)

    def _if(self, node: nodes.If) -> If:
        orelse = self._body(node.else_)
        for branch in reversed(node.elif_):
            then = self._body(branch.body)
            orelse = (If(self._expression(branch.test), then, orelse, spelled(branch.test), branch.lineno),)
        return If(self._expression(node.test), self._body(node.body), orelse, spelled(node.test), node.lineno)

    def _for(self, node: nodes.For) -> For:
        if not isinstance(node.target, nodes.Name) or node.test is not None or node.recursive:
            raise UnplannedError("for with unpacking, a filter or recursion")
        if any("<wp:docPr" in data.data for data in node.find_all(nodes.TemplateData)):
            raise UnplannedError("a picture in a loop needs a number of its own")
        items = self._expression(node.iter)
        orelse = self._body(node.else_)
        self._locals.append({node.target.name, "loop"})
        body = self._body(node.body)
        self._locals.pop()
        # an inner loop has a loop of its own: one that asks for it makes the outer one keep it too, which only costs
        uses_loop = any(name.name == "loop" for part in node.body for name in part.find_all(nodes.Name)) or any(
            isinstance(part, nodes.Name) and part.name == "loop" for part in node.body
        )
        return For(node.target.name, items, body, orelse, uses_loop, spelled(node.iter), node.lineno)

    # -- expressions

    def _expression(self, node: nodes.Node) -> Expression:
        if isinstance(node, nodes.Const):
            return Const(node.value)
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            return self._path(node)
        if isinstance(node, nodes.List | nodes.Tuple):
            return Const([self._constant(item) for item in node.items])
        if isinstance(node, nodes.Compare) and len(node.ops) == 1:
            operand = node.ops[0]
            return Binary(_COMPARE[operand.op], self._expression(node.expr), self._expression(operand.expr))
        if isinstance(node, nodes.And):
            return And(self._expression(node.left), self._expression(node.right))
        if isinstance(node, nodes.Or):
            return Or(self._expression(node.left), self._expression(node.right))
        if isinstance(node, nodes.Not):
            return Call(operator.not_, self._expression(node.node))
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            return Either(*map(self._expression, (node.test, node.expr1, node.expr2)))
        if isinstance(node, nodes.Filter) and node.name == controls.BLANK and node.node is not None:
            return Blank(self._expression(node.node))
        if isinstance(node, nodes.Filter) and node.node is not None:
            return self._call(node, self._environment.filters, node.node)
        if isinstance(node, nodes.Test):
            return self._call(node, self._environment.tests, node.node)
        raise UnplannedError(type(node).__name__)

    def _call(self, node: nodes.Filter | nodes.Test, known: Mapping[str, Any], on: nodes.Node) -> Call:
        function = known.get(node.name)
        if function is None or hasattr(function, "jinja_pass_arg") or node.dyn_args or node.dyn_kwargs:
            raise UnplannedError(node.name)
        if isinstance(node, nodes.Filter) and node.name in DEFAULT_FILTERS and node.name not in PLAIN_FILTERS:
            raise UnplannedError(node.name)  # it may make more than it is given: only Jinja's side keeps count
        arguments = tuple(self._constant(argument) for argument in node.args)
        keywords = {str(pair.key): self._constant(pair.value) for pair in node.kwargs}
        return Call(function, self._expression(on), arguments, keywords)

    def _constant(self, node: nodes.Node) -> Any:
        if isinstance(node, nodes.Const):
            return node.value
        raise UnplannedError("an argument that is no literal")

    def _path(self, node: nodes.Node) -> Expression:
        steps: list[Key] = []
        while not isinstance(node, nodes.Name):
            if isinstance(node, nodes.Getattr):
                if node.attr.startswith("_") or node.attr in _DICT_METHODS:
                    raise UnplannedError(node.attr)
                steps.append((node.attr, True))
                node = node.node
            elif isinstance(node, nodes.Getitem):
                key = self._constant(node.arg)
                if isinstance(key, str) and key.startswith("_"):
                    raise UnplannedError(key)
                steps.append((key, False))
                node = node.node
            else:
                raise UnplannedError(type(node).__name__)
        path = tuple(reversed(steps))
        if any(node.name in names for names in self._locals):
            if node.name == "loop" and (len(path) != 1 or path[0][0] not in _LOOP):
                raise UnplannedError("loop")
            return self._locals_seen.setdefault((node.name, path), Local(node.name, path))
        if node.name in self._environment.globals or node.name == "loop":
            raise UnplannedError(node.name)
        key = (node.name, path)
        if key not in self._paths:
            self._paths[key] = Path(len(self._paths), node.name, path)
        return self._paths[key]


def spelled(node: nodes.Node) -> str:
    """The first name in `node` as the template spells it (`member.full_name`), to say which one is missing."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{spelled(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        key = node.arg.value if isinstance(node.arg, nodes.Const) else "…"
        return f"{spelled(node.node)}[{key!r}]"
    return next((name for child in node.iter_child_nodes() if (name := spelled(child))), "")


def _joined(operations: Sequence[Operation]) -> list[Operation]:
    """`operations` with neighbouring texts made one."""
    found: list[Operation] = []
    for operation in operations:
        last = found[-1] if found else None
        if isinstance(operation, bytes) and isinstance(last, bytes):
            found[-1] = last + operation
        elif operation != b"":
            found.append(operation)
    return found


def _threaded(operations: Sequence[Operation]) -> list[Operation]:
    """`operations` with two Ifs that ask the same made one, what stands between them going into both sides.

    A control asks twice whether its value is blank: for `w:showingPlcHdr` and for the prompt.
    """
    found: list[Operation] = []
    for operation in operations:
        if isinstance(operation, If):
            for back in range(1, min(4, len(found)) + 1):
                earlier = found[-back]
                if isinstance(earlier, If) and _same(earlier.test, operation.test):
                    between = found[len(found) - back + 1 :]
                    del found[-back:]
                    then = _joined((*earlier.then, *between, *operation.then))
                    orelse = _joined((*earlier.orelse, *between, *operation.orelse))
                    operation = If(earlier.test, tuple(then), tuple(orelse), earlier.name, earlier.line)
                    break
                if not isinstance(earlier, bytes | If):
                    break
        found.append(operation)
    return found


def _field(operation: Operation) -> Operation:
    """A `Field` where `operation` is the If of a control with one value, else `operation`."""
    if isinstance(operation, If) and isinstance(operation.test, Blank):
        values = [step for step in operation.orelse if isinstance(step, Value)]
        if len(values) == 1 and values[0].expression is operation.test.subject:
            index = operation.orelse.index(values[0])
            prompt, before, after = map(
                _text, (operation.then, operation.orelse[:index], operation.orelse[index + 1 :])
            )
            if prompt is not None and before is not None and after is not None:
                return Field(values[0], prompt, before, after)
    return operation


def _text(operations: Sequence[Operation]) -> bytes | None:
    """`operations` as one text, or None where one of them is no text."""
    texts = [operation for operation in operations if isinstance(operation, bytes)]
    return b"".join(texts) if len(texts) == len(operations) else None


def _same(one: Expression, other: Expression) -> bool:
    """True where both are the same question; paths are the same object where they are the same path."""
    if isinstance(one, Blank) and isinstance(other, Blank):
        return one.subject is other.subject
    return False


# -- Choices: the boxes of one criterion are decided together


def _choices(operations: Sequence[Operation]) -> list[Operation]:
    """`operations` with runs of Ifs over one and the same path replaced by a `Choice`."""
    found: list[Operation] = []
    group: list[Operation] = []
    path: Path | None = None

    def close() -> None:
        nonlocal path
        trailing: list[Operation] = []
        if group and isinstance(group[-1], bytes):
            trailing.append(group.pop())
        if path is not None and group:
            found.append(_choice(path, group))
        else:
            found.extend(group)
        found.extend(trailing)
        group.clear()
        path = None

    for operation in operations:
        own = _only_path(operation)
        if own is None and not isinstance(operation, bytes):
            close()
            found.append(operation)
        elif own is not None and path is not None and own is not path:
            close()
            group.append(operation)
            path = own
        else:
            if own is not None and path is None:
                found.extend(group)  # the static text in front stays in front
                group.clear()
                path = own
            group.append(operation)
    close()
    return found


def _only_path(operation: Operation) -> Path | None:
    """The one path an If compares with text constants, where both sides are plain text or such Ifs again."""
    if not isinstance(operation, If):
        return None
    found = {_compared(operation.test)}
    for inner in (*operation.then, *operation.orelse):
        if not isinstance(inner, bytes):
            found.add(_only_path(inner))
    return found.pop() if len(found) == 1 else None


def _compared(test: Expression) -> Path | None:
    if isinstance(test, Binary) and test.operator in (operator.eq, operator.ne):
        if isinstance(test.left, Path) and isinstance(test.right, Const) and type(test.right.constant) is str:
            return test.left
    elif isinstance(test, And | Or):
        left, right = _compared(test.left), _compared(test.right)
        return left if left is right else None
    elif isinstance(test, Call) and test.function is operator.not_:
        return _compared(test.subject)
    return None


def _constants(operations: Iterable[Operation]) -> set[str]:
    found: set[str] = set()
    for operation in operations:
        if isinstance(operation, If):
            found |= _in_test(operation.test) | _constants(operation.then) | _constants(operation.orelse)
    return found


def _in_test(test: Expression) -> set[str]:
    if isinstance(test, Binary) and isinstance(test.right, Const):
        return {str(test.right.constant)}
    if isinstance(test, And | Or):
        return _in_test(test.left) | _in_test(test.right)
    return _in_test(test.subject) if isinstance(test, Call) else set()


def _choice(path: Path, operations: Sequence[Operation]) -> Choice:
    def written(value: str) -> bytes:
        frame = Frame({}, SandboxedEnvironment(), path.index + 1, iter(()))
        frame.cache[path.index] = value
        out: list[bytes] = []
        carry_out(operations, frame, out)
        return b"".join(out)

    outcomes = {value: written(value) for value in sorted(_constants(operations))}
    return Choice(path, outcomes, written(_NEVER), tuple(operations))
