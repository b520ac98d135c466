"""The files of others that the pages are made of: unchanged, each with its licence, and part of the package."""

from __future__ import annotations

import hashlib
import json
import re

from docgen.web.page_static import FOLDER, static_files
from tools.licences import PAGE, vendor_line, vendored

VENDOR = FOLDER / "vendor"


def test_each_file_is_the_one_that_was_published() -> None:
    rows = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
    there = {path.name for path in VENDOR.iterdir() if path.suffix in (".js", ".css", ".woff2")}
    assert {row["file"] for row in rows} == there
    for row in rows:
        assert hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert (VENDOR / row["text"]).stat().st_size > 500, row["text"]


def test_each_licence_is_on_the_page_of_licences() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(vendored()) == 3
    assert [row for row in vendored() if vendor_line(row) not in page] == []


def test_no_style_or_script_of_ours_names_another_machine() -> None:
    for name in ("page.css", "page.js"):
        text = static_files()[name].content.decode()
        assert not re.search(r"https?://|@import|//[a-z]+\.", text), name
    wanted = set(re.findall(r'url\("([^"]+)"\)', static_files()["page.css"].content.decode()))
    assert wanted == {name for name in static_files() if name.endswith(".woff2")}
