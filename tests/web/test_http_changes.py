"""Version 1 of the HTTP interface is kept: a change that a client could stumble over is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docgen.web.app import bare_app
from tools.api_changes import incompatible, main

KEPT = Path(__file__).parent.parent / "data" / "openapi-v1.json"
T = "#/components/schemas/T"
#: A description small enough to see what a change does to it.
OLD: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/things": {
            "get": {
                "operationId": "list",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                    {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}},
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
                        "content": {
                            "application/json": {"schema": {"type": "array", "items": {"$ref": T}}},
                            "text/csv": {},
                        },
                    },
                    "404": {"description": "none"},
                },
            },
            "post": {
                "operationId": "make",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": T}},
                        "text/csv": {"schema": {}},
                    }
                },
                "responses": {"201": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "T": {
                "type": "object", "required": ["id"],
                "properties": {
                    "id": {"type": "string"}, "state": {"type": "string", "enum": ["new", "done"]},
                    "size": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                    "parts": {"type": "array", "items": {"$ref": T}},
                },
            }
        }
    },
}  # fmt: skip
Change = Callable[[dict[str, Any]], object]


def _get(new: dict[str, Any]) -> Any:
    return new["paths"]["/things"]["get"]


def _post(new: dict[str, Any]) -> Any:
    return new["paths"]["/things"]["post"]


def _t(new: dict[str, Any]) -> Any:
    return new["components"]["schemas"]["T"]


def _limit(new: dict[str, Any]) -> Any:
    return _get(new)["parameters"][0]


def _answer(new: dict[str, Any]) -> Any:
    return _get(new)["responses"]["200"]


def _required(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}


@pytest.mark.parametrize(("change", "wanted"), [
    (lambda new: new["paths"].clear(), "GET /things: operation removed"),
    (lambda new: new["paths"]["/things"].pop("post"), "POST /things: operation removed"),
    (lambda new: _get(new).update(operationId="all"), "GET /things: operationId changed"),
    (lambda new: _get(new).update(security=[{"Other": []}]), "GET /things: another key is asked for"),
    (lambda new: _get(new)["parameters"].pop(1), "GET /things query kind: parameter removed"),
    (lambda new: _get(new)["parameters"].append(_required("X")), "GET /things header X: new parameter required"),
    (lambda new: _limit(new).update(required=True), "GET /things query limit: parameter required"),
    (lambda new: _limit(new)["schema"].update(type="boolean"), "GET /things query limit: type changed"),
    (lambda new: _limit(new)["schema"].update(maximum=50), "GET /things query limit: maximum changed"),
    (lambda new: _limit(new)["schema"].update(minimum=2), "GET /things query limit: minimum changed"),
    (lambda new: _get(new)["parameters"][1]["schema"].update(enum=["a"]), "GET /things query kind: values changed"),
    (lambda new: _get(new)["parameters"][1]["schema"].update(pattern="^a"), ""),  # both values are told already
    (lambda new: _post(new)["requestBody"].update(required=True), "POST /things body: body required"),
    (lambda new: _post(new)["requestBody"]["content"].pop("text/csv"), "POST /things body: text/csv no longer taken"),
    (lambda new: _t(new)["required"].append("size"), "POST /things body application/json/size: field required"),
    (lambda new: _t(new).update(additionalProperties=False),
     "POST /things body application/json: further fields refused"),
    (lambda new: _t(new)["properties"]["size"].update(anyOf=[{"type": "number"}]),
     "POST /things body application/json/size: type changed"),
    (lambda new: _t(new)["properties"]["id"].update(maxLength=9),
     "POST /things body application/json/id: maxLength changed"),
    (lambda new: _t(new)["properties"].pop("state"), "GET /things 200 application/json[]/state: field removed"),
    (lambda new: _t(new).update(required=[]), "GET /things 200 application/json[]/id: field may be missing"),
    (lambda new: _t(new)["properties"]["id"].update(type=["string", "null"]),
     "GET /things 200 application/json[]/id: type changed"),
    (lambda new: _t(new)["properties"]["state"]["enum"].append("lost"),
     "GET /things 200 application/json[]/state: values changed"),
    (lambda new: _answer(new)["content"].pop("text/csv"), "GET /things 200: text/csv removed"),
    (lambda new: _answer(new)["content"].update({"text/html": {}}), "GET /things 200: answers in text/html"),
    (lambda new: _answer(new)["headers"].clear(), "GET /things 200: header ETag removed"),
    (lambda new: _get(new)["responses"].pop("404"), "GET /things 404: answer removed"),
    (lambda new: _get(new)["responses"].update({"202": {}}), "GET /things: new answer 202"),
    # what no client stumbles over
    (lambda new: new["paths"].update({"/more": {"get": {"operationId": "more", "responses": {}}}}), ""),
    (lambda new: _get(new)["parameters"].append({"name": "sort", "in": "query", "schema": {"type": "string"}}), ""),
    (lambda new: _t(new)["properties"].update(note={"type": "string"}), ""),
    (lambda new: _limit(new)["schema"].update(maximum=1000), ""),
    (lambda new: _get(new)["parameters"][1]["schema"]["enum"].append("c"), ""),
    (lambda new: _get(new)["responses"].update({"410": {}}), ""),
])  # fmt: skip
def test_each_kind_of_change(change: Change, wanted: str) -> None:
    new = copy.deepcopy(OLD)
    change(new)
    found = incompatible(OLD, new)
    assert wanted in found if wanted else found == []


def test_this_version_takes_every_client_of_the_first() -> None:
    assert incompatible(json.loads(KEPT.read_text(encoding="utf-8")), bare_app().openapi()) == []


@pytest.mark.parametrize(("change", "word"), [
    (lambda new: new["paths"].pop("/api/v1/dossiers/{dossier}/board"), "board: operation removed"),
    (lambda new: new["components"]["schemas"]["CreatedOut"]["properties"].pop("version"), "version: field removed"),
    (lambda new: new["components"]["schemas"]["PacketAsked"]["properties"].pop("draft"), "draft: field removed"),
    (lambda new: new["components"]["responses"]["Refused404"]["content"].clear(), "application/problem+json removed"),
])  # fmt: skip
def test_a_change_of_the_kept_version_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Change,
                                              word: str) -> None:  # fmt: skip
    new = json.loads(KEPT.read_text(encoding="utf-8"))
    change(new)
    (tmp_path / "new.json").write_text(json.dumps(new), encoding="utf-8")
    assert main([str(KEPT), str(tmp_path / "new.json")]) == 1
    assert word in capsys.readouterr().out
    assert main([str(KEPT), str(KEPT)]) == 0
