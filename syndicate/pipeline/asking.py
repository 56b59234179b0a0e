# SPDX-License-Identifier: Apache-2.0
"""Publishers are asked for permissions: a letter is drafted, a person sends it, and its answer is put on record.

Nothing is ever sent but what a person read and sent. A request stands in the ledger with what was written, to whom and
when; it is open until its answer stands there too. An answer that permits or refuses is a statement like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final

from syndicate.errors import DeliveryError, UsageError
from syndicate.model import Channel, DeliveryState, Entry, Grant, Limit, Mode, Outcome, Publisher, Record
from syndicate.pipeline import recording
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.pipeline.objecting import contact_of
from syndicate.publish.credit import Credit, credit
from syndicate.publish.templates import render
from syndicate.publish.words import day
from syndicate.store import LedgerKind, LedgerRow, RecordedTerms, Sought, StoredItem, Transaction

PATIENCE: Final = timedelta(days=14)
"""After so long without an answer a request is worth a reminder."""

ASKED, REMINDED = "asked", "reminded"
GRANTED, REFUSED, CLOSED = "granted", "refused", "closed"
RELAY: Final = "by our mail server"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is asked, and the words for it: of whom, for which channel, about which item ("" for all that it writes)."""

    publisher_id: str
    channel_id: str
    item_id: str
    mode: Mode
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """One that was made. ``asked`` is the day of the first letter, ``last`` that of the last one; ``letters`` how many.

    ``how`` and ``reference`` tell how the last one went; ``answer`` is "" as long as there is none, then granted,
    refused or closed (nothing more is expected), ``statement`` the number of what was recorded by it, else 0.
    """

    number: int
    letter: Letter
    by: str
    asked: date
    last: date
    letters: int
    how: str
    reference: str
    answer: str = ""
    answered: date | None = None
    answer_reference: str = ""
    statement: int = 0

    def is_late(self, now: datetime) -> bool:
        """Whether it has waited so long that a reminder is in order."""
        return not self.answer and now.date() - self.last >= PATIENCE


def draft(
    composing: Composing,
    publisher_id: str,
    channel: Channel,
    item_id: str = "",
    *,
    mode: Mode = Mode.FULL,
    asked_on: str = "",
) -> Letter:
    """A letter for a person to read, change and send; ``asked_on`` is the day of an earlier one, in words.

    Raises UsageError for a publisher or an item that we do not have, or a mode that needs no permission.
    """
    publisher = recording.known(composing.publishers, publisher_id)
    if mode not in {Mode.FULL, Mode.EXCERPT}:
        raise UsageError("needs no permission", subject=mode.name.lower(), remedy="ask for full or excerpt")
    with composing.store.read() as tx:
        stored = _example(tx, publisher, item_id)
        is_now, shown = _with_and_without(composing, tx, publisher, channel, stored, mode)
        if item_id and is_now >= mode:
            raise UsageError("is carried as far already", subject=item_id, remedy="nothing is to be asked for")
        readers = len(tx.people.list(channel.id, state="active"))
    title = (stored.item.title or stored.item.url) if stored and item_id else ""
    text = render(
        composing.templates,
        "request.txt",
        site=composing.site,
        publisher=publisher,
        channel=channel,
        readers=readers,
        mode=mode,
        title=" ".join(title.split()),
        url=stored.item.url if stored and item_id else publisher.home or (stored.item.url if stored else ""),
        now=is_now,
        credit=shown,
        shown_for=" ".join(stored.item.title.split()) if stored else "",
        asked_on=asked_on,
    )
    about = f"“{title}”" if title else "your work"
    to = contact_of(composing, publisher_id)
    return Letter(publisher_id, channel.id, item_id, mode, to, f"May we carry {about}?", f"{text.strip()}\n")


def _example(tx: Transaction, publisher: Publisher, item_id: str) -> StoredItem | None:
    """The item that is asked about, else the publisher's newest."""
    if not item_id:
        return next(iter(tx.items.search(1, Sought(publishers=(publisher.id,)))), None)
    stored = tx.items.get([item_id]).get(item_id)
    if stored is None or all(hop.publisher_id != publisher.id for hop in stored.chain.hops):
        remedy = "take the id of an item in whose chain the publisher stands"
        raise UsageError(f"is no item of {publisher.name}", subject=item_id, remedy=remedy)
    return stored


