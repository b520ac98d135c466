"""Every kind of predicate says all that a kind must say; one that was half added fails by name."""

from __future__ import annotations

import gettext
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kind_check import ask, faults, worlds_of

from docgen import i18n
from docgen.grading import language
from docgen.grading.language import predicate_from
from docgen.kinds import kinds_of
from docgen.model import GRADES, LEVELS
from docgen.regulations.entails import entails
from docgen.regulations.predicate import SAID, Predicate, World, facts_of
from docgen.regulations.predicates import PREDICATES
from docgen.regulations.predicates.not_ import Not
from docgen.regulations.rule_facts import Fact

SHOWN = (Path(__file__).parent / "example_kind" / "within.py").read_text(encoding="utf-8")
#: Under a name that no kind has, so that whoever adds the recipe's kind sees no test fail.
WITHIN = SHOWN.replace("within", "nearby")
RECIPES = Path(__file__).parents[2] / "docs" / "recipes.md"
WORDS = {
    "grading.kind.nearby": ("Hai mức cách nhau không quá chừng ấy bậc.", "Two grades at most so many steps apart."),
    "grading.says.nearby": ("{fact} cách {other} không quá {steps} bậc", "{fact} within {steps} steps of {other}"),
    "grading.note.nearby": ("{fact} cách {other} {apart} bậc, quy định không quá {steps}",
                            "{fact} is {apart} steps from {other}, at most {steps}"),
}  # fmt: skip


@pytest.mark.parametrize("name", PREDICATES)
def test_every_kind_is_whole(name: str) -> None:
    assert faults(PREDICATES[name]) == []


def test_the_language_has_the_kinds_that_rules_are_written_in() -> None:
    """Written from the rules of the six regulations: whoever drops a kind drops their meaning."""
    known = {
        "is", "given", "equals", "one_of", "compare", "all_at_least", "some_equal", "share", "each_grade",
        "count_grades", "each_unit", "scores_below", "majority", "date_after", "sum_at_least", "not", "all_of",
        "any_of", "implies", "unless", "use", "rule", "standing", "final", "level_fails", "situation",
    }  # fmt: skip
    assert known <= set(PREDICATES)


# -- a kind that was half added --


class Overlay(gettext.NullTranslations):
    """A catalogue with some words more."""

    def __init__(self, below: gettext.NullTranslations, words: dict[str, str]) -> None:
        super().__init__()
        self.below, self.words = below, words

    def gettext(self, key: str) -> str:
        return self.words.get(key) or self.below.gettext(key)


