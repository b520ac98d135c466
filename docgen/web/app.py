"""The application: routes, refusals, headers. `create_app` opens the database; the process of the jobs is another's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from docgen.version import VERSION as DOCGEN_VERSION
from docgen.web import (
    http_dossiers,
    http_models,
    http_packets,
    http_regulations,
    http_signing,
    http_system,
    http_units,
    http_vgca,
    http_webhooks,
    openapi,
    page_accounts,
    page_board,
    page_checks,
    page_dossiers,
    page_fill,
    page_guide,
    page_hand_out,
    page_home,
    page_login,
    page_outside,
    page_packet,
    page_packet_files,
    page_packet_progress,
    page_people,
    page_refusals,
    page_sign,
    page_static,
    page_units,
    problems,
)
from docgen.web.database import Database
from docgen.web.one_time_links import Links
from docgen.web.outside_ways import open_outside
from docgen.web.settings import Settings

PREFIX = "/api/v1"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
#: Said with every answer: nothing is guessed from the bytes, framed by another page, told to another server or kept.
_HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}  # fmt: skip


def create_app(settings: Settings) -> FastAPI:
    """The application on the folder and database of `settings`, its tables brought to this version.

    Raises `EnvironmentFault` where the folder or the database cannot be used, `InputError` where the file of
    `settings.sign_in` cannot be as it is.
    """
    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    app = bare_app()
    app.state.settings, app.state.database = settings, database
    app.state.outside = open_outside(settings, database)
    return app


def bare_app() -> FastAPI:
    """The routes and their description, on no database yet."""

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        yield
        running.state.database.close()

    app = FastAPI(
        title="docgen", version=openapi.VERSION, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
        lifespan=lifespan, separate_input_output_schemas=False,
        description="From one structured file to every official form, a proposed grade with its clause, and a signed "
        "packet. What is true of data is said by findings with stable codes; refusals are RFC 9457 problems.",
    )  # fmt: skip
    app.state.answered, app.state.links, app.state.errands = {}, Links(), page_outside.Errands()
    app.state.outside = None
    problems.install(app, _refusal)

    @app.middleware("http")
    async def with_headers(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await go_on(request)
        method = request.method if request.method in _METHODS else "other"
        counted = app.state.answered
        counted[method, response.status_code] = counted.get((method, response.status_code), 0) + 1
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Docgen-Version"] = DOCGEN_VERSION
        return response

    app.include_router(http_system.ROUTES)
    for room in (
        http_regulations, http_dossiers, http_packets, http_signing, http_vgca, http_webhooks, http_units,
    ):  # fmt: skip
        app.include_router(room.ROUTES, prefix=PREFIX)
    for page in (
        page_static,
        page_login,
        page_outside,
        page_accounts,
        page_dossiers,
        page_home,
        page_fill,
        page_people,
        page_hand_out,
        page_checks,
        page_board,
        page_packet,
        page_packet_files,
        page_packet_progress,
        page_sign,
        page_units,
        page_guide,
    ):
        app.include_router(page.ROUTES)
    _describe(app)
    return app


def _refusal(request: Request, status: int, code: str, facts: Mapping[str, Any], **told: Any) -> Response:
    """A refusal in the form that the one who asked can read."""
    say = page_refusals.answer if page_refusals.is_page(request) else problems.document
    return say(request, status, code, facts, **told)


def _describe(app: FastAPI) -> None:
    """Add to the description what no route names; each refusal is described once; the framework's own 422 goes."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            shapes = schema["components"]["schemas"]
            for name in ("HTTPValidationError", "ValidationError"):
                shapes.pop(name, None)
            for shape in (
                http_models.PacketAsked,
                http_models.DueAsked,
                http_models.VgcaAsked,
                http_models.WebhookAsked,
                http_models.ProblemOut,
            ):
                shapes[shape.__name__] = shape.model_json_schema()
            schema["components"]["responses"] = {f"Refused{status}": told for status, told in openapi.REFUSALS.items()}
            for ways in schema["paths"].values():
                for operation in ways.values():
                    for status in operation["responses"]:
                        if int(status) in openapi.REFUSALS:
                            operation["responses"][status] = {"$ref": f"#/components/responses/Refused{status}"}
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
