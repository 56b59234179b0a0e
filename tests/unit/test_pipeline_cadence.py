# SPDX-License-Identifier: Apache-2.0
"""How often and when: each local period has one edition, in every zone, whatever the clocks do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syndicate.model import Channel, ChannelKind, Medium, Purpose
from syndicate.pipeline import cadence
from syndicate.pipeline.cadence import Cadence, list_of, track
from syndicate.schedule.due import last_due, next_due, period

WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule="0 7 * * 1")
ZONES = [
    "Europe/Paris",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Amman",
    "Asia/Gaza",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Apia",
    "Pacific/Chatham",
]
START, YEARS = datetime(2026, 1, 1, tzinfo=UTC), 5


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [2, 7])
def test_one_edition_for_each_local_day(zone, hour):
    """Five years, looked at every 20 hours: each local day has exactly one edition, through all changes of the clocks."""
    daily = track(WEEKLY, cadence.written(Cadence("daily", hour, zone)))
    days, names = Counter(), Counter()
    looked_at, end = START, START + timedelta(days=365 * YEARS)
    while looked_at < end:
        due = next_due(daily, looked_at)
        assert last_due(daily, looked_at, due) == due
        days[due.astimezone(ZoneInfo(zone)).date()] += 1
        names[period(daily, due)] += 1
        looked_at = due
    assert set(days.values()) == set(names.values()) == {1}
    whole = sorted(days)
    assert (whole[-1] - whole[0]).days + 1 == len(whole)


def test_weekly_and_monthly():
    """One edition a week and a month, five years long."""
    for every, most in (("weekly", 261), ("monthly", 60)):
        chosen = track(WEEKLY, cadence.written(Cadence(every, 7, "Europe/Paris")))
        count, at = 0, START
        while (at := next_due(chosen, at)) < START + timedelta(days=365 * YEARS):
            count += 1
        assert abs(count - most) <= 1


def test_what_is_written_is_read():
    """A cadence has one spelling; anything else is none, and means the publisher's own schedule."""
    for chosen in (
        Cadence("daily", 23, "Asia/Tokyo"),
        Cadence("each", 0, "UTC"),
        Cadence("monthly", 0, "Europe/Paris"),
    ):
        assert cadence.read(cadence.written(chosen)) == chosen
    assert cadence.written(Cadence("each", 7, "UTC")) == "each@0@UTC"
    for text in ("", "daily", "hourly@7@UTC", "daily@24@UTC", "daily@-1@UTC", "daily@7@Mars/Base", "daily@٣@UTC", "@@"):
        assert cadence.read(text) is None
        assert track(WEEKLY, text) is WEEKLY


def test_a_track_is_the_channel_under_another_id():
    """Its readers are found by list and cadence; all but schedule and id is the channel's."""
    chosen = track(WEEKLY, "weekly@9@Asia/Tokyo")
    assert list_of(chosen) == ("weekly", "weekly@9@Asia/Tokyo")
    assert list_of(WEEKLY) == ("weekly", "")
    same = replace(chosen, id="weekly", title="", schedule="0 7 * * 1", timezone="UTC")
    assert same == WEEKLY
