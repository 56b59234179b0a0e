# SPDX-License-Identifier: Apache-2.0
"""What browser tests stand on: Debian's Chromium by Playwright, and axe-core and caniemail where npm has put them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.browser.house import House, log_in
from tests.browser.sight import Sight

NODE_MODULES = Path(__file__).parent / "node_modules"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Browser tests of a module share a house that takes seconds to start, so they run as they are written."""
    here = Path(__file__).parent
    places = [n for n, item in enumerate(items) if item.path.is_relative_to(here)]
    written = sorted(
        (items[n] for n in places), key=lambda item: (str(item.path), item.reportinfo()[1] or 0, item.name)
    )
    for place, item in zip(places, written, strict=True):
        items[place] = item


@pytest.fixture(scope="session")
def node():
    """The program node, with the packages of package.json beside this file; skips the test without them."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    if not (NODE_MODULES / "axe-core").is_dir():
        pytest.skip("the packages of tests/browser/package.json are not installed: make test does it where npm is")
    return program


@pytest.fixture(scope="module")
def sight(node):
    """A browser that looks at pages; skips the test where there is no Chromium.

    Of a module, not of the session: as long as it is open, its thread runs an event loop, and no other can run there.
    """
    assert node
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with Sight.open(chromium) as sight:
        yield sight


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The daemon on the demo's world, after its first cycle."""
    with House(tmp_path_factory.mktemp("house")).running() as house:
        yield house


@pytest.fixture
def console(sight, house):
    """A page at the console, logged in."""
    with sight.page(scheme="null") as page:  # the browser's own: a frame may have another than the page
        log_in(page, house)
        yield page
