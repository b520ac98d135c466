"""Every kind of effect says all that a kind must say; one that was half added fails by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from effect_check import faults

from docgen.i18n import has_message
from docgen.kinds import kinds_of
from docgen.regulations import effects
from docgen.regulations.effect import SAID, Effect
from docgen.regulations.effects import EFFECTS

CAP = Path(str(effects.__file__)).with_name("cap.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EFFECTS)
def test_every_kind_is_whole(name: str) -> None:
    assert faults(EFFECTS[name]) == []


def test_the_language_has_the_effects_that_rules_are_written_in() -> None:
    known = {
        "condition", "ground", "pin", "cap", "exclusion", "hold", "requirement", "action", "catch_all", "positions",
        "quota", "ballot", "selection", "score",
    }  # fmt: skip
    assert known <= set(EFFECTS)


def test_every_effect_that_gives_a_reason_has_its_words() -> None:
    """The reasons are the engine's; their keys are made of the effect's name and the answer."""
    from docgen.grading.rule_plan import ROLES

    keys = [f"grading.reason.{role}.{answer}" for _, role, _ in ROLES for answer in ("holds", "fails", "unknown")]
    assert [key for key in keys for lang in ("vi", "en") if not has_message(key, lang)] == []
    assert all(EFFECTS[role] is kind and kind.guard == guard for kind, role, guard in ROLES)


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], type[Effect]]]:
    """The kind `cap` with its source changed, as a package of its own."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def change(source: str) -> type[Effect]:
        assert source != CAP
        folder = tmp_path / "half_effects"
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "cap.py").write_text(source, encoding="utf-8")
        kind = kinds_of("half_effects", Effect, SAID)["cap"]  # type: ignore[type-abstract]
        monkeypatch.setitem(EFFECTS, "cap", kind)
        return kind

    yield change
    for name in [name for name in sys.modules if name.startswith("half_effects")]:
        del sys.modules[name]


@pytest.mark.parametrize("part", ["parse", "in_words", "as_strict", "broken", *SAID])
def test_a_kind_without_a_part_does_not_load(changed: Callable[[str], type[Effect]], part: str) -> None:
    with pytest.raises(TypeError, match=rf"half_effects\.cap\.Cap does not say: {part}"):
        changed(CAP.replace(f"def {part}(", "def other(").replace(f"    {part} = ", "    other = "))


HALVES = {
    "words not named": (CAP.replace('("grading.says.effect.cap",)', "()"), "words: grading.says.effect.cap is said"),
    "words that are not there": (CAP.replace("effect.cap", "effect.khong_co"), "words: grading.says.effect.khong_co"),
    "another guard": (CAP.replace('guard = "when"', 'guard = ""'), "guard: cap"),
    "laxer taken for stricter": (CAP.replace(">= GRADES.index(old", "<= GRADES.index(old"), "as_strict: cap"),
    "anything is as strict": (CAP.replace("entails(old.when, self.when)", "True"), "as_strict: cap"),
    "nothing breaks it": (CAP.replace("if self.at else ()", "if False else ()"), "broken: cap"),
    "keys not looked at": (CAP.replace("cls.keys(reader, parent, key)", "parent[key]"), "parse: cap"),
    "no example": (CAP.replace("examples = (", "examples = ()\n    others = ("), "examples: none"),
}


@pytest.mark.parametrize("half", HALVES)
def test_a_half_added_kind_is_named(changed: Callable[[str], type[Effect]], half: str) -> None:
    source, fault = HALVES[half]
    found = faults(changed(source))
    assert [line for line in found if line.startswith(fault)], found


def test_a_kind_that_no_page_tells_of_is_named() -> None:
    assert faults(EFFECTS["cap"], "") == ["docs: cap is not in docs/rules/language.md"]
