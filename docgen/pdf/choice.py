"""Which engine draws."""

from __future__ import annotations

from collections.abc import Mapping

from docgen.errors import EnvironmentFault, UsageError
from docgen.pdf import embedded, libreoffice
from docgen.pdf.drawn import Engine
from docgen.pdf.embedded import Embedded
from docgen.pdf.libreoffice import LibreOffice

#: The engines by name.
ENGINE: Mapping[str, Engine] = {embedded.NAME: Embedded(), libreoffice.NAME: LibreOffice()}
#: What may be asked for.
ENGINES = ("auto", *ENGINE)


def choose_engine(engine: str = "auto", engines: Mapping[str, Engine] = ENGINE) -> str:
    """The engine of `engines` that `engine` stands for: with `auto` the embedded one, LibreOffice where that is not
    installed.

    Raises `UsageError` for an unknown name, `EnvironmentFault` where the named engine, or any, is missing.
    """
    if engine != "auto" and engine not in engines:
        raise UsageError("pdf.error.unknown_engine", engine=engine, known=", ".join(("auto", *engines)))
    if engine == "auto":
        engine = embedded.NAME
        if not is_there(embedded.NAME, engines) and is_there(libreoffice.NAME, engines):
            engine = libreoffice.NAME
    engines[engine].need()
    return engine


def is_there(name: str, engines: Mapping[str, Engine] = ENGINE) -> bool:
    """Whether the engine `name` is installed."""
    try:
        engines[name].need()
    except (KeyError, EnvironmentFault):
        return False
    return True
