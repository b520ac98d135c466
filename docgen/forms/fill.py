"""Filling one form: template + data -> a Word file that has been checked.

The template is compiled once (`docgen.word.compile`) and used for every record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docgen.errors import DocgenError, InputError, InternalError
from docgen.forms.build import template_bytes
from docgen.forms.complete import missing_texts
from docgen.forms.data import Display
from docgen.forms.definition import FormDefinition
from docgen.regulations.loader import Regulation
from docgen.regulations.printed import data_as_printed
from docgen.secrecy import first_mark
from docgen.word.compile import compile_template
from docgen.word.template_gate import refuse_losses
from docgen.word.written import WrittenFile


def texts_of(value: Any) -> Iterator[str]:
    """Every text inside nested data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from texts_of(item)


class Filler:
    """Fills one form for many records.

    `templates` are folders with an office's own Word templates. Raises `UsageError` or `InputError` for those, and
    `DocgenError` with the tag's place for a template that asks for what the form does not have.
    """

    def __init__(
        self, regulation: Regulation, definition: FormDefinition, templates: Sequence[Path | str] = ()
    ) -> None:
        self.regulation = regulation
        self.definition = definition
        content, self.template_source = template_bytes(regulation, definition, templates)
        self.own_template = self.template_source not in ("built", "definition")
        with self._naming_template():
            self.template = compile_template(content, trusted=not self.own_template)
            if self.own_template:
                refuse_losses(content, str(self.template_source))
        self.display = Display(regulation, definition)

    def fill(self, data: Mapping[str, Any], *, blank: bool = False, draft: bool = False, check: bool = True) -> bytes:
        """The Word file for `data`, which must conform to the form's schema.

        With `check` (the default) the result is read again: package, controls, every fixed text and every value.
        Raises `InternalError` where something is lost (`InputError` where an office's own template loses it, or where
        a value is a secrecy mark); nothing is kept then.
        """
        if mark := first_mark(texts_of(data)):
            raise InputError("errors.input.secret", mark=mark, record=str(data.get("id", "")))
        data = data_as_printed(data)
        with self._naming_template():
            docx = self.template.render(self.display.context(data, blank=blank, draft=draft))
        if check:
            self.check(data, docx, blank=blank)
        return docx

    @contextmanager
    def _naming_template(self) -> Iterator[None]:
        """Add the file of an office's own template to the facts of an error about it."""
        try:
            yield
        except DocgenError as fault:
            if self.own_template:
                fault.facts.setdefault("file", self.template_source)
                fault.facts["template"] = self.template_source
            raise

    def check(self, data: Mapping[str, Any], docx: bytes, *, blank: bool = False) -> None:
        """Raise `InternalError` where `docx` is no sound package or lost a text or a value.

        With an office's own template that is the template's fault: `InputError` `errors.template.not_whole`.
        """
        written = WrittenFile(docx)
        found = written.problems(literals=[text for text in texts_of(data) if "{" in text])
        if not found:
            found = missing_texts(self.regulation, self.definition, data, written.paragraphs(), blank)
        if found and self.own_template:
            facts = {"file": self.template_source, "template": self.template_source}
            raise InputError("errors.template.not_whole", problem="; ".join(found[:5]), **facts)
        if found:
            raise InternalError(
                "errors.internal.written_file",
                form=f"{self.definition.regulation}/{self.definition.form}",
                record=str(data.get("id", "")),
                problem="; ".join(found[:5]),
            )


def blank_form(
    regulation: Regulation,
    definition: FormDefinition,
    data: Mapping[str, Any] | None = None,
    templates: Sequence[Path | str] = (),
) -> bytes:
    """A form to fill in Word: empty, or carrying what `data` already knows."""
    return Filler(regulation, definition, templates).fill(data or {}, blank=not data)
