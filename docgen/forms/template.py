"""From a form definition to its Word template (docxtpl-style Jinja inside content controls).

One template serves a blank form, a prefilled one and a filled one. A value's control carries its binding as tag; the
Jinja path is the binding itself, a row's is `row_` plus the leaf.
"""

from __future__ import annotations

from dataclasses import replace

from docgen.forms.bindings import options_of
from docgen.forms.definition import (
    Column,
    Criteria,
    FormDefinition,
    Hole,
    Line,
    Part,
    RowNumber,
    Rows,
    ScoreColumn,
    Sign,
    Text,
)
from docgen.forms.placement import (
    LABEL_AFTER_VALUE,
    is_next_label,
    is_prose,
    is_short_field_line,
    last_rows,
    leads_to_sign,
)
from docgen.regulations.criteria import shown_points
from docgen.regulations.loader import Criterion, Field, Regulation
from docgen.word import controls, style, tables
from docgen.word.builder import package

#: Set in the context of a blank form, so that conditional lines are shown.
BLANK_FLAG = "blank_"
RECORD_KEY = "record_"
#: The values that only steer conditions, as JSON in the core properties: the page does not show them.
CONDITIONS_KEY = "conditions_"
#: The printed name of a bookmark in the zone of a signature: letters and digits only (a PDF destination's name).
SIGN_BOOKMARK = "ky"

#: The column of a score sheet with the maximum of each criterion.
MAXIMA = "standard_points"
DOTS = "……………"
_STYLE_OF_KIND = {
    "line": "Normal",
    "heading": "SectionHeading",
    "subheading": "SubHeading",
    "guidance": "Guidance",
}


def bookmark_name(role: str) -> str:
    """The bookmark that marks the signature zone of `role`."""
    return SIGN_BOOKMARK + "".join(c for c in role if c.isalnum())


def default_prompt(field: Field, form: str = "", in_cell: bool = False) -> str:
    """What an empty field shows: dots, the dots of a date, an em space in a table cell."""
    if in_cell:
        return "\u2003"
    if field.type == "date":
        return "ngày…… tháng…… năm……" if form == "long" else "…../…../………"
    if field.type == "year":
        return "………"
    if field.type == "paragraphs":
        return "…" * 30
    if field.binding == "document.place":
        return "…………"
    return DOTS


def begins_with_box(block: object) -> bool:
    """True for a line that begins with a box: the boxes of one question stay on one page."""
    return isinstance(block, Line) and bool(block.parts) and isinstance(first := block.parts[0], Hole) and first.is_box


