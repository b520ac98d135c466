"""Text in the fonts of before Unicode: both tables whole, by the font's name and by the letters alone."""

from __future__ import annotations

import unicodedata

import pytest

from docgen.word.read.old_fonts import TCVN3, TCVN3_CAPITALS, VNI, encoding_of, from_font, from_letters, odd_words

#: TCVN 5712:1993 in the order of its codes, as GNU libc's converter gives it ("TCVN5712-1"), the codes beside.
TCVN3_TABLE = (
    "A1Ă A2Â A3Ê A4Ô A5Ơ A6Ư A7Đ A8ă A9â AAê ABô ACơ ADư AEđ B5à B6ả B7ã B8á B9ạ BBằ BCẳ BDẵ BEắ C6ặ "
    "C7ầ C8ẩ C9ẫ CAấ CBậ "
    "CCè CEẻ CFẽ D0é D1ẹ D2ề D3ể D4ễ D5ế D6ệ D7ì D8ỉ DCĩ DDí DEị DFò E1ỏ E2õ E3ó E4ọ E5ồ E6ổ E7ỗ E8ố E9ộ "
    "EAờ EBở ECỡ EDớ "
    "EEợ EFù F1ủ F2ũ F3ú F4ụ F5ừ F6ử F7ữ F8ứ F9ự FAỳ FBỷ FCỹ FDý FEỵ"
)
#: Every letter with a mark, as VNI-Windows writes it.
VNI_TABLE = (
    "aù á aø à aû ả aõ ã aï ạ aê ă aé ắ aè ằ aú ẳ aü ẵ aë ặ aâ â aá ấ aà ầ aå ẩ aã ẫ aä ậ ñ đ eù é eø è eû ẻ eõ ẽ eï ẹ "
    "eâ ê eá ế eà ề eå ể eã ễ eä ệ í í ì ì æ ỉ ó ĩ ò ị où ó oø ò oû ỏ oõ õ oï ọ oâ ô oá ố oà ồ oå ổ oã ỗ oä ộ ô ơ ôù ớ "
    "ôø ờ ôû ở ôõ ỡ ôï ợ uù ú uø ù uû ủ uõ ũ uï ụ ö ư öù ứ öø ừ öû ử öõ ữ öï ự yù ý yø ỳ yû ỷ yõ ỹ î ỵ"
)
#: All letters of Vietnamese that are not ASCII, small and capital.
LETTERS = [
    unicodedata.normalize("NFC", base + tone)
    for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    if not (base + tone).isascii()
] + ["đ", "Đ"]


def test_the_table_of_tcvn3_is_whole() -> None:
    given = {chr(int(item[:2], 16)): item[2:] for item in TCVN3_TABLE.split()}
    assert {code: from_font(code, TCVN3) for code in given} == given
    assert {c.lower() for c in given.values()} == {c.lower() for c in LETTERS}
    assert {from_font(code, TCVN3_CAPITALS) for code in given} == {c.upper() for c in LETTERS}


def test_the_table_of_vni_is_whole() -> None:
    items = VNI_TABLE.split()
    given = dict(zip(items[::2], items[1::2], strict=True))
    assert {code: from_font(code, VNI) for code in given} == given
    capitals = {code.upper(): letter.upper() for code, letter in given.items()}
    assert {code: from_font(code, VNI) for code in capitals} == capitals
    assert {code.upper(): from_font(code[0].upper() + code[1:], VNI) for code in given} == capitals
    assert set(given.values()) | set(capitals.values()) == set(LETTERS)


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        (".VnTime", TCVN3), (".vntime", TCVN3), ("@.VnArial", TCVN3), ("VnTime", TCVN3),
        (".VnCentury Schoolbook", TCVN3),
        (".VnTimeH", TCVN3_CAPITALS), (".vntimeh", TCVN3_CAPITALS), (".VnArial NarrowH", TCVN3_CAPITALS),
        ("VNI-Times", VNI), ("Vni-Helve", VNI), ("VNI Times", VNI),
        ("Times New Roman", ""), ("", ""), ("Vnitalic", ""), ("VNtimes new roman", ""), ("SVN-Gotham", ""),
    ],
)  # fmt: skip
def test_old_fonts_are_known_by_their_names(font: str, encoding: str) -> None:
    assert encoding_of(font) == encoding


