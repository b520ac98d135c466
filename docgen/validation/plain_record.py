"""The quick way past records about which there is nothing to say.

Most records of a long batch are clean: every text in one piece of ordinary letters, every date a date, every code a
code. One schema, stricter than the form's own, tells those apart in a few microseconds. What it accepts has no finding
at all and prints the same as its canonical form; what it refuses is not wrong, it goes the whole way.
"""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs

from docgen.dossier.canonical import MAX_NUMBER
from docgen.forms.definition import FormDefinition
from docgen.forms.schema import ID_PATTERN, form_schema
from docgen.regulations.loader import Regulation
from docgen.validation.people import RESERVED
from docgen.validation.plain_sections import SAYS_SOMETHING, TEXT

_ID = re.compile(ID_PATTERN)


class _UnknownShapeError(Exception):
    """A shape this module does not know: no record of the form is plain then."""


def is_plain_record(data: Any, regulation: Regulation, definition: FormDefinition) -> bool:
    """True where `data` has no finding and is, as printed, its own canonical form. False tells nothing."""
    validator = plain_validator(regulation, definition)
    if validator is None or not isinstance(data, dict):
        return False
    try:
        return bool(validator.is_valid(data)) and plain_id(data.get("id"))
    except (ValueError, TypeError, RecursionError):  # what JSON does not know: NaN, sets, a list inside itself
        return False


def plain_id(given: Any) -> bool:
    """True where `given` names a file on every system, or is missing."""
    if given is None:
        return True
    if not isinstance(given, str) or _ID.fullmatch(given) is None:
        return False
    return given.split(".")[0].casefold() not in RESERVED and not given.endswith(".")


def plain_validator(regulation: Regulation, definition: FormDefinition) -> Any:
    """The stricter schema of a form, compiled once; None where there is none."""

    def made() -> Any:
        try:
            schema = _mapping(form_schema(regulation, definition))
        except _UnknownShapeError:
            return None
        return jsonschema_rs.validator_for(schema, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions())

    return regulation.derived(("validation.plain", *definition.key), made)


def _mapping(shape: dict[str, Any]) -> dict[str, Any]:
    required = shape.get("required", [])
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {name: _strict(below, name in required) for name, below in shape["properties"].items()},
    }


def _strict(shape: dict[str, Any], required: bool) -> dict[str, Any]:
    """The stricter form of `shape`. What need not be there may also be null or empty: both print as nothing."""
    kind = shape.get("type")
    if "enum" in shape:
        return {"enum": [*shape["enum"], *(() if required else (None, ""))]}
    if kind == "object":
        return _mapping(shape)
    if kind == "array":
        return _list(shape, required)
    if kind == "string":
        made = _text(shape)
    elif kind in ("integer", "number"):
        made = {"type": kind, "minimum": shape.get("minimum", -MAX_NUMBER), "maximum": shape.get("maximum", MAX_NUMBER)}
    elif kind == "boolean":
        made = {"type": "boolean"}
    else:
        raise _UnknownShapeError
    return made if required else {"anyOf": [made, {"enum": [None, ""]}]}


def _text(shape: dict[str, Any]) -> dict[str, Any]:
    if "format" in shape or "pattern" in shape:
        return {key: value for key, value in shape.items() if key in ("type", "format", "pattern")}
    return TEXT


def _list(shape: dict[str, Any], required: bool) -> dict[str, Any]:
    items = shape["items"]
    if items.get("type") == "object":
        return {"type": "array", "items": _mapping(items), **({"minItems": 1} if required else {})}
    if items != {"type": "string"}:
        raise _UnknownShapeError
    made: dict[str, Any] = {"type": "array", "items": _text(items)}
    if required:
        made["anyOf"] = SAYS_SOMETHING
    return made
