# SPDX-License-Identifier: Apache-2.0
"""Adds and removes sources that do not stand in the configuration."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from syndicate.errors import UsageError
from syndicate.model import Publisher, Source
from syndicate.pipeline import suggesting
from syndicate.pipeline.discover import Heard
from syndicate.rights.directory import Directory
from syndicate.store import LedgerKind, Store

ID_LENGTH = 40
"""Characters of an id that is made from a name."""


class House:
    """The sources and publishers that there are, and which of the sources were added by command."""

    def __init__(
        self,
        sources: Iterable[Source],
        publishers: Mapping[str, Publisher],
        added: frozenset[str],
        host_of: Callable[[str], str],
    ) -> None:
        """``host_of`` names the host that an address burdens."""
        self.sources = list(sources)
        self.publishers = dict(publishers)
        self.added = added
        self.host_of = host_of
        self.by_url = {source.url: source.id for source in self.sources}
        self.ids = {source.id for source in self.sources}
        self._directory = Directory(self.publishers.values())

    def take(self, source: Source) -> None:
        """One more source."""
        self.sources.append(source)
        self.by_url[source.url] = source.id
        self.ids.add(source.id)
        if source.publisher.id not in self.publishers:
            self.publishers[source.publisher.id] = source.publisher
            self._directory.add(source.publisher)

    def owner(self, home: str) -> Publisher | None:
        """The publisher under whose home an address lies."""
        return self._directory.owner(home)


@dataclass(frozen=True, slots=True)
class Wish:
    """A source that somebody wants: only the address has to be given; "" lets us choose. ``every`` is in seconds."""

    url: str
    title: str = ""
    home: str = ""
    id: str = ""
    publisher_id: str = ""
    name: str = ""
    every: int = 0


def chosen(house: House, wish: Wish) -> Source:
    """The source that would be added: its id, and its publisher, a known one if the feed lies under its home.

    Raises UsageError if the address is polled already, or an id that was named is taken.
    """
    for source in house.sources:
        if source.url == wish.url:
            raise UsageError(
                "is polled already", subject=wish.url, remedy=f"see `syndicate list`; its id is {source.id}"
            )
    ids = {source.id for source in house.sources}
    if wish.id in ids:
        raise UsageError("is the id of another source", subject=wish.id, remedy="choose another with --id")
    publisher = _publisher(house, wish)
    id_ = wish.id or _free(publisher.id, house.ids)
    return Source(id_, wish.url, publisher, wish.every or Source("", "", publisher).every)


def imported(house: House, wish: Wish) -> Source | None:
    """The source of a line of a list, under its own id if that is free; None if its address is polled already."""
    if wish.url in house.by_url:
        return None
    free = slug(wish.id) == wish.id and wish.id not in house.ids
    return chosen(house, wish if free else replace(wish, id=""))


def add(store: Store, house: House, sources: Sequence[Source], now: datetime, heard: Iterable[Heard] = ()) -> None:
    """Add sources; they are due now. What was ``heard`` of their terms waits as suggestions for a person."""
    with store.write() as tx:
        tx.additions.put(sources, now)
        tx.sources.put(sources, now, house.host_of)
        for source in sources:
            data = {"what": "added", "text": source.url, "publisher": source.publisher.id}
            tx.ledger.record(LedgerKind.SOURCE, at=now, subject=source.id, data=data)
        for one in heard:
            for source in sources:
                suggesting.suggest(tx, suggesting.Found(source.publisher.id, one.url, one.notices), now)


def remove(store: Store, house: House, source_id: str, now: datetime) -> None:
    """Poll a source that was added no more, and forget that it was; its items stay. Raises UsageError."""
    if source_id not in house.added:
        if source_id in house.ids:
            raise UsageError("stands in the configuration", subject=source_id, remedy="take it out of sources there")
        remedy = f"one of: {', '.join(sorted(house.added))}" if house.added else "no source was added by command"
        raise UsageError("no such source", subject=source_id, remedy=remedy)
    with store.write() as tx:
        tx.additions.drop(source_id)
        tx.sources.drop([source_id], now)
        tx.ledger.record(LedgerKind.SOURCE, at=now, subject=source_id, data={"what": "removed", "text": ""})


def _publisher(house: House, wish: Wish) -> Publisher:
    home = wish.home or urljoin(wish.url, "/")
    if wish.publisher_id in house.publishers:
        return house.publishers[wish.publisher_id]
    if not wish.publisher_id and (owner := house.owner(home)):
        return owner
    name = wish.name or wish.title or urlsplit(home).hostname or wish.url
    id_ = wish.publisher_id or _free(slug(_site(house.host_of(home))) or slug(name), house.publishers.keys())
    return Publisher(id_, name, home)


def _site(host: str) -> str:
    """A site in short: its registered name without what follows; "" for a bare name or an address in figures."""
    name, dot, last = host.partition(".")
    return "" if not dot or last.rpartition(".")[2].isdigit() else name


def slug(text: str) -> str:
    """An id made from a name: letters and figures without accents, in lower case, joined by hyphens; "" for none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:ID_LENGTH].strip("-")


def _free(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3``, ... that is free."""
    known, base = set(taken), wanted or "source"
    number, id_ = 1, base
    while id_ in known:
        number += 1
        id_ = f"{base}-{number}"
    return id_
