"""Wording of a returned form that is not as the form prints it: small diffs, missing signature blocks, text beside.

Kinds of quote and dash, spaces and capitals make no difference: word processors change them by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from docgen.forms.definition import FormDefinition, Text
from docgen.forms.template import bookmark_name
from docgen.model import Finding, Place
from docgen.values.spelling import short
from docgen.word.read.align import Alignment
from docgen.word.read.units import Unit, fold, letters

#: More than this many findings about wording say one thing: somebody rebuilt the form.
MOST = 12
_AROUND = 3


def small_diff(expected: str, found: str) -> str:
    """The words that differ, with a few around them: `… kết quả [-đạt được-] {+làm được+} trong …`."""
    mine, theirs = expected.split(), found.split()
    matcher = SequenceMatcher(None, [fold(w) for w in mine], [fold(w) for w in theirs], autojunk=False)
    out: list[str] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            words = mine[a:b]
            if len(words) > 2 * _AROUND + 1:
                head = words[:_AROUND] if a else []
                tail = words[-_AROUND:] if b < len(mine) else []
                words = [*head, "…", *tail]
            out.extend(words)
            continue
        if a < b:
            out.append(f"[-{' '.join(mine[a:b])}-]")
        if c < d:
            out.append(f"{{+{' '.join(theirs[c:d])}+}}")
    text = " ".join(out)
    return text if len(text) <= 300 else text[:299] + "…"


def fixed_findings(definition: FormDefinition, alignment: Alignment, file: str) -> list[Finding]:
    """What the comparison with the template says about the wording."""
    found = list(_findings(definition, alignment, file))
    if len(found) <= MOST:
        return found
    signs = [f for f in found[MOST:] if f.code == "read.sign.missing"]
    rest = len(found) - MOST - len(signs)
    more = [Finding("read.fixed.more", "warning", Place(file), {"count": rest})] if rest else []
    return [*found[:MOST], *signs, *more]


def _findings(definition: FormDefinition, alignment: Alignment, file: str) -> Iterator[Finding]:
    for expected, given in alignment.changed:
        diff = small_diff(expected.text, given.text)
        yield Finding("read.fixed.changed", "warning", _place(given, file), {"diff": diff})
    roles = {bookmark_name(sign.role): sign for sign in definition.signs()}
    said: set[str] = set()
    for unit in alignment.missing:
        if unit.optional:
            continue
        mark = next((mark for mark in unit.marks if mark in roles), "")
        sign = roles.get(mark) or next((s for s in roles.values() if _is_part(unit, s.text)), None)
        if sign is not None:
            if sign.role not in said:
                said.add(sign.role)
                words = " ".join("".join(p.text for p in parts if isinstance(p, Text)) for parts in sign.text)
                yield Finding("read.sign.missing", "error", Place(file), {"role": sign.role, "text": words[:80]})
            continue
        yield Finding("read.fixed.missing", "warning", Place(file), {"text": short(unit.text, 80)})
    for unit in alignment.added:
        if letters(unit.text) > 1:
            yield Finding("read.fixed.added", "warning", _place(unit, file), {"text": short(unit.text, 80)})


def _is_part(unit: Unit, texts: tuple[tuple[object, ...], ...]) -> bool:
    """True where `unit` is the first, naming line of a signature block that lost only that."""
    first = "".join(p.text for p in texts[0] if isinstance(p, Text)) if texts else ""
    return bool(first) and len(texts) > 1 and unit.key == fold(" ".join(first.split()))


def _place(unit: Unit, file: str) -> Place:
    where = unit.where
    if where.table:
        return Place(file, table=where.table, row=where.row)
    return Place(file, paragraph=where.paragraph)
