"""`--lang en` is English throughout: what is Vietnamese in it is data or official wording, never a word of docgen's."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cli_run import Run

from docgen.cli import COMMANDS
from docgen.i18n import locale_folder, message, worded
from docgen.model import GRADE_TEXT, LEVEL_TEXT, Finding, Place
from docgen.regulations.loader import builtin_folder
from docgen.regulations.strict_yaml import load_file

ROOT = Path(__file__).parent.parent.parent
BROKEN = ROOT / "examples" / "ho-so-loi.json"
LETTERS = "ăâđêôơưàáạảãằắặẳẵầấậẩẫèéẹẻẽềếệểễìíịỉĩòóọỏõồốộổỗờớợởỡùúụủũừứựửữỳýỵỷỹ"
VIETNAMESE = re.compile(rf"[^\s]*[{LETTERS}{LETTERS.upper()}][^\s]*")


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield from value.split(" | ")
        yield from re.findall(r"[^{}*\n]+", value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@cache
def official() -> frozenset[str]:
    """What the regulations that come with docgen print: it stays as it is printed."""
    found = {text for path in builtin_folder().rglob("*.yaml") for text in texts(load_file(path))}
    return frozenset({*found, *GRADE_TEXT.values(), *LEVEL_TEXT.values()})


def ours(output: str, data: frozenset[str] = frozenset()) -> list[str]:
    """The Vietnamese words in `output` that are neither official wording, nor in `data`, nor quoted."""
    if not VIETNAMESE.search(output):
        return []
    quoted = re.compile(r"“[^“”]*”|\"[^\"\n]*\"|‘[^‘’]*’")
    while quoted.search(output):
        output = quoted.sub(" ", output)
    known = {text.strip() for text in (*official(), *data)}
    known |= {text[:40].strip() for text in known}  # a list of places cuts each short
    # Longest first: a label inside a longer one must not break it.
    for text in sorted((text for text in known if len(text) > 3 and text in output), key=len, reverse=True):
        output = output.replace(text, " ")
    # The clauses of the sources are cited as they are (“gạch 1”, “Điều 4 khoản 7”), by number.
    output = re.sub(r"\b(?:gạch|khoản|Điều|điều kiện|mục|Mẫu|Phụ lục|QĐ|Đ\.)\s?[\w.-]*\d\w*", " ", output)
    return VIETNAMESE.findall(output)


@pytest.fixture
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Callable[..., str]:
    monkeypatch.chdir(tmp_path)

    def told(*arguments: str) -> str:
        done = run("--lang", "en", *arguments)
        assert done.code in (0, 1), done.err
        return done.out + done.err

    return told


def test_a_word_of_ours_is_noticed() -> None:
    assert ours("Place: /members/0 (dòng 309)") == ["(dòng"]
    assert ours("Condition for HTXSNV not met (KH 55 II.B.2.3.1 gạch 1): grade Hoàn thành tốt nhiệm vụ") == []
    assert ours("Họ và tên is not written") == []


def test_validate(english: Callable[..., str]) -> None:
    # A name is shown as docgen keeps it, in NFC.
    data = frozenset(
        unicodedata.normalize(form, text)
        for text in texts(json.loads(BROKEN.read_text(encoding="utf-8")))
        for form in ("NFC", "NFD")
    )
    output = english("validate", str(BROKEN), "--all")
    assert "(line " in output
    assert ours(output, data) == []


def test_grade_and_read_and_the_rest_of_a_dossier(english: Callable[..., str], tmp_path: Path) -> None:
    english("init", "hs", "-r", "kh55-2018")
    file = tmp_path / "hs" / "ho-so.json"
    data = frozenset(texts(json.loads(file.read_text(encoding="utf-8"))))
    for arguments in (["grade", str(file)], ["validate", str(file)], ["tally", str(file)]):
        assert ours(english(*arguments), data) == [], arguments
    english("blank", "mau-02", "--dossier", str(file), "--member", "dv-01", "-o", "phat")
    page = next((tmp_path / "phat").glob("*.docx"))
    for arguments in (
        ["read", str(page)],
        ["validate", str(page)],
        ["template", "check", str(page), "--form", "mau-02"],
    ):
        output = english(*arguments)
        assert ours(output, data) == [], arguments
    read = json.loads(english("read", str(page), "--json"))
    for finding in read["findings"]:
        assert ours(" ".join(str(finding[key]) for key in ("source", "message", "hint")), data) == []


def test_facts(english: Callable[..., str], tmp_path: Path) -> None:
    lines = [
        ("kh55-2018", {"core_criteria_levels": ["tot", "kem"]}),
        ("kh55-2018", {"gpa": "hai", "exemplary_attested": 3}),
        ("hd43-2025", {"training_score": -1}),
    ]
    rows = [{"id": "a", "regulation": name, "subject": "dang_vien", "facts": facts} for name, facts in lines]
    (tmp_path / "facts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    output = english("grade", "--facts", "facts.jsonl")
    assert "training score" in output
    assert ours(output) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help(command: str) -> None:
    """The words of a help are chosen when its command is loaded: the catalogue itself is looked at."""
    assert ours(message(f"cli.help.{command}", "en")) == []


def test_no_text_of_the_english_catalogues_is_vietnamese() -> None:
    """Beside names of papers and clauses in the texts, which are quoted or official, a text has no Vietnamese word."""
    left = {}
    for path in (locale_folder() / "en" / "LC_MESSAGES").glob("*.po"):
        for key, text in re.findall(r'msgid "([^"]+)"\nmsgstr "(.*)"', path.read_text(encoding="utf-8")):
            if found := ours(text.replace('\\"', '"')):
                left[key] = found
    assert left == {}


def test_a_place_and_a_label_are_worded_when_the_language_is_known() -> None:
    place = Place("a.docx", "/x", "“Họ và tên”", section="I.2", table=2, row=3, cell=1)
    assert place.text("en") == "a.docx: section I.2, table 2, row 3, cell 1, “Họ và tên”"
    assert place.text("vi") == "a.docx: mục I.2, bảng 2, hàng 3, ô 1, “Họ và tên”"
    assert Place("a.json", "/x", "/x", 9).text("en") == "a.json: /x (line 9)"
    assert Place("a.json", line=9, column=2).text("en") == "a.json: line 9, column 2"
    params = {"fact": "x", "label": worded(lambda language: f"<{language}>"), "value": -1}
    told = Finding("grading.fact.negative", "warning", place, params)
    assert ("<en>" in told.text("en"), "<vi>" in told.text("vi")) == (True, True)
    assert {key: told.as_json("en")[key] for key in ("table", "row", "cell")} == {"table": 2, "row": 3, "cell": 1}
    assert "line" not in told.as_json("en")
