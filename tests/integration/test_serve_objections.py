# SPDX-License-Identifier: Apache-2.0
"""Publishers object through the site: proved by mail or on their domain, recorded once, in force with the next build."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest
from werkzeug import Response

from syndicate.app import open_app
from syndicate.model import Mode
from syndicate.pipeline.objecting import ALL_AN_HOUR, NETWORK_AN_HOUR, PUBLISHER_AN_HOUR
from syndicate.pipeline.origins import trace_arrivals
from syndicate.pipeline.poll import poll_due
from syndicate.serve.app import build_app
from syndicate.serve.run import serving
from syndicate.testing import Sink
from tests.cases.deliver.zone import answering

NOW = datetime(2100, 11, 22, 12, 0, tzinfo=UTC)
FEED = "<rss version='2.0'><channel><title>{title}</title><link>{home}</link>{items}</channel></rss>"
ITEM = "<item><title>{0}</title><link>{1}</link><guid>{1}</guid><description>{2}</description></item>"
CONFIG = """
site: {{name: Riverside Bulletin, url: https://bulletin.example, contact: editor@bulletin.example}}
network: {{allow_private: true, pause: 0s, name_server: '127.0.0.1:{dns}'}}
smtp: {{host: 127.0.0.1, port: {smtp}, security: none}}
publishers:
  south: {{name: South Desk, home: "{home}", terms: ours}}
  north: {{name: North Post, home: "https://north.example", terms: CC-BY-4.0}}
  silent: {{name: Silent, home: "https://silent.example"}}
terms:
  ours: {{contact: rights@south.example, evidence: "{home}terms", grants: [{{mode: full, media: [web], purposes: [community]}}]}}
sources:
  - {{id: south, url: "{home}feed.xml", publisher: south, pages: false}}
  - {{id: north, url: "{home}north.xml", publisher: north, pages: false}}
channels:
  community: {{kind: feed}}
"""


class World:
    """A publisher, a mail server, and our site that carries two stories."""

    def __init__(self, httpserver, sink, folder, records, dns):
        self.now, self.publisher, self.sink, self.records = NOW, httpserver, sink, records
        home = httpserver.url_for("/")
        one = ITEM.format("One", f"{home}1", "The weir was opened.")
        two = ITEM.format("Two", f"{home}2", "The ferry goes on.")
        self.feeds = {"/feed.xml": [one, two], "/north.xml": []}
        self._serve("/feed.xml", "South")
        self._serve("/north.xml", "North")
        (folder / "config.yaml").write_text(CONFIG.format(home=home, smtp=sink.port, dns=dns))
        self.app = open_app(folder / "config.yaml", now=lambda: self.now)
        asyncio.run(self._poll())

    def _serve(self, path, title):
        """A feed of the items that stand in ``feeds`` for its path."""
        home = self.publisher.url_for("/")

        def answer(_request):
            text = FEED.format(title=title, home=home, items="".join(self.feeds[path]))
            return Response(text, content_type="text/xml")

        self.publisher.expect_request(path).respond_with_handler(answer)

    def look(self, **feeds):
        """An hour passes, the feeds have these items more, and are polled."""
        self.now += timedelta(hours=1)
        for name, item in feeds.items():
            self.feeds[f"/{name}.xml"].insert(0, item)
        asyncio.run(self._poll())

    async def _poll(self):
        async with self.app.polling() as polling:
            await poll_due(polling)
        trace_arrivals(self.app.store, self.app.publishers)

    def ask(self, *steps, network="203.0.113.9"):
        """The answers to (method, path, form); a path may be made from the answers before."""

        async def inside():
            found = []
            async with serving(build_app(self.app.pages(lambda: True))) as port, aiohttp.ClientSession() as web:
                for method, path, form in steps:
                    at = path(found) if callable(path) else path
                    headers = {"X-Forwarded-For": network}
                    body = urlencode(form) if form else None
                    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
                    async with web.request(
                        method, f"http://127.0.0.1:{port}{at}", data=body, headers=headers | kind
                    ) as answer:
                        found.append((answer.status, await answer.text()))
            return found

        return asyncio.run(inside())

    def objects(self, publisher="south", network="203.0.113.9", **form):
        """The answer to a form."""
        return self.ask(("POST", f"/publishers/{publisher}/object", form), network=network)[0]

    def mail(self):
        """The text of the last mail to the contact on record."""
        body = self.sink.bodies["rights@south.example"]
        return message_from_bytes(body, policy=policy.default).get_content()

    def link(self):
        """The path of the link in the last mail."""
        text = self.mail()
        return urlsplit(re.search(r"https://bulletin\.example\S+", text)[0]).path

    def stories(self):
        """The titles that stand on the front page, and the modes of their pages."""
        page = self.ask(("GET", "/", None))[0][1]
        return re.findall(r'<h2 class="headline"[^>]*><a [^>]*>([^<]*)', page)

    def in_force(self):
        """The statements of commands and forms that hold now."""
        with self.app.store.read() as tx:
            return tx.terms.in_force(self.now).get("south", ())


@pytest.fixture(name="world")
def _world(httpserver, tmp_path):
    records = {}
    with Sink() as sink, answering(records) as dns:
        sink.keep_bodies = True
        world = World(httpserver, sink, tmp_path, records, dns)
        yield world
        world.app.close()


def test_an_objection_by_mail(world):
    """The contact on record gets a link; opening it changes nothing, its button does, and twice is once."""
    assert sorted(world.stories()) == ["One", "Two"]
    status, page = world.objects(what="all", how="mail")
    assert (status, "Now look in their mail" in page) == (200, True)
    assert world.sink.copies() == {"rights@south.example": 1}
    assert "everything" in world.mail()
    asked = world.ask(("GET", world.link(), None))[0]
    assert (asked[0], "Object for South Desk?" in asked[1]) == (200, True)
    assert world.in_force() == ()
    done = world.ask(("POST", world.link(), {"x": "1"}), ("POST", world.link(), {"x": "1"}))
    assert [(status, "It is on record" in page) for status, page in done] == [(200, True)] * 2
    (record,) = world.in_force()
    assert record.prohibitions[0].mode is Mode.WITHHOLD
    assert record.confirmed_by == "rights@south.example (mail)"
    assert world.stories() == []


def test_an_objection_to_one_story(world):
    """One story is named by its address, there or here; what we do not carry is said so with the field kept."""
    status, page = world.objects(what="one", story="https://elsewhere.example/x", how="mail")
    assert (status, "we carry no story of theirs" in page) == (200, True)
    assert 'value="https://elsewhere.example/x"' in page
    assert "we carry no story of theirs" in world.objects(what="one", story="", how="mail")[1]
    world.objects(what="one", story=world.publisher.url_for("/2"), how="mail")
    assert "Two" in world.mail()
    world.ask(("POST", world.link(), {"x": "1"}))
    assert world.stories() == ["One"]


def test_an_objection_to_a_story_that_others_carry_too(world):
    """Whichever copy came first: once its holder objects to the story, none of them is carried; they may be named by ours."""
    text = "The tide mill has a new wheel, and by noon it had ground the first rye of the year for the village below."
    home = world.publisher.url_for("/")
    credit = f'Originally published by &lt;a href="{home}3"&gt;South Desk&lt;/a&gt;.'
    world.look(
        north=ITEM.format(
            "Three", "https://north.example/three", f"&lt;p&gt;{text}&lt;/p&gt;&lt;p&gt;{credit}&lt;/p&gt;"
        )
    )
    world.look(feed=ITEM.format("Three", f"{home}3", f"&lt;p&gt;{text}&lt;/p&gt;"))
    assert sorted(world.stories()) == ["One", "Three", "Two"]
    ours = re.search(r'href="(/items/[^"]+)">Three', world.ask(("GET", "/", None))[0][1])[1]
    world.objects(what="one", story=f"https://bulletin.example{ours}", how="mail")
    world.ask(("POST", world.link(), {"x": "1"}))
    assert sorted(world.stories()) == ["One", "Two"]
    assert world.ask(("GET", ours, None))[0][0] == 410


def test_an_objection_on_the_domain(world):
    """The line counts where the publisher's own domain shows it, and only the line that was given."""
    _, page = world.objects(what="all", how="domain")
    line = re.search(r'/objections/domain/([^"]+)"', page)[1]
    assert f"{world.publisher.url_for('/')}.well-known/syndicate-objection.txt" in page
    look = ("POST", f"/objections/domain/{line}", {"x": "1"})
    shown, missed = world.ask(("GET", f"/objections/domain/{line}", None), look)
    assert line in shown[1]
    assert "Not found yet." in missed[1]
    assert world.in_force() == ()
    world.publisher.expect_request("/.well-known/syndicate-objection.txt").respond_with_data(f"# hello\n{line}\n")
    assert "It is on record" in world.ask(look)[0][1]
    assert world.in_force()[0].confirmed_by.endswith("(domain)")
    assert world.stories() == []


def test_an_objection_in_the_dns(world):
    """The line counts as a TXT record of the publisher's domain too, as the name server of the configuration has it."""
    _, page = world.objects(what="all", how="domain")
    line = re.search(r'/objections/domain/([^"]+)"', page)[1]
    look = ("POST", f"/objections/domain/{line}", {"x": "1"})
    world.records["_syndicate-objection.localhost", "TXT"] = ["v=spf1 -all", f"{line}x"]
    assert "Not found yet." in world.ask(look)[0][1]
    world.records["_syndicate-objection.localhost", "TXT"] = ["v=spf1 -all", line]
    assert "It is on record" in world.ask(look)[0][1]
    assert world.in_force()[0].confirmed_by.endswith("(domain)")


def test_nobody_learns_whether_an_address_is_on_record(world):
    """A publisher without a contact gets the same answer, and no mail goes out."""
    assert world.objects(publisher="silent", what="all", how="mail") == world.objects(what="all", how="mail")
    assert world.sink.copies() == {"rights@south.example": 1}


@pytest.mark.parametrize("path", ["/objections/x", "/objections/domain/x", "/publishers/nobody/object"])
def test_what_is_not_ours_is_404(world, path):
    """Made-up tokens and publishers lead nowhere; a token of the one way does nothing on the other."""
    assert world.ask(("GET", path, None))[0][0] == 404
    _, page = world.objects(what="all", how="domain")
    line = re.search(r'/objections/domain/([^"]+)"', page)[1]
    assert world.ask(("POST", f"/objections/{line}", {"x": "1"}))[0][0] == 404
    world.now += timedelta(days=8)
    assert world.ask(("GET", f"/objections/domain/{line}", None))[0][0] == 404


def test_limits_against_abuse(world):
    """One publisher, one network and everybody together may ask only so often; then nothing is sent, and it is said."""
    assert PUBLISHER_AN_HOUR < NETWORK_AN_HOUR < ALL_AN_HOUR
    answers = [world.objects(what="all", how="mail") for _ in range(PUBLISHER_AN_HOUR + 1)]
    assert [status for status, _ in answers] == [200] * PUBLISHER_AN_HOUR + [429]
    assert world.sink.copies().total() == PUBLISHER_AN_HOUR
    world.now += timedelta(hours=1, minutes=1)
    assert world.objects(what="all", how="mail")[0] == 200


def test_the_form_shows_what_it_asks(world):
    """The form names the publisher and its domain and comes with the story that led here."""
    page = world.ask(("GET", "/publishers/south/object?story=i-1", None))[0][1]
    for words in ("Object for South Desk?", 'value="i-1"', "By a line on localhost"):
        assert words in page
