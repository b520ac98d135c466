"""Shape: the JSON Schema of the regulation, and its errors in words that people understand.

The schema is generated from the same catalogue as the forms, compiled once a regulation and run by jsonschema-rs
(about 10 µs a record). Each of its errors becomes a finding with a place; a name that is not known is answered with
the one that was meant, a grade in words with its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from docgen.dossier.cleaning import bare
from docgen.dossier.shape import ANY, ITEMS, Node, dossier_shape
from docgen.forms.schema import dossier_schema
from docgen.i18n import has_message, message, worded
from docgen.json_schema import Validator, validator
from docgen.model import Severity
from docgen.nearest import nearest
from docgen.paths import AnyRecord, Json, at, at_pointer
from docgen.regulations.loader import RegulationData
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind
from docgen.values import VALUES
from docgen.values.spelling import short

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

#: How people write a grade or a level, folded; the official wording itself is always accepted besides.
_SPOKEN = {
    "xuat sac": ("HTXSNV", "xuat_sac"), "hoan thanh xuat sac": ("HTXSNV",), "htxs": ("HTXSNV",), "a": ("HTXSNV",),
    "loai xuat sac": ("HTXSNV",), "tot": ("HTTNV", "tot"), "hoan thanh tot": ("HTTNV",), "htt": ("HTTNV",),
    "hoan thanh": ("HTNV",), "ht": ("HTNV",), "trung binh": ("trung_binh", "HTNV"), "tb": ("trung_binh",),
    "kha": ("kha",), "khong hoan thanh": ("KHTNV", ), "khong ht": ("KHTNV",), "kht": ("KHTNV",), "yeu": ("kem",),
    "kem": ("kem", "KHTNV"), "co": ("co", "true"), "x": ("co",), "khong": ("khong", "false"), "nam": (),
}  # fmt: skip
#: Leaves under these names are checked with names of their own (criteria, assessors), not by the schema's patterns.
_OWN_NAMES = ("assessments", "levels", "signs")
_NEEDS = {
    "string": "text", "number": "number", "integer": "integer", "boolean": "boolean", "array": "list",
    "object": "mapping",
}  # fmt: skip

Report = Callable[..., None]
#: What is wrong: the code, the pointer, the parameters.
Told = tuple[str, str, dict[str, object]]


def dossier_validator(regulation: RegulationData) -> Validator:
    """The compiled schema of a dossier of `regulation`; facts have a check of their own."""

    def made() -> Validator:
        schema = dossier_schema([regulation])
        properties = schema["properties"]
        bodies = (properties["collective"], properties["party_organization"])
        for holder in (properties["members"]["items"], *bodies, properties["everyone"]):
            holder["properties"]["facts"] = {"type": "object"}
        return validator(schema)

    return regulation.derived("validation.dossier", made)


class Shape(CheckKind):
    """What has the wrong shape: a name, a type, a code that nobody knows."""

    name = "shape"
    turn = 10
    codes = (
        "validation.shape.required",
        "validation.shape.unknown_code",
        "validation.id.pattern",
        "validation.shape.range",
        "validation.shape.other",
        "validation.shape.number_for_text",
        "validation.shape.needs_text",
        "validation.shape.needs_number",
        "validation.shape.needs_integer",
        "validation.shape.needs_boolean",
        "validation.shape.needs_list",
        "validation.shape.needs_mapping",
        "validation.shape.misplaced",
        "validation.shape.unknown_name",
        *sorted({kind.misspelt for kind in VALUES.values() if kind.misspelt}),
    )

    def run(self, check: Check) -> None:
        check_shape(check)


def check_shape(check: Check) -> None:
    """Report everything in the dossier that has the wrong shape."""
    who = {h.pointer: h.who for h in check.members}

    def report(code: str, severity: Severity, pointer: str, **params: object) -> None:
        check.add(code, severity, pointer, owner(pointer, who), **params)

    shape_findings(
        check.dossier.given or check.data, dossier_validator(check.regulation), dossier_shape(check.regulation), report
    )


def owner(pointer: str, members: Mapping[str, str]) -> str:
    """Whom the value at `pointer` is about: a member's id, `collective`, `party_organization` or nobody."""
    parts = pointer.split("/", 3)
    if len(parts) > 2 and parts[1] == "members":
        return members.get("/".join(parts[:3]), "")
    return parts[1] if len(parts) > 1 and parts[1] in ("collective", "party_organization") else ""


def _part(name: str) -> Callable[[str], str]:
    """What a part of a dossier is called in each language; its name where it has no other."""
    key = f"dossier.part.{name}"
    return lambda language: message(key, language) if has_message(key, language) else name


