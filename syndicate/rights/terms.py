# SPDX-License-Identifier: Apache-2.0
"""What one party permits on one channel: its record if the operator made one, else what its evidence states.

Every ruling that permits more than a link cites the grant or the licence URI that does. A record rules; statements on
the item itself may narrow it and never widen it; lines that a feed carries for all its items do not touch it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from syndicate.model import (
    Ads,
    Channel,
    ChannelClass,
    Covers,
    Evidence,
    Grant,
    Level,
    Licence,
    Limit,
    Medium,
    Mode,
    Purpose,
    Record,
    Role,
)
from syndicate.rights import wording
from syndicate.rights.addresses import url_key
from syndicate.rights.licences import ALL_RIGHTS_RESERVED, NOTHING_STATED, UNSPECIFIED
from syndicate.rights.statements import Statement, statements

NO_LIMIT: Final = Limit()
HOUSE_LIMIT: Final = Limit(words=60)
"""An excerpt whose length nobody has named."""

DUTIES: Final = {
    "credit": "O1",
    "copyright": "O2",
    "link": "O3",
    "licence": "O4",
    "notices": "O5",
    "unmodified": "O6",
    "position": "O11",
    "window": "O17",
}
"""Names of duties in a record and their ids."""

MET: Final = frozenset({"O1", "O2", "O3", "O4", "O5", "O6"})
"""Duties that we can render and prove. A grant that asks another one permits no more than a link here."""

ANY: Final = frozenset(Covers)
CROSSPOSTS: Final = frozenset({Covers.CROSSPOSTS})
_WITHOUT_GRANT: Final = (ALL_RIGHTS_RESERVED.id, NOTHING_STATED.id, UNSPECIFIED.id)
_WORDS_IN_A_PARAGRAPH: Final = 80


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


def terms_of(party: Party, channel: Channel, covers: frozenset[Covers] = ANY) -> tuple[Ruling, ...]:
    """All rulings of a party, never none; the narrowest holds and their duties add up."""
    if party.record is None:
        return (by_statements(party, channel),)
    return (by_record(party, party.record, channel, covers), *_narrowing(party, party.record, channel))


def refusal(party: Party, channel: Channel) -> Ruling | None:
    """The ruling of words on the item itself that reserve all rights."""
    found = next((s for s in statements(party.evidence) if s.level is Level.ITEM and s.refusals), None)
    return _reserved(party, channel, found.refusals) if found else None


# ------------------------------------------------------------------------------------------------ records


def by_record(party: Party, record: Record, channel: Channel, covers: frozenset[Covers]) -> Ruling:
    """The widest grant that fits the channel, else the licence on record, else what holds otherwise."""
    fitting = [
        _granted(party, record, number, mode, channel)
        for number, grant in enumerate(record.grants)
        if grant.covers in covers and (mode := _mode(grant, channel)) is not None
    ]
    if record.licence and Covers.OWN in covers:
        fitting.append(_recorded_licence(party, record, record.licence, channel))
    return max(fitting, key=_width, default=None) or _otherwise(party, record, channel)


def _width(ruling: Ruling) -> tuple[Mode, int]:
    return ruling.mode, ruling.limit.words or ruling.limit.paragraphs * _WORDS_IN_A_PARAGRAPH


def _mode(grant: Grant, channel: Channel) -> Mode | None:
    """What a grant gives a channel; None if it does not fit.

    A grant for commercial use takes advertising around the items for granted. One for community use does not, and
    until the operator records that the publisher accepts it, a site with such advertising may carry an excerpt.
    """
    known = channel.medium in grant.media and channel.purpose in grant.purposes and (grant.paid or not channel.paid)
    if not known:
        return None
    accepted = max(grant.ads, Ads.AROUND) if Purpose.COMMERCIAL in grant.purposes else grant.ads
    if channel.ads <= accepted:
        return grant.mode
    excerpt = grant.mode is Mode.FULL and channel.ads is Ads.AROUND and "unmodified" not in grant.duties
    return Mode.EXCERPT if excerpt and channel.medium is Medium.WEB else None


def _granted(party: Party, record: Record, number: int, mode: Mode, channel: Channel) -> Ruling:
    """The ruling of a grant that fits; no more than a link where it asks for a duty that we cannot prove."""
    grant = record.grants[number]
    unmet = [name for name in grant.duties if DUTIES.get(name) not in MET] if mode > Mode.LINK else []
    limit = _limit(grant, mode)
    said = _said(grant, mode, limit, channel) + (
        f" but asks for what we cannot prove: {', '.join(unmet)}" * bool(unmet)
    )
    return Ruling(
        mode=floor(channel) if unmet else mode,
        clause="duty.unmet" if unmet else "record.grant.ads" if mode < grant.mode else "record.grant",
        text=f"{party.title} {said}",
        because=f"{party.name} {said}",
        evidence=(_cited(record, f"grants[{number}]", _described(grant)),),
        limit=NO_LIMIT if unmet else limit,
        duties=tuple(id_ for name, id_ in DUTIES.items() if name in grant.duties),
        asked_by=record.key,
        contact=record.contact,
        crossposts=grant.covers is Covers.CROSSPOSTS,
    )


def _limit(grant: Grant, mode: Mode) -> Limit:
    if mode is not Mode.EXCERPT:
        return NO_LIMIT
    return HOUSE_LIMIT if grant.limit == NO_LIMIT or mode < grant.mode else grant.limit


def _said(grant: Grant, mode: Mode, limit: Limit, channel: Channel) -> str:
    if mode < grant.mode:
        return wording.ads_unknown(channel, limit)
    return wording.permits(channel, mode, limit, crossposts=grant.covers is Covers.CROSSPOSTS)


def _described(grant: Grant) -> str:
    return f"{grant.mode.name.lower()}: {', '.join(sorted(grant.media))}; {', '.join(sorted(grant.purposes))}"


def _cited(record: Record, place: str, words: str) -> Evidence:
    """The operator's record as evidence: the sentence that the operator read, else what was recorded."""
    return Evidence("record", Level.FEED, record.quote or words, f"terms.{record.key}.{place}", record.evidence)


