"""Jobs: claimed by one, begun again when their worker died, given up after three deaths, ended once."""

from __future__ import annotations

import copy
import io
import json
import threading
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import update
from web_office import Office

from docgen.dossier.sample import sample_dossier
from docgen.web import dossier_store, job_queue, job_worker, packet_store
from docgen.web.database import Database
from docgen.web.database_tables import JOB


def begun(office: Office, dossier: str = "", **asked: bool) -> str:
    made = office.call("POST", f"/dossiers/{dossier or office.dossier()}/packets", json=asked)
    assert made.status_code == 202
    return str(made.json()["job"])


def silent(office: Office) -> None:
    """Let every running job's worker be long dead."""
    with office.database.write() as db:
        db.execute(update(JOB).where(JOB.c.state == "running").values(heard=0.0))


def test_a_packet_is_made_and_handed_out(each_office: Office) -> None:
    office = each_office
    job = begun(office)
    assert office.call("GET", f"/jobs/{job}").json()["state"] == "queued"
    assert office.worker().step()
    told = office.call("GET", f"/jobs/{job}").json()
    assert (told["state"], told["problem"]) == ("done", None)
    assert told["done"] == told["total"] > len(sample_dossier("kh55-2018")["members"])  # a paper each, and more
    archive = office.call("GET", f"/packets/{told['packet']}/archive")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        assert files.testzip() is None
        manifest = json.loads(files.read("manifest.json"))
        assert {document["file"] for document in manifest["files"]} <= set(files.namelist())
    assert office.call("GET", f"/packets/{told['packet']}/manifest").json() == manifest
    assert "cell" in {entry["role"] for entry in office.call("GET", f"/packets/{told['packet']}/due").json()}
    # nothing is signed: nobody may be told that the packet holds
    assert office.call("GET", f"/packets/{told['packet']}/verification").json()["status"] != "passed"


def test_a_dossier_with_errors_gives_no_packet_but_a_draft(office: Office) -> None:
    faulty = copy.deepcopy(sample_dossier("kh55-2018"))
    faulty["members"][0]["member"]["full_name"] = ""
    dossier = office.dossier(faulty)
    job = begun(office, dossier)
    office.worker().step()
    told = office.call("GET", f"/jobs/{job}").json()
    assert told["state"] == "failed"
    assert told["packet"] is None
    assert told["problem"]["code"] == "web.job.dossier_has_errors"
    assert told["problem"]["findings"]
    draft = begun(office, dossier, draft=True)
    office.worker().step()
    assert office.call("GET", f"/jobs/{draft}").json()["state"] == "done"


def test_the_same_request_waits_once(each_office: Office) -> None:
    office = each_office
    dossier = office.dossier()
    assert begun(office, dossier) == begun(office, dossier)
    assert begun(office, dossier) != begun(office, dossier, draft=True)


@pytest.mark.parametrize("asked", [{"pdf": 1}, {"khac": True}, {"draft": "true"}])
def test_what_is_asked_is_read_strictly(office: Office, asked: dict[str, object]) -> None:
    made = office.call("POST", f"/dossiers/{office.dossier()}/packets", json=asked)
    assert made.status_code == 422


def test_one_worker_has_a_job(each_office: Office) -> None:
    office = each_office
    begun(office)
    with office.database.write() as db:
        assert job_queue.claim(db, "a", 30, 3) is not None
    with office.database.write() as db:
        assert job_queue.claim(db, "b", 30, 3) is None


def test_a_dead_workers_job_is_begun_again_and_ends_once(each_office: Office) -> None:
    office = each_office
    job = begun(office)
    with office.database.write() as db:
        assert job_queue.claim(db, "đã-chết", 30, 3)
    silent(office)
    assert office.worker().step()
    with office.database.write() as db:
        assert not job_queue.finish(db, job, "đã-chết", packet="x")  # it was only slow: too late
        assert not job_queue.hear(db, job, "đã-chết", 1, 2)
    told = office.call("GET", f"/jobs/{job}").json()
    assert (told["state"], told["tries"], told["packet"]) == ("done", 2, job)


def test_a_packet_that_was_made_but_not_told_of_is_kept(office: Office) -> None:
    job = begun(office)
    first = office.worker()
    with office.database.write() as db:
        claimed = job_queue.claim(db, first.name, 30, 3)
    assert claimed is not None
    assert first._packet(claimed) == (job, None)  # and then its process is killed
    before = sorted(
        (path.name, path.stat().st_mtime_ns) for path in packet_store.folder_of(office.settings, job).iterdir()
    )
    silent(office)
    assert office.worker().step()
    after = sorted(
        (path.name, path.stat().st_mtime_ns) for path in packet_store.folder_of(office.settings, job).iterdir()
    )
    assert after == before
    assert office.call("GET", f"/jobs/{job}").json()["state"] == "done"
    with office.database.read() as db:
        row = packet_store.find(db, job)
    assert row is not None
    assert row["dossier_version"] == 1


