"""The shape of a regulation's data: which type stands where, from its catalogue of bindings.

Two shapes are made from the same catalogue: the one of a dossier (here) and the one of a form's record (made from the
form's slots by `record_shape`). A shape is a nested mapping; `*` stands for any name (an assessor, a criterion), `[]`
for the items of a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from docgen.owner import Owner
from docgen.paths import Json
from docgen.regulations.loader import Field, RegulationData, options_of
from docgen.values import VALUES
from docgen.values.kind import ValueType

ANY = "*"
ITEMS = "[]"
#: What a value of `facts` is: kept as written, `null` included (null = not known).
FACT = Field("facts", "fact", "Căn cứ", "Fact")


@dataclass(slots=True, eq=False)
class Node(Owner):
    """A mapping of names, a list (`[]`), or a leaf with its `entry` and the codes it may take."""

    children: dict[str, Node] = field(default_factory=dict)
    entry: Field | None = None
    options: dict[str, str] = field(default_factory=dict)

    @property
    def holds_facts(self) -> bool:
        """True where facts stand, which have types of their own (`docgen.regulations.fact_types`)."""
        return self.entry is FACT

    @property
    def kind(self) -> ValueType[Any] | None:
        """The type of the value of a leaf; None for facts, and where there is none."""
        return None if self.entry is None or self.entry is FACT else VALUES[self.entry.type]

    def child(self, name: str) -> Node | None:
        """The shape below `name`; a leaf passes its own shape on, so that `levels` covers every criterion."""
        return self.children.get(name) or self.children.get(ANY) or (self if self.entry else None)

    def grow(self, path: Iterable[str]) -> Node:
        """The node at `path`, made where it does not exist."""
        node = self
        for name in path:
            node = node.children.setdefault(ANY if name == "any" else name, Node())
        return node


#: Bindings whose leaf is a mapping of leaves: a level for each criterion, an answer for each sign.
_MAPPED = frozenset({"levels", "signs"})
_GONE = object()


def sound(value: Json, node: Node) -> Json:
    """`value` with everything of another kind than `node` has there replaced by an empty value of the right kind.

    A text where a mapping belongs becomes an empty mapping, a list where a number belongs is left out; a list keeps
    its length, so that pointers stay true. What is sound already is given back itself, not a copy. The findings about
    what was replaced are those of the validator, which sees the data as given: no later room meets a value of a kind
    it does not know.
    """
    found = _sound(value, node, "")
    return {} if found is _GONE else found


def _sound(value: Any, node: Node, name: str) -> Any:
    entry = node.entry
    if node.holds_facts or (entry is not None and name in _MAPPED):
        if not isinstance(value, dict):
            return _GONE
        return value if node.holds_facts else _each(value, {}, node)
    if ITEMS in node.children:
        if not isinstance(value, list):
            return []
        items = node.children[ITEMS]
        out = [{} if (done := _sound(item, items, "")) is _GONE else done for item in value]
        return value if all(a is b for a, b in zip(out, value, strict=True)) else out
    if node.children:
        return _each(value, node.children, node) if isinstance(value, dict) else {}
    if node.kind is None:
        return value
    done = node.kind.sound(value)
    return _GONE if done is None else done


def _each(value: dict[str, Any], children: dict[str, Node], node: Node) -> Any:
    changed: dict[str, Any] = {}
    for name, item in value.items():
        below = children.get(name) or (children.get(ANY) if children else Node(entry=node.entry))
        if below is not None and (done := _sound(item, below, name if children else "")) is not item:
            changed[name] = done
    if not changed:
        return value
    return {k: v for k, v in {**value, **changed}.items() if v is not _GONE}


_TEXT = Field("id", "text", "Mã", "Id")
#: True in the sample dossier: its own words may stand in it.
SAMPLE = Field("sample", "bool", "Hồ sơ mẫu, để thử", "Sample dossier, to try")


def dossier_shape(regulation: RegulationData) -> Node:
    """The shape of a dossier of `regulation`."""
    return regulation.derived("dossier.shape", lambda: _dossier_shape(regulation))


def _dossier_shape(regulation: RegulationData) -> Node:
    root = Node()
    for name in ("regulation", "regulations", "$schema"):
        root.children[name] = Node(entry=_TEXT)
    root.children["sample"] = Node(entry=SAMPLE)
    member = root.grow(("members", ITEMS))
    member.children["id"] = Node(entry=_TEXT)
    holders = (member, root.grow(("party_organization",)), root.grow(("collective",)))
    for entry in regulation.fields.values():
        if entry.binding.startswith("members[]") or regulation.is_computed(entry.binding):
            continue  # the same values again, as the columns of a table of members; what no dossier holds
        path = split(entry.binding)
        place = regulation.roots.get(path[0])
        starts = holders if place == "assessments" else (member,) if place == "members" else (root,)
        for start in starts:
            below = ("assessments", ANY, *path[1:]) if place == "assessments" else path
            node = start.grow(below)
            node.entry = node.entry or entry
            node.options = node.options or dict(options_of(regulation, entry))
    for holder in (*holders, root.grow(("everyone",))):
        holder.grow(("facts",)).entry = FACT
    return root


def split(binding: str) -> tuple[str, ...]:
    """The names of a binding: `a[].b` becomes `a`, `[]`, `b`."""
    out: list[str] = []
    for name in binding.split("."):
        out.append(name.removesuffix(ITEMS))
        if name.endswith(ITEMS):
            out.append(ITEMS)
    return tuple(out)


def record_shape(slots: Iterable[tuple[str, str, str, tuple[tuple[str, str], ...]]]) -> Node:
    """The shape of a form's record, from (binding, type, label, options) of each of its values."""
    root = Node()
    root.children["id"] = Node(entry=_TEXT)
    for binding, kind, label, options in slots:
        node = root.grow(split(binding))
        node.entry = Field(binding, kind, label, label)
        node.options = dict(options)
    return root


def assessed_year(regulation: RegulationData) -> int:
    """The year a regulation is about: the one in its id (`kh55-2018`), else the year it was issued."""
    tail = regulation.id.rpartition("-")[2]
    if len(tail) == 4 and tail.isdigit():
        return int(tail)
    return regulation.issued.year if regulation.issued else 2024
