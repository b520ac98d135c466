"""`score`: what points mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from docgen.model import LEVELS
from docgen.regulations.effect import Effect
from docgen.regulations.predicate import Reader, Say, Spelling
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping

#: `quantitative`, `bands`, `total`: see `Score`.
SCORINGS = ("quantitative", "bands", "total")


@dataclass(frozen=True, slots=True)
class Score(Effect):
    """`quantitative`: share of the plan times the standard points; `bands`: the level that a share of points means;
    `total`: the level that a total score means, and (`sum`) what the maxima of all criteria must add up to."""

    scheme: str
    bands: tuple[tuple[str, Fraction], ...] = ()
    fact: Fact | None = None
    sum: Fraction | None = None

    spelling = Spelling("score", ("scheme",), ("bands", "fact", "sum"))
    words = (*(f"grading.says.effect.score.{scheme}" for scheme in SCORINGS), "grading.says.effect.score.sum")
    examples = (
        (
            "score: {scheme: total, fact: score_total, sum: 100, bands: {xuat_sac: 90, tot: 70}}",
            "score: {scheme: total, fact: score_total, sum: 100, bands: {xuat_sac: 89, tot: 70}}",
        ),
        (
            "score: {scheme: bands, bands: {xuat_sac: 90, tot: 70}}",
            "score: {scheme: bands, bands: {xuat_sac: 90, tot: 60}}",
        ),
    )
    guard = ""
    raising = False

    def level(self, value: Fraction) -> str:
        """The level whose floor `value` reaches, best first; the lowest level where it reaches none."""
        floors = dict(self.bands)
        return next((level for level in LEVELS if level in floors and value >= floors[level]), LEVELS[-1])

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        if node["scheme"] not in SCORINGS:
            raise node.fault("grading.definition.bad_value", "scheme", key="scheme", value=node["scheme"])
        floors = reader.mapping(node, "bands", LEVELS, ()) if "bands" in node else {}
        bands = tuple((level, reader.number(node, "bands", floor)) for level, floor in floors.items())
        fact = reader.fact(node, "fact", node["fact"], "number") if "fact" in node else None
        whole = reader.number(node, "sum", node["sum"]) if "sum" in node else None
        return cls(node["scheme"], bands, fact, whole)

    def in_words(self, say: Say) -> str:
        bands = ", ".join(f"{say.word(level)} ≥ {say.word(floor)}" for level, floor in self.bands)
        whole = say("effect.score.sum", sum=self.sum) if self.sum is not None else ""
        return say(f"effect.score.{self.scheme}", bands=bands) + whole

    def as_strict(self, old: Self) -> bool:
        floors = dict(self.bands)
        same = (self.scheme, self.fact, floors.keys()) == (old.scheme, old.fact, dict(old.bands).keys())
        return same and self.sum == old.sum and all(floors[level] >= floor for level, floor in old.bands)

    def broken(self) -> Iterator[tuple[str, Effect]]:
        for index, (level, floor) in enumerate(self.bands):
            for step in (-1, 1):
                bands = (*self.bands[:index], (level, floor + step), *self.bands[index + 1 :])
                yield f"{level} {step:+d}", replace(self, bands=bands)
