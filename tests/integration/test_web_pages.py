# SPDX-License-Identifier: Apache-2.0
"""Web pages over real HTTP: read politely, kept as evidence, decided by; notices suggested, confirmed, reopened."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from datetime import timedelta

import pytest
from werkzeug import Response

from syndicate.app import open_app
from syndicate.model import Mode
from syndicate.pipeline.origins import trace_arrivals
from syndicate.pipeline.poll import poll_due
from syndicate.pipeline.webpages import read_pages
from tests.newsroom import NOW, World, article

BY = "https://creativecommons.org/licenses/by/4.0/"
RSL = "application/rsl+xml"
GRANT = "<p>Websites may republish our articles online with a credit and a link. For print use, ask rights@south.example.</p>"


@pytest.fixture
def world(httpserver, tmp_path):
    """A publisher whose feed says nothing about rights."""
    return World(httpserver, tmp_path)


def test_a_licence_on_the_page_permits(world):
    """Where nobody says anything the page is read, once; a licence URI there permits, with hash and time on record."""
    world.pages["/1"] = article(f'<link rel="license" href="{BY}">')
    world.config()
    assert world.modes() == {}
    assert [one.status for one in world.cycle()] == ["read"]
    assert world.modes() == {"One": Mode.FULL}
    assert world.cycle() == []
    assert world.asked.count("/1") == 1
    with closing(open_app(world.path)) as app, app.store.read() as tx:
        (stored,) = tx.items.newest(9)
        state = tx.webpages.state(stored.item.id)
        (evidence,) = [e for e in stored.item.evidence if e.kind == "html.rel-license"]
    assert (state.status, len(state.sha256), state.read_at) == (200, 64, NOW)
    assert (evidence.url, evidence.place) == (world.server.url_for("/1"), "head/link[rel=license]")


def test_only_where_asked_for(world):
    """`pages: false` and recorded terms keep pages unread, `pages: true` has them read all the same."""
    world.pages["/1"] = article()
    world.config(pages="false")
    assert world.cycle() == []
    world.feed.append(("2", "Two"))
    world.config(terms="open")
    assert [one.url for one in world.cycle(timedelta(hours=1))] == [world.server.url_for("/terms")]
    world.feed[:0] = [("2", "Two again")]
    assert "/2" not in world.asked


def test_robots_and_failures(world):
    """robots.txt is obeyed; what cannot be read is tried again later, and what it said before stays."""
    world.robots = "User-agent: *\nDisallow: /1\n"
    world.config(pages="true")
    (read,) = world.cycle()
    assert (read.status, "robots.txt" in read.error) == ("failed", True)
    assert "/1" not in world.asked
    assert world.cycle(timedelta(hours=5)) == []
    assert len(world.cycle(timedelta(hours=2))) == 1


def test_a_page_that_is_gone_narrows(world):
    """Nothing is carried whose page is gone: a link to nothing is none."""
    world.config()
    assert [one.status for one in world.cycle()] == ["gone"]
    assert world.modes() == {"One": Mode.WITHHOLD}


def test_rsl_of_the_site_narrows(world):
    """An RSL document that robots.txt names narrows what the page's licence permits; the TDM file is kept."""
    world.robots = f"License: {world.server.url_for('/rsl.xml')}\nUser-agent: *\nAllow: /\n"
    world.pages["/1"] = article(f'<link rel="license" href="{BY}">')
    world.pages["/rsl.xml"] = (
        '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><prohibits type="usage">all</prohibits>'
        "</license></content></rsl>"
    )
    world.pages["/.well-known/tdmrep.json"] = '[{"location": "/", "tdm-reservation": 1}]'
    world.config()
    world.cycle()
    assert world.modes() == {"One": Mode.LINK}
    with closing(open_app(world.path)) as app, app.store.read() as tx:
        kinds = {e.kind for e in tx.items.newest(9)[0].item.evidence}
    assert {"rsl", "tdmrep.reservation", "html.rel-license"} <= kinds


