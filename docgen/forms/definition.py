"""The form definition: what `forms/<form>.yaml` says, parsed and checked into typed blocks.

Wording stands as printed, with `{holes}`. A hole names a binding of the catalogue (`fields.yaml`), so its type and
label come from there. Block kinds: line, heading, subheading, guidance, criteria, rows, sign. Everything that leads
nowhere (unknown key, kind, binding, set, note) is refused with file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from docgen.errors import DefinitionError
from docgen.forms.inherit import inherited
from docgen.model import GRADE_TEXT, LEVEL_TEXT, SUBJECTS
from docgen.regulations.faults import Faults, each
from docgen.regulations.loader import Criterion, Field, Regulation
from docgen.regulations.rule_facts import catalogue
from docgen.regulations.scales import Scale
from docgen.regulations.strict_yaml import Mapping, Sequence
from docgen.regulations.yaml_shape import FORM, load_shaped

FORM_KEYS = (
    "extends", "form", "code", "name", "subject", "record", "source", "status", "required", "header", "title", "body",
    "notes", "first_note", "orientation", "code_printed", "plain_header", "basis", "replace", "required_when",
)  # fmt: skip
LINE_KINDS = ("line", "heading", "subheading", "guidance")
BLOCK_KEYS = {
    **{kind: (kind, "when", "prompt", "clause", "align") for kind in LINE_KINDS},
    "criteria": (
        "criteria", "set", "head", "boxes", "box_width", "scores", "columns", "clause", "when", "number_width",
    ),
    "rows": ("rows", "columns", "blank_rows", "clause", "when", "without", "graded", "own"),
    "sign": ("sign", "text", "name", "seal", "left", "clause", "when", "place_date"),
}  # fmt: skip
RECORDS = ("dossier", "member", "assessment")
#: The places of the dossier (`roots`) that the record of a form holds.
REACH = {
    "dossier": ("dossier",),
    "member": ("dossier", "members"),
    "assessment": ("dossier", "members", "assessments"),
}
ALIGN = ("left", "center", "right", "both")
ORIENTATIONS = ("portrait", "landscape")
#: `adapted` is what a unit made of a form by `replace`: its wording is no longer all the source's.
STATUSES = ("verbatim", "reconstructed", "adapted")
HOLE = re.compile(r"\{([^{}]*)\}")
_INLINE = re.compile(r"(\{[^{}]*\}|\[\^\d+\]|\*\*|(?<![\w])_(?=\S)|(?<=\S)_(?![\w]))")


@dataclass(frozen=True, slots=True)
class Text:
    """Fixed wording, with the look it is printed in."""

    text: str
    bold: bool = False
    italic: bool = False
    superscript: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of a value: binding (`a.b.c` or `list[].leaf`), format, and an own prompt where the line has one."""

    field: Field
    format: str = ""
    prompt: str = ""
    bold: bool = False
    italic: bool = False

    @property
    def binding(self) -> str:
        """The binding in the dossier's grammar."""
        return self.field.binding

    @property
    def is_box(self) -> bool:
        """True where the hole is a box to tick: its format is the code it stands for (`{review.grade:HTTNV}`)."""
        return bool(self.format) and self.field.type in ("grade", "level", "choice")


@dataclass(frozen=True, slots=True)
class RowNumber:
    """The running number of a row."""


