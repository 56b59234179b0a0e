# SPDX-License-Identifier: Apache-2.0
"""FETCH, PARSE, NORMALISE, TRACE: from a source to items, one transaction a poll, and to their chains, many at once.

Sources are claimed a few at a time, as their hosts can bear it, and polled side by side; one that stands still gives
its place to others. A poll that fails or is killed leaves nothing behind but its failure. One source's trouble is that
source's trouble.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from syndicate.errors import ParseError, StoreError, SyndicateError
from syndicate.intake import moves
from syndicate.model import Publisher, Reading, Source
from syndicate.pipeline import arrive
from syndicate.pipeline.arrive import Answer, Polled, Visit
from syndicate.pipeline.desk import Desk
from syndicate.pipeline.origins import TOGETHER, Tracer
from syndicate.pipeline.ports import Clock, Fetcher, Reader
from syndicate.pipeline.telemetry import span
from syndicate.rights.heard import heard
from syndicate.store import Manners, SourceState, Store, Taken, Transaction

AT_ONCE = 256
"""Polls that get on at one time."""

AT_MOST = 768
"""Polls at one time, with those that stand still."""

STUCK_AFTER = 4.0
"""Seconds after which a fetch gives its place to another."""

LONGEST_AWAY = 600
"""Seconds for which a database that is away is waited for: as long as claims last."""

NOT_MODIFIED = 304
_BREATH = 0.02  # seconds: what ends within shares the next claim
_PATIENCE = 1.0  # seconds after which hosts are looked at again


@dataclass(frozen=True, slots=True)
class Polling:
    """All that a poll needs: the ports, and the operator's sources and publishers.

    ``worker`` names this process in the claims that it takes, ``is_gone`` tells of another name whether surely nobody
    works under it any more (then its claims need not run out). ``owed`` are claims that a
    database which was away did not take back: the next run gives them back first.
    """

    store: Store
    fetcher: Fetcher
    reader: Reader
    clock: Clock
    sources: Mapping[str, Source]
    publishers: Mapping[str, Publisher]
    manners: Manners = field(default_factory=Manners)
    worker: str = "poller"
    is_gone: Callable[[str], bool] = lambda _: False
    owed: list[SourceState] = field(default_factory=list)


async def poll(
    polling: Polling, source_ids: Sequence[str], heard: Callable[[Polled], object] = lambda _: None
) -> list[Polled]:
    """Poll these sources, due or not; one row for each, in the order given. Never raises for a source's fault.

    What its publisher keeps us from for now, what is paused or gone, and what another process polls is "waiting".
    ``heard`` is called after each.
    """
    done: dict[str, Polled] = {}

    def hear(polled: Polled) -> None:
        done[polled.source_id] = polled
        heard(polled)

    await _Crew(polling, hear).work(source_ids)
    for state in _states(polling, [one for one in source_ids if one not in done]):
        hear(Polled(state.source_id, "waiting", error=_why_not(polling, state)))
    return [done[source_id] for source_id in source_ids]


async def poll_due(polling: Polling, heard: Callable[[Polled], object] = lambda _: None) -> list[Polled]:
    """Poll every source whose time has come or comes meanwhile, until none is left; one row for each poll."""
    done: list[Polled] = []

    def hear(polled: Polled) -> None:
        done.append(polled)
        heard(polled)

    await _Crew(polling, hear).work(None)
    return done


async def poll_leased(
    polling: Polling, lease: str, source_ids: Sequence[str], heard: Callable[[Polled], object] = lambda _: None
) -> list[Polled]:
    """Poll those of these sources that are set aside under the name ``lease`` still; one row for each poll."""
    done: list[Polled] = []

    def hear(polled: Polled) -> None:
        done.append(polled)
        heard(polled)

    try:
        await _Crew(polling, hear, lease).work(source_ids)
    finally:
        await _given_back(polling, lease)
    return done


async def _given_back(polling: Polling, lease: str) -> None:
    """Give back what was not polled; a database that is away is waited for, or nobody could poll it for long."""
    for _ in range(LONGEST_AWAY):
        try:
            _give_back(polling)
            with polling.store.write() as tx:
                tx.polls.end_lease(lease)
        except StoreError:
            await asyncio.sleep(_PATIENCE)
        else:
            return


class _Crew:
    """The polls of one run."""

    def __init__(self, polling: Polling, heard: Callable[[Polled], None], lease: str = "") -> None:
        self._polling = polling
        self._lease = lease
        self._heard = heard
        self._desk = Desk(polling.store)
        self._tracer = Tracer(polling.publishers)
        self._running: dict[asyncio.Task[Polled], SourceState] = {}
        self._ended: list[asyncio.Task[Polled]] = []
        self._something_ended = asyncio.Event()
        self._fetching: dict[str, float] = {}
        self._untraced = 0

    async def work(self, wanted: Sequence[str] | None) -> None:
        """Claim and poll until nothing is due, or all that is ``wanted`` is done."""
        _give_back(self._polling)
        free_the_dead(self._polling)
        left = None if wanted is None else dict.fromkeys(wanted)
        try:
            while True:
                taken = await self._take(None if left is None else list(left))
                for claimed in taken.sources:
                    self._start(claimed)
                    if left is not None:
                        left.pop(claimed.source_id)
                if not self._running and taken.again_at is None:
                    await self._trace()
                    return
                await self._wait(taken)
        finally:
            await self._give_up()

    async def _take(self, left: list[str] | None) -> Taken:
        polling, room = self._polling, self._room()
        if room <= 0 or left == []:
            return Taken()

        def take(tx: Transaction) -> Taken:
            taken = tx.polls.take(polling.clock(), polling.worker, room, polling.manners, only=left, lease=self._lease)
            tx.polls.give_back([state for state in taken.sources if state.source_id not in polling.sources])
            known = tuple(state for state in taken.sources if state.source_id in polling.sources)
            return Taken(known, taken.again_at)

        # At the desk, which never waits for itself: beside it a claim might not get its turn for long.
        return await self._desk.write(take)

    def _room(self) -> int:
        """How many more may start: those that stand still count only against the utmost."""
        now = asyncio.get_running_loop().time()
        stuck = sum(now - began > STUCK_AFTER for began in self._fetching.values())
        return min(AT_ONCE - (len(self._running) - stuck), AT_MOST - len(self._running))

    def _start(self, claimed: SourceState) -> None:
        task = asyncio.create_task(self._poll_one(claimed))
        self._running[task] = claimed
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[Polled]) -> None:
        self._ended.append(task)
        self._something_ended.set()

    async def _wait(self, taken: Taken) -> None:
        """Until a poll has ended, or a host may be asked again."""
        wait = _PATIENCE
        if taken.again_at:
            wait = min(wait, max((taken.again_at - self._polling.clock()).total_seconds(), 0.0))
        await self._until_one_ends(wait)
        clock = asyncio.get_running_loop().time
        until = clock() + _BREATH
        while self._running and self._room() < AT_ONCE / 2 and (left := until - clock()) > 0:
            await self._until_one_ends(left)
        if self._untraced >= TOGETHER:
            await self._trace()

    async def _until_one_ends(self, seconds: float) -> None:
        """Wait for so long at most, and hear of those that have ended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._something_ended.wait()
        self._something_ended.clear()
        ended, self._ended = self._ended, []
        for task in ended:
            polled = task.result()
            del self._running[task]
            self._untraced += len(polled.new) + len(polled.changed)
            self._heard(polled)

    async def _trace(self) -> None:
        """Trace what has arrived, many items at once; at the desk, so that two writers do not wait for each other."""
        self._untraced = 0
        while await self._desk.write(self._tracer):
            pass

    async def _give_up(self) -> None:
        """What still runs when a run is broken off is not waited for; its claims are free again."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._desk.finish()
        if self._running:
            self._polling.owed.extend(self._running.values())
            _give_back(self._polling)

    async def _poll_one(self, claimed: SourceState) -> Polled:
        with span("poll", source=claimed.source_id) as measured:
            polled = await self._polled(claimed)
            measured.set_attribute("syndicate.status", polled.status)
            return polled

    async def _polled(self, claimed: SourceState) -> Polled:
        polling, source = self._polling, self._polling.sources[claimed.source_id]
        started = polling.clock()
        visit = Visit(source, claimed, moves.address(source.url, claimed.memory, started), started)
        try:
            answer, reading = await self._ask(visit)
        except SyndicateError as error:
            return await self._failed(visit, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours in one source must not stop the others; it is on record
            return await self._failed(visit, _ours(visit, error))
        try:
            if reading is None:
                return await self._desk.write_with_others(arrive.unchanged, answer)
            return await self._desk.write(lambda tx: arrive.answered(tx, answer, reading))
        except Exception as error:  # noqa: BLE001 - same; if the database is at fault, this raises again
            return await self._failed(visit, _ours(visit, error))

    async def _ask(self, visit: Visit) -> tuple[Answer, Reading | None]:
        """Fetch, and read what has changed, if anything has."""
        polling, state = self._polling, visit.claimed
        self._fetching[state.source_id] = asyncio.get_running_loop().time()
        try:
            fetched = await polling.fetcher.fetch(visit.asked, etag=state.etag, last_modified=state.last_modified)
        finally:
            del self._fetching[state.source_id]
        same = fetched.status == NOT_MODIFIED
        digest = state.body_sha256 if same else hashlib.sha256(fetched.body).hexdigest()
        reading: Reading | None = None
        if digest != state.body_sha256:
            marks = b"" if state.memory.by_link else await asyncio.to_thread(_marks, polling, visit.source.id)
            reading = await polling.reader.read(
                fetched.body,
                url=fetched.url,
                content_type=fetched.content_type,
                source=visit.source,
                marks=marks,
                then=heard,
            )
        return Answer(visit, fetched, digest, polling.clock()), reading

    async def _failed(self, visit: Visit, error: SyndicateError) -> Polled:
        act = partial(arrive.failed, visit=visit, error=error, now=self._polling.clock())
        return await self._desk.write(act)


def free_the_dead(polling: Polling) -> None:
    """Free what processes that are no more had claimed."""
    with polling.store.read() as tx:
        gone = [worker for worker in tx.polls.workers() if polling.is_gone(worker)]
    if gone:
        with polling.store.write() as tx:
            for worker in gone:
                tx.polls.free(worker)


def _give_back(polling: Polling) -> None:
    if polling.owed:
        with polling.store.write() as tx:
            tx.polls.give_back(polling.owed)
        polling.owed.clear()


def _marks(polling: Polling, source_id: str) -> bytes:
    with polling.store.read() as tx:
        return tx.marks.get(source_id)


def _states(polling: Polling, ids: Sequence[str]) -> list[SourceState]:
    with polling.store.read() as tx:
        return tx.sources.get(ids)


def _ours(visit: Visit, error: Exception) -> SyndicateError:
    if isinstance(error, SyndicateError):
        return error
    return ParseError(f"unexpected {type(error).__name__}: {error}", subject=visit.asked, remedy="report it")


def _why_not(polling: Polling, state: SourceState) -> str:
    """Why a source that was named could not be polled."""
    if state.paused_at:
        return f"paused; `syndicate resume {state.source_id}` lets it go on"
    if state.next_poll_at is None:
        return f"{state.next_why}; `syndicate resume {state.source_id}` looks again"
    now = polling.clock()
    with polling.store.read() as tx:
        until = max(filter(None, [state.wait_until, tx.polls.away(now).get(state.host)]), default=now)
    if until > now:
        return f"its server asked us to stay away until {until:%Y-%m-%d %H:%M} UTC"
    return "another process polls it now"
