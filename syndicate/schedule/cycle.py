# SPDX-License-Identifier: Apache-2.0
"""One cycle of all that is due: what cron runs, and what the daemon runs piece by piece.

Nothing here decides; truth is in the database (``next_poll_at``, the unique period of a digest, the outbox), so any
number of processes may run cycles at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from syndicate.errors import SyndicateError
from syndicate.model import Channel, ChannelKind, DeliveryState
from syndicate.pipeline.arrive import Polled
from syndicate.pipeline.cadence import tracks
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.leading import lead
from syndicate.pipeline.people import forget_unanswered
from syndicate.pipeline.poll import Polling, poll_due
from syndicate.pipeline.ports import FeedFolder
from syndicate.pipeline.post import Posting, deliver
from syndicate.pipeline.release import Released, Scheduled, has_readers, publish, send_digest, those_who_join
from syndicate.pipeline.tell import tell
from syndicate.pipeline.webpages import Browsing, Read, read_pages
from syndicate.schedule.due import last_due, next_due, one_and_a_half_periods_ago, period
from syndicate.store import SourceChange

AGAIN = timedelta(minutes=15)
"""After what time a feed that could not be released is composed again, if nothing new came."""


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that a cycle calls on."""

    polling: Polling
    composing: Composing
    posting: Posting
    folder: FeedFolder
    channels: tuple[Channel, ...]
    browsing: Browsing | None = None  # what reading web pages needs
    returned: Sequence[Callable[[], int]] = ()  # readers of the places where bounces arrive
    by_mail: bool = False  # whether the operator hears of sources by mail too
    refresh: Callable[[], None] = lambda: None  # takes up sources that were added or removed by command
    worker: str = "alone"  # this process, in the leases that it takes
    is_gone: Callable[[str], bool] = lambda _: False  # whether surely nobody works under another name any more


@dataclass(slots=True)
class Report:
    """What a cycle did. ``refused`` are editions that were not released, ``trouble`` what else went wrong."""

    polled: list[Polled] = field(default_factory=list)
    pages: list[Read] = field(default_factory=list)
    released: list[Released] = field(default_factory=list)
    refused: list[SyndicateError] = field(default_factory=list)
    outcomes: Counter[DeliveryState] = field(default_factory=Counter)
    trouble: list[SyndicateError] = field(default_factory=list)
    changes: list[SourceChange] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether everything that was tried worked."""
        return not self.refused and not self.trouble and all(p.status != "failed" for p in self.polled)


async def cycle(work: Work) -> Report:
    """Poll, read pages, publish every feed, send digests, drain the outbox: each, what of it is due."""
    report = Report()
    report.polled = await poll_due(work.polling)
    report.pages = await read_due_pages(work)
    # Composing is work for the processor: in a thread, so that the pages are served meanwhile.
    await asyncio.to_thread(publish_feeds, work, report, work.channels)
    await asyncio.to_thread(send_due_digests, work, report)
    await asyncio.to_thread(read_returned, work, report)
    await asyncio.to_thread(forget_unanswered, work.composing)
    await drain(work, report)
    await tell_operator(work, report)
    return report


async def tell_operator(work: Work, report: Report) -> None:
    """Tell once what became of the sources."""
    try:
        report.changes += await tell(work.posting, work.composing.site, by_mail=work.by_mail)
    except SyndicateError as error:
        report.trouble.append(error)


async def read_due_pages(work: Work) -> list[Read]:
    """Read the web pages that are due; a page that cannot be read is no trouble of ours."""
    return await read_pages(work.browsing) if work.browsing else []


def to_decide(work: Work) -> tuple[Channel, ...]:
    """The feeds that time, terms, picks or retractions may have changed since they were published."""
    with work.composing.store.read() as tx:
        due = tx.channels.to_decide(work.composing.clock())
    return tuple(channel for channel in of_kind(ChannelKind.FEED, work.channels) if channel.id in due)


def publish_feeds(work: Work, report: Report, channels: Sequence[Channel]) -> None:
    """Compose, prove and release the feeds among these; one channel's refusal does not stop another."""
    for channel in of_kind(ChannelKind.FEED, channels):
        try:
            report.released.append(publish(work.composing, channel, work.folder))
        except SyndicateError as error:
            report.refused.append(error)
            with work.composing.store.write() as tx:
                tx.channels.put_off(channel.id, work.composing.clock() + AGAIN)


def send_due_digests(work: Work, report: Report) -> None:
    """Compose each digest whose schedule has fired since it was last looked at, once for each period.

    As long as nobody subscribes, what is older than the period before the last is let go, so that the first reader is
    not sent all that ever came.
    """
    now = work.composing.clock()
    digests = of_kind(ChannelKind.DIGEST, work.channels)
    for channel in [one for digest in digests for one in tracks(work.composing.store, digest, now)]:
        now = work.composing.clock()
        with work.composing.store.read() as tx:
            looked_at = tx.channels.looked_at(channel.id)
        due = last_due(channel, looked_at, now)
        if due is None:
            continue
        lease = lead(work.composing.store, "digests", work.worker, work.is_gone, now)
        if lease is None:
            return
        try:
            scheduled = Scheduled(next_due(channel, now), one_and_a_half_periods_ago(channel, due), lease)
            found = [send_digest(work.composing, channel, period(channel, due), scheduled)]
            joining = those_who_join(work.composing, channel)
            found += [send_digest(work.composing, one, period(channel, due), scheduled) for one in joining]
        except SyndicateError as error:
            report.refused.append(error)
            continue
        report.released += [released for released in found if released]
        alone = not has_readers(work.composing, channel)
        with work.composing.store.write() as tx:
            tx.channels.look(channel.id, due)
            if alone:
                tx.channels.begin(channel.id, looked_at)


def read_returned(work: Work, report: Report) -> None:
    """Take bounces and complaints from where they arrive; one place that cannot be read does not stop another."""
    for read in work.returned:
        try:
            read()
        except SyndicateError as error:
            report.trouble.append(error)


async def drain(work: Work, report: Report) -> None:
    """Deliver what is due; an unusable relay or database leaves it due."""
    try:
        report.outcomes.update(await deliver(work.posting))
    except SyndicateError as error:
        report.trouble.append(error)


def of_kind(kind: ChannelKind, channels: Sequence[Channel]) -> list[Channel]:
    """The channels of one kind, in the order of the configuration."""
    return [channel for channel in channels if channel.kind is kind]
