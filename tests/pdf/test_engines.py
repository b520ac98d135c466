"""Both engines on every form: pages, text, signature blocks; what is wrong is found and said."""

from __future__ import annotations

import os
import stat
import time
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from docgen.errors import EnvironmentFault, InputError, UsageError
from docgen.forms.definition import load_form
from docgen.forms.fill import blank_form
from docgen.forms.template import bookmark_name
from docgen.pdf import ConversionResult, choose_engine, convert, page_count, pdf_text, print_copy
from docgen.pdf.reading import page_lines, squeezed
from docgen.pdf.zones import ZONE_PT
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.after.unwrap import unwrap
from docgen.word.after.written import paragraphs
from docgen.word.write.pages import Page


def _names() -> list[tuple[str, str]]:
    return [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


FORMS = _names()


@cache
def forms() -> dict[str, bytes]:
    """Every form, blank."""
    out = {}
    for name, form in FORMS:
        regulation = load_regulation(name)
        out[f"{name}/{form}"] = blank_form(load_form(regulation, form))
    return out


@cache
def converted(engine: str) -> ConversionResult:
    """Every form by one engine, converted once."""
    return convert(forms(), engine)


ENGINES = ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]


@pytest.mark.parametrize("engine", ENGINES)
class TestEachEngine:
    def test_every_form_comes_out_whole(self, engine: str) -> None:
        result = converted(engine)
        # How its pages are filled is `test_page_faults.py`'s matter.
        assert [finding for finding in result.findings if not finding.code.startswith("pdf.page.")] == []
        assert list(result.pdfs) == list(forms())
        assert not [font for font in result.fonts if font.endswith("!")]

    @pytest.mark.parametrize(("name", "form"), FORMS)
    def test_every_signature_block_lies_in_its_zone(self, engine: str, name: str, form: str) -> None:
        key = f"{name}/{form}"
        signs = load_form(load_regulation(name), form).signs()
        zones = converted(engine).zones[key]
        assert [zone.name for zone in zones] == [bookmark_name(sign.role) for sign in signs]
        for zone in zones:
            left, bottom, right, top = zone.rect
            assert top - bottom == pytest.approx(ZONE_PT, abs=6)
            assert right - left > 150
            # Nothing stands in it, its caption is right above it, the name right below.
            lines = page_lines(converted(engine).pdfs[key], zone.page, left, right)
            assert not [line.text for line in lines if line.bottom < top - 1 and line.top > bottom + 1]
            above = [line for line in lines if line.bottom >= top - 1]
            block = squeezed("".join(line.text for line in above[-6:]))
            assert squeezed(zone.caption) in block
            assert above[-1].bottom - top < 8

    def test_it_says_what_it_is(self, engine: str) -> None:
        import io

        import pikepdf

        for pdf in converted(engine).pdfs.values():
            with pikepdf.open(io.BytesIO(pdf)) as document:
                assert str(document.Root.Lang) == "vi-VN"
                assert "/StructTreeRoot" in document.Root
                assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
                claim = document.Root.Metadata.read_bytes()
                assert b"<pdfaid:part>2</pdfaid:part>" in claim
                assert b"<pdfaid:conformance>B</pdfaid:conformance>" in claim
                assert b"pdfuaid:part>" not in claim

    def test_a_long_word_stays_on_the_paper(self, engine: str) -> None:
        page = Page()
        page.paragraph("x" * 300)
        assert convert([("thu", page.docx("thu", {}))], engine).findings == []


@pytest.mark.libreoffice
@pytest.mark.parametrize(("name", "form"), FORMS)
def test_the_engines_agree(name: str, form: str) -> None:
    key = f"{name}/{form}"
    ours, theirs = converted("rdocx").pdfs[key], converted("libreoffice").pdfs[key]
    # LibreOffice keeps a line for the empty head of later pages: a form at the edge may take one page more or less.
    assert abs(page_count(ours) - page_count(theirs)) <= 1
    # That every text is there, `findings` has told. With as many pages the heads of tables repeat as often; only a
    # table of records may have one more in LibreOffice, which takes the last record to the page of the signature.
    records = load_form(load_regulation(name), form).tables()
    if page_count(ours) == page_count(theirs) and not records:
        letters = [sorted(c for c in squeezed(pdf_text(pdf)) if not c.isdigit()) for pdf in (ours, theirs)]
        assert letters[0] == letters[1]


