"""A table with one row a record: members, tasks, bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

from docgen.forms.blocks.kind import Block, BlockKind, Shown
from docgen.forms.paper import BLANK_FLAG, Paper
from docgen.forms.parts import Hole, Parts, holes_in, texts_in
from docgen.forms.placement import leads_to_sign
from docgen.forms.questions import AskRows, Question
from docgen.forms.slot import Slot
from docgen.forms.wording import Wording, yes_or_no
from docgen.regulations.faults import each
from docgen.regulations.loader import RegulationData, options_of
from docgen.regulations.rule_facts import catalogue
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import COLUMN, TEXT, WHOLE
from docgen.values import VALUES
from docgen.word.write import controls, tables

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
    #: Centre words that stand for a number, as `3 (18,8%)`.
    centred: bool = field(default=False, repr=False)
    #: The heading above this one: one cell over all neighbours that have the same.
    above: Parts = field(default=(), repr=False)
    #: The lines of a cell stand one behind the other where they are filled: a row is as low as can be.
    joined: bool = field(default=False, repr=False)

    @property
    def heading(self) -> str:
        """What it is headed by, in one line."""
        return ": ".join(filter(None, (" ".join(texts_in(self.above)), " ".join(texts_in(self.head)))))

    @property
    def hole(self) -> Hole:
        """The only hole of a column of boxes."""
        part = self.cell[0][0]
        assert isinstance(part, Hole)
        return part

    @property
    def is_prose(self) -> bool:
        """True for a column of words; numbers, dates, grades and whatever stands in a narrow column are centred."""
        return (
            not self.centred
            and self.width > _NARROW_COLUMN
            and any(hole.type.is_prose for hole in holes_in(*self.cell))
        )


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
    #: A short table that stands on one page.
    whole: bool = field(default=False, repr=False)

    @property
    def is_table(self) -> bool:
        return True

    @property
    def stands_whole(self) -> bool:
        """True where the table is kept on one page."""
        return self.whole

    def lines(self) -> Iterator[Parts]:
        yield from ()

    def words(self, shown: Shown) -> Iterator[str]:
        for above, columns in self._headings():
            for parts in (above,) if above else (column.head for column in columns):
                yield from texts_in(parts)
        for above, columns in self._headings():
            for column in columns if above else ():
                yield from texts_in(column.head)

    def _headings(self) -> list[tuple[Parts, list[Column]]]:
        """The columns as they are headed: neighbours under one heading above theirs (none: each by itself)."""
        return [(above, list(columns)) for above, columns in groupby(self.columns, lambda column: column.above)]

    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
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
        if self.whole or any(column.centred for column in self.columns):
            yield 5, repr((self.whole, [column.centred for column in self.columns]))
        if any(column.above or column.joined for column in self.columns):
            yield 6, repr([(column.above, column.joined) for column in self.columns])

    def questions(self, regulation: RegulationData, shown: Shown) -> Iterator[Question]:
        """One table; a value that stands in several columns is asked once, under the head of the first."""
        found: dict[str, tuple[Slot, str]] = {}
        for column in self.columns:
            head = column.heading
            holes = holes_in(*column.cell)
            for hole in holes:
                several = column.box or len({one.binding for one in holes}) > 1 or not head
                path = tuple(hole.binding.removeprefix(self.binding + "[].").split("."))
                slot = Slot(path, hole.field.type, hole.field.label, self.binding, options_of(regulation, hole.field))
                found.setdefault(slot.binding, (slot, slot.label if several else head))
        if found:
            slots, heads = zip(*found.values(), strict=True)
            yield AskRows(self.binding, slots, heads)

    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """Repeated heading rows and one row a record.

        The last two records stay together: under the repeated heading rows of another page one would stand alone. Where
        a signature follows, they stay on its page (rdocx does not do so, Word and LibreOffice do); the records of a
        `whole` table stay with one another.
        """
        keep_next = leads_to_sign(following)
        widths = paper.widths([column.width for column in self.columns])
        rows = self._heads(paper, widths)
        kept = "<w:keepNext/>"
        free, bound = self._record(paper, widths), self._record(paper, widths, keep=kept)

        def either(test: str, first: str, other: str) -> str:
            return (
                paper.tag_row("{%tr if " + test + " %}", widths) + first + paper.tag_row("{%tr else %}", widths) + other
                + paper.tag_row("{%tr endif %}", widths)
            )  # fmt: skip

        if self.whole:
            record = bound if keep_next else either("loop.last", free, bound)
        else:
            record = either("loop.revindex <= 2" if keep_next else "loop.revindex == 2", bound, free)
        rows += paper.tag_row("{%tr for row_ in " + self.binding + " %}", widths) + record
        rows += paper.tag_row("{%tr endfor %}", widths)
        table = paper.table(widths, rows, [column.heading for column in self.columns])
        return paper.conditional(self.when, table + paper.after_table(keep_next))

    def _heads(self, paper: Paper, widths: Sequence[int]) -> str:
        """The heading row; two where columns have a heading above theirs, which the others then fill alone."""
        style = paper.cell_styles[2]
        first = second = ""
        left = iter(widths)
        grouped = any(column.above for column in self.columns)
        for above, columns in self._headings():
            own = [next(left) for _ in columns]
            if above:
                first += tables.cell(sum(own), paper.paragraph(style, paper.parts(above)), span=len(own))
            for column, width in zip(columns, own, strict=True):
                head = paper.paragraph(style, paper.parts(column.head))
                if above:
                    second += tables.cell(width, head)
                else:
                    first += tables.cell(width, head, merge="restart" if grouped else "")
                    second += tables.cell(width, paper.paragraph(style, ""), merge="continue")
        rows = tables.row(first, header=True)
        return rows + tables.row(second, header=True) if grouped else rows

    def _record(self, paper: Paper, widths: list[int], keep: str = "") -> str:
        """The row of one record; `keep` goes into the properties of its paragraphs."""
        text_style, centre_style, _ = paper.cell_styles
        cells = ""
        for column, width in zip(self.columns, widths, strict=True):
            if column.box:
                cells += tables.cell(width, paper.paragraph(centre_style, self._box(paper, column), keep))
                continue
            chosen = text_style if column.is_prose else centre_style
            cells += tables.cell(width, self._lines(paper, column, chosen, keep))
        return tables.row(cells)

    def _lines(self, paper: Paper, column: Column, style: str, keep: str) -> str:
        """The lines of a cell, one without a value left out of a record that is filled: no post, no empty line."""
        values = [" or ".join(self._value(hole.binding) for hole in holes_in(parts)) for parts in column.cell]

        def line(parts: Parts) -> str:
            return paper.paragraph(style, self._line(paper, parts, column.example), keep)

        if len(values) == 1 or not all(values):
            return "".join(map(line, column.cell))
        # The first line stays where no other has a value: a cell has a paragraph.
        tests = [f"{values[0]} or not ({' or '.join(values[1:])})", *values[1:]]
        if not column.joined:
            return self._first_line_of(paper, tests, [partial(line, parts) for parts in column.cell])
        runs = ""
        for number, (test, parts) in enumerate(zip(tests, column.cell, strict=True)):
            before = " or ".join(values[:number])
            parting = controls.run("{% if " + before + " %}; {% endif %}") if before else ""
            written = parting + paper.parts(parts, row=self.binding, in_cell=True)
            runs += controls.run("{% if " + test + " %}") + written + controls.run("{% endif %}")
        return (
            paper.tag_paragraph("{%p if " + BLANK_FLAG + " %}") + "".join(map(line, column.cell))
            + paper.tag_paragraph("{%p else %}") + paper.paragraph(style, runs, keep)
            + paper.tag_paragraph("{%p endif %}")
        )  # fmt: skip

    def _first_line_of(self, paper: Paper, tests: Sequence[str], lines: Sequence[Callable[[], str]]) -> str:
        """`lines` with one at least standing for every record, where a line without a value is left out.

        Which is the first to stand is asked in branches, the last of them without a question: that a cell keeps a
        paragraph is then seen from the template, not only from what is in its tests. Each line is written anew in each
        branch: no two controls have one id.
        """
        if len(lines) == 1:
            return lines[0]()

        def branch(test: str, then: str, other: str = "") -> str:
            middle = paper.tag_paragraph("{%p else %}") + other if other else ""
            return (
                paper.tag_paragraph("{%p if " + BLANK_FLAG + f" or {test} " + "%}") + then + middle
                + paper.tag_paragraph("{%p endif %}")
            )  # fmt: skip

        later = "".join(branch(test, line()) for test, line in zip(tests[1:], lines[1:], strict=True))
        return branch(tests[0], lines[0]() + later, self._first_line_of(paper, tests[1:], lines[1:]))

    def _value(self, binding: str) -> str:
        """A value of the row at hand, in the template's language."""
        return f"row_.{binding.removeprefix(self.binding + '[].')}"

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
        condition = f"{self._value(field.binding)} == '{words}'"
        return controls.box_control(f"{field.binding}={column.box}", words, paper.ids.in_loop(), condition)


