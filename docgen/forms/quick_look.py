"""Is everything on the page, told quickly: a look at a written file that is enough where nothing is out of the way.

`Filler.check` parses a whole file. For a file of docgen's own template less is enough: that the plan writes well-formed
parts without an empty cell, whatever the data is, was proved when the template was compiled
(`docgen.word.engine.flow`), and the first file of each form, and of each choice of lines, is read back in full. What
differs from file to file is looked at here in every one: the parts of the package, the numbers of the controls, tags
left over, every official text, every value. Any doubt is a miss, and the file is read back in full.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from xml.parsers import expat

from docgen.forms.alternatives import Answers
from docgen.forms.bindings import printed_bindings, slots
from docgen.forms.blocks.kind import decider
from docgen.forms.complete import is_shown
from docgen.forms.data import canonical
from docgen.forms.definition import FormDefinition
from docgen.forms.slot import Slot
from docgen.paths import JsonMap, get, get_list
from docgen.values.spelling import clean
from docgen.word.write import controls

_MAIN = "word/document.xml"
_END = b"</w:sectPr></w:body></w:document>"
_TEXTS = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)")
#: What a run shows beside its texts, as texts.
_SIGNS = ((b"<w:br/>", b"<w:t> "), (b"<w:tab/>", b"<w:t> "), (b"<w:cr/>", b"<w:t> "),
          (b"<w:noBreakHyphen/>", "<w:t>\u2011".encode()))  # fmt: skip
#: The number of a control; that of a bookmark is an attribute of its own element.
_IDS = re.compile(rb'<w:id w:val="([^"]*)"')
_INT32 = 2**31
#: Choices of lines, and files' parts, that are kept for one form.
_MOST = 64
_Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Due:
    """What stands on the page for one choice of lines: each text in the ways it may be said, the values, the boxes."""

    texts: tuple[tuple[str, ...], ...]
    values: tuple[Slot, ...]
    boxes: tuple[Slot, ...]


class QuickLook:
    """Looks at files that one filler made, one after another, of a form that has no pictures."""

    def __init__(self, definition: FormDefinition) -> None:
        self._definition = definition
        found = slots(definition)
        options = {slot.binding: slot.options for slot in found}
        conditions = {binding for block in definition.body for binding in block.conditions()}
        self._conditions = [
            (binding, tuple(binding.split(".")), bool(options.get(binding))) for binding in sorted(conditions)
        ]
        self._known = sorted({either.question for either in definition.eithers})
        self._due: OrderedDict[_Key, _Due] = OrderedDict()
        self._parts: OrderedDict[_Key, None] = OrderedDict()
        self._names: tuple[str, ...] = ()
        self._usable = not definition.pictures()

    def learn(self, data: JsonMap, docx: bytes, known: Answers) -> None:
        """Take over from a file that was read in full, and found whole, what others of its form have in common."""
        if not self._usable:
            return
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            self._names = tuple(archive.namelist())
            for item, stored in _stored(archive, docx):
                if item.filename != _MAIN:
                    _keep(self._parts, stored, None)
        key = self._key(data, known)
        if key not in self._due:
            due = self._due_of(data, known)
            if due is None:
                self._usable = False
            else:
                _keep(self._due, key, due)

    def holds(self, data: JsonMap, docx: bytes, known: Answers) -> bool:
        """True where the file certainly has nothing of what `Filler.check` looks for; False says nothing."""
        due = self._due.get(self._key(data, known)) if self._usable else None
        if due is None:
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(docx)) as archive:
                if tuple(archive.namelist()) != self._names:
                    return False
                for item, stored in _stored(archive, docx):
                    if item.filename == _MAIN:
                        main = archive.read(item)
                    elif stored not in self._parts:
                        if item.filename.startswith(("word/", "_rels/", "[")):
                            return False
                        expat.ParserCreate().Parse(archive.read(item), True)
        except (zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, EOFError, RuntimeError):
            return False
        if not main.endswith(_END) or not _sound_ids(main):
            return False
        main = main.replace(b"</w:p>", b"<w:t> ")
        text = _text(main)
        if text is None:
            return False
        if self._is_whole(due, data, text):
            return True
        for sign, said in _SIGNS:  # few texts have a tab or a line break inside
            main = main.replace(sign, said)
        return self._is_whole(due, data, _text(main) or "")

    def _is_whole(self, due: _Due, data: JsonMap, text: str) -> bool:
        if any(all(way not in text for way in ways) for ways in due.texts):
            return False
        for slot in due.values:
            for value in _values(slot, data):
                if not slot.kind.is_printed(value, slot.options, text):
                    return False
        ticked = sum(1 for slot in due.boxes for _ in _values(slot, data))
        return text.count(controls.CHECKED) >= ticked

    def _key(self, data: JsonMap, known: Answers) -> _Key:
        """What decides which lines a file has."""
        said: list[object] = [known.get(question, "") for question in self._known]
        for _, path, coded in self._conditions:
            value = get(data, path)
            # A no is not silence: what is hidden from those who say no is shown to whoever says nothing.
            said.append(value if coded and isinstance(value, str | bool) else value in (None, "", []))
        return tuple(said)

    def _due_of(self, data: JsonMap, known: Answers) -> _Due | None:
        """What is due on the page; None where more decides about it than the key says."""
        definition = self._definition
        bindings = {binding for binding, _, _ in self._conditions}
        foreign = False

        def shown(when: str) -> bool:
            nonlocal foreign
            foreign = foreign or decider(when) not in bindings
            return is_shown(data, when)

        def said(wording: str) -> str:
            for either in definition.eithers:
                if either.text.strip() in wording:
                    wording = wording.replace(either.text.strip(), either.said(known.get(either.question, "")).strip())
            return wording

        wordings = dict.fromkeys(definition.fixed_texts(shown))
        printed = printed_bindings(definition, shown)
        if foreign:
            return None
        due = [slot for slot in slots(definition) if (slot.list or slot.binding) in printed]
        boxed = {hole.binding for hole in definition.holes() if hole.is_box}
        boxes = tuple(slot for slot in due if slot.criterion is not None or slot.binding in boxed)
        texts = tuple(tuple(dict.fromkeys((clean(words), clean(said(words))))) for words in wordings)
        return _Due(texts, tuple(slot for slot in due if slot not in boxes), boxes)


def _values(slot: Slot, data: JsonMap) -> Iterator[object]:
    """What was written of a value, in each record that has it."""
    for source in get_list(data, slot.list) if slot.list else (data,):
        if (value := canonical(slot, get(source, slot.path))) is not None:
            yield value


def _keep(kept: OrderedDict, key: object, value: object) -> None:  # type: ignore[type-arg]
    kept[key] = value
    if len(kept) > _MOST:
        kept.popitem(last=False)


def _stored(archive: zipfile.ZipFile, docx: bytes) -> Iterator[tuple[zipfile.ZipInfo, _Key]]:
    """Each part, and what the package holds of it: its entry in the directory, its bytes (APPNOTE 4.3.6)."""
    items = archive.infolist()
    ends = [*(item.header_offset for item in items[1:]), archive.start_dir]
    for item, end in zip(items, ends, strict=True):
        said = (item.filename, item.CRC, item.file_size, item.compress_size, item.compress_type, item.flag_bits)
        yield item, (*said, docx[item.header_offset : end])


def _sound_ids(main: bytes) -> bool:
    """True where no two controls have one number, and each is one that Word takes."""
    found = _IDS.findall(main)
    if len(set(found)) != len(found):
        return False
    try:
        return all(-_INT32 < int(number) < _INT32 for number in found)
    except ValueError:
        return False


def _text(main: bytes) -> str | None:
    """The text of the main part, clean; None where it holds what is not plain text, or may be a tag left over."""
    found = b"".join(_TEXTS.findall(main))
    if b"&" in found:
        if b"&#" in found:
            return None
        for name, plain in ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&")):
            found = found.replace(name, plain)
    return None if b"{{" in found or b"{%" in found else clean(found.decode())
