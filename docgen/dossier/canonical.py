"""The canonical form of a dossier's data, and what was found on the way to it.

Canonical means: names as in the regulation's catalogue; texts stripped, in NFC and on one line; paragraphs a list of
non-empty texts, one line each; dates `YYYY-MM-DD`; pictures plain base64; whole numbers int; codes as in the catalogue;
nothing empty (an empty text, list or mapping and null are left out, since a form prints them alike) except the list of
members and, among facts, `null` ("not known") and an empty list or mapping ("none"). Two files that say the same thing
have the same canonical form, whether JSON or Excel.

Nothing is dropped silently: what cannot stand (NaN, a number of thousands of digits) is left out with a finding, what
has the wrong type stays as it is for the validator to report.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import cast

from docgen.dossier import cleaning as texts
from docgen.dossier.picture_files import PictureFolder
from docgen.dossier.shape import ITEMS, Node
from docgen.errors import InputError
from docgen.json_schema import Tell
from docgen.model import Finding, Place, Severity
from docgen.paths import AnyRecord, Json, JsonDict, at
from docgen.values.number import MAX_NUMBER

MAX_DEPTH = 24
#: Kinds of text findings that come by the thousand where they come at all: reported once for each person or body.
ONCE = frozenset({"dossier.text.nfd", "dossier.text.invisible", "dossier.text.direction", "dossier.text.markup"})


class NotStorable:
    """What the reader found in place of a number: NaN, Infinity, or far too many digits."""

    def __init__(self, code: str) -> None:
        self.code = code


class _Nothing:
    """A value that is left out."""


_NOTHING = _Nothing()


class Canonicaliser:
    """Turns data into canonical form along a shape, and collects findings."""

    def __init__(
        self,
        place: Callable[[str], Place],
        quiet: bool = False,
        is_plain: Tell | None = None,
        pictures: PictureFolder | None = None,
    ) -> None:
        """`place` gives the place of a pointer; `quiet` leaves out the findings on conversions (Excel has no types).

        A member of whom `is_plain` is true is kept as it is, and not copied (see `docgen.dossier.plain`). `pictures` is
        where pictures that the data names are taken from.
        """
        self.pictures = pictures or PictureFolder()
        self.place = place
        self.quiet = quiet
        self.is_plain = is_plain
        self.findings: list[Finding] = []
        self.who = ""
        self._seen: set[tuple[str, str]] = set()

    def run(self, data: AnyRecord, shape: Node) -> JsonDict:
        """The canonical form of `data`; always a mapping."""
        out = self._value(data, shape, "", 0)
        result: JsonDict = out if isinstance(out, dict) else {}
        return result

    # -- walking --

    def _value(self, value: object, node: Node | None, pointer: str, depth: int) -> Json | _Nothing:
        if isinstance(value, str):
            return self._string(value, node, pointer)
        if value is None:
            return None if node is not None and node.holds_facts else _NOTHING
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            if abs(value) > MAX_NUMBER:
                return self._drop("dossier.value.huge_number", pointer)
            return value
        if isinstance(value, float):
            return self._float(value, node, pointer)
        if depth > MAX_DEPTH:
            return self._drop("dossier.value.too_deep", pointer, limit=MAX_DEPTH)
        if isinstance(value, dict):
            return self._mapping(value, node, pointer, depth)
        if isinstance(value, list | tuple):
            return self._list(list(value), node, pointer, depth)
        if isinstance(value, datetime.datetime):
            value = value.date()
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, NotStorable):
            return self._drop(value.code, pointer)
        return self._drop("dossier.value.unknown_kind", pointer, kind=type(value).__name__)

    def _mapping(self, value: Mapping[object, object], node: Node | None, pointer: str, depth: int) -> Json | _Nothing:
        out: JsonDict = {}
        for key, item in value.items():
            name = self._bounded(key, at(pointer, key[:40])) if isinstance(key, str) else str(key)
            if not name.isascii() or not name.isprintable():
                self._text_findings(name, at(pointer, texts.storable(name)))
                name = texts.storable(name)
            if name in out:
                self.add("dossier.value.same_name", "error", at(pointer, name), name=name[:60])
            below = node.child(name) if node is not None else None
            if depth == 0 and name in ("collective", "party_organization"):
                self.who = name
            done = self._value(item, below, at(pointer, name), depth + 1)
            if depth == 0:
                self.who = ""
            if not isinstance(done, _Nothing):
                out[name] = done
        # An empty mapping or list among facts says "none", which is not the same as "not known".
        return out if out or self._keeps_empty(node, pointer) else _NOTHING

    @staticmethod
    def _keeps_empty(node: Node | None, pointer: str) -> bool:
        return bool(node is not None and node.holds_facts and not pointer.endswith("/facts"))

    def _list(self, value: Sequence[object], node: Node | None, pointer: str, depth: int) -> Json | _Nothing:
        if node is not None and node.kind is not None and node.kind.is_many:
            return self._paragraphs(value, node, pointer, depth)
        items = node.children.get(ITEMS) if node is not None else None
        out: list[Json] = []
        members = pointer == "/members"
        for index, item in enumerate(value):
            if members:
                if self.is_plain is not None and self.is_plain(item):
                    out.append(cast(Json, item))  # plain is JSON
                    continue
                self.who = member_id(item, index)
            done = self._value(item, items or node, f"{pointer}/{index}", depth + 1)
            # A list keeps its length: the pointers of what follows must stay true to the file.
            if isinstance(done, _Nothing):
                done = {} if isinstance(item, dict) else None
            out.append(done)
        if members:
            self.who = ""
        return out if out or members or self._keeps_empty(node, pointer) else _NOTHING

    def _paragraphs(self, value: Sequence[object], node: Node, pointer: str, depth: int) -> Json | _Nothing:
        out: list[Json] = []
        for index, item in enumerate(value):
            if isinstance(item, str):
                item = self._bounded(item, f"{pointer}/{index}")
                self._text_findings(item, f"{pointer}/{index}")
                out.extend(texts.paragraphs(texts.storable(item)))
            else:
                done = self._value(item, None, f"{pointer}/{index}", depth + 1)
                if not isinstance(done, _Nothing):
                    out.append(done)
        return self._section(out, pointer) or _NOTHING

    def _section(self, found: Sequence[Json], pointer: str) -> Sequence[Json]:
        """The paragraphs `found`, or the first of them with an error where together they are far too long."""
        if len(found) > texts.MANY_PARAGRAPHS:
            self.add("dossier.text.many", "error", pointer, count=len(found), limit=texts.MANY_PARAGRAPHS)
            found = found[: texts.MANY_PARAGRAPHS]
        lengths = [len(item) if isinstance(item, str) else 0 for item in found]
        if sum(lengths) <= texts.LONG_TEXT:
            return found
        if max(lengths) <= texts.LONG_TEXT:  # else it was said of that paragraph
            self.add("dossier.text.long", "error", pointer, length=sum(lengths), limit=texts.LONG_TEXT)
        upto = list(accumulate(lengths))
        last = next(index for index, total in enumerate(upto) if total > texts.LONG_TEXT)
        kept = str(found[last])[: texts.LONG_TEXT - upto[last] + lengths[last]]
        return [*found[:last], kept + "…"]

    # -- leaves --

    def _bounded(self, value: str, pointer: str) -> str:
        """`value`, or its beginning with an error where it is far too long: not even a draft holds all of it."""
        if len(value) <= texts.LONG_TEXT:
            return value
        self.add("dossier.text.long", "error", pointer, length=len(value), limit=texts.LONG_TEXT)
        return value[: texts.LONG_TEXT] + "…"

    def _picture(self, value: str, pointer: str) -> Json | _Nothing:
        """The picture as plain base64; what is none is left out."""
        if not value.strip():
            return _NOTHING
        try:
            return self.pictures.taken(value)
        except InputError as fault:
            return self._drop(fault.code, pointer, **fault.facts)

    def _string(self, value: str, node: Node | None, pointer: str) -> Json | _Nothing:
        if node is not None and node.kind is not None and node.kind.is_media:
            return self._picture(value, pointer)
        value = self._bounded(value, pointer)
        self._text_findings(value, pointer)
        cleaned = texts.storable(value)
        if not cleaned:
            return _NOTHING
        if node is not None and (kind := node.kind) is not None:
            if kind.is_many:
                return self._section(texts.paragraphs(cleaned), pointer)
            taken = kind.typed(cleaned, tuple(node.options.items()))
            if taken is not None and taken != cleaned:
                self._converted(cleaned, taken, pointer)
                return taken
        return texts.one_line(cleaned)

    def _float(self, value: float, node: Node | None, pointer: str) -> Json | _Nothing:
        if math.isnan(value) or math.isinf(value):
            return self._drop("dossier.value.not_a_number", pointer)
        if abs(value) > MAX_NUMBER:
            return self._drop("dossier.value.huge_number", pointer)
        return int(value) if value.is_integer() else value

    # -- findings --

    def _drop(self, code: str, pointer: str, **params: object) -> _Nothing:
        self.add(code, "error", pointer, **params)
        return _NOTHING

    def _converted(self, given: str, taken: Json, pointer: str) -> None:
        if not self.quiet:
            self.add("dossier.value.converted", "info", pointer, given=given[:40], taken=taken)

    def _text_findings(self, value: str, pointer: str) -> None:
        if texts.is_plain(value):
            return
        for fault in texts.faults(value):
            if fault.code in ONCE:
                if (fault.code, self.who) in self._seen:
                    continue
                self._seen.add((fault.code, self.who))
            self.add(fault.code, fault.severity, pointer, **fault.params)

    def add(self, code: str, severity: Severity, pointer: str, **params: object) -> None:
        """Record a finding at `pointer`, about whoever is being read now."""
        self.findings.append(Finding(code, severity, self.place(pointer), params, self.who))


def member_id(item: object, index: int) -> str:
    """The id that findings about a member carry: its own, or its position where it has none."""
    found = item.get("id") if isinstance(item, dict) else None
    return (
        texts.storable(found[: texts.LONG_TEXT])[:64] if isinstance(found, str) and found.strip() else f"#{index + 1}"
    )
