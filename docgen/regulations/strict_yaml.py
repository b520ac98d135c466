"""Reading YAML the way official wording needs it.

PyYAML's defaults corrupt official text: `no:` becomes False, `2.10` becomes 2.1, a date becomes an object, a repeated
key silently wins. Here every scalar stays the text that was written, a duplicate key is refused, and every mapping and
list remembers the line it came from, so that a fault is reported by file and line.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import yaml

from docgen.errors import DefinitionError

#: Bounds of one file of definitions. The largest of docgen's own has a few thousand values, eleven levels deep.
MAX_BYTES = 4_000_000
MAX_NODES = 100_000
MAX_DEPTH = 40


#: The parser in C, about eight times as fast, where PyYAML was built with it; both give the same nodes and lines.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


#: What a YAML file holds: every scalar is a text.
Yaml: TypeAlias = "str | Mapping | Sequence"


class Mapping(dict[str, Any]):
    """A YAML mapping that knows its file, its line and the line of each key."""

    file: str = ""
    line: int = 0

    def __init__(self, given: AnyMapping[str, Yaml] = MappingProxyType({})) -> None:
        super().__init__(given)
        self.lines: dict[str, int] = {}
        #: What was wrong with the value of a key that was left out for it.
        self.dropped: dict[str, DefinitionError] = {}

    def fault(self, code: str, at: str | None = None, /, **facts: object) -> DefinitionError:
        """A `DefinitionError` at this mapping, or at its key `at`."""
        line = self.lines.get(at, self.line) if at is not None else self.line
        return DefinitionError(code, file=self.file, line=line, **facts)

    def closed(self, allowed: Iterable[str], required: Iterable[str] = ()) -> Mapping:
        """This mapping, after checking its keys against a closed set.

        Raises `DefinitionError` for the unknown and missing keys, by name and line.
        """
        allowed = set(allowed) | set(required)
        found = [
            self.fault("errors.definition.unknown_key", key, key=key, allowed=", ".join(sorted(allowed)))
            for key in self
            if key not in allowed
        ]
        for key in required:
            if key not in self:
                found.append(self.dropped.get(key) or self.fault("errors.definition.missing_key", None, key=key))
        if found:
            found[0].also = tuple(found[1:])
            raise found[0]
        return self


class Sequence(list[Any]):
    """A YAML list that knows its file and the line of each item."""

    file: str = ""
    line: int = 0

    def __init__(self, given: Iterable[Yaml] = ()) -> None:
        super().__init__(given)
        self.lines: list[int] = []


def _construct(node: yaml.Node, file: str) -> Yaml:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping = Mapping()
        mapping.file, mapping.line = file, line
        for key_node, value_node in node.value:
            key = _construct(key_node, file)
            key_line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise DefinitionError("errors.definition.key_not_text", file=file, line=key_line)
            if key in mapping:
                raise DefinitionError("errors.definition.duplicate_key", file=file, line=key_line, key=key)
            mapping[key] = _construct(value_node, file)
            mapping.lines[key] = key_line
        return mapping
    if isinstance(node, yaml.SequenceNode):
        sequence = Sequence()
        sequence.file, sequence.line = file, line
        for item in node.value:
            sequence.append(_construct(item, file))
            sequence.lines.append(item.start_mark.line + 1)
        return sequence
    assert isinstance(node, yaml.ScalarNode)
    return str(node.value)


def _fault(fault: yaml.YAMLError, file: str, text: str) -> DefinitionError:
    if isinstance(fault, yaml.MarkedYAMLError):
        line = fault.problem_mark.line + 1 if fault.problem_mark else 0
        if "nesting depth" in str(fault.problem):  # the parser in C has a bound of its own, and looks ahead
            return DefinitionError("errors.definition.too_deep", file=file, line=line, limit=MAX_DEPTH)
        return DefinitionError("errors.definition.not_yaml", file=file, line=line, problem=fault.problem)
    # A character YAML does not allow has a position, and no mark.
    line = text.count("\n", 0, getattr(fault, "position", 0)) + 1
    problem = str(getattr(fault, "reason", "") or "?")
    return DefinitionError("errors.definition.not_yaml", file=file, line=line, problem=problem)


def _bounded(text: str, file: str) -> None:
    """Raise `DefinitionError` for aliases, depth and counts beyond the bounds, before anything is built of them."""
    depth = count = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise DefinitionError("errors.definition.yaml_alias", file=file, line=line, name=event.anchor)
        count += isinstance(event, yaml.NodeEvent)
        if count > MAX_NODES:
            raise DefinitionError("errors.definition.too_many", file=file, line=line, limit=MAX_NODES)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise DefinitionError("errors.definition.too_deep", file=file, line=line, limit=MAX_DEPTH)


def load_text(text: str, file: str) -> Yaml:
    """The content of a YAML text: `Mapping`, `Sequence` and `str` only.

    Raises `DefinitionError` (`file`, `line`) for text that is not YAML, for aliases, for what is nested too deep or
    holds too many values (`MAX_DEPTH`, `MAX_NODES`), and for duplicate keys.
    """
    try:
        _bounded(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as fault:
        raise _fault(fault, file, text) from None
    return Mapping() if node is None else _construct(node, file)


def load_file(path: Path) -> Yaml:
    """The content of a YAML file, as `load_text` gives it; `DefinitionError` also where the file cannot be read."""
    try:
        if path.exists() and not path.is_file():  # a pipe: reading it may never end
            raise DefinitionError("errors.definition.unreadable", file=str(path), problem=path.name)
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise DefinitionError("errors.definition.too_large", file=str(path), limit=MAX_BYTES // 1_000_000)
        raw = path.read_bytes()
    except OSError as fault:
        raise DefinitionError("errors.definition.unreadable", file=str(path), problem=fault.strerror or "?") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise DefinitionError("errors.definition.not_utf8", file=str(path), line=line) from None
    return load_text(text, str(path))


def needs_mapping(data: Yaml, file: str) -> Mapping:
    """`data`, the content of a YAML file; raises `DefinitionError` (`file`, `line`) where it is no mapping."""
    if not isinstance(data, Mapping):
        at = Mapping()
        at.file, at.line = file, getattr(data, "line", 1) or 1
        raise at.fault("errors.definition.needs_mapping", None, key=Path(file).name)
    data.file = data.file or file
    return data


def load_mapping(path: Path) -> Mapping:
    """The content of a YAML file that is a mapping. Raises as `load_file` and `needs_mapping` do."""
    return needs_mapping(load_file(path), str(path))
