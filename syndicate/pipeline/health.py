# SPDX-License-Identifier: Apache-2.0
"""How a source is: sound, broken, held or gone, and since when.

A single failure is no news: a source is broken when it has failed several times over several hours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.model import Health
from syndicate.store import SourceState

FAILURES = 3
FAILING = timedelta(hours=6)
"""A source is broken after so many failures in a row over such a time."""


def sound(state: SourceState, now: datetime) -> SourceState:
    """A source that has answered. One that is held stays so until a person has decided."""
    return state if state.health is Health.HELD else _become(state, Health.SOUND, "", now)


def failing(state: SourceState, now: datetime, *, gone: bool) -> SourceState:
    """A source that has just failed once more, or whose word of being gone is believed."""
    if gone:
        return _become(state, Health.GONE, state.last_error, now)
    long = state.failing_since is not None and now - state.failing_since >= FAILING
    if state.failures >= FAILURES and long and state.health is Health.SOUND:
        return _become(state, Health.BROKEN, state.last_error, now)
    return state


def hold(state: SourceState, why: str, now: datetime) -> SourceState:
    """A source whose items wait for a person; the first reason stays."""
    return state if state.health is Health.HELD else _become(state, Health.HELD, why, now)


def _become(state: SourceState, health: Health, why: str, now: datetime) -> SourceState:
    since = state.health_since if state.health is health else now
    return replace(state, health=health, health_why=why, health_since=since)
