# SPDX-License-Identifier: Apache-2.0
"""DELIVER: drain the outbox over several connections, one recipient per SMTP transaction.

Every step is on record before the next begins, so a killed run loses nobody and repeats at most the one message per
connection that was inside DATA, with the same Message-ID and the same bytes. Connections are opened one after the
other, each when another has proved that the relay takes our mail.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syndicate.deliver.answers import puts_off
from syndicate.errors import DeliveryError, RenderError
from syndicate.model import Delivery, DeliveryState, Outcome, Pace
from syndicate.pipeline.brakes import after_settling, may_send
from syndicate.pipeline.journal import Journal
from syndicate.pipeline.letters import Letters, Outgoing, Sign
from syndicate.pipeline.ports import Clock, Relay
from syndicate.pipeline.standing import hold_late
from syndicate.pipeline.telemetry import span
from syndicate.store import Claimed, Settled, Store, Transaction
from syndicate.store.destinations import FIRST_REST, PATIENCE

BATCH = 100
CLOSING, MOST_CLOSINGS = "421", 5
RETRY = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
RESEND_AFTER = timedelta(minutes=15)
LONGEST_WAIT = timedelta(seconds=90)  # for the pace to allow more; what must wait longer is another run's

Stop = Callable[[Transaction, str], str]


@dataclass(frozen=True, slots=True)
class Posting:
    """All that delivering needs.

    ``worker`` names this process in the leases it takes, ``is_gone`` tells of another name whether surely nobody works
    under it any more (then its leases need not run out). ``resend``: a mail of unknown outcome goes out again; without
    it a person decides. ``stop`` says why an edition may not go out any more, ``bounces`` is where bounces go. ``owed``
    are results that a full disk did not take: the next run writes them first. ``most`` is how many a run takes on, 0
    is all. ``alone`` lets one run at a time go in this process: it first frees what is claimed under its name, and
    what is owed is one list.
    """

    store: Store
    relay: Relay
    clock: Clock
    worker: str
    is_gone: Callable[[str], bool]
    stop: Stop = lambda _tx, _edition: ""
    connections: int = 1
    pace: Pace = field(default_factory=Pace)
    resend: bool = True
    bounces: str = ""
    sign: Sign | None = None
    pause: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)
    owed: list[Settled] = field(default_factory=list)
    most: int = 0
    alone: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)


async def deliver(posting: Posting, told: Callable[[DeliveryState], None] = lambda _: None) -> Counter[DeliveryState]:
    """Send all that is due and count how each ended; ``told`` hears of each. Another run of this process ends first.

    Raises DeliveryError if the relay cannot be used now, or if this database is a copy of one that sends; what was not
    sent is due again later.
    """
    async with posting.alone:
        with span("deliver") as measured:
            outcomes = await _deliver(posting, told)
            for state, number in outcomes.items():
                measured.set_attribute(f"syndicate.{state}", number)
            return outcomes


async def _deliver(posting: Posting, told: Callable[[DeliveryState], None]) -> Counter[DeliveryState]:
    may_send(posting.store, posting.clock())
    _recover(posting)
    until = rests(posting)
    if until:
        raise DeliveryError(
            f"the relay failed and is tried again at {until:%H:%M:%S} UTC",
            subject=posting.relay.name,
            remedy="check that it runs; deliveries stay due",
        )
    journal = Journal(posting.store, posting.clock, after_settling(posting.clock), posting.owed)
    desk = Desk(posting, journal, told)
    try:
        await _lanes(posting, desk)
    finally:
        await desk.close()
        await journal.close()
    return desk.outcomes


def rests(posting: Posting) -> datetime | None:
    """Until when the relay is left alone though something waits for it; None if it may be tried, or nothing waits."""
    with posting.store.read() as tx:
        until = tx.relays.rests_until(posting.relay.name, posting.clock())
        return until if until and tx.outbox.due(until) else None


async def _lanes(posting: Posting, desk: Desk) -> None:
    """Run the connections; raises the error of the last one if none is left that works."""
    if not await desk.has_work():
        return
    lanes: set[asyncio.Task[None]] = set()
    most = posting.connections
    desk.on_success = lambda: lanes.add(asyncio.create_task(_lane(posting, desk))) if len(lanes) < most else None
    lanes.add(asyncio.create_task(_lane(posting, desk)))
    while lanes:
        done, _ = await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)
        lanes -= done
        for error in filter(None, (lane.exception() for lane in done)):
            most = max(1, len(lanes))  # the relay does not take so many, or is going away
            if not isinstance(error, DeliveryError):
                desk.end()
                await asyncio.gather(*lanes, return_exceptions=True)
                raise error
            if not lanes:
                desk.away = desk.away or error
    if desk.away:
        desk.rests_until = _relay_failed(posting, desk.away)
        raise desk.away


async def _lane(posting: Posting, desk: Desk) -> None:
    async with posting.relay.session() as post:
        await post.drain(desk)


def _relay_failed(posting: Posting, error: DeliveryError) -> datetime:
    now = posting.clock()
    with posting.store.write() as tx:
        until = tx.relays.failed(posting.relay.name, error.what, now)
        tx.alarms.ring("relay", posting.relay.name, error.what, error.remedy, now)
    return until


class Desk:
    """The letters that are due, claimed in batches a little ahead, for all connections of a run."""

    def __init__(self, posting: Posting, journal: Journal, told: Callable[[DeliveryState], None]) -> None:
        """``told`` hears how each delivery ended."""
        self.outcomes: Counter[DeliveryState] = Counter()
        self.on_success: Callable[[], None] = lambda: None
        self.rests_until: datetime | None = None
        self.away: DeliveryError | None = None
        self._closings: list[str] = []
        self._put_off: Counter[str] = Counter()
        self._posting = posting
        self._journal = journal
        self._told = told
        self._letters = Letters(posting.store, posting.clock(), posting.bounces, posting.sign)
        self._queue: deque[Delivery | Outgoing] = deque()
        self._ended = False
        self._taken = 0
        self._filling: asyncio.Task[None] | None = None
        self._works = False

    async def has_work(self) -> bool:
        """Whether anything may go out now."""
        await self._fill()
        return bool(self._queue)

    async def next(self) -> Outgoing | None:
        """The next letter; None at the end."""
        while True:
            letter = self.ready()
            if letter or (self._ended and not self._queue):
                return letter
            await self._filled()

    def ready(self) -> Outgoing | None:
        """The next letter if one is claimed already."""
        while self._queue:
            first = self._queue.popleft()
            delivery = _delivery_of(first)
            if len(self._queue) < BATCH // 2:
                self._fill_soon()
            if self._is_stopped(delivery):
                continue
            if isinstance(first, Outgoing):
                return first
            try:
                return self._letters.make(delivery)
            except (RenderError, DeliveryError) as error:  # this one alone cannot be written to
                self._end(delivery, Outcome(DeliveryState.HARD, f"not sent: {error}"))
        return None

    def _is_stopped(self, delivery: Delivery) -> bool:
        """Put back what may not go out now."""
        if delivery.edition_id in self._journal.stopped:
            self._journal.put_back(delivery)
            return True
        until = self._rests(_domain(delivery))
        if until:
            self._journal.put_back(delivery, due_at=until)
        return until is not None

    def _rests(self, domain: str) -> datetime | None:
        until = self._journal.stopped.get(f"@{domain}")
        return until if until and until > self._posting.clock() else None

    async def in_data(self, letter: Outgoing) -> bool:
        """On the disk before the first byte of the message leaves."""
        return await self._journal.in_data(letter.delivery)

    def settle(self, letter: Outgoing, outcome: Outcome) -> None:
        """What became of a letter; a relay that takes one may be asked to take more at once."""
        self._end(letter.delivery, outcome)
        if outcome.state is DeliveryState.ACCEPTED:
            if not self._works:
                self._works = True
                self._journal.tell(_relay_works(self._posting))
            if self._queue:
                self.on_success()

    def back(self, letter: Outgoing) -> None:
        """Nothing of it was sent: the next connection takes it."""
        self._queue.appendleft(letter)

    def end(self) -> None:
        """No more letters are handed out."""
        self._ended = True
        self._journal.put_back(*map(_delivery_of, self._queue))
        self._queue.clear()

    async def close(self) -> None:
        """What was claimed and not sent is due again."""
        if self._filling:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
        self._journal.put_back(*map(_delivery_of, self._queue), due_at=self.rests_until)
        self._queue.clear()

    def _end(self, delivery: Delivery, outcome: Outcome) -> None:
        self._watch(delivery, outcome)
        self.outcomes[outcome.state] += 1
        self._told(outcome.state)
        self._journal.settle(_settled(self._posting, delivery, outcome))

    def _watch(self, delivery: Delivery, outcome: Outcome) -> None:
        """See at once what the journal finds soon: a domain that puts us off, and a relay that is away itself."""
        domain = _domain(delivery)
        if outcome.state is DeliveryState.ACCEPTED:
            self._put_off.pop(domain, None)
        elif outcome.state is DeliveryState.SOFT and puts_off(outcome.text):
            self._put_off[domain] += 1
            if self._put_off[domain] >= PATIENCE and not self._rests(domain):
                self._journal.stopped[f"@{domain}"] = self._posting.clock() + FIRST_REST
        if outcome.state is not DeliveryState.SOFT or not outcome.text.startswith(CLOSING):
            self._closings.clear()
            return
        self._closings.append(domain)
        if len(self._closings) >= MOST_CLOSINGS and len(set(self._closings)) > 1:
            remedy = "check that it runs; deliveries stay due"
            self.away = DeliveryError(
                f"the relay closes on everybody ({outcome.text})", subject=self._posting.relay.name, remedy=remedy
            )
            self.end()

    async def _filled(self) -> None:
        self._fill_soon()
        if self._filling:
            await asyncio.shield(self._filling)

    def _fill_soon(self) -> None:
        if not self._ended and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill())

    async def _fill(self) -> None:
        """Claim more, when the pace allows it."""
        while not self._ended and len(self._queue) < BATCH:
            claimed = await self._journal.do(self._claim)
            self._queue.extend(await self._prepared(claimed.deliveries))
            if claimed.again_at is None:
                self._ended = not claimed.deliveries
            if claimed.again_at is None or claimed.deliveries:
                return
            wait = claimed.again_at - self._posting.clock()
            if wait > LONGEST_WAIT:
                self._ended = True
                return
            await self._posting.pause(max(0.0, wait.total_seconds()))

    async def _prepared(self, claimed: Sequence[Delivery]) -> Sequence[Delivery | Outgoing]:
        """With signatures, letters are made ahead in threads: signing is long, and lets other threads run meanwhile."""
        if not self._posting.sign:
            return claimed
        halves = (claimed[: len(claimed) // 2], claimed[len(claimed) // 2 :])
        made = await asyncio.gather(*(asyncio.to_thread(self._make_all, half) for half in halves))
        return [one for half in made for one in half]

    def _make_all(self, deliveries: Sequence[Delivery]) -> list[Delivery | Outgoing]:
        made: list[Delivery | Outgoing] = []
        for delivery in deliveries:
            try:
                made.append(self._letters.make(delivery))
            except (RenderError, DeliveryError):
                made.append(delivery)  # why it cannot be made is told when its turn comes
        return made

    def _claim(self, tx: Transaction) -> Claimed:
        posting = self._posting
        hold_late(tx, posting.clock())
        room = min(BATCH, posting.most - self._taken) if posting.most else BATCH
        if room <= 0:
            return Claimed(())
        claimed = tx.claims.claim(
            posting.clock(),
            posting.worker,
            room,
            pace=posting.pace,
            stop=lambda edition_id: posting.stop(tx, edition_id),
        )
        self._taken += len(claimed.deliveries)
        return claimed


def _delivery_of(one: Delivery | Outgoing) -> Delivery:
    return one.delivery if isinstance(one, Outgoing) else one


def _domain(delivery: Delivery) -> str:
    return delivery.email.rpartition("@")[2]


def _relay_works(posting: Posting) -> Callable[[Transaction], None]:
    def work(tx: Transaction) -> None:
        tx.relays.works(posting.relay.name)
        tx.alarms.end("relay", posting.relay.name, posting.clock())

    return work


def _settled(posting: Posting, delivery: Delivery, outcome: Outcome) -> Settled:
    """When it is tried again, if it is."""
    now = posting.clock()
    due_at = None
    if outcome.state is DeliveryState.SOFT:
        due_at = now + backoff(delivery)
    elif outcome.state is DeliveryState.UNKNOWN and posting.resend:
        due_at = now + RESEND_AFTER
    return Settled(delivery, outcome, due_at)


def backoff(delivery: Delivery) -> timedelta:
    """How long a delivery waits after a refusal for now: longer each time, and not all at the same moment."""
    spread = delivery.id * 2_654_435_761 % 1_000 / 1_000  # the same for a delivery each time
    return RETRY[min(delivery.attempts, len(RETRY)) - 1] * (1 + spread / 4)


def _recover(posting: Posting) -> None:
    """Free what processes that are no more had claimed, and what this one could not put back."""
    with posting.store.write() as tx:
        tx.outbox.free(posting.worker, posting.clock())
        tx.outbox.recover(posting.clock(), resend=posting.resend)
    free_the_dead(posting)


def free_the_dead(posting: Posting) -> None:
    """Free the mails that processes which are no more had claimed."""
    with posting.store.read() as tx:
        gone = [worker for worker in tx.outbox.workers() if posting.is_gone(worker)]
    if gone:
        with posting.store.write() as tx:
            for worker in gone:
                tx.outbox.recover(posting.clock(), worker=worker, resend=posting.resend)
