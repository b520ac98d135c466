"""`--lang en`: every question about grades is English; only words printed in a regulation stay Vietnamese, quoted.

An English text is data beside the Vietnamese one (`en` of an ambiguity in `rules.yaml`, of a fact in `facts.yaml`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from docgen import cli
from docgen.dossier.sample import sample_dossier
from docgen.grading import propose, rules_of
from docgen.grading.answers import with_answers
from docgen.grading.proposal import Question
from docgen.regulations.loader import list_regulations
from docgen.regulations.rules import RuleSet

BY_DOCGEN = list_regulations()
_QUOTED = re.compile(r"“[^“”]*”")
#: Abbreviated names of documents, which have no other form.
_NAMES = re.compile(r"\bQĐ\b")
_VIETNAMESE = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđĐ]", re.IGNORECASE)


def vietnamese(text: str, clauses: Iterable[str] = ()) -> list[str]:
    """The Vietnamese letters in `text` outside quotations (one may stand in another), names and cited `clauses`."""
    for clause in sorted(clauses, key=len, reverse=True):
        text = text.replace(clause, "")
    while (shorter := _QUOTED.sub("", text)) != text:
        text = shorter
    return _VIETNAMESE.findall(_NAMES.sub("", text))


def clauses_of(name: str) -> set[str]:
    """The clauses as they are cited."""
    return {rule.clause for rule in rules_of(name).rules}


def test_what_counts_as_vietnamese() -> None:
    assert vietnamese("exempt: có hay không?")
    assert vietnamese("the sick leave, nghỉ ốm")
    assert not vietnamese("Read as “cộng dồn” (added up); QĐ 366, KH 55.")
    clause = "QĐ 366 Đ.11 k.1 câu dẫn"
    assert vietnamese(f"{clause}: “Là tập thể”")
    assert not vietnamese(f"{clause}: “Là “tập thể” có”", [clause])


def lacking(rules: RuleSet) -> list[str]:
    """The codes of ambiguities whose English text is missing, or Vietnamese in part."""
    return [entry.code for entry in rules.ambiguities if not entry.english or vietnamese(entry.label("en"))]


@pytest.mark.parametrize("name", BY_DOCGEN)
def test_every_ambiguity_has_an_english_text(name: str) -> None:
    assert rules_of(name).ambiguities
    assert not lacking(rules_of(name))


def test_a_missing_english_text_is_seen() -> None:
    rules = rules_of("hd19-2024")
    first, *others = rules.ambiguities
    assert lacking(replace(rules, ambiguities=(replace(first, english=""), *others))) == [first.code]
    assert lacking(replace(rules, ambiguities=(replace(first, english=first.text), *others))) == [first.code]


@pytest.mark.parametrize("name", BY_DOCGEN)
def test_every_fact_has_an_english_name(name: str) -> None:
    assert not [fact.name for fact in rules_of(name).facts.values() if vietnamese(fact.label("en"))]


def _questions(name: str) -> Iterator[Question]:
    """The questions of each subject when nothing is known, and with each yes/no fact yes and no by itself."""
    rules = rules_of(name)
    for subject in ("dang_vien", "to_chuc_dang", "tap_the", "vote", "cohort"):
        bools = [fact.name for fact in rules.facts.values() if fact.type == "bool" and subject in fact.subjects]
        for facts in ({}, *({fact: value} for fact in bools for value in (True, False))):
            yield from with_answers(rules, subject, facts, propose(rules, subject, facts)).questions


@pytest.mark.parametrize("name", BY_DOCGEN)
def test_questions_are_english_with_answers_and_places(name: str) -> None:
    found = list({question.words("en"): question for question in _questions(name)}.values())
    assert len(found) > 5
    clauses = clauses_of(name)
    assert not [question.words("en") for question in found if vietnamese(question.words("en"), clauses)]
    for question in found:
        assert question.text == question.words("vi")
        assert question.told is not None


@pytest.mark.parametrize("name", BY_DOCGEN)
def test_the_board_of_a_dossier_in_english(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a user reads: facts of half the members left out, so that there is much to ask."""
    data = sample_dossier(name)
    for one in data["members"][::2]:
        one["facts"] = {}
    data["party_organization"]["facts"] = {}
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["docgen", "--lang", "en", "grade", str(path)])
    with pytest.raises(SystemExit):
        cli.main()
    asked = [line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("?")]
    assert asked
    names = {one["member"]["full_name"] for one in data["members"]}
    for line in asked:
        for person in names:
            line = line.replace(person, "")
        assert not vietnamese(line, clauses_of(name)), line
