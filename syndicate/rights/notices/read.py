# SPDX-License-Identifier: Apache-2.0
"""Reads notices: finds licences, grants, refusals, duties and facts in them and says what they suggest.

Prose is for a person: only a licence URI opens a channel by itself, and what restricts it closes it again. Where
notices contradict each other the narrower reading holds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from syndicate.model import ChannelClass, Mode
from syndicate.rights.licences import NOTHING_STATED
from syndicate.rights.notices import clauses as of
from syndicate.rights.notices.clauses import CW, EM, PR, XE, XW, Said, said
from syndicate.rights.notices.facts import Facts, facts, quote
from syndicate.rights.notices.named import Named, named
from syndicate.rights.notices.phrases import DUTIES, found, has
from syndicate.rights.notices.reading import LICENCE_URI, NONE, PLACES, PROSE_SUGGEST, Notice, Quote, Reading
from syndicate.rights.notices.understood import heads, understood

_Modes = dict[ChannelClass, Mode]
FLOOR: Final = dict(NOTHING_STATED.modes)
"""What silence permits."""


@dataclass(slots=True)
class _Permission:
    """What is being put together: modes, the channels where an excerpt is offered, and who said so."""

    modes: _Modes
    excerpts: set[ChannelClass] = field(default_factory=set)
    quotes: list[Quote] = field(default_factory=list)


def read(notices: Sequence[Notice]) -> Reading:
    """What notices about one item say, each field with the words that led to it."""
    all_said = said(notices)
    licences = _nearest(named(all_said))
    grants = [one for one in all_said if one.role == "grant"]
    closed = _closed(all_said, grants)
    grants = [one for one in grants if not closed or _still_holds(one, all_said)]
    grants = [one for one in grants if not heads(one)] or grants
    reserved = _reserved(all_said, licences)
    permits = bool(licences or grants)
    rest = facts(all_said, permits=permits)
    permission = _permit(all_said, [] if reserved else licences, grants, closed=closed)
    _restrict(permission, all_said, rest, permits=permits)
    picked = dict(permission.modes)
    if "O18" in rest.duties:
        _not_full(permission)
    permission.quotes += [quote("licence", one.id, one.said) for one in licences]
    linked = [one for one in licences if one.linked]
    at_most, doubts = dict(permission.modes), _left_over(permission, all_said, picked)
    best = max(licences, key=lambda one: (one.linked, one.id != "", sum(one.modes.values())), default=None)
    return Reading(
        class_=LICENCE_URI if linked else PROSE_SUGGEST if permits else NONE,
        licence=best.id if best else "",
        grants=permission.modes,
        alone=_alone(permission, linked, reserved=reserved),
        duties=_duties(rest, best, permission, permits=permits),
        prohibitions=rest.prohibitions,
        contact=rest.contact,
        holder=rest.holder,
        embargo=rest.embargo,
        window=rest.window,
        quotes=tuple(dict.fromkeys([*permission.quotes, *rest.quotes])),
        at_most=at_most,
        picked=picked,
        not_understood=doubts,
    )


# ------------------------------------------------------------------------------------------------ what holds


def _nearest(licences: Sequence[Named]) -> list[Named]:
    """The licences of the most specific place; what is only named there does not set aside a link further off."""
    top = max((one.rank for one in licences), default=0)
    near = [one for one in licences if one.rank == top]
    if any(one.linked for one in near):
        return [one for one in near if one.linked or not one.id]
    further = max((one.rank for one in licences if one.linked), default=top)
    return [*near, *(one for one in licences if one.rank == further and one.linked)]


def _reserved(all_said: Iterable[Said], licences: Sequence[Named]) -> bool:
    """True if a place at least as specific as the licence's reserves all rights, or the text is somebody else's."""
    rank = max((one.rank for one in licences), default=0)
    return any(
        _foreign(one) or (PLACES[one.place] >= rank and (of.reserves(one) or _bars(one)))
        for one in all_said
        if one.role != "fair"
    )


def _bars(one: Said) -> bool:
    """True if a clause forbids republication as such, in so many words."""
    return of.closes(one) and has("refuse", one.text)


def _foreign(one: Said) -> bool:
    """True if the item itself says that it is an agency's, or exclusive."""
    return one.place == "body" and one.role != "aside" and (has("agency", one.text) or has("exclusive", one.text))


def _closed(all_said: Iterable[Said], grants: Sequence[Said]) -> bool:
    """True if prose grants do not hold: refused as such, or the item reserves what another page grants."""
    elsewhere = all(one.place != "body" for one in grants)
    return any(
        of.closes(one) or _foreign(one) or (elsewhere and one.place == "body" and of.reserves(one)) for one in all_said
    )


def _still_holds(grant: Said, all_said: Iterable[Said]) -> bool:
    """True for parts of texts that are permitted beside a refusal of the whole, in one notice."""
    beside = all(one.notice == grant.notice for one in all_said if of.closes(one) or _foreign(one))
    return of.mode(grant) is Mode.EXCERPT and beside and not any(_foreign(one) for one in all_said)


# ------------------------------------------------------------------------------------------------ modes


