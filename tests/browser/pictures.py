# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of docs/pictures: `make pictures`. Fonts are the system's; Charis SIL and Inter suit them best."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import Connection, select, update

from syndicate.app import clock
from syndicate.pipeline import asking
from syndicate.pipeline.release import send_digest
from syndicate.schedule.due import period
from syndicate.store.mail_tables import deliveries, returns, subscribers
from syndicate.store.schema import edition_items, editions, items, poll_runs
from tests.browser.house import NAME, House, log_in, story
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


NAMED = """pairs => {
  const named = text => pairs.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = named(walk.currentNode.data);
  for (const field of document.querySelectorAll("input:not([type=file]), textarea")) field.value = named(field.value);
  return document.body.innerText;
}"""


def take(page: Page, house: House, name: str) -> None:
    """A picture of the whole page, with the addresses of the world on loopback as the names that they stand for."""
    page.wait_for_load_state("load")
    ports = (house.url.rpartition(":")[2], "8080")
    world = f"127.0.0.1:{house.world.port}/"
    pairs = [(f"http://{world}", "https://"), (world, "")] + [
        (f"127.0.0.1:{port}", "bulletin.example") for port in ports
    ]
    pairs.append((world.rstrip("/"), "south-desk.example"))  # a host alone, as where a line is to be placed
    for publisher in sorted(house.app.publishers):
        pairs[:0] = [(f"http://{world}{publisher}", f"https://{publisher}.example")]
        pairs[:0] = [(f"{world}{publisher}", f"{publisher}.example")]
    pairs.sort(key=lambda pair: -len(pair[0]))
    for frame in page.frames:
        shown = frame.evaluate(NAMED, [*pairs, ("http://bulletin", "https://bulletin")])
        assert "127.0.0.1" not in shown, f"{name}: {shown[shown.index('127.0.0.1') - 40 :][:80]}"
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


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
                    take(page, house, f"{name}-{size}")


def past(house: House, edition_id: str) -> None:
    """A fortnight behind the world that has just begun: what came and went, polls, mail, readers, an unanswered letter."""
    now, chance = clock(), random.Random(7)  # noqa: S311 - the same past for every picture
    letter = asking.draft(house.app.composing, "marsh-and-mill", house.app.channel("weekly"))
    sixteen = (now - timedelta(days=16)).date()
    asking.note(house.app.composing, letter, NAME, how="by hand", reference="letter 41", on=sixteen)
    with house.app.store.write() as tx:
        connection = tx._connection
        _went(connection, now, chance)
        _mailed(connection, now, edition_id)
        for source in house.app.sources:
            for hour in range(1, 24):
                when = now - timedelta(hours=hour, minutes=chance.randrange(50))
                broken = source == "vale-county-record" or (hour == 9 and chance.random() < 0.4)
                row = {"source_id": source, "at": when, "status": 0 if broken else 200, "bytes": 0, "changed": 0}
                row |= {"seconds": 0.2, "new": 0 if broken else int(chance.random() < 0.15)}
                connection.execute(poll_runs.insert(), row | {"error": "connection refused" if broken else ""})
        for number in range(23):
            kind = "complaint" if number % 9 == 0 else "failed"
            row = {
                "sha256": f"{number}",
                "at": now - timedelta(days=chance.choice([1, 4, 4, 8, 8, 8, 12])),
                "kind": kind,
            }
            row |= {"delivery_id": None, "subscriber_id": number + 1, "status": "4.2.2", "text": "mailbox full"}
            connection.execute(returns.insert(), row | {"outcome": "counted"})


def _went(connection: Connection, now: datetime, chance: random.Random) -> None:
    """Items came within hours, four of them only today, and each left on its own."""
    feed = connection.execute(select(editions).where(editions.c.channel_id == "community")).mappings().first()
    carried = select(edition_items, items.c.order_at).join(items, items.c.id == edition_items.c.item_id)
    carried = carried.where(edition_items.c.edition_id == feed["id"]).order_by(items.c.order_at.desc(), items.c.id)
    for number, found in enumerate(connection.execute(carried).mappings().all()):
        row = {name: value for name, value in found.items() if name != "order_at"}
        soon = found["order_at"] + timedelta(minutes=chance.randrange(20, 90))
        when = now - timedelta(hours=2 * number, minutes=chance.randrange(20)) if number < 4 else soon
        past = dict(feed) | {"id": f"e-{number}", "period": f"{number}", "created": when, "released_at": when}
        connection.execute(editions.insert(), past)
        connection.execute(edition_items.insert(), row | {"edition_id": f"e-{number}"})
        connection.execute(update(items).where(items.c.id == row["item_id"]).values(first_seen=when))


