"""Criteria: sets of rows, and what a unit makes of them (cụ thể hóa): sub-criteria, maxima, ways of scoring.

`criteria.yaml` of a regulation holds the sets as printed. A unit's folder details single rows, sets the maximum of
each, fixes what the rows below a heading add up to, says how points are given (`docgen.regulations.scales`), and may
score a group by the frame of another set. What does not add up is refused here, by file and line.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from docgen.regulations.faults import Faults
from docgen.regulations.scales import Scale, scales_of
from docgen.regulations.strict_yaml import Mapping

CRITERION_KEYS = ("id", "number", "text", "group", "optional", "applies", "points", "sum", "total", "rows")
#: Names that Jinja resolves to a method of dict or to itself, so that a value under them could never be printed.
FORBIDDEN_NAMES = frozenset(
    {"self", "items", "values", "keys", "get", "copy", "pop", "update", "clear", "loop", "setdefault"}
)
#: What a record says at the bindings that criteria apply by: the code (`true` and `false` of a yes or no), no entry or
#: "" where it says nothing. The binding "" is the one that the regulation names for all its criteria.
Said: TypeAlias = AnyMapping[str, str]
#: What a record says that says nothing: every criterion is open.
UNSAID: Said = {}
#: The two codes of a yes or no.
TRUTHS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of a set of criteria. Leaves are assessed, rows with children are headings.

    `group` says which conditions read it (RULES A11): `core`, `task` or `other`; `applies` restricts a row, and all
    below it, to those of whom a value of the record says so: a code of the binding that the regulation names, or
    `binding=code` (`member.leader=true`); `optional` marks the rows that the source prints with "(nếu có)". `points` is
    the maximum that a unit sets (None: nobody set one), `sum` what the maxima of the rows below must add up to, `total`
    the binding at which their points are stated once more, `scale` how points are given. None of these four is printed
    wording: no part of a form's identity.
    """

    id: str
    number: str
    text: str
    group: str = ""
    optional: bool = False
    applies: str = ""
    children: tuple[Criterion, ...] = ()
    points: Fraction | None = field(default=None, repr=False)
    sum: Fraction | None = field(default=None, repr=False)
    total: str = field(default="", repr=False)
    scale: Scale | None = field(default=None, repr=False)

    def leaves(self) -> list[Criterion]:
        """The rows that are assessed, in printed order."""
        return [self] if not self.children else [leaf for child in self.children for leaf in child.leaves()]

    @property
    def depends(self) -> tuple[str, str]:
        """The binding whose value decides whether the row is asked ("": the regulation's), and the code it must be."""
        binding, _, code = self.applies.rpartition("=")
        return binding, code

    def asked(self, said: Said) -> bool | None:
        """Whether the row is asked where the record says this; None where it leaves that open."""
        if not self.applies:
            return True
        binding, code = self.depends
        found = said.get(binding, "")
        return found == code if found else None


Rows = tuple[Criterion, ...]


#: Refuses, at a row, what its `applies` names and the regulation does not have.
Check: TypeAlias = Callable[[Mapping, Criterion], None]


def merge_criteria(sets: dict[str, Rows], data: Mapping, faults: Faults, known: Check) -> None:
    """Put what one `criteria.yaml` says into `sets`; `known` looks at each row that only some are asked.

    `faults` gets a `DefinitionError` (file, line, name) for an unknown set, row or scale, for a row that depends on
    something else than the row above it, for a maximum that is no number above zero, and for maxima that do not add
    up to what is fixed above them.
    """
    for name, given in data.get("sets", {}).items():
        sets[name] = tuple(_criteria(given, _TOP, set(), faults, known))
    scales: dict[str, Scale] = {}
    with faults:
        scales = scales_of(data.get("scales", Mapping()))
    before = len(faults.found)
    changes: dict[str, Callable[[str, Mapping], Rows]] = {
        "frames": lambda name, rows: _framed(sets, rows, name),
        "detail": lambda name, rows: _detail(sets[name], rows, name, known),
        "points": lambda name, rows: _pointed(sets[name], rows, name),
        "sums": lambda name, rows: _summed(sets[name], rows, name),
        "scale": lambda name, rows: _scaled(sets[name], rows, name, scales),
    }
    for key, change in changes.items():
        for name, rows in data.get(key, {}).items():
            with faults:
                if name not in sets:
                    raise data[key].fault("errors.definition.unknown_set", name, set=name)
                sets[name] = change(name, rows)
    if len(faults.found) > before:
        return  # of maxima that are not all read, no sum can be told wrong
    for name in dict.fromkeys(name for key in ("points", "sums", "detail") for name in data.get(key, {})):
        _check_sums(sets[name], name, data, faults)


