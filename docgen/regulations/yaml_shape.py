"""The shape of each YAML file of a regulation: text, list or mapping, checked once at the door.

A unit writes these files by hand, so any value may be of any kind. What passes here is of the kind the readers expect;
which names and codes are known is theirs to say. A shape is `TEXT`, `NUMBER`, `WHOLE`, `ANY`, `[shape]` for a list,
a mapping of shapes (`*` stands for any key), or a tuple of shapes of different kinds.
"""

from __future__ import annotations

from collections.abc import Mapping as Mapping_
from collections.abc import Sequence as Sequence_
from pathlib import Path
from typing import TypeAlias

from docgen.regulations.faults import Faults
from docgen.regulations.strict_yaml import Mapping, Sequence, Yaml, load_file, needs_mapping

#: `TEXT`, `NUMBER` …; a list of one shape; a mapping of shapes; several of different kinds.
Shape: TypeAlias = "str | Sequence_[Shape] | Mapping_[str, Shape]"
TEXT, NUMBER, WHOLE, ANY = "text", "number", "whole", "any"
#: What a number on a page may be: a width in millimetres or per cent, a count of rows.
_LARGEST = 1000.0

_TEXTS: dict[str, Shape] = {"*": TEXT}
#: One line of wording, or several.
LINES: Shape = (TEXT, [TEXT])
_PACKET: dict[str, Shape] = {"assessors": [TEXT], "*": TEXT}
_DEADLINE: dict[str, Shape] = {"who": [TEXT], "days": WHOLE, "*": TEXT}
_ASKED: dict[str, Shape] = {"any": [TEXT], "when": {"org_type": [TEXT], "*": TEXT}, "*": TEXT}
_WHEN: dict[str, Shape] = {"org_type": [TEXT], "collective_kind": [TEXT], "*": TEXT}
_DURATION: dict[str, Shape] = {
    "minimum_days": NUMBER,
    "when": {"org_type": [TEXT], "collective_kind": [TEXT], "*": TEXT},
    "*": TEXT,
}
_SEALING: dict[str, Shape] = {"when": _WHEN, "*": TEXT}
_LISTS: dict[str, Shape] = {"forms": [TEXT], "assessors": [_TEXTS], "packet": [_PACKET], "deadlines": [_DEADLINE]}
_LISTS["enclosures"] = [_TEXTS]
REGULATION: dict[str, Shape] = {
    **_LISTS, "draft": {"working_days": WHOLE, "*": TEXT}, "meeting": (_DURATION, [_DURATION]), "apart": [_TEXTS],
    "life": _TEXTS, "same": [_TEXTS], "asked": [_ASKED], "decisions": {"grades": [_TEXTS], "*": TEXT},
    "binding": [TEXT], "order": [_TEXTS], "archive": {"years": WHOLE, "*": TEXT},
    "originals": {"seals": [_SEALING], "*": TEXT}, "superior": [_SEALING],
    "add": _LISTS, "*": TEXT,
}  # fmt: skip
_ROW: dict[str, Shape] = {"*": TEXT}
_ROW["rows"] = [_ROW]
CRITERIA: dict[str, Shape] = {
    "sets": {"*": [_ROW]},
    "detail": {"*": {"*": [_ROW]}},
    "points": {"*": _TEXTS},
    "sums": {"*": _TEXTS},
    "scales": {"*": _TEXTS},
    "scale": {"*": _TEXTS},
    "frames": {"*": _TEXTS},
    "applies": TEXT,
    "chosen": _TEXTS,
    "*": ANY,
}
FIELDS: dict[str, Shape] = {
    "fields": _TEXTS,
    "choices": {"*": _TEXTS},
    "roots": _TEXTS,
    "lists": _TEXTS,
    "prefilled": [TEXT],
    "*": ANY,
}
OFFICE_EXAMPLE: dict[str, Shape] = {"*": LINES}
OFFICE_FIELDS: dict[str, Shape] = {"computed": [TEXT], **FIELDS}
OFFICE: dict[str, Shape] = {
    "papers": [{"own": [TEXT], "*": TEXT}],
    "grounds": {"*": [TEXT]},
    "words": _TEXTS,
    "seals": [_SEALING],
    "dates": [_TEXTS],
    "above": [TEXT],
}
FACTS: dict[str, Shape] = {"*": _TEXTS}
COLUMN: dict[str, Shape] = {"head": TEXT, "cell": LINES, "width": NUMBER, "*": TEXT}
#: The blocks of `body` are shaped by their kinds: `docgen.forms.blocks.FORM_SHAPE` is this with theirs.
FORM: dict[str, Shape] = {
    "source": _TEXTS, "basis": [TEXT], "required": [TEXT], "required_when": {"*": [TEXT]}, "header": LINES,
    "title": LINES, "notes": [TEXT], "first_note": WHOLE, "replace": _TEXTS, "body": [ANY], "*": TEXT,
}  # fmt: skip
RULES: dict[str, Shape] = {
    "define": {"*": ANY}, "base": [{"subjects": TEXT, "fact": TEXT, "*": ANY}], "remove": [TEXT],
    "ambiguities": [
        {"code": TEXT, "subjects": TEXT, "text": TEXT, "en": TEXT, "flat": TEXT, "withholds": TEXT, "*": ANY},
    ],
    "rules": [{"id": TEXT, "subjects": TEXT, "clause": TEXT, "wording": TEXT, "reading": TEXT, "kind": TEXT, "*": ANY}],
    "*": TEXT,
}  # fmt: skip


