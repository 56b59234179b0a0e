# SPDX-License-Identifier: Apache-2.0
"""The closed grammar of clauses: what a notice may say without a word of it being left over.

One file for each language has its rules. A rule names words and other rules, none of them itself, so a clause is
covered or not in time that grows with its length; nothing is guessed and nothing is skipped.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("en", "fr", "de", "es")
"""The languages in which notices are read."""

KINDS: Final = ("grant", "licence", "duty", "refuse", "asset", "holder", "neutral")
"""What a clause that is understood does; each is a rule of every language."""

_PIECE: Final = re.compile(r"[\[\]()|*]|[^\s\[\]()|*]+")
_SMALL: Final = frozenset(
    [
        "of",
        "and",
        "&",
        "the",
        "for",
        "de",
        "la",
        "du",
        "des",
        "del",
        "d",
        "l",
        "y",
        "et",
        "und",
        "e",
        "le",
        "les",
        "los",
        "las",
        "der",
        "die",
        "das",
        "fur",
    ]
)
_LONGEST_NAME, _LONGEST_QUOTE = 6, 16

Ends = frozenset[int]
NOWHERE: Final[Ends] = frozenset()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a clause, folded; ``kind`` is "word" or one of the terminals; ``capital`` tells how it was written."""

    text: str
    kind: str
    capital: bool
    start: int
    end: int


@dataclass(slots=True)
class Walk:
    """One clause on its way through a grammar: its tokens, the names of whoever speaks, and how far it got."""

    tokens: Sequence[Token]
    selves: frozenset[str]
    hot: frozenset[str]
    furthest: int = 0
    known: dict[tuple[int, int], Ends] = field(default_factory=dict)


