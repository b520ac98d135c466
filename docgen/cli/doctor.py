"""`docgen doctor`: what this machine lacks, what that stops, and the command that mends it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import click

from docgen.cli import HELP_LANGUAGE, language
from docgen.cli.options import echo_json, json_option
from docgen.errors import EXIT_ENVIRONMENT, DocgenError
from docgen.i18n import message

State = Literal["good", "missing", "doubtful"]
#: Library -> the extra that brings it.
LIBRARIES = {
    "rdocx": "pdf", "pikepdf": "pdf", "pypdfium2": "pdf", "pyhanko": "sign", "cryptography": "sign",
    "python-pkcs11": "sign", "openpyxl": "excel", "isal": "fast",
}  # fmt: skip
#: Where makers of tokens put their PKCS#11 modules; a named one in the configuration goes before.
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/viettel-ca_v6.so",
    "/usr/lib/libvnpt-ca_v34.so",
    r"C:\Windows\System32\viettel-ca_v6.dll",
    r"C:\Windows\System32\vnptca_p11_v8.dll",
    r"C:\Windows\System32\bit4ipki.dll",
    r"C:\Windows\System32\eTPKCS11.dll",
)
_OLDEST_CLOCK = 2024


@dataclass(slots=True)
class Checked:
    """One thing that was looked at: code (message `doctor.<code>.<state>`), its state, the facts, the command."""

    code: str
    state: State
    params: dict[str, Any] = field(default_factory=dict)
    needed: bool = False
    remedy: str = ""

    def words(self, lang: str) -> str:
        """What a person reads."""
        return message(f"doctor.{self.code}.{self.state}", lang, **self.params)


@click.command(help=message("doctor.help.doctor", HELP_LANGUAGE))
@json_option
def doctor(as_json: bool) -> None:
    """Look at the machine; exit 4 where something that is always needed is missing."""
    found = list(checks())
    lang = language()
    if as_json:
        echo_json(
            [
                {
                    "check": item.code, "state": item.state, "params": item.params, "message": item.words(lang),
                    "remedy": item.remedy or None,
                }
                for item in found
            ]
        )  # fmt: skip
    else:
        for item in found:
            click.echo(f"{message('doctor.state.' + item.state, lang)}  {item.words(lang)}")
            if item.remedy and item.state != "good":
                click.echo(f"      → {item.remedy}")
    if any(item.needed and item.state == "missing" for item in found):
        raise click.exceptions.Exit(EXIT_ENVIRONMENT)


def checks() -> Iterator[Checked]:
    """Everything, in the order of work."""
    yield from _libraries()
    yield from _fonts()
    yield _office()
    yield _tokens()
    yield _clock()
    yield _config()
    yield _writing()


def _libraries() -> Iterator[Checked]:
    missing: dict[str, list[str]] = {}
    for library, extra in LIBRARIES.items():
        try:
            version(library)
        except PackageNotFoundError:
            missing.setdefault(extra, []).append(library)
    for extra in dict.fromkeys(LIBRARIES.values()):
        if extra in missing:
            names = ", ".join(missing[extra])
            yield Checked(f"extra_{extra}", "missing", {"libraries": names}, remedy=f"pip install '.[{extra}]'")
        else:
            yield Checked(f"extra_{extra}", "good")


def _fonts() -> Iterator[Checked]:
    """Whether the engine at hand sets every Vietnamese letter in a font like Times New Roman: tried, not guessed."""
    from docgen.word.write.pages import Page

    page = Page()
    page.paragraph(vietnamese_letters())
    page.paragraph(vietnamese_letters(), bold=True)
    remedy = _install("fonts-liberation2", "Times New Roman")
    try:
        from docgen.pdf import convert

        result = convert([("thu", page.docx("thu", {}))])
    except DocgenError as fault:
        yield Checked("fonts", "doubtful", {"problem": fault.code}, remedy=remedy)
        return
    wrong = [f for f in result.findings if f.code in ("pdf.font.substituted", "pdf.glyph.missing", "pdf.text.lost")]
    if wrong:
        letters = "".join(str(f.params.get("letters", "")) for f in wrong)[:60]
        yield Checked("fonts", "missing", {"letters": letters, "fonts": ", ".join(result.fonts)}, remedy=remedy)
    else:
        yield Checked("fonts", "good", {"fonts": ", ".join(result.fonts), "count": len(vietnamese_letters())})


def vietnamese_letters() -> str:
    """Every letter Vietnamese adds to the Latin alphabet, small and capital: 134 with the plain vowels left out."""
    import unicodedata

    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in tones]
    small = "".join(letter for letter in letters if not letter.isascii()) + "đ"
    return small + small.upper()


def _install(package: str, windows: str) -> str:
    if sys.platform == "win32":
        return windows
    return f"brew install --cask {package}" if sys.platform == "darwin" else f"sudo apt-get install {package}"


def _office() -> Checked:
    from docgen.pdf.engines import libreoffice

    found = libreoffice.program()
    remedy = _install("libreoffice-writer-nogui", "winget install TheDocumentFoundation.LibreOffice")
    if found is None:
        return Checked("office", "missing", remedy=remedy)
    told = libreoffice.engine_version(found)
    return Checked("office", "good" if told else "doubtful", {"program": found, "version": told}, remedy=remedy)


def _tokens() -> Checked:
    from docgen.signing.config import config_file, load_setups

    try:
        named = [setup.token.module for setup in load_setups(config_file()).values() if setup.token is not None]
    except DocgenError:
        named = []
    gone = [module for module in named if not Path(module).is_file()]
    if gone:
        return Checked("token", "missing", {"module": ", ".join(gone)})
    there = [module for module in (*named, *MODULES) if Path(module).is_file()]
    return Checked("token", "good", {"module": ", ".join(dict.fromkeys(there))}) if there else Checked(
        "token", "doubtful"
    )  # fmt: skip


def _clock() -> Checked:
    from docgen.signing.pades import now

    moment = now()
    state: State = "good" if moment.year >= _OLDEST_CLOCK else "missing"
    return Checked("clock", state, {"time": moment.isoformat()}, needed=True)


def _config() -> Checked:
    from docgen.signing.config import FILE, config_file, config_folder, load_setups

    try:
        path = config_file()
        names = ", ".join(load_setups(path))
    except DocgenError as fault:
        return Checked("config", "missing", {"problem": message(fault.code, language(), **fault.facts)})
    if path is None:
        return Checked("config", "doubtful", {"places": f"{FILE}, {config_folder() / FILE}"})
    return Checked("config", "good", {"file": str(path), "names": names or "–"})


def _writing() -> Checked:
    folders = {"here": Path.cwd(), "temporary": Path(tempfile.gettempdir())}
    for folder in folders.values():
        try:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(os.urandom(16))
        except OSError as fault:
            return Checked("writing", "missing", {"folder": str(folder), "problem": fault.strerror or ""}, needed=True)
    return Checked("writing", "good", {"folder": str(folders["here"])})
