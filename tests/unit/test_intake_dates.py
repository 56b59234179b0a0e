# SPDX-License-Identifier: Apache-2.0
"""Dates that a lenient parser made up are refused; those that publishers mean are kept."""

from datetime import UTC, datetime

import pytest

from syndicate.intake.dates import meant


def at(*figures):
    """A moment in UTC."""
    return datetime(*figures, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-13-45", at(2027, 1, 1)),
        ("2026-02-30T10:00:00Z", at(2026, 3, 2, 10)),
        ("20261345", at(2026, 5, 14)),
        ("2026-00-10", at(2025, 12, 10)),
        ("2026/11/22 10:00", at(2026, 11, 1)),
        ("2026年11月22日", at(2026, 11, 1)),
        ("2026-W53-7", at(2026, 11, 1)),
        ("2026-11-22T25:10:00Z", at(2026, 11, 23, 1, 10)),
        ("2026-11-22T10:61:00Z", at(2026, 11, 22, 11, 1)),
        ("2026-11-22T10:00:00+25:00", at(2026, 11, 21, 9)),
        ("20261122103000999", at(2026, 11, 22)),
    ],
)
def test_a_date_that_is_none_is_refused(text, moment):
    """No such month, day or hour, and no other day than the one that stands there."""
    assert meant(text, moment) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T23:30:00-08:00", at(2026, 11, 23, 7, 30)),
        ("2026-11-22 00:30:00 +1300", at(2026, 11, 21, 11, 30)),
        ("20261122T103000Z", at(2026, 11, 22, 10, 30)),
        ("2026-1-5", at(2026, 1, 5)),
        ("2026-11", at(2026, 11, 1)),
        ("2026", at(2026, 1, 1)),
        ("2026-11-22T24:00:00Z", at(2026, 11, 23)),
        ("2026-11-22T23:59:60Z", at(2026, 11, 23)),
        ("2004년 05월 28일 오후 11:23:54", at(2004, 5, 28, 14, 23, 54)),
        ("Sun, 22 Nov 2026 10:00:00 GMT", at(2026, 11, 22, 10)),
        ("", at(2026, 11, 22)),
    ],
)
def test_a_date_that_is_meant_is_kept(text, moment):
    """In every zone, with or without a time; what does not begin with a year is the parser's to judge."""
    assert meant(text, moment) == moment


def test_no_moment_stays_none():
    """What the parser could not read is no date."""
    assert meant("2026-11-22", None) is None
