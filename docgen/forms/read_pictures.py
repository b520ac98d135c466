"""The picture in a picture control of a returned form: its bytes, looked at before anything else is done with them."""

from __future__ import annotations

from collections.abc import Sequence

from docgen.forms.bindings import Slot
from docgen.values.kind import Parsed
from docgen.values.picture import MAX_BYTES, empty_picture
from docgen.word.file.safe_open import PartError, WordFile
from docgen.word.read.view import Control


def picture_in(control: Control, slot: Slot, file: WordFile, words: Sequence[str]) -> Parsed:
    """The value in `control`, a picture control of `file`; nothing where it shows an empty place.

    `words` are its texts that are no prompt. What is outside the file, several at once, too large or of another kind
    gives a problem and no value.
    """
    drawings = list(dict.fromkeys(control.drawings))
    if not drawings:
        return slot.kind.parse(words, slot.options, "")
    out = Parsed(raw="…")
    if len(drawings) > 1:
        return out.doubt("read.picture.several", "error", count=len(drawings))
    drawing = drawings[0]
    if drawing.relation not in file.pictures:
        return out.doubt("read.picture.unreachable", "error")
    try:
        content = file.picture(drawing.relation, MAX_BYTES)
    except PartError as fault:
        return out.doubt(fault.code, "error", **fault.params)
    if content == empty_picture().content:
        return Parsed()
    if control.flagged:  # a program's own picture of an empty place, or the sign of one was left
        return out.doubt("read.picture.flagged", "warning")
    parsed = slot.kind.parse_media(content)
    if drawing.cropped and parsed.value is not None:
        parsed.doubt("read.picture.cropped", "warning")
    return parsed