def shape_findings(data: AnyRecord, faults: Validator, shape: Node, report: Report) -> None:
    """Translate every error of `faults` on `data` through `report(code, severity, pointer, **params)`."""
    if faults.is_valid(data):
        return
    seen: set[tuple[str, str]] = set()
    for error in faults.iter_errors(data):
        path = [str(step) for step in error.instance_path]
        for code, pointer, params in _translate(error, path, data, shape):
            if (code, pointer) not in seen:
                seen.add((code, pointer))
                report(code, "error", pointer, **params)


def _translate(error: ValidationError, path: list[str], data: AnyRecord, shape: Node) -> Iterator[Told]:
    kind: Any = error.kind  # each kind has names of its own
    name = kind.name
    pointer = at("", *path)
    node = node_at(shape, path)
    value = at_pointer(data, pointer)
    label = node.entry.label if node is not None and node.entry else (path[-1] if path else "")
    if name == "required":
        below = node.child(kind.property) if node is not None else None
        title = below.entry.label if below is not None and below.entry else worded(_part(kind.property))
        yield "validation.shape.required", at(pointer, kind.property), {"name": kind.property, "label": title}
    elif name == "additionalProperties":
        for unknown in kind.unexpected:
            yield _unknown_name(str(unknown), pointer, node, shape, path)
    elif name == "type":
        yield _wrong_type(kind.types, pointer, value, label)
    elif name == "enum":
        options = node.options if node is not None else {}
        yield "validation.shape.unknown_code", pointer, {
            "label": label, "given": _in_words(value), "near": meant_code(value, options),
            "allowed": "; ".join(f"{code} = {text}" for code, text in options.items()),
            "words": "; ".join(options.values()),
        }  # fmt: skip
    elif name in ("pattern", "format") and node is not None and node.kind is not None and node.kind.misspelt:
        yield node.kind.misspelt, pointer, {"label": label, "given": _in_words(value)}
    elif name == "pattern" and path and path[-1] == "id":
        yield "validation.id.pattern", pointer, {"given": _in_words(value)}
    elif name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        yield "validation.shape.range", pointer, {"label": label, "given": _in_words(value), "limit": kind.limit}
    elif name == "propertyNames" and path and (path[-1] in _OWN_NAMES):
        return
    else:
        yield "validation.shape.other", pointer, {"label": label, "problem": name}


def _wrong_type(types: list[str], pointer: str, value: Json, label: str) -> Told:
    wanted = next((t for t in types if t in _NEEDS), "string")
    if wanted == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return "validation.shape.number_for_text", pointer, {"label": label, "given": _in_words(value)}
    return f"validation.shape.needs_{_NEEDS[wanted]}", pointer, {"label": label, "given": _in_words(value)}


def _unknown_name(unknown: str, pointer: str, node: Node | None, shape: Node, path: list[str]) -> Told:
    known = [n for n in node.children if n != ANY] if node is not None else []
    near = nearest(unknown, known)
    place = at(pointer, unknown)
    if not near and (elsewhere := _elsewhere(shape, path, unknown)):
        return "validation.shape.misplaced", place, {"name": _in_words(unknown), "where": elsewhere}
    return "validation.shape.unknown_name", place, {
        "name": _in_words(unknown), "near": near, "known": ", ".join(sorted(known)[:30]),
    }  # fmt: skip


def _elsewhere(shape: Node, path: list[str], name: str) -> str:
    """A binding that ends with `name`: the place a misplaced value was meant for; nearest to `path` first."""
    found: list[tuple[str, ...]] = []

    def walk(node: Node, at: tuple[str, ...]) -> None:
        for key, child in node.children.items():
            if key == name:
                found.append((*at, key))
            walk(child, (*at, key))

    walk(shape, ())
    own = tuple(ITEMS if step.isdecimal() else step for step in path)
    found.sort(key=lambda f: (-sum(1 for a, b in zip(f, own, strict=False) if a == b), len(f), f))
    return ".".join(found[0]).replace(f".{ITEMS}", ITEMS) if found else ""


def meant_code(value: Json, options: Mapping[str, str]) -> str:
    """The code that `value` was meant to be: by its official wording, by what people say, else the most alike."""
    if value is True or value is False:
        value = "có" if value else "không"
    if not isinstance(value, str) or not value.strip():
        return ""
    given = bare(value[:80]).strip(" .\"'()")
    words = {bare(text): code for code, text in options.items()} | {code.lower(): code for code in options}
    if given in words:
        return words[given]
    for stem in (given, given.removesuffix(" nhiem vu"), given.removeprefix("loai ").removeprefix("muc ")):
        for code in _SPOKEN.get(stem, ()):
            if code in options:
                return code
    return words.get(nearest(given, words), "")


def node_at(shape: Node, path: list[str]) -> Node | None:
    """The shape at `path`."""
    node: Node | None = shape
    for step in path:
        if node is None:
            return None
        items = node.children.get(ITEMS)
        node = items if items is not None and step.isdecimal() else node.child(step)
    return node


def _in_words(value: Json) -> str:
    """`value` as a message shows it: never more than a few words of what somebody wrote."""
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return short(text, 40)
