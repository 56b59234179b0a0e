# SPDX-License-Identifier: Apache-2.0
"""Readers at the pages of a real house: they come, choose, leave and come back; nobody learns who reads us."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from syndicate.pipeline import people
from tests.cases.serve.readers import NOW, House


@pytest.fixture
def house(tmp_path):
    """A house."""
    built = House(tmp_path)
    yield built
    built.app.close()


def test_double_opt_in_leaves_a_record(house):
    """Form, mail, link, button: then there is consent, with wording, time, method, network and proof on record."""
    status, page = house.ask("GET", "/subscribe")
    assert (status, "The weekly digest" in page, "closed" in page) == (200, True, False)
    house.post("/subscribe", list="weekly", address="Ann@Mail.example", client="198.51.100.7")
    assert house.reader().consent is None
    path = house.link()
    assert "Shall we start?" in house.ask("GET", path)[1]
    assert house.reader().state == "pending"
    assert house.ask("POST", path)[0] == 200
    reader = house.reader()
    consent = reader.consent
    assert (reader.state, consent.confirmed_at, consent.method) == ("active", NOW, "link in a mail")
    assert consent.wording == "Riverside Bulletin may send me The weekly digest by mail until I unsubscribe."
    assert len(consent.proof) == 64
    assert consent.origin == people.origin_of(house.app.store.secret(), "198.51.100.200")
    assert consent.origin != people.origin_of(house.app.store.secret(), "198.51.101.7")


def test_the_request_carries_only_our_words(house):
    """Nothing that came with the form stands in the mail but the address itself."""
    house.post("/subscribe", list="weekly", address="ann@mail.example", name="BUY NOW http://evil.example", subject="x")
    house.post("/subscribe", list="BUY <b>", address="bo@mail.example")
    ((email, mail),) = house.notices()
    assert email == "ann@mail.example"
    assert b"evil" not in mail
    assert b"Auto-Submitted: auto-generated" in mail


def test_one_address_is_asked_once_a_day_and_thrice_a_month(house):
    """However often it is given, in whatever spelling, from wherever."""
    for day in range(40):
        for number in range(4 if day else 20):
            address = "ann@mail.example" if number % 2 else "ANN@MAIL.example"
            house.post("/subscribe", list="weekly", address=address, client=f"10.{day}.{number}.1")
        house.now += timedelta(days=1)
        if day == 29:
            assert len(house.notices()) == 3
    assert 3 < len(house.notices()) <= 6


def test_one_network_is_heard_so_often(house):
    """200 addresses from one /24 within an hour: 20 are asked; the next hour 20 more; a /64 counts as one too."""
    for number in range(200):
        house.post("/subscribe", list="weekly", address=f"r{number}@mail.example", client=f"203.0.113.{number}")
    assert len(house.notices()) == 20
    house.now += timedelta(minutes=61)
    house.post("/subscribe", list="weekly", address="late@mail.example")
    assert len(house.notices()) == 21
    for number in range(50):
        client = f"2001:db8:1:1::{number:x}"
        house.post("/subscribe", list="weekly", address=f"v{number}@mail.example", client=client)
    assert len(house.notices()) == 41


def test_the_answer_is_the_same_for_all(house):
    """Known, new, pending, gone, suppressed, malformed, a closed list, no list: one body, one status."""
    known = house.join("known@mail.example")
    gone = house.join("gone@mail.example")
    house.ask("POST", house.token("unsubscribe", gone))
    dead = house.join("dead@mail.example")
    with house.app.store.write() as tx:
        tx.people.dead(dead.id, house.now)
    forms = [
        {"list": "weekly", "address": address}
        for address in (
            known.email,
            gone.email,
            dead.email,
            "new@mail.example",
            "new@mail.example",
            "nonsense",
            "",
            "ü@x.y",
        )
    ] + [{"list": "closed", "address": "a@b.example"}, {"list": "none", "address": "a@b.example"}, {}]
    answers = {house.post("/subscribe", **form) for form in forms}
    assert len(answers) == 1
    assert "Now look in your mail" in answers.pop()[1]
    with house.app.store.read() as tx:
        assert tx.people.list("closed") == ()


@pytest.mark.parametrize(
    "address",
    ["a@localhost", "a@printer", "a@nas.local", "a@[127.0.0.1]", "a@127.0.0.1", "a@x.invalid", "a@x..example",
     "a@-x.example", "a@x_y.example", "a@x.example.", '"a b"@x.example', "a..b@x.example", ".a@x.example", "é@x.example",
     "a" * 65 + "@x.example", "a@" + "x" * 64 + ".example"],
)  # fmt: skip
def test_nobody_is_asked_at_an_address_that_leads_nowhere(house, address):
    """Names of machines, addresses of networks, and what no mail server takes: the same page, and no mail."""
    known = house.post("/subscribe", list="weekly", address="ann+list@mail.example")
    assert house.post("/subscribe", list="weekly", address=address) == known
    assert [email for email, _ in house.notices()] == ["ann+list@mail.example"]


def test_one_click(house):
    """The POST of RFC 8058 takes the reader off with no cookie and no question; said twice it is the same."""
    reader = house.join()
    path = house.token("unsubscribe", reader)
    for _ in range(2):
        assert house.ask("POST", path, b"List-Unsubscribe=One-Click")[0] == 200
    assert house.reader().state == "unsubscribed"
    with house.app.store.read() as tx:
        acts = [row.data["act"] for row in tx.ledger.tail(10, "consent", str(reader.id))]
    assert acts == ["unsubscribe", "confirm"]


def test_tokens_open_one_door(house):
    """A token for one page is nobody's on another, and one of a retired key nowhere."""
    reader = house.join()
    for purpose in ("unsubscribe", "preferences", "confirm"):
        token = house.token(purpose, reader).rpartition("/")[2]
        for other in {"unsubscribe", "preferences", "confirm"} - {purpose}:
            assert house.ask("POST", f"/{other}/{token}")[0] == 404
    old = house.token("unsubscribe", reader)
    with house.app.store.write() as tx:
        tx.keys.make(house.now + timedelta(seconds=1))
    assert house.ask("GET", old)[0] == 200
    with house.app.store.write() as tx:
        tx.keys.retire("1", house.now)
    assert house.ask("POST", old)[0] == 404
    assert house.reader().state == "active"


