"""From Word files to PDF: one function, two engines, one gate behind both.

What is not as it should be comes back as a finding: a letter drawn as an empty box, a font that was replaced, a text
that did not arrive, a signature block that cannot be found. Nothing of that is ever silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docgen.errors import InputError, InternalError
from docgen.model import Finding, has_errors
from docgen.pdf.choice import ENGINE, choose_engine, second_engine
from docgen.pdf.stream import convert_stream
from docgen.pdf.work import UNREADABLE
from docgen.pdf.zones import SignatureZone


@dataclass(slots=True)
class ConversionResult:
    """What a conversion gave.

    `pdfs` and `zones` by the names that were given, `engine` and `version` of what drew them, `fonts` of all files,
    `findings` with the file's name as place. A file that could not be converted is missing from `pdfs`.
    """

    pdfs: dict[str, bytes]
    engine: str
    version: str
    fonts: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    zones: dict[str, list[SignatureZone]] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        """What a manifest says about the engine."""
        return {"engine": self.engine, "version": self.version, "profile": "PDF/A-2b", "fonts": self.fonts}


def convert(
    docx: Mapping[str, bytes] | Sequence[tuple[str, bytes]],
    engine: str = "auto",
    *,
    workers: int | None = None,
    timeout: float | None = None,
    own: bool = False,
) -> ConversionResult:
    """Each Word file as PDF/A-2b, language vi-VN, fonts embedded, with its signature zones.

    With `auto` the embedded engine draws; where that loses a text or a letter and LibreOffice is there, LibreOffice
    draws all of them, so that one packet is drawn by one engine. `workers`, `timeout`, `own` as for `convert_stream`,
    on which this stands: a file that cannot be drawn, hangs or ends the converter is a finding.

    Raises `InputError` for what is no Word file, `EnvironmentFault` where the engine is missing.
    """
    files = list(docx.items()) if isinstance(docx, Mapping) else list(docx)
    names = [name for name, _ in files]
    if len(set(names)) != len(names):
        raise InternalError("pdf.error.names_twice", names=", ".join(sorted({n for n in names if names.count(n) > 1})))
    first = choose_engine(engine)
    result = _gather(files, first, workers, timeout, own)
    if has_errors(result.findings) and (second := second_engine(engine, first)):
        other = _gather(files, second, workers, timeout, own)
        if len(other.pdfs) == len(files) and not has_errors(other.findings):
            return other
    return result


def _gather(
    files: Sequence[tuple[str, bytes]], engine: str, workers: int | None, timeout: float | None, own: bool
) -> ConversionResult:
    """All files by one engine. Raises `InputError` for what is no Word file."""
    result = ConversionResult({}, engine, "" if files else ENGINE[engine].version())
    fonts: set[str] = set()
    for one in convert_stream(files, engine, workers=workers, timeout=timeout, own=own):
        for finding in one.findings:
            if finding.code == UNREADABLE:
                raise InputError("errors.word.unreadable", file=one.name, **finding.params)
        result.version = one.version
        result.findings += one.findings
        if one.pdf is not None:
            result.pdfs[one.name] = one.pdf
            result.zones[one.name] = one.zones
            fonts.update(one.fonts)
    result.fonts = sorted(fonts)
    return result
