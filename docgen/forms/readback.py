"""From a returned Word form to its data: `read(fill(d)) == d`, and every doubt as a finding.

The content controls carry the bindings, so most of the work is reading them. What a person's editing can do to a file
is met by comparing it with the form's own template: a control that is gone gives its value by the wording around it, a
row that was added by hand by its column, and wording that was changed is shown. Whatever was not read from a control
in good order has the confidence "review".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from docgen.forms.bindings import Slot, condition_slots, slots
from docgen.forms.build import template_bytes
from docgen.forms.definition import FormDefinition
from docgen.forms.printed import canonical_data
from docgen.forms.read_fixed import fixed_findings
from docgen.forms.read_identity import carried_record, identify
from docgen.forms.read_marks import OBJECT, in_unicode, mark_findings, short
from docgen.forms.read_pictures import picture_in
from docgen.forms.read_values import Parsed, Prompts, parse, tick_of, without_dots
from docgen.forms.template import CONDITIONS_PROPERTY
from docgen.i18n import worded
from docgen.model import Finding, Place, Severity
from docgen.paths import Json, JsonDict, get, put
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.word.file.safe_open import PartError, WordFile, open_word
from docgen.word.read.align import Alignment, Found, align
from docgen.word.read.old_fonts import from_letters, odd_words
from docgen.word.read.reader import prompts_of, read_text
from docgen.word.read.units import Hole, Unit, skeleton, units_of, with_others
from docgen.word.read.view import Control, Marks, Where, WordText, clean

Confidence = Literal["certain", "review", "unreadable"]


@dataclass(frozen=True, slots=True)
class ReadValue:
    """One value that was found: `binding`, the value (the text itself where it is unreadable), place, confidence."""

    binding: str
    value: Json
    place: Place
    confidence: Confidence = "certain"


@dataclass(slots=True)
class ReadResult:
    """What a Word form gave back.

    `record` is the id the file carries (`dv-01.chi_uy`), `data` what `docgen fill` would take, `blank` the bindings of
    places that were left empty. Without `regulation` and `form` the file could not be read; `findings` say why.
    """

    regulation: str = ""
    form: str = ""
    record: str = ""
    data: JsonDict = field(default_factory=dict)
    values: list[ReadValue] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    blank: list[str] = field(default_factory=list)
    definition: FormDefinition | None = None

    def as_json(self, language: str = "vi") -> JsonDict:
        """For `docgen read --json`: regulation, form, data, findings, and what is for review."""
        return {
            "regulation": self.regulation or None,
            "form": self.form or None,
            "record": self.record or None,
            "data": self.data,
            "review": [
                {"binding": value.binding, "confidence": value.confidence, "source": value.place.inner(language)}
                for value in self.values
                if value.confidence != "certain"
            ],
            "blank": self.blank,
            "findings": [finding.as_json(language) for finding in self.findings],
        }


#: A remark that somebody wrote into the properties may be long; the values of conditions are not.
_LONGEST_STEERING = 2000


@dataclass(frozen=True, slots=True)
class _Template:
    units: list[Unit]
    holes: dict[str, Hole]
    aliases: dict[str, str]
    prompts: frozenset[str]
    objects: int = 0
    pictures: frozenset[str] = frozenset()


def _template(definition: FormDefinition, folders: Sequence[Path | str]) -> _Template:
    """The form's template as the reader sees it, kept for the next file as long as it is the same."""
    regulation = definition.law
    content, _ = template_bytes(definition, folders)
    kept: dict[bytes, _Template] = regulation.derived(("forms.template", *definition.key, *map(str, folders)), dict)
    if (found := kept.get(content)) is None:
        found = _as_read(content)
        with_others(found.units, [(clean(one.text), tuple(map(clean, one.alone()))) for one in definition.eithers])
        kept.clear()
        kept[content] = found
    return found


def _as_read(content: bytes) -> _Template:
    file, _ = open_word(content)
    if file is None:
        return _Template([], {}, {}, frozenset())
    text = read_text(file.document, file.looks)
    units = skeleton(text.blocks)
    holes = {hole.tag: hole for unit in units for hole in unit.holes()}
    aliases: dict[str, str] = {}
    for control in text.controls:
        if control.tag in holes and control.alias:
            # An alias that two tags share names neither.
            aliases[control.alias] = control.tag if aliases.get(control.alias, control.tag) == control.tag else ""
    pictures = frozenset(control.tag for control in text.controls if control.is_picture and control.tag)
    return _Template(units, holes, aliases, frozenset(prompts_of(file.glossary)), _objects(text), pictures)


