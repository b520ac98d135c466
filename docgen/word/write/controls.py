"""Content controls (`w:sdt`, ECMA-376 part 1, 17.5.2) as strings of WordprocessingML.

The order of the children of `w:sdtPr` is the schema's: alias, tag, id, lock, placeholder, then the kind. `w14:checkbox`
is Word 2010's and needs `mc:Ignorable="w14"` on the part's root, which `docgen.word.write.builder` declares.

Every control is locked against deletion (`sdtLocked`) while its content stays editable. Tag = binding, alias = label;
Word takes at most 64 characters of either.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from docgen.errors import InternalError

TAG_LIMIT = 64
CHECKED = "☒"
UNCHECKED = "☐"
#: Controls inside a row loop take their ids from here up, far from those of single controls.
LOOP_ID_BASE = 1_000_000_000
LOOP_ID_STRIDE = 10_000_000


class ControlIds:
    """Ids of controls: the same for the same tag and occurrence, so that adding a field shifts no other id."""

    def __init__(self) -> None:
        self._used: set[int] = set()
        self._occurrences: dict[str, int] = {}
        self._loop = 0

    def single(self, tag: str) -> int:
        """An id between 100,000,000 and 899,999,999 for a control that stands once."""
        occurrence = self._occurrences.get(tag, 0)
        self._occurrences[tag] = occurrence + 1
        value = zlib.crc32(f"{tag}#{occurrence}".encode()) % 800_000_000
        while value in self._used:
            value = (value + 1) % 800_000_000
        self._used.add(value)
        return 100_000_000 + value

    @property
    def count(self) -> int:
        """How many single ids have been given."""
        return len(self._used)

    def in_loop(self) -> int:
        """The first id of a block of ten million, for a control that is repeated in a row loop."""
        value = LOOP_ID_BASE + self._loop * LOOP_ID_STRIDE
        self._loop += 1
        return value


def prompt_name(prompt: str) -> str:
    """The name of the glossary entry that holds `prompt`."""
    return f"DG{zlib.crc32(prompt.encode()):08X}"


def shorten(text: str, limit: int = TAG_LIMIT) -> str:
    """`text`, cut at `limit` characters with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def control_properties(tag: str, alias: str, control_id: int, prompt: str, kind: str) -> str:
    """`w:sdtPr` of a control that cannot be deleted; `kind` is what stands last, `prompt` the glossary's or ""."""
    if len(tag) > TAG_LIMIT:
        raise InternalError("errors.word.tag_too_long", tag=tag, limit=TAG_LIMIT)
    placeholder = (
        f"<w:placeholder><w:docPart w:val={quoteattr(prompt_name(prompt))}/></w:placeholder>" if prompt else ""
    )
    return (
        f"<w:sdtPr><w:alias w:val={quoteattr(shorten(alias))}/><w:tag w:val={quoteattr(tag)}/>"
        f'<w:id w:val="{control_id}"/><w:lock w:val="sdtLocked"/>{placeholder}{kind}</w:sdtPr>'
    )


def run(text: str, properties: str = "") -> str:
    """A run with `text` (escaped here; Jinja tags pass unchanged)."""
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def text_control(tag: str, alias: str, control_id: int, prompt: str, expression: str, run_properties: str = "") -> str:
    """A plain-text control inside a paragraph; `expression` is the Jinja expression of its value."""
    return (
        f"<w:sdt>{control_properties(tag, alias, control_id, prompt, '<w:text/>')}"
        f"<w:sdtContent>{run('{{ ' + expression + ' }}', run_properties)}</w:sdtContent></w:sdt>"
    )


