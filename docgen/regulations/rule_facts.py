"""The catalogue of facts (căn cứ): every value that a rule may read, its type, its default and its labels.

`facts.yaml` beside this module holds the facts of the regulations that docgen brings; a regulation's own folder may
hold a `facts.yaml` that adds to it, so that a new regulation needs no Python.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from docgen.i18n import worded
from docgen.regulations.fact_type import FactType
from docgen.regulations.fact_types import FACT_TYPES
from docgen.regulations.faults import each
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import FACTS, load_shaped

#: What a fact can be to a quota and to a vote: the kind of group and how far it reaches; how many are HTTNV, how many
#: are so in the end and how many HTXSNV, how many are one of the two, how many are proposed for and may be HTXSNV, how
#: many are HTTNV in the whole base organisation.
ROLES = (
    "cohort_kind", "cohort_scope", "good", "good_final", "excellent_final", "good_or_better", "excellent_proposed",
    "excellent_eligible", "whole_good",
)  # fmt: skip
#: What a missing fact of each default stands for (FACTS.md marks these facts with a circled zero).
DEFAULTS: dict[str, Any] = {"false": False, "0": 0, "none": None, "no": "none", "empty": ()}


class Labelled:
    """Something that people know by a name of its own in each language."""

    __slots__ = ()

    def label(self, language: str) -> str:
        """Its name for people, in `language`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Fact(Labelled):
    """One named value that rules read.

    `default` holds for a fact that is missing where `has_default` (and the subject is one of `default_for`);
    otherwise missing means unknown.
    `attested` marks what only people confirm; `needs_items` a list that says nothing when it is empty; `is_year` a
    number that is a calendar year, written without a thousands separator.
    """

    name: str
    type: str
    subjects: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    values: tuple[str, ...] = ()
    has_default: bool = False
    default: Any = None
    default_for: tuple[str, ...] = ()
    attested: bool = False
    needs_items: bool = False
    is_year: bool = False
    #: What it is to the quota and the vote (`ROLES`), whatever it is called.
    role: str = ""
    #: For a fact of a member: the place of the dossier it is read off, and the place that must be written as well.
    read_from: str = ""
    read_with: str = ""

    def label(self, language: str) -> str:
        """The fact's name for people, in `language`."""
        return dict(self.labels).get(language) or self.name

    def words(self) -> dict[str, str]:
        """The fact's name in each language: a parameter of a message (`i18n.worded`)."""
        return worded(self.label)

    @property
    def kind(self) -> FactType:
        """The type of the fact, as what it does."""
        return FACT_TYPES[self.type]

    @property
    def order(self) -> tuple[str, ...]:
        """The ordered values, best first, of a fact that is compared on a scale; empty for numbers."""
        return self.kind.order(self.values)


def _flag(entry: Mapping, key: str) -> bool:
    value = entry.get(key, "no")
    if value not in ("yes", "no"):
        raise entry.fault("grading.definition.bad_value", key, key=key, value=value)
    return bool(value == "yes")


def _fact(name: str, entry: Mapping) -> Fact:
    entry.closed(
        ("values", "default", "default_for", "attested", "needs_items", "is_year", "role", "from", "with"),
        required=("type", "subjects", "vi", "en"),
    )
    if entry["type"] not in FACT_TYPES:
        raise entry.fault("grading.definition.bad_value", "type", key="type", value=entry["type"])
    if "default" in entry and entry["default"] not in DEFAULTS:
        raise entry.fault("grading.definition.bad_value", "default", key="default", value=entry["default"])
    if entry.get("role", ROLES[0]) not in ROLES:
        raise entry.fault("grading.definition.bad_value", "role", key="role", value=entry["role"])
    if "with" in entry:
        entry.closed(entry, ("from",))
    return Fact(
        name=name,
        type=entry["type"],
        subjects=tuple(str(entry["subjects"]).split()),
        labels=(("vi", entry["vi"]), ("en", entry["en"])),
        values=tuple(str(entry.get("values", "")).split()),
        has_default="default" in entry,
        default=DEFAULTS[entry["default"]] if "default" in entry else None,
        default_for=tuple(str(entry.get("default_for", entry["subjects"])).split()),
        attested=_flag(entry, "attested"),
        needs_items=_flag(entry, "needs_items"),
        is_year=_flag(entry, "is_year"),
        role=entry.get("role", ""),
        read_from=entry.get("from", ""),
        read_with=entry.get("with", ""),
    )


def load_facts(path: Path) -> dict[str, Fact]:
    """The facts of one `facts.yaml`, by name.

    Raises `DefinitionError` (`file`, `line`) for an unknown key, an unknown type or default, or a name given twice.
    """
    entries = load_shaped(path, FACTS)
    return dict(zip(entries, each(lambda name: _fact(name, entries[name]), entries), strict=True))


@cache
def shared_facts() -> dict[str, Fact]:
    """The catalogue that docgen brings."""
    return load_facts(Path(__file__).with_name("facts.yaml"))


@lru_cache(maxsize=64)
def _facts_as_written(path: Path, written: int, size: int) -> dict[str, Fact]:
    """The facts of the file at `path` as it was last `written`: each check of a dossier asks for them."""
    return load_facts(path)


def catalogue(folders: Iterable[Path] = (), above: AnyMapping[str, Fact] | None = None) -> dict[str, Fact]:
    """The catalogue `above` (the shared one where none is given), and over it the `facts.yaml` of each of `folders`."""
    facts = dict(shared_facts() if above is None else above)
    for folder in folders:
        path = folder / "facts.yaml"
        if path.is_file():
            stat = path.stat()
            for name, fact in _facts_as_written(path, stat.st_mtime_ns, stat.st_size).items():
                known = facts.get(name)
                # Worded anew, it plays the part it played and is read where it was read, unless it says otherwise.
                facts[name] = fact if known is None else replace(
                    fact, role=fact.role or known.role, read_from=fact.read_from or known.read_from,
                    read_with=fact.read_with or known.read_with,
                )  # fmt: skip
    return facts


def playing(facts: AnyMapping[str, Fact], role: str) -> Fact:
    """The fact that plays `role` (`ROLES`), of several the one that stands last: a regulation's own."""
    return [fact for fact in facts.values() if fact.role == role][-1]
