"""Who signs, in people's words: a role of a packet is a code (`cell`), and nobody is to read it."""

from __future__ import annotations

from collections.abc import Iterable

from docgen.i18n import has_message, message, shown
from docgen.regulations.originals import is_body_role


def role_words(role: str, language: str) -> str:
    """`role` as people say it; a role of a unit's own forms, which has no words, as it stands there."""
    key = "signing.role.body" if is_body_role(role) else f"signing.role.{role}"
    return message(key, language) if has_message(key, language) else shown(role)


def roles_in_words(roles: Iterable[str], language: str) -> str:
    """Several roles one behind the other; words of a role may have a comma in them."""
    return "; ".join(role_words(role, language) for role in roles)


__all__ = ["role_words", "roles_in_words"]
