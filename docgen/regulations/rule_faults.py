"""Refusing a rule file: faults by file, line and name, and closed sets of keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docgen.errors import DefinitionError
from docgen.regulations.strict_yaml import Mapping


def fault(node: Mapping, code: str, at: str | None, /, **facts: Any) -> DefinitionError:
    """A `DefinitionError` at the key `at` of `node`, or at `node` itself, with the file and line among its facts."""
    line = node.lines.get(at, node.line) if at is not None else node.line
    return DefinitionError(code, file=node.file, line=line, **facts)


def closed(node: Mapping, allowed: Iterable[str], required: Iterable[str] = ()) -> Mapping:
    """`node`, after checking its keys. Raises `DefinitionError` for the first unknown or missing key."""
    known = {*allowed, *required}
    for key in node:
        if key not in known:
            raise fault(node, "grading.definition.unknown_key", key, key=key, allowed=", ".join(sorted(known)))
    for key in required:
        if key not in node:
            raise fault(node, "grading.definition.missing_key", None, key=key)
    return node
