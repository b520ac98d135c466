"""The words of the pages: every key of a template has its text in both languages, and an English page is English."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from page_office import signed_in
from web_office import Office

from docgen.dossier.sample import sample_dossier
from docgen.i18n import LANGUAGES, has_message, locale_folder
from docgen.web.dossier_view import DONE_AT, STEPS
from docgen.web.page_render import today_words

TEMPLATES = Path(__file__).parents[2] / "docgen" / "web" / "page_templates"
KEY = re.compile(r"""\b(t|said)\('([a-z_0-9.-]+)'(\s*~)?""")


def keys_in(source: str) -> tuple[set[str], set[str]]:
    """The keys that a template names in full, and the beginnings that it puts something behind."""
    whole, begun = set(), set()
    for function, key, more in KEY.findall(source):
        name = f"page.{key}" if function == "t" else key
        (begun if more else whole).add(name)
    return whole, begun


def test_keys_are_found() -> None:
    source = "{{ t('a.b', n=1) }}{{ said('desk.state.given') }}{{ t('role.' ~ one) }}{{ at('x') }}"
    assert keys_in(source) == ({"page.a.b", "desk.state.given"}, {"page.role."})


def test_every_key_of_a_template_has_words() -> None:
    known = {key for path in TEMPLATES.glob("*.html") for key in keys_in(path.read_text(encoding="utf-8"))[0]}
    assert len(known) > 100
    assert [(key, lang) for key in sorted(known) for lang in LANGUAGES if not has_message(key, lang)] == []


def test_every_next_step_of_the_desk_has_its_head_and_its_place() -> None:
    po = (locale_folder() / "vi" / "LC_MESSAGES" / "desk.po").read_text(encoding="utf-8")
    steps = set(re.findall(r'^msgid "desk\.next\.([a-z_]+)"$', po, re.MULTILINE)) - {"more"}
    assert {"read", "decide", "overdue"} <= steps
    assert [step for step in steps for lang in LANGUAGES if not has_message(f"page.next.head.{step}", lang)] == []
    assert steps - set(DONE_AT) == {"overdue", "close"}  # a deadline is met wherever its work is done
    assert set(DONE_AT.values()) <= set(STEPS)


def test_no_template_says_a_word_of_its_own() -> None:
    """What people read comes from a catalogue or from data: between tags stands no Vietnamese."""
    for path in TEMPLATES.glob("*.html"):
        plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        plain = re.sub(r"<[^>]*>", " ", plain)
        words = {word for word in re.findall(r"[^\W\d_]+", plain) if not word.isascii()} - {"Tiếng", "Việt"}
        assert words == set(), path.name


@pytest.fixture
def ours() -> object:
    sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))
    try:
        from test_english import ours as found
    finally:
        sys.path.pop(0)
    return found


def test_an_english_page_is_english(office: Office, ours: object) -> None:
    browser = signed_in(office, unit="chi-bo-a")
    data = sample_dossier("hd43-2025", year=2026)
    dossier = office.dossier(data, unit="chi-bo-a")
    texts: set[str] = {"Người hanh", "Đơn vị chi-bo-a", "Tiếng Việt", "máy chủ"}

    def collect(value: object) -> None:
        if isinstance(value, str):
            texts.add(" ".join(value.split()))
        elif isinstance(value, dict):
            for one in value.values():
                collect(one)
        elif isinstance(value, list):
            for one in value:
                collect(one)

    collect(data)
    for path in ("/ho-so", "/quan-tri", "/tai-khoan", "/huong-dan", "/khong-co", f"/ho-so/{dossier}/nguoi",
                 f"/ho-so/{dossier}/lan-sua"):  # fmt: skip
        page = browser.get(path, headers={"Accept-Language": "en"}).text
        lines = re.sub(r"<[^>]*>", "\n", re.sub(r"<(script|style|title).*?</\1>", "", page, flags=re.DOTALL))
        told = [line.strip() for line in lines.split("\n") if line.strip()]
        assert ours("\n".join(told), frozenset(texts)) == [], path  # type: ignore[operator]


def test_the_day_is_told_in_the_readers_language() -> None:
    assert re.fullmatch(r"(thứ|Chủ) \w+, \d{1,2}/\d{1,2}/\d{4}", today_words("vi"))
    assert re.fullmatch(r"\w+day, \d{1,2}/\d{1,2}/\d{4}", today_words("en"))
