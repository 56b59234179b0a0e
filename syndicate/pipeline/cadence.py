# SPDX-License-Identifier: Apache-2.0
"""How often and when a reader wants a digest. Readers who chose alike share a track: a schedule with its own editions.

A cadence is written ``weekly@7@Europe/Paris``. A track is the channel under another id, ``weekly~CADENCE``, so that its
editions, their periods and what each of them held are kept apart from those of the publisher's own schedule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import available_timezones

from syndicate.model import Channel
from syndicate.store import Store, Transaction

MARK = "~"
EACH, DAILY, WEEKLY, MONTHLY = "each", "daily", "weekly", "monthly"
CRON = {EACH: "*/15 * * * *", DAILY: "0 {hour} * * *", WEEKLY: "0 {hour} * * 1", MONTHLY: "0 {hour} 1 * *"}
HOURS = 24


@dataclass(frozen=True, slots=True)
class Cadence:
    """``every`` is each, daily, weekly or monthly; ``hour`` is local in the IANA ``zone``."""

    every: str
    hour: int
    zone: str


def written(cadence: Cadence) -> str:
    """As it is kept; a cadence without an hour of its own has one spelling."""
    return f"{cadence.every}@{0 if cadence.every == EACH else cadence.hour}@{cadence.zone}"


def read(text: str) -> Cadence | None:
    """What ``written`` wrote; None for anything else, "" above all."""
    every, _, rest = text.partition("@")
    hour, _, zone = rest.partition("@")
    known = every in CRON and hour.isascii() and hour.isdigit() and int(hour) < HOURS and zone in available_timezones()
    return Cadence(every, int(hour), zone) if known else None


def track(channel: Channel, cadence: str) -> Channel:
    """The channel as its readers of that cadence get it; with "" the channel itself."""
    chosen = read(cadence)
    if chosen is None:
        return channel
    schedule = CRON[chosen.every].format(hour=chosen.hour)
    return replace(
        channel,
        id=f"{channel.id}{MARK}{cadence}",
        title=channel.title or channel.id,
        schedule=schedule,
        timezone=chosen.zone,
        nothing_new="skip",
    )


def list_of(channel: Channel) -> tuple[str, str]:
    """On which list a channel's or track's readers are, and their cadence."""
    name, _, cadence = channel.id.partition(MARK)
    return name, cadence


def tracks(store: Store, channel: Channel, now: datetime) -> list[Channel]:
    """The channel and the tracks that its readers chose; a new one begins where the channel's own editions end."""
    with store.read() as tx:
        found = [track(channel, cadence) for cadence in tx.people.cadences(channel.id)]
        known = {one.id for one in found if tx.channels.known(one.id)}
    new = [one for one in found if one.id not in known]
    if new:
        with store.write() as tx:
            for one in new:
                _begin(tx, channel, one, now)
    return [channel, *found]


def _begin(tx: Transaction, channel: Channel, one: Channel, now: datetime) -> None:
    last = tx.editions.last_digest(channel.id)
    tx.channels.take_over(one.id, last.created if last else tx.channels.since(channel.id), now)
