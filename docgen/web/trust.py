"""Whom the server trusts to have given certificates: the roots in the folder `trust` of its data."""

from __future__ import annotations

from docgen.signing.check import load_trust
from docgen.signing.verify import Asked
from docgen.web.settings import Settings


def asked_of(settings: Settings) -> Asked:
    """How packets of the server are judged. Raises `InputError` for a root that cannot be read."""
    folder = settings.data / "trust"
    roots = sorted(folder.glob("*.pem")) if folder.is_dir() else []
    return Asked(load_trust(roots), regulations=settings.folders)
