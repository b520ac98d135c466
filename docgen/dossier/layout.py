"""The sheets of a dossier's workbook: which values stand where, under which title, with which drop-down.

Two kinds of sheets: `values` (one value a row: title, value) for what a dossier has once, and tables (one record a row)
for members and assessments. Every sheet carries its bindings in a hidden row or column, so that titles may be reworded
and columns moved. All of it follows from the regulation's catalogue of bindings, of criteria and of facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from docgen.dossier.shape import SAMPLE, split
from docgen.regulations.criteria_numbers import numbered
from docgen.regulations.loader import Criterion, Field, RegulationData, options_of
from docgen.regulations.rule_facts import Fact, catalogue
from docgen.regulations.subjects import BODIES, MEMBER, SUBJECTS, Subject
from docgen.values import VALUES as TYPES
from docgen.values.cell import CellType

#: The mark in the first cell of the hidden row (or column): which sheet this is, whatever its tab is called.
MARK = "docgen:"
#: A column that is only there to be read by people (the member's name next to the id); it is not read back.
SHOWN_ONLY = "="
VALUES, MEMBERS, ASSESSMENTS, RECORDS, MEMBER_RECORDS = "values", "members", "assessments", "records", "member_records"
#: The answer for every sign of a member that has none of its own.
REST_OF_SIGNS = ("signs", "*")
_REST_TITLE = "Các biểu hiện không ghi riêng"
_REST_NOTE = "Không có biểu hiện nào: chọn “Không có biểu hiện” ở đây, để trống các cột sau. Có thì ghi riêng ở cột ấy."
#: The hidden sheet that the drop-downs take their words from.
LISTS = "Danh mục"
#: What is no value of the regulation's catalogue but written in words: an id, an assessor's code.
WORDS = TYPES["text"]
#: Where facts stand in a workbook: for each holder in the dossier, whom they are about, the sheet, and what stands
#: before their titles there. `everyone` is said of every member at once; what a member's own row says goes before it.
FACT_HOLDERS = {
    MEMBER.place: (MEMBER.code, "Căn cứ", ""),
    "everyone": (MEMBER.code, "Căn cứ chung", "Mọi đảng viên: "),
    "collective": (BODIES["collective"].code, "Căn cứ chung", "Tập thể: "),
    "party_organization": (BODIES["party_organization"].code, "Căn cứ chung", "Tổ chức đảng: "),
}


def fact_place(fact: Fact, holder: str) -> tuple[str, str]:
    """The sheet of a workbook and the title under which `fact` stands there, for a holder of `FACT_HOLDERS`."""
    _, sheet, before = FACT_HOLDERS[holder]
    label = fact.label("vi")
    return sheet, before + label[:1].upper() + label[1:]


@dataclass(frozen=True, slots=True)
class Column:
    """One value: its path in the record (in the dossier, for a sheet of values), its title, its type and codes.

    `wording` is the full text of what the title only begins, `note` what there is to know when filling it.
    """

    path: tuple[str, ...]
    title: str
    kind: CellType
    options: tuple[tuple[str, str], ...] = ()
    wide: bool = False
    wording: str = ""
    note: str = ""

    @property
    def binding(self) -> str:
        """The binding as it stands in the hidden row."""
        return ".".join(self.path)

    @property
    def in_percent(self) -> bool:
        """Whether the title asks for a share of a hundred: 80 for 80 %."""
        return "(%)" in self.title


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `required` sheets must be there; `holder` is where the records of a table stand in the dossier."""

    key: str
    title: str
    kind: str
    columns: tuple[Column, ...]
    holder: str = ""
    required: bool = False

    @property
    def former(self) -> str:
        """What the sheet of a list that has a title of its own was called before it had one."""
        return f"Danh sách {self.holder}" if self.kind in (RECORDS, MEMBER_RECORDS) else self.title


