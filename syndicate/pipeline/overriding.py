# SPDX-License-Identifier: Apache-2.0
"""A person carries less of an item than its terms permit, with a reason, at once; and takes that back as easily.

Never more: whoever wants to carry more needs a permission. The reason is the house's own and is published nowhere.
"""

from __future__ import annotations

from syndicate.errors import UsageError
from syndicate.model import Mode, Override
from syndicate.pipeline.compose import Composing
from syndicate.store import LedgerKind, StoredItem, Transaction

EVERYWHERE = ""
"""The channel of an override that holds for all of them."""


def narrow(
    composing: Composing, stored: StoredItem, mode: Mode, reason: str, by: str, *, channel_id: str = EVERYWHERE
) -> Override:
    """Carry an item's story no further than a link, or not at all, from now on.

    Raises UsageError for another mode, without a reason, and for what was taken back by its publisher.
    """
    if mode > Mode.LINK:
        remedy = (
            "narrow to link or withhold; to carry more than is permitted takes a permission: `syndicate terms grant`"
        )
        raise UsageError("does not narrow", subject=mode.name.lower(), remedy=remedy)
    if not reason.strip():
        raise UsageError("has no reason", subject=stored.item.id, remedy="say why, for whoever asks later")
    now = composing.clock()
    one = Override(channel_id, mode, " ".join(reason.split()), by, now)
    with composing.store.write() as tx:
        tx.overrides.put(stored.item.id, one)
        data = {"act": "narrowed", "channel": channel_id, "mode": mode.name.lower(), "reason": one.reason, "by": by}
        _noted(composing, tx, stored, data)
    return one


def undo(composing: Composing, stored: StoredItem, by: str, *, channel_id: str = EVERYWHERE) -> None:
    """Carry an item's story as its terms permit again; raises UsageError if nothing stood against that."""
    with composing.store.write() as tx:
        if not tx.overrides.drop(stored.item.id, channel_id):
            where = f" on {channel_id}" if channel_id else " on all channels"
            remedy = "`syndicate override` lists what is"
            raise UsageError(f"is not overridden{where}", subject=stored.item.id, remedy=remedy)
        _noted(composing, tx, stored, {"act": "undone", "channel": channel_id, "by": by})


def _noted(composing: Composing, tx: Transaction, stored: StoredItem, data: dict[str, str]) -> None:
    now = composing.clock()
    tx.ledger.record(LedgerKind.OVERRIDE, at=now, subject=stored.item.id, data=data)
    tx.presence.look_again(stored.work_id, now)
    tx.channels.decide_again(now)
