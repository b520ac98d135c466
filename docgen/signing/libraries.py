"""The libraries that signing needs, which are installed with the extra `sign` only."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from docgen.errors import EnvironmentFault


def need(library: str) -> Any:
    """A library of the extra `sign`. Raises `EnvironmentFault` naming the pip line where it is not installed."""
    try:
        found = import_module(library)
    except ImportError:
        raise EnvironmentFault(
            "errors.environment.extra_missing", library=library.split(".")[0], extra="sign"
        ) from None
    for name in ("pyhanko", "pyhanko_certvalidator"):
        # What went wrong is told by our own reasons; without a handler Python prints their records on stderr.
        if not logging.getLogger(name).handlers:
            logging.getLogger(name).addHandler(logging.NullHandler())
    return found
