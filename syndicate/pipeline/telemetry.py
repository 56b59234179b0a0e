# SPDX-License-Identifier: Apache-2.0
"""Spans around polls, compositions, proofs and deliveries, for whoever listens: nobody, unless ``listen`` was called.

A span says of what it is (ids of ours) and how it ended, never an address or a text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Span(Protocol):
    """A stretch of work that is being measured."""

    def set_attribute(self, key: str, value: str | int, /) -> object:
        """Note what came of it."""
        ...


class _Nobody:
    def set_attribute(self, key: str, value: str | int, /) -> None:
        """Nobody listens."""


Begin = Callable[[str, dict[str, str | int]], AbstractContextManager[Span]]

_NOTHING = nullcontext(_Nobody())
_begin: list[Begin] = []


def span(name: str, **attributes: str | int) -> AbstractContextManager[Span]:
    """Measure a stretch of work; costs a look at a list if nobody listens."""
    return _begin[0](name, attributes) if _begin else _NOTHING


def listen(begin: Begin | None) -> None:
    """From now on whoever begins spans is this one; None: nobody."""
    _begin[:] = [begin] if begin else []
