# SPDX-License-Identifier: Apache-2.0
"""What evidence states: licences offered, refusals, silence in so many words, and the copyright line to repeat.

Only a licence URI in an element made for one widens what we may do, and a link in running text only where its paragraph
is understood to the last word as the article's licence; other links are evidence for a person, and may narrow. Words
may narrow ("all rights reserved") and are repeated; a licence that only words name is evidence for a person and
nothing here. Terms of pictures, audio and video (``mrss.*``, ``podcast.license``) say nothing about the text. The order
in which evidence came never matters.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from syndicate.model import Evidence, Level, Licence
from syndicate.rights import rsl
from syndicate.rights.kinds import PROSE_KINDS, SOFT
from syndicate.rights.licences import UNSPECIFIED_URL, by_url
from syndicate.rights.notices.linked import licenses
from syndicate.rights.reserved import reserves_all

LICENCE_KINDS: Final = frozenset(
    {"cc.userland", "cc.rdf", "atom.license", "dcterms.license", "jsonfeed.licence", "html.rel-license"}
    | {"cc.rel.license", "schema.license"}
)
"""Places made for a licence URI."""

HOLDER_KINDS: Final = (
    *("dcterms.rightsHolder", "pur.rightsOwner", "cc.rel.rightsHolder", "schema.copyrightHolder", "jsonfeed.holder"),
)
"""Places that name the holder, the most telling first."""

YEAR_KINDS: Final = ("dcterms.dateCopyrighted", "schema.copyrightYear")
"""Places that tell the year of the copyright."""

CREDIT_KINDS: Final = ("pur.creditLine", "schema.creditText", "dcterms.bibliographicCitation")
"""Places that word the credit: it is repeated to the character."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one document says on one level: licences side by side are alternatives, everything else narrows.

    ``unread`` are licence URIs that we do not know, ``unspecified`` the address that says that no licence is linked
    (RFC 4946 2.3), ``refusals`` words that reserve all rights and elements that prohibit reuse.
    """

    level: Level
    document: str = ""
    licences: tuple[tuple[Licence, Evidence], ...] = ()
    unread: tuple[Evidence, ...] = ()
    unspecified: tuple[Evidence, ...] = ()
    refusals: tuple[Evidence, ...] = ()


def in_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each evidence once, the most specific first, then in an order that depends on nothing but itself."""
    return tuple(sorted(set(evidence), key=lambda e: (-e.level, e.kind, e.value, e.place, e.url, e.words)))


def statements(evidence: Iterable[Evidence], page: str = "") -> tuple[Statement, ...]:
    """One statement for each level and document that says anything, the most specific first.

    ``page`` is the address that the evidence is about: documents that state terms by address need it.
    """
    ordered = in_order(evidence)
    offered = rsl.read(ordered, page).licences()
    places = dict.fromkeys((e.level, e.url) for e in ordered)
    read = (
        _read(level, document, [e for e in ordered if (e.level, e.url) == (level, document)], offered)
        for level, document in sorted(places, key=lambda place: (-place[0], place[1]))
    )
    return tuple(s for s in read if s.licences or s.unread or s.unspecified or s.refusals)


def _read(
    level: Level, document: str, evidence: list[Evidence], offered: tuple[tuple[str, Evidence], ...]
) -> Statement:
    links = [e for e in evidence if e.kind in LICENCE_KINDS and e.value.strip() and not doubtful(e)]
    named = [(e, by_url(e.value)) for e in links if e.value.strip() != UNSPECIFIED_URL]
    beside = [(licence, e) for url, e in offered if e in evidence and (licence := by_url(url))]
    return Statement(
        level=level,
        document=document,
        licences=(*((licence, e) for e, licence in named if licence), *beside),
        unread=tuple(e for e, licence in named if not licence),
        unspecified=tuple(e for e in links if e.value.strip() == UNSPECIFIED_URL),
        refusals=tuple(e for e in evidence if _refuses(e)),
    )


def doubtful(evidence: Evidence) -> bool:
    """True for a licence link in running text whose paragraph does not say that the article is under that licence."""
    link = evidence.kind in LICENCE_KINDS and evidence.words and by_url(evidence.value)
    return bool(link) and not licenses(evidence.words, evidence.value)


def _refuses(evidence: Evidence) -> bool:
    if evidence.kind == "notice.refusal" or evidence.kind in SOFT:
        return True
    if evidence.kind == "pur.reuseProhibited":
        return evidence.value.strip().lower() not in ("false", "no", "0")
    return evidence.kind in PROSE_KINDS and reserves_all(evidence.value)


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


def named(kinds: Iterable[str], evidence: Iterable[Evidence]) -> str:
    """What the first of these kinds says, on the most specific level; "" if none says anything."""
    ordered = in_order(evidence)
    found = (" ".join(e.value.split()) for kind in kinds for e in ordered if e.kind == kind)
    return next(filter(None, found), "")


def _sentences(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(text))
    return [part for part in parts if 0 < len(part) <= _LONGEST]


def _rank(sentence: str) -> int | None:
    """How surely a sentence is a copyright line, 0 the surest; None if it is none."""
    return next((rank for rank, pattern in enumerate(_RANKS) if pattern.search(sentence)), None)
