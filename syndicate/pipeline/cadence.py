# SPDX-License-Identifier: Apache-2.0
"""How often and when a reader wants a digest. Readers who chose alike share a track: a schedule with its own editions.

A cadence is written ``weekly@7@Europe/Paris``. A track is the channel under another id, ``weekly~CADENCE``, so that its
editions, their periods and what each of them held are kept apart from those of the publisher's own schedule. Those who
join it have an edition of their own first, under ``weekly~CADENCE~EDITION``, their last one.
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
_HOURS = frozenset(map(str, range(24)))


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
    known = every in CRON and hour in _HOURS and zone in available_timezones()
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
    name, cadence, _ = _parts(channel.id)
    return name, cadence


def joining(channel: Channel, edition_id: str) -> Channel:
    """The channel or track for those who join it and were last owed that edition; with "" itself."""
    name, cadence, _ = _parts(channel.id)
    parts = (name, cadence, edition_id) if edition_id else (name, cadence) if cadence else (name,)
    return replace(channel, id=MARK.join(parts))


def came_from(channel_id: str) -> str:
    """The edition that those who join were last owed; "" for any other channel."""
    return _parts(channel_id)[2]


def _parts(channel_id: str) -> tuple[str, str, str]:
    name, _, rest = channel_id.partition(MARK)
    cadence, _, edition_id = rest.partition(MARK)
    return name, cadence, edition_id


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
