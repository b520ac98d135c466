"""What docgen refuses to read it does not write: an office's template is judged like a file that was sent.

A template's parts are copied into every form made from it, so a macro, an embedded program or a link that Word follows
by itself would go out with all of them. The judge is `docgen.word.file.safe_open`, and its findings are the ones
reported.
"""

from __future__ import annotations

from pathlib import Path

from docgen.errors import InputError
from docgen.i18n import DEFAULT_LANGUAGE, has_message, message
from docgen.model import Finding
from docgen.word.engine.losses import findings_of
from docgen.word.file.package import read_package
from docgen.word.file.safe_open import open_word

_NO_WORD_FILE = frozenset(f"read.file.{why}" for why in ("not_word", "archive", "damaged", "empty", "missing"))


class Findings:
    """Findings as a fact of an error: `{problems:en}` in a message gives their words in that language."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings

    def __format__(self, language: str) -> str:
        """Every finding with its hint, one after the other."""
        lang = language or DEFAULT_LANGUAGE
        said = []
        for finding in self.findings:
            text = message(finding.code, lang, **finding.params)
            hint = finding.code + ".hint"
            said.append(f"{text}. {message(hint, lang, **finding.params)}" if has_message(hint, lang) else text)
        return "; ".join(said)

    def __str__(self) -> str:
        return format(self, DEFAULT_LANGUAGE)


def refusals(source: bytes | str | Path, name: str = "") -> list[Finding]:
    """The errors for which no template is taken from `source` (a path, or the bytes of a file called `name`).

    Raises `InputError` `errors.word.unreadable` where that is no Word file at all.
    """
    found = [finding for finding in open_word(source, name)[1] if finding.severity == "error"]
    if found and found[0].code in _NO_WORD_FILE:
        raise InputError("errors.word.unreadable", file=found[0].place.file, reason=found[0].code.rpartition(".")[2])
    return found


def refuse(content: bytes, name: str = "") -> None:
    """Raise `InputError` `errors.template.refused` with the findings in its facts where there are `refusals`.

    Raises `errors.word.unreadable` as `refusals` does.
    """
    found = refusals(content, name)
    if found:
        raise InputError("errors.template.refused", file=name, codes=[f.code for f in found], problems=Findings(found))


def refuse_losses(content: bytes, name: str = "") -> None:
    """Raise `InputError` `errors.template.refused` where a template would silently lose what stands in it.

    The same losses as `docgen template check` reports: whoever did not ask there is told here.
    """
    found = findings_of(read_package(content), name)
    if found:
        raise InputError("errors.template.refused", file=name, codes=[f.code for f in found], problems=Findings(found))