Part = Text | Hole | RowNumber


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of fixed wording and holes. A hole of type paragraphs is always last."""

    kind: str
    parts: tuple[Part, ...]
    when: str = ""
    align: str = ""

    @property
    def paragraphs(self) -> Hole | None:
        """The closing hole of type paragraphs, if the line has one."""
        last = self.parts[-1] if self.parts else None
        return last if isinstance(last, Hole) and last.field.type == "paragraphs" else None


#: The column of a score sheet in which the level of a criterion is stated.
LEVEL_COLUMN = "declared_level"


@dataclass(frozen=True, slots=True)
class ScoreColumn:
    """A column of a score sheet: one value a criterion.

    The catalogue names it `<scores>.any.<name>`; a criterion's own value is bound at `<scores>.<criterion id>.<name>`.
    """

    head: tuple[Part, ...]
    field: Field
    name: str
    width: float


@dataclass(frozen=True, slots=True)
class Criteria:
    """A table of criteria: rows from a set, columns to fill and boxes to tick."""

    binding: str
    set: str
    rows: tuple[Criterion, ...]
    head: tuple[tuple[Part, ...], ...]
    boxes: tuple[tuple[str, str], ...]
    box_width: float = 9.6
    number_width: float = 7.0
    scores: str = ""
    columns: tuple[ScoreColumn, ...] = ()
    when: str = ""
    #: The binding whose code the rows' `applies` name: rows of another kind of body are not printed. No wording of
    #: its own, so only regulations that choose rows that way have it in a form's identity.
    applies: str = field(default="", repr=False)

    def condition(self, row: Criterion) -> str:
        """What prints `row` (`binding=code`); empty for a row that is always printed."""
        return f"{self.applies}={row.applies}" if self.applies and row.applies else ""

    def leaves(self) -> list[Criterion]:
        """All rows that are ticked or scored."""
        return [leaf for row in self.rows for leaf in row.leaves()]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of records: heading, the lines of a cell, width in per cent.

    With `box`, the cell is a box to tick, which stands for that code of the cell's only hole. `example` is what the
    source prints in its first row by way of example: the prompt of that row in a blank form.
    """

    head: tuple[Part, ...]
    cell: tuple[tuple[Part, ...], ...]
    width: float
    box: str = ""
    example: str = ""

    @property
    def hole(self) -> Hole:
        """The only hole of a column of boxes."""
        part = self.cell[0][0]
        assert isinstance(part, Hole)
        return part


@dataclass(frozen=True, slots=True)
class Rows:
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


@dataclass(frozen=True, slots=True)
class Sign:
    """A signature block: role, what is printed above, the binding of the signer's name, seal or not."""

    role: str
    text: tuple[tuple[Part, ...], ...]
    name: Field | None = None
    seal: bool = False
    left: tuple[tuple[Part, ...], ...] = ()
    place_date: tuple[Part, ...] = ()
    when: str = ""


Block = Line | Criteria | Rows | Sign


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One form of one regulation, ready to be built, checked and filled."""

    regulation: str
    form: str
    code: str
    name: str
    subject: str
    record: str
    status: str
    source_document: str
    source_place: str
    required: tuple[str, ...]
    header: tuple[tuple[Part, ...], ...]
    title: tuple[tuple[Part, ...], ...]
    body: tuple[Block, ...]
    notes: tuple[str, ...]
    first_note: int
    landscape: bool
    code_printed: bool
    plain_header: bool
    basis: tuple[str, ...]
    definition_hash: str
    revision: str
    file: str = field(default="", compare=False)
    #: (condition, binding): must be written where the condition is a yes, as what only leaders are asked.
    required_when: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What names this definition among those of its regulation: whatever else is said of it, its hash tells."""
        return self.form, self.definition_hash

    def signs(self) -> list[Sign]:
        """The signature blocks, in printed order."""
        return [block for block in self.body if isinstance(block, Sign)]

    def lines(self, shown: Callable[[str], bool] = lambda when: True) -> Iterator[tuple[Part, ...]]:
        """Every run of parts outside tables: header, title, lines, signature texts and names (`shown`: see below)."""
        yield from self.header
        yield from self.title
        for block in self.body:
            if block.when and not shown(block.when):
                continue
            if isinstance(block, Line):
                yield block.parts
            elif isinstance(block, Sign):
                yield from block.left
                if block.place_date:
                    yield block.place_date
                yield from block.text
                if block.name:
                    yield (Hole(block.name),)

    def holes(self, shown: Callable[[str], bool] = lambda when: True) -> list[Hole]:
        """The holes outside tables, each occurrence, the printed date line included."""
        return [part for parts in self.lines(shown) for part in parts if isinstance(part, Hole)]

    def criteria(self) -> list[Criteria]:
        """The tables of criteria."""
        return [block for block in self.body if isinstance(block, Criteria)]

    def tables(self) -> list[Rows]:
        """The tables of records."""
        return [block for block in self.body if isinstance(block, Rows)]

    def fixed_texts(self, shown: Callable[[str], bool] = lambda when: True) -> list[str]:
        """The official wording of the form in printed order, for completeness checks.

        `shown` tells of a condition (a binding) whether its lines are on the page.
        """
        out: list[str] = [self.code] if self.code_printed else []

        def texts(parts: tuple[Part, ...]) -> None:
            text = "".join(p.text if isinstance(p, Text) and not p.superscript else "\n" for p in parts)
            out.extend(piece.strip() for piece in text.split("\n") if piece.strip())

        for parts in (*self.header, *self.title):
            texts(parts)
        for block in self.body:
            if block.when and not shown(block.when):
                continue
            if isinstance(block, Line):
                texts(block.parts)
            elif isinstance(block, Sign):
                for parts in (*block.left, *block.text):
                    texts(parts)
            elif isinstance(block, Criteria):
                for parts in block.head:
                    texts(parts)
                out.extend(label for _, label in block.boxes)
                for column in block.columns:
                    texts(column.head)
                out.extend(_row_texts(block, block.rows, shown))
            else:
                for table_column in block.columns:
                    texts(table_column.head)
        out.extend(self.notes)
        return out


