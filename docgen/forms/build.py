"""`docgen build`: from the definitions to the built files, and the check that they still agree.

Built are `templates/mau/<regulation>/<form>.docx`, `data_schemas/<regulation>/<form>.schema.json` and
`data_schemas/dossier.schema.json`. In a checkout they lie at the top level; a wheel carries them in `docgen/_built`.
Built from the schema of the dossier is also `docgen/records.py`, the same shape as types.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from docgen.errors import InputError, UsageError
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.record_types import record_types
from docgen.forms.schema import dossier_schema, form_schema
from docgen.forms.template import build_template
from docgen.i18n.catalogues import compiled_catalogues
from docgen.regulations.loader import builtin_folder, list_regulations, load_regulation
from docgen.storage import json_bytes
from docgen.word.engine.tags import find_tags
from docgen.word.file.package import parse_xml, read_package

DOSSIER_SCHEMA = "dossier.schema.json"
#: The types of a dossier's records, below the top level.
RECORD_TYPES = Path("docgen") / "records.py"


def project_root() -> Path | None:
    """The top level of a checkout, or None where docgen runs from an installed wheel."""
    root = builtin_folder().parent.parent
    return root if (root / "templates" / "mau").is_dir() and (root / "pyproject.toml").is_file() else None


def templates_root() -> Path:
    """The folder `mau` of the built templates."""
    root = project_root()
    return root / "templates" / "mau" if root else Path(str(files("docgen"))) / "_built" / "templates" / "mau"


def schemas_root() -> Path:
    """The folder of the built schemas."""
    root = project_root()
    return root / "data_schemas" if root else Path(str(files("docgen"))) / "_built" / "data_schemas"


def built_files(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Each built file below `root` (a checkout) and the bytes it must hold."""
    regulations = [load_regulation(name) for name in list_regulations()]
    for regulation in regulations:
        for form in regulation.every_form:
            definition = load_form(regulation, form)
            yield root / "templates" / "mau" / regulation.id / f"{form}.docx", build_template(definition)
            schema = json_bytes(form_schema(definition))
            yield root / "data_schemas" / regulation.id / f"{form}.schema.json", schema
    whole = dossier_schema(regulations)
    yield root / "data_schemas" / DOSSIER_SCHEMA, json_bytes(whole)
    yield root / RECORD_TYPES, record_types(whole).encode("utf-8")
    yield from compiled_catalogues().items()


def _stale(root: Path, expected: set[Path]) -> list[Path]:
    found = [*(root / "templates" / "mau").glob("*/*.docx"), *(root / "data_schemas").rglob("*.json")]
    return sorted(path for path in found if path not in expected)


def build(root: Path, check: bool = False) -> list[Path]:
    """Write all built files below `root`; with `check`, write nothing.

    Returns the files that differed from their definitions (changed, missing or left over), in order.
    """
    changed = []
    expected = set()
    for path, content in built_files(root):
        expected.add(path)
        if not path.is_file() or path.read_bytes() != content:
            changed.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    for path in _stale(root, expected):
        changed.append(path)
        if not check:
            path.unlink()
    return changed


def _office_template(form: str, regulation: str, folders: Sequence[Path | str]) -> Path | None:
    for folder in folders:
        if not Path(folder).is_dir():
            raise UsageError("errors.usage.no_such_folder", folder=str(folder))
        for path in (Path(folder) / regulation / f"{form}.docx", Path(folder) / f"{form}.docx"):
            if path.is_file():
                return path
    return None


def template_bytes(definition: FormDefinition, templates: Sequence[Path | str] = ()) -> tuple[bytes, str]:
    """The template of a form and where it came from.

    An office's own file in a folder of `templates` (`<regulation>/<form>.docx` or `<form>.docx`) comes first, then the
    built file; a regulation that is not built, or whose definition has changed since, is built on the spot.
    """
    regulation = definition.law
    own = _office_template(definition.form, regulation.id, templates)
    if own is not None:
        try:
            return own.read_bytes(), str(own)
        except OSError as fault:
            raise InputError("errors.input.cannot_read", file=str(own), problem=fault.strerror) from None
    path = templates_root() / regulation.id / f"{definition.form}.docx"
    if path.is_file():
        content = path.read_bytes()
        if carried_hash(content) == definition.definition_hash:
            return content, "built"
    return build_template(definition), "definition"


def carried_hash(template: bytes) -> str:
    """The definition hash a docgen file carries inside, or an empty text."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            text = archive.read("docProps/custom.xml").decode("utf-8")
    except (KeyError, zipfile.BadZipFile, UnicodeDecodeError):
        return ""
    start = text.find('name="docgen.definition"')
    if start < 0:
        return ""
    return text[start:].split("<vt:lpwstr>", 1)[1].split("<", 1)[0]


def is_blank_form(content: bytes) -> bool:
    """True for a form that docgen made to be filled by people: it says which form it is, and has no tag.

    `content` has been judged already (`docgen.word.engine.template_gate`).
    """
    if not carried_hash(content):
        return False
    package = read_package(content)
    parts = [part for part in package.fillable if part not in package.properties]
    return not any(find_tags(parse_xml(package.parts[part]), part) for part in parts)
