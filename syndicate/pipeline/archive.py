# SPDX-License-Identifier: Apache-2.0
"""Digests that went out, as the web may show them now: a page is no mail, and terms end.

What may still be read stands in the bytes that were sent. Where an item may be read no longer, or only in part, or was
changed or taken back by its publisher, the digest is rendered again with what is left, and proved like any edition.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from email import message_from_bytes, policy

from syndicate.deliver import tokens
from syndicate.model import Channel, ChannelKind, Decision, Edition, Entry, Evidence, Medium, Mode, Verified
from syndicate.pipeline.compose import Composing, Draft, prove
from syndicate.pipeline.deciding import Bench, copy_id, on_record
from syndicate.pipeline.pages import Gone, stated
from syndicate.proof import Setting
from syndicate.publish.digest import render_digest
from syndicate.publish.excerpt import as_link, settle
from syndicate.publish.mail import fill
from syndicate.publish.page_item import DigestSummary
from syndicate.rights.signals import no_archive, no_index
from syndicate.store import EditionSummary, StoredItem, Transaction

SHOWN = 52
ALL = 10_000
FEW = 5
NOTHING_LEFT = "It went out by mail. By the terms of its publishers nothing of it may be shown here any longer."
UNPROVED = "It went out by mail. What is left of it cannot be shown as the terms of its publishers ask."
UNARCHIVED = ("signal.archive", "Its publisher asks that no copy of it is kept.")
SENT_AS_LINK = ("sent-as-link", "It was sent as a link.")
OWN_LINK = "by the link in the mail itself"


@dataclass(frozen=True, slots=True)
class Message:
    """A mail whole, its two readable parts, and what stands in it."""

    whole: bytes
    html: bytes
    text: str
    entries: tuple[Entry, ...] = ()


def digests(composing: Composing, channels: Sequence[Channel]) -> list[DigestSummary]:
    """The newest digests that went out and of which something may be read on the web, newest first."""
    found: list[tuple[EditionSummary, Channel]] = []
    later: set[str] = set()
    with composing.store.read() as tx:
        for channel in channels:
            if channel.kind is ChannelKind.DIGEST:
                known = tx.editions.digests(channel.id, ALL)
                later |= _later(known)
                for edition in known[:SHOWN]:
                    sent = tx.editions.entries_for(edition.id)
                    # Mostly the first story may still be read: the rest is decided only where it may not.
                    parts = (readable(composing, tx, channel, some) for some in (sent[:FEW], sent[FEW:]))
                    found += [(edition, channel)] if any(e.decision.mode for left in parts for e in left) else []
    found.sort(key=lambda pair: pair[0].created, reverse=True)
    return [_summary(edition, channel, later) for edition, channel in found]


def digest(composing: Composing, channel: Channel, when: date | str) -> tuple[DigestSummary, Message] | Gone | None:
    """The channel's first digest of that day, or the one of that period, as everybody may read it now.

    None if none went out then, ``Gone`` if nothing of it may be read any longer.
    """
    name = str(when)
    with composing.store.read() as tx:
        known = tx.editions.digests(channel.id, ALL)
        asked = [e for e in known if name in (e.period, e.period[:10])]
        held = tx.editions.get(asked[-1].id) if asked else None
        left = readable(composing, tx, channel, held.edition.entries) if held else ()
    if held is None:
        return None
    if not any(entry.decision.mode for entry in left):
        return Gone(NOTHING_LEFT)
    edition = held.edition if _is_as_sent(held.edition.entries, left) else _again(composing, held.edition, left)
    if edition is None:
        return Gone(UNPROVED)
    return _summary(held.summary, channel, _later(known)), _for_everybody(composing, public_message(composing, edition))


def readable(composing: Composing, tx: Transaction, channel: Channel, sent: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries of a mail as the web may show them as of now: none of them wider than it was sent."""
    now = composing.clock()
    held = tx.items.get([copy_id(entry) for entry in sent])
    stored = [held[copy_id(entry)] for entry in sent]
    gone = tx.works.gone([entry.item.id for entry in sent])
    publishers = on_record(composing.publishers, tx, now)
    ways = (replace(channel, medium=Medium.WEB), channel)
    decided = zip(*(Bench(publishers, tx, way, now).decide(stored) for way in ways), strict=True)
    left = (
        _left(entry, _now(entry, one, min(both, key=lambda d: d.mode)), one.withdrawn or entry.item.id in gone)
        for entry, one, both in zip(sent, stored, decided, strict=True)
    )
    return tuple(_kept(entry, stated(one)) for entry, one in zip(left, stored, strict=True))


