"""Finding a form's fixed text again in a returned document, and with it the values whose controls are gone.

The template says what stands in which order: fixed wording and holes, paragraph by paragraph, table row by table row
(`docgen.word.read.units`). The returned document is cut the same way. Wording that occurs once on both sides anchors
the two (as patience diff does, n log n); what lies between two anchors is small and is paired by its similarity. There
is no expression over the whole document: one such ran past a minute as soon as a word of the wording had been changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from docgen.word.read.reader import Where, clean
from docgen.word.read.units import BOX_GLYPHS, Hole, Unit, fold, letters

_ALIKE = 0.6
#: Pairs of one gap that are still compared one with another; a document with a larger gap is another document.
MAX_GAP = 60_000
#: Comparisons by similarity (the dear ones) in one gap.
_MAX_RATIOS = 2_000
#: How far apart two lines of a large gap may stand to be compared by similarity, and how much of them is.
_BAND, _COMPARED = 5, 240
#: Letters of a wording that nobody types by chance: where it stands elsewhere than in the template, it was moved.
_SENTENCE = 40


@dataclass(slots=True)
class Found:
    """A value whose control is missing, found by the wording around it. `line` numbers the row of a list."""

    tag: str
    paragraphs: list[str]
    where: Where
    line: int = 0
    beside: bool = False
    heading: str = ""


@dataclass(slots=True)
class Alignment:
    """What the comparison gave: values found by their surroundings, wording changed, missing, and added."""

    found: list[Found] = field(default_factory=list)
    changed: list[tuple[Unit, Unit]] = field(default_factory=list)
    missing: list[Unit] = field(default_factory=list)
    added: list[Unit] = field(default_factory=list)
    matched: int = 0
    total: int = 0


def align(expected: list[Unit], given: list[Unit], missing_tags: set[str]) -> Alignment:
    """Compare a document (`given`) with its template; `missing_tags` are the holes that have no control in it."""
    out = Alignment()
    _Aligner(missing_tags, out, set(_sentences(expected))).units(expected, given)
    return out


def _sentences(units: list[Unit]) -> Iterator[str]:
    """The long wordings without a hole that a template prints."""
    for unit in units:
        for cell in unit.cells:
            yield from _sentences(cell)
        if not unit.is_row and letters(unit.key) >= _SENTENCE and next(unit.holes(), None) is None:
            yield unit.key


class _Aligner:
    def __init__(self, missing_tags: set[str], out: Alignment, own: set[str]) -> None:
        self.missing_tags = missing_tags
        self.out = out
        self.own = own
        self.lines = 0

    def units(self, expected: list[Unit], given: list[Unit]) -> None:
        """Pair two sequences and take what each pair, and what stands between the pairs, has to say."""
        fixed = [i for i, unit in enumerate(expected) if unit.key and not unit.loop]
        own_rows = [unit.is_row and any("[]" in hole.tag for hole in unit.holes()) for unit in given]
        solid = [j for j, unit in enumerate(given) if unit.key and not own_rows[j]]
        paired = _pair([expected[i] for i in fixed], [given[j] for j in solid])
        pairs = [(fixed[a], solid[b]) for a, b in paired]
        self.out.total += len(fixed)
        self.out.matched += len(pairs)
        matched = {i for i, _ in pairs}
        self.out.missing.extend(expected[i] for i in fixed if i not in matched)
        i = j = 0
        for next_i, next_j in [*pairs, (len(expected), len(given))]:
            self.between(expected[i:next_i], [u for k, u in enumerate(given[j:next_j], j) if not own_rows[k]])
            if next_i < len(expected):
                self.pair(expected[next_i], given[next_j])
            i, j = next_i + 1, next_j + 1

    def pair(self, expected: Unit, given: Unit) -> None:
        """One unit and its counterpart."""
        if expected.is_row:
            if len(expected.cells) != len(given.cells):
                if expected.key != given.key:
                    self.out.changed.append((expected, given))
                return
            self.out.total -= 1  # a row's wording is that of its paragraphs
            self.out.matched -= 1
            for mine, theirs in zip(expected.cells, given.cells, strict=True):
                self.units(mine, theirs)
            return
        wanted = [hole for hole in expected.holes() if hole.tag in self.missing_tags and not hole.many]
        if wanted:
            values = next((v for one in (expected, *expected.others) if (v := _values(one, given)) is not None), None)
            if values is not None:
                for hole in wanted:
                    if hole.tag in values:
                        self.out.found.append(Found(hole.tag, [values[hole.tag]], given.where, self.lines))
                return
        if not expected.reads(given.key):
            self.out.changed.append((expected, given))

    def between(self, expected: list[Unit], given: list[Unit]) -> None:
        """What stands between two pairs: places without wording of their own, and text without a counterpart."""
        weak = Counter(unit.text for unit in expected if not unit.key and unit.text)
        loose = []
        for unit in given:
            if weak[unit.text]:  # the number of a row, the comma of a date line: wording too short to be an anchor
                weak[unit.text] -= 1
            elif unit.key in self.own:  # printed elsewhere today, or put there by hand: wording and no value
                self.out.added.append(unit)
            elif letters(unit.text) or any(c in BOX_GLYPHS for c in unit.text):
                loose.append(unit)
        loops = [unit for unit in expected if unit.loop]
        if loops:
            for unit in loose:
                self.loop_row(loops[0], unit)
            return
        places = [unit for unit in expected if not unit.key and any(True for _ in unit.holes())]
        if not places:
            self.out.added.extend(loose)
            return
        absent = [u for u in places if any(h.tag in self.missing_tags for h in u.holes())]
        many = next((u for u in places if any(h.many for h in u.holes())), None)
        if many is not None and len(places) == 1:
            self.narrative(many, given, loose)
        elif absent and len(absent) == len(places) == len(loose):
            for place, unit in zip(places, loose, strict=True):
                self.single(place, unit)
        elif len(absent) == 1 and len(loose) == 1:
            self.single(absent[0], loose[0])
        elif len(places) == 1 and places[0].is_row is False and all(h.box for h in places[0].holes()):
            for unit in loose:  # an x typed beside the box of its cell
                hole = next(places[0].holes())
                self.out.found.append(Found(hole.tag, [unit.text], unit.where, self.lines, beside=True))
        else:
            self.out.added.extend(loose)

    def narrative(self, place: Unit, given: list[Unit], loose: list[Unit]) -> None:
        """Paragraphs where a narrative belongs: its whole text, or what was typed before or after its control."""
        hole = next(h for h in place.holes() if h.many)
        if not loose:
            return
        beside = hole.tag not in self.missing_tags
        self.out.found.append(Found(hole.tag, [unit.text for unit in loose], loose[0].where, self.lines, beside))

    def single(self, place: Unit, given: Unit) -> None:
        """A paragraph of nothing but holes (a name below a signature, "place, date") whose controls are gone."""
        holes = list(place.holes())
        if len(holes) == 1:
            self.out.found.append(Found(holes[0].tag, [given.text], given.where, self.lines))
            return
        values = _values(place, given)
        if values is None:
            self.out.added.append(given)
            return
        for tag, value in values.items():
            if tag in self.missing_tags:
                self.out.found.append(Found(tag, [value], given.where, self.lines))

    def loop_row(self, pattern: Unit, given: Unit) -> None:
        """A row of a table of records without controls: its cells by their position. No heading is a record."""
        if not given.is_row or given.is_heading or len(given.cells) != len(pattern.cells):
            self.out.added.append(given)
            return
        self.lines += 1
        for mine, theirs in zip(pattern.cells, given.cells, strict=True):
            places = [unit for unit in mine if any(True for _ in unit.holes())]
            holes = [unit for unit in places if sum(1 for _ in unit.holes()) == 1]
            texts = [unit for unit in theirs if unit.text]
            if len(holes) < len(places) and len(texts) == 1:
                self.joined(next(unit for unit in places if unit not in holes), texts[0])
            elif len(holes) == len(theirs):
                # As many paragraphs as the template has: an empty one is an empty value.
                for unit, text in zip(holes, theirs, strict=True):
                    self.loop_value(unit, text)
            elif len(holes) == 1 or len(holes) == len(texts):
                for unit, text in zip(holes, texts, strict=False):
                    self.loop_value(unit, text)
            elif texts:
                self.out.added.extend(texts)

    def joined(self, place: Unit, given: Unit) -> None:
        """Values that stand one behind the other; where one may have been left out, nobody can tell which."""
        values = _values(place, given)
        if values is None or len(values) < sum(1 for _ in place.holes()):
            self.out.added.append(given)
            return
        self.out.found.extend(Found(tag, [value], given.where, self.lines) for tag, value in values.items())

    def loop_value(self, place: Unit, given: Unit) -> None:
        for hole in place.holes():
            if "[]" in hole.tag and given.text:
                self.out.found.append(Found(hole.tag, [given.text], given.where, self.lines))


def _values(expected: Unit, given: Unit) -> dict[str, str] | None:
    """The texts in `given` where `expected` has holes, found between its pieces of wording; None where they are not.

    Holes whose control is still there are skipped over: its text lies in a piece of its own.
    """
    text, folded, at = given.plain, given.full, 0
    out: dict[str, str] = {}
    open_tags: list[str] = []
    start = 0
    wordings = [fold(clean(part)) if isinstance(part, str) else "" for part in expected.parts]
    last = max((n for n, wording in enumerate(wordings) if wording), default=-1)
    for number, part in enumerate(expected.parts):
        if isinstance(part, Hole):
            open_tags.append(part.tag)
            continue
        wording = wordings[number]
        if not wording:
            continue
        if number == last and last == len(wordings) - 1 and open_tags:
            # Nothing may follow: a value that holds the same comma is not cut at it.
            position = folded.rfind(wording, at)
            if letters(folded[position + len(wording) :]):
                return None
        else:
            position = folded.find(wording, at)
        if position < 0 or (at == 0 and not open_tags and letters(folded[:position])):
            return None
        _share(open_tags, text[start:position], out)
        at = start = position + len(wording)
        open_tags = []
    _share(open_tags, text[start:], out)
    return out


def _share(tags: list[str], text: str, out: dict[str, str]) -> None:
    """`text` belongs to the hole before it; between two holes without wording nobody can tell which."""
    if len(tags) == 1:
        out[tags[0]] = clean(text)


def _pair(expected: list[Unit], given: list[Unit]) -> list[tuple[int, int]]:
    """Increasing pairs of positions: anchors first, then what is alike between them."""
    anchors = _anchors([u.key for u in expected], [u.key for u in given])
    out: list[tuple[int, int]] = []
    i = j = 0
    for next_i, next_j in [*anchors, (len(expected), len(given))]:
        out.extend((i + a, j + b) for a, b in _alike(expected[i:next_i], given[j:next_j]))
        if next_i < len(expected):
            out.append((next_i, next_j))
        i, j = next_i + 1, next_j + 1
    return out


def _anchors(expected: list[str], given: list[str]) -> list[tuple[int, int]]:
    """The longest increasing run of texts that occur once on either side (patience)."""
    counts, other = Counter(expected), Counter(given)
    place = {text: j for j, text in enumerate(given) if other[text] == 1}
    both = [(i, place[text]) for i, text in enumerate(expected) if counts[text] == 1 and text in place]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(both):
        slot = bisect_left(tails, j)
        before.append(ends[slot - 1] if slot else -1)
        if slot == len(tails):
            tails.append(j)
            ends.append(index)
        else:
            tails[slot], ends[slot] = j, index
    out = []
    index = ends[-1] if ends else -1
    while index >= 0:
        out.append(both[index])
        index = before[index]
    return out[::-1]


def _alike(expected: list[Unit], given: list[Unit]) -> list[tuple[int, int]]:
    """The best pairing of two short sequences by similarity, in order."""
    if not expected or not given or len(expected) * len(given) > MAX_GAP:
        return []
    budget = [_MAX_RATIOS]
    longer, small = max(len(expected), len(given)), len(expected) * len(given) <= 400
    mine_step, their_step = longer / len(expected), longer / len(given)

    def near(i: int, j: int) -> bool:
        """In a large gap only what stands at about the same place is compared by similarity."""
        return small or abs(i * mine_step - j * their_step) <= _BAND * max(mine_step, their_step)

    scores = [
        [_score(mine, theirs, budget, near(i, j)) for j, theirs in enumerate(given)] for i, mine in enumerate(expected)
    ]
    width = len(given) + 1
    best = [[0.0] * width for _ in range(len(expected) + 1)]
    for i in range(len(expected) - 1, -1, -1):
        for j in range(len(given) - 1, -1, -1):
            paired = scores[i][j] + best[i + 1][j + 1] if scores[i][j] > 0 else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    out = []
    i = j = 0
    while i < len(expected) and j < len(given):
        if scores[i][j] > 0 and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            out.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return out


def _in_order(expected: Unit, text: str) -> bool:
    """True where every piece of wording of a row stands in `text`, one after the other."""
    at = 0
    for cell in expected.cells:
        for unit in cell:
            for part in unit.parts:
                wording = fold(clean(part)) if isinstance(part, str) else ""
                if letters(wording) < 2:
                    continue
                at = text.find(wording, at)
                if at < 0:
                    return False
                at += len(wording)
    return True


def _score(expected: Unit, given: Unit, budget: list[int], near: bool) -> float:
    """How sure it is that `given` is `expected`: 3 for the same wording, 2 for the wording with values between.

    Similarity of changed wording is only asked for where the two are `near` each other and the budget lasts.
    """
    if expected.is_row != given.is_row:
        return 0.0
    if expected.reads(given.key) or set(expected.marks) & set(given.marks):
        return 3.0  # a signature is known by its bookmark, whatever stands beside it
    if not expected.is_row and any(_values(one, given) is not None for one in (expected, *expected.others)):
        return 2.0 + min(letters(expected.key), 200) / 400
    if expected.is_row and _in_order(expected, given.full):
        return 2.0 + min(letters(expected.key), 200) / 400
    if budget[0] <= 0 or not near:
        return 0.0
    budget[0] -= 1
    wording = expected.key[:_COMPARED]
    matcher = SequenceMatcher(None, wording, given.key[: min(3 * len(wording) + 40, _COMPARED)], autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= _ALIKE else 0.0
