# SPDX-License-Identifier: Apache-2.0
"""From the address of a site or a feed to what could be added: its feeds, their terms, and what each channel may carry.

Everything here looks; nothing is stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from syndicate.errors import FetchError, ParseError, SyndicateError
from syndicate.model import (
    Channel,
    Decision,
    Evidence,
    Feed,
    Fetched,
    Item,
    Mode,
    Notice,
    PageReading,
    Publisher,
    Source,
    Standing,
)
from syndicate.pipeline.ports import Clock, Fetcher, PageFetcher, PageReader, Reader
from syndicate.rights.directory import Directory
from syndicate.rights.heard import heard
from syndicate.rights.kinds import PROSE_KINDS
from syndicate.rights.notices import as_row, read
from syndicate.rights.notices.glance import may_speak
from syndicate.rights.notices.suggested import is_suggestion
from syndicate.rights.policy import decide
from syndicate.rights.statements import statements
from syndicate.rights.trace import trace

COMMON = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
"""Where feeds stand that no page names, below the address and at its root."""

FEEDS = 8
"""Feeds that are looked at."""

TERMS_PAGES = 3
"""Pages of terms that are read, beside the home page."""

OK = 200
_NEW = "new"


class DocumentReader(Reader, PageReader, Protocol):
    """Reads feeds and pages."""


@dataclass(frozen=True, slots=True)
class Looking:
    """All that looking needs."""

    fetcher: Fetcher
    pages: PageFetcher
    reader: DocumentReader
    clock: Clock


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answered, as a source of its own would read it.

    ``address`` is the one that was asked for, credentials included: that a redirect is for good is for polls to prove.
    """

    address: str
    answer: Fetched
    feed: Feed

    @property
    def home(self) -> str:
        """The site that the feed belongs to."""
        return self.feed.home or urljoin(self.answer.url, "/")


@dataclass(frozen=True, slots=True)
class Heard:
    """Notices of one place, and how they read: a row as `terms read` writes it."""

    url: str
    notices: tuple[Notice, ...]
    row: Mapping[str, Any]

    @property
    def quotes(self) -> list[str]:
        """The words that count, each once."""
        return list(dict.fromkeys(" ".join(quote["text"].split()) for quote in self.row["quotes"]))

    @property
    def grants(self) -> dict[str, str]:
        """What a person may confirm: mode by class of channel."""
        return dict(self.row["grants"])


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one channel could carry of a feed: items by mode, and the reason of most of those that are not in full."""

    channel_id: str
    modes: Mapping[Mode, int]
    because: str


async def feeds(looking: Looking, url: str) -> list[Found]:
    """The feeds at an address: the one that it is, else those that its page names, else those at the usual places.

    Raises FetchError if the address does not answer, ParseError if nothing there is a feed.
    """
    answer = await looking.fetcher.fetch(url)
    try:
        return [await _feed(looking, url, answer)]
    except ParseError:
        named = (await _named(looking, answer)).feeds
    found = await _those(looking, named[:FEEDS])
    if not found:
        found = await _those(looking, _usual(answer.url), most=1)
    if found:
        return found
    tried = "the page names none that can be read, and the usual places have none"
    raise ParseError(f"there is no feed here: {tried}", subject=url, remedy="open the site and look for its feed")


async def as_source(looking: Looking, found: Found, source: Source) -> Feed:
    """The feed as the source would bring it, with what its items' own words forbid."""
    answer = found.answer
    reading = await looking.reader.read(
        answer.body, url=answer.url, content_type=answer.content_type, source=source, then=heard
    )
    return reading.feed or heard(found.feed)


