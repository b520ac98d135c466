"""How docgen is used, on one page that fits a sheet of paper."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docgen.web.page_asking import Signed
from docgen.web.page_render import page

ROUTES = APIRouter(include_in_schema=False)


@ROUTES.get("/huong-dan")
def guide(request: Request, signed: Signed) -> Response:
    """The six steps in short."""
    return page(request, "guide.html")