@pytest.mark.parametrize(
    ("encoding", "given", "shown"),
    [
        (TCVN3, "NguyÔn V¨n BÝnh", "Nguyễn Văn Bính"),
        (TCVN3, "NguyO\u0302n V¨n BY\u0301nh", "Nguyễn Văn Bính"),
        (TCVN3, "NGUYÔN V¡N", "NGUYỄN VĂN"),
        (TCVN3, "tr­ëng phßng", "trưởng phòng"),
        (TCVN3, "\uf0ae·ng", "đãng"),
        (TCVN3_CAPITALS, "nguyÔn v¨n", "NGUYỄN VĂN"),
        (TCVN3_CAPITALS, "Phong", "PHONG"),
        (VNI, "Nguyeãn Vaên Bính, Phoøng Toå chöùc", "Nguyễn Văn Bính, Phòng Tổ chức"),
        (VNI, "ÑAÛNG BOÄ TRÖÔØNG", "ĐẢNG BỘ TRƯỜNG"),
        # Unicode text that was set in such a font stays: Word draws it from another one.
        (TCVN3, "Họ và tên", "Họ và tên"),
        (VNI, "Đơn vị công tác", "Đơn vị công tác"),
        (TCVN3, "Hà Nội, BÝnh", "Hà Nội, Bính"),
        (TCVN3, "Phong 12/2018", "Phong 12/2018"),
    ],
)
def test_text_as_its_font_shows_it(encoding: str, given: str, shown: str) -> None:
    assert from_font(given, encoding) == shown


@pytest.mark.parametrize(
    ("given", "shown", "encoding"),
    [
        ("NguyÔn V¨n BÝnh", "Nguyễn Văn Bính", TCVN3),
        ("Vò Quèc ViÖt", "Vũ Quốc Việt", TCVN3),
        ("Lª ThÞ Hµ", "Lê Thị Hà", TCVN3),
        ("TR¦êNG §¹I HäC", "TRƯỜNG ĐẠI HỌC", TCVN3),
        ("· Hoàn thµnh tèt", "· Hoàn thành tốt", TCVN3),
        ("ngµy 12 th¸ng 8 n¨m 1978", "ngày 12 tháng 8 năm 1978", TCVN3),
        ("Phòng Đào tạo, NguyÔn V¨n BÝnh", "Phòng Đào tạo, Nguyễn Văn Bính", TCVN3),
        ("Nguyeãn Vaên Bính", "Nguyễn Văn Bính", VNI),
        ("Leâ Thò Hoa", "Lê Thị Hoa", VNI),
        ("Ñaûng boä Tröôøng Ñaïi hoïc", "Đảng bộ Trường Đại học", VNI),
    ],
)
def test_letters_alone_show_the_encoding(given: str, shown: str, encoding: str) -> None:
    assert from_letters(given) == (shown, encoding)


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn Bính",
        "Lê Hà và bà Chè",
        "Hòan thành tôt nhiệm vụ",
        "Bạc Liêu, Đắk Lắk, Krông Pắc, H'Ê",
        "café, où, São Paulo",
        "Müller, Citroën, Besançon",
        "viên¹, chi¹, số²",
        "đúng ½ số phiếu; ± 5 µm; 30°C; © 2018",
        "· gạch đầu dòng",
        "«Tốt»",
        "ASCII only",
        "giêng, gìn giữ, quốc gia, khuỷu tay, khuya, xoong, huỳnh, nguyệt, quý, thuở",
        "",
    ],
)
def test_unicode_text_stays(text: str) -> None:
    assert from_letters(text) == (text, "")


def test_other_values_of_the_file_decide_for_words_that_are_vietnamese_both_ways() -> None:
    assert from_letters("Chi bé") == ("Chi bé", "")
    assert from_letters("Chi bé", TCVN3) == ("Chi bộ", TCVN3)
    assert from_letters("Chi bộ", TCVN3) == ("Chi bộ", "")


def test_letters_of_no_known_encoding_are_named() -> None:
    assert odd_words("Phòng TrÇnkhÊnh và Đà Nẵng") == ["TrÇnkhÊnh"]
    assert odd_words("Hòa, Lê, «Tốt», 30°C") == []
