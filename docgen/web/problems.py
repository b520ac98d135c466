"""Answers that are no results: RFC 9457 problem documents, with docgen's stable codes and its findings."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from docgen.errors import DocgenError, EnvironmentFault, InputError, UsageError
from docgen.i18n import DEFAULT_LANGUAGE, LANGUAGES, message
from docgen.model import Finding
from docgen.web.dossier_store import Closed, Stale

LOG = logging.getLogger("docgen.web")
#: In which a browser keeps the language that its reader chose.
LANGUAGE_COOKIE = "docgen_lang"
MEDIA = "application/problem+json"
#: Words of the protocol for what the framework itself refuses.
_PROTOCOL = {404: "web.problem.not_found", 405: "web.problem.method", 400: "web.problem.bad_request"}
#: Usage faults that say that what the address names is not there.
_NOT_THERE = frozenset({"errors.usage.unknown_regulation", "errors.usage.unknown_form"})

#: Faults of what was sent that come from things having moved on.
_MOVED_ON = frozenset(
    f"signing.error.remote_{what}" for what in ("packet", "moved", "already", "not_due")
)  # fmt: skip


class Problem(Exception):  # noqa: N818 -- RFC 9457 calls it so
    """An answer with `status` whose words are those of `code`; `headers` go with it."""

    def __init__(
        self, status: int, code: str, *, findings: Sequence[Finding | Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None, **facts: object,
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.status, self.code, self.facts = status, code, facts
        self.findings, self.headers = findings, dict(headers or {})


def language_of(request: Request) -> str:
    """The language of the answer: `?lang=`, else the one a reader of pages chose, else the first known one of
    `Accept-Language`, else Vietnamese."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if (kept := request.cookies.get(LANGUAGE_COOKIE, "")) in LANGUAGES:
        return kept
    for part in request.headers.get("accept-language", "").split(","):
        name = part.split(";")[0].strip().lower().split("-")[0]
        if name in LANGUAGES:
            return name
    return DEFAULT_LANGUAGE


def document(
    request: Request, status: int, code: str, facts: Mapping[str, Any], *,
    findings: Sequence[Finding | Mapping[str, Any]] = (), headers: Mapping[str, str] | None = None, detail: str = "",
) -> JSONResponse:  # fmt: skip
    """The problem document."""
    language = language_of(request)
    body: dict[str, Any] = {
        "type": f"urn:docgen:problem:{code}", "title": message(f"web.status.{status}", language), "status": status,
        "code": code, "detail": detail or message(code, language, **facts),
    }  # fmt: skip
    if findings:
        body["findings"] = [f.as_json(language) if isinstance(f, Finding) else dict(f) for f in findings]
    return JSONResponse(body, status, dict(headers or {}), MEDIA)


class Answer(Protocol):
    """How a refusal is said: as a problem document, or otherwise."""

    def __call__(
        self, request: Request, status: int, code: str, facts: Mapping[str, Any], *,
        findings: Sequence[Finding | Mapping[str, Any]] = (), headers: Mapping[str, str] | None = None,
        detail: str = "",
    ) -> Response: ...  # fmt: skip


def install(app: FastAPI, answer: Answer) -> None:
    """Let every refusal of `app` be said by `answer`; nothing of what was sent is repeated in one."""

    @app.exception_handler(Problem)
    def _problem(request: Request, fault: Problem) -> Response:
        return answer(
            request, fault.status, fault.code, fault.facts, findings=fault.findings, headers=fault.headers
        )  # fmt: skip

    @app.exception_handler(Stale)
    def _stale(request: Request, fault: Stale) -> Response:
        return answer(
            request, 412, "web.problem.stale", {"version": fault.version}, headers={"ETag": f'"{fault.version}"'}
        )

    @app.exception_handler(Closed)
    def _closed(request: Request, fault: Closed) -> Response:
        return answer(request, 409, "web.problem.closed", {})

    @app.exception_handler(DocgenError)
    def _docgen(request: Request, fault: DocgenError) -> Response:
        status = 500
        if isinstance(fault, InputError):
            status = 409 if fault.code in _MOVED_ON else 422
        elif isinstance(fault, UsageError):
            status = 404 if fault.code in _NOT_THERE else 422
        elif isinstance(fault, EnvironmentFault):
            status = 503
        if status >= 500:
            LOG.error("request failed", extra={"code": fault.code})
        headers = {"Retry-After": "2"} if status == 503 else {}
        detail = fault.text(language_of(request))
        return answer(request, status, fault.code, {}, findings=fault.findings, headers=headers, detail=detail)

    @app.exception_handler(RequestValidationError)
    def _malformed(request: Request, fault: RequestValidationError) -> Response:
        where = ", ".join(dict.fromkeys("/".join(str(step) for step in one["loc"]) for one in fault.errors()))
        return answer(request, 422, "web.problem.parameters", {"where": where[:300]})

    @app.exception_handler(HTTPException)
    def _http(request: Request, fault: HTTPException) -> Response:
        code = _PROTOCOL.get(fault.status_code, "web.problem.bad_request")
        return answer(request, fault.status_code, code, {}, headers=fault.headers)

    @app.exception_handler(Exception)
    def _ours(request: Request, fault: Exception) -> Response:
        LOG.error("unexpected", extra={"kind": type(fault).__name__}, exc_info=fault)
        return answer(request, 500, "web.problem.internal", {"kind": type(fault).__name__})
