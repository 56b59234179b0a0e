# SPDX-License-Identifier: Apache-2.0
"""Every way to say where a text came from, polled over real HTTP: the chain, its evidence, all outputs, `explain`."""

import asyncio
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import escape
from time import monotonic

import pytest
from lxml import etree
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner
from werkzeug import Response

from syndicate.app import open_app
from syndicate.cli.main import app as command
from syndicate.pipeline.compose import compose_feed
from syndicate.pipeline.origins import trace_arrivals
from syndicate.pipeline.poll import poll
from syndicate.pipeline.webpages import read_pages

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
STORY = "".join(f"<p>{' '.join(f'ferry{n * m}' for m in range(3, 43))}.</p>" for n in range(7, 12))
NOTE = "<p>A short note of ours about it.</p>"
BY = "https://creativecommons.org/licenses/by/4.0/"


def rss(home, title, body, more="", published="22 Nov 2026 09:00:00"):
    """A feed of one item with its page at the home's /1."""
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>F</title><link>{home}</link><item><title>{title}</title><link>{home}1</link><guid>{home}1</guid>"
        f"<description>{escape(body)}</description><pubDate>Sun, {published} GMT</pubDate>{more}</item></channel></rss>"
    )


def atom(home, body, more):
    """The same as Atom."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{home}</id><title>F</title><updated>2026-11-22T09:00:00Z</updated>'
        f'<link href="{home}"/><entry><id>{home}1</id><title>Ours</title><link href="{home}1"/>{more}'
        f'<updated>2026-11-22T09:00:00Z</updated><content type="html">{escape(body)}</content></entry></feed>'
    )


def json_feed(home, body, **more):
    """The same as JSON Feed."""
    item = {"id": f"{home}1", "url": f"{home}1", "title": "Ours", "content_html": body} | more
    item["date_published"] = "2026-11-22T09:00:00Z"
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "F", "home_page_url": home, "items": [item]}
    )


class Press:
    """Two publishers on loopback, South Desk with one story, and a site of ours that polls both."""

    def __init__(self, south, marsh, folder):
        self.folder, self.pages = folder, {"south": {}, "marsh": {}}
        self.servers = {"south": south, "marsh": marsh}
        self.south, self.marsh = south.url_for("/"), marsh.url_for("/")
        for name, server in self.servers.items():
            server.expect_request("/robots.txt").respond_with_data("", content_type="text/plain")
            server.expect_request("/feed").respond_with_handler(lambda _, name=name: self.answer(name, "feed"))
            server.expect_request("/1").respond_with_handler(lambda _, name=name: self.answer(name, "1"))
        self.pages["south"]["feed"] = rss(self.south, "The ferry", STORY, published="22 Nov 2026 01:00:00")

    def answer(self, name, page):
        """What a publisher serves."""
        body = self.pages[name].get(page)
        return Response(body or "", 200 if body else 404, mimetype="text/html" if page == "1" else "application/xml")

    def poll(self, pages="false", *, names=("south", "marsh"), now=NOW):
        """Poll these, read their pages where asked for, compose all feeds, and tell Marsh & Mill's item if there is one."""
        self.path = self.folder / "config.yaml"
        self.path.write_text(
            f"""
site: {{name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}}
network: {{allow_private: true, pause: 0s}}
publishers:
  south: {{name: South Desk, home: "{self.south}", terms: all-rights-reserved}}
  marsh: {{name: Marsh & Mill, home: "{self.marsh}", terms: CC-BY-4.0}}
sources:
  - {{id: south, url: "{self.south}feed", publisher: south, pages: false}}
  - {{id: marsh, url: "{self.marsh}feed", publisher: marsh, pages: {pages}}}
channels:
  community: {{kind: feed, medium: web, purpose: community, formats: [rss, atom, json], select: {{sources: [marsh]}}}}
  shop: {{kind: feed, medium: web, purpose: commercial, ads: around, formats: [json]}}
""",
            encoding="utf-8",
        )

        async def run(app):
            async with app.polling() as polling, app.pages_of_others() as fetcher:
                for polled in await poll(polling, list(names)):
                    assert polled.error == ""
                await read_pages(app.browsing(polling, fetcher))
            trace_arrivals(app.store, app.config.publishers)

        began = monotonic()  # the clock moves: a host's pages take turns by it
        with closing(open_app(self.path, now=lambda: now + timedelta(seconds=monotonic() - began))) as app:
            asyncio.run(run(app))
            with app.store.read() as tx:
                found = next(iter(tx.items.find(f"{self.marsh}1")), None)
            parts = compose_feed(app.composing, app.channel("community")).edition.parts
            self.feeds = {part.name: part.content for part in parts}
            (shop,) = compose_feed(app.composing, app.channel("shop")).edition.parts
            self.shop = json.loads(shop.content)["items"]
        return found


@pytest.fixture
def press(tmp_path):
    """The two publishers."""
    with HTTPServer("127.0.0.1") as south, HTTPServer("localhost") as marsh:
        yield Press(south, marsh, tmp_path)


LINES = {
    "English": "First published by {link}.",
    "French": "Publié d’abord par {link}.",
    "German": "Zuerst erschienen bei {link}.",
    "Spanish": "Publicado originalmente en {link}.",
}


