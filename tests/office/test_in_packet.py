"""Papers around the packet beside its own documents: only when asked for, each filled, what is counted locked."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docgen.cli import cli
from docgen.dossier.sample import sample_dossier
from docgen.dossier.sample_office import add_office
from docgen.errors import UsageError
from docgen.forms.definition import load_form
from docgen.forms.merge import merge_form
from docgen.forms.readback import read_form
from docgen.packet.office_data import office_data
from docgen.packet.plan import further_forms, plan_documents
from docgen.regulations.loader import list_regulations, load_regulation


def sample(regulation: str, office: bool = True) -> dict[str, Any]:
    data = sample_dossier(regulation, year=2026 if regulation == "hd43-2025" else None)
    if office:
        add_office(load_regulation(regulation), data)
    return data


def saved(path: Path, data: dict[str, Any]) -> Path:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packet of HD 43 with every paper."""
    folder = tmp_path_factory.mktemp("bo")
    path = saved(folder / "ho-so.json", sample("hd43-2025"))
    forms = load_regulation("hd43-2025").office
    run = CliRunner().invoke(cli, ["packet", str(path), "-o", str(folder / "bo"), "--with", ",".join(forms)])
    assert run.exit_code == 0, run.output
    return folder / "bo"


@pytest.mark.parametrize("regulation", list_regulations())
def test_the_packet_itself_has_none(regulation: str) -> None:
    loaded = load_regulation(regulation)
    forms = {document.definition.form for document in plan_documents(loaded, sample(regulation))}
    assert forms.isdisjoint(loaded.office)
    assert forms <= set(loaded.forms)


def test_they_follow_the_packets_own_documents(made: Path) -> None:
    entries = manifest(made)["files"]
    forms = [entry["form"] for entry in entries]
    office = load_regulation("hd43-2025").office
    assert forms[-len(office) :] == list(office)
    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
    signers = {entry["form"]: [(s["role"], s["name"], s["seal"]) for s in entry["signers"]] for entry in entries}
    # A chi bộ has no seal; the secretary signs before the chair; a ballot is signed by nobody.
    assert signers["to-trinh"] == [("office", "Nguyễn Văn A", False)]
    assert signers["bien-ban-hop"] == [("secretary", "Lê Hoàng C", False), ("chair", "Nguyễn Văn A", False)]
    assert signers["bien-ban-kiem-phieu"] == [("counter", "Phạm Thị D", False), ("chair", "Nguyễn Văn A", False)]
    assert signers["phieu-bieu-quyet"] == []


def test_a_dang_uy_seals_what_it_issues() -> None:
    for regulation, seals in (("hd43-2025", [False, True]), ("hd16-2018", [True])):
        data = sample(regulation)
        data["organization"]["kind"] = "dang_bo"
        data["party_organization"].setdefault("facts", {})["org_type"] = "dang_bo"
        (paper,) = plan_documents(load_regulation(regulation), data, ["to-trinh"])[-1:]
        # QĐ 379 Điều 12: the person's signature, then the body's; before it a stamp beside the one signature.
        assert [signer.seal for signer in paper.signers] == seals
        assert paper.signers[0].caption == "T/M ĐẢNG ỦY"


def test_every_paper_of_every_regulation_is_filled(tmp_path: Path) -> None:
    for regulation in list_regulations():
        loaded = load_regulation(regulation)
        data = sample(regulation)
        path = saved(tmp_path / f"{regulation}.json", data)
        # Of no invalid ballot nobody says why.
        unsaid = set() if data["ballots"]["invalid"] else {"ballots.invalid_reason"}
        for form in loaded.office:
            target = tmp_path / regulation / f"{form}.docx"
            run = CliRunner().invoke(cli, ["blank", form, "--dossier", str(path), "-o", str(target)])
            assert run.exit_code == 0, run.output
            if form != "phieu-bieu-quyet":
                result = read_form(target.read_bytes())
                assert result.findings == [], (regulation, form)
                assert set(result.blank) <= {"issuer.chair_post", "issuer.post", *unsaid, *numbers(result.blank)}, (
                    regulation,
                    form,
                )


def numbers(blank: Any) -> set[str]:
    """What the văn thư writes by hand, and what nobody has decided yet."""
    left = ("number", "members[].committee.grade", "members[].cell.note", "members[].discussion", "members[].shares",
            "members[].member.position", "members[].review.grade_party", "members[].cell.grade", "results[].grade",
            "announced", "sent[].note", "members[].votes", "counts.decided", "decided_groups")  # fmt: skip
    return {name for name in blank if any(part in name for part in left)}


def test_no_grade_is_the_machines(tmp_path: Path) -> None:
    data = sample("hd43-2025")
    for member in data["members"]:
        member.pop("cell", None)
    path = saved(tmp_path / "ho-so.json", data)
    for form in ("tong-hop", "bao-cao", "to-trinh", "quyet-dinh", "bien-ban-hop"):
        CliRunner().invoke(cli, ["blank", form, "--dossier", str(path), "-o", str(tmp_path / f"{form}.docx")])
        result = read_form((tmp_path / f"{form}.docx").read_bytes()).data
        rows = [*result.get("groups", ()), *result.get("results", ())]
        assert not [row for row in rows if row.get("grade") or any(row.get(g, "0") != "0" for g in ("HTXSNV", "HTTNV"))]
        assert all(row["count"] == 0 for row in result.get("proposed", ())[:4])


