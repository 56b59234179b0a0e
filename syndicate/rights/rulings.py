# SPDX-License-Identifier: Apache-2.0
"""What a ruling is: one party's answer for one channel, and the answers of the licence table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from syndicate.model import (
    Ads,
    Channel,
    ChannelClass,
    Evidence,
    Grant,
    Hop,
    Item,
    Licence,
    Limit,
    Medium,
    Mode,
    Purpose,
    Record,
    Role,
    Standing,
)
from syndicate.rights import wording

NO_LIMIT: Final = Limit()


@dataclass(frozen=True, slots=True)
class Setting:
    """What is asked: an item on a channel at a time. ``published`` is when the work was first published anywhere."""

    item: Item
    channel: Channel
    now: datetime
    published: datetime
    standing: Standing


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whose terms are asked, at its hop: the holder, or one who republished.

    ``own`` is True at the hop of the item itself.
    """

    hop: Hop
    role: Role
    records: tuple[Record, ...] = ()
    own: bool = False

    @property
    def name(self) -> str:
        """Its name."""
        return self.hop.name

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence that stood on this appearance."""
        return self.hop.evidence

    @property
    def title(self) -> str:
        """The name with its part in the chain."""
        return f"{self.name}, {'the holder' if self.role is Role.ORIGIN else 'which republished it'},"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One answer. ``text`` is the clause applied, ``because`` the sentence for a person, ``duties`` are ids.

    ``said`` is False for silence. ``crossposts`` is True if it rests on a grant over what the party republished,
    ``grant`` is the grant that it rests on, with the parameters of its duties.
    """

    mode: Mode
    clause: str
    text: str
    because: str
    evidence: tuple[Evidence, ...] = ()
    limit: Limit = NO_LIMIT
    duties: tuple[str, ...] = ()
    asked_by: str = "house"
    licence: Licence | None = None
    contact: str = ""
    said: bool = True
    crossposts: bool = False
    grant: Grant | None = None


def channel_class(channel: Channel) -> ChannelClass:
    """The column of the licence table that a channel falls into. Advertising or a price make it commercial."""
    if channel.medium is Medium.PRINT:
        return ChannelClass.PRINT
    free = is_free(channel)
    if channel.medium is Medium.WEB:
        return ChannelClass.COMMUNITY_WEB if free else ChannelClass.COMMERCIAL_WEB
    return ChannelClass.COMMUNITY_EMAIL if free else ChannelClass.COMMERCIAL_EMAIL


def is_free(channel: Channel) -> bool:
    """Whether a channel is without profit: no commercial purpose, no advertising, no price."""
    priced = channel.paid or channel.sale
    return channel.purpose is Purpose.COMMUNITY and channel.ads is Ads.NONE and not priced


def floor(channel: Channel) -> Mode:
    """What needs no permission: a title, a by-line and a link; nothing in print."""
    return Mode.WITHHOLD if channel.medium is Medium.PRINT else Mode.LINK


def licence_mode(licence: Licence, channel: Channel) -> Mode:
    """The cell of the licence table. "If free" in print means no price, no advertising and no commercial purpose."""
    if channel.medium is Medium.PRINT and licence.print_if_free and not is_free(channel):
        return Mode.WITHHOLD
    return licence.modes[channel_class(channel)]


def licensed(
    party: Party, licence: Licence, channel: Channel, evidence: tuple[Evidence, ...], *, contact: str = ""
) -> Ruling:
    """The ruling of a licence that a party offers or that the operator recorded."""
    mode = licence_mode(licence, channel)
    offered = wording.offers(licence)
    gap = "" if mode > Mode.LINK else wording.uncovered(licence, channel)
    return Ruling(
        mode=mode,
        clause="licence.uncovered" if gap else "licence",
        text=f"{party.title} {offered}{', which ' if gap else ''}{gap}",
        because=f"{licence.name} {gap}" if gap else f"{party.name} {offered}",
        evidence=evidence,
        duties=licence.duties,
        asked_by=licence.id,
        licence=licence,
        contact=contact,
    )
