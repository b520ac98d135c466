"""Vietnamese typed in the fonts of before Unicode: TCVN3 (".VnTime" and its kin) and VNI ("VNI-Times" and its kin).

Such a font draws Vietnamese letters in the places of the Latin-1 letters, so the file holds "NguyÔn V¨n BÝnh" where the
page shows "Nguyễn Văn Bính". TCVN 5712:1993 (VN3) has one character a letter, capitals with a tone come from a second
font whose name ends in H; VNI writes a letter and, after it, its marks. Where the font's name was lost (the text was
pasted, the style changed), the letters themselves tell: they form no Vietnamese syllables, and converted they do.

What comes out is a reading for a person to compare with the page, never a certainty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

TCVN3, TCVN3_CAPITALS, VNI = "TCVN3", "TCVN3 (chữ hoa)", "VNI"

_TCVN3_CODES = (
    # a, ă, â, đ
    "µ¶·¸¹" "¨»¼½¾Æ" "©ÇÈÉÊË" "®"
    # e, ê, i
    "ÌÎÏÐÑ" "ªÒÓÔÕÖ" "×ØÜÝÞ"
    # o, ô, ơ
    "ßáâãä" "«åæçèé" "¬êëìíî"
    # u, ư, y
    "ïñòóô" "\u00adõö÷øù" "úûüýþ"
    # capitals without a tone
    "¡¢§£¤¥¦"
)  # fmt: skip
_TCVN3_LETTERS = (
    "àảãáạ" "ăằẳẵắặ" "âầẩẫấậ" "đ"
    "èẻẽéẹ" "êềểễếệ" "ìỉĩíị"
    "òỏõóọ" "ôồổỗốộ" "ơờởỡớợ"
    "ùủũúụ" "ưừửữứự" "ỳỷỹýỵ"
    "ĂÂĐÊÔƠƯ"
)  # fmt: skip
_CAPITAL_CODES = frozenset(_TCVN3_CODES[-7:])
_FROM_TCVN3 = str.maketrans(dict(zip(_TCVN3_CODES, _TCVN3_LETTERS, strict=True)))

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT, _CIRCUMFLEX, _BREVE = (
    "\u0301", "\u0300", "\u0309", "\u0303", "\u0323", "\u0302", "\u0306",
)  # fmt: skip
_TONES = frozenset((_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT))
#: What VNI writes after a letter (in capitals after a capital), and the letters it has whole.
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "á": _CIRCUMFLEX + _ACUTE, "à": _CIRCUMFLEX + _GRAVE, "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_FROM_VNI = str.maketrans(
    {
        **_VNI_MARKS,
        **{code.upper(): mark for code, mark in _VNI_MARKS.items()},
        **_VNI_LETTERS,
        **{code.upper(): letter.upper() for code, letter in _VNI_LETTERS.items()},
    }
)

_ONSETS = ("b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
           "r", "s", "t", "th", "tr", "v", "x", "")  # fmt: skip
_SPELLED = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch
êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oong ooc oa oac
oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn
ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uên uôc uôi uôm uôn uông uôt uơ uy uya uych uyn uynh
uyp uyt uyu uyên uyêt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu
"""
_RIMES = frozenset(_SPELLED.split())
#: Letters and marks of the longest syllable ("nghiêng"), with room.
_LONGEST = 14
_VOWELS = "aăâeêioôơuưy"
#: A word, for the purpose of looking at its letters: white space and the punctuation of ASCII and of Word end it.
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~“”‘’…–—]+")
_UNITS = ("µm", "µg", "µs", "µl")
_AFTER_WORDS = "¹²³®©°·"
#: Letters of Latin-1 that no Vietnamese word has, and the places below them that hold no letters at all.
_FOREIGN = frozenset("äåæçëîïðñöøûüþÿßÄÅÆÇËÎÏÐÑÖØÛÜÞ") | frozenset(map(chr, range(0x80, 0xA0)))
#: Places of TCVN3 that hold no letters in Latin-1, those that stand after words aside.
_SIGNS = frozenset(c for c in _TCVN3_CODES if not ("À" <= c <= "ÿ" and c not in "×÷")) - frozenset(_AFTER_WORDS)


