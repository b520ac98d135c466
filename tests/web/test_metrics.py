"""What Prometheus asks: numbers, from this machine or with a key, nothing that names anybody."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient
from web_office import Office

from docgen.dossier.sample import sample_dossier

_LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? \d+\Z')


def test_metrics_count_what_is_there(office: Office) -> None:
    dossier = office.dossier()
    office.call("POST", f"/dossiers/{dossier}/packets", json={})
    office.worker().step()
    told = office.client.get("/metrics", headers=office.key())
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = told.text.splitlines()
    for line in ("docgen_dossiers 1", "docgen_packets 1", 'docgen_jobs{state="done"} 1',
                 'docgen_jobs{state="failed"} 0',
                 'docgen_webhook_deliveries{state="waiting"} 0',
                 'docgen_http_requests_total{method="POST",status="201"} 1'):  # fmt: skip
        assert line in lines
    assert all(_LINE.match(line) for line in lines if not line.startswith("#"))
    assert told.text.endswith("\n")
    assert dossier not in told.text
    assert sample_dossier("kh55-2018")["organization"]["name"] not in told.text


def test_who_may_ask(office: Office) -> None:
    here = TestClient(office.client.app, client=("127.0.0.1", 5000))
    assert here.get("/metrics").status_code == 200
    assert TestClient(office.client.app, client=("::1", 5000)).get("/metrics").status_code == 200
    for name in ("X-Forwarded-For", "Forwarded", "Via"):  # through a proxy: for somebody else
        assert here.get("/metrics", headers={name: "1.2.3.4"}).status_code == 401
    elsewhere = TestClient(office.client.app, client=("10.0.0.9", 5000))
    assert elsewhere.get("/metrics").status_code == 401
    assert elsewhere.get("/metrics", headers=office.key()).status_code == 200
    assert elsewhere.get("/metrics", headers=office.key("can_bo", "a")).status_code in (403, 404)


def test_a_method_that_nobody_knows_makes_no_new_line(office: Office) -> None:
    for number in range(3):
        office.client.request(f"X{number}", "/health")
    assert 'method="other"' in office.client.get("/metrics", headers=office.key()).text
