# SPDX-License-Identifier: Apache-2.0
"""Subscribers, their consent, and the list of those who must not be written to.

Whoever left a channel stays off it: no import brings the address back, only the person by an own act that is proved by
mail. The suppression list outlives the subscriber and holds only a fingerprint of the address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, delete, exists, func, select, update

from syndicate.model import Consent, Interest, Purpose, Subscriber
from syndicate.store import encoding
from syndicate.store.mail_tables import subscribers, suppressions
from syndicate.store.outbox import Outbox
from syndicate.store.person_rows import address, address_key, consent_columns, subscriber, suppression
from syndicate.store.records import Added, Suppression
from syndicate.store.returns import Returns
from syndicate.store.statements import add, add_missing, batches

PENDING = "pending"
ACTIVE = "active"
UNSUBSCRIBED = "unsubscribed"
SUPPRESSED = "suppressed"
ERASED = "erased"
EVERYWHERE = ""  # the channel of a suppression that holds for all of them


class People:
    """The subscribers, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction. ``changes`` are those of the suppression list in it: on, or lifted."""
        self._connection = connection
        self.changes: list[tuple[bool, Suppression]] = []

    def add_confirmed(self, channel_id: str, consents: Mapping[str, Consent], *, now: datetime) -> Added:
        """Put addresses with their recorded consent on the channel's list. UsageError: not an address.

        A pending address becomes active. One that is active stays as it is; one that left or is suppressed too.
        """
        rows = [{**consent_columns(consent), "email": address(email)} for email, consent in consents.items()]
        entered = self._enter(channel_id, rows, ACTIVE, now)
        off = set(map(address_key, entered.barred))
        pending = {address_key(one.email): one.id for one in entered.kept if one.state == PENDING}
        waiting = {key: id_ for key, id_ in pending.items() if key not in off}
        columns = {address_key(row["email"]): row for row in rows}
        for key, subscriber_id in waiting.items():
            self._activate(subscriber_id, columns[key])
        confirmed = self._by_key(channel_id, tuple(waiting))
        kept = tuple(one for one in entered.kept if address_key(one.email) not in waiting)
        return Added(entered.added + confirmed, kept, entered.barred)

    def add_pending(  # noqa: PLR0913 - each is a column of the record
        self,
        channel_id: str,
        emails: Sequence[str],
        *,
        purpose: Purpose,
        wording: str,
        method: str,
        now: datetime,
        interests: Sequence[Interest] = (),
        origin: str = "",
        own: bool = False,
    ) -> Added:
        """Note addresses that are to be asked for their consent. UsageError: not an address.

        Whoever is on the list already, left it or is suppressed is not asked. ``own``: they came themselves, so that
        having left or been forgotten does not keep them off.
        """
        asked: dict[str, Any] = {
            "purpose": purpose.value,
            "wording": wording,
            "version": encoding.fingerprint(wording)[:12],
            "method": method,
            "interests": " ".join(interests),
            "origin": origin,
            "confirmed_at": None,
        }
        return self._enter(channel_id, [{**asked, "email": address(email)} for email in emails], PENDING, now, own=own)

    def confirm(self, subscriber_id: int, now: datetime, method: str, proof: str = "") -> Subscriber | None:
        """The person agreed: pending becomes active. Every other state stays. None: no such subscriber."""
        held = self.get(subscriber_id)
        key = address_key(held.email) if held else ""
        if held is not None and held.state == PENDING and not self._suppressed(held.channel_id, [key], own=True):
            self._lift_own(held.channel_id, key, now)
            self._activate(subscriber_id, {"confirmed_at": now, "method": method, "proof": proof})
        return self.get(subscriber_id)

    def rejoin(self, subscriber_id: int, consent: Consent) -> bool:
        """The person who left by an own act comes back by an own act. False: they did not leave so, or may not."""
        held = self.get(subscriber_id)
        if held is None or held.state != UNSUBSCRIBED or self._barred(EVERYWHERE, [address_key(held.email)]):
            return False
        if not self._lift_own(held.channel_id, address_key(held.email), consent.confirmed_at):
            return False
        self._activate(subscriber_id, {**consent_columns(consent), "ended_at": None})
        return True

    def prefer(self, subscriber_id: int, cadence: str) -> None:
        """How often and when the person wants it."""
        change = update(subscribers).where(subscribers.c.id == subscriber_id)
        self._connection.execute(change.values(cadence=cadence))

    def cadences(self, channel_id: str) -> tuple[str, ...]:
        """The cadences of a channel's readers, without the publisher's own."""
        mine = (subscribers.c.channel_id == channel_id, subscribers.c.state == ACTIVE, subscribers.c.cadence != "")
        query = select(subscribers.c.cadence).where(*mine).distinct().order_by(subscribers.c.cadence)
        return tuple(self._connection.execute(query).scalars())

    def of_address(self, email: str) -> tuple[Subscriber, ...]:
        """A person on every list."""
        return self._read(select(subscribers).where(subscribers.c.email_sha256 == address_key(email)))

    def erase(self, email: str, now: datetime) -> int:
        """Forget a person: the address and all about the consent. On how many lists they were.

        What stays is the fingerprint on the suppression list, so that no import brings the address back, and no older
        copy of the database the person.
        """
        found = self.of_address(email)
        for one in found:
            self._end(one.id, UNSUBSCRIBED, now)
            mine = (suppressions.c.channel_id == one.channel_id, suppressions.c.email_sha256 == address_key(email))
            self._connection.execute(update(suppressions).where(*mine).values(erased_at=now))
            listed = self._connection.execute(select(suppressions).where(*mine)).one()
            self.changes.append((True, suppression(listed)))
            self._forget(one.id)
        return len(found)

    def forget_unanswered(self, before: datetime) -> int:
        """Forget whoever was asked to confirm, never did, and was last asked before then; how many.

        Nobody is barred by it: they never were on a list, and may come again.
        """
        query = select(subscribers.c.id).where(subscribers.c.state == PENDING, subscribers.c.created_at < before)
        notices = Outbox(self._connection).notices_since
        found = [one for one in self._connection.execute(query).scalars() if not notices(one, before)]
        for subscriber_id in found:
            self._forget(subscriber_id)
        return len(found)

    def suppressions(self) -> tuple[Suppression, ...]:
        """The suppression list: channel ("" is all), fingerprint, reason and time."""
        query = select(suppressions).order_by(suppressions.c.at, suppressions.c.email_sha256)
        return tuple(suppression(row) for row in self._connection.execute(query))

    def suppress_all(self, listed: Sequence[Suppression], now: datetime, erased: Mapping[str, datetime] = {}) -> int:
        """Put a list on record, as after a restored copy; who is on it is off at once. How many were new.

        Who was erased, and is known here from before, is forgotten too: by the list, or ``erased`` by fingerprint.
        """
        erased = {one.email_sha256: one.erased_at for one in listed if one.erased_at} | dict(erased)
        held = {(one.channel_id, one.email_sha256) for one in self.suppressions()}
        new = [one for one in listed if (one.channel_id, one.email_sha256) not in held]
        for one in new:
            self._put(one.channel_id, one.email_sha256, one.reason, one.at, one.erased_at)
            mine = subscribers.c.email_sha256 == one.email_sha256
            for reader in self._read(select(subscribers).where(mine, subscribers.c.state.in_([PENDING, ACTIVE]))):
                if one.channel_id in (EVERYWHERE, reader.channel_id):
                    state = UNSUBSCRIBED if one.reason == UNSUBSCRIBED else SUPPRESSED
                    self._end(reader.id, state, now, suppress=False)
        for subscriber_id in self.unforgotten(erased):
            self._forget(subscriber_id)
        return len(new)

    def unforgotten(self, erased: Mapping[str, datetime]) -> tuple[int, ...]:
        """Ids of those who were on a list before they were erased: an older copy of the database still knows them."""
        query = select(subscribers.c.id, subscribers.c.email_sha256, subscribers.c.created_at)
        return tuple(
            row.id
            for batch in batches(tuple(erased))
            for row in self._connection.execute(query.where(subscribers.c.email_sha256.in_(batch)))
            if row.created_at <= erased[row.email_sha256]
        )

    def unsubscribe(self, subscriber_id: int, now: datetime) -> Subscriber | None:
        """The person leaves, for good. Said twice, it is the same. None: no such subscriber."""
        return self._end(subscriber_id, UNSUBSCRIBED, now)

    def suppress(self, subscriber_id: int, now: datetime, reason: str = SUPPRESSED) -> Subscriber | None:
        """The address must not be written to any more: it complained, or fails. None: no such subscriber."""
        return self._end(subscriber_id, SUPPRESSED, now, reason=reason)

    def restore(self, subscriber_id: int, now: datetime) -> bool:
        """The address was barred by mistake: the bar is lifted, and who was taken off by it comes back.

        Whoever left by an own act stays off. False: there was no bar, or no such address any more.
        """
        held = self.get(subscriber_id)
        if held is None or held.state == ERASED:
            return False
        key = address_key(held.email)
        bars = [channel for channel in (EVERYWHERE, held.channel_id) if self._barred(channel, [key], own=True)]
        if not bars and held.state != SUPPRESSED:
            return False
        off = update(subscribers).where(subscribers.c.email_sha256 == key, subscribers.c.state == SUPPRESSED)
        if EVERYWHERE not in bars:
            off = off.where(subscribers.c.channel_id == held.channel_id)
        back = case((subscribers.c.confirmed_at.is_(None), PENDING), else_=ACTIVE)
        self._connection.execute(off.values(state=back, ended_at=None))
        gone = delete(suppressions).where(
            suppressions.c.email_sha256 == key,
            suppressions.c.channel_id.in_(bars),
            suppressions.c.reason != UNSUBSCRIBED,
        )
        self._connection.execute(gone)
        for channel_id in bars:
            self._lift(channel_id, key, now)
        return True

    def dead(self, subscriber_id: int, now: datetime) -> bool:
        """There is no such address: it is taken off every list, and stays off. False: it was off already."""
        held = self.get(subscriber_id)
        if held is None or held.state == ERASED or self._barred(EVERYWHERE, [address_key(held.email)]):
            return False
        mine = subscribers.c.email_sha256 == address_key(held.email)
        for other in self._read(select(subscribers).where(mine)):
            self._end(other.id, SUPPRESSED, now, suppress=False)
        self._put(EVERYWHERE, address_key(held.email), "dead", now)
        return True

    def suppressed(self, email: str, channel_id: str) -> bool:
        """Whether the address is on the channel's suppression list."""
        return bool(self._suppressed(channel_id, [address_key(email)]))

    def active(self, channel_id: str, cadence: str = "") -> tuple[Subscriber, ...]:
        """Who gets the channel's editions of a cadence, by id."""
        mine = (subscribers.c.channel_id == channel_id, subscribers.c.state == ACTIVE)
        query = select(subscribers).where(*mine, subscribers.c.cadence == cadence).order_by(subscribers.c.id)
        return self._read(query)

    def joined(self, subscriber_ids: Sequence[int]) -> dict[int, datetime]:
        """By subscriber id since when we may write to them: they confirmed, or came on the list, if that was later."""
        found: dict[int, datetime] = {}
        shown = subscribers.c.id, subscribers.c.created_at, subscribers.c.confirmed_at
        for batch in batches(subscriber_ids):
            for row in self._connection.execute(select(*shown).where(subscribers.c.id.in_(batch))):
                found[row.id] = max(row.created_at, row.confirmed_at or row.created_at)
        return found

    def some(self, channel_id: str, cadence: str = "") -> bool:
        """Whether anybody gets the channel's editions of a cadence."""
        mine = (subscribers.c.channel_id == channel_id, subscribers.c.state == ACTIVE)
        active = exists().where(*mine, subscribers.c.cadence == cadence)
        return bool(self._connection.execute(select(active)).scalar_one())

    def list(self, channel_id: str = "", *, state: str = "") -> tuple[Subscriber, ...]:
        """Subscribers by id: of one channel or of all, in one state or in any."""
        query = select(subscribers).order_by(subscribers.c.id)
        if channel_id:
            query = query.where(subscribers.c.channel_id == channel_id)
        if state:
            query = query.where(subscribers.c.state == state)
        return self._read(query)

    def get(self, subscriber_id: int) -> Subscriber | None:
        """One subscriber, or None."""
        found = self._read(select(subscribers).where(subscribers.c.id == subscriber_id))
        return found[0] if found else None

    def known(self, channel_id: str, emails: Sequence[str]) -> tuple[tuple[Subscriber, ...], tuple[str, ...]]:
        """Of these addresses the subscribers of a channel, and those that are on its suppression list."""
        by_key = {address_key(email): email for email in emails}
        barred = self._suppressed(channel_id, tuple(by_key))
        return self._by_key(channel_id, tuple(by_key)), tuple(by_key[key] for key in sorted(barred))

    def find(self, channel_id: str, email: str) -> Subscriber | None:
        """The subscriber with this address, in any spelling of its case, or None."""
        found = self._by_key(channel_id, [address_key(email)])
        return found[0] if found else None

    def _enter(
        self, channel_id: str, rows: Sequence[dict[str, Any]], state: str, now: datetime, *, own: bool = False
    ) -> Added:
        by_key = {address_key(row["email"]): row for row in rows}
        kept = self._by_key(channel_id, tuple(by_key))
        barred = self._suppressed(channel_id, tuple(by_key), own=own)
        new = tuple(key for key in by_key if key not in barred | {address_key(one.email) for one in kept})
        same = {"channel_id": channel_id, "state": state, "created_at": now}
        last = self._connection.execute(select(func.coalesce(func.max(subscribers.c.id), 0))).scalar_one()
        add(self._connection, subscribers, [{**by_key[key], **same, "email_sha256": key} for key in new])
        # By id: of rows that came in this transaction the database has no statistics, and searches by a wrong index.
        mine = select(subscribers).where(subscribers.c.id > last, subscribers.c.channel_id == channel_id)
        added = self._read(mine.order_by(subscribers.c.id)) if new else ()
        return Added(
            tuple(one for one in added if address_key(one.email) in by_key),
            kept,
            tuple(by_key[key]["email"] for key in sorted(barred)),
        )

    def _activate(self, subscriber_id: int, columns: Mapping[str, Any]) -> None:
        change = update(subscribers).where(subscribers.c.id == subscriber_id)
        self._connection.execute(change.values(state=ACTIVE, **columns))

    def _end(
        self, subscriber_id: int, state: str, now: datetime, *, suppress: bool = True, reason: str = ""
    ) -> Subscriber | None:
        held = self.get(subscriber_id)
        if held is None or held.state == ERASED:  # there is no address left that could be put on the list
            return held
        live = update(subscribers).where(subscribers.c.id == subscriber_id, subscribers.c.state.in_([PENDING, ACTIVE]))
        self._connection.execute(live.values(state=state, ended_at=now))
        Outbox(self._connection).cancel_for(subscriber_id, now)
        if suppress:
            self._put(held.channel_id, address_key(held.email), reason or state, now)
        return self.get(subscriber_id)

    def _forget(self, subscriber_id: int) -> None:
        unsaid = {"email": "", "wording": "", "version": "", "method": "", "origin": "", "proof": "", "cadence": ""}
        gone = {**unsaid, "email_sha256": f"erased {subscriber_id}", "state": ERASED, "confirmed_at": None}
        self._connection.execute(update(subscribers).where(subscribers.c.id == subscriber_id).values(**gone))
        Outbox(self._connection).forget(subscriber_id)
        Returns(self._connection).forget(subscriber_id)

    def _put(self, channel_id: str, key: str, reason: str, now: datetime, erased_at: datetime | None = None) -> None:
        if self._barred(channel_id, [key]):
            return
        one = Suppression(channel_id, key, reason, now, erased_at)
        add_missing(self._connection, suppressions, [asdict(one)], key=["channel_id", "email_sha256"])
        self.changes.append((True, one))

    def _lift_own(self, channel_id: str, key: str, now: datetime) -> bool:
        """Take off the list who left, or was forgotten, by an own act; whether they were on it so."""
        lifted = delete(suppressions).where(
            suppressions.c.channel_id == channel_id,
            suppressions.c.email_sha256 == key,
            suppressions.c.reason == UNSUBSCRIBED,
        )
        if not self._connection.execute(lifted).rowcount:
            return False
        self._lift(channel_id, key, now)
        return True

    def _lift(self, channel_id: str, key: str, now: datetime) -> None:
        self.changes.append((False, Suppression(channel_id, key, "", now)))

    def _suppressed(self, channel_id: str, keys: Sequence[str], *, own: bool = False) -> set[str]:
        return self._barred(channel_id, keys, own=own) | self._barred(EVERYWHERE, keys)

    def _barred(self, channel_id: str, keys: Sequence[str], *, own: bool = False) -> set[str]:
        """Which of the addresses are on the list; ``own`` those whom no act of their own takes off it."""
        column = suppressions.c.email_sha256
        query = select(column).where(suppressions.c.channel_id == channel_id)
        if own:
            query = query.where(suppressions.c.reason != UNSUBSCRIBED)
        return {
            key for batch in batches(keys) for key in self._connection.execute(query.where(column.in_(batch))).scalars()
        }

    def _by_key(self, channel_id: str, keys: Sequence[str]) -> tuple[Subscriber, ...]:
        query = select(subscribers).where(subscribers.c.channel_id == channel_id).order_by(subscribers.c.id)
        return tuple(
            one for batch in batches(keys) for one in self._read(query.where(subscribers.c.email_sha256.in_(batch)))
        )

    def _read(self, query: Select[Any]) -> tuple[Subscriber, ...]:
        return tuple(subscriber(row) for row in self._connection.execute(query))
