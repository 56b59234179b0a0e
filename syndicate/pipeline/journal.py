# SPDX-License-Identifier: Apache-2.0
"""What the senders do, on the disk before the next step: one thread writes for all connections.

Group commit: a commit gathers everything that arrived while the last one ran, so that fifty connections cost little
more than one. The result of one message and the mark of the next usually share a commit.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from syndicate.errors import SyndicateError
from syndicate.model import Delivery
from syndicate.pipeline.ports import Clock
from syndicate.store import Settled, Store, Transaction

T = TypeVar("T")
_Answered = tuple[asyncio.Future[Any] | None, Any]
Stops = dict[str, datetime | None]
"""What stops, by name, an edition or ``@domain``, and until when; None: until a person decides."""

AfterSettling = Callable[[Transaction, Sequence[Settled]], Stops]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One request: a delivery to mark, how one ended, or other work with the database."""

    future: asyncio.Future[Any] | None = None
    mark: Delivery | None = None
    ended: Settled | None = None
    work: Callable[[Transaction], Any] | None = None


class Journal:
    """The writer. Used from one event loop; ``stopped`` is what stopped meanwhile, and until when."""

    def __init__(self, store: Store, clock: Clock, after_settling: AfterSettling, owed: list[Settled]) -> None:
        """``after_settling`` is called in the transaction that writes results; it answers what stops.

        ``owed`` are results that could not be written before; what cannot be written now is in there at the end.
        """
        self.stopped: Stops = {}
        self._store = store
        self._clock = clock
        self._after_settling = after_settling
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._owed = owed
        self._error: SyndicateError | None = None
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    async def in_data(self, delivery: Delivery) -> bool:
        """Mark the delivery and wait until that is on the disk; False: the claim was lost. Raises StoreError."""
        return bool(await self._ask(_Entry(self._loop.create_future(), mark=delivery)))

    def settle(self, ended: Settled) -> None:
        """Write how a delivery ended with the next commit."""
        self._queue.put(_Entry(ended=ended))

    def put_back(self, *claimed: Delivery, due_at: datetime | None = None) -> None:
        """Nothing was sent for these claims: they are due again, now or at ``due_at``."""
        if claimed:
            now = self._clock()
            self.tell(lambda tx: tx.outbox.put_back(claimed, due_at or now, now=now))

    def tell(self, work: Callable[[Transaction], None]) -> None:
        """Other work, for whose end nobody waits."""
        self._queue.put(_Entry(work=work))

    async def do(self, work: Callable[[Transaction], T]) -> T:
        """Other work in a transaction of its own, in the same thread. Raises what it raises."""
        done: T = await self._ask(_Entry(self._loop.create_future(), work=work))
        return done

    async def close(self) -> None:
        """Everything is on the disk, or StoreError says that it is not."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        if self._owed and self._error:
            raise self._error

    async def _ask(self, entry: _Entry) -> Any:
        self._queue.put(entry)
        assert entry.future is not None  # noqa: S101 - both callers made one
        return await entry.future

    def _run(self) -> None:
        more = True
        while more:
            entries = [self._queue.get()]
            while not self._queue.empty():
                entries.append(self._queue.get())
            more = None not in entries
            self._write([entry for entry in entries if entry and not entry.work])
            for entry in entries:
                if entry and entry.work:
                    self._work(entry, entry.work)

    def _write(self, entries: Sequence[_Entry]) -> None:
        ended = self._owed + [entry.ended for entry in entries if entry.ended]
        marks = [(entry.future, entry.mark) for entry in entries if entry.mark]
        if not ended and not marks:
            return
        now = self._clock()
        try:
            stopped, may = self._store.act(lambda tx: self._settle_and_mark(tx, ended, [one for _, one in marks], now))
        except SyndicateError as error:
            self._error, self._owed[:] = error, ended
            self._answer([(future, error) for future, _ in marks])
            return
        self._owed.clear()
        self._answer([(future, one.id in may) for future, one in marks], stopped)

    def _settle_and_mark(
        self, tx: Transaction, ended: Sequence[Settled], marks: Sequence[Delivery], now: datetime
    ) -> tuple[Stops, set[int]]:
        done = tx.outbox.settle(ended, now=now) if ended else set()
        stopped = self._after_settling(tx, [one for one in ended if one.delivery.id in done])
        return stopped, tx.outbox.in_data(marks, now=now) if marks else set()

    def _work(self, entry: _Entry, work: Callable[[Transaction], Any]) -> None:
        try:
            answer = self._store.act(work)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked for the work
            if entry.future is None and isinstance(error, SyndicateError):
                self._error = error
            self._answer([(entry.future, error)])
        else:
            self._answer([(entry.future, answer)])

    def _answer(self, answers: Sequence[_Answered], stopped: Stops | None = None) -> None:
        self._loop.call_soon_threadsafe(self._tell, answers, stopped or {})

    def _tell(self, answers: Sequence[_Answered], stopped: Stops) -> None:
        self.stopped |= stopped
        for future, answer in answers:
            if future is None or future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
