# SPDX-License-Identifier: Apache-2.0
"""Publishers object: who says so shows that they speak for the publisher, then it holds like one recorded by hand.

Shown by a link sent to the contact on record, or by a line on the publisher's own domain (a file or a TXT record).
Asking costs us a mail or a look, so it is counted: by network, by publisher, and by all. Whoever asks is told the same
whether or not an address is on record.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from syndicate.deliver import tokens
from syndicate.errors import LimitError, SyndicateError
from syndicate.model import Hop, Mode, Prohibition, Publisher, Record, Scope
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import on_record
from syndicate.pipeline.explain import named
from syndicate.pipeline.people import HOUR, origin_of
from syndicate.pipeline.recording import Draft, put
from syndicate.publish.templates import render
from syndicate.publish.words import address
from syndicate.store import LedgerKind, StoredItem, Transaction

HOLDS: Final = timedelta(days=7)
ASKED: Final = "objection asked"
FILE: Final = "/.well-known/syndicate-objection.txt"
NAME: Final = "_syndicate-objection."
MAIL, DOMAIN = "mail", "domain"
NETWORK_AN_HOUR: Final = 10
PUBLISHER_AN_HOUR: Final = 4
ALL_AN_HOUR: Final = 100
LOOKS_AN_HOUR: Final = 12
MOST_ASKED: Final = 1000

Fetch = Callable[[str], Awaitable[str]]
"""The text at an address; raises SyndicateError if there is none."""
Texts = Callable[[str], list[str]]
"""The TXT records of a name; raises SyndicateError if the DNS does not answer."""
Send = Callable[[str, bytes], Awaitable[object]]
"""Send a message to an address; raises SyndicateError."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One that was asked for and waits to be shown: of which publisher, to what, and where it is to be shown.

    ``story`` is the id of an item, "" for everything; ``title`` names it. ``where`` is an address of mail, or a host.
    """

    number: int
    publisher: Publisher
    story: str
    title: str
    how: str
    where: str


def contact_of(composing: Composing, publisher_id: str) -> str:
    """The address of mail that is on record of a publisher, "" if there is none."""
    with composing.store.read() as tx:
        publisher = on_record(composing.publishers, tx, composing.clock())[publisher_id]
    contacts = (record.contact.removeprefix("mailto:") for record in publisher.records)
    return next((one for one in contacts if "@" in one and "/" not in one), "")


def host_of(publisher: Publisher) -> str:
    """The publisher's own host, "" if its home is not on record."""
    return urlsplit(publisher.home).netloc


def ask(composing: Composing, publisher_id: str, story: str, how: str, network: str) -> Objection | None:
    """Note that somebody objects; None if no item is known by ``story``, or there is nowhere to show it.

    ``story`` is "" for everything, else an id or an address. Raises LimitError if it is asked too often.
    """
    now, publisher = composing.clock(), composing.publishers[publisher_id]
    where = contact_of(composing, publisher_id) if how == MAIL else host_of(publisher)
    with composing.store.write() as tx:
        _within(tx, f"objection {origin_of(composing.secret, network)}", NETWORK_AN_HOUR, now)
        _within(tx, f"objection {publisher_id}", PUBLISHER_AN_HOUR, now)
        _within(tx, "objection", ALL_AN_HOUR, now)
        item_id, title = _story(tx, publisher_id, story)
        if not where or (story and not item_id):
            return None
        number = secrets.randbits(48)
        data = {"act": ASKED, "publisher": publisher_id, "story": item_id, "how": how, "where": where}
        tx.ledger.record(LedgerKind.NOTICE, at=now, subject=f"objection-{number}", data=data)
    return Objection(number, publisher, item_id, title, how, where)


def _within(tx: Transaction, key: str, most: int, now: datetime) -> None:
    if tx.rates.used(key, now - HOUR) >= most:
        raise LimitError("too many objections were asked for within an hour", remedy="write to the operator")
    tx.rates.count(key, now)


def _story(tx: Transaction, publisher_id: str, story: str) -> tuple[str, str]:
    """The publisher's item by its id, its address, or its address here: its id and title; ("", "") if there is none."""
    for held in named(tx, story) if story else ():
        if _of(publisher_id, held):
            return held.item.id, held.item.title or held.item.url
    return "", ""


def _of(publisher_id: str, held: StoredItem) -> list[Hop]:
    """Where a chain passes through the publisher."""
    return [hop for hop in held.chain.hops if hop.publisher_id == publisher_id]


def scope_of(tx: Transaction, publisher_id: str, story: str) -> Scope:
    """The publisher's own appearances of a story, in whichever copy we hold, or still get, of it: ids and addresses.

    ``story`` is an id or an address of any copy. Nothing is in the scope if the publisher is in the chain of none.
    """
    works = tx.works.of({held.work_id for held in named(tx, story)})
    hops = [hop for copies in works.values() for held in copies for hop in _of(publisher_id, held)]
    names = [name for hop in hops for name in (hop.item_id, hop.url) if name]
    return Scope(items=tuple(dict.fromkeys(names)))


