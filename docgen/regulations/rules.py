"""Loading the grading rules of a regulation (`rules.yaml`) into typed values.

A rule has an id, the clause where it is written, the official wording, and its effects: what it does to a proposal.
Most have one (`condition`, `ground`, `cap` …); a rule that the source lets do two things has two. A rule that the
machine cannot apply (an order of meetings, a reminder) has a `kind` instead. Where the source contradicts itself, the
file says so under `ambiguities`, with a code, when it matters and what else the text could mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from docgen.errors import UsageError
from docgen.owner import Owner
from docgen.regulations.effect import ALWAYS, Effect, when
from docgen.regulations.effects import EFFECTS
from docgen.regulations.effects.action import Action
from docgen.regulations.effects.ballot import SCHEMES, Ballot
from docgen.regulations.effects.cap import Cap
from docgen.regulations.effects.catch_all import CatchAll
from docgen.regulations.effects.condition import Condition
from docgen.regulations.effects.exclusion import Exclusion
from docgen.regulations.effects.ground import Ground
from docgen.regulations.effects.hold import Hold
from docgen.regulations.effects.pin import Pin
from docgen.regulations.effects.positions import Positions
from docgen.regulations.effects.quota import READINGS, Quota, Raised
from docgen.regulations.effects.requirement import Requirement
from docgen.regulations.effects.score import Score
from docgen.regulations.effects.selection import Selection
from docgen.regulations.faults import Faults, each
from docgen.regulations.loader import load_regulation, may_name_a_file
from docgen.regulations.predicate import Predicate, parts
from docgen.regulations.predicates.rule import RuleHolds
from docgen.regulations.rule_facts import Fact, Labelled, catalogue
from docgen.regulations.rule_parser import Parser
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.subjects import SUBJECTS as SUBJECTS_OF_DOSSIER
from docgen.regulations.yaml_shape import REGULATION, RULES, load_shaped

__all__ = [
    "ALWAYS",
    "KINDS",
    "READINGS",
    "SCHEMES",
    "SUBJECTS",
    "Action",
    "Ambiguity",
    "Ballot",
    "Base",
    "Cap",
    "CatchAll",
    "Condition",
    "Effect",
    "Exclusion",
    "Ground",
    "Hold",
    "Pin",
    "Positions",
    "Quota",
    "Raised",
    "Requirement",
    "Rule",
    "RuleSet",
    "Score",
    "Selection",
    "load_rules",
    "load_rules_file",
    "package_folder",
    "rules_file",
]

SUBJECTS = (*SUBJECTS_OF_DOSSIER, "cohort", "vote")
KINDS = ("order", "reminder", "reading")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where it is written, in which words, and what it does."""

    id: str
    subjects: tuple[str, ...]
    clause: str
    wording: str
    effects: tuple[Effect, ...] = ()
    kind: str = ""
    reading: str = ""

    def predicates(self) -> Iterator[Predicate]:
        """The predicates of its effects."""
        for effect in self.effects:
            predicate = effect.predicate()
            if predicate is not None:
                yield predicate


@dataclass(frozen=True, slots=True)
class Ambiguity(Labelled):
    """A place where the source can be read in several ways.

    Raised where `when` holds and, if one of `without`, `flat`, `capped_by` is given, where the proposal made that way
    differs (without these rules; without carrying lower grades' bans upward; capped by these facts). `proposes` is the
    grade chosen where the rules reach none; `alternatives` the grades of the other readings; where it `withholds`, no
    grade is proposed until people have decided. `text` tells people in Vietnamese, `english` in English, where words of
    the regulation stay as they are printed, in “…”.
    """

    code: str
    subjects: tuple[str, ...]
    when: Predicate
    text: str
    alternatives: tuple[str, ...] = ()
    proposes: str = ""
    without: tuple[str, ...] = ()
    flat: bool = False
    capped_by: tuple[Fact, ...] = ()
    withholds: bool = False
    english: str = ""

    def label(self, language: str) -> str:
        """The text for people in `language`; a regulation of a unit may have none but the Vietnamese one."""
        return self.english if language == "en" and self.english else self.text


@dataclass(frozen=True, slots=True)
class Base:
    """The grade comes from a fact (reached under another document) where `when` holds, not from conditions."""

    subjects: tuple[str, ...]
    fact: Fact
    when: Predicate