class _TemplateBuilder:
    def __init__(self, regulation: Regulation, definition: FormDefinition) -> None:
        self.regulation = regulation
        self.definition = definition
        self.ids = controls.ControlIds()
        self.prompts: list[str] = []
        self.bookmark = 0
        self.small = definition.landscape
        self.kept: set[str] = set()

    # -- pieces of a paragraph ---------------------------------------------------------------------------------------

    def _options(self, field: Field) -> dict[str, str] | None:
        return dict(options_of(self.regulation, field)) or None

    def control(self, hole: Hole, *, row: str = "", in_cell: bool = False, look: str = "") -> str:
        """The control of one hole. `row` is the list it repeats over, in a table of records."""
        field = hole.field
        prompt = hole.prompt or default_prompt(field, hole.format, in_cell)
        self.prompts.append(prompt)
        control_id = self.ids.in_loop() if row else self.ids.single(field.binding)
        expression = f"row_.{field.binding.removeprefix(row + '[].')}" if row else field.binding
        options = self._options(field)
        if options is not None and hole.is_box:
            tag, words = f"{field.binding}={hole.format}", options[hole.format]
            box_id = self.ids.in_loop() if row else self.ids.single(tag)
            return controls.box_control(tag, words, box_id, f"{expression} == '{words}'")
        if options is not None:
            return controls.choice_control(field.binding, field.label, control_id, prompt, expression, options, look)
        if field.type == "date":
            long = hole.format == "long"
            pattern = "'ngày' dd 'tháng' M 'năm' yyyy" if long else "dd/MM/yyyy"
            shown = expression + ".long" if long else expression
            return controls.date_control(field.binding, field.label, control_id, prompt, shown, pattern, look)
        return controls.text_control(field.binding, field.label, control_id, prompt, expression, look)

    def parts(self, parts: tuple[Part, ...], *, row: str = "", in_cell: bool = False) -> str:
        """The runs and controls of one paragraph."""
        out: list[str] = []
        for before, part in zip((None, *parts), parts, strict=False):
            if isinstance(part, Text):
                text = LABEL_AFTER_VALUE + part.text.lstrip() if is_next_label(before, part) else part.text
                look = ("<w:b/><w:bCs/>" if part.bold else "") + ("<w:i/><w:iCs/>" if part.italic else "")
                look += '<w:vertAlign w:val="superscript"/>' if part.superscript else ""
                out.append(controls.run(text, look))
            elif isinstance(part, RowNumber):
                out.append(controls.run("{{ loop.index }}"))
            elif part.field.type != "paragraphs":
                look = ("<w:b/><w:bCs/>" if part.bold else "") + ("<w:i/><w:iCs/>" if part.italic else "")
                out.append(self.control(part, row=row, in_cell=in_cell, look=look))
        return "".join(out)

    @staticmethod
    def paragraph(style_id: str, inner: str, extra: str = "") -> str:
        """A paragraph in a named style."""
        named = "" if style_id == "Normal" else f'<w:pStyle w:val="{style_id}"/>'
        properties = f"<w:pPr>{named}{extra}</w:pPr>" if named or extra else ""
        return f"<w:p>{properties}{inner}</w:p>"

    def tag_paragraph(self, tag: str) -> str:
        """A paragraph that holds a `{%p %}` tag and vanishes when the template is filled."""
        return self.paragraph("Normal", controls.run(tag))

    def _conditional(self, when: str, inner: str) -> str:
        if not when:
            return inner
        # A yes/no is printed as a word, and both words are true to Jinja: only its "yes" shows the line.
        field = self.regulation.fields[when]
        holds = f"{when} == '{dict(options_of(self.regulation, field))['true']}'" if field.type == "bool" else when
        test = "{%p if " + f"{holds} or {BLANK_FLAG}" + " %}"
        return self.tag_paragraph(test) + inner + self.tag_paragraph("{%p endif %}")

    # -- blocks ------------------------------------------------------------------------------------------------------

    def line(self, block: Line, keep_next: bool = False) -> str:
        """A paragraph, followed by the control of its narrative where it has one.

        A label is kept with what follows; with `keep_next` the last paragraph is, so that a signature never stands
        alone on a page.
        """
        narrative = block.paragraphs
        fixed = block.parts[:-1] if narrative else block.parts
        extra = "<w:keepNext/>" if narrative or keep_next else ""
        if block.align:
            extra += f'<w:ind w:firstLine="0"/><w:jc w:val="{block.align}"/>'
        elif is_short_field_line(block):
            extra += '<w:jc w:val="left"/>'
        out = ""
        if fixed:
            trimmed = list(fixed)
            if narrative and isinstance(trimmed[-1], Text):
                last = trimmed[-1]
                trimmed[-1] = Text(last.text.rstrip(), last.bold, last.italic, last.superscript)
            out = self.paragraph(_STYLE_OF_KIND[block.kind], self.parts(tuple(trimmed)), extra)
        if narrative:
            prompt = narrative.prompt or default_prompt(narrative.field)
            self.prompts.append(prompt)
            out += controls.paragraphs_control(
                narrative.binding, narrative.field.label, self.ids.single(narrative.binding), prompt,
                narrative.binding, "Narrative", keep_last=keep_next,
            )  # fmt: skip
        return self._conditional(block.when, out)

    def _widths(self, shares: list[float]) -> list[int]:
        return tables.widths(shares, self.definition.landscape)

    @property
    def _cell_style(self) -> tuple[str, str, str]:
        return (
            ("CellSmall", "CellSmallCentre", "CellSmallHead") if self.small else ("CellText", "CellCentre", "CellHead")
        )

    def criteria(self, block: Criteria, keep_next: bool = False) -> str:
        """The table of criteria: two heading rows, group rows, a row a criterion with its boxes or columns.

        With `keep_next` the last criterion stays on the page of what follows, as the last record of `rows` does.
        """
        self.kept = last_rows(block.rows) if keep_next else set()
        text_style, centre_style, head_style = self._cell_style
        shares = [block.number_width]
        right = [column.width for column in block.columns] + [block.box_width] * len(block.boxes)
        shares += [100 - block.number_width - sum(right), *right]
        widths = self._widths(shares)
        head = [self.paragraph(head_style, self.parts(parts)) for parts in block.head]
        rows = ""
        if block.boxes:
            first_box = 2 + len(block.columns)
            first = tables.cell(widths[0], head[0], merge="restart") + tables.cell(widths[1], head[1], merge="restart")
            second = tables.cell(widths[0], self.paragraph(head_style, ""), merge="continue")
            second += tables.cell(widths[1], self.paragraph(head_style, ""), merge="continue")
            for column, width in zip(block.columns, widths[2:first_box], strict=True):
                first += tables.cell(width, self.paragraph(head_style, self.parts(column.head)), merge="restart")
                second += tables.cell(width, self.paragraph(head_style, ""), merge="continue")
            first += tables.cell(sum(widths[first_box:]), head[2], span=len(block.boxes))
            for (_, label), width in zip(block.boxes, widths[first_box:], strict=True):
                second += tables.cell(width, self.paragraph(head_style, controls.run(label)))
            rows = tables.row(first, header=True) + tables.row(second, header=True)
        else:
            cells = tables.cell(widths[0], head[0]) + tables.cell(widths[1], head[1])
            for column, width in zip(block.columns, widths[2:], strict=True):
                cells += tables.cell(width, self.paragraph(head_style, self.parts(column.head)))
            rows = tables.row(cells, header=True)
        for criterion in block.rows:
            rows += self._chosen_criterion(block, criterion, widths, text_style, centre_style, 0)
        after = self.paragraph("TinyLine", "", "<w:keepNext/>" if keep_next else "")
        return self._conditional(block.when, tables.table(widths, rows) + after)

    def _chosen_criterion(
        self, block: Criteria, criterion: Criterion, widths: list[int], text: str, centre: str, depth: int
    ) -> str:
        """The rows of one criterion; printed only for the kind of body it applies to, or where none was chosen."""
        rows = self._criterion(block, criterion, widths, text, centre, depth)
        if not block.condition(criterion):
            return rows
        words = dict(options_of(self.regulation, self.regulation.fields[block.applies]))[criterion.applies]
        test = f"{block.applies} == '{words}' or not {block.applies} or {BLANK_FLAG}"

        def tag_row(tag: str) -> str:
            return tables.row(tables.cell(sum(widths), self.paragraph(text, controls.run(tag)), span=len(widths)))

        return tag_row("{%tr if " + test + " %}") + rows + tag_row("{%tr endif %}")

    def _criterion(
        self,
        block: Criteria,
        criterion: Criterion,
        widths: list[int],
        text_style: str,
        centre_style: str,
        depth: int,
    ) -> str:
        bold = "<w:b/><w:bCs/>" if depth == 0 and (criterion.children or criterion.number.isupper()) else ""
        keep = "<w:keepNext/>" if criterion.children or criterion.id in self.kept else ""
        number = self.paragraph(centre_style, controls.run(criterion.number, bold) if criterion.number else "", keep)
        cells = tables.cell(widths[0], number)
        cells += tables.cell(widths[1], self.paragraph(text_style, controls.run(criterion.text, bold), keep))
        if criterion.children:
            first_box = 2 + len(block.columns)
            for column, width in zip(block.columns, widths[2:first_box], strict=True):
                fixed = criterion.sum if column.name == MAXIMA else None
                total = controls.run(shown_points(fixed), "<w:b/><w:bCs/>") if fixed is not None else ""
                cells += tables.cell(width, self.paragraph(centre_style, total, keep))
            cells += "".join(tables.cell(width, self.paragraph(centre_style, "", keep)) for width in widths[first_box:])
            out = tables.row(cells)
            for child in criterion.children:
                # What depends on the heading's own kind of body is inside the heading's condition already.
                inner = self._criterion if child.applies == criterion.applies else self._chosen_criterion
                out += inner(block, child, widths, text_style, centre_style, depth + 1)
            return out
        first_box = 2 + len(block.columns)
        for column, width in zip(block.columns, widths[2:first_box], strict=True):
            cells += tables.cell(width, self.paragraph(centre_style, self._score(block, criterion, column), keep))
        for (code, label), width in zip(block.boxes, widths[first_box:], strict=True):
            path = f"{block.binding}.{criterion.id}"
            tag = f"{path}={code}"
            box = controls.box_control(
                tag, f"{criterion.text[:40]}: {label}", self.ids.single(tag), f"{path} == '{code}'"
            )
            cells += tables.cell(width, self.paragraph(centre_style, box, keep))
        return tables.row(cells)

    def _score(self, block: Criteria, criterion: Criterion, column: ScoreColumn) -> str:
        binding = f"{block.scores}.{criterion.id}.{column.name}"
        field = Field(binding, column.field.type, column.field.label, column.field.label_en, column.field.choices)
        # The maximum that a unit fixed stands on the page, in a blank form too, whether or not a record repeats it.
        fixed = shown_points(criterion.points) if column.name == MAXIMA and criterion.points is not None else ""
        return self.control(Hole(field, prompt=fixed), in_cell=True)

    def rows(self, block: Rows, keep_next: bool = False) -> str:
        """The table of records: a repeated heading row and one row a record.

        With `keep_next` the last record stays on the page of what follows (rdocx does not do so, Word and LibreOffice
        do).
        """
        text_style, _, head_style = self._cell_style
        widths = self._widths([column.width for column in block.columns])
        heads = "".join(
            tables.cell(width, self.paragraph(head_style, self.parts(column.head)))
            for column, width in zip(block.columns, widths, strict=True)
        )

        def tag_row(tag: str) -> str:
            return tables.row(tables.cell(sum(widths), self.paragraph(text_style, controls.run(tag)), span=len(widths)))

        rows = tables.row(heads, header=True)
        record = self._record(block, widths)
        if keep_next:
            last = self._record(block, widths, keep="<w:keepNext/>")
            record = (
                tag_row("{%tr if loop.last %}") + last + tag_row("{%tr else %}") + record + tag_row("{%tr endif %}")
            )
        rows += tag_row("{%tr for row_ in " + block.binding + " %}") + record + tag_row("{%tr endfor %}")
        after = self.paragraph("TinyLine", "", "<w:keepNext/>" if keep_next else "")
        return self._conditional(block.when, tables.table(widths, rows) + after)

    def _record(self, block: Rows, widths: list[int], keep: str = "") -> str:
        """The row of one record; `keep` goes into the properties of its paragraphs."""
        text_style, centre_style, _ = self._cell_style
        cells = ""
        for column, width in zip(block.columns, widths, strict=True):
            if column.box:
                cells += tables.cell(width, self.paragraph(centre_style, self._row_box(block, column), keep))
                continue
            chosen = text_style if is_prose(column) else centre_style
            content = "".join(
                self.paragraph(chosen, self._row_line(block, parts, column.example), keep) for parts in column.cell
            )
            cells += tables.cell(width, content)
        return tables.row(cells)

    def _row_line(self, block: Rows, parts: tuple[Part, ...], example: str) -> str:
        """A line of a cell; the first row of a blank form prompts with the source's own example."""
        plain = self.parts(parts, row=block.binding, in_cell=True)
        if not example:
            return plain
        prompted = tuple(replace(part, prompt=example) if isinstance(part, Hole) else part for part in parts)
        return (
            controls.run("{% if loop.first and " + BLANK_FLAG + " %}")
            + self.parts(prompted, row=block.binding, in_cell=True)
            + controls.run("{% else %}")
            + plain
            + controls.run("{% endif %}")
        )

    def _row_box(self, block: Rows, column: Column) -> str:
        """The box of one code in a row: ticked where the row's value, as it is printed, has that code's words."""
        field = column.hole.field
        words = dict(options_of(self.regulation, field))[column.box]
        condition = f"row_.{field.binding.removeprefix(block.binding + '[].')} == '{words}'"
        return controls.box_control(f"{field.binding}={column.box}", words, self.ids.in_loop(), condition)

    def sign(self, block: Sign) -> str:
        """The signature block: one table row that never splits (no `keepNext` inside: LibreOffice would then keep the
        whole table with what follows it), room to sign, the name below."""
        self.bookmark += 1
        name = ""
        if block.name:
            look = "<w:b/><w:bCs/>"
            name = self.control(Hole(block.name), look=look)
        zone = (
            f'<w:bookmarkStart w:id="{self.bookmark}" w:name="{bookmark_name(block.role)}"/>'
            f'<w:bookmarkEnd w:id="{self.bookmark}"/>'
        )
        content = ""
        if block.place_date:
            content += self.paragraph("SignText", self.parts(block.place_date))
        content += "".join(self.paragraph("SignText", self.parts(parts)) for parts in block.text)
        content += self.paragraph("SignZone", zone) + self.paragraph("SignName", name)
        left = "".join(
            self.paragraph("RecipientItem" if position else "RecipientHead", self.parts(parts))
            for position, parts in enumerate(block.left)
        )
        widths = self._widths([60, 40] if self.definition.landscape else [36, 64])
        cells = tables.cell(widths[0], left or self.paragraph("SignText", ""), centred=False)
        cells += tables.cell(widths[1], content, centred=False)
        table = tables.table(widths, tables.row(cells), borders=False) + self.paragraph("AfterSign", "")
        return self._conditional(block.when, table)

    def header(self) -> str:
        """Form code, the two-column header with the place and date, the title."""
        definition = self.definition
        out = ""
        if definition.code_printed:
            out += self.paragraph("FormCode", controls.run(definition.code))
        if not definition.plain_header:
            left = "".join(self.paragraph("HeaderLeft", self.parts(parts)) for parts in definition.header)
            motto = self.paragraph("Motto", controls.run("ĐẢNG CỘNG SẢN VIỆT NAM", '<w:u w:val="single"/>'))
            fields = self.regulation.fields
            date = (
                Hole(fields["document.place"]),
                Text(", "),
                Hole(fields["document.date"], "long"),
            )
            right = motto + self.paragraph("DateLine", self.parts(date))
            share = style.HEADER_LEFT_SHARE * 100
            widths = self._widths([share, 100 - share])
            cells = tables.cell(widths[0], left or self.paragraph("HeaderLeft", ""), centred=False)
            cells += tables.cell(widths[1], right, centred=False)
            # LibreOffice adds a line where a document begins with a table: the code or a tiny line goes before it.
            out = (out or self.paragraph("TinyLine", "")) + tables.table(widths, tables.row(cells), borders=False)
        out += self.paragraph("TinyLine", "")
        for parts in definition.title:
            out += self.paragraph("FormTitle", self.parts(parts))
        return out + self.paragraph("TinyLine", "")

    def body(self) -> str:
        """The whole body of the document."""
        blocks = self.definition.body
        out = self.header()
        for position, block in enumerate(blocks):
            if isinstance(block, Line):
                together = begins_with_box(block) and any(
                    begins_with_box(b) for b in blocks[position + 1 : position + 2]
                )
                out += self.line(block, keep_next=together or leads_to_sign(blocks[position + 1 :]))
            elif isinstance(block, Criteria):
                out += self.criteria(block, keep_next=leads_to_sign(blocks[position + 1 :]))
            elif isinstance(block, Rows):
                out += self.rows(block, keep_next=leads_to_sign(blocks[position + 1 :]))
            else:
                out += self.sign(block)
        if self.definition.notes:
            out += self.paragraph("NoteRule", "")
        for number, note in enumerate(self.definition.notes, start=self.definition.first_note):
            mark = controls.run(str(number), '<w:vertAlign w:val="superscript"/>')
            out += self.paragraph("NoteText", mark + controls.run(" " + note))
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
    builder = _TemplateBuilder(regulation, definition)
    body = builder.body()
    title = f"{definition.code} – {definition.name}"
    return package(
        body,
        title=title,
        identifier="{{ " + RECORD_KEY + " }}",
        description="{{ " + CONDITIONS_KEY + " }}",
        properties=identity(definition),
        prompts=builder.prompts,
        landscape=definition.landscape,
    )


__all__ = ["BLANK_FLAG", "RECORD_KEY", "bookmark_name", "build_template", "default_prompt", "identity"]
