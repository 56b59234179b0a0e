# SPDX-License-Identifier: Apache-2.0
"""The demo's world: every publisher answers, each says what the demo needs it to say, and mail is kept."""

from __future__ import annotations

import asyncio
import builtins
import csv
import email
import io
import re
import socket
from datetime import UTC, datetime
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import feedparser
import pytest
from lxml import etree

from syndicate import config, demo
from syndicate.errors import UsageError
from syndicate.model import Medium, Mode
from syndicate.rights import licences

NOW = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)


def run(story):
    """Run a coroutine function inside a fresh world; what it returns is returned."""

    async def inside():
        async with demo.world(NOW, archive=True) as world, aiohttp.ClientSession() as web:
            return await story(world, web)

    return asyncio.run(inside())


def parsed(body):
    """What an independent reader finds in a feed."""
    return feedparser.parse(io.BytesIO(body))  # noqa: TID251 - the reader under test is not ours


async def fetch(web, url, **headers):
    """Status, headers and body of a GET."""
    async with web.get(url, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


def test_feeds_parse_with_whole_stories():
    """Every feed but the broken one is well-formed and carries two stories or more, each with text, date and link."""

    async def story(world, web):
        return {name: await fetch(web, url) for name, url in world.feeds.items()}

    for name, (status, headers, body) in run(story).items():
        assert status == 200
        assert headers["ETag"]
        if name in {"vale-county-record", "estuary-commons"}:
            continue
        found = parsed(body)
        assert not found.bozo, name
        assert len(found.entries) >= 2
        for entry in found.entries:
            assert entry.title
            assert entry.link.startswith("http://127.0.0.1:")
            assert entry.published_parsed.tm_year == 2026
            assert len(re.findall("<p>", entry.content[0].value)) >= 3


def test_broken_feed_is_broken():
    """The seventh feed stops in the middle, so that no XML parser takes it whole."""

    async def story(world, web):
        return await fetch(web, world.feeds["vale-county-record"])

    _, _, body = run(story)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)


def test_second_request_is_answered_304():
    """A feed that has not changed is not sent again."""

    async def story(world, web):
        url = world.feeds["south-desk"]
        _, headers, _ = await fetch(web, url)
        return await fetch(web, url, **{"If-None-Match": headers["ETag"]})

    status, headers, body = run(story)
    assert (status, body) == (304, b"")
    assert headers["ETag"]


def test_founding_case_says_everything():
    """The cross-posted page carries every statement of the founding case, and the origin's text unchanged."""

    async def story(world, web):
        here = await fetch(web, world.feeds["harbour-review"])
        there = await fetch(web, world.feeds["south-desk"])
        return world.port, parsed(here[2]), parsed(there[2])

    port, here, there = run(story)
    copy = next(one for one in here.entries if "last boat" in one.title)
    origin = next(one for one in there.entries if "last boat" in one.title)
    html = copy.content[0].value
    at = f"http://127.0.0.1:{port}"
    assert origin.content[0].value in html
    assert copy.published_parsed > origin.published_parsed
    assert "Harbour Review, November 23, 2026" in html
    assert "South Desk, November 22, 2026" in html
    assert f'The original source of this article is <a href="{at}/south-desk/the-last-boat">South Desk</a>' in html
    assert "Copyright © South Desk, 2026" in html
    assert f">{at}/south-desk/film/the-last-boat.mp4</a>" in html
    for words in (
        "Note to readers",
        "Support us",
        "The author alone is responsible",
        "cross-post its articles on community internet sites",
        "rights@harbour-review.example",
        "fair use",
    ):
        assert words in html
    assert {tag.scheme.rpartition("/")[2] for tag in copy.tags} == {"region", "theme", "in-depth-report"}


