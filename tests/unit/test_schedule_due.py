# SPDX-License-Identifier: Apache-2.0
"""When a digest is due, across months and the two odd nights of a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syndicate.model import Channel, ChannelKind, Medium, Purpose
from syndicate.schedule.due import last_due, next_due, one_and_a_half_periods_ago, period


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


ZONES = (
    "UTC", "Europe/Paris", "Europe/London", "Europe/Dublin", "Europe/Moscow", "America/New_York", "America/St_Johns",
    "America/Santiago", "America/Sao_Paulo", "America/Havana", "America/Los_Angeles", "Africa/Cairo", "Africa/Casablanca",
    "Asia/Beirut", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia",
    "Antarctica/Troll",
)  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_one_edition_a_local_period_for_five_years(zone):
    """In 20 zones over 5 years, looked at by ticks that come when they like: one edition each local day and week.

    The daily one fires at half past two, which clock changes skip and repeat; several of these zones change at midnight.
    """
    begin = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    end = begin.replace(year=2031)
    days, weeks = fired(weekly("30 2 * * *", zone), begin, end), fired(weekly("0 0 * * 1", zone), begin, end)
    assert [when.date() for when in days] == [begin.date() + timedelta(days=n) for n in range(1826)]
    assert [when.date() for when in weeks] == [date(2026, 1, 5) + timedelta(weeks=n) for n in range(261)]
    names = [period(weekly(timezone=zone), when) for when in days]
    assert len(set(names)) == len(names), "each period has a name of its own"


def fired(channel, begin, end):
    """The local times for which a scheduler makes an edition that looks every eleven hours and some minutes."""
    looked_at, now, found = begin - timedelta(minutes=1), begin, []
    while now < end + timedelta(hours=12):
        due = last_due(channel, looked_at, now)
        if due and due < end:
            found.append(due.astimezone(ZoneInfo(channel.timezone)))
        looked_at, now = due or looked_at, now + timedelta(hours=11, minutes=7)
    return found


def test_a_period_and_a_half():
    """What the brake looks back over: the middle between the two times before, for odd schedules too."""
    monday = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert one_and_a_half_periods_ago(weekly(), monday) == monday - timedelta(days=10, hours=12)
    assert one_and_a_half_periods_ago(weekly("0 7 * * 1,2"), monday) == monday - timedelta(days=6, hours=12)
