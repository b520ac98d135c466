"""Is everything on the page? Each official text and each value of a form must be found again in what was written.

A whole table can vanish while the schema, the build and the XSD stay green; this check noticed it when they did not.
"""

from __future__ import annotations

from collections.abc import Sequence

from docgen.forms.alternatives import UNKNOWN, Answers
from docgen.forms.bindings import printed_bindings, slots
from docgen.forms.data import canonical
from docgen.forms.definition import FormDefinition
from docgen.paths import JsonMap, get, get_list
from docgen.regulations.criteria_sets import TRUTHS
from docgen.values.spelling import clean
from docgen.word.write import controls


def is_shown(data: JsonMap, when: str) -> bool:
    """True where the lines that depend on the binding `when` are printed for `data`.

    `binding=code` asks for that code; where nobody chose one, all that depend on the binding are printed. A yes or no
    that is not written is a no. `binding!=code` holds unless that code is said.
    """
    binding, unless, code = when.partition("!=")
    if unless:
        value = get(data, tuple(binding.split(".")))
        return value is not (code == TRUTHS[0]) if code in TRUTHS else value != code
    binding, _, code = when.partition("=")
    value = get(data, tuple(binding.split(".")))
    if code in TRUTHS:
        return (value is True) is (code == TRUTHS[0])
    # A no is told by what it is: a count of 0 is equal to it, and is a value.
    return value in (None, "", code) if code else value is not False and value not in (None, "", [])


def missing_texts(
    definition: FormDefinition,
    data: JsonMap,
    texts: Sequence[str],
    blank: bool = False,
    known: Answers = UNKNOWN,
) -> list[str]:
    """What should stand in `texts`, the paragraphs of a written file, and does not.

    The binding of each lost value, the wording of each lost fixed text.

    Values are named by their binding, never by their content: they may be personal data.
    """
    text = clean(" \n ".join(texts))

    def shown(when: str) -> bool:
        return blank or is_shown(data, when)

    def said(wording: str) -> str:
        """`wording` with the one of two that is true; an office's own template may print both as the source does."""
        for either in definition.eithers:
            if either.text.strip() in wording:
                wording = wording.replace(either.text.strip(), either.said(known.get(either.question, "")).strip())
        return wording

    wordings = definition.fixed_texts(shown)
    out = [words for words in wordings if clean(words) not in text and clean(said(words)) not in text]
    printed = printed_bindings(definition, shown)
    boxed = {hole.binding for hole in definition.holes() if hole.is_box}
    ticked = 0
    for slot in slots(definition):
        if (slot.list or slot.binding) not in printed:
            continue
        is_box = slot.criterion is not None or slot.binding in boxed
        for source in get_list(data, slot.list) if slot.list else (data,):
            value = canonical(slot, get(source, slot.path))
            if value is None:
                continue
            if is_box:
                ticked += 1
            elif not slot.kind.is_printed(value, slot.options, text):
                out.append(slot.binding)
    lost = ticked - text.count(controls.CHECKED)
    return [*out, f"{lost} ô đánh dấu"] if lost > 0 else out