def token(composing: Composing, objection: Objection) -> str:
    """What shows that it was asked for: in a mail, or on the domain."""
    now = composing.clock()
    return tokens.make(composing.store.keys(now)[0], f"object {objection.how}", objection.number, now + HOLDS)


def waiting(composing: Composing, how: str, text: str) -> Objection | None:
    """The objection that a token was made for; None if it is not ours or its time is over."""
    now = composing.clock()
    number = tokens.read(composing.store.keys(now), f"object {how}", text, now)
    if number is None:
        return None
    with composing.store.read() as tx:
        rows = tx.ledger.first(LedgerKind.NOTICE, [f"objection-{number}"])
        data = next((row.data for row in rows.values()), None)
        if data is None or data["publisher"] not in composing.publishers:
            return None
        held = tx.items.get([data["story"]]).get(data["story"])
        title = held.item.title or held.item.url if held else ""
    return Objection(number, composing.publishers[data["publisher"]], data["story"], title, data["how"], data["where"])


async def write(composing: Composing, objection: Objection, send: Send) -> None:
    """Send the link to the contact on record; raises SyndicateError if the relay cannot be used now."""
    site, now = composing.site, composing.clock()
    link = f"{site.url}/objections/{token(composing, objection)}"
    known = {"site": site, "publisher": objection.publisher.name, "story": objection.title, "days": HOLDS.days}
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    message["From"] = site.contact
    message["To"] = objection.where
    message["Subject"] = "An objection in your name: is it yours?"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<objection.{objection.number:x}@{site.contact.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    text = render(composing.templates, "objection.txt", link=link, **known)
    message.set_content(text.strip() + "\n", cte="quoted-printable")
    await send(objection.where, message.as_bytes())


async def look(composing: Composing, objection: Objection, fetch: Fetch, texts: Texts) -> bool:
    """Whether its token stands on the publisher's domain now; if so the objection is recorded.

    Raises LimitError if it was looked for too often.
    """
    with composing.store.write() as tx:
        _within(tx, f"objection-{objection.number}", LOOKS_AN_HOUR, composing.clock())
    scheme = urlsplit(objection.publisher.home).scheme
    host = objection.where.partition(":")[0]
    found = await _lines(fetch, f"{scheme}://{objection.where}{FILE}")
    if not any(_is_this(composing, objection, line) for line in found):
        found = await asyncio.to_thread(_records, texts, f"{NAME}{host}")
    if not any(_is_this(composing, objection, line) for line in found):
        return False
    record(composing, objection)
    return True


async def _lines(fetch: Fetch, url: str) -> list[str]:
    try:
        return (await fetch(url)).splitlines()[:20]
    except SyndicateError:
        return []


def _records(texts: Texts, name: str) -> list[str]:
    try:
        return texts(name)
    except SyndicateError:
        return []


def _is_this(composing: Composing, objection: Objection, line: str) -> bool:
    held = waiting(composing, DOMAIN, line.strip().strip('"'))
    return held is not None and held.number == objection.number


@dataclass(frozen=True, slots=True)
class Unshown:
    """An objection that was asked for on the site and not shown yet: of whom, about which item, how and where, when."""

    publisher_id: str
    story: str
    how: str
    where: str
    at: datetime


def unshown(tx: Transaction, now: datetime) -> list[Unshown]:
    """Those that may still be shown, the newest first."""
    recorded = {one.record.reference for one in tx.terms.all()}
    rows = [row for row in tx.ledger.tail(MOST_ASKED, LedgerKind.NOTICE) if row.data.get("act") == ASKED]
    return [
        Unshown(row.data["publisher"], row.data["story"], row.data["how"], row.data["where"], row.at)
        for row in rows
        if row.subject not in recorded and row.at > now - HOLDS
    ]


def record(composing: Composing, objection: Objection) -> None:
    """The objection holds from now on, exactly as one recorded by command; asked twice it is recorded once."""
    now, reference = composing.clock(), f"objection-{objection.number}"
    with composing.store.read() as tx:
        known = tx.terms.all(objection.publisher.id)
        found = scope_of(tx, objection.publisher.id, objection.story).items if objection.story else ()
    if any(one.record.reference == reference for one in known):
        return
    # Its own id stays in: what was withdrawn meanwhile is found no longer, and no scope at all would be everything.
    scope = Scope(items=tuple(dict.fromkeys((objection.story, *found)))) if objection.story else Scope()
    by = f"{address(objection.where)} ({objection.how})"
    statement = Record(
        key="",
        prohibitions=(Prohibition(Mode.WITHHOLD, by=objection.publisher.name),),
        scope=scope,
        confirmed_by=by,
        confirmed_at=now,
        reference=reference,
    )
    put(composing, [Draft(objection.publisher.id, statement, "objection", now)], by)
