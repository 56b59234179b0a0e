# SPDX-License-Identifier: Apache-2.0
"""How long an answer stays good, and how long to stay away: headers in, seconds out."""

import pytest

from syndicate.intake.freshness import fresh_for, retry_after

NOON = "Tue, 05 May 2026 12:00:00 GMT"
ONE = "Tue, 05 May 2026 13:00:00 GMT"
ELEVEN = "Tue, 05 May 2026 11:00:00 GMT"
WEEK = 604_800.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=60"}, 60.0),
        ({"Cache-Control": 'public, MAX-AGE = "60" , must-revalidate'}, 60.0),
        ({"Cache-Control": "max-age=60, max-age=90"}, 60.0),
        ({"Cache-Control": "s-maxage=900, max-age=60"}, 60.0),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Cache-Control": "x-max-age=900"}, None),
        ({"Cache-Control": 'ext="a, max-age=7", max-age=60'}, 60.0),
        ({"Cache-Control": "no-cache, max-age=60"}, 0.0),
        ({"Cache-Control": "no-store"}, 0.0),
        ({"Cache-Control": "max-age=60", "Age": "50"}, 10.0),
        ({"Cache-Control": "max-age=60", "Age": "500"}, 0.0),
        ({"Cache-Control": "max-age=60", "Age": "old"}, 60.0),
        ({"Cache-Control": "max-age=31536000"}, WEEK),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=٣"}, None),
        ({"Cache-Control": "max-age=60", "Expires": ONE, "Date": NOON}, 60.0),
        ({"Expires": ONE, "Date": NOON}, 3600.0),
        ({"Expires": ONE, "Date": NOON, "Age": "600"}, 3000.0),
        ({"Expires": ELEVEN, "Date": NOON}, 0.0),
        ({"Expires": "0", "Date": NOON}, 0.0),
        ({"Expires": ONE}, 0.0),
        ({"Expires": "Tue, 05 May 2026 13:00:00", "Date": "Tue, 05 May 2026 12:00:00"}, 0.0),
    ],
)
def test_fresh_for(headers, seconds):
    """Cache-Control before Expires, less the Age, at most a week; junk and words to shared caches do not count."""
    assert fresh_for(headers) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": " 120 "}, 120.0),
        ({"Retry-After": ONE, "Date": NOON}, 3600.0),
        ({"Retry-After": ELEVEN, "Date": NOON}, 0.0),
        ({"Retry-After": ONE}, None),
        ({"Retry-After": "99999999999"}, WEEK),
        ({"Retry-After": "Fri, 05 May 2056 12:00:00 GMT", "Date": NOON}, WEEK),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "1.5"}, None),
    ],
)
def test_retry_after(headers, seconds):
    """Seconds or a date by the server's own clock, at most a week; anything else was not said."""
    assert retry_after(headers) == seconds
