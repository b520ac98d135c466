"""Who does a year's work in a browser: with a mouse, on a telephone, with a keyboard alone, without JavaScript.

Every step is looked at: a picture is kept, nothing runs off the screen, and with a mouse axe finds no barrier.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import TimeoutError

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
#: What is asked of a page: WCAG 2.2, levels A and AA.
RULES = json.dumps({"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
#: Milliseconds that a step may take on a machine that is busy with other tests.
PATIENCE = 60_000
#: More fields and links than any page of the tests has.
_MOST_TABS = 700


class Clerk:
    """Uses a mouse (or a finger). `width` is the screen's, in pixels."""

    scripts = axe = True
    width, height = 1366, 900

    def __init__(self, browser: Any, pictures: Path) -> None:
        self.context = browser.new_context(
            viewport={"width": self.width, "height": self.height}, locale="vi-VN", accept_downloads=True,
            java_script_enabled=self.scripts, has_touch=self.width < 500,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.asked: set[str] = set()
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.pictures = pictures
        self.count = 0

    @property
    def hosts(self) -> set[str]:
        """Every machine that was asked for something."""
        return {urlsplit(url).hostname or "" for url in self.asked if not url.startswith("data:")}

    def look(self, name: str) -> str:
        """Keep a picture of the page and see that nobody is shut out of it; what it says."""
        self.count += 1
        self.page.screenshot(path=self.pictures / f"{self.count:02}-{name}.png", full_page=True)
        assert self.page.locator("main h1").count() == 1
        if self.scripts:
            assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name
        if self.axe:
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            found = self.page.evaluate(f"axe.run({RULES})")["violations"]
            assert [(name, one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
        return str(self.page.inner_text("main"))

    # -- what people do

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def fill(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)

    def tick(self, selector: str) -> None:
        self.page.check(selector)

    def choose(self, selector: str, value: str) -> None:
        self.page.select_option(selector, value)

    def give_files(self, selector: str, files: list[Path]) -> None:
        self.page.set_input_files(selector, files)

    def open_details(self, summary: str) -> None:
        self.click(summary)

    # -- what follows from it

    def go(self, href: str, words: str = "") -> None:
        """Follow the link whose address ends so, and wait for its page."""
        self.click(f"a[href$='{href}']")
        self.page.wait_for_url(re.compile(re.escape(href.split("#")[0]) + r"([?#].*)?$"))

    def saved(self, act: Callable[[], None]) -> bytes:
        """The file that comes when `act` is done."""
        with self.page.expect_download() as coming:
            act()
        return Path(coming.value.path()).read_bytes()

    def close(self) -> None:
        self.context.close()


class OnTelephone(Clerk):
    """390 pixels wide."""

    width, height = 390, 844


class WithoutScript(Clerk):
    """A browser that runs no JavaScript."""

    scripts = axe = False


class ByKeyboard(Clerk):
    """Tab to the place, then Enter, Space, arrows and letters; no mouse, no shortcut that a page would not show."""

    axe = False  # the pages are those of the mouse

    def _reach(self, selector: str) -> None:
        """Press Tab until the focus is on what `selector` names."""
        place = self.page.locator(selector).first
        place.wait_for()
        for _ in range(_MOST_TABS):
            if place.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {selector}")

    def click(self, selector: str) -> None:
        self._reach(selector)
        seen = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert seen != "none", f"nothing shows that the focus is on {selector}"
        self.page.keyboard.press("Enter")

    def fill(self, selector: str, text: str) -> None:
        self._reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, selector: str) -> None:
        place = self.page.locator(selector).first
        if place.get_attribute("type") == "radio":  # Tab leads to the group, arrows go through it
            name = place.get_attribute("name")
            group = self.page.locator(f"input[type=radio][name='{name}']")
            for _ in range(_MOST_TABS):
                if self.page.evaluate("name => document.activeElement.name === name", name):
                    break
                self.page.keyboard.press("Tab")
            self.page.keyboard.press("Space")
            for _ in range(group.count()):
                if place.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
            raise AssertionError(f"no key ticks {selector}")
        self._reach(selector)
        if not place.is_checked():
            self.page.keyboard.press("Space")
        assert place.is_checked()

    def choose(self, selector: str, value: str) -> None:
        self._reach(selector)
        place = self.page.locator(selector).first
        self.page.keyboard.press("Home")
        for _ in range(place.locator("option").count()):
            if place.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no key chooses {value}")

    def give_files(self, selector: str, files: list[Path]) -> None:
        self._reach(selector)
        for _ in range(3):  # Chromium sometimes lets the first key after a download fall; a person presses it again
            try:
                with self.page.expect_file_chooser(timeout=PATIENCE / 10) as asked:
                    self.page.keyboard.press("Space")
            except TimeoutError:
                continue
            asked.value.set_files(files)
            return
        raise AssertionError(f"no key opens the choice of files of {selector}")