def test_rights_statements_of_the_others():
    """CC BY and CC BY-NC-ND stand in their feeds by machine, all rights reserved in words, and one is silent."""

    async def story(world, web):
        return {name: (await fetch(web, url))[2].decode() for name, url in world.feeds.items()}

    feeds = run(story)
    assert "<creativeCommons:license>https://creativecommons.org/licenses/by/4.0/<" in feeds["lindenfeld-courier"]
    assert (
        '<link rel="license" href="https://creativecommons.org/licenses/by-nc-nd/4.0/"/>'
        in feeds["kestrel-field-notes"]
    )
    assert "Marsh &amp; Mill. All rights reserved." in feeds["marsh-and-mill"]
    assert not re.search("rights|licen[cs]e|©|copyright", feeds["estuary-commons"], re.IGNORECASE)


def test_every_link_of_a_home_page_answers(tmp_path):
    """Home pages, articles and the pages with terms are there; what the recorded terms quote stands on them."""

    async def story(world, web):
        pages = {}
        for outlet in world.outlets:
            for url in (
                outlet.home,
                *(one.url for one in outlet.stories),
                *([f"{outlet.home}republish"] if outlet.terms[0] else []),
            ):
                pages[url] = await fetch(web, url)
        return world, pages, (await fetch(web, f"http://127.0.0.1:{world.port}/nowhere"))[0]

    world, pages, missing = run(story)
    assert missing == 404
    assert {status for status, _, _ in pages.values()} == {200}
    text = demo.demo_config(world.port, 25, tmp_path, 8000)
    for url, quote in re.findall(r"evidence: (\S+)\n    quote: (.+)", text):
        assert quote in pages[url][2].decode()


def test_configuration_is_read_by_the_ordinary_loader(tmp_path):
    """The demo's text is a valid configuration with the founding case's terms and all four kinds of channel."""
    text = demo.demo_config(8001, 8002, tmp_path, 8003)
    loaded = config.load(text, name="demo.yaml", licence=licences.by_id, read_file=str)
    assert len(loaded.sources) == 7
    assert [one.id for one in loaded.channels] == ["community", "partner", "neighbours", "pages", "print", "weekly"]
    assert next(one for one in loaded.channels if one.id == "print").medium is Medium.PRINT
    harbour = next(one.publisher for one in loaded.sources if one.id == "harbour-review")
    assert harbour.records[0].grants[0].mode is Mode.FULL
    assert harbour.records[0].grants[0].covers == "crossposts"


def test_readers_have_consented():
    """The demo's readers come with the wording that they agreed to and the time of it."""
    rows = list(csv.DictReader(io.StringIO(demo.readers(NOW))))
    assert len(rows) == 3
    assert all(row["confirmed_at"] == NOW.isoformat() and row["wording"] for row in rows)


def test_sink_keeps_every_message_in_a_maildir(tmp_path):
    """A message that the sink accepts is a file of a Maildir, to the character."""

    async def story():
        async with demo.sink(tmp_path / "mail") as sink:
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "a@x.example", "b@x.example", "Grüße"
            message.set_content("Zeile eins\n.\n")
            await aiosmtplib.send(message, hostname="127.0.0.1", port=sink.port)
            return list(sink.messages)

    (kept,) = asyncio.run(story())
    assert kept.recipients == ("b@x.example",)
    assert email.message_from_bytes(kept.path.read_bytes())["Subject"]
    assert "\n.\n" in kept.path.read_text()


def test_taken_ports_are_told(tmp_path):
    """A port that somebody else has is an error with a remedy, for the publishers and for the sink."""

    async def story():
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(UsageError, match="another port"):
                async with demo.world(NOW, port):
                    pass
            with pytest.raises(UsageError, match="another port"):
                async with demo.sink(tmp_path / "mail", port):
                    pass

    asyncio.run(story())


def test_missing_mail_server_is_told_in_words(tmp_path, monkeypatch):
    """Without aiosmtpd the demo says what to install."""
    real = builtins.__import__

    def refuse(name, *rest):
        if name.startswith("aiosmtpd"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)

    async def story():
        async with demo.sink(tmp_path / "mail"):
            pass

    with pytest.raises(UsageError, match=r"syndicate-press\[demo\]"):
        asyncio.run(story())
