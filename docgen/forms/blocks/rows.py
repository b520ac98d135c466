"""A table with one row a record: members, tasks, bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from docgen.forms.blocks.kind import Block, BlockKind, Shown
from docgen.forms.paper import BLANK_FLAG, Paper
from docgen.forms.parts import Hole, Parts, holes_in, texts_in
from docgen.forms.placement import leads_to_sign
from docgen.forms.slot import Slot, options_of
from docgen.forms.wording import Wording
from docgen.regulations.faults import each
from docgen.regulations.loader import Regulation
from docgen.regulations.rule_facts import catalogue
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import COLUMN, TEXT, WHOLE
from docgen.word import controls, tables

#: Per cent of the table up to which a column of words is centred.
_NARROW_COLUMN = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of records: heading, the lines of a cell, width in per cent.

    With `box`, the cell is a box to tick, which stands for that code of the cell's only hole. `example` is what the
    source prints in its first row by way of example: the prompt of that row in a blank form.
    """

    head: Parts
    cell: tuple[Parts, ...]
    width: float
    box: str = ""
    example: str = ""

    @property
    def hole(self) -> Hole:
        """The only hole of a column of boxes."""
        part = self.cell[0][0]
        assert isinstance(part, Hole)
        return part

    @property
    def is_prose(self) -> bool:
        """True for a column of words; numbers, dates, grades and whatever stands in a narrow column are centred."""
        return self.width > _NARROW_COLUMN and any(hole.type.is_prose for hole in holes_in(*self.cell))


@dataclass(frozen=True, slots=True)
class Rows(Block):
    """A table with one row a record of the list `binding`; a record with a yes at `without` has no row.

    With `graded`, members who are not to be graded have none either: a ballot lists those who are voted on. `own` says
    where in a dossier the unit's own values are (leaf, places; the first that is written counts): where the dossier
    lists nothing, the unit itself is the one row.
    """

    binding: str
    columns: tuple[Column, ...]
    blank_rows: int = 5
    when: str = ""
    without: str = field(default="", repr=False)
    graded: bool = field(default=False, repr=False)
    own: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), repr=False)

    def lines(self) -> Iterator[Parts]:
        yield from ()

    def words(self, shown: Shown) -> Iterator[str]:
        for column in self.columns:
            yield from texts_in(column.head)

    def slots(self, regulation: Regulation) -> Iterator[Slot]:
        for column in self.columns:
            for hole in holes_in(*column.cell):
                path = tuple(hole.binding.removeprefix(self.binding + "[].").split("."))
                yield Slot(path, hole.field.type, hole.field.label, self.binding, options_of(regulation, hole.field))

    def printed(self, shown: Shown) -> Iterator[str]:
        yield self.binding

    def holders(self) -> Iterator[str]:
        yield self.binding

    def unsaid(self) -> Iterator[tuple[int, str]]:
        yield 0, self.without
        if self.graded:
            yield 2, "graded"
        if self.own:
            yield 3, repr(self.own)

    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """A repeated heading row and one row a record.

        Where a signature follows, the last record stays on its page (rdocx does not do so, Word and LibreOffice do).
        """
        keep_next = leads_to_sign(following)
        head_style = paper.cell_styles[2]
        widths = paper.widths([column.width for column in self.columns])
        heads = "".join(
            tables.cell(width, paper.paragraph(head_style, paper.parts(column.head)))
            for column, width in zip(self.columns, widths, strict=True)
        )
        rows = tables.row(heads, header=True)
        record = self._record(paper, widths)
        if keep_next:
            last = self._record(paper, widths, keep="<w:keepNext/>")
            record = (
                paper.tag_row("{%tr if loop.last %}", widths) + last + paper.tag_row("{%tr else %}", widths) + record
                + paper.tag_row("{%tr endif %}", widths)
            )  # fmt: skip
        rows += paper.tag_row("{%tr for row_ in " + self.binding + " %}", widths) + record
        rows += paper.tag_row("{%tr endfor %}", widths)
        return paper.conditional(self.when, tables.table(widths, rows) + paper.after_table(keep_next))

    def _record(self, paper: Paper, widths: list[int], keep: str = "") -> str:
        """The row of one record; `keep` goes into the properties of its paragraphs."""
        text_style, centre_style, _ = paper.cell_styles
        cells = ""
        for column, width in zip(self.columns, widths, strict=True):
            if column.box:
                cells += tables.cell(width, paper.paragraph(centre_style, self._box(paper, column), keep))
                continue
            chosen = text_style if column.is_prose else centre_style
            content = "".join(
                paper.paragraph(chosen, self._line(paper, parts, column.example), keep) for parts in column.cell
            )
            cells += tables.cell(width, content)
        return tables.row(cells)

    def _line(self, paper: Paper, parts: Parts, example: str) -> str:
        """A line of a cell; the first row of a blank form prompts with the source's own example."""
        plain = paper.parts(parts, row=self.binding, in_cell=True)
        if not example:
            return plain
        prompted = tuple(replace(part, prompt=example) if isinstance(part, Hole) else part for part in parts)
        return (
            controls.run("{% if loop.first and " + BLANK_FLAG + " %}")
            + paper.parts(prompted, row=self.binding, in_cell=True)
            + controls.run("{% else %}")
            + plain
            + controls.run("{% endif %}")
        )

    def _box(self, paper: Paper, column: Column) -> str:
        """The box of one code in a row: ticked where the row's value, as it is printed, has that code's words."""
        field = column.hole.field
        words = dict(options_of(paper.regulation, field))[column.box]
        condition = f"row_.{field.binding.removeprefix(self.binding + '[].')} == '{words}'"
        return controls.box_control(f"{field.binding}={column.box}", words, paper.ids.in_loop(), condition)