def _mailed(connection: Connection, now: datetime, edition_id: str) -> None:
    """Two digests of earlier weeks, each taken by nearly everybody; readers who came one by one."""
    digest = connection.execute(select(editions).where(editions.c.id == edition_id)).mappings().first()
    owed = connection.execute(select(deliveries).where(deliveries.c.edition_id == edition_id)).mappings().all()
    for days, most in ((7, 1213), (13, 1118)):
        when = now - timedelta(days=days)
        past = dict(digest) | {
            "id": f"e-{days}-days",
            "period": f"{when:%Y-%m-%d}",
            "created": when,
            "released_at": when,
        }
        connection.execute(editions.insert(), past)
        gone = {"edition_id": past["id"], "state": "accepted", "updated_at": when, "due_at": None, "worker": ""}
        mails = [{**one, **gone, "message_id": f"<{days}.{n}@bulletin.example>"} for n, one in enumerate(owed[:most])]
        connection.execute(deliveries.insert(), [{k: v for k, v in mail.items() if k != "id"} for mail in mails])
    for n, one in enumerate(owed):
        mine = update(subscribers).where(subscribers.c.id == one["subscriber_id"])
        connection.execute(mine.values(confirmed_at=now - timedelta(days=60 * (1 - n / len(owed)))))


def console(sight: Sight, folder: Path) -> None:
    """The rooms of the console, with a digest that goes out to 1,284 readers, and one that the proof stopped."""
    (folder / "house").mkdir()
    with House(folder / "house", 1284, "delivery: {per_second: 15}\n").running() as house:
        app, weekly = house.app, house.app.channel("weekly")
        with app.store.read() as tx:
            boat = next(one.item.id for one in tx.items.newest(50) if one.item.title.startswith("The last boat"))
        sent = send_digest(app.composing, weekly, period(weekly, app.clock(), seconds=True))
        assert sent, "nobody reads it, or nothing is new"
        going = f"editions/{sent.verified.edition.id}"
        past(house, sent.verified.edition.id)
        for scheme in ("light", "dark"):
            with sight.page(1280, scheme) as page:
                log_in(page, house)
                page.goto(f"{house.url}/admin/{going}")
                while int(page.locator(".five dd").first.inner_text().replace(",", "")) < 200:
                    page.wait_for_timeout(1000)
                take(page, house, f"console-digest-{scheme}")
                for name in ROOMS if scheme == "light" else ("today",):
                    page.goto(f"{house.url}/admin/{ROOMS[name].replace('BOAT', boat)}")
                    take(page, house, f"console-{name}-{scheme}")
        acts(sight, house)
        house.bring("The lock-keeper’s ledger")
        with house.without_credit(), sight.page(1280) as page:
            log_in(page, house)
            page.goto(f"{house.url}/admin/editions/next/weekly")
            take(page, house, "console-stopped-light")


ROOMS = {
    "today": "",
    "item": "items/BOAT",
    "terms": "terms/1",
    "sources": "sources",
    "items": "items",
    "ask": "terms/requests/new?publisher=south-desk&channel=partner",
}
"""Rooms by the name of their picture."""

TABLE = """email,confirmed_at,method,wording
ines.marlow@mail.example,2026-03-04,form on the site,"Send me the weekly digest of Riverside Bulletin."
tom.ferrow@post.example,2026-05-17,form on the site,"Send me the weekly digest of Riverside Bulletin."
wren@castellane.example,,,
ada lovell,2026-05-18,,
"""


def acts(sight: Sight, house: House) -> None:
    """What is done in a few steps: a permission weighed, readers looked at; and one room on a phone, in the dark."""
    with sight.page(1280) as page:
        log_in(page, house)
        page.goto(f"{house.url}/admin/terms/new")
        page.get_by_label("Publisher", exact=True).select_option("estuary-commons")
        page.get_by_label("Letter or message").fill("letter of 12 November")
        page.get_by_label("Their words").fill("Carry our notes, with our names and a link.")
        page.get_by_role("button", name="Show what changes").click()
        page.get_by_role("button", name="Record the permission").wait_for()
        take(page, house, "console-permit-light")
        page.goto(f"{house.url}/admin/readers/import")
        file = {"name": "members.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
        page.get_by_label("Table (CSV").set_input_files(file)
        page.get_by_role("button", name="Show what would happen").click()
        page.get_by_role("heading", name="would join").wait_for()
        take(page, house, "console-import-light")
    with sight.page(360, "dark") as page:
        log_in(page, house)
        page.goto(f"{house.url}/admin/terms/requests")
        take(page, house, "console-asked-360-dark")


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
