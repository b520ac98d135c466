"""Pictures in a form: defined, filled, found again, read back; and never a signature."""

from __future__ import annotations

import io
import random
import shutil
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from picture_samples import OWN, declared, filler, form, jpeg, png, record, regulation, text

from docgen.errors import DefinitionError, DocgenError, InputError, InternalError
from docgen.forms.build import template_bytes
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler, blank_form
from docgen.forms.readback import ReadResult, read_form
from docgen.regulations.loader import load_regulation
from docgen.validation.template_file import check_form_template
from docgen.values.picture import MAX_BYTES, MAX_PIXELS, decoded, empty_picture, look

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import form_mutants

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def parts_of(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def again(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def control(docx: bytes) -> etree._Element:
    """The picture control of the form."""
    tree = etree.fromstring(parts_of(docx)["word/document.xml"])
    found = [sdt for sdt in tree.iter(f"{W}sdt") if sdt.find(f"{W}sdtPr/{W}picture") is not None]
    assert len(found) == 1
    return found[0]


def shown(docx: bytes) -> tuple[str, bytes]:
    """The part that the picture of the form shows, and what is in it."""
    rid = next(control(docx).iter(f"{A}blip")).get(f"{R}embed")
    parts = parts_of(docx)
    rels = etree.fromstring(parts["word/_rels/document.xml.rels"])
    target = next(rel.get("Target") for rel in rels if rel.get("Id") == rid)
    return f"word/{target}", parts[f"word/{target}"]


# -- a picture in a filled form ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "kind"), [(png(), "png"), (jpeg(), "jpeg")])
def test_the_picture_is_a_part_of_the_file_as_it_came(content: bytes, kind: str) -> None:
    docx = filler().fill(record(content))
    part, found = shown(docx)
    assert (found, part.rpartition(".")[2]) == (content, kind)
    types = parts_of(docx)["[Content_Types].xml"].decode()
    assert f'Extension="{kind}" ContentType="image/{kind}"' in types
    properties = control(docx).find(f"{W}sdtPr")
    assert properties is not None
    assert properties.find(f"{W}tag").get(f"{W}val") == "proof.scan"  # type: ignore[union-attr]
    assert properties.find(f"{W}showingPlcHdr") is None
    assert next(control(docx).iter(f"{WP}docPr")).get("descr") == "Bản quét minh chứng kèm theo bản kiểm điểm"


@pytest.mark.parametrize(
    ("size", "drawn"),  # the box is 160 x 230 mm, 36,000 EMU a millimetre (20.1.2.1)
    [((100, 100), (160, 160)), ((100, 200), (115, 230)), ((300, 100), (160, 160 / 3))],
)
def test_a_picture_fills_its_box_undistorted(size: tuple[int, int], drawn: tuple[float, float]) -> None:
    docx = filler().fill(record(png(*size)))
    for tag in (f"{WP}extent", f"{A}ext"):
        found = next(control(docx).iter(tag))
        assert (int(found.get("cx", "")), int(found.get("cy", ""))) == tuple(int(side * 36_000) for side in drawn)


def test_every_record_has_its_own_picture_and_no_other() -> None:
    first, second, nothing = png(shade=10), jpeg(), record("")
    for content in (first, second, first):
        docx = filler().fill(record(content))
        assert shown(docx)[1] == content
        assert [name for name in parts_of(docx) if "docgen" in name and "media" in name] == [shown(docx)[0]]
    empty = filler().fill(nothing)
    assert shown(empty) == ("word/media/empty.png", empty_picture().content)
    assert not [name for name in parts_of(empty) if "media/docgen" in name]
    assert filler().fill(record(first)) == filler().fill(record(first))


def test_a_blank_form_asks_for_the_picture() -> None:
    docx = blank_form(form())
    properties = control(docx).find(f"{W}sdtPr")
    assert properties is not None
    assert [child.tag for child in properties][-2:] == [f"{W}showingPlcHdr", f"{W}picture"]
    assert shown(docx)[1] == empty_picture().content


def test_the_template_and_the_other_forms_stay_as_they_are() -> None:
    assert template_bytes(form())[0] == template_bytes(form())[0]
    other = blank_form(load_form(regulation(), "mau-05"))
    assert not [name for name in parts_of(other) if "media" in name]
    assert b"image/png" not in parts_of(other)["[Content_Types].xml"]


def test_filling_stays_a_plan() -> None:
    assert filler().template.slow_because == {}


def test_a_picture_that_did_not_arrive_is_seen() -> None:
    with pytest.raises(InternalError) as caught:
        filler().check(record(png()), filler().fill(record("")))
    assert caught.value.facts["problem"] == "proof.scan"
    with pytest.raises(InternalError):
        filler().check(record(png()), filler().fill(record(png(shade=1))))


def test_what_is_no_picture_is_not_filled() -> None:
    for value, code in ((text(b"GIF89a" + b"0" * 600), "kind"), ("@" * 900, "base64"), (text(png())[:-40], "damaged")):
        with pytest.raises(InputError) as caught:
            filler().fill(record(value))
        assert caught.value.code == f"dossier.picture.{code}"


def test_an_offices_own_template_shows_the_picture_in_its_control(tmp_path: Path) -> None:
    """The office's file has another order, its own picture and relationship; one without the control is refused."""
    parts = parts_of(template_bytes(form())[0])
    parts["word/media/logo.png"] = parts.pop("word/media/empty.png")
    rels = parts["word/_rels/document.xml.rels"].replace(b"media/empty.png", b"media/logo.png")
    parts["word/_rels/document.xml.rels"] = rels.replace(b'"rId6"', b'"rId77"')
    parts["word/document.xml"] = parts["word/document.xml"].replace(b'"rId6"', b'"rId77"')
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b'<Default Extension="jpeg" ContentType="image/jpeg"/>', b""
    )
    own = tmp_path / "minh-chung.docx"
    own.write_bytes(again(parts))
    docx = Filler(form(), [tmp_path]).fill(record(jpeg()))
    assert shown(docx)[1] == jpeg()
    assert b'Extension="jpeg"' in parts_of(docx)["[Content_Types].xml"]
    parts["word/document.xml"] = parts["word/document.xml"].replace(b'w:val="proof.scan"', b'w:val="cai.khac"')
    own.write_bytes(again(parts))
    with pytest.raises(InputError) as caught:
        Filler(form(), [tmp_path]).fill(record(jpeg()))
    assert caught.value.code == "errors.template.not_whole"


# -- and back ----------------------------------------------------------------------------------------------------------


def read(docx: bytes) -> ReadResult:
    return read_form(docx, regulation(), form())


@pytest.mark.parametrize("content", [png(), jpeg(), png(60, 20)])
def test_what_was_filled_is_read(content: bytes) -> None:
    found = read(filler().fill(record(content)))
    assert found.data == record(content)
    assert found.findings == []


def test_a_data_uri_comes_back_as_plain_base64() -> None:
    found = read(filler().fill(record("data:image/png;base64," + text(png()))))
    assert found.data == record(png())


def test_an_empty_place_is_read_as_nothing() -> None:
    found = read(filler().fill(record("")))
    assert found.findings == []
    assert "scan" not in found.data["proof"]
    assert "proof.scan" in found.blank


def swapped(change: Callable[[dict[str, bytes]], Any], docx: bytes = b"") -> ReadResult:
    parts = parts_of(docx or filler().fill(record(png())))
    change(parts)
    return read(again(parts))


def put(content: bytes) -> Callable[[dict[str, bytes]], None]:
    """As Word replaces a picture: another part and relationship, the sign of the prompt gone."""

    def change(parts: dict[str, bytes]) -> None:
        parts["word/media/image7.png"] = content
        rels = parts["word/_rels/document.xml.rels"].decode()
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
        new = f'<Relationship Id="rId90" Type="{kind}" Target="media/image7.png"/></Relationships>'
        parts["word/_rels/document.xml.rels"] = rels.replace("</Relationships>", new).encode()
        document = parts["word/document.xml"].replace(b"<w:showingPlcHdr/><w:picture/>", b"<w:picture/>")
        for rid in (b"rDocgen1", b"rId6"):
            document = document.replace(b'r:embed="' + rid + b'"', b'r:embed="rId90"')
        parts["word/document.xml"] = document

    return change


def in_document(old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts["word/document.xml"]
        parts["word/document.xml"] = parts["word/document.xml"].replace(old, new)

    return change


def test_a_picture_that_was_put_in_or_replaced_in_word_comes_back() -> None:
    other = png(shade=77)
    for docx in (b"", blank_form(form())):
        found = swapped(put(other), docx)
        assert found.data["proof"]["scan"] == text(other)
        assert found.findings == []


def test_a_picture_that_was_removed_in_word_is_empty() -> None:
    """Word puts the picture of an empty place back, or nothing at all."""
    assert "scan" not in swapped(put(empty_picture().content)).data["proof"]
    start, end = b"<w:drawing>", b"</w:drawing>"
    document = parts_of(filler().fill(record(png())))["word/document.xml"]
    drawing = document[document.index(start) : document.index(end) + len(end)]
    found = swapped(in_document(drawing, b""))
    assert "scan" not in found.data["proof"]
    assert found.findings == []


def external(parts: dict[str, bytes]) -> None:
    rels = parts["word/_rels/document.xml.rels"]
    assert b'Target="media/docgen1.png"' in rels
    parts["word/_rels/document.xml.rels"] = rels.replace(
        b'Target="media/docgen1.png"', b'Target="https://vi-du.invalid/anh.png" TargetMode="External"'
    )


def second_drawing(parts: dict[str, bytes]) -> None:
    document = parts["word/document.xml"].decode()
    run = document[document.index("<w:r><w:drawing>") : document.index("</w:drawing></w:r>") + 18]
    parts["word/document.xml"] = document.replace(run, run + run.replace("rDocgen1", "rId6"), 1).encode()


HOSTILE: dict[str, tuple[Callable[[dict[str, bytes]], Any], str]] = {
    "external": (external, "read.picture.unreachable"),
    "link": (in_document(b'r:embed="rDocgen1"', b'r:link="rDocgen1"'), "read.picture.unreachable"),
    "nowhere": (in_document(b'r:embed="rDocgen1"', b'r:embed="rId1"'), "read.picture.unreachable"),
    "several": (second_drawing, "read.picture.several"),
    "kind": (put(b"GIF89a" + b"\0" * 300), "dossier.picture.kind"),
    "script": (put(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "dossier.picture.kind"),
    "pixels": (put(declared(100_000, 100_000)), "dossier.picture.pixels"),
    "bytes": (put(random.Random(7).randbytes(MAX_BYTES + 1)), "dossier.picture.large"),
    "two files": (put(png() + b"PK\x03\x04"), "dossier.picture.damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pictures_are_refused(name: str) -> None:
    change, code = HOSTILE[name]
    found = swapped(change)
    assert code in {finding.code for finding in found.findings}
    assert "scan" not in found.data["proof"]


def test_doubtful_pictures_are_told() -> None:
    flagged = swapped(in_document(b"<w:picture/>", b"<w:showingPlcHdr/><w:picture/>"))
    assert [finding.code for finding in flagged.findings] == ["read.picture.flagged"]
    cropped = swapped(in_document(b"<a:stretch>", b'<a:srcRect l="10000"/><a:stretch>'))
    assert [finding.code for finding in cropped.findings] == ["read.picture.cropped"]
    assert [value.confidence for value in cropped.values if value.binding == "proof.scan"] == ["review"]
    gone = swapped(in_document(b'w:val="proof.scan"', b'w:val="cai.khac"'))
    assert ("read.control.missing", "/proof/scan") in {(f.code, f.place.pointer) for f in gone.findings}


def test_words_in_place_of_a_picture_are_told() -> None:
    document = parts_of(filler().fill(record(png())))["word/document.xml"].decode()
    drawing = document[document.index("<w:drawing>") : document.index("</w:drawing>") + 12]
    found = swapped(in_document(drawing.encode(), "<w:t>xem tệp gửi kèm</w:t>".encode()))
    assert "read.picture.words" in [finding.code for finding in found.findings]
    assert "scan" not in found.data["proof"]


# -- what a picture is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "kind"), (b"BM" + bytes(90), "kind"), (b"II*\0" + bytes(90), "kind"), (png()[:-1], "damaged"),
        (png().replace(b"IDAT", b"IDAX"), "damaged"), (png() + b"\n", "damaged"), (jpeg()[:-2], "damaged"),
        (jpeg() + b"PK\x03\x04", "damaged"), (jpeg(0, 10), "pixels"), (jpeg(65_535, 65_535), "pixels"),
        (declared(MAX_PIXELS + 1, 1), "pixels"), (declared(0, 5), "pixels"), (b"\xff\xd8\xff\xd9", "damaged"),
        (png() + bytes(MAX_BYTES), "large"),
    ],
)  # fmt: skip
def test_what_is_no_sound_png_or_jpeg_is_refused_before_it_is_decoded(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        look(content)
    assert caught.value.code == f"dossier.picture.{code}"


def test_the_bounds_themselves_are_allowed() -> None:
    assert (look(declared(MAX_PIXELS, 1)).width, look(jpeg(7, 9)).height) == (MAX_PIXELS, 9)
    assert decoded("data:image/png;base64,\n" + text(png())) == png()


# -- and is not: a signature -------------------------------------------------------------------------------------------

ENCLOSED = """  - picture: proof.scan
    caption: Bản quét
    alt: Bản quét
    size: "100x100"
"""
SIGN = """  - sign: author
    text: ["**NGƯỜI KIỂM ĐIỂM**"]
"""


def defined(tmp_path: Path, body: str, good: bool) -> str:
    """The code and the line of the fault that a form with this `body` has; "" for a `good` one."""
    folder = tmp_path / "chi-bo-anh-2018"
    shutil.copytree(OWN / "chi-bo-anh-2018", folder)
    path = folder / "forms" / "minh-chung.yaml"
    head = path.read_text(encoding="utf-8").partition("required:")[0]
    path.write_text(f'{head}required: []\ntitle: "THỬ"\nbody:\n{body}', encoding="utf-8")
    found = load_regulation("chi-bo-anh-2018", [tmp_path])
    if good:
        load_form(found, "minh-chung")
        return ""
    with pytest.raises(DefinitionError) as caught:
        load_form(found, "minh-chung")
    fault = caught.value
    assert fault.facts["file"].endswith("minh-chung.yaml")
    line = path.read_text(encoding="utf-8").splitlines()[int(fault.facts["line"]) - 1]
    return f"{fault.code.removeprefix('errors.definition.')} {line.strip(' -').split(':')[0]}"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (SIGN + ENCLOSED, ""),
        (ENCLOSED + ENCLOSED, ""),
        (ENCLOSED + SIGN, "picture_not_last sign"),
        (ENCLOSED + "  - Một dòng nữa\n", "picture_not_last"),
        (SIGN + "    name: proof.scan\n", "picture_signature name"),
        ("  - line: 'Ảnh: {proof.scan}'\n", "picture_place line"),
        ("  - line: Có ảnh\n    when: proof.scan\n", "picture_place when"),
        (ENCLOSED + "    when: proof.photo\n", "picture_place when"),
        (ENCLOSED + "    when: proof.scan\n", ""),
        (ENCLOSED.replace("proof.scan", "proof.note"), "picture_type picture"),
        (ENCLOSED.replace("100x100", "100"), "picture_size size"),
        (ENCLOSED.replace("100x100", "166x100"), "picture_size size"),
        (ENCLOSED.replace("100x100", "100x243"), "picture_size size"),
        (ENCLOSED.replace("100x100", "19x100"), "picture_size size"),
        (ENCLOSED.replace("alt: Bản quét", "alt: 'Ảnh {member.full_name}'"), "picture_alt alt"),
        (ENCLOSED.replace("alt: Bản quét", "alt: ' '"), "picture_alt alt"),
        (ENCLOSED.replace("    alt: Bản quét\n", ""), "missing_key picture"),
    ],
)
def test_a_picture_block_is_refused_by_file_and_line(tmp_path: Path, body: str, fault: str) -> None:
    assert defined(tmp_path, body, not fault).startswith(fault)


def test_a_fault_of_a_picture_is_put_into_words() -> None:
    with pytest.raises(DocgenError) as caught:
        look(b"GIF89a")
    assert "PNG" in str(caught.value)


# -- whatever somebody does to the file --------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_change_of_a_form_with_a_picture_is_no_fault(data: st.DataObject) -> None:
    made, _ = form_mutants.mutant(filler().fill(record(png())), lambda n: data.draw(st.integers(0, n - 1)))
    found = read(made)
    scan = found.data.get("proof", {}).get("scan")
    assert scan is None or look(decoded(scan))


@settings(max_examples=300, deadline=None)
@given(data=st.data(), content=st.sampled_from([png(), jpeg()]))
def test_any_bytes_are_a_picture_or_refused(data: st.DataObject, content: bytes) -> None:
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    kept = bytes(changed[: data.draw(st.integers(0, len(changed)))])
    found = None
    with suppress(InputError):
        found = look(kept)
    assert found is None or 0 < found.width * found.height <= MAX_PIXELS


def test_a_text_control_under_the_name_of_a_picture_is_no_fault() -> None:
    """Its label is the picture's, its tag is not: it is no place of the form."""
    control = (
        '<w:p><w:sdt><w:sdtPr><w:alias w:val="Bản quét minh chứng"/><w:tag w:val="x"/><w:text/></w:sdtPr><w:sdtContent>'
        "<w:r><w:t>ảnh đây</w:t></w:r></w:sdtContent></w:sdt></w:p><w:sectPr>"
    )
    found = swapped(in_document(b"<w:sectPr>", control.encode()))
    assert found.data == record(png())


def test_template_check_wants_the_control_of_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "minh-chung.docx"
    parts = parts_of(template_bytes(form())[0])
    path.write_bytes(again(parts))
    assert check_form_template(path, form()) == []
    document = parts["word/document.xml"].replace(b'w:val="proof.scan"', b'w:val="cai.khac"')
    parts["word/document.xml"] = document.replace("Minh chứng cho: ".encode(), "Ảnh: {{ proof.scan }} ".encode())
    path.write_bytes(again(parts))
    found = check_form_template(path, form())
    assert [(f.code, f.params["name"]) for f in found] == [("word.template.required_without_place", "proof.scan")]


def test_a_page_may_depend_on_its_picture(tmp_path: Path) -> None:
    """`when` names the picture itself: nobody who has none sends an empty page."""
    defined(tmp_path, SIGN + ENCLOSED + "    when: proof.scan\n", good=True)
    found = load_regulation("chi-bo-anh-2018", [tmp_path])
    definition = load_form(found, "minh-chung")
    made = Filler(definition)
    for scan, there in ((png(), True), ("", False)):
        docx = made.fill(record(scan))
        assert ("Bản quét".encode() in parts_of(docx)["word/document.xml"]) is there
        back = read_form(docx, found, definition)
        assert (back.findings, back.data.get("proof", {})) == ([], {"scan": text(png())} if there else {})
    assert shown(made.fill({}, blank=True))[1] == empty_picture().content
