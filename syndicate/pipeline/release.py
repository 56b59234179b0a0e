# SPDX-License-Identifier: Apache-2.0
"""RELEASE: publish the feed, hand the digest to the outbox.

Both exits take a ``Verified`` and nothing else. What an edition was, what was decided in it and what was found in it is
on record before its first byte leaves; a run that was killed in between is finished by the next one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from syndicate.model import Channel, ChannelKind, Entry, Medium, Verified
from syndicate.pipeline.brakes import hold, may_send, too_many, too_often
from syndicate.pipeline.cadence import came_from, joining, list_of
from syndicate.pipeline.compose import Composing, Refusal, compose_digest, compose_feed, proof_error
from syndicate.pipeline.corrections import note
from syndicate.pipeline.jobs import deliver_slices
from syndicate.pipeline.leaving import follow
from syndicate.pipeline.ports import FeedFolder
from syndicate.pipeline.telemetry import span
from syndicate.pipeline.variants import Variant, variants
from syndicate.pipeline.windows import readers, readers_of
from syndicate.store import Lease, LedgerKind, Transaction

AGE_LIMIT = timedelta(hours=48)
LISTED = 100


@dataclass(frozen=True, slots=True)
class Released:
    """An edition that went out: to files, to recipients, or to both."""

    channel: Channel
    verified: Verified
    files: tuple[Path, ...] = ()
    recipients: int = 0


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An edition that no person asked for, so that a brake may hold it.

    ``until``: when the next edition takes over; what could not be delivered by then expires. ``since``: from when on
    editions count for the brake. ``lease``: what whoever keeps the schedule must hold still when it is written.
    """

    until: datetime
    since: datetime
    lease: Lease | None = None


def publish(composing: Composing, channel: Channel, folder: FeedFolder) -> Released:
    """Compose one feed channel and put its files in place; raises ProofError (then on record) or DeliveryError."""
    with span("compose", channel=channel.id):
        outcome = compose_feed(composing, channel)
    verified = _on_record(composing, outcome)
    files = folder(verified)
    with composing.store.write() as tx:
        _released(tx, verified, composing.clock(), {"files": [path.name for path in files]})
    return Released(channel, verified, files)


def _on_record(composing: Composing, outcome: Verified | Refusal) -> Verified:
    """Write what was composed, or why it is refused; raises ProofError for a refusal."""
    now = composing.clock()
    with composing.store.write() as tx:
        if isinstance(outcome, Verified):
            record(tx, outcome, now)
            if outcome.edition.channel.kind is ChannelKind.FEED:
                follow(composing.publishers, tx, outcome.edition, now)
            return outcome
        _refused(tx, outcome, now)
    raise proof_error(outcome)


def _refused(tx: Transaction, refusal: Refusal, now: datetime) -> None:
    """Put on record what is not released, and why."""
    tx.editions.put(refusal.edition, None, refusal.findings, now=now)
    data = {"edition": refusal.edition.id, "findings": [asdict(f) for f in refusal.findings[:LISTED]]}
    tx.ledger.record(LedgerKind.REFUSAL, at=now, subject=refusal.edition.channel.id, data=data)


def send_digest(
    composing: Composing, channel: Channel, period: str, scheduled: Scheduled | None = None
) -> Released | None:
    """Compose what is new, and in one transaction record it and put a delivery for each subscriber into the outbox.

    None if nothing is new, if a mail has nobody to go to (then its items wait for the first readers), or if another
    process was quicker. Raises ProofError (then on record), DeliveryError if this database is a copy of one that sends.
    """
    may_send(composing.store, composing.clock())
    with composing.store.read() as tx:
        before = tx.editions.last_digest(channel.id)
    with span("compose", channel=channel.id, period=period):
        outcome = compose_digest(composing, channel, period) if has_readers(composing, channel) else None
    if outcome is None:
        return None
    if isinstance(outcome, Refusal):
        _on_record(composing, outcome)
        return None
    with composing.store.read() as tx:
        theirs = readers_of(tx, channel)
    groups, key = variants(composing, outcome, theirs), composing.store.keys(composing.clock())[0]
    now = composing.clock()
    latest = now + AGE_LIMIT
    post = _Post(composing, now, min(scheduled.until, latest) if scheduled else latest, key.id)
    with composing.store.write() as tx:
        tx.alone(f"editions of {channel.id}")
        if scheduled and scheduled.lease and not tx.leases.holds(scheduled.lease):
            return None
        if tx.editions.last_digest(channel.id) != before or not record(tx, outcome, now):
            return None
        brakes = _brakes(tx, channel, len(theirs), scheduled) if scheduled else {}
        for variant in groups:
            if isinstance(variant.outcome, Refusal):
                _refused(tx, variant.outcome, now)
                continue
            if variant.outcome is not outcome:
                record(tx, variant.outcome, now)
            post.owe(tx, variant.outcome, variant)
            for kind, words in brakes.items():
                hold(tx, variant.outcome.edition.id, kind, words, now)
        deliver_slices(tx, len(theirs))
    return Released(channel, outcome, recipients=len(theirs))


