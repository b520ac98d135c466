"""The PDF part of a packet: one PDF a document with its empty signature fields, and the merged print copy.

It is made together with the packet (`docgen packet --pdf`), or later for a packet that has Word files only, when
somebody wants to sign it. Every signature field is there before the first signature.

Drawing is dear, so each drawing is put aside on the disk under the hash of its Word file as soon as it has passed the
engine's gate; a run that was stopped finds it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from docgen.crew import processors
from docgen.errors import InputError, InternalError, UsageError
from docgen.i18n import message
from docgen.model import Finding, Place, has_errors
from docgen.packet.documents import FilledFile, Progress
from docgen.packet.index import start_pages
from docgen.packet.make import DRAWN, INDEX, MakePdf, PdfParts
from docgen.packet.manifest import MANIFEST, extra_entry, sha256
from docgen.packet.plan import Document, Signer
from docgen.regulations.originals import is_body_role, person_role
from docgen.sharing import share
from docgen.storage import json_bytes, new_folder, safe_name, working_on, write_whole

if TYPE_CHECKING:
    from docgen.pdf import ConversionResult, FileResult, SignatureZone

PDF_FOLDER = "pdf"
INDEX_PDF = "000-muc-luc.pdf"
PRINT_COPY = "ban-in.pdf"
#: A print copy is one file up to so many pages (four reams), beyond that one file for so many.
PRINT_PAGES = 2000
#: So few documents get their fields sooner from one process than from two.
_WORTH_A_PROCESS = 60
#: The index is drawn again where it is longer than thought: the numbers it prints count its own pages.
_INDEX_TRIES = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One Word file to be drawn: its number, place and hash; the PDF's name, its outline entry, its signers."""

    number: int
    docx: Path
    sha256: str
    name: str
    title: str
    signers: Sequence[Signer]


class _Note(TypedDict):
    """What was noted of one drawing."""

    zones: list[dict[str, Any]]
    fonts: list[str]
    warnings: list[dict[str, Any]]


@dataclass(slots=True)
class _Drawings:
    """Drawings put aside: one PDF and one note (zones, fonts, findings) a Word file, under its hash."""

    folder: Path

    @classmethod
    def of(cls, aside: Path, engine: str) -> _Drawings:
        """Those of one version of one engine: another draws otherwise."""
        from docgen.pdf.choice import ENGINE

        return cls(aside / safe_name(f"{engine}-{ENGINE[engine].version()}"))

    def has(self, page: Page) -> bool:
        """True where `page` was drawn. The note is written last."""
        return (self.folder / f"{page.sha256}.json").is_file()

    def put(self, page: Page, drawn: FileResult) -> None:
        """Put aside what the engine gave for `page`."""
        assert drawn.pdf is not None, page.name
        write_whole(self.folder / f"{page.sha256}.pdf", drawn.pdf, overwrite=True)
        note = {
            "zones": [asdict(zone) for zone in drawn.zones],
            "fonts": list(drawn.fonts),
            "warnings": [asdict(finding) for finding in drawn.findings],
        }
        write_whole(self.folder / f"{page.sha256}.json", json.dumps(note).encode(), overwrite=True)

    def pdf(self, page: Page) -> bytes:
        """The PDF of `page`."""
        return (self.folder / f"{page.sha256}.pdf").read_bytes()

    def note(self, page: Page) -> _Note:
        """What was noted of `page`: `fonts`, `warnings`, and `zones` as `SignatureZone` has them."""
        note: _Note = json.loads((self.folder / f"{page.sha256}.json").read_bytes())
        return note

    def zones(self, page: Page) -> list[SignatureZone]:
        """The signature zones of `page`."""
        from docgen.pdf import SignatureZone

        return [SignatureZone(**{**zone, "rect": tuple(zone["rect"])}) for zone in self.note(page)["zones"]]


