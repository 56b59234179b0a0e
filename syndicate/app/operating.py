# SPDX-License-Identifier: Apache-2.0
"""The operator's console, wired."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.model import Channel
from syndicate.pipeline.adding import Wish
from syndicate.pipeline.loop import run
from syndicate.pipeline.prospect import Seen
from syndicate.schedule import due
from syndicate.serve.admin.console import Console
from syndicate.serve.admin.house import House

if TYPE_CHECKING:
    from syndicate.app.wiring import App


def console(app: App) -> Console:
    """The console of what is open. Its rooms run in threads of their own, so looking at an address has its own loop."""

    def period(channel: Channel, now: datetime) -> str:
        return due.period(channel, now, seconds=True)

    def look(wish: Wish, number: int) -> Seen:
        return run(app.look(wish, number))

    house = House(
        config=app.config,
        composing=app.composing,
        posting=lambda: app.posting,
        period=period,
        next_due=due.next_due,
        sources=app.sources,
        publishers=app.publishers,
        settings=app.settings,
        look=look,
        add=app.add,
    )
    return Console(house)
