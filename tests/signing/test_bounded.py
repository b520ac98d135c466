"""What is appended with a store or a stamp and used by nothing; files too large, and files that unfold without end."""

from __future__ import annotations

import gc
import io
import resource
import struct
import threading
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from authority import SIGNED, revocation_list, timestamper
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from test_attacks import SHEET, _document_stamp, _stored
from test_tampering import appended, codes

from docgen.errors import InputError
from docgen.signing import Asked, Trust, verify_file, verify_packet
from docgen.signing.bounded import MAX_FILE, MAX_PDF, frugal, hash_of, read_bounded
from docgen.signing.bundle import is_cover, opened
from docgen.signing.check import mathematics
from docgen.signing.fields import field_names

# --- used by nothing -----------------------------------------------------------------------------------------------


def _store_and_more(writer: Any) -> None:
    """An empty store, and an object that nobody points at."""
    empty = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject()})
    writer.root[pdf_name("/DSS")] = writer.add_object(empty)
    writer.update_root()
    page = generic.StreamObject(stream_data=b"<html>Hoan thanh xuat sac</html>")
    writer.add_object(generic.DictionaryObject({pdf_name("/Hidden"): writer.add_object(page)}))
    writer.add_object(pdf_string("x"))


@pytest.mark.parametrize("stamped", [False, True], ids=["last", "stamped after"])
def test_objects_hidden_beside_a_store(sealed: Path, trusting: Asked, stamped: bool) -> None:
    path = sealed / SHEET
    pdf = appended(path.read_bytes(), _store_and_more)
    path.write_bytes(_document_stamp(pdf, "dau", None, timestamper(SIGNED)) if stamped else pdf)
    verdict = verify_packet(sealed, trusting)
    assert codes(verdict) == {"object_unreferenced"}
    found = [r.params["count"] for d in verdict.documents for r in d.reasons if r.code == "object_unreferenced"]
    assert found == [3]
    assert verdict.status == "cannot_tell"


def test_a_store_of_its_own_hides_nothing(sealed: Path, trusting: Asked) -> None:
    path = sealed / SHEET
    pdf = _stored(path.read_bytes(), [revocation_list()])
    path.write_bytes(_stored(_document_stamp(pdf, "dau", None, timestamper(SIGNED)), [revocation_list()]))
    verdict = verify_packet(sealed, trusting)
    assert verdict.passed, codes(verdict)


# --- unfolding without end -----------------------------------------------------------------------------------------


