"""Requests made up from the OpenAPI description, as it says and otherwise; each answer must be one that it names."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web_office import Office

from docgen.dossier.sample import sample_dossier
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.regulations.loader import load_regulation
from docgen.web.http_regulations import EXCEL, WORD
from docgen.web.http_vgca import PDF

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
#: Bodies that are files: bytes of all kinds.
for media in (WORD, EXCEL, PDF):
    schemathesis.openapi.media_type(media, st.binary(max_size=64))
_DOSSIER, _KH55 = sample_dossier("kh55-2018"), load_regulation("kh55-2018")
#: Bodies that the operation takes.
SOUND: dict[str, Any] = {
    "createDossier": _DOSSIER, "replaceDossier": _DOSSIER, "validateDossier": _DOSSIER, "gradeDossier": _DOSSIER,
    "changeDossier": {"organization": {"name": "Chi bộ khác"}}, "makePacket": {"draft": True},
    "addWebhook": {"url": "https://nhan.vn/su-kien"},
    "fillForm": sample_record(load_form(_KH55, "mau-02")),
}  # fmt: skip
#: Few: what is made up is the same in each run, and one run is a matter of seconds.
FEW = settings(
    deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def ask_everything(
    office: Office, names: dict[str, str], headers: dict[str, str], examples: int = 2, only: str = ""
) -> dict[str, set[int]]:
    """Send made-up requests to every operation (or the one called `only`); the statuses that came, by operation."""
    described = schemathesis.openapi.from_asgi("/api/openapi.json", office.client.app)
    operations = [found.ok() for found in described.get_all_operations()]
    operations.sort(key=lambda one: one.method == "delete")  # what is gone tells nothing of the others
    named = {str(one.definition.raw["operationId"]): one for one in operations}
    few = settings(FEW, max_examples=examples)
    return {name: _ask(one, names, headers, few, SOUND.get(name)) for name, one in named.items() if only in ("", name)}


def _ask(operation: Any, names: dict[str, str], headers: dict[str, str], few: settings, sound: Any) -> set[int]:
    came = set()

    def send(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        came.add(answer.status_code)

    def send_both(case: Any) -> None:
        send(case)
        if case.path_parameters:
            case.path_parameters = {name: names[name] for name in case.path_parameters}
            send(case)

    @few
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def as_described(case: Any) -> None:
        case.headers.update(headers)  # in the place of a made-up key
        send_both(case)
        if sound is not None:
            case.media_type, case.body = "application/json", sound
            if "If-Match" in case.headers:
                case.headers["If-Match"] = "*"
            send(case)

    @few
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def otherwise(case: Any) -> None:
        send_both(case)

    as_described()
    if operation.body or operation.query or operation.headers:
        otherwise()
    return came
