"""The ways in from outside that the file of `--sign-in` opens: a provider, a directory, or both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from docgen.errors import EnvironmentFault, InputError
from docgen.web.access import unit_exists
from docgen.web.database import Database
from docgen.web.outside import Down
from docgen.web.settings import Settings
from docgen.web.sign_in_file import SignIn, read_sign_in

if TYPE_CHECKING:
    from docgen.web.ldap_directory import Directory
    from docgen.web.oidc_provider import Provider

#: So many sign-ins wait for an answer from elsewhere at once; one more is told to come again. The other threads of the
#: server stay free for those who are here.
AT_ONCE = 4


@dataclass
class Outside:
    """What the file of `--sign-in` opens; its libraries are imported only where the file names what they are for."""

    rules: SignIn
    provider: Provider | None = None
    directory: Directory | None = None
    _at_work: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Somebody elsewhere is asked in the block. Raises `Down` where too many wait already."""
        if not self._at_work.acquire(timeout=1.0):
            raise Down("busy")
        try:
            yield
        finally:
            self._at_work.release()


def open_outside(settings: Settings, database: Database) -> Outside | None:
    """The ways in from outside; None where no file names any. Raises `InputError` for a file that cannot be as it is,
    or that names a unit which is not entered, `EnvironmentFault` where the extra `sso` is wanting."""
    if settings.sign_in is None:
        return None
    rules = read_sign_in(settings.sign_in)
    with database.read() as db:
        for number, rule in enumerate(rules.rules):
            if not unit_exists(db, rule.unit):
                where = f"rules/{number}/unit"
                raise InputError("web.sign_in.unit", file=str(settings.sign_in), where=where, unit=rule.unit[:60])
    for library, wanted in (("authlib", rules.oidc), ("ldap3", rules.ldap)):
        if wanted is not None and find_spec(library) is None:
            raise EnvironmentFault("errors.environment.extra_missing", library=library, extra="sso")
    made = Outside(rules)
    if rules.oidc is not None:
        from docgen.web.oidc_provider import Provider

        made.provider = Provider(rules.oidc)
    if rules.ldap is not None:
        from docgen.web.ldap_directory import Directory

        made.directory = Directory(rules.ldap, tuple(rule.group for rule in rules.rules))
    return made