def load_shaped(path: Path, shape: Shape, faults: Faults | None = None) -> Mapping:
    """The content of a YAML file that has `shape`; with `faults`, without the values that have not.

    Raises `DefinitionError` (`file`, `line`) as `load_file` and `check_shape` do.
    """
    return check_shape(load_file(path), shape, str(path), faults)


def check_shape(data: Yaml, shape: Shape, file: str, faults: Faults | None = None) -> Mapping:
    """`data`, the content of a YAML file, where it has `shape`.

    Raises `DefinitionError` (`file`, `line`, the key) for the values of another kind, and for a file that is no
    mapping. Where `faults` is given, they go there, and what is left of `data` is returned without them.
    """
    content = needs_mapping(data, file)
    found = Faults() if faults is None else faults
    _check_items(content, shape, content, "", found)
    if faults is None:
        found.settle()
    return content


def _kind(shape: Shape) -> str:
    return "list" if isinstance(shape, list) else "mapping" if isinstance(shape, dict) else str(shape)


def _fits(value: Yaml, shape: Shape) -> bool:
    if isinstance(shape, dict):
        return isinstance(value, Mapping)
    if isinstance(shape, list):
        return isinstance(value, Sequence)
    if shape == ANY:
        return True
    return isinstance(value, str) and isinstance(shape, str) and (shape == TEXT or _number(value, shape))


def _number(value: str, shape: str) -> bool:
    if shape == WHOLE:
        return value.isascii() and value.isdigit() and int(value[:9]) <= _LARGEST and len(value) < 9
    try:
        return 0 <= float(value) <= _LARGEST
    except ValueError:
        return False


def _check(value: Yaml, shape: Shape, parent: Mapping, key: str, faults: Faults) -> bool:
    """Whether `value` is of the kind that `shape` says; what is wrong inside it is taken out of it."""
    choices = shape if isinstance(shape, tuple) else (shape,)
    found = next((choice for choice in choices if _fits(value, choice)), None)
    if found is None:
        # `name: {member.full_name}` without quotes is a mapping to YAML.
        braces = (
            TEXT in choices
            and isinstance(value, Mapping)
            and bool(value)
            and all(item == "" for item in value.values())
        )
        wanted = "_or_".join(map(_kind, choices))
        fault = parent.fault(
            "errors.definition.braces" if braces else f"errors.definition.needs_{wanted}", key, key=key
        )
        faults.add(fault)
        parent.dropped[key] = fault
        return False
    if isinstance(found, dict | list):
        _check_items(value, found, parent, key, faults)
    return True


def _check_items(value: Yaml, shape: Shape, parent: Mapping, key: str, faults: Faults) -> None:
    if isinstance(value, Mapping) and isinstance(shape, dict):
        for name, item in list(value.items()):
            if not _check(item, _below(shape, name), value, name, faults):
                del value[name]
    elif isinstance(value, Sequence) and isinstance(shape, list):
        kept = []
        for item, line in zip(value, value.lines, strict=True):
            at = Mapping()
            at.file, at.line = value.file, line
            if _check(item, shape[0], at, key, faults):
                kept.append((item, line))
        value[:], value.lines[:] = [item for item, _ in kept], [line for _, line in kept]


def _below(shape: Mapping_[str, Shape], name: str) -> Shape:
    return shape[name] if name in shape else shape.get("*", ANY)
