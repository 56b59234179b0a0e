# SPDX-License-Identifier: Apache-2.0
"""What a person makes of a suggestion: part of the record, as it stands or narrower; or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.errors import UsageError
from syndicate.model import ChannelClass, Mode
from syndicate.pipeline import recording
from syndicate.pipeline.compose import Composing
from syndicate.rights.notices.suggested import is_doubtful, record
from syndicate.store import LedgerKind, RecordedTerms, Suggestion
from syndicate.store.suggestions import CONFIRMED, OPEN, REJECTED

Most = Mapping[ChannelClass, Mode]
"""The most that each channel class may carry; what is not named stays as the notice says."""


def draft(one: Suggestion, most: Most, by: str, now: datetime, *, accept: bool = False) -> recording.Draft:
    """The statement that a suggestion becomes when ``by`` confirms it; raises UsageError if nothing is left of it.

    ``accept``: the person read the words that were not understood, and they change nothing.
    """
    suggested = replace(
        record(one.reading, most, accept=accept),
        evidence=one.url,
        place=one.place,
        sha256=one.sha256,
        read_at=one.seen_at,
        confirmed_by=by,
        confirmed_at=now,
    )
    if not suggested.grants and suggested.licence is None:
        raise UsageError("nothing is left to confirm", subject=f"suggestion {one.id}", remedy=_instead(one, accept))
    return recording.Draft(one.publisher_id, suggested, "grant", now)


def _instead(one: Suggestion, accept: bool) -> str:
    """What else there is to do with a suggestion that permits nothing."""
    words = is_doubtful(one.reading) and not accept
    reading = "read the words that were not understood; if they change nothing, add --accept; else " if words else ""
    return f"{reading}reject it: `syndicate terms reject {one.id}`"


def confirm(composing: Composing, number: int, most: Most, by: str, *, accept: bool = False) -> RecordedTerms:
    """Make a suggestion part of the record, one that was rejected too.

    Raises UsageError if there is none, if it was confirmed before, or if nothing is left of it.
    """
    one, now = waiting(composing, number, REJECTED), composing.clock()
    (stated,) = recording.put(composing, [draft(one, most, by, now, accept=accept)], by)
    narrow = [f"{column.value}={mode.name.lower()}" for column, mode in most.items()]
    with composing.store.write() as tx:
        tx.suggestions.decide(number, CONFIRMED, by=by, now=now, statement_id=stated.id)
        data: dict[str, object] = {
            "act": "confirmed",
            "suggestion": number,
            "statement": stated.id,
            "by": by,
            "narrow": narrow,
        }
        data |= {"accept": [q["words"] for q in one.reading["not_understood"]]} if accept else {}
        tx.ledger.record(LedgerKind.PERMISSION, at=now, subject=one.publisher_id, data=data)
    return stated


def reject(composing: Composing, number: int, reason: str, by: str) -> None:
    """Decide that it is not what the publisher means; it is not asked again until its words change. UsageError."""
    one, now = waiting(composing, number), composing.clock()
    with composing.store.write() as tx:
        tx.suggestions.decide(number, REJECTED, by=by, now=now)
        data = {"act": "rejected", "suggestion": number, "by": by, "reason": reason}
        tx.ledger.record(LedgerKind.PERMISSION, at=now, subject=one.publisher_id, data=data)


def waiting(composing: Composing, number: int, *also: str) -> Suggestion:
    """A suggestion that waits, or is in one of the states ``also``; raises UsageError if there is none such."""
    with composing.store.read() as tx:
        one = tx.suggestions.get(number)
    if one is None:
        remedy = "`syndicate terms review` lists those that wait"
        raise UsageError("there is no such suggestion", subject=f"suggestion {number}", remedy=remedy)
    if one.state not in (OPEN, *also):
        ended = f"`syndicate terms withdraw {one.statement_id}` ends what was confirmed"
        remedy = ended if one.state == CONFIRMED else "`syndicate terms review --all` lists what was decided"
        raise UsageError(f"it is {one.state} already", subject=f"suggestion {number}", remedy=remedy)
    return one


def narrowed(narrow: Sequence[str]) -> dict[ChannelClass, Mode]:
    """What was written as CLASS=MODE, such as XW=link or PR=withhold; raises UsageError."""
    most: dict[ChannelClass, Mode] = {}
    for text in narrow:
        column, _, mode = text.partition("=")
        try:
            most[ChannelClass(column.strip().upper())] = Mode[mode.strip().upper()]
        except (KeyError, ValueError) as error:
            remedy = "write a channel class and a mode, such as XW=link; classes: CW, XW, EM, XE, PR"
            raise UsageError("is no narrowing", subject=text, remedy=remedy) from error
    return most