def _kept(left: Entry, said: Sequence[Evidence]) -> Entry:
    """A publisher that asks search engines to keep no copy, or not to find it, asks it of our archive too."""
    asked = left.decision.mode > Mode.LINK and (no_archive(said) or no_index(said))
    return as_link(left, *UNARCHIVED) if asked else left


def _now(sent: Entry, stored: StoredItem, decision: Decision) -> Entry:
    """The copy that an entry carried as it is now, under the entry's id."""
    item = replace(stored.item, id=sent.item.id)
    return Entry(item, stored.chain, replace(decision, item_id=item.id), sent.first_seen)


def _left(sent: Entry, now: Entry, taken_back: bool) -> Entry:
    """What is left of one entry."""
    if sent.decision.mode is Mode.WITHHOLD or taken_back:
        return replace(now, decision=replace(now.decision, mode=Mode.WITHHOLD, duties=()))
    if now.decision.mode >= sent.decision.mode and now.item == sent.item:
        return sent
    if now.decision.mode > Mode.LINK and sent.decision.mode is Mode.LINK:
        return as_link(now, *SENT_AS_LINK)
    return settle(now)


def _is_as_sent(sent: Sequence[Entry], left: Sequence[Entry]) -> bool:
    """Whether the mail's own bytes may be shown."""
    return all(one == other for one, other in zip(sent, left, strict=True) if one.decision.mode)


def _again(composing: Composing, sent: Edition, left: Sequence[Entry]) -> Edition | None:
    """The digest with what is left of it, proved; None if it cannot be proved."""
    channel, period = sent.channel, sent.period

    def render(current: Sequence[Entry]) -> Draft:
        part, subject, carried = render_digest(
            channel, composing.site, current, sent.created, period, composing.templates
        )
        return Draft((part,), carried, subject)

    outcome = prove(Setting(channel, composing.site, sent.created), period, left, render)
    return outcome.edition if isinstance(outcome, Verified) else None


def _later(known: Sequence[EditionSummary]) -> set[str]:
    """The ids of those before which, on their day, another one went out; ``known`` are a channel's, newest first."""
    first = {edition.period[:10]: edition.id for edition in known}
    return {edition.id for edition in known} - set(first.values())


def _summary(edition: EditionSummary, channel: Channel, later: Collection[str]) -> DigestSummary:
    day, period = date.fromisoformat(edition.period[:10]), edition.period
    return DigestSummary(channel, day, edition.subject, edition.items, period, edition.id in later)


def _for_everybody(composing: Composing, message: Message) -> Message:
    """Without the links by which a reader acts: on the web there is no reader who could."""
    key, home = composing.store.keys(composing.clock())[0], f"{composing.site.url}/"
    ends = "|".join(
        f"{purpose}/{tokens.make(key, purpose, tokens.NOBODY)}" for purpose in ("unsubscribe", "preferences")
    )
    own = re.compile(rf"https?://[^\s\"<>]*/(?:{ends})")
    html = own.sub(lambda _: home, message.html.decode())
    return replace(message, html=html.encode(), text=own.sub(OWN_LINK, message.text))


def public_message(composing: Composing, edition: Edition) -> Message:
    """An edition's mail without anything of a recipient's: its unsubscribe link belongs to nobody."""
    key = composing.store.keys(composing.clock())[0]
    filled = fill(
        edition.parts[0].content,
        recipient="nobody@invalid",
        message_id=f"<{edition.id}@invalid>",
        token=tokens.make(key, "unsubscribe", tokens.NOBODY),
        preferences=tokens.make(key, "preferences", tokens.NOBODY),
    )
    message = message_from_bytes(filled, policy=policy.default)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    return Message(
        filled,
        html.get_content().encode() if html else b"",
        text.get_content() if text else "",
        edition.entries,
    )
