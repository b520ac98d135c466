"""Which engine draws."""

from __future__ import annotations

from collections.abc import Mapping

from docgen.errors import EnvironmentFault, UsageError
from docgen.pdf import embedded, libreoffice
from docgen.pdf.drawn import Engine
from docgen.pdf.embedded import Embedded
from docgen.pdf.libreoffice import LibreOffice
from docgen.pdf.names import AUTO

#: The engines by name.
ENGINE: Mapping[str, Engine] = {embedded.NAME: Embedded(), libreoffice.NAME: LibreOffice()}


def choose_engine(engine: str = AUTO, engines: Mapping[str, Engine] = ENGINE) -> str:
    """The engine of `engines` that `engine` stands for: with `auto` the embedded one, LibreOffice where that is not
    installed.

    Raises `UsageError` for an unknown name, `EnvironmentFault` where the named engine, or any, is missing.
    """
    if engine != AUTO and engine not in engines:
        raise UsageError("pdf.error.unknown_engine", engine=engine, known=", ".join((AUTO, *engines)))
    if engine == AUTO:
        engine = embedded.NAME
        if not is_there(embedded.NAME, engines) and is_there(libreoffice.NAME, engines):
            engine = libreoffice.NAME
    engines[engine].need()
    return engine


def second_engine(engine: str, first: str, engines: Mapping[str, Engine] = ENGINE) -> str:
    """The engine that draws what `first` lost: with `auto` LibreOffice, where it is there; empty for none."""
    spare = engine == AUTO and first != libreoffice.NAME and is_there(libreoffice.NAME, engines)
    return libreoffice.NAME if spare else ""


def is_there(name: str, engines: Mapping[str, Engine] = ENGINE) -> bool:
    """Whether the engine `name` is installed."""
    try:
        engines[name].need()
    except (KeyError, EnvironmentFault):
        return False
    return True
