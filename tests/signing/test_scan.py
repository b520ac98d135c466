"""A scan of a paper in a packet: what may be one, how the body authenticates it, and what verification says of it."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from authority import key
from sealed_packets import ABOVE, BODY, CHAIR, HOW, SUPERIOR, codes, finish, forced, judged, sealed_dossier

from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError, UsageError
from docgen.packet.handover import look_into
from docgen.packet.make import build_packet
from docgen.packet.pdf import add_pdf, pdf_maker
from docgen.regulations.loader import load_regulation
from docgen.signing import due, sign_packet, standing
from docgen.signing.scan import Scan, read_scan, scan_pdf
from docgen.signing.signed_manifest import sha256
from docgen.word.after.written import paragraphs

pikepdf = pytest.importorskip("pikepdf")
from PIL import Image  # noqa: E402

TITLE = "Biên bản hội nghị kiểm điểm"


def picture(kind: str = "JPEG", size: tuple[int, int] = (620, 877), mode: str = "RGB", **how: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "white").save(out, kind, **how)
    return out.getvalue()


def pdf(change: Any = lambda document: None, **how: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        change(document)
        document.save(out, **how)
    return out.getvalue()


def script(document: Any) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def launch(document: Any) -> None:
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"),
    )  # fmt: skip
    document.pages[0].obj.Annots = pikepdf.Array([link])


def attached(document: Any) -> None:
    document.attachments["a.exe"] = pikepdf.AttachedFileSpec(document, b"MZ")


def fields(document: Any) -> None:
    field = document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("ky")))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))


def small(document: Any) -> None:
    document.pages[0].obj.MediaBox = [0, 0, 150, 150]


HOSTILE = {
    "kind": [b"PK\x03\x04", b"<html>", b"GIF89a", b"", picture("BMP"), b"II*\x00"],
    "after_end": [
        picture() + b"PK\x03\x04", picture("PNG") + b"x", picture()[:-2], pdf() + b"<script>", picture("PNG")[:-4],
    ],
    "active": [pdf(script), pdf(launch), pdf(attached)],
    "form": [pdf(fields)],
    "small": [pdf(small)],
    "encrypted": [
        pdf(encryption=pikepdf.Encryption(user="x", owner="y")), pdf(encryption=pikepdf.Encryption(owner="y")),
    ],
    "damaged": [b"%PDF-1.7\nnothing\n%%EOF\n", b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"],
    "pixels": [picture(size=(40, 40))],
}  # fmt: skip


@pytest.mark.parametrize(("why", "number"), [(why, n) for why, items in HOSTILE.items() for n in range(len(items))])
def test_what_is_no_scan_is_refused(why: str, number: int) -> None:
    with pytest.raises(InputError) as caught:
        read_scan(HOSTILE[why][number], TITLE, "tệp")
    assert caught.value.code == f"signing.error.scan_{why}"


def test_too_many_pages_or_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.signing.scan.MAX_PAGES", 1)
    with pytest.raises(InputError, match="scan_pages"):
        read_scan(pdf(lambda d: d.add_blank_page()), TITLE, "x")
    monkeypatch.setattr("docgen.signing.scan.MAX_PIXELS", 100_000)
    with pytest.raises(InputError, match="scan_pixels"):
        read_scan(picture(), TITLE, "x")
    monkeypatch.setattr("docgen.signing.scan.MAX_SCAN", 100)
    with pytest.raises(InputError, match="scan_too_large"):
        read_scan(picture(), TITLE, "x")


def turned(degrees: int) -> bytes:
    return pdf(lambda d: setattr(d.pages[0].obj, "Rotate", degrees))


GOOD = {
    "jpg": [picture(), picture(mode="L"), picture(mode="CMYK"), picture(size=(900, 300))],
    "png": [picture("PNG"), picture("PNG", mode="RGBA"), picture("PNG", mode="P"), picture("PNG", mode="1")],
    "pdf": [pdf(), *map(turned, (90, 180, 270))],
}


@pytest.mark.parametrize(("kind", "number"), [(kind, n) for kind, items in GOOD.items() for n in range(len(items))])
def test_a_scan_has_a_place_for_the_body_on_its_first_page(kind: str, number: int) -> None:
    content = GOOD[kind][number]
    scan = read_scan(content, TITLE, "x")
    assert scan.ending == kind
    made = scan_pdf(scan, "kyscanbody")
    assert made == scan_pdf(scan, "kyscanbody")
    with pikepdf.open(io.BytesIO(made)) as document:
        (field,) = document.Root.AcroForm.Fields
        x1, y1, x2, y2 = (float(v) for v in field.Rect)
        left, low, right, high = (float(v) for v in document.pages[0].mediabox)
        assert str(field.T) == "kyscanbody"
        assert left < x1 < x2 < right
        assert low < y1 < y2 < high
        if kind == "jpg" and number < 2:
            image = document.pages[0].obj.Resources.XObject.Scan
            assert image.read_raw_bytes() == content, "a JPEG goes in as it came"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_turned_photograph_is_seen_upright(orientation: int) -> None:
    """The corner that is black when seen upright is at the top left of the page."""
    pdfium = pytest.importorskip("pypdfium2")
    upright = Image.new("RGB", (600, 800), "white")
    upright.paste("black", (0, 0, 200, 200))
    back = {1: 0, 3: 180, 6: 90, 8: 270}[orientation]
    stored = upright.rotate(back, expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=exif.tobytes())
    made = scan_pdf(read_scan(out.getvalue(), TITLE, "x"), "kyscanbody")
    page = pdfium.PdfDocument(made)[0].render(scale=0.25).to_pil().convert("L")
    wide, high = page.size
    dark = [page.getpixel(at) < 100 for at in ((20, high // 6), (wide - 20, high // 6), (20, high - 30))]
    assert dark == [True, False, False]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet with sealed papers, two scans, and every signature but the body's on the scans."""
    folder = tmp_path_factory.mktemp("store") / "p"
    scans = [read_scan(picture(), TITLE, "a.jpg"), read_scan(pdf(), "Bản nhận xét của cấp uỷ nơi cư trú", "b.pdf")]
    build_packet(
        load_regulation("hd43-2025"), sealed_dossier(), folder, source={"file": "x", "sha256": ""},
        make_pdf=pdf_maker("rdocx"), scans=scans,
    )  # fmt: skip
    for role in ("cell", "collective", "assessor"):
        sign_packet(folder, role, key(CHAIR), HOW)
    finish(folder)
    return folder


