# SPDX-License-Identifier: Apache-2.0
"""The door of the console over real HTTP: who may knock, who may come in, and what every act must show."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from syndicate.app import open_app
from syndicate.model import Chain, Consent, Hop, Interest, Item, Person, Purpose, Role, SendingState
from syndicate.pipeline.release import send_digest
from syndicate.serve.admin.passwords import hashed, right
from syndicate.serve.app import build_app
from syndicate.serve.run import serving

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CONFIG = """
site: {name: Riverside Bulletin, url: https://bulletin.example, contact: editor@bulletin.example}
channels:
  weekly: {kind: digest, schedule: "0 7 * * 1", from: Bulletin <news@bulletin.example>, title: The weekly digest}
"""
ASKING = """\
  daily: {kind: digest, schedule: "0 8 * * *", from: B <news@bulletin.example>, title: The daily digest, backfill: 9, consent: [research]}
publishers:
  south: {name: South Desk, home: "https://south.example", terms: agreed}
terms:
  agreed:
    evidence: https://south.example/terms
    grants: [{mode: full, media: [web, email], duties: [credit, link], consent: [research]}]
sources:
  - {id: south, url: "https://south.example/feed", publisher: south}
"""
NAME, PASSWORD = "Dana Whitlow", "correct horse battery"
KEPT = hashed(PASSWORD)


class House:
    """An app with one operator; time is set by hand."""

    def __init__(self, folder, more=""):
        (folder / "config.yaml").write_text(CONFIG + more)
        self.now = NOW
        self.app = open_app(folder / "config.yaml", now=lambda: self.now)
        with self.app.store.write() as tx:
            tx.operators.put(NAME, KEPT, NOW)

    @asynccontextmanager
    async def open(self, **headers):
        """A browser at the console, with its cookies."""
        app = build_app(self.app.pages(lambda: True), self.app.console().routes())
        jar = aiohttp.CookieJar(unsafe=True)
        async with serving(app) as port, aiohttp.ClientSession(cookie_jar=jar, headers=headers) as web:
            yield Browser(web, f"http://127.0.0.1:{port}")


class Browser:
    """Asks, follows no redirects, and remembers the cookies."""

    def __init__(self, web, url):
        self.web, self.url = web, url

    async def get(self, path, **more):
        """Status, headers and text."""
        async with self.web.get(f"{self.url}{path}", allow_redirects=False, **more) as answer:
            return answer.status, answer.headers, await answer.text()

    async def post(self, path, form, **more):
        """The same of a form."""
        async with self.web.post(f"{self.url}{path}", data=form, allow_redirects=False, **more) as answer:
            return answer.status, answer.headers, await answer.text()

    async def csrf(self, path):
        """The token in the forms of a page."""
        _, _, page = await self.get(path)
        return re.search(r'name="csrf" value="([^"]+)"', page)[1]

    async def log_in(self, name=NAME, password=PASSWORD):
        """Through the door."""
        token = await self.csrf("/admin/login")
        return await self.post("/admin/login", {"csrf": token, "name": name, "password": password})


@pytest.fixture(name="house")
def _house(tmp_path):
    return House(tmp_path)


def run(work):
    """A test's work on a loop of its own."""
    return asyncio.run(work())


def test_nobody_enters_without_a_password(house):
    """Every room leads to the door; with the right name and password one is in, and out again."""

    async def work():
        async with house.open() as browser:
            for path in ("/admin/", "/admin/editions", "/admin/editions/next/weekly"):
                status, headers, _ = await browser.get(path)
                assert (status, headers["Location"]) == (303, "/admin/login")
            status, headers, _ = await browser.log_in()
            assert (status, headers["Location"]) == (303, "/admin/")
            status, headers, page = await browser.get("/admin/editions")
            assert status == 200
            assert "The weekly digest" in page
            token = await browser.csrf("/admin/editions")
            status, _, _ = await browser.post("/admin/logout", {"csrf": token})
            assert status == 303
            assert (await browser.get("/admin/editions"))[0] == 303

    run(work)


def test_every_edition_that_is_mailed_can_be_stopped(tmp_path):
    """What readers who did not agree get stands in the list under words of theirs, and can be cancelled by itself."""
    house = House(tmp_path, ASKING)
    item = Item("i-1", "south", "south", "1", "https://south.example/1", "Ferry", "<p>At nine.</p>", "At nine.")
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", item.url, NOW, item.id),))
    agreed = {name: (Interest.RESEARCH,) if name == "ada" else () for name in ("ada", "ben", "cyd")}
    with house.app.store.write() as tx:
        for name, interests in agreed.items():
            consent = Consent(Purpose.COMMUNITY, "The daily digest.", "test", NOW, interests)
            tx.people.add_confirmed("daily", {f"{name}@reader.example": consent}, now=NOW)
        tx.items.put("south", [item], {item.id: chain}, {}, {}, now=NOW, first_poll=False)
    house.now += timedelta(hours=1)
    sent = send_digest(house.app.composing, house.app.channel("daily"), "2026-11-23T0800").verified.edition

    async def work():
        async with house.open() as browser:
            await browser.log_in()
            _, _, page = await browser.get("/admin/editions")
            found = re.findall(
                r'editions/([^"/]+)">(No. 1)</a><span class="under">([^,<]*(?:, for [^,<]*)?), 1 item', page
            )
            assert [(number, title) for _, number, title in found] == [
                ("No. 1", "The daily digest"),
                ("No. 1", "The daily digest, for readers who did not agree to get it for research"),
            ]
            assert found[0][0] == sent.id
            assert "~" not in page
            path = f"/admin/editions/{found[1][0]}"
            assert "for readers who did not agree" in (await browser.get(path))[2]
            status, _, _ = await browser.post(path, {"csrf": await browser.csrf(path), "act": "cancel"})
            assert status == 303
            return found[1][0]

    other = asyncio.run(work())
    with house.app.store.read() as tx:
        assert tx.sendings.get(other).state is SendingState.CANCELLED
        assert tx.sendings.get(other).recipients == 2
        assert tx.sendings.get(sent.id).state is SendingState.RUNNING


def test_an_item_is_ticked_for_what_was_proved_alone(tmp_path):
    """A duty that changed after the edition has no tick beside it in the item's room; one that stayed keeps its own."""
    house = House(tmp_path, ASKING)
    item = Item("i-1", "south", "south", "1", "https://south.example/1", "Ferry", "<p>At nine.</p>", "At nine.")
    item = replace(item, authors=(Person("Ann Ito"),))
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", item.url, NOW, item.id),))
    with house.app.store.write() as tx:
        consent = Consent(Purpose.COMMUNITY, "The daily digest.", "test", NOW, (Interest.RESEARCH,))
        tx.people.add_confirmed("daily", {"ada@reader.example": consent}, now=NOW)
        tx.items.put("south", [item], {item.id: chain}, {}, {}, now=NOW, first_poll=False)
    house.now += timedelta(hours=1)
    send_digest(house.app.composing, house.app.channel("daily"), "2026-11-23T0800")

    async def credit_and_link():
        async with house.open() as browser:
            await browser.log_in()
            _, _, page = await browser.get("/admin/items/i-1?channel=daily")
            assert re.findall(r'<th scope="col">(Mail[^<]*)', page) == ["Mail, HTML", "Mail, text"]
            rows = re.findall(r"<tr><td>(?:Credit|Link to) .*?</tr>", page, re.DOTALL)
            return ['class="tick"' in row for row in rows]

    assert asyncio.run(credit_and_link()) == [True, True]
    renamed = replace(item, authors=(Person("Bo Ito"),))
    with house.app.store.write() as tx:
        tx.items.put("south", [renamed], {item.id: chain}, {}, {}, now=house.now, first_poll=False)
    assert asyncio.run(credit_and_link()) == [False, True]


def test_an_objection_names_whose_story_it_is(tmp_path):
    """A story that never passed through the publisher who is named is refused, as its objection would withhold nothing."""
    house = House(tmp_path, ASKING.replace("terms:\n  agreed", "  mill: {name: Mill}\nterms:\n  agreed"))
    item = Item("i-1", "south", "south", "1", "https://south.example/1", "Ferry", "<p>At nine.</p>", "At nine.")
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", item.url, NOW, item.id),))
    with house.app.store.write() as tx:
        tx.items.put("south", [item], {item.id: chain}, {}, {}, now=NOW, first_poll=False)

    async def work():
        async with house.open() as browser:
            await browser.log_in()
            for publisher, said in (("mill", "is no story of Mill"), ("south", "is withheld from now on")):
                form = {"csrf": await browser.csrf("/admin/terms"), "publisher": publisher, "story": "i-1"}
                await browser.post("/admin/terms/objections", {**form, "back": "terms"})
                assert said in (await browser.get("/admin/terms"))[2]
                with house.app.store.read() as tx:
                    assert len(tx.terms.all()) == (publisher == "south")

    run(work)


def test_cookies_and_policy(house):
    """The cookie is for our pages alone and no script's; no page may run a script of another place or be framed."""

    async def work():
        async with house.open() as browser:
            _, headers, _ = await browser.log_in()
            cookie = next(c for c in headers.getall("Set-Cookie") if c.startswith("syndicate_console="))
            assert {"HttpOnly", "Path=/admin", "SameSite=strict"} <= set(cookie.split("; "))
            _, headers, page = await browser.get("/admin/editions")
            policy = headers["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["Cache-Control"] == "no-store"
            assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", page)

    run(work)


def test_five_wrong_tries_are_enough(house):
    """After five the right password does not help either, until the quarter of an hour is over; names are not told."""

    async def work():
        async with house.open() as browser:
            wrong = [(await browser.log_in(name, "wrong"))[2] for name in (NAME, "Nobody", NAME, NAME, "Nobody")]
            assert len({re.sub(r'value="[^"]+"', "", page) for page in wrong}) == 1
            assert "Name or password is not right" in wrong[0]
            status, _, page = await browser.log_in()
            assert status == 403
            assert "Too many tries" in page
            house.now += timedelta(minutes=16)
            assert (await browser.log_in())[0] == 303

    run(work)


def test_tries_at_once_are_no_way_around(house):
    """Of many wrong tries that come together no more are looked at than of those that come one by one."""

    async def work():
        async with house.open() as browser:
            form = {"csrf": await browser.csrf("/admin/login"), "name": NAME, "password": "wrong"}
            pages = [
                page for _, _, page in await asyncio.gather(*(browser.post("/admin/login", form) for _ in range(12)))
            ]
            assert sum("is not right" in page for page in pages) == 5
            assert sum("Too many tries" in page for page in pages) == 7

    run(work)


def test_who_is_right_has_not_tried_in_vain(house):
    """Logging in again and again is no failed try."""

    async def work():
        async with house.open() as browser:
            assert [(await browser.log_in())[0] for _ in range(7)] == [303] * 7

    run(work)


@pytest.mark.parametrize("token", ["", "another", "ümlaut"])
def test_an_act_without_the_sessions_token_is_refused(house, token):
    """A form that does not repeat the session's token, or that another site sent, changes nothing."""

    async def work():
        async with house.open() as browser:
            await browser.log_in()
            path = "/admin/editions/next/weekly"
            assert (await browser.post(path, {"csrf": token, "act": "send"}))[0] == 403
            good = await browser.csrf("/admin/editions")
            foreign = {"Origin": "https://elsewhere.example"}
            assert (await browser.post(path, {"csrf": good, "act": "send"}, headers=foreign))[0] == 403
            assert (await browser.post("/admin/logout", {"csrf": token}))[0] == 403

    run(work)


def test_the_login_needs_its_own_cookie(house):
    """A form from somewhere else logs nobody in."""

    async def work():
        async with house.open() as browser:
            form = {"csrf": "made up", "name": NAME, "password": PASSWORD}
            assert (await browser.post("/admin/login", form))[0] == 403

    run(work)


@pytest.mark.parametrize(
    "headers",
    [{"Host": "bulletin.example"}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"Host": ""}],
)
def test_it_answers_on_this_computer_alone(house, headers):
    """Through a proxy, or under a name that is not this computer's, there is no console."""

    async def work():
        async with house.open(**headers) as browser:
            for path in ("/admin", "/admin/", "/admin/login", "/admin/editions", "/admin/console.css"):
                assert (await browser.get(path))[0] == 404

    run(work)


def test_it_answers_the_network_where_told_to(tmp_path):
    """With console.remote it answers under any name, and its cookie goes over encrypted connections alone."""
    house = House(tmp_path, "console: {remote: true}\n")

    async def work():
        async with house.open(Host="bulletin.example") as browser:
            status, headers, _ = await browser.get("/admin/login")
            assert status == 200
            assert "Secure" in headers["Set-Cookie"]

    run(work)


def test_sessions_end(house):
    """Two hours without a look end a session, twelve hours end it in any case."""

    async def work():
        async with house.open() as browser:
            await browser.log_in()
            house.now += timedelta(hours=2, minutes=1)
            assert (await browser.get("/admin/editions"))[0] == 303
            await browser.log_in()
            for _ in range(11):
                house.now += timedelta(minutes=66)
                last = (await browser.get("/admin/editions"))[0]
            assert last == 303

    run(work)


def test_forms_are_of_bounded_length(house):
    """A form without end is refused before it fills the memory."""

    async def work():
        async with house.open() as browser:
            await browser.log_in()
            form = {"csrf": "x" * 300_000}
            assert (await browser.post("/admin/editions/next/weekly", form))[0] == 413

    run(work)


def test_passwords():
    """The right one, a wrong one, and a name that nobody has."""
    assert KEPT.startswith("$argon2id$")
    assert right(KEPT, PASSWORD)
    assert not right(KEPT, "wrong horse battery")
    assert not right(None, "nobody has this password")
    assert not right("no hash at all", PASSWORD)
