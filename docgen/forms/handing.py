"""A form as it is handed to somebody: open where that role writes, locked and grey where others do."""

from __future__ import annotations

from collections.abc import Collection

from docgen.errors import UsageError
from docgen.forms.definition import FormDefinition
from docgen.forms.roles import roles_of, slot_roles
from docgen.i18n import message
from docgen.regulations.loader import Regulation
from docgen.word.controls import shorten
from docgen.word.locking import lock


def handed_to(regulation: Regulation, definition: FormDefinition, docx: bytes, roles: Collection[str]) -> bytes:
    """`docx`, a form of `definition`, with every place locked that belongs to none of `roles`.

    Raises `UsageError` for a role that does not write on this form.
    """
    known = roles_of(definition)
    for role in roles:
        if role not in known:
            raise UsageError("read.usage.no_such_role", role=role, form=definition.form, known=", ".join(known))
    owners = slot_roles(regulation, definition)
    closed = {binding for binding, found in owners.items() if found.isdisjoint(roles)}
    if not closed:
        return docx
    return lock(
        docx,
        lambda tag: tag.partition("=")[0] in closed,
        lambda title: shorten(message("read.locked", title=title)),
    )
