# SPDX-License-Identifier: Apache-2.0
"""The publishers that the operator configured, found by the address of a page or by name, however many there are."""

from collections.abc import Iterable

from syndicate.model import Publisher
from syndicate.rights.addresses import page_key


class Directory:
    """Publishers by home and by name; where several share one, the first counts."""

    def __init__(self, publishers: Iterable[Publisher]) -> None:
        """In order of the configuration."""
        self._homes: dict[str, Publisher] = {}
        self._names: dict[str, Publisher] = {}
        for publisher in publishers:
            self.add(publisher)

    def add(self, publisher: Publisher) -> None:
        """One more, after the others."""
        for found, key in ((self._homes, page_key(publisher.home)), (self._names, publisher.name.casefold())):
            if key:
                found.setdefault(key, publisher)

    def owner(self, url: str, own: Publisher | None = None) -> Publisher | None:
        """The publisher whose home an address lies under, the longest home of several; ``own`` before its equals."""
        page = page_key(url)
        home = page_key(own.home) if own else ""
        while page:
            if page == home:
                return own
            if page in self._homes:
                return self._homes[page]
            page = page.rpartition("/")[0]
        return None

    def named(self, name: str, own: Publisher | None = None) -> Publisher | None:
        """The publisher of that name, in any case; ``own`` before its namesakes."""
        key = name.strip().casefold()
        if own and key == own.name.casefold():
            return own
        return self._names.get(key)
