"""Streams of a PDF from outside are unpacked within a bound: the memory is never taken first and judged afterwards."""

from __future__ import annotations

import io
import tracemalloc
import zlib
from pathlib import Path

import pytest

pytest.importorskip("pikepdf")

import pikepdf

from docgen.errors import InputError
from docgen.signing.bundle import unpack
from docgen.signing.unfold import NotUnfolded, content_of, inflate, unfolded


def test_what_is_within_the_bound_is_unpacked() -> None:
    assert inflate(zlib.compress(b"a" * 100), 100) == b"a" * 100
    with pytest.raises(NotUnfolded, match="size"):
        inflate(zlib.compress(b"a" * 101), 100)
    with pytest.raises(NotUnfolded, match="damaged"):
        inflate(b"not packed", 100)


def _cover(path: Path, size: int) -> Path:
    """A cover whose attachment unfolds to `size` zeros."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["manifest.json"] = pikepdf.AttachedFileSpec(document, b"x", filename="manifest.json")
    out = io.BytesIO()
    document.save(out)
    with pikepdf.open(out) as changed:
        file = changed.attachments["manifest.json"].get_file().obj
        file.write(packed, filter=pikepdf.Name("/FlateDecode"))
        changed.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    assert path.stat().st_size < 2_000_000
    return path


def test_a_cover_that_unfolds_without_end_takes_no_memory(tmp_path: Path) -> None:
    cover = _cover(tmp_path / "bia.pdf", 400 << 20)
    (tmp_path / "ra").mkdir()
    tracemalloc.start()
    with pytest.raises(InputError, match="too_costly"):
        unpack(cover, tmp_path / "ra")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 150_000_000
    assert list((tmp_path / "ra").iterdir()) == []


def test_a_filter_that_is_not_unpacked_here() -> None:
    document = pikepdf.new()
    odd = document.make_stream(b"00>", Filter=pikepdf.Name("/ASCIIHexDecode"))
    with pytest.raises(NotUnfolded, match="filter"):
        unfolded(odd)
    assert content_of(odd) == b"00>"
    two = document.make_stream(b"x", Filter=pikepdf.Array([pikepdf.Name("/FlateDecode"), pikepdf.Name("/FlateDecode")]))
    with pytest.raises(NotUnfolded, match="filter"):
        unfolded(two)
    guessed = document.make_stream(
        zlib.compress(b"x"), Filter=pikepdf.Name("/FlateDecode"), DecodeParms=pikepdf.Dictionary(Predictor=12)
    )
    with pytest.raises(NotUnfolded, match="filter"):
        unfolded(guessed)
    assert unfolded(document.make_stream(b"plain")) == b"plain"
    with pytest.raises(NotUnfolded, match="size"):
        unfolded(document.make_stream(b"plain"), 4)
