"""A form as it is handed to somebody: open where that role writes, locked and grey where others do."""

from __future__ import annotations

from collections.abc import Collection

from docgen.errors import UsageError
from docgen.forms.definition import FormDefinition
from docgen.forms.roles import roles_of, slot_roles
from docgen.i18n import message
from docgen.regulations.loader import RegulationData
from docgen.word.after.locking import lock
from docgen.word.write.controls import shorten


def counted_locked(regulation: RegulationData, docx: bytes) -> bytes:
    """`docx`, a filled paper, with every value locked that docgen worked out: a wrong number is mended in the dossier.

    Nothing shows on the page, which is printed as it is.
    """
    return lock(docx, lambda tag: regulation.is_computed(tag.partition("=")[0]), _counted_title, shaded=False)


def _counted_title(title: str) -> str:
    return shorten(message("read.counted", title=title))


def handed_to(definition: FormDefinition, docx: bytes, roles: Collection[str]) -> bytes:
    """`docx`, a form of `definition`, with every place locked that belongs to none of `roles`.

    Raises `UsageError` for a role that does not write on this form.
    """
    known = roles_of(definition)
    for role in roles:
        if role not in known:
            raise UsageError("read.usage.no_such_role", role=role, form=definition.form, known=", ".join(known))
    owners = slot_roles(definition)
    closed = {binding for binding, found in owners.items() if found.isdisjoint(roles)}
    if not closed:
        return docx
    return lock(
        docx,
        lambda tag: tag.partition("=")[0] in closed,
        lambda title: shorten(message("read.locked", title=title)),
    )