def credit(press, line):
    """A note with a credit line to South Desk's page."""
    link = f'<a href="{press.south}1">South Desk</a>'
    return f"{NOTE}<p>{line.format(link=link)}</p>"


WAYS = {
    "source": (lambda p: rss(p.marsh, "Ours", NOTE, f'<source url="{p.south}feed">South Desk</source>'), "source"),
    "dc:source": (lambda p: rss(p.marsh, "Ours", NOTE, f"<dc:source>{p.south}1</dc:source>"), "source"),
    "atom:source": (
        lambda p: atom(
            p.marsh, NOTE, f"<source><id>{p.south}</id><title>South Desk</title><link href='{p.south}'/></source>"
        ),
        "source",
    ),
    "via": (lambda p: atom(p.marsh, NOTE, f'<link rel="via" href="{p.south}1"/>'), "via"),
    "external_url": (lambda p: json_feed(p.marsh, NOTE, external_url=f"{p.south}1"), "source"),
    "by-line": (
        lambda p: rss(
            p.marsh,
            "Ours",
            f'<p>By Ann Lee, Marsh &amp; Mill, November 22, 2026<br><a href="{p.south}1">South Desk</a>, November 20, 2026'
            f"</p>{NOTE}",
        ),
        "by-line",
    ),
    "near copy, edited headline": (lambda p: rss(p.marsh, "Analysis: what you must know", STORY), "near-copy"),
    "near copy, in part": (lambda p: rss(p.marsh, "The ferry", STORY[: STORY.index("</p>") * 2 + 4]), "near-copy"),
} | {
    f"credit line in {language}": (lambda p, line=line: rss(p.marsh, "Ours", credit(p, line)), "credit-line")
    for language, line in LINES.items()
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_say_it(press, way):
    """The copier's licence never governs; chain and evidence stand in the store, in all three feeds and in `explain`."""
    document, kind = WAYS[way]
    press.pages["marsh"]["feed"] = document(press)
    told(press, press.poll(), kind)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ('<link rel="canonical" href="{south}1">', "canonical"),
        ('<script type="application/ld+json">{{"@type": "Article", "isBasedOn": "{south}1"}}</script>', "based-on"),
    ],
)
def test_every_way_a_page_says_it(press, head, kind):
    """What only the article's page says makes the same chain."""
    press.pages["marsh"]["feed"] = rss(press.marsh, "Ours", NOTE)
    press.pages["marsh"]["1"] = f"<html><head>{head.format(south=press.south)}</head><body>{NOTE * 9}</body></html>"
    told(press, press.poll(pages="true"), kind)


def test_a_new_source_that_backdates(press):
    """A new source with an older date takes nothing over that we held: neither is called the holder, both are links."""
    press.pages["marsh"]["feed"] = rss(press.marsh, "The ferry", STORY, published="8 Nov 2026 01:00:00")
    press.poll(names=["south"])
    press.poll(names=["marsh"], now=NOW + timedelta(days=2))
    (entry,) = press.shop
    assert (entry["url"], entry["_syndicate"]["mode"]) == (f"{press.south}1", "link")
    assert [hop["name"] for hop in entry["_syndicate"]["chain"]] == ["South Desk"]
    for ours, theirs in ((press.south, press.marsh), (press.marsh, press.south)):
        said = CliRunner().invoke(command, ["explain", f"{ours}1", "--json", "-c", str(press.path)])
        (explained,) = json.loads(said.output)
        assert not explained["chain"]["origin_known"]
        ((why,),) = [hop["because"] for hop in explained["chain"]["hops"]]
        assert (why["kind"], why["url"]) == ("near-copy", f"{theirs}1")
        assert {one["decision"]["mode"] for one in explained["channels"]} == {"link"}
        said = CliRunner().invoke(command, ["explain", f"{ours}1", "-c", str(press.path)])
        assert "holds the copyright" not in said.output


def told(press, found, kind):
    """South Desk and Marsh & Mill are told wherever a reader or a machine may ask."""
    assert [hop.publisher_id for hop in found.chain.hops] == ["south", "marsh"]
    assert kind in {why.kind for why in found.chain.hops[-1].because} | {claim.kind for claim in found.item.claims}
    (entry,) = json.loads(press.feeds["json"])["items"]
    assert entry["_syndicate"]["mode"] == "link"
    assert [hop["name"] for hop in entry["_syndicate"]["chain"]] == ["South Desk", "Marsh & Mill"]
    for form in ("rss", "atom"):
        document = etree.fromstring(press.feeds[form])
        assert "South Desk" in " ".join(document.itertext())
        if found.chain.hops[0].url:  # RSS names a feed and no page
            assert document.findall(f".//{ATOM}link[@rel='via']")
    said = CliRunner().invoke(command, ["explain", f"{press.marsh}1", "--json", "-c", str(press.path)])
    (explained,) = json.loads(said.output)
    assert [hop["publisher_id"] for hop in explained["chain"]["hops"]] == ["south", "marsh"]
    assert explained["chain"]["hops"][-1]["because"][0]["value"]
