"""Doing to a form what Word and its users do: typing into controls, ticking, tracked changes, pasting, deleting.

Written from what Word saves (ECMA-376 part 1, 17.5.2 and 17.13.5); Word itself was not at hand.
"""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from docgen.forms.bindings import Slot, slots
from docgen.forms.data import number_text
from docgen.forms.definition import FormDefinition
from docgen.i18n import long_date, short_date
from docgen.regulations.loader import RegulationData
from docgen.values.life_date import shown_life_date

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def parts_of(docx: bytes) -> dict[str, bytes]:
    """All parts of a Word file."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(parts: dict[str, bytes]) -> bytes:
    """A Word file of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_part(docx: bytes, name: str, content: bytes | None) -> bytes:
    """The file with one part replaced, or without it."""
    parts = parts_of(docx)
    if content is None:
        parts.pop(name, None)
    else:
        parts[name] = content
    return package(parts)


class Edit:
    """A form opened for editing; `save` gives the file back."""

    def __init__(self, docx: bytes) -> None:
        self.parts = parts_of(docx)
        self.root = etree.fromstring(self.parts["word/document.xml"])

    def save(self) -> bytes:
        """The edited file."""
        self.parts["word/document.xml"] = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")
        return package(self.parts)

    # -- finding -----------------------------------------------------------------------------------------------------

    def controls(self, tag: str) -> list[etree._Element]:
        """All controls with this tag."""
        return [s for s in self.root.iter(f"{W}sdt") if tag_of(s) == tag]

    def control(self, tag: str) -> etree._Element:
        """The first control with this tag."""
        return self.controls(tag)[0]

    def paragraph(self, text: str) -> etree._Element:
        """The first paragraph that holds this text."""
        return next(p for p in self.root.iter(f"{W}p") if text in text_of(p))

    def rows(self, tag: str) -> list[etree._Element]:
        """The table rows that hold a control with this tag."""
        return [row_of(control) for control in self.controls(tag)]

    # -- editing -----------------------------------------------------------------------------------------------------

    def type(self, tag: str, *paragraphs: str, which: int | None = None) -> None:
        """Type into the controls with this tag (all of them: a person repeats the value), as Word does."""
        found = self.controls(tag)
        for control in found if which is None else [found[which]]:
            fill_control(control, list(paragraphs))

    def tick(self, tag: str, glyph: str = "☒", checked: bool = True) -> None:
        """Tick a box."""
        for control in self.controls(tag):
            tick_control(control, glyph, checked)

    def remove_control(self, tag: str, keep_text: bool = True) -> None:
        """Delete the control ("Remove Content Control"); its text stays unless told otherwise."""
        for control in self.controls(tag):
            unwrap(control, keep_text)


def tag_of(control: etree._Element) -> str:
    """The tag of a control."""
    item = control.find(f"{W}sdtPr/{W}tag")
    return "" if item is None else item.get(f"{W}val", "")


def text_of(element: etree._Element) -> str:
    """All text below an element."""
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def row_of(element: etree._Element) -> etree._Element:
    """The table row an element stands in."""
    return next(element.iterancestors(f"{W}tr"))


def run(text: str, properties: etree._Element | None = None) -> etree._Element:
    """A run."""
    out = etree.Element(f"{W}r")
    if properties is not None:
        out.append(copy.deepcopy(properties))
    for index, line in enumerate(text.split("\n")):
        if index:
            etree.SubElement(out, f"{W}br")
        t = etree.SubElement(out, f"{W}t", {SPACE: "preserve"})
        t.text = line
    return out


def paragraph(text: str) -> etree._Element:
    """A plain paragraph."""
    out = etree.Element(f"{W}p")
    out.append(run(text))
    return out


def fill_control(control: etree._Element, paragraphs: list[str]) -> None:
    """What typing leaves: no prompt flag, plain runs; new paragraphs repeat the properties of the first."""
    properties, content = control.find(f"{W}sdtPr"), control.find(f"{W}sdtContent")
    assert properties is not None
    assert content is not None
    for flag in properties.findall(f"{W}showingPlcHdr"):
        properties.remove(flag)
    blocks = content.findall(f"{W}p")
    if blocks:
        style = blocks[0].find(f"{W}pPr")
        for block in blocks:
            content.remove(block)
        for text in paragraphs:
            p = paragraph(text)
            if style is not None:
                p.insert(0, copy.deepcopy(style))
            content.append(p)
        return
    for child in list(content):
        content.remove(child)
    content.append(run(" ".join(paragraphs)))