def _objects(text: WordText) -> int:
    """How many pictures, drawings and objects stand outside the fields."""
    return sum(marks.objects for marks in text.marks.values())


def template_bindings(definition: FormDefinition, templates: Sequence[Path | str] = ()) -> set[str]:
    """The bindings that the form's template (or an office's own) has places for."""
    template = _template(definition, templates)
    return {tag.partition("=")[0] for tag in template.holes} | template.pictures


def read_form(
    docx: bytes,
    regulation: RegulationData | str | None = None,
    definition: FormDefinition | None = None,
    folders: Sequence[Path | str] = (),
    *,
    file: str = "",
    templates: Sequence[Path | str] = (),
) -> ReadResult:
    """The data in a returned form.

    `regulation` and `definition` are what is expected, where something is; `folders` are further places of regulations,
    `templates` those of an office's own templates; `file` names the file in findings. Never raises for what stands in
    the file: a file that cannot be read gives a result with findings and no data.
    """
    out = ReadResult()
    opened, out.findings = open_word(docx, file)
    if opened is None:
        return out
    if isinstance(regulation, str):
        regulation = load_regulation(regulation, folders)
    at = Place(file)

    def report(code: str, severity: Severity, /, **params: object) -> None:
        out.findings.append(Finding(code, severity, at, params))

    try:
        text = read_text(opened.document, opened.looks)
    except PartError as fault:
        report(fault.code, "error", **fault.params)
        return out
    identity = identify(opened, text, report, regulation, definition, folders, bool(templates))
    if identity is None:
        return out
    out.regulation, out.form = identity.definition.regulation, identity.definition.form
    out.definition = identity.definition
    out.record = carried_record(opened, identity.definition, report)
    if text.revisions:
        report("read.content.revisions", "warning", count=text.revisions)
    if text.hidden:
        report("read.content.hidden", "warning", count=text.hidden)
    if text.foreign:
        report("read.content.foreign", "error", count=text.foreign)
    template = _template(identity.definition, templates)
    prompts = Prompts(template.prompts | prompts_of(opened.glossary))
    reading = _Reading(out, identity.definition, template, prompts, text, file, identity.sure)
    reading.notes = opened.notes
    reading.run(opened)
    # Forms that were handed out before carry them as the description of the file.
    _steering(out, identity.definition, opened.properties.get(CONDITIONS_PROPERTY) or opened.description)
    return out


def _steering(out: ReadResult, definition: FormDefinition, carried: str) -> None:
    """Put back the values that only steer conditions (`Display` writes them into a custom property).

    Anything else that stands there is somebody's remark and is left alone.
    """
    wanted = {slot.binding: slot for slot in condition_slots(definition)}
    if not wanted or len(carried) > _LONGEST_STEERING:
        return
    try:
        found = json.loads(carried)
    except (ValueError, RecursionError):
        return
    if not isinstance(found, dict):
        return
    for binding, value in found.items():
        slot = wanted.get(binding)
        if slot is None or get(out.data, slot.path) is not None:
            continue
        if value in [slot.kind.of_code(code) for code, _ in slot.options]:
            put(out.data, slot.path, value)


@dataclass(slots=True)
class _Given:
    """What was found for one place of a value, before places with the same binding are compared."""

    parsed: Parsed
    place: Place
    sure: bool