def _permit(
    all_said: Sequence[Said], licences: Sequence[Named], grants: Sequence[Said], *, closed: bool
) -> _Permission:
    """What licences and grants permit together, before anything is taken away."""
    permission = _Permission(_licensed(licences))
    community = any(_noncommercial(one) for one in all_said)
    for one in grants:
        _grant(permission, one, of.granted(one.text, community=community), licensed=bool(licences))
    if grants and not licences:
        _widen(permission, all_said, {channel for one in grants for channel in _general(one)})
    ads = [one for one in all_said if has("ads", one.text) and one.role not in ("fair", "refuse")]
    if ads and not closed and permission.modes[CW] is Mode.FULL:
        permission.modes[XW] = Mode.FULL
        permission.quotes += [quote("grants", "XW", one) for one in ads]
    return permission


def _licensed(licences: Sequence[Named]) -> _Modes:
    """Licences linked side by side are a choice; what is only named narrows them."""
    linked = [one.modes for one in licences if one.linked]
    worded = [one.modes for one in licences if not one.linked]
    offers = [{c: max(one[c] for one in linked) for c in ChannelClass}] if linked else []
    return {c: min((one[c] for one in [*offers, *worded]), default=FLOOR[c]) for c in ChannelClass}


def _noncommercial(one: Said) -> bool:
    """True if a clause that is no refusal of one medium asks for no commerce."""
    return one.role in ("", "grant") and has("nc", one.text) and not has("self", one.text)


def _grant(permission: _Permission, one: Said, channels: Iterable[ChannelClass], *, licensed: bool) -> None:
    """Add one grant. Beside a licence only a grant that speaks of commerce adds to it."""
    if has("section", one.text):
        permission.quotes.append(quote("scope", "section", one))
        return
    mode, loud = of.mode(one), has("either", one.text) or "commercial" in of.media(one.text)
    for channel in sorted(channels):
        if mode is Mode.EXCERPT:
            permission.excerpts.add(channel)
        if not licensed or loud or mode is Mode.EXCERPT:
            permission.modes[channel] = max(permission.modes[channel], mode)
        permission.quotes.append(quote("grants", channel, one, mode.name.lower()))


def _general(one: Said) -> Iterable[ChannelClass]:
    """The media that conditions may open beside a grant that names none."""
    full = of.mode(one) is Mode.FULL and not has("section", one.text)
    return (PR, EM) if full and not of.media(one.text) - {"commercial"} else ()


def _widen(permission: _Permission, all_said: Iterable[Said], channels: set[ChannelClass]) -> None:
    """A condition for a medium ("in print, name us and our site") is about copies that are permitted."""
    for one in all_said:
        asks = one.role == "" and (found(DUTIES["O1"], one.text) or found(DUTIES["O3"], one.text))
        for channel in sorted(channels & {PR} if asks and "print" in of.media(one.text) else ()):
            permission.modes[channel] = Mode.FULL
            permission.quotes.append(quote("grants", channel, one, "full"))


# ------------------------------------------------------------------------------------------------ limits


def _restrict(permission: _Permission, all_said: Iterable[Said], rest: Facts, *, permits: bool) -> None:
    """Take away what is refused, and what mail cannot do."""
    for one in all_said:
        if permits and one.role in ("refuse", "ask"):
            _refuse(permission, one)
    if "O13" in rest.duties and any(_SCRIPT.search(one.text) for one in all_said):
        permission.modes |= {EM: FLOOR[EM], XE: FLOOR[XE]}


def _not_full(permission: _Permission) -> None:
    """Nothing in full: an excerpt where one is offered, else what silence permits."""
    for channel, mode in permission.modes.items():
        if mode is Mode.FULL:
            permission.modes[channel] = Mode.EXCERPT if channel in permission.excerpts else FLOOR[channel]


def _left_over(permission: _Permission, all_said: Sequence[Said], picked: _Modes) -> tuple[Quote, ...]:
    """The words that are not understood. With any of them nothing is full: it falls to what is certain."""
    if Mode.FULL not in picked.values():
        return ()
    found = understood(all_said)
    if found.doubts or not found.permits:
        _not_full(permission)
    return tuple(quote("not-understood", one.words, one.said) for one in found.doubts)


_SCRIPT: Final = re.compile(r"\b(?:java)?script\b")


def _refuse(permission: _Permission, one: Said) -> None:
    whole = has("whole", one.text) or bool(one.figures.words)
    channels = of.refused(one.text) or (frozenset(ChannelClass) if whole else frozenset())
    for channel in channels:
        most = Mode.EXCERPT if whole else FLOOR[channel]
        permission.modes[channel] = min(permission.modes[channel], most)


def _alone(permission: _Permission, linked: Sequence[Named], *, reserved: bool) -> tuple[ChannelClass, ...]:
    """The channels that a licence URI opens and nothing closes."""
    if reserved:
        return ()
    covered = {c for one in linked for c in ChannelClass if one.modes[c] is Mode.FULL}
    return tuple(c for c in ChannelClass if c in covered and permission.modes[c] is Mode.FULL)


def _duties(rest: Facts, best: Named | None, permission: _Permission, *, permits: bool) -> tuple[str, ...]:
    """Ids in order: of the licence, of the words, of the times and of the limits."""
    ids = set(rest.duties)
    if best and best.licence:
        ids |= set(best.licence.duties)
    if permits:
        ids |= {id_ for id_, there in (("O16", rest.embargo), ("O17", rest.window)) if there}
        ids |= {"O21"} if permission.excerpts else set()
    return tuple(sorted(ids, key=lambda id_: int(id_[1:])))
