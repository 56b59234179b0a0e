# SPDX-License-Identifier: Apache-2.0
"""The duties that a grant asks for, and which of them a channel can keep at all."""

from typing import Final

from syndicate.model import Beacon, Beacons, Channel, ChannelKind, Expiry, Grant, Medium, Mode, Translation

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

MET: Final = frozenset(DUTIES.values())
"""Duties that we can keep and prove. A grant that asks another one permits no more than a link here."""


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


def ids(grant: Grant) -> tuple[str, ...]:
    """The ids of the duties that a grant asks for, in order."""
    names = asked(grant)
    return tuple(dict.fromkeys(id_ for name, id_ in DUTIES.items() if name in names))


def unproved(grant: Grant) -> tuple[str, ...]:
    """The names of those of its duties that we cannot prove on any channel."""
    return tuple(
        name for name in asked(grant) if DUTIES.get(name) not in MET or (name == "window" and not grant.window)
    )


def unkept(grant: Grant, channel: Channel) -> str:
    """Why ``channel`` cannot keep what ``grant`` asks, as the predicate after "but"; "" if it can."""
    names = asked(grant)
    if lacking := unproved(grant):
        return f"asks for what we cannot prove: {', '.join(lacking)}"
    return _print(names, channel) or _beacon(grant, channel) or _others(grant, names, channel)


def _print(names: tuple[str, ...], channel: Channel) -> str:
    """What paper lacks. A printed address is a link; a live one it cannot be."""
    if channel.medium is not Medium.PRINT:
        return ""
    if "hyperlink" in names:
        return "asks for a hyperlink, which print has not"
    return "asks that every link is kept, which print cannot do" if "keep-links" in names else ""


def _beacon(grant: Grant, channel: Channel) -> str:
    """A counter needs a channel that carries counters, and a medium that runs this one."""
    if grant.beacon is None:
        return ""
    if channel.medium is Medium.PRINT:
        return "asks for its counter, which print has not"
    if channel.beacons is Beacons.REFUSE:
        return "asks for its counter, and this channel carries none"
    runs = grant.beacon is Beacon.IMG or channel.kind is ChannelKind.PAGE
    return "" if runs else f"asks for a counter of the kind {grant.beacon}, which does not run here"


def _others(grant: Grant, names: tuple[str, ...], channel: Channel) -> str:
    if "no-donations" in names and channel.donations:
        return "asks that no gifts are asked for beside it, and this channel asks for gifts"
    recalled = channel.medium is Medium.WEB or grant.on_expiry is not Expiry.REMOVE
    return "" if not grant.window or recalled else "asks that it is removed later, and what was sent stays sent"
