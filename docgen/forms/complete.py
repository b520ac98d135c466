"""Is everything on the page? Each official text and each value of a form must be found again in what was written.

A whole table can vanish while the schema, the build and the XSD stay green; this check noticed it when they did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docgen.forms.bindings import printed_bindings, slots
from docgen.forms.data import canonical, value_at
from docgen.forms.definition import FormDefinition
from docgen.regulations.loader import Regulation
from docgen.values.spelling import clean
from docgen.word import controls


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
    text = clean(" \n ".join(texts))

    def shown(when: str) -> bool:
        return blank or is_shown(data, when)

    out = [wording for wording in definition.fixed_texts(shown) if clean(wording) not in text]
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
            elif not slot.kind.is_printed(value, slot.options, text):
                out.append(slot.binding)
    lost = ticked - text.count(controls.CHECKED)
    return [*out, f"{lost} ô đánh dấu"] if lost > 0 else out
