# SPDX-License-Identifier: Apache-2.0
"""Whether a feed has moved, and whether it is gone. Pure: what was answered goes in, what we believe of it comes out.

A permanent redirect may be a mistake or a hijack, so it has to prove itself: three such answers over three days, from a
feed that is still the same one. Until then we keep the old address, ask there now and then, and read the new one
directly, as a permanent redirect wants. "Gone" is believed at its second word, a day after the first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.model import Memory, Move

PROOFS = 3
PROVING = timedelta(days=3)
"""A redirect is permanent when it was answered so often over such a time."""

ASK_AGAIN = timedelta(hours=36)
"""Between two looks at the old address: three answers in three days, and no request to a moved address beyond."""

GONE_AGAIN = timedelta(hours=24)
"""Between the two answers that make a feed gone."""


def address(url: str, memory: Memory, now: datetime) -> str:
    """Where to poll the source that the operator knows under ``url``."""
    move = memory.move
    if move and now - move.asked < ASK_AGAIN:
        return move.to
    return memory.adopted or url


def answered(memory: Memory, asked: str, moved_to: str, now: datetime, *, same: bool) -> Memory:
    """What a complete answer says of moves: ``asked`` is where we asked, ``moved_to`` where permanent redirects led.

    ``same`` tells whether the feed there is still the same one; another is not adopted, however often it is named.
    """
    memory = replace(memory, gone_since=None)
    move = memory.move
    if move and asked == move.to:
        return memory
    if not moved_to or moved_to == asked:
        return replace(memory, move=None)
    if move is None or move.to != moved_to:
        return replace(memory, move=Move(moved_to, 1, now, now))
    move = replace(move, times=move.times + 1, asked=now)
    if same and move.times >= PROOFS and now - move.since >= PROVING:
        return replace(memory, move=None, adopted=moved_to)
    return replace(memory, move=move)


def adopted(before: Memory, after: Memory) -> str:
    """The address to which a source has just moved for good; "" if it has not."""
    return after.adopted if after.adopted != before.adopted else ""


def refused(memory: Memory, asked: str, now: datetime, *, gone: bool) -> Memory:
    """What a failure says: the new address is not trusted further, and a first or later word of being gone is noted."""
    move = memory.move
    if move and asked == move.to:
        move = replace(move, asked=move.asked - ASK_AGAIN)  # the next poll asks the old address
    since = (memory.gone_since or now) if gone else None
    return replace(memory, move=move, gone_since=since)


def is_gone(memory: Memory, now: datetime) -> bool:
    """Whether an answer of now that the feed is gone is the word to believe; ``memory`` is from before it."""
    return memory.gone_since is not None and now - memory.gone_since >= GONE_AGAIN
