# SPDX-License-Identifier: Apache-2.0
"""Words in a body that say where a text came from and whose it is: credit lines, copyright lines, disclaimers.

Reads blocks, never decides. A credit line needs a phrase at the start of a sentence and, close behind it, a link or, in
a short block near either end of the body, a name. A credit that leads back to the publisher itself is none.
"""
# ruff: noqa: RUF001 -- punctuation of other scripts ends sentences too

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from syndicate.intake import phrases
from syndicate.intake.days import only_day
from syndicate.intake.markup import Block, BodyLink, as_html, one_line_of
from syndicate.model import Claim, Evidence, Level

_START = r"(?:^|(?<=[.!?…。！？」\n])\s*|(?<=[.!?:)\]»”\"*—–|-])\s+|(?<=[(\[*]))"
_JUNK = r"[\s\"'“”«»„*_(\[>•—–-]*"


def _sentences(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"{_START}{_JUNK}(?:{'|'.join(patterns)})", re.IGNORECASE)


_CREDITS = _sentences(phrases.CREDITS)
_SOURCES = _sentences(phrases.SOURCES)
_CONTINUES = _sentences(phrases.CONTINUES)
_OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2c00-\uffff]")  # letters that are not Latin
_POSTS = re.compile("|".join(rf"^{_JUNK}{a}\s.{{0,300}}?\s?{b}\b" for a, b in phrases.POSTS), re.IGNORECASE | re.DOTALL)
_FOOTER = re.compile(rf"{_JUNK}the\spost\s[^.!?\n]*first", re.IGNORECASE)
_OWN_PRODUCT = re.compile(r"\bnewsletter\b", re.IGNORECASE)  # "first appeared in our newsletter": of the same house
_PERMITTED = re.compile(r"\b(?:may|can|must|cannot|not|should|be)\b", re.IGNORECASE)  # "may be reprinted from ..."
_COPYRIGHT = re.compile(
    r"(?<!\w)(?:copyright\s*(?:©|\(c\)|(?=\d{4})|by\b)|©|ⓒ|\(c\)(?=\s*\d{4}))"
    r"(?:[^.。\n]|\.(?=\S)|(?-i:(?<=\b[A-Z])|(?<=\b[A-Z][a-z]))\.){0,200}?[^\s.。\n]"
    r"(?:(?-i:(?<!\b[A-Z])(?<!\b[A-Z][a-z]))[.](?=\s)|[.]$|。|(?=\n)|$)"
    rf"(?:\s*{phrases.RESERVED}[^.。\n]{{0,40}}[.。]?)?",
    re.IGNORECASE,
)
_SIGNS = ("copyright", "©", "ⓒ", "(c)")  # one of which stands in every copyright line
_RESERVED = re.compile(rf"{_START}{phrases.RESERVED}[^.。\n]{{0,40}}[.。]?", re.IGNORECASE)
_DISCLAIMER = re.compile(rf"{_START}(?:{'|'.join(phrases.DISCLAIMERS)})[^.\n]*(?:\.|$)", re.IGNORECASE)
_PICTURE = re.compile(rf"\b{phrases.PICTURES}\b", re.IGNORECASE)
_NAME_ENDS = re.compile(
    r"[.!?](?=\s|$)|[。！？;；|\n]|\s*[©(\[（]|\s*copyright\b|,\s|"
    r"\s(?:on|am|le|el|il|op|em|den|vom|в|на|у)\s(?=\d|the\s\d)|\s\d{1,2}[./ ]|"
    r"\s(?:under|with|and\s(?:is|was|has)|where|who|which|as\s(?:part|an?|one)|in\s(?:its|their))\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_QUOTES = " \t\n\"'“”«»„‘’:：,.;*_[]()–—-"

_NEAR = 60  # characters between a phrase and its link
_SHORT = 200  # a block that may credit without a link
_HEADING = 80
_ASSET = re.compile(
    rf"(?:[^\W\d_]+\W+){{0,2}}?(?:{phrases.PICTURES}|\w*bild(?:er)?|info-?graphics?|maps?|charts?|karte|audio|videos?|films?|"
    r"music|songs?|podcasts?|data ?sets?|data|code|software|fonts?|icons?)\b",
    re.IGNORECASE,
)
_LONG = 900  # only this much of a block's start and end is searched
_NOTICE = 400  # a block that may hold a copyright line
_FIRST, _LAST = 2, 6  # blocks near the ends of a body
_LONGEST_NAME = 80
_SMALL = 3  # letters of words that stand in the midst of names as they are: of, the, der, les, del


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the bodies of one source. ``is_own`` tells its own pages; ``names`` are its own, in lower case."""

    is_own: Callable[[str], bool]
    names: frozenset[str]
    document: str

    def claims(self, shown: Sequence[Block]) -> tuple[Claim, ...]:
        """The credit lines of a body, each target once, in order."""
        found: dict[tuple[str, str], Claim] = {}
        for number, block in enumerate(shown, start=1):
            claim = None if block.figure else self._claim(block, number, len(shown))
            if claim:
                found.setdefault((claim.url, claim.url or claim.name.lower()), claim)
        linked = {claim.name.lower() for claim in found.values() if claim.url}
        return tuple(claim for claim in found.values() if claim.url or claim.name.lower() not in linked)

    def statements(self, shown: Sequence[Block]) -> tuple[Evidence, ...]:
        """Copyright lines, disclaimers and licence links of a body, level ITEM; those of pictures left out.

        A licence link comes with the words of its block, without which nobody can tell what it is about.
        """
        links = (
            Evidence(kind, Level.ITEM, link.href, f"body, block {number}", self.document, words)
            for number, block in enumerate(shown, start=1)
            if not block.figure
            for link in block.links
            if "license" in link.rel.split()
            for kind, words in (_licence(block, shown[number - 2] if number > 1 else None),)
        )
        said = (
            Evidence(kind, Level.ITEM, value, f"body, block {number}", self.document)
            for number, block in enumerate(shown, start=1)
            if not block.figure
            for kind, value in _statements(block, near_end=number <= _FIRST or number > len(shown) - _LAST)
        )
        return (*links, *said)

    def _claim(self, block: Block, number: int, count: int) -> Claim | None:
        near_end = number > count - _LAST
        outward = any(not self.is_own(link.href) for link in block.links)
        credits_ = may_have(block.text, phrases.CREDIT_STEMS)
        credit = self._linked(block, _CREDITS) if outward and credits_ else None
        credit = credit or (self._linked(block, _POSTS) if outward else None)
        if not credit and near_end and outward:
            credit = self._continued(block)
        if not credit and credits_ and (near_end or number <= _FIRST) and len(block.text) < _SHORT:
            credit = self._named(block, _CREDITS)
        credit = credit or self._sourced(block, last=number > count - _FIRST)
        if not credit:
            return None
        name, url = credit
        line = one_line_of(block)
        evidence = Evidence("credit-line", Level.ITEM, line, f"body, block {number}", self.document)
        return Claim("credit-line", name, url, "", evidence, only_day(line) if len(line) < _SHORT else None)

    def _linked(self, block: Block, pattern: re.Pattern[str], near: int = _NEAR) -> tuple[str, str] | None:
        for match in _matches(pattern, block.text) if block.links else ():
            link = _link_after(block, match, near)
            if link and not self.is_own(link.href):
                return _link_name(block, link, match.end()), self._article(block, link).href
        return None

    def _article(self, block: Block, named: BodyLink) -> BodyLink:
        """The link to the article where the name leads to a home page and both stand in the credit line."""
        if urlsplit(named.href).path not in ("", "/"):
            return named
        host = urlsplit(named.href).netloc
        pages = (x for x in block.links if urlsplit(x.href).netloc == host and urlsplit(x.href).path not in ("", "/"))
        return next(pages, named)

    def _continued(self, block: Block) -> tuple[str, str] | None:
        return self._linked(block, _CONTINUES, near=5) if len(block.text) < _SHORT else None

    def _named(self, block: Block, pattern: re.Pattern[str]) -> tuple[str, str] | None:
        for match in _matches(pattern, block.text):
            if _FOOTER.match(match[0]):
                continue  # a site's own line under each of its posts, which lost its link
            if any(link.end > match.start() and link.start < match.end() + _NEAR for link in block.links):
                continue  # a link stands there and was judged by its target
            rest = block.text[match.end() :].lstrip(_QUOTES)
            address = _ADDRESS.match(rest)
            if address:
                return None if self.is_own(address[0]) else (_host(address[0]), address[0])
            name = _cut_name(rest)
            if name and name.lower() not in self.names:
                return name, ""
        return None

    def _sourced(self, block: Block, *, last: bool) -> tuple[str, str] | None:
        """A line that says "Source: X": beside a copyright line, or with a link as the whole of a last line."""
        if len(block.text) >= _SHORT or not (match := _SOURCES.match(block.text)):
            return None
        if _COPYRIGHT.search(block.text):
            return self._linked(block, _SOURCES, near=5) or self._named(block, _SOURCES)
        alone = len(block.links) == 1 and block.links[0].start <= match.end() + 2
        whole = alone and not block.text[block.links[0].end :].strip(" .)")
        return self._linked(block, _SOURCES, near=5) if last and whole else None


def may_have(text: str, stems: Sequence[str]) -> bool:
    """False if a text is in Latin letters and has none of these stems: it need not be searched for their phrases."""
    lower = text.lower()
    return any(stem in lower for stem in stems) or bool(_OTHER_SCRIPT.search(text))


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches in the first and last part of a block: credits do not stand in the midst of long paragraphs."""
    parts = [(0, len(text))] if len(text) <= _LONG else [(0, _LONG // 2), (len(text) - _LONG // 2, len(text))]
    for start, end in parts:
        for match in pattern.finditer(text, start, end):
            if not _PERMITTED.search(match[0]):
                yield match


def _link_after(block: Block, match: re.Match[str], near: int) -> BodyLink | None:
    """The link that a phrase speaks of: the first behind it in the same sentence, else one around it."""
    for link in block.links:
        between = block.text[match.end() : link.start]
        if match.end() - 1 <= link.start <= match.end() + near and not re.search(r"[.!?。]\s", between):
            return link
    around = (link for link in block.links if link.start <= match.end() <= link.end and link.end > match.start())
    return next(around, None)


def _link_name(block: Block, link: BodyLink, phrase_end: int) -> str:
    text = block.text[max(link.start, min(phrase_end, link.end)) : link.end].replace("\n", " ").strip(_QUOTES)
    if not text or _ADDRESS.match(text) or len(text) > _LONGEST_NAME:
        return _host(link.href)
    return text


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _cut_name(rest: str) -> str:
    end = _NAME_ENDS.search(rest)
    name = (rest[: end.start()] if end else rest).strip(_QUOTES)
    name = re.sub(r"^(?:the|der|die|das|el|la|le|les|il|lo|o|a|de|het)\s+(?=[A-Z])", "", name)
    fits = 1 < len(name) <= _LONGEST_NAME and not _OWN_PRODUCT.search(name)
    return name if fits and _is_name(name) else ""


def _is_name(text: str) -> bool:
    """True if a text may be an outlet's name: its first word and half of the longer ones begin with a capital.

    Where there are no capitals, any word may.
    """
    words = re.findall(r"[^\W\d_]+", text)
    cased = [word for word in words if len(word) > _SMALL and word.lower() != word.upper()]
    return bool(words) and not text[0].islower() and 2 * sum(word[0].isupper() for word in cased) >= len(cased)


def is_of_asset(lead: str) -> bool:
    """True if a short block may be the heading or the credit of something that is no text: "Audio", "Map by Jo Doe"."""
    return len(lead) < _HEADING and _ASSET.match(lead) is not None


def _licence(block: Block, before: Block | None) -> tuple[str, str]:
    """The kind of a block's licence links, and its words; those at a picture or under its credit are the picture's."""
    lead = before.text.lstrip(_QUOTES) if before is not None else ""
    credited = (len(lead) < _SHORT and _PICTURE.match(lead)) or is_of_asset(lead)
    return "asset.html.rel-license" if block.apart or credited else "html.rel-license", as_html(block)


def _statements(block: Block, *, near_end: bool) -> Iterator[tuple[str, str]]:
    if len(block.text) > _NOTICE or not near_end:
        return
    if not _PICTURE.match(block.text.lstrip(_QUOTES)):
        signed = any(sign in block.text.lower() for sign in _SIGNS)
        reserved = _RESERVED.finditer(block.text) if may_have(block.text, phrases.RESERVED_STEMS) else ()
        for match in (signed and [*_COPYRIGHT.finditer(block.text)]) or reserved:
            if not _PICTURE.search(match[0]):
                yield "body.copyright", " ".join(match[0].split())
    if may_have(block.text, phrases.DISCLAIMER_STEMS):
        for match in _DISCLAIMER.finditer(block.text):
            yield "body.disclaimer", " ".join(match[0].split())
