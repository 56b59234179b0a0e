# SPDX-License-Identifier: Apache-2.0
"""(item, chain, channel) -> how much we may carry, on which conditions, and why.

The mode is the most restrictive over the hops whose words we use, with the holder's terms as ceiling. Whatever nobody
permits falls to a link, in print to nothing. Every decision that carries text cites the permission it rests on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from syndicate.model import (
    Chain,
    Channel,
    Covers,
    Decision,
    Hop,
    Item,
    Limit,
    Mode,
    Publisher,
    Reason,
    Record,
    Role,
)
from syndicate.rights import wording
from syndicate.rights.duties import Case, duties_of, targets
from syndicate.rights.records import by_record
from syndicate.rights.rulings import Party, Ruling, channel_class, floor
from syndicate.rights.statements import in_order
from syndicate.rights.terms import ANY, CROSSPOSTS, refusal, terms_of

__all__ = ["POLICY_VERSION", "channel_class", "decide"]

POLICY_VERSION: Final = "1"
"""Changes whenever the same values could be decided otherwise."""

_NO_PARTS: Final = ("publisher_rule_only", "none", "house_quotes_policy")


def decide(item: Item, chain: Chain, channel: Channel, publishers: Mapping[str, Publisher], now: datetime) -> Decision:
    """The decision about an item on a channel.

    ``publishers`` maps ids to all publishers that the operator configured; ``now`` dates a copyright line where
    nothing else does. Never raises; the order of evidence makes no difference.
    """
    hops = _settled(item, chain)
    case = Case(item, hops, chain.origin_known, tuple(publishers.get(hop.publisher_id) for hop in hops), now)
    rulings = list(_rulings(case, channel))
    rulings += _house(case, rulings, channel)
    mode, limit, reasons, deciding = _fold(rulings)
    return Decision(
        item_id=item.id,
        channel_id=channel.id,
        mode=mode,
        duties=duties_of(case, rulings, mode, limit),
        reasons=reasons,
        because=deciding.because,
        contact=_contact(case, deciding),
        limit=limit,
        policy=POLICY_VERSION,
    )


def _settled(item: Item, chain: Chain) -> tuple[Hop, ...]:
    """The hops with their evidence in one order; the last is the item, so the item's evidence is its own."""
    *earlier, last = chain.hops
    last = replace(last, evidence=(*last.evidence, *item.evidence))
    return tuple(replace(hop, evidence=in_order(hop.evidence)) for hop in (*earlier, last))


def _fold(rulings: Sequence[Ruling]) -> tuple[Mode, Limit, tuple[Reason, ...], Ruling]:
    """The narrowest mode and limit, a reason for each ruling, and the ruling that decided: the last that narrowed."""
    deciding, reasons = rulings[0], []
    for ruling in rulings:
        deciding = ruling if ruling.mode < deciding.mode else deciding
        reasons.append(Reason(ruling.clause, ruling.text, deciding.mode, ruling.evidence))
    limits = [r.limit for r in rulings if r.mode is Mode.EXCERPT] if deciding.mode is Mode.EXCERPT else []
    return deciding.mode, _narrowest(limits), tuple(reasons), deciding


def _narrowest(limits: Sequence[Limit]) -> Limit:
    return Limit(
        words=min((limit.words for limit in limits if limit.words), default=0),
        paragraphs=min((limit.paragraphs for limit in limits if limit.paragraphs), default=0),
        characters=min((limit.characters for limit in limits if limit.characters), default=0),
    )


def _contact(case: Case, deciding: Ruling) -> str:
    """Whom to ask for more: who decided, else the holder, else who republished."""
    records = [record for p in case.publishers if p for record in p.records]
    return deciding.contact or next((record.contact for record in records if record.contact), "")


# ------------------------------------------------------------------------------------------------ whose permission