def encoding_of(font: str) -> str:
    """The encoding that a font with this name draws (`TCVN3`, `TCVN3_CAPITALS`, `VNI`), or an empty text."""
    name = font.strip().lstrip("@")
    lower = name.lower()
    if lower.startswith((".vn", "vntime", "vnarial")) and not lower.startswith(("vntimes ", "vntimes-")):
        capitals = name.endswith("H") or lower in (".vntimeh", ".vnarialh", ".vnavanth")
        return TCVN3_CAPITALS if capitals else TCVN3
    return VNI if re.match(r"vni[\s_-]", lower) else ""


def from_font(text: str, encoding: str, mixed: bool = False) -> str:
    """`text` as a font of that encoding shows it.

    People also set Unicode text in such a font, and Word then draws its letters from another one. Text with a letter
    that the font has no place for is such text, and only those of its words are converted that must be; so it is where
    the font is known to be `mixed`.
    """
    decode = _DECODERS[encoding]
    plain = _ansi(unicodedata.normalize("NFC", text))
    if mixed or is_unicode(plain):
        return _certain_words(plain, decode)
    return _WORD.sub(lambda word: decode(word[0]), plain)


def from_letters(text: str, likely: str = "") -> tuple[str, str]:
    """`text` with what was typed in an old font converted, and the encoding; `text` and "" where nothing was.

    For text whose font says nothing. A word counts as typed in an old font where its letters form no Vietnamese
    syllable and the converted ones do. `likely` is the encoding of other values of the same file: it decides for words
    that are Vietnamese both ways ("Chi bé").
    """
    if text.isascii():
        return text, ""
    plain = unicodedata.normalize("NFC", text)
    best, found = (0, 0), ""
    for encoding in (TCVN3, VNI):
        legacy, already, neither = _evidence(plain, _DECODERS[encoding])
        if legacy > neither and _enough(plain, _DECODERS[encoding]) and (legacy, -already) > best:
            best, found = (legacy, -already), encoding
    if not found and likely and not any(_evidence(plain, _DECODERS[likely])):
        out = from_font(plain, likely)
        return (out, likely) if out != plain else (text, "")
    if not found:
        return text, ""
    decode = _DECODERS[found]
    if best[1]:
        return _certain_words(plain, decode), found
    # A sign that stands alone is a bullet or a fraction, no word of one letter.
    return _WORD.sub(lambda m: decode(m[0]) if len(m[0]) > 1 or m[0].isalpha() else m[0], plain), found


def odd_words(text: str) -> list[str]:
    """The words of `text` with letters that Vietnamese has not, as an old font leaves them that is not known here."""
    plain = unicodedata.normalize("NFC", text)
    return [word for word in _WORD.findall(plain) if not word.isascii() and any(c in _FOREIGN for c in word)]


def _ansi(text: str) -> str:
    """`text` with the places that Word gives the letters of symbol fonts (U+F000 …) at their plain ones."""
    return "".join(chr(ord(c) - 0xF000) if "\uf020" <= c <= "\uf0ff" else c for c in text)


def _from_tcvn3(word: str) -> str:
    out = word.translate(_FROM_TCVN3)
    own = [c for c in word if (c.isascii() and c.isalpha()) or c in _CAPITAL_CODES]
    # Capitals with a tone are the small codes in a font of capitals: "NGUYÔN" is NGUYỄN.
    return out.upper() if len(own) > 1 and not any(c.islower() for c in own) else out


def _from_capitals(word: str) -> str:
    return word.translate(_FROM_TCVN3).upper()


def _from_vni(word: str) -> str:
    return unicodedata.normalize("NFC", word.translate(_FROM_VNI))


_DECODERS: dict[str, Callable[[str], str]] = {TCVN3: _from_tcvn3, TCVN3_CAPITALS: _from_capitals, VNI: _from_vni}


