"""`docs/regulations.md` names every file, key and kind of block that the loader takes, and none that it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docgen.forms.blocks import BLOCKS
from docgen.forms.definition import FORM_KEYS, STATUSES
from docgen.regulations import criteria_sets, duties, life, loader

PAGE = (Path(__file__).parents[2] / "docs" / "regulations.md").read_text(encoding="utf-8")
SECTIONS = {part.split("\n", 1)[0].strip(" `"): part for part in PAGE.split("\n## ")[1:]}


def keys_in_code(source: str) -> set[str]:
    """The keys in the `closed(…)` calls of a module."""
    found: set[str] = set()
    for call in re.findall(r"closed\(\s*((?:\([^()]*\)[\s,]*)+)\)", source):
        found |= set(re.findall(r'"([a-z_]+)"', call))
    return found


def named(section: str) -> set[str]:
    return set(re.findall(r"`([A-Za-z_.-]+)`", SECTIONS[section]))


LOADER = {
    key
    for module in (loader, duties, life)
    for key in keys_in_code(Path(str(module.__file__)).read_text(encoding="utf-8"))
}
EXPECTED = {
    "regulation.yaml": {*loader.REGULATION_KEYS, *loader.REGULATION_REQUIRED, *loader.ADD_KEYS, *LOADER},
    "criteria.yaml": {*loader.CRITERIA_KEYS, *criteria_sets.CRITERION_KEYS},
    "fields.yaml": {*loader.FIELDS_KEYS, *(set(loader.TYPES) - {"choice"})},
    "forms/<biểu mẫu>.yaml": {*FORM_KEYS, *STATUSES, *(k for kind in BLOCKS.values() for k in kind.all_keys)},
}


@pytest.mark.parametrize("section", EXPECTED)
def test_every_key_is_named(section: str) -> None:
    assert len(EXPECTED[section]) > 5
    assert EXPECTED[section] - named(section) == set()


def test_the_keys_of_lists_were_found_in_the_code() -> None:
    """The guard reads the loader's source: it must see the keys that no constant holds."""
    assert {"working_days", "minimum_days", "what", "month_day", "each", "only", "label", "required"} <= LOADER


def test_a_key_that_is_not_named_is_noticed() -> None:
    assert {"khong_co", "title"} - named("regulation.yaml") == {"khong_co"}
    assert keys_in_code('x.closed(("mot", "hai"), ("mot",))') == {"mot", "hai"}


def test_nothing_is_promised_that_would_be_refused() -> None:
    """The first word of each item of the lists is a key."""
    for section in ("regulation.yaml", "criteria.yaml"):
        for item in re.findall(r"^- `([a-z_]+)`", SECTIONS[section], re.MULTILINE):
            assert item in EXPECTED[section], item


def test_files_it_speaks_of_exist() -> None:
    docs = Path(__file__).parents[2] / "docs"
    for link in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (docs / link).exists(), link
