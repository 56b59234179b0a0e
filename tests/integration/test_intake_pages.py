# SPDX-License-Identifier: Apache-2.0
"""Fetching web pages from real servers: what robots.txt forbids is not asked for, and nobody is asked too often."""

import asyncio
import itertools

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from syndicate.errors import FetchError
from syndicate.intake.client import Client, Limits
from syndicate.intake.pages import Pages

AGENT = "syndicate-test/1 (+https://own.example/; desk@own.example)"


@pytest.fixture
def site():
    """A server of pages."""
    with HTTPServer() as server:
        yield server


def asked(site, path=None):
    """The paths that were asked for, or how often one was."""
    paths = [request.path for request, _ in site.log]
    return paths if path is None else paths.count(path)


def pages(site, *paths, pause=0.0, **limits):
    """Fetch these paths, one after the other: pages or errors."""

    async def run():
        limits_ = Limits(**{"timeout": 5.0} | limits)
        async with Client(AGENT, allow_private=True, limits=limits_) as client:
            reader, got = Pages(client, pause=pause), []
            for path in paths:
                try:
                    got.append(await reader.fetch(site.url_for(path)))
                except FetchError as error:
                    got.append(error)
            return got

    return asyncio.run(run())


def robots(site, text, status=200, headers=None):
    """What robots.txt says."""
    site.expect_request("/robots.txt").respond_with_data(text, status=status, headers=headers)


def test_a_page_comes_with_its_status_and_headers(site):
    """Body, headers in any case, and every status are an answer; a body is read of a 200 alone."""
    robots(site, "User-agent: *\nDisallow: /private\n")
    site.expect_request("/terms").respond_with_data("<p>Take it.</p>", headers={"X-Robots-Tag": "noai"})
    site.expect_request("/gone").respond_with_data("no more", status=410)
    page, gone = pages(site, "/terms", "/gone")
    assert (page.status, page.body, page.headers["x-robots-tag"]) == (200, b"<p>Take it.</p>", "noai")
    assert (gone.status, gone.body) == (410, b"")
    assert page.url.endswith("/terms")


def test_what_robots_txt_forbids_is_not_asked_for(site):
    """Rules for us by name go before those for all; the refusal says why and what to do."""
    robots(site, "User-agent: *\nDisallow: /\n\nUser-agent: syndicate\nDisallow: /a\nAllow: /a/open\n")
    site.expect_request("/a/open").respond_with_data("open")
    site.expect_request("/b").respond_with_data("b")
    closed, opened, other = pages(site, "/a/closed", "/a/open", "/b")
    assert "robots.txt asks programs not to read this page" in closed.what
    assert closed.remedy
    assert (opened.body, other.body) == (b"open", b"b")
    assert asked(site) == ["/robots.txt", "/a/open", "/b"], "the rules are read once"


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False), (429, False)])
def test_a_robots_txt_that_is_missing_or_fails(site, status, allowed):
    """Without the file everything is allowed; while the server cannot give it, nothing is."""
    robots(site, "", status)
    site.expect_request("/terms").respond_with_data("page")
    (got,) = pages(site, "/terms")
    assert (getattr(got, "body", b"") == b"page") is allowed
    assert allowed or "robots.txt could not be read" in got.what
    assert asked(site, "/terms") == allowed


def test_a_robots_txt_that_never_comes(site):
    """A site that does not answer for its rules is left alone."""
    site.expect_request("/robots.txt").respond_with_data("User-agent: *\n" + "#" * 5000)
    (got,) = pages(site, "/terms", max_bytes=1000)
    assert "robots.txt could not be read (the answer is larger" in got.what


def test_redirects_are_held_to_the_rules_of_where_they_lead(site):
    """A page that redirects to one that robots.txt forbids is not followed there."""
    robots(site, "User-agent: *\nDisallow: /members\n")
    site.expect_request("/terms").respond_with_data("", status=302, headers={"Location": "/members/terms"})
    (got,) = pages(site, "/terms")
    assert "robots.txt asks" in got.what
    assert asked(site, "/members/terms") == 0


def test_a_fresh_page_is_not_asked_for_again(site):
    """The same page within minutes comes from memory, also if the site says no-store; its fragment does not matter."""
    robots(site, "")
    site.expect_request("/terms").respond_with_data("page", headers={"Cache-Control": "no-store"})
    first, second = pages(site, "/terms", "/terms#part")
    assert first is second
    assert asked(site, "/terms") == 1


def test_memory_is_bounded(site):
    """The oldest of very many pages is forgotten and fetched anew."""
    robots(site, "", 404)
    site.expect_request("/many").respond_with_handler(lambda _: Response("page"))
    got = pages(site, *(f"/many?{n}" for n in range(201)), "/many?200", "/many?0")
    assert got[200] is got[201]
    assert asked(site, "/many") == 202


def test_a_host_that_asks_us_to_stay_away_is_left_alone(site):
    """After 429 or 503 no page of the host is asked for until its time has come."""
    robots(site, "", 404)
    site.expect_request("/busy").respond_with_data("", status=503, headers={"Retry-After": "600"})
    busy, other = pages(site, "/busy", "/other")
    assert busy.status == 503
    assert "stay away" in other.what
    assert 590 < other.retry_after <= 600
    assert asked(site, "/other") == 0


def test_pages_of_a_host_come_one_after_the_other_with_a_pause(site):
    """Asked for all at once, they are fetched one at a time and not faster than the pause allows."""
    robots(site, "", 404)
    times = []
    site.expect_request("/page").respond_with_handler(lambda _: Response("page"))

    async def run():
        clock = asyncio.get_running_loop().time
        async with Client(AGENT, allow_private=True) as client:
            reader = Pages(client, pause=0.2)

            async def one(number):
                await reader.fetch(site.url_for(f"/page?{number}"))
                times.append(clock())

            await asyncio.gather(*(one(number) for number in range(3)))

    asyncio.run(run())
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(times))


def test_a_crawl_delay_is_kept(site):
    """A pause that robots.txt asks for counts from one page of the host to the next."""
    robots(site, "User-agent: *\nCrawl-delay: 0.3\n")
    site.expect_request("/page").respond_with_handler(lambda _: Response("page"))

    async def run():
        clock = asyncio.get_running_loop().time
        async with Client(AGENT, allow_private=True) as client:
            reader = Pages(client, pause=0.0)
            await reader.fetch(site.url_for("/page?1"))
            began = clock()
            await reader.fetch(site.url_for("/page?2"))
            return clock() - began

    assert asyncio.run(run()) >= 0.2


def test_only_web_addresses(site):
    """What is no web address is refused before anything happens."""

    async def run():
        async with Client(AGENT) as client:
            await Pages(client).fetch("file:///etc/passwd")

    with pytest.raises(FetchError, match="no web address"):
        asyncio.run(run())
    assert asked(site) == []
