# SPDX-License-Identifier: Apache-2.0
"""The desk where polls are written down: what arrives while one transaction is on its way shares the next.

A commit waits for the disk, and polls end by the hundred. Each is still all or nothing: one that fails is undone alone.
What is alike, as polls that brought nothing are, is written by few statements for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from syndicate.errors import StoreError
from syndicate.store import Store, Transaction

T = TypeVar("T")
One = TypeVar("One")

LONGEST = 0.1
"""Seconds after which a transaction takes no more work, so that other writers get their turn."""

GATHER = 0.01
"""Seconds for which the first to hand in waits for others: a commit costs more than what most polls write."""


Call = Callable[[Transaction, Sequence[Any]], Sequence[Any]]


@dataclass(slots=True)
class _Entry:
    """One thing to write, alone or by one call with others that have the same."""

    call: Call
    item: Any
    done: asyncio.Future[Any]


@dataclass(slots=True)
class Desk:
    """Writes to one store, from one event loop."""

    store: Store
    _waiting: list[_Entry] = field(default_factory=list)
    _busy: asyncio.Task[None] | None = None

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """Do ``act`` in a writing transaction; when this returns, its work is on the disk.

        Raises what ``act`` raises, and then nothing of it was done; StoreError if the database could not commit.
        """
        return await self.write_with_others(lambda tx, _: [act(tx)], None)

    async def write_with_others(self, call: Callable[[Transaction, Sequence[One]], Sequence[T]], item: One) -> T:
        """The same by one call for all that is handed in together under it; it gives an outcome for each, in order.

        If it raises, each is written by a call of its own.
        """
        entry = _Entry(call, item, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._busy is None:
            self._busy = asyncio.create_task(self._work())
        outcome: T = await entry.done
        return outcome

    async def finish(self) -> None:
        """Wait until everything that was handed in is written."""
        if self._busy:
            await self._busy

    async def _work(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(GATHER)
                lots, self._waiting = _alike(self._waiting), []
                outcomes = await asyncio.to_thread(self._commit, lots)
                self._waiting = [entry for lot in lots[len(outcomes) :] for entry in lot] + self._waiting
                for lot, told in zip(lots, outcomes, strict=False):
                    for entry, outcome in zip(lot, told, strict=True):
                        _tell(entry.done, outcome)
        finally:
            self._busy = None

    def _commit(self, lots: list[list[_Entry]]) -> list[Sequence[Any]]:
        """The outcomes of the first of these, as many as fit into one transaction: values, or what was raised."""
        try:
            return self._together(lots)
        except StoreError:
            # Whatever the database did not take, it may have undone with it what stood: each is tried alone.
            return [[self._alone(entry) for entry in lot] for lot in lots]

    def _together(self, lots: list[list[_Entry]]) -> list[Sequence[Any]]:
        began, outcomes = monotonic(), list[Sequence[Any]]()
        with self.store.write() as tx:
            for lot in lots:
                outcomes.append(_attempt(tx, lot))
                if monotonic() - began > LONGEST:
                    break
        return outcomes

    def _alone(self, entry: _Entry) -> Any:
        try:
            return self.store.act(lambda tx: _do(tx, [entry])[0])
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            return error


def _alike(entries: list[_Entry]) -> list[list[_Entry]]:
    """The entries by their calls, in the order of the first of each."""
    lots: dict[Call, list[_Entry]] = {}
    for entry in entries:
        lots.setdefault(entry.call, []).append(entry)
    return list(lots.values())


def _do(tx: Transaction, lot: list[_Entry]) -> Sequence[Any]:
    return lot[0].call(tx, [entry.item for entry in lot])


def _attempt(tx: Transaction, lot: list[_Entry]) -> Sequence[Any]:
    try:
        with tx.part():
            return _do(tx, lot)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - one poll's fault is handed to that poll
        return [error] if len(lot) == 1 else [_attempt(tx, [entry])[0] for entry in lot]


def _tell(waiting: asyncio.Future[Any], outcome: Any) -> None:
    if waiting.done():  # nobody waits any more
        return
    if isinstance(outcome, BaseException):
        waiting.set_exception(outcome)
    else:
        waiting.set_result(outcome)
