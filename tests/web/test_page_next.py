"""The next step and the bar of steps with a packet: made, signed in part, signed, changed since, handed over; what a
closed result settles."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest
from afar import TURNS, key, make_packet
from page_office import Browser, signed_in
from web_office import Office

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.grading.dossier_board import Row
from docgen.grading.proposal import Proposal, Question
from docgen.pipeline import check_loaded
from docgen.signing.packet import sign_packet
from docgen.signing.signed_manifest import load_manifest
from docgen.web import access, dossier_store, packet_store

UNIT = "chi-bo-a"


def box(browser: Browser, path: str) -> tuple[str, str, str]:
    """The blue box of a page: its head, what it says, where its button leads."""
    told = browser.get(path).text
    found = re.search(r'<section class="next".*?<h2.*?>(.*?)</h2>\s*<p>(.*?)</p>\s*<a class="btn" href="(.*?)"', told,
                      re.DOTALL)  # fmt: skip
    assert found is not None, told
    return html.unescape(found[1]), html.unescape(found[2]), found[3]


def of_signing(browser: Browser, home: str) -> tuple[str, bool]:
    """What the bar says of the last step, and whether it is marked as done."""
    found = re.search(r'<li( class="ok")?><[^>]*>6\. Ký<small>(.*?)</small>', browser.get(home).text)
    assert found is not None
    return found[2], bool(found[1])


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet that nobody has signed."""
    return make_packet(tmp_path_factory.mktemp("next") / "fresh")


def test_a_packet_leads_from_signing_to_handing_over(office: Office, fresh: Path) -> None:
    browser, dossier, number = signed_in(office), office.dossier(sample_dossier("hd43-2025"), UNIT), access.new_id()
    home = f"/ho-so/{dossier}"
    due = sum(len(one.signers) for one in load_manifest(fresh).documents)
    assert box(browser, home)[::2] == ("Việc tiếp theo: lập bộ hồ sơ", f"{home}/bo-ho-so")
    assert of_signing(browser, home) == ("chưa đến", False)

    folder = packet_store.folder_of(office.settings, number)
    shutil.copytree(fresh, folder)
    with office.database.write() as db:
        packet_store.enter(db, number, dossier, 1, False)
    told = f"Bộ hồ sơ đã lập, có 0 trong {due} chữ ký."
    assert box(browser, home) == ("Việc tiếp theo: ký", told, f"{home}/ky")
    assert of_signing(browser, home) == ("chờ ký", False)

    for role, name in TURNS:
        assert box(browser, home)[0] == "Việc tiếp theo: ký"
        sign_packet(folder, role, key(name))
        if role == "manager":
            assert of_signing(browser, home) == (f"4 trong {due} chữ ký", False)
    assert box(browser, home)[::2] == ("Việc tiếp theo: nộp", f"{home}/bo-ho-so#nop")
    assert box(browser, f"{home}/bo-ho-so")[::2] == ("Việc tiếp theo: nộp", "#nop")
    assert of_signing(browser, home) == ("đủ chữ ký", True)

    with office.database.write() as db:
        told_of = {"packet": number, "on": "2025-12-20", "to": "Đảng ủy Trường", "what": "", "version": 1}
        dossier_store.note(db, dossier, "Hạnh", "/handed_over", told_of)
    assert box(browser, home) == ("Đã nộp ngày 20/12/2025", "Nơi nhận: Đảng ủy Trường.", f"{home}/bo-ho-so")

    with office.database.write() as db:
        dossier_store.change(db, dossier, "Hạnh", None, lambda data: {**data, "document": {"place": "Xã khác"}})
    assert box(browser, home)[::2] == ("Việc tiếp theo: lập lại bộ hồ sơ", f"{home}/bo-ho-so")
    assert of_signing(browser, home)[1] is False


def test_a_draft_is_no_packet(office: Office, fresh: Path) -> None:
    browser, dossier, number = signed_in(office), office.dossier(sample_dossier("hd43-2025"), UNIT), access.new_id()
    shutil.copytree(fresh, packet_store.folder_of(office.settings, number))
    with office.database.write() as db:
        packet_store.enter(db, number, dossier, 1, True)
    assert box(browser, f"/ho-so/{dossier}")[0] == "Việc tiếp theo: lập bộ hồ sơ"
    assert of_signing(browser, f"/ho-so/{dossier}") == ("chưa đến", False)


def test_a_closed_result_asks_for_nothing_of_the_board(office: Office) -> None:
    browser, dossier = signed_in(office), office.dossier(sample_dossier("kh55-2018"), UNIT)
    home = f"/ho-so/{dossier}"
    assert box(browser, home)[0] == "Việc tiếp theo: trả lời câu còn hỏi"
    assert browser.post(f"{home}/xep-loai/chot", {"phien-ban": "1", "dong-y": "1"}).status_code == 303
    assert box(browser, home)[::2] == ("Việc tiếp theo: lập bộ hồ sơ", f"{home}/bo-ho-so")


def test_a_question_that_waits_for_a_decision_is_closed_by_one() -> None:
    judged, missing = Question("judgement:x"), Question("missing:y", asks=("y",))

    def asked(*questions: Question, decided: str = "") -> bool:
        return Row("dv-01", "A", "member", Proposal("hd43-2025", "member", questions=questions), decided=decided).asked

    assert not asked()
    assert asked(judged)
    assert not asked(judged, decided="htt")
    assert asked(judged, missing, decided="htt")


def test_what_the_sample_decided_is_asked_no_more() -> None:
    loaded, _ = docgen.load_dossier(sample_dossier("hd43-2025"))
    assert loaded is not None
    board = check_loaded(loaded, list(loaded.findings)).board
    assert board is not None
    assert [(row.name, row.asked) for row in board.rows if row.proposal.questions] == [("Đỗ Quốc K", False)]
