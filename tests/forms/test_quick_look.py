"""A quick look at a written file: it never finds whole what reading the file back would not."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.errors import InternalError
from docgen.forms.alternatives import UNKNOWN
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.quick_look import QuickLook
from docgen.packet.make import build_packet
from docgen.paths import JsonMap
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.engine.compile import CompiledTemplate

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]
#: How many damaged files of each form; 300 of each were tried once, and none was taken for whole.
DAMAGED = 12
MAIN = "word/document.xml"
_SHOWN = re.compile(rb"(<w:t(?: [^>]*)?>)([^<]+)(</w:t>)")
_PARAGRAPH = re.compile(rb"<w:p>(?:(?!<w:p>|</w:p>).)*?</w:p>", re.DOTALL)


def with_main(docx: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The package with another main part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item, change(content) if item.filename == MAIN else content)
    return out.getvalue()


def damaged(docx: bytes, chance: random.Random) -> bytes:
    """The file as a fault in filling, in zipping or on the way to the disk would leave it."""
    way = chance.randrange(7)
    if way == 0:
        at = chance.randrange(len(docx))
        return docx[:at] + bytes([docx[at] ^ 1 << chance.randrange(8)]) + docx[at + 1 :]
    if way == 1:
        return docx[: chance.randrange(len(docx))]

    def change(main: bytes) -> bytes:
        texts = list(_SHOWN.finditer(main))
        one = chance.choice(texts)
        if way == 2:  # a text that is gone
            return main[: one.start(2)] + main[one.end(2) :]
        if way == 3:  # cut short
            return main[: one.end(2) - 1] + main[one.end(2) :]
        if way == 4:
            return main[: one.end(2)] + chance.choice([b"{{ a }}", b"{%p if %}"]) + main[one.end(2) :]
        if way == 5:  # a paragraph that is gone
            paragraph = chance.choice(list(_PARAGRAPH.finditer(main)))
            return main[: paragraph.start()] + b"<w:p/>" + main[paragraph.end() :]
        number = re.search(rb'<w:id w:val="[^"]*"/>', main)
        return re.sub(rb'<w:id w:val="[^"]*"/>', number[0] if number else b"", main)

    return with_main(docx, change)


def is_whole(filler: Filler, record: JsonMap, docx: bytes) -> bool:
    """What reading it back in full says."""
    try:
        filler.check(record, docx)
    except InternalError:
        return False
    return True


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_it_finds_nothing_whole_that_is_not(name: str, form: str) -> None:
    definition = load_form(load_regulation(name), form)
    filler, look = Filler(definition), QuickLook(definition)
    assert filler.template.proven
    record = sample_record(definition)
    docx = filler.fill(record)
    assert not look.holds(record, docx, UNKNOWN)  # it has seen none yet
    look.learn(record, docx, UNKNOWN)
    assert look.holds(record, docx, UNKNOWN) is not bool(definition.pictures())
    chance = random.Random(f"{name} {form}")
    found = 0
    for _ in range(DAMAGED):
        other = damaged(docx, chance)
        if look.holds(record, other, UNKNOWN):
            assert is_whole(filler, record, other)
        else:
            found += 1
    assert found > 3


def test_another_choice_of_lines_is_read_in_full_first() -> None:
    definition = load_form(load_regulation("kh55-2018"), "mau-02")
    look, filler = QuickLook(definition), Filler(definition)
    record = dict(sample_record(definition))
    docx = filler.fill(record)
    look.learn(record, docx, UNKNOWN)
    conditions = [binding for binding, _, _ in look._conditions]
    gone = next(binding for binding in conditions if binding.partition(".")[0] in record)
    del record[gone.partition(".")[0]]
    assert not look.holds(record, filler.fill(record), UNKNOWN)


@pytest.mark.parametrize("value", [0, 5])
def test_a_packet_in_which_a_value_is_lost_is_not_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: int
) -> None:
    """In the first paper of a form, and in a later one, which is only looked at."""
    regulation, render, made = load_regulation("kh55-2018"), CompiledTemplate.render, 0
    data = sample_dossier("kh55-2018", members=8)
    lost = "Điều chỉ một người viết, ở một chỗ."
    data["members"][value]["review"]["direction"] = [lost]

    def losing(self: CompiledTemplate, context: object) -> bytes:
        nonlocal made
        made += 1
        return with_main(render(self, context), lambda main: main.replace(lost.encode(), b""))  # type: ignore[arg-type]

    monkeypatch.setattr(CompiledTemplate, "render", losing)
    with pytest.raises(InternalError) as caught:
        build_packet(regulation, data, tmp_path / "b", source={"file": "", "sha256": ""}, jobs=1)
    assert caught.value.code == "errors.internal.written_file"
    assert made > value
    assert not (tmp_path / "b").exists()
