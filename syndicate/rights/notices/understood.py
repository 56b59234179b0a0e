# SPDX-License-Identifier: Apache-2.0
"""Which clauses of a notice are understood to the last word, and what is left over.

``full`` is suggested only where nothing is left over: a clause that the grammar does not cover may take away what
another one gives. In the body of an item only what touches the use of the text is asked about; elsewhere every clause.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syndicate.rights.licences import by_url
from syndicate.rights.notices.clauses import Said
from syndicate.rights.notices.grammar import LANGUAGES, Token, grammar, own
from syndicate.rights.notices.phrases import LICENCE, sparks
from syndicate.rights.notices.seen import BADGE

_TOKEN: Final = re.compile(
    r"(?P<url>https?://\S+)|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<domain>(?:[^\W_][\w-]*\.)+(?:[a-z]{2,7})\b(?:/[^\s,;)]*)?)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<word>'?[^\W\d_]+(?:['-][^\W\d_]+)*)|(?P<sign>[^\s\w])"
)
_SILENT: Final = frozenset(",.:;()[]-!/*\u2026|\u00b7\u2022" + BADGE)
_LABELS: Final = frozenset(("contact", "kontakt", "contacto", "email"))
"""Words behind which a colon makes an address a label, and not an order to write there."""

_TOUCHES: Final = re.compile(
    r"\b(?:use[ds]?|using|cop(?:y|ies|ied)|quot\w+|excerpts?|commercial\w*|print\w*|newsletters?|credit\w*|source|links?"
    r"|appl(?:y|ies)|except\w*|exclu\w+|inclu\w+|unless|only|terms|conditions?|allow\w*|free|above|below|offer"
    r"|this (?:article|text|post|story|piece|notice|permission)|our (?:articles?|texts?|posts?|stor\w+|content|work)"
    r"|(?:cet|ce|nos|notre) (?:articles?|textes?|contenus?)|citer|sauf|conditions?|gratuit\w*|uniquement|seulement"
    r"|(?:diese\w*|unser\w*) (?:artikel\w*|text\w*|beitra\w+)|ausser|nur|nutz\w+|verwend\w+|quelle"
    r"|(?:este|nuestr\w+) (?:articulos?|textos?)|salvo|solo|excepto|citar|uso"
    r"|photo\w*|images?|pictures?|illustrations?|foto\w*|bild\w*|imagen\w*|subscri\w+|members?)\b|:$"
)
_LETTERS: Final = ("by", "nc", "nd", "sa")
_NEAR, _SHORT, _LONGEST_NAME, _HEADING = 1, 2, 6, 8


@dataclass(frozen=True, slots=True)
class Doubt:
    """A clause that is not understood, and its words from the first one that the grammar cannot follow."""

    said: Said
    words: str


@dataclass(frozen=True, slots=True)
class Understood:
    """The kinds of each clause that is understood, by its position among all; and the doubts."""

    kinds: dict[int, frozenset[str]]
    doubts: tuple[Doubt, ...]

    @property
    def permits(self) -> bool:
        """True if a clause that is understood gives something."""
        return any(kinds & {"grant", "licence"} for kinds in self.kinds.values())


def understood(all_said: Sequence[Said]) -> Understood:
    """What of these clauses the grammar covers. A clause whose part in the reading is another one is a doubt too."""
    asked = set(_asked(all_said))
    parts = {at: tokens(all_said[at]) for at in asked}
    selves = _selves(all_said)
    kinds: dict[int, frozenset[str]] = {}
    doubts: list[Doubt] = []
    for at in sorted(asked):
        one = all_said[at]
        question = _question(all_said, parts, at)
        found, furthest = _kinds((*question, *parts[at]), selves)
        if not parts[at] or (found and _agrees(one, found)):
            kinds[at] = found
        else:
            doubts.append(Doubt(one, _rest(one, parts[at], 0 if found else max(0, furthest - len(question)))))
    return Understood(kinds, tuple(doubts))


def _question(all_said: Sequence[Said], parts: Mapping[int, tuple[Token, ...]], at: int) -> tuple[Token, ...]:
    """The words of a short question that a clause answers ("Questions? Write to us."); none if there is none."""
    before = parts.get(at - 1, ())
    asked = (
        len(before) in (_SHORT, _SHORT + 1)
        and before[-1].text == "?"
        and all_said[at - 1].notice == all_said[at].notice
    )
    return before if asked else ()


def heads(one: Said) -> bool:
    """True for a heading ("Republish our stories"): it permits nothing without the sentences under it."""
    words = tokens(one)
    return len(words) <= _HEADING and _kinds(words, frozenset())[0] == {"neutral"}


# ------------------------------------------------------------------------------------------------ which clauses


def _asked(all_said: Sequence[Said]) -> Iterator[int]:
    """The clauses that have to be understood."""
    grants = {
        (one.notice, one.clause.paragraph)
        for one in all_said
        if one.role == "grant" or LICENCE["named"].search(one.text)
    } | {(one.notice, one.clause.paragraph) for one in all_said if any(by_url(a.href) for a in one.clause.anchors)}
    for at, one in enumerate(all_said):
        paragraph = one.clause.paragraph
        near = any((one.notice, n) in grants for n in range(paragraph - _NEAR, paragraph + _NEAR + 1))
        if (
            one.place != "body"
            or (one.notice, paragraph) in grants
            or sparks(one.text)
            or (near and _TOUCHES.search(one.text))
        ):
            yield at


# ------------------------------------------------------------------------------------------------ words


def tokens(one: Said) -> tuple[Token, ...]:
    """The words of a clause; a link to a licence stands behind the words that it is set on."""
    linked = {anchor.end for anchor in one.clause.anchors if by_url(anchor.href)}
    found: list[Token] = []
    for match in _TOKEN.finditer(one.text):
        label = match[0] == ":" and bool(found) and found[-1].text in _LABELS
        found += [token for token in _parts(one, match) if label or token.text not in _SILENT]
        ending = [end for end in linked if end <= match.end()]
        linked -= set(ending)
        if ending and not (found and found[-1].kind == "linked"):
            found.append(Token("", "linked", capital=False, start=match.end(), end=match.end()))
    return tuple(found)


def _parts(one: Said, match: re.Match[str]) -> Iterable[Token]:
    """The tokens of a match: one, or the parts of a word with hyphens that no language writes as one."""
    kind, text, start = match.lastgroup or "", match[0], match.start()
    if kind == "url":
        address = text.rstrip(".,;:")
        yield Token(address, "linked" if by_url(address) else "url", capital=False, start=start, end=match.end())
        return
    if kind != "word" or "-" not in text:
        plain = '"' if text == "'" else text
        yield Token(plain, kind, capital=_capital(one, start), start=start, end=match.end())
        return
    whole = text.replace("-", "")
    if any(whole in grammar(language).words for language in LANGUAGES):
        yield Token(whole, kind, capital=_capital(one, start), start=start, end=match.end())
        return
    for part in re.finditer("[^-]+", text):
        at = start + part.start()
        yield Token(part[0], kind, capital=_capital(one, at), start=at, end=start + part.end())


def _capital(one: Said, at: int) -> bool:
    shown = one.clause.letters[at]
    return shown[:1].isupper() or shown[:1].isdecimal()


def _rest(one: Said, parts: Sequence[Token], furthest: int) -> str:
    """The words from the first one that is not understood, as a reader sees them."""
    at = parts[min(furthest, len(parts) - 1)].start
    return " ".join(one.clause.shown(at, len(one.text)).split())


# ------------------------------------------------------------------------------------------------ who speaks


_BEFORE_NAME: Final = re.compile(
    r"(?:\u00a9|\(c\)|copyright|original source of this article is)[ ,\d:\u00a9-]*(?:by )?"
)
_ADDRESS: Final = re.compile(r"@([\w.-]+)|https?://([\w.-]+)|\b((?:[\w-]+\.)+[a-z]{2,7})\b")
_TELLING: Final = 4


def _selves(all_said: Sequence[Said]) -> frozenset[str]:
    """Names of whoever speaks: those in copyright lines, and those that an address of the notices repeats."""
    found = (_ADDRESS.finditer(_with_links(one)) for one in all_said)
    hosts = " ".join("".join(match.groups("")) for each in found for match in each).replace("-", "")
    return frozenset(name for one in all_said for name in _names(one, hosts))


def _names(one: Said, hosts: str) -> Iterator[str]:
    """The names of one clause that are whoever speaks; one that begins another one is there too."""
    words = tokens(one)
    held = {match.end() for match in _BEFORE_NAME.finditer(one.text)}
    for start, first in enumerate(words):
        for end in range(start + 1, min(start + _LONGEST_NAME, len(words)) + 1):
            name = own(words[start:end])
            word = name.partition(" ")[0]
            telling = word if len(word) >= _TELLING else name.replace(" ", "")
            known = len(telling) >= _TELLING and telling in hosts
            if first.capital and words[end - 1].capital and (first.start in held or known):
                yield name


def _with_links(one: Said) -> str:
    return " ".join([one.text, *(anchor.href for anchor in one.clause.anchors)])


# ------------------------------------------------------------------------------------------------ kinds


def _kinds(parts: Sequence[Token], selves: frozenset[str]) -> tuple[frozenset[str], int]:
    """The kinds of a clause in any one language; and how many of its words were followed."""
    read = [grammar(language).kinds(parts, selves) for language in LANGUAGES]
    found = next((kinds for kinds, _ in read if kinds), frozenset())
    return found, max(reached for _, reached in read)


def _agrees(one: Said, kinds: frozenset[str]) -> bool:
    """True if the reading and the grammar agree about a clause: what it gives, what it refuses, which licence it is."""
    gives = one.role != "grant" or kinds & {"grant", "licence", "neutral"}
    refuses = "refuse" not in kinds or one.role in ("refuse", "ask")
    return bool(gives and refuses) and not _other_licence(one)


def _other_licence(one: Said) -> bool:
    """True if the words of a clause name another licence than its link."""
    linked = [licence for anchor in one.clause.anchors if (licence := by_url(anchor.href))]
    text = re.sub(r"https?://\S+", " ", one.text)
    match = LICENCE["named"].search(text)
    if not linked or not match:
        return False
    words = text[match.start() : match.start() + 160]
    if LICENCE["zero"].search(words):
        return not any(licence.id.startswith("CC0") for licence in linked)
    letters = {letter for letter in _LETTERS if LICENCE[letter].search(words)}
    version = LICENCE["version"].search(words)
    return not any(_is(licence.id, letters, version["version"] if version else "") for licence in linked)


def _is(id_: str, letters: set[str], version: str) -> bool:
    """True if a licence's id has these letters, if any are told, and this version, if one is."""
    parts = id_.lower().replace("licenseref-", "").split("-")
    its = {letter for letter in _LETTERS if letter in parts}
    return (not letters or letters == its) and (not version or version in parts)