def test_after_three_deaths_a_job_is_given_up(each_office: Office) -> None:
    office = each_office
    job = begun(office)
    for death in range(3):
        with office.database.write() as db:
            claimed = job_queue.claim(db, f"w{death}", 30, 3)
        assert claimed is not None
        assert claimed.tries == death + 1
        silent(office)
    with office.database.write() as db:
        assert job_queue.claim(db, "w4", 30, 3) is None
    told = office.call("GET", f"/jobs/{job}").json()
    assert (told["state"], told["problem"]["code"]) == ("failed", "web.job.killed")


def test_a_job_that_is_given_back_has_not_been_tried(each_office: Office) -> None:
    office = each_office
    job = begun(office)
    with office.database.write() as db:
        job_queue.claim(db, "a", 30, 3)
        job_queue.release(db, job, "a")
        found = job_queue.find(db, job)
    assert found is not None
    assert (found.state, found.tries) == ("queued", 0)


def test_the_packet_knows_the_version_it_was_made_from(office: Office) -> None:
    dossier = office.dossier()
    job = begun(office, dossier)
    with office.database.write() as db:
        dossier_store.change(
            db, dossier, "ai đó", None, lambda data: {**data, "document": {**data["document"], "place": "Huế"}}
        )
    office.worker().step()
    with office.database.read() as db:
        row = packet_store.find(db, job)
    assert row is not None
    assert row["dossier_version"] == 2


def test_events_end_when_the_job_does(office: Office) -> None:
    job = begun(office)
    office.worker().step()
    told = office.call("GET", f"/jobs/{job}/events")
    assert told.headers["content-type"].startswith("text/event-stream")
    assert json.loads(told.text.split("data: ", 1)[1].splitlines()[0])["state"] == "done"


def test_of_eight_workers_one_has_it(each_office: Office) -> None:
    begun(each_office)
    start, had = threading.Barrier(8), []

    def claim(worker: int) -> None:
        database = Database(each_office.settings.url)
        try:
            start.wait()
            with database.write() as db:
                if job_queue.claim(db, f"w{worker}", 30, 3) is not None:
                    had.append(worker)
        finally:
            database.close()

    threads = [threading.Thread(target=claim, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(had) == 1


def test_the_same_request_at_once_waits_once(each_office: Office) -> None:
    dossier = each_office.dossier()
    jobs: list[str] = []
    threads = [threading.Thread(target=lambda: jobs.append(begun(each_office, dossier))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(jobs), len(set(jobs))) == (6, 1)


def test_a_packet_is_handed_over_to_a_document_system(office: Office) -> None:
    job = begun(office)
    office.worker().step()
    answer = office.call("GET", f"/packets/{job}/hand-over?number=12-HS/CB")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        assert json.loads(files.read("metadata.json"))["number"] == "12-HS/CB"
        assert "bo-ho-so/manifest.json" in files.namelist()
    assert office.call("GET", f"/packets/{'0' * 32}/hand-over").status_code == 404


def test_a_job_that_takes_too_long_ends_its_worker(
    open_office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(job_seconds=-1.0)  # any time is too long
    begun(office)
    worker = office.worker()
    with office.database.write() as db:
        job = job_queue.claim(db, worker.name, 30, 3)
    assert job is not None

    def end(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(job_worker, "BEAT", 0.01)
    monkeypatch.setattr("os._exit", end)
    with pytest.raises(SystemExit) as ended:
        worker._beat(job, threading.Event())
    assert ended.value.code == 3


def test_what_a_killed_maker_left_is_cleared_away_once_nobody_goes_on_with_it(office: Office) -> None:
    job, worker, packets = begun(office), office.worker(), office.settings.packets
    with office.database.write() as db:
        assert job_queue.claim(db, "chết giữa chừng", 30.0, 3) is not None
    part = packets / f".docgen-{job}.part"
    part.mkdir()
    (part / "to-1.docx").write_bytes(b"x")
    (packets / f".docgen-{job}.lock").touch()
    assert not worker.step()
    assert part.exists()  # another one has it in hand
    with office.database.write() as db:
        db.execute(update(JOB).values(tries=3, heard=0.0))
    assert not worker.step()
    assert office.call("GET", f"/jobs/{job}").json()["problem"]["code"] == "web.job.killed"
    assert list(packets.iterdir()) == []
