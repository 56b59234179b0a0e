# SPDX-License-Identifier: Apache-2.0
"""When a digest is due. Pure: times go in, a time comes out.

Crontab expressions are read by cronsim, which gets weekdays and daylight saving right: a local time that the spring
change skips fires at the next valid minute, one that the autumn change repeats fires once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

from syndicate.model import Channel


def last_due(channel: Channel, after: datetime, now: datetime) -> datetime | None:
    """The latest time in (after, now] at which the channel's schedule fires, None if there is none.

    Several missed times count as one: what they would have carried is carried by the latest.
    """
    due = None
    for fires in CronSim(channel.schedule, after.astimezone(ZoneInfo(channel.timezone))):
        if fires > now:
            break
        due = fires
    return due.astimezone(UTC) if due else None


def next_due(channel: Channel, now: datetime) -> datetime:
    """The next time after ``now`` at which the channel's schedule fires."""
    fires: datetime = next(CronSim(channel.schedule, now.astimezone(ZoneInfo(channel.timezone))))
    return fires.astimezone(UTC)


def period(channel: Channel, due: datetime, *, seconds: bool = False) -> str:
    """The name of an edition's period: its end in the channel's own time, ``2026-11-23T0700``."""
    local = due.astimezone(ZoneInfo(channel.timezone))
    return local.strftime("%Y-%m-%dT%H%M%S" if seconds else "%Y-%m-%dT%H%M")


def one_and_a_half_periods_ago(channel: Channel, due: datetime) -> datetime:
    """The middle between the last time but one and the last time at which the schedule fired before ``due``."""
    before = CronSim(channel.schedule, due.astimezone(ZoneInfo(channel.timezone)), reverse=True)
    last, earlier = (next(before).astimezone(UTC) for _ in range(2))
    middle: datetime = earlier + (last - earlier) / 2
    return middle
