# SPDX-License-Identifier: Apache-2.0
"""The nouns of the reader: notices go in, a reading comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from syndicate.model import ChannelClass, Mode, Notice

__all__ = ["FORMATS", "LICENCE_URI", "NONE", "PLACES", "PROSE_SUGGEST", "Notice", "Quote", "Reading"]

PLACES: Final = {"terms-page": 0, "feed-rights": 1, "page-footer": 2, "body": 3}
"""Where a notice may stand, and how specific that is: what is said of the item beats what is said of the site."""

FORMATS: Final = ("text", "html")

LICENCE_URI, PROSE_SUGGEST, NONE = "licence-uri", "prose-suggest", "none"
"""The classes: a licence is linked; words suggest a permission to a person; nothing permits."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that led to a value: ``text`` is a slice of the notice in ``place``, to the character.

    ``field`` is a field of the reading, or "fair-use" and "past" for words that grant us nothing. ``detail`` has a
    figure that the value leaves open ("250 words").
    """

    field: str
    value: str
    place: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What notices say. ``class_`` is one of the three classes, ``grants`` the mode that they suggest per channel.

    ``licence`` is an id, a family without version where only that is named, or "". ``alone`` are the channels that the
    licence URI opens without a person; words never do. ``duties`` are ids in order, ``prohibitions`` plain names.
    ``embargo`` and ``window`` are ISO 8601 durations, "" if there is none. ``at_most`` are the modes if the words in
    ``not_understood`` change nothing; as long as there are such words, ``grants`` has no ``full``. ``picked`` are those
    of ``at_most`` for an item that a person picked, where that is asked for.
    """

    class_: str
    licence: str
    grants: Mapping[ChannelClass, Mode]
    alone: tuple[ChannelClass, ...]
    duties: tuple[str, ...]
    prohibitions: tuple[str, ...]
    contact: str
    holder: str
    embargo: str
    window: str
    quotes: tuple[Quote, ...]
    at_most: Mapping[ChannelClass, Mode]
    picked: Mapping[ChannelClass, Mode]
    not_understood: tuple[Quote, ...]