def workbook_layout(regulation: RegulationData) -> tuple[Sheet, ...]:
    """The sheets of a workbook for a dossier of `regulation`, in order."""
    own = (
        Column(("regulation",), "Mã văn bản áp dụng", WORDS),
        Column(("regulations",), "Thư mục văn bản của đơn vị (nếu có)", WORDS),
        Column(("sample",), SAMPLE.label, TYPES[SAMPLE.type], options_of(regulation, SAMPLE)),
    )
    single = [_column(regulation, f) for f in _fields(regulation, "dossier")]
    common = [c for c in single if c.path[0] not in ("collective", "superior") and c.path[1:2] != ("facts",)]
    body = [c for c in single if c.path[0] in ("collective", "superior") and c.path[1:2] != ("facts",)]
    member = [_column(regulation, f) for f in _fields(regulation, "members") if f.binding != "signs"]
    plain = sorted((c for c in member if not c.wide and c.path[0] not in _APART), key=_reading_order)
    student = (c for c in member if c.path[0] == "student")
    key = Column(("id",), "Mã đảng viên", WORDS)
    name = Column((SHOWN_ONLY,), "Họ và tên (để xem)", WORDS)
    signs = _criteria(regulation, (regulation.criteria.get("suy-thoai", ()),), "signs")
    if signs:
        # One answer for all that is not answered by itself: most people have none of the signs.
        signs.insert(0, replace(signs[0], path=REST_OF_SIGNS, title=_REST_TITLE, wording="", note=_REST_NOTE))
    facts = catalogue(tuple(reversed(regulation.chain)))
    words = {code: text for choices in regulation.choices.values() for code, text in choices.items()}
    sheets = [
        Sheet("to-chuc", "Tổ chức", VALUES, (*own, *common), required=True),
        Sheet("dang-vien", "Đảng viên", MEMBERS, (key, *plain), "members", required=True),
        Sheet("sinh-vien", "Sinh viên", MEMBERS, (key, name, *student), "members"),
        Sheet("kiem-diem", "Kiểm điểm", MEMBERS, (key, name, *(c for c in member if c.wide)), "members"),
        Sheet("tap-the", "Tập thể", VALUES, tuple(body)),
        *(_assessments(regulation, subject, key, name) for subject in SUBJECTS.values()),
        Sheet("bieu-hien", "Biểu hiện", MEMBERS, (key, name, *signs), "members"),
        Sheet("phieu", "Phiếu", MEMBERS, (key, name, *(c for c in member if c.path[0] == "votes")), "members"),
        Sheet("can-cu", "Căn cứ", MEMBERS, (key, name, *_facts(facts, words, MEMBER.code, ("facts",))), "members"),
        Sheet("can-cu-chung", "Căn cứ chung", VALUES, tuple(
            column for holder, (subject, *_) in FACT_HOLDERS.items() if holder != "members"
            for column in _facts(facts, words, subject, (holder, "facts"))
        )),
        *_lists(regulation, key, name),
    ]  # fmt: skip
    whose = (key.path, name.path)
    return tuple(_unique_titles(sheet) for sheet in sheets if any(c.path not in whose for c in sheet.columns))


#: What of members stands on sheets of its own: most people have no row there. A value has one place.
_APART = frozenset({"votes", "student", "facts"})

#: The order in which people expect the columns about a member; the catalogue's own order within each.
_READING = (("member", "full_name"), ("member", "birth_date"), ("member", "position"), ("member", "workplace"),
            ("member",), ("review",), ("civil",), ("cell",), ("committee",))  # fmt: skip


def _reading_order(column: Column) -> int:
    return next((i for i, start in enumerate(_READING) if column.path[: len(start)] == start), len(_READING))


def _fields(regulation: RegulationData, place: str) -> list[Field]:
    return [
        f for f in regulation.prescribed_fields.values()
        if regulation.roots.get(f.binding.split(".")[0]) == place and "[]" not in f.binding and ".any" not in f.binding
    ]  # fmt: skip


def _column(regulation: RegulationData, entry: Field, path: tuple[str, ...] = ()) -> Column:
    kind = TYPES[entry.type]
    return Column(path or split(entry.binding), entry.label, kind, options_of(regulation, entry), kind.is_many)


def _criteria(regulation: RegulationData, sets: Iterable[tuple[Criterion, ...]], root: str) -> list[Column]:
    """One column a criterion, titled with its number and the beginning of its wording."""
    entry = regulation.fields.get(root if root == "signs" else f"assessment.{root}")
    if entry is None:
        return []
    options = options_of(regulation, entry)
    out: dict[str, Column] = {}
    for rows in sets:
        for leaf, number in _numbered(rows, ""):
            title = f"{number}. {_begun(leaf.text, 90)}"
            out.setdefault(leaf.id, Column((root, leaf.id), title, TYPES[entry.type], options, wording=leaf.text))
    return list(out.values())


