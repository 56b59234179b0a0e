# SPDX-License-Identifier: Apache-2.0
"""What one clause of a notice does: grant, refuse, ask to be asked, set a condition, or nothing that concerns the text.

Every doubt is read against a grant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from syndicate.model import ChannelClass, Mode
from syndicate.rights.notices.phrases import DUTIES, GROUPS, Measures, found, has, measures
from syndicate.rights.notices.reading import Notice
from syndicate.rights.notices.seen import Clause, clauses
from syndicate.rights.reserved import reserves_all

CW, XW, EM, XE, PR = ChannelClass
_OPENING, _CLOSING = 4, 10
_MEDIA: Final = ("commercial", "web", "online", "email", "print", "broadcast")
_NOT: Final = (
    r"\b(?<!or )(?:not|never|except|excluding|nicht|ausser|kein\w*|pas|sauf|hors|excepto|salvo|no)\b"
    r"(?! only| nur| solo) (?:\S+ ){0,4}?(?:%s)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A clause of a notice with its parts: ``role`` is "grant", "refuse", "ask", "fair", "past", "aside" or ""."""

    clause: Clause
    notice: int
    place: str
    role: str
    figures: Measures

    @property
    def text(self) -> str:
        """The folded words."""
        return self.clause.folded


def said(notices: Sequence[Notice]) -> tuple[Said, ...]:
    """Every clause of every notice that may speak about rights, with its role.

    A long body speaks about rights in its opening and closing paragraphs; in between it is an article.
    """
    read: list[Said] = []
    for number, notice in enumerate(notices):
        parts = clauses(notice.text, html=notice.format == "html", body=notice.place == "body")
        if notice.place == "body":
            parts = _edges(parts)
        fair = {part.paragraph for part in parts if has("fair", part.folded)}
        read += [_said(part, number, notice.place, fair=part.paragraph in fair) for part in parts]
    return tuple(_answered(before, one) for before, one in pairwise([None, *read]) if one)


def _answered(before: Said | None, one: Said) -> Said:
    """A clause; behind a question about reuse ("May I reprint it?") whoever is to be asked is asked about that."""
    asked = before and before.notice == one.notice and has("question", before.text) and has("about", before.text)
    if not asked or one.role:
        return one
    answer = "refuse" if has("permission", one.text) else "ask" if has("ask", one.text) else ""
    return replace(one, role=answer)


def _edges(parts: tuple[Clause, ...]) -> tuple[Clause, ...]:
    numbers = sorted({part.paragraph for part in parts})
    kept = {*numbers[:_OPENING], *numbers[-_CLOSING:]}
    return tuple(part for part in parts if part.paragraph in kept)


def _said(clause: Clause, notice: int, place: str, *, fair: bool) -> Said:
    its = "fair" if fair else role(clause.folded, place)
    return Said(clause, notice, place, its, measures(clause.folded))


def role(text: str, place: str) -> str:
    """What a folded clause does by its own words; see ``Said``."""
    if aside(text):
        return "aside"
    if has("past", text):
        return "past"
    ours = place != "body" or any(has(group, text) for group in ("deictic", "performs"))
    told = place == "body" and has("speech", text)
    if told or (not ours and not has("legal", text)):  # an article tells of others' permissions
        return ""
    if _refuses(text):
        return "refuse"
    grants = ours and addressed(text) and offers(text)
    if has("ask", text) and (has("about", text) or media(text)) and not grants:
        return "ask"
    return "grant" if grants else ""


def offers(text: str) -> bool:
    """True if a clause grants: in so many words, or a part of a text whose size it tells. A question grants nothing."""
    if has("question", text):
        return False
    figures = measures(text)
    part = figures.words or figures.paragraphs or has("excerpt", text)
    return has("grant", text) or bool(part and has("offer", text))


def addressed(text: str) -> bool:
    """True if a clause speaks to everybody, and not to private readers, to customers or of sharing with friends."""
    return not any(has(group, text) for group in ("private", "closed", "social"))


def aside(text: str) -> bool:
    """True if a clause is about pictures, books or programs, and not about the text."""
    if has("toward", text):
        return True
    text = _without_place(text)
    first, last = _first("content", text), _last("content", text)
    if _last("software", text) > last:
        return True
    return _first("asset", text) < first and not (first < len(text) and _both(text))