def test_a_file_of_a_site_that_changes_is_read_anew(world):
    """Whoever runs for long asks for a site's own file again when a page is read again, and heeds what it says then."""
    world.pages["/1"] = article()
    world.config()

    async def run(app):
        loop = asyncio.get_running_loop()
        async with app.polling() as polling, app.pages_of_others() as fetcher:
            browsing, time = app.browsing(polling, fetcher), loop.time
            await poll_due(polling)
            await read_pages(browsing)
            world.pages["/.well-known/tdmrep.json"] = '[{"location": "/", "tdm-reservation": 1}]'
            world.now += timedelta(days=31)
            loop.time = lambda: time() + timedelta(days=31).total_seconds()
            assert [one.status for one in await read_pages(browsing)] == ["read"]
            trace_arrivals(app.store, app.publishers)

    with closing(open_app(world.path, now=lambda: world.now)) as app:
        asyncio.run(run(app))
        with app.store.read() as tx:
            kinds = {e.kind for e in tx.items.newest(9)[0].item.evidence}
    assert "tdmrep.reservation" in kinds


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("<rsl", "is not well-formed"),
        ('<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><strange/></content></rsl>', "does not know"),
        ("", "cannot be fetched"),
    ],
)
def test_rsl_that_cannot_be_read_is_told(world, document, told):
    """A declared RSL document that is broken, void or missing changes no mode; the operator hears of it until it can."""
    world.pages["/1"] = article(f'<link rel="license" href="{BY}"><link rel="license" type="{RSL}" href="/rsl.xml">')
    world.pages["/rsl.xml"] = document
    world.config()
    world.cycle()
    assert world.modes() == {"One": Mode.FULL}
    shown = " ".join(world.say("review").split())
    assert f"{world.server.url_for('/rsl.xml')}: the RSL document" in shown
    assert told in shown
    world.pages["/rsl.xml"] = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"/></rsl>'
    world.cycle(timedelta(days=31))
    assert "the RSL document" not in world.say("review")


def test_a_licence_that_rsl_names_beside_limits_is_suggested(world):
    """RSL on a page that offers a licence to some only permits nothing; the licence waits for a person, with the reason."""
    world.pages["/1"] = article(
        f'<script type="{RSL}"><rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
        f'<permits type="user">education</permits><payment type="free"><standard>{BY}</standard></payment>'
        "</license></content></rsl></script>"
    )
    world.config()
    world.cycle()
    assert world.modes() == {"One": Mode.LINK}
    (one,) = json.loads(world.say("review", "--json"))
    assert (one["licence"], one["alone"]) == ("CC-BY-4.0", [])
    assert one["why"].startswith("RSL names this licence beside limits")
    assert one["quotes"][0]["text"] == BY


def test_claims_of_a_page_make_a_chain(world):
    """A canonical link to another site tells that the item came from elsewhere."""
    world.pages["/1"] = article(
        f'<link rel="canonical" href="https://origin.example/1"><link rel="license" href="{BY}">'
    )
    world.config()
    world.cycle()
    assert world.modes() == {"One": Mode.LINK}
    with closing(open_app(world.path)) as app, app.store.read() as tx:
        assert [hop.name for hop in tx.items.newest(9)[0].chain.hops] == ["origin.example", "South Desk"]


def test_a_notice_is_suggested_confirmed_and_permits(world):
    """Prose permits nothing alone; it is listed with its quote, and permits once a person has confirmed it, narrowed."""
    world.pages["/1"] = article(foot=GRANT)
    world.config()
    world.cycle()
    assert world.modes() == {"One": Mode.LINK}
    (one,) = json.loads(world.say("review", "--json"))
    assert (one["place"], one["url"], one["times"]) == ("page-footer", world.server.url_for("/1"), 1)
    assert (one["grants"]["CW"], one["contact"], one["publisher"]) == ("full", "rights@south.example", "south")
    assert any("Websites may republish our articles" in quote["text"] for quote in one["quotes"])
    shown = world.say("review")
    assert "Websites may republish our articles" in shown
    number = str(one["number"])
    assert "south" in world.say("unknown")
    world.say("confirm", number, "--narrow", "CW=sideways", "--by", "Ed", code=2)
    world.say("confirm", number, "--narrow", "EM=link", "--by", "Ed")
    assert world.modes() == {"One": Mode.FULL}
    assert "No suggestion waits" in world.say("review")
    world.say("confirm", number, code=2)
    assert world.ledger() == ["suggested", "recorded", "confirmed"]
    assert "on record" in world.say("unknown")
    assert '"confirmed_by": "Ed"' in world.say("list", "--json")


def test_what_was_not_understood_is_told_and_accepted_by_a_person(world):
    """Words that no grammar covers leave nothing to confirm until a person says that they change nothing."""
    world.pages["/1"] = article(foot=GRANT + "<p>Our crows are another matter.</p>")
    world.config()
    world.cycle()
    (one,) = json.loads(world.say("review", "--json"))
    assert (one["grants"]["CW"], one["at_most"]["CW"]) == ("link", "full")
    shown = " ".join(world.say("review").split())
    assert "not understood: “crows are another matter.”" in shown
    assert "syndicate terms confirm 1 --accept --dry-run" in shown
    world.say("confirm", "1", code=2)
    assert "This would move 1 item from link to full in" in world.say("confirm", "1", "--accept", "--dry-run")
    assert json.loads(world.say("confirm", "1", "--accept", "--dry-run", "--json"))[0]["count"] == 1
    assert world.modes() == {"One": Mode.LINK}
    assert "This moves 1 item from link to full in" in world.say("confirm", "1", "--accept")
    assert world.modes() == {"One": Mode.FULL}


