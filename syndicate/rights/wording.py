# SPDX-License-Identifier: Apache-2.0
"""The sentences in which decisions are explained. No full stop at the end: they stand in tables and after colons."""

from collections.abc import Collection
from datetime import datetime

from syndicate.model import Ads, Channel, Licence, Limit, Medium, Mode, Purpose

_PLACES = {Medium.WEB: "sites", Medium.EMAIL: "mailings", Medium.PRINT: "print editions"}
_ADS = {
    Ads.NONE: "",
    Ads.AROUND: " with advertising around the items",
    Ads.INSIDE: " with advertising inside the items",
}

NOBODY_SAID = "Nobody has said what may be done with it"
SILENCE = "silence permits a headline, a credit and a link"
SILENCE_IN_PRINT = "silence does not permit print"
ORIGIN_UNKNOWN = "It came from elsewhere and we do not know the holder's terms"
ORIGIN_DOUBTED = "Nobody says whose it is, and who shows it shows the work of others too"
BEGINNING = "This page shows how stories begin"
UNDIVIDED = "It is to be carried whole or not at all, and this page shows how stories begin"
NO_LINK = "It has no address that we could link to"
HIDDEN_PARTS = "It marks parts that no snippet may show, and an excerpt could show them"
NARROWED = {
    Mode.LINK: "Our editors show no more of it than a link",
    Mode.WITHHOLD: "Our editors do not carry it",
}
ASTRAY = "Its only address is that of a redirector, which may lead anywhere"


def unsaid(name: str) -> str:
    """A republisher's silence about what it added."""
    return f"{name} has not said what may be done with its own words"


def whom(channel: Channel) -> str:
    """Who asks: "community sites", "paid commercial mailings with advertising around the items"."""
    paid = "sold " if channel.sale else "paid " if channel.paid else ""
    return f"{paid}{channel.purpose} {_PLACES[channel.medium]}{_ADS[channel.ads]}"


def amount(mode: Mode, limit: Limit) -> str:
    """What may be carried: "it in full", "an excerpt of up to 60 words", "a link"."""
    if mode is Mode.EXCERPT:
        parts = [(limit.words, "word"), (limit.paragraphs, "paragraph"), (limit.characters, "character")]
        size = " and ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)
        return f"an excerpt of up to {size}"
    return "it in full" if mode is Mode.FULL else "a link"


def permits(channel: Channel, mode: Mode, limit: Limit) -> str:
    """The predicate of a grant that fits."""
    return f"permits {whom(channel)} to carry {amount(mode, limit)}"


def ads_unknown(channel: Channel, limit: Limit) -> str:
    """The predicate of a grant that does not say whether it accepts the advertising."""
    full = f"permits {channel.purpose} {_PLACES[channel.medium]} to carry it in full"
    excerpt = amount(Mode.EXCERPT, limit)
    return f"{full} but has not accepted advertising around the items, so {excerpt} until it does"


def denies(channel: Channel, mode: Mode) -> str:
    """The predicate of a record without a grant that fits."""
    more = "more than a link" if mode is Mode.LINK else "it"
    return f"does not permit {whom(channel)} to carry {more}"


def offers(licence: Licence) -> str:
    """The predicate of a licence that covers the channel."""
    if licence.excerpt == "free":
        return f"places it in the public domain ({licence.name})"
    return f"offers it under {licence.name}"


def uncovered(licence: Licence, channel: Channel) -> str:
    """What a licence does to a channel that it does not cover."""
    return f"does not cover {_excluded(channel) if licence.nc else 'publication everywhere'}"


def _excluded(channel: Channel) -> str:
    if channel.purpose is Purpose.COMMERCIAL:
        return "commercial channels"
    if channel.paid or channel.sale:
        return "copies that are sold" if channel.medium is Medium.PRINT else "paid channels"
    return "channels with advertising"


# ------------------------------------------------------------------------------------------------ time, lists

_DAY = 86400
_UNITS = ((_DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def moment(when: datetime) -> str:
    """A date, with the time of day in UTC unless that is midnight: "1 December 2026, 09:00 UTC"."""
    day = f"{when:%d %B %Y}".lstrip("0")
    return day if (when.hour, when.minute) == (0, 0) else f"{day}, {when:%H:%M} UTC"


def duration(seconds: int) -> str:
    """A length of time in its largest whole unit: "90 days", "36 hours"."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}{'' if seconds == size else 's'}"


def either(names: Collection[str]) -> str:
    """Names as a choice: "newsroom or nonprofit"."""
    return " or ".join(sorted(name.replace("_", " ") for name in names))


def both(names: Collection[str]) -> str:
    """Names together: "newsroom and nonprofit"; "" for none."""
    return " and ".join(sorted(name.replace("_", " ") for name in names))


def waits(until: datetime) -> str:
    """The predicate of an embargo."""
    return f"asks everybody to wait until {moment(until)}"


def removed(seconds: int) -> str:
    """The predicate of a window after which nothing may stand."""
    return f"asked for its removal {duration(seconds)} after its publication"


def forbids(channel: Channel, mode: Mode) -> str:
    """The predicate of a refusal."""
    return f"refuses {whom(channel)} {'more than a link' if mode is Mode.LINK else 'any use'}"