def _parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
    def column_of(column: Mapping) -> Column:
        column.closed(
            ("head", "cell", "width", "box", "example", "centred", "above", "joined"), ("head", "cell", "width")
        )
        yes_or_no(column, "centred")
        yes_or_no(column, "joined")
        if column.get("joined") == "yes" and not all(map(holes_in, wording.many(column["cell"], column, "cell"))):
            raise column.fault("errors.definition.unknown_value", "joined", value="yes")  # a line has to have a value
        cell = wording.many(column["cell"], column, "cell")
        for hole in holes_in(*cell):
            if not hole.binding.startswith(item["rows"] + "[]."):
                raise column.fault("errors.definition.not_in_rows", "cell", binding=hole.binding)
        if "box" in column and not wording.is_box(cell, column["box"]):
            raise column.fault("errors.definition.unknown_value", "box", value=column["box"])
        if not float(column["width"]):
            raise column.fault("errors.definition.unknown_value", "width", value=column["width"])
        head = wording.parts(column["head"], column, "head", bold=True)
        above = wording.parts(column["above"], column, "above", bold=True) if "above" in column else ()
        return Column(head, cell, float(column["width"]), column.get("box", ""), column.get("example", ""),
                      column.get("centred", "no") == "yes", above, column.get("joined", "no") == "yes")  # fmt: skip

    yes_or_no(item, "whole")
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
            item.get("whole", "no") == "yes",
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


def _is_yes_or_no(regulation: RegulationData, rows: str, binding: str) -> bool:
    """True where `binding` is a yes/no value of the records of the list `rows`: a field, or a member's fact."""
    name = binding.removeprefix(f"{rows}[].")
    if name == binding:
        return False
    found = regulation.fields.get(binding) or regulation.fields.get(name)
    if found is not None:
        return VALUES[found.type].is_truth
    fact = catalogue(tuple(reversed(regulation.chain))).get(name.removeprefix("facts."))
    return rows == "members" and fact is not None and name == f"facts.{fact.name}" and fact.kind.is_truth


KINDS = (
    BlockKind(
        "rows", Rows, _parse, ("columns", "blank_rows", "without", "graded", "own", "whole"), ("columns",),
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