def _row_texts(table: Criteria, rows: tuple[Criterion, ...], shown: Callable[[str], bool]) -> Iterator[str]:
    for row in rows:
        if (condition := table.condition(row)) and not shown(condition):
            continue
        yield row.text
        yield from _row_texts(table, row.children, shown)


class _Parser:
    """Parses one form file against the catalogue of its regulation."""

    def __init__(self, regulation: Regulation, data: Mapping) -> None:
        self.regulation = regulation
        self.data = data
        self.notes = tuple(data.get("notes", ()))
        self.first_note = int(data.get("first_note", "1"))

    def field(self, binding: str, at: Mapping, key: str | None) -> Field:
        found = self.regulation.fields.get(binding)
        if found is None:
            # `{…}` is for values inside wording; where a binding alone is asked, it stands bare.
            code = "braces" if binding[:1] == "{" else "unknown_binding"
            raise at.fault(f"errors.definition.{code}", key, key=key, binding=binding)
        self._reachable(binding, at, key)
        return found

    def _reachable(self, binding: str, at: Mapping, key: str | None) -> None:
        """Refuse a value that the record of this form does not hold: of a member in a form of the whole dossier."""
        root = binding.partition(".")[0]
        place = self.regulation.roots.get(root)  # none: a list, which stands in the dossier
        if place is not None and place not in REACH.get(self.data.get("record", ""), (place,)):
            facts = {"binding": binding, "record": self.data["record"], "place": place}
            raise at.fault("errors.definition.wrong_record", key, **facts)

    def parts(
        self,
        text: str,
        at: Mapping,
        key: str | None,
        *,
        bold: bool = False,
        italic: bool = False,
        prompt: str = "",
    ) -> tuple[Part, ...]:
        out: list[Part] = []
        is_bold, is_italic = bold, italic
        for piece in _INLINE.split(text):
            if not piece:
                continue
            if piece == "**":
                is_bold = not is_bold
            elif piece == "_":
                is_italic = not is_italic
            elif piece.startswith("[^"):
                number = int(piece[2:-1])
                if not self.first_note <= number < self.first_note + len(self.notes):
                    raise at.fault("errors.definition.unknown_note", key, note=number)
                out.append(Text(str(number), superscript=True))
            elif piece == "{index}":
                out.append(RowNumber())
            elif piece.startswith("{"):
                binding, _, form = piece[1:-1].partition(":")
                hole = Hole(self.field(binding, at, key), form, prompt, is_bold, is_italic)
                if hole.is_box and not self._is_box(((hole,),), form):
                    raise at.fault("errors.definition.unknown_value", key, value=piece)
                out.append(hole)
            else:
                out.append(Text(piece, is_bold, is_italic))
        if is_bold != bold or is_italic != italic:
            raise at.fault("errors.definition.open_markup", key, text=text[:40])
        narrative = [p for p in out if isinstance(p, Hole) and p.field.type == "paragraphs"]
        if narrative and (len(narrative) > 1 or out[-1] is not narrative[0]):
            raise at.fault("errors.definition.paragraphs_not_last", key, binding=narrative[0].binding)
        return tuple(out)

    def many(self, value: str | Sequence, at: Mapping, key: str, *, bold: bool = False) -> tuple[tuple[Part, ...], ...]:
        lines = [value] if isinstance(value, str) else value
        return tuple(each(lambda line: self.parts(line, at, key, bold=bold), lines))

    def block(self, item: str | Mapping, line: int) -> Block:
        if isinstance(item, str):
            at = Mapping()
            at.file, at.line = self.data.file, line
            return Line("line", self.parts(item, at, None))
        kind = next(iter(item), "")
        if kind not in BLOCK_KEYS:
            if item.dropped:
                raise next(iter(item.dropped.values()))
            raise item.fault("errors.definition.unknown_block", kind, kind=kind, allowed=", ".join(BLOCK_KEYS))
        item.closed(BLOCK_KEYS[kind])
        when = item.get("when", "")
        if when:
            self.field(when, item, "when")
        if item.get("align", ALIGN[0]) not in ALIGN:
            raise item.fault("errors.definition.unknown_value", "align", value=item["align"])
        if kind in LINE_KINDS:
            bold, italic = kind in ("heading", "subheading"), kind in ("guidance", "subheading")
            parts = self.parts(item[kind], item, kind, bold=bold, italic=italic, prompt=item.get("prompt", ""))
            return Line(kind, parts, when, item.get("align", ""))
        if kind == "criteria":
            return self._criteria(item, when)
        if kind == "rows":
            return self._rows(item, when)
        return self._sign(item, when)

    def _criteria(self, item: Mapping, when: str) -> Criteria:
        item.closed(BLOCK_KEYS["criteria"], ("set", "head"))
        rows = self.regulation.criteria.get(item["set"])
        if not rows:  # a set without a row prints nothing, and nothing could be asked of it
            raise item.fault("errors.definition.unknown_set", "set", set=item["set"])
        binding = item["criteria"]
        boxes: tuple[tuple[str, str], ...] = ()
        if binding != "none":
            found = self.field(binding, item, "criteria")
            choice = item.get("boxes", found.choices)
            if found.type == "level":
                boxes = tuple(LEVEL_TEXT.items())
            elif choice in self.regulation.choices:
                boxes = tuple(self.regulation.choices[choice].items())
            else:
                raise item.fault("errors.definition.unknown_value", "boxes", value=choice)
        if item.get("columns"):
            item.closed(BLOCK_KEYS["criteria"], ("scores",))

        def score_column(column: Mapping) -> ScoreColumn:
            column.closed(("head", "name", "width"), ("head", "name", "width"))
            found = self.field(f"{item['scores']}.any.{column['name']}", column, "name")
            head = self.parts(column["head"], column, "head", bold=True)
            return ScoreColumn(head, found, column["name"], float(column["width"]))

        columns = each(score_column, item.get("columns", ()))
        stated = any(leaf.scale and leaf.scale.kind == "bands" for row in rows for leaf in row.leaves())
        if stated and not any(column.name == LEVEL_COLUMN for column in columns):
            # Points within the band of a level: the sheet has to say which level.
            found = self.field(f"{item['scores']}.any.{LEVEL_COLUMN}", item, "scores")
            before = next((n for n, column in enumerate(columns) if column.name == "points"), len(columns))
            columns.insert(before, ScoreColumn((Text("Mức", bold=True),), found, LEVEL_COLUMN, 10.0))
        head = self.many(item["head"], item, "head", bold=True)
        # Number, criterion, and above the boxes one heading for all of them; each column has a heading of its own.
        due = 3 if boxes else 2
        if len(head) != due:
            raise item.fault("errors.definition.head_count", "head", count=len(head), due=due)
        box_width, number_width = float(item.get("box_width", "9.6")), float(item.get("number_width", "7"))
        taken = number_width + sum(column.width for column in columns) + box_width * len(boxes)
        if taken >= 100:
            raise item.fault("errors.definition.too_wide", "criteria", taken=f"{taken:g}")
        return Criteria(
            binding if binding != "none" else "", item["set"], rows, head, boxes, box_width, number_width,
            item.get("scores", ""), tuple(columns), when, self.regulation.applies,
        )  # fmt: skip

    def _rows(self, item: Mapping, when: str) -> Rows:
        item.closed(BLOCK_KEYS["rows"], ("columns",))

        def table_column(column: Mapping) -> Column:
            column.closed(("head", "cell", "width", "box", "example"), ("head", "cell", "width"))
            cell = self.many(column["cell"], column, "cell")
            for parts in cell:
                for part in parts:
                    if isinstance(part, Hole) and not part.binding.startswith(item["rows"] + "[]."):
                        raise column.fault("errors.definition.not_in_rows", "cell", binding=part.binding)
            if "box" in column and not self._is_box(cell, column["box"]):
                raise column.fault("errors.definition.unknown_value", "box", value=column["box"])
            if not float(column["width"]):
                raise column.fault("errors.definition.unknown_value", "width", value=column["width"])
            head = self.parts(column["head"], column, "head", bold=True)
            return Column(head, cell, float(column["width"]), column.get("box", ""), column.get("example", ""))

        columns = each(table_column, item["columns"])
        if not columns:
            raise item.fault("errors.definition.needs_list", "columns", key="columns")
        without = item.get("without", "")
        if without and not self._is_yes_or_no(item["rows"], without):
            raise item.fault("errors.definition.unknown_binding", "without", binding=without)
        return Rows(
            item["rows"], tuple(columns), int(item.get("blank_rows", "5")), when,
            without.removeprefix(item["rows"] + "[]."), self._graded(item), self._own(item),
        )  # fmt: skip

    def _own(self, item: Mapping) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Where the unit's own values stand, for a table that the dossier may leave empty."""
        own = item.get("own", Mapping())
        for leaf, places in own.items():
            self.field(f"{item['rows']}[].{leaf}", own, leaf)
            for place in places:
                if self.regulation.roots.get(place.partition(".")[0]) != "dossier":
                    raise own.fault("errors.definition.unknown_binding", leaf, binding=place)
        return tuple((leaf, tuple(places)) for leaf, places in own.items())

    def _graded(self, item: Mapping) -> bool:
        value = item.get("graded", "no")
        if value not in ("yes", "no") or (value == "yes" and item["rows"] != "members"):
            raise item.fault("errors.definition.unknown_value", "graded", value=value)
        return bool(value == "yes")

    def _is_yes_or_no(self, rows: str, binding: str) -> bool:
        """True where `binding` is a yes/no value of the records of the list `rows`: a field, or a member's fact."""
        name = binding.removeprefix(f"{rows}[].")
        if name == binding:
            return False
        found = self.regulation.fields.get(binding) or self.regulation.fields.get(name)
        if found is not None:
            return found.type == "bool"
        fact = catalogue(tuple(reversed(self.regulation.chain))).get(name.removeprefix("facts."))
        return rows == "members" and fact is not None and name == f"facts.{fact.name}" and fact.type == "bool"

    def _is_box(self, cell: tuple[tuple[Part, ...], ...], code: str) -> bool:
        """True where `cell` is one hole that takes its value from a closed list with `code` in it."""
        parts = [part for line in cell for part in line]
        if len(parts) != 1 or not isinstance(parts[0], Hole):
            return False
        field = parts[0].field
        known = {"grade": GRADE_TEXT, "level": LEVEL_TEXT}.get(field.type) or self.regulation.choices.get(field.choices)
        return known is not None and code in known

    def _sign(self, item: Mapping, when: str) -> Sign:
        item.closed(BLOCK_KEYS["sign"], ("text",))
        if not item["sign"].isidentifier():  # it names a place of the dossier, and a field to sign in
            raise item.fault("errors.definition.forbidden_name", "sign", name=item["sign"])
        _yes_or_no(item, "seal")
        name = self.field(item["name"], item, "name") if "name" in item else None
        place_date = self.parts(item["place_date"], item, "place_date", italic=True) if "place_date" in item else ()
        return Sign(
            item["sign"], self.many(item["text"], item, "text"), name, item.get("seal", "no") == "yes",
            self.many(item.get("left", Sequence()), item, "left"), place_date, when,
        )  # fmt: skip


