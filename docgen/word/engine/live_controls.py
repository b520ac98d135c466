"""Content controls of a template, made alive when it is compiled.

A control (`w:sdt`) with a `w:tag` and Jinja inside gets what Word keeps beside the text (ECMA-376 17.5.2): the prompt
and `w:showingPlcHdr` while the value is empty, `w14:checked` as its box says, `w:date/@w:fullDate`, and a `w:id` of
its own in every turn of a loop. The pass works on the tree in memory; the file itself stays plain docxtpl, which
renders the same text from it. Jinja for places where docxtpl's patching must not see it stands in the tree as a
numbered mark and is put in afterwards.
"""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Iterator

from lxml import etree

from docgen.word.engine.tags import STRAIGHT, TAG, W, paragraph_text
from docgen.word.engine.template_pictures import PICTURE, Pictures, drawn_attributes, picture_tag
from docgen.word.file.package import parse_xml

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
DEFAULT_PROMPT = "……………"
PROMPT_STYLE = "PlaceholderText"

#: Names of the helpers in the Jinja environment; a template of an office does not use them.
BLANK, ISO, NUMBER, IDS = "docgen_blank", "docgen_iso", "docgen_number", "docgen_ids"

_MARK = re.compile("\ue000(\\d+)\ue001")
_MARKED_DATE = re.compile(' w:fullDate="\ue000(\\d+)\ue001"')
_VALUE = re.compile(r"\{\{[-+]?\s*(?:r\s+)?(.+?)\s*[-+]?\}\}", re.DOTALL)
_BOX = re.compile(r"\{%[-+]?\s*if\s(.+?)[-+]?%\}\s*([☒☑☐])\s*\{%[-+]?\s*else\s*[-+]?%\}.*?\{%.*?%\}", re.DOTALL)
_FOR = re.compile(r"\{%p?[-+]?\s*for\s+\w+\s+in\s+(.+?)\s*[-+]?%\}", re.DOTALL)
_END_FOR = re.compile(r"\{%p?[-+]?\s*endfor\s*[-+]?%\}")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: What stands before showingPlcHdr in w:sdtPr (17.5.2.38).
_BEFORE_SHOWING = [f"{W}{n}" for n in ("rPr", "alias", "tag", "id", "lock", "placeholder", "temporary")]
_INT32 = 2**31 - 1
#: Room kept free for the ids of the controls that loops repeat in one part.
ID_ROOM = 1_000_000


def iso_date(value: object) -> str:
    """`2018-12-07` of a date or of a text that carries `.iso`; "" where there is none."""
    found = value.isoformat()[:10] if isinstance(value, datetime.date) else getattr(value, "iso", None)
    return found if isinstance(found, str) and _ISO_DATE.fullmatch(found) else ""


def prompts(glossary: bytes) -> dict[str, str]:
    """The prompt of every docPart of a glossary document, by its name (17.12)."""
    found = {}
    for part in parse_xml(glossary).iter(f"{W}docPart"):
        name = part.find(f"{W}docPartPr/{W}name")
        body = part.find(f"{W}docPartBody")
        if name is not None and body is not None:
            found[str(name.get(f"{W}val"))] = " ".join(filter(None, map(paragraph_text, body.iter(f"{W}p"))))
    return found


def control_ids(root: etree._Element) -> Iterator[int]:
    """The ids of all content controls below `root`."""
    for element in root.iter(f"{W}id"):
        parent = element.getparent()
        if parent is not None and parent.tag == f"{W}sdtPr":
            try:
                yield int(element.get(f"{W}val", ""))
            except ValueError:
                continue


def free_ids(taken: set[int], parts: int) -> list[int]:
    """For each of `parts` parts the first of `ID_ROOM` consecutive ids, all free and within 31 bits."""
    found: list[int] = []
    first = 1
    while len(found) < parts and first + ID_ROOM < _INT32:
        if not any(first <= number < first + ID_ROOM for number in taken):
            found.append(first)
        first += ID_ROOM
    return found