@pytest.fixture
def packet(store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(store, tmp_path / "p"))


def test_a_scan_is_listed_signed_by_the_body_and_said_to_be_one(packet: Path) -> None:
    manifest = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    entries = [e for e in manifest["files"] if e.get("origin") == "digitised"]
    assert [e["title"] for e in entries] == [TITLE, "Bản nhận xét của cấp uỷ nơi cư trú"]
    assert entries[0]["sha256"] == sha256(picture())
    assert (packet / entries[0]["file"]).read_bytes() == picture()
    index = "\n".join(paragraphs((packet / "muc-luc.docx").read_bytes()))
    assert f"{TITLE} (bản số hóa, " in index
    assert look_into(packet).sound

    (entry,) = due(packet)
    assert (entry.role, entry.names, entry.body) == ("scan_body", [BODY], True)
    numbers = [e["number"] for e in entries]
    before = judged(packet)
    assert before.status == "failed"
    assert {d.number: d.state for d in before.documents if d.number in numbers} == dict.fromkeys(numbers, "draft")
    with pytest.raises(UsageError):
        sign_packet(packet, "scan_body", key(CHAIR), HOW)
    assert sign_packet(packet, "scan_body", key(BODY), HOW).signed == numbers
    after = judged(packet)
    assert after.status == "passed", after.as_json()
    copies = [d for d in after.documents if d.digitised]
    assert [(d.number, d.state) for d in copies] == [(n, "original") for n in numbers]
    assert {"digitised"} <= codes(after, numbers[0])
    assert [e["digitised"] for e in standing(packet)].count(True) == 2


