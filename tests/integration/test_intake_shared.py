# SPDX-License-Identifier: Apache-2.0
"""Intake on real feeds and in a world of simulated publishers; both live beside the checkout."""

import asyncio
import contextlib
import http.client
import io
import json
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest

from syndicate.errors import FetchError, ParseError
from syndicate.intake.client import Client, Limits
from syndicate.intake.fetch import Fetcher
from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.intake.sandbox import Reader
from syndicate.intake.text import one_line
from syndicate.model import Publisher, Source

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FEEDS = sorted(path for path in (SHARED / "corpus" / "feeds").glob("*") if path.name != "index.json")
AGENT = "syndicate-test/1 (+https://own.example/; desk@own.example)"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FEEDS, reason="the neighbouring folder of shared data is absent"),
]
WAITING = {"slow", "stalled", "hanging"}

FAILED = {  # behaviour: the error that it must end in, and words of it
    "redirect-loop": (FetchError, "more than 5 times"),
    "redirect-file": (FetchError, "no web address"),
    "gone": (FetchError, "410"),
    "not-found": (FetchError, "404"),
    "unauthorised": (FetchError, "401"),
    "unavailable": (FetchError, "503"),
    "error": (FetchError, "500"),
    "slow": (FetchError, "not complete"),
    "stalled": (FetchError, "not complete"),
    "hanging": (FetchError, "not complete"),
    "reset": (FetchError, "connection failed"),
    "cut": (FetchError, "cut short"),
    "truncated-xml": (ParseError, "cut short"),
    "truncated-gzip": (FetchError, "cut short"),
    "empty": (ParseError, "empty"),
    "html-instead": (ParseError, "web page"),
    "huge": (FetchError, "larger than"),
    "gzip-bomb": (FetchError, "larger than"),
    "entity-bomb": (ParseError, "entities"),
}
MOVED = ("redirect-301", "redirect-308")


def ask(base, path):
    """What the world says about itself."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(base).netloc)) as connection:
        connection.request("GET", path)
        return json.load(connection.getresponse())


def count(path):
    """How many entries plain feedparser finds, or a JSON Feed holds."""
    body = path.read_bytes()
    if path.suffix == ".json":
        return len(json.loads(body)["items"])
    return len(feedparser.parse(io.BytesIO(body)).entries)  # noqa: TID251 -- what we are measured against


@pytest.mark.parametrize("path", FEEDS, ids=[path.name for path in FEEDS])
def test_real_feeds_lose_nothing(path):
    """Every real feed parses to at least as many entries as plain feedparser finds; items lose only what stands twice."""
    parsed = parse(path.read_bytes(), url="https://own.example/feed")
    assert len(parsed.entries) >= count(path)
    feed = normalise(parsed, Source("own", "https://own.example/feed", Publisher("own", "Own")))
    assert len(feed.items) >= len({(entry.identity or entry.link, entry.title.value) for entry in parsed.entries})
    for item in feed.items:
        for url in (item.url, *(link.href for link in item.links), *(enclosure.url for enclosure in item.enclosures)):
            assert url == "" or url.startswith(("http://", "https://"))
        assert item.title == one_line(item.title)


@pytest.fixture(scope="module")
def world():
    """A world of publishers on an ephemeral port: its base URL and what is true in it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    program = str(SHARED / "feedworld" / "feedworld.py")
    options = ["--sources", "60", "--corpus-share", "0", "--slow-seconds", "3", "--hang-seconds", "3", "--port", port]
    process = subprocess.Popen(
        [sys.executable, program, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        process.stdout.readline()  # says that it listens
        base = f"http://127.0.0.1:{port}"
        yield base, ask(base, "/_world/truth.json")
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def polled(world):
    """Every source of the world, polled once: key -> (what was fetched, the feed), or the error."""
    _, truth = world

    async def poll(fetcher, reader, source):
        try:
            got = await fetcher.fetch(source["feed"])
            recorded = Source(source["key"], source["feed"], Publisher(source["key"], source["name"], source["home"]))
            reading = await reader.read(got.body, url=got.url, content_type=got.content_type, source=recorded)
        except (FetchError, ParseError) as error:
            return error
        return got, reading.feed

    async def run():
        reader = Reader()
        try:
            async with Client(AGENT, allow_private=True, limits=Limits(timeout=2.0)) as client:
                fetcher = Fetcher(client)
                waiting = [source for source in truth["sources"] if source["behaviour"] in WAITING]
                begun = [asyncio.create_task(poll(fetcher, reader, source)) for source in waiting]
                others = [source for source in truth["sources"] if source["behaviour"] not in WAITING]
                outcomes = {source["key"]: await poll(fetcher, reader, source) for source in others}
                return outcomes | {source["key"]: await task for source, task in zip(waiting, begun, strict=True)}
        finally:
            await reader.close()

    return asyncio.run(run())


def test_every_behaviour_ends_as_it_should(world, polled):
    """Each HTTP habit and each broken document gives items or the right error, and nothing was fetched behind our back."""
    base, truth = world
    names = [entry["name"] if isinstance(entry, dict) else entry for entry in ask(base, "/_world/behaviours")]
    for name in names:
        outcome = polled[name]
        if name in FAILED:
            kind, words = FAILED[name]
            assert isinstance(outcome, kind), (name, outcome)
            assert words in outcome.what
            continue
        assert not isinstance(outcome, Exception), (name, outcome)
        got, feed = outcome
        assert bool(got.moved_to) is (name in MOVED), name
        wanted = {item["url"] for item in truth["items"] if item["source"] == name}
        assert {item.url for item in feed.items} == wanted, name
    assert not any(ask(base, "/_world/stats")["canaries"].values())


def test_texts_survive_every_encoding(world, polled):
    """Titles are the true ones, whatever the declared encoding."""
    _, truth = world
    titles = {item["url"]: " ".join(item["title"].split()) for item in truth["items"]}
    for name in ("wrong-charset", "misdeclared", "legacy-encoding", "utf-16", "bom", "wrong-type", "chunked"):
        for item in polled[name][1].items:
            assert item.title == titles[item.url], name


def test_claims_are_the_true_ones(world, polled):
    """Every credited copy claims exactly its credited page or name; no original and no uncredited copy claims anything."""
    _, truth = world
    names = {source["key"]: source["name"] for source in truth["sources"]}
    feeds = [outcome[1] for key, outcome in polled.items() if key.isdigit() and not isinstance(outcome, Exception)]
    true = {item["url"]: item for item in truth["items"]}
    checked = 0
    for item in (item for feed in feeds for item in feed.items):
        wanted = true[item.url]
        lines = [(claim.name, bool(claim.url)) for claim in item.claims if claim.kind == "credit-line"]
        expected = [(names[wanted["credit_names"]], wanted["credit"] == "line+link")] if wanted["credit"] else []
        assert lines == expected, item.url
        assert wanted["credit"] or not item.claims
        checked += bool(wanted["credit"])
    assert checked > 30
