# SPDX-License-Identifier: Apache-2.0
"""What a ruling is: one party's answer for one channel, and the answers of the licence table."""

from dataclasses import dataclass
from typing import Final

from syndicate.model import (
    Ads,
    Channel,
    ChannelClass,
    Evidence,
    Licence,
    Limit,
    Medium,
    Mode,
    Purpose,
    Record,
    Role,
)
from syndicate.rights import wording

NO_LIMIT: Final = Limit()


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whose terms are asked: the holder, or one who republished."""

    name: str
    role: Role
    record: Record | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def title(self) -> str:
        """The name with its part in the chain."""
        return f"{self.name}, {'the holder' if self.role is Role.ORIGIN else 'which republished it'},"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One answer. ``text`` is the clause applied, ``because`` the sentence for a person, ``duties`` are ids.

    ``said`` is False for silence. ``crossposts`` is True if it rests on a grant over what the party republished.
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


def channel_class(channel: Channel) -> ChannelClass:
    """The column of the licence table that a channel falls into. Advertising or a price make it commercial."""
    if channel.medium is Medium.PRINT:
        return ChannelClass.PRINT
    free = channel.purpose is Purpose.COMMUNITY and channel.ads is Ads.NONE and not channel.paid
    if channel.medium is Medium.WEB:
        return ChannelClass.COMMUNITY_WEB if free else ChannelClass.COMMERCIAL_WEB
    return ChannelClass.COMMUNITY_EMAIL if free else ChannelClass.COMMERCIAL_EMAIL


def floor(channel: Channel) -> Mode:
    """What needs no permission: a title, a by-line and a link; nothing in print."""
    return Mode.WITHHOLD if channel.medium is Medium.PRINT else Mode.LINK


def licence_mode(licence: Licence, channel: Channel) -> Mode:
    """The cell of the licence table. "If free" in print means no price, no advertising and no commercial purpose."""
    free = channel.purpose is Purpose.COMMUNITY and channel.ads is Ads.NONE and not channel.paid
    if channel.medium is Medium.PRINT and licence.print_if_free and not free:
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
