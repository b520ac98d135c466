"""The papers around the packet (giấy mời, biên bản, tờ trình …): no regulation prescribes them, every one needs them.

One folder of data beside the regulations, `office/`: `office.yaml` (which papers, what they cite, their words),
`fields.yaml` (the values that only they have, and those that docgen counts) and `forms/`. A regulation that prints a
paper of its own for the same purpose (`own`) keeps that one; a unit puts its own form of the same name in its folder.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from docgen.regulations.faults import Faults, each
from docgen.regulations.originals import Sealing, sealing_of
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import OFFICE, OFFICE_EXAMPLE, OFFICE_FIELDS, load_shaped
from docgen.values.kind import ValueType

#: The folder of the papers, beside those of the regulations.
FOLDER = "office"


@dataclass(frozen=True, slots=True)
class OfficePaper:
    """One paper: its form, the forms of a regulation that stand in its place, what is done with it.

    `sent` goes up with the packet, so letters list it, in the place of the dossier's `enclosure` of that code; a
    `ballot` is made in as many like copies as there are voters.
    """

    form: str
    own: tuple[str, ...] = ()
    sent: bool = False
    ballot: bool = False
    enclosure: str = ""

    def offered(self, forms: Collection[str]) -> bool:
        """True for a regulation with `forms`: none of them is this paper already."""
        return not {self.form, *self.own} & set(forms)


@dataclass(frozen=True, slots=True)
class Office:
    """What `office.yaml` says: the papers, what the papers of a regulation cite before it, printed words, and the
    bodies that seal what they issue (`docgen.regulations.originals`)."""

    papers: tuple[OfficePaper, ...] = ()
    grounds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    seals: tuple[Sealing, ...] = ()
    #: Days of which the second cannot come before the first.
    dates: tuple[tuple[str, str], ...] = ()
    #: The forms that the level above makes from the dossiers of its units, in their order.
    above: tuple[str, ...] = ()

    def ballots(self) -> frozenset[str]:
        """The forms that are ballots, those of the regulations too."""
        return frozenset(form for paper in self.papers if paper.ballot for form in (paper.form, *paper.own))

    def sent(self) -> frozenset[str]:
        """The papers that go up with the packet."""
        return frozenset(paper.form for paper in self.papers if paper.sent)


def office_folder() -> Path:
    """The folder of the papers that come with docgen."""
    return Path(__file__).with_name(FOLDER)


@cache
def office() -> Office:
    """What the folder says. Raises `DefinitionError` (file, line) for a fault in it."""
    data = load_shaped(office_folder() / "office.yaml", OFFICE)
    keys = ("papers", "grounds", "words", "seals", "dates", "above")
    data.closed(keys, keys)
    grounds = {regulation: tuple(lines) for regulation, lines in data["grounds"].items()}
    dates = tuple((item["first"], item["then"]) for item in data["dates"])
    seals = tuple(each(sealing_of, data["seals"]))
    return Office(tuple(each(_paper, data["papers"])), grounds, dict(data["words"]), seals, dates, tuple(data["above"]))


def office_fields(faults: Faults) -> Mapping:
    """The content of `fields.yaml` of the papers: as that of a regulation, and `computed`, the roots nobody types."""
    return load_shaped(office_folder() / "fields.yaml", OFFICE_FIELDS, faults)


@cache
def _examples() -> Mapping:
    return load_shaped(office_folder() / "example.yaml", OFFICE_EXAMPLE)


#: How many years after it began a term of the examples ends (five years hold two terms of a chi bộ).
_TERM = 2


def example_of(binding: str, kind: ValueType[Any], index: int, held: datetime.date) -> str | int | list[str] | None:
    """The example of a value of the papers, as it stands in data; None for a binding that has none.

    `index` is the row it stands in, `held` the day of the meeting that its dates go by, `kind` the type of the value.
    """
    given = _examples().get(binding)
    if isinstance(given, list) and "[]" in binding:
        given = given[index % len(given)]
    if given is None:
        return None
    if not isinstance(given, str):
        return [_dated(text, held) for text in given]
    given = _dated(given, held)
    if given.startswith("held"):
        return (held + datetime.timedelta(days=int(given.removeprefix("held")))).isoformat()
    return given if kind.fits(given, ()) else [given] if kind.fits([given], ()) else int(given)


def _dated(text: str, held: datetime.date) -> str:
    """`text` with the year of the meeting, and the year a term that began then ends, where they are asked for."""
    return text.replace("{year}", str(held.year)).replace("{term_end}", str(held.year + _TERM))


def _paper(item: Mapping) -> OfficePaper:
    item.closed(("form", "own", "sent", "ballot", "enclosure"), ("form",))
    for key in ("sent", "ballot"):
        if item.get(key, "no") not in ("yes", "no"):
            raise item.fault("errors.definition.unknown_value", key, value=item[key])
    return OfficePaper(
        item["form"], tuple(item.get("own", ())), item.get("sent", "no") == "yes", item.get("ballot", "no") == "yes",
        item.get("enclosure", ""),
    )  # fmt: skip
