"""Parsing the predicates of `rules.yaml`: the registry of kinds says which class reads what; nothing is evaluated."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import Any

from docgen.regulations.predicate import Predicate, Reader
from docgen.regulations.predicates import PREDICATES
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping, Yaml


class Parser(Reader):
    """Turns YAML into predicates against one catalogue of facts and one set of definitions (name -> YAML)."""

    def __init__(self, facts: AnyMapping[str, Fact], definitions: AnyMapping[str, Any]) -> None:
        Reader.__init__(self, facts)
        self.definitions = definitions
        self._open: list[str] = []

    def parse(self, node: Yaml, parent: Mapping, key: str) -> Predicate:
        """The predicate written at `key` of `parent`.

        Raises `DefinitionError` (`file`, `line`, name) for an unknown kind, key, fact, value or name.
        """
        if not isinstance(node, Mapping) or len(node) != 1:
            raise parent.fault("grading.definition.one_predicate", key, key=key)
        name = next(iter(node))
        if name not in PREDICATES:
            allowed = ", ".join(PREDICATES)
            raise node.fault("grading.definition.unknown_predicate", name, predicate=name, allowed=allowed)
        return PREDICATES[name].parse(self, node, name)

    def named(self, node: Mapping, key: str, name: Yaml) -> Predicate:
        """The predicate that the file defines under `name`; one that comes back to itself is refused."""
        if not isinstance(name, str) or name not in self.definitions or name in self._open:
            raise node.fault("grading.definition.unknown_name", key, name=name)
        self._open.append(name)
        try:
            return self.parse(self.definitions[name], node, key)
        finally:
            self._open.pop()