class Controls:
    """The pass over one part: `prepare` marks the tree, `put_in` writes the Jinja where the marks are."""

    def __init__(self, prompt_of: dict[str, str], pictures: Pictures | None = None) -> None:
        self._prompt_of = prompt_of
        self._pictures = pictures
        self._jinja: list[str] = []

    def prepare(self, root: etree._Element) -> None:
        """Mark every control of `root` that has a tag and Jinja in it, and those of the pictures."""
        for control in list(root.iter(f"{W}sdt")):
            properties = control.find(f"{W}sdtPr")
            content = control.find(f"{W}sdtContent")
            if properties is None or content is None:
                continue
            number = properties.find(f"{W}id")
            if number is not None and re.fullmatch(r"-?\d+", number.get(f"{W}val", "")):
                number.set(f"{W}val", self._mark(f"{{{{ {IDS}|{NUMBER}('{number.get(f'{W}val')}') }}}}"))
            if properties.find(f"{W}tag") is None:
                continue
            if self._pictures is not None and (name := picture_tag(properties, self._pictures.boxes)):
                self._picture(properties, content, name, self._pictures)
                continue
            text = "".join(t.text or "" for t in content.iter(f"{W}t")).translate(STRAIGHT)
            if "{" in text and next(content.iter(f"{W}sdt"), None) is None:
                self._control(properties, content, text)

    def put_in(self, patched: str) -> str:
        """`patched` (the part after docxtpl's patching) with the Jinja in place of the marks."""

        def date(match: re.Match[str]) -> str:
            value = self._jinja[int(match[1])]
            return f'{{% if {value} %}} w:fullDate="{{{{ {value} }}}}T00:00:00Z"{{% endif %}}'

        return _MARK.sub(lambda m: self._jinja[int(m[1])], _MARKED_DATE.sub(date, patched))

    def _mark(self, jinja: str) -> str:
        self._jinja.append(jinja)
        return f"\ue000{len(self._jinja) - 1}\ue001"

    def _control(self, properties: etree._Element, content: etree._Element, text: str) -> None:
        checked = properties.find(f"{W14}checkbox/{W14}checked")
        if checked is not None:
            if box := _BOX.fullmatch(text.strip()):
                one, other = (0, 1) if box[2] == "☐" else (1, 0)
                mark = self._mark(f"{{% if {box[1].strip()} %}}{one}{{% else %}}{other}{{% endif %}}")
                checked.set(f"{W14}val", mark)
            return
        tags = [tag for tag in TAG.findall(text) if not tag.startswith("{#")]
        if len(tags) == 1 and (value := _VALUE.fullmatch(tags[0])):
            if self._one_value(properties, content, value[1]):
                self._date(properties, value[1])
        elif len(tags) >= 2 and (loop := _FOR.fullmatch(tags[0])) and _END_FOR.fullmatch(tags[-1]):
            self._paragraphs(properties, content, loop[1])

    def _picture(self, properties: etree._Element, content: etree._Element, name: str, pictures: Pictures) -> None:
        """A picture: the drawing's size and relationship depend on the value, and so does the sign of a prompt."""
        own, (width, height) = pictures.relation(name), pictures.boxes[name]
        for element, attribute, what in drawn_attributes(content):
            asked = f"'{what}', '{own}', {width}, {height}, '{element.get(attribute)}'"
            element.set(attribute, self._mark(f"{{{{ ({name})|{PICTURE}({asked}) }}}}"))
        self._showing(properties, name)

    def _date(self, properties: etree._Element, value: str) -> None:
        date = properties.find(f"{W}date")
        if date is not None:
            date.set(f"{W}fullDate", self._mark(f"({value})|{ISO}"))

    def _one_value(self, properties: etree._Element, content: etree._Element, value: str) -> bool:
        """`{{ value }}`, perhaps over several runs: put a run with the prompt beside them, for when it is blank."""
        runs = [run for run in content.iter(f"{W}r") if any(t.text for t in run.iter(f"{W}t"))]
        if not runs or any(run.getparent() is not runs[0].getparent() for run in runs):
            return False
        parent = runs[0].getparent()
        assert parent is not None
        prompt = self._prompt_run(properties, runs[0])
        self._text_before(runs[0], self._mark(f"{{% if ({value})|{BLANK} %}}"))
        parent.insert(parent.index(runs[0]), prompt)
        prompt.tail = self._mark("{% else %}")
        runs[-1].tail = self._mark("{% endif %}") + (runs[-1].tail or "")
        self._showing(properties, value)
        return True

    def _paragraphs(self, properties: etree._Element, content: etree._Element, items: str) -> None:
        """One paragraph an item: put a paragraph with the prompt before them, for when there is none."""
        children = list(content)
        model = next((p for p in children if p.tag == f"{W}p" and _VALUE.fullmatch(paragraph_text(p).strip())), None)
        if model is None or any(child.tag != f"{W}p" for child in children):
            return
        paragraph = etree.Element(f"{W}p")
        style = model.find(f"{W}pPr")
        if style is not None:
            paragraph.append(copy.deepcopy(style))
        paragraph.append(self._prompt_run(properties, next(model.iter(f"{W}r"))))
        self._text_before(children[0], self._mark(f"{{% if ({items})|{BLANK} %}}"))
        content.insert(0, paragraph)
        paragraph.tail = self._mark("{% else %}")
        children[-1].tail = self._mark("{% endif %}")
        self._showing(properties, items)

    def _prompt_run(self, properties: etree._Element, model: etree._Element) -> etree._Element:
        """A run with the control's prompt, in the style of prompts but the size and font of the value."""
        placeholder = properties.find(f"{W}placeholder/{W}docPart")
        name = "" if placeholder is None else str(placeholder.get(f"{W}val"))
        run = etree.Element(f"{W}r")
        style = model.find(f"{W}rPr")
        style = etree.Element(f"{W}rPr") if style is None else copy.deepcopy(style)
        for named in style.findall(f"{W}rStyle"):
            style.remove(named)
        style.insert(0, etree.Element(f"{W}rStyle", {f"{W}val": PROMPT_STYLE}))
        run.append(style)
        text = etree.SubElement(run, f"{W}t", {XML_SPACE: "preserve"})
        # a prompt is plain text: docxtpl's escapes keep its braces from Jinja
        text.text = re.sub(r"\{([{%])", r"{_\1", self._prompt_of.get(name) or DEFAULT_PROMPT)
        return run

    def _showing(self, properties: etree._Element, value: str) -> None:
        for showing in properties.findall(f"{W}showingPlcHdr"):
            properties.remove(showing)
        showing = etree.Element(f"{W}showingPlcHdr")
        after = [child for child in properties if child.tag in _BEFORE_SHOWING]
        properties.insert(properties.index(after[-1]) + 1, showing)  # there is one: w:tag
        self._text_before(showing, self._mark(f"{{% if ({value})|{BLANK} %}}"))
        showing.tail = self._mark("{% endif %}")

    @staticmethod
    def _text_before(element: etree._Element, text: str) -> None:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + text
        else:
            parent = element.getparent()
            assert parent is not None
            parent.text = (parent.text or "") + text