async def terms(looking: Looking, feed: Feed, home: str) -> list[Heard]:
    """What the feed's own rights lines, the home page and its pages of terms say about reuse.

    Pages that cannot be read, or that robots.txt closes, are passed over.
    """
    lines = dict.fromkeys(one.value for one in feed.evidence if one.kind in PROSE_KINDS)
    first = await _polite(looking, home)
    more = [address for address in first.terms if address != home][:TERMS_PAGES]
    places = [
        (feed.url, tuple(Notice("feed-rights", line) for line in lines)),
        (home, first.notices),
        *[(address, (await _polite(looking, address)).notices) for address in more],
    ]
    return [one for url, notices in places if (one := _heard(url, notices))]


def outlook(
    items: Sequence[Item], publisher: Publisher, publishers: Mapping[str, Publisher],
    channels: Sequence[Channel], now: datetime,
) -> list[Outlook]:  # fmt: skip
    """What each channel could carry of these items, were they seen now; ``publisher`` is theirs."""
    known = {**publishers, publisher.id: publisher}
    directory = Directory(known.values())
    chains = [trace(item, publisher, {}, directory) for item in items]
    rows = []
    for channel in channels:
        made = [
            decide(item, chain, channel, known, now, Standing(now)) for item, chain in zip(items, chains, strict=True)
        ]
        rows.append(Outlook(channel.id, Counter(one.mode for one in made), _why(made)))
    return rows


def stated(items: Sequence[Item]) -> list[tuple[Evidence, int]]:
    """The licences and refusals that the items state themselves, each with how many of them do; the commonest first."""
    said: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Evidence] = {}
    for item in items:
        for one in statements(item.evidence, item.url)[:1]:
            for evidence in (*(e for _, e in one.licences), *one.refusals, *one.unread):
                key = (evidence.kind, evidence.value)
                said[key] += 1
                first.setdefault(key, evidence)
    return [(first[key], number) for key, number in said.most_common()]


def _why(made: Sequence[Decision]) -> str:
    reasons = Counter(one.because for one in made if one.mode is not Mode.FULL)
    return next((reason for reason, _ in reasons.most_common(1)), "")


def _heard(url: str, notices: Sequence[Notice]) -> Heard | None:
    speaking = tuple(one for one in notices if may_speak(one))
    reading = read(speaking)
    return Heard(url, speaking, as_row(reading)) if is_suggestion(reading) or reading.prohibitions else None


def _usual(url: str) -> list[str]:
    below = url if url.endswith("/") else f"{url}/"
    places = (urljoin(base, path) for base in (below, urljoin(url, "/")) for path in COMMON)
    return list(dict.fromkeys(places))


async def _those(looking: Looking, urls: Sequence[str], most: int = FEEDS) -> list[Found]:
    found: list[Found] = []
    for url in urls:
        try:
            found.append(await _feed(looking, url, await looking.fetcher.fetch(url)))
        except SyndicateError:
            continue
        if len(found) == most:
            break
    return found


async def _feed(looking: Looking, url: str, answer: Fetched) -> Found:
    reading = await looking.reader.read(
        answer.body, url=answer.url, content_type=answer.content_type, source=_stranger(answer.url)
    )
    if reading.feed is None:
        raise ParseError("this is no feed", subject=answer.url)
    return Found(url, answer, reading.feed)


async def _named(looking: Looking, answer: Fetched) -> PageReading:
    headers = {"content-type": answer.content_type}
    return await looking.reader.read_page(answer.body, url=answer.url, headers=headers, source=_stranger(answer.url))


async def _polite(looking: Looking, url: str) -> PageReading:
    try:
        page = await looking.pages.fetch(url)
        if page.status != OK:
            return PageReading()
        headers = {name.lower(): value for name, value in page.headers.items()}
        return await looking.reader.read_page(
            page.body, url=page.url, headers=headers, source=_stranger(page.url), terms=True
        )
    except (FetchError, ParseError):
        return PageReading()


def _stranger(url: str) -> Source:
    """A source that stands for a site which we do not know yet."""
    host = urlsplit(url).hostname or ""
    return Source(_NEW, url, Publisher(_NEW, host, urljoin(url, "/")))
