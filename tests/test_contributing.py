"""The doors for strangers lead somewhere: files, folders and names that the pages name are there."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import docgen
from docgen.cli import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = ("CONTRIBUTING.md", "docs/recipes.md", *(f"docs/en/{name}.md" for name in (
    "architecture", "api", "glossary", "upgrades")))  # fmt: skip
NAMED = re.compile(r"`((?:docgen|tests|docs|tools|scripts|examples)/[^`<>… ]*)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def lost(page: str, text: str) -> list[str]:
    """What `text`, of the file `page`, names or links to and is not there."""
    named = [name for name in NAMED.findall(text) if not (ROOT / name).exists()]
    return named + [to for to in LINK.findall(text) if not ((ROOT / page).parent / to).exists()]


def test_a_name_that_leads_nowhere_is_noticed() -> None:
    assert lost("docs/a.md", "`docgen/nothing.py`, `docgen/model.py`, [x](nowhere.md), [y](../README.md)") == [
        "docgen/nothing.py",
        "nowhere.md",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert lost(page, text) == []


def test_the_recipes_are_told_in_both_languages() -> None:
    """Each row of the table of recipes stands in both halves, with the same files."""
    vietnamese, english = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n---\n")
    rows = [
        [NAMED.findall(line) for line in half.splitlines() if line.startswith("|")] for half in (vietnamese, english)
    ]
    assert len([row for row in rows[0] if row]) == 7
    assert [sorted(row) for row in rows[0]] == [sorted(row) for row in rows[1]]


def test_what_the_recipes_call_by_name_is_there() -> None:
    from docgen.pdf.choice import ENGINE
    from docgen.pdf.drawn import Engine
    from docgen.validation.dossier import CHECKS

    assert all((ENGINE, Engine, CHECKS, COMMANDS))


def test_every_name_of_the_english_api_page_is_exported() -> None:
    text = (ROOT / "docs" / "en" / "api.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`docgen\.([A-Za-z_]+)", text))
    assert len(names) > 10
    assert {name for name in names if not hasattr(docgen, name) and find_spec(f"docgen.{name}") is None} == set()


def test_readme_opens_the_doors() -> None:
    links = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {"CONTRIBUTING.md", "docs/en/architecture.md", "docs/en/glossary.md", "docs/en/upgrades.md"} <= set(links)
