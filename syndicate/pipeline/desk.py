# SPDX-License-Identifier: Apache-2.0
"""The desk where polls are written down: what arrives while one transaction is on its way shares the next.

A commit waits for the disk, and polls end by the hundred. Each is still all or nothing: one that fails is undone alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from syndicate.errors import StoreError
from syndicate.store import Store, Transaction

T = TypeVar("T")

LONGEST = 0.1
"""Seconds after which a transaction takes no more work, so that other writers get their turn."""


@dataclass(slots=True)
class _Entry:
    act: Callable[[Transaction], Any]
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
        entry = _Entry(act, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._busy is None:
            self._busy = asyncio.create_task(self._work())
        result: T = await entry.done
        return result

    async def finish(self) -> None:
        """Wait until everything that was handed in is written."""
        if self._busy:
            await self._busy

    async def _work(self) -> None:
        try:
            while self._waiting:
                entries, self._waiting = self._waiting, []
                outcomes = await asyncio.to_thread(self._commit, [entry.act for entry in entries])
                self._waiting = entries[len(outcomes) :] + self._waiting
                for entry, outcome in zip(entries, outcomes, strict=False):
                    _tell(entry.done, outcome)
        finally:
            self._busy = None

    def _commit(self, acts: list[Callable[[Transaction], Any]]) -> list[Any]:
        """The outcomes of the first of these acts, as many as fit into one transaction: values, or what was raised."""
        try:
            return self._together(acts)
        except StoreError:
            # Whatever the database did not take, it may have undone with it what stood: each is tried alone.
            return [self._alone(act) for act in acts]

    def _together(self, acts: list[Callable[[Transaction], Any]]) -> list[Any]:
        began, outcomes = monotonic(), list[Any]()
        with self.store.write() as tx:
            for act in acts:
                outcomes.append(_attempt(tx, act))
                if monotonic() - began > LONGEST:
                    break
        return outcomes

    def _alone(self, act: Callable[[Transaction], Any]) -> Any:
        try:
            with self.store.write() as tx:
                return act(tx)
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            return error


def _attempt(tx: Transaction, act: Callable[[Transaction], Any]) -> Any:
    try:
        with tx.part():
            return act(tx)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - one poll's fault is handed to that poll
        return error


def _tell(waiting: asyncio.Future[Any], outcome: Any) -> None:
    if waiting.done():  # nobody waits any more
        return
    if isinstance(outcome, BaseException):
        waiting.set_exception(outcome)
    else:
        waiting.set_result(outcome)
