"""`docgen serve` as it is run: a key, the server, a packet, the end."""

from __future__ import annotations

import hmac
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from receiver import receiving

from docgen.dossier.sample import sample_dossier

SERVE = [sys.executable, "-m", "docgen", "serve"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SERVE, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=60)


@contextmanager
def serving(data: Path, port: int, *further: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*SERVE, "--data", str(data), "--port", str(port), *further],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        for _ in range(1200):
            try:
                ask(port, "GET", "/health")
                break
            except OSError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.1)
        yield process
    finally:
        with process:  # closes its pipes and waits
            if process.poll() is None:
                process.kill()


def ask(port: int, method: str, path: str, key: str = "", body: bytes | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, method=method)
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return answer.status, answer.read()


def ended(port: int, key: str, job: str) -> dict[str, Any]:
    for _ in range(300):
        told: dict[str, Any] = json.loads(ask(port, "GET", f"/api/v1/jobs/{job}", key)[1])
        if told["state"] in ("done", "failed"):
            return told
        time.sleep(0.2)
    raise AssertionError(told)


def children(pid: int) -> list[int]:
    """The processes begun by `pid`."""
    return [int(n) for path in Path(f"/proc/{pid}/task").glob("*/children") for n in path.read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_from_a_key_to_a_packet_and_a_quiet_end(tmp_path: Path) -> None:
    made = run("--data", str(tmp_path / "d"), "--new-key", "phần mềm")
    key = made.stdout.strip()
    assert (made.returncode, made.stderr) == (0, "")
    assert key.startswith("docgen_")
    port = free_port()
    with serving(tmp_path / "d", port) as process:
        body = json.dumps(sample_dossier("kh55-2018")).encode()
        status, told = ask(port, "POST", "/api/v1/dossiers", key, body)
        assert status == 201
        dossier = json.loads(told)["id"]
        status, told = ask(port, "POST", f"/api/v1/dossiers/{dossier}/packets", key, b"")
        assert status == 202
        job = ended(port, key, json.loads(told)["job"])
        assert job["state"] == "done"
        archive = ask(port, "GET", f"/api/v1/packets/{job['packet']}/archive", key)[1]
        assert "manifest.json" in zipfile.ZipFile(io.BytesIO(archive)).namelist()
        workers = children(process.pid)
        taken = run("--data", str(tmp_path / "e"), "--port", str(port))
        assert taken.returncode == 4
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr is not None
        lines = process.stderr.read().splitlines()
        assert len(workers) == 1
        assert not any(alive(pid) for pid in workers)
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert [event["job"] for event in events if event["event"] == "job ended"] == [job["id"]]
    names = [member["member"]["full_name"] for member in sample_dossier("kh55-2018")["members"]]
    assert not any(name in line for name in names for line in lines)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_killed_worker_is_begun_again_and_a_killed_server_leaves_none(tmp_path: Path) -> None:
    key = run("--data", str(tmp_path), "--new-key", "a").stdout.strip()
    port = free_port()
    with serving(tmp_path, port) as process:
        deadline = time.monotonic() + 30
        while not (first := children(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.1)
        os.kill(first[0], signal.SIGKILL)
        body = json.dumps(sample_dossier("kh55-2018")).encode()
        dossier = json.loads(ask(port, "POST", "/api/v1/dossiers", key, body)[1])["id"]
        job = json.loads(ask(port, "POST", f"/api/v1/dossiers/{dossier}/packets", key, b"{}")[1])["job"]
        assert ended(port, key, job)["state"] == "done"
        second = children(process.pid)
        assert second != first
        process.kill()
        process.wait()
        deadline = time.monotonic() + 30
        while any(alive(pid) for pid in second) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(alive(pid) for pid in second)
    with serving(tmp_path, port):  # everything that was acknowledged is there
        assert json.loads(ask(port, "GET", f"/api/v1/jobs/{job}", key)[1])["state"] == "done"
        assert len(json.loads(ask(port, "GET", "/api/v1/dossiers", key)[1])) == 1


@pytest.mark.parametrize(("arguments", "code", "word"), [
    (["--role", "can_bo"], 2, "--new-key"), (["--new-key", "a", "--revoke-key", "b"], 2, "một việc"),
    (["--new-key", "a", "--role", "canbo", "--unit", "x"], 2, "can_bo"), (["--revoke-key", "b"], 2, "b"),
    (["--add-unit", "Chi bộ", "x", "-"], 2, "Chi bộ"),
    (["--events", "packet.ready"], 2, "--add-webhook"),
    (["--add-webhook", "https://a.vn", "--events", "packet.redy"], 2, "packet.ready"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: list[str], code: int, word: str) -> None:
    done = run("--data", str(tmp_path), *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert word in done.stderr


def test_keys_and_units_from_the_command_line(tmp_path: Path) -> None:
    assert run("--data", str(tmp_path), "--add-unit", "chi-bo-a", "Chi bộ A", "-").returncode == 0
    key = run("--data", str(tmp_path), "--new-key", "a", "--role", "can_bo", "--unit", "chi-bo-a").stdout.strip()
    assert run("--data", str(tmp_path), "--revoke-key", key.split("_")[1]).returncode == 0


def test_a_running_server_tells_a_receiver(tmp_path: Path) -> None:
    key = run("--data", str(tmp_path), "--new-key", "a").stdout.strip()
    with receiving() as receiver:
        refused = run("--data", str(tmp_path), "--add-webhook", receiver.url)
        assert (refused.returncode, refused.stdout) == (2, "")
        named = ["--allow-webhook-host", "localhost"]
        made = run("--data", str(tmp_path), "--add-webhook", receiver.url, "--events", "dossier.changed", *named)
        assert made.returncode == 0
        secret, number = made.stdout.strip(), re.findall(r"[0-9a-f]{32}", made.stderr)[0]
        port = free_port()
        with serving(tmp_path, port, *named):
            body = json.dumps(sample_dossier("kh55-2018")).encode()
            dossier = json.loads(ask(port, "POST", "/api/v1/dossiers", key, body)[1])["id"]
            for _ in range(200):
                if receiver.came:
                    break
                time.sleep(0.1)
    headers, content = receiver.came[0]
    expected = hmac.new(secret.encode(), headers["Docgen-Timestamp"].encode() + b"." + content, "sha256").hexdigest()
    assert headers["Docgen-Signature"] == f"v1={expected}"
    assert json.loads(content)["dossier"] == dossier
    listed = run("--data", str(tmp_path), "--webhooks").stdout
    assert listed.split("\t")[0] == number
    assert secret not in listed
    assert run("--data", str(tmp_path), "--remove-webhook", number).returncode == 0
    assert run("--data", str(tmp_path), "--remove-webhook", number).returncode == 2


def test_a_second_start_shows_the_page_of_the_first_and_leaves_its_link(tmp_path: Path) -> None:
    """As by a second double click: one server, and the link that makes the first account stays good."""
    port, shown = free_port(), tmp_path / "shown.txt"
    (tmp_path / "browser").write_text(f'#!/bin/sh\necho "$1" > "{shown}"\n', encoding="utf-8")
    (tmp_path / "browser").chmod(0o755)
    again = [*SERVE, "--data", str(tmp_path / "d"), "--port", str(port)]
    browser = {**os.environ, "BROWSER": f"{tmp_path / 'browser'} %s"}
    with serving(tmp_path / "d", port) as first:
        done = subprocess.run(
            [*again, "--open"], capture_output=True, text=True, encoding="utf-8", timeout=60, env=browser
        )
        assert (done.returncode, done.stdout) == (0, "")
        assert f"http://127.0.0.1:{port}" in done.stderr
        assert shown.read_text(encoding="utf-8").strip() == f"http://127.0.0.1:{port}"
        assert subprocess.run(again, capture_output=True, timeout=60, check=False).returncode == 4
        assert first.stderr is not None
        told = next(line for line in first.stderr if "/lan-dau/" in line)
        link = re.search(r"/lan-dau/[\w-]{43}", told)
        assert link is not None
        assert ask(port, "GET", link[0])[0] == 200


def test_of_starts_at_one_moment_one_serves_and_the_other_shows_its_page(tmp_path: Path) -> None:
    """As by a nervous double click: the second one comes while the first has the port and does not answer yet."""
    shown, port = tmp_path / "shown.txt", free_port()
    (tmp_path / "browser").write_text(f'#!/bin/sh\necho "$1" >> "{shown}"\n', encoding="utf-8")
    (tmp_path / "browser").chmod(0o755)
    start = [*SERVE, "--data", str(tmp_path / "d"), "--port", str(port), "--open"]
    browser = {**os.environ, "BROWSER": f"{tmp_path / 'browser'} %s"}
    begun: list[subprocess.Popen[str]] = []
    try:
        for _ in range(2):
            begun.append(subprocess.Popen(start, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=browser))
            first, stderr = begun[0], begun[0].stderr
            if len(begun) == 1:
                assert stderr is not None
                link = re.search(r"/lan-dau/[\w-]{43}", next(line for line in stderr if "/lan-dau/" in line))
                first.send_signal(signal.SIGSTOP)
        time.sleep(3)
        assert begun[1].poll() is None
        first.send_signal(signal.SIGCONT)
        told = begun[1].communicate(timeout=40)[1]
        assert (begun[1].returncode, first.poll()) == (0, None)
        assert "{" not in told
        assert "/lan-dau/" not in told
        assert f"http://127.0.0.1:{port}" in told
        assert link is not None
        assert ask(port, "GET", link[0])[0] == 200  # still good: whoever lost did not void it
    finally:
        for one in begun:
            one.kill()
            one.communicate()
    assert f"http://127.0.0.1:{port}" in shown.read_text(encoding="utf-8").split()


def test_a_folder_that_is_served_is_not_served_at_another_port(tmp_path: Path) -> None:
    port, other = free_port(), free_port()
    with serving(tmp_path / "d", port):
        done = run("--data", str(tmp_path / "d"), "--port", str(other), "--open")
        assert (done.returncode, done.stdout) == (4, "")
        assert str(tmp_path / "d") in done.stderr
        stranger = run("--data", str(tmp_path / "e"), "--port", str(port), "--open")
        assert (stranger.returncode, stranger.stdout) == (4, "")
        assert "thư mục dữ liệu khác" in stranger.stderr
        assert not (tmp_path / "e" / "docgen.sqlite3").exists()
    with serving(tmp_path / "d", port):  # a server that was killed holds nothing
        pass


def test_with_a_log_file_nothing_is_written_to_the_window_while_it_runs(tmp_path: Path) -> None:
    """Windows stops a program that writes to a window in which something is selected."""
    key = run("--data", str(tmp_path), "--new-key", "a").stdout.strip()
    port, log = free_port(), tmp_path / "nhật ký.log"
    log.write_bytes(b"{}\n" * 2_000_000)
    with serving(tmp_path, port, "--log-file", str(log)) as process:
        body = json.dumps(sample_dossier("kh55-2018")).encode()
        dossier = json.loads(ask(port, "POST", "/api/v1/dossiers", key, body)[1])["id"]
        job = json.loads(ask(port, "POST", f"/api/v1/dossiers/{dossier}/packets", key, b"{}")[1])["job"]
        assert ended(port, key, job)["state"] == "done"
        os.kill(children(process.pid)[0], signal.SIGKILL)  # a warning of the server itself
        until = time.monotonic() + 20
        while not log.read_text(encoding="utf-8") and time.monotonic() < until:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert "{" not in process.stderr.read()
    assert "begun again" in json.loads(log.read_text(encoding="utf-8").splitlines()[0])["event"]
    jobs = (tmp_path / "nhật ký.jobs.log").read_text(encoding="utf-8").splitlines()
    assert job in [json.loads(line).get("job") for line in jobs]
    assert (tmp_path / "nhật ký.log.1").stat().st_size == 6_000_000


def test_a_backup_of_nothing_fails(tmp_path: Path) -> None:
    done = run("--data", str(tmp_path / "nhầm"), "--backup", str(tmp_path / "x.zip"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "docgen.sqlite3" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_program_at_the_port_is_not_shown(tmp_path: Path) -> None:
    with receiving() as stranger:
        done = run("--data", str(tmp_path), "--port", str(stranger.port), "--open")
    assert (done.returncode, done.stdout) == (4, "")
    assert str(stranger.port) in done.stderr
    assert not (tmp_path / "docgen.sqlite3").exists()
