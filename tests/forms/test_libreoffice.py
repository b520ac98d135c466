"""A form that somebody saved again in LibreOffice: the values are found again.

LibreOffice 7.4 drops every tag, so the wording tells where a value stands; 25.2 keeps most tags. Either way all values
come back, the record's id with them, and a value whose tag is gone is never called certain.
"""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.readback import canonical_data, read_form
from docgen.regulations.loader import load_regulation

#: One form of each make: narratives, boxes, rows with and without boxes, scores.
SOME = (
    "kh55-2018/mau-01", "kh55-2018/mau-02", "kh55-2018/mau-05", "kh55-2018/mau-06", "kh55-2018/phu-luc",
    "hd19-2024/bieu-diem-01", "hd19-2024/phieu-01", "kh40-2018/mau-05",
)  # fmt: skip


@pytest.mark.libreoffice
def test_saved_again_in_libreoffice(tmp_path: Path) -> None:
    """One call for all: starting LibreOffice costs more than converting."""
    sources = []
    for name in SOME:
        regulation = load_regulation(name.split("/")[0])
        definition = load_form(regulation, name.split("/")[1])
        path = tmp_path / (name.replace("/", "-") + ".docx")
        path.write_bytes(Filler(definition).fill(sample_record(definition)))
        sources.append(path)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "out"),
         *map(str, sources)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    for name, path in zip(SOME, sources, strict=True):
        regulation = load_regulation(name.split("/")[0])
        definition = load_form(regulation, name.split("/")[1])
        saved = tmp_path / "out" / path.name
        result = read_form(saved.read_bytes())
        assert result.record == sample_record(definition)["id"], name
        assert result.data == canonical_data(definition, sample_record(definition)), name
        with zipfile.ZipFile(saved) as package:
            tagged = b"<w:tag " in package.read("word/document.xml")
        assert result.values or not tagged, name
        assert {value.confidence for value in result.values} <= ({"certain", "review"} if tagged else {"review"}), name
        assert {f.severity for f in result.findings} <= {"warning", "info"}, (name, result.findings)
