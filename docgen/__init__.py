"""docgen: from one structured file to every official form, a proposed grade with its clause, and a signed packet.

The functions here are the Python API; the command line is a thin user of the same ones. Each is imported when it is
first asked for, so `import docgen` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from docgen.version import VERSION

if TYPE_CHECKING:
    from docgen.api import (
        DossierStatus,
        Form,
        Merged,
        Regulation,
        Regulations,
        build_packet,
        calendar,
        check,
        check_template,
        convert,
        convert_dossier,
        fill,
        grade,
        load_dossier,
        merge_readings,
        propose,
        sign,
        status,
        validate,
        verify,
        write_grades,
    )
    from docgen.errors import DocgenError
    from docgen.forms.merge import merge_form
    from docgen.forms.readback import read_form
    from docgen.grading.tally import tally
    from docgen.model import Finding
    from docgen.regulations.loader import load_regulation
    from docgen.word.engine.compile import compile_template

__version__ = VERSION
__all__ = [
    "DocgenError",
    "DossierStatus",
    "Finding",
    "Form",
    "Merged",
    "Regulation",
    "Regulations",
    "build_packet",
    "calendar",
    "check",
    "check_template",
    "compile_template",
    "convert",
    "convert_dossier",
    "fill",
    "grade",
    "load_dossier",
    "load_regulation",
    "merge_form",
    "merge_readings",
    "propose",
    "read_form",
    "sign",
    "status",
    "tally",
    "validate",
    "verify",
    "write_grades",
]

_HOME = {
    "DocgenError": "docgen.errors",
    "DossierStatus": "docgen.api",
    "Finding": "docgen.model",
    "Form": "docgen.api",
    "Merged": "docgen.api",
    "Regulation": "docgen.api",
    "Regulations": "docgen.api",
    "build_packet": "docgen.api",
    "calendar": "docgen.api",
    "check": "docgen.api",
    "check_template": "docgen.api",
    "compile_template": "docgen.word.engine.compile",
    "convert": "docgen.api",
    "convert_dossier": "docgen.api",
    "fill": "docgen.api",
    "grade": "docgen.api",
    "load_dossier": "docgen.api",
    "load_regulation": "docgen.regulations.loader",
    "merge_form": "docgen.forms.merge",
    "merge_readings": "docgen.api",
    "propose": "docgen.api",
    "read_form": "docgen.forms.readback",
    "sign": "docgen.api",
    "status": "docgen.api",
    "tally": "docgen.grading.tally",
    "validate": "docgen.api",
    "verify": "docgen.api",
    "write_grades": "docgen.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'docgen' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
