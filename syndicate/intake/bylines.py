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
from datetime import UTC, datetime

from syndicate.intake.markup import Block
from syndicate.model import Claim, Evidence, Level

KIND = "by-line"

_FIRST = 3  # blocks in which a by-line stands
_MONTHS = (
    "january janvier januar enero jan janv ene",
    "february février februar febrero feb févr",
    "march mars märz marzo mar",
    "april avril abril apr avr abr",
    "may mai mayo",
    "june juin juni junio jun",
    "july juillet juli julio jul juil",
    "august août agosto aug ago",
    "september septembre septiembre setiembre sept sep",
    "october octobre oktober octubre oct okt",
    "november novembre noviembre nov",
    "december décembre dezember diciembre dec déc dez dic",
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_MONTH = rf"(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\.?"
_DATES = (  # "@" is where a date's groups get their name
    rf"(?P<@month>{_MONTH})\s(?P<@day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<@year>\d{{4}})",
    rf"(?P<@day2>\d{{1,2}})(?:\.|er|st|nd|rd|th|º)?\s(?:de\s)?(?P<@month2>{_MONTH}),?\s(?:del?\s)?(?P<@year2>\d{{4}})",
    r"(?P<@year3>\d{4})-(?P<@month3>\d\d)-(?P<@day3>\d\d)",
    r"(?P<@day4>\d{1,2})\.\s?(?P<@month4>\d{1,2})\.\s?(?P<@year4>\d{4})",
)
_BETWEEN = r"[\s,;|·•()–—-]*"


def _date(name: str) -> str:
    """A date as a pattern whose groups begin with a name."""
    return rf"(?:(?:on|le|am|el|vom|den)\s)?(?:{'|'.join(_DATES).replace('@', name)})"


_TWO = _BETWEEN.join((r"(?P<name>[^\n,;|·•()\d]{2,80}?)", _date("b")))
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
    for own in sorted(filter(None, names), key=len, reverse=True):
        pattern = _BETWEEN.join((_ONE + re.escape(own), _date("a"), _TWO))
        match = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
        name = match["name"].strip() if match else ""
        if match and _is_outlet(name, names):
            links = (link.href for block in head for link in block.links if name in block.text[link.start : link.end])
            url = next(links, "")
            if not (url and is_own(url)):
                evidence = Evidence(KIND, Level.ITEM, " ".join(match[0].split()), "body, by-line", document)
                yield Claim(KIND, name, url, "", evidence, _moment(match))
            return


def _is_outlet(name: str, names: frozenset[str]) -> bool:
    return name.lower() not in names and not name[0].islower() and not _NO_OUTLET.match(name)


def _moment(match: re.Match[str]) -> datetime | None:
    """The second date, at midnight; None if there is no such day."""
    found = match.groupdict()
    year, month, day = (
        next(found[f"b{part}{form}"] for form in ("", "2", "3", "4") if found[f"b{part}{form}"])
        for part in ("year", "month", "day")
    )
    number = int(month) if month.isdigit() else _NUMBERS[month.lower().rstrip(".")]
    try:
        return datetime(int(year), number, int(day), tzinfo=UTC)
    except ValueError:
        return None
