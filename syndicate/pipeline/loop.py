# SPDX-License-Identifier: Apache-2.0
"""The event loop for many connections: uvloop where it is installed, else asyncio's own; and memory for its threads."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

M_ARENA_MAX, M_MMAP_THRESHOLD, LARGE = -8, -3, 128 * 1024  # malloc.h of glibc


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, as ``asyncio.run`` does."""
    _share_memory()
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _share_memory() -> None:
    """Let all threads take memory from one store, and large pieces from the system, where glibc is the C library.

    It gives a thread that finds the store busy another one, and what is free in one is of no use to the others. Our
    threads work for moments, one after the other: a third of what the process held was free in the wrong place. Large
    pieces it would soon take from the store too, where small ones that stay keep the whole of them from going back.
    """
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, 1)
        library.mallopt(M_MMAP_THRESHOLD, LARGE)
