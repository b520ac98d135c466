"""What stands at the head of a drawn page: never a signature that has left what it signs."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from docgen.dossier.sample import sample_dossier
from docgen.forms.data import form_data
from docgen.forms.definition import FormDefinition, Text, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler, blank_form
from docgen.packet.plan import plan_documents
from docgen.pdf import convert, page_count, work
from docgen.pdf.reading import page_lines, squeezed
from docgen.regulations.loader import load_regulation
from docgen.word.write.builder import write_package

#: Forms whose signature stood alone at the head of a page before it was kept with the line above it.
PROSE = ("hd16-2018/mau-02", "hd16-2018/mau-03", "hd19-2024/bao-cao-tinh-hinh", "hd19-2024/phieu-01")
#: Those where it follows a table: rdocx keeps no row with what follows it, its drawing is divided there.
TABLES = ("hd16-2018/mau-06", "hd19-2024/bieu-th-01", "hd19-2024/bth-03")
ENGINES = ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]


def _definition(name: str) -> FormDefinition:
    return load_form(load_regulation(name.split("/")[0]), name.split("/")[1])


@cache
def _files(names: tuple[str, ...]) -> dict[str, bytes]:
    """Each form blank, filled, and filled with as few values as it takes."""
    out = {}
    for name in names:
        definition = _definition(name)
        record = sample_record(definition)
        filler = Filler(definition)
        out[f"{name}/blank"] = blank_form(definition)
        out[f"{name}/filled"] = filler.fill(record)
        few = {key: value for key, value in record.items() if key not in ("civil", "cell", "signers", "assessment")}
        out[f"{name}/few"] = filler.fill(few)
    return out


def _never_kept(docx: bytes) -> bytes:
    """The file as it would be without any paragraph kept with the next: what the guard must notice."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name).replace(b"<w:keepNext/>", b"") for name in archive.namelist()}
    return write_package(parts)


def _left_alone(files: dict[str, bytes], engine: str, *, here: bool = False) -> list[str]:
    """The files and pages that begin with a signature; `here`: drawn in this process, where a test's change holds."""
    found = []
    sets = [{name: docx} for name, docx in files.items()] if here else [files]
    for name, pdf in [one for files_ in sets for one in convert(files_, engine).pdfs.items()]:
        texts = {
            squeezed("".join(part.text for part in parts if isinstance(part, Text)))
            for sign in _definition(name.rpartition("/")[0]).signs()
            for parts in sign.text
        }
        for page in range(1, page_count(pdf)):
            lines = [squeezed(line.text) for line in page_lines(pdf, page)]
            first = next(line for line in lines if not line.isdigit())
            if any(text in first for text in texts):
                found.append(f"{name} page {page + 1}")
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_no_page_begins_with_a_signature(engine: str) -> None:
    assert _left_alone(_files(PROSE), engine) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_it_would_be_noticed(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_REDRAWINGS", 0)
    assert _left_alone({name: _never_kept(docx) for name, docx in _files(PROSE).items()}, engine, here=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_record_stays_with_the_signature(engine: str) -> None:
    assert _left_alone(_files(TABLES), engine) == []


@pytest.mark.libreoffice
def test_a_record_that_is_not_kept_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_REDRAWINGS", 0)
    assert _left_alone({name: _never_kept(docx) for name, docx in _files(TABLES).items()}, "libreoffice", here=True)


def _taller_by(docx: bytes, twentieths: int) -> bytes:
    """The file with more room to sign: the last line comes nearer to the foot of its page."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head, mark, rest = parts["word/styles.xml"].partition(b'w:styleId="SignZone"')
    own, end, others = rest.partition(b"</w:style>")
    own = re.sub(rb'w:line="\d+"', b'w:line="%d"' % (1500 + twentieths), own)
    parts["word/styles.xml"] = head + mark + own + end + others
    return write_package(parts)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_follows_a_signature_opens_no_page(engine: str) -> None:
    """Wherever on the page the signature ends: the paragraph that Word wants after a table fits beside it."""
    name = "hd19-2024/phieu-01"
    definition = _definition(name)
    docx = Filler(definition).fill(sample_record(definition))

    def drawn(rooms: range) -> dict[int, bytes]:
        pdfs = convert({str(room): _taller_by(docx, room) for room in rooms}, engine).pdfs
        return {int(room): pdf for room, pdf in pdfs.items()}

    low, high = 0, 12_000
    one = page_count(drawn(range(low, low + 1))[low])
    for step in (1200, 200, 40):
        pages = {room: page_count(pdf) for room, pdf in drawn(range(low, high + 1, step)).items()}
        high = min(room for room, count in pages.items() if count > one)
        low = high - step
    # Around the height at which the last page breaks, in steps finer than the lowest line that Word can show.
    found = drawn(range(low - 4, high + 24, 4))
    assert {page_count(pdf) for pdf in found.values()} == {one, one + 1}
    empty = [
        room
        for room, pdf in found.items()
        if len("".join(line.text for line in page_lines(pdf, page_count(pdf) - 1))) < 3
    ]
    assert empty == []


#: The appendices of HD 43 whose total and signature stood alone on a page of their own; the member whose it is.
APPENDICES = {
    "phu-luc-diem-02a": "dv-01", "phu-luc-diem": "dv-04", "phu-luc-diem-02c": "dv-14", "phu-luc-ket-qua": "dv-04",
}  # fmt: skip


def test_the_signature_of_an_appendix_has_rows_above_it() -> None:
    """rdocx keeps no row with what follows it; the columns are as wide as it takes for the last page to hold some."""
    regulation, data = load_regulation("hd43-2025"), sample_dossier("hd43-2025")
    files = {
        document.definition.form: Filler(document.definition).fill(
            form_data(document.definition, data, document.record)
        )
        for document in plan_documents(regulation, data)
        if APPENDICES.get(document.definition.form) == document.record.member
    }
    assert files.keys() == APPENDICES.keys()
    for name, pdf in convert(files, "rdocx").pdfs.items():
        head = squeezed("Nhiệm vụ" if name == "phu-luc-ket-qua" else "Tiêu chí")
        last = squeezed(" ".join(line.text for line in page_lines(pdf, page_count(pdf) - 1)))
        assert head in last, name
        assert squeezed("(Ký, ghi rõ họ tên)") in last, name
