"""The recipes really followed: in a copy of docgen, each kind is added as one file and its words, and works end to end.

Everything is run as a user runs it, in a process of its own; what a recipe forgets fails here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "docgen"
#: The one file of each kind.
KINDS = {
    "regulations/predicates/within.py": (
        Path(__file__).parent / "regulations" / "example_kind" / "within.py"
    ).read_text(encoding="utf-8"),
    "values/hours.py": '''"""`hours`: a number of hours."""

from docgen.values.number import Number


class Hours(Number):
    """Hours, with the word behind them on paper."""

    name = "hours"

    def shower(self, options):
        show = super().shower(options)
        return lambda value: f"{show(value)} giờ"

    def is_printed(self, value, options, text):
        return f"{super().shower(options)(value)} giờ" in text

    def parse(self, paragraphs, options, full_date):
        return super().parse([one.removesuffix("giờ") for one in paragraphs], options, full_date)
''',
    "forms/blocks/frame.py": '''"""`frame`: a line in a frame."""

from dataclasses import dataclass

from docgen.forms.blocks.kind import Block, BlockKind
from docgen.forms.blocks.line import Line
from docgen.forms.parts import Parts

BORDER = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="1" w:color="auto"/></w:pBdr>'


@dataclass(frozen=True, slots=True)
class Frame(Block):
    """A framed line."""

    parts: Parts
    when: str = ""

    def lines(self):
        yield self.parts

    def words(self, shown):
        yield from Line("line", self.parts).words(shown)

    def slots(self, regulation):
        yield from ()

    def write(self, paper, following):
        return paper.conditional(self.when, paper.paragraph("Normal", paper.parts(self.parts), BORDER))


def _parse(wording, item, when):
    return (Frame(wording.parts(item["frame"], item, "frame"), when),)


KINDS = (BlockKind("frame", Frame, _parse, example="frame: 'Họ và tên {member.full_name}'"),)
''',
    "pdf/engines/borrowed.py": '''"""`borrowed`: draws as the embedded engine does."""

from docgen.pdf.drawn import Engine
from docgen.pdf.engines.rdocx import Rdocx


class Borrowed(Engine):
    """Another engine's hands."""

    name = "borrowed"

    def need(self):
        Rdocx().need()

    def version(self):
        return "borrowed 1"

    def draw(self, files, room):
        yield from Rdocx().draw(files, room)
''',
    "validation/checks/hours.py": '''"""Hours that no year has."""

from docgen.validation.kind import CheckKind


class Hours(CheckKind):
    """More hours than a year has."""

    name = "hours"
    turn = 1000
    codes = ("validation.hours.many",)

    def run(self, check):
        for member in check.members:
            given = (member.record.get("member") or {}).get("hours")
            if isinstance(given, float | int) and given > 8784:
                check.add("validation.hours.many", "error", member.pointer + "/member/hours", member.who, given=given)
