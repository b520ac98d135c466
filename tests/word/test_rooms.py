"""Each room of `docgen.word` is imported alone: it loads itself, the Word file below it, and a short named ground."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

#: What a room may load beside itself and `docgen.word.file`: these modules, and no others of docgen.
GROUND = {"docgen", "docgen.version", "docgen.errors", "docgen.i18n", "docgen.model", "docgen.nearest",
          "docgen.json_schema", "docgen.paths", "docgen.secrecy", "docgen.word"}  # fmt: skip
#: Folding of letters is told once, in the room of values; a picture is a value too.
MORE = {"read": ("docgen.values", "docgen.kinds"), "engine": ("docgen.values", "docgen.kinds")}

LOAD = """
import importlib, json, pkgutil, sys
room = importlib.import_module("docgen.word." + sys.argv[1])
for found in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(found.name)
"""
#: A template is compiled, filled and checked, for what is imported only then.
WORK = """
import io, pathlib, tempfile
from docx import Document
from docgen.word.engine.compile import compile_template
from docgen.word.engine.template_check import check_template
document = Document()
document.add_paragraph("{{ member.full_name }} {% for x in rows %}{{ x | upper }}{% endfor %}")
out = io.BytesIO()
document.save(out)
made = compile_template(out.getvalue()).render({"member": {"full_name": "Nguyễn Văn An"}, "rows": ["a"]})
assert "Nguyễn Văn An A" in [p.text for p in Document(io.BytesIO(made)).paragraphs]
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "mau.docx")
    path.write_bytes(out.getvalue())
    found = check_template(path, {"member.full_name", "rows[].name"})
    assert not [f.text() for f in found if f.severity == "error"], found
"""
TELL = "print(json.dumps([name for name in sys.modules if name.split('.')[0] == 'docgen']))\n"


def strangers(room: str, work: str = "") -> set[str]:
    """The modules of docgen that importing all of `room`, and then doing `work`, loads and should not."""
    command = [sys.executable, "-c", LOAD + work + TELL, room]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    own = (f"docgen.word.{room}", "docgen.word.file", *MORE.get(room, ()))
    loaded = {name for name in json.loads(done.stdout) if not name.startswith(own)}
    assert "docgen.word" in loaded
    return loaded - GROUND


@pytest.mark.parametrize("room", ["file", "write", "engine", "read", "after"])
def test_a_room_is_imported_alone(room: str) -> None:
    assert strangers(room) == set()


def test_the_engine_works_alone() -> None:
    assert strangers("engine", WORK) == set()


def test_a_stranger_is_noticed() -> None:
    found = strangers("engine", "import docgen.word.write.style, docgen.forms\n")
    assert found == {"docgen.word.write", "docgen.word.write.style", "docgen.forms"}