def date_control(
    tag: str,
    alias: str,
    control_id: int,
    prompt: str,
    expression: str,
    pattern: str,
    run_properties: str = "",
) -> str:
    """A date control (vi-VN); `pattern` is Word's date picture, e.g. `dd/MM/yyyy`."""
    kind = (
        f"<w:date><w:dateFormat w:val={quoteattr(pattern)}/>"
        '<w:lid w:val="vi-VN"/><w:storeMappedDataAs w:val="date"/><w:calendar w:val="gregorian"/></w:date>'
    )
    return (
        f"<w:sdt>{control_properties(tag, alias, control_id, prompt, kind)}"
        f"<w:sdtContent>{run('{{ ' + expression + ' }}', run_properties)}</w:sdtContent></w:sdt>"
    )


def choice_control(
    tag: str,
    alias: str,
    control_id: int,
    prompt: str,
    expression: str,
    options: Mapping[str, str],
    run_properties: str = "",
) -> str:
    """A drop-down list; `options` maps the code that is stored to the words that are shown."""
    items = "".join(
        f"<w:listItem w:displayText={quoteattr(shown)} w:value={quoteattr(code)}/>" for code, shown in options.items()
    )
    return (
        f"<w:sdt>{control_properties(tag, alias, control_id, prompt, f'<w:dropDownList>{items}</w:dropDownList>')}"
        f"<w:sdtContent>{run('{{ ' + expression + ' }}', run_properties)}</w:sdtContent></w:sdt>"
    )


def paragraphs_control(
    tag: str, alias: str, control_id: int, prompt: str, expression: str, style: str, *, keep_last: bool = False
) -> str:
    """A rich-text control around whole paragraphs: one paragraph for each item of the list `expression`.

    With `keep_last` the last paragraph (or the prompt of an empty control) stays on the page of what follows.
    """

    def paragraph(text: str, extra: str = "") -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{run(text)}</w:p>'

    item = paragraph("{{ p_ }}")
    if keep_last:
        last = paragraph("{{ p_ }}", "<w:keepNext/>")
        item = paragraph("{%p if loop.last %}") + last + paragraph("{%p else %}") + item + paragraph("{%p endif %}")
    return (
        f"<w:sdt>{control_properties(tag, alias, control_id, prompt, '')}<w:sdtContent>"
        + paragraph("{%p for p_ in " + expression + " %}")
        + item
        + paragraph("{%p endfor %}")
        + "</w:sdtContent></w:sdt>"
    )


def box_control(tag: str, alias: str, control_id: int, condition: str) -> str:
    """A check box (`w14:checkbox`) that is ticked where the Jinja `condition` holds."""
    kind = (
        '<w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
    )
    glyph = "{% if " + condition + " %}" + CHECKED + "{% else %}" + UNCHECKED + "{% endif %}"
    fonts = '<w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/>'
    return (
        f"<w:sdt>{control_properties(tag, alias, control_id, '', kind)}"
        f"<w:sdtContent>{run(glyph, fonts)}</w:sdtContent></w:sdt>"
    )


def glossary_xml(prompts: list[str]) -> str:
    """The glossary document: one entry a prompt, which Word shows again when a field is cleared."""
    parts = []
    for prompt in sorted(set(prompts)):
        name = prompt_name(prompt)
        guid = f"{{{zlib.crc32(prompt.encode()):08X}-0000-4000-8000-{zlib.crc32(name.encode()):012X}}}"
        parts.append(
            f'<w:docPart><w:docPartPr><w:name w:val="{name}"/><w:category><w:name w:val="General"/>'
            '<w:gallery w:val="placeholder"/></w:category><w:types><w:type w:val="bbPlcHdr"/></w:types>'
            f'<w:behaviors><w:behavior w:val="content"/></w:behaviors><w:guid w:val="{guid}"/></w:docPartPr>'
            "<w:docPartBody><w:p>" + run(prompt, '<w:rStyle w:val="PlaceholderText"/>') + "</w:p></w:docPartBody>"
            "</w:docPart>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:glossaryDocument xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docParts>'
        + "".join(parts)
        + "</w:docParts></w:glossaryDocument>"
    )
