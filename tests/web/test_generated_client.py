"""A client that a generator makes of the OpenAPI description does what README and docs/http.md show with curl."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from test_serve import free_port, run, serving

from docgen.dossier.sample import sample_dossier

pytest.importorskip("openapi_python_client")
DESCRIPTION = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
#: What a program of an office's own writes with the client: nothing but names of the generated package.
PROGRAM = """
import io, json, sys, zipfile
from http import HTTPStatus
from client import AuthenticatedClient, Client
from client.api.default import (create_dossier, get_archive, get_dossier, get_health, get_job,
                                list_dossiers, make_packet)
from client.models import CreateDossierJsonBody, CreatedOut, JobOut, JobTaken, PacketAsked, ProblemOut

url, key, file = sys.argv[1:]
assert get_health.sync(client=Client(base_url=url)).status == "ok"
client = AuthenticatedClient(base_url=url, token=key)
body = CreateDossierJsonBody.from_dict(json.load(open(file, encoding="utf-8")))
made = create_dossier.sync_detailed(client=client, body=body, idempotency_key="ho-so-1")
assert made.status_code == HTTPStatus.CREATED and isinstance(made.parsed, CreatedOut), made
assert made.headers["ETag"] == '"1"'
again = create_dossier.sync(client=client, body=body, idempotency_key="ho-so-1")
assert again.id == made.parsed.id
assert [one.id for one in list_dossiers.sync(client=client)] == [made.parsed.id]
kept = get_dossier.sync_detailed(made.parsed.id, client=client)
assert json.loads(kept.content) == body.to_dict()
job = make_packet.sync(made.parsed.id, client=client, body=PacketAsked())
assert isinstance(job, JobTaken), job
while (told := get_job.sync(job.job, client=client)).state not in ("done", "failed"):
    assert isinstance(told, JobOut), told
assert told.state == "done", told
archive = get_archive.sync_detailed(told.packet, client=client)
assert "manifest.json" in zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
refused = get_job.sync_detailed("khong-co", client=client)
assert refused.status_code == HTTPStatus.NOT_FOUND and isinstance(refused.parsed, ProblemOut), refused
assert refused.parsed.code == "web.problem.not_found"
"""


def test_a_generated_client_goes_the_whole_round(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(DESCRIPTION), "--output-path",
         str(tmp_path / "client"), "--meta", "none"],
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    (tmp_path / "ho-so.json").write_text(json.dumps(sample_dossier("kh55-2018", members=1)), encoding="utf-8")
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    key, port = run("--data", str(tmp_path / "d"), "--new-key", "phần mềm").stdout.strip(), free_port()
    with serving(tmp_path / "d", port):
        done = subprocess.run(
            [sys.executable, "program.py", f"http://127.0.0.1:{port}", key, "ho-so.json"], cwd=tmp_path,
            capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
