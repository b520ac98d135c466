"""A table of criteria: boxes to tick, or the columns of a score sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docgen.forms.blocks.kind import ALWAYS, Block, BlockKind, Shown, decider
from docgen.forms.blocks.line import Line
from docgen.forms.paper import BLANK_FLAG, Paper
from docgen.forms.parts import Hole, Parts, Text, texts_in
from docgen.forms.placement import leads_to_sign
from docgen.forms.questions import AskGrid, GridRow, Question
from docgen.forms.slot import Slot, slot_of
from docgen.forms.wording import Wording
from docgen.regulations.criteria_sets import bindings_of, cases_of, shown_points
from docgen.regulations.faults import each
from docgen.regulations.loader import Criterion, Field, RegulationData, options_of
from docgen.regulations.scales import Scale
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import COLUMN, LINES, NUMBER
from docgen.values import VALUES
from docgen.word.write import controls, tables

#: The column of a score sheet in which the level of a criterion is stated.
LEVEL_COLUMN = "declared_level"
#: The column of a score sheet with the maximum of each criterion.
MAXIMA = "standard_points"
#: What a table of criteria that is only scored has for its binding.
NO_BOXES = "none"


@dataclass(frozen=True, slots=True)
class ScoreColumn:
    """A column of a score sheet: one value a criterion.

    The catalogue names it `<scores>.any.<name>`; a criterion's own value is bound at `<scores>.<criterion id>.<name>`.
    """

    head: Parts
    field: Field
    name: str
    width: float


@dataclass(frozen=True, slots=True)
class Criteria(Block):
    """A table of criteria: rows from a set, columns to fill and boxes to tick."""

    binding: str
    set: str
    rows: tuple[Criterion, ...]
    head: tuple[Parts, ...]
    boxes: tuple[tuple[str, str], ...]
    box_width: float = 9.6
    number_width: float = 7.0
    scores: str = ""
    columns: tuple[ScoreColumn, ...] = ()
    when: str = ""
    #: The binding whose code those rows' `applies` name that name no binding of their own: rows of another kind of body
    #: are not printed. No wording of its own: only regulations that choose rows that way have it in a form's identity.
    applies: str = field(default="", repr=False)

    @property
    def is_table(self) -> bool:
        return True

    def condition(self, row: Criterion) -> str:
        """What prints `row` (`binding=code`); empty for a row that is always printed."""
        binding, code = row.depends
        return f"{binding or self.applies}={code}" if row.applies else ""

    def choosers(self) -> list[str]:
        """The bindings that decide which rows are printed."""
        return [binding or self.applies for binding in bindings_of(self.rows)]

    def leaves(self, shown: Shown = ALWAYS) -> list[Criterion]:
        """All rows that are ticked or scored, of those that are on the page."""
        every = [leaf for row in self.rows for leaf in row.leaves()]
        return [leaf for leaf in every if not (condition := self.condition(leaf)) or shown(condition)]

    def lines(self) -> Iterator[Parts]:
        yield from ()

    def words(self, shown: Shown) -> Iterator[str]:
        for parts in self.head:
            yield from texts_in(parts)
        yield from (label for _, label in self.boxes)
        for column in self.columns:
            yield from texts_in(column.head)
        yield from self._row_texts(self.rows, shown)

    def _row_texts(self, rows: tuple[Criterion, ...], shown: Shown) -> Iterator[str]:
        for row in rows:
            if not (condition := self.condition(row)) or shown(condition):
                yield row.text
                yield from self._row_texts(row.children, shown)

    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
        for binding in self.choosers():
            yield slot_of(regulation, regulation.fields[binding])
        for leaf in self.leaves():
            for column in self.columns:
                path = (*self.scores.split("."), leaf.id, column.name)
                label = f"{leaf.text}: {column.field.label}"
                yield Slot(path, column.field.type, label, "", options_of(regulation, column.field))
            if self.boxes:
                field = regulation.fields[self.binding]
                kind = field.type if options_of(regulation, field) == self.boxes else "choice"
                yield Slot((*self.binding.split("."), leaf.id), kind, leaf.text, "", self.boxes, leaf)

    def printed(self, shown: Shown) -> Iterator[str]:
        for leaf in self.leaves(shown):
            yield f"{self.binding}.{leaf.id}"
            yield from (f"{self.scores}.{leaf.id}.{column.name}" for column in self.columns)

    def holders(self) -> Iterator[str]:
        yield from (self.binding, self.scores)

    def required_below(self, required: Sequence[str]) -> Iterator[str]:
        if self.binding and self.binding in required:
            for leaf in self.leaves():
                if not leaf.optional and not leaf.applies:
                    yield f"{self.binding}.{leaf.id}"

    def questions(self, regulation: RegulationData, shown: Shown) -> Iterator[Question]:
        """One table: a row a criterion that is on the page, a column a value of it."""
        heads = [column.field.label for column in self.columns]
        heads += ["".join(texts_in(self.head[-1]))] if self.boxes else []
        cells: dict[str, list[Slot]] = {}
        for slot in self.slots(regulation):
            cells.setdefault(slot.path[-1] if slot.criterion else slot.path[-2], []).append(slot)

        def rows(criteria: Sequence[Criterion], depth: int) -> Iterator[GridRow]:
            for row in criteria:
                if (condition := self.condition(row)) and not shown(condition):
                    continue
                own = () if row.children else tuple(cells[row.id])
                yield GridRow(row.number, row.text, depth, own, row.sum if row.children else row.points)
                yield from rows(row.children, depth + 1)

        yield AskGrid(tuple(heads), tuple(rows(self.rows, 0)))

    def conditions(self) -> Iterator[str]:
        yield from (binding for binding in (decider(self.when), *self.choosers()) if binding)

    def unsaid(self) -> Iterator[tuple[int, str]]:
        yield 1, self.applies

    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """The table: two heading rows, group rows, a row a criterion with its boxes or columns.

        The last two criteria stay together and, where a signature follows, on its page, as the records of `rows` do.
        """
        return _Writer(self, paper, leads_to_sign(following)).table()


class _Writer:
    def __init__(self, block: Criteria, paper: Paper, keep_next: bool) -> None:
        self.block = block
        self.paper = paper
        self.keep_next = keep_next
        self.kept = _last_rows(block.rows, keep_next)
        #: Where every row is on the page, those of all kinds stand below each other.
        self.kept_of_all = _bound([leaf for row in block.rows for leaf in row.leaves()], keep_next)
        self.text_style, self.centre_style, self.head_style = paper.cell_styles
        right = [column.width for column in block.columns] + [block.box_width] * len(block.boxes)
        shares = [block.number_width, 100 - block.number_width - sum(right), *right]
        self.widths = paper.widths(shares)
        first_box = 2 + len(block.columns)
        self.column_widths, self.box_widths = self.widths[2:first_box], self.widths[first_box:]

    def table(self) -> str:
        rows = self.heading()
        for criterion in self.block.rows:
            rows += self.chosen(criterion, 0)
        heads = (*self.block.head, *(column.head for column in self.block.columns))
        named = [" ".join(texts_in(parts)) for parts in heads] + [label for _, label in self.block.boxes]
        table = self.paper.table(self.widths, rows, named)
        return self.paper.conditional(self.block.when, table + self.paper.after_table(self.keep_next))

    def heading(self) -> str:
        block, paper, widths, style = self.block, self.paper, self.widths, self.head_style
        head = [paper.paragraph(style, paper.parts(parts)) for parts in block.head]
        if not block.boxes:
            cells = tables.cell(widths[0], head[0]) + tables.cell(widths[1], head[1])
            for column, width in zip(block.columns, self.column_widths, strict=True):
                cells += tables.cell(width, paper.paragraph(style, paper.parts(column.head)))
            return tables.row(cells, header=True)
        first = tables.cell(widths[0], head[0], merge="restart") + tables.cell(widths[1], head[1], merge="restart")
        second = tables.cell(widths[0], paper.paragraph(style, ""), merge="continue")
        second += tables.cell(widths[1], paper.paragraph(style, ""), merge="continue")
        for column, width in zip(block.columns, self.column_widths, strict=True):
            first += tables.cell(width, paper.paragraph(style, paper.parts(column.head)), merge="restart")
            second += tables.cell(width, paper.paragraph(style, ""), merge="continue")
        first += tables.cell(sum(self.box_widths), head[2], span=len(block.boxes))
        for (_, label), width in zip(block.boxes, self.box_widths, strict=True):
            second += tables.cell(width, paper.paragraph(style, controls.run(label)))
        return tables.row(first, header=True) + tables.row(second, header=True)

    def chosen(self, criterion: Criterion, depth: int) -> str:
        """The rows of one criterion; printed only for those of whom it is asked, and where that is open."""
        binding, _, code = self.block.condition(criterion).partition("=")
        if not binding:
            return self.rows_of(criterion, depth)
        field = self.paper.regulation.fields[binding]
        options = options_of(self.paper.regulation, field)
        holds = VALUES[field.type].condition(binding, options, code)
        rows = self.rows_of(criterion, depth)
        begin = self.paper.tag_row("{%tr if " + f"{holds} or {BLANK_FLAG}" + " %}", self.widths)
        end = self.paper.tag_row("{%tr endif %}", self.widths)
        if self.kept_of_all.isdisjoint(ids := {leaf.id for leaf in criterion.leaves()}) == self.kept.isdisjoint(ids):
            return begin + rows + end
        self.kept, kept = self.kept_of_all, self.kept
        among_all = self.rows_of(criterion, depth)
        self.kept = kept
        every = f"{BLANK_FLAG} or not {binding}"
        return (
            begin + self.paper.tag_row("{%tr if " + every + " %}", self.widths) + among_all
            + self.paper.tag_row("{%tr else %}", self.widths) + rows + end + end
        )  # fmt: skip

    def rows_of(self, criterion: Criterion, depth: int) -> str:
        paper, centre = self.paper, self.centre_style
        bold = "<w:b/><w:bCs/>" if depth == 0 and (criterion.children or criterion.number.isupper()) else ""
        keep = "<w:keepNext/>" if criterion.children or criterion.id in self.kept else ""
        number = paper.paragraph(centre, controls.run(criterion.number, bold) if criterion.number else "", keep)
        cells = tables.cell(self.widths[0], number)
        cells += tables.cell(
            self.widths[1], paper.paragraph(self.text_style, controls.run(criterion.text, bold), keep)
        )  # fmt: skip
        if criterion.children:
            for column, width in zip(self.block.columns, self.column_widths, strict=True):
                fixed = criterion.sum if column.name == MAXIMA else None
                total = controls.run(shown_points(fixed), "<w:b/><w:bCs/>") if fixed is not None else ""
                cells += tables.cell(width, paper.paragraph(centre, total, keep))
            cells += "".join(tables.cell(width, paper.paragraph(centre, "", keep)) for width in self.box_widths)
            out = tables.row(cells)
            for child in criterion.children:
                # What depends on the same value as the heading is inside the heading's condition already.
                inner = self.rows_of if child.applies == criterion.applies else self.chosen
                out += inner(child, depth + 1)
            return out
        for column, width in zip(self.block.columns, self.column_widths, strict=True):
            cells += tables.cell(width, paper.paragraph(centre, self.score(criterion, column), keep))
        for (code, label), width in zip(self.block.boxes, self.box_widths, strict=True):
            cells += tables.cell(width, paper.paragraph(centre, self.box(criterion, code, label), keep))
        return tables.row(cells)

    def box(self, criterion: Criterion, code: str, label: str) -> str:
        path = f"{self.block.binding}.{criterion.id}"
        tag = f"{path}={code}"
        alias = f"{criterion.text[:40]}: {label}"
        return controls.box_control(tag, alias, self.paper.ids.single(tag), f"{path} == '{code}'")

    def score(self, criterion: Criterion, column: ScoreColumn) -> str:
        binding = f"{self.block.scores}.{criterion.id}.{column.name}"
        field = Field(binding, column.field.type, column.field.label, column.field.label_en, column.field.choices)
        # The maximum that a unit fixed stands on the page, in a blank form too, whether or not a record repeats it.
        fixed = shown_points(criterion.points) if column.name == MAXIMA and criterion.points is not None else ""
        return self.paper.control(Hole(field, prompt=fixed), in_cell=True)


def _last_rows(rows: Sequence[Criterion], keep_next: bool) -> set[str]:
    """The ids of the criteria that are kept with the row below them: the last but one of the table, and the last where
    a signature follows; those of everybody of whom other rows are asked."""
    leaves = [leaf for row in rows for leaf in row.leaves()]
    out: set[str] = set()
    for said in cases_of(rows):
        out |= _bound([leaf for leaf in leaves if leaf.asked(said) is not False], keep_next)
    return out


def _bound(leaves: Sequence[Criterion], keep_next: bool) -> set[str]:
    last = [leaf.id for leaf in leaves][-2:]
    return set(last if keep_next else last[:-1])


def _parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
    rows = wording.regulation.criteria.get(item["set"])
    if not rows:  # a set without a row prints nothing, and nothing could be asked of it
        raise item.fault("errors.definition.unknown_set", "set", set=item["set"])
    binding = item["criteria"]
    boxes = _boxes(wording, item, binding)
    columns = _columns(wording, item, rows)
    head = wording.many(item["head"], item, "head", bold=True)
    # Number, criterion, and above the boxes one heading for all of them; each column has a heading of its own.
    due = 3 if boxes else 2
    if len(head) != due:
        raise item.fault("errors.definition.head_count", "head", count=len(head), due=due)
    box_width, number_width = float(item.get("box_width", "9.6")), float(item.get("number_width", "7"))
    taken = number_width + sum(column.width for column in columns) + box_width * len(boxes)
    if taken >= 100:
        raise item.fault("errors.definition.too_wide", "criteria", taken=f"{taken:g}")
    table = Criteria(
        binding if binding != NO_BOXES else "", item["set"], rows, head, boxes, box_width, number_width,
        item.get("scores", ""), columns, when, wording.regulation.applies if "" in bindings_of(rows) else "",
    )  # fmt: skip
    return (table, *_scales(table))


def _boxes(wording: Wording, item: Mapping, binding: str) -> tuple[tuple[str, str], ...]:
    if binding == NO_BOXES:
        return ()
    found = wording.field(binding, item, "criteria")
    own = options_of(wording.regulation, found) if VALUES[found.type].is_code else ()
    choice = item.get("boxes", "")
    if (choice or not own) and choice not in wording.regulation.choices:
        raise item.fault("errors.definition.unknown_value", "boxes", value=choice)
    return tuple(wording.regulation.choices[choice].items()) if choice else own


def _columns(wording: Wording, item: Mapping, rows: Sequence[Criterion]) -> tuple[ScoreColumn, ...]:
    if item.get("columns"):
        item.closed(item, ("scores",))

    def column_of(column: Mapping) -> ScoreColumn:
        column.closed(("head", "name", "width"), ("head", "name", "width"))
        field = wording.field(f"{item['scores']}.any.{column['name']}", column, "name")
        head = wording.parts(column["head"], column, "head", bold=True)
        return ScoreColumn(head, field, column["name"], float(column["width"]))

    columns = each(column_of, item.get("columns", ()))
    stated = any(leaf.scale and leaf.scale.kind == "bands" for row in rows for leaf in row.leaves())
    if stated and not any(column.name == LEVEL_COLUMN for column in columns):
        # Points within the band of a level: the sheet has to say which level.
        field = wording.field(f"{item['scores']}.any.{LEVEL_COLUMN}", item, "scores")
        before = next((n for n, column in enumerate(columns) if column.name == "points"), len(columns))
        columns.insert(before, ScoreColumn((Text("Mức", bold=True),), field, LEVEL_COLUMN, 10.0))
    return tuple(columns)


def _scales(table: Criteria) -> Iterator[Block]:
    """Below a score sheet, how the unit gives points: that decides what may be written in it."""
    if not table.scores:
        return
    groups: dict[Scale, list[str]] = {}
    for row in table.rows:
        for leaf in row.leaves():
            if leaf.scale is not None and row.number not in groups.setdefault(leaf.scale, []):
                groups[leaf.scale].append(row.number)
    for scale, numbers in groups.items():
        yield Line("guidance", (Text(f"Nhóm {', '.join(numbers)}. {scale.words()}", italic=True),), table.when)


KINDS = (
    BlockKind(
        "criteria", Criteria, _parse, ("set", "head", "boxes", "box_width", "scores", "columns", "number_width"),
        ("set", "head"), {"head": LINES, "columns": [COLUMN], "box_width": NUMBER, "number_width": NUMBER},
        """
criteria: assessment.levels
set: dang-vien
head: ["Số thứ tự", "Nội dung tiêu chí", "Cấp độ thực hiện"]
""",
    ),
)  # fmt: skip