#: What stands above the first rows of a set.
_TOP = Criterion("", "", "")


def _criteria(
    rows: Sequence[Mapping], above: Criterion, seen: set[str], faults: Faults, known: Check
) -> Iterator[Criterion]:
    """The criteria written in `rows`, below `above`, those left out that have a fault."""
    for row in rows:
        with faults:
            yield _criterion(row, above, seen, faults, known)


def _criterion(row: Mapping, above: Criterion, seen: set[str], faults: Faults, known: Check) -> Criterion:
    # A row is asked of the same people, and as much, as the one that it details.
    own = Criterion(row.get("id", ""), "", "", row.get("group", above.group), above.optional,
                    row.get("applies", above.applies))  # fmt: skip
    if own.applies:
        known(row, own)
        if above.applies and own.applies != above.applies:
            raise row.fault("errors.definition.applies_twice", "applies", value=own.applies, above=above.applies)
    children = tuple(_criteria(row.get("rows", ()), own, seen, faults, known))
    row.closed(CRITERION_KEYS, ("id", "text"))
    if row["id"] in seen:
        raise row.fault("errors.definition.duplicate_id", "id", id=row["id"])
    if not row["id"].isidentifier() or row["id"] in FORBIDDEN_NAMES:
        raise row.fault("errors.definition.forbidden_name", "id", name=row["id"])
    seen.add(row["id"])
    if row.get("optional", "no") not in ("yes", "no"):
        raise row.fault("errors.definition.unknown_value", "optional", value=row["optional"])
    if children and "points" in row:
        raise row.fault("errors.definition.not_a_leaf", "points", id=row["id"], set=row["id"])
    for key in ("sum", "total"):
        if key in row and not row.get("rows"):
            raise row.fault("errors.definition.unknown_value", key, value=row[key])
    return Criterion(
        row["id"], row.get("number", ""), row["text"], own.group, own.optional or row.get("optional", "no") == "yes",
        own.applies, children, _points(row, "points") if "points" in row else None,
        _points(row, "sum") if "sum" in row else None, row.get("total", ""),
    )  # fmt: skip


def _points(at: Mapping, key: str) -> Fraction:
    """The maximum written at `key`: a number above zero, with a point or a comma before the decimals."""
    try:
        found = Fraction(at[key].replace(",", "."))
    except (AttributeError, ValueError, ZeroDivisionError):
        found = Fraction(0)
    if found <= 0:
        raise at.fault("errors.definition.not_points", key, value=at[key])
    return found


def _by_id(rows: tuple[Criterion, ...]) -> dict[str, Criterion]:
    """Every row of a set, headings and leaves, by its id."""
    known: dict[str, Criterion] = {}
    for row in rows:
        known |= {row.id: row, **_by_id(row.children)}
    return known


def _known_leaves(rows: tuple[Criterion, ...], values: Mapping, name: str) -> dict[str, Criterion]:
    """The rows of a set by id, after checking that `values` names leaves of it only."""
    known = _by_id(rows)
    for key in values:
        if key not in known:
            raise values.fault("errors.definition.unknown_criterion", key, id=key, set=name)
        if known[key].children:
            raise values.fault("errors.definition.not_a_leaf", key, id=key, set=name)
    return known