@pytest.mark.parametrize("name", [SUPERIOR, ABOVE, "Trần Văn Lạ"])
def test_a_scan_signed_by_another_does_not_pass(packet: Path, name: str) -> None:
    manifest = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    numbers = [e["number"] for e in manifest["files"] if e.get("origin") == "digitised"]
    for number in numbers:
        forced(packet, number, "scan_body", name)
    verdict = judged(packet)
    assert not verdict.passed
    assert {d.state for d in verdict.documents if d.digitised} <= {"draft", "signed"}


def test_a_scan_changed_or_exchanged_is_seen(packet: Path) -> None:
    sign_packet(packet, "scan_body", key(BODY), HOW)
    manifest = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    first, second = (e for e in manifest["files"] if e.get("origin") == "digitised")
    (packet / first["file"]).write_bytes(picture(mode="L"))
    assert "file_changed" in {r.code for r in judged(packet).reasons}
    (packet / first["file"]).write_bytes(b"MZ")
    assert "scan_refused" in codes(judged(packet), first["number"])
    (packet / first["file"]).write_bytes(picture())
    one, other = packet / first["pdf"]["file"], packet / second["pdf"]["file"]
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    assert judged(packet).status == "failed"
    one.write_bytes(kept)
    assert judged(packet).passed


def test_a_form_that_says_it_is_a_scan(packet: Path) -> None:
    """So that nobody's hand would be needed on it: it fails, whoever signs."""
    manifest = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    entry = next(e for e in manifest["files"] if e.get("form") == "mau-01")
    entry["origin"] = "digitised"
    (packet / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    verdict = judged(packet)
    assert {"digitised_form", "signer_unnamed"} <= codes(verdict, entry["number"])
    assert verdict.status == "failed"


def test_drawing_later_leaves_the_scans_alone(tmp_path: Path) -> None:
    scan = read_scan(picture(), TITLE, "a.jpg")
    folder = tmp_path / "p"
    build_packet(
        load_regulation("hd43-2025"), sealed_dossier(), folder, source={"file": "x", "sha256": ""}, scans=[scan]
    )
    before = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"][-1]
    add_pdf(folder, "rdocx")
    after = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert after[-1] == before
    assert all(entry["pdf"] for entry in after)
    assert look_into(folder).sound


def test_older_regulations_and_secret_titles_take_none(tmp_path: Path) -> None:
    scan = read_scan(picture(), TITLE, "a.jpg")
    with pytest.raises(UsageError) as caught:
        build_packet(
            load_regulation("kh55-2018"), sample_dossier("kh55-2018", members=1), tmp_path / "p",
            source={"file": "x", "sha256": ""}, scans=[scan],
        )  # fmt: skip
    assert caught.value.code == "errors.usage.no_scans"
    with pytest.raises(UsageError) as caught:
        build_packet(
            load_regulation("hd43-2025"), sealed_dossier(), tmp_path / "p", source={"file": "x", "sha256": ""},
            scans=[Scan("TUYỆT MẬT", "jpg", picture())],
        )  # fmt: skip
    assert caught.value.code == "errors.usage.secret"
    assert not (tmp_path / "p").exists()


def test_the_page_itself_says_what_it_is(packet: Path) -> None:
    """QĐ 383 Điều 17 khoản 3: marked as digitised, where the body signs."""
    from docgen.pdf import pdf_text

    sign_packet(packet, "scan_body", key(BODY), HOW)
    manifest = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    scans = [e["pdf"]["file"] for e in manifest["files"] if e.get("origin") == "digitised"]
    for name in scans:
        with pikepdf.open(packet / name) as document:
            (field,) = document.Root.AcroForm.Fields
            shown = io.BytesIO()
            page = pikepdf.new()
            page.add_blank_page(page_size=(200, 60))
            page.pages[0].obj.Resources = pikepdf.Dictionary(
                XObject=pikepdf.Dictionary(A=page.copy_foreign(field.AP.N))
            )
            page.pages[0].obj.Contents = page.make_stream(b"/A Do")
            page.save(shown)
        words = pdf_text(shown.getvalue())
        assert "Bản số hóa" in words
        assert BODY in " ".join(words.split())
    assert judged(packet).passed
