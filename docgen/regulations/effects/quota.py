"""`quota`: how many of a group may be HTXSNV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.predicate import Reader, Say, Spelling
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.subjects import is_member

#: What the base of a quota is once the results are final.
READINGS = ("given", "pool", "both")


@dataclass(frozen=True, slots=True)
class Raised:
    """The competent level may decide another share, the percentage in `fact`, of `at_most` at the most."""

    fact: Fact
    at_most: int


@dataclass(frozen=True, slots=True)
class Quota(Effect):
    """At most `percent` of `base` may be HTXSNV; below `below` (if any) `gives` may.

    `reading`: what the base is once the results are final (ambiguity A01): `pool` counts the excellent ones in,
    `given` does not, `both` asks where the two differ. `tiers`: whether a cohort that is only one cell has a quota of
    its own beside the one of the whole base organisation. `raised`: the share that the competent level may decide in
    place of `percent`.
    """

    cohort: str
    percent: int | Fraction
    base: Fact
    reading: str = "both"
    below: int = 0
    gives: int = 0
    tiers: bool = False
    raised: Raised | None = None

    spelling = Spelling("quota", ("cohort", "percent", "base"), ("reading", "below", "gives", "tiers", "raised"))
    words = (
        *(f"grading.says.effect.quota.{reading}" for reading in READINGS),
        "grading.says.effect.quota.small",
        "grading.says.effect.quota.raised",
    )
    examples = (
        (
            "quota: {cohort: dang_vien, percent: 20, base: n_good, reading: given, below: 5, gives: 1}",
            "quota: {cohort: dang_vien, percent: 25, base: n_good, reading: given, below: 5, gives: 1}",
        ),
        (
            "quota: {cohort: dang_vien, percent: 20, base: n_good, reading: pool}",
            "quota: {cohort: dang_vien, percent: 20, base: n_good, reading: pool,"
            " raised: {fact: targets_exceeded_pct, at_most: 25}}",
        ),
    )
    guard = ""
    raising = False

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        reading = node.get("reading", "both")
        if reading not in READINGS:
            raise node.fault("grading.definition.bad_value", "reading", key="reading", value=reading)
        return cls(
            node["cohort"],
            reader.whole(node, "percent"),
            reader.fact(node, "base", node["base"], "int"),
            reading,
            reader.whole(node, "below"),
            reader.whole(node, "gives"),
            node.get("tiers") == "yes",
            _raised(reader, node) if "raised" in node else None,
        )

    def in_words(self, say: Say) -> str:
        small = say("effect.quota.small", below=self.below, gives=self.gives) if self.below else ""
        up = self.raised
        raised = say("effect.quota.raised", fact=up.fact, at_most=up.at_most) if up else ""
        return say(f"effect.quota.{self.reading}", percent=self.percent, fact=self.base) + small + raised

    def as_strict(self, old: Self) -> bool:
        same = (self.cohort, self.base) == (old.cohort, old.base) and (self.tiers or not old.tiers)
        small = self.below == 0 or (self.below <= old.below and self.gives <= old.gives)
        # "given" is the strictest: it never counts the excellent ones into the base.
        allowed = {"given": ("given",), "both": ("given", "both"), "pool": READINGS}[old.reading]
        raised = self.raised is None or (
            old.raised is not None
            and (self.raised.fact, True) == (old.raised.fact, self.raised.at_most <= old.raised.at_most)
        )
        return same and self.percent <= old.percent and small and self.reading in allowed and raised

    def broken(self) -> Iterator[tuple[str, Effect]]:
        for step in (-1, 1):
            yield f"percent {step:+d}", replace(self, percent=self.percent + step)
            if self.below:
                yield f"below {step:+d}", replace(self, below=self.below + step)
                yield f"gives {step:+d}", replace(self, gives=self.gives + step)
            if self.raised:
                most = replace(self.raised, at_most=self.raised.at_most + step)
                yield f"raised {step:+d}", replace(self, raised=most)
        if self.raised:
            yield "never raised", replace(self, raised=None)
        if is_member(self.cohort):  # the only cohort that may be one cell of a base organisation
            yield "tiers swapped", replace(self, tiers=not self.tiers)
        for reading in READINGS:
            if reading != self.reading:
                yield f"reading {reading}", replace(self, reading=reading)


def _raised(reader: Reader, parent: Mapping) -> Raised:
    node = reader.mapping(parent, "raised", (), ("fact", "at_most"))
    raised = Raised(reader.fact(node, "fact", node["fact"], "percent"), reader.whole(node, "at_most"))
    if raised.at_most <= reader.whole(parent, "percent"):
        raise node.fault("grading.definition.bad_value", "at_most", key="at_most", value=node["at_most"])
    return raised
