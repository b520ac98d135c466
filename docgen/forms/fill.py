"""Filling one form: template + data -> a Word file that has been checked.

The template is compiled once (`docgen.word.engine.compile`) and used for every record.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from docgen.errors import DocgenError, InputError, InternalError
from docgen.forms.alternatives import UNKNOWN, Answers
from docgen.forms.build import is_blank_form, template_bytes
from docgen.forms.complete import missing_texts
from docgen.forms.data import Display
from docgen.forms.definition import FormDefinition
from docgen.forms.quick_look import QuickLook
from docgen.paths import Json, JsonMap
from docgen.regulations.name_prefixes import data_as_printed
from docgen.secrecy import first_mark
from docgen.values.picture import mark_of
from docgen.word.after.written import WrittenFile
from docgen.word.engine.compile import compile_template
from docgen.word.engine.template_gate import refuse_losses
from docgen.word.write.picture_control import EMU_PER_MM
from docgen.word.write.watermark import marked_draft

#: One file in so many is read back in full whatever a quick look says; which, its bytes decide.
_ONE_IN = 100


def texts_of(value: Json) -> Iterator[str]:
    """Every text inside nested data, in order."""
    waiting: list[Json] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, (dict, Mapping)):  # a dictionary is known at once
            waiting.extend([*item.values()][::-1])
        elif isinstance(item, (list, Sequence)):
            waiting.extend(item[::-1])


class Filler:
    """Fills one form for many records.

    `templates` are folders with an office's own Word templates. Raises `UsageError` or `InputError` for those, and
    `DocgenError` with the tag's place for a template that asks for what the form does not have.
    """

    def __init__(self, definition: FormDefinition, templates: Sequence[Path | str] = ()) -> None:
        regulation = definition.law
        self.regulation = regulation
        self.definition = definition
        content, self.template_source = template_bytes(definition, templates)
        self.own_template = self.template_source not in ("built", "definition")
        boxes = {block.field.binding: (block.width * EMU_PER_MM, block.height * EMU_PER_MM)
                 for block in definition.pictures()}  # fmt: skip
        with self._naming_template():
            self.template = compile_template(content, trusted=not self.own_template, pictures=boxes)
            if self.own_template:
                if is_blank_form(content):
                    raise InputError("errors.template.blank_form", form=f"{regulation.id}/{definition.form}")
                refuse_losses(content, str(self.template_source))
        self.display = Display(definition)
        self._look = QuickLook(definition) if self.template.proven and not self.own_template else None

    def fill(
        self,
        data: JsonMap,
        *,
        blank: bool = False,
        draft: bool = False,
        check: bool = True,
        quick: bool = False,
        known: Answers = UNKNOWN,
    ) -> bytes:
        """The Word file for `data`, which must conform to the form's schema.

        `known` is what the dossier says of the bodies that the form names (`docgen.forms.alternatives`).

        With `check` (the default) the result is read again: package, controls, every fixed text and every value. With
        `quick`, which pays for many records, the texts and values are looked up in what was written, and the first
        file of each choice of lines, one in a hundred, and every doubt is read again in full (`QuickLook`).
        Raises `InternalError` where something is lost (`InputError` where an office's own template loses it, or where
        a value is a secrecy mark); nothing is kept then.
        """
        if mark := first_mark(texts_of(data)):
            raise InputError("errors.input.secret", mark=mark, record=str(data.get("id", "")))
        author = self.display.author(data)
        data = data_as_printed(data)
        with self._naming_template():
            docx = self.template.render(
                self.display.context(data, blank=blank, draft=draft, author=author, known=known)
            )
        if draft:
            docx = marked_draft(docx)
        if check and not (quick and self._is_whole(data, docx, known)):
            self.check(data, docx, blank=blank, known=known)
            if quick and self._look is not None:
                self._look.learn(data, docx, known)
        return docx

    def _is_whole(self, data: JsonMap, docx: bytes, known: Answers) -> bool:
        """True where a quick look at a file is enough, and finds everything."""
        if self._look is None or zlib.crc32(docx) % _ONE_IN == 0:
            return False
        return self._look.holds(data, docx, known)

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

    def check(self, data: JsonMap, docx: bytes, *, blank: bool = False, known: Answers = UNKNOWN) -> None:
        """Raise `InternalError` where `docx` is no sound package or lost a text or a value.

        With an office's own template that is the template's fault: `InputError` `errors.template.not_whole`.
        """
        written = WrittenFile(docx)
        found = written.problems(literals=[text for text in texts_of(data) if "{" in text])
        if not found:
            texts = [*written.paragraphs(), *map(mark_of, written.pictures())]
            found = missing_texts(self.definition, data, texts, blank, known)
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
    definition: FormDefinition,
    data: JsonMap | None = None,
    templates: Sequence[Path | str] = (),
) -> bytes:
    """A form to fill in Word: empty, or carrying what `data` already knows."""
    return Filler(definition, templates).fill(data or {}, blank=not data)
