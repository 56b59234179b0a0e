# SPDX-License-Identifier: Apache-2.0
"""Finished pages, kept in memory with their compressed forms for as long as nothing they are made of has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from syndicate.pipeline.pages import Gone
from syndicate.pipeline.site import Finished, Page
from syndicate.serve.documents import Document, packed

MOST: Final = 500
"""Pages kept; beyond that the one that was made first is made again when it is asked for."""


class Rack:
    """Pages by address."""

    def __init__(self, make: Callable[[str], Page], version: Callable[[], str]) -> None:
        """``make`` makes a page, ``version`` says another word whenever a page might have become another."""
        self._make = make
        self._version = version
        self._kept: tuple[str, dict[str, tuple[Finished, Document]]] = ("", {})

    def get(self, path: str) -> tuple[Finished, Document] | Gone | None:
        """The page at ``path``. Blocks; raises what making it raises."""
        now, kept = self._version(), self._kept
        if now != kept[0]:
            # A page that another thread still makes of the old state lands in the dictionary that is thrown away here.
            # Word and pages change at once: none is taken for one of a state that it was not made of.
            self._kept = kept = (now, {})
        pages = kept[1]
        if path in pages:
            return pages[path]
        made = self._make(path)
        if not isinstance(made, Finished):
            return made
        if len(pages) >= MOST:
            pages.pop(next(iter(pages)), None)
        return pages.setdefault(path, (made, packed(made.body, made.media_type)))
