"""The units below and their dossiers, for software of the level above."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from docgen.web import http_models as out
from docgen.web.asking import Who
from docgen.web.openapi import REFUSALS
from docgen.web.problems import language_of
from docgen.web.units_view import as_json, look_below

ROUTES = APIRouter(responses=REFUSALS)


@ROUTES.get("/summary", response_model=out.SummaryOut, operation_id="getSummary")
def summary(
    request: Request, asker: Who, unit: Annotated[str, Query(max_length=40)] = "",
    year: Annotated[str, Query(max_length=4)] = "",
) -> dict[str, Any]:  # fmt: skip
    """The dossiers of the units below `unit` (the key's own) in one year (the latest; `0`: those that state none)."""
    return dict(as_json(look_below(request, asker, unit, year), language_of(request)))
