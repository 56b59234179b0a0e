# SPDX-License-Identifier: Apache-2.0
"""What the pages show: items with their decision for every channel, the channels, and the digests that went out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from email import message_from_bytes, policy

from syndicate.deliver import tokens
from syndicate.model import Channel, ChannelKind, Edition, Entry, Medium, Mode
from syndicate.pipeline.compose import Composing
from syndicate.publish.mail import fill
from syndicate.publish.page import ChannelSummary, DigestSummary, PageItem
from syndicate.rights.policy import decide
from syndicate.store import EditionSummary, StoredItem

FRONT_LIMIT = 60
SHOWN = 6
NOBODY = 0  # whose token stands in what everybody may read


@dataclass(frozen=True, slots=True)
class Message:
    """A mail whole, and its two readable parts."""

    whole: bytes
    html: bytes
    text: str


def front(composing: Composing, channels: Sequence[Channel]) -> list[PageItem]:
    """The newest items, each decided for every channel."""
    with composing.store.read() as tx:
        newest = tx.items.newest(FRONT_LIMIT)
    return [_page_item(composing, stored, channels) for stored in newest]


def one(composing: Composing, item_id: str, channels: Sequence[Channel]) -> PageItem | None:
    """One item by its id, None if we do not hold it."""
    with composing.store.read() as tx:
        stored = tx.items.get([item_id]).get(item_id)
    return _page_item(composing, stored, channels) if stored else None


def _page_item(composing: Composing, stored: StoredItem, channels: Sequence[Channel]) -> PageItem:
    now = composing.clock()
    decisions = tuple(decide(stored.item, stored.chain, c, composing.publishers, now) for c in channels)
    return PageItem(stored.item, stored.chain, decisions, stored.first_seen)


def summaries(composing: Composing, channels: Sequence[Channel]) -> list[ChannelSummary]:
    """Each channel with the time of its newest release."""
    with composing.store.read() as tx:
        latest = {channel.id: tx.editions.last_digest(channel.id) for channel in channels}
    return [ChannelSummary(c, edition.released_at if (edition := latest[c.id]) else None) for c in channels]


def digests(composing: Composing, channels: Sequence[Channel]) -> list[DigestSummary]:
    """The newest digests that went out and may be read on the web, newest first."""
    found: list[tuple[EditionSummary, Channel]] = []
    with composing.store.read() as tx:
        for channel in channels:
            if channel.kind is ChannelKind.DIGEST:
                recent = tx.editions.digests(channel.id, SHOWN)
                found += [
                    (e, channel) for e in recent if may_be_read(composing, channel, tx.editions.entries_for(e.id))
                ]
    found.sort(key=lambda pair: pair[0].created, reverse=True)
    return [_digest_summary(edition, channel) for edition, channel in found]


def _digest_summary(edition: EditionSummary, channel: Channel) -> DigestSummary:
    return DigestSummary(channel, date.fromisoformat(edition.period[:10]), edition.subject, edition.items)


def digest(composing: Composing, channel: Channel, day: date) -> tuple[DigestSummary, Message] | None:
    """The channel's last digest of that day, as everybody may read it; None if there is none."""
    with composing.store.read() as tx:
        of_day = [e for e in tx.editions.digests(channel.id) if e.period.startswith(day.isoformat())]
        held = tx.editions.get(of_day[0].id) if of_day else None
    if held is None or not may_be_read(composing, channel, held.edition.entries):
        return None
    return _digest_summary(held.summary, channel), public_message(composing, held.edition)


def may_be_read(composing: Composing, channel: Channel, entries: Iterable[Entry]) -> bool:
    """Whether the web may carry, as of now, all that a mail of this channel carried: a page is no mail."""
    web, now = replace(channel, medium=Medium.WEB), composing.clock()
    return all(
        decide(e.item, e.chain, web, composing.publishers, now).mode >= e.decision.mode
        for e in entries
        if e.decision.mode > Mode.WITHHOLD
    )


def public_message(composing: Composing, edition: Edition) -> Message:
    """An edition's mail without anything of a recipient's: its unsubscribe link belongs to nobody."""
    filled = fill(
        edition.parts[0].content,
        recipient="nobody@invalid",
        message_id=f"<{edition.id}@invalid>",
        token=tokens.make(composing.secret, "unsubscribe", NOBODY),
    )
    message = message_from_bytes(filled, policy=policy.default)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    return Message(filled, html.get_content().encode() if html else b"", text.get_content() if text else "")