def _with_and_without(
    composing: Composing, tx: Transaction, publisher: Publisher, channel: Channel, stored: StoredItem | None, mode: Mode
) -> tuple[Mode, Credit | None]:
    """How far the channel carries an item now, and its credit if the permission were given; None if it would not do."""
    if stored is None:
        return Mode.LINK, None
    now = composing.clock()
    grant = Grant(
        mode,
        frozenset({channel.medium}),
        frozenset({channel.purpose}),
        ("credit", "copyright", "link"),
        limit=Limit(paragraphs=1) if mode is Mode.EXCERPT else Limit(),
        ads=channel.ads,
        paid=channel.paid,
        sale=channel.sale,
    )
    wished = recording.Draft(publisher.id, Record("", grants=(grant,)), "grant", now)
    ways = on_record(composing.publishers, tx, now), recording.with_drafts(composing, tx, [wished])
    is_now, will = (Bench(way, tx, channel, now).decide([stored])[0] for way in ways)
    if will.mode <= Mode.LINK:
        return is_now.mode, None
    entry = Entry(stored.item, stored.chain, replace(will, contact=""), stored.first_seen, stored.corrected)
    return is_now.mode, credit(entry, composing.site)


def day_of(composing: Composing, number: int) -> str:
    """The day of an open request's last letter, in words; "" for no request. Raises UsageError if none is open."""
    if not number:
        return ""
    with composing.store.read() as tx:
        return day(open_request(tx, number).last)


# ------------------------------------------------------------------------------------------------ asked


def note(
    composing: Composing,
    letter: Letter,
    by: str,
    *,
    how: str,
    reference: str = "",
    on: date | None = None,
    again: int = 0,
) -> Request:
    """Put on record that a letter went out: ``how``, under which reference, on which day (today by default).

    ``again`` is the number of the open request that it reminds of. Raises UsageError for a letter without words, a day
    that lies ahead, and one that asks what an open request asks.
    """
    check(composing, letter, again=again)
    now = composing.clock()
    when = on or now.date()
    if when > now.date():
        raise UsageError("lies ahead", subject=when.isoformat(), remedy="give the day on which it was sent")
    data = {
        "act": REMINDED if again else ASKED,
        "channel": letter.channel_id,
        "item": letter.item_id,
        "mode": letter.mode.name.lower(),
        "to": letter.to,
        "letter": letter.subject,
        "text": letter.text,
        "how": how,
        "reference": reference,
        "on": when.isoformat(),
        "by": by,
    }
    with composing.store.write() as tx:
        tx.ledger.record(LedgerKind.REQUEST, at=now, subject=letter.publisher_id, data=data | {"request": again})
        found = requests(tx)
    return next(one for one in found if one.number == again) if again else found[0]


def check(composing: Composing, letter: Letter, *, again: int = 0) -> None:
    """Raises UsageError for a letter that must not go out: without words, or asked already and not answered."""
    recording.known(composing.publishers, letter.publisher_id)
    if not letter.text.strip() or not letter.subject.strip():
        raise UsageError("has no words", subject="the letter", remedy="write a subject and a text")
    with composing.store.read() as tx:
        waiting = [one for one in requests(tx) if not one.answer]
    if again and all(one.number != again for one in waiting):
        raise UsageError("no such request is open", subject=str(again), remedy="ask anew")
    same = (letter.publisher_id, letter.channel_id, letter.item_id)
    for one in waiting:
        if not again and same == (one.letter.publisher_id, one.letter.channel_id, one.letter.item_id):
            remedy = f"remind of request {one.number}, or record its answer"
            raise UsageError(f"was asked on {one.asked} and has not answered", subject=same[0], remedy=remedy)


