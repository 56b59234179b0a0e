# SPDX-License-Identifier: Apache-2.0
"""A house that runs: the demo's publishers and mail server, and the real daemon with its pages, in a thread."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from jinja2 import FileSystemLoader
from playwright.sync_api import Page
from pytest_httpserver import HTTPServer

from syndicate import demo
from syndicate.app import App, clock, open_app
from syndicate.cli.readers import read_rows
from syndicate.model import Chain, Consent, Hop, Item, Person, Purpose, Role
from syndicate.pipeline.importing import bring
from syndicate.schedule.cycle import Report
from syndicate.serve.admin.passwords import hashed

NAME, PASSWORD = "Dana Whitlow", "correct horse battery"
CHANGES = {
    "    home: $world/kestrel-field-notes/\n": "    home: $world/kestrel-field-notes/\n    terms: kestrel-first-paragraph\n",
    "terms:\n  south-desk-community:": """terms:
  kestrel-first-paragraph:
    evidence: $world/kestrel-field-notes/
    quote: You may show the first paragraph, with a link to the rest.
    grants:
      - {mode: excerpt, paragraphs: 1, media: [web, email], purposes: [community], duties: [credit, copyright, link]}
    otherwise: link
  south-desk-community:""",
}
"""What the demo's configuration lacks: a publisher of whose stories only a part may be shown."""


class House:
    """The daemon at work: ``url`` is where it serves, ``app`` its open configuration, ``sink`` where mail arrives."""

    def __init__(self, folder: Path, readers: int = 3, more: str = "") -> None:
        self.folder = folder
        self._readers = readers
        self._more = more  # lines of configuration
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._fault: BaseException | None = None
        self.app: App
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[House]:
        """Start, wait for the first cycle, and stop at the end."""
        self._thread.start()
        assert self._ready.wait(240), "the daemon did not start"  # on a crowded machine it takes its time
        if self._fault:
            raise self._fault
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(60)

    def do(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run something on the daemon's own loop."""
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(60)

    @contextmanager
    def publisher(self) -> Iterator[str]:
        """One more site, with a feed and words about reuse: its address."""
        with HTTPServer(host="127.0.0.1") as site:
            at = site.url_for("").rstrip("/")
            reuse = "Community websites may republish our articles in full, free of charge, if you credit Tarn Review."
            link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
            page = f"<html><head>{link}</head><body><p>News.</p><footer><p>{reuse}</p></footer></body></html>"
            item = (
                f"<item><title>The tarn froze</title><link>{at}/tarn</link><description>It froze.</description></item>"
            )
            feed = f"<rss version='2.0'><channel><title>Tarn Review</title><link>{at}/</link>{item}</channel></rss>"
            site.expect_request("/").respond_with_data(page, content_type="text/html")
            site.expect_request("/feed").respond_with_data(feed, content_type="application/rss+xml")
            site.expect_request("/robots.txt").respond_with_data("", status=404)
            yield at

    @contextmanager
    def without_credit(self) -> Iterator[None]:
        """An operator's template that loses the credit of the text part."""
        broken = self.folder / "broken"
        broken.mkdir()
        (broken / "credit.txt").write_text("Thank you all.\n", encoding="utf-8")
        templates = self.app.templates
        loaders, cache = cast("Any", templates.loader).loaders, cast("Any", templates.cache)
        loaders.insert(0, FileSystemLoader(broken))
        cache.clear()
        try:
            yield
        finally:
            loaders.pop(0)
            cache.clear()

    def mail_to(self, recipient: str) -> list[bytes]:
        """The messages that came for an address, oldest first."""
        return [one.path.read_bytes() for one in self.sink.messages if recipient in one.recipients]

    def bring(self, title: str) -> Item:
        """A new story of South Desk."""
        now, slug = clock(), title.lower().replace(" ", "-")
        publisher = self.app.config.publishers["south-desk"]
        url = f"{publisher.home}{slug}"
        text = f"{title}. Nobody had expected it so early in the year."
        item = Item(
            f"i-{hashlib.sha256(slug.encode()).hexdigest()[:16]}", "south-desk", publisher.id, url, url, title,
            f"<p>{text}</p>", text, authors=(Person("Ines Marlow"),), published=now, updated=now,
        )  # fmt: skip
        chain = Chain((Hop(Role.ORIGIN, publisher.name, publisher.id, url, now, item.id),))
        with self.app.store.write() as tx:
            tx.items.put("south-desk", [item], {item.id: chain}, {}, {}, now=now, first_poll=False)
        return item

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as fault:  # noqa: BLE001 - whoever waits is told
            self._fault = fault
            self._ready.set()
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with AsyncExitStack() as stack:
            self.world = await stack.enter_async_context(demo.world(clock()))
            self.sink = await stack.enter_async_context(demo.sink(self.folder / "mail"))
            config = self.folder / "config.yaml"
            text = demo.demo_config(self.world.port, self.sink.port, self.folder, 8080)
            for old, new in CHANGES.items():
                world = f"http://{demo.HOST}:{self.world.port}"
                text = text.replace(old.replace("$world", world), new.replace("$world", world))
            config.write_text(text + self._more, encoding="utf-8")
            self.app = open_app(config)
            stack.callback(self.app.close)
            self._people()
            first = asyncio.Event()

            def tell(_report: Report) -> None:
                first.set()

            port = await stack.enter_async_context(self.app.daemon(demo.HOST, 0, tell))
            self.url = f"http://{demo.HOST}:{port}"
            await first.wait()
            self._ready.set()
            await self._stop.wait()

    def _people(self) -> None:
        app, now = self.app, clock()
        (self.folder / "readers.csv").write_text(demo.readers(now), encoding="utf-8")
        weekly = app.channel("weekly")
        bring(app.composing, weekly, read_rows(self.folder / "readers.csv", weekly, now), "readers.csv")
        consent = Consent(Purpose.COMMUNITY, demo.config.WORDING, "form on the site", now)
        more = {f"reader-{n}@reader.example": consent for n in range(self._readers - 3)}
        with app.store.write() as tx:
            tx.people.add_confirmed(weekly.id, more, now=now)
            tx.operators.put(NAME, hashed(PASSWORD), now)


def log_in(page: Page, house: House) -> None:
    """Go through the door of the console."""
    page.goto(f"{house.url}/admin/login")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{house.url}/admin/")


def story(house: House, title: str) -> str:
    """The path of a story's page, by the beginning of its title."""
    with house.app.store.read() as tx:
        held = next(one for one in tx.items.newest(100) if one.item.title.startswith(title))
    return f"/items/{held.work_id}"
