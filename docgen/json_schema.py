"""JSON Schema (draft 2020-12) as a type: the words that docgen's own schemas use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, cast

from docgen.paths import Json

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

Schema = TypedDict(
    "Schema",
    {
        "$schema": str,
        "$id": str,
        "title": str,
        "description": str,
        "type": "str | list[str]",
        "format": str,
        "contentEncoding": str,
        "pattern": str,
        "not": "Schema",
        "anyOf": "list[Schema]",
        "if": "Schema",
        "then": "Schema",
        "const": Json,
        "enum": "list[Json]",
        "minimum": float,
        "maximum": float,
        "minLength": int,
        "maxLength": int,
        "minItems": int,
        "maxItems": int,
        "items": "Schema",
        "properties": "dict[str, Schema]",
        "required": "list[str]",
        "minProperties": int,
        "propertyNames": "Schema",
        "additionalProperties": "bool | Schema",
    },
    total=False,
)

Tell = Callable[[object], bool]


class Validator(Protocol):
    """A compiled schema."""

    def is_valid(self, instance: Any) -> bool:
        """True where nothing is wrong with `instance`."""

    def iter_errors(self, instance: Any) -> Iterator[ValidationError]:
        """Each fault of `instance`, of whatever kind it is."""


def validator(schema: Schema) -> Validator:
    """`schema` compiled, for whoever wants every fault by name. Formats (dates) are checked."""
    import jsonschema_rs

    return jsonschema_rs.validator_for(cast(dict[str, Any], schema), validate_formats=True)


def teller(schema: Schema, *, formats: bool = False) -> Tell:
    """`schema` compiled to yes or no, quick: its patterns take linear time. What JSON does not know is a no."""
    import jsonschema_rs

    is_valid = jsonschema_rs.validator_for(
        cast(dict[str, Any], schema), validate_formats=formats, pattern_options=jsonschema_rs.RegexOptions()
    ).is_valid

    def tell(value: object) -> bool:
        try:
            return bool(is_valid(value))
        except (ValueError, TypeError, RecursionError):  # NaN, sets, a list inside itself
            return False

    return tell
