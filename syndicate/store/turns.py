# SPDX-License-Identifier: Apache-2.0
"""Writers of one process take turns, in the order in which they came.

SQLite's lock goes to whoever looks at the right moment, and who waits looks less and less often: beside a thread that
writes all the time, such as the journal of a big mailing, another one could wait for seconds.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A queue of threads."""

    def __init__(self, longest: float) -> None:
        """Nobody waits longer than ``longest`` seconds; after that SQLite's own lock decides."""
        self._longest = longest
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for all who came before, and go on alone."""
        mine = threading.Event()
        with self._lock:
            self._waiting.append(mine)
            self._waiting[0].set()
        mine.wait(self._longest)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()
