# SPDX-License-Identifier: Apache-2.0
"""Real feeds, from bytes to bytes: whatever publishers serve, what leaves is valid, and the gate finds nothing missing.

Each file's items are carried in turn in full, in part in several measures, and as links: all of them in the three feed
formats, the first few in a digest, whose making takes longest. With ``SYNDICATE_CORPUS=whole`` in the environment every
item is carried in each of these ways, in feeds and in digests; that takes a quarter of an hour.
"""

import json
import os
import runpy
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.model import (
    Channel,
    ChannelKind,
    Edition,
    Entry,
    Grant,
    Limit,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Record,
    Site,
    Source,
    Verified,
)
from syndicate.proof import verify
from syndicate.publish.digest import fill, render_digest
from syndicate.publish.excerpt import settle
from syndicate.publish.feed import render_feed
from syndicate.publish.templates import environment
from syndicate.rights import licences
from syndicate.rights.addresses import leads_elsewhere
from syndicate.rights.directory import Directory
from syndicate.rights.policy import decide
from syndicate.rights.trace import trace

TESTS = Path(__file__).resolve().parents[1]
VALIDITY = SimpleNamespace(**runpy.run_path(str(TESTS / "cases/publish/validity.py")))
FIXTURES = sorted((TESTS / "cases/feeds").iterdir())
REAL = sorted(path for path in (TESTS.parents[1] / "shared/corpus/feeds").glob("*.*") if path.name != "index.json")
WHOLE = os.environ.get("SYNDICATE_CORPUS") == "whole"
IN_DIGEST = None if WHOLE else 3

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example", "Europe/Paris")
FEED = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, limit=10_000)
DIGEST = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, limit=10_000, max_size=100_000_000)
TEMPLATES = environment()
TO = {"recipient": "ada@reader.example", "message_id": "<1.a@bulletin.example>", "token": "abc"}


def in_part(**limit):
    """A record that permits so much of each item."""
    grant = Grant(Mode.EXCERPT, frozenset(Medium), frozenset(Purpose), ("credit", "link"), limit=Limit(**limit))
    return Record("own", (grant,), evidence="https://own.example/terms", quote="Quote us.", contact="a@own.example")


RECORDS = {
    "full": Record("own", licence=licences.by_id("CC-BY-4.0"), evidence="https://own.example/terms", quote="CC BY 4.0"),
    "words": in_part(words=40),
    "paragraph": in_part(paragraphs=1),
    "half": in_part(),
    "link": Record("own", otherwise=Mode.LINK),
}
WAYS = [[name] for name in RECORDS] if WHOLE else [["full", "half", "link", "full", "words", "full", "paragraph"]]


def read(path):
    """The feed of a file, parsed and normalised, and its publisher, whose home is the feed's own host."""
    parsed = parse(path.read_bytes(), url="https://own.example/feed")
    publisher = Publisher("own", "The Publisher", f"https://{urlsplit(parsed.home).hostname or 'own.example'}/")
    return parsed, normalise(parsed, Source("own", parsed.url, publisher)), publisher


def decided(items, publisher, channel, way):
    """The items as entries, each under the next of the records that ``way`` names."""
    entries = []
    for item, name in zip(items, cycle(way), strict=False):
        chain = trace(item, publisher, {}, Directory([publisher]))
        recorded = {"own": Publisher(publisher.id, publisher.name, publisher.home, (RECORDS[name],))}
        entries.append(settle(Entry(item, chain, decide(item, chain, channel, recorded, NOW), NOW)))
    return tuple(entries)


def findings(channel, parts, entries, subject=""):
    """What the gate finds missing."""
    outcome = verify(Edition("e-1", channel, "now", NOW, parts, entries, subject), SITE)
    return () if isinstance(outcome, Verified) else outcome


def check(feed, publisher, way):
    """Feeds and digest of one file are proved and valid, and hold every item that has an address of its own."""
    entries = decided(feed.items, publisher, FEED, way)
    parts = render_feed(FEED, SITE, entries, NOW, TEMPLATES)
    assert findings(FEED, parts, entries) == ()
    assert [(part.name, fault) for part in parts for fault in VALIDITY.faults(part.name, part.content)] == []
    carried = sum(entry.decision.mode > Mode.WITHHOLD for entry in entries)
    reached = sum(bool(item.url) and not leads_elsewhere(item.url) for item in feed.items)
    assert len(json.loads(parts[-1].content)["items"]) == carried >= reached

    entries = decided(feed.items[:IN_DIGEST], publisher, DIGEST, way)
    part, subject, final = render_digest(DIGEST, SITE, entries, NOW, "2026-11-23", TEMPLATES)
    assert len(final) == len(entries)
    assert findings(DIGEST, (part,), final, subject) == ()
    assert VALIDITY.faults("mail", fill(part.content, **TO)) == []


@pytest.fixture(scope="module")
def counts(shared):
    """How many entries feedparser alone finds in each real file."""
    return {one["file"]: one["items"] for one in json.loads((shared / "corpus/feeds/index.json").read_bytes())}


@pytest.mark.shared
@pytest.mark.timeout(900 if WHOLE else 120)
@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("path", REAL or [None], ids=lambda path: path and path.name)
def test_a_real_feed_comes_out_valid(counts, path, way):
    """A feed as it was served loses no entry and gives feeds and digest that keep every duty and rule of their formats."""
    parsed, feed, publisher = read(path)
    assert len(parsed.entries) >= counts[path.name]
    check(feed, publisher, way)


@pytest.mark.parametrize("way", [[name] for name in RECORDS], ids="-".join)
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_a_troublesome_feed_comes_out_valid(path, way):
    """The same for feeds with what made trouble in real ones, in every way of carrying them."""
    _, feed, publisher = read(path)
    check(feed, publisher, way)
