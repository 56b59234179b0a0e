# SPDX-License-Identifier: Apache-2.0
"""One click under load: it acts at once, and nobody who left is claimed again. The full size is in bench/leaving.py."""

from __future__ import annotations

import asyncio

from syndicate.testing import Sink
from tests.cases.deliver.leaving import Leaving


def test_one_click_while_mail_goes_out(tmp_path):
    """40 of 400 leave by the POST of RFC 8058 while their edition goes out: each is off, and not claimed after that."""
    with Sink() as sink:
        house = Leaving(tmp_path, sink.port, 400, connections=4)
        left = asyncio.run(house.go(40))
        house.app.close()
        copies = sink.copies()
    assert [status for status, _ in left.answers] == [200] * 40
    assert (left.claimed_after, sum(left.states.values())) == (0, 400)
    assert max(copies.values()) == 1
    assert left.states["accepted"] == len(copies) >= 360