def _packed(size: int, layers: int) -> bytes:
    """A PDF whose catalog refers into an object stream of `size` bytes, packed so many times."""
    # Packed piece by piece: what is measured below is the reading, not the making.
    packer = zlib.compressobj(9)
    data = packer.compress(b"5 0 <</A 1>>") + b"".join(packer.compress(b" " * 1_000_000) for _ in range(size >> 20))
    data += packer.flush()
    for _ in range(layers - 1):
        data = zlib.compress(data, 9)
    filters = b"[" + b"/FlateDecode " * layers + b"]"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/Names 5 0 R/AcroForm 5 0 R/Metadata 5 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>",
        4: b"<</Type/ObjStm/N 1/First 4/Length %d/Filter %s>>stream\n%s\nendstream" % (len(data), filters, data),
    }
    out, at = io.BytesIO(b"%PDF-1.5\n"), {}
    out.seek(0, io.SEEK_END)
    for number, content in objects.items():
        at[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    at[6] = out.tell()
    rows = [(0, 0, 65535), *((1, at[n], 0) for n in (1, 2, 3, 4)), (2, 4, 0), (1, at[6], 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    out.write(b"6 0 obj\n<</Type/XRef/W[1 4 2]/Size 7/Root 1 0 R/Length %d>>stream\n" % len(table))
    out.write(b"%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, at[6]))
    return out.getvalue()


def test_a_small_object_stream_is_read() -> None:
    assert field_names(_packed(2 << 20, 1)) == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("layers", [1, 2])
def test_an_object_stream_without_end(tmp_path: Path, layers: int) -> None:
    """900 MB out of 0.9 MB, or out of 3 kB: named, in the memory and the time of any other file."""
    path = tmp_path / "bom.pdf"
    path.write_bytes(_packed(900 << 20, layers))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with opened(path) as place:
        assert place == path
    verdict = verify_file(path, Trust())
    assert verdict.status != "passed"
    assert codes(verdict) & {"too_costly", "unreadable"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
    assert not is_cover(path.read_bytes())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux holds a process to its memory")
def test_memory_that_runs_out_is_the_file_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    # Libraries of other tests leave a thread behind.
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(InputError, match="too_costly"), frugal(b"%PDF-1.7"):
        bytearray(2_000_000_000)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


# --- files too large -----------------------------------------------------------------------------------------------


def _grown(path: Path, size: int) -> None:
    """The file becomes as large as that without taking room on the disk."""
    with path.open("r+b") as file:
        file.truncate(size)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("name", "limit"), [(SHEET, MAX_PDF), ("muc-luc.docx", MAX_FILE), ("manifest.json", 0)])
def test_a_file_of_a_packet_of_many_gigabytes(sealed: Path, trusting: Asked, name: str, limit: int) -> None:
    _grown(sealed / name, max(limit, 50_000_000) + 1)
    verdict = verify_packet(sealed, trusting)
    assert not verdict.passed
    assert "file_too_large" in codes(verdict)
    if name == SHEET:
        assert "nothing_signed" in codes(verdict)


def test_what_is_hashed_piece_by_piece_is_the_file(tmp_path: Path) -> None:
    from docgen.signing.signed_manifest import sha256

    path = tmp_path / "x"
    path.write_bytes(bytes(range(256)) * 10_000)
    assert hash_of(path) == sha256(path.read_bytes())
    assert read_bounded(path, 2_560_000) == path.read_bytes()
    with pytest.raises(InputError, match="too_large"):
        read_bounded(path, 2_559_999)


def test_a_verdict_keeps_no_file(sealed: Path, trusting: Asked) -> None:
    """A packet of thousands of papers is judged in the memory of one."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    def readers() -> int:
        gc.collect()
        return sum(isinstance(item, PdfFileReader) for item in gc.get_objects())

    before = readers()
    path = sealed / SHEET
    path.write_bytes(_document_stamp(path.read_bytes(), "dau", None, timestamper(SIGNED)))
    verdict = verify_packet(sealed, trusting)
    assert [len(document.signatures) for document in verdict.documents] == [2, 0]
    assert readers() == before


def test_no_more_memory_is_taken_for_a_file_than_it_is_large(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x" * 1000)
    tracemalloc.start()
    assert len(read_bounded(path, 1_000_000_000)) == 1000
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2_000_000


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="hạn mức bộ nhớ của tiến trình chỉ có ở Linux")
def test_the_limit_of_the_process_is_left_alone_where_threads_work(monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen = resource.getrlimit(resource.RLIMIT_AS), []
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    with frugal(b"%PDF-1.4\n"):
        seen.append(resource.getrlimit(resource.RLIMIT_AS) != before)
    monkeypatch.undo()
    waiting = threading.Event()
    thread = threading.Thread(target=waiting.wait)
    thread.start()
    with frugal(b"%PDF-1.4\n"):
        seen.append(resource.getrlimit(resource.RLIMIT_AS) != before)
    waiting.set()
    thread.join()
    assert seen == [True, False]
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_nothing_waits_for_the_collector(sealed: Path, trusting: Asked, caplog: pytest.LogCaptureFixture) -> None:
    """What a file unfolded to is gone with its verdict, not when Python next looks for rings of dead values."""
    from pyhanko.pdf_utils.generic import Reference
    from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

    path = sealed / SHEET
    caplog.set_level("CRITICAL", "pyhanko")  # pytest would keep what was said, and with it the file
    gc.collect()
    before = {id(item) for item in gc.get_objects()}
    gc.disable()
    try:
        assert verify_packet(sealed, trusting).passed
        assert [sound.sound for sound in mathematics(path.read_bytes())] == [True]
        assert verify_file(path, trusting.trust).documents[0].signatures
        left = [item for item in gc.get_objects() if id(item) not in before]
    finally:
        gc.enable()
    readers = [item for item in left if isinstance(item, PdfFileReader | HistoricalResolver)]
    assert not [item for item in readers if vars(item)]
    assert not [item for item in left if isinstance(item, io.BytesIO)]
    # Objects know their file by their references: an index of pyHanko's keeps some, the files' objects are far more.
    assert sum(isinstance(item, Reference) for item in left) < 5_000
