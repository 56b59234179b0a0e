# SPDX-License-Identifier: Apache-2.0
"""When a digest is due, across months and the two odd nights of a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syndicate.model import Channel, ChannelKind, Medium, Purpose
from syndicate.schedule.due import last_due, next_due, period


def weekly(schedule="0 7 * * 1", timezone="Europe/Paris"):
    """A digest channel."""
    return Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule=schedule, timezone=timezone)


def test_one_is_monday_in_the_channels_own_zone():
    """``0 7 * * 1`` fires at seven on Monday in Paris, which is six in UTC in winter."""
    monday = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert last_due(weekly(), monday - timedelta(days=2), monday) == monday
    assert last_due(weekly(), monday - timedelta(days=2), monday - timedelta(seconds=1)) is None
    assert next_due(weekly(), monday - timedelta(minutes=1)) == monday
    assert period(weekly(), monday) == "2026-11-23T0700"


def test_a_time_that_was_done_is_not_due_again():
    """The interval is open at its start: what fired at its end is over."""
    monday = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert last_due(weekly(), monday, monday + timedelta(days=6)) is None


def test_several_missed_times_count_as_one():
    """After three weeks off there is one edition, for the latest time."""
    monday = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert last_due(weekly(), monday - timedelta(days=21, hours=1), monday + timedelta(hours=5)) == monday


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC"])
@pytest.mark.parametrize("at", ["30 2 * * *", "0 0 * * *", "15 1 * * *"])
def test_once_a_day_through_both_clock_changes(zone, at):
    """A daily schedule fires exactly once on each of 730 local days, whatever the clocks do."""
    channel = weekly(at, zone)
    begin = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    days = []
    fires = begin - timedelta(minutes=1)
    while (fires := next_due(channel, fires)) < begin + timedelta(days=730):
        days.append(fires.astimezone(ZoneInfo(zone)).date())
    assert len(days) == len(set(days)) == 730
