"""What a test asks of a server."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, ClassVar

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

import docgen.web
from docgen.dossier.sample import sample_dossier
from docgen.web import access
from docgen.web.database import Database
from docgen.web.job_worker import Worker
from docgen.web.settings import Settings


def routes_of(kind: str) -> list[APIRoute]:
    """The routes of every module of the server whose name begins so (`http_`, `page_`)."""
    names = [one.name for one in pkgutil.iter_modules(docgen.web.__path__) if one.name.startswith(kind)]
    modules = [import_module(f"docgen.web.{name}") for name in names]
    return [route for module in modules if hasattr(module, "ROUTES") for route in module.ROUTES.routes]


class LongBody:
    """A body whose request says that it is two gigabytes; `taken` counts the pieces that somebody took of it."""

    HEADERS: ClassVar[dict[str, str]] = {"Content-Length": str(2 * 1024**3)}

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(3):
            self.taken += 1
            yield b"x" * 65536


@dataclass
class Office:
    """One server, and what a test asks of it."""

    settings: Settings
    client: TestClient
    database: Database
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    opened: list[Database] = field(default_factory=list)

    def key(self, role: str = "", unit: str = "") -> dict[str, str]:
        """The headers of somebody with this role in this unit."""
        if (role, unit) not in self.keys:
            self.keys[role, unit] = access.new_key(self.database, f"{role} {unit}".strip() or "máy chủ", role, unit)
        return {"Authorization": f"Bearer {self.keys[role, unit]}"}

    def call(self, method: str, path: str, **how: Any) -> Any:
        """A request with the server's own key, unless other headers name another."""
        how["headers"] = {**self.key(), **how.get("headers", {})}
        return self.client.request(
            method, path if path.startswith(("/api", "/health", "/metrics")) else f"/api/v1{path}", **how
        )

    def dossier(self, data: dict[str, Any] | None = None, unit: str = "") -> str:
        """The id of a dossier that is kept."""
        made = self.call("POST", f"/dossiers?unit={unit}", json=data or sample_dossier("kh55-2018"))
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def worker(self) -> Worker:
        """A worker that does a job when it is told to."""
        self.opened.append(Database(self.settings.url))
        return Worker(self.settings, self.opened[-1])
