# SPDX-License-Identifier: Apache-2.0
"""What we remember of each channel: since when we know it, and up to when its schedule was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from syndicate.store.schema import channels
from syndicate.store.statements import add_missing


class Channels:
    """The channels, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def sync(self, channel_ids: Sequence[str], now: datetime) -> None:
        """Know these channels; those that are known keep what is remembered of them."""
        rows = [{"channel_id": channel_id, "since": now, "looked_at": now} for channel_id in channel_ids]
        add_missing(self._connection, channels, rows, key=["channel_id"])

    def since(self, channel_id: str) -> datetime:
        """From when on it carries what is seen: when it was first known, later if editions had nobody to go to."""
        query = select(channels.c.since).where(channels.c.channel_id == channel_id)
        when: datetime = self._connection.execute(query).scalar_one()
        return when

    def known(self, channel_id: str) -> bool:
        """Whether anything is remembered of a channel."""
        query = select(channels.c.channel_id).where(channels.c.channel_id == channel_id)
        return self._connection.execute(query).first() is not None

    def take_over(self, channel_id: str, since: datetime, now: datetime) -> None:
        """Know a channel that goes on where another left off: it carries what was seen since then."""
        row = {"channel_id": channel_id, "since": since, "looked_at": now}
        add_missing(self._connection, channels, [row], key=["channel_id"])

    def begin(self, channel_id: str, at: datetime) -> None:
        """It carries only what is seen from then on; never back."""
        later = update(channels).where(channels.c.channel_id == channel_id, channels.c.since < at)
        self._connection.execute(later.values(since=at))

    def looked_at(self, channel_id: str) -> datetime:
        """Up to when its schedule was looked at: at first since it is known, so that no old time is due."""
        query = select(channels.c.looked_at).where(channels.c.channel_id == channel_id)
        when: datetime = self._connection.execute(query).scalar_one()
        return when

    def decided(self, channel_id: str, terms_sha256: str, again: datetime | None) -> None:
        """Its items were decided by these terms; they have to be decided again at that time."""
        mine = update(channels).where(channels.c.channel_id == channel_id)
        self._connection.execute(mine.values(terms_sha256=terms_sha256, decide_at=again))

    def terms_sha256(self, channel_id: str) -> str:
        """The fingerprint of the terms by which its items were decided last, "" if never."""
        query = select(channels.c.terms_sha256).where(channels.c.channel_id == channel_id)
        found: str = self._connection.execute(query).scalar_one()
        return found

    def decide_again(self, now: datetime) -> None:
        """Terms or picks have changed: every channel is to be decided again."""
        self._connection.execute(update(channels).values(decide_at=now))

    def put_off(self, channel_id: str, until: datetime) -> None:
        """A channel that was to be decided again before that time is to be decided then."""
        mine = update(channels).where(channels.c.channel_id == channel_id, channels.c.decide_at < until)
        self._connection.execute(mine.values(decide_at=until))

    def to_decide(self, now: datetime) -> set[str]:
        """The channels whose items are to be decided again by ``now``."""
        return set(self._connection.execute(select(channels.c.channel_id).where(channels.c.decide_at <= now)).scalars())

    def look(self, channel_id: str, until: datetime) -> None:
        """Its schedule was looked at until then; never back."""
        later = update(channels).where(channels.c.channel_id == channel_id, channels.c.looked_at < until)
        self._connection.execute(later.values(looked_at=until))
