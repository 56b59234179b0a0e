# SPDX-License-Identifier: Apache-2.0
"""Taking turns: few requests at a time to one host, and no request that stands still keeps the others waiting.

A request that has gone on for long is *stuck*: its host may be slow or dead, but its other pages need not wait for it.
It gives its turn to the next and goes on beside it. So one host sees at most ``per_host`` requests that get on and as
many that do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

STUCK_AFTER = 4.0
"""Seconds after which a request no longer counts among those that get on."""


@dataclass(slots=True)
class _Lane:
    """The requests to one host: free turns, those stuck, those that use the lane at all."""

    turns: asyncio.Semaphore
    stuck: int = 0
    users: int = 0


@dataclass(slots=True)
class _Turn:
    """One request's turn; passed on at most once."""

    lane: _Lane
    most_stuck: int
    stuck_after: float
    passed: bool = False
    timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look after a while whether the request is still under way."""
        self.timer = asyncio.get_running_loop().call_later(self.stuck_after, self._pass_on)

    def end(self) -> None:
        """The request is over."""
        if self.timer:
            self.timer.cancel()
        if self.passed:
            self.lane.stuck -= 1
        else:
            self.lane.turns.release()

    def _pass_on(self) -> None:
        if self.lane.stuck >= self.most_stuck:
            self.start()
            return
        self.lane.stuck += 1
        self.passed = True
        self.lane.turns.release()


@dataclass(slots=True)
class Turns:
    """The turns at every host. ``per_host`` requests get on at a time, as many more may be stuck."""

    per_host: int = 2
    stuck_after: float = STUCK_AFTER
    _lanes: dict[str, _Lane] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at ``host`` and keep it for as long as the context lasts."""
        lane = self._lanes.setdefault(host, _Lane(asyncio.Semaphore(self.per_host)))
        lane.users += 1
        try:
            await lane.turns.acquire()
            held = _Turn(lane, self.per_host, self.stuck_after)
            held.start()
            try:
                yield
            finally:
                held.end()
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[host]
