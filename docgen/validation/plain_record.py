"""The quick way past records about which there is nothing to say.

Most records of a long batch are clean: every text in one piece of ordinary letters, every date a date, every code a
code. One schema, stricter than the form's own, tells those apart in a few microseconds. What it accepts has no finding
at all and prints the same as its canonical form; what it refuses is not wrong, it goes the whole way.
"""

from __future__ import annotations

import re

from docgen.forms.definition import FormDefinition
from docgen.forms.schema import ID_PATTERN, form_schema
from docgen.json_schema import Schema, Tell, teller
from docgen.validation.checks.people import RESERVED
from docgen.validation.plain_sections import SAYS_SOMETHING, TEXT
from docgen.values.number import MAX_NUMBER

_ID = re.compile(ID_PATTERN)


class _UnknownShapeError(Exception):
    """A shape this module does not know: no record of the form is plain then."""


def is_plain_record(data: object, definition: FormDefinition) -> bool:
    """True where `data` has no finding and is, as printed, its own canonical form. False tells nothing."""
    tell = plain_teller(definition)
    return tell is not None and isinstance(data, dict) and tell(data) and plain_id(data.get("id"))


def plain_id(given: object) -> bool:
    """True where `given` names a file on every system, or is missing."""
    if given is None:
        return True
    if not isinstance(given, str) or _ID.fullmatch(given) is None:
        return False
    return given.split(".")[0].casefold() not in RESERVED and not given.endswith(".")


def plain_teller(definition: FormDefinition) -> Tell | None:
    """The stricter schema of a form, compiled once; None where there is none."""

    regulation = definition.law

    def made() -> Tell | None:
        try:
            schema = _mapping(form_schema(definition))
        except _UnknownShapeError:
            return None
        return teller(schema, formats=True)

    return regulation.derived(("validation.plain", *definition.key), made)


def _mapping(shape: Schema) -> Schema:
    required = shape.get("required", [])
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {name: _strict(below, name in required) for name, below in shape["properties"].items()},
    }


def _strict(shape: Schema, required: bool) -> Schema:
    """The stricter form of `shape`. What need not be there may also be null or empty: both print as nothing."""
    must_be = shape.get("type")
    if "enum" in shape:
        return {"enum": [*shape["enum"], *(() if required else (None, ""))]}
    if must_be == "object":
        return _mapping(shape)
    if must_be == "array":
        return _list(shape, required)
    if must_be == "string":
        made = _text(shape)
    elif must_be in ("integer", "number"):
        made = {
            "type": must_be,
            "minimum": shape.get("minimum", -MAX_NUMBER),
            "maximum": shape.get("maximum", MAX_NUMBER),
        }
    elif must_be == "boolean":
        made = {"type": "boolean"}
    else:
        raise _UnknownShapeError
    return made if required else {"anyOf": [made, {"enum": [None, ""]}]}


def _text(shape: Schema) -> Schema:
    if "contentEncoding" in shape:  # bytes are always looked at
        raise _UnknownShapeError
    if "format" in shape or "pattern" in shape:
        kept: Schema = {"type": "string"}
        if "format" in shape:
            kept["format"] = shape["format"]
        if "pattern" in shape:
            kept["pattern"] = shape["pattern"]
        return kept
    return TEXT


def _list(shape: Schema, required: bool) -> Schema:
    items = shape["items"]
    if items.get("type") == "object":
        return {"type": "array", "items": _mapping(items), **({"minItems": 1} if required else {})}
    if items != {"type": "string"}:
        raise _UnknownShapeError
    made: Schema = {"type": "array", "items": _text(items)}
    if required:
        made["anyOf"] = SAYS_SOMETHING
    return made
