# SPDX-License-Identifier: Apache-2.0
"""What one grant gives for an item on a channel at a time: its mode, or less and what stands in the way.

A condition that can be met later or elsewhere (a pick, a consent, a counter) is told as the words after "but"; medium
and purpose that a grant does not name are no condition of it: there it permits nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from syndicate.model import Ads, Channel, Expiry, Grant, Interest, Item, Limit, Medium, Mode, Pick, Purpose, Republisher
from syndicate.rights import wording
from syndicate.rights.asked import unkept
from syndicate.rights.rulings import NO_LIMIT, Party, Setting
from syndicate.rights.texts import element_address

LOOK_AGAIN: Final = timedelta(days=1)
"""What waits until a person has told somebody is looked at again after this."""

HOUSE_LIMIT: Final = Limit(words=60)
"""An excerpt whose length nobody has named."""

_FILE: Final = re.compile(r"^https?://[^?#]*/[^/?#]+\.\w{2,4}(?:[?#]|$)")
_OF_TIME: Final = ("duty.unmet", "grant.window")
"""What hinders a grant that is about the item all the same, so that its wish to be removed holds."""

_WORDS_IN_A_PARAGRAPH: Final = 80
_LETTERS_IN_A_WORD: Final = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """``mode`` and ``limit`` are what the grant permits where it fits; ``but`` is why it does not yet or not here.

    ``clause`` names what decided, ``closed`` is True if its window is over and it asked for removal.
    """

    mode: Mode
    limit: Limit = NO_LIMIT
    clause: str = "record.grant"
    but: str = ""
    closed: bool = False

    @property
    def width(self) -> tuple[Mode, int]:
        """What orders answers: the mode, then how many words an excerpt may have."""
        limit = self.limit
        words = limit.words or limit.paragraphs * _WORDS_IN_A_PARAGRAPH or limit.characters // _LETTERS_IN_A_WORD
        return self.mode, words


def answer(grant: Grant, party: Party, setting: Setting, *, cuttable: bool) -> Answer | None:
    """What ``grant`` says; None if it says nothing about such a channel.

    ``cuttable`` tells whether the licence beside the grant lets a part be taken.
    """
    mode = _mode(grant, setting.channel, cuttable=cuttable)
    if mode is None:
        return None
    clause = "record.grant.ads" if mode < grant.mode else "record.grant"
    limit = NO_LIMIT
    if mode is Mode.EXCERPT:
        limit = HOUSE_LIMIT if grant.limit == NO_LIMIT or mode < grant.mode else grant.limit
    for name, but in _hindrances(grant, party, setting) if mode > Mode.LINK else ():
        over = name in _OF_TIME and bool(_window_over(grant, setting))
        closed = over and grant.on_expiry is Expiry.REMOVE
        return Answer(mode, limit, name, but, closed)
    return Answer(mode, limit, clause)


def _mode(grant: Grant, channel: Channel, *, cuttable: bool) -> Mode | None:
    """What a grant gives a channel; None if it does not fit.

    A grant for commercial use takes advertising around the items for granted. One for community use does not, and
    until the operator records that the publisher accepts it, a site with such advertising may carry an excerpt.
    """
    named = channel.medium in grant.media and channel.purpose in grant.purposes
    if not named or channel.paid > grant.paid or channel.sale > grant.sale:
        return None
    accepted = max(grant.ads, Ads.AROUND) if Purpose.COMMERCIAL in grant.purposes else grant.ads
    if channel.ads <= accepted:
        return grant.mode
    parts = "unmodified" not in grant.duties if grant.parts is None else grant.parts
    excerpt = grant.mode is Mode.FULL and channel.ads is Ads.AROUND and parts and cuttable
    return Mode.EXCERPT if excerpt and channel.medium is Medium.WEB else None


def _hindrances(grant: Grant, party: Party, setting: Setting) -> Iterator[tuple[str, str]]:
    """(clause, words) of all that stands in the way, what can least be changed first."""
    found = {
        "grant.time": _not_in_force(grant, setting.now),
        "grant.marker": _unmarked(grant, party, setting),
        "grant.republisher": _not_eligible(grant.republishers, setting.channel),
        "grant.consent": _no_consent(grant.consent, setting.channel),
        "duty.unmet": unkept(grant, setting.channel) or _uncounted(grant, setting.item),
        "grant.window": _window_over(grant, setting),
        "grant.notice": _untold(grant, setting),
        "grant.pick": _unpicked(grant, setting.standing.pick),
        "grant.share": _over_share(grant, setting),
    }
    return ((name, but) for name, but in found.items() if but)


def in_force(grant: Grant, now: datetime) -> bool:
    """Whether ``now`` is inside the grant's own dates."""
    return not _not_in_force(grant, now)


