"""How points are given for a criterion (cách chấm): all or nothing, or within the band of a level.

QĐ 366-QĐ/TW and HD 43 do not say; units do, and the sheet must then be filled that way. Without a scale any number from
0 to the maximum is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from docgen.model import LEVEL_TEXT, LEVELS
from docgen.regulations.faults import each
from docgen.regulations.strict_yaml import Mapping

#: `yes_no`: the maximum or 0 (đảm bảo, không đảm bảo); `bands`: a level is stated and the points lie in its band.
KINDS = ("yes_no", "bands")


@dataclass(frozen=True, slots=True)
class Scale:
    """One way of giving points, and the clause of the unit that asks for it.

    `bands` are the levels, best first, each with the least per cent of the maximum that it takes; empty for `yes_no`.
    """

    kind: str
    clause: str
    bands: tuple[tuple[str, Fraction], ...] = ()

    def level(self, percent: Fraction) -> str:
        """The level whose band holds `percent` of the maximum."""
        return next(level for level, floor in self.bands if percent >= floor)

    def words(self) -> str:
        """The scale in one printed sentence."""
        if self.kind == "yes_no":
            return f"Cách chấm: đảm bảo được điểm tối đa, không đảm bảo được 0 điểm ({self.clause})."
        said = [f"{LEVEL_TEXT[level]} từ {float(floor):g}%".replace(".", ",") for level, floor in self.bands[:-1]]
        last = f"{LEVEL_TEXT[self.bands[-1][0]]} dưới {float(self.bands[-2][1]):g}%".replace(".", ",")
        return f"Cách chấm theo mức, trên điểm tối đa của từng tiêu chí: {', '.join(said)}, {last} ({self.clause})."


def scales_of(given: Mapping) -> dict[str, Scale]:
    """The scales of a `criteria.yaml` by name.

    Raises `DefinitionError` for an unknown kind or key, and for bands that do not fall from level to level down to 0.
    """
    return dict(zip(given, each(_scale, given.values()), strict=True))


def _scale(at: Mapping) -> Scale:
    at.closed(("kind", "clause", *LEVELS), ("kind", "clause"))
    if at["kind"] not in KINDS:
        raise at.fault("errors.definition.unknown_value", "kind", value=at["kind"])
    if at["kind"] == "yes_no":
        at.closed(("kind", "clause"))
        return Scale(at["kind"], at["clause"])
    at.closed(at, LEVELS)
    bands: list[tuple[str, Fraction]] = []
    for level in LEVELS:
        try:
            floor = Fraction(at[level].replace(",", "."))
        except (ValueError, ZeroDivisionError):
            floor = Fraction(-1)
        below = bands[-1][1] if bands else Fraction(101)
        if not 0 <= floor < below or (level == LEVELS[-1]) != (floor == 0):
            raise at.fault("errors.definition.bad_band", level, level=level, value=at[level])
        bands.append((level, floor))
    return Scale(at["kind"], at["clause"], tuple(bands))