Part = Callable[[Walk, int], Ends]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rules of one language, its words, and the words that no name may have in it."""

    rules: Mapping[str, Part]
    words: frozenset[str]
    hot: frozenset[str]

    def kinds(self, tokens: Sequence[Token], selves: frozenset[str]) -> tuple[frozenset[str], int]:
        """The kinds whose rule covers all tokens; and how many of them any rule could follow."""
        walk = Walk(tokens, selves, self.hot)
        found = frozenset(kind for kind, rule in self.rules.items() if len(tokens) in rule(walk, 0))
        return found, walk.furthest


# ------------------------------------------------------------------------------------------------ parts of rules


def _token(known: Callable[[Token], bool]) -> Part:
    def part(walk: Walk, at: int) -> Ends:
        if at < len(walk.tokens) and known(walk.tokens[at]):
            walk.furthest = max(walk.furthest, at + 1)
            return frozenset((at + 1,))
        return NOWHERE

    return part


def _word(text: str) -> Part:
    return _token(lambda token: token.text == text)


def _of_kind(kind: str) -> Part:
    return _token(lambda token: token.kind == kind)


def _sequence(parts: Sequence[Part]) -> Part:
    def part(walk: Walk, at: int) -> Ends:
        ends = frozenset((at,))
        for one in parts:
            ends = frozenset(end for start in ends for end in one(walk, start))
        return ends

    return part


def _choice(parts: Sequence[Part]) -> Part:
    def part(walk: Walk, at: int) -> Ends:
        return frozenset(end for one in parts for end in one(walk, at))

    return part


def _many(one: Part) -> Part:
    def part(walk: Walk, at: int) -> Ends:
        seen, new = {at}, {at}
        while new:
            new = {end for start in new for end in one(walk, start)} - seen
            seen |= new
        return frozenset(seen)

    return part


def _remembered(one: Part) -> Part:
    def part(walk: Walk, at: int) -> Ends:
        place = (id(one), at)
        if place not in walk.known:
            walk.known[place] = one(walk, at)
        return walk.known[place]

    return part


def _nothing(_walk: Walk, at: int) -> Ends:
    return frozenset((at,))


# ------------------------------------------------------------------------------------------------ terminals


def _name(walk: Walk, at: int) -> Ends:
    """A name as it is written: up to six words with capitals, none of which could be about what is permitted."""
    ends: set[int] = set()
    for end in range(at, min(at + _LONGEST_NAME, len(walk.tokens))):
        one = walk.tokens[end]
        named = one.kind in ("word", "number") and one.capital and one.text not in walk.hot
        if not (named or one.text in _SMALL):
            break
        if named:
            ends.add(end + 1)
    walk.furthest = max(walk.furthest, *ends, 0)
    return frozenset(ends)


def _self(walk: Walk, at: int) -> Ends:
    """The name of whoever speaks, as it stands elsewhere in the notices."""
    return frozenset(end for end in _name(walk, at) if own(walk.tokens[at:end]) in walk.selves)


def own(tokens: Sequence[Token]) -> str:
    """A name for comparison: without an article before it."""
    texts = [one.text.removesuffix("'s") for one in tokens]
    return " ".join(texts[1:] if len(texts) > 1 and texts[0] in _SMALL else texts)


def _quoted(walk: Walk, at: int) -> Ends:
    """Words in quotation marks: a line to be set, which permits nothing whatever it says."""
    if at >= len(walk.tokens) or walk.tokens[at].text != '"':
        return NOWHERE
    for end in range(at + 1, min(at + _LONGEST_QUOTE, len(walk.tokens))):
        if walk.tokens[end].text == '"':
            walk.furthest = max(walk.furthest, end + 1)
            return frozenset((end + 1,))
    return NOWHERE


_TERMINALS: Final[Mapping[str, Part]] = {
    "NAME": _name,
    "SELF": _self,
    "QUOTED": _quoted,
    "NUMBER": _of_kind("number"),
    "MAIL": _of_kind("mail"),
    "URL": _of_kind("url"),
    "DOMAIN": _of_kind("domain"),
    "LINKED": _of_kind("linked"),
}


# ------------------------------------------------------------------------------------------------ reading rules


@cache
def grammar(language: str) -> Grammar:
    """The grammar of a language, read from its file."""
    text = files(__name__).joinpath(f"{language}.grammar").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\n\s+", " ", "\n".join(lines)).splitlines()
    written = {line.partition(" ")[0]: line.partition("=")[2] for line in joined}
    hot = frozenset(written.pop("HOT").split())
    words = {piece for body in written.values() for piece in _PIECE.findall(body) if piece.islower()}
    reader = _Rules(written)
    return Grammar({kind: reader.rule(kind) for kind in KINDS}, frozenset(words), hot)


class _Rules:
    """Reads rules, each when another one names it; none may contain itself."""

    def __init__(self, written: Mapping[str, str]) -> None:
        self._written = written
        self._read: dict[str, Part] = dict(_TERMINALS)

    def rule(self, name: str) -> Part:
        if name not in self._read:
            pieces = _PIECE.findall(self._written[name])[::-1]
            self._read[name] = _remembered(self._choice(pieces))
        return self._read[name]

    def _choice(self, pieces: list[str]) -> Part:
        """``pieces`` are what is left to read, the next one last."""
        parts = [self._sequence(pieces)]
        while pieces and pieces[-1] == "|":
            pieces.pop()
            parts.append(self._sequence(pieces))
        return _choice(parts)

    def _sequence(self, pieces: list[str]) -> Part:
        parts: list[Part] = []
        while pieces and pieces[-1] not in ("|", ")", "]"):
            parts.append(self._one(pieces.pop(), pieces))
            if pieces and pieces[-1] == "*":
                pieces.pop()
                parts.append(_many(parts.pop()))
        return _sequence(parts)

    def _one(self, piece: str, pieces: list[str]) -> Part:
        if piece in ("(", "["):
            inner = self._choice(pieces)
            pieces.pop()
            return inner if piece == "(" else _choice([inner, _nothing])
        return self.rule(piece) if piece.isupper() else _word(piece)
