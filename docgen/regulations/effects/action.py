"""`action`: what people are reminded of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Action(Effect):
    """Where `when` holds people are reminded of `actions`; `{fact}` in them is replaced by the fact's value."""

    when: Predicate
    actions: tuple[str, ...]

    spelling = Spelling("action", ("when", "actions"))
    words = ("grading.says.effect.action",)
    examples = (
        (
            "action: {when: {is: is_civil_servant}, actions: [bo_sung_ban_kiem_diem, gui_noi_lam_viec]}",
            "action: {when: {is: is_civil_servant}, actions: [bo_sung_ban_kiem_diem]}",
        ),
    )
    guard = "when"
    raising = False

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        return cls(reader.parse(node["when"], node, "when"), reader.texts_if_any(node, "actions"))

    def in_words(self, say: Say) -> str:
        actions = tuple(action.replace("{", "<").replace("}", ">") for action in self.actions)
        return say("effect.action", that=self.when.in_words(say), actions=actions)

    def as_strict(self, old: Self) -> bool:
        return set(self.actions) >= set(old.actions) and entails(old.when, self.when)

    def broken(self) -> Iterator[tuple[str, Effect]]:
        for action in self.actions:
            yield f"without {action}", replace(self, actions=tuple(a for a in self.actions if a != action))
