"""The pages of docs/rules say what the rules say now, in words, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.grading import rules_of
from docgen.grading.catalogue import check, render
from docgen.regulations.loader import list_regulations

ROOT = Path(__file__).parent.parent.parent


def test_the_pages_are_up_to_date() -> None:
    assert check(ROOT / "docs" / "rules", ROOT / "tests" / "regulations") == []


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    told = [*list_regulations(), "language"]
    assert check(tmp_path, ROOT / "tests" / "regulations") == [f"{name}.md" for name in told]


@pytest.mark.parametrize("regulation", list_regulations())
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_rule_is_told_in_words(regulation: str, language: str) -> None:
    page = render(regulation, (), language)
    assert "grading." not in page
    assert all(text not in page for text in ("{", "}"))
    for rule in rules_of(regulation).rules:
        assert f"## {rule.id}\n" in page
        assert rule.clause in page
        assert rule.wording in page