def tick_control(control: etree._Element, glyph: str = "☒", checked: bool = True) -> None:
    """What a click on a check box leaves."""
    for t in control.iter(f"{W}t"):
        t.text = glyph
    for item in control.iter(f"{W14}checked"):
        item.set(f"{W14}val", "1" if checked else "0")


def unwrap(control: etree._Element, keep_text: bool = True) -> None:
    """The content of a control in its place."""
    parent, content = control.getparent(), control.find(f"{W}sdtContent")
    assert parent is not None
    assert content is not None
    position = parent.index(control)
    parent.remove(control)
    for offset, child in enumerate(list(content) if keep_text else []):
        for style in list(child.iter(f"{W}rStyle")):
            style.getparent().remove(style)  # type: ignore[union-attr]
        parent.insert(position + offset, child)


def track(element: etree._Element, kind: str) -> etree._Element:
    """`element` wrapped as a tracked insertion or deletion."""
    wrapper = etree.Element(f"{W}{kind}", {f"{W}id": "901", f"{W}author": "A", f"{W}date": "2018-12-01T00:00:00Z"})
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, wrapper)
    wrapper.append(element)
    if kind in ("del", "moveFrom"):
        for t in element.iter(f"{W}t"):
            t.tag = f"{W}delText"
    return wrapper


# -- typing a whole record -------------------------------------------------------------------------------------------


def typed(slot: Slot, value: Any, long: bool = False) -> list[str]:
    """How a person types a value."""
    if slot.type == "paragraphs":
        return [str(item) for item in value]
    if slot.options:
        return [dict(slot.options)[{True: "true", False: "false"}.get(value, value)]]
    if slot.type == "date":
        import datetime

        day = datetime.date.fromisoformat(value)
        return [long_date(day) if long else short_date(day)]
    if slot.type == "life_date":
        return [shown_life_date(value)]
    return [number_text(value) if isinstance(value, (int, float)) else str(value)]


def values_of(
    data: dict[str, Any], regulation: RegulationData, definition: FormDefinition
) -> Iterator[tuple[Slot, Any]]:
    """The single values of a record."""
    for slot in slots(definition):
        if slot.list:
            continue
        value: Any = data
        for name in slot.path:
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, [], ""):
            yield slot, value


def type_record(
    blank: bytes, data: dict[str, Any], regulation: RegulationData, definition: FormDefinition,
    into: Callable[[etree._Element, list[str]], None] = fill_control,
) -> bytes:  # fmt: skip
    """A blank form with a record typed into it: controls filled, boxes ticked, rows filled and added as needed."""
    edit = Edit(blank)
    by_tag: dict[str, list[etree._Element]] = {}
    for control in edit.root.iter(f"{W}sdt"):
        by_tag.setdefault(tag_of(control), []).append(control)
    for slot, value in values_of(data, regulation, definition):
        for control in by_tag.get(slot.binding, ()):
            into(control, typed(slot, value))
        for control in by_tag.get(f"{slot.binding}={value}", ()):
            tick_control(control)
    lists: dict[str, list[Slot]] = {}
    for slot in slots(definition):
        if slot.list:
            lists.setdefault(slot.list, []).append(slot)
    for name, members in lists.items():
        _type_rows(edit, name, members, data.get(name) or [], into)
    return edit.save()


def _type_rows(
    edit: Edit, name: str, members: list[Slot], rows: list[dict[str, Any]],
    into: Callable[[etree._Element, list[str]], None],
) -> None:  # fmt: skip
    printed: list[etree._Element] = []
    for row in edit.root.iter(f"{W}tr"):
        if any(tag_of(c).startswith(f"{name}[].") for c in row.iter(f"{W}sdt")):
            printed.append(row)
    while printed and len(printed) < len(rows):
        clone = copy.deepcopy(printed[-1])
        printed[-1].addnext(clone)
        printed.append(clone)
    for row, record in zip(printed, rows, strict=False):
        for control in row.iter(f"{W}sdt"):
            binding, _, code = tag_of(control).partition("=")
            slot = next((s for s in members if s.binding == binding), None)
            value: Any = record
            for step in slot.path if slot else ():
                value = value.get(step) if isinstance(value, dict) else None
            if slot is None or value in (None, [], ""):
                continue
            if not code:
                into(control, typed(slot, value))
            elif code == {True: "true", False: "false"}.get(value, value):
                tick_control(control)
