# SPDX-License-Identifier: Apache-2.0
"""READ TERMS, on web pages: the pages of items where the feed says nothing, and publishers' pages of terms.

A small schedule of its own: what is due is fetched politely, read in a child process, and stored with its hash and
time in one transaction a page. A page that cannot be read is tried again later, ever less often.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from syndicate.errors import FetchError, SyndicateError
from syndicate.model import Evidence, Level, PageReading, Publisher, Source
from syndicate.pipeline.ports import Clock, Page, PageFetcher, PageReader
from syndicate.pipeline.suggesting import Found, beside_limits, deciding, forbidden, ring_rsl, suggest, unread_rsl
from syndicate.rights.addresses import leads_elsewhere
from syndicate.rights.trace import credited, keys_of
from syndicate.store import DuePage, LedgerKind, Store, Transaction

AT_ONCE, OF_HOST, CONCURRENCY = 200, 10, 20
"""Pages of one run, of one host in it, and at a time."""

TERMS_PAGES = 3
"""Pages of terms that are followed for one publisher, beside those on record."""

OK = 200
_GONE = (404, 410)
_ITEM_AGAIN, _TERMS_AGAIN = timedelta(days=30), timedelta(days=7)
_RETRY, _LONGEST = timedelta(hours=6), timedelta(days=30)
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one page: "read", "gone" or "failed"; ``error`` says why it failed."""

    url: str
    status: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Browsing:
    """All that reading pages needs."""

    store: Store
    fetcher: PageFetcher
    reader: PageReader
    clock: Clock
    sources: Mapping[str, Source]
    publishers: Mapping[str, Publisher]


async def read_pages(browsing: Browsing) -> list[Read]:
    """Read the pages that are due, at most ``AT_ONCE``; one row for each. Never raises for a page's fault."""
    now = browsing.clock()
    with browsing.store.write() as tx:
        for publisher in browsing.publishers.values():
            known = [record.evidence for record in publisher.records if record.evidence]
            tx.webpages.want_terms(publisher.id, known, now, most=TERMS_PAGES + len(known))
        due = list(_few_of_a_host(tx.webpages.take_due(now, AT_ONCE)))
    gate = asyncio.Semaphore(CONCURRENCY)

    async def one(page: DuePage) -> Read:
        async with gate:
            return await _read(browsing, page)

    return list(await asyncio.gather(*(one(page) for page in due)))


def _few_of_a_host(pages: Iterable[DuePage]) -> Iterable[DuePage]:
    """At most ``OF_HOST`` pages of each host; the others are due again when their lease is over."""
    taken: dict[str, int] = {}
    for page in pages:
        host = urlsplit(page.url).netloc
        taken[host] = taken.get(host, 0) + 1
        if taken[host] <= OF_HOST:
            yield page


async def _read(browsing: Browsing, page: DuePage) -> Read:
    try:
        answer = await browsing.fetcher.fetch(page.url)
        reading = await _reading(browsing, page, answer)
    except SyndicateError as error:
        return _failed(browsing, page, error)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one page must not stop the others; it is on record
        return _failed(browsing, page, FetchError(f"unexpected {type(error).__name__}: {error}", subject=page.url))
    now = browsing.clock()
    with browsing.store.write() as tx:
        if page.item_id:
            _keep_item(tx, page, answer, reading, now)
        else:
            _keep_terms(browsing, tx, page, answer, reading, now)
    return Read(page.url, "gone" if answer.status in _GONE else "read")


async def _reading(browsing: Browsing, page: DuePage, answer: Page) -> PageReading:
    if answer.status in _GONE and page.item_id:
        gone = Evidence("page.gone", Level.ITEM, str(answer.status), "HTTP status", page.url)
        return PageReading(evidence=(gone,))
    if answer.status != OK:
        what = f"the site answered {answer.status}"
        raise FetchError(what, subject=page.url, remedy="it is tried again later", status=answer.status)
    if urlsplit(answer.url).path in ("", "/") and urlsplit(page.url).path not in ("", "/"):
        raise FetchError("the page leads to the site's home page", subject=page.url, remedy="open it yourself")
    reading = await browsing.reader.read_page(
        answer.body,
        url=answer.url,
        headers={name.lower(): value for name, value in answer.headers.items()},
        source=_source(browsing, page),
        robots_txt=await browsing.fetcher.robots_txt(answer.url),
        tdmrep=await _file(browsing, urljoin(answer.url, "/.well-known/tdmrep.json")),
        terms=not page.item_id,
    )
    documents = [
        Evidence("rsl", level, text, "document", address)
        for address, level in reading.rsl
        if (text := await _file(browsing, address))
    ]
    declared = {address for address, _ in reading.rsl} - {one.url for one in documents}
    missing = [Evidence("rsl.missing", Level.SITE, address, "document", answer.url) for address in sorted(declared)]
    led = [Evidence("page.address", Level.ITEM, answer.url, "HTTP redirect", page.url)] * leads_elsewhere(page.url)
    return replace(reading, evidence=(*reading.evidence, *documents, *missing, *led))


