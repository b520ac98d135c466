"""Reading the values in `rules.yaml`: facts, grades, numbers, lists; what is wrong is refused by file and line."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from fractions import Fraction

from docgen.model import GRADES
from docgen.regulations.comparison import COMPARISONS
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping, Sequence, Yaml


class ValueReader:
    """Reads values against one catalogue of facts. Every method raises `DefinitionError` (`file`, `line`)."""

    def __init__(self, facts: AnyMapping[str, Fact]) -> None:
        self.facts = facts

    def fact(self, node: Mapping, key: str, name: Yaml, *types: str) -> Fact:
        """The fact called `name`; of one of `types`, where given."""
        if not isinstance(name, str) or name not in self.facts:
            raise node.fault("grading.definition.unknown_fact", key, fact=name)
        found = self.facts[name]
        if types and found.type not in types:
            raise node.fault("grading.definition.fact_type", key, fact=name, type=found.type, allowed=", ".join(types))
        return found

    def mapping(self, node: Mapping, key: str, allowed: Iterable[str], required: Iterable[str]) -> Mapping:
        """The mapping at `key`, its keys checked."""
        value = node[key]
        if not isinstance(value, Mapping):
            raise node.fault("grading.definition.needs_mapping", key, key=key)
        return value.closed(allowed, required)

    def items(self, node: Mapping, key: str) -> Sequence:
        """The list at `key`, of anything; at least one item."""
        value = node[key]
        if not isinstance(value, Sequence) or not value:
            raise node.fault("grading.definition.needs_list", key, key=key)
        return value

    def texts(self, node: Mapping, key: str) -> tuple[str, ...]:
        """The list of words at `key`; at least one."""
        value = self.items(node, key)
        if not all(isinstance(v, str) for v in value):
            raise node.fault("grading.definition.needs_list", key, key=key)
        return tuple(value)

    def texts_if_any(self, node: Mapping, key: str) -> tuple[str, ...]:
        """The list of words at `key`; none where the key was left out or the list is empty."""
        if key not in node:
            return ()
        if not isinstance(node[key], Sequence) or not all(isinstance(v, str) for v in node[key]):
            raise node.fault("grading.definition.needs_list", key, key=key)
        return tuple(node[key])

    def listed(self, node: Mapping, key: str, *types: str) -> tuple[Fact, ...]:
        """The facts whose names are listed at `key`, of one of `types`."""
        return tuple(self.fact(node, key, name, *types) for name in self.texts(node, key))

    def comparison(self, node: Mapping, others: tuple[str, ...] = ()) -> str:
        """The one comparison (or one of `others`) that is a key of `node`."""
        found = [op for op in (*COMPARISONS, *others) if op in node]
        if len(found) != 1:
            raise node.fault("grading.definition.one_comparison", None, allowed=", ".join(COMPARISONS))
        return found[0]

    def grade(self, node: Mapping, key: str, value: Yaml) -> str:
        """`value`, a grade."""
        if value not in GRADES:
            raise node.fault("grading.definition.bad_value", key, key=key, value=value)
        return str(value)

    def grades_or_none(self, node: Mapping, key: str) -> tuple[str, ...]:
        """The grades listed at `key`, `none` among them."""
        words = self.texts(node, key)
        for one in words:
            if one != "none":
                self.grade(node, key, one)
        return words

    def number(self, node: Mapping, key: str, value: Yaml) -> Fraction:
        """`value` as an exact number."""
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            raise node.fault("grading.definition.bad_value", key, key=key, value=value) from None

    def whole(self, node: Mapping, key: str) -> int:
        """The number at `key`, not below 0 and without a fraction; 0 where the key was left out."""
        value = node.get(key, "0")
        if not str(value).isdigit():
            raise node.fault("grading.definition.bad_value", key, key=key, value=value)
        return int(value)

    def bound(self, node: Mapping, key: str, value: Yaml, fact: Fact) -> Fraction | str:
        """`value` as something that `fact` is compared with: a value of its scale, or a number."""
        if fact.order:
            if value not in fact.order:
                raise node.fault("grading.definition.bad_value", key, key=key, value=value)
            return str(value)
        if not fact.kind.is_amount:
            raise node.fault("grading.definition.fact_type", key, fact=fact.name, type=fact.type, allowed="number")
        return self.number(node, key, value)

    def value(self, node: Mapping, key: str, value: Yaml, fact: Fact) -> str:
        """`value` as one that `fact` may have."""
        known = fact.kind.codes(fact.values)
        if known and value not in known:
            raise node.fault("grading.definition.bad_value", key, key=key, value=value)
        return str(value)
