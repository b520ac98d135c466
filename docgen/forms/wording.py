"""From a line of a form file to its parts: `Họ và tên: {member.full_name}`, `**bold**`, `_italic_`, `[^1]`.

A hole names a binding of the catalogue (`fields.yaml`), so its type and label come from there. What leads nowhere
(unknown binding, code, note; markup left open) is refused with file and line.
"""

from __future__ import annotations

import re
from dataclasses import replace

from docgen.forms.alternatives import QUESTIONS
from docgen.forms.parts import Either, Hole, Part, Parts, RowNumber, Text, answer_of, holes_in
from docgen.regulations.faults import each
from docgen.regulations.loader import Field, RegulationData, options_of
from docgen.regulations.strict_yaml import Mapping, Sequence
from docgen.values import VALUES

#: The places of the dossier (`roots`) that each kind of record of a form holds.
REACH = {
    "dossier": ("dossier",),
    "member": ("dossier", "members"),
    "assessment": ("dossier", "members", "assessments"),
}
_EITHER = re.compile(r"\{\?(\w+): ([^|]+?) \| ([^|]+?)\}")
_INLINE = re.compile(r"(\{[^{}]*\}|\[\^\d+\]|\*\*|(?<![\w])_(?=\S)|(?<=\S)_(?![\w]))")


class Wording:
    """Reads the lines of one form file against the catalogue of its regulation; every block's parser is given one.

    The methods take where they read, `at` and its key, and raise `DefinitionError` (file, line) for that place.
    """

    def __init__(self, regulation: RegulationData, data: Mapping) -> None:
        self.regulation = regulation
        self.record = data.get("record", "")
        self.notes = tuple(data.get("notes", ()))
        self.first_note = int(data.get("first_note", "1"))
        self.eithers: dict[str, Either] = {}
        self.landscape = data.get("orientation", "") == "landscape"

    def field(self, binding: str, at: Mapping, key: str | None, *, media: bool | None = False) -> Field:
        """The field of a binding that the record of this form holds: of a picture where `media`, else never one.

        None for `media` takes either.
        """
        found = self.regulation.fields.get(binding)
        if found is None:
            # `{…}` is for values inside wording; where a binding alone is asked, it stands bare.
            code = "braces" if binding[:1] == "{" else "unknown_binding"
            raise at.fault(f"errors.definition.{code}", key, key=key, binding=binding)
        if media is not None and VALUES[found.type].is_media is not media:
            raise at.fault("errors.definition.picture_type" if media else "errors.definition.picture_place", key,
                           binding=binding, type=found.type)  # fmt: skip
        self._reachable(binding, at, key)
        return found

    def _reachable(self, binding: str, at: Mapping, key: str | None) -> None:
        """Refuse a value that the record of this form does not hold: of a member in a form of the whole dossier."""
        root = binding.partition(".")[0]
        place = self.regulation.roots.get(root)  # none: a list, which stands in the dossier
        if place is not None and place not in REACH.get(self.record, (place,)):
            facts = {"binding": binding, "record": self.record, "place": place}
            raise at.fault("errors.definition.wrong_record", key, **facts)

    def parts(
        self, text: str, at: Mapping, key: str | None, *, bold: bool = False, italic: bool = False, prompt: str = ""
    ) -> Parts:
        """The parts of one line; `bold` and `italic` are its look, which `**` and `_` turn round."""
        out: list[Part] = []
        is_bold, is_italic = bold, italic
        for piece in _INLINE.split(text):
            if not piece:
                continue
            if piece == "**":
                is_bold = not is_bold
            elif piece == "_":
                is_italic = not is_italic
            elif piece.startswith("[^"):
                number = int(piece[2:-1])
                if not self.first_note <= number < self.first_note + len(self.notes):
                    raise at.fault("errors.definition.unknown_note", key, note=number)
                out.append(Text(str(number), superscript=True))
            elif piece == "{index}":
                out.append(RowNumber())
            elif piece.startswith("{?"):
                before = Text("", is_bold, is_italic)
                if out and type(last := out[-1]) is Text and replace(last, text="") == before:
                    before = last
                    out.pop()
                out.append(self._either(before, piece, at, key))
            elif piece.startswith("{"):
                binding, _, form = piece[1:-1].partition(":")
                hole = Hole(self.field(binding, at, key), form, prompt, is_bold, is_italic)
                if hole.is_box and not self.is_box(((hole,),), form):
                    raise at.fault("errors.definition.unknown_value", key, value=piece)
                out.append(hole)
            elif out and isinstance(last := out[-1], Either) and (last.bold, last.italic) == (is_bold, is_italic):
                out[-1] = replace(last, text=last.text + piece, after=last.after + piece)
            else:
                out.append(Text(piece, is_bold, is_italic))
        if is_bold != bold or is_italic != italic:
            raise at.fault("errors.definition.open_markup", key, text=text[:40])
        narrative = [hole for hole in holes_in(tuple(out)) if hole.is_narrative]
        if narrative and (len(narrative) > 1 or out[-1] is not narrative[0]):
            raise at.fault("errors.definition.paragraphs_not_last", key, binding=narrative[0].binding)
        for part in out:
            if isinstance(part, Either) and self.eithers.setdefault(part.text, part).question != part.question:
                # On the page nobody could tell which of the two questions it answers.
                raise at.fault("errors.definition.unknown_value", key, value=text)
        return tuple(out)

    def _either(self, before: Text, piece: str, at: Mapping, key: str | None) -> Either:
        """Two wordings, `{?question: one | other}`; they must be the answers of a question that there is."""
        match = _EITHER.fullmatch(piece)
        if match is None or QUESTIONS.get(match[1]) != frozenset(map(answer_of, match.group(2, 3))):
            raise at.fault("errors.definition.unknown_value", key, value=piece)
        text = f"{before.text}{match[2]} ({match[3]})"
        return Either(text, before.bold, before.italic, False, match[1], before.text, match[2], match[3])

    def many(self, value: str | Sequence, at: Mapping, key: str, *, bold: bool = False) -> tuple[Parts, ...]:
        """The parts of one line or of a list of lines."""
        lines = [value] if isinstance(value, str) else value
        return tuple(each(lambda line: self.parts(line, at, key, bold=bold), lines))

    def is_box(self, cell: tuple[Parts, ...], code: str) -> bool:
        """True where `cell` is one hole that takes its value from a closed list with `code` in it."""
        parts = [part for line in cell for part in line]
        if len(parts) != 1 or not isinstance(parts[0], Hole):
            return False
        hole = parts[0]
        return hole.type.is_code and code in dict(options_of(self.regulation, hole.field))


def as_in_source(line: str) -> str:
    """`line` of a form file as the source prints it where it has two wordings: `ĐẢNG ỦY (CHI ỦY)`."""
    return _EITHER.sub(lambda match: " ".join(f"{match[2]} ({match[3]})".split()), line)


def yes_or_no(at: Mapping, key: str) -> None:
    """Refuse anything but yes and no at `key`."""
    if at.get(key, "no") not in ("yes", "no"):
        raise at.fault("errors.definition.unknown_value", key, value=at[key])