def test_a_request_runs_out(house):
    """After three days the link confirms nobody."""
    house.post("/subscribe", list="weekly", address="ann@mail.example")
    house.now += timedelta(days=3)
    assert house.ask("POST", house.link())[0] == 404
    assert house.reader().state == "pending"


def test_preferences(house):
    """The page shows what is chosen; saving changes it; what is no choice changes nothing, and says so."""
    reader = house.join()
    path = house.token("preferences", reader)
    assert "How often?" in house.ask("GET", path)[1]
    assert house.post(path, every="daily", hour="18", zone="Asia/Tokyo")[0] == 200
    assert house.reader().cadence == "daily@18@Asia/Tokyo"
    page = house.ask("GET", path)[1]
    assert re.search(r'value="daily" checked', page)
    assert '<option value="18" selected>' in page
    for form in (
        {},
        {"hour": "7", "zone": "UTC"},
        {"every": "hourly", "hour": "99", "zone": "Mars"},
        {"every": "daily", "hour": "9"},
        {"every": "daily", "hour": "25", "zone": "UTC"},
        {"every": "daily", "hour": "9" * 5000, "zone": "UTC"},
        {"every": "daily", "hour": "7", "zone": "Mars/Base"},
    ):
        status, page = house.post(path, **form)
        assert (status, "Nothing was changed." in page, "It is noted" in page) == (400, True, False)
        assert house.reader().cadence == "daily@18@Asia/Tokyo"
    assert house.post(path, every="", hour="7", zone="UTC")[0] == 200
    assert house.reader().cadence == ""


def test_the_way_back(house):
    """Whoever left comes back by the link of an old mail, or by the form and a new confirmation; an import cannot."""
    reader = house.join()
    preferences = house.token("preferences", reader)
    house.ask("POST", house.token("unsubscribe", reader))
    assert people.ask_to_confirm(house.app.composing, house.channel, [reader.email]) == 0
    assert "Start again?" in house.ask("GET", preferences)[1]
    assert house.reader().state == "unsubscribed"
    house.ask("POST", preferences)
    assert house.reader().state == "active"
    house.ask("POST", house.token("unsubscribe", reader))
    house.now += timedelta(days=2)
    house.post("/subscribe", list="weekly", address=reader.email)
    assert house.reader().state == "unsubscribed"
    assert house.to_send() == [reader.email]
    house.ask("POST", house.link())
    assert house.reader().state == "active"
    assert house.reader().consent.confirmed_at == house.now