def _evidence(text: str, decode: Callable[[str], str]) -> tuple[int, int, int]:
    """How many words are Vietnamese only when converted, how many only as they stand, and how many neither way."""
    legacy = already = neither = 0
    for found in _WORD.finditer(text):
        word = found[0]
        if word.isascii():
            continue
        if _is_unicode(word):
            already += 1
        elif any(c.isascii() and c.isalpha() for c in word):
            was, would = _stands(word), _is_syllable(decode(word))
            legacy += would and not was
            already += was and not would
            neither += not was and not would and any(c in _VOWELS for c in decode(word).lower())
    return legacy, already, neither


def _enough(text: str, decode: Callable[[str], str]) -> bool:
    """True where the words that are Vietnamese only when converted are no accident.

    They are several, or one of three letters, or one with a sign in it that no word has ("Hµ").
    """
    found = [
        word for word in _WORD.findall(text)
        if not word.isascii() and not _is_unicode(word) and not _stands(word) and _is_syllable(decode(word))
    ]  # fmt: skip
    return len(found) > 1 or any(len(word) > 2 or any(c in _SIGNS for c in word) for word in found)


def _certain_words(text: str, decode: Callable[[str], str]) -> str:
    """`text` with only those words converted that are Vietnamese in no other way."""

    def one(found: re.Match[str]) -> str:
        word = found[0]
        if word.isascii() or _is_unicode(word) or _stands(word):
            return word
        out = decode(word)
        return out if _is_syllable(out) else word

    return _WORD.sub(one, text)


def is_unicode(text: str) -> bool:
    """True for text with a letter of Vietnamese that no old font has a place for."""
    return any(_is_unicode(word) for word in _WORD.findall(text))


def _is_unicode(word: str) -> bool:
    """True for a word with a letter that no old font has a place for."""
    return any("\u00ff" < c < "\u2000" or "\ue000" > c > "\u3000" for c in word)


def _stands(word: str) -> bool:
    """True for a word that is Vietnamese as it stands, a sign after it and a slip in its tone aside."""
    if word in _UNITS:
        return True
    return _is_syllable(word, True) or _is_syllable(word.rstrip(_AFTER_WORDS), True)


def _is_syllable(word: str, slips: bool = False) -> bool:
    """True for letters that make a Vietnamese syllable: an onset, a rime, and a tone where it belongs.

    With `slips` the tone may be missing or stand on another vowel, as fast fingers leave it ("tôt", "hòan").
    """
    return 0 < len(word) <= _LONGEST and _makes_syllable(word, slips)


@lru_cache(maxsize=8192)
def _makes_syllable(word: str, slips: bool) -> bool:
    letters: list[str] = []
    tone, at = "", -1
    for c in unicodedata.normalize("NFD", word.lower()):
        if c in _TONES:
            if tone:
                return False
            tone, at = c, len(letters) - 1
        elif unicodedata.combining(c) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + c)
        else:
            letters.append(c)
    plain = "".join(letters)
    for onset in _ONSETS:
        rime = plain[len(onset) :]
        if plain.startswith(onset) and rime in _RIMES and _tone_fits(rime, tone, at - len(onset), slips):
            return True
    return False


def _tone_fits(rime: str, tone: str, at: int, slips: bool) -> bool:
    """True where `tone` (or none) may stand on the letter `at` of `rime`."""
    if rime.endswith(("c", "p", "t", "ch")) and tone not in (_ACUTE, _DOT):
        return slips and not tone
    if not tone or slips:
        return True
    vowels = [n for n, c in enumerate(rime) if c in _VOWELS]
    marked = [n for n in vowels if rime[n] in "ăâêôơư"]
    if marked:
        return at == marked[-1]
    if vowels[-1] < len(rime) - 1 or len(vowels) == 1:
        return at == vowels[-1]
    if len(vowels) == 3:
        return at == vowels[1]
    return at == vowels[0] or (at == vowels[1] and rime in ("oa", "oe", "uy"))
