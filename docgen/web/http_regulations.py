"""Operations that keep nothing: regulations, forms, one record, one file, one dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

import docgen
from docgen.model import Finding, has_errors
from docgen.web import http_models as out
from docgen.web.asking import JSON_MEDIA, Body, Who, json_of, settings_of
from docgen.web.bounds import glanced
from docgen.web.openapi import REFUSALS, file_body, json_body
from docgen.web.problems import Problem, language_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Nobody reads more findings than so many in one answer.
_MOST_TOLD = 10_000
ROUTES = APIRouter(responses=REFUSALS)


def regulations_of(request: Request) -> docgen.Regulations:
    """The regulations of the server."""
    settings = settings_of(request)
    return docgen.Regulations(settings.folders, templates=settings.templates)


def _form(request: Request, regulation: str, form: str) -> docgen.Form:
    return regulations_of(request)[regulation].form(form)


def word_answer(content: bytes, name: str) -> Response:
    """A Word file to be kept."""
    return Response(content, media_type=WORD, headers={"Content-Disposition": f'attachment; filename="{name}.docx"'})


def dossier_given(request: Request, content: bytes) -> tuple[Any, list[Finding]]:
    """The dossier in a body (JSON or Excel, told by its first bytes) and its findings; 422 beyond all bounds."""
    glanced(content)
    return docgen.load_dossier(content, regulations=regulations_of(request), name="")


@ROUTES.get("/regulations", response_model=list[out.RegulationOut], operation_id="listRegulations")
def list_regulations(request: Request, asker: Who) -> list[dict[str, Any]]:
    """Every regulation that the server has, with its forms."""
    known = regulations_of(request)
    current = known.in_force()
    return [
        {
            "id": name, "number": known[name].number, "title": known[name].title,
            "in_force": current is not None and current.id == name,
            "forms": [
                {"id": form, "code": known[name].form(form).code, "name": known[name].form(form).name}
                for form in known[name].forms
            ],
        }
        for name in known
    ]  # fmt: skip


@ROUTES.get("/regulations/{regulation}/forms/{form}", response_model=out.FormOut, operation_id="getForm")
def get_form(request: Request, asker: Who, regulation: str, form: str) -> Mapping[str, Any]:
    """One form."""
    found = _form(request, regulation, form)
    return {"id": found.form, "code": found.code, "name": found.name}


@ROUTES.get("/regulations/{regulation}/forms/{form}/schema", operation_id="getFormSchema")
def get_schema(request: Request, asker: Who, regulation: str, form: str) -> dict[str, Any]:
    """The JSON Schema of one record of the form."""
    return dict(_form(request, regulation, form).schema)


@ROUTES.get(
    "/regulations/{regulation}/forms/{form}/blank", response_class=Response, operation_id="getBlankForm",
    responses={200: {"content": {WORD: {}}, "description": "Word"}},
)  # fmt: skip
def get_blank(request: Request, asker: Who, regulation: str, form: str) -> Response:
    """The empty form, to be filled in Word."""
    found = _form(request, regulation, form)
    return word_answer(found.blank(), f"{regulation}-{found.form}")


@ROUTES.post(
    "/regulations/{regulation}/forms/{form}/fill", response_class=Response, operation_id="fillForm",
    responses={200: {"content": {WORD: {}}, "description": "Word"}}, openapi_extra=json_body(),
)  # fmt: skip
def fill(request: Request, asker: Who, regulation: str, form: str, content: Body, draft: bool = False) -> Response:
    """The form of one record. 422 with the findings where the record has errors."""
    found = _form(request, regulation, form)
    record = json_of(content)
    wrong = found.check(record)
    if has_errors(wrong) or not isinstance(record, dict):
        raise Problem(422, "web.problem.record", findings=wrong, form=found.code)
    return word_answer(found.fill(record, check=False, draft=draft), f"{regulation}-{found.form}")


@ROUTES.post("/read", operation_id="readForm", openapi_extra=file_body(WORD))
def read(request: Request, asker: Who, content: Body, regulation: str = "", form: str = "") -> dict[str, Any]:
    """The data in a returned Word form, with what has to be looked at; nothing is kept."""
    from docgen.forms.readback import read_form

    settings = settings_of(request)
    if regulation and form:
        result = _form(request, regulation, form).read(content)
    else:
        result = read_form(content, folders=settings.folders, templates=settings.templates)
    return result.as_json(language_of(request))


@ROUTES.post(
    "/validate", response_model=out.FindingsOut, operation_id="validateDossier",
    openapi_extra=file_body(JSON_MEDIA, EXCEL),
)  # fmt: skip
def validate(request: Request, asker: Who, content: Body) -> JSONResponse:
    """Everything wrong or doubtful in a dossier; nothing is kept."""
    dossier, findings = dossier_given(request, content)
    if dossier is not None:
        findings = docgen.check(dossier, regulations=regulations_of(request)).findings
    return _found(request, findings)


@ROUTES.post(
    "/grade", response_model=out.GradeOut, operation_id="gradeDossier", openapi_extra=file_body(JSON_MEDIA, EXCEL)
)
def grade(request: Request, asker: Who, content: Body) -> JSONResponse:
    """The board of a dossier: each proposal with its reasons and questions; nothing is kept."""
    dossier, findings = dossier_given(request, content)
    return graded(request, dossier, findings)


def graded(request: Request, dossier: Any, findings: list[Finding]) -> JSONResponse:
    """The answer of a board."""
    board = None
    if dossier is not None:
        checked = docgen.check(dossier, regulations=regulations_of(request))
        findings = checked.findings
        board = None if checked.board is None else checked.board.as_json(language_of(request))
    return _found(request, findings, board=board)


def _found(request: Request, findings: list[Finding], **further: object) -> JSONResponse:
    language = language_of(request)
    told = [finding.as_json(language) for finding in findings[:_MOST_TOLD]]
    beyond = max(0, len(findings) - _MOST_TOLD)
    return JSONResponse({"sound": not has_errors(findings), "findings": told, "further": beyond, **further})


def findings_answer(request: Request, findings: list[Finding]) -> JSONResponse:
    """The answer that holds findings alone."""
    return _found(request, findings)
