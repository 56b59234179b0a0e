# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of docs/pictures: `make pictures`. Fonts are the system's; Charis SIL and Inter suit them best."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tests.browser.house import House, story
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
                    page.goto(house.url + at)
                    page.screenshot(path=FOLDER / f"{name}-{size}.png", full_page=True)


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
        FOLDER.mkdir(exist_ok=True)
        with Sight.open(shutil.which("chromium") or "chromium") as sight:
            digest(sight, folder)
            site(sight, folder)


if __name__ == "__main__":
    main()
