"""In a real browser: to a provider at another site and back, under the strict policy, with the cookies as they are."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from stand_in_oidc import SECRET, Provider, provider_here
from test_page_browser import RULES, browser
from test_sign_in_oidc import RULES as GROUPS
from test_sign_in_oidc import enter_units

from docgen.web.app import create_app
from docgen.web.oidc_provider import RETURN_PATH
from docgen.web.settings import Settings

pytestmark = pytest.mark.chromium
__all__ = ["browser"]


@contextmanager
def serving(folder: Path, provider: Provider) -> Iterator[str]:
    """A server that knows the provider; its address. `localhost` and 127.0.0.1 are two sites to a browser."""
    provider.url = provider.url.replace("127.0.0.1", "localhost")
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{own.getsockname()[1]}"
        provider.back = address + RETURN_PATH
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        told = {"issuer": provider.url, "client_id": "docgen", "client_secret_file": str(folder / "secret"),
                "address": address, "label": "Cổng cơ quan"}  # fmt: skip
        (folder / "dang-nhap.yaml").write_text(json.dumps({"oidc": told, "rules": GROUPS}), encoding="utf-8")
        settings = Settings(folder / "data", sign_in=folder / "dang-nhap.yaml")
        enter_units(settings)
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings), log_config=None, ws="none", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield address
        server.should_exit = True
        thread.join(10)


def barriers(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [str(one["id"]) for one in Axe().run(page, options=RULES).response["violations"]]


@pytest.mark.parametrize("javascript", [True, False])
def test_to_the_provider_and_back(browser: Any, tmp_path: Path, javascript: bool) -> None:
    with provider_here() as provider, serving(tmp_path, provider) as address:
        context = browser.new_context(java_script_enabled=javascript, locale="vi-VN")
        page = context.new_page()
        page.goto(f"{address}/ho-so?a=1")
        page.get_by_role("link", name="Đăng nhập bằng Cổng cơ quan").click()
        page.wait_for_url(f"{address}/ho-so?a=1")  # through the other site, to the page that was asked for
        assert "Nguyễn Thị Hạnh" in page.inner_text("header")
        if javascript:
            assert barriers(page) == []
        page.get_by_role("button", name="Ra", exact=False).first.click()
        page.wait_for_url(f"{address}/dang-nhap?ra=1")
        if javascript:
            assert barriers(page) == []
        page.get_by_role("link", name="Ra khỏi Cổng cơ quan").click()
        page.wait_for_url(re.compile(re.escape(provider.url) + "/end"))
        provider.person["groups"] = []
        page.goto(f"{address}/dang-nhap")
        page.get_by_role("link", name="Đăng nhập bằng Cổng cơ quan").click()
        page.wait_for_selector("#loi")
        assert "chưa được vào docgen" in page.inner_text("#loi")
        if javascript:
            assert page.evaluate("document.activeElement.id") == "loi"
            assert barriers(page) == []
        context.close()
