"""The plan for printing and signing: by person, by form, ballots apart, nothing guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.packet.page_words import ranges
from docgen.packet.plan import Document, plan_documents
from docgen.packet.print_plan import PLAN, hands, print_plan
from docgen.pipeline import PacketOptions, make_packet
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.file.safe_open import open_word


def words(page: bytes) -> str:
    opened, _ = open_word(page)
    assert opened is not None
    return "\n".join("".join(p.itertext()) for p in opened.document.iter() if p.tag.endswith("}p"))


def plan_of(name: str, members: int = 2, **changed: Any) -> tuple[str, list[Document]]:
    regulation = load_regulation(name)
    data = sample_dossier(name) | changed
    data["members"] = data["members"][:members]
    documents = plan_documents(regulation, data)
    pages = {document.number: 3 for document in documents}
    return words(print_plan(regulation, data, documents, pages, 2)), documents


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([], ""),
        ([1], "001"),
        ([1, 2], "001, 002"),
        ([3, 1, 2, 2, 7], "001–003, 007"),
        ([9, 10, 11, 100], "009–011, 100"),
    ],
)
def test_runs_of_numbers(numbers: list[int], shown: str) -> None:
    assert ranges(numbers) == shown


@pytest.mark.parametrize("name", list_regulations())
def test_every_signature_is_somebodys(name: str) -> None:
    documents = plan_documents(load_regulation(name), sample_dossier(name))
    due = sorted((d.number, s.name) for d in documents for s in d.signers)
    told = sorted((n, hand.name) for hand in hands(documents) for found in hand.papers.values() for n in found)
    assert told == due
    named = [hand.name for hand in hands(documents) if hand.name]
    assert len(named) == len(set(named))  # one person, one row


def test_a_member_signs_the_own_papers() -> None:
    """KH 55 Mẫu 02 is signed by whoever it is of; Trần Thị B is the second."""
    text, documents = plan_of("kh55-2018")
    (own,) = [hand for hand in hands(documents) if hand.name == "Trần Thị B"]
    mine = {d.number for d in documents if d.record.member == "dv-02" and d.definition.form == "mau-02"}
    assert mine <= set(own.numbers)
    assert "Trần Thị B" in text


def test_sheets_of_both_sides_and_copies() -> None:
    """Three pages take two sheets; two copies of one paper four."""
    text, _ = plan_of("khbvp-2021", members=1)
    assert "hai mặt" in text
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("Mẫu 1A"))
    assert lines[at + 2 : at + 7] == ["1", "3", "hai mặt", "2", "4"]


def test_a_form_is_called_as_people_say_it() -> None:
    text, _ = plan_of("kh55-2018")
    assert "Mẫu 02: Bản kiểm điểm cá nhân" in text
    assert "KĐ.ĐG" not in text


def test_ballots_stand_apart_and_their_number_is_not_guessed() -> None:
    """KH BVP V gạch 2: one form for the cell and its members, in the packet; as many as are issued."""
    text, documents = plan_of("khbvp-2021", ballots={"issued": 12})
    assert "12 phiếu" in text
    assert any(d.definition.form == "phieu-xep-loai" for d in documents)
    by_form = text.partition("Theo mẫu")[2].partition("Phiếu, in riêng")[0]
    assert "Phiếu đánh giá" not in by_form
    assert "chưa ghi số phiếu phát ra" in plan_of("khbvp-2021", ballots={})[0]


@pytest.mark.parametrize(("name", "form"), [("hd19-2024", "phieu-02"), ("hd43-2025", "phieu-bieu-quyet")])
def test_a_ballot_that_is_not_in_the_packet_is_named(name: str, form: str) -> None:
    """HD 19 C.II.3.2 bước 2 has a form of its own; HD 43 has none, so docgen's draft is offered."""
    assert f"--with {form}" in plan_of(name)[0]


def test_ballots_asked_for_lie_in_one_file() -> None:
    regulation, data = load_regulation("hd19-2024"), sample_dossier("hd19-2024")
    data["ballots"] = {"issued": 12}
    documents = plan_documents(regulation, data, ["phieu-02"])
    text = words(print_plan(regulation, data, documents, {}, 1))
    assert f"Tờ {documents[-1].number:03d}" in text
    assert "12 phiếu giống nhau" in text


def test_without_drawings_no_pages_are_told() -> None:
    regulation, data = load_regulation("kh55-2018"), sample_dossier("kh55-2018")
    data["members"] = data["members"][:1]
    text = words(print_plan(regulation, data, plan_documents(regulation, data), {}, 1))
    assert "Chưa có tệp PDF" in text
    assert "hai mặt" not in text.partition("Theo mẫu")[2]


def test_the_packet_holds_it_only_when_asked_and_does_not_hand_it_in(tmp_path: Path) -> None:
    data = sample_dossier("khbvp-2021")
    data["members"] = data["members"][:1]
    data.pop("ballots", None)
    data["members"][0].pop("votes", None)
    path = tmp_path / "h.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    plain, _ = make_packet(path, tmp_path / "a")
    assert plain is not None
    assert not (plain.folder / PLAN).exists()
    made, _ = make_packet(path, tmp_path / "b", PacketOptions(print_copies=2))
    assert made is not None
    contents = [json.loads((p.folder / "manifest.json").read_text(encoding="utf-8")) for p in (plain, made)]
    (entry,) = [extra for extra in contents[1]["extras"] if extra["what"] == "print_plan"]
    assert (entry["file"], entry["submitted"]) == (PLAN, False)
    # A packet with a plan is another packet: a batch that is run again must not take one for the other.
    assert contents[0]["key"] != contents[1]["key"]
    assert contents[0]["files"] == contents[1]["files"]