def _detail(rows: tuple[Criterion, ...], details: Mapping, name: str, check: Check) -> tuple[Criterion, ...]:
    """`rows` with children put under leaves, as a unit details the criteria ("cụ thể hóa", HD 16 note 2)."""
    known = _known_leaves(rows, details, name)
    seen = set(known)
    faults = Faults()

    def detailed(row: Criterion) -> Criterion:
        if row.id in details:
            return replace(row, children=tuple(_criteria(details[row.id], row, seen, faults, check)), points=None)
        return replace(row, children=tuple(detailed(child) for child in row.children))

    found = tuple(detailed(row) for row in rows)
    faults.settle()
    return found


def _pointed(rows: tuple[Criterion, ...], points: Mapping, name: str) -> tuple[Criterion, ...]:
    """`rows` with the maximum points that a unit sets for its criteria."""
    _known_leaves(rows, points, name)

    def pointed(row: Criterion) -> Criterion:
        own = _points(points, row.id) if row.id in points else row.points
        return replace(row, points=own, children=tuple(pointed(child) for child in row.children))

    return tuple(pointed(row) for row in rows)


def _framed(sets: dict[str, Rows], frames: Mapping, name: str) -> Rows:
    """The set `name` where the rows below a heading are those of another set: the frame by which a unit scores it."""
    known = _known_headings(sets[name], frames, name)
    new: dict[str, Rows] = {}
    for key, other in frames.items():
        if other not in sets or other == name:
            raise frames.fault("errors.definition.unknown_set", key, set=other)
        heading = known[key]
        rows = tuple(child for row in sets[other] for child in row.children)
        taken = _by_id(sets[name]).keys() - _by_id(heading.children).keys()
        for row_id in _by_id(rows):
            if row_id in taken:
                raise frames.fault("errors.definition.duplicate_id", key, id=row_id)
        new[key] = tuple(_below(row, heading) for row in rows)

    def framed(row: Criterion) -> Criterion:
        return replace(row, children=new.get(row.id) or tuple(framed(child) for child in row.children))

    return tuple(framed(row) for row in sets[name])


def _below(row: Criterion, heading: Criterion) -> Criterion:
    """`row` of another set below `heading`: in its group, and asked of nobody of whom the heading is not."""
    applies = row.applies or heading.applies
    children = tuple(_below(child, heading) for child in row.children)
    return replace(row, group=heading.group, applies=applies, children=children)


def _known_headings(rows: Rows, values: Mapping, name: str) -> dict[str, Criterion]:
    """The rows of a set by id, after checking that `values` names headings of it only."""
    known = _by_id(rows)
    for key in values:
        if key not in known:
            raise values.fault("errors.definition.unknown_criterion", key, id=key, set=name)
        if not known[key].children:
            raise values.fault("errors.definition.not_a_heading", key, id=key, set=name)
    return known


def _summed(rows: Rows, sums: Mapping, name: str) -> Rows:
    """`rows` with what a unit fixes for its headings; what the regulation fixes itself cannot be another."""
    known = _known_headings(rows, sums, name)
    for key in sums:
        fixed, given = known[key].sum, _points(sums, key)
        if fixed is not None and given != fixed:
            facts = {"group": known[key].text, "given": shown_points(given), "due": shown_points(fixed)}
            raise sums.fault("errors.definition.sum_fixed", key, **facts)

    def summed(row: Criterion) -> Criterion:
        own = _points(sums, row.id) if row.id in sums else row.sum
        return replace(row, sum=own, children=tuple(summed(child) for child in row.children))

    return tuple(summed(row) for row in rows)


def _scaled(rows: Rows, chosen: Mapping, name: str, scales: dict[str, Scale]) -> Rows:
    """`rows` with the way in which points are given, for a row and all below it that have no other."""
    known = _by_id(rows)
    for key, scale in chosen.items():
        if key not in known:
            raise chosen.fault("errors.definition.unknown_criterion", key, id=key, set=name)
        if scale not in scales:
            raise chosen.fault("errors.definition.unknown_value", key, value=scale)

    def scaled(row: Criterion, above: Scale | None) -> Criterion:
        own = scales[chosen[row.id]] if row.id in chosen else above
        if not row.children:
            return replace(row, scale=own or row.scale)
        return replace(row, children=tuple(scaled(child, own) for child in row.children))

    return tuple(scaled(row, None) for row in rows)


