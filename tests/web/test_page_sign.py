"""The page of signatures: whose turn, PDFs signed elsewhere, papers signed by hand, who may do which."""

from __future__ import annotations

import io
import json
import shutil
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from afar import AN, BUOI, MANAGER, authority, files, key, make_packet, placed, signed_by
from page_office import Browser, add_person, signed_in
from web_office import Office

from docgen.signing import own_judge
from docgen.signing.demo_authority import Authority
from docgen.signing.fields import field_name
from docgen.signing.keys import Key, describe, pkcs12_signer
from docgen.signing.packet import sign_packet
from docgen.signing.pades import Signing, sign
from docgen.web import packet_store

UNIT = "chi-bo-a"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet that nobody has signed."""
    return make_packet(tmp_path_factory.mktemp("page-sign") / "fresh")


@pytest.fixture(scope="module")
def begun(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packet after both authors."""
    target = tmp_path_factory.mktemp("page-sign") / "begun"
    shutil.copytree(fresh, target)
    for name in (AN, BUOI):
        sign_packet(target, "author", key(name))
    return target


def trusting(office: Office, root: Authority | None = None) -> None:
    """The server trusts the authority of the tests."""
    folder = office.settings.data / "trust"
    folder.mkdir(exist_ok=True)
    from cryptography.hazmat.primitives.serialization import Encoding

    (folder / "ca.pem").write_bytes((root or authority()).certificate.public_bytes(Encoding.PEM))


class Desk:
    """A browser at the page of signatures of one packet."""

    def __init__(self, office: Office, packet: Path, role: str = "thu_ky", unit: str = UNIT) -> None:
        self.office = office
        self.browser = signed_in(office, "hanh", role, unit)
        if unit != UNIT:
            add_person(office, "khac", unit=UNIT)
        self.packet = placed(office, packet, UNIT)
        with office.database.read() as db:
            row = packet_store.find(db, self.packet)
        assert row is not None
        self.dossier = str(row["dossier"])
        self.at = f"/ho-so/{self.dossier}/ky"

    def page(self, **query: str) -> str:
        answer = self.browser.get(self.at, params=query)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def post(self, path: str, given: dict[str, str] | None = None, **how: Any) -> Any:
        return self.browser.post(f"{self.at}/{path}", {"bo": self.packet, **(given or {})}, **how)

    def bring(self, *given: bytes, name: str = "to.pdf") -> Any:
        return self.post("pdf", files=[("pdf", (name, content, "application/pdf")) for content in given])

    def files(self) -> dict[str, bytes]:
        return files(self.office, self.packet)

    def paper(self, number: int) -> bytes:
        """The PDF of a paper as it lies on the server."""
        told = json.loads(self.files()["manifest.json"])["files"]
        return self.files()[next(one["pdf"]["file"] for one in told if one["number"] == number)]

    def refused(self, *given: bytes, saying: str, word: str = "không nhận") -> None:
        """One clear answer, and not a byte of the packet is another."""
        before = self.files()
        answer = self.bring(*given)
        assert answer.status_code == 422, answer.text
        assert word in answer.text
        assert saying in answer.text, answer.text
        assert self.files() == before


def signed(pdf: bytes, role: str, who: str | Key) -> bytes:
    """As another program signs: in the field of `role`, without a word of the packet."""
    return sign(pdf, field_name(role), key(who) if isinstance(who, str) else who, Signing())


@pytest.fixture
def desk(office: Office, fresh: Path) -> Desk:
    trusting(office)
    return Desk(office, fresh)


def test_whose_turn_it_is(desk: Desk) -> None:
    page = desk.page()
    assert AN in page
    assert BUOI in page
    assert "0 trong 2" in page
    assert "chưa đến lượt" in page
    assert page.count('class="btn"') == 1  # the next step


