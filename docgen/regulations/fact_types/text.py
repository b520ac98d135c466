"""`text`, and what is taken from the fact's own `values`: `choice`, and `scale` where they stand in order."""

from __future__ import annotations

from docgen.json_schema import Schema
from docgen.regulations.fact_type import FactType


class Text(FactType):
    """Words."""

    name = "text"
    examples = ("Khen thưởng cấp tỉnh",)
    ask = "which"

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, str)

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"type": ["string", "null"]}


class Choice(FactType):
    """One of several."""

    name = "choice"
    examples = ()
    ask = "which"
    null_is_unknown = True

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return value in values

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"enum": [*values, None]}


class Scale(Choice):
    """One of several, best first."""

    name = "scale"
    null_is_unknown = False

    def order(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return values
