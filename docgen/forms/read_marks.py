"""What stands at a value beside its text, as findings: struck words, old fonts, pictures, form fields, remarks.

None of it changes what is read; each says why a person should look at the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docgen.model import Finding, Place
from docgen.word.read.old_fonts import from_letters
from docgen.word.read.view import Marks, clean

#: What stands for a value that is there and cannot be read as text (Unicode's own sign for an object in a text).
OBJECT = "\ufffc"
_LONGEST = 160


def mark_findings(
    marks: Marks, label: str, place: Place, text: str, notes: Mapping[tuple[str, str], str]
) -> Iterator[Finding]:
    """The findings about what stands at the value called `label`, whose text was read as `text`.

    `notes` are the texts of the file's comments, footnotes and endnotes by kind and number.
    """
    if marks.struck:
        words = short(clean("".join(marks.struck)))
        code = "read.value.struck" if text else "read.value.all_struck"
        yield Finding(code, "warning", place, {"label": label, "text": words, "kept": short(text)})
    for font, encoding in marks.fonts:
        yield Finding("read.value.old_font", "warning", place,
                      {"label": label, "font": font[:40], "encoding": encoding, "value": short(text)})  # fmt: skip
    if marks.objects and not text:
        yield Finding("read.value.only_object", "error", place, {"label": label})
    elif marks.objects:
        yield Finding("read.value.object", "warning", place, {"label": label})
    if marks.fields:
        yield Finding("read.value.form_field", "info", place, {"label": label, "value": short(text)})
    for kind, number in marks.notes:
        said = short(notes.get((kind, number), "")) or "–"
        yield Finding(f"read.value.{kind}", "info", place, {"label": label, "text": said})


def in_unicode(paragraphs: Sequence[str], likely: str) -> tuple[list[str], str]:
    """The paragraphs with letters of an old font converted where the letters alone show it, and the encoding or "".

    `likely` is the encoding that other values of the file were typed in.
    """
    out, found = [], ""
    for paragraph in paragraphs:
        text, encoding = from_letters(paragraph, likely)
        out.append(text)
        found = found or encoding
    return out, found


def short(text: str) -> str:
    """`text`, cut where it is long."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
