"""The names of the engines, for whoever asks for one without loading any: the options of the command line."""

from __future__ import annotations

from pkgutil import iter_modules

from docgen.pdf import engines

#: What is asked for where the choice is left to docgen (`docgen.pdf.choice`).
AUTO = "auto"
#: What may be asked for: each module of `docgen.pdf.engines` is called by its engine's name.
ENGINES = (AUTO, *sorted(module.name for module in iter_modules(engines.__path__) if not module.name.startswith("_")))
