"""A whole packet of the sample dossier: which files, in which order, under which names, and nothing half-made."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.errors import InternalError, UsageError
from docgen.forms.data import form_data
from docgen.forms.fill import Filler
from docgen.model import Finding, Place
from docgen.packet import documents as packet_fill
from docgen.packet.make import INDEX, SUMMARY, build_packet
from docgen.packet.manifest import MANIFEST
from docgen.packet.plan import plan_documents
from docgen.pipeline import PacketOptions, make_packet
from docgen.regulations.loader import load_regulation
from docgen.sharing import share
from docgen.storage import RESERVED
from docgen.word.after.written import paragraphs, problems

SOURCE = {"file": "ho-so.json", "sha256": "0" * 64}


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return sample_dossier("kh55-2018")


@pytest.fixture(scope="module")
def packet(data: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packet") / "bo-ho-so"
    build_packet(load_regulation("kh55-2018"), data, folder, source=SOURCE)
    return folder


def listed(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def test_the_packet_holds_each_form_for_each_one_it_is_about(packet: Path, data: dict[str, Any]) -> None:
    forms = Counter(entry["form"] for entry in listed(packet)["files"])
    members = len(data["members"])
    sheets = sum(len(m["assessments"]) for m in data["members"])
    assert forms["mau-01"] == forms["mau-06"] == forms["mau-03a"] == forms["mau-04a"] == 1
    assert forms["mau-02"] == forms["phu-luc"] == members
    assert forms["mau-05"] == sheets
    assert forms["mau-03b"] == len(data["party_organization"]["assessments"]) - 1
    assert forms["mau-04b"] == len(data["collective"]["assessments"]) - 1


def test_a_persons_papers_stand_together(packet: Path) -> None:
    files = listed(packet)["files"]
    assert [f["number"] for f in files] == list(range(1, len(files) + 1))
    assert [f["form"] for f in files[:5]] == ["mau-01", "mau-02", "phu-luc", "mau-05", "mau-02"]
    assert files[1]["member"] == files[2]["member"] == files[3]["member"] != files[4]["member"]
    assert files[-1]["form"] == "mau-06"


def test_every_file_is_listed_with_its_hash(packet: Path) -> None:
    manifest = listed(packet)
    entries = [*manifest["files"], *manifest["extras"]]
    assert {e["file"] for e in entries} | {MANIFEST} == {p.name for p in packet.iterdir()}
    for entry in entries:
        content = (packet / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert problems(content) == []


def test_file_names_suit_windows(packet: Path) -> None:
    for path in packet.iterdir():
        assert path.name.isascii()
        assert path.stem.lower() not in RESERVED
        assert not set(path.name) & set('<>:"/\\|?* ')


def test_signers_still_to_come_are_named(packet: Path) -> None:
    review = next(f for f in listed(packet)["files"] if f["form"] == "mau-02")
    assert [s["role"] for s in review["signers"]] == ["author", "manager", "cell", "committee"]
    assert all(s["status"] == "due" for s in review["signers"])
    assert review["signers"][0]["name"] == "Nguyễn Văn A"
    assert [s["seal"] for s in review["signers"]] == [False, True, False, True]


def test_the_same_dossier_gives_the_same_bytes(packet: Path, data: dict[str, Any], tmp_path: Path) -> None:
    again = tmp_path / "again"
    build_packet(load_regulation("kh55-2018"), data, again, source=SOURCE)
    assert {p.name: p.read_bytes() for p in packet.iterdir()} == {p.name: p.read_bytes() for p in again.iterdir()}


@pytest.mark.parametrize(
    "forked", [pytest.param(True, marks=pytest.mark.serial, id="fork"), pytest.param(False, id="spawn")]
)
def test_several_processes_change_nothing(
    packet: Path, data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: bool
) -> None:
    monkeypatch.setattr("docgen.crew.start_method", lambda: "fork" if forked else "spawn")
    monkeypatch.setattr(packet_fill, "_WORTH_A_PROCESS", 1)
    processes: list[int] = []
    monkeypatch.setattr(
        packet_fill, "share", lambda tasks, jobs, hire: processes.append(jobs) or share(tasks, jobs, hire)
    )
    build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE, jobs=2)
    assert processes == [2]
    assert {p.name: p.read_bytes() for p in packet.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "p").iterdir()
    }


def test_the_index_lists_every_document(packet: Path) -> None:
    """By its number, which begins the name of its file; the names themselves are for machines."""
    found: list[int] = []
    for text in paragraphs((packet / INDEX).read_bytes()):
        if re.fullmatch(r"\d{3}[\d–, ]*", text):
            for part in text.split(", "):
                first, _, last = part.partition("–")
                found += range(int(first), int(last or first) + 1)
    assert sorted(found) == [entry["number"] for entry in listed(packet)["files"]]
    text = "\n".join(paragraphs((packet / INDEX).read_bytes()))
    assert not any(entry["file"].removesuffix(".docx") in text for entry in listed(packet)["files"])


ERROR = Finding("validation.text.empty", "error", Place("", "/x"))


def test_a_faulty_dossier_is_refused(data: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE, findings=[ERROR])
    assert caught.value.code == "errors.usage.packet_with_errors"
    assert list(tmp_path.iterdir()) == []


def test_a_draft_marks_every_page(data: dict[str, Any], tmp_path: Path) -> None:
    small = {**data, "members": data["members"][:1]}
    folder = tmp_path / "p"
    build_packet(load_regulation("kh55-2018"), small, folder, source=SOURCE, findings=[ERROR], draft=True)
    assert listed(folder)["draft"] is True
    for path in folder.glob("*.docx"):
        for part in ("word/header1.xml", "word/header2.xml"):
            assert any("DỰ THẢO" in text for text in paragraphs(path.read_bytes(), part))


def test_the_faulty_example_can_be_made_as_a_draft(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples" / "ho-so-loi.json"
    packet, checked = make_packet(example, tmp_path / "p", PacketOptions(draft=True))
    assert packet is not None
    assert not checked.sound
    assert listed(tmp_path / "p")["draft"] is True
    assert len(packet.documents) > 20


def test_a_draft_leaves_out_the_sheet_of_nobody(data: dict[str, Any], tmp_path: Path) -> None:
    small = {**copy.deepcopy(data), "members": copy.deepcopy(data["members"][:1])}
    path = tmp_path / "ho-so.json"
    made = []
    for names in ((), ("", "  ")):
        for holder in (small["party_organization"], small["collective"], small["members"][0]):
            sheet = next(iter(holder["assessments"].values()))
            holder["assessments"].update(dict.fromkeys(names, sheet))
        path.write_text(json.dumps(small, ensure_ascii=False), encoding="utf-8")
        packet, checked = make_packet(path, tmp_path / f"p{len(made)}", PacketOptions(draft=True))
        assert packet is not None
        made.append([document.stem for document in packet.documents])
    assert "validation.assessment.unknown" in {finding.code for finding in checked.findings}
    assert made[0] == made[1]


def test_without_draft_no_page_is_marked(packet: Path) -> None:
    for path in packet.glob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            assert "DỰ THẢO" not in archive.read("word/header2.xml").decode()


def test_an_existing_folder_is_kept(packet: Path, data: dict[str, Any]) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in packet.iterdir()}
    with pytest.raises(UsageError):
        build_packet(load_regulation("kh55-2018"), data, packet, source=SOURCE)
    assert before == {p.name: p.stat().st_mtime_ns for p in packet.iterdir()}


def test_a_fault_half_way_leaves_nothing(data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(100))
    write = packet_fill.write_whole

    def failing(*args: Any, **options: Any) -> None:
        if next(calls) == 5:
            raise OSError(28, "No space left on device")
        write(*args, **options)

    monkeypatch.setattr(packet_fill, "write_whole", failing)
    with pytest.raises(Exception, match="disk_full"):
        build_packet(load_regulation("kh55-2018"), data, tmp_path / "p", source=SOURCE)
    assert list(tmp_path.iterdir()) == []


AWKWARD = [
    "{{ 7*7 }}",
    "<w:p>",
    "A & B < C",
    "Nguyễn 😀 Văn",
    "../../etc/passwd",
    "{% if x %}",
    "]]>",
    "“ngoặc” – gạch",
    "{{ cycler.__init__ }}",
]


@pytest.mark.parametrize("name", AWKWARD)
def test_what_people_type_appears_literally(data: dict[str, Any], tmp_path: Path, name: str) -> None:
    odd = copy.deepcopy({**data, "members": data["members"][:1]})
    odd["members"][0]["member"]["full_name"] = name
    folder = tmp_path / "p"
    build_packet(load_regulation("kh55-2018"), odd, folder, source=SOURCE)
    page = next(folder.glob("002-*.docx"))
    assert any(name in text for text in paragraphs(page.read_bytes()))
    assert page.parent == folder


def test_a_lost_value_is_noticed(data: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    regulation = load_regulation("kh55-2018")
    document = plan_documents(regulation, data)[1]
    filler = Filler(document.definition)
    record = form_data(document.definition, data, document.record)
    filler.fill(record)
    whole = filler.display.context

    def losing(*args: Any, **options: Any) -> dict[str, Any]:
        context = whole(*args, **options)
        context["review"]["results"] = context["review"]["results"][:-1]
        return context

    monkeypatch.setattr(filler.display, "context", losing)
    with pytest.raises(InternalError) as caught:
        filler.fill(record)
    assert "review.results" in caught.value.facts["problem"]


def test_the_summary_names_grades_and_findings(data: dict[str, Any], tmp_path: Path) -> None:
    from docgen.grading.board_summary import summary_of
    from docgen.grading.dossier_board import grade_dossier

    regulation = load_regulation("kh55-2018")
    small = {**data, "members": data["members"][:2]}
    board = grade_dossier(regulation, small)
    folder = tmp_path / "p"
    build_packet(regulation, small, folder, source=SOURCE, findings=[], board=summary_of(board))
    text = "\n".join(paragraphs((folder / SUMMARY).read_bytes()))
    assert "KH 55 II.B.2.3.1" in text
    assert "Nguyễn Văn A" in text


def test_a_file_name_of_an_old_disk_stops_nothing() -> None:
    from docgen.storage import json_bytes

    # Names that are not UTF-8 come from the file system with lone surrogates in them.
    assert json.loads(json_bytes({"file": "\udcff\udcfe-hồ-sơ.json"})) == {"file": "??-hồ-sơ.json"}