def _not_in_force(grant: Grant, now: datetime) -> str:
    if grant.valid_from and now < grant.valid_from:
        return f"only from {wording.moment(grant.valid_from)} on"
    if grant.valid_until and now >= grant.valid_until:
        return f"no longer since {wording.moment(grant.valid_until)}"
    return ""


def _unmarked(grant: Grant, party: Party, setting: Setting) -> str:
    item = setting.item
    carried = party.own and any(grant.marker in text for text in (item.raw_html, item.html, item.text, item.summary))
    return "" if not grant.marker or carried else f"only items that carry “{grant.marker}”"


def _not_eligible(kinds: frozenset[Republisher], channel: Channel) -> str:
    if not kinds or kinds & channel.republisher:
        return ""
    return f"only for {wording.either(kinds)}, and the site declares {wording.both(channel.republisher) or 'nothing'}"


def _no_consent(interests: tuple[Interest, ...], channel: Channel) -> str:
    """A consent is a reader's, so only what is sent to readers who gave one can have it."""
    if not interests or (channel.medium is Medium.EMAIL and set(interests) & set(channel.consent)):
        return ""
    return f"only for readers who agreed to receive it for {wording.either(interests)}"


def counter_of(grant: Grant, item: Item) -> str:
    """The address of the counter that came with the item, else that of the record if it names a file; "" if neither."""
    kind = grant.beacon.value if grant.beacon else ""
    found = element_address(item.raw_html or item.html, kind, grant.beacon_url) if kind else ""
    return found or (grant.beacon_url if _FILE.search(grant.beacon_url) else "")


def _uncounted(grant: Grant, item: Item) -> str:
    missing = grant.beacon is not None and not counter_of(grant, item)
    return "asks for its counter, which did not come with this item" if missing else ""


def _untold(grant: Grant, setting: Setting) -> str:
    lead, told = grant.notify_before, setting.standing.told
    if lead is None:
        return ""
    if told is None:
        return f"asks to be told before, at {grant.notify}"
    begins = told + timedelta(seconds=lead)
    early = f"asks to be told {wording.duration(lead)} before" if lead else ""
    return f"{early}, so only from {wording.moment(begins)} on" if setting.now < begins else ""


def told_at(grant: Grant, setting: Setting) -> datetime | None:
    """When the time ends that the publisher has since it was told; a day from now as long as it was not."""
    if grant.notify_before is None:
        return None
    told = setting.standing.told
    return told + timedelta(seconds=grant.notify_before) if told else setting.now + LOOK_AGAIN


def _unpicked(grant: Grant, pick: Pick | None) -> str:
    return "asks that a person picks each item" if grant.pick and pick is None else ""


def _over_share(grant: Grant, setting: Setting) -> str:
    """A share that nobody counted is not kept."""
    standing = setting.standing
    counted = f", and this is number {standing.place} of {standing.published}" if standing.place else ""
    if grant.max_items and not 0 < standing.place <= grant.max_items:
        return f"asks for no more than {grant.max_items} of its items a month{counted}"
    if grant.max_share and not 0 < standing.place * 100 <= grant.max_share * standing.published:
        return f"asks for no more than {grant.max_share} % of its items a month{counted}"
    return ""


# ------------------------------------------------------------------------------------------------ time


def released_at(grant: Grant, setting: Setting) -> datetime | None:
    """When the grant's embargo ends."""
    return setting.published + timedelta(seconds=grant.embargo) if grant.embargo else None


def closes_at(grant: Grant, setting: Setting) -> datetime | None:
    """When the grant's window closes."""
    return setting.published + timedelta(seconds=grant.window) if grant.window else None


def edges(grant: Grant, setting: Setting) -> tuple[datetime, ...]:
    """All times at which the grant may begin to say something else."""
    own = (grant.valid_from, grant.valid_until)
    found = (*own, released_at(grant, setting), closes_at(grant, setting), told_at(grant, setting))
    return tuple(edge for edge in found if edge)


def _window_over(grant: Grant, setting: Setting) -> str:
    closed = closes_at(grant, setting)
    if closed is None or setting.now < closed:
        return ""
    asks = {
        Expiry.REMOVE: "and asks that it is removed then",
        Expiry.BODY_TO_LINK: "and asks for a link then",
        Expiry.ASK: "and wants to be asked then",
    }
    return f"only for {wording.duration(grant.window)} from its publication, {asks[grant.on_expiry]}"