def test_who_comes_back_agrees_to_what_is_said_now(house):
    """The wording on the page whose button was pressed is the one on record, not that of the first time."""
    reader = house.join()
    old = reader.consent.wording
    house.ask("POST", house.token("unsubscribe", reader))
    config = house.file.parents[1] / "config.yaml"
    config.write_text(config.read_text().replace("The weekly digest", "The friday digest"))
    house.restore(house.back_up())
    page = house.ask("GET", house.token("preferences", reader))[1]
    assert (old in page, old.replace("weekly", "friday") in page) == (False, True)
    house.ask("POST", house.token("preferences", reader))
    assert house.reader().consent.wording == old.replace("weekly", "friday")


def test_whoever_complained_does_not_come_back_by_a_link(house):
    """A complaint or a dead address is not undone by a click."""
    reader = house.join()
    with house.app.store.write() as tx:
        tx.people.suppress(reader.id, house.now, "complaint")
    house.ask("POST", house.token("preferences", reader))
    house.now += timedelta(days=2)
    house.post("/subscribe", list="weekly", address=reader.email)
    assert house.reader().state == "suppressed"
    assert len(house.notices()) == 1


def test_the_proof_of_consent_survives_a_leave_and_a_return(house):
    """Who comes back by an old link leaves the network and the link on record; the consent before it is exported too."""
    reader = house.join()
    house.ask("POST", house.token("unsubscribe", reader))
    house.now += timedelta(days=1)
    house.ask("POST", house.token("preferences", reader), client="198.51.100.7")
    consent = house.reader().consent
    assert consent.origin == people.origin_of(house.app.store.secret(), "198.51.100.200")
    assert len(consent.proof) == 64
    assert consent.proof != reader.consent.proof
    (held,) = people.all_about(house.app.composing, reader.email)["lists"]
    assert held["acts"][0]["act"] == "rejoin"
    assert held["acts"][0]["before"] == {
        "at": NOW.isoformat(), "wording": reader.consent.version, "proof": reader.consent.proof,
    }  # fmt: skip


def test_you_are_back_is_said_only_when_it_is_so(house):
    """Whoever left, and whose address then failed, is told that the link cannot help; once the bar is lifted it can."""
    reader = house.join()
    house.ask("POST", house.token("unsubscribe", reader))
    with house.app.store.write() as tx:
        tx.people.dead(reader.id, house.now)
    path = house.token("preferences", reader)
    for method in ("GET", "POST"):
        page = house.ask(method, path)[1]
        assert ("You do not get this letter" in page, "Write to editor@bulletin.example" in page) == (True, True)
        assert ("You are back" in page, "Start again?" in page) == (False, False)
    assert house.reader().state == "unsubscribed"
    assert people.restore(house.app.composing, reader.id, "Dana") is False
    assert house.reader().state == "unsubscribed"
    assert "Start again?" in house.ask("GET", path)[1]
    assert "You are back" in house.ask("POST", path)[1]
    assert house.reader().state == "active"


def test_old_links_of_whoever_was_erased_change_nothing(house):
    """No act and no late report puts the empty address on the suppression list; no page says that they get a letter."""
    reader = house.join()
    people.erase(house.app.composing, reader.email)
    with house.app.store.write() as tx:
        before = tx.people.suppressions()
        assert tx.people.dead(reader.id, house.now) is False
        assert tx.people.restore(reader.id, house.now) is False
    assert "We have stopped" in house.ask("POST", house.token("unsubscribe", reader))[1]
    for method in ("GET", "POST"):
        assert "You do not get this letter" in house.ask(method, house.token("preferences", reader))[1]
    with house.app.store.read() as tx:
        assert tx.people.suppressions() == before
        assert tx.people.get(reader.id).state == "erased"


def test_a_form_is_bounded(house):
    """A body without end is refused; junk is no form."""
    assert house.ask("POST", "/subscribe", b"x" * 20_000)[0] == 413
    assert house.ask("POST", "/subscribe", b"\xff\xfe=&&&" + b"a=1&" * 100)[0] in (200, 400)
