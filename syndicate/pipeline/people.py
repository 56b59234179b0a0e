# SPDX-License-Identifier: Apache-2.0
"""Readers come, choose, leave, come back, and ask what we hold: each act on record, none of them told to others.

A sign-up form is a weapon: the request to confirm is the attack. So one address is asked at most once a day and three
times in a month, one network and everybody together only so often an hour, and the mail is in our own words alone.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from syndicate.deliver import tokens
from syndicate.errors import UsageError
from syndicate.model import Channel, Consent, Subscriber
from syndicate.pipeline import cadence
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.release import AGE_LIMIT, message_id
from syndicate.publish.confirmation import render_confirmation, wording
from syndicate.store import LedgerKind, Transaction, address

CONFIRM_WITHIN = timedelta(days=3)
DAY, MONTH, HOUR = timedelta(hours=24), timedelta(days=30), timedelta(hours=1)
IN_A_DAY, IN_A_MONTH = 1, 3
NETWORK_AN_HOUR = 20
LIST_AN_HOUR = 500
ALL_AN_HOUR = 1000
_PREFIX = {4: 24, 6: 64}
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
_LOCAL = re.compile(
    r"(?=.{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@", re.ASCII | re.IGNORECASE
)
_NOWHERE = frozenset({"localhost", "local", "internal", "invalid", "onion", "arpa"})
_AGREED = {"confirm", "rejoin"}


def sign_up(composing: Composing, channel: Channel, email: str, network: str) -> bool:
    """Somebody gave an address on the form; whether it is asked. Tell nobody.

    ``network`` is the address of the request, "" if unknown. Whoever is on the list, is suppressed, or was asked lately
    is not asked, nor is anybody when a limit is reached.
    """
    try:
        email = address(email)
    except UsageError:
        return False
    if not is_public(email) or not channel.signup:
        return False
    now, origin = composing.clock(), origin_of(composing.secret, network)
    with composing.store.write() as tx:
        limits = (
            (f"signup {origin}", NETWORK_AN_HOUR),
            (f"signup {channel.id}", LIST_AN_HOUR),
            ("signup", ALL_AN_HOUR),
        )
        tx.alone("sign-ups")
        if any(tx.rates.used(key, now - HOUR) >= most for key, most in limits):
            return False
        for key, _ in limits:
            tx.rates.count(key, now)
        return bool(_ask(composing, tx, channel, [email], "form on the site", now, origin, again=True))


def is_public(email: str) -> bool:
    """Whether mail to the address could go to a stranger: a name of the DNS with a dot, not set aside for a machine.

    What a form may ask of us; the operator's own lists may hold any. Spec: RFC 5321 2.3.5, RFC 6761 6, RFC 6762 3.
    """
    *others, top = labels = email.rpartition("@")[2].split(".")
    is_name = bool(others) and all(map(_LABEL.fullmatch, labels)) and not top.isdigit() and top not in _NOWHERE
    return is_name and _LOCAL.match(email) is not None


def ask_to_confirm(composing: Composing, channel: Channel, emails: Sequence[str]) -> int:
    """Note addresses as pending and owe each one request to confirm; how many are asked.

    Whoever is on the list, left it, or was asked lately is not asked.
    """
    with composing.store.write() as tx:
        return _ask(composing, tx, channel, emails, "confirmation by mail", composing.clock())


def _ask(
    composing: Composing,
    tx: Transaction,
    channel: Channel,
    emails: Sequence[str],
    method: str,
    now: datetime,
    origin: str = "",
    *,
    again: bool = False,
) -> int:
    site, words, key = composing.site, wording(channel, composing.site), (tx.keys.all() or (tx.keys.make(now),))[0]
    added = tx.people.add_pending(
        channel.id,
        emails,
        purpose=channel.purpose,
        wording=words,
        method=method,
        now=now,
        interests=channel.consent,
        origin=origin,
        own=again,
    )
    # Whoever left by an own act may come back by one: the form asks them too, an import does not.
    states = ("pending", "unsubscribed") if again else ("pending",)
    asked = 0
    for reader in (*added.added, *(one for one in added.kept if one.state in states)):
        if tx.outbox.notices_since(reader.id, now - DAY) >= IN_A_DAY:
            continue
        if tx.outbox.notices_since(reader.id, now - MONTH) >= IN_A_MONTH:
            continue
        name = message_id(composing.secret, f"confirm.{now:%Y%m%d}", reader.id, site.url)
        link = f"{site.url}/confirm/{tokens.make(key, 'confirm', reader.id, now + CONFIRM_WITHIN)}"
        mail = render_confirmation(channel, site, reader.email, name, link, now, composing.templates)
        tx.outbox.enqueue_notice(reader, name, mail, now, expires_at=now + AGE_LIMIT)
        asked += 1
    return asked


def origin_of(secret: bytes, network: str) -> str:
    """A keyed fingerprint of the network that an address is in (/24, /64): it says "the same", not where."""
    try:
        found = ipaddress.ip_address(network)
    except ValueError:
        return ""
    prefix = ipaddress.ip_network(f"{found}/{_PREFIX[found.version]}", strict=False)
    return hmac.new(secret, f"network {prefix}".encode(), hashlib.sha256).hexdigest()[:16]


def confirm(
    composing: Composing, channels: Mapping[str, Channel], subscriber_id: int, token: str, network: str = ""
) -> None:
    """The person agreed, or came back: proved by a token that only their mailbox got.

    ``channels`` are by id, ``network`` is the address of the request, "" if unknown.
    """
    now, proof = composing.clock(), _proof(token)
    with composing.store.write() as tx:
        before = tx.people.get(subscriber_id)
        tx.people.confirm(subscriber_id, now, "link in a mail", proof)
        back = _rejoin(composing, tx, channels, before, (origin_of(composing.secret, network), proof))
        reader = tx.people.get(subscriber_id)
        if reader and before and not back and before.state != reader.state:
            _note(tx, reader, "confirm", now)


def leave(composing: Composing, subscriber_id: int) -> None:
    """The person leaves. Said twice, it is the same."""
    with composing.store.write() as tx:
        take_off(tx, subscriber_id, composing.clock())


def take_off(tx: Transaction, subscriber_id: int, now: datetime) -> bool:
    """The person leaves, and that is on record; whether they were there."""
    before = tx.people.get(subscriber_id)
    reader = tx.people.unsubscribe(subscriber_id, now)
    if reader is None or before is None or before.state == reader.state:
        return False
    _note(tx, reader, "unsubscribe", now)
    return True


def come_back(
    composing: Composing, channels: Mapping[str, Channel], subscriber_id: int, token: str, network: str = ""
) -> bool:
    """The person who left comes back by the link of a mail that was theirs; whether they are on the list now.

    ``token`` is that of the link, ``network`` the address of the request, "" if unknown.
    """
    with composing.store.write() as tx:
        left = tx.people.get(subscriber_id)
        _rejoin(composing, tx, channels, left, (origin_of(composing.secret, network), _proof(token)))
        reader = tx.people.get(subscriber_id)
    return reader is not None and reader.state == "active"


def _proof(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _rejoin(
    composing: Composing,
    tx: Transaction,
    channels: Mapping[str, Channel],
    left: Subscriber | None,
    shown: tuple[str, str],
) -> bool:
    """Whether the person was away and is back, with the consent whose words the page shows now.

    ``shown`` is the origin and the proof of it. The consent that it replaces stays with the act on record.
    """
    channel = channels.get(left.channel_id) if left else None
    if left is None or channel is None:
        return False
    words, now = wording(channel, composing.site), composing.clock()
    consent = Consent(channel.purpose, words, "link in a mail", now, channel.consent, *shown)
    if not tx.people.rejoin(left.id, consent):
        return False
    earlier: dict[str, object] = {}
    if left.consent:  # without its origin, which is forgotten with the person; the record of acts is not
        was = left.consent
        earlier = {"before": {"at": was.confirmed_at.isoformat(), "wording": was.version, "proof": was.proof}}
    _note(tx, tx.people.get(left.id) or left, "rejoin", now, earlier)
    return True


def restore(composing: Composing, subscriber_id: int, by: str) -> bool:
    """What a bounce or a complaint barred may be written to again, because a person says that it was a mistake.

    Whether the reader is on the list again: whoever left by an own act comes back by one. Raises UsageError if neither
    a bounce nor a complaint stands against them.
    """
    now = composing.clock()
    with composing.store.write() as tx:
        if not tx.people.restore(subscriber_id, now):
            remedy = "whoever left comes back by an own act"
            raise UsageError("was not taken off by a bounce or a complaint", subject=str(subscriber_id), remedy=remedy)
        data = {"act": "restore", "by": by}
        tx.ledger.record(LedgerKind.CONSENT, at=now, subject=str(subscriber_id), data=data)
        reader = tx.people.get(subscriber_id)
    return reader is not None and reader.state != "unsubscribed"


def prefer(composing: Composing, subscriber_id: int, chosen: cadence.Cadence | None) -> None:
    """How often and when the person wants it; None is as the publisher sends it."""
    now = composing.clock()
    with composing.store.write() as tx:
        reader = tx.people.get(subscriber_id)
        if reader and reader.state == "active":
            tx.people.prefer(subscriber_id, cadence.written(chosen) if chosen else "")
            _note(tx, reader, "prefer", now)


def forget_unanswered(composing: Composing) -> int:
    """Forget whoever was asked to confirm a month ago or longer and never did; how many."""
    with composing.store.write() as tx:
        return tx.people.forget_unanswered(composing.clock() - MONTH)


def _note(tx: Transaction, reader: Subscriber, act: str, now: datetime, more: Mapping[str, object] = {}) -> None:
    data: dict[str, object] = {"act": act, "channel": reader.channel_id, **more}
    if reader.consent and act in _AGREED:
        data["wording"] = reader.consent.version
    tx.ledger.record(LedgerKind.CONSENT, at=now, subject=str(reader.id), data=data)


def all_about(composing: Composing, email: str) -> dict[str, object]:
    """Everything that we hold about a person: for a person who asks."""
    with composing.store.read() as tx:
        found = tx.people.of_address(email)
        lists = [
            {
                "subscriber": one,
                "mails": [
                    {"message_id": mail.message_id, "edition": mail.edition_id, "state": mail.state, "at": at}
                    for mail, at in tx.outbox.of_subscriber(one.id)
                ],
                "acts": [{"at": row.at, **row.data} for row in tx.ledger.tail(1000, LedgerKind.CONSENT, str(one.id))],
            }
            for one in found
        ]
    return {"address": email, "lists": lists}


def erase(composing: Composing, email: str) -> int:
    """Forget a person; on how many lists they were. The fingerprint that keeps the address off stays."""
    now = composing.clock()
    with composing.store.write() as tx:
        ids = [one.id for one in tx.people.of_address(email)]
        done = tx.people.erase(email, now)
        tx.ledger.record_all(LedgerKind.CONSENT, [(str(id_), {"act": "erase"}) for id_ in ids], at=now)
    return done