def _brakes(tx: Transaction, channel: Channel, readers: int, scheduled: Scheduled) -> dict[str, str]:
    found = {"readers": too_many(tx, channel, readers), "often": too_often(tx, channel, scheduled.since)}
    return {kind: words for kind, words in found.items() if words}


@dataclass(frozen=True, slots=True)
class _Post:
    """What all deliveries of a digest have in common, whichever variant of it they are of."""

    composing: Composing
    now: datetime
    expires_at: datetime
    key_id: str

    def owe(self, tx: Transaction, verified: Verified, variant: Variant) -> None:
        """A delivery for each reader of an edition; the edition is released."""
        edition, readers, now = verified.edition, variant.readers, self.now
        secret, url = self.composing.secret, self.composing.site.url
        ids = {s.id: message_id(secret, edition.id, s.id, url) for s in readers}
        of, purpose = edition.channel.id, edition.channel.purpose
        if readers:  # else all who read the channel join it by an edition of their own
            tx.sendings.begin(edition.id, of, purpose, len(readers), now=now, interests=variant.interests)
            tx.outbox.enqueue(edition.id, readers, ids, now, expires_at=self.expires_at, key_id=self.key_id)
        _released(tx, verified, now, {"recipients": len(readers)})


def those_who_join(composing: Composing, channel: Channel) -> list[Channel]:
    """The channel or track for each group of its readers who were last owed an edition of another."""
    now = composing.clock()
    with composing.store.write() as tx:
        found = [joining(channel, edition_id) for edition_id in readers(tx, channel).joining]
        for one in found:
            last = tx.editions.summary(came_from(one.id))
            since = last.created if last else tx.channels.since(list_of(channel)[0])
            tx.channels.take_over(one.id, since, now)
    return found


def has_readers(composing: Composing, channel: Channel) -> bool:
    """Whether an edition of the channel has anybody to go to; what is no mail is for everybody."""
    with composing.store.read() as tx:
        return channel.medium is not Medium.EMAIL or tx.people.some(*list_of(channel))


def message_id(key: bytes, edition_id: str, subscriber_id: int, site_url: str) -> str:
    """The Message-ID of one edition to one subscriber: the same at every attempt. Spec: RFC 5322 3.6.4."""
    mac = hmac.new(key, f"{edition_id}|{subscriber_id}".encode(), hashlib.sha256).hexdigest()[:26]
    return f"<{mac}.{edition_id}@{urlsplit(site_url).hostname or 'localhost'}>"


def record(tx: Transaction, verified: Verified, now: datetime) -> bool:
    """Write an edition, what is new among its decisions, and its proof; False if it stands there already."""
    edition = verified.edition
    earlier = tx.editions.decisions([entry.item.id for entry in edition.entries])
    if not tx.editions.put(edition, verified, (), now=now).is_new:
        return False
    fresh = [e for e in edition.entries if earlier.get(e.item.id, {}).get(edition.channel.id) != e.decision]
    tx.ledger.record_all(LedgerKind.DECISION, [(e.item.id, _decision(e)) for e in fresh], at=now)
    summary = {"channel": edition.channel.id, "period": edition.period, "items": len(edition.entries)}
    tx.ledger.record(LedgerKind.EDITION, at=now, subject=edition.id, data=summary)
    proof = {"duties": len(verified.proved), "sha256": dict(verified.sha256)}
    tx.ledger.record(LedgerKind.PROOF, at=now, subject=edition.id, data=proof)
    note(tx, edition, now)
    return True


def _decision(entry: Entry) -> dict[str, object]:
    decision = entry.decision
    return {
        "channel": decision.channel_id,
        "mode": decision.mode.name.lower(),
        "because": decision.because,
        "duties": [duty.id for duty in decision.duties],
        "policy": decision.policy,
    }


def _released(tx: Transaction, verified: Verified, now: datetime, data: Mapping[str, object]) -> None:
    held = tx.editions.get(verified.edition.id)
    if held and held.summary.released_at is None:
        tx.editions.released(verified.edition.id, now)
        tx.ledger.record(LedgerKind.RELEASE, at=now, subject=verified.edition.id, data=data)
