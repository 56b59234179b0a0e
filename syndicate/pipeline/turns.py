# SPDX-License-Identifier: Apache-2.0
"""Turns at asking a host for pages, kept in the database: one at a time and with a pause, by however many processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from syndicate.errors import FetchError
from syndicate.pipeline.ports import Clock
from syndicate.store import Store, Transaction

LONGEST = timedelta(minutes=2)
"""How long a turn may take; one whose process died ends then."""

LOOK = 1.0
"""Seconds after which a turn that another has is asked for again: mostly it ends long before it must."""


@dataclass(frozen=True, slots=True)
class HostTurns:
    """The turns of all processes on one database."""

    store: Store
    clock: Clock

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Callable[[float], object]]:
        """Have the turn for as long as the context lasts; call what it yields with how long the host is left alone.

        Raises FetchError if the host asked to be left alone for longer than a turn takes, StoreError.
        """
        until = await self._taken(host)
        alone = [0.0]
        try:
            yield alone.append
        finally:
            then = self.clock() + timedelta(seconds=alone[-1])
            await asyncio.to_thread(self.store.act, lambda tx: tx.webpages.end_turn(host, until, then))

    async def _taken(self, host: str) -> datetime:
        loop, began = asyncio.get_running_loop(), self.clock()
        started = loop.time()
        while True:  # a clock that is set back, or stands, makes nobody wait longer
            now = max(self.clock(), began + timedelta(seconds=loop.time() - started))
            until = now + LONGEST
            again = await asyncio.to_thread(self.store.act, partial(_take, host=host, now=now, until=until))
            if again is None:
                return until
            wait = (again - now).total_seconds()
            if wait > 2 * LONGEST.total_seconds():  # no turn of another, whenever that began
                what = f"the host asked us to stay away for another {wait:.0f} seconds"
                raise FetchError(what, subject=host, remedy="ask again after that", retry_after=wait)
            await asyncio.sleep(min(wait, LOOK))


def _take(tx: Transaction, host: str, now: datetime, until: datetime) -> datetime | None:
    return tx.webpages.take_turn(host, now, until)
