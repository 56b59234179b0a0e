# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of docs/pictures: `make pictures`. Fonts are the system's; Charis SIL and Inter suit them best."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from syndicate.pipeline.release import send_digest
from syndicate.schedule.due import period
from tests.browser.house import House, log_in, story
from tests.browser.sight import Sight
from tests.cases.publish.rich import rich

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<alias binding="strong"><family>system-ui</family><prefer><family>Inter</family></prefer></alias>
<alias binding="strong"><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
</fontconfig>
"""


def digest(sight: Sight, folder: Path) -> None:
    """The digest at 600 px, light and dark, and on a phone."""
    file = folder / "digest.html"
    file.write_text(rich()[0], encoding="utf-8")
    for name, width, scheme in (("600-light", 600, "light"), ("600-dark", 600, "dark"), ("360-phone", 360, "light")):
        with sight.page(width, scheme) as page:
            page.goto(file.as_uri())
            page.screenshot(path=FOLDER / f"digest-{name}.png", full_page=True)


NAMED = """(names) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); )
    for (const [at, name] of names) node.data = node.data.replaceAll(at, name);
}"""


def named(page: Page, house: House) -> None:
    """The publishers of this computer, and the site, by the names that they would have elsewhere."""
    world = f"127.0.0.1:{house.world.port}"
    names = [(f"{world}/{one.id}", f"{one.id}.example") for one in house.app.config.publishers.values()]
    sites = [house.url.removeprefix("http://"), "127.0.0.1:8080"]
    ours = [(f"http://{at}", "https://bulletin.example") for at in sites]
    page.evaluate(NAMED, [*names, (world, "south-desk.example"), *ours])


SHOWN = (("1280-light", 1280, "light"), ("1280-dark", 1280, "dark"), ("360-light", 360, "light"))
SITE = {
    "front": ("/", SHOWN),
    "item": ("The last boat", SHOWN),
    "publisher": ("/publishers/south-desk", SHOWN[:1]),
    "terms": ("/terms", SHOWN[:1]),
    "feed": ("/feeds/community", SHOWN[:1]),
    "object": ("/publishers/south-desk/object", SHOWN[2:]),
    "subscribe": ("/subscribe", SHOWN[2:]),
}
"""Pages of the site, by path or by the title of a story, and the sizes in which they are taken."""


def site(sight: Sight, folder: Path) -> None:
    """The pages for readers and publishers, of the demo's world, served by the real daemon."""
    with House(folder).running() as house:
        for name, (path, sizes) in SITE.items():
            at = path if path.startswith("/") else story(house, path)
            for size, width, scheme in sizes:
                with sight.page(width, scheme) as page:
                    shown = page.goto(house.url + at)
                    assert shown, at
                    assert shown.ok, f"{at}: {shown.status}, which is no picture of it"
                    named(page, house)
                    page.screenshot(path=FOLDER / f"{name}-{size}.png", full_page=True)


def console(sight: Sight, folder: Path) -> None:
    """The rooms of the console, with a digest that goes out to 1,284 readers, and one that the proof stopped."""
    (folder / "house").mkdir()
    with House(folder / "house", 1284, "delivery: {per_second: 15}\n").running() as house:
        app, weekly = house.app, house.app.channel("weekly")
        with app.store.read() as tx:
            boat = next(one.item.id for one in tx.items.newest(50) if one.item.title.startswith("The last boat"))
        sent = send_digest(app.composing, weekly, period(weekly, app.clock(), seconds=True))
        going = f"editions/{sent.verified.edition.id}" if sent else "editions"
        for scheme in ("light", "dark"):
            with sight.page(1280, scheme) as page:
                log_in(page, house)
                page.goto(f"{house.url}/admin/{going}")
                while int(page.locator(".five dd").first.inner_text().replace(",", "")) < 200:
                    page.wait_for_timeout(1000)
                named(page, house)
                page.screenshot(path=FOLDER / f"console-digest-{scheme}.png", full_page=True)
                rooms = {"today": "", "item": f"items/{boat}", "terms": "terms/1", "sources": "sources"}
                for name in rooms if scheme == "light" else ("today",):
                    page.goto(f"{house.url}/admin/{rooms[name]}")
                    named(page, house)
                    page.screenshot(path=FOLDER / f"console-{name}-{scheme}.png", full_page=True)
        house.bring("The lock-keeper’s ledger")
        with house.without_credit(), sight.page(1280) as page:
            log_in(page, house)
            page.goto(f"{house.url}/admin/editions/next/weekly")
            named(page, house)
            page.screenshot(path=FOLDER / "console-stopped-light.png", full_page=True)


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
        FOLDER.mkdir(exist_ok=True)
        with Sight.open(shutil.which("chromium") or "chromium") as sight:
            digest(sight, folder)
            console(sight, folder)
            site(sight, folder)


if __name__ == "__main__":
    main()
