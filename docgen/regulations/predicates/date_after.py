"""`date_after`: a date lies after the bound."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.i18n import short_date
from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, not_known, outcome_of
from docgen.values.life_date import shown_life_date, span_of


@dataclass(frozen=True, slots=True)
class DateAfter(Predicate):
    """A date lies after the bound."""

    fact: Fact
    bound: datetime.date

    spellings = (Spelling("date_after", ("fact", "value")),)
    words = ("grading.says.date_after", "grading.note.date_after")
    examples = (
        Example(
            "date_after: {fact: admission_date, value: 2018-05-31}",
            World({"admission_date": "2018-06-01"}),
            World({"admission_date": "2018-05-31"}),
            stricter="date_after: {fact: admission_date, value: 2018-06-30}",
        ),
    )
    loose = ("bound",)

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        try:
            bound = datetime.date.fromisoformat(str(m["value"]))
        except ValueError:
            raise m.fault("grading.definition.bad_value", "value", key="value", value=m["value"]) from None
        return cls(reader.fact(m, "fact", m["fact"], "date"), bound)

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN:
            return not_known(self.fact)
        span = (value, value) if isinstance(value, datetime.date) else span_of(value)
        if span is None or span[0] <= self.bound < span[1]:  # a month or a year that the bound lies in
            return not_known(self.fact)
        shown = short_date(span[0]) if span[0] == span[1] else shown_life_date(value)
        params = {"fact": self.fact, "value": shown, "bound": short_date(self.bound)}
        return Told(outcome_of(span[0] > self.bound), (Note("grading.note.date_after", params),))

    def in_words(self, say: Say) -> str:
        return say("date_after", fact=self.fact, bound=short_date(self.bound))

    def stricter(self, other: Self) -> bool:
        return self.bound >= other.bound

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for step in (-1, 1):
            yield f"date {step:+d}", replace(self, bound=self.bound + datetime.timedelta(days=step))