def _parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
    def column_of(column: Mapping) -> Column:
        column.closed(("head", "cell", "width", "box", "example"), ("head", "cell", "width"))
        cell = wording.many(column["cell"], column, "cell")
        for hole in holes_in(*cell):
            if not hole.binding.startswith(item["rows"] + "[]."):
                raise column.fault("errors.definition.not_in_rows", "cell", binding=hole.binding)
        if "box" in column and not wording.is_box(cell, column["box"]):
            raise column.fault("errors.definition.unknown_value", "box", value=column["box"])
        if not float(column["width"]):
            raise column.fault("errors.definition.unknown_value", "width", value=column["width"])
        head = wording.parts(column["head"], column, "head", bold=True)
        return Column(head, cell, float(column["width"]), column.get("box", ""), column.get("example", ""))

    columns = each(column_of, item["columns"])
    if not columns:
        raise item.fault("errors.definition.needs_list", "columns", key="columns")
    without = item.get("without", "")
    if without and not _is_yes_or_no(wording.regulation, item["rows"], without):
        raise item.fault("errors.definition.unknown_binding", "without", binding=without)
    return (
        Rows(
            item["rows"], tuple(columns), int(item.get("blank_rows", "5")), when,
            without.removeprefix(item["rows"] + "[]."), _graded(item), _own(wording, item),
        ),
    )  # fmt: skip


def _own(wording: Wording, item: Mapping) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Where the unit's own values stand, for a table that the dossier may leave empty."""
    own = item.get("own", Mapping())
    for leaf, places in own.items():
        wording.field(f"{item['rows']}[].{leaf}", own, leaf)
        for place in places:
            if wording.regulation.roots.get(place.partition(".")[0]) != "dossier":
                raise own.fault("errors.definition.unknown_binding", leaf, binding=place)
    return tuple((leaf, tuple(places)) for leaf, places in own.items())


def _graded(item: Mapping) -> bool:
    value = item.get("graded", "no")
    if value not in ("yes", "no") or (value == "yes" and item["rows"] != "members"):
        raise item.fault("errors.definition.unknown_value", "graded", value=value)
    return bool(value == "yes")


def _is_yes_or_no(regulation: Regulation, rows: str, binding: str) -> bool:
    """True where `binding` is a yes/no value of the records of the list `rows`: a field, or a member's fact."""
    name = binding.removeprefix(f"{rows}[].")
    if name == binding:
        return False
    found = regulation.fields.get(binding) or regulation.fields.get(name)
    if found is not None:
        return found.type == "bool"
    fact = catalogue(tuple(reversed(regulation.chain))).get(name.removeprefix("facts."))
    return rows == "members" and fact is not None and name == f"facts.{fact.name}" and fact.type == "bool"


KINDS = (
    BlockKind(
        "rows", Rows, _parse, ("columns", "blank_rows", "without", "graded", "own"), ("columns",),
        {"columns": [COLUMN], "blank_rows": WHOLE, "own": {"*": [TEXT]}},
        """
rows: members
columns:
  - {head: Số thứ tự, cell: "{index}", width: "10"}
  - {head: Họ và tên của đảng viên, cell: "{members[].member.full_name}", width: "60"}
  - {head: Mức tự nhận, cell: "{members[].review.grade_party}", width: "30"}
""",
    ),
)  # fmt: skip
