# SPDX-License-Identifier: Apache-2.0
"""By-lines that name two outlets, and datelines that name an agency: credits without a sentence.

"By AUTHOR, REPUBLISHER, date" and right below it "ORIGIN, date": two appearances, each with its own date. Only a line
that names the publisher itself with a date, and another outlet with a date behind it, says so; and an agency only where
it stands as agencies do, between place and text or as a whole line of a service.
"""
# ruff: noqa: RUF001 -- dashes and apostrophes as publishers write them

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from syndicate.intake import days
from syndicate.intake.markup import Block
from syndicate.model import Claim, Evidence, Level

KIND = "by-line"

_FIRST = 3  # blocks in which a by-line stands
_BETWEEN = r"[\s,;|·•()–—-]*"


_TWO = _BETWEEN.join((r"(?P<name>[^\n,;|·•()\d]{2,80}?)", days.pattern("b")))
_ONE = r"^\s*(?:by|von|par|por)\s[^\n]{2,120}?[\s,|·–—-]"
_NO_OUTLET = re.compile(
    r"(?:last\s)?(?:updated?|published|posted|modified|corrected|read|share|comments?)\b|"
    r"(?:zuletzt\s)?(?:aktualisiert|veröffentlicht|geändert|stand)\b|(?:mis(?:e)?\sà\sjour|publiée?|modifiée?)\b|"
    r"(?:actualizad[oa]|publicad[oa]|modificad[oa])\b",
    re.IGNORECASE,
)
_AGENCIES = {
    "AFP": "Agence France-Presse",
    "ANSA": "ANSA",
    "AP": "Associated Press",
    "dpa": "dpa",
    "EFE": "EFE",
    "IANS": "IANS",
    "KNA": "KNA",
    "epd": "epd",
    "PTI": "PTI",
    "Reuters": "Reuters",
    "REUTERS": "Reuters",
    "UPI": "UPI",
    "Xinhua": "Xinhua",
    "BUSINESS WIRE": "Business Wire",
    "GLOBE NEWSWIRE": "GlobeNewswire",
    "ots": "news aktuell",
    "PRNewswire": "PR Newswire",
}
_AGENCY = "|".join(map(re.escape, _AGENCIES))
_DATELINE = re.compile(
    rf"^\s*(?:[^\n()]{{2,60}}?[\s–—-])?(?:\((?P<one>{_AGENCY})\)|/(?P<two>{_AGENCY})/|\((?P<three>{_AGENCY})/[A-Za-z]+\))\s*[-–—:]"
)


def bylines(
    shown: Sequence[Block], names: frozenset[str], is_own: Callable[[str], bool], document: str
) -> Iterator[Claim]:
    """What the head of a body claims of an origin. ``names`` are the publisher's own, in lower case."""
    head = [block for block in shown if not block.figure][:_FIRST]
    yield from _two_outlets(head, names, is_own, document)
    for number, block in enumerate(head, start=1):
        match = _DATELINE.match(block.text)
        if match:
            agency = _AGENCIES[match["one"] or match["two"] or match["three"]]
            if agency.lower() not in names:
                evidence = Evidence(KIND, Level.ITEM, " ".join(match[0].split()), f"body, block {number}", document)
                yield Claim(KIND, agency, "", "", evidence)
            return


def _two_outlets(
    head: Sequence[Block], names: frozenset[str], is_own: Callable[[str], bool], document: str
) -> Iterator[Claim]:
    text = "\n".join(block.text for block in head)
    shown = text.lower()  # a pattern is made only for a name that stands there: that takes milliseconds
    for own in sorted((name for name in names if name and name in shown), key=len, reverse=True):
        pattern = _BETWEEN.join((_ONE + re.escape(own), days.pattern("a"), _TWO))
        match = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
        name = match["name"].strip() if match else ""
        if match and _is_outlet(name, names):
            links = (link.href for block in head for link in block.links if name in block.text[link.start : link.end])
            url = next(links, "")
            if not (url and is_own(url)):
                evidence = Evidence(KIND, Level.ITEM, " ".join(match[0].split()), "body, by-line", document)
                yield Claim(KIND, name, url, "", evidence, days.moment(match, "b"))
            return


def _is_outlet(name: str, names: frozenset[str]) -> bool:
    return name.lower() not in names and not name[0].islower() and not _NO_OUTLET.match(name)
