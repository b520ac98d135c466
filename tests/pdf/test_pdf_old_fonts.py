"""Text in a font of before Unicode that is not at hand: the page cannot be read, and that is said."""

from __future__ import annotations

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

import io
import zipfile

from pdf_stand_ins import word

from docgen.pdf import convert
from docgen.pdf.work import _old_fonts
from docgen.word.read.old_text import old_texts

ENGINES = ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]


def in_font(text: str, font: str, default: bool = False) -> bytes:
    """A Word file of one paragraph whose run, or whose default, has that font."""
    source = zipfile.ZipFile(io.BytesIO(word(text)))
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == "word/document.xml" and not default:
                content = content.replace("<w:r><w:t", f"<w:r><w:rPr>{fonts}</w:rPr><w:t", 1)
                assert fonts in content
            if name == "word/styles.xml" and default:
                head, _, tail = content.partition("<w:rFonts ")
                content = head + fonts + tail.partition("/>")[2]
            made.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("engine", ENGINES)
def test_text_in_an_old_font_is_an_error_that_shows_what_was_meant(engine: str) -> None:
    result = convert({"a": in_font("B¶n kiÓm ®iÓm c¸ nh©n", ".VnTime")}, engine)
    found = next(f for f in result.findings if f.code == "pdf.text.old_font")
    assert found.severity == "error"
    assert found.params == {"font": ".VnTime", "text": "B¶n kiÓm ®iÓm c¸ nh©n", "shown": "Bản kiểm điểm cá nhân"}


@pytest.mark.parametrize(
    ("text", "font", "shown"),
    [
        ("B¶n kiÓm ®iÓm", ".VnTime", "Bản kiểm điểm"),
        ("b¶n kiÓm ®iÓm", ".VnTimeH", "BẢN KIỂM ĐIỂM"),
        ("Baûn kieåm ñieåm", "VNI-Times", "Bản kiểm điểm"),
        ("Bản kiểm điểm công tác", ".VnTime", ""),
        ("2018", ".VnTime", ""),
        ("Bản kiểm điểm", "Times New Roman", ""),
        ("B¶n kiÓm ®iÓm", "Times New Roman", ""),
    ],
)
def test_which_text_needs_its_font(text: str, font: str, shown: str) -> None:
    assert old_texts(in_font(text, font)) == ({font: (text, shown)} if shown else {})


def test_a_default_font_counts() -> None:
    assert old_texts(in_font("B¶n kiÓm ®iÓm", ".VnTime", default=True)) == {
        ".VnTime": ("B¶n kiÓm ®iÓm", "Bản kiểm điểm")
    }


def test_where_the_font_was_drawn_the_page_is_right() -> None:
    docx = in_font("B¶n kiÓm ®iÓm", ".VnTime")
    assert [f.code for f in _old_fonts(docx, ["ABCDEF+LiberationSerif"], "a")] == ["pdf.text.old_font"]
    assert list(_old_fonts(docx, ["LiberationSerif", "ABCDEF+VnTime"], "a")) == []