def _rulings(case: Case, channel: Channel) -> Iterator[Ruling]:
    """The holder's rulings first, then those of everybody else who is asked, each once."""
    parties = [_party(hop, publisher) for hop, publisher in zip(case.hops, case.publishers, strict=True)]
    asked = list(_ceiling(parties, case.origin_known, channel))
    if case.origin_known and any(hop.own_text for hop in case.hops[1:]):
        asked += _changed(asked, channel)
    for hop, party in zip(case.hops[1:], parties[1:], strict=True):
        asked += _republished(hop, party, channel)
    yield from (ruling for n, ruling in enumerate(asked) if ruling not in asked[:n])


def _party(hop: Hop, publisher: Publisher | None) -> Party:
    return Party(hop.name, hop.role, publisher.records[0] if publisher and publisher.records else None, hop.evidence)


def _ceiling(parties: Sequence[Party], origin_known: bool, channel: Channel) -> tuple[Ruling, ...]:
    """What the holder permits, or the grant over cross-posts that the operator confirmed in the holder's silence."""
    holder, last = replace(parties[0], role=Role.ORIGIN), parties[-1]
    crossposts = _crossposts(last, channel) if len(parties) > 1 else None
    if origin_known:
        terms = terms_of(holder, channel)
        return terms if crossposts is None or any(ruling.said for ruling in terms) else (crossposts,)
    ground = crossposts or _origin_unknown(holder, channel)
    return (ground, by_record(holder, holder.record, channel, ANY)) if holder.record else (ground,)


def _changed(terms: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    """A copy that is not the holder's text cannot be carried under terms that forbid changes."""
    for ruling in terms:
        if ruling.mode > Mode.LINK and "O6" in ruling.duties and not ruling.crossposts:
            who = ruling.licence.name if ruling.licence else "The holder"
            said = f"{who} permits no changes and this copy differs from the original"
            yield _lowered(ruling, channel, "copy.changed", said)


def _crossposts(party: Party, channel: Channel) -> Ruling | None:
    """The party's grant over what it republished, if one fits the channel and permits more than a link."""
    if party.record is None:
        return None
    ruling = by_record(party, party.record, channel, CROSSPOSTS)
    return ruling if ruling.crossposts and ruling.mode > Mode.LINK else None


def _origin_unknown(holder: Party, channel: Channel) -> Ruling:
    text = f"it came from {holder.name or 'elsewhere'}, whose terms for it we do not know"
    return Ruling(floor(channel), "origin.unknown", text, wording.ORIGIN_UNKNOWN, holder.evidence, said=False)


def _republished(hop: Hop, party: Party, channel: Channel) -> Iterator[Ruling]:
    """Who republished is asked for its own words; for a mere copy only if it set conditions, objects or refuses."""
    if hop.own_text:
        yield from terms_of(party, channel)
        return
    if party.record and _sets_conditions(party.record):
        yield by_record(party, party.record, channel, CROSSPOSTS)
    refused = refusal(party, channel)
    if refused:
        yield refused


def _sets_conditions(record: Record) -> bool:
    objects = not record.grants and record.licence is None and record.otherwise is Mode.WITHHOLD
    return objects or any(grant.covers is Covers.CROSSPOSTS for grant in record.grants)


# ------------------------------------------------------------------------------------------------ what we cannot do


def _house(case: Case, rulings: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    """What lowers a permission further: duties that we cannot prove, parts and changes that a licence forbids."""
    if not targets(case, rulings):
        yield Ruling(Mode.WITHHOLD, "link.missing", "a credit without a link is none", wording.NO_LINK)
        return
    if min(ruling.mode for ruling in rulings) is Mode.EXCERPT:
        yield from _without_parts(rulings, channel)


def _without_parts(rulings: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    for ruling in rulings:
        if ruling.licence and ruling.licence.excerpt in _NO_PARTS:
            yield _lowered(ruling, channel, "excerpt.uncovered", f"{ruling.licence.name} does not cover excerpts")


def _lowered(ruling: Ruling, channel: Channel, clause: str, said: str) -> Ruling:
    return Ruling(floor(channel), clause, said, said, ruling.evidence, contact=ruling.contact)
