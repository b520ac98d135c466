"""Messages, dates and numbers in Vietnamese (default) and English, through Babel catalogues.

A message is named by a stable key, `room.subject.fault`; the part before the first dot is also the gettext domain,
so each room keeps its own catalogue `docgen/locale/<lang>/LC_MESSAGES/<room>.po`. `docgen build` compiles them.
"""

from __future__ import annotations

import datetime
import gettext
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

Said = TypeVar("Said")
LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
_LANGUAGES = frozenset(LANGUAGES)


def locale_folder() -> Path:
    """The folder of the catalogues, in a checkout and in an installed wheel alike."""
    return Path(str(files("docgen"))) / "locale"


@cache
def _catalogue(domain: str, language: str) -> gettext.NullTranslations:
    return gettext.translation(domain, localedir=str(locale_folder()), languages=[language], fallback=True)


#: What steers a terminal or turns the direction of writing, as something to be seen: a name must not write a verdict.
_STEERING = {n: f"\\x{n:02x}" for n in (*range(32), *range(127, 160)) if chr(n) not in "\n\t"}
_STEERING |= {n: f"\\u{n:04x}" for n in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def shown(value: str, *, line: bool = True) -> str:
    """`value` for people: what cannot be seen is spelled out; as one `line`, line ends too."""
    out = value.translate(_STEERING)
    return out.replace("\n", "\\n").replace("\t", " ") if line else out


def has_message(key: str, language: str = DEFAULT_LANGUAGE) -> bool:
    """True where the catalogue of `language` has a text for `key`."""
    return _catalogue(key.split(".", 1)[0], language).gettext(key) != key


def message(key: str, language: str = DEFAULT_LANGUAGE, /, **params: object) -> str:
    """The text of `key` in `language`, with `params` put in (`str.format` names).

    A key without a text comes back as the key and its parameters: a missing translation must never hide a finding.
    """
    text = _catalogue(key.split(".", 1)[0], language).gettext(key)
    params = {name: _shown(value, language) for name, value in params.items()}
    if text == key:
        return f"{key} {params}" if params else key
    try:
        return text.format(**params)
    except (KeyError, IndexError, ValueError):
        return f"{text} {params}"


def worded(say: Callable[[str], Said]) -> dict[str, Said]:
    """What `say` says in each language: a parameter of a message whose language is not known yet."""
    return {language: say(language) for language in LANGUAGES}


def _shown(value: object, language: str) -> object:
    if type(value) is dict and value.keys() == _LANGUAGES:
        value = value[language]
    return shown(value, line=False) if type(value) is str else value


def number(value: float | int | Decimal, language: str = DEFAULT_LANGUAGE) -> str:
    """`value` as people write it: `49,9` in Vietnamese, `49.9` in English."""
    return _number(value or 0, language)


@lru_cache(maxsize=4096, typed=True)  # the same few numbers stand in the reasons of every member
def _number(value: float | int | Decimal, language: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=language))


def short_date(value: datetime.date) -> str:
    """`value` as dd/mm/yyyy, the way dates stand inside forms."""
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


def with_weekday(value: datetime.date, language: str = DEFAULT_LANGUAGE) -> str:
    """`value` with its weekday, for people who plan by weeks: `Chủ nhật 13/12/2026`."""
    from babel.dates import format_date

    weekday = str(format_date(value, "EEEE", locale=language)).replace("Nhật", "nhật")
    return f"{weekday} {short_date(value)}"


def long_date(value: datetime.date) -> str:
    """`value` as `ngày 07 tháng 12 năm 2018`: a day under 10 and the months 1 and 2 get a zero (HD 36-HD/VPTW)."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"
