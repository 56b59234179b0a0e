# SPDX-License-Identifier: Apache-2.0
"""What the operator's record of a publisher's terms gives a channel. Every ruling cites its place in the record."""

from typing import Final

from syndicate.model import (
    Ads,
    Channel,
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
    Translation,
)
from syndicate.rights import wording
from syndicate.rights.licences import ALL_RIGHTS_RESERVED, NOTHING_STATED, UNSPECIFIED
from syndicate.rights.rulings import NO_LIMIT, Party, Ruling, channel_class, floor, licensed

HOUSE_LIMIT: Final = Limit(words=60)
"""An excerpt whose length nobody has named."""

DUTIES: Final = {
    "credit": "O1",
    "copyright": "O2",
    "link": "O3",
    "hyperlink": "O3",
    "licence": "O4",
    "notices": "O5",
    "unmodified": "O6",
    "noncommercial": "O7",
    "no-endorsement": "O8",
    "changes": "O9",
    "share-alike": "O10",
    "position": "O11",
    "keep-links": "O12",
    "beacon": "O13",
    "canonical": "O14",
    "assets": "O15",
    "embargo": "O16",
    "window": "O17",
    "pick": "O18",
    "notify": "O19",
    "headline": "O20",
    "limit": "O21",
    "translation": "O22",
    "about": "O23",
    "terms": "O24",
    "contact": "O25",
    "takedown": "O26",
    "republishers": "O27",
    "no-donations": "O28",
    "consent": "O29",
    "own": "O30",
}
"""Names of duties in a record and their ids."""

MET: Final = frozenset({"O1", "O2", "O3", "O4", "O5", "O6", "O9", "O15", "O20", "O21", "O22"})
"""Duties that we can render and prove. A grant that asks another one permits no more than a link here."""

_WITHOUT_GRANT: Final = (ALL_RIGHTS_RESERVED.id, NOTHING_STATED.id, UNSPECIFIED.id)
_WORDS_IN_A_PARAGRAPH: Final = 80


def asked(grant: Grant) -> tuple[str, ...]:
    """The names of all duties that a grant asks for: those that it names, and those whose parameters it sets."""
    parameters = {
        "position": grant.position is not None,
        "beacon": grant.beacon is not None,
        "embargo": grant.embargo,
        "window": grant.window,
        "pick": grant.pick or grant.max_share or grant.max_items,
        "notify": grant.notify,
        "headline": grant.their_headline,
        "limit": grant.mode is Mode.EXCERPT,
        "translation": grant.translation is not Translation.ALLOWED,
        "about": grant.about,
        "takedown": grant.takedown,
        "republishers": grant.republishers,
        "consent": grant.consent,
    }
    return tuple(dict.fromkeys((*grant.duties, *(name for name, is_set in parameters.items() if is_set))))


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
    names = asked(grant)
    unmet = [name for name in names if DUTIES.get(name) not in MET] if mode > Mode.LINK else []
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
        duties=tuple(dict.fromkeys(id_ for name, id_ in DUTIES.items() if name in names)),
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
    return wording.permits(channel, mode, limit)


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
        return licensed(party, licence, channel, evidence, contact=record.contact)
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
