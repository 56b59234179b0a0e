# SPDX-License-Identifier: Apache-2.0
"""Three publishers whose feeds lie on a shelf, and a site of ours that polls them, with a clock set by hand."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from syndicate.intake import delta
from syndicate.model import (
    Channel,
    ChannelKind,
    Fetched,
    Medium,
    Publisher,
    Purpose,
    Record,
    Site,
    Source,
)
from syndicate.pipeline.compose import Composing, compose_digest, compose_feed
from syndicate.pipeline.poll import Polling, poll
from syndicate.pipeline.release import record
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.rights.policy import decide
from tests.databases import databases

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FREE = Record("free", licence=by_id("CC-BY-4.0"))
SOUTH = Publisher("south", "South Desk", "https://south.example/")
MARSH = Publisher("marsh", "Marsh & Mill", "https://marsh.example/", (FREE,))
TARN = Publisher("tarn", "Tarn Review", "https://tarn.example/", (FREE,))
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
CHANNEL = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom", "json"))
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, backfill=9, limit=9,
                 sender="Riverside Bulletin <news@bulletin.example>", subject="This week")  # fmt: skip


def prose(seed, words=200):
    """Paragraphs of invented words."""
    chance = random.Random(seed)  # noqa: S311 - invented words
    invented = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(words)]
    return [f"<p>{' '.join(invented[n : n + 40])}.</p>" for n in range(0, words, 40)]


def kanji(seed):
    """Paragraphs of a language without blanks."""
    signs = random.Random(seed).choices([chr(code) for code in range(0x4E00, 0x5A00)], k=800)  # noqa: S311 - invented words
    return [f"<p>{''.join(signs[n : n + 160])}。</p>" for n in range(0, 800, 160)]


STORY = prose("story")


class House:
    """Three publishers, their feeds on a shelf, and a database."""

    def __init__(self, folder):
        self.store = databases.open(folder)
        self.now = NOW
        self.shelf = {}
        self.publishers = {p.id: p for p in (SOUTH, MARSH, TARN)}
        self.sources = {p.id: Source(p.id, f"https://{p.id}.example/feed", p) for p in self.publishers.values()}
        with self.store.write() as tx:
            tx.sources.sync(list(self.sources.values()), NOW)
            tx.channels.sync([CHANNEL.id, WEEKLY.id], NOW)

    async def fetch(self, url, *, etag="", last_modified=""):
        """The document on the shelf."""
        assert (etag, last_modified) == ("", "")
        return Fetched(200, url, self.shelf[url.split("//")[1].split(".")[0]].encode(), "application/rss+xml")

    async def read(self, body, *, url, content_type, source, marks, then):
        """Parse in this process."""
        reading = delta.read(body, url=url, content_type=content_type, source=source, marks=marks)
        return replace(reading, feed=reading.feed and then(reading.feed))

    def show(self, name, paragraphs, *, hour=1, title="The ferry", more=(), dated=True):
        """A publisher shows a story, published some hours after midnight, and perhaps others."""
        date = f"<pubDate>Sun, 22 Nov 2026 0{hour}:00:00 GMT</pubDate>" if dated else ""
        entries = "".join(
            f"<item><title>{heading}</title><link>https://{name}.example/{n}</link><guid>https://{name}.example/{n}</guid>"
            f"<description><![CDATA[{''.join(body)}]]></description>{date}</item>"
            for n, (heading, body) in enumerate([(title, paragraphs), *more])
        )
        self.shelf[name] = (
            f'<rss version="2.0"><channel><title>{name}</title><link>https://{name}.example/</link>{entries}</channel></rss>'
        )

    def poll(self, *names):
        """Poll these, one after the other, half an hour apart."""
        for name in names:
            self.now += timedelta(minutes=30)
            polling = Polling(self.store, self, self, lambda: self.now, self.sources, self.publishers)
            (polled,) = asyncio.run(poll(polling, [name]))
            assert polled.error == ""

    def held(self, name, number=0):
        """An item as it is stored."""
        with self.store.read() as tx:
            (found,) = tx.items.find(f"https://{name}.example/{number}")
        return found

    def chain(self, name, number=0):
        """The publishers of an item's chain."""
        return [hop.publisher_id for hop in self.held(name, number).chain.hops]

    @property
    def composing(self):
        """What composing needs."""
        return Composing(self.store, lambda: self.now, SITE, self.publishers, environment(), b"k" * 32)

    def feed(self):
        """The entries of the feed that would be published now."""
        return compose_feed(self.composing, CHANNEL).edition.entries

    def publish(self):
        """Put the feed as it is now on record."""
        with self.store.write() as tx:
            record(tx, compose_feed(self.composing, CHANNEL), self.now)

    def digest(self):
        """What a digest would carry now, recorded as sent; the titles."""
        edition = compose_digest(self.composing, WEEKLY, self.now.isoformat())
        if edition is None:
            return None
        with self.store.write() as tx:
            record(tx, edition, self.now)
        return [entry.item.title for entry in edition.edition.entries]

    def mode(self, name):
        """How much of an item the channel may carry."""
        found = self.held(name)
        return decide(found.item, found.chain, CHANNEL, self.publishers, NOW).mode
