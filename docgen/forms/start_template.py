"""A form's built template, laid out for an office to change: what `docgen template start` writes."""

from __future__ import annotations

from pathlib import Path

from docgen.errors import UsageError
from docgen.forms.bindings import slots
from docgen.forms.build import template_bytes
from docgen.forms.definition import FormDefinition
from docgen.i18n import message
from docgen.storage import write_whole


def start_template(definition: FormDefinition, folder: Path, language: str = "vi") -> tuple[Path, Path]:
    """Write the template to `folder/<regulation>/<form>.docx`, where `--templates folder` looks for it, with a note.

    The note says, in `language`, what to keep and which values the form has. Raises `UsageError` where one of the two
    files exists.
    """
    target = folder / definition.regulation / f"{definition.form}.docx"
    note = target.with_suffix(".txt")
    for path in (target, note):
        if path.exists():
            raise UsageError("errors.usage.exists", file=str(path))
    write_whole(target, template_bytes(definition)[0])
    write_whole(note, _note(definition, folder, language).encode("utf-8-sig"))
    return target, note


def _note(definition: FormDefinition, folder: Path, language: str) -> str:
    """What to keep, how to check, how to use; then every value, those that need a place first."""
    head = message(
        "read.template_note", language, form=definition.form, name=definition.name, regulation=definition.regulation,
        folder=str(folder),
    )  # fmt: skip
    required = {binding.partition("=")[0] for binding in definition.required}
    found = slots(definition)
    needed = {slot.binding for slot in found if slot.binding in required or slot.list in required}
    lines = [f"{'*' if slot.binding in needed else ' '} {slot.binding}  –  {slot.label}"
             for slot in sorted(found, key=lambda slot: slot.binding not in needed)]  # fmt: skip
    return "\r\n".join([*head.splitlines(), *lines, ""])
