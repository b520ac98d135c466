"""The pieces that blocks are written with into a template: runs, content controls, paragraphs, conditions, widths.

The result is WordprocessingML as text, with docxtpl-style Jinja inside the controls. A value's control carries its
binding as tag; the Jinja path is the binding itself, a row's is `row_` plus the leaf.
"""

from __future__ import annotations

from collections.abc import Iterable

from docgen.errors import InternalError
from docgen.forms.parts import Either, Hole, Parts, RowNumber, Text, answer_of
from docgen.forms.placement import LABEL_AFTER_VALUE, is_next_label
from docgen.regulations.loader import Field, RegulationData, options_of
from docgen.values import VALUES
from docgen.values.picture import empty_picture
from docgen.word.write import controls, picture_control, tables

#: Set in the context of a blank form, so that conditional lines are shown.
BLANK_FLAG = "blank_"
#: The printed name of a bookmark in the zone of a signature: letters and digits only (a PDF destination's name).
SIGN_BOOKMARK = "ky"


def bookmark_name(role: str) -> str:
    """The bookmark that marks the signature zone of `role`."""
    return SIGN_BOOKMARK + "".join(c for c in role if c.isalnum())


def either_key(question: str) -> str:
    """The name in a template of the answer to a question about two wordings."""
    return f"either_{question}_"


def _either(part: Either) -> str:
    """Both wordings of `part`, each under its test; without the tags it is the wording of the source."""
    answer = either_key(part.question)

    def unless(test: str, words: str) -> str:
        return "{% if " + test + " %}" + words + "{% endif %}"

    first, second = answer_of(part.first), answer_of(part.second)
    return (
        part.before + unless(f"{answer} != '{second}'", part.first) + unless(f"not {answer}", " (")
        + unless(f"{answer} != '{first}'", part.second) + unless(f"not {answer}", ")") + part.after
    )  # fmt: skip


def default_prompt(field: Field, form: str = "", in_cell: bool = False) -> str:
    """What an empty field shows: dots, the dots of a date, an em space in a table cell."""
    if in_cell:
        return "\u2003"
    if field.binding == "document.place":
        return "…………"
    return VALUES[field.type].prompt(form)