''',
}
WORDS = {
    "grading": {
        "grading.kind.within": ("Hai mức cách nhau không quá chừng ấy bậc.", "Two grades at most so many steps apart."),
        "grading.says.within": ("{fact} cách {other} không quá {steps} bậc", "{fact} within {steps} steps of {other}"),
        "grading.note.within": ("{fact} cách {other} {apart} bậc, không quá {steps}",
                                "{fact} is {apart} steps from {other}, at most {steps}"),
    },
    "validation": {
        "validation.hours.many": ("{given} giờ, nhiều hơn một năm có", "{given} hours, more than a year has"),
        "validation.hours.many.hint": ("Kiểm tra lại số giờ", "Check the hours"),
    },
}  # fmt: skip
#: A unit's regulation that uses them all.
UNIT = {
    "regulation.yaml": """
regulation: qd-thu-2030
short: QĐ thử
number: "01-QĐ/THU"
issuer: Đơn vị thử nghiệm
issued: "2030-01-02"
title: Quy định thử
forms: [phieu-thu]
assessors:
  - {id: tu_danh_gia, subject: dang_vien, label: Đảng viên tự chấm, required: "yes", clause: QĐ thử Điều 2}
packet:
  - {form: phieu-thu, each: members, clause: QĐ thử Điều 2}
""",
    "criteria.yaml": "sets:\n  dang-vien:\n    - {id: a, number: A, group: task, text: Việc được giao}\n",
    "fields.yaml": 'fields:\n  member.hours: "hours | Số giờ học tập | Hours of study"\n',
    "forms/phieu-thu.yaml": """
form: phieu-thu
code: Mẫu T-01
name: Phiếu thử
subject: dang_vien
record: member
status: verbatim
source: {document: 01-QĐ/THU, place: Mẫu T-01}
required: [member.full_name]
title: ["PHIẾU THỬ"]
body:
  - frame: "Đồng chí {member.full_name} đã học {member.hours} trong năm"
  - sign: author
    text: ["**NGƯỜI VIẾT**"]
    name: member.full_name
""",
    "rules.yaml": """
regulation: qd-thu-2030
document: "QĐ thử"
rules:
  - id: qd-thu-2030/dang-vien/xuat-sac/1
    subjects: dang_vien
    clause: "QĐ thử Điều 4.1"
    wording: "Mức của công chức cách mức của tổ chức mình đứng đầu không quá một bậc."
    condition: {grade: HTXSNV, that: {within: {fact: civil_servant_grade, of: headed_org_grade, steps: 1}}}
  - id: qd-thu-2030/dang-vien/khong-hoan-thanh/0
    subjects: dang_vien
    clause: "QĐ thử Điều 4.4"
    wording: "Không đạt các mức trên."
    catch_all: KHTNV
""",
}

Docgen = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of docgen with one file more for each kind, its words, and a unit's folder that uses them."""
    root = tmp_path_factory.mktemp("drill")
    shutil.copytree(PACKAGE, root / "docgen", ignore=shutil.ignore_patterns("__pycache__", "_built"))
    for name, text in KINDS.items():
        (root / "docgen" / name).write_text(text, encoding="utf-8")
    for room, words in WORDS.items():
        for index, language in enumerate(("vi", "en")):
            with (root / "docgen" / "locale" / language / "LC_MESSAGES" / f"{room}.po").open(
                "a", encoding="utf-8"
            ) as po:
                po.writelines(f'\nmsgid "{key}"\nmsgstr "{pair[index]}"\n' for key, pair in words.items())
    for name, text in UNIT.items():
        path = root / "unit" / "qd-thu-2030" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = python(root, "-m", "docgen.i18n.catalogues")
    assert done.returncode == 0, done.stderr
    return root


def python(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Python with the copy in `root`, whose folder it stands in."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False,
        timeout=300, env={**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.fixture
def docgen(copied: Path) -> Docgen:
    return lambda *arguments: python(copied, "-m", "docgen", *arguments)


@pytest.fixture
def record(docgen: Docgen, copied: Path) -> Path:
    """An example record of the form, as `fill --example` prints it."""
    done = docgen("fill", "phieu-thu", "-r", "qd-thu-2030", "--regulations", "unit", "--example")
    assert done.returncode == 0, done.stderr
    path = copied / "record.json"
    path.write_text(done.stdout, encoding="utf-8")
    return path


def test_the_folder_that_uses_them_is_sound(docgen: Docgen) -> None:
    done = docgen("regulations", "--check", "qd-thu-2030", "--regulations", "unit")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_a_predicate_is_told_in_its_own_words(docgen: Docgen, copied: Path) -> None:
    facts = {"civil_servant_grade": "HTXSNV", "headed_org_grade": "HTNV"}
    line = {"regulation": "qd-thu-2030", "subject": "dang_vien", "facts": facts}
    (copied / "facts.jsonl").write_text(json.dumps(line), encoding="utf-8")
    done = docgen("grade", "--facts", "facts.jsonl", "--regulations", "unit")
    assert "2 bậc, không quá 1" in done.stdout, (done.stdout, done.stderr)


def test_a_block_and_a_type_of_value_are_filled_and_read_back(docgen: Docgen, copied: Path, record: Path) -> None:
    form = ("-r", "qd-thu-2030", "--regulations", "unit")
    done = docgen("fill", "phieu-thu", record, *form, "-o", "phieu.docx", "--overwrite")
    assert done.returncode == 0, done.stderr
    read = docgen("read", "phieu.docx", "--regulations", "unit", "--json")
    told = json.loads(read.stdout)
    told = told[0] if isinstance(told, list) else told
    assert told["findings"] == []
    assert told["data"]["member"] == json.loads(record.read_text(encoding="utf-8"))["member"]


def test_an_engine_is_offered_and_draws(docgen: Docgen, copied: Path, record: Path) -> None:
    pytest.importorskip("rdocx")
    assert "borrowed" in docgen("pdf", "--help").stdout
    docgen("fill", "phieu-thu", record, "-r", "qd-thu-2030", "--regulations", "unit", "-o", "ve.docx", "--overwrite")
    done = docgen("pdf", "ve.docx", "-o", "ve.pdf", "--engine", "borrowed", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert (copied / "ve.pdf").read_bytes().startswith(b"%PDF-")


def test_a_check_finds_what_it_is_for(docgen: Docgen, copied: Path) -> None:
    done = docgen("init", "ho-so", "-r", "qd-thu-2030", "--regulations", "unit")
    assert done.returncode == 0, done.stderr
    path = next((copied / "ho-so").glob("*.json"))
    data = json.loads(path.read_text(encoding="utf-8"))
    data["members"][0]["member"]["hours"] = 9000
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    found = json.loads(docgen("validate", path, "--regulations", "unit", "--json").stdout)
    assert "validation.hours.many" in json.dumps(found)


#: What is left out of each file, and how it is named; what each is used for loads the kinds of its room.
LEFT_OUT = {
    "regulations/predicates/within.py": ("    def tell(", "docgen.regulations.predicates", "Within does not say: tell"),
    "values/hours.py": ("    name =", "docgen.values", "is called 'number', which is the name of"),
    "forms/blocks/frame.py": ("    def slots(", "docgen.forms.blocks", "frame does not say: slots"),
    "pdf/engines/borrowed.py": ("    def version(", "docgen.pdf.choice", "Borrowed does not say: version"),
    "validation/checks/hours.py": ("    codes =", "docgen.validation", "Hours does not say: codes"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_part_that_is_left_out_is_named(copied: Path, name: str) -> None:
    part, module, fault = LEFT_OUT[name]
    path = copied / "docgen" / name
    whole = path.read_text(encoding="utf-8")
    try:
        path.write_text(whole.replace(part, part.replace("    ", "    other_" if "=" in part else "    ", 1)
                                      .replace("def ", "def other_")), encoding="utf-8")  # fmt: skip
        done = python(copied, "-c", f"import {module}")
    finally:
        path.write_text(whole, encoding="utf-8")
    assert done.returncode == 1
    assert fault in done.stderr.splitlines()[-1]