def draw(
    pages: Sequence[Page],
    target: Path,
    index: Callable[[Mapping[int, int]], bytes],
    engine: str,
    *,
    aside: Path,
    jobs: int = 0,
    progress: Progress = lambda done, total: None,
) -> PdfParts:
    """Write the PDF files of `pages`, of the index and the print copy to `target`.

    `index` makes the index from the pages on which the documents begin in the print copy.

    With `auto` one engine still draws them all: where the embedded one loses something, LibreOffice draws everything.
    `aside` is the folder in which drawings wait, `jobs` the number of processes (0: one a core). Raises
    `InternalError` where a text or a letter did not arrive, `EnvironmentFault` where the engine is missing.
    """
    chosen, drawings = _drawn_by_one(pages, aside, engine, jobs, progress)
    workers = min(jobs or processors(), max(1, len(pages) // _WORTH_A_PROCESS))
    entries = dict(sorted(share(pages, workers, partial(_Fields, drawings, target))))
    counts = {number: int(entry["pages"]) for number, entry in entries.items()}
    contents, starts = _drawn_index(index, counts, chosen)
    index_pdf = contents.pdfs[INDEX_PDF]
    write_whole(target / INDEX_PDF, index_pdf)
    extras = [extra_entry(f"{PDF_FOLDER}/{INDEX_PDF}", index_pdf, "index", True)]
    for name, content in _print_copies(pages, drawings, counts, index_pdf):
        write_whole(target / name, content)
        extras.append(extra_entry(name, content, "print copy", False))
    fonts: set[str] = set(contents.fonts)
    warnings: list[Finding] = []
    for page in pages:
        note = drawings.note(page)
        fonts.update(note["fonts"])
        warnings += [_finding(found) for found in note["warnings"]]
    record = {**contents.record(), "fonts": sorted(fonts)}
    if warnings:
        record["findings"] = [asdict(finding) for finding in warnings]
    return PdfParts(entries, counts, starts, extras, record, warnings)


def _drawn_index(
    index: Callable[[Mapping[int, int]], bytes], counts: Mapping[int, int], engine: str
) -> tuple[ConversionResult, dict[int, int]]:
    """The index, drawn, with the pages on which the documents begin behind it; without them where its own length does
    not settle: no number is better than a wrong one. Raises `InternalError` where a text of it is lost."""
    from docgen.pdf import convert, page_count

    length = 1
    for _ in range(_INDEX_TRIES):
        starts = start_pages(counts, length)
        drawn = convert([(INDEX_PDF, index(starts))], engine, own=True)
        if has_errors(drawn.findings):
            raise _lost(drawn.findings)
        if (found := page_count(drawn.pdfs[INDEX_PDF])) == length:
            return drawn, starts
        length = found
    return convert([(INDEX_PDF, index({}))], engine, own=True), {}


def noted_of(manifest: Mapping[str, Any]) -> list[Finding]:
    """What was noted when the packet of `manifest` was drawn."""
    found = (manifest.get("pdf") or {}).get("findings") or ()
    return [_finding(one) for one in found]


def _finding(plain: Mapping[str, Any]) -> Finding:
    return Finding(**{**plain, "place": Place(**plain["place"])})


def _drawn_by_one(
    pages: Sequence[Page], aside: Path, engine: str, jobs: int, progress: Progress
) -> tuple[str, _Drawings]:
    """Draw what is not yet drawn; returns the name of the engine that drew them all, and the drawings."""
    from docgen.pdf.choice import choose_engine, second_engine

    chosen = choose_engine(engine)
    drawings = _Drawings.of(aside, chosen)
    spare = second_engine(engine, chosen)
    lost = _draw_missing(pages, drawings, chosen, jobs, progress, stop=bool(spare))
    if lost and spare:
        chosen = spare
        drawings = _Drawings.of(aside, chosen)
        lost = lost if _draw_missing(pages, drawings, chosen, jobs, progress) else []
    if lost:
        raise _lost(lost)
    return chosen, drawings


def _draw_missing(
    pages: Sequence[Page], drawings: _Drawings, engine: str, jobs: int, progress: Progress, *, stop: bool = False
) -> list[Finding]:
    """Draw the pages that were not drawn before; returns the errors, with `stop` the first page's only."""
    from docgen.pdf import convert_stream

    missing = [page for page in pages if not drawings.has(page)]
    by_name = {page.name: page for page in missing}
    errors: list[Finding] = []
    done = len(pages) - len(missing)
    files = ((page.name, page.docx.read_bytes()) for page in missing)
    with closing(convert_stream(files, engine, workers=jobs or None, own=True)) as results:
        for result in results:
            found = [finding for finding in result.findings if finding.severity == "error"]
            errors += found
            if not found:
                drawings.put(by_name[result.name], result)
            elif stop:
                break
            done += 1
            progress(done, len(pages))
    return errors


def _lost(findings: Sequence[Finding]) -> InternalError:
    told = "; ".join(f"{f.place}: {message(f.code, **f.params)}" for f in findings if f.severity == "error")
    return InternalError("errors.internal.pdf", problem=told[:600])


def _with_bodies(zones: Sequence[SignatureZone], signers: Sequence[Signer], pdf: bytes) -> Iterator[SignatureZone]:
    """The zones of `pdf`, those of which a body signs beside a person shared between the two."""
    from docgen.pdf import shared_zone
    from docgen.signing import field_name

    bodies = {field_name(person_role(s.role)): field_name(s.role) for s in signers if is_body_role(s.role)}
    for zone in zones:
        yield from shared_zone(zone, pdf, bodies[zone.name]) if zone.name in bodies else (zone,)


class _Fields:
    """Gives drawings their signature fields, in one process."""

    def __init__(self, drawings: _Drawings, target: Path, worker: int) -> None:
        self._drawings = drawings
        self._target = target

    def run(self, task: Page, alive: Callable[[], bool]) -> tuple[int, dict[str, Any]]:
        """Write the PDF of one page; returns its number and its entry in the manifest."""
        from docgen.pdf import page_count
        from docgen.signing import place_fields

        drawn = self._drawings.pdf(task)
        zones = list(_with_bodies(self._drawings.zones(task), task.signers, drawn))
        pdf = place_fields(drawn, zones, task.signers)
        write_whole(self._target / task.name, pdf)
        return task.number, {
            "file": f"{PDF_FOLDER}/{task.name}",
            "sha256": sha256(pdf),
            "size": len(pdf),
            "pages": page_count(pdf),
            "fields": [zone.name for zone in zones],
        }

    def close(self) -> None:
        """Nothing is held."""


def _print_copies(
    pages: Sequence[Page], drawings: _Drawings, counts: Mapping[int, int], index_pdf: bytes
) -> Iterator[tuple[str, bytes]]:
    """The print copy: its name and bytes; several for a packet of very many pages, numbered through all of them.

    It is printed on both sides: no two documents share a sheet.
    """
    from docgen.pdf import page_count, print_copy

    first = page_count(index_pdf)
    shares: list[list[Page]] = [[]]
    filled = first
    for page in pages:
        if filled + counts[page.number] > PRINT_PAGES and shares[-1]:
            shares.append([])
            filled = 0
        shares[-1].append(page)
        filled += counts[page.number]
    total = first + sum(counts.values())
    start = 1
    for number, share_ in enumerate(shares, start=1):
        parts = [(message("packet.index.short", "vi"), index_pdf)] if number == 1 else []
        parts += [(page.title, drawings.pdf(page)) for page in share_]
        title = message("packet.index.title", "vi")
        name = PRINT_COPY if len(shares) == 1 else f"{Path(PRINT_COPY).stem}-{number:02d}.pdf"
        yield name, print_copy(parts, index=number == 1, title=title, first=start, total=total, two_sided=True)
        start += (first if number == 1 else 0) + sum(counts[page.number] for page in share_)


def pdf_maker(engine: str, jobs: int = 0, progress: Progress = lambda done, total: None) -> MakePdf:
    """A function that adds the PDF files to a packet that is being made (`docgen.packet.make.MakePdf`).

    `engine` is `auto`, `rdocx` or `libreoffice`. It raises as `draw` does. That every official text and every value
    stands in the Word file has been checked by then; the engine's gate finds every paragraph of it in the PDF.
    """

    def make(
        work: Path, filled: Sequence[tuple[Document, FilledFile]], index: Callable[[Mapping[int, int]], bytes]
    ) -> PdfParts:
        pages = [
            Page(
                document.number, work / file.name, file.sha256, f"{document.stem}.pdf",
                _title(document.number, document.definition.code, document.subject), document.signers,
            )
            for document, file in filled
        ]  # fmt: skip
        parts = draw(pages, work / PDF_FOLDER, index, engine, aside=work / DRAWN, jobs=jobs, progress=progress)
        _print_to(work, parts, work / PDF_FOLDER)
        return parts

    return make


def _print_to(folder: Path, parts: PdfParts, drawn: Path) -> None:
    """Move the print copy out of the folder of documents: it is none of them."""
    for extra in parts.extras:
        if extra["what"] == "print copy":
            os.replace(drawn / extra["file"], folder / extra["file"])


def add_pdf(
    folder: Path, engine: str = "auto", jobs: int = 0, progress: Progress = lambda done, total: None
) -> list[Finding] | None:
    """Draw the PDF files of a packet that was made without; returns what was noted, None where all were there.

    Raises `UsageError` for a draft, `InputError` where a Word file is not as the manifest records it, and what `draw`
    raises. The manifest is written last: a run that was broken off is simply repeated.
    """
    with working_on(folder.absolute()):
        return _add_pdf(folder, engine, jobs, progress)


def _add_pdf(folder: Path, engine: str, jobs: int, progress: Progress) -> list[Finding] | None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("draft"):
        raise UsageError("errors.usage.draft_not_signed", folder=str(folder))
    if all(entry.get("pdf") for entry in manifest["files"]):
        return None
    pages = []
    for entry in manifest["files"]:
        if entry.get("pdf"):  # a digitised paper came with its own
            continue
        _recorded(folder, entry)
        signers = [Signer(s["role"], s["caption"], s["seal"], s["name"] or "") for s in entry["signers"]]
        name, title = f"{Path(entry['file']).stem}.pdf", _title(entry["number"], entry["code"], "")
        pages.append(Page(entry["number"], folder / entry["file"], entry["sha256"], name, title, signers))
    index = _recorded(folder, next(extra for extra in manifest["extras"] if extra["file"] == INDEX))
    with new_folder(folder / PDF_FOLDER, overwrite=True, keep=DRAWN) as work:
        parts = draw(pages, work, lambda starts: index, engine, aside=work / DRAWN, jobs=jobs, progress=progress)
    _print_to(folder, parts, folder / PDF_FOLDER)
    for entry in manifest["files"]:
        entry["pdf"] = parts.entries.get(entry["number"], entry.get("pdf"))
    manifest["pdf"] = parts.engine
    replaced = {extra["file"] for extra in parts.extras}
    kept = [extra for extra in manifest["extras"] if extra["file"] not in replaced]
    manifest["extras"] = [*kept, *parts.extras]
    content = json_bytes(manifest)
    write_whole(folder / MANIFEST, content, overwrite=True)
    return parts.findings


def _recorded(folder: Path, entry: Mapping[str, Any]) -> bytes:
    """The bytes of a file of the packet, which must be those the manifest records."""
    try:
        content = (folder / str(entry["file"])).read_bytes()
    except OSError:
        content = b""
    if sha256(content) != entry["sha256"]:
        raise InputError("errors.input.packet_changed", file=str(entry["file"]))
    return content


def _title(number: int, code: str, subject: str) -> str:
    return f"{number}. {code}" + (f" – {subject}" if subject else "")


__all__ = ["INDEX_PDF", "PDF_FOLDER", "PRINT_COPY", "PRINT_PAGES", "add_pdf", "draw", "noted_of", "pdf_maker"]
