# SPDX-License-Identifier: Apache-2.0
"""Signals to machines, and times: they narrow by themselves, wherever they stand, and permit nothing.

A record that the operator made stands above signals. Times, and a prohibition of reuse, on the item itself hold beside
a record too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from syndicate.model import Channel, Evidence, Item, Level, Limit, Mode
from syndicate.rights import rsl
from syndicate.rights.rulings import Party, Ruling, Setting, floor
from syndicate.rights.times import Time, times

ASK: Final = (
    *("cc.rdf.morePermissions", "cc.rel.morePermissions", "schema.acquireLicensePage", "pur.rightsAgent"),
    *("prism.rightsAgent", "jsonfeed.contact"),
)
"""Kinds that say where to ask for more, the most telling first."""

_NO_MACHINES: Final = {
    "html.robots": re.compile(r"noai\b|noimageai\b", re.IGNORECASE),
    "aipref": re.compile(r"(?:train-ai|ai-use)\s*=\s*n\b", re.IGNORECASE),
    "content-signal": re.compile(r"ai-\w+\s*=\s*no\b", re.IGNORECASE),
    "tdmrep.reservation": re.compile(r"1"),
}
HIDDEN_PARTS: Final = "data-nosnippet"
"""What stands for parts of a text that no snippet may show."""

_HIDDEN_PART = re.compile(r"<[a-z][^<>]*\sdata-nosnippet[\s=/>]", re.IGNORECASE)
_SNIPPET = re.compile(r"max-snippet\s*:\s*(\d+)", re.IGNORECASE)
_TEXT_SHARE = 4 / 5  # of the characters of running text, those that are no blanks


def signals(party: Party, setting: Setting, *, recorded: bool) -> Iterator[Ruling]:
    """What a party's signals and times take away; ``recorded`` tells that a record speaks about the item."""
    for time in times(party.evidence):
        if not recorded or time.evidence.level > Level.FEED:
            yield from _timed(time, party, setting)
    yield from _gone(party)
    if not recorded:
        yield from _denied(party)
        yield from _snippet(party, setting.channel)
        yield from _rsl(party, setting.channel)


def denied(party: Party) -> Ruling | None:
    """The ruling of a feed that denies access to programs like ours; a record of its publisher's terms stands above."""
    return None if party.records else next(_denied(party), None)


def next_opening(party: Party, setting: Setting) -> tuple[datetime, ...]:
    """The stated times after now."""
    return tuple(time.when for time in times(party.evidence) if time.when and time.when > setting.now)


def contact(evidence: Iterable[Evidence], page: str) -> str:
    """Where to ask for more, as elements say; "" if none does."""
    stated = list(evidence)
    found = (one.value for kind in ASK for one in stated if one.kind == kind and one.value.strip())
    return next(found, "") or rsl.read(stated, page).contact


def keeps_out_machines(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """What reserves the text against machines that learn or sum up; no mode depends on it."""
    return tuple(one for one in evidence if one.kind in _NO_MACHINES and _NO_MACHINES[one.kind].match(one.value))


def no_index(evidence: Iterable[Evidence]) -> bool:
    """True if pages of ours about it are to be kept out of search engines."""
    stated = {(one.kind, one.value.lower()) for one in evidence}
    return not stated.isdisjoint({("indexing", "no"), ("html.robots", "noindex"), ("html.robots", "none")})


def parts_hidden(item: Item) -> tuple[Evidence, ...]:
    """That the item's own text marks parts which no snippet may show."""
    marked = _HIDDEN_PART.search(item.raw_html or item.html)
    return (Evidence("html.robots", Level.ITEM, HIDDEN_PARTS, "body/@data-nosnippet", item.url),) if marked else ()


def no_archive(evidence: Iterable[Evidence]) -> bool:
    """True if no copy is to be kept for later readers."""
    return any(one.kind == "html.robots" and one.value.lower() in ("noarchive", "nocache") for one in evidence)


# ------------------------------------------------------------------------------------------------ rulings


def _timed(time: Time, party: Party, setting: Setting) -> Iterator[Ruling]:
    name = "embargo" if time.opens else "window"
    most = min(time.mode, floor(setting.channel))
    if time.when is None:
        said = f"states a time that we cannot read: {time.evidence.value}"
        yield _ruling(party, floor(setting.channel), f"{name}.unread", said, time.evidence)
    elif time.opens and setting.now < time.when:
        yield _ruling(party, most, name, f"holds it back until {_said(time.when)}", time.evidence)
    elif not time.opens and setting.now >= time.when:
        yield _ruling(party, most, name, f"lets it be carried until {_said(time.when)} only", time.evidence)


def _said(when: datetime) -> str:
    return f"{when:%d %B %Y, %H:%M} UTC".lstrip("0")


def _gone(party: Party) -> Iterator[Ruling]:
    """A link to nothing is no link."""
    for one in party.evidence:
        if one.kind == "page.gone":
            yield _ruling(party, Mode.WITHHOLD, "link.gone", f"has taken its page down ({one.value})", one)


def _denied(party: Party) -> Iterator[Ruling]:
    for one in party.evidence:
        if one.kind == "fac" and one.value.strip().lower() == "deny":
            yield _ruling(party, Mode.WITHHOLD, "signal.denied", "denies the use of its feed", one)


def _snippet(party: Party, channel: Channel) -> Iterator[Ruling]:
    """House policy: what search engines are asked, we do."""
    for one in party.evidence:
        asked = one.value.strip().lower() if one.kind == "html.robots" else ""
        found = _SNIPPET.fullmatch(asked)
        if asked == "nosnippet" or (found and not int(found[1])):
            yield _ruling(party, floor(channel), "signal.snippet", "asks for no text of it to be shown", one)
        elif found:
            said = f"asks for no more than {found[1]} characters of it to be shown"
            limit = Limit(characters=max(1, int(int(found[1]) * _TEXT_SHARE)))
            yield replace(_ruling(party, Mode.EXCERPT, "signal.snippet", said, one), limit=limit)


def _rsl(party: Party, channel: Channel) -> Iterator[Ruling]:
    refused = rsl.read(party.evidence, party.hop.url).refusal(channel)
    if refused:
        said, content = refused
        yield replace(_ruling(party, floor(channel), "signal", said, content.evidence), contact=content.contact)


def _ruling(party: Party, mode: Mode, clause: str, said: str, evidence: Evidence) -> Ruling:
    return Ruling(mode, clause, f"{party.title} {said}", f"{party.name} {said}", (evidence,), said=False)
