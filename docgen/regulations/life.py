"""The years a regulation is for (`life` in `regulation.yaml`), and what became of the central rules beneath it."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.i18n import message, worded
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Life:
    """The years a regulation is for, and what became of the central rules beneath it.

    `first` and `last` are the years whose dossiers it covers (None: open); `rules_last` the last year for which the
    central rules it carries out held, `replaced_by` what took their place.
    """

    first: int | None = None
    last: int | None = None
    rules_last: int | None = None
    replaced_by: str = ""

    def covers(self, year: int) -> bool:
        """True where a dossier of `year` may be written under it."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)

    @property
    def years(self) -> dict[str, str]:
        """The years in words, in each language (`i18n.worded`): `2018`, `2018–2022`, `từ 2025`."""
        if self.last is None:
            first = self.first
            return worded(lambda language: "" if first is None else message("place.since", language, value=first))
        years = str(self.last) if self.first == self.last else f"{self.first or ''}–{self.last}"
        return worded(lambda language: years)


def life_of(meta: Mapping, above: Life) -> Life:
    """The life that `meta` states; a unit's own folder that states none is for the year in its id."""
    if "life" not in meta:
        tail = str(meta["regulation"]).rpartition("-")[2]
        year = int(tail) if len(tail) == 4 and tail.isdigit() else None
        return Life(year, year, above.rules_last, above.replaced_by)
    given = meta["life"].closed(("first_year", "last_year", "rules_last_year", "replaced_by"), ())
    years = {}
    for key in ("first_year", "last_year", "rules_last_year"):
        if key in given and not (given[key].isdigit() and len(given[key]) == 4):
            raise given.fault("errors.definition.unknown_value", key, value=given[key])
        years[key] = int(given[key]) if key in given else None
    return Life(
        years["first_year"],
        years["last_year"],
        years["rules_last_year"] or above.rules_last,
        given.get("replaced_by", above.replaced_by),
    )
