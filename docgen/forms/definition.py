"""The form definition: what `forms/<form>.yaml` says, parsed and checked into typed blocks.

Wording stands as printed, with `{holes}`. A hole names a binding of the catalogue (`fields.yaml`), so its type and
label come from there. What the body is made of is `docgen.forms.blocks`. Everything that leads nowhere (unknown key,
kind, binding, set, note) is refused with file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from docgen.errors import DefinitionError
from docgen.forms.blocks import FORM_SHAPE, parse_block
from docgen.forms.blocks.criteria import Criteria
from docgen.forms.blocks.kind import ALWAYS, UNLESS, Block, Shown
from docgen.forms.blocks.line import Line
from docgen.forms.blocks.picture import Picture
from docgen.forms.blocks.rows import Rows
from docgen.forms.blocks.sign import Sign
from docgen.forms.inherit import inherited
from docgen.forms.parts import Either, Hole, Part, Parts, Text, holes_in, texts_in
from docgen.forms.wording import REACH, Wording, yes_or_no
from docgen.regulations.faults import Faults
from docgen.regulations.loader import RegulationData
from docgen.regulations.strict_yaml import Mapping, Sequence
from docgen.regulations.subjects import SUBJECTS
from docgen.regulations.yaml_shape import load_shaped

FORM_KEYS = (
    "extends", "form", "code", "name", "subject", "record", "source", "status", "required", "header", "title", "body",
    "notes", "first_note", "orientation", "code_printed", "plain_header", "basis", "replace", "required_when", "dated",
)  # fmt: skip
RECORDS = tuple(REACH)
ORIENTATIONS = ("portrait", "landscape")
#: `adapted` is what a unit made of a form by `replace`: its wording is no longer all the source's.
#: `office` is a draft of docgen's own, for a paper of which no form is prescribed: free to be changed.
STATUSES = ("verbatim", "reconstructed", "adapted", "office")
#: Where the day stands that a form carries in its heading, unless the form names another.
DATED = "document.date"


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One form of one regulation, ready to be built, checked and filled."""

    regulation: str
    form: str
    code: str
    name: str
    subject: str
    record: str
    status: str
    source_document: str
    source_place: str
    required: tuple[str, ...]
    header: tuple[Parts, ...]
    title: tuple[Parts, ...]
    body: tuple[Block, ...]
    notes: tuple[str, ...]
    first_note: int
    landscape: bool
    code_printed: bool
    plain_header: bool
    basis: tuple[str, ...]
    definition_hash: str
    revision: str
    #: The regulation that it was loaded for: whatever is derived from a form needs no other.
    law: RegulationData = field(repr=False, compare=False)
    file: str = field(default="", compare=False)
    #: (condition, binding): must be written where the condition is a yes, as what only leaders are asked.
    required_when: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    #: The binding of the day in the heading.
    dated: str = field(default=DATED, repr=False)
    #: The wordings of which one is true of a body, each once.
    eithers: tuple[Either, ...] = field(default=(), repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What names this definition among those of its regulation: whatever else is said of it, its hash tells."""
        return self.form, self.definition_hash

    @property
    def full_name(self) -> str:
        """What the form is called, its code first; once where the name begins with the code."""
        named = self.name.casefold().startswith(self.code.casefold())
        return self.name if named else f"{self.code} – {self.name}"

    def signs(self) -> list[Sign]:
        """The signature blocks, in printed order."""
        return [sign for block in self.body if isinstance(block, Sign) for sign in block.in_order()]

    def shown(self, shown: Shown) -> Iterator[Block]:
        """The blocks that are on the page where `shown` says of each condition whether it holds."""
        return (block for block in self.body if not block.when or shown(block.when))

    def lines(self, shown: Shown = ALWAYS) -> Iterator[Parts]:
        """Every run of parts outside tables: header, title, lines, signature texts and names (`shown`: see below)."""
        yield from self.header
        yield from self.title
        for block in self.shown(shown):
            yield from block.lines()

    def holes(self, shown: Shown = ALWAYS) -> list[Hole]:
        """The holes outside tables, each occurrence, the printed date line included."""
        return holes_in(*self.lines(shown))

    def criteria(self) -> list[Criteria]:
        """The tables of criteria."""
        return [block for block in self.body if isinstance(block, Criteria)]

    def tables(self) -> list[Rows]:
        """The tables of records."""
        return [block for block in self.body if isinstance(block, Rows)]

    def pictures(self) -> list[Picture]:
        """The enclosed pages with a picture."""
        return [block for block in self.body if isinstance(block, Picture)]

    def fixed_texts(self, shown: Shown = ALWAYS) -> list[str]:
        """The official wording of the form in printed order, for completeness checks.

        `shown` tells of a condition (a binding) whether its lines are on the page.
        """
        out: list[str] = [self.code] if self.code_printed else []

        for parts in (*self.header, *self.title):
            out.extend(texts_in(parts))
        for block in self.shown(shown):
            out.extend(block.words(shown))
        out.extend(self.notes)
        return out


#: A condition in the repr of a block, as `when: member.civil_servant!=false`.
_UNLESS = re.compile(rf"when='[^']*{UNLESS}[^']*'")


def load_form(regulation: RegulationData, form: str) -> FormDefinition:
    """The definition of `form` in `regulation`, read once for as long as it is the same regulation.

    Raises `UsageError` for a form the regulation does not have, `DefinitionError` (file, line, name) for a fault.
    """
    return regulation.derived(("forms.definition", form), lambda: _load_form(regulation, form))


def _load_form(regulation: RegulationData, form: str) -> FormDefinition:
    faults = Faults()
    data = load_shaped(regulation.form_file(form), FORM_SHAPE, faults)
    with faults:
        data.closed(FORM_KEYS)
    try:
        data = inherited(regulation, data)
        data.closed((*FORM_KEYS, *data), ("form", "code", "name", "subject", "record", "source", "status", "required",
                                          "title", "body"))  # fmt: skip
    except DefinitionError as fault:
        faults.add(fault)
        faults.settle()
    if data["form"] != form:
        faults.add(data.fault("errors.definition.wrong_id", "form", id=data["form"], expected=form))
    for key, known in (("status", STATUSES), ("record", RECORDS), ("subject", SUBJECTS)):
        if data[key] not in known:
            faults.add(data.fault("errors.definition.unknown_value", key, value=data[key]))
    if data.get("orientation", ORIENTATIONS[0]) not in ORIENTATIONS:
        faults.add(data.fault("errors.definition.unknown_value", "orientation", value=data["orientation"]))
    for key in ("code_printed", "plain_header"):
        with faults:
            yes_or_no(data, key)
    if data["status"] in ("reconstructed", "office") and not data.get("basis"):
        faults.add(data.fault("errors.definition.missing_basis", "status", form=form))
    with faults:
        data["source"].closed(("document", "place"), ("document", "place"))
    wording = Wording(regulation, data)
    header: tuple[Parts, ...] = ()
    title: tuple[Parts, ...] = ()
    blocks: list[Block] = []
    with faults:
        header = wording.many(data.get("header", Sequence()), data, "header")
    with faults:
        title = wording.many(data["title"], data, "title", bold=True)
    body = data["body"]
    for item, line in zip(body, body.lines, strict=True):
        with faults:
            blocks.extend(parse_block(wording, item, data.file, line, blocks))
    if "dated" in data:
        with faults:
            if wording.field(data["dated"], data, "dated").type != "date":
                raise data.fault("errors.definition.unknown_value", "dated", value=data["dated"])
    faults.settle()
    return _defined(regulation, data, header, title, tuple(blocks), tuple(wording.eithers.values()))


def _defined(
    regulation: RegulationData,
    data: Mapping,
    header: tuple[Parts, ...],
    title: tuple[Parts, ...],
    body: tuple[Block, ...],
    eithers: tuple[Either, ...],
) -> FormDefinition:
    """The definition that `data` is, its wording already parsed."""
    source = data["source"]
    definition = FormDefinition(
        regulation=regulation.id,
        form=data["form"],
        code=data["code"],
        name=data["name"],
        subject=data["subject"],
        record=data["record"],
        status=data["status"],
        source_document=source["document"],
        source_place=source["place"],
        required=tuple(data["required"]),
        required_when=tuple(
            (when, binding) for when, names in data.get("required_when", {}).items() for binding in names
        ),
        header=header,
        title=title,
        body=body,
        notes=tuple(data.get("notes", ())),
        first_note=int(data.get("first_note", "1")),
        landscape=data.get("orientation", "portrait") == "landscape",
        code_printed=data.get("code_printed", "yes") == "yes",
        plain_header=data.get("plain_header", "no") == "yes",
        basis=tuple(data.get("basis", ())),
        definition_hash="",
        revision=regulation.revision,
        law=regulation,
        file=data.file,
        dated=data.get("dated", DATED),
        eithers=eithers,
    )
    _check_required(definition, data)
    # Over the parsed definition, not over files: an inherited form, an overlay's criteria and a label all count.
    # What only hides a block from those who are not asked is on every blank copy: those handed out before are the same.
    identity = _UNLESS.sub("when=''", repr(replace(definition, file="")))
    unsaid = sorted((said for block in definition.body for said in block.unsaid()), key=lambda said: said[0])
    identity += "".join(text for _, text in unsaid)
    if definition.dated != DATED:
        identity += definition.dated
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return replace(definition, definition_hash=digest)


def _check_required(definition: FormDefinition, data: Mapping) -> None:
    known = {hole.binding for hole in definition.holes()}
    known |= {holder for block in definition.body for holder in block.holders()}
    faults = Faults()
    for binding in definition.required:
        if binding not in known:
            faults.add(data.fault("errors.definition.unknown_binding", "required", binding=binding))
    for when, binding in definition.required_when:
        if binding not in known or not any(block.when == when for block in definition.body):
            faults.add(data.fault("errors.definition.unknown_binding", "required_when", binding=binding))
    faults.settle()


__all__ = ["FORM_KEYS", "RECORDS", "STATUSES", "Criteria", "FormDefinition", "Hole", "Line", "Part", "Rows", "Sign",
           "Text", "load_form"]  # fmt: skip
