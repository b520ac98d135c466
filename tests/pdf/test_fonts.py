"""Letters that the text's font does not have: found whatever fonts the machine has.

Each conversion runs in a process of its own that sees the text's own font and the tiny font of `tests/data/fonts` only.
So a machine with few fonts and one with all of them answer alike.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from docgen.word.write.pages import Page

OWN = Path(__file__).parents[1] / "data" / "fonts"
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>{folders}<cachedir>{cache}</cachedir></fontconfig>
"""
ENGINES = ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]


def _text_font() -> Path | None:
    """The folder of a font made for Times New Roman's place, or None where the machine has none (rdocx carries one)."""
    if not shutil.which("fc-match"):
        return None
    named = subprocess.run(
        ["fc-match", "-f", "%{family}|%{file}", "Liberation Serif"], capture_output=True, text=True, check=True
    ).stdout
    family, _, file = named.partition("|")
    return Path(file).parent if "Liberation Serif" in family else None


@pytest.fixture
def few_fonts(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that sees the text's font and the tiny font, and nothing else."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(OWN / "docgen-thu.ttf", folder)
    if (text := _text_font()) is not None:
        for file in text.glob("LiberationSerif*"):
            shutil.copy(file, folder)
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(
        CONFIGURATION.format(folders=f"<dir>{folder}</dir>", cache=tmp_path / "cache"), encoding="utf-8"
    )
    return {**os.environ, "FONTCONFIG_FILE": str(configuration)}


def found(text: str, engine: str, tmp_path: Path, environment: dict[str, str]) -> dict[str, dict[str, object]]:
    """What the gate says of a page with `text`, by code."""
    page = Page()
    page.paragraph(text)
    source = tmp_path / "thu.docx"
    source.write_bytes(page.docx("thu", {}))
    done = subprocess.run(
        [sys.executable, "-c", "from docgen.cli import main; main()", "pdf", str(source), "--engine", engine, "--json",
         "-o", str(tmp_path / "pdf")],
        env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return {finding["code"]: finding for finding in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_texts_own_letters_need_no_other(engine: str, tmp_path: Path, few_fonts: dict[str, str]) -> None:
    assert found("Nguyễn Thị Thử ở đây", engine, tmp_path, few_fonts) == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_letter_no_font_has_is_found(engine: str, tmp_path: Path, few_fonts: dict[str, str]) -> None:
    assert "pdf.glyph.missing" in found("Chữ lạ \U00013000 ở đây", engine, tmp_path, few_fonts)


@pytest.mark.libreoffice
def test_another_font_is_found(tmp_path: Path, few_fonts: dict[str, str]) -> None:
    """LibreOffice takes a letter from whatever font has it."""
    assert "pdf.font.substituted" in found("Chữ ⰀⰁ ở đây", "libreoffice", tmp_path, few_fonts)


def test_another_font_that_the_engine_carries_is_found(tmp_path: Path, few_fonts: dict[str, str]) -> None:
    """rdocx carries fonts for some scripts itself, so no machine is without them."""
    assert "pdf.font.substituted" in found("Chữ 中文 ở đây", "rdocx", tmp_path, few_fonts)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("letter", ["\u0378", "ꔀ", "\U00013000"])
def test_the_letter_without_a_picture_is_named(
    engine: str, letter: str, tmp_path: Path, few_fonts: dict[str, str]
) -> None:
    said = found(f"Chữ lạ {letter} ở đây", engine, tmp_path, few_fonts)
    names = [str(f["message"]) for code, f in said.items() if code.startswith("pdf.glyph.")]
    assert any(f"U+{ord(letter):04X}" in name for name in names)
    assert not any("(U+0063)" in name or "U+1EEF" in name for name in names)