Kind = Callable[..., type[Predicate]]


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    """Adds `nearby`, with its source or its words changed, as a package of its own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def add(source: str = WITHIN, words: dict[str, tuple[str, str]] = WORDS) -> type[Predicate]:
        below = i18n._catalogue
        folder = tmp_path / "half_kinds"
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "nearby.py").write_text(source, encoding="utf-8")

        def catalogue(domain: str, lang: str) -> gettext.NullTranslations:
            own = {key: pair[i18n.LANGUAGES.index(lang)] for key, pair in words.items()}
            return Overlay(below(domain, lang), own)

        monkeypatch.setattr(i18n, "_catalogue", catalogue)
        kind = kinds_of("half_kinds", Predicate, SAID)["nearby"]  # type: ignore[type-abstract]
        monkeypatch.setitem(PREDICATES, "nearby", kind)
        return kind

    yield add
    for name in set(sys.modules) - before:
        if name.startswith("half_kinds"):
            del sys.modules[name]


def without(*starts: str) -> str:
    """The source of `nearby` without the member that begins with one of `starts`, down to the next one."""
    kept: list[str] = []
    gone = False
    for line in WITHIN.splitlines():
        if line.startswith("    ") and not line.startswith("     ") and line.strip() != ")":
            gone = line.strip().startswith(starts)
        if not gone:
            kept.append(line)
    text = "\n".join(kept) + "\n"
    assert text != WITHIN
    return text.replace("    @classmethod\n    def tell", "    def tell") if "def parse" in starts else text


def test_a_whole_kind_is_one_file_and_its_words(added: Kind) -> None:
    kind = added()
    assert faults(kind, language.render()) == []


@pytest.mark.parametrize("part", ["def parse", "def tell", "def in_words", "def broken"])
def test_a_kind_without_a_method_does_not_load(added: Kind, part: str) -> None:
    with pytest.raises(TypeError, match=rf"half_kinds\.nearby\.Within does not say: .*{part[4:]}"):
        added(without(part))


@pytest.mark.parametrize("part", SAID)
def test_a_kind_without_an_attribute_does_not_load(added: Kind, part: str) -> None:
    with pytest.raises(TypeError, match=rf"half_kinds\.nearby\.Within does not say: {part}"):
        added(without(f"{part} ="))


@pytest.mark.parametrize("key", WORDS)
@pytest.mark.parametrize("lang", range(len(i18n.LANGUAGES)))
def test_a_kind_without_its_words_is_named(added: Kind, key: str, lang: int) -> None:
    pair = list(WORDS[key])
    pair[lang] = ""
    kind = added(words={**WORDS, key: (pair[0], pair[1])})
    assert f"words: {key} is not in {i18n.LANGUAGES[lang]}" in faults(kind, language.render())


HALVES = {
    "words that differ": (WITHIN, {"grading.says.nearby": ("{fact} {other} {steps}", "{fact}")}, "words:"),
    "words not named": (WITHIN.replace('"grading.says.nearby", ', ""), {}, "words: grading.says.nearby is said"),
    "a note not named": (WITHIN.replace(', "grading.note.nearby")', ",)"), {}, "words: grading.note.nearby is printed"),
    "no stricter": (without("def stricter"), {}, "stricter: nearby"),
    "stricter the wrong way": (WITHIN.replace("<= other.steps", ">= other.steps"), {}, "stricter: nearby"),
    "no example of stricter": (WITHIN.replace("steps: 0}", "steps: 1}"), {}, "stricter: nearby"),
    "nothing breaks it": (WITHIN.replace("in (-1, 1):", "in ():"), {}, "broken: nearby"),
    "a break that is none": (WITHIN.replace("self.steps + step)", "self.steps)"), {}, "broken: nearby"),
    "keys not looked at": (WITHIN.replace("reader.keys(cls, node, key)", "node[key]"), {}, "parse: nearby: x raises"),
    "keys not closed": (
        WITHIN.replace("reader.keys(cls, node, key)", "reader.mapping(node, key, node[key], ())"),
        {}, "parse: nearby: {khong_co: x",
    ),
    "an unknown fact taken for a failure": (
        WITHIN.replace("return not_known(fact)", "return Told('fails')"), {}, "tell: fails",
    ),
    "a fact that is no field": (
        WITHIN.replace("fact: Fact\n    other: Fact", "fact: Fact\n    other: str").replace(
            'reader.fact(m, "of", m["of"], "grade")', 'm["of"]').replace(
            "(self.fact, self.other):", "(self.fact, ask.view.rules.facts[self.other]):"),
        {}, "tell: reads headed_org_grade",
    ),
    "a proposal asked about in secret": (
        WITHIN.replace("values = []", "values = []\n        ask.state.standing()"), {}, "of_proposal:"),
}  # fmt: skip


@pytest.mark.parametrize("half", HALVES)
def test_a_half_added_kind_is_named(added: Kind, half: str) -> None:
    source, words, fault = HALVES[half]
    assert words or source != WITHIN
    found = faults(added(source, {**WORDS, **words}), language.render())
    assert [line for line in found if line.startswith(fault)], found


def test_a_kind_that_no_page_tells_of_is_named(added: Kind) -> None:
    assert [line for line in faults(added()) if line.startswith("docs: nearby")]


def test_two_kinds_of_one_name_do_not_load(added: Kind, tmp_path: Path) -> None:
    added()
    again = WITHIN.replace("class Within", "class Again")
    (tmp_path / "half_kinds" / "again.py").write_text(again, encoding="utf-8")
    with pytest.raises(TypeError, match=r"Within is called 'nearby', which is the name of half_kinds\.again\.Again"):
        kinds_of("half_kinds", Predicate, SAID)  # type: ignore[type-abstract]


def test_a_module_that_holds_no_kind_does_not_load(added: Kind, tmp_path: Path) -> None:
    added()
    (tmp_path / "half_kinds" / "empty.py").write_text("X = 1\n", encoding="utf-8")
    with pytest.raises(TypeError, match=r"half_kinds\.empty holds no Predicate"):
        kinds_of("half_kinds", Predicate, SAID)  # type: ignore[type-abstract]


def test_the_recipe_shows_the_kind_that_is_tested_here() -> None:
    assert f"```python\n{SHOWN}```" in RECIPES.read_text(encoding="utf-8")


# -- comparing is sound --


def value_for(rng: random.Random, fact: Fact) -> Any:
    """Some value of a fact, by its type."""
    grade, count = rng.choice(GRADES), rng.randint(1, 3)
    made: dict[str, Callable[[], Any]] = {
        "bool": lambda: rng.random() < 0.5,
        "number": lambda: rng.choice((0, 8, 50, 81.5, 90)),
        "percent": lambda: rng.choice((0, 80, 89.9, 90, 100)),
        "int": lambda: rng.randint(0, 6),
        "date": lambda: rng.choice(("2018-05-31", "2018-06-01", "2018-07-01")),
        "grade": lambda: grade,
        "levels": lambda: [rng.choice(LEVELS) for _ in range(count)],
        "percents": lambda: [rng.choice((79, 80, 95)) for _ in range(count)],
        "grades": lambda: {name: rng.choice(GRADES) for name in ("chinh_quyen", "mat_tran", "cong_doan")},
        "tally": lambda: {one: rng.randint(0, 6) for one in GRADES},
        "units": lambda: [{"kind": rng.choice(("don_vi", "linh_vuc")), "grade": rng.choice(GRADES)} for _ in range(2)],
        "scores": lambda: [[rng.choice((8, 8.9, 9, 9.6)), 10] for _ in range(count)],
    }
    return rng.choice(fact.values) if fact.values else made[fact.type]()


def test_what_is_proved_of_any_two_conditions_is_true() -> None:
    """Examples, what is stricter, and every break of them, each with its contrary: whatever is proved holds in worlds
    made at random of the facts they read."""
    rng = random.Random(12)
    proved = 0
    for kind in dict.fromkeys(PREDICATES.values()):
        ones = [predicate_from(text) for e in kind.examples for text in (e.written, e.stricter) if text]
        ones += [other for one in list(ones) for _, other in one.broken()]
        ones += [Not(one) for one in ones]
        facts = sorted({fact for one in ones for fact in facts_of(one)}, key=lambda fact: fact.name)
        worlds = [World({fact.name: value_for(rng, fact) for fact in facts}) for _ in range(40)] + worlds_of(kind)
        said = {id(one): [ask(one, world)[0].outcome for world in worlds] for one in ones}
        for first in ones:
            for second in ones:
                if first != second and entails(first, second):
                    proved += 1
                    pairs = zip(said[id(first)], said[id(second)], strict=True)
                    assert ("holds", "fails") not in set(pairs), (first, second)
    assert proved > 200