def load_form(regulation: Regulation, form: str) -> FormDefinition:
    """The definition of `form` in `regulation`, read once for as long as it is the same regulation.

    Raises `UsageError` for a form the regulation does not have, `DefinitionError` (file, line, name) for a fault.
    """
    return regulation.derived(("forms.definition", form), lambda: _load_form(regulation, form))


def _load_form(regulation: Regulation, form: str) -> FormDefinition:
    faults = Faults()
    data = load_shaped(regulation.form_file(form), FORM, faults)
    with faults:
        data.closed(FORM_KEYS)
    try:
        data = inherited(regulation, data)
        data.closed((*FORM_KEYS, *data), ("form", "code", "name", "subject", "record", "source", "status", "required",
                                          "title", "body"))  # fmt: skip
    except DefinitionError as fault:
        faults.add(fault)
        faults.settle()
    if data["form"] != form:
        faults.add(data.fault("errors.definition.wrong_id", "form", id=data["form"], expected=form))
    for key, known in (("status", STATUSES), ("record", RECORDS), ("subject", SUBJECTS)):
        if data[key] not in known:
            faults.add(data.fault("errors.definition.unknown_value", key, value=data[key]))
    if data.get("orientation", ORIENTATIONS[0]) not in ORIENTATIONS:
        faults.add(data.fault("errors.definition.unknown_value", "orientation", value=data["orientation"]))
    for key in ("code_printed", "plain_header"):
        with faults:
            _yes_or_no(data, key)
    if data["status"] == "reconstructed" and not data.get("basis"):
        faults.add(data.fault("errors.definition.missing_basis", "status", form=form))
    with faults:
        data["source"].closed(("document", "place"), ("document", "place"))
    parser = _Parser(regulation, data)
    header: tuple[tuple[Part, ...], ...] = ()
    title: tuple[tuple[Part, ...], ...] = ()
    blocks: list[Block] = []
    with faults:
        header = parser.many(data.get("header", Sequence()), data, "header")
    with faults:
        title = parser.many(data["title"], data, "title", bold=True)
    body = data["body"]
    for item, line in zip(body, body.lines, strict=True):
        with faults:
            blocks.extend(_with_scales(parser.block(item, line)))
    faults.settle()
    return _defined(regulation, data, header, title, tuple(blocks))


