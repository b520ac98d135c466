"""From Word files to PDF: one function, two engines, one gate behind both.

What is not as it should be comes back as a finding: a letter drawn as an empty box, a font that was replaced, a text
that did not arrive, a signature block that cannot be found. Nothing of that is ever silent.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from docgen.errors import InternalError, UsageError
from docgen.model import Finding, Place, has_errors
from docgen.pdf import embedded, libreoffice
from docgen.pdf.finish import finish
from docgen.pdf.reading import drawing, fonts, missing_glyphs, missing_text
from docgen.pdf.zones import BlockBox, SignatureZone, signature_zones
from docgen.word.unwrap import unwrap
from docgen.word.written import paragraphs

ENGINES = ("auto", "rdocx", "libreoffice")


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


def choose_engine(engine: str = "auto") -> str:
    """The engine that `engine` stands for: with `auto` the embedded one, LibreOffice where that is not installed.

    Raises `UsageError` for an unknown name, `EnvironmentFault` where the named engine, or any, is missing.
    """
    if engine not in ENGINES:
        raise UsageError("pdf.error.unknown_engine", engine=engine, known=", ".join(ENGINES))
    if engine == "libreoffice":
        libreoffice.need_program()
        return engine
    if engine == "auto" and embedded.engine_version() is None and libreoffice.program() is not None:
        return "libreoffice"
    embedded.need_rdocx()
    return "rdocx"


def convert(
    docx: Mapping[str, bytes] | Sequence[tuple[str, bytes]],
    engine: str = "auto",
    *,
    workers: int | None = None,
    timeout: float | None = None,
) -> ConversionResult:
    """Each Word file as PDF/A-2b, language vi-VN, fonts embedded, with its signature zones.

    With `auto` the embedded engine draws; where that loses a text or a letter and LibreOffice is there, LibreOffice
    draws all of them, so that one packet is drawn by one engine. Raises `InputError` for what is no Word file,
    `EnvironmentFault` where the engine is missing.
    """
    files = list(docx.items()) if isinstance(docx, Mapping) else list(docx)
    names = [name for name, _ in files]
    if len(set(names)) != len(names):
        raise InternalError("pdf.error.names_twice", names=", ".join(sorted({n for n in names if names.count(n) > 1})))
    plain = [(name, unwrap(content, name)) for name, content in files]
    chosen = choose_engine(engine)
    if chosen == "libreoffice":
        return _with_libreoffice(plain, workers, timeout)
    result = _with_rdocx(plain)
    if engine == "auto" and has_errors(result.findings) and libreoffice.program() is not None:
        other = _with_libreoffice(plain, workers, timeout)
        if len(other.pdfs) == len(files) and not has_errors(other.findings):
            return other
    return result


def _with_rdocx(files: Sequence[tuple[str, bytes]]) -> ConversionResult:
    rdocx = embedded.need_rdocx()
    result = ConversionResult({}, embedded.NAME, embedded.engine_version() or "")
    for name, content in files:
        try:
            drawn = embedded.draw(content)
        except rdocx.RdocxError as fault:
            result.findings.append(_failed(name, str(fault)[:200]))
            continue
        _keep(result, name, content, drawn.pdf, drawn.boxes)
    _sort(result)
    return result


def _with_libreoffice(
    files: Sequence[tuple[str, bytes]], workers: int | None, timeout: float | None
) -> ConversionResult:
    pdfs, version = libreoffice.convert([content for _, content in files], workers=workers, timeout=timeout)
    result = ConversionResult({}, libreoffice.NAME, version)
    for (name, content), pdf in zip(files, pdfs, strict=True):
        if pdf is None:
            result.findings.append(_failed(name, libreoffice.NAME))
        else:
            _keep(result, name, content, pdf, None)
    _sort(result)
    return result


def _failed(name: str, problem: str) -> Finding:
    return Finding("pdf.convert.failed", "error", Place(name), {"problem": problem})


def _sort(result: ConversionResult) -> None:
    result.fonts = sorted({font for pdf in result.pdfs.values() for font in fonts(pdf)})


def _keep(result: ConversionResult, name: str, docx: bytes, drawn: bytes, boxes: Mapping[int, BlockBox] | None) -> None:
    pdf = finish(drawn)
    zones, findings = signature_zones(docx, pdf, boxes, name)
    result.pdfs[name] = pdf
    result.zones[name] = zones
    result.findings.extend(findings)
    result.findings.extend(check(pdf, [text for text in paragraphs(docx) if text.strip()], name))


def check(pdf: bytes, texts: Sequence[str], name: str = "") -> list[Finding]:
    """What is wrong with a finished PDF: texts of `texts` that are not in it, missing glyphs, other fonts, a font
    that is not embedded, text beyond the edge of the paper."""
    place = Place(name)
    drawn = drawing(pdf)
    out = [Finding("pdf.text.lost", "error", place, {"text": text.strip()[:80]}) for text in missing_text(pdf, texts)]
    out += [
        Finding("pdf.glyph.missing", "error", place, {"page": page})
        for page in sorted({*missing_glyphs(pdf), *drawn.boxes})
    ]
    out += [Finding("pdf.text.off_page", "error", place, {"page": page, "text": text}) for page, text in drawn.off_page]
    out += [
        Finding("pdf.font.substituted", "warning", place, {"font": use.font, "letters": use.letters[:40]})
        for use in drawn.substituted
    ]
    out += [
        Finding("pdf.font.not_embedded", "error", place, {"font": font.rstrip("!")})
        for font in fonts(pdf)
        if font.endswith("!")
    ]
    return out


@dataclass(slots=True)
class Converted:
    """What came of one file."""

    name: str
    pdf: bytes | None
    engine: str
    version: str
    zones: list[SignatureZone] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def convert_stream(
    files: Iterable[tuple[str, bytes]], engine: str = "auto", *, workers: int | None = None
) -> Generator[Converted, None, None]:
    """One result a file, in their order."""
    chosen = choose_engine(engine)
    for name, content in files:
        done = convert([(name, content)], chosen, workers=workers)
        zones = done.zones.get(name, [])
        yield Converted(name, done.pdfs.get(name), done.engine, done.version, zones, done.fonts, done.findings)
