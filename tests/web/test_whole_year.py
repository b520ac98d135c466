"""A year's work in a real browser, from the link of the first start to a packet that is signed and verified.

Once with a mouse and all sixteen members; then the same with three, on a telephone, by keyboard alone and without
JavaScript. Neither the browser nor the server speaks to another machine.
"""

from __future__ import annotations

import copy
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from test_serve import SERVE, ask, free_port
from year_clerk import PATIENCE, ByKeyboard, Clerk, OnTelephone, WithoutScript

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.regulations.loader import load_regulation
from docgen.signing import Asked, Signing, field_name, load_trust, sign
from docgen.signing.demo_authority import Authority
from docgen.signing.fields import field_names
from docgen.signing.keys import Key, describe, pkcs12_signer

pytestmark = pytest.mark.chromium
REGULATION, LOGIN, PASSWORD = "hd43-2025", "hanh", "mot cau de nho 2026"
#: Who writes nothing: not long enough in the party, or written already when the workbook is read.
NOT_BY_WORD = ("dv-12", "dv-16")
SELF_REVIEWS = ("mau-02a", "mau-02b", "mau-02c")
#: What is asked of everybody, and what of one member alone.
COMMON, OWN = "disciplined_in_year", "exempt_from_party_activities"
#: Signs where the dossier names nobody: the level above.
UNNAMED = "Người ký cấp trên (thử)"
_T = TypeVar("_T")
#: Put in the server's way and its workers': an address of another machine is written down and refused.
NO_WAY_OUT = """
import os, sys

def _watch(event, told):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        return
    place = told[1] if event in ("socket.connect", "socket.sendto") else told[0]
    host = place[0] if isinstance(place, tuple) else place
    if isinstance(place, str) and place.startswith("/") or str(host) in ("127.0.0.1", "::1", "localhost", "None"):
        return
    with open(os.environ["DOCGEN_TEST_ASKED"], "a") as out:
        print(event, host, file=out)
    raise OSError(f"another machine: {host}")

sys.addaudithook(_watch)
"""


