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
    Standing,
)
from syndicate.rights import wording
from syndicate.rights.addresses import leads_elsewhere
from syndicate.rights.case import Case, targets
from syndicate.rights.duties import duties_of
from syndicate.rights.records import NO_PARTS, by_records, next_change, objects, refusals
from syndicate.rights.rulings import Party, Ruling, Setting, channel_class, floor
from syndicate.rights.signals import HIDDEN_PARTS, next_opening, signals
from syndicate.rights.statements import in_order
from syndicate.rights.terms import ANY, CROSSPOSTS, refusal, terms_of

__all__ = ["POLICY_VERSION", "channel_class", "decide"]

POLICY_VERSION: Final = "5"
"""Changes whenever the same values could be decided otherwise."""

_WAITING: Final = ("embargo", "record.embargo", "grant.notice")

UNCOUNTED: Final = Standing()
"""Of an item about which nothing is known but what it is."""


def decide(
    item: Item,
    chain: Chain,
    channel: Channel,
    publishers: Mapping[str, Publisher],
    now: datetime,
    standing: Standing = UNCOUNTED,
) -> Decision:
    """The decision about an item on a channel.

    ``publishers`` maps ids to all publishers that the operator configured, with all that is on record of their terms.
    Time counts from the origin's first publication; where no date is known, from when we first saw the item. Never
    raises; the order of evidence makes no difference.
    """
    hops = _settled(item, chain)
    case = Case(item, hops, chain.origin_known, tuple(publishers.get(hop.publisher_id) for hop in hops), now)
    published = hops[0].date or item.published or standing.first_seen or now
    setting = Setting(item, channel, now, published, standing)
    parties = [_party(item, hop, publisher) for hop, publisher in zip(hops, case.publishers, strict=True)]
    rulings = list(_rulings(case, parties, setting))
    rulings += _house(case, rulings, channel)
    rulings += _overridden(setting)
    mode, limit, reasons, deciding = _fold(rulings)
    return Decision(
        item_id=item.id,
        channel_id=channel.id,
        mode=mode,
        duties=duties_of(case, rulings, mode, limit, setting),
        reasons=reasons,
        because=deciding.because,
        contact=_contact(case, deciding),
        limit=limit,
        policy=POLICY_VERSION,
        until=min((edge for party in parties for edge in _edges(party, setting)), default=None),
    )


def waits(decision: Decision) -> bool:
    """Whether an item is withheld for a time only: an embargo, or that its publisher has to be told first."""
    withheld = [reason for reason in decision.reasons if reason.mode is Mode.WITHHOLD]
    return bool(withheld) and withheld[0].clause in _WAITING


def _edges(party: Party, setting: Setting) -> tuple[datetime, ...]:
    return (*next_change(party, setting), *next_opening(party, setting))


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


def _rulings(case: Case, parties: Sequence[Party], setting: Setting) -> Iterator[Ruling]:
    """The holder's rulings first, then those of everybody else who is asked, each once."""
    asked = list(_ceiling(parties, case.origin_known, setting))
    if case.origin_known and any(hop.own_text for hop in case.hops[1:]):
        asked += _changed(asked, setting.channel)
    for hop, party in zip(case.hops[1:], parties[1:], strict=True):
        asked += _republished(hop, party, setting)
    yield from (ruling for n, ruling in enumerate(asked) if ruling not in asked[:n])


def _party(item: Item, hop: Hop, publisher: Publisher | None) -> Party:
    return Party(hop, hop.role, publisher.records if publisher else (), hop.item_id == item.id)


def _ceiling(parties: Sequence[Party], origin_known: bool, setting: Setting) -> tuple[Ruling, ...]:
    """What the holder permits, or the grant over cross-posts that the operator confirmed in the holder's silence."""
    holder, last = replace(parties[0], role=Role.ORIGIN), parties[-1]
    alone = len(parties) == 1
    crossposts = () if alone and origin_known else _crossposts(last, setting)
    if origin_known:
        terms = terms_of(holder, setting)
        silent = not any(ruling.said for ruling in terms)
        return (*crossposts, *signals(holder, setting, recorded=False)) if crossposts and silent else terms
    unknown = _doubted(holder, setting.channel) if alone else _origin_unknown(holder, setting.channel)
    ground = crossposts or (unknown,)
    return (*ground, *by_records(holder, setting, ANY), *refusals(holder, setting, ANY))