async def send(
    composing: Composing, letter: Letter, by: str, post: Callable[[str, bytes], Any], *, again: int = 0
) -> Request:
    """Send a letter by ``post`` (an awaitable of an Outcome) to its address, and put it on record if it was accepted.

    Raises UsageError for what ``check`` refuses or no address, DeliveryError if it was not accepted.
    """
    check(composing, letter, again=again)
    if "@" not in letter.to:
        raise UsageError(
            "is no address of mail", subject=letter.to or "the publisher", remedy="name one, or send it by hand"
        )
    message_id, message = written(composing, letter)
    outcome: Outcome = await post(letter.to, message)
    if outcome.state is not DeliveryState.ACCEPTED:
        raise DeliveryError(
            f"did not accept it: {outcome.text}", subject=letter.to, remedy="nothing is on record of it"
        )
    return note(composing, letter, by, how=RELAY, reference=message_id, again=again)


def written(composing: Composing, letter: Letter) -> tuple[str, bytes]:
    """The letter as a message, and its Message-ID. An answer goes to the site's contact."""
    site, now = composing.site, composing.clock()
    mark = hashlib.sha256(f"{letter.publisher_id} {letter.to} {now.isoformat()}".encode()).hexdigest()[:16]
    message_id = f"<request.{mark}@{site.contact.rpartition('@')[2] or 'localhost'}>"
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    message["From"] = site.contact
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message.set_content(letter.text.replace("\r\n", "\n"), cte="quoted-printable")
    return message_id, message.as_bytes()


# ------------------------------------------------------------------------------------------------ answered


def answer(
    composing: Composing, number: int, drafts: Sequence[recording.Draft], by: str, *, reference: str = ""
) -> list[RecordedTerms]:
    """Record what a publisher answered: a permission or a refusal, in force from now on.

    Raises UsageError if no request of that number is open, or if a statement is another publisher's.
    """
    with composing.store.read() as tx:
        one = open_request(tx, number)
    if any(each.publisher_id != one.letter.publisher_id for each in drafts):
        raise UsageError("was asked of another publisher", subject=f"request {number}", remedy="record it by itself")
    stated = recording.put(composing, drafts, by)
    _end(composing, one, REFUSED if drafts[0].kind == "objection" else GRANTED, by, reference, stated[0].id)
    return stated


def close(composing: Composing, number: int, reason: str, by: str) -> Request:
    """Expect no answer any more; raises UsageError if no request of that number is open."""
    with composing.store.read() as tx:
        one = open_request(tx, number)
    _end(composing, one, CLOSED, by, reason, 0)
    return one


def _end(composing: Composing, one: Request, how: str, by: str, reference: str, statement: int) -> None:
    data = {"act": how, "request": one.number, "statement": statement, "reference": reference, "by": by}
    with composing.store.write() as tx:
        now = composing.clock()
        tx.ledger.record(LedgerKind.REQUEST, at=now, subject=one.letter.publisher_id, data=data)


# ------------------------------------------------------------------------------------------------ what is on record


def requests(tx: Transaction) -> list[Request]:
    """All that were made, the newest first."""
    found: dict[int, Request] = {}
    for row in tx.ledger.all(LedgerKind.REQUEST):
        if row.data["act"] == ASKED:
            found[row.id] = _asked(row)
        elif row.data["act"] == REMINDED:
            later, before = _asked(row), found[row.data["request"]]
            found[before.number] = replace(
                before, last=later.last, how=later.how, reference=later.reference, letters=before.letters + 1
            )
        else:
            found[row.data["request"]] = replace(
                found[row.data["request"]],
                answer=row.data["act"],
                answered=row.at.date(),
                answer_reference=row.data["reference"],
                statement=row.data["statement"],
            )
    return list(found.values())[::-1]


def open_request(tx: Transaction, number: int) -> Request:
    """The request of that number, which nobody answered yet; raises UsageError."""
    for one in requests(tx):
        if one.number == number and not one.answer:
            return one
    remedy = "`syndicate terms requests` has their numbers"
    raise UsageError("no such request is open", subject=str(number), remedy=remedy)


def _asked(row: LedgerRow) -> Request:
    data, on = row.data, date.fromisoformat(row.data["on"])
    letter = Letter(
        row.subject,
        data["channel"],
        data["item"],
        Mode[data["mode"].upper()],
        data["to"],
        data["letter"],
        data["text"],
    )
    return Request(row.id, letter, data["by"], on, on, 1, data["how"], data["reference"])