def test_what_waits_can_be_taken_out_and_comes_back_signed(desk: Desk) -> None:
    answer = desk.browser.get(f"{desk.at}/cho-ky.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    contents = {desk.paper(1), desk.paper(2)}
    got = {archive.read(name) for name in archive.namelist()}
    assert contents <= got
    answer = desk.bring(signed(desk.paper(1), "author", AN), signed(desk.paper(2), "author", BUOI))
    assert answer.status_code == 200, answer.text
    assert answer.text.count("nhận, đã ký") == 2
    assert {n: roles for n, roles in signed_by(desk.office, desk.packet).items() if n < 3} == {
        1: ["author"], 2: ["author"],
    }  # fmt: skip
    assert "2 trong 2" not in desk.page()  # a turn that is done says so in one word
    assert "chữ ký của lượt" in desk.page()


def test_the_next_in_turn_signs_upon_it(office: Office, begun: Path) -> None:
    trusting(office)
    desk = Desk(office, begun)
    assert desk.bring(signed(desk.paper(1), "manager", MANAGER)).status_code == 200
    assert signed_by(office, desk.packet)[1] == ["author", "manager"]
    verdict = desk.page(kiem="1")
    assert "không đạt" in verdict  # signatures are still missing
    assert "thiếu" in verdict


def test_a_replayed_file_and_one_that_was_overtaken(office: Office, begun: Path) -> None:
    trusting(office)
    desk = Desk(office, begun)
    old = desk.paper(1)
    first = second = signed(old, "manager", MANAGER)
    while second == first:  # two signatures of one second are the same bytes
        second = signed(old, "manager", MANAGER)
    assert desk.bring(first).status_code == 200
    desk.refused(first, saying="nhưng không có chữ ký nào mới")
    desk.refused(second, saying="đã có chữ ký khác")


def test_two_at_once_leave_one_signature(office: Office, begun: Path) -> None:
    trusting(office)
    desk = Desk(office, begun)
    given = [signed(desk.paper(1), "manager", MANAGER) for _ in range(2)]
    came: list[int] = []
    token = desk.browser.token("/huong-dan")

    def bring(content: bytes) -> None:
        how = {"headers": {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}}
        answer = desk.browser.client.post(
            f"{desk.at}/pdf", data={"csrf": token, "bo": desk.packet}, files={"pdf": ("a.pdf", content)}, **how
        )
        came.append(answer.status_code)

    threads = [threading.Thread(target=bring, args=(content,)) for content in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came)[0] == 200
    assert sorted(came)[1] in (422, 503)
    assert signed_by(office, desk.packet)[1] == ["author", "manager"]


def test_a_file_that_is_not_taken(desk: Desk) -> None:
    good = signed(desk.paper(1), "author", AN)
    changed = bytearray(good)
    changed[len(desk.paper(1)) // 2] ^= 1
    desk.refused(bytes(changed), saying="Không phải tệp của bộ hồ sơ này")
    desk.refused(b"%PDF-1.7\n%%EOF\n", saying="Không phải tệp của bộ hồ sơ này")
    desk.refused(b"", b"not a PDF", saying="Không phải tệp của bộ hồ sơ này")
    desk.refused(b"%%EOF" * 100_000, saying="Không phải tệp của bộ hồ sơ này")
    desk.refused(desk.paper(1), saying="nhưng không có chữ ký nào mới")
    desk.refused(desk.paper(1) + b"\n% more\n%%EOF\n", saying="")
    desk.refused(good + b"\n% more\n%%EOF\n", saying="")
    desk.refused(signed(desk.paper(1), "manager", MANAGER), saying="Chưa đến lượt: còn chờ")
    desk.refused(signed(desk.paper(1), "author", BUOI), saying=f"nhưng chỗ này là của {AN}")


def test_a_signature_in_a_field_of_its_own(desk: Desk) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    writer = IncrementalPdfFileWriter(io.BytesIO(desk.paper(1)))
    append_signature_field(writer, SigFieldSpec("Another", box=(10, 10, 90, 40)))
    out = io.BytesIO()
    writer.write(out)
    desk.refused(sign(out.getvalue(), "Another", key(AN), Signing()), saying="Another")


def test_a_signature_given_for_another_packet(desk: Desk, fresh: Path, tmp_path: Path) -> None:
    # The same paper, byte for byte, of another dossier's packet: docgen's signature says which packet it is for.
    other = tmp_path / "other"
    shutil.copytree(fresh, other)
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    manifest["dossier"]["sha256"] = "0" * 64
    (other / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    sign_packet(other, "author", key(AN))
    desk.refused(next((other / "pdf").glob("001*")).read_bytes(), saying="thuộc một bộ hồ sơ khác")


def test_a_certificate_of_an_unknown_root_is_refused_as_verify_does(office: Office, fresh: Path) -> None:
    stranger = Authority("CA khác")
    trusting(office, stranger)
    desk = Desk(office, fresh)
    desk.refused(signed(desk.paper(1), "author", AN), saying="Chứng thư không dẫn tới nơi cấp được tin")
    phrase = "abc"
    other = describe(pkcs12_signer(stranger.pkcs12(*stranger.issue(AN), phrase), phrase.encode()), AN)
    assert desk.bring(signed(desk.paper(1), "author", other)).status_code == 200


def test_without_any_root_nothing_is_taken(office: Office, fresh: Path) -> None:
    desk = Desk(office, fresh)
    assert "chưa có chứng thư gốc" in desk.page()
    desk.refused(signed(desk.paper(1), "author", AN), saying="Nhờ người quản trị", word="chưa kết luận được")


def test_of_several_files_the_good_one_is_taken(desk: Desk) -> None:
    answer = desk.bring(b"junk", signed(desk.paper(1), "author", AN), name='<b onclick="x">.pdf')
    assert answer.status_code == 422
    assert "<b onclick" not in answer.text
    assert "&lt;b onclick" in answer.text
    assert signed_by(desk.office, desk.packet)[1] == ["author"]


def test_no_file_is_one_sentence(desk: Desk) -> None:
    answer = desk.post("pdf")
    assert answer.status_code == 422
    assert "Chưa chọn tệp PDF nào" in answer.text
    many = desk.bring(*[b"x"] * 101)
    assert (many.status_code, "quá 100 tệp" in many.text) == (422, True)


# -- by hand


def scan() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(out, "JPEG")
    return out.getvalue()


def test_a_pen_is_recorded_and_taken_back(desk: Desk) -> None:
    before = desk.files()
    given = {"ai": f"author|{AN}", "ngay": "30/11/2020", "to": "1"}
    answer = desk.post("tay", given, files={"quet": ("anh.jpg", scan(), "image/jpeg")})
    assert (answer.status_code, answer.headers.get("location", "")) == (303, f"{desk.at}#tay"), answer.text
    page = desk.page()
    assert "đã ký tay" in page
    assert "30/11/2020" in page
    told = json.loads(desk.files()["manifest.json"])["files"][0]["by_hand"]
    assert [(one["role"], one["name"], one["day"]) for one in told] == [("author", AN, "2020-11-30")]
    assert len(desk.files()) == len(before) + 1  # the scan
    desk.refused(signed(desk.paper(1), "author", AN), saying="đã ghi là ký tay")
    assert desk.post("tay/bo", {"vai": "author", "to": "1"}).status_code == 303
    assert desk.files().keys() == before.keys()
    assert "by_hand" not in json.loads(desk.files()["manifest.json"])["files"][0]


@pytest.mark.parametrize(
    ("given", "saying"),
    [
        ({"ngay": "31/2/2020"}, "không phải là một ngày có thật"),
        ({"ngay": "1/1/2199"}, "chưa đến"),
        ({"to": "một"}, "không phải số của các tờ"),
        ({"to": "99"}, "99"),
        ({"ai": ""}, "Chưa chọn ai"),
        ({"ai": "nobody|x"}, "nobody"),
        ({"ten": "<i>Người khác</i>"}, "&lt;i&gt;"),
    ],
)
def test_a_pen_that_is_refused(desk: Desk, given: dict[str, str], saying: str) -> None:
    before = desk.files()
    answer = desk.post("tay", {"ai": f"author|{AN}", "ngay": "30/11/2020", **given})
    assert answer.status_code == 422, answer.text
    assert saying in answer.text
    assert "<i>" not in answer.text.replace("<i> ·", "")
    assert desk.files() == before


def test_a_scan_that_is_none(desk: Desk) -> None:
    before = desk.files()
    given = {"ai": f"author|{AN}", "ngay": "30/11/2020", "to": "1"}
    answer = desk.post("tay", given, files={"quet": ("../../x.jpg", b"MZ", "image/jpeg")})
    assert answer.status_code == 422, answer.text
    assert desk.files() == before


# -- who may


def test_a_role_that_may_only_look(office: Office, fresh: Path) -> None:
    trusting(office)
    desk = Desk(office, fresh, "dang_uy")
    page = desk.page()
    assert "Tài khoản này chỉ xem" in page
    assert "Cách 2" not in page
    assert desk.bring(signed(desk.paper(1), "author", AN)).status_code == 403
    assert desk.post("tay", {"ai": f"author|{AN}", "ngay": "30/11/2020"}).status_code == 403
    assert desk.browser.get(f"{desk.at}/cho-ky.zip").status_code == 403
    assert signed_by(office, desk.packet)[1] == []
    archive = zipfile.ZipFile(io.BytesIO(desk.browser.get(f"{desk.at}/tep.zip").content))
    assert archive.namelist()[0] == "manifest.json"


def test_another_units_packet_does_not_exist(office: Office, fresh: Path) -> None:
    desk = Desk(office, fresh, "thu_ky", "chi-bo-b")
    for path in (desk.at, f"{desk.at}/tep.zip", f"{desk.at}/cho-ky.zip", "/ho-so/" + "0" * 32 + "/ky"):
        assert desk.browser.get(path).status_code == 404
    assert desk.bring(b"x").status_code == 404
    assert desk.post("tay", {"ai": f"author|{AN}", "ngay": "30/11/2020"}).status_code == 404
    assert desk.post("tay/bo", {"vai": "author", "to": "1"}).status_code == 404


def test_a_form_of_another_site(desk: Desk) -> None:
    for path in ("pdf", "tay", "tay/bo"):
        assert desk.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert desk.browser.client.post(f"{desk.at}/{path}", data={"bo": desk.packet}).status_code == 403


def test_a_packet_that_was_replaced_meanwhile(desk: Desk) -> None:
    answer = desk.post("tay", {"bo": "0" * 32, "ai": f"author|{AN}", "ngay": "30/11/2020"})
    assert (answer.status_code, "không còn là bộ mới nhất" in answer.text) == (409, True)


def test_no_packet_yet(office: Office) -> None:
    browser: Browser = signed_in(office, "hanh", "thu_ky", UNIT)
    dossier = office.dossier(unit=UNIT)
    page = browser.get(f"/ho-so/{dossier}/ky").text
    assert "Chưa có bộ hồ sơ nào để ký" in page
    assert browser.get(f"/ho-so/{dossier}/ky/tep.zip").status_code == 404


def test_it_speaks_english_too(desk: Desk) -> None:
    page = desk.page(lang="en")
    assert "Order of signing" in page
    assert "page.sign" not in page


def test_each_file_is_judged_once_and_pyhanko_asked_of_the_first_alone(
    office: Office, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting(office)
    desk = Desk(office, begun)
    asked: list[int] = []
    own = own_judge.check_pdf

    def counted(pdf: bytes, *told: Any) -> Any:
        asked.append(len(pdf))
        return own(pdf, *told)

    monkeypatch.setattr(own_judge, "check_pdf", counted)
    monkeypatch.setattr(own_judge, "mathematics", lambda pdf: pytest.fail("worked out again, and slowly"))
    given = [signed(desk.paper(number), "manager", MANAGER) for number in (1, 2)]
    assert desk.bring(*given).status_code == 200
    assert len(asked) == 1
