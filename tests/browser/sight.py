# SPDX-License-Identifier: Apache-2.0
"""A browser that looks at pages: in a width and a scheme, with or without scripts, and what axe-core says of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass(frozen=True)
class Sight:
    """One browser; pages are opened in contexts of their own."""

    browser: Browser

    @staticmethod
    @contextmanager
    def open(chromium: str) -> Iterator[Sight]:
        """Start the browser, for as long as the context lasts."""
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            yield Sight(browser)
            browser.close()

    @contextmanager
    def page(self, width: int = 1280, scheme: str = "light", **more: Any) -> Iterator[Page]:
        """A page of that width; ``more`` are Playwright's options of a context."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        page = context.new_page()
        page.set_default_timeout(20_000)
        yield page
        context.close()

    @staticmethod
    def faults(page: Page) -> list[tuple[str, str]]:
        """What axe-core finds on a page, as (rule, place)."""
        # Through the debugger, not by a script element: the page's own policy stays as it is.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run(document, rules)", RULES)
        return [(one["id"], node["html"][:160]) for one in found["violations"] for node in one["nodes"]]

    @staticmethod
    def overflows(page: Page) -> bool:
        """Whether the page must be scrolled sideways."""
        return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
