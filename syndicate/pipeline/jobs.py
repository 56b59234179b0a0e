# SPDX-License-Identifier: Apache-2.0
"""What becomes a job for workers, in the transaction that writes what the job is about.

A job says what to look at, never what is so: whoever does it looks at the tables again, so that a job that is lost,
late or done twice changes nothing but time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from syndicate.store import COMPOSING, DELIVERING, POLLING, QUEUED, Transaction

SOURCES = 50
"""Sources in one job."""

RECIPIENTS = 500
"""Recipients in one job."""

LANES = 16
"""Jobs of delivering that wait at a time; more are added when these are done."""

AHEAD = 200
"""Jobs of polling that may wait: what is leased to more might come to wait for longer than a lease holds."""

TOGETHER = 5
"""Seconds for which a feed waits for more to come before it is composed."""


def poll_some(tx: Transaction, now: datetime) -> int:
    """Set sources that are due aside for a job; how many."""
    if tx.jobs.waiting(POLLING) >= AHEAD:
        return 0
    lease = f"{QUEUED}{uuid4().hex}"
    ids = tx.polls.lease(now, lease, SOURCES)
    if ids:
        tx.jobs.add(POLLING, "poll", {"lease": lease, "sources": ids})
    return len(ids)


def free_the_lost(tx: Transaction) -> None:
    """Sources that are set aside for a job that there is not, as when the queue was lost, are anybody's again."""
    leases = tx.polls.leases()  # before the jobs: what ends in between has freed its own
    known = tx.jobs.named(POLLING, "lease")
    for lease in leases:
        if lease not in known:
            tx.polls.end_lease(lease)


def compose_feeds(tx: Transaction, channel_ids: Iterable[str], *, wait: int = 0) -> None:
    """These feeds are to be composed: one job of each waits, one runs."""
    for channel_id in channel_ids:
        name = f"feed {channel_id}"
        tx.jobs.add(COMPOSING, "feed", {"channel": channel_id}, alone=name, once=name, wait=wait)


def deliver_slices(tx: Transaction, recipients: int) -> None:
    """So many mails are due: a slice for each job, as many jobs as may wait."""
    for lane in range(min(-(-recipients // RECIPIENTS), LANES)):
        tx.jobs.add(DELIVERING, "deliver", {"most": RECIPIENTS}, once=f"deliver {lane}")
