"""`rule`: the ground, pin or condition of another rule holds."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told


@dataclass(frozen=True, slots=True)
class RuleHolds(Predicate):
    """The ground, pin or condition of another rule holds."""

    rule: str

    spellings = (Spelling("rule"),)
    words = ("grading.says.rule",)
    examples = (
        Example(
            "rule: quy-che/dang-vien/9",
            World(rules={"quy-che/dang-vien/9": "holds"}),
            World(rules={"quy-che/dang-vien/9": "fails"}),
            World(rules={"quy-che/dang-vien/9": "unknown"}),
        ),
    )
    loose = ()
    unbroken = "the other rule is broken where it stands; a name that no rule has is refused"
    of_proposal = True

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        if not isinstance(node[key], str):
            raise node.fault("grading.definition.bad_value", key, key=key, value=node[key])
        return cls(node[key])

    def tell(self, ask: Asker) -> Told:
        return ask.state.rule_holds(self.rule)

    def in_words(self, say: Say) -> str:
        return say("rule", rule=self.rule)

    def broken(self) -> tuple[tuple[str, Predicate], ...]:
        return ()
