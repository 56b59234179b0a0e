# SPDX-License-Identifier: Apache-2.0
"""Two processes that read pages on one database keep one pause for each host, and both hear who wants to be left alone."""

import asyncio
import threading
import time
from contextlib import closing
from itertools import pairwise

import pytest
from werkzeug import Response

from syndicate.app import open_app
from syndicate.errors import FetchError
from tests.databases import databases

PAUSE = 1.0
CONFIG = """
site: {{name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}}
database: {database}
network: {{allow_private: true, pause: 1s}}
"""


@pytest.fixture
def desks(each_database, tmp_path):
    """Two syndicators on one database, of either kind."""
    assert each_database
    (tmp_path / "config.yaml").write_text(CONFIG.format(database=databases.url(tmp_path)))
    with closing(open_app(tmp_path / "config.yaml")) as one, closing(open_app(tmp_path / "config.yaml")) as other:
        yield one, other


async def read(app, *addresses):
    """What came of each address: its status, or the error."""
    async with app.pages_of_others() as pages:
        got = await asyncio.gather(*(pages.fetch(address) for address in addresses), return_exceptions=True)
    return [one if isinstance(one, Exception) else one.status for one in got]


def test_one_pause_for_all(desks, httpserver):
    """Six pages of a host, asked for by two readers at once in threads of their own: one at a time, a pause between."""
    asked, running = [], []

    def page(_request):
        running.append(1)
        asked.append((time.monotonic(), len(running)))
        running.pop()
        return Response("<p>words</p>", mimetype="text/html")

    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    for number in range(6):
        httpserver.expect_request(f"/{number}").respond_with_handler(page)
    results = []
    threads = [
        threading.Thread(
            target=lambda app=app, start=start: results.extend(
                asyncio.run(read(app, *(httpserver.url_for(f"/{n}") for n in range(start, 6, 2))))
            )
        )
        for start, app in enumerate(desks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == [200] * 6
    times = [when for when, _ in asked]
    assert all(later - earlier >= PAUSE for earlier, later in pairwise(times))
    assert {number for _, number in asked} == {1}


def test_both_hear_who_wants_to_be_left_alone(desks, httpserver):
    """What one reader is told, with a time, keeps the other away from all pages of the host until then."""
    one, other = desks
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/busy").respond_with_response(Response("no", 429, {"Retry-After": "600"}))
    assert asyncio.run(read(one, httpserver.url_for("/busy"))) == [429]
    before = len(httpserver.log)
    (error,) = asyncio.run(read(other, httpserver.url_for("/quiet")))
    assert isinstance(error, FetchError)
    assert "stay away" in error.what
    assert 590 < error.retry_after <= 600
    assert len(httpserver.log) == before


def test_a_turn_ends_though_the_page_failed(desks, httpserver):
    """A page that cannot be had does not keep the host for anybody else."""
    one, other = desks
    httpserver.expect_request("/robots.txt").respond_with_data(
        "User-agent: *\nDisallow: /secret", mimetype="text/plain"
    )
    httpserver.expect_request("/open").respond_with_data("<p>words</p>", mimetype="text/html")
    (error,) = asyncio.run(read(one, httpserver.url_for("/secret")))
    assert "robots.txt" in error.what
    assert asyncio.run(read(other, httpserver.url_for("/open"))) == [200]