@dataclass(frozen=True, slots=True)
class RuleSet(Owner):
    """All grading rules of one regulation; `file` is where it says what is its own."""

    regulation: str
    document: str
    facts: dict[str, Fact] = field(hash=False)
    rules: tuple[Rule, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    bases: tuple[Base, ...] = ()
    file: str = field(default="", compare=False)

    def for_subject(self, subject: str) -> tuple[Rule, ...]:
        """The rules about `subject`."""
        return tuple(rule for rule in self.rules if subject in rule.subjects)

    def rule(self, rule_id: str) -> Rule:
        """The rule called `rule_id`. Raises `UsageError` where there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UsageError("grading.usage.unknown_rule", rule=rule_id, regulation=self.regulation)


class _Reader:
    """Reads one `rules.yaml`, its parent already read."""

    def __init__(self, facts: dict[str, Fact], named: dict[str, Any]) -> None:
        self.parser = Parser(facts, named)

    def rule(self, node: Mapping) -> Rule:
        node.closed(("kind", "reading", *EFFECTS), required=("id", "subjects", "clause", "wording"))
        for key in ("id", "clause", "wording"):
            if not isinstance(node[key], str) or not node[key].strip():
                raise node.fault("grading.definition.empty", key, key=key)
        named = [key for key in node if key in EFFECTS]
        found = tuple(each(lambda key: EFFECTS[key].parse(self.parser, node, key), named))
        kind = node.get("kind", "")
        if kind not in ("", *KINDS):
            raise node.fault("grading.definition.bad_value", "kind", key="kind", value=kind)
        if bool(found) == bool(kind):
            raise node.fault("grading.definition.effect_or_kind", "id", rule=node["id"])
        return Rule(
            node["id"],
            self._subjects(node),
            node["clause"],
            node["wording"],
            found,
            kind,
            node.get("reading", ""),
        )

    def ambiguity(self, node: Mapping) -> Ambiguity:
        node.closed(
            ("en", "when", "alternatives", "proposes", "without", "flat", "capped_by", "withholds"),
            required=("code", "subjects", "text"),
        )
        return Ambiguity(
            node["code"],
            self._subjects(node),
            when(self.parser, node),
            node["text"],
            tuple(self.parser.grade(node, "alternatives", g) for g in self.parser.texts_if_any(node, "alternatives")),
            self.parser.grade(node, "proposes", node["proposes"]) if "proposes" in node else "",
            self.parser.texts_if_any(node, "without"),
            node.get("flat") == "yes",
            tuple(self.parser.fact(node, "capped_by", f, "grade") for f in self.parser.texts_if_any(node, "capped_by")),
            node.get("withholds") == "yes",
            node.get("en", ""),
        )

    def base(self, node: Mapping) -> Base:
        node.closed(("when",), required=("subjects", "fact"))
        return Base(
            self._subjects(node), self.parser.fact(node, "fact", node["fact"], "grade"), when(self.parser, node)
        )

    # -- values --

    def _subjects(self, node: Mapping) -> tuple[str, ...]:
        words = tuple(str(node["subjects"]).split())
        for word in words:
            if word not in SUBJECTS:
                raise node.fault("grading.definition.bad_value", "subjects", key="subjects", value=word)
        return words


def package_folder() -> Path:
    """The folder of the regulations that docgen brings."""
    return Path(str(files("docgen.regulations")))


def rules_file(regulation: str, folders: Iterable[Path] = (), above: Path | None = None) -> Path:
    """The `rules.yaml` that holds for `regulation`, looked for in `folders` first, then in the package.

    A folder is either the regulation's own or one that holds it. A regulation without a `rules.yaml` whose
    `regulation.yaml` extends another one has that one's rules. `above`, a `rules.yaml` that extends a regulation of
    its own name, is passed over. Raises `UsageError` for an unknown regulation.
    """
    folders = tuple(folders)
    places = [*(Path(f) for f in folders), package_folder()]
    for place in places if may_name_a_file(regulation) else ():
        for folder in (place / regulation, *([place] if place.name == regulation else [])):
            if above is not None and folder == above.parent:
                continue
            if (folder / "rules.yaml").is_file():
                return folder / "rules.yaml"
            if (folder / "regulation.yaml").is_file():
                parent = load_shaped(folder / "regulation.yaml", REGULATION).get("extends", "")
                if parent and parent != regulation:
                    return rules_file(parent, folders, above)
    raise UsageError("grading.usage.no_rules", regulation=regulation)


def load_rules(regulation: str, folders: Iterable[Path] = ()) -> RuleSet:
    """The rules of `regulation`, complete: those of the regulation it extends included.

    `folders` hold regulations outside the package. Raises `UsageError` for an unknown regulation and
    `DefinitionError` (`file`, `line`, name) for a file that is wrong: unknown key, predicate or fact, a rule without
    clause or wording, an id given twice, a chain of `extends` that never ends.
    """
    listed = tuple(Path(f) for f in folders)
    return _load(rules_file(regulation, listed), listed, ())


def kept_rules(regulation: str, folders: Iterable[Path | str] = ()) -> RuleSet:
    """The rules of `regulation` as `load_rules` gives them, read once for as long as it is the same regulation."""
    listed = tuple(Path(f) for f in folders)
    try:
        owner = load_regulation(regulation, listed)
    except UsageError:
        return load_rules(regulation, listed)  # rules alone, or the error in the words of rules
    return owner.derived("rules", lambda: load_rules(regulation, listed))


def load_rules_file(path: Path, folders: Iterable[Path] = ()) -> RuleSet:
    """The rules in one file, as `load_rules` gives them."""
    return _load(path, tuple(Path(f) for f in folders), ())


def _load(path: Path, folders: tuple[Path, ...], seen: tuple[Path, ...]) -> RuleSet:
    faults = Faults()
    node = load_shaped(path, RULES, faults)
    with faults:
        node.closed(
            ("extends", "remove", "define", "base", "ambiguities"), required=("regulation", "document", "rules")
        )
    parent: RuleSet | None = None
    named: dict[str, Any] = {}
    if "extends" in node:
        own_name = node["extends"] == path.parent.name
        above = rules_file(node["extends"], folders, path if own_name else None)
        if above in seen or above == path:
            raise node.fault("grading.definition.endless_extends", "extends", regulation=node["extends"])
        parent = _load(above, folders, (*seen, path))
        named.update(load_shaped(above, RULES).get("define", {}))
    named.update(node.get("define", {}))
    # Over what is extended, not over the shared catalogue: a fact that a regulation words anew stays so for its units.
    facts = parent.facts if parent else catalogue()
    with faults:
        facts = catalogue((path.parent,), facts)
    reader = _Reader(facts, named)
    for name in node.get("define", {}):
        with faults:
            reader.parser.parse(node["define"][name], node["define"], name)

    removed = set(node.get("remove", ()))
    kept = {rule.id: rule for rule in (parent.rules if parent else ())}
    for rule_id in removed:
        if kept.pop(rule_id, None) is None:
            faults.add(node.fault("grading.definition.unknown_name", "remove", name=rule_id))
    own: dict[str, Rule] = {}
    entries: dict[str, Mapping] = {}
    for entry in node.get("rules", ()):
        with faults:
            rule = reader.rule(entry)
            if rule.id in own:
                raise entry.fault("grading.definition.duplicate_rule", "id", rule=rule.id)
            own[rule.id] = rule
            entries[rule.id] = entry
    kept.update(own)
    ambiguities: tuple[Ambiguity, ...] = ()
    with faults:
        ambiguities = tuple(each(reader.ambiguity, node.get("ambiguities", ())))
    replaced = {a.code for a in ambiguities}
    # A doubt about a rule that was taken out is no doubt any more.
    inherited = tuple(
        a
        for a in (parent.ambiguities if parent else ())
        if a.code not in replaced and not removed & {*a.without, *_rules_in(a.when)}
    )
    bases: tuple[Base, ...] = ()
    with faults:
        bases = tuple(each(reader.base, node.get("base", ()))) or (parent.bases if parent else ())
    faults.settle()
    rules = RuleSet(
        node["regulation"], node["document"], facts, tuple(kept.values()), (*inherited, *ambiguities), bases,
        str(path),
    )  # fmt: skip
    _check_names(rules, node, entries)
    return rules


def _rules_in(predicate: Predicate) -> set[str]:
    """The ids of the rules that a predicate speaks of."""
    return {part.rule for part in parts(predicate) if isinstance(part, RuleHolds)}


def _check_names(rules: RuleSet, node: Mapping, entries: dict[str, Mapping]) -> None:
    """Refuses a rule named by another rule (`entries`: where those of this file stand) or by an ambiguity, but missing.

    One that an inherited rule names was taken out here: the fault is at `remove`.
    """
    known = {rule.id for rule in rules.rules}
    faults = Faults()
    asked = {entry["code"]: entry for entry in node.get("ambiguities", ())}
    named = [(entries.get(rule.id), p) for rule in rules.rules for p in rule.predicates()]
    named += [(asked.get(a.code), a.when) for a in rules.ambiguities]
    at = [(where, name) for where, predicate in named for name in sorted(_rules_in(predicate))]
    at += [(asked.get(a.code), name) for a in rules.ambiguities for name in a.without]
    for where, name in at:
        if name not in known:
            place = node if where is None else where
            key = "remove" if where is None and "remove" in node else None
            faults.add(place.fault("grading.definition.unknown_name", key, name=name))
    faults.settle()
