"""`docgen serve` for the network: an account first, TLS always, a made certificate said to be one; `--backup`."""

from __future__ import annotations

import datetime
import re
import ssl
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from page_office import add_person
from test_serve import SERVE, free_port, run
from web_office import Office

from docgen.errors import UsageError
from docgen.web import lan
from docgen.web.database import Database
from docgen.web.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def with_account(tmp_path: Path) -> Path:
    """The folder of a server that somebody can sign in to."""
    settings = Settings(tmp_path / "d")
    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    add_person(Office(settings, None, database), "hanh")  # type: ignore[arg-type]
    database.close()
    return settings.data


def test_without_an_account_the_network_is_not_served(tmp_path: Path) -> None:
    done = run("--data", str(tmp_path / "d"), "--lan", "--port", str(free_port()))
    assert done.returncode == 2
    assert "tài khoản" in done.stderr


def test_the_first_start_prints_the_link_of_the_first_account(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen([*SERVE, "--data", str(tmp_path / "d"), "--port", str(port)],
                               stderr=subprocess.PIPE, text=True, encoding="utf-8")  # fmt: skip
    with process:
        try:
            assert process.stderr is not None
            told = [process.stderr.readline() for _ in range(2)]
            link = re.search(rf"http://127\.0\.0\.1:{port}/lan-dau/[\w-]{{43}}", told[1])
            assert link, told
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            for _ in range(1200):
                try:
                    with opener.open(link[0], timeout=10) as answer:
                        assert "Tạo tài khoản thứ nhất" in answer.read().decode()
                    break
                except OSError:
                    assert process.poll() is None
                    time.sleep(0.1)
            else:
                raise AssertionError("no answer")
        finally:
            process.terminate()
            process.wait(30)


def test_the_network_is_served_over_tls_with_a_certificate_that_is_said_to_be_made_here(with_account: Path) -> None:
    port = free_port()
    process = subprocess.Popen([*SERVE, "--data", str(with_account), "--lan", "--port", str(port)],
                               stderr=subprocess.PIPE, text=True, encoding="utf-8")  # fmt: skip
    with process:
        try:
            context = ssl.create_default_context(cafile=None)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            opener = urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
            )
            for _ in range(1200):
                try:
                    with opener.open(f"https://127.0.0.1:{port}/dang-nhap", timeout=10) as answer:
                        page, kept = answer.read().decode(), answer.headers["set-cookie"]
                    break
                except OSError:
                    assert process.poll() is None
                    time.sleep(0.1)
            with pytest.raises(OSError):  # noqa: PT011 -- no answer in the clear, however it is refused
                urllib.request.urlopen(f"http://127.0.0.1:{port}/dang-nhap", timeout=5)
        finally:
            process.terminate()
            process.wait(30)
        assert process.stderr is not None
        told = process.stderr.read()
    assert "Đăng nhập" in page
    assert "Secure" in kept
    shown = re.search(r"[0-9A-F]{2}(:[0-9A-F]{2}){31}", told)
    assert shown
    assert shown[0] == lan.own_identity(with_account, []).fingerprint
    assert "tự làm" in told
    assert all(f"https://{one}:{port}" in told for one in lan.own_addresses())


def test_a_made_certificate_is_kept_until_it_ends_or_an_address_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lan.own_identity(tmp_path, ["10.1.2.3"])
    assert lan.own_identity(tmp_path, ["10.1.2.3"]) == first
    assert lan.own_identity(tmp_path, ["10.1.2.4"]).fingerprint != first.fingerprint
    assert (tmp_path / lan.NAME).stat().st_mode & 0o077 == 0
    monkeypatch.setattr(lan, "_RENEWED", 9999)
    assert lan.own_identity(tmp_path, ["10.1.2.4"]).fingerprint != lan.own_identity(tmp_path, ["10.1.2.4"]).fingerprint
    assert datetime.timedelta(days=lan._DAYS) < datetime.timedelta(days=826)  # what browsers take


def test_an_offices_own_certificate_must_fit_its_key(tmp_path: Path) -> None:
    one, other = lan.own_identity(tmp_path, []), tmp_path / "b"
    other.mkdir()
    second = lan.own_identity(other, [])
    assert not lan.given_identity(one.certificate, one.key).made_here
    with pytest.raises(UsageError, match="tls_other_key"):
        lan.given_identity(one.certificate, second.key)
    with pytest.raises(UsageError, match="tls_files"):
        lan.given_identity(Path(__file__), one.key)


def test_backup_and_restore_from_the_command_line(with_account: Path, tmp_path: Path) -> None:
    file = tmp_path / "sao-luu.zip"
    assert run("--data", str(with_account), "--backup", str(file)).returncode == 0
    again = run("--data", str(with_account), "--backup", str(file))
    assert again.returncode == 2
    assert run("--data", str(tmp_path / "moi"), "--restore", str(file)).returncode == 0
    twice = run("--data", str(tmp_path / "moi"), "--restore", str(file))
    assert twice.returncode == 2
    assert "còn trống" in twice.stderr
    broken = run("--data", str(tmp_path / "ba"), "--restore", __file__)
    assert broken.returncode == 1


def test_the_sample_is_put_into_a_servers_folder_once(tmp_path: Path) -> None:
    from docgen.web import dossier_store

    for _ in range(2):
        subprocess.run([sys.executable, str(ROOT / "scripts" / "serve_sample.py"), str(tmp_path / "d")], check=True)
    database = Database(Settings(tmp_path / "d").url)
    with database.read() as db:
        assert [one.unit for one in dossier_store.listed(db)] == ["chi-bo-mau"]
    database.close()
