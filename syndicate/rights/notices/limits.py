# SPDX-License-Identifier: Apache-2.0
"""Short sentences that seem to limit the use of an item, in words that nothing else here knows.

A fall-back, and it only narrows: a sentence that speaks of this text, of its use, and of a limit, and that the grammar
does not understand as harmless, holds the item to a link until a person has read it. Running text is left alone: what
counts stands near the head or foot of a body, in a short paragraph.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from syndicate.rights.notices.clauses import Said, role
from syndicate.rights.notices.phrases import DUTIES, LIMITS, found, has, limits
from syndicate.rights.notices.understood import understood

_LONGEST_SENTENCE, _LONGEST_PARAGRAPH = 160, 500
_LINE: Final = "feed-rights"
LONGEST_LINE: Final = 80
"""Characters of a sentence of a body that is read as a rights line would be: longer ones are an article's."""

_TAKING: Final = frozenset({"refuse", "ask"})
_HARMLESS: Final = frozenset({"grant", "licence", "neutral"})


def limiting(all_said: Sequence[Said]) -> frozenset[int]:
    """The positions of the clauses of bodies that seem to limit the use of the item."""
    sizes: dict[tuple[int, int], int] = {}
    for one in all_said:
        place = (one.notice, one.clause.paragraph)
        sizes[place] = sizes.get(place, 0) + len(one.text)
    maybe = {
        at
        for at, one in enumerate(all_said)
        if may_limit(one) and sizes[one.notice, one.clause.paragraph] <= _longest(one)
    }
    if not maybe:
        return frozenset()
    kinds = understood(all_said).kinds
    return frozenset(at for at in maybe if not _is_harmless(kinds.get(at, frozenset())))


def may_limit(one: Said) -> bool:
    """True if a clause alone, wherever it stands in a body, seems to limit the use of the text."""
    if one.place != "body" or one.role in ("aside", "fair", "past") or len(one.text) > _LONGEST_SENTENCE:
        return False
    if len(one.text) <= LONGEST_LINE and as_line(one).role in _TAKING:
        return True
    return limits(one.text) and not has("speech", one.text) and not _credits(one.text)


def as_line(one: Said) -> Said:
    """The clause as if it stood in the rights line of a feed, where what it is about need not be said."""
    return replace(one, place=_LINE, role=role(one.text, _LINE))


def _longest(one: Said) -> int:
    """How long its paragraph may be: what takes away only as a rights line would has to stand alone."""
    return _LONGEST_PARAGRAPH if limits(one.text) else len(one.text)


def _credits(text: str) -> bool:
    """True if all that a clause wants is to be credited or linked: "only with a link to us"."""
    asks = any(found(DUTIES[id_], text) for id_ in ("O1", "O3"))
    return asks and not found(LIMITS["firm"], text)


def _is_harmless(kinds: frozenset[str]) -> bool:
    return bool(kinds) and kinds <= _HARMLESS