def _without_place(text: str) -> str:
    """A clause without "on this site", which does not say what is licensed; whole if it names nothing else."""
    bare = text
    for pattern in GROUPS["where"]:
        bare = pattern.sub("", bare)
    return bare if any(has(group, bare) for group in ("content", "asset", "software")) else text


def _both(text: str) -> bool:
    """True if pictures and texts are named side by side."""
    return bool(re.search(r"(?:photos?|pictures|images|fotos|bilder|imagenes),? (?:and|or|et|und|y|sowie) \w+", text))


def _first(group: str, text: str) -> int:
    return min((m.start() for pattern in GROUPS[group] for m in pattern.finditer(text)), default=len(text) + 1)


def _last(group: str, text: str) -> int:
    return max((m.start() for pattern in GROUPS[group] for m in pattern.finditer(text)), default=-1)


def _refuses(text: str) -> bool:
    """True if the clause refuses, or wants to be asked before anything is done."""
    negative = has("negative", text)
    if has("without", text) and not has("refuse", text):
        return negative and not has("grant", text) and has("about", text)
    if has("condition", text) and not has("without", text):
        return False
    if has("refuse", text):
        return not found(DUTIES["O30"], text) and not found(DUTIES["O18"], text)
    if has("permission", text) and (has("about", text) or media(text)):
        return True
    return negative and bool(_refused_media(text))


def _refused_media(text: str) -> bool:
    """True if a medium is ruled out in so many words ("not in print")."""
    about_duty = any(found(DUTIES[id_], text) for id_ in ("O1", "O3", "O13"))
    return bool(media(text)) and not about_duty and not has("grant", text)


def media(text: str) -> frozenset[str]:
    """The media and the commercial purpose that a clause names and does not rule out."""
    return frozenset(name for name in _MEDIA if any(_named(pattern, text) for pattern in GROUPS[name]))


def _named(pattern: re.Pattern[str], text: str) -> bool:
    return bool(pattern.search(re.sub(_NOT % pattern.pattern, "", text))) if pattern.search(text) else False


def refused(text: str) -> frozenset[ChannelClass]:
    """The channels that a refusal or a request to be asked is about; empty if it names none."""
    text = _without_place(text)
    named = frozenset(name for name in _MEDIA if has(name, text))
    web, mail = named & {"web", "online"}, "email" in named or "online" in named
    out: set[ChannelClass] = {PR} if "print" in named else set()
    if "commercial" in named or has("nc", text):
        return frozenset(out | {XW, XE})
    return frozenset(out | ({CW, XW} if web else set()) | ({EM, XE} if mail else set()))


def granted(text: str, *, community: bool) -> frozenset[ChannelClass]:
    """The channels that a grant opens; ``community`` tells that the notice rules out commerce elsewhere."""
    named = media(_without_place(text))
    everywhere = has("any", text)
    community = (community or has("nc", text)) and not has("either", text) and "commercial" not in named
    loud = "commercial" in named or has("either", text) or (everywhere and not community)
    only_web = "web" in named and "online" not in named and not has("outlets", text)
    out = {PR} if "print" in named or everywhere else set()
    if named & {"web", "online"} or everywhere or not named - {"commercial"}:
        out |= {CW} if community or (only_web and not loud) else {CW, XW}
    if named & {"email", "online"} or everywhere or not named - {"commercial"}:
        out |= {EM, XE} if loud else {EM}
    return frozenset(out)


def mode(one: Said) -> Mode:
    """How much a grant grants."""
    if one.figures.words or one.figures.paragraphs:
        return Mode.EXCERPT
    return Mode.EXCERPT if has("excerpt", one.text) and not has("parts", one.text) else Mode.FULL


def reserves(one: Said) -> bool:
    """True if the clause reserves all rights in the text."""
    return one.role != "aside" and reserves_all("".join(one.clause.letters))


def closes(one: Said) -> bool:
    """True if a refusal is about all republication, and not about other uses, whole texts or one medium."""
    general = not refused(one.text) and not has("other", one.text) and not has("whole", one.text)
    return one.role == "refuse" and general and not one.figures.words
