# SPDX-License-Identifier: Apache-2.0
"""Values by id that are replaced as a whole while others read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class Live(Mapping[str, T]):
    """A mapping whose readers, in whatever thread, see the old values or the new ones and never a change in between."""

    def __init__(self, values: Mapping[str, T]) -> None:
        """Begins as a copy of ``values``."""
        self._values = dict(values)

    def become(self, values: Mapping[str, T]) -> None:
        """Be a copy of ``values`` from now on."""
        self._values = dict(values)

    def __getitem__(self, key: str) -> T:
        """The value of that id; raises KeyError."""
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        """The ids as they are now, whatever happens meanwhile."""
        return iter(self._values)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._values)
