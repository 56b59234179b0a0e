# SPDX-License-Identifier: Apache-2.0
"""What the operator's records of a publisher's terms give an item on a channel. Every ruling cites its place.

Several records may speak: one in the configuration, others recorded by command. Of those that permit something the
narrowest holds and their duties add up, and what one permits on a condition that is not met (a pick, a share, a
window) is narrower than what another permits without; one that only does not permit stands back behind one that does.
Refusals (prohibitions, an embargo, a removal) hold whatever is granted.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from syndicate.model import Channel, Covers, Evidence, Grant, Level, Licence, Mode, Record
from syndicate.rights import wording
from syndicate.rights.asked import ids
from syndicate.rights.grants import Answer, answer, edges, in_force, released_at
from syndicate.rights.licences import ALL_RIGHTS_RESERVED, NOTHING_STATED, UNSPECIFIED
from syndicate.rights.rulings import Party, Ruling, Setting, channel_class, floor, licensed
from syndicate.rights.scopes import about, doubtful, speaking

NO_PARTS = ("publisher_rule_only", "none", "house_quotes_policy")
"""What a licence says about excerpts where it permits none."""

_STANDING = frozenset({"record.objection", "grant.removed"})
"""Clauses of records that hold although another record permits something."""

_CONDITIONS = frozenset(
    {"grant.marker", "grant.republisher", "grant.consent", "grant.window", "grant.notice"}
    | {"grant.pick", "grant.share"}
)
"""Clauses of grants that say what has to be so before they permit anything."""

_WITHOUT_GRANT = (ALL_RIGHTS_RESERVED.id, NOTHING_STATED.id, UNSPECIFIED.id)


def by_records(party: Party, setting: Setting, covers: frozenset[Covers]) -> tuple[Ruling, ...]:
    """The rulings of all records that speak about the item at the party's hop, () if none does.

    The first is what they permit; what follows narrows it.
    """
    item, hop = setting.item, party.hop
    spoken = [_ruled(party, record, setting, covers) for record in speaking(party.records, item, hop)]
    if not spoken:
        return ()
    permitting = sorted((r for r in spoken if r.mode > floor(setting.channel)), key=lambda r: r.mode)
    unsure = [_unsure(_ruled(party, r, setting, covers)) for r in doubtful(party.records, item, hop)]
    refused = [r for r in spoken if r.clause in _STANDING or _waits(r)]
    first = permitting or [min(spoken, key=lambda r: r.mode)]
    return (*first, *(r for r in refused if r not in first), *unsure, *refusals(party, setting, covers))


def _waits(ruling: Ruling) -> bool:
    """Whether a grant about such a channel is held back by what it asks; one that is not in force asks nothing."""
    return ruling.grant is not None and ruling.clause in _CONDITIONS


def refusals(party: Party, setting: Setting, covers: frozenset[Covers]) -> Iterator[Ruling]:
    """What holds whatever is granted: prohibitions, and the longest embargo of the grants in force."""
    for record in about(party.records, setting.item, party.hop):
        yield from _prohibited(party, record, setting)
    for record in speaking(party.records, setting.item, party.hop):
        yield from _delayed(party, record, setting, covers)


def objects(record: Record) -> bool:
    """Whether a record is a refusal of everything."""
    return not record.grants and record.licence is None and record.otherwise is Mode.WITHHOLD


def next_change(party: Party, setting: Setting) -> tuple[datetime, ...]:
    """The times after now at which the records that are about the item may begin to say something else."""
    records = about(party.records, setting.item, party.hop)
    found = [edge for record in records for grant in record.grants for edge in edges(grant, setting)]
    found += [p.valid_from for record in records for p in record.prohibitions if p.valid_from]
    return tuple(edge for edge in found if edge > setting.now)


# ------------------------------------------------------------------------------------------------ one record


def _ruled(party: Party, record: Record, setting: Setting, covers: frozenset[Covers]) -> Ruling:
    """The widest grant that fits, else the licence on record if it has no grants, else what holds otherwise."""
    cuttable = record.licence is None or record.licence.excerpt not in NO_PARTS
    answers = [
        (found, number)
        for number, grant in enumerate(record.grants)
        if grant.covers in covers and (found := answer(grant, party, setting, cuttable=cuttable)) is not None
    ]
    open_ = max((a for a in answers if not a[0].but), key=lambda a: a[0].width, default=None)
    held = max((a for a in answers if a[0].but), key=lambda a: a[0].width, default=None)
    if open_ and (held is None or held[0].width <= open_[0].width):
        return _granted(party, record, open_, setting)
    if open_ and held:
        return _with_more(_granted(party, record, open_, setting), record, held)
    if held:
        removed = next((a for a in answers if a[0].closed), None)
        return _removed(party, record, removed[1]) if removed else _held_back(party, record, held, setting)
    if record.licence and not record.grants and Covers.OWN in covers:
        return _recorded_licence(party, record, record.licence, setting.channel)
    return _otherwise(party, record, setting.channel)


def _granted(party: Party, record: Record, found: tuple[Answer, int], setting: Setting) -> Ruling:
    """The ruling of a grant that fits."""
    answered, number = found
    grant = record.grants[number]
    if answered.mode < grant.mode:
        said = wording.ads_unknown(setting.channel, answered.limit)
    else:
        said = wording.permits(setting.channel, answered.mode, answered.limit)
    licence = record.licence
    return Ruling(
        mode=answered.mode,
        clause=answered.clause,
        text=f"{party.title} {said}",
        because=f"{party.name} {said}",
        evidence=(_of_grant(record, number),),
        limit=answered.limit,
        duties=tuple(dict.fromkeys((*ids(grant), *(licence.duties if licence else ())))),
        asked_by=record.key,
        licence=licence,
        contact=record.contact,
        crossposts=grant.covers is Covers.CROSSPOSTS,
        grant=grant,
    )


def _with_more(ruling: Ruling, record: Record, held: tuple[Answer, int]) -> Ruling:
    """The ruling, with what a wider grant would give and why it does not."""
    answered, number = held
    more = f", and {wording.amount(answered.mode, answered.limit)} but {answered.but}"
    evidence = tuple(dict.fromkeys((*ruling.evidence, _of_grant(record, number))))
    return replace(ruling, text=ruling.text + more, because=ruling.because + more, evidence=evidence)


def _held_back(party: Party, record: Record, held: tuple[Answer, int], setting: Setting) -> Ruling:
    """The ruling of a grant that would fit if something did not stand in the way."""
    answered, number = held
    grant = record.grants[number]
    said = f"{wording.permits(setting.channel, answered.mode, answered.limit)} but {answered.but}"
    waits = answered.clause == "grant.notice"  # what is to be told beforehand is not shown beforehand
    return Ruling(
        mode=Mode.WITHHOLD if waits else min(floor(setting.channel), record.otherwise),
        clause=answered.clause,
        text=f"{party.title} {said}",
        because=f"{party.name} {said}",
        evidence=(_of_grant(record, number),),
        duties=ids(grant),
        asked_by=record.key,
        contact=record.contact,
        crossposts=grant.covers is Covers.CROSSPOSTS,
        grant=grant,
    )


def _removed(party: Party, record: Record, number: int) -> Ruling:
    """The ruling of a grant whose window is over and that asked for removal."""
    said = wording.removed(record.grants[number].window)
    return Ruling(
        mode=Mode.WITHHOLD,
        clause="grant.removed",
        text=f"{party.title} {said}",
        because=f"{party.name} {said}",
        evidence=(_of_grant(record, number),),
        asked_by=record.key,
        contact=record.contact,
        grant=record.grants[number],
    )


def _unsure(ruling: Ruling) -> Ruling:
    said = "it may belong to a section with terms of its own: "
    return replace(ruling, clause="section.unknown", text=said + ruling.text, because=said + ruling.because)


def _otherwise(party: Party, record: Record, channel: Channel) -> Ruling:
    said = wording.denies(channel, min(record.otherwise, floor(channel)))
    return Ruling(
        mode=min(record.otherwise, floor(channel)),
        clause="record.objection" if objects(record) else "record.otherwise",
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


# ------------------------------------------------------------------------------------------------ refusals


def _prohibited(party: Party, record: Record, setting: Setting) -> Iterator[Ruling]:
    """Each prohibition that is in force and about such a channel."""
    channel = setting.channel
    for number, prohibition in enumerate(record.prohibitions):
        begun = prohibition.valid_from is None or prohibition.valid_from <= setting.now
        if not begun or channel.medium not in prohibition.media or channel.purpose not in prohibition.purposes:
            continue
        mode = min(prohibition.mode, floor(channel))
        said = wording.forbids(channel, mode) + (f" ({prohibition.by})" if prohibition.by else "")
        words = prohibition.quote or f"no more than {prohibition.mode.name.lower()}"
        yield Ruling(
            mode=mode,
            clause="record.prohibition",
            text=f"{party.title} {said}",
            because=f"{party.name} {said}",
            evidence=(_cited(record, f"prohibitions[{number}]", words, quote=prohibition.quote),),
            asked_by=record.key,
            contact=record.contact,
        )


def _delayed(party: Party, record: Record, setting: Setting, covers: frozenset[Covers]) -> Iterator[Ruling]:
    """An embargo is asked of everybody, not only of the channels that the grant names."""
    waiting = [
        (until, number)
        for number, grant in enumerate(record.grants)
        if grant.covers in covers and in_force(grant, setting.now)
        if (until := released_at(grant, setting)) is not None and until > setting.now
    ]
    if waiting:
        until, number = max(waiting)
        said = wording.waits(until)
        yield Ruling(
            mode=Mode.WITHHOLD,
            clause="record.embargo",
            text=f"{party.title} {said}",
            because=f"{party.name} {said}",
            evidence=(_of_grant(record, number),),
            asked_by=record.key,
            contact=record.contact,
            grant=record.grants[number],
        )


# ------------------------------------------------------------------------------------------------ evidence


def _of_grant(record: Record, number: int) -> Evidence:
    grant = record.grants[number]
    return _cited(record, f"grants[{number}]", _described(grant), quote=grant.quote)


def _described(grant: Grant) -> str:
    return f"{grant.mode.name.lower()}: {', '.join(sorted(grant.media))}; {', '.join(sorted(grant.purposes))}"


def _cited(record: Record, place: str, words: str, *, quote: str = "") -> Evidence:
    """The record as evidence: the sentence that the operator read, else what was recorded."""
    where = f"terms.{record.key}.{place}" if record.origin == "config" else f"{record.key}, {place}"
    return Evidence("record", Level.FEED, quote or record.quote or words, where, record.evidence)
