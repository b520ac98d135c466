"""Every key of a message has its words, in every catalogue: written out in the code, or put together when it runs."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile

from docgen.i18n import LANGUAGES, locale_folder

PACKAGE = Path(__file__).parents[1] / "docgen"
#: Catalogues of the house; the words of Click are Click's own.
ROOMS = sorted(path.stem for path in (locale_folder() / "vi" / "LC_MESSAGES").glob("*.po") if path.stem != "click")
ROOM = "|".join(ROOMS)
#: room.topic.name; a text of two parts is mostly something else.
LITERAL = re.compile(rf"(?:{ROOM})\.[a-z_0-9]+(?:\.[a-z_0-9]+)+")
#: What looks like a key and is a name of a file or of a media type.
NO_KEY = (".json", ".main")


@cache
def keys(language: str) -> frozenset[str]:
    """The keys of all catalogues of a language that have words."""
    found: set[str] = set()
    for room in ROOMS:
        with (locale_folder() / language / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
            found |= {str(entry.id) for entry in pofile.read_po(file) if entry.id and entry.string}
    return frozenset(found)


def wordless(source: str, known: frozenset[str]) -> list[str]:
    """The keys of a module without words: literal ones that are not `known`, and patterns that fit no known one."""
    tree = ast.parse(source)
    lost, parts = [], set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        parts |= {id(value) for value in node.values}
        first = node.values[0] if node.values else None
        if isinstance(first, ast.Constant) and re.match(rf"(?:{ROOM})\.", str(first.value)):
            pattern = "".join(
                re.escape(str(value.value)) if isinstance(value, ast.Constant) else r"[A-Za-z_0-9.-]+"
                for value in node.values
            )
            if not any(re.fullmatch(pattern, key) for key in known):
                lost.append(pattern)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            text = node.value
            if LITERAL.fullmatch(text) and text not in known and not text.endswith(NO_KEY):
                lost.append(text)
    return lost


@pytest.mark.parametrize("room", ROOMS)
def test_a_key_without_words_is_noticed_in_every_catalogue(room: str) -> None:
    known = keys("vi")
    assert wordless(f'raise_it("{room}.nowhere.to_be_found")', known) == [f"{room}.nowhere.to_be_found"]
    assert len(wordless(f'say(f"{room}.nowhere.{{kind}}")', known)) == 1
    key = next(key for key in sorted(known) if key.startswith(f"{room}."))
    assert wordless(f'say("{key}"); say(f"{key.rpartition(".")[0]}.{{kind}}")', known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_the_code_has_words(language: str) -> None:
    lost = {
        str(path.relative_to(PACKAGE)): found
        for path in PACKAGE.rglob("*.py")
        if (found := wordless(path.read_text(encoding="utf-8"), keys(language)))
    }
    assert lost == {}


def test_the_languages_say_the_same_things() -> None:
    assert len(keys("vi")) > 1000
    assert keys("vi") == keys("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_is_written_as_the_texts_write_it(language: str) -> None:
    """The regulations print "20%", all 93 times; a Jinja tag is no share."""
    apart = re.compile(r"[0-9}\"] %(?![}%])")
    found = []
    for room in ROOMS:
        with (locale_folder() / language / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
            found += [entry.id for entry in pofile.read_po(file) if apart.search(str(entry.string))]
    assert found == []
