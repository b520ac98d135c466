"""What is wrong with the files of a regulation: every fault of every file, each with file and line.

Whoever writes a regulation hears here of all that the other commands would stop at, one at a time and later: the
readers of the files find most of it, and what only the files together can tell is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from docgen.errors import DefinitionError, UsageError
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.fill import blank_form
from docgen.forms.schema import form_schema
from docgen.model import Finding, Place
from docgen.regulations.faults import Faults
from docgen.regulations.loader import RegulationData, builtin_folder, read_regulation
from docgen.regulations.rule_facts import catalogue, shared_facts
from docgen.regulations.rules import load_rules
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import CRITERIA, FACTS, FORM, REGULATION, load_shaped

#: The files of a regulation's folder, beside `forms/`.
FILES = ("regulation.yaml", "criteria.yaml", "fields.yaml", "facts.yaml", "rules.yaml")
#: What each kind of record is called where the packet says for what it is made.
EACH_OF = {"dossier": "dossier", "member": "members", "assessment": "assessments"}
#: Where `regulation.yaml` names places of the dossier: list, key of an item.
_PLACES = (("same", "one"), ("same", "other"), ("packet", "only"), ("enclosures", "only"), ("order", "only"))


def check_regulation(regulation_id: str, folders: Sequence[Path | str] = ()) -> list[Finding]:
    """Every fault in the files of the regulation `regulation_id`, by file and line; what it extends is read too.

    Raises `UsageError` where there is no such regulation.
    """
    faults = Faults()
    try:
        regulation, found = read_regulation(regulation_id, folders)
    except DefinitionError as fault:
        return _findings(fault.all(), "error")
    for one in found:
        faults.add(one)
    forms = _forms(regulation, faults)
    _rules(regulation, faults)
    for folder in regulation.chain:
        _meta(regulation, folder, forms, faults)
        _groups(regulation, folder, faults)
        _read_off(regulation, folder, faults)
    stray = [fault for folder in regulation.chain if folder.parent != builtin_folder()
             for fault in _stray(regulation, folder)]  # fmt: skip
    return [*_findings(faults.found, "error"), *_findings(stray, "warning")]


def _findings(faults: Sequence[DefinitionError], severity: str) -> list[Finding]:
    ordered = sorted(faults, key=lambda fault: (str(fault.facts.get("file", "")), fault.facts.get("line", 0)))
    return [
        Finding(
            fault.code, "error" if severity == "error" else "warning",
            Place(str(fault.facts.get("file", "")), line=int(fault.facts.get("line", 0))), dict(fault.facts),
        )
        for fault in ordered
    ]  # fmt: skip


def _forms(regulation: RegulationData, faults: Faults) -> dict[str, FormDefinition]:
    """The forms that can be read, each made once: as a page and as a schema."""
    out = {}
    for form in regulation.every_form:
        try:
            with faults:
                definition = load_form(regulation, form)
                blank_form(definition)
                form_schema(definition)
                out[form] = definition
        except UsageError:  # no file of that name
            where, at = _listed(regulation, form)
            faults.add(at.fault("errors.definition.unknown_value", where, value=form))
    return out


def _listed(regulation: RegulationData, form: str) -> tuple[str, Mapping]:
    """Where `form` is listed: the key, and the mapping in which it stands."""
    for folder in regulation.chain:
        meta = load_shaped(folder / "regulation.yaml", REGULATION, Faults())
        for at in (meta, meta.get("add", Mapping())):
            if form in at.get("forms", ()):
                return "forms", at
    return "forms", Mapping()


def _rules(regulation: RegulationData, faults: Faults) -> None:
    """Read the rules, and the facts they speak of, where the regulation has any."""
    if not any((folder / "rules.yaml").is_file() for folder in regulation.chain):
        with faults:
            catalogue(tuple(reversed(regulation.chain)))
        return
    with faults:
        load_rules(regulation.id, regulation.folders)


def _meta(regulation: RegulationData, folder: Path, forms: dict[str, FormDefinition], faults: Faults) -> None:
    """What one `regulation.yaml` says of forms and of places, against what there is."""
    meta = load_shaped(folder / "regulation.yaml", REGULATION, Faults())
    for at in (meta, meta.get("add", Mapping())):
        for item in at.get("packet", ()):
            definition = forms.get(item.get("form", ""))
            due = EACH_OF[definition.record] if definition else item.get("each")
            if definition and item.get("each") in EACH_OF.values() and item["each"] != due:
                facts = {"form": definition.form, "record": definition.record, "each": item["each"], "due": due}
                faults.add(item.fault("errors.definition.wrong_each", "each", **facts))
        for name, key in _PLACES:
            for item in at.get(name, ()):
                _place(regulation, item, key, item.get(key, "").partition("=")[0], faults)
    for item in meta.get("asked", ()):
        for place in item.get("any", ()):
            _place(regulation, item, "any", place, faults)
    for item in meta.get("decisions", Mapping()).get("grades", ()):
        for key in ("grade", "by", "on"):
            _place(regulation, item, key, item.get(key, ""), faults)
    for item in meta.get("originals", Mapping()).get("seals", ()):
        _place(regulation, item, "name", item.get("name", ""), faults)


def _place(regulation: RegulationData, at: Mapping, key: str, place: str, faults: Faults) -> None:
    """Find fault with a place that no value of a dossier has: no field, no part above fields, no fact."""
    name = place.removeprefix("members[].")
    known = name in regulation.fields or any(
        field.startswith((f"{name}.", f"{name}[].")) for field in regulation.fields
    )
    if place and not known and name.rpartition(".")[2] not in _facts(regulation):
        faults.add(at.fault("errors.definition.place", key, key=key, place=place))


def _facts(regulation: RegulationData) -> frozenset[str]:
    """The names of the facts, also of those whose entry is wrong: that is told where the entry stands."""

    def read() -> frozenset[str]:
        names = set(shared_facts())
        for folder in regulation.chain:
            path = folder / "facts.yaml"
            with Faults():
                names.update(load_shaped(path, FACTS, Faults()) if path.is_file() else ())
        return frozenset(names)

    return regulation.derived("validation.facts", read)


def _groups(regulation: RegulationData, folder: Path, faults: Faults) -> None:
    """Find fault with a group of criteria whose levels no rule could read."""
    if not (folder / "criteria.yaml").is_file():
        return
    data = load_shaped(folder / "criteria.yaml", CRITERIA, Faults())
    lists = [*data.get("sets", {}).values()]
    lists += [rows for name in data.get("detail", {}).values() for rows in name.values()]

    def walk(rows: Sequence[Mapping]) -> Iterator[Mapping]:
        for row in rows:
            yield row
            yield from walk(row.get("rows", ()))

    for rows in lists:
        for row in walk(rows):
            fact = f"{row.get('group')}_criteria_levels"
            if "group" in row and fact not in _facts(regulation):
                faults.add(row.fault("errors.definition.unread_group", "group", group=row["group"], fact=fact))


def _read_off(regulation: RegulationData, folder: Path, faults: Faults) -> None:
    """Find fault with a fact that is read off a place no dossier has."""
    if not (folder / "facts.yaml").is_file():
        return
    with faults:
        for entry in load_shaped(folder / "facts.yaml", FACTS, Faults()).values():
            for key in ("from", "with"):
                _place(regulation, entry, key, entry.get(key, ""), faults)


def _stray(regulation: RegulationData, folder: Path) -> Iterator[DefinitionError]:
    """The YAML files of a unit's folder that nothing reads: a misspelt name, a form that is not listed."""
    for path in sorted(folder.glob("*.y*ml")):
        if path.name not in FILES:
            allowed = ", ".join((*FILES, "forms/*.yaml"))
            yield DefinitionError("errors.definition.stray_file", file=str(path), line=0, allowed=allowed)
    used = _bases(regulation)
    for path in sorted((folder / "forms").glob("*.y*ml")):
        if path.suffix != ".yaml" or (path.stem not in regulation.every_form and path.stem not in used):
            yield DefinitionError("errors.definition.stray_form", file=str(path), line=0)


def _bases(regulation: RegulationData) -> set[str]:
    """The forms that other forms of the regulation extend, and so may stand in no list."""
    found = set()
    for folder in regulation.chain:
        for path in (folder / "forms").glob("*.yaml"):
            try:
                found.add(load_shaped(path, FORM, Faults()).get("extends", ""))
            except DefinitionError:
                continue
    return found
