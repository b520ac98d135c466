"""From a form definition to its Word template (docxtpl-style Jinja inside content controls).

One template serves a blank form, a prefilled one and a filled one. What a block looks like is its own to say
(`docgen.forms.blocks`); here are the heading, the order of the blocks, the notes, what the file carries.
"""

from __future__ import annotations

from docgen.forms.bindings import condition_slots
from docgen.forms.definition import FormDefinition
from docgen.forms.paper import BLANK_FLAG, Paper, bookmark_name, default_prompt
from docgen.forms.parts import Hole, Parts, Text, texts_in
from docgen.regulations.office import office
from docgen.values.picture import empty_picture
from docgen.word.write import controls, style, tables
from docgen.word.write.builder import package

RECORD_KEY = "record_"
#: The values that only steer conditions, as JSON in a custom property: the page does not show them.
CONDITIONS_KEY = "conditions_"
AUTHOR_KEY = "author_"
#: The custom properties of the record's id and of the steering values: other programs keep those when they save, but
#: drop the core `dc:identifier`.
RECORD_PROPERTY, CONDITIONS_PROPERTY = "docgen.record", "docgen.conditions"


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
        if definition.status == "office":
            # On a blank form only: the paper that goes out carries no word that is not its own.
            mark = self.paper.paragraph("FormCode", controls.run(office().words["draft"]))
            out += (
                self.paper.tag_paragraph("{%p if " + BLANK_FLAG + " %}")
                + mark
                + self.paper.tag_paragraph("{%p endif %}")
            )
        if not definition.plain_header:
            left = "".join(map(self.header_line, definition.header))
            motto = self.paper.paragraph("Motto", controls.run("ĐẢNG CỘNG SẢN VIỆT NAM", '<w:u w:val="single"/>'))
            fields = self.paper.regulation.fields
            date = (
                Hole(fields["document.place"]),
                Text(", "),
                Hole(fields[definition.dated], "long"),
            )
            right = motto + self.paper.paragraph("DateLine", self.paper.parts(date))
            share = style.HEADER_LEFT_SHARE * 100
            widths = self.paper.widths([share, 100 - share])
            cells = tables.cell(widths[0], left or self.paper.paragraph("HeaderLeft", ""), centred=False)
            cells += tables.cell(widths[1], right, centred=False)
            # LibreOffice adds a line where a document begins with a table: the code or a tiny line goes before it.
            out = (out or self.paper.paragraph("TinyLine", "")) + tables.table(widths, tables.row(cells), borders=False)
        out += self.paper.paragraph("TinyLine", "")
        for number, parts in enumerate(definition.title):
            # One heading a document: the lines below it ("Năm 2018") look the same, and are none.
            out += self.paper.paragraph("TitleLine" if number else "FormTitle", self.paper.parts(parts))
        return out + self.paper.paragraph("TinyLine", "")

    def header_line(self, parts: Parts) -> str:
        """A line of the issuing body; of a letter, which has no title, the last says what it is about, smaller."""
        about = not self.definition.title and parts is self.definition.header[-1]
        look = ("RecipientItem", '<w:jc w:val="center"/>') if about else ("HeaderLeft", "")
        words = "".join(texts_in(parts))
        if not about and words == words.upper():
            # A name is printed in capitals like the words before it, however it was written (HD 36-HD/VPTW).
            look = ("HeaderBody", "")
        return self.paper.paragraph(look[0], self.paper.parts(parts), look[1])

    def body(self) -> str:
        """The whole body of the document."""
        blocks = self.definition.body
        out = self.header()
        enclosed = False
        for position, block in enumerate(blocks):
            if block.is_enclosure and not enclosed:  # the notes belong to the form, before its enclosed pages
                enclosed = True
                out += self.notes()
            out += block.write(self.paper, blocks[position + 1 :])
        return out if enclosed else out + self.notes()

    def notes(self) -> str:
        """The notes below the form, under a short line."""
        out = self.paper.paragraph("NoteRule", "") if self.definition.notes else ""
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


def _tag(key: str) -> str:
    return "{{ " + key + " }}"


def build_template(definition: FormDefinition) -> bytes:
    """The Word template of a form. The same definition gives the same bytes."""
    regulation = definition.law
    builder = _TemplateBuilder(Paper(regulation, definition.landscape, definition.name), definition)
    body = builder.body()
    title = definition.full_name
    if definition.status == "office":
        title += f" ({office().words['draft']})"
    steering = {CONDITIONS_PROPERTY: _tag(CONDITIONS_KEY)} if condition_slots(definition) else {}
    return package(
        body,
        title=title,
        subject=f"{definition.law.title} ({definition.law.short})",
        author=_tag(AUTHOR_KEY),
        identifier=_tag(RECORD_KEY),
        properties={**identity(definition), RECORD_PROPERTY: _tag(RECORD_KEY), **steering},
        prompts=builder.paper.prompts,
        landscape=definition.landscape,
        empty_picture=empty_picture().content if builder.paper.has_pictures else b"",
    )


__all__ = ["BLANK_FLAG", "RECORD_KEY", "bookmark_name", "build_template", "default_prompt", "identity"]
