# SPDX-License-Identifier: Apache-2.0
"""Web pages that are asked for a reason: by a command, because a story is missing; and all that their headers say."""

from contextlib import closing
from datetime import timedelta

import pytest
from typer.testing import CliRunner
from werkzeug import Response

from syndicate.app import open_app
from syndicate.cli.main import app as command
from syndicate.model import Mode
from syndicate.pipeline.compose import feed_entries
from tests.newsroom import World, article

BY = "https://creativecommons.org/licenses/by/4.0/"
RSL = "application/rsl+xml"


@pytest.fixture
def world(httpserver, tmp_path):
    """A publisher whose feed says nothing about rights."""
    return World(httpserver, tmp_path)


@pytest.mark.parametrize("pages", ["when-unknown", "true", "false"])
def test_a_story_that_is_missing_in_its_feed_is_looked_for(world, pages):
    """Where a newer story leaves the feed before an older one its page is asked, also under recorded terms; once a week.

    A page that is gone withholds it, one that is there changes nothing, and `pages: false` leaves it unasked.
    """
    world.pages |= {"/1": article(), "/2": article(), "/terms": article()}
    world.feed = [("2", "Two"), ("1", "One")]
    world.config(pages, terms="open")
    world.cycle()
    read = world.asked.count("/2")
    assert (world.modes(), read) == ({"One": Mode.FULL, "Two": Mode.FULL}, int(pages == "true"))
    world.feed = [("1", "One")]
    del world.pages["/2"]
    world.cycle(timedelta(days=8))
    withheld = Mode.FULL if pages == "false" else Mode.WITHHOLD
    assert world.modes() == {"One": Mode.FULL, "Two": withheld}
    asked = world.asked.count("/2")
    assert asked == read + (pages != "false")
    world.feed = [("1", "One, corrected")]
    world.cycle(timedelta(days=1))
    assert world.asked.count("/2") == asked


def test_the_poll_command_tells_of_pages_and_reads_them(world):
    """`poll` says how many pages wait, `poll --pages` reads them, and `explain` shows what no decision rests on."""
    world.pages["/1"] = Response(article(), 200, {"TDM-Reservation": "1"}, mimetype="text/html")
    world.config()

    def run(*words):
        result = CliRunner().invoke(command, [*words, "-c", str(world.path)])
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    assert run("poll", "--all")[-1] == "1 web page waits to be read for terms: syndicate poll --pages"
    assert world.asked == []
    assert run("poll", "--pages") == ["No source is due.", "Pages: 1 read"]
    assert run("poll") == ["No source is due."]
    explained = run("explain", world.server.url_for("/1"), "--channel", "community")
    told = explained[explained.index("Stated besides") :]
    assert "  “1”" in told
    assert "against use by machines: we make none" in " ".join(" ".join(told).split())


def test_headers_in_several_lines_are_all_heard(world):
    """What a server says in the second line of a repeated header narrows like what it says in the first."""
    page = Response(article(f'<link rel="license" href="{BY}">'), 200, mimetype="text/html")
    for value in ("max-image-preview:large", "max-snippet:90"):
        page.headers.add("X-Robots-Tag", value)
    for value in ("</style.css>; rel=preload", f'</rsl.xml>; rel="license"; type="{RSL}"'):
        page.headers.add("Link", value)
    world.pages["/1"] = page
    world.pages["/rsl.xml"] = (
        '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><copyright contactUrl="https://s.example/ask"/>'
        '<license><prohibits type="usage">all</prohibits></license></content></rsl>'
    )
    world.config()
    world.cycle()
    with closing(open_app(world.path, now=lambda: world.now)) as app, app.store.read() as tx:
        (entry,) = feed_entries(app.composing, tx, app.channel("community"), world.now)
    assert (entry.decision.mode, entry.decision.contact) == (Mode.LINK, "https://s.example/ask")
    assert {"signal", "signal.snippet"} <= {reason.clause for reason in entry.decision.reasons}
