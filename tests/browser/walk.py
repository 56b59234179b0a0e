# SPDX-License-Identifier: Apache-2.0
"""Somebody who walks through pages, with a mouse or by keys alone, and looks at each page that comes."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from tests.browser.sight import Sight

ON = "(element) => document.activeElement === element"
SAME = "(element) => document.activeElement.type === 'radio' && document.activeElement.name === element.name"
RING = "getComputedStyle(document.activeElement).outlineStyle"
MOST = 250
"""Stops of the Tab key after which something cannot be reached."""


class Walk:
    """One visit. ``found`` is what was wrong with pages, by their path; each kind of page is looked at once."""

    def __init__(self, page: Page, eye: Page | None, *, keys: bool) -> None:
        """``eye`` is a page with scripts that shows what this one has got, None if this one runs them itself."""
        self.page = page
        self._eye = eye
        self.found: dict[str, list[object]] = {}
        self._keys = keys
        self._seen: set[str] = set()

    @staticmethod
    @contextlib.contextmanager
    def begun(sight: Sight, width: int, *, scripts: bool = True, keys: bool = False) -> Iterator[Walk]:
        """A walk at a width, with scripts or without, by keys or not; no page may have had a fault at its end."""
        with contextlib.ExitStack() as stack:
            page = stack.enter_context(sight.page(width, java_script_enabled=scripts))
            walk = Walk(page, None if scripts else stack.enter_context(sight.page(width)), keys=keys)
            yield walk
            assert {path: faults for path, faults in walk.found.items() if faults} == {}

    def open(self, url: str) -> None:
        """Go to an address, as from a mail or a bookmark."""
        self.page.goto(url)
        self.look()

    def press(self, name: str | re.Pattern[str], role: str = "link", *, within: str = "body") -> None:
        """Follow a link or press a button, and look at the page that comes."""
        target = self.page.locator(within).get_by_role(role, name=name).first  # type: ignore[arg-type] # a role
        if self._keys:
            self._reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter") if self._keys else target.click()
        self.look()

    def fill(self, label: str, text: str) -> None:
        """Write into a field."""
        field = self.page.get_by_label(label, exact=True)
        if self._keys:
            self._reach(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def choose(self, label: str) -> None:
        """Take one of several choices, or tick a box."""
        choice = self.page.get_by_label(label)
        if self._keys and choice.get_attribute("type") == "checkbox":
            self._reach(choice)
            self.page.keyboard.press("Space")
        elif self._keys:
            self._reach(choice, SAME)
            for _ in range(MOST):
                if choice.evaluate(ON):
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            choice.check()
        assert choice.is_checked()

    def sees(self, heading: str | re.Pattern[str]) -> None:
        """A heading stands on the page, or comes."""
        self.page.get_by_role("heading", name=heading).first.wait_for()

    def until(self, words: str) -> None:
        """Look at the page again until these words stand on it, for half a minute at most."""
        ends = time.monotonic() + 30
        while words not in self.page.locator("main").inner_text():
            assert time.monotonic() < ends, f"never said: {words}"
            self.page.wait_for_timeout(200)
            self.page.reload()

    def look(self) -> None:
        """What axe-core finds, and whether the page must be scrolled sideways."""
        self.page.wait_for_load_state()
        kind = re.sub(r"[^/]*\d[^/]*", "*", urlsplit(self.page.url).path)
        kind += self.page.get_by_role("heading", level=1).first.inner_text() if kind.endswith("*") else ""
        if kind not in self._seen:
            self._seen.add(kind)
            seen = self._shown() if self._eye else self.page
            self.found[kind] = [*Sight.faults(seen), *(["overflows"] if Sight.overflows(seen) else [])]

    def _shown(self) -> Page:
        """The page as it came, in front of the eye: axe-core cannot run where scripts are off."""
        assert self._eye
        came = self.page.content()
        self._eye.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type] # what one gives the other takes
        self._eye.route(self.page.url, lambda route: route.fulfill(body=came, content_type="text/html"), times=1)
        self._eye.goto(self.page.url)
        return self._eye

    def _reach(self, target: Locator, there: str = ON) -> None:
        """Press Tab until it has the focus, which must be seen there."""
        for _ in range(MOST):
            self.page.keyboard.press("Tab")
            if target.evaluate(there):
                assert self.page.evaluate(RING) != "none", f"the focus cannot be seen on {target}"
                return
        raise AssertionError(f"the keyboard does not reach {target}")
