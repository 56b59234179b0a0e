# SPDX-License-Identifier: Apache-2.0
"""An entry whose id or link says something else than before is still the one item that we hold."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.intake import delta
from syndicate.model import Fetched, Publisher, Source
from syndicate.pipeline.poll import Polling, poll
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOUTH = Publisher("south", "South Desk", "https://south.example/")
SOURCE = Source("south", "https://south.example/feed.xml", SOUTH)


class Wire:
    """Fetches what it was told last, and reads it."""

    async def fetch(self, url, **_):
        """The document as it is now."""
        return Fetched(200, url, self.body.encode(), "application/rss+xml")

    async def read(self, body, *, url, content_type, source, marks, then):
        """Read in this process."""
        reading = delta.read(body, url=url, content_type=content_type, source=source, marks=marks)
        return replace(reading, feed=reading.feed and then(reading.feed))


class House:
    """A store with one source."""

    def __init__(self, folder):
        self.store, self.wire = databases.open(folder), Wire()
        with self.store.write() as tx:
            tx.sources.sync([SOURCE], NOW)

    def poll(self, *entries):
        """Poll a feed of these entries, each (guid, link, title); what was new and changed, and what we hold now."""
        rows = "".join(
            f"<item>{f'<guid>{guid}</guid>' if guid else ''}<link>{link}</link><title>{title}</title></item>"
            for guid, link, title in entries
        )
        self.wire.body = f"<rss version='2.0'><channel><title>South Desk</title>{rows}</channel></rss>"
        polling = Polling(self.store, self.wire, self.wire, lambda: NOW, {"south": SOURCE}, {"south": SOUTH})
        (polled,) = asyncio.run(poll(polling, ["south"]))
        assert polled.error == ""
        with self.store.read() as tx:
            return len(polled.new), len(polled.changed), sorted(s.item.title for s in tx.items.newest(10))


@pytest.fixture
def house(tmp_path):
    """A house with nothing in it."""
    return House(tmp_path)


A, B, C = (f"https://south.example/{name}" for name in "abc")


def test_an_id_that_others_begin_to_share(house):
    """An item that was known by its id is the same item when another takes that id too, and when it is alone again."""
    assert house.poll(("1", A, "Ferry")) == (1, 0, ["Ferry"])
    assert house.poll(("1", A, "Ferry"), ("1", B, "Mill"))[::2] == (1, ["Ferry", "Mill"])
    assert house.poll(("1", B, "Mill"))[::2] == (0, ["Ferry", "Mill"])
    assert house.poll(("1", B, "The mill"), ("1", A, "Ferry"))[::2] == (0, ["Ferry", "The mill"])


def test_two_entries_with_one_id_and_one_page(house):
    """Of two that could be the item, the one with its title is; the other is an item of its own, once."""
    assert house.poll(("1", A, "Ferry")) == (1, 0, ["Ferry"])
    assert house.poll(("1", A, "Mill"), ("1", A, "Ferry"))[::2] == (1, ["Ferry", "Mill"])
    assert house.poll(("1", A, "Mill"), ("1", A, "Ferry"), ("2", B, "Lock"))[::2] == (1, ["Ferry", "Lock", "Mill"])


def test_a_link_that_loses_what_tracks_its_reader(house):
    """Without an id, a link with and without campaign parameters names one item; other parameters part items."""
    assert house.poll(("", f"{A}?utm_source=rss&amp;page=2", "Ferry")) == (1, 0, ["Ferry"])
    assert house.poll(("", f"{A}?page=2#top", "Ferry"), ("", f"{A}?page=3", "Mill"))[::2] == (
        2,
        ["Ferry", "Ferry", "Mill"],
    )
    assert house.poll(("", f"{A}?page=2&amp;fbclid=x", "Ferry"), ("", f"{A}?page=3", "Mill"))[::2] == (
        0,
        ["Ferry", "Ferry", "Mill"],
    )


def test_ids_that_come(house):
    """A publisher that begins to give ids doubles nothing."""
    assert house.poll(("", A, "Ferry"), ("", B, "Mill")) == (2, 0, ["Ferry", "Mill"])
    assert house.poll(("1", A, "Ferry"), ("2", B, "Mill"), ("3", C, "Lock"))[::2] == (1, ["Ferry", "Lock", "Mill"])


def test_another_item_is_no_item_that_we_hold(house):
    """An id that was given to one page and then to another, or a page with new ids, makes new items."""
    assert house.poll(("1", A, "Ferry"), ("1", B, "Mill")) == (2, 0, ["Ferry", "Mill"])
    assert house.poll(("1", C, "Lock"))[::2] == (1, ["Ferry", "Lock", "Mill"])
    assert house.poll(("4", A, "Weir"), ("5", A, "Ford"))[::2] == (2, ["Ferry", "Ford", "Lock", "Mill", "Weir"])