def test_a_rejected_notice_is_not_asked_again(world):
    """What a person rejected stays rejected, however many items repeat it."""
    world.pages["/1"] = world.pages["/2"] = article(foot=GRANT)
    world.config()
    world.cycle()
    world.say("reject", "1", "--reason", "old page", "--by", "Ed")
    world.feed.append(("2", "Two"))
    world.cycle(timedelta(hours=1))
    assert json.loads(world.say("review", "--json")) == []
    assert world.modes() == {"One": Mode.LINK, "Two": Mode.LINK}
    world.say("reject", "9", code=2)


def test_a_decision_can_be_changed(world):
    """What was rejected can be confirmed; what was confirmed is asked again once its statement is withdrawn."""
    world.pages["/1"] = article(foot=GRANT)
    world.config()
    world.cycle()
    world.say("reject", "1", "--by", "Ed")
    assert "rejected by Ed" in " ".join(world.say("review", "--all").split())
    world.say("confirm", "1", "--by", "Ada")
    assert world.modes() == {"One": Mode.FULL}
    assert "confirmed by Ada" in " ".join(world.say("review", "--all").split())
    assert json.loads(world.say("review", "--json")) == []
    world.say("reject", "1", code=2)
    world.say("withdraw", "1")
    (one,) = json.loads(world.say("review", "--json"))
    assert (one["number"], one["why"]) == (1, "the statement that it became was withdrawn")
    assert world.modes() == {"One": Mode.LINK}
    world.say("confirm", "1")
    assert world.modes() == {"One": Mode.FULL}


def test_a_page_that_says_again_what_it_said_is_asked_again(world):
    """Words that another version took the place of are asked again when the page has them again."""
    world.pages["/terms"] = f"<main><h1>Terms</h1>{GRANT}</main>"
    world.pages["/1"] = article(foot='<a href="/terms">Republishing guidelines</a>')
    world.config()
    world.cycle()
    world.cycle()
    for words in ("<p>You may republish our articles with a link.</p>", GRANT):
        world.pages["/terms"] = f"<main><h1>Terms</h1>{words}</main>"
        world.cycle(timedelta(days=8))
    (one,) = json.loads(world.say("review", "--json"))
    assert any("Websites may republish" in quote["text"] for quote in one["quotes"])


def test_a_changed_page_of_terms_is_asked_again(world):
    """The page that a record cites is watched; when its deciding words change a person is asked, on record."""
    world.pages["/terms"] = f"<main><h1>Terms</h1>{GRANT}</main>"
    world.config(terms="open")
    world.cycle()
    assert json.loads(world.say("review", "--json")) == [], "what the operator read is not suggested to the operator"
    assert world.cycle(timedelta(days=8)) != []
    assert json.loads(world.say("review", "--json")) == []
    world.pages["/terms"] = "<main><h1>Terms</h1><p>Our articles may not be republished.</p></main>"
    world.cycle(timedelta(days=8))
    (one,) = json.loads(world.say("review", "--json"))
    assert one["why"] == "the page does not say what it said when it was read last"
    assert world.ledger() == ["changed", "suggested"]
    world.say("confirm", str(one["number"]), code=2)


def test_links_to_terms_are_followed(world):
    """A page of terms that an article links is read too, and its notice suggested."""
    world.pages["/1"] = article(foot='<a href="/terms">Republishing guidelines</a>')
    world.pages["/terms"] = f"<main><h1>Terms</h1>{GRANT}</main>"
    world.config()
    world.cycle()
    world.cycle()
    (one,) = json.loads(world.say("review", "--json"))
    assert (one["place"], one["url"]) == ("terms-page", world.server.url_for("/terms"))


def test_a_page_that_leads_home_says_nothing(world):
    """A redirect to the home page is no answer about the article."""
    world.pages["/1"] = Response("", 302, {"Location": "/"})
    world.pages["/"] = article(f'<link rel="license" href="{BY}">')
    world.config()
    (read,) = world.cycle()
    assert (read.status, world.modes()) == ("failed", {"One": Mode.LINK})
