"""The sheets of a dossier's workbook: which values stand where, under which title, with which drop-down.

Two kinds of sheets: `values` (one value a row: title, value) for what a dossier has once, and tables (one record a row)
for members and assessments. Every sheet carries its bindings in a hidden row or column, so that titles may be reworded
and columns moved. All of it follows from the regulation's catalogue of bindings, of criteria and of facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from docgen.dossier.shape import SAMPLE, options_of, split
from docgen.regulations.loader import Criterion, Field, Regulation
from docgen.regulations.rule_facts import Fact, catalogue

#: The mark in the first cell of the hidden row (or column): which sheet this is, whatever its tab is called.
MARK = "docgen:"
#: A column that is only there to be read by people (the member's name next to the id); it is not read back.
SHOWN_ONLY = "="
VALUES, MEMBERS, ASSESSMENTS, RECORDS, MEMBER_RECORDS = "values", "members", "assessments", "records", "member_records"
BOOLEAN = {"true": "Có", "false": "Không"}
#: What a fact that is known to be unknown (`null`) is written as.
UNKNOWN = "chưa biết"
SUBJECT_HOLDERS = {"dang_vien": "members", "to_chuc_dang": "party_organization", "tap_the": "collective"}
#: Where facts stand in a workbook: for each holder in the dossier, whom they are about, the sheet, and what stands
#: before their titles there. `everyone` is said of every member at once; what a member's own row says goes before it.
FACT_HOLDERS = {
    "members": ("dang_vien", "Căn cứ", ""),
    "everyone": ("dang_vien", "Căn cứ chung", "Mọi đảng viên: "),
    "collective": ("tap_the", "Căn cứ chung", "Tập thể: "),
    "party_organization": ("to_chuc_dang", "Căn cứ chung", "Tổ chức đảng: "),
}


def fact_place(fact: Fact, holder: str) -> tuple[str, str]:
    """The sheet of a workbook and the title under which `fact` stands there, for a holder of `FACT_HOLDERS`."""
    _, sheet, before = FACT_HOLDERS[holder]
    label = fact.label("vi")
    return sheet, before + label[:1].upper() + label[1:]


@dataclass(frozen=True, slots=True)
class Column:
    """One value: its path in the record (in the dossier, for a sheet of values), its title, type and codes."""

    path: tuple[str, ...]
    title: str
    type: str
    options: tuple[tuple[str, str], ...] = ()
    wide: bool = False

    @property
    def binding(self) -> str:
        """The binding as it stands in the hidden row."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `required` sheets must be there; `holder` is where the records of a table stand in the dossier."""

    key: str
    title: str
    kind: str
    columns: tuple[Column, ...]
    holder: str = ""
    required: bool = False


def workbook_layout(regulation: Regulation) -> tuple[Sheet, ...]:
    """The sheets of a workbook for a dossier of `regulation`, in order."""
    own = (
        Column(("regulation",), "Mã văn bản áp dụng", "text"),
        Column(("regulations",), "Thư mục văn bản của đơn vị (nếu có)", "text"),
        Column(("sample",), SAMPLE.label, SAMPLE.type, tuple(BOOLEAN.items())),
    )
    single = [_column(regulation, f) for f in _fields(regulation, "dossier")]
    common = [c for c in single if c.path[0] not in ("collective", "superior") and c.path[1:2] != ("facts",)]
    body = [c for c in single if c.path[0] in ("collective", "superior") and c.path[1:2] != ("facts",)]
    member = [_column(regulation, f) for f in _fields(regulation, "members") if f.binding != "signs"]
    plain = sorted((c for c in member if not c.wide and c.path[0] != "votes"), key=_reading_order)
    key = Column(("id",), "Mã đảng viên", "text")
    name = Column((SHOWN_ONLY,), "Họ và tên (để xem)", "text")
    signs = _criteria(regulation, (regulation.criteria.get("suy-thoai", ()),), "signs")
    facts = catalogue(tuple(reversed(regulation.chain)))
    sheets = [
        Sheet("to-chuc", "Tổ chức", VALUES, (*own, *common), required=True),
        Sheet("dang-vien", "Đảng viên", MEMBERS, (key, *plain), "members", required=True),
        Sheet("kiem-diem", "Kiểm điểm", MEMBERS, (key, name, *(c for c in member if c.wide)), "members"),
        Sheet("tap-the", "Tập thể", VALUES, tuple(body)),
        *(_assessments(regulation, subject, key, name) for subject in SUBJECT_HOLDERS),
        Sheet("bieu-hien", "Biểu hiện", MEMBERS, (key, name, *signs), "members"),
        Sheet("phieu", "Phiếu", MEMBERS, (key, name, *(c for c in member if c.path[0] == "votes")), "members"),
        Sheet("can-cu", "Căn cứ", MEMBERS, (key, name, *_facts(facts, "dang_vien", ("facts",))), "members"),
        Sheet("can-cu-chung", "Căn cứ chung", VALUES, tuple(
            column for holder, (subject, *_) in FACT_HOLDERS.items() if holder != "members"
            for column in _facts(facts, subject, (holder, "facts"))
        )),
        *_lists(regulation, key, name),
    ]  # fmt: skip
    return tuple(_unique_titles(sheet) for sheet in sheets if any(c.path != key.path for c in sheet.columns))


#: The order in which people expect the columns about a member; the catalogue's own order within each.
_READING = (("member", "full_name"), ("member", "birth_date"), ("member", "position"), ("member", "workplace"),
            ("member",), ("review",), ("civil",), ("cell",), ("committee",))  # fmt: skip