class _Reading:
    def __init__(
        self,
        out: ReadResult,
        definition: FormDefinition,
        template: _Template,
        prompts: Prompts,
        text: WordText,
        file: str,
        sure: bool,
    ) -> None:
        self.out = out
        self.definition = definition
        self.template = template
        self.prompts = prompts
        self.text = text
        self.file = file
        self.sure = sure
        self.slots = {slot.binding: slot for slot in slots(definition)}
        self.given: dict[tuple[str, tuple[int, int]], list[_Given]] = {}
        self.ticks: dict[tuple[str, tuple[int, int]], list[tuple[str, Place, bool]]] = {}
        self.rows: dict[str, set[tuple[int, int]]] = {}
        self.tags: dict[int, Hole] = {}
        self.renamed: set[int] = set()
        self.notes: Mapping[tuple[str, str], str] = {}
        self.encoding = ""
        self.told: set[Where] = set()

    def report(self, code: str, severity: Severity, place: Place, **params: object) -> None:
        self.out.findings.append(Finding(code, severity, place, params))

    def run(self, file: WordFile) -> None:
        self.name_controls()
        present = {hole.tag for hole in self.tags.values()}
        self.encoding = self.usual_encoding()
        for control in self.text.controls:
            if id(control) in self.tags:
                self.take_control(control, self.tags[id(control)])
        self.take_pictures(file)
        missing = set(self.template.holes) - present
        alignment = align(self.template.units, units_of(self.text.blocks, lambda c: self.tags.get(id(c))), missing)
        without_controls = bool(self.template.holes) and not present
        if without_controls:
            self.report("read.tags.lost", "warning", Place(self.file))
        for found in alignment.found:
            self.take_found(found, quiet=without_controls)
        self.say_lost(missing, alignment, without_controls)
        self.say_loose()
        self.collect()
        if alignment.total and alignment.matched < alignment.total * 0.4:
            self.report("read.fixed.other_document", "error", Place(self.file),
                        percent=round(alignment.matched * 100 / alignment.total))  # fmt: skip
        else:
            self.out.findings.extend(fixed_findings(self.definition, alignment, self.file))

    # -- controls ----------------------------------------------------------------------------------------------------

    def name_controls(self) -> None:
        """Which hole each control is: by its tag, or by its label where the tag was changed."""
        holes = self.template.holes
        present = {control.tag for control in self.text.controls}
        named = sum(control.tag in holes for control in self.text.controls)
        for control in self.text.controls:
            if not control.has_text:
                continue
            if control.tag in holes:
                self.tags[id(control)] = _hole(holes[control.tag], control)
                continue
            tag = self.template.aliases.get(control.alias, "")
            # Without any tags a label proves little: another program moves labels from one control to the next.
            if tag and named and ("[]" in tag or tag not in present):
                self.tags[id(control)] = _hole(holes[tag], control)
                self.renamed.add(id(control))
                self.report("read.control.renamed", "warning", self.place(tag, control.where, control.heading),
                            found=control.tag[:64], expected=tag, label=self.label(tag))  # fmt: skip
            elif control.tag and not control.tag.startswith("docgen."):
                code = "read.box.unknown" if "=" in control.tag else "read.control.unknown"
                if not self.prompts.is_prompt(control.text) and tick_of(control.text).ticked is not False:
                    self.report(code, "error" if code == "read.box.unknown" else "warning",
                                self.place("", control.where, control.heading), tag=control.tag[:64])  # fmt: skip

    def take_control(self, control: Control, hole: Hole) -> None:
        place = self.place(hole.tag, control.where, control.heading)
        line = (control.where.table, control.where.row) if "[]" in hole.tag else (0, 0)
        sure = self.sure and id(control) not in self.renamed and not control.revised
        if "=" in hole.tag:
            sure = self.say_marks(control.marks, hole.tag, place, control.text) and sure
            self.take_box(hole.tag, line, control.text, place, sure, control.checked)
            return
        slot = self.slots.get(hole.tag)
        if slot is None:
            return
        if slot.list:
            self.rows.setdefault(slot.list, set()).add(line)
        paragraphs = [p for p in control.paragraphs if not self.prompts.is_prompt(p, control.flagged)]
        paragraphs, plain = self.unicode(paragraphs, slot.label, place)
        clear = self.say_marks(control.marks, hole.tag, place, " ".join(paragraphs)) and plain
        if not paragraphs:
            if control.marks.objects:
                self.keep(slot, line, _Given(Parsed(raw=OBJECT), place, False))
            return
        sure = sure and clear
        parsed = parse(slot, paragraphs, control.full_date)
        if control.flagged:
            self.report("read.value.flagged", "warning", place, label=slot.label)
            sure = False
        self.keep(slot, line, _Given(parsed, place, sure and not parsed.problems))

    def take_pictures(self, file: WordFile) -> None:
        """The pictures in the controls that are there for them, and those whose control is gone."""
        found = set()
        for control in self.text.controls:
            slot = self.slots.get(control.tag)
            if not control.is_picture or slot is None or not slot.kind.is_media:
                continue
            found.add(control.tag)
            place = self.place(control.tag, control.where, control.heading)
            words = [p for p in control.paragraphs if not self.prompts.is_prompt(p, control.flagged)]
            parsed = picture_in(control, slot, file, words)
            if parsed.value is not None or parsed.problems:
                sure = self.sure and not control.revised and not parsed.problems
                self.keep(slot, (0, 0), _Given(parsed, place, sure))
        always = {block.field.binding for block in self.definition.pictures() if not block.when}
        for tag in sorted(always & self.template.pictures - found):
            self.report("read.control.missing", "warning", self.place(tag, Where(), ""), label=self.label(tag))

    def take_box(
        self, tag: str, line: tuple[int, int], text: str, place: Place, sure: bool, checked: bool | None = None
    ) -> None:
        """A box: its glyph counts, and what Word noted beside it is compared."""
        binding, _, code = tag.partition("=")
        slot = self.slots.get(binding)
        if slot is None:
            return
        if slot.list:
            self.rows.setdefault(slot.list, set()).add(line)
        tick = tick_of(text)
        if tick.ticked is None:
            self.report("read.box.unclear", "warning", place, given=tick.text[:20], label=self.label(tag))
            return
        if checked is not None and checked != tick.ticked:
            self.report("read.box.differs", "warning", place, label=self.label(tag), glyph=tick.text or "–")
            sure = False
        if tick.ticked:
            self.ticks.setdefault((binding, line), []).append((code, place, sure))

    def take_found(self, found: Found, quiet: bool) -> None:
        """A value that was found by its surroundings: for review."""
        place = self.place(found.tag, found.where, "")
        line = (found.where.table, found.where.row) if "[]" in found.tag else (0, 0)
        texts = [t for t in (without_dots(p) for p in found.paragraphs) if t and not self.prompts.is_prompt(t)]
        if "=" in found.tag:
            if found.beside and not any(tick_of(t).ticked for t in texts):
                self.report("read.fixed.added", "warning", place, text=" ".join(texts)[:80])
                return
            for text in texts:
                self.take_box(found.tag, line, text, place, False)
            if found.beside:
                self.report("read.box.beside", "warning", place, label=self.label(found.tag))
            elif not quiet and any(tick_of(t).ticked for t in texts):
                self.report("read.value.recovered", "warning", place, label=self.label(found.tag))
            return
        slot = self.slots.get(found.tag)
        if slot is None:
            return
        if slot.list:
            self.rows.setdefault(slot.list, set()).add(line)
        if not texts:
            return
        texts, _ = self.unicode(texts, slot.label, place)
        self.say_marks(self.text.marks.get(found.where, Marks()), found.tag, place, " ".join(texts))
        self.told.add(found.where)
        parsed = parse(slot, texts)
        if found.beside:
            self.report("read.value.beside", "warning", place, label=slot.label)
            earlier = self.given.get((found.tag, line))
            if earlier and isinstance(earlier[0].parsed.value, list):
                more = parsed.value if isinstance(parsed.value, list) else []
                parsed.value = [*earlier[0].parsed.value, *more]
                self.given[(found.tag, line)] = []
        elif not quiet and not slot.list:
            self.report("read.value.recovered", "warning", place, label=slot.label)
        elif not quiet:
            self.say_row(slot.list, line, place)
        self.keep(slot, line, _Given(parsed, place, False))

    # -- what stands beside the text -----------------------------------------------------------------------------------

    def usual_encoding(self) -> str:
        """The encoding of before Unicode that values of this file were typed in, where their letters show one."""
        found = [encoding for c in self.text.controls if (encoding := from_letters(c.text)[1])]
        return max(sorted(set(found)), key=found.count, default="")

    def unicode(self, paragraphs: list[str], label: str, place: Place) -> tuple[list[str], bool]:
        """The paragraphs, those typed in a lost old font converted and reported; True where there were none."""
        out, encoding = in_unicode(paragraphs, self.encoding)
        odd = [word for paragraph in out for word in odd_words(paragraph)]
        if odd:
            self.report("read.value.odd_letters", "warning", place, label=label, words=short(", ".join(odd)))
        if encoding:
            self.report("read.value.old_letters", "warning", place, label=label, encoding=encoding,
                        given=short(" ".join(paragraphs)), value=short(" ".join(out)))  # fmt: skip
        return out, not odd and not encoding

    def say_marks(self, marks: Marks, tag: str, place: Place, text: str) -> bool:
        """Report what stands at a value beside its text; True where there is nothing."""
        found = list(mark_findings(marks, self.label(tag), place, text, self.notes))
        self.out.findings.extend(found)
        return not found

    def say_loose(self) -> None:
        """What is struck through, and what is no text, outside the fields."""
        struck = [" ".join(m.struck) for where, m in self.text.marks.items() if where not in self.told and m.struck]
        if struck:
            self.report("read.content.struck", "warning", Place(self.file), text=short(clean("; ".join(struck))))
        more = _objects(self.text) - self.template.objects
        if more > 0:
            self.report("read.content.objects", "warning", Place(self.file), count=more)

    def say_row(self, listing: str, line: tuple[int, int], place: Place) -> None:
        """Once for each row without controls."""
        at = replace(place, pointer=f"/{listing}")
        if not any(f.code == "read.rows.by_column" and f.params.get("row") == line[1] for f in self.out.findings):
            self.report("read.rows.by_column", "warning", at, row=line[1])

    def say_lost(self, missing: set[str], alignment: Alignment, without_controls: bool) -> None:
        """Controls that are gone and whose text was not found either."""
        found = {item.tag for item in alignment.found}
        absent = {h.tag for unit in alignment.missing for h in unit.holes() if unit.optional}
        for tag in sorted(missing - found - absent):
            slot = self.slots.get(tag)
            if slot is None or slot.list or "=" in tag or self.optional(tag):
                continue
            if not without_controls:
                self.report("read.control.missing", "warning", self.place(tag, Where(), ""), label=slot.label)

    def optional(self, tag: str) -> bool:
        """True where the hole stands under a condition, so that its absence says nothing."""
        return any(unit.optional for unit in self.template.units for hole in unit.holes() if hole.tag == tag)

    # -- values ------------------------------------------------------------------------------------------------------

    def keep(self, slot: Slot, line: tuple[int, int], given: _Given) -> None:
        for code, severity, params in given.parsed.problems:
            self.report(code, severity, given.place, label=slot.label, **params)
        self.given.setdefault((slot.binding, line), []).append(given)

    def label(self, tag: str) -> str:
        """What people call the place of `tag`."""
        binding, _, code = tag.partition("=")
        slot = self.slots.get(binding)
        if slot is None:
            return tag
        return f"{slot.label}: {dict(slot.options).get(code, code)}" if code else slot.label

    def place(self, tag: str, where: Where, heading: str) -> Place:
        """The place of a value: pointer into the form's data, and how a person finds it in the file."""
        binding = tag.partition("=")[0]
        pointer = "/" + binding.replace("[].", "/-/").replace(".", "/") if binding else ""
        slot = self.slots.get(binding)
        label = f"“{slot.label[:60]}”" if slot else ""
        if where.table:
            return Place(self.file, pointer, label, section=heading, table=where.table, row=where.row, cell=where.cell)
        return Place(self.file, pointer, label, section=heading, paragraph=0 if heading else where.paragraph)

    def collect(self) -> None:
        """Ticks become values, repeats are compared, rows are put in order, and the data is built."""
        for (binding, line), ticks in self.ticks.items():
            slot = self.slots[binding]
            codes = list(dict.fromkeys(code for code, _, _ in ticks))
            words = dict(slot.options)
            if len(codes) > 1:
                # Nobody can tell which was meant: neither is taken.
                shown = [words.get(code, code) for code in codes]
                self.report("read.box.two", "error", ticks[0][1], label=slot.label, codes=", ".join(shown))
                continue
            sure = all(s for _, _, s in ticks)
            self.keep(slot, line, _Given(Parsed(slot.kind.of_code(codes[0])), ticks[0][1], sure))
        single: JsonDict = {}
        lists: dict[str, dict[tuple[int, int], JsonDict]] = {}
        order = {name: position for position, name in enumerate(self.slots)}
        for (binding, line), given in sorted(self.given.items(), key=lambda item: (order[item[0][0]], item[0][1])):
            slot = self.slots[binding]
            chosen = self.choose(slot, given)
            if chosen is None:
                continue
            if slot.list:
                put(lists.setdefault(slot.list, {}).setdefault(line, {}), slot.path, chosen)
            else:
                put(single, slot.path, chosen)
        if self.out.record:
            self.out.data["id"] = self.out.record
        self.out.data.update(single)
        for name, rows in lists.items():
            self.out.data[name] = [rows[line] for line in sorted(rows)]
        held = {value.binding for value in self.out.values}
        on_page = {tag.partition("=")[0] for tag in self.template.holes} | self.template.pictures
        self.out.blank = [name for name in self.slots if name in on_page and name not in held]

    def choose(self, slot: Slot, given: list[_Given]) -> Json:
        """The value of one binding from all its places; a difference is reported, the first one stays."""
        read = [g for g in given if g.parsed.value is not None]
        for g in given:
            if g.parsed.value is None and g.parsed.raw:
                self.out.values.append(ReadValue(slot.binding, g.parsed.raw, g.place, "unreadable"))
        if not read:
            return None
        first = read[0].parsed.value
        other = next((g for g in read if g.parsed.value != first), None)
        if other is not None:
            self.report("read.value.differs", "error", other.place, label=slot.label, first=slot.in_short(first),
                        second=slot.in_short(other.parsed.value), at=worded(read[0].place.inner))  # fmt: skip
        sure = all(g.sure for g in read) and other is None
        self.out.values.append(ReadValue(slot.binding, first, read[0].place, "certain" if sure else "review"))
        return first


def _hole(hole: Hole, control: Control) -> Hole:
    return Hole(hole.tag, control, hole.many, hole.box)


__all__ = ["ReadResult", "ReadValue", "canonical_data", "read_form", "template_bindings"]