def _source(browsing: Browsing, page: DuePage) -> Source:
    """The source of the page's item; for a page of terms one that stands for the publisher."""
    publisher = browsing.publishers.get(page.publisher_id) or Publisher(page.publisher_id, page.publisher_id)
    return browsing.sources.get(page.source_id) or Source(page.publisher_id, page.url, publisher)


async def _file(browsing: Browsing, url: str) -> str:
    """A file of a site as text; "" if there is none. The fetcher keeps it for the site's other pages."""
    try:
        answer = await browsing.fetcher.fetch(url)
    except FetchError:
        return ""
    return answer.body.decode("utf-8", "replace") if answer.status == OK else ""


def _keep_item(tx: Transaction, page: DuePage, answer: Page, reading: PageReading, now: datetime) -> None:
    reading = replace(reading, evidence=(*reading.evidence, *forbidden(reading.notices, answer.url)))
    kept = replace(reading, notices=())
    digest = hashlib.sha256(answer.body).hexdigest()
    tx.webpages.was_read(page, kept, sha256=digest, status=answer.status, now=now, again=now + _ITEM_AGAIN)
    if answer.status in _GONE:
        what = f"the page is gone ({answer.status}), so its item is withheld: a link to nothing is none"
        tx.alarms.ring("page", page.url, what, "ask its publisher where it went", now)
    else:
        tx.alarms.end("page", page.url, now)
    items = [stored.item for stored in tx.items.get([page.item_id]).values()]
    tx.items.trace_again({one.id: keys_of(one) for one in items}, {one.id: credited(one) for one in items})
    tx.channels.decide_again(now)
    tx.webpages.want_terms(page.publisher_id, reading.terms, now, most=TERMS_PAGES)
    found = Found(page.publisher_id, answer.url, (), page.item_id)
    for notice in reading.notices:
        suggest(tx, replace(found, notices=(notice,)), now)
    _hear_rsl(tx, found, reading, now)


def _hear_rsl(tx: Transaction, found: Found, reading: PageReading, now: datetime) -> None:
    """What RSL leaves to a person: licences beside limits, and documents that are missing or cannot be read."""
    beside_limits(tx, found, reading.evidence, now)
    unread_rsl(tx, reading.evidence, now)
    for one in reading.evidence:
        if one.kind == "rsl.missing":
            ring_rsl(tx, one.value, "is named and cannot be fetched", now)


def _keep_terms(
    browsing: Browsing, tx: Transaction, page: DuePage, answer: Page, reading: PageReading, now: datetime
) -> None:
    """A page of terms: when its deciding words are others than last time, a person is asked again."""
    words = deciding(reading.notices)
    found = Found(page.publisher_id, page.url, reading.notices)
    if not page.sha256:
        if not _is_on_record(browsing, page):  # what the operator read is not suggested to the operator
            suggest(tx, found, now)
    elif page.sha256 != words:
        for one in tx.suggestions.all("open", page.publisher_id):
            if one.url == page.url:
                tx.suggestions.decide(one.id, "superseded", by="", now=now)
        data = {"act": "changed", "url": page.url, "before": page.sha256, "after": words}
        tx.ledger.record(LedgerKind.PERMISSION, at=now, subject=page.publisher_id, data=data)
        suggest(tx, found, now, why="the page does not say what it said when it was read last")
    tx.webpages.was_read(page, PageReading(), sha256=words, status=answer.status, now=now, again=now + _TERMS_AGAIN)


def _is_on_record(browsing: Browsing, page: DuePage) -> bool:
    publisher = browsing.publishers.get(page.publisher_id)
    return publisher is not None and any(record.evidence == page.url for record in publisher.records)


def _failed(browsing: Browsing, page: DuePage, error: SyndicateError) -> Read:
    now = browsing.clock()
    asked = timedelta(seconds=getattr(error, "retry_after", None) or 0)
    wait = max(asked, min(_RETRY * 4 ** min(page.failures, _TRIES), _LONGEST))
    with browsing.store.write() as tx:
        tx.webpages.failed(page, error=str(error), again=None if page.failures >= _TRIES else now + wait)
    return Read(page.url, "failed", str(error))