def _yes_or_no(at: Mapping, key: str) -> None:
    if at.get(key, "no") not in ("yes", "no"):
        raise at.fault("errors.definition.unknown_value", key, value=at[key])


def _defined(
    regulation: Regulation,
    data: Mapping,
    header: tuple[tuple[Part, ...], ...],
    title: tuple[tuple[Part, ...], ...],
    body: tuple[Block, ...],
) -> FormDefinition:
    """The definition that `data` is, its wording already parsed."""
    source = data["source"]
    definition = FormDefinition(
        regulation=regulation.id,
        form=data["form"],
        code=data["code"],
        name=data["name"],
        subject=data["subject"],
        record=data["record"],
        status=data["status"],
        source_document=source["document"],
        source_place=source["place"],
        required=tuple(data["required"]),
        required_when=tuple(
            (when, binding) for when, names in data.get("required_when", {}).items() for binding in names
        ),
        header=header,
        title=title,
        body=body,
        notes=tuple(data.get("notes", ())),
        first_note=int(data.get("first_note", "1")),
        landscape=data.get("orientation", "portrait") == "landscape",
        code_printed=data.get("code_printed", "yes") == "yes",
        plain_header=data.get("plain_header", "no") == "yes",
        basis=tuple(data.get("basis", ())),
        definition_hash="",
        revision=regulation.revision,
        file=data.file,
    )
    _check_required(definition, data)
    # Over the parsed definition, not over files: an inherited form, an overlay's criteria and a label all count.
    identity = repr(replace(definition, file="")) + "".join(table.without for table in definition.tables())
    identity += "".join(table.applies for table in definition.criteria())
    identity += "".join("graded" for table in definition.tables() if table.graded)
    identity += "".join(repr(table.own) for table in definition.tables() if table.own)
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return replace(definition, definition_hash=digest)


