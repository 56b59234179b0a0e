# SPDX-License-Identifier: Apache-2.0
"""What must be done in return for carrying an item: the duties of a decision, each with all that a verifier needs.

A credit and a link are always owed; the rest is owed where text is carried. Duties of all parties add up.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Final

from syndicate.model import Duty, Evidence, Hop, Item, Level, Limit, Mode, Publisher
from syndicate.rights.addresses import url_key
from syndicate.rights.rulings import Ruling
from syndicate.rights.statements import CREDIT_KINDS, HOLDER_KINDS, YEAR_KINDS, copyright_line, in_order, named

EXCERPT_NOTE: Final = "This is an excerpt."

_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_MEDIA_FILE = re.compile(
    r".+\.(?:mp4|m4v|webm|mov|avi|mkv|ogv|mp3|m4a|ogg|oga|opus|wav|flac)\b(?:\?.*)?", re.IGNORECASE
)
_MEDIA_TAGS = frozenset({"img", "video", "audio", "source", "track", "iframe", "embed", "object"})


@dataclass(frozen=True, slots=True)
class Case:
    """One item with its hops, their publishers and the time: what duties are made of."""

    item: Item
    hops: tuple[Hop, ...]
    origin_known: bool
    publishers: tuple[Publisher | None, ...]
    now: datetime


def targets(case: Case, rulings: Sequence[Ruling]) -> tuple[str, ...]:
    """The addresses to link, the required one first; none if there is no address at all.

    A grant over cross-posts asks for the republisher's article, and so does a copy whose origin we do not hold;
    otherwise the holder's page comes first. Without any page the publisher's home is linked.
    """
    pages = [hop.url for hop in case.hops[:-1]]
    own = case.item.url
    copy_first = any(r.crossposts for r in rulings) or not case.origin_known
    homes = [p.home for p in reversed(case.publishers) if p]
    urls = [u for u in ([own, *pages] if copy_first else [*pages, own]) if url_key(u)]
    return tuple(dict.fromkeys(urls or [home for home in homes if url_key(home)][:1]))


def duties_of(case: Case, rulings: Sequence[Ruling], mode: Mode, limit: Limit) -> tuple[Duty, ...]:
    """The duties of a decision, in the order of their ids."""
    if mode is Mode.WITHHOLD:
        return ()
    owed = [_credit(case, rulings), _link(case, rulings)]
    if mode > Mode.LINK:
        owed += [*_copyright(case, rulings), *_licences(rulings), *_notices(case, rulings), *_assets(case.item)]
        owed += _unmodified(rulings, mode)
    if mode is Mode.EXCERPT:
        owed += [_duty(rulings, "O9", texts=(EXCERPT_NOTE,)), Duty("O21", asked_by=_limited_by(rulings, limit))]
    return tuple(sorted(owed, key=lambda duty: int(duty.id[1:])))


def _duty(
    rulings: Sequence[Ruling], id_: str, *, texts: tuple[str, ...] = (), url: str = "", also: tuple[str, ...] = ()
) -> Duty:
    """A duty with the first who asks for it."""
    return Duty(id_, texts, url, also, next((r.asked_by for r in rulings if id_ in r.duties), "house"))


def _credit(case: Case, rulings: Sequence[Ruling]) -> Duty:
    names = [*(person.name for person in case.item.authors), *(hop.name for hop in case.hops)]
    return _duty(rulings, "O1", texts=tuple(dict.fromkeys(name.strip() for name in names if name.strip())))


def _link(case: Case, rulings: Sequence[Ruling]) -> Duty:
    required, *others = targets(case, rulings)
    return _duty(rulings, "O3", url=required, also=tuple(others))


# ------------------------------------------------------------------------------------------------ notices


def _copyright(case: Case, rulings: Sequence[Ruling]) -> Iterator[Duty]:
    """The line as supplied; where none was and one is asked, the sign, the year and the holder, as far as stated."""
    line = _supplied_line(case)
    if line or any("O2" in r.duties for r in rulings):
        origin = case.hops[0]
        date = origin.date or case.item.published or case.now
        year = named(YEAR_KINDS, origin.evidence)[:4] or date.year
        holder = named(HOLDER_KINDS, origin.evidence) or origin.name
        yield _duty(rulings, "O2", texts=(line or f"© {year} {holder}",))


def _supplied_line(case: Case) -> str:
    """What stands on the origin's item, else on the copy about the origin, else on the origin's feed.

    Never the republisher's line for itself.
    """
    origin, *later = case.hops
    on_item = copyright_line(e for e in origin.evidence if e.level is Level.ITEM)
    if on_item or not later:
        return on_item or copyright_line(origin.evidence)
    on_copy = [e for e in later[-1].evidence if e.level is Level.ITEM]
    about = copyright_line(e for e in on_copy if e.kind == "credit-line" or _is_about(e, origin, later[-1]))
    return about or copyright_line(origin.evidence)


def _is_about(evidence: Evidence, origin: Hop, copy: Hop) -> bool:
    words = evidence.value.casefold()
    return origin.name.casefold() in words or copy.name.casefold() not in words


def _licences(rulings: Sequence[Ruling]) -> Iterator[Duty]:
    """One for each licence that the permission rests on. A dedication asks for none, but readers may want to know."""
    found = {r.licence.url: r.licence for r in rulings if r.licence and r.licence.url}
    for licence in found.values():
        asked_by = licence.id if "O4" in licence.duties else "house"
        yield Duty("O4", texts=(licence.name,), url=licence.url, asked_by=asked_by)


def _notices(case: Case, rulings: Sequence[Ruling]) -> Iterator[Duty]:
    stated = (e for hop in (case.hops[0], case.hops[-1]) for e in hop.evidence)
    found = in_order(e for e in stated if e.kind == "body.disclaimer" or e.kind in CREDIT_KINDS)
    if found:
        yield _duty(rulings, "O5", texts=tuple(dict.fromkeys(e.value for e in found)))


def _unmodified(rulings: Sequence[Ruling], mode: Mode) -> list[Duty]:
    """Asked by licence or record, and by the house for every excerpt: a cut is the only change."""
    return [_duty(rulings, "O6")] if mode is Mode.EXCERPT or any("O6" in r.duties for r in rulings) else []


def _limited_by(rulings: Sequence[Ruling], limit: Limit) -> str:
    return next((r.asked_by for r in rulings if r.limit == limit), "house")


# ------------------------------------------------------------------------------------------------ assets


class _Assets(HTMLParser):
    """Collects the addresses of pictures, audio, video and frames, and those that are linked."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for every start tag, empty elements included."""
        if tag in _MEDIA_TAGS:
            self.urls += [value for name, value in attrs if name in ("src", "data", "poster") and value]
        self.links += [value for name, value in attrs if name == "href" and value]


def _assets(item: Item) -> Iterator[Duty]:
    """Enclosures, embedded media and bare addresses of media files: their own terms are unknown, so links only."""
    urls = dict.fromkeys(url for url in _media(item) if url_key(url))
    if urls:
        yield Duty("O15", also=tuple(urls))


def _media(item: Item) -> Iterable[str]:
    reader = _Assets()
    reader.feed(item.html)
    reader.close()
    yield from (enclosure.url for enclosure in item.enclosures)
    yield from (link.href for link in item.links if link.rel == "enclosure")
    yield from reader.urls
    yield from _files(" ".join((*reader.links, item.text)))


def _files(text: str) -> Iterator[str]:
    """Addresses of media files in a text, without what punctuation follows them."""
    for address in _ADDRESS.findall(text):
        if found := _MEDIA_FILE.match(address):
            yield found[0]
