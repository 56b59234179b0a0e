# SPDX-License-Identifier: Apache-2.0
"""The sentences in which decisions are explained. No full stop at the end: they stand in tables and after colons."""

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
NO_LINK = "It has no address that we could link to"


def unsaid(name: str) -> str:
    """A republisher's silence about what it added."""
    return f"{name} has not said what may be done with its own words"


def whom(channel: Channel) -> str:
    """Who asks: "community sites", "paid commercial mailings with advertising around the items"."""
    paid = "paid " if channel.paid else ""
    return f"{paid}{channel.purpose} {_PLACES[channel.medium]}{_ADS[channel.ads]}"


def amount(mode: Mode, limit: Limit) -> str:
    """What may be carried: "it in full", "an excerpt of up to 60 words", "a link"."""
    if mode is Mode.EXCERPT:
        parts = [(limit.words, "word"), (limit.paragraphs, "paragraph")]
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
    if channel.paid:
        return "copies that are sold" if channel.medium is Medium.PRINT else "paid channels"
    return "channels with advertising"
