# SPDX-License-Identifier: Apache-2.0
"""What evidence states: licences offered, refusals, silence in so many words, and the copyright line to repeat.

Only a licence URI in an element made for one widens what we may do. Words may narrow ("all rights reserved") and are
repeated; a licence that only words name is evidence for a person and nothing here. Terms of pictures, audio and video
(``mrss.*``, ``podcast.license``) say nothing about the text. The order in which evidence came never matters.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from syndicate.model import Evidence, Level, Licence
from syndicate.rights.licences import UNSPECIFIED_URL, by_url

LICENCE_KINDS: Final = frozenset(
    {"cc.userland", "cc.rdf", "atom.license", "dcterms.license", "jsonfeed.licence", "html.rel-license"}
)
"""Places made for a licence URI."""

PROSE_KINDS: Final = frozenset(
    {
        "rss.copyright",
        "atom.rights",
        "dc.rights",
        "dcterms.rights",
        "prism.copyright",
        "jsonfeed.copyright",
        "body.copyright",
        "credit-line",
    }
)
"""Places where words about rights stand: they may narrow, and they hold the copyright line."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one level says: licences side by side are alternatives, everything else narrows.

    ``unread`` are licence URIs that we do not know, ``signals`` prohibitions addressed to machines, ``unspecified``
    the address that says that no licence is linked (RFC 4946 2.3).
    """

    level: Level
    licences: tuple[tuple[Licence, Evidence], ...] = ()
    unread: tuple[Evidence, ...] = ()
    unspecified: tuple[Evidence, ...] = ()
    refusals: tuple[Evidence, ...] = ()
    signals: tuple[Evidence, ...] = ()


def in_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each evidence once, the most specific first, then in an order that depends on nothing but itself."""
    return tuple(sorted(set(evidence), key=lambda e: (-e.level, e.kind, e.value, e.place, e.url)))


def statements(evidence: Iterable[Evidence]) -> tuple[Statement, ...]:
    """One statement for each level that says anything, the most specific first."""
    ordered = in_order(evidence)
    read = (_read(level, [e for e in ordered if e.level == level]) for level in sorted(Level, reverse=True))
    return tuple(s for s in read if s.licences or s.unread or s.unspecified or s.refusals or s.signals)


def _read(level: Level, evidence: list[Evidence]) -> Statement:
    links = [e for e in evidence if e.kind in LICENCE_KINDS and e.value.strip()]
    named = [(e, by_url(e.value)) for e in links if e.value.strip() != UNSPECIFIED_URL]
    return Statement(
        level=level,
        licences=tuple((licence, e) for e, licence in named if licence),
        unread=tuple(e for e, licence in named if not licence),
        unspecified=tuple(e for e in links if e.value.strip() == UNSPECIFIED_URL),
        refusals=tuple(e for e in evidence if e.kind in PROSE_KINDS and reserves_all(e.value)),
        signals=tuple(e for e in evidence if e.kind == "rsl" and _prohibits_all(e.value)),
    )


# ------------------------------------------------------------------------------------------------ refusals

_REFUSALS = json.loads(files("syndicate.rights").joinpath("refusals.json").read_text(encoding="utf-8"))
_ALL_RESERVED = re.compile("|".join(_REFUSALS["patterns"].values()))


def reserves_all(text: str) -> bool:
    """True if the text says "all rights reserved" in one of some thirty languages.

    "No rights reserved", "some rights reserved" and "not all rights reserved" are something else.
    """
    return bool(_ALL_RESERVED.search(" ".join(unicodedata.normalize("NFKC", text).casefold().split())))


# ------------------------------------------------------------------------------------------------ signals

_PROHIBITS = re.compile(r"<(?:\w+:)?prohibits\b[^<>]*\btype\s*=\s*[\"']usage[\"'][^<>]*>([^<]*)<", re.IGNORECASE)


def _prohibits_all(rsl: str) -> bool:
    """True if an RSL document prohibits every automated usage. Lists are parted by spaces, in drafts by commas."""
    return any("all" in re.split(r"[\s,]+", usage.strip().lower()) for usage in _PROHIBITS.findall(rsl))


# ------------------------------------------------------------------------------------------------ copyright line

_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\b\w\.)(?<!\bInc\.)(?<!\bLtd\.)(?<!\bCo\.)(?<!\bCorp\.)(?<!\bSt\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)"
    r"(?<!\bMrs\.)(?<!\bJr\.)(?<!\bSr\.)\s+|(?<=[.!?])\s+(?=(?i:copyright\b|©|\(c\)))|(?<=[\u3002\uff01\uff1f])|\n+"
)
_LONGEST: Final = 500
_MARK = r"(?:©|\(c\)(?=\s*[\w©])|\bcopyright\b)"
_YEAR = r"\b(?:19|20)\d\d\b"
_RANKS: Final = (
    re.compile(rf"{_MARK}.*{_YEAR}|{_YEAR}.*{_MARK}", re.IGNORECASE),
    re.compile(r"©|\(c\)(?=\s*\w)", re.IGNORECASE),
    re.compile(r"^copyright\b", re.IGNORECASE),
)


def copyright_line(evidence: Iterable[Evidence]) -> str:
    """The copyright sentence as supplied, from the most specific level that has one; "" if none has.

    A sentence with a sign and a year is preferred to one without. White space is folded, nothing else is changed.
    """
    found = [
        ((-e.level, rank, e.kind, sentence), sentence)
        for e in evidence
        if e.kind in PROSE_KINDS
        for sentence in _sentences(e.value)
        if (rank := _rank(sentence)) is not None
    ]
    return min(found)[1] if found else ""


def _sentences(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(text))
    return [part for part in parts if 0 < len(part) <= _LONGEST]


def _rank(sentence: str) -> int | None:
    """How surely a sentence is a copyright line, 0 the surest; None if it is none."""
    return next((rank for rank, pattern in enumerate(_RANKS) if pattern.search(sentence)), None)
