"""What is done with one file, wherever it is done: take the controls off, draw, finish, measure, check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from docgen.crew import Alive, Work
from docgen.errors import DocgenError, EnvironmentFault, InputError
from docgen.model import Finding, Place, Severity
from docgen.pdf.drawn import Drawn, Engine, NotDrawn, Room
from docgen.pdf.finish import finish
from docgen.pdf.gate import check
from docgen.pdf.glyphs import fonts
from docgen.pdf.mark import checked, mark
from docgen.pdf.page_faults import better_broken, page_faults
from docgen.pdf.reading import Reading
from docgen.pdf.zones import SignatureZone, signature_zones
from docgen.storage import environment_fault
from docgen.word.after.drawing_cost import refuse_costly
from docgen.word.after.links_out import Link
from docgen.word.after.shown import shown
from docgen.word.after.shown_pictures import shown_pictures
from docgen.word.after.unwrap import unwrapped
from docgen.word.read.old_text import old_texts

#: The code of the finding for what is no Word file: no engine could do anything with it.
UNREADABLE = "pdf.file.unreadable"
#: Kinds of links out of a file without which its pages are the same.
_NOTHING_SHOWN = frozenset({"attachedTemplate", "mailMergeSource", "mailMergeHeaderSource", "transform"})
#: So often a file is drawn again with a page ended earlier; each time mends one page.
_REDRAWINGS = 8
#: What ends the process, or the run: a missing library, a full disk, no memory, nobody who waits.
_NOT_ABOUT_A_FILE = (EnvironmentFault, OSError, MemoryError, EOFError)
#: The last touch on a PDF, given its signature zones: placing fields, for instance.
After = Callable[[bytes, list[SignatureZone]], bytes]


@dataclass(slots=True)
class FileResult:
    """What came of one file.

    `pdf` is None where there is none; then a finding says why. `engine` and `version` of what drew it, `zones` its
    signature zones, `fonts` as `docgen.pdf.reading.fonts` gives them, `pages` their number, `findings` with the name
    as place.
    """

    name: str
    pdf: bytes | None
    engine: str
    version: str = ""
    zones: list[SignatureZone] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    pages: int = 0
    findings: list[Finding] = field(default_factory=list)


class Item(NamedTuple):
    """A file on its way: its number in the order given, its name, the Word file, texts its PDF must hold besides."""

    number: int
    name: str
    docx: bytes
    texts: Sequence[str] = ()


class Task(NamedTuple):
    """What is done at a time: files for one engine."""

    engine: str
    items: Sequence[Item]


class At(NamedTuple):
    """A process says: now the file of this number; None where the engine is at work, which may be at any."""

    number: int | None


class Made(NamedTuple):
    """A process says: this came of the file of this number."""

    number: int
    result: FileResult


class Missed(NamedTuple):
    """A process says: there is no PDF of the file of this number; the code and the facts of the finding."""

    number: int
    code: str
    params: Mapping[str, object]


Message = At | Made | Missed


@dataclass(frozen=True, slots=True)
class Studio:
    """What every process of a conversion needs to know; called there, it gives what does the tasks.

    `token` names the run, `after` is the last touch, `mark` the words of the mark (`docgen.pdf.mark`), None for no
    mark; `seconds` as for `docgen.pdf.drawn.Room`. `own` files may be as long as they are: docgen made them.
    """

    engines: Mapping[str, Engine]
    token: str
    after: After | None = None
    mark: str | None = None
    seconds: float | None = None
    own: bool = False

    def __call__(self, number: int, alive: Alive) -> Work:
        """What does the tasks of a process (`docgen.crew.Prepare`)."""
        return lambda task: self.work(task, alive)

    def work(self, task: Task, alive: Alive) -> Iterator[Message]:
        """Do all files of `task`; what is not told of at the end was not come to."""
        items = {item.number: item for item in task.items}
        plain: dict[int, bytes] = {}
        links: dict[int, tuple[Link, ...]] = {}
        for item in task.items:
            yield At(item.number)
            try:
                if not self.own:
                    refuse_costly(item.docx, item.name)
                copy = unwrapped(item.docx, item.name)
                plain[item.number], links[item.number] = copy.docx, copy.links
            except Exception as fault:
                yield _undone(item, task.engine, fault)
        yield At(None)
        for number, drawn in self._drawn(task, plain, alive):
            item = items[number]
            if isinstance(drawn, NotDrawn):
                yield Missed(number, drawn.code, drawn.params)
                continue
            yield At(number)
            try:
                broken, drawn = self._well_broken(task.engine, number, plain[number], drawn, alive)
                result = self._finished(item, task.engine, broken, drawn)
                result.findings += _cut_off(item.name, links[number])
            except Exception as fault:
                yield _undone(item, task.engine, fault)
            else:
                yield Made(number, result)

    def _drawn(self, task: Task, plain: Mapping[int, bytes], alive: Alive) -> Iterator[tuple[int, Drawn | NotDrawn]]:
        """What the engine gives; where it raises something, the first file it had not given is to blame."""
        given = set()
        try:
            for number, drawn in self.engines[task.engine].draw(
                list(plain.items()), Room(self.token, alive, self.seconds)
            ):
                given.add(number)
                yield number, drawn
        except OSError as fault:
            raise environment_fault(fault, fault.filename or task.engine) from None
        except _NOT_ABOUT_A_FILE:
            raise
        except Exception as fault:
            left = [number for number in plain if number not in given]
            if left:
                yield left[0], NotDrawn.because(type(fault).__name__)

    def _well_broken(self, engine: str, number: int, plain: bytes, drawn: Drawn, alive: Alive) -> tuple[bytes, Drawn]:
        """The drawing with a page ended earlier wherever the engine left a signature, or what heads a table, alone."""
        if not self.engines[engine].redraws:
            return plain, drawn
        kept, fewest = (plain, drawn), None
        for _ in range(_REDRAWINGS):
            with Reading(drawn.pdf) as reading:
                faults, copy = better_broken(plain, reading)
            if fewest is None or faults < fewest:
                kept, fewest = (plain, drawn), faults
            if copy is None:
                break
            room = Room(self.token, alive, self.seconds)
            try:
                again = next((one for _, one in self.engines[engine].draw([(number, copy)], room)), None)
            except _NOT_ABOUT_A_FILE:
                raise
            except Exception:  # the first drawing stands
                break
            if not isinstance(again, Drawn):
                break
            plain, drawn = copy, again
        return kept

    def _finished(self, item: Item, engine: str, plain: bytes, drawn: Drawn) -> FileResult:
        pdf = finish(drawn.pdf, "" if self.mark is None else mark(item.docx, self.mark))
        wanted = shown(plain)
        with Reading(pdf) as reading:
            zones, findings = signature_zones(plain, reading, drawn.boxes, item.name)
            named, pages = fonts(reading), reading.page_count()
            heads = [text for text, least in wanted.heads if pages >= least]
            findings += check(reading, wanted.texts, item.name, (*item.texts, *heads), wanted.loose,
                              shown_pictures(plain))  # fmt: skip
            findings += page_faults(plain, reading, item.name)
        if wanted.chunks:
            findings.append(Finding("pdf.chunk.not_drawn", "error", Place(item.name), {"count": wanted.chunks}))
        findings += _old_fonts(plain, named, item.name)
        if self.mark is not None and not findings:
            pdf = checked(pdf)
        if self.after is not None:
            pdf = self.after(pdf, zones)
        return FileResult(item.name, pdf, engine, "", zones, named, pages, findings)


def _old_fonts(docx: bytes, drawn: Sequence[str], name: str) -> Iterator[Finding]:
    """Text in a font of before Unicode that was drawn in another font: letters on the page that nobody can read."""
    there = {_plain(font) for font in drawn}
    for font, (text, legible) in old_texts(docx).items():
        if not any(_plain(font) in found for found in there):
            params = {"font": font[:40], "text": text, "shown": legible}
            yield Finding("pdf.text.old_font", "error", Place(name), params)


def _plain(font: str) -> str:
    return "".join(c for c in font.lower() if c.isalnum())


def _cut_off(name: str, links: Sequence[Link]) -> list[Finding]:
    """What is to be said of links that were taken out: a picture that lay elsewhere is not on the page."""
    out = []
    for kind, target in dict.fromkeys(links):
        severity: Severity = "info" if kind in _NOTHING_SHOWN else "error"
        params = {"kind": kind, "target": target[:120]}
        out.append(Finding("pdf.link.not_followed", severity, Place(name), params))
    return out[:20]


def _undone(item: Item, engine: str, fault: Exception) -> Message:
    """What is to be said of a file that raised something. Raises it again where it is not about the file."""
    if isinstance(fault, _NOT_ABOUT_A_FILE):
        raise fault
    if isinstance(fault, InputError) and fault.code == "errors.word.unreadable":
        reason = {"reason": fault.facts.get("reason", "")}
        return Made(item.number, not_made(item.name, engine, Finding(UNREADABLE, "error", Place(item.name), reason)))
    if isinstance(fault, InputError) and fault.code.startswith(("read.file.", "pdf.file.")):
        params = {key: value for key, value in fault.facts.items() if key != "file"}
        return Made(item.number, not_made(item.name, engine, Finding(fault.code, "error", Place(item.name), params)))
    problem = NotDrawn.because(fault.code if isinstance(fault, DocgenError) else type(fault).__name__)
    return Missed(item.number, problem.code, problem.params)


def not_made(name: str, engine: str, finding: Finding) -> FileResult:
    """The result of a file of which there is no PDF."""
    return FileResult(name, None, engine, findings=[finding])
