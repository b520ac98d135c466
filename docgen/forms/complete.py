"""Is everything on the page? Each official text and each value of a form must be found again in what was written.

A whole table can vanish while the schema, the build and the XSD stay green; this check noticed it when they did not.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from docgen.forms.bindings import printed_bindings, slots
from docgen.forms.data import canonical, number_text, value_at
from docgen.forms.definition import FormDefinition
from docgen.i18n import long_date, short_date
from docgen.regulations.loader import Regulation
from docgen.word import controls


def fold(text: str) -> str:
    """`text` in NFC with runs of white space as one space: what the eye sees."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_shown(data: Mapping[str, Any], when: str) -> bool:
    """True where the lines that depend on the binding `when` are printed for `data`.

    `binding=code` asks for that code; where nobody chose one, all that depend on the binding are printed.
    """
    binding, _, code = when.partition("=")
    value = value_at(data, tuple(binding.split(".")))
    return value in (None, "", code) if code else value not in (None, "", [], False)


def missing_texts(
    regulation: Regulation,
    definition: FormDefinition,
    data: Mapping[str, Any],
    texts: Sequence[str],
    blank: bool = False,
) -> list[str]:
    """What should stand in `texts`, the paragraphs of a written file, and does not.

    The binding of each lost value, the wording of each lost fixed text.

    Values are named by their binding, never by their content: they may be personal data.
    """
    text = fold(" \n ".join(texts))

    def shown(when: str) -> bool:
        return blank or is_shown(data, when)

    out = [wording for wording in definition.fixed_texts(shown) if fold(wording) not in text]
    printed = printed_bindings(definition, shown)
    boxed = {hole.binding for hole in definition.holes() if hole.is_box}
    ticked = 0
    for slot in slots(regulation, definition):
        if (slot.list or slot.binding) not in printed:
            continue
        is_box = slot.criterion is not None or slot.binding in boxed
        for source in (data.get(slot.list) or ()) if slot.list else (data,):
            value = canonical(slot, value_at(source, slot.path))
            if value is None:
                continue
            if is_box:
                ticked += 1
            elif not _found(slot.type, dict(slot.options), value, text):
                out.append(slot.binding)
    lost = ticked - text.count(controls.CHECKED)
    return [*out, f"{lost} ô đánh dấu"] if lost > 0 else out


def _found(kind: str, options: dict[str, str], value: Any, text: str) -> bool:
    """True where `value` is printed in `text` in one of the ways a form prints it."""
    if kind == "paragraphs":
        return all(fold(paragraph) in text for paragraph in value)
    if kind == "date":
        day = datetime.date.fromisoformat(value)
        return short_date(day) in text or long_date(day) in text
    if kind == "bool":
        return options["true" if value else "false"] in text
    if options:
        return fold(options[value]) in text
    return fold(number_text(value) if isinstance(value, (int, float)) else value) in text
