# SPDX-License-Identifier: Apache-2.0
"""Reading in child processes: bounds, and what one document's end means for the others."""

import asyncio

import pytest

from syndicate.errors import ParseError
from syndicate.intake.sandbox import Reader
from syndicate.model import Publisher, Source

SOURCE = Source("own", "https://own.example/feed", Publisher("own-weekly", "Own Weekly", "https://own.example/"))
GOOD = b"<rss version='2.0'><channel><title>Own</title><item><title>A</title><link>/1</link></item></channel></rss>"
ENDLESS = (  # with an element that sends the document to feedparser, which is slow with attributes
    b"<rss version='2.0'><channel><item><abstract/><x "
    + b" ".join(b"a%d='1'" % n for n in range(300_000))
    + b"/></item></channel></rss>"
)


def read(*bodies, **limits):
    """What becomes of each body, read at once by one reader."""

    async def run():
        reader = Reader(**limits)
        try:
            tasks = (reader.read(body, url=SOURCE.url, content_type="", source=SOURCE) for body in bodies)
            return await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await reader.close()

    return asyncio.run(run())


def test_a_document_comes_back_as_a_feed():
    """The child's answer is the whole feed; its refusal is the same error as in this process."""
    reading, error = read(GOOD, b"<html></html>")
    assert [item.url for item in reading.feed.items] == ["https://own.example/1"]
    assert isinstance(error, ParseError)
    assert "web page" in error.what
    assert (error.subject, bool(error.remedy)) == (SOURCE.url, True)


def test_a_document_that_takes_too_long_harms_no_other():
    """A hostile document is given up at its limit; those before and behind it are read."""
    first, endless, last = read(GOOD, ENDLESS, GOOD, seconds=1)
    assert isinstance(endless, ParseError)
    assert "seconds" in endless.what
    assert first == last
    assert len(last.listed) == 1


def test_a_document_that_takes_too_much_memory_harms_no_other():
    """A child that may have little memory refuses a large document and reads the next."""
    large = GOOD.replace(b"<title>A</title>", b"<description>" + b"<b>x</b>&amp;" * 3_000_000 + b"</description>")
    error, reading = read(large, GOOD, memory=400_000_000)
    assert isinstance(error, ParseError)
    assert len(reading.listed) == 1


def test_closing_gives_up_what_runs():
    """Closing does not wait for a hostile document."""

    async def run():
        reader = Reader()
        task = asyncio.ensure_future(reader.read(ENDLESS, url=SOURCE.url, content_type="", source=SOURCE))
        await asyncio.wait([task], timeout=0.5)
        await reader.close()
        with pytest.raises(ParseError, match="given up"):
            await task

    asyncio.run(run())


def test_a_cancelled_task_stays_cancelled():
    """Who stops waiting for a document gets a cancellation, and its child is free for the next."""

    async def run():
        reader = Reader()
        task = asyncio.ensure_future(reader.read(ENDLESS, url=SOURCE.url, content_type="", source=SOURCE))
        await asyncio.wait([task], timeout=0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        reading = await reader.read(GOOD, url=SOURCE.url, content_type="", source=SOURCE)
        await reader.close()
        return reading

    assert len(asyncio.run(run()).listed) == 1