def _begun(text: str, most: int) -> str:
    """The beginning of a wording, for a title."""
    return text.rstrip(" .;:") if len(text) <= most else text[: most - 1].rstrip() + "…"


def _numbered(rows: Iterable[Criterion], above: str) -> Iterable[tuple[Criterion, str]]:
    for row, number in numbered(rows, above):
        if row.children:
            # Continuous numbering (1–82 through three parts) needs no part in front of it.
            yield from _numbered(row.children, "" if row.children[0].id[:1] == "b" else number)
        else:
            yield row, number


def _assessments(regulation: RegulationData, subject: Subject, key: Column, name: Column) -> Sheet:
    """The sheet of the assessments of one subject: one row for each assessor of each member or body."""
    titles = {"dang_vien": "Tiêu chí", "to_chuc_dang": "Tiêu chí tổ chức đảng", "tap_the": "Tiêu chí tập thể"}
    assessors = tuple((a.id, a.label) for a in regulation.assessors if a.subject == subject.code)
    columns = [Column(("assessor",), "Chủ thể (mã)", WORDS, assessors)]
    prefix = subject.code.replace("_", "-")
    sets = [regulation.criteria[name] for name in regulation.criteria_sets(subject.code) if name in regulation.criteria]
    for entry in _fields(regulation, "assessments"):
        path = split(entry.binding)[1:]
        if path != ("levels",):
            columns.append(_column(regulation, entry, ("sheet", *path)))
    for column in _criteria(regulation, sets, "levels"):
        columns.append(replace(column, path=("sheet", *column.path)))
    for entry in regulation.prescribed_fields.values():
        path = split(entry.binding)
        if path[0] == "assessment" and "any" in path:
            for rows in sets:
                for leaf, number in _numbered(rows, ""):
                    full = ("sheet", *(leaf.id if p == "any" else p for p in path[1:]))
                    found = _column(regulation, entry, full)
                    title = f"{number}. {_begun(leaf.text, 60)}: {found.title}"
                    columns.append(Column(full, title, found.kind, found.options, wording=leaf.text))
    first = (key, name) if subject.each else ()
    return Sheet(f"tieu-chi-{prefix}", titles[subject.code], ASSESSMENTS, (*first, *columns), subject.place)


def _facts(known: dict[str, Fact], words: Mapping[str, str], subject: str, above: tuple[str, ...]) -> list[Column]:
    """One column a fact that can be written in a cell; compound facts stand as JSON."""
    out = []
    for fact in known.values():
        if subject in fact.subjects:
            title = fact_place(fact, above[0] if len(above) > 1 else "members")[1]
            options = tuple((code, words.get(code, text)) for code, text in fact.kind.options(fact.values))
            out.append(Column((*above, fact.name), title, fact.kind, options))
    return out


def list_key(name: str) -> str:
    """The key of the sheet of the list `name`."""
    return f"ds-{name}"


def _lists(regulation: RegulationData, key: Column, shown: Column) -> list[Sheet]:
    """A sheet for every other list that the forms print; each row of a member's own list names the member."""
    found: dict[str, list[Column]] = {}
    for entry in regulation.prescribed_fields.values():
        name, mark, leaf = entry.binding.partition("[].")
        if mark and name != "members" and "[]" not in leaf:
            found.setdefault(name, []).append(_column(regulation, entry, split(leaf)))
    sheets = []
    for name, columns in found.items():
        own = regulation.roots.get(name) == "members"
        kind, first = (MEMBER_RECORDS, (key, shown)) if own else (RECORDS, ())
        title = regulation.lists.get(name, f"Danh sách {name}")[:31]
        sheets.append(Sheet(list_key(name), title, kind, (*first, *columns), name))
    return sheets


def _unique_titles(sheet: Sheet) -> Sheet:
    seen: dict[str, int] = {}
    columns = []
    for column in sheet.columns:
        seen[column.title] = seen.get(column.title, 0) + 1
        again = seen[column.title] > 1
        title = f"{column.title} ({seen[column.title]})" if again else column.title
        columns.append(replace(column, title=title))
    return Sheet(sheet.key, sheet.title, sheet.kind, tuple(columns), sheet.holder, sheet.required)
