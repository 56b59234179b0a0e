# SPDX-License-Identifier: Apache-2.0
"""The duties that a grant asks with parameters of its own: where the credit stands, until when, for whom, and so on."""

from collections.abc import Iterator
from typing import Final

from syndicate.model import Duty, Grant, Interest, Position, Translation
from syndicate.rights.case import Case, filled_words, listed, targets
from syndicate.rights.grants import closes_at, counter_of, released_at
from syndicate.rights.rulings import Ruling, Setting

_INTERESTS: Final = {
    Interest.PRIOR_INTEREST: "who have asked for it",
    Interest.RESEARCH: "for research",
    Interest.EDUCATION: "for education",
}


def conditions(case: Case, ruling: Ruling, setting: Setting) -> Iterator[Duty]:
    """What the grant that ``ruling`` rests on asks; nothing if it rests on none."""
    grant, by = ruling.grant, ruling.asked_by
    if grant is None:
        return
    yield from _in_time(ruling, grant, setting)
    yield from _in_words(case, ruling, grant)
    yield from _of_us(grant, setting, by)
    if grant.beacon is not None:
        yield Duty("O13", url=counter_of(grant, case.item), asked_by=by, how=grant.beacon.value)
    if grant.translation is not Translation.ALLOWED:
        yield Duty("O22", (case.item.language,) * bool(case.item.language), asked_by=by, how=grant.translation.value)
    if not ruling.crossposts:
        yield Duty("O30", (case.hops[0].name,) * bool(case.hops[0].name), asked_by=by)


def _in_time(ruling: Ruling, grant: Grant, setting: Setting) -> Iterator[Duty]:
    if grant.embargo:
        yield Duty("O16", asked_by=ruling.asked_by, start=released_at(grant, setting))
    if grant.window:
        yield Duty("O17", asked_by=ruling.asked_by, how=grant.on_expiry.value, end=closes_at(grant, setting))


def _in_words(case: Case, ruling: Ruling, grant: Grant) -> Iterator[Duty]:
    if grant.position is not None or "O11" in ruling.duties:
        yield _position(case, ruling, grant, grant.position or Position.TOP)
    if grant.about:
        words = filled_words(case, grant.about).replace("[", "").replace("]", "")
        yield Duty("O23", (words,), asked_by=ruling.asked_by)


def _of_us(grant: Grant, setting: Setting, by: str) -> Iterator[Duty]:
    """What we have to be and to do."""
    if grant.pick or grant.max_share or grant.max_items:
        yield _picked(grant, setting, by)
    if grant.notify:
        how = "after" if grant.notify_before is None else "before"
        yield Duty("O19", url=grant.notify, asked_by=by, how=how, start=setting.standing.told)
    if grant.republishers:
        kinds = sorted(kind.value for kind in grant.republishers & setting.channel.republisher)
        yield Duty("O27", tuple(kinds), asked_by=by)
    if grant.consent:
        yield _consent(grant, by)


def _position(case: Case, ruling: Ruling, grant: Grant, position: Position) -> Duty:
    words = filled_words(case, grant.wording)
    url = targets(case, [ruling])[0] if "[" in words else ""
    return Duty("O11", (words,) * bool(words), url, asked_by=ruling.asked_by, how=position.value)


def _picked(grant: Grant, setting: Setting, by: str) -> Duty:
    """Who picked the item and when; the share that was counted, where one may not be passed."""
    standing, pick = setting.standing, setting.standing.pick
    share = f"number {standing.place} of {standing.published} items of the month"
    texts = (*((pick.by,) if pick else ()), *((share,) if grant.max_share or grant.max_items else ()))
    return Duty("O18", texts, asked_by=by, start=pick.at if pick else None)


def _consent(grant: Grant, by: str) -> Duty:
    """For whom it is carried, in words, and what a reader must have agreed to receive it for."""
    told = listed([_INTERESTS[interest] for interest in grant.consent])
    words = f"Carried without profit, for readers {told}." if "who" in told else f"Carried without profit {told}."
    return Duty("O29", (words,), also=tuple(interest.value for interest in grant.consent), asked_by=by)
