# SPDX-License-Identifier: Apache-2.0
"""What one party permits on one channel: its record if the operator made one, else what its evidence states.

Every ruling that permits more than a link cites the grant or the licence URI that does. A record rules; statements on
the item itself may narrow it and never widen it; lines that a feed carries for all its items do not touch it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from syndicate.model import Channel, Covers, Evidence, Item, Level, Licence, Medium, Mode, Role
from syndicate.rights import wording
from syndicate.rights.addresses import url_key
from syndicate.rights.kinds import COMMERCIAL, NAMED, SOFT
from syndicate.rights.licences import NOTHING_STATED, by_id, by_url
from syndicate.rights.records import by_records, refusals
from syndicate.rights.rulings import Party, Ruling, Setting, channel_class, floor, licence_mode, licensed
from syndicate.rights.scopes import speaking
from syndicate.rights.signals import contact, denied, signals
from syndicate.rights.statements import Statement, doubtful, in_order, statements

ANY: Final = frozenset(Covers)
CROSSPOSTS: Final = frozenset({Covers.CROSSPOSTS})
_NONCOMMERCIAL: Final = by_id("CC-BY-NC-4.0") or NOTHING_STATED


def terms_of(party: Party, setting: Setting, covers: frozenset[Covers] = ANY) -> tuple[Ruling, ...]:
    """All rulings of a party, never none; the narrowest holds and their duties add up."""
    recorded = by_records(party, setting, covers)
    if recorded:
        narrowed = _narrowing(party, setting.item, setting.channel)
        return (*recorded, *narrowed, *signals(party, setting, recorded=True))
    stated = by_statements(party, setting.channel)
    return (*stated, *refusals(party, setting, covers), *signals(party, setting, recorded=False))


def refusal(party: Party, channel: Channel) -> Ruling | None:
    """The ruling of words on the item itself that reserve all rights, or of a feed that denies its use."""
    said = _statements(party, channel)
    found = next((s for s in said if s.level is Level.ITEM and s.refusals), None)
    return _reserved(party, channel, found.refusals) if found else denied(party)


def by_statements(party: Party, channel: Channel) -> tuple[Ruling, ...]:
    """What the most specific level that says anything states, document by document; the narrower holds.

    In one document the narrower statement holds, except that licences side by side are a choice.
    """
    said = _statements(party, channel)
    if not said:
        return (_silence(party, channel),)
    stated = (_stated(party, one, channel) for one in said if one.level is said[0].level)
    return (*stated, *_doubtful(party, channel))


def _statements(party: Party, channel: Channel) -> tuple[Statement, ...]:
    """What is stated and concerns this channel: words against commercial use are none against a community site."""
    evidence = party.evidence
    if licence_mode(_NONCOMMERCIAL, channel) is Mode.FULL:
        evidence = tuple(e for e in evidence if e.kind != COMMERCIAL)
    return statements(evidence, party.hop.url)


def _silence(party: Party, channel: Channel) -> Ruling:
    printed = channel.medium is Medium.PRINT
    return Ruling(
        mode=NOTHING_STATED.modes[channel_class(channel)],
        clause="silence",
        text=f"{party.title} has said nothing: {wording.SILENCE_IN_PRINT if printed else wording.SILENCE}",
        because=wording.NOBODY_SAID if party.role is Role.ORIGIN else wording.unsaid(party.name),
        contact=contact(party.evidence, party.hop.url),
        said=False,
    )


def _stated(party: Party, top: Statement, channel: Channel) -> Ruling:
    ruling = _read(party, top, channel)
    return replace(ruling, contact=ruling.contact or contact(party.evidence, party.hop.url))


def _read(party: Party, top: Statement, channel: Channel) -> Ruling:
    if top.refusals:
        return _reserved(party, channel, top.refusals)
    if top.unspecified:
        stated = _floored(party, channel, "unspecified", "says that it states no licence", top.unspecified)
        return replace(stated, said=False)
    if top.licences:
        return _widest(party, top.licences, channel)
    return _floored(party, channel, "unread", f"names terms that we cannot read: {top.unread[0].value}", top.unread)


def _widest(party: Party, offered: Iterable[tuple[Licence, Evidence]], channel: Channel) -> Ruling:
    """Of licences offered side by side, the one that permits most; of equals the one that asks least."""
    licence, evidence = max(offered, key=lambda o: (licence_mode(o[0], channel), -len(o[0].duties), o[0].id))
    return licensed(party, licence, channel, (evidence,))


def _reserved(party: Party, channel: Channel, evidence: tuple[Evidence, ...]) -> Ruling:
    if all(e.kind in SOFT for e in evidence):
        limited = _floored(party, channel, "limit", "says what seems to limit its use", evidence)
        # The words stand in the reason alone: an output that shows a link may not show a sentence of the text.
        return replace(limited, text=f"{limited.text}: {evidence[0].value}")
    return _floored(party, channel, "refusal", "reserves all rights", evidence)


def _floored(party: Party, channel: Channel, clause: str, said: str, evidence: tuple[Evidence, ...]) -> Ruling:
    return Ruling(floor(channel), clause, f"{party.title} {said}", f"{party.name} {said}", evidence)


def _narrowing(party: Party, item: Item, channel: Channel) -> tuple[Ruling, ...]:
    """What the item itself states beside a record: a refusal, another licence, terms that we cannot read.

    A licence that the record names beside its grants adds nothing: the publisher's own rules say what it means by it.
    Signals to machines and the unspecified sentinel do not touch a record, nor does a link to the very page that the
    operator read.
    """
    glossed = [r.licence for r in speaking(party.records, item, party.hop) if r.licence and r.grants]
    own = (s for s in _statements(party, channel) if s.level is Level.ITEM)
    kept = (_beside(s, party, glossed) for s in own)
    stated = (_stated(party, s, channel) for s in kept if s.licences or s.unread or s.refusals)
    return (*stated, *_doubtful(party, channel))


def _doubtful(party: Party, channel: Channel) -> tuple[Ruling, ...]:
    """Licences linked or named in running text, about the article or not: what they rule out they take away."""
    named = () if party.records else (NAMED,)  # whoever recorded the publisher's rules has read which licence it names
    linked = ((by_url(e.value), e) for e in in_order(party.evidence) if doubtful(e) or e.kind in named)
    rulings = (licensed(party, licence, channel, (e,)) for licence, e in linked if licence)
    return tuple(replace(one, duties=()) for one in rulings if one.mode < Mode.FULL)


def _beside(stated: Statement, party: Party, glossed: Sequence[Licence]) -> Statement:
    """What a statement adds to records: no page or limit that the operator read, no licence that a record words."""
    words = [" ".join(record.quote.split()) for record in party.records]
    read = {url_key(record.evidence) for record in party.records}
    return replace(
        stated,
        licences=tuple(one for one in stated.licences if not any(_alike(one[0], known) for known in glossed)),
        unread=tuple(e for e in stated.unread if url_key(e.value) not in read or not url_key(e.value)),
        unspecified=(),
        refusals=tuple(e for e in stated.refusals if e.kind not in SOFT or not any(e.value in one for one in words)),
    )


def _alike(one: Licence, other: Licence) -> bool:
    """Whether two licences have the same elements, whatever their version and country."""
    return one.by and (one.nc, one.nd, one.sa) == (other.nc, other.nd, other.sa)