class Paper:
    """One template while it is written; what one block uses up (ids of controls, prompts, bookmarks) the next sees."""

    def __init__(self, regulation: RegulationData, landscape: bool = False, name: str = "") -> None:
        self.regulation = regulation
        self.landscape = landscape
        self.name = name
        self.ids = controls.ControlIds()
        self.prompts: list[str] = []
        self.has_pictures = False
        self._bookmarks = 0
        self._tables = 0

    def bookmark(self) -> int:
        """The number of a further bookmark, from 1."""
        self._bookmarks += 1
        return self._bookmarks

    def control(self, hole: Hole, *, row: str = "", in_cell: bool = False, look: str = "") -> str:
        """The control of one hole. `row` is the list it repeats over, in a table of records."""
        field = hole.field
        prompt = hole.prompt or default_prompt(field, hole.format, in_cell)
        self.prompts.append(prompt)
        control_id = self.ids.in_loop() if row else self.ids.single(field.binding)
        expression = f"row_.{field.binding.removeprefix(row + '[].')}" if row else field.binding
        options = dict(options_of(self.regulation, field))
        if hole.is_box:
            tag, words = f"{field.binding}={hole.format}", options[hole.format]
            box_id = self.ids.in_loop() if row else self.ids.single(tag)
            return controls.box_control(tag, words, box_id, f"{expression} == '{words}'")
        if hole.format in hole.type.formats:
            expression += f".{hole.format}"
        if hole.type.control == "choice":
            offered = dict(hole.type.shown_options(tuple(options.items()), hole.format))
            return controls.choice_control(field.binding, field.label, control_id, prompt, expression, offered, look)
        if hole.type.control == "date":
            pattern = "'ngày' dd 'tháng' M 'năm' yyyy" if hole.format == "long" else "dd/MM/yyyy"
            return controls.date_control(field.binding, field.label, control_id, prompt, expression, pattern, look)
        if hole.type.control == "text":
            return controls.text_control(field.binding, field.label, control_id, prompt, expression, look)
        raise InternalError("errors.internal.control", binding=field.binding, kind=hole.type.control)

    def picture(self, hole: Hole, alt: str, width: int, height: int) -> str:
        """The control of a picture that fills a box of `width` by `height` mm; `alt` says what it shows."""
        self.has_pictures = True
        per_mm = picture_control.EMU_PER_MM
        shown = empty_picture().fitted(width * per_mm, height * per_mm)
        return picture_control.picture_control(
            hole.binding, hole.field.label, self.ids.single(hole.binding), alt, *shown, number=self.ids.count
        )  # fmt: skip

    def narrative(self, hole: Hole, keep_last: bool) -> str:
        """The control of a value of several paragraphs."""
        prompt = hole.prompt or default_prompt(hole.field)
        self.prompts.append(prompt)
        return controls.paragraphs_control(
            hole.binding, hole.field.label, self.ids.single(hole.binding), prompt, hole.binding, "Narrative",
            keep_last=keep_last,
        )  # fmt: skip

    def parts(self, parts: Parts, *, row: str = "", in_cell: bool = False) -> str:
        """The runs and controls of one paragraph; a narrative is a control of its own (`narrative`)."""
        out: list[str] = []
        for before, part in zip((None, *parts), parts, strict=False):
            if isinstance(part, Text):
                text = LABEL_AFTER_VALUE + part.text.lstrip() if is_next_label(before, part) else part.text
                look = ("<w:b/><w:bCs/>" if part.bold else "") + ("<w:i/><w:iCs/>" if part.italic else "")
                look += '<w:vertAlign w:val="superscript"/>' if part.superscript else ""
                out.append(controls.run(_either(part) if isinstance(part, Either) else text, look))
            elif isinstance(part, RowNumber):
                out.append(controls.run("{{ loop.index }}"))
            elif not part.is_narrative:
                look = ("<w:b/><w:bCs/>" if part.bold else "") + ("<w:i/><w:iCs/>" if part.italic else "")
                out.append(self.control(part, row=row, in_cell=in_cell, look=look))
        return "".join(out)

    @staticmethod
    def paragraph(style_id: str, inner: str, extra: str = "") -> str:
        """A paragraph in a named style; `extra` goes into its properties."""
        named = "" if style_id == "Normal" else f'<w:pStyle w:val="{style_id}"/>'
        properties = f"<w:pPr>{named}{extra}</w:pPr>" if named or extra else ""
        return f"<w:p>{properties}{inner}</w:p>"

    def conditional(self, when: str, inner: str) -> str:
        """`inner`, shown where the condition `when` holds (always where there is none), and on a blank form."""
        if not when:
            return inner
        binding, unless, code = when.partition("!=")
        field = self.regulation.fields[binding]
        options = options_of(self.regulation, field)
        holds = f"{binding} != '{dict(options)[code]}'" if unless else VALUES[field.type].condition(binding, options)
        test = "{%p if " + f"{holds} or {BLANK_FLAG}" + " %}"
        return self.tag_paragraph(test) + inner + self.tag_paragraph("{%p endif %}")

    def tag_paragraph(self, tag: str) -> str:
        """A paragraph that holds a `{%p %}` tag and vanishes when the template is filled."""
        return self.paragraph("Normal", controls.run(tag))

    def widths(self, shares: list[float]) -> list[int]:
        """The widths of columns (twentieths of a point) from their shares of the page."""
        return tables.widths(shares, self.landscape)

    @property
    def cell_styles(self) -> tuple[str, str, str]:
        """The styles of a table's words, of what is centred, of its heading: smaller on a landscape page."""
        return ("CellSmall", "CellSmallCentre", "CellSmallHead") if self.landscape else (
            "CellText", "CellCentre", "CellHead")  # fmt: skip

    def tag_row(self, tag: str, widths: list[int]) -> str:
        """A row that holds a `{%tr %}` tag and vanishes when the template is filled."""
        inner = self.paragraph(self.cell_styles[0], controls.run(tag))
        return tables.row(tables.cell(sum(widths), inner, span=len(widths)))

    def table(self, widths: list[int], rows: str, heads: Iterable[str]) -> str:
        """A table of data: it says of itself that it is the form's, which one of several, and what its columns are."""
        self._tables += 1
        caption = self.name if self._tables == 1 else f"{self.name} ({self._tables})"
        return tables.table(
            widths, rows, small=self.landscape, caption=caption, heads="; ".join(filter(None, heads))
        )  # fmt: skip

    def after_table(self, keep_next: bool) -> str:
        """The tiny line that parts a table from what follows; with `keep_next` it stays on the page of that."""
        return self.paragraph("TinyLine", "", "<w:keepNext/>" if keep_next else "")