def test_what_is_counted_is_locked_and_what_is_written_is_open(made: Path) -> None:
    (file,) = made.glob("*-to-trinh.docx")
    with zipfile.ZipFile(file) as archive:
        document = archive.read("word/document.xml").decode()
    locks = {}
    for properties in re.findall(r"<w:sdtPr>.*?</w:sdtPr>", document, re.DOTALL):
        tag, lock = re.search(r'w:tag w:val="([^"]+)"', properties), re.search(r'w:lock w:val="([^"]+)"', properties)
        assert tag
        assert lock
        locks[tag[1]] = lock[1]
    assert locks["groups[].HTTNV"] == locks["counts.documents"] == "sdtContentLocked"
    assert locks["submission.issues"] == locks["submission.number"] == "sdtLocked"
    assert "E7E6E6" not in document  # no grey ground on a paper that is printed


def test_what_was_said_comes_back_and_what_was_counted_does_not(made: Path) -> None:
    (file,) = made.glob("*-bien-ban-hop.docx")
    regulation = load_regulation("hd43-2025")
    dossier = sample("hd43-2025", office=False)
    merged = merge_form(dossier, read_form(file.read_bytes()), regulation, load_form(regulation, "bien-ban-hop"))
    assert merged.data["minutes"]["conclusion"]
    assert merged.data["meeting"]["secretary"] == "Lê Hoàng C"
    assert merged.data["members"][0]["discussion"]["answer"]
    assert set(merged.data).isdisjoint(regulation.computed)
    assert "shares" not in merged.data["members"][0]
    assert merged.withheld == 0


def test_an_unknown_paper_is_refused_with_those_there_are(tmp_path: Path) -> None:
    regulation = load_regulation("hd43-2025")
    with pytest.raises(UsageError) as fault:
        plan_documents(regulation, sample("hd43-2025"), ["giay-di-duong"])
    assert "giay-moi" in str(fault.value.facts["known"])
    path = saved(tmp_path / "ho-so.json", sample("hd43-2025"))
    run = CliRunner().invoke(cli, ["packet", str(path), "-o", str(tmp_path / "bo"), "--with", "giay-di-duong"])
    assert getattr(run.exception, "code", "") == "errors.usage.no_such_paper"
    assert not (tmp_path / "bo").exists()


def test_a_regulations_own_papers_outside_the_packet_may_be_asked_for() -> None:
    assert "phieu-02" in further_forms(load_regulation("hd19-2024"))
    documents = plan_documents(load_regulation("hd19-2024"), sample("hd19-2024"), ["phieu-02"])
    assert documents[-1].definition.form == "phieu-02"
    assert documents[-1].copies > 1


def test_the_packet_that_has_them_has_a_key_of_its_own(tmp_path: Path) -> None:
    path = saved(tmp_path / "ho-so.json", sample("khbvp-2021"))
    keys = []
    for number, more in enumerate(([], ["--with", "giay-moi"], ["--with", "thong-bao"])):
        run = CliRunner().invoke(cli, ["packet", str(path), "-o", str(tmp_path / str(number)), *more])
        assert run.exit_code == 0, run.output
        keys.append(manifest(tmp_path / str(number))["key"])
    assert len(set(keys)) == 3


def test_the_minutes_of_the_count_come_from_the_ballots_of_every_regulation(tmp_path: Path) -> None:
    path = saved(tmp_path / "ho-so.json", sample("hd43-2025"))
    target = tmp_path / "bien-ban.docx"
    run = CliRunner().invoke(cli, ["tally", str(path), "-o", str(target)])
    assert run.exit_code == 0, run.output
    data = read_form(target.read_bytes()).data
    assert data["counts"]["valid"] == data["ballots"]["collected"] - data["ballots"]["invalid"]
    assert data["members"][0]["votes"]["HTTNV"] == data["counts"]["valid"] - 2


def test_a_unit_replaces_a_line_or_the_whole_paper(tmp_path: Path) -> None:
    folder = tmp_path / "van-ban" / "chi-bo-vi-du-2026"
    (folder / "forms").mkdir(parents=True)
    lines = ["regulation: chi-bo-vi-du-2026", "extends: hd43-2025", "short: CB", "number: 5-KH/CB",
             "issuer: Chi bộ Ví dụ", 'issued: "2026-11-02"', "title: Kế hoạch kiểm điểm năm 2026"]  # fmt: skip
    (folder / "regulation.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "forms" / "giay-moi.yaml").write_text(
        "form: giay-moi\nextends: giay-moi\nreplace:\n"
        '  "Đề nghị đồng chí sắp xếp thời gian, dự họp đầy đủ, đúng giờ.": "Mong đồng chí đến dự."\n',
        encoding="utf-8",
    )
    regulation = load_regulation("chi-bo-vi-du-2026", [tmp_path / "van-ban"])
    words = load_form(regulation, "giay-moi").fixed_texts()
    assert "Mong đồng chí đến dự." in words
    assert not [text for text in words if text.startswith("Đề nghị đồng chí sắp xếp")]
    run = CliRunner().invoke(cli, ["regulations", "--check", str(folder)])
    assert run.exit_code == 0, run.output
    # Its own plan is cited behind what it carries out.
    lines = office_data(regulation, sample("hd43-2025", office=False))["cited"]["open"]
    assert [line.partition("số ")[2].partition(",")[0] for line in lines[:3]] == ["366-QĐ/TW", "43-HD/BTCTW", "5-KH/CB"]