class Year:
    """The dossier that the work begins with, what people write in Word, and who holds which key."""

    def __init__(self, folder: Path, members: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.whole = copy.deepcopy(sample_dossier(REGULATION, year=2026))
        if members:
            self.whole["members"] = [one for one in self.whole["members"] if one["id"] in members]
        self.authority = Authority()
        self._keys: dict[str, Key] = {}
        self._beside = ThreadPoolExecutor(1)

    @property
    def book(self) -> Path:
        """The workbook at the beginning of the work: no self-review, no grade, two things that nobody has said."""
        data = copy.deepcopy(self.whole)
        for member in data["members"]:
            member.get("facts", {}).pop(COMMON, None)
            member["cell"].pop("grade", None)
            if member["id"] not in NOT_BY_WORD:
                member.pop("review", None)
        data["members"][0]["facts"].pop(OWN)
        loaded, found = docgen.load_dossier(data)
        assert loaded is not None, found
        content, _ = docgen.convert_dossier(loaded, "xlsx")
        assert content is not None
        path = self.folder / "so-chi-bo.xlsx"
        path.write_bytes(content)
        return path

    def returned(self, handed_out: bytes) -> list[Path]:
        """The self-reviews as they come back: those files of the zip, with what their people wrote in them."""
        loaded, _ = docgen.load_dossier(self.whole)
        assert loaded is not None
        regulation, out = load_regulation(REGULATION), []
        with zipfile.ZipFile(io.BytesIO(handed_out)) as archive:
            for name in archive.namelist():
                read = docgen.read_form(archive.read(name))
                if read.form not in SELF_REVIEWS or read.record in NOT_BY_WORD:
                    continue
                definition = load_form(regulation, read.form)
                path = self.folder / Path(name).name
                path.write_bytes(Filler(definition).fill(form_data(definition, loaded.data, Record(read.record))))
                out.append(path)
        return out

    def beside(self, act: Callable[..., _T], *told: object) -> _T:
        """What `act` gives: the browser's own event loop runs in this thread, and pyHanko wants one of its own."""
        return self._beside.submit(act, *told).result()

    def key(self, name: str) -> Key:
        """The key of somebody called `name`."""
        if name not in self._keys:
            store = self.authority.pkcs12(*self.authority.issue(name), "mật khẩu")
            self._keys[name] = describe(pkcs12_signer(store, "mật khẩu".encode()), name)
        return self._keys[name]

    def signed_elsewhere(self, waiting: bytes, manifest: dict[str, Any]) -> list[Path]:
        """The PDFs that wait, each signed by whoever comes next on it, as another program signs."""
        signers = {Path(one["pdf"]["file"]).name: one["signers"] for one in manifest["files"] if one["pdf"]}
        out = []
        with zipfile.ZipFile(io.BytesIO(waiting)) as archive:
            for name in archive.namelist():
                pdf = archive.read(name)
                there = {field for field, taken in field_names(pdf) if taken}
                who = next(one for one in signers[name] if field_name(one["role"]) not in there)
                path = self.folder / name
                key = self.key(who["name"] or UNNAMED)
                path.write_bytes(self.beside(sign, pdf, field_name(who["role"]), key, Signing()))
                out.append(path)
        return out


@contextmanager
def first_start(folder: Path, year: Year) -> Iterator[tuple[str, str]]:
    """`docgen serve` on an empty folder, kept on this machine: its address and the link that it prints."""
    trust = folder / "du-lieu" / "trust"
    trust.mkdir(parents=True)
    (trust / "ca.pem").write_bytes(year.authority.pem())
    (folder / "sitecustomize.py").write_text(NO_WAY_OUT, encoding="utf-8")
    asked, told, port = folder / "asked.txt", folder / "stderr.txt", free_port()
    env = {**os.environ, "PYTHONPATH": str(folder), "DOCGEN_TEST_ASKED": str(asked)}
    command = [*SERVE, "--data", str(folder / "du-lieu"), "--port", str(port)]
    with told.open("wb") as out, subprocess.Popen(command, stderr=out, env=env) as process:
        try:
            found = None
            while found is None:
                assert process.poll() is None, told.read_text(encoding="utf-8")
                found = re.search(r"\S+/lan-dau/\S+", told.read_text(encoding="utf-8"))
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", found[0]
        finally:
            process.terminate()
    assert not asked.exists(), asked.read_text(encoding="utf-8")
    assert "unexpected" not in told.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(tool_at: Callable[[str], str]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # Debian's own Chromium: nothing is downloaded. It may run as root in a container, where it has no sandbox.
        opened = play.chromium.launch(executable_path=tool_at("chromium"), args=["--no-sandbox"])
        yield opened
        opened.close()


def enter(clerk: Clerk, address: str, link: str) -> None:
    """The link of the first start, the first account, signing in."""
    clerk.page.goto(link)
    for name, text in (
        ("don-vi", "Chi bộ thử"), ("ho-ten", "Nguyễn Thị Hạnh"), ("ten", LOGIN), ("mk", PASSWORD), ("mk2", PASSWORD),
    ):  # fmt: skip
        clerk.fill(f"#{name}", text)
    clerk.look("lan-dau")
    clerk.click("main button[type=submit]")
    clerk.page.wait_for_url(re.compile(f"^{address}/(dang-nhap.*|ho-so)$"))
    if "dang-nhap" in clerk.page.url:
        clerk.fill("#ten", LOGIN)
        clerk.fill("#mk", PASSWORD)
        clerk.look("dang-nhap")
        clerk.click("main button[type=submit]")
        clerk.page.wait_for_url(f"{address}/ho-so")
    clerk.look("cac-ho-so")


def from_workbook(clerk: Clerk, year: Year) -> str:
    """A dossier from a workbook: read, looked at, taken. Its number."""
    clerk.tick("#tu-tep")
    clerk.give_files("#tep", [year.book])
    clerk.click("#mo-moi button[type=submit]")
    clerk.page.wait_for_selector("#da-doc")
    assert "Chưa ghi gì" in clerk.look("xem-truoc")
    clerk.click("#da-doc button[type=submit]")
    clerk.page.wait_for_url(re.compile(r"/ho-so/[0-9a-f]{32}$"))
    clerk.look("ho-so")
    return str(clerk.page.url.rpartition("/")[2])


def out_and_back(clerk: Clerk, year: Year) -> None:
    """The forms go out in a zip; the self-reviews come back in one heap, are looked at and taken."""
    clerk.go("/phat-va-thu")
    clerk.look("phat")
    handed = clerk.saved(lambda: clerk.click("#phat > form button"))
    files = year.returned(handed)
    assert len(files) == len([one for one in year.whole["members"] if one["id"] not in NOT_BY_WORD])
    clerk.page.reload()
    clerk.give_files("#tep", files)
    clerk.click("#thu button")
    clerk.page.wait_for_selector("#vua-ve")
    assert "Chưa ghi gì" in clerk.look("vua-ve")
    assert clerk.page.locator("input[name=nhan]:checked").count() == len(files)
    clerk.click("#vua-ve form[action$='/nhan'] > button")
    clerk.page.wait_for_selector("#vua-ve", state="detached")
    clerk.look("da-nhan")


def answers(clerk: Clerk, year: Year) -> None:
    """What holds for all with one exception, the question about one member, everybody's grade, closing."""
    clerk.go("/xep-loai")
    clerk.look("cau-hoi")
    but = [one["id"] for one in year.whole["members"] if one.get("facts", {}).get(COMMON) is True]
    clerk.tick(f"input[name='c:{COMMON}'][value=khong]")
    if but:
        clerk.open_details(f"#chung fieldset:has([name='c:{COMMON}']) details details summary")
        for key in but:
            clerk.tick(f"input[name='tru:{COMMON}'][value='{key}']")
    clerk.click("#chung form > button")
    clerk.page.wait_for_url(re.compile("#chung$"))
    clerk.look("cau-hoi-rieng")
    asked = clerk.page.locator("#hoi input[type=radio][value=khong]")
    names = [asked.nth(place).get_attribute("name") for place in range(asked.count())]
    assert [name for name in names if OWN in name] != []
    for name in names:
        clerk.tick(f"#hoi input[name='{name}'][value=khong]")
    clerk.click("#hoi form > button")
    clerk.page.wait_for_url(re.compile("#hoi$"))
    clerk.look("da-tra-loi")
    assert clerk.page.locator("#hoi input[type=radio]").count() == 0
    assert clerk.page.locator("#hoi fieldset").count() == len(but)  # whom the text leaves to the board's judgement
    for index, member in enumerate(year.whole["members"]):
        if member["cell"].get("grade"):
            clerk.choose(f"select[name='q:{index}:cell']", member["cell"]["grade"])
    clerk.click("#bang form > button")
    clerk.page.wait_for_url(re.compile("#bang$"))
    clerk.look("da-quyet-dinh")
    clerk.click("a.two[href='#chot']")
    clerk.tick("#chot input[name=dong-y]")
    clerk.click("#chot form button")
    clerk.page.wait_for_selector("#chot", state="detached")
    assert "Đã chốt kết quả" in clerk.look("da-chot")


def packet(clerk: Clerk) -> dict[str, Any]:
    """The packet is made in the background and comes as a zip; its manifest."""
    clerk.go("/bo-ho-so")
    clerk.look("chua-lap")
    clerk.click("main section.next form button.btn")
    clerk.page.wait_for_selector("#dang-lap, #xong")
    clerk.page.wait_for_selector("#xong", timeout=3 * PATIENCE)
    clerk.look("bo-ho-so")
    with zipfile.ZipFile(io.BytesIO(clerk.saved(lambda: clerk.click("#xong a[href$='/zip']")))) as archive:
        assert archive.testzip() is None
        name = next(name for name in archive.namelist() if name.endswith("manifest.json"))
        told: dict[str, Any] = json.loads(archive.read(name))
        assert {Path(one["file"]).name for one in told["files"]} <= {Path(n).name for n in archive.namelist()}
        return told


def signatures(clerk: Clerk, year: Year, manifest: dict[str, Any]) -> None:
    """Turn by turn: what waits is taken out, signed elsewhere, brought back; then the verdict."""
    clerk.go("/ky")
    clerk.look("ky")
    turns = 0
    while clerk.page.locator("a[href$='/cho-ky.zip']").count():
        waiting = clerk.saved(lambda: clerk.click("a[href$='/cho-ky.zip']"))
        files = year.signed_elsewhere(waiting, manifest)
        clerk.give_files("#pdf", files)
        clerk.click("form[action*='/ky/pdf'] button")
        clerk.page.wait_for_selector("#da-len")
        assert clerk.page.locator("#da-len tr.stop, #da-len tr.look").count() == 0, clerk.page.inner_text("#da-len")
        turns += 1
        if turns == 1:
            clerk.look("da-dua-len")
        clerk.page.goto(clerk.page.url.partition("/ky")[0] + "/ky")
        assert turns <= 8
    clerk.look("da-ky-het")
    clerk.click("#ket-qua a[href*='kiem=1']")
    clerk.page.wait_for_selector("#ket-qua p .st")
    # Whoever signs elsewhere says nothing of the list of papers, and docgen does not pretend that he did.
    assert "không có chữ ký nào bảo đảm cho danh mục" in clerk.look("ket-luan")
    assert clerk.page.locator("#ket-qua p .st.lam").count() == 1
    assert clerk.page.locator("#ket-qua tbody tr").count() == 0  # named are the papers of which something is to be said


def verified(clerk: Clerk, year: Year) -> None:
    """`docgen verify` passes every paper of what is downloaded in the end, with every signature that was due in it."""
    path = year.folder / "da-ky.zip"
    path.write_bytes(clerk.saved(lambda: clerk.click("#ket-qua a[href$='/tep.zip']")))
    root = year.folder / "ca.pem"
    root.write_bytes(year.authority.pem())
    verdict = year.beside(docgen.verify, path, Asked(load_trust([root])))
    assert (verdict.status, [one.code for one in verdict.reasons if one.weight != "note"]) == (
        "cannot_tell",
        ["manifest_unsealed"],
    )
    assert {one.status for one in verdict.documents if one.signatures} == {"passed"}
    assert sum(len(one.signatures) for one in verdict.documents) > len(verdict.documents) // 2


def whole_year(browser: Any, folder: Path, worker: type[Clerk], members: tuple[str, ...] = ()) -> None:
    year = Year(folder, members)
    pictures = folder / "pictures"
    pictures.mkdir()
    with first_start(folder, year) as (address, link):
        clerk = worker(browser, pictures)
        enter(clerk, address, link)
        number = from_workbook(clerk, year)
        out_and_back(clerk, year)
        clerk.go("/kiem-tra")
        assert "Phải sửa" not in clerk.look("kiem-tra")
        answers(clerk, year)
        signatures(clerk, year, packet(clerk))
        verified(clerk, year)
        clerk.go(f"/ho-so/{number}")
        clerk.look("xong-viec")
        told = clerk.page.text_content("nav.steps")  # a telephone shows the titles of the steps alone
        assert told is not None
        assert "đủ chữ ký" in told
        assert clerk.hosts == {"127.0.0.1"}
        clerk.close()
        assert json.loads(ask(int(address.rpartition(":")[2]), "GET", "/health")[1])


def test_a_year_of_sixteen_members(browser: Any, tmp_path: Path) -> None:
    whole_year(browser, tmp_path, Clerk)


@pytest.mark.parametrize("worker", [OnTelephone, ByKeyboard, WithoutScript])
def test_a_year_of_three_members_otherwise(browser: Any, tmp_path: Path, worker: type[Clerk]) -> None:
    whole_year(browser, tmp_path, worker, ("dv-01", "dv-04", "dv-05"))


def test_the_guard_sees_another_machine(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_WAY_OUT, encoding="utf-8")
    asked = tmp_path / "asked.txt"
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "DOCGEN_TEST_ASKED": str(asked)}
    code = "import socket; socket.create_connection(('203.0.113.7', 80), 1)"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, timeout=60)
    assert done.returncode == 1
    assert "203.0.113.7" in asked.read_text(encoding="utf-8")
