# SPDX-License-Identifier: Apache-2.0
"""The words that the nouns are made of: closed sets of values, some of them ordered."""

from __future__ import annotations

import enum


class Mode(enum.IntEnum):
    """How much of an item a channel may carry. Ordered: ``min(a, b)`` is the more restrictive."""

    WITHHOLD = 0
    LINK = 1
    EXCERPT = 2
    FULL = 3


class Medium(enum.StrEnum):
    """What a channel is delivered as."""

    WEB = "web"
    EMAIL = "email"
    PRINT = "print"


class Purpose(enum.StrEnum):
    """What a channel is for, as the publisher would ask."""

    COMMUNITY = "community"
    COMMERCIAL = "commercial"


class Ads(enum.IntEnum):
    """Advertising beside the items. Ordered: more is more."""

    NONE = 0
    AROUND = 1
    INSIDE = 2


class Beacons(enum.StrEnum):
    """Whether a channel carries the counters (1x1 pictures) that some publishers ask for."""

    CARRY = "carry"
    REFUSE = "refuse"


class ChannelKind(enum.StrEnum):
    """What a channel produces."""

    FEED = "feed"
    DIGEST = "digest"
    PAGE = "page"


class ChannelClass(enum.StrEnum):
    """The columns of the licence table: what a licence can tell apart."""

    COMMUNITY_WEB = "CW"
    COMMERCIAL_WEB = "XW"
    COMMUNITY_EMAIL = "EM"
    COMMERCIAL_EMAIL = "XE"
    PRINT = "PR"


class Covers(enum.StrEnum):
    """Whose work a grant is about."""

    OWN = "own"
    CROSSPOSTS = "crossposts"


class Expiry(enum.StrEnum):
    """What a publisher asks for when its window closes: the item gone, its text gone, or a question before more."""

    REMOVE = "remove"
    BODY_TO_LINK = "body_to_link"
    ASK = "ask"


class Assets(enum.StrEnum):
    """Which pictures, audio and video of an item a grant covers: ``OWN_CREDIT`` are those credited to the granter."""

    NONE = "none"
    OWN_CREDIT = "own_credit"
    ALL = "all"


class Position(enum.StrEnum):
    """Where a credit has to stand: before the first paragraph, before the third, after the last."""

    TOP = "top"
    NEAR_TOP = "near_top"
    END = "end"


class Beacon(enum.StrEnum):
    """The kind of element by which a publisher counts readers."""

    IMG = "img"
    SCRIPT = "script"
    IFRAME = "iframe"


class Translation(enum.StrEnum):
    """What terms say about translating: as the licence does, only whole and accurate, never."""

    ALLOWED = "allowed"
    FULL_ONLY = "full_only"
    FORBIDDEN = "forbidden"


class Republisher(enum.StrEnum):
    """What a site is, where terms permit only some to republish."""

    NONPROFIT = "nonprofit"
    NEWSROOM = "newsroom"
    ACCREDITED = "accredited"
    COMMUNITY_SITE = "community_site"


class Interest(enum.StrEnum):
    """What readers agreed to receive items for, where terms ask for such a consent."""

    PRIOR_INTEREST = "prior_interest"
    RESEARCH = "research"
    EDUCATION = "education"


class Level(enum.IntEnum):
    """How specific a statement is. Ordered: a higher level overrides a lower one."""

    SITE = 0  # what a web site says of all its pages
    FEED = 1
    SOURCE = 2  # the atom:source that a copied entry brought along
    ITEM = 3


class Health(enum.StrEnum):
    """How a source is. A held one is polled, and what it brings carried nowhere until a person has decided."""

    SOUND = "sound"
    BROKEN = "broken"
    HELD = "held"
    GONE = "gone"


class WebPages(enum.StrEnum):
    """Whether the pages of a source's items are read for what they say about rights."""

    ALWAYS = "always"
    NEVER = "never"
    WHEN_UNKNOWN = "when-unknown"


class Role(enum.StrEnum):
    """What a publisher did with the work at one hop."""

    ORIGIN = "origin"
    REPUBLISHER = "republisher"
