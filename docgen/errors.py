"""The exceptions of docgen.

Everything wrong in a user's data is a `docgen.model.Finding`, collected and reported together. Exceptions are for
our own faults and for the environment's. There is one root, which carries facts and no wording: the text is made from
`code` and `facts` when somebody asks for it, so that a message exists in every language and never leaks personal data
that somebody formatted into a string.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from docgen.i18n import message

_OWN_FOLDER = Path(__file__).resolve().parent

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_PARTIAL = 3
EXIT_ENVIRONMENT = 4
EXIT_INTERNAL = 5


class DocgenError(Exception):
    """Root of all errors raised on purpose.

    `code` is the message key (see `docgen.i18n`), `facts` the values its text needs, `exit_code` what the command
    line ends with.
    """

    exit_code = EXIT_INTERNAL

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts: dict[str, Any] = facts
        #: The findings (`docgen.model.Finding`) that stand behind it, where there are any.
        self.findings: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.text()} [{self.code}]"

    def text(self, language: str = "vi") -> str:
        """What is wrong, as a sentence in `language` (`vi`, `en`), after the office's template that it is about."""
        told = message(self.code, language, **self.facts)
        template = self.facts.get("template")
        return f"{template}: {told}" if template else told


class InputError(DocgenError):
    """Input that cannot be read at all (not JSON, not Word, missing file): nothing could be collected from it."""

    exit_code = EXIT_FINDINGS


class UsageError(DocgenError):
    """The request itself makes no sense: an unknown form, regulation, member or option value."""

    exit_code = EXIT_USAGE


class EnvironmentFault(DocgenError):  # noqa: N818 -- OSError has the name EnvironmentError
    """The machine lacks something: a library of an extra, LibreOffice, disk space, write access."""

    exit_code = EXIT_ENVIRONMENT


class DefinitionError(DocgenError):
    """A regulation's own data (YAML) is wrong. `file` and `line` are always among the facts.

    In a folder that a unit wrote it is the unit's fault to mend; in a file that comes with docgen it is ours.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, **facts)
        #: The further faults found in the same reading, each without any of its own.
        self.also: tuple[DefinitionError, ...] = ()
        ours = _OWN_FOLDER in Path(os.path.abspath(str(facts.get("file", "")))).parents
        self.exit_code = EXIT_INTERNAL if ours else EXIT_FINDINGS

    def all(self) -> tuple[DefinitionError, ...]:
        """This fault and those found with it."""
        return (self, *self.also)

    def same_as(self, other: DefinitionError) -> bool:
        """True where `other` says the same of the same place."""
        return (self.code, self.facts) == (other.code, other.facts)


class InternalError(DocgenError):
    """A check of our own work failed: what was written is not what should have been written."""

    exit_code = EXIT_INTERNAL
