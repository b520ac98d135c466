"""The server of docs/recipes.md, as it stands there: public names only, many requests at once, errors as answers."""

from __future__ import annotations

import ast
import io
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import docgen
from docgen.dossier.sample import sample_dossier

PAGE = Path(__file__).parents[1] / "docs" / "recipes.md"
REGULATION, FORM = "kh55-2018", "mau-05"
Answer = tuple[int, bytes]


def shown() -> str:
    """The program of the page."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## HTTP ")[2]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The server of the page, on a free port of this machine."""
    names: dict[str, Any] = {"__name__": "desk"}
    exec(compile(shown(), "docs/recipes.md", "exec"), names)
    desk = type("Quiet", (names["Desk"],), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), desk)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def post(port: int, path: str, body: bytes) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


@pytest.fixture(scope="module")
def dossier() -> bytes:
    return json.dumps(sample_dossier(REGULATION, members=1), ensure_ascii=False).encode()


def test_the_page_keeps_to_sixty_lines_and_to_public_names() -> None:
    tree = ast.parse(shown())
    assert len([line for line in shown().splitlines() if line.strip()]) <= 60
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name.startswith("docgen")} == {"docgen"}
    used = {
        node.attr for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "docgen"
    }  # fmt: skip
    assert used <= set(docgen.__all__)
    assert used >= {"Regulations", "load_dossier", "check", "grade", "build_packet", "DocgenError"}


def test_what_is_asked_by_many_at_once_is_answered_as_in_python(port: int, dossier: bytes) -> None:
    form = docgen.Regulations()[REGULATION].form(FORM)
    record, page = form.example(), form.fill(form.example())
    loaded, _ = docgen.load_dossier(dossier)
    assert loaded is not None
    packet = io.BytesIO()
    docgen.build_packet(loaded, packet)
    wanted: dict[str, tuple[bytes, Any]] = {
        f"/fill/{REGULATION}/{FORM}": (json.dumps(record).encode(), page),
        f"/read/{REGULATION}/{FORM}": (page, {"data": form.read(page).data, "findings": []}),
        "/packet": (dossier, packet.getvalue()),
    }
    for language in ("vi", "en"):
        found = [finding.as_json(language) for finding in docgen.check(loaded).findings]
        wanted[f"/check?lang={language}"] = (dossier, {"findings": found})
        board = json.loads(json.dumps(docgen.grade(loaded).as_json(language)))
        wanted[f"/grade?lang={language}"] = (dossier, {"board": board, "findings": []})

    def ask(path: str) -> tuple[str, Answer]:
        return path, post(port, path, wanted[path][0])

    with ThreadPoolExecutor(8) as pool:
        for path, (status, content) in pool.map(ask, [*wanted] * 4):
            assert status == 200
            expected = wanted[path][1]
            assert (content if isinstance(expected, bytes) else json.loads(content)) == expected, path


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/fill/{REGULATION}/mau-99", b"{}", 404),
        ("/fill/kh99/mau-05", b"{}", 404),
        (f"/fill/{REGULATION}/{FORM}", b'{"la": 1}', 422),
        (f"/fill/{REGULATION}/{FORM}", b"[]", 422),
        (f"/fill/{REGULATION}/{FORM}", b"{", 400),
        ("/check", b"{", 422),
        ("/packet", b'{"members": []}', 422),
        ("/nothing", b"{}", 422),
        (f"/read/{REGULATION}/{FORM}", b"no Word file", 200),
    ],
)
def test_what_is_wrong_is_told_and_the_server_lives_on(port: int, path: str, body: bytes, status: int) -> None:
    found, content = post(port, path, body)
    assert found == status
    told = json.loads(content)
    assert told["findings"] or told["error"]
    english = json.loads(post(port, f"{path}?lang=en", body)[1])
    assert len(english["findings"]) == len(told["findings"])
