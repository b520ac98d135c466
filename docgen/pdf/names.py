"""The names of the engines, for whoever asks for one without loading any: the options of the command line."""

from __future__ import annotations

EMBEDDED = "rdocx"
LIBREOFFICE = "libreoffice"
#: What is asked for where the choice is left to docgen (`docgen.pdf.choice`).
AUTO = "auto"
#: What may be asked for.
ENGINES = (AUTO, EMBEDDED, LIBREOFFICE)
