"""From the schema of a dossier to `docgen/records.py`: the same shape as types for whoever reads a dossier in Python.

`docgen build` writes the file. It lies below every room, because every room reads dossiers.
"""

from __future__ import annotations

from docgen.json_schema import Schema

HEAD = '''\
"""The records of a dossier, as types. Built by `docgen build` from the catalogues of bindings: not to be edited.

They say what stands in `Dossier.data`: each value of the kind its place has, or missing (`docgen.dossier.shape.sound`).
A code is a text, known or not, and a count a number: what they may be is for the validator. What a unit's own folder
adds is not here; ask for it by its path (`docgen.paths.get`).
"""

from __future__ import annotations

from typing import TypeAlias, TypedDict

from docgen.paths import Json

#: What somebody states: the name of a fact and its value, of whatever kind; None where it is known to be unknown.
Facts: TypeAlias = dict[str, Json]
'''
#: The records that are not called by their own name after that of the record they stand in.
_NAMES = {
    (): "DossierData",
    ("members", "member"): "Person",
    # One assessment is like another, whoever is assessed.
    ("collective", "assessments"): "Assessment",
    ("party_organization", "assessments"): "Assessment",
    ("members", "assessments"): "Assessment",
}
_TYPES = {"string": "str", "integer": "int", "number": "int | float", "boolean": "bool"}


def record_types(schema: Schema) -> str:
    """The text of `docgen/records.py` for the schema of a dossier (`docgen.forms.schema.dossier_schema`)."""
    made: dict[str, list[str]] = {}
    _record(schema, (), "", made)
    return "\n\n".join([HEAD, *("\n".join(lines) + "\n" for lines in made.values())])


def _record(schema: Schema, path: tuple[str, ...], name: str, made: dict[str, list[str]]) -> str:
    """Put the type of the record at `path` into `made`, after those it is made of; its name."""
    own = _NAMES.get(path, name)
    if own in made:
        return own
    place = f"What stands at `{'.'.join(path)}`" if path else "A whole dossier"
    if all(leaf.isupper() for leaf in schema["properties"]):  # codes: a mapping by code
        (kind,) = {_type(below, (*path, leaf), "", made) for leaf, below in schema["properties"].items()}
        return f"dict[str, {kind}]"
    lines = [f"class {own}(TypedDict, total=False):", f'    """{place}."""', ""]
    for leaf, below in schema["properties"].items():
        if leaf.isidentifier():
            above = own if path else ""
            lines.append(f"    {leaf}: {_type(below, (*path, leaf), above + _camel(leaf), made)}{_title(below)}")
    made[own] = lines
    return own


def _type(schema: Schema, path: tuple[str, ...], name: str, made: dict[str, list[str]]) -> str:
    """The type of the value at `path`; `name` is that of its record, where it is one."""
    if path[-1] == "facts":
        return "Facts"
    if schema.get("type") == "array":
        return f"list[{_type(schema['items'], path, _one_of(name), made)}]"
    if schema.get("properties"):
        return _record(schema, path, name, made)
    if schema.get("type") == "object":
        below = schema["additionalProperties"]
        assert not isinstance(below, bool), path
        return f"dict[str, {_type(below, path, _one_of(name), made)}]"
    return _TYPES[str(schema.get("type", "string"))]


def _title(schema: Schema) -> str:
    title = str(schema.get("title", ""))
    return f"  # {title}" if title and len(title) < 80 else ""


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _one_of(plural: str) -> str:
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")
