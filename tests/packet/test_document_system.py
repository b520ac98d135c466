"""The zip for a document system: what is known is said, what is not is left out, and no conformity is claimed."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from click.testing import CliRunner

import docgen
from docgen.cli import cli
from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError, UsageError
from docgen.packet.document_system import NAMESPACE, envelope, hand_over, metadata

NAMES = {"x": NAMESPACE}


@pytest.fixture(scope="module")
def packet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data: dict[str, Any] = dict(sample_dossier("kh55-2018"))
    data["members"] = data["members"][:1]
    folder = tmp_path_factory.mktemp("ban-giao") / "bo"
    assert docgen.build_packet(docgen.load_dossier(data)[0], folder)[0] is not None  # type: ignore[arg-type]
    return folder


def zipped(packet: Path, number: str = "") -> zipfile.ZipFile:
    out = io.BytesIO()
    hand_over(packet, out, number)
    again = io.BytesIO()
    hand_over(packet, again, number)
    assert out.getvalue() == again.getvalue()  # the same packet, the same bytes
    return zipfile.ZipFile(out)


def test_the_zip_holds_the_packet_byte_for_byte_and_what_is_known_of_it(packet: Path) -> None:
    with zipped(packet, "12-HS/CB") as archive:
        assert archive.namelist()[:2] == ["metadata.json", "edxml.xml"]
        told = json.loads(archive.read("metadata.json"))
        assert archive.read("bo-ho-so/manifest.json") == (packet / "manifest.json").read_bytes()
        for one in told["documents"]:
            assert hashlib.sha256(archive.read(one["file"])).hexdigest() == one["sha256"]
    dossier = sample_dossier("kh55-2018")
    assert (told["number"], told["date"]) == ("12-HS/CB", dossier["document"]["date"])
    assert told["organ"] == dossier["organization"]["name"]
    assert told["draft"] is False
    signers = [one for document in told["documents"] for one in document["signers"]]
    assert dossier["members"][0]["member"]["full_name"] in {one["name"] for one in signers}
    assert {one["signed"] for one in signers} == {False}


def test_what_is_not_known_is_null_and_no_element(packet: Path) -> None:
    told = metadata(packet)
    assert (told["number"], told["pages"]) == (None, None)  # nobody numbered it, Word files have no pages
    with zipped(packet) as archive:
        text = archive.read("edxml.xml").decode()
    root = Tree.fromstring(text)
    assert root.find(".//x:Code", NAMES) is None
    assert root.find(".//x:OtherInfo", NAMES) is None
    assert "N/A" not in text
    assert all(element.text.strip() or len(element) for element in root.iter() if element.text is not None)


def test_the_envelope_has_the_names_and_says_that_it_claims_nothing(packet: Path) -> None:
    text = envelope(metadata(packet, "12-HS/CB")).decode()
    assert "claims no conformity" in text
    root = Tree.fromstring(text)
    assert root.tag == f"{{{NAMESPACE}}}edXML"
    header = root.find("x:edXMLEnvelope/x:edXMLHeader/x:MessageHeader", NAMES)
    assert header is not None
    assert header.findtext("x:Code/x:CodeNumber", namespaces=NAMES) == "12-HS/CB"
    assert (
        header.findtext("x:From/x:OrganName", namespaces=NAMES) == sample_dossier("kh55-2018")["organization"]["name"]
    )
    references = root.findall("x:edXMLEnvelope/x:edXMLBody/x:edXMLManifest/x:Reference", NAMES)
    documents = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert [one.get("ContentId") for one in references] == [str(entry["number"]) for entry in documents]


def test_pages_are_those_of_the_pdf_files(packet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bo"
    shutil.copytree(packet, folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["files"]:
        name = entry["file"].replace(".docx", ".pdf")
        (folder / name).write_bytes(b"%PDF")
        entry["pdf"] = {"file": name, "sha256": hashlib.sha256(b"%PDF").hexdigest(), "size": 4, "pages": 3}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    told = metadata(folder)
    assert told["pages"] == 3 * len(manifest["files"])
    assert all(one["file"].endswith(".pdf") for one in told["documents"])  # type: ignore[index,call-overload,union-attr]


def test_letters_that_xml_cannot_hold_are_left_out(packet: Path) -> None:
    told = {**metadata(packet), "subject": "Hồ sơ\x0b <&> năm\x00"}
    root = Tree.fromstring(envelope(told))
    assert root.findtext(".//x:Subject", namespaces=NAMES) == "Hồ sơ <&> năm"


def test_the_command_writes_whole_or_not_at_all(packet: Path, tmp_path: Path) -> None:
    target = tmp_path / "ban-giao.zip"
    asked = ["hand-over", str(packet), "-o", str(target)]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    before = target.read_bytes()
    assert isinstance(CliRunner().invoke(cli, asked).exception, UsageError)  # it is there
    assert target.read_bytes() == before
    assert CliRunner().invoke(cli, [*asked, "--overwrite", "--number", "12"]).exit_code == 0
    assert target.read_bytes() != before
    folder = tmp_path / "bo"
    shutil.copytree(packet, folder)
    next(folder.glob("001-*")).unlink()
    other = tmp_path / "khac.zip"
    (tmp_path / "trong").mkdir()
    for wrong in (folder, tmp_path / "trong"):  # a file is missing; no packet at all
        told = CliRunner().invoke(cli, ["hand-over", str(wrong), "-o", str(other)])
        assert isinstance(told.exception, InputError)
        assert not other.exists()
