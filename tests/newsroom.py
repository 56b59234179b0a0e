# SPDX-License-Identifier: Apache-2.0
"""A publisher on loopback with a feed and pages of its own, and a site of ours that polls it, with a clock set by hand."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta

from typer.testing import CliRunner
from werkzeug import Request, Response

from syndicate.app import open_app
from syndicate.cli.main import app as command
from syndicate.errors import UsageError
from syndicate.pipeline.compose import feed_entries
from syndicate.pipeline.origins import trace_arrivals
from syndicate.pipeline.poll import poll_due
from syndicate.pipeline.webpages import read_pages

NOW = datetime(2100, 11, 22, 12, 0, tzinfo=UTC)  # commands read the real clock, which is earlier
LONG = "<p>The weir was opened on Monday and the meadows below it stood under water by noon, all of them.</p>"


class World:
    """A publisher on loopback, and a site of ours that polls it, with a clock set by hand."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.now, self.asked, self.pages = NOW, [], {}
        self.robots = "User-agent: *\nAllow: /\n"
        self.feed = [("1", "One")]
        server.expect_request("/feed.xml").respond_with_handler(self._feed)
        server.expect_request("/robots.txt").respond_with_handler(lambda _: Response(self.robots))
        for path in ("/1", "/2", "/terms", "/rsl.xml", "/.well-known/tdmrep.json", "/"):
            server.expect_request(path).respond_with_handler(self._page)

    def _feed(self, _: Request) -> Response:
        items = "".join(
            f"<item><title>{title}</title><link>{self.server.url_for('/' + path)}</link><guid>{path}</guid>"
            f"<pubDate>{path.zfill(2)} Nov 2100 00:00:00 GMT</pubDate>"
            f"<description>{LONG}</description></item>".replace("<p>", "&lt;p&gt;").replace("</p>", "&lt;/p&gt;")
            for path, title in self.feed
        )
        home = self.server.url_for("/")
        return Response(f'<rss version="2.0"><channel><title>South</title><link>{home}</link>{items}</channel></rss>')

    def _page(self, request: Request) -> Response:
        self.asked.append(request.path)
        body = self.pages.get(request.path)
        return (
            Response("gone", 404)
            if body is None
            else body
            if isinstance(body, Response)
            else Response(body, 200, mimetype="text/html")
        )

    def config(self, pages="when-unknown", terms=""):
        """Write the configuration."""
        text = f"""
site: {{name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}}
database: sqlite:///test.db
network: {{allow_private: true, pause: 0s}}
publishers:
  south: {{name: South Desk, home: "{self.server.url_for("/")}"{terms and f", terms: {terms}"}}}
terms:
  open:
    evidence: {self.server.url_for("/terms")}
    grants: [{{mode: full, duties: [credit, link]}}]
sources:
  - {{id: south, url: "{self.server.url_for("/feed.xml")}", publisher: south, pages: {pages}}}
channels:
  community: {{kind: feed, medium: web, purpose: community}}
"""
        self.path = self.folder / "config.yaml"
        self.path.write_text(text, encoding="utf-8")

    def cycle(self, later=timedelta()):
        """Poll and read the pages that are due; what was read."""
        self.now += later

        async def run(app):
            async with app.polling() as polling, app.pages_of_others() as fetcher:
                await poll_due(polling)
                read = await read_pages(app.browsing(polling, fetcher))
                trace_arrivals(app.store, app.config.publishers)
                return read

        with closing(open_app(self.path, now=lambda: self.now)) as app:
            return asyncio.run(run(app))

    def modes(self):
        """The mode of each item on the community feed, by title."""
        with closing(open_app(self.path, now=lambda: self.now)) as app, app.store.read() as tx:
            entries = feed_entries(app.composing, tx, app.channel("community"), self.now)
            return {entry.item.title: entry.decision.mode for entry in entries}

    def ledger(self):
        """The acts about terms, oldest first."""
        with closing(open_app(self.path, now=lambda: self.now)) as app, app.store.read() as tx:
            return [line.data["act"] for line in reversed(tx.ledger.tail(99, "permission"))]

    def say(self, *words, code=0):
        """Run `syndicate terms ...`; its output. 2 is the code of a usage error."""
        result = CliRunner().invoke(command, ["terms", *words, "-c", str(self.path)])
        assert (2 if isinstance(result.exception, UsageError) else result.exit_code) == code, result.output
        return result.output


def article(head="", body="", foot=""):
    """An article page."""
    return f"<html><head>{head}</head><body><main><h1>T</h1>{LONG}{body}</main><footer>{foot}</footer></body></html>"