def _reading_order(column: Column) -> int:
    return next((i for i, start in enumerate(_READING) if column.path[: len(start)] == start), len(_READING))


def _fields(regulation: Regulation, place: str) -> list[Field]:
    return [
        f for f in regulation.fields.values()
        if regulation.roots.get(f.binding.split(".")[0]) == place and "[]" not in f.binding and ".any" not in f.binding
    ]  # fmt: skip


def _column(regulation: Regulation, entry: Field, path: tuple[str, ...] = ()) -> Column:
    options = BOOLEAN if entry.type == "bool" else options_of(regulation, entry)
    return Column(
        path or split(entry.binding), entry.label, entry.type, tuple(options.items()), entry.type == "paragraphs"
    )


def _criteria(regulation: Regulation, sets: Iterable[tuple[Criterion, ...]], root: str) -> list[Column]:
    """One column a criterion, titled with its number and the beginning of its wording."""
    entry = regulation.fields.get(root if root == "signs" else f"assessment.{root}")
    if entry is None:
        return []
    options = tuple(options_of(regulation, entry).items())
    out: dict[str, Column] = {}
    for rows in sets:
        for leaf, number in _numbered(rows, ""):
            text = leaf.text if len(leaf.text) <= 90 else leaf.text[:89].rstrip() + "…"
            out.setdefault(leaf.id, Column((root, leaf.id), f"{number}. {text}", entry.type, options))
    return list(out.values())


def _numbered(rows: Iterable[Criterion], above: str) -> Iterable[tuple[Criterion, str]]:
    for row in rows:
        number = ".".join(part for part in (above, row.number.strip(" .")) if part) or row.id
        if row.children:
            # Continuous numbering (1–82 through three parts) needs no part in front of it.
            yield from _numbered(row.children, "" if row.children[0].id[:1] == "b" else number)
        else:
            yield row, number


def _assessments(regulation: Regulation, subject: str, key: Column, name: Column) -> Sheet:
    """The sheet of the assessments of one subject: one row for each assessor of each member or body."""
    titles = {"dang_vien": "Tiêu chí", "to_chuc_dang": "Tiêu chí tổ chức đảng", "tap_the": "Tiêu chí tập thể"}
    assessors = tuple((a.id, a.label) for a in regulation.assessors if a.subject == subject)
    columns = [Column(("assessor",), "Chủ thể (mã)", "assessor", assessors)]
    prefix = subject.replace("_", "-")
    sets = [regulation.criteria[name] for name in regulation.criteria_sets(subject) if name in regulation.criteria]
    for entry in _fields(regulation, "assessments"):
        path = split(entry.binding)[1:]
        if path != ("levels",):
            columns.append(_column(regulation, entry, ("sheet", *path)))
    for column in _criteria(regulation, sets, "levels"):
        columns.append(Column(("sheet", *column.path), column.title, column.type, column.options))
    for entry in regulation.fields.values():
        path = split(entry.binding)
        if path[0] == "assessment" and "any" in path:
            for rows in sets:
                for leaf, number in _numbered(rows, ""):
                    full = ("sheet", *(leaf.id if p == "any" else p for p in path[1:]))
                    found = _column(regulation, entry, full)
                    columns.append(Column(full, f"{number}: {found.title}", found.type, found.options))
    first = (key, name) if subject == "dang_vien" else ()
    return Sheet(f"tieu-chi-{prefix}", titles[subject], ASSESSMENTS, (*first, *columns), SUBJECT_HOLDERS[subject])


def _facts(known: dict[str, Fact], subject: str, above: tuple[str, ...]) -> list[Column]:
    """One column a fact that can be written in a cell; compound facts stand as JSON."""
    out = []
    for fact in known.values():
        if subject in fact.subjects:
            options = tuple(BOOLEAN.items()) if fact.type == "bool" else tuple((v, v) for v in fact.values)
            title = fact_place(fact, above[0] if len(above) > 1 else "members")[1]
            out.append(Column((*above, fact.name), title, f"fact:{fact.type}", options))
    return out


def _lists(regulation: Regulation, key: Column, shown: Column) -> list[Sheet]:
    """A sheet for every other list that the forms print; each row of a member's own list names the member."""
    found: dict[str, list[Column]] = {}
    for entry in regulation.fields.values():
        name, mark, leaf = entry.binding.partition("[].")
        if mark and name != "members" and "[]" not in leaf:
            found.setdefault(name, []).append(_column(regulation, entry, split(leaf)))
    sheets = []
    for name, columns in found.items():
        own = regulation.roots.get(name) == "members"
        kind, first = (MEMBER_RECORDS, (key, shown)) if own else (RECORDS, ())
        title = regulation.lists.get(name, f"Danh sách {name}")[:31]
        sheets.append(Sheet(f"ds-{name}", title, kind, (*first, *columns), name))
    return sheets


def _unique_titles(sheet: Sheet) -> Sheet:
    seen: dict[str, int] = {}
    columns = []
    for column in sheet.columns:
        seen[column.title] = seen.get(column.title, 0) + 1
        again = seen[column.title] > 1
        title = f"{column.title} ({column.binding})" if again else column.title
        columns.append(Column(column.path, title, column.type, column.options, column.wide))
    return Sheet(sheet.key, sheet.title, sheet.kind, tuple(columns), sheet.holder, sheet.required)
