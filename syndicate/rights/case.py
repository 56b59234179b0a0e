# SPDX-License-Identifier: Apache-2.0
"""One item with its hops and their publishers: what duties are made of, and the pages that have to be linked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.model import Hop, Item, Publisher
from syndicate.rights.addresses import leads_elsewhere, url_key
from syndicate.rights.rulings import Ruling
from syndicate.rights.texts import filled


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
    otherwise the holder's page comes first. Without any page the publisher's home is linked. A redirector's address is
    no page: where its page was read, the address that it led to stands for it.
    """
    pages = [hop.url for hop in case.hops[:-1]]
    own = _read_at(case.item) if leads_elsewhere(case.item.url) else case.item.url
    copy_first = any(r.crossposts for r in rulings) or not case.origin_known
    homes = [p.home for p in reversed(case.publishers) if p]
    urls = [u for u in ([own, *pages] if copy_first else [*pages, own]) if url_key(u) and not leads_elsewhere(u)]
    if not urls and leads_elsewhere(case.item.url):
        return ()
    return tuple(dict.fromkeys(urls or [home for home in homes if url_key(home)][:1]))


def _read_at(item: Item) -> str:
    """Where the item's page was found when it was read; "" if it was not."""
    return next((e.value for e in item.evidence if e.kind == "page.address"), "")


def filled_words(case: Case, words: str) -> str:
    """Words that a publisher fixed, with names, title and date of the item in them; what is to be linked in brackets.

    Where the words mark nothing, the name of the outlet is to be linked.
    """
    origin = case.hops[0]
    date = origin.date or case.item.published
    values = {
        "author": listed([person.name for person in case.item.authors]) or origin.name,
        "source": origin.name,
        "title": case.item.title,
        "date": f"{date.day} {date:%B %Y}" if date else "",
    }
    return filled(words, values, origin.name)


def listed(names: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``; "" for none."""
    *most, last = names or [""]
    return f"{', '.join(most)} and {last}" if most else last