class TestTheEmbeddedEngine:
    def test_the_same_form_gives_the_same_bytes(self) -> None:
        name = "kh55-2018/mau-05"
        assert convert([(name, forms()[name])]).pdfs[name] == converted("rdocx").pdfs[name]


class TestChoosing:
    def test_auto_is_the_embedded_one(self) -> None:
        assert choose_engine("auto") == "rdocx"

    def test_an_unknown_one_is_refused(self) -> None:
        with pytest.raises(UsageError, match="unknown_engine"):
            choose_engine("word")

    def test_a_missing_one_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOCGEN_SOFFICE", "/nonexistent/soffice")
        with pytest.raises(EnvironmentFault, match="no_libreoffice"):
            choose_engine("libreoffice")

    def test_no_word_file_is_told(self) -> None:
        with pytest.raises(InputError, match="unreadable"):
            convert([("rac.docx", b"rubbish")])


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for LibreOffice")
class TestALibreOfficeThatFails:
    def _script(self, path: Path, body: str) -> str:
        path.write_text("#!/bin/sh\n" + body, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_one_that_hangs_is_ended_with_its_children_and_tried_once_more(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = tmp_path / "calls"
        body = (
            f'case "$*" in *--version*) exit 0;; esac\necho call >> {log}\n'
            f"sleep 300 & echo $! >> {tmp_path}/pids\nwait\n"
        )
        monkeypatch.setenv("DOCGEN_SOFFICE", self._script(tmp_path / "soffice", body))
        page = Page()
        page.paragraph("một")
        start = time.monotonic()
        result = convert([("thu", page.docx("thu", {}))], "libreoffice", timeout=1)
        assert time.monotonic() - start < 30
        assert [finding.code for finding in result.findings] == ["pdf.convert.timeout"]
        assert log.read_text(encoding="utf-8").split() == ["call", "call"]
        for pid in (tmp_path / "pids").read_text(encoding="utf-8").split():
            assert not _alive(int(pid))

    def test_one_that_loses_a_file_is_asked_for_it_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        body = 'case "$*" in *--version*) echo LibreOffice 9.9; exit 0;; esac\nexit 1\n'
        monkeypatch.setenv("DOCGEN_SOFFICE", self._script(tmp_path / "soffice", body))
        page = Page()
        page.paragraph("một")
        result = convert([("thu", page.docx("thu", {}))], "libreoffice")
        assert [finding.code for finding in result.findings] == ["pdf.convert.failed"]
        assert result.version == "LibreOffice 9.9"


def _alive(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


class TestThePrintCopy:
    def test_it_has_an_outline_numbers_and_links(self) -> None:
        import io

        import pikepdf

        names = list(forms())[:3]
        page = Page(landscape=True)
        page.table(["STT", "Văn bản"], [[f"{n:03d}", name] for n, name in enumerate(names, 1)], [5, 95])
        index = convert([("muc-luc", page.docx("Mục lục", {}))]).pdfs["muc-luc"]
        parts = [("Mục lục", index), *((name, converted("rdocx").pdfs[name]) for name in names)]
        merged = print_copy(parts, index=True, title="Bộ hồ sơ")
        assert merged == print_copy(parts, index=True, title="Bộ hồ sơ")
        total = sum(page_count(pdf) for _, pdf in parts)
        text = pdf_text(merged).split("\f")
        assert [f"{n}/{total}" in text[n - 1] for n in range(1, total + 1)] == [True] * total
        with pikepdf.open(io.BytesIO(merged)) as document:
            with document.open_outline() as outline:
                assert [item.title for item in outline.root] == [name for name, _ in parts]
            links = document.pages[0].Annots
            targets = [document.pages.index(pikepdf.Page(link.Dest[0])) for link in links]
        starts = [1]
        for _, pdf in parts[1:-1]:
            starts.append(starts[-1] + page_count(pdf))
        assert targets == starts


class TestUnwrapping:
    @pytest.mark.parametrize(("name", "form"), FORMS)
    def test_it_keeps_every_text_and_bookmark(self, name: str, form: str) -> None:
        before = forms()[f"{name}/{form}"]
        after = unwrap(before)
        assert paragraphs(after) == paragraphs(before)
        assert after == unwrap(after) == unwrap(before)
        assert b"w:sdt" not in _part(after)
        assert _part(after).count(b"bookmarkStart") == _part(before).count(b"bookmarkStart")


def _part(docx: bytes) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read("word/document.xml")
