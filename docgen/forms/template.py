"""From a form definition to its Word template (docxtpl-style Jinja inside content controls).

One template serves a blank form, a prefilled one and a filled one. What a block looks like is its own to say
(`docgen.forms.blocks`); here are the heading, the order of the blocks, the notes, what the file carries.
"""

from __future__ import annotations

from docgen.forms.definition import FormDefinition
from docgen.forms.paper import BLANK_FLAG, Paper, bookmark_name, default_prompt
from docgen.forms.parts import Hole, Text
from docgen.regulations.loader import Regulation
from docgen.word import controls, style, tables
from docgen.word.builder import package

RECORD_KEY = "record_"
#: The values that only steer conditions, as JSON in the core properties: the page does not show them.
CONDITIONS_KEY = "conditions_"


class _TemplateBuilder:
    def __init__(self, paper: Paper, definition: FormDefinition) -> None:
        self.paper = paper
        self.definition = definition

    def header(self) -> str:
        """Form code, the two-column header with the place and date, the title."""
        definition = self.definition
        out = ""
        if definition.code_printed:
            out += self.paper.paragraph("FormCode", controls.run(definition.code))
        if not definition.plain_header:
            left = "".join(self.paper.paragraph("HeaderLeft", self.paper.parts(parts)) for parts in definition.header)
            motto = self.paper.paragraph("Motto", controls.run("ĐẢNG CỘNG SẢN VIỆT NAM", '<w:u w:val="single"/>'))
            fields = self.paper.regulation.fields
            date = (
                Hole(fields["document.place"]),
                Text(", "),
                Hole(fields["document.date"], "long"),
            )
            right = motto + self.paper.paragraph("DateLine", self.paper.parts(date))
            share = style.HEADER_LEFT_SHARE * 100
            widths = self.paper.widths([share, 100 - share])
            cells = tables.cell(widths[0], left or self.paper.paragraph("HeaderLeft", ""), centred=False)
            cells += tables.cell(widths[1], right, centred=False)
            # LibreOffice adds a line where a document begins with a table: the code or a tiny line goes before it.
            out = (out or self.paper.paragraph("TinyLine", "")) + tables.table(widths, tables.row(cells), borders=False)
        out += self.paper.paragraph("TinyLine", "")
        for parts in definition.title:
            out += self.paper.paragraph("FormTitle", self.paper.parts(parts))
        return out + self.paper.paragraph("TinyLine", "")

    def body(self) -> str:
        """The whole body of the document."""
        blocks = self.definition.body
        out = self.header()
        for position, block in enumerate(blocks):
            out += block.write(self.paper, blocks[position + 1 :])
        if self.definition.notes:
            out += self.paper.paragraph("NoteRule", "")
        for number, note in enumerate(self.definition.notes, start=self.definition.first_note):
            mark = controls.run(str(number), '<w:vertAlign w:val="superscript"/>')
            out += self.paper.paragraph("NoteText", mark + controls.run(" " + note))
        return out


def identity(definition: FormDefinition) -> dict[str, str]:
    """What a file carries inside, so that renaming it loses nothing: form, regulation, revision, definition hash."""
    return {
        "docgen.form": definition.form,
        "docgen.regulation": definition.regulation,
        "docgen.revision": definition.revision,
        "docgen.definition": definition.definition_hash,
    }


def build_template(regulation: Regulation, definition: FormDefinition) -> bytes:
    """The Word template of a form. The same definition gives the same bytes."""
    builder = _TemplateBuilder(Paper(regulation, definition.landscape), definition)
    body = builder.body()
    title = f"{definition.code} – {definition.name}"
    return package(
        body,
        title=title,
        identifier="{{ " + RECORD_KEY + " }}",
        description="{{ " + CONDITIONS_KEY + " }}",
        properties=identity(definition),
        prompts=builder.paper.prompts,
        landscape=definition.landscape,
    )


__all__ = ["BLANK_FLAG", "RECORD_KEY", "bookmark_name", "build_template", "default_prompt", "identity"]
