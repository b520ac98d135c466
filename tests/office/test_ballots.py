"""Secret ballots: so many like copies, and nothing on them or in their file that tells one from another."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree

from docgen.cli import cli
from docgen.dossier.sample import sample_dossier
from docgen.dossier.sample_office import add_office
from docgen.errors import InternalError
from docgen.forms.definition import load_form
from docgen.packet.blank_ballots import ballots_needed, is_ballot, unmarked
from docgen.regulations.loader import load_regulation
from docgen.word.after.copies import like_copies

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = sample_dossier("hd43-2025", year=2026)
    add_office(load_regulation("hd43-2025"), data)
    # Somebody's own ballot stands in the dossier: it is not handed out to the others.
    data["members"][0]["vote"] = {"grade": "HTXSNV"}
    path = tmp_path_factory.mktemp("phieu") / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def blank(dossier: Path, target: Path, *more: str) -> bytes:
    run = CliRunner().invoke(cli, ["blank", "phieu-bieu-quyet", "--dossier", str(dossier), "-o", str(target), *more])
    assert run.exit_code == 0, run.output
    return target.read_bytes()


def parts(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def copies_in(docx: bytes) -> list[bytes]:
    """The blocks of each section, as bytes, without what ends the section."""
    body = etree.fromstring(parts(docx)["word/document.xml"]).find(f"{W}body")
    out, current = [], b""
    for block in body:
        if block.tag == f"{W}sectPr":
            break
        ends = block.find(f"{W}pPr/{W}sectPr")
        if ends is not None:
            ends.getparent().remove(ends)
        current += etree.tostring(block)
        if ends is not None:
            out, current = [*out, current], b""
    return [*out, current]


class TestOneFile:
    def test_as_many_like_copies_as_are_asked_for(self, dossier: Path, tmp_path: Path) -> None:
        found = copies_in(blank(dossier, tmp_path / "p.docx", "--copies", "7"))
        assert len(found) == 7
        assert len(set(found)) == 1

    def test_the_same_command_gives_the_same_bytes(self, dossier: Path, tmp_path: Path) -> None:
        assert blank(dossier, tmp_path / "a.docx") == blank(dossier, tmp_path / "b.docx")

    def test_nothing_in_a_copy_is_its_own(self, dossier: Path, tmp_path: Path) -> None:
        document = parts(blank(dossier, tmp_path / "p.docx", "-n", "3"))["word/document.xml"].decode()
        for unique in ("w:sdt", "w:id ", "bookmarkStart", "paraId", "rsid", "docPr"):
            assert unique not in document, unique

    def test_page_numbers_begin_anew_with_each_copy(self, dossier: Path, tmp_path: Path) -> None:
        tree = etree.fromstring(parts(blank(dossier, tmp_path / "p.docx", "-n", "3"))["word/document.xml"])
        sections = list(tree.iter(f"{W}sectPr"))
        assert len(sections) == 3
        assert len({etree.tostring(section) for section in sections}) == 1
        assert sections[0].find(f"{W}pgNumType").get(f"{W}start") == "1"

    def test_the_file_says_nothing_of_a_voter(self, dossier: Path, tmp_path: Path) -> None:
        found = parts(blank(dossier, tmp_path / "p.docx", "-n", "3"))
        core = found["docProps/core.xml"].decode()
        unit = json.loads(dossier.read_text(encoding="utf-8"))["organization"]["name"]
        author = re.search("<dc:creator>(.*)</dc:creator>", core)
        assert author is not None
        assert author[1].casefold() == f"chi bộ {unit}".casefold()  # as its heading names it
        assert not re.search("dv-[0-9]", core + found["docProps/custom.xml"].decode())
        assert not [name for name in found if "people" in name or "comment" in name]

    def test_no_mark_of_the_dossier_is_on_it(self, dossier: Path, tmp_path: Path) -> None:
        text = parts(blank(dossier, tmp_path / "p.docx"))["word/document.xml"].decode()
        assert "☒" not in text
        assert "☐" in text

    def test_it_is_not_read_into_a_dossier(self, dossier: Path, tmp_path: Path) -> None:
        blank(dossier, tmp_path / "p.docx", "-n", "3")
        run = CliRunner().invoke(cli, ["read", str(tmp_path / "p.docx"), "--json"])
        assert "read.identity.ballots" in run.output
        assert run.exit_code == 1


@pytest.mark.parametrize("engine", ["rdocx", "libreoffice"])
def test_every_page_is_drawn_alike(dossier: Path, tmp_path: Path, engine: str) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    blank(dossier, tmp_path / "p.docx", "-n", "3")
    run = CliRunner().invoke(cli, ["pdf", str(tmp_path / "p.docx"), "-o", str(tmp_path / "pdf"), "--engine", engine])
    if run.exit_code == 4:
        pytest.skip(f"no {engine}")
    assert run.exit_code == 0, run.output
    with pikepdf.open(tmp_path / "pdf" / "p.pdf") as pdf:
        pages = [page.Contents.read_bytes() for page in pdf.pages]
    assert len(pages) == 3
    assert len(set(pages)) == 1


class TestHowMany:
    def test_as_the_dossier_says_else_one_for_each_official_member(self) -> None:
        members = [{"member": {"official": True}}, {"member": {"official": False}}, {"member": {}}]
        assert ballots_needed({"ballots": {"issued": 9}, "members": members}) == 9
        assert ballots_needed({"members": members}) == 2
        assert ballots_needed({}) == 1

    def test_copies_of_what_is_no_ballot_are_refused(self, dossier: Path, tmp_path: Path) -> None:
        run = CliRunner().invoke(cli, ["blank", "giay-moi", "--dossier", str(dossier), "-o", str(tmp_path / "g.docx"),
                                        "--copies", "2"])  # fmt: skip
        assert getattr(run.exception, "code", "") == "errors.usage.copies_of_ballot"
        assert not (tmp_path / "g.docx").exists()

    def test_a_regulations_own_ballot_is_copied_too(self, tmp_path: Path) -> None:
        assert is_ballot("phieu-02")
        path = tmp_path / "h.json"
        path.write_text(json.dumps(sample_dossier("hd19-2024"), ensure_ascii=False), encoding="utf-8")
        target = tmp_path / "p.docx"
        run = CliRunner().invoke(cli, ["blank", "phieu-02", "--dossier", str(path), "-n", "5", "-o", str(target)])
        assert run.exit_code == 0, run.output
        assert len(copies_in(target.read_bytes())) == 5

    def test_without_a_dossier_the_copies_are_blank(self, tmp_path: Path) -> None:
        target = tmp_path / "p.docx"
        run = CliRunner().invoke(cli, ["blank", "phieu-bieu-quyet", "-r", "hd43-2025", "-n", "5", "-o", str(target)])
        assert run.exit_code == 0, run.output
        assert len(set(copies_in(target.read_bytes()))) == 1


def test_a_mark_is_taken_off_every_list() -> None:
    record: dict[str, Any] = {"id": "x", "members": [{"member": {"full_name": "A"}, "vote": {"grade": "HTNV"}}],
                              "bodies": [{"vote": {"grade": "HTNV"}}], "vote": {"grade": "HTNV"}}  # fmt: skip
    assert unmarked(record) == {"id": "x", "members": [{"member": {"full_name": "A"}}], "bodies": [{}]}


def test_a_page_that_ends_with_no_paragraph_is_not_copied(dossier: Path, tmp_path: Path) -> None:
    found = parts(blank(dossier, tmp_path / "p.docx", "-n", "1"))
    tree = etree.fromstring(found["word/document.xml"])
    body = tree.find(f"{W}body")
    body.remove(body[-2])
    found["word/document.xml"] = etree.tostring(tree)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    with pytest.raises(InternalError):
        like_copies(out.getvalue(), 2)


def test_a_ballot_has_no_number_no_star_and_nobody_signs() -> None:
    definition = load_form(load_regulation("hd43-2025"), "phieu-bieu-quyet")
    assert definition.signs() == []
    words = definition.fixed_texts()
    assert "*" not in words
    assert not [word for word in words if word.startswith("Số ")]
