# SPDX-License-Identifier: Apache-2.0
"""The phrases of the trigger groups, from one data file for each language, ready to be looked for in folded text.

A notice is looked through in every language that we know: a page in one language often carries a notice in another.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from syndicate.rights.notices.grammar import LANGUAGES

Patterns = tuple[re.Pattern[str], ...]


def _load(name: str) -> dict[str, Any]:
    text = files("syndicate.rights.notices").joinpath(f"{name}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _parts(language: dict[str, Any]) -> dict[str, str]:
    """What the names in braces stand for; parts may name other parts."""
    number = "|".join(sorted(language["numbers"], key=len, reverse=True))
    unit = "|".join(language["units"])
    parts: dict[str, str] = language["parts"]
    return parts | {"n": rf"(?P<n>\d{{1,4}}|{number})", "unit": rf"(?P<unit>{unit})\b"}


def _compile(pattern: str, parts: dict[str, str]) -> re.Pattern[str]:
    while re.search(r"\{[a-z]+\}", pattern):
        pattern = re.sub(r"\{([a-z]+)\}", lambda m: parts[m[1]], pattern)
    return re.compile(pattern)


_COMMON: Final = _load("common")
_DATA: Final = tuple((data, _parts(data)) for data in map(_load, LANGUAGES))
_SINGLE: Final = ("agency", "photo", "self", "condition", "parts", "either")


def _all(patterns: Iterable[tuple[str, list[str]]], parts: dict[str, str]) -> Iterable[tuple[str, re.Pattern[str]]]:
    return ((name, _compile(one, parts)) for name, group in patterns for one in group)


def _table(section: str) -> dict[str, Patterns]:
    """All patterns of a section by their name, of every language."""
    table: dict[str, list[re.Pattern[str]]] = {}
    for data, parts in _DATA:
        for name, pattern in _all(data[section].items(), parts):
            table.setdefault(name, []).append(pattern)
    return {name: tuple(group) for name, group in table.items()}


def _measures(key: str) -> Patterns:
    return tuple(pattern for data, parts in _DATA for _, pattern in _all([(key, data[key])], parts))


GROUPS: Final = _table("groups") | {name: tuple(map(re.compile, _COMMON[name])) for name in _SINGLE}
"""Trigger groups by name."""

DUTIES: Final = _table("duties")
"""Signs of duties by the duty's id."""

PROHIBITIONS: Final = _table("prohibitions")
"""Signs of prohibitions by their name."""

LIMITS: Final = _table("limits")
"""Signs of a limit that is set in other words than refusals are, by their part in a sentence; see ``limits``."""

HOLDER: Final = (*_measures("holder"), *map(re.compile, _COMMON["holder"]))
"""Sentences that name the holder, as ``name``; the surest first."""

LICENCE: Final = {name: re.compile(pattern) for name, pattern in _COMMON["licence"].items()}
"""Names of licences in words, and of what they consist of."""

ADDRESS: Final = re.compile(_COMMON["email_address"])
"""An address for mail."""

_NUMBERS: Final = {word: number for data, _ in _DATA for word, number in data["numbers"].items()}
_UNITS: Final = tuple((re.compile(unit), letter) for data, _ in _DATA for unit, letter in data["units"].items())
_WORDS, _PARAGRAPHS = _measures("words"), _measures("paragraphs")
_EMBARGO, _WINDOW = _measures("embargo"), _measures("window")


PLACES_OF_CREDIT: Final = {place: re.compile(pattern) for place, pattern in _COMMON["position"].items()}
"""Where a credit is to stand, by the values of `position`; the first that is found holds."""

# Apart, since a plain stem is found much faster than an alternative of a pattern.
_STEMS: Final = tuple(_COMMON["spark"]["stems"])
_LIMITING: Final = tuple(_COMMON["spark"]["limiting"])
_BY_LANGUAGE: Final = tuple(
    {part: tuple(_compile(one, parts) for one in group) for part, group in data["limits"].items()}
    for data, parts in _DATA
)
_SHAPES: Final = tuple(map(re.compile, _COMMON["spark"]["shapes"]))
_PERMITS, _USES, _WORKS = (re.compile(_COMMON["offer"][part]) for part in ("permits", "uses", "works"))
_WINDOW_OF_OFFER: Final = 240


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures of a clause: the most that may be taken (0: not said), and ISO 8601 durations ("": not said)."""

    words: int
    paragraphs: int
    embargo: str
    window: str


def sparks(text: str) -> bool:
    """True if case-folded text, accents and all, has one of the stems without which no words are about rights."""
    return any(stem in text for stem in _STEMS) or any(shape.search(text) for shape in _SHAPES)


def offers(text: str) -> bool:
    """True if case-folded text, accents and all, may permit without a word about rights: "may use our articles".

    Close to a word that permits there has to be one for a use and one for what is used; each is a stem.
    """
    for match in _PERMITS.finditer(text):
        near = text[max(0, match.start() - _WINDOW_OF_OFFER) : match.end() + _WINDOW_OF_OFFER]
        if _USES.search(near) and _WORKS.search(near):
            return True
    return False


def narrows(text: str) -> bool:
    """True if case-folded text, accents and all, has one of the stems without which no words limit the use."""
    return any(stem in text for stem in _LIMITING)


def limits(text: str) -> bool:
    """True if folded text seems to limit its use: by a sign that says so alone, or by all that it takes together.

    That is a word for this text, one for its use and one that takes away, in one language.
    """
    if found(LIMITS["alone"], text) or found(LIMITS["commercial"], text):
        return True
    return any(
        all(found(one[part], text) for part in ("ours", "uses", "takes")) and not found(one["tells"], text)
        for one in _BY_LANGUAGE
    )


@lru_cache(maxsize=4096)
def has(group: str, text: str) -> bool:
    """True if folded text has a phrase of a trigger group."""
    return found(GROUPS[group], text) is not None


def found(patterns: Patterns, text: str) -> re.Match[str] | None:
    """The first phrase in the order of the patterns."""
    return next((match for pattern in patterns if (match := pattern.search(text))), None)


def measures(text: str) -> Measures:
    """The figures of a folded clause. What says an embargo is not also read as a window."""
    embargo = found(_EMBARGO, text)
    rest = text.replace(embargo[0], "") if embargo else text
    return Measures(
        words=_number(_WORDS, text),
        paragraphs=_number(_PARAGRAPHS, text),
        embargo=_duration(embargo),
        window=_duration(found(_WINDOW, rest)),
    )


def _number(patterns: Patterns, text: str) -> int:
    match = found(patterns, text)
    if match is None:
        return 0
    return 1 if match.groupdict().get("one") else _value(match["n"])


def _value(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBERS[text]


def _duration(match: re.Match[str] | None) -> str:
    """An amount of time as ISO 8601 writes it."""
    if match is None:
        return ""
    letter = next(letter for unit, letter in _UNITS if unit.fullmatch(match["unit"]))
    return f"P{'T' if letter == 'H' else ''}{_value(match['n'])}{letter}"
