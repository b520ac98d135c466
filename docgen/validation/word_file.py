"""A returned Word form as something to check: can it be read, is it whole, is what must be written there.

The findings of reading (`docgen.forms.readback`) and those about the data it gave (`docgen.validation.form_data`) come
together, each with its place in the Word file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from docgen.forms.bindings import Slot, slots
from docgen.forms.readback import ReadResult, read_form
from docgen.model import GRADES, LEVELS, Finding, Place
from docgen.paths import get
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.validation.form_data import validate_form_data
from docgen.word.file.safe_open import read_file


def validate_word_file(
    path: Path | str, folders: Sequence[Path | str] = (), templates: Sequence[Path | str] = ()
) -> list[Finding]:
    """Everything wrong or doubtful in the Word form at `path`, errors first.

    `folders` are further places of regulations, `templates` an office's own templates. Never raises for what stands in
    the file.
    """
    content = read_file(Path(path))
    if isinstance(content, Finding):
        return [content]
    result = read_form(content, folders=folders, file=str(path), templates=templates)
    return word_findings(result, str(path), folders)


def word_findings(result: ReadResult, file: str, folders: Sequence[Path | str] = ()) -> list[Finding]:
    """The findings about a form that was read: those of reading, of its data, and of the two together."""
    findings = list(result.findings)
    if result.definition is not None:
        regulation = load_regulation(result.regulation, folders)
        places = _Places(result, regulation, file)
        findings += _once(validate_form_data(result.data, result.definition, places), result)
        findings += _unfilled(result, regulation, file)
        findings += _grade_and_ticks(result, regulation, places)
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(findings, key=lambda f: order[f.severity])


class _Places:
    """The place in the Word file of a pointer into the form's data: where its value stood, else its label."""

    def __init__(self, result: ReadResult, regulation: RegulationData, file: str) -> None:
        self.file = file
        self.known = {value.place.pointer: value.place for value in result.values}
        self.labels: dict[str, str] = {}
        if result.definition is not None:
            for slot in slots(result.definition):
                pointer = f"/{slot.list}" if slot.list else "/" + "/".join(slot.path)
                self.labels.setdefault(pointer, slot.label)

    def find(self, pointer: str) -> Place:
        """The place of `pointer`."""
        if pointer in self.known:
            return replace(self.known[pointer], file=self.file)
        label = self.labels.get(pointer, "")
        return Place(self.file, pointer, f"“{label}”" if label else "")


def _once(findings: list[Finding], result: ReadResult) -> list[Finding]:
    """The data's findings without those that reading already gave for the same place.

    A value that stands on the paper but cannot be read is not also "missing", and the id is the file's own affair.
    """
    unreadable = {value.place.pointer for value in result.values if value.confidence == "unreadable"}
    return [f for f in findings if f.place.pointer not in unreadable and f.place.pointer != "/id"]


def _unfilled(result: ReadResult, regulation: RegulationData, file: str) -> Iterator[Finding]:
    """One remark about the places that were left as they came, the required ones aside."""
    assert result.definition is not None
    required = result.definition.required
    labels = [
        slot.label for slot in slots(result.definition)
        if slot.binding in result.blank and not slot.list
        and not any(slot.binding == name or slot.binding.startswith(name + ".") for name in required)
    ]  # fmt: skip
    if labels:
        yield Finding("read.prompt.unfilled", "info", Place(file),
                      {"count": len(labels), "labels": "; ".join(label[:40] for label in labels[:8])})  # fmt: skip


def _grade_and_ticks(result: ReadResult, regulation: RegulationData, places: _Places) -> Iterator[Finding]:
    """A proposed grade above every tick of the form, or below every one.

    Grades and levels are both four, best first (HD 16 II.B). Which ticks a grade needs is the rules' affair; that
    nobody proposes more than the best thing he ticked needs no rule. Criteria of the tasks count where there are any.
    """
    assert result.definition is not None
    found = slots(result.definition)
    grade = next((s for s in found if s.kind.scale == GRADES and s.path[-1] == "proposed_grade" and not s.list), None)
    if grade is None:
        return
    proposed = get(result.data, grade.path)
    if proposed not in GRADES:
        return
    ticks: list[tuple[Slot, int]] = []
    for slot in found:
        level = get(result.data, slot.path) if slot.kind.scale == LEVELS and not slot.list else None
        if level in LEVELS:
            ticks.append((slot, LEVELS.index(str(level))))
    tasks = [rank for slot, rank in ticks if slot.criterion is not None and slot.criterion.group == "task"]
    ranks = tasks or [rank for _, rank in ticks]
    if not ranks:
        return
    rank = GRADES.index(str(proposed))
    words = dict(grade.options)
    place = places.find("/" + "/".join(grade.path))
    params = {"grade": words.get(str(proposed), str(proposed)), "count": len(ranks)}
    if rank < min(ranks):
        yield Finding("read.grade.above", "warning", place, params)
    elif rank > max(ranks):
        yield Finding("read.grade.below", "warning", place, params)
