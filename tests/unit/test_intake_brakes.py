# SPDX-License-Identifier: Apache-2.0
"""What looks like a source as it always was, and what does not."""

import pytest

from syndicate.intake.brakes import Brought, churned, face, is_another, most_new
from syndicate.model import Face

DAY = 86_400.0


@pytest.mark.parametrize(
    ("brought", "expected"),
    [
        (Brought(50, 50, 50, 50), True),
        (Brought(50, 40, 20, 50), True),
        (Brought(50, 39, 39, 50), False),
        (Brought(50, 50, 24, 50), False),
        (Brought(10, 10, 10, 10), True),
        (Brought(9, 9, 9, 9), False),
        (Brought(20, 20, 20, 9), False),
        (Brought(20, 0, 0, 20), False),
    ],
)
def test_churn(brought, expected):
    """Eight of ten entries unknown, ten at least, on a source with ten items, half of them recognised all the same."""
    assert churned(brought) is expected


@pytest.mark.parametrize(
    ("earlier", "elapsed", "gap", "expected"),
    [
        ([], 0.0, 0.0, 20),
        ([0, 1, 0, 2], 3600.0, 0.0, 20),
        ([10] * 30, 3600.0, 0.0, 50),
        ([*[1] * 29, 100], 3600.0, 0.0, 20),
        ([*[1] * 28, 7, 100], 3600.0, 0.0, 35),
        ([1] * 30, 14 * DAY, DAY / 5, 210),
        ([1] * 30, DAY, DAY, 20),
    ],
)
def test_most_new(earlier, elapsed, gap, expected):
    """Twenty, five times what nineteen of twenty polls brought, or three times what its rhythm makes us expect."""
    assert most_new(earlier, elapsed, gap) == expected


def test_face():
    """The host of most items is part of it; documents without items have none."""
    assert face("T", "a.example", ["a.example", "b.example", "a.example", ""]) == Face("T", "a.example", "a.example")
    assert face("T", "", []) == Face("T", "", "")


KNOWN = Face("Ferry News", "ferry.example", "ferry.example")


@pytest.mark.parametrize(
    ("now", "hosts", "expected"),
    [
        (KNOWN, ["ferry.example"], False),
        (Face("FERRY NEWS", "ferry.example", "ferry.example"), ["ferry.example"], False),
        (Face("Casino", "ferry.example", "ferry.example"), ["ferry.example"], False),
        (Face("Ferry News", "casino.example", "casino.example"), ["casino.example"], True),
        (Face("Ferry News", "new.example", "new.example"), ["new.example", "ferry.example"], False),
        (Face("Casino", "casino.example", "ferry.example"), ["ferry.example"], True),
        (Face("Casino", "", "casino.example"), ["casino.example"], True),
        (Face("Casino", "", ""), [], False),
        (Face("", "", "casino.example"), ["casino.example"], False),
    ],
)
def test_another_feed(now, hosts, expected):
    """Two of title, home and hosts of items; a new title or a move alone is none, and silence differs from nothing."""
    assert is_another(KNOWN, now, hosts) is expected
    assert not is_another(Face(), now, hosts)
