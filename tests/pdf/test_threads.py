"""PDFium ends the process when two threads are in it: readings wait for one another."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waited
from pathlib import Path

import pytest

from docgen.errors import InputError
from docgen.pdf.page_picture import page_png
from docgen.pdf.reading import Reading, pdf_text

#: Two threads that read and draw the same pages; without the wait the process ends by a signal within a second.
_BOTH = """
import sys
from concurrent.futures import ThreadPoolExecutor
from docgen.pdf.page_picture import page_png
from docgen.pdf.reading import pdf_text
content = open(sys.argv[1], "rb").read()
with ThreadPoolExecutor(4) as threads:
    texts = set(threads.map(lambda _: pdf_text(content), range(150)))
    pictures = set(threads.map(lambda i: page_png(content, 1, 300) if i % 2 else pdf_text(content), range(60)))
assert len(texts) == 1 and len(pictures) == 2
"""


@pytest.fixture(scope="module")
def some_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import pikepdf

    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    with pikepdf.new() as made:
        for number in range(40):
            page = made.add_blank_page(page_size=(595, 842))
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            words = b" ".join(b"(page %d) Tj T*" % number for _ in range(30))
            page.obj.Contents = made.make_stream(b"BT /F 12 Tf 14 TL 72 770 Td " + words + b" ET")
        made.save(path)
    return path


def test_threads_read_and_draw_at_once(some_pdf: Path) -> None:
    """In a process of its own, which would end by a signal."""
    done = subprocess.run([sys.executable, "-c", _BOTH, str(some_pdf)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr)


def test_another_reading_begins_when_the_first_has_ended(some_pdf: Path) -> None:
    content = some_pdf.read_bytes()
    with ThreadPoolExecutor(1) as other:
        with Reading(content) as first:
            assert "page 0" in first.page_text(0)
            assert pdf_text(content).startswith("page 0")  # the same thread need not wait for itself
            waiting = other.submit(pdf_text, content)
            with pytest.raises(Waited):
                waiting.result(0.2)
        assert waiting.result(60).startswith("page 0")


def test_what_is_no_pdf_keeps_nobody_waiting(some_pdf: Path) -> None:
    with pytest.raises(InputError), Reading(b"no PDF") as broken:
        broken.text()
    with ThreadPoolExecutor(1) as other:
        assert other.submit(page_png, some_pdf.read_bytes(), 1, 100).result(60).startswith(b"\x89PNG")


@pytest.mark.skipif(sys.platform == "win32", reason="no fork there")
def test_a_child_forked_meanwhile_reads(some_pdf: Path) -> None:
    """The thread that was reading is not there in the child."""
    content = some_pdf.read_bytes()
    reads, forked = threading.Event(), threading.Event()

    def read() -> None:
        with Reading(content) as reading:
            reading.text()
            reads.set()
            forked.wait(60)

    with ThreadPoolExecutor(1) as other:
        held = other.submit(read)
        assert reads.wait(60)
        child = multiprocessing.get_context("fork").Process(target=pdf_text, args=(content,))
        child.start()
        child.join(60)
        forked.set()
        held.result(60)
        assert child.exitcode == 0