def _otherwise(party: Party, record: Record, channel: Channel) -> Ruling:
    mode = min(record.otherwise, floor(channel))
    said = wording.denies(channel, mode)
    return Ruling(
        mode=mode,
        clause="record.otherwise",
        text=f"{party.title} {said}",
        because=f"{party.name} {said}",
        evidence=(_cited(record, "otherwise", f"otherwise {record.otherwise.name.lower()}"),),
        asked_by=record.key,
        contact=record.contact,
    )


def _recorded_licence(party: Party, record: Record, licence: Licence, channel: Channel) -> Ruling:
    evidence = (_cited(record, "licence", licence.id),)
    if licence.id not in _WITHOUT_GRANT:
        return _licensed(party, licence, channel, evidence, contact=record.contact)
    said = "reserves all rights" if licence.id == ALL_RIGHTS_RESERVED.id else "has said nothing that would permit more"
    return Ruling(
        mode=licence.modes[channel_class(channel)],
        clause="record.licence",
        text=f"{party.title} {said}",
        because=f"{party.name} {said}",
        evidence=evidence,
        asked_by=record.key,
        contact=record.contact,
        said=licence.id == ALL_RIGHTS_RESERVED.id,
    )


# ------------------------------------------------------------------------------------------------ statements


def by_statements(party: Party, channel: Channel) -> Ruling:
    """What the most specific level that says anything states; at one level the narrower, licences being a choice."""
    top = next(iter(statements(party.evidence)), None)
    if top is None:
        printed = channel.medium is Medium.PRINT
        return Ruling(
            mode=NOTHING_STATED.modes[channel_class(channel)],
            clause="silence",
            text=f"{party.title} has said nothing: {wording.SILENCE_IN_PRINT if printed else wording.SILENCE}",
            because=wording.NOBODY_SAID if party.role is Role.ORIGIN else wording.unsaid(party.name),
            said=False,
        )
    return _stated(party, top, channel)


def _stated(party: Party, top: Statement, channel: Channel) -> Ruling:
    if top.refusals:
        return _reserved(party, channel, top.refusals)
    if top.signals:
        return _floored(party, channel, "signal", "prohibits every automated use of it", top.signals)
    if top.unspecified:
        stated = _floored(party, channel, "unspecified", "says that it states no licence", top.unspecified)
        return replace(stated, said=False)
    if top.licences:
        return _widest(party, top.licences, channel)
    return _floored(party, channel, "unread", f"names terms that we cannot read: {top.unread[0].value}", top.unread)


def _widest(party: Party, offered: Iterable[tuple[Licence, Evidence]], channel: Channel) -> Ruling:
    """Of licences offered side by side, the one that permits most; of equals the one that asks least."""
    licence, evidence = max(offered, key=lambda o: (_licence_mode(o[0], channel), -len(o[0].duties), o[0].id))
    return _licensed(party, licence, channel, (evidence,))


def _licence_mode(licence: Licence, channel: Channel) -> Mode:
    """The cell of the licence table. "If free" in print means no price, no advertising and no commercial purpose."""
    free = channel.purpose is Purpose.COMMUNITY and channel.ads is Ads.NONE and not channel.paid
    if channel.medium is Medium.PRINT and licence.print_if_free and not free:
        return Mode.WITHHOLD
    return licence.modes[channel_class(channel)]


def _licensed(
    party: Party, licence: Licence, channel: Channel, evidence: tuple[Evidence, ...], *, contact: str = ""
) -> Ruling:
    mode = _licence_mode(licence, channel)
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


def _reserved(party: Party, channel: Channel, evidence: tuple[Evidence, ...]) -> Ruling:
    return _floored(party, channel, "refusal", "reserves all rights", evidence)


def _floored(party: Party, channel: Channel, clause: str, said: str, evidence: tuple[Evidence, ...]) -> Ruling:
    return Ruling(floor(channel), clause, f"{party.title} {said}", f"{party.name} {said}", evidence)


def _narrowing(party: Party, record: Record, channel: Channel) -> tuple[Ruling, ...]:
    """What the item itself states beside a record: a refusal, another licence, terms that we cannot read.

    Signals to machines and the unspecified sentinel do not touch a record, nor does a link to the very page that the
    operator read.
    """
    top = next((s for s in statements(party.evidence) if s.level is Level.ITEM), None)
    if top is None:
        return ()
    unread = tuple(e for e in top.unread if url_key(e.value) != url_key(record.evidence) or not url_key(e.value))
    stated = Statement(Level.ITEM, licences=top.licences, unread=unread, refusals=top.refusals)
    return (_stated(party, stated, channel),) if stated != Statement(Level.ITEM) else ()
