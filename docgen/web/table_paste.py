"""Rows copied from a sheet into a table of a form: all of them, or none and what is wrong with which cell."""

from __future__ import annotations

from fastapi import Request

from docgen.forms.data import Record, root_places
from docgen.forms.definition import FormDefinition
from docgen.forms.questions import AskRows
from docgen.forms.slot import Slot
from docgen.i18n import message
from docgen.paths import Json, JsonDict, get_list, put
from docgen.web.dossier_edit import edit, set_at
from docgen.web.page_asking import Post
from docgen.web.page_render import page_message
from docgen.web.problems import Problem, language_of

#: So many rows are taken at once, so many faults are told.
_MOST, _TOLD = 500, 10


def paste_rows(
    request: Request, post: Post, number: str, definition: FormDefinition, record: Record, listed: str
) -> list[str]:
    """Put the pasted rows behind those of the table `listed`; what is wrong, and nothing is kept then."""
    language = language_of(request)
    columns = _columns(definition, listed)
    lines = [line for line in post.text(f"dan:{listed}").split("\n") if line.strip()]
    if not lines or len(lines) > _MOST:
        return [page_message(language, "fill.paste_nothing", most=_MOST)]
    rows, faults = [], []
    for position, line in enumerate(lines, 1):
        cells = line.split("\t")
        if len(cells) > len(columns):
            faults.append(page_message(language, "fill.paste_wide", row=position, count=len(cells), most=len(columns)))
            continue
        row: JsonDict = {}
        for (slot, head), cell in zip(columns, cells, strict=False):
            value, fault = _read(slot, cell, language)
            if fault:
                faults.append(page_message(language, "fill.paste_cell", row=position, column=head, fault=fault))
            elif value is not None:
                put(row, slot.path, value)
        rows.append(row)
    if faults:
        return faults[:_TOLD]

    def make(data: JsonDict) -> JsonDict:
        place = root_places(definition, data, record)[listed]
        if place == ("members",):
            raise Problem(404, "page.problem.not_found")
        for row in rows:
            set_at(data, (*place, len(get_list(data, *place))), row)
        return data

    edit(request, post, number, make)
    return []


def _columns(definition: FormDefinition, listed: str) -> list[tuple[Slot, str]]:
    for block in definition.body:
        for question in block.questions(definition.law, lambda when: True):
            if isinstance(question, AskRows) and question.list == listed:
                return [(slot, head) for slot, head in zip(question.slots, question.heads, strict=True)
                        if not definition.law.is_computed(slot.binding)]  # fmt: skip
    raise Problem(404, "page.problem.not_found")


def _read(slot: Slot, cell: str, language: str) -> tuple[Json, str]:
    """The value in a cell: a code by its words too, a yes by its mark."""
    text = cell.strip().strip('"')
    if not text:
        return None, ""
    if slot.kind.is_truth:
        found = slot.kind.of_text(text, slot.options)
        return (found, "") if isinstance(found, bool) else (None, message("page.fill.unknown_choice", language))
    parsed = slot.kind.parse([text], slot.options, "")
    for code, severity, params in parsed.problems:
        if severity == "error":
            return None, message(code, language, **params)
    return parsed.value, ""
