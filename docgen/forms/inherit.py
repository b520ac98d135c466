"""A form over the form it extends: key by key, and line by line where a unit replaces single lines (`replace`)."""

from __future__ import annotations

from pathlib import Path

from docgen.forms.blocks import FORM_SHAPE
from docgen.forms.wording import as_in_source
from docgen.regulations.loader import RegulationData
from docgen.regulations.strict_yaml import Mapping, Sequence, Yaml
from docgen.regulations.yaml_shape import load_shaped

#: The parts of a form in which `replace` looks for a line.
WORDED = ("header", "title", "body", "notes")


def inherited(regulation: RegulationData, data: Mapping) -> Mapping:
    """`data` over the form it extends, key by key; then the lines that it replaces."""
    if "extends" not in data:
        if "replace" in data:
            raise data.fault("errors.definition.replace_needs_extends", "replace")
        return data
    parent_file = regulation.inherited_form_file(data["extends"], Path(data.file))
    parent = inherited(regulation, load_shaped(parent_file, FORM_SHAPE))
    merged = Mapping(parent)
    merged.lines.update(parent.lines)
    merged.file, merged.line = data.file, data.line
    merged.dropped.update(data.dropped)
    for key, value in data.items():
        merged[key] = value
        merged.lines[key] = data.lines[key]
    merged.pop("extends", None)
    if "replace" in data:
        _replace_lines(merged, merged.pop("replace"))
        merged["status"] = data.get("status", "adapted")
    return merged


def _replace_lines(merged: Mapping, lines: Mapping) -> None:
    """Put the unit's lines in the place of the exact lines they stand for, wherever those are printed.

    Raises `DefinitionError` for a line that the form does not have: a unit must not believe it changed something.
    """
    used: set[str] = set()

    def changed(value: Yaml) -> Yaml:
        if isinstance(value, str):
            # A line with two wordings is known as it is printed, too: `T/M ĐẢNG ỦY (CHI ỦY)`.
            key = value if value in lines else as_in_source(value)
            used.update({key} & lines.keys())
            replaced: Yaml = lines.get(key, value)
            return replaced
        if isinstance(value, Sequence):
            rows = Sequence(changed(item) for item in value)
            rows.file, rows.line, rows.lines = value.file, value.line, value.lines
            return rows
        # A key such as `set` or `name` is no wording, but no line of a form is spelled like one either.
        out = Mapping({key: changed(item) for key, item in value.items()})
        out.file, out.line, out.lines = value.file, value.line, value.lines
        return out

    for part in WORDED:
        if part in merged:
            merged[part] = changed(merged[part])
    for line in lines:
        if line not in used:
            raise lines.fault("errors.definition.no_such_line", line, text=line[:60])