def _changed(terms: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    """A copy that is not the holder's text cannot be carried under terms that forbid changes."""
    for ruling in terms:
        if ruling.mode > Mode.LINK and "O6" in ruling.duties and not ruling.crossposts:
            who = ruling.licence.name if ruling.licence else "The holder"
            said = f"{who} permits no changes and this copy differs from the original"
            yield _lowered(ruling, channel, "copy.changed", said)


def _crossposts(party: Party, setting: Setting) -> tuple[Ruling, ...]:
    """What the party grants over what it republished, if that fits the channel and permits more than a link."""
    rulings = by_records(party, setting, CROSSPOSTS)
    return rulings if any(r.crossposts and r.mode > Mode.LINK for r in rulings) else ()


def _origin_unknown(holder: Party, channel: Channel) -> Ruling:
    text = f"it came from {holder.name or 'elsewhere'}, whose terms for it we do not know"
    return Ruling(floor(channel), "origin.unknown", text, wording.ORIGIN_UNKNOWN, holder.evidence, said=False)


def _doubted(shown: Party, channel: Channel) -> Ruling:
    """An item that credits nobody and need not be its publisher's: what others show, or how it uses to, says so."""
    text = f"{shown.name} credits nobody for it, and it need not be its own"
    return Ruling(floor(channel), "origin.doubted", text, wording.ORIGIN_DOUBTED, shown.hop.because, said=False)


def _republished(hop: Hop, party: Party, setting: Setting) -> Iterator[Ruling]:
    """Who republished is asked for its own words; for a mere copy only if it set conditions, objects or refuses."""
    if hop.own_text:
        yield from terms_of(party, setting)
        return
    if any(_sets_conditions(record) for record in party.records):
        yield from by_records(party, setting, CROSSPOSTS)
    yield from refusals(party, setting, CROSSPOSTS)
    refused = refusal(party, setting.channel)
    if refused:
        yield refused


def _sets_conditions(record: Record) -> bool:
    return objects(record) or any(grant.covers is Covers.CROSSPOSTS for grant in record.grants)


# ------------------------------------------------------------------------------------------------ what we cannot do


def _house(case: Case, rulings: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    """What lowers a permission further: duties that we cannot prove, parts and changes that a licence forbids."""
    if not targets(case, rulings):
        astray = leads_elsewhere(case.item.url)
        told = wording.ASTRAY if astray else wording.NO_LINK
        yield Ruling(Mode.WITHHOLD, "link.missing", "a credit without a link is none", told)
        return
    cut = list(_beginning(rulings, channel))
    yield from cut
    if min(ruling.mode for ruling in (*rulings, *cut)) is Mode.EXCERPT:
        yield from _without_parts(rulings, channel)
        yield from _hidden_parts(case, rulings, channel)


def _overridden(setting: Setting) -> Iterator[Ruling]:
    """A person may carry less than is permitted, for reasons that are not the publisher's: never more."""
    most = min(setting.standing.at_most, floor(setting.channel))
    if setting.standing.at_most <= Mode.LINK:
        told = wording.NARROWED[most]
        yield Ruling(most, "override", told, told, said=False)


def _beginning(rulings: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    """What a channel that shows how items begin leaves of one; a text that must stay whole is not begun."""
    mode = min(ruling.mode for ruling in rulings)
    if channel.most == Limit() or mode <= Mode.LINK:
        return
    whole = [r for r in rulings if mode is Mode.FULL and _undivided(r)]
    for ruling in whole:
        yield _lowered(ruling, channel, "beginning.unmodified", wording.UNDIVIDED)
    if not whole:
        yield Ruling(Mode.EXCERPT, "beginning", wording.BEGINNING, wording.BEGINNING, limit=channel.most)


def _undivided(ruling: Ruling) -> bool:
    """Whether a grant is of the whole text only; what licences say of parts is asked of every excerpt."""
    grant = ruling.grant
    return grant is not None and not ("O6" not in ruling.duties if grant.parts is None else grant.parts)


def _without_parts(rulings: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    for ruling in rulings:
        if ruling.licence and ruling.grant is None and ruling.licence.excerpt in NO_PARTS:
            yield _lowered(ruling, channel, "excerpt.uncovered", f"{ruling.licence.name} does not cover excerpts")


def _hidden_parts(case: Case, rulings: Sequence[Ruling], channel: Channel) -> Iterator[Ruling]:
    """House policy: where parts of a text are kept out of snippets no excerpt is made, unless a record grants one."""
    marked = tuple(
        e for hop in case.hops for e in hop.evidence if e.kind == "html.robots" and e.value.lower() == HIDDEN_PARTS
    )
    if marked and not any(ruling.grant for ruling in rulings):
        yield Ruling(floor(channel), "signal.snippet", wording.HIDDEN_PARTS, wording.HIDDEN_PARTS, marked, said=False)


def _lowered(ruling: Ruling, channel: Channel, clause: str, said: str) -> Ruling:
    return Ruling(floor(channel), clause, said, said, ruling.evidence, contact=ruling.contact)
