"""docgen: from one structured file to every official form, a proposed grade with its clause, and a signed packet.

The functions here are the Python API; the command line is a thin user of the same ones. Each is imported when it is
first asked for, so `import docgen` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from docgen.version import VERSION

if TYPE_CHECKING:
    from docgen.api import build_packet, fill, propose, validate
    from docgen.dossier import load_dossier
    from docgen.errors import DocgenError
    from docgen.forms.merge import merge_form
    from docgen.forms.readback import read_form
    from docgen.model import Finding
    from docgen.regulations.loader import load_regulation
    from docgen.word.compile import compile_template

__version__ = VERSION
__all__ = [
    "DocgenError",
    "Finding",
    "build_packet",
    "compile_template",
    "fill",
    "load_dossier",
    "load_regulation",
    "merge_form",
    "propose",
    "read_form",
    "validate",
]

_HOME = {
    "DocgenError": "docgen.errors",
    "Finding": "docgen.model",
    "build_packet": "docgen.api",
    "compile_template": "docgen.word.compile",
    "fill": "docgen.api",
    "load_dossier": "docgen.dossier",
    "load_regulation": "docgen.regulations.loader",
    "merge_form": "docgen.forms.merge",
    "propose": "docgen.api",
    "read_form": "docgen.forms.readback",
    "validate": "docgen.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'docgen' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
