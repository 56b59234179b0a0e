# SPDX-License-Identifier: Apache-2.0
"""Duties that one process at a time should do, such as making digests: who leads, and what is freed by a crash.

It saves work; that a digest is made once is held by its period, which is unique, and by the fence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from syndicate.store import Lease, Store

LEADS = timedelta(minutes=2)
"""How long a duty is held: longer than composing takes, shorter than anybody would miss it."""


def lead(store: Store, duty: str, worker: str, is_gone: Callable[[str], bool], now: datetime) -> Lease | None:
    """Take the duty, or keep it; None: another process does it."""
    with store.write() as tx:
        holder = tx.leases.holder(duty)
        if holder and holder != worker and is_gone(holder):
            tx.leases.drop(duty)
        return tx.leases.take(duty, worker, now, now + LEADS)
