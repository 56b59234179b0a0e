# SPDX-License-Identifier: Apache-2.0
"""FETCH, PARSE, NORMALISE, TRACE: from a source to items with a chain, one transaction a poll.

A poll that fails or is killed leaves nothing behind but its failure. One source's trouble is that source's trouble.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.errors import FetchError, ParseError, SyndicateError
from syndicate.model import Feed, Fetched, Publisher, Reading, Source
from syndicate.pipeline.origins import flat, settle
from syndicate.pipeline.ports import Clock, Fetcher, Reader
from syndicate.pipeline.recognise import recognised
from syndicate.pipeline.retract import retract
from syndicate.rights.trace import credited, keys_of, trace
from syndicate.store import SourceState, Store, Transaction

CONCURRENCY = 20
OK, NOT_MODIFIED = 200, 304
BACK_OFF_LIMIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll did. ``status`` is "new", "unchanged" or "failed"; ``items`` counts what the document held."""

    source_id: str
    status: str
    items: int = 0
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Polling:
    """All that a poll needs: the ports, and the operator's sources and publishers."""

    store: Store
    fetcher: Fetcher
    reader: Reader
    clock: Clock
    sources: Mapping[str, Source]
    publishers: Mapping[str, Publisher]


async def poll(
    polling: Polling, source_ids: Sequence[str], progress: Callable[[], object] = lambda: None
) -> list[Polled]:
    """Poll these sources, several at a time; one row for each, in the order given. Never raises for a source's fault.

    ``progress`` is called after each.
    """
    gate = asyncio.Semaphore(CONCURRENCY)
    with polling.store.read() as tx:
        states = {state.source_id: state for state in tx.sources.get(source_ids)}

    async def one(source_id: str) -> Polled:
        async with gate:
            polled = await _poll_one(polling, polling.sources[source_id], states[source_id])
            progress()
            return polled

    return list(await asyncio.gather(*(one(source_id) for source_id in source_ids)))


async def _poll_one(polling: Polling, source: Source, state: SourceState) -> Polled:
    started = polling.clock()
    try:
        fetched = await polling.fetcher.fetch(source.url, etag=state.etag, last_modified=state.last_modified)
        digest = hashlib.sha256(fetched.body).hexdigest() if fetched.status != NOT_MODIFIED else state.body_sha256
        reading = None
        if digest != state.body_sha256:
            with polling.store.read() as tx:
                marks = tx.marks.get(source.id)
            reading = await polling.reader.read(
                fetched.body, url=fetched.url, content_type=fetched.content_type, source=source, marks=marks
            )
    except SyndicateError as error:
        return _failed(polling, source, state, error, started)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one source must not stop the others; it is on record
        ours = ParseError(f"unexpected {type(error).__name__}: {error}", subject=source.url, remedy="report it")
        return _failed(polling, source, state, ours, started)
    return _stored(polling, source, state, _Answer(fetched, digest, reading), started)


@dataclass(frozen=True, slots=True)
class _Answer:
    fetched: Fetched
    digest: str
    reading: Reading | None


def _failed(polling: Polling, source: Source, state: SourceState, error: SyndicateError, started: datetime) -> Polled:
    now = polling.clock()
    asked = timedelta(seconds=getattr(error, "retry_after", None) or 0)
    wait = max(asked, min(timedelta(seconds=source.every) * 2 ** min(state.failures, 16), BACK_OFF_LIMIT))
    with polling.store.write() as tx:
        tx.sources.failed(
            source.id,
            now=now,
            next_poll_at=now + wait,
            error=f"{error.stage}: {error}",
            status=error.status if isinstance(error, FetchError) else OK,
            seconds=(now - started).total_seconds(),
        )
    return Polled(source.id, "failed", error=f"{error.stage}: {error}")


def _stored(polling: Polling, source: Source, state: SourceState, answer: _Answer, started: datetime) -> Polled:
    """Write what the answer brought, its validators included, in one transaction (a 304 or equal body brings none)."""
    now = polling.clock()
    fetched, reading = answer.fetched, answer.reading
    feed = reading.feed if reading else None
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    with polling.store.write() as tx:
        if reading:
            tx.marks.put(source.id, reading.marks)
        if reading and feed:
            feed = replace(feed, items=recognised(tx, feed, reading.listed))
            new, changed = _store_items(tx, polling.publishers, source, feed, now, first=state.first_polled_at is None)
        tx.sources.polled(
            source.id,
            now=now,
            next_poll_at=now + timedelta(seconds=source.every),
            etag=fetched.etag if fetched.status == OK else state.etag,
            last_modified=fetched.last_modified if fetched.status == OK else state.last_modified,
            body_sha256=answer.digest,
            title=feed.title if feed else state.title,
            status=fetched.status,
            bytes=len(fetched.body),
            new=len(new),
            changed=len(changed),
            seconds=(now - started).total_seconds(),
        )
    return Polled(
        source.id, "new" if new or changed else "unchanged", len(reading.listed) if reading else 0, new, changed
    )


def _store_items(
    tx: Transaction, publishers: Mapping[str, Publisher], source: Source, feed: Feed, now: datetime, *, first: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    keys = {item.id: keys_of(item) for item in feed.items}
    credits_ = {item.id: credited(item) for item in feed.items}
    known = tx.items.known(flat(credits_.values()))
    chains = {item.id: trace(item, source.publisher, known, tuple(publishers.values())) for item in feed.items}
    stored = tx.items.put(source.id, feed.items, chains, keys, credits_, now=now, first_poll=first)
    fresh = {*stored.new, *stored.changed}
    settle(tx, publishers, [item for item in feed.items if item.id in fresh])
    return stored.new, (*stored.changed, *retract(tx, feed.retractions, now))
