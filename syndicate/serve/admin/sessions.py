# SPDX-License-Identifier: Apache-2.0
"""Who is logged in, and how often somebody may try: kept in memory, so a restart ends every session.

The cookie holds a random token, memory its fingerprint. Each session has a token of its own that every form repeats.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=2)
MOST = 100
TRIES = 5
TRIES_IN_ALL = 30
WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was handed in to be looked at: for which list, its file's name, and its text."""

    channel_id: str
    name: str
    text: str


@dataclass(slots=True)
class Session:
    """One login. ``said`` and ``fault`` are told on the next page and then forgotten; ``kept`` was filled in.

    ``table`` waits to be brought in or let go.
    """

    name: str
    csrf: str
    since: datetime
    seen: datetime
    said: str = ""
    fault: str = ""
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)
    table: Table | None = None


class Sessions:
    """The open sessions."""

    def __init__(self) -> None:
        """Nobody is logged in."""
        self._open: dict[str, Session] = {}

    def begin(self, name: str, now: datetime) -> str:
        """Somebody has shown who they are; the token for their cookie."""
        for key in [key for key, one in self._open.items() if _over(one, now)]:
            del self._open[key]
        while len(self._open) >= MOST:
            del self._open[min(self._open, key=lambda key: self._open[key].seen)]
        token = secrets.token_urlsafe(32)
        self._open[_fingerprint(token)] = Session(name, secrets.token_urlsafe(32), now, now)
        return token

    def get(self, token: str, now: datetime) -> Session | None:
        """The session of a cookie; None if there is none, or if it was left alone for too long."""
        session = self._open.get(_fingerprint(token))
        if session is None or _over(session, now):
            return None
        session.seen = now
        return session

    def end(self, token: str) -> None:
        """Somebody leaves."""
        self._open.pop(_fingerprint(token), None)


class Tries:
    """Logins of the last quarter of an hour that failed or are under way, by where from and by the name tried."""

    def __init__(self) -> None:
        """Nobody has tried."""
        self._made: deque[tuple[datetime, str]] = deque()

    def wait(self, keys: Sequence[str], now: datetime) -> int:
        """For how many seconds nobody under these keys may try; 0: try now."""
        while self._made and self._made[0][0] <= now - WITHIN:
            self._made.popleft()
        mine = [[when for when, key in self._made if key == wanted] for wanted in keys]
        full = [times[-TRIES] for times in mine if len(times) >= TRIES]
        everybody = [when for when, key in self._made if key == keys[0] or key.startswith("network ")]
        if len(everybody) >= TRIES_IN_ALL:
            full.append(everybody[-TRIES_IN_ALL])
        return max((int((when + WITHIN - now).total_seconds()) + 1 for when in full), default=0)

    def begin(self, keys: Sequence[str], now: datetime) -> Sequence[tuple[datetime, str]]:
        """A try is made; it counts as failed until what this gives is forgotten."""
        tried = [(now, key) for key in keys]
        self._made.extend(tried)
        return tried

    def forget(self, tried: Sequence[tuple[datetime, str]]) -> None:
        """A try went well."""
        for one in tried:
            if one in self._made:  # else a quarter of an hour went by meanwhile
                self._made.remove(one)


def _over(session: Session, now: datetime) -> bool:
    return now - session.since > LONGEST or now - session.seen > IDLE


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
