# SPDX-License-Identifier: Apache-2.0
"""The plain part of a digest, cut into items: an item's section stands between its title and the next title.

A title may stand more than once (in a list of contents, in an article's own text), so every place is a candidate; the
one that meets the duties is the item's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syndicate.proof.words import tokens

_SIGNATURE = "-- "
_MOST_LINES = 12
_MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class _Mark:
    """A title found: the lines it takes and whose titles it is."""

    line: int
    owners: frozenset[str]


def sections(text: str, titles: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For each id of ``titles`` the candidate sections of ``text``, in order; none if its title stands nowhere."""
    lines = _before_signature(text.split("\n"))
    marks = _marks(lines, titles)
    found: dict[str, list[str]] = {name: [] for name in titles}
    for place, mark in enumerate(marks):
        for owner in mark.owners:
            if len(found[owner]) < _MOST_CANDIDATES:
                end = _next_of_others(marks, place, owner, len(lines))
                found[owner].append(_from_title("\n".join(lines[mark.line : end]), titles[owner]))
    return {name: tuple(candidates) for name, candidates in found.items()}


def _before_signature(lines: list[str]) -> list[str]:
    """``lines`` up to the signature. Spec: RFC 3676 4.3."""
    bare = [line.removesuffix("\r") for line in lines]
    return bare[: bare.index(_SIGNATURE)] if _SIGNATURE in bare else bare


def _next_of_others(marks: Sequence[_Mark], place: int, owner: str, last: int) -> int:
    return next((mark.line for mark in marks[place + 1 :] if owner not in mark.owners), last)


def _from_title(section: str, title: str) -> str:
    """``section`` from its title on: a number or list mark before it is ours."""
    at = section.find(title)
    return section[at:] if 0 <= at <= _MOST_LINES else section


def _marks(lines: Sequence[str], titles: Mapping[str, str]) -> list[_Mark]:
    wanted: dict[tuple[str, ...], set[str]] = {}
    for name, title in titles.items():
        words = tuple(tokens(title))
        if words:
            wanted.setdefault(words, set()).add(name)
    starts: dict[str, list[tuple[str, ...]]] = {}
    for words in wanted:
        starts.setdefault(words[0], []).append(words)
    told = [tokens(line) for line in lines]
    marks = []
    for at, line in enumerate(told):
        owners = {
            name
            for start in _skipping_number(line)
            for title in starts.get(start, ())
            if _stands_at(told, at, title)
            for name in wanted[title]
        }
        if owners:
            marks.append(_Mark(at, frozenset(owners)))
    return marks


def _skipping_number(words: Sequence[str]) -> tuple[str, ...]:
    """The words that a title on this line may start with: the first, or the second after a number."""
    return tuple(dict.fromkeys(words[: 2 if words and words[0].isdigit() else 1]))


def _stands_at(told: Sequence[Sequence[str]], at: int, title: tuple[str, ...]) -> bool:
    """Whether the lines from ``at`` on are ``title`` and nothing else, a number before it aside."""
    words: list[str] = []
    for line in told[at : at + _MOST_LINES]:
        words.extend(line)
        if len(words) >= len(title):
            break
    plain = tuple(words)
    return plain == title or (plain[1:] == title and plain[0].isdigit())
