"""Whose name a certificate carries: the whole name, accents and all."""

from __future__ import annotations

from pathlib import Path

import pytest
from authority import SIGNED, key

from docgen.errors import UsageError
from docgen.signing import Signing, sign_packet
from docgen.signing.names import bare_name, likeness, meant, same_name, tail_words
from docgen.signing.signed_manifest import load_manifest


@pytest.mark.parametrize(
    ("printed", "certified", "how"),
    [
        ("Trần Thị Lan", "Trần Thị Lan", "same"),
        ("Trần Thị Lan", "TRẦN THỊ LAN", "same"),
        ("Trần Thị Lan", "Tra\u0302\u0300n Thi\u0323 Lan", "same"),
        ("Lê Thị Hòa", "Lê Thị Hoà", "same"),
        ("Nguyễn Văn An", "Nguyễn Văn An (CMND 012345678)", "same"),
        ("Nguyễn Văn An", "Nguyễn Văn An - 001085012345", "same"),
        ("Nguyễn Văn An", "NGUYỄN VĂN AN, CCCD: 001085012345", "same"),
        ("Nguyễn Văn An", "Nguyễn Văn An [thử]", "same"),
        ("Nguyễn Văn An", "NGUYEN VAN AN (012345678)", "without_accents"),
        ("Đỗ Đức Ước", "Do Duc Uoc", "without_accents"),
        ("Lê Thị Hoa", "LE THI HOA", "without_accents"),
        ("Trần Thị Lan", "Trần Thị Lan Anh", "near"),
        ("Trần Thị Lan Anh", "Trần Thị Lan", "near"),
        ("Lê Thị Hoa", "Lê Thị Hòa", "near"),
        ("Đỗ Đức Ước", "Do Đuc Uoc", "near"),
        ("An", "Nguyễn Văn An", "near"),
        ("Nguyễn Văn An", "Nguyễn Văn Anh", "other"),
        ("Nguyễn Văn An", "Đảng ủy Trường Đại học", "other"),
        ("", "Nguyễn Văn An", "other"),
        ("Lê Cẩn", "Lê Cẩn 2 Thận", "near"),
        ("Lê Cẩn", "Lê Cẩn 1. Trần Văn Bê", "near"),
        ("Lê Cẩn", "Lê Cẩn B1234567", "near"),
        ("Lê Cẩn", "Lê Cẩn, hộ chiếu", "near"),
        ("Lê Cẩn", "L\u0435\u0302 C\u1ea9n", "near"),  # a Cyrillic е
        ("Lê Cẩn", "L\u0435 \u0421\u0430n", "near"),
        ("Lê Cẩn", "Lê C\u1ea9\u03b7", "near"),  # a Greek η
        ("Lê Cẩn", "Lê C\u200bẩn", "near"),
        ("Lê Cẩn", "Lê Cẩ\u00adn", "near"),
        ("Lê Cẩn", "\u202eLê Cẩn", "near"),
        ("Lê Cẩn", "Ｌê Ｃẩｎ", "near"),
        ("Lê Cẩn", "Łê Cẩn", "near"),
        ("Lê Cẩn", "𝐋ê 𝐂ẩn", "near"),
        ("Lê Cẩn", "Đảng ủy Хe", "other"),
    ],
)
def test_likeness(printed: str, certified: str, how: str) -> None:
    assert likeness(printed, certified) == how
    assert same_name(printed, certified) is (how in ("same", "without_accents"))


@pytest.mark.parametrize(
    ("certified", "bare"),
    [
        ("Lê Cẩn (Bí thư)", "Lê Cẩn"),
        ("Lê Cẩn 0123456789", "Lê Cẩn"),
        ("Lê Cẩn", "Lê Cẩn"),
        ("0123", "0123"),
        ("Lê Cẩn 0123 456-789", "Lê Cẩn"),
    ],
)
def test_what_a_certificate_adds_is_cut_off(certified: str, bare: str) -> None:
    assert bare_name(certified) == bare


def test_an_exact_name_comes_first() -> None:
    names = ["Lê Thị Hoa", "Lê Thị Hòa", "Lê Thi Hoa"]
    assert meant(names, "Lê Thị Hòa") == ["Lê Thị Hòa"]
    assert meant(names[:2], "LE THI HOA") == ["Lê Thị Hoa", "Lê Thị Hòa"]
    assert meant(names, "Phạm Văn Bê") == []


def _rename(packet: Path, first: str, second: str) -> None:
    manifest = load_manifest(packet)
    for number, name in ((0, first), (1, second)):
        manifest.content["files"][number]["signers"][0]["name"] = name
    manifest.save()


def test_a_key_signs_only_the_paper_of_its_own_name(packet: Path) -> None:
    _rename(packet, "Trần Thị Lan", "Trần Thị Lan Anh")
    done = sign_packet(packet, "author", key("Trần Thị Lan Anh"), Signing(moment=SIGNED))
    assert (done.signed, done.others) == ([2], {1: "Trần Thị Lan"})


def test_a_key_without_accents_does_not_choose_between_two_people(packet: Path) -> None:
    _rename(packet, "Lê Thị Hoa", "Lê Thị Hòa")
    with pytest.raises(UsageError, match="name_ambiguous"):
        sign_packet(packet, "author", key("LE THI HOA"), Signing(moment=SIGNED))
    done = sign_packet(packet, "author", key("LE THI HOA"), Signing(moment=SIGNED), only=[1])
    assert done.signed == [1]


@pytest.mark.parametrize(
    ("certified", "tail"),
    [("Lê Cẩn (CMND 0123)", ""), ("Lê Cẩn 0123", ""), ("Lê Cẩn", ""), ("Lê Cẩn (Bí thư)", "Bí thư"),
     ("Lê Cẩn (Trần Thị Bưởi", "Trần Thị Bưởi"), ("(Phó)", "")],
)  # fmt: skip
def test_the_words_after_the_name(certified: str, tail: str) -> None:
    assert tail_words(certified) == tail