def _with_scales(block: Block) -> Iterator[Block]:
    """`block`, and below a score sheet how the unit gives points: that decides what may be written in it."""
    yield block
    if not isinstance(block, Criteria) or not block.scores:
        return
    groups: dict[Scale, list[str]] = {}
    for row in block.rows:
        for leaf in row.leaves():
            if leaf.scale is not None and row.number not in groups.setdefault(leaf.scale, []):
                groups[leaf.scale].append(row.number)
    for scale, numbers in groups.items():
        yield Line("guidance", (Text(f"Nhóm {', '.join(numbers)}. {scale.words()}", italic=True),), block.when)


def _check_required(definition: FormDefinition, data: Mapping) -> None:
    known = {hole.binding for hole in definition.holes()}
    known |= {table.binding for table in definition.criteria()} | {table.scores for table in definition.criteria()}
    known |= {table.binding for table in definition.tables()}
    faults = Faults()
    for binding in definition.required:
        if binding not in known:
            faults.add(data.fault("errors.definition.unknown_binding", "required", binding=binding))
    for when, binding in definition.required_when:
        if binding not in known or not any(getattr(block, "when", "") == when for block in definition.body):
            faults.add(data.fault("errors.definition.unknown_binding", "required_when", binding=binding))
    faults.settle()