# -- what adds up ----------------------------------------------------------------------------------------------------


def shown_points(value: Fraction) -> str:
    """A number of points as people write it: 1,5."""
    return f"{float(value):g}".replace(".", ",")


def bindings_of(rows: Sequence[Criterion]) -> list[str]:
    """The bindings that decide which of the rows are asked, in printed order; "" is the regulation's own."""
    return list(dict.fromkeys(row.depends[0] for row in _by_id(tuple(rows)).values() if row.applies))


def cases_of(rows: Sequence[Criterion]) -> list[Said]:
    """What records may say, as far as other rows are asked then, each scored by its own; one empty where all are asked.

    Of a list only the codes count that a row names; a yes or no is one or the other.
    """
    codes: dict[str, dict[str, None]] = {}
    for row in rows:
        for leaf in row.leaves():
            if leaf.applies:
                binding, code = leaf.depends
                codes.setdefault(binding, {}).update(dict.fromkeys(TRUTHS if code in TRUTHS else (code,)))
    return [dict(zip(codes, found, strict=True)) for found in itertools.product(*codes.values())]


def maximum(row: Criterion, said: Said) -> Fraction | None:
    """The most points of `row` for those who say `said`; None where nobody has fixed it, 0 where it is not asked."""
    if row.asked(said) is False:
        return Fraction(0)
    if row.sum is not None:
        return row.sum
    if not row.children:
        return row.points
    below = [maximum(child, said) for child in row.children]
    known = [most for most in below if most is not None]
    return sum(known, Fraction(0)) if len(known) == len(below) else None


def even_maxima(row: Criterion, said: Said, whole: Fraction) -> dict[str, Fraction]:
    """Maxima of the leaves of `row` that add up to `whole`, by id: what is fixed kept, the rest even in half points."""
    if not row.children:
        return {row.id: whole}
    count = {child.id: sum(leaf.asked(said) is not False for leaf in child.leaves()) for child in row.children}
    asked = [child for child in row.children if count[child.id]]
    fixed = {child.id: most for child in asked if (most := maximum(child, said)) is not None}
    free = {child.id: count[child.id] for child in asked if child.id not in fixed}
    halves, rest = divmod(int((whole - sum(fixed.values(), Fraction(0))) * 2), sum(free.values()) or 1)
    out: dict[str, Fraction] = {}
    for child in asked:
        own = fixed.get(child.id)
        if own is None:
            more = min(rest, count[child.id])
            rest -= more
            own = Fraction(halves * count[child.id] + more, 2)
        out |= even_maxima(child, said, own)
    return out


def _check_sums(rows: Rows, name: str, data: Mapping, faults: Faults) -> None:
    """Refuse maxima that do not add up to what stands above them, at the line that says so."""
    for row in _by_id(rows).values():
        if row.sum is None:
            continue
        for said in cases_of([row]):
            if row.asked(said) is False:
                continue
            below = [maximum(child, said) for child in row.children]
            known = [most for most in below if most is not None]
            given = sum(known, Fraction(0))
            complete = len(known) == len(below)
            # A row that nobody set needs points too: what is set already must leave some.
            if (given == row.sum) if complete else (given < row.sum):
                continue
            at, key = _where(row, name, data)
            facts = {"group": row.text, "given": shown_points(given), "due": shown_points(row.sum)}
            faults.add(at.fault("errors.definition.sum", key, **facts))
            break  # once a heading, whatever the kinds of body


def _where(row: Criterion, name: str, data: Mapping) -> tuple[Mapping, str]:
    """The mapping and the key at which a sum is wrong: the unit's own sum, else the first maximum below it."""
    sums, points = data.get("sums", {}).get(name, {}), data.get("points", {}).get(name, {})
    if row.id in sums:
        return sums, row.id
    below = _by_id(row.children)
    for given in (sums, points, data.get("detail", {}).get(name, {})):
        for key in given:
            if key in below:
                return given, key
    return data, next(key for key in ("points", "sums", "detail") if name in data.get(key, {}))
