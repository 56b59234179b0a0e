# SPDX-License-Identifier: Apache-2.0
"""A reading as plain data, and as the record that it becomes when a person confirms it.

What a person confirms is what stands in the row, never more: ``most`` narrows it, nothing widens it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from html import unescape
from typing import Any, Final

from syndicate.model import (
    ChannelClass,
    Evidence,
    Grant,
    Item,
    Level,
    Limit,
    Medium,
    Mode,
    Notice,
    Position,
    Purpose,
    Record,
)
from syndicate.rights.asked import DUTIES
from syndicate.rights.kinds import LINE_KINDS, NAMED
from syndicate.rights.licences import by_id
from syndicate.rights.notices.facts import LIMITED
from syndicate.rights.notices.glance import may_say
from syndicate.rights.notices.limits import LONGEST_LINE
from syndicate.rights.notices.phrases import PLACES_OF_CREDIT
from syndicate.rights.notices.read import read
from syndicate.rights.notices.reading import NONE, Reading
from syndicate.rights.notices.seen import fold

_DECIDING: Final = ("licence", "grants", "scope", "prohibitions")
NARROWING: Final = {
    **dict.fromkeys(("republication", "all-rights-reserved"), "notice.refusal"),
    **dict.fromkeys(("agency", "exclusive", "web", LIMITED), "notice.limit"),
    "commercial": "notice.commercial",
}
"""The kinds of evidence that prohibitions become, by their names."""

_USES: Final = frozenset({"web", "commercial"})
"""Prohibitions that long sentences of articles seem to be: of sites that refuse, and commerce that is forbidden."""

_COLUMNS: Final = {
    ChannelClass.COMMUNITY_WEB: (Medium.WEB, Purpose.COMMUNITY),
    ChannelClass.COMMERCIAL_WEB: (Medium.WEB, Purpose.COMMERCIAL),
    ChannelClass.COMMUNITY_EMAIL: (Medium.EMAIL, Purpose.COMMUNITY),
    ChannelClass.COMMERCIAL_EMAIL: (Medium.EMAIL, Purpose.COMMERCIAL),
    ChannelClass.PRINT: (Medium.PRINT, Purpose.COMMUNITY),
}
_PLAIN: Final = frozenset(
    {"O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8", "O9", "O10", "O12", "O14", "O15", "O24", "O25", "O28", "O30"}
)
_NAMES: Final = {id_: name for name, id_ in reversed(DUTIES.items())}
_SPAN: Final = re.compile(r"P(T?)(\d+)([HDWM])")
_SECONDS: Final = {"H": 3600, "D": 86_400, "W": 604_800, "M": 30 * 86_400}
_INLINE: Final = re.compile(r"</?(?:a|abbr|b|cite|em|i|small|span|strong|u)\b[^>]*>", re.IGNORECASE)
_HREF: Final = re.compile(r"\bhref\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE)
_HOUSE: Final = Limit(words=60)


def as_row(reading: Reading) -> dict[str, Any]:
    """A reading in the words of `terms read`; what was not said is null."""
    return {
        "class": reading.class_,
        "licence": reading.licence or None,
        "grants": {channel.value: mode.name.lower() for channel, mode in reading.grants.items()},
        "alone": [channel.value for channel in reading.alone],
        "duties": list(reading.duties),
        "prohibitions": list(reading.prohibitions),
        "contact": reading.contact or None,
        "holder": reading.holder or None,
        "embargo": reading.embargo or None,
        "window": reading.window or None,
        "quotes": [
            {"field": quote.field, "value": quote.value, "place": quote.place, "text": quote.text}
            | ({"detail": quote.detail} if quote.detail else {})
            for quote in reading.quotes
        ],
        "at_most": {channel.value: mode.name.lower() for channel, mode in reading.at_most.items()},
        "picked": {channel.value: mode.name.lower() for channel, mode in reading.picked.items()},
        "not_understood": [
            {"place": quote.place, "text": quote.text, "words": quote.value} for quote in reading.not_understood
        ],
    }


@lru_cache(maxsize=512)
def read_once(notices: tuple[Notice, ...]) -> Reading:
    """What notices say, remembered: of a new item it is asked more than once."""
    return read(notices)


def is_suggestion(reading: Reading) -> bool:
    """True if a person should see what was read: it permits something, says whom to ask, or may limit the use."""
    return reading.class_ != NONE or bool(reading.contact) or LIMITED in reading.prohibitions


def key(reading: Reading) -> str:
    """A fingerprint of the words that decide: other words, and it is another suggestion."""
    words = {(q.field, " ".join(q.text.split())) for q in reading.quotes if q.field in _DECIDING}
    words |= {("contact", reading.contact)}
    return hashlib.sha256(repr(sorted(words)).encode()).hexdigest()


def own_words(item: Item) -> Notice:
    """The body of an item as a notice."""
    return Notice("body", item.raw_html or item.html, "html")


def overheard(item: Item) -> tuple[bool, tuple[Evidence, ...]]:
    """Whether a person should see what an item says of its use; and what in it narrows, see ``narrowing``."""
    notice = own_words(item)
    if not may_say(notice):
        return False, ()
    reading = read_once((notice,))
    return is_suggestion(reading), _taken(reading, item.url, "body")


def lined(item: Item) -> tuple[Evidence, ...]:
    """What the rights lines of an item and of its feed take away, each where it stands."""
    lines = (e for e in item.evidence if e.kind in LINE_KINDS)
    return tuple(
        replace(one, level=line.level, place=line.place, url=line.url) for line in lines for one in _of_line(line.value)
    )


@lru_cache(maxsize=1024)
def _of_line(text: str) -> tuple[Evidence, ...]:
    """What a rights line takes away; read as one, and as a short paragraph of a body."""
    readings = [read([Notice(place, text)]) for place in ("feed-rights", "body")]
    return tuple(dict.fromkeys(one for reading in readings for one in _taken(reading, "", "")))


def _taken(reading: Reading, url: str, place: str) -> tuple[Evidence, ...]:
    """What words about the item take away: as ``narrowing``, and what a licence that they name rules out."""
    licence = by_id(reading.licence or "")
    if licence is None or all(mode is Mode.FULL for mode in licence.modes.values()):
        return narrowing(reading, url, place)
    said = next((" ".join(quote.text.split()) for quote in reading.quotes if quote.field == "licence"), "")
    return (*narrowing(reading, url, place), Evidence(NAMED, Level.ITEM, licence.url, place, url, said))


def narrowing(reading: Reading, url: str, place: str) -> tuple[Evidence, ...]:
    """What the words of an item take away: republication as such, or what only a person can judge."""
    found = ((NARROWING[q.value], q) for q in reading.quotes if q.field == "prohibitions" and q.value in NARROWING)
    told = ((kind, " ".join(quote.text.split()), quote.value) for kind, quote in found)
    kinds = dict.fromkeys(
        (kind, words) for kind, words, what in told if what not in _USES or len(words) <= LONGEST_LINE
    )
    return tuple(Evidence(kind, Level.ITEM, words, place, url) for kind, words in kinds)


# ------------------------------------------------------------------------------------------------ confirmed


def record(row: Mapping[str, Any], most: Mapping[ChannelClass, Mode], *, accept: bool = False) -> Record:
    """The record of a row, no channel class above ``most``; its grants, its licence if that alone says the same.

    ``accept`` tells that a person read the words that were not understood, and that they change nothing. What asks
    for a person's pick is a grant that asks for one.
    """
    modes = _modes(row["at_most" if accept else "grants"], most)
    picked = _modes(row["picked"], most) if accept or not is_doubtful(row) else modes
    licence = by_id(row["licence"] or "")
    whole = licence is not None and modes == picked == dict(licence.modes)
    return Record(
        key="suggestion",
        grants=() if whole else (*_grants(row, modes), *_grants(row, _above(picked, modes), pick=True)),
        licence=licence,
        contact=row["contact"] or "",
        quote=_quote(row),
    )


def is_doubtful(row: Mapping[str, Any]) -> bool:
    """True if words are not understood, and more would be suggested if they were known to change nothing."""
    return bool(row["grants"] != row["at_most"] or row["not_understood"])


def _modes(named: Mapping[str, str], most: Mapping[ChannelClass, Mode]) -> dict[ChannelClass, Mode]:
    return {c: min(Mode[named[c.value].upper()], most.get(c, Mode.FULL)) for c in ChannelClass}


def _above(picked: Mapping[ChannelClass, Mode], modes: Mapping[ChannelClass, Mode]) -> dict[ChannelClass, Mode]:
    """The modes that only a pick gives."""
    return {c: picked[c] if picked[c] > modes[c] else Mode.WITHHOLD for c in ChannelClass}


def _quote(row: Mapping[str, Any]) -> str:
    """The sentences that permit, as supplied, markup left out."""
    texts = [q["text"] for q in row["quotes"] if q["field"] in ("grants", "licence")]
    return " [...] ".join(dict.fromkeys(map(plain, texts)))


def plain(text: str) -> str:
    """The words of a quote as a reader sees them, markup left out; what links without words is named in brackets."""
    words = " ".join(unescape(re.sub(r"<[^>]*>", " ", _INLINE.sub("", text))).split())
    link = _HREF.search(text)
    return words if words or link is None else f"[a link without words to {unescape(link[1])}]"


def _grants(row: Mapping[str, Any], modes: Mapping[ChannelClass, Mode], *, pick: bool = False) -> tuple[Grant, ...]:
    """One grant for each mode and set of purposes, with all media that have them."""
    found: dict[tuple[Mode, frozenset[Purpose]], set[Medium]] = {}
    for medium in Medium:
        by_mode: dict[Mode, set[Purpose]] = {}
        for column, (its, purpose) in _COLUMNS.items():
            if its is medium and modes[column] > Mode.LINK:
                by_mode.setdefault(modes[column], set()).add(purpose)
        for mode, purposes in by_mode.items():
            found.setdefault((mode, frozenset(purposes)), set()).add(medium)
    grants = (_grant(row, mode, frozenset(media), purposes) for (mode, purposes), media in found.items())
    return tuple(replace(one, pick=pick) for one in grants)


def _grant(row: Mapping[str, Any], mode: Mode, media: frozenset[Medium], purposes: frozenset[Purpose]) -> Grant:
    duties: Sequence[str] = row["duties"]
    return Grant(
        mode=mode,
        media=media,
        purposes=purposes,
        duties=tuple(dict.fromkeys(("credit", "link", *(_NAMES[d] for d in duties if d in _PLAIN)))),
        limit=_limit(row) if mode is Mode.EXCERPT else Limit(),
        embargo=seconds(row["embargo"]),
        window=seconds(row["window"]),
        position=position(row) if "O11" in duties else None,
    )


def position(row: Mapping[str, Any]) -> Position:
    """Where the notice wants its credit: as its words say, before the text if they say no place that we know."""
    for quote in row["quotes"]:
        if quote["value"] == "O11":
            text = fold(plain(quote["text"]))
            found = (place for place, pattern in PLACES_OF_CREDIT.items() if pattern.search(text))
            return Position(next(found, Position.TOP))
    return Position.TOP


def _limit(row: Mapping[str, Any]) -> Limit:
    """The size that the notice names; the house's where it names none."""
    detail = " ".join(q.get("detail", "") for q in row["quotes"] if q["value"] == "O21")
    words, paragraphs = (re.search(rf"(\d+) {unit}", detail) for unit in ("words", "paragraphs"))
    stated = Limit(int(words[1]) if words else 0, int(paragraphs[1]) if paragraphs else 0)
    return stated if stated != Limit() else _HOUSE


def seconds(span: str | None) -> int:
    """An amount of time as ISO 8601 writes it; a month is 30 days."""
    match = _SPAN.fullmatch(span or "")
    return int(timedelta(seconds=int(match[2]) * _SECONDS[match[3]]).total_seconds()) if match else 0


def duty_names(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a notice asks for, by the names of duties in a record; a place of the credit with the place."""
    return tuple(f"{_NAMES[d]} ({position(row)})" if d == "O11" else _NAMES[d] for d in row["duties"])


def unset(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Duties that a notice asks for and whose particulars it does not give: to be recorded by hand."""
    known = _PLAIN | {"O11", "O16", "O17", "O18", "O21"}
    return tuple(_NAMES[d] for d in row["duties"] if d not in known)
