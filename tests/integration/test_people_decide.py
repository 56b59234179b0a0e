# SPDX-License-Identifier: Apache-2.0
"""What people decide: an item narrowed with a reason; a permission asked for, reminded of, answered, on record."""

import asyncio
import json
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from typer.testing import CliRunner

from syndicate import demo
from syndicate.app import clock, open_app
from syndicate.cli.main import app as command
from syndicate.errors import DeliveryError, UsageError
from syndicate.model import Chain, DeliveryState, Hop, Item, Mode, Outcome, Role, SendingState
from syndicate.pipeline import asking, overriding
from syndicate.pipeline.explain import explain
from syndicate.pipeline.release import publish, send_digest
from syndicate.pipeline.standing import may_go_out
from syndicate.store import LedgerKind, Sought

CONFIG = """
site: {name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}
database: sqlite:///test.db
smtp: {host: 127.0.0.1, port: PORT}
publishers:
  south: {name: South Desk, home: "https://south.example", terms: free}
  hill: {name: Hill Review, home: "https://hill.example", terms: closed}
terms:
  free: {grants: [{mode: full, media: [web, email], duties: [credit, link]}]}
  closed: {licence: all-rights-reserved, contact: desk@hill.example}
sources:
  - {id: south, url: "https://south.example/feed", publisher: south}
  - {id: hill, url: "https://hill.example/feed", publisher: hill}
channels:
  community: {kind: feed}
  weekly: {kind: digest, schedule: "0 7 * * 1", from: Bulletin <news@bulletin.example>}
  print: {kind: page, medium: print}
"""
STORIES = (("i-1", "south", "South Desk", "The ferry"), ("i-2", "hill", "Hill Review", "Éclair, or the hill by night"))


class House:
    """A site of ours with two stories, one of which may be carried, and a clock set by hand."""

    def __init__(self, folder, port=25):
        self.path, self.now = folder / "config.yaml", clock()  # commands read the real clock
        self.path.write_text(CONFIG.replace("PORT", str(port)), encoding="utf-8")
        with closing(self.open()) as app, app.store.write() as tx:
            for item_id, publisher, name, title in STORIES:
                url = f"https://{publisher}.example/{item_id}"
                item = Item(item_id, publisher, publisher, url, url, title, f"<p>{title}.</p>", f"{title}.")
                chain = Chain((Hop(Role.ORIGIN, name, publisher, url, self.now, item_id),))
                tx.items.put(publisher, [item], {item_id: chain}, {}, {}, now=self.now, first_poll=False)
            tx.channels.sync([channel.id for channel in app.config.channels], self.now - timedelta(days=1))

    def open(self):
        """The application."""
        return open_app(self.path, now=lambda: self.now)

    def say(self, *words, code=0):
        """Run a command that ends with that code; its output."""
        result = CliRunner().invoke(command, [*words, "-c", str(self.path)])
        assert result.exit_code == code, result.output
        return result.output

    def refused(self, *words):
        """What a command that is refused says."""
        error = CliRunner().invoke(command, [*words, "-c", str(self.path)]).exception
        assert isinstance(error, UsageError), error
        return str(error)


@pytest.fixture
def house(tmp_path):
    """A house without a mail server."""
    return House(tmp_path)


def item(app, item_id):
    """A stored item."""
    with app.store.read() as tx:
        return tx.items.get([item_id])[item_id]


def modes(app, item_id="i-1"):
    """How far each channel carries an item, and why."""
    found = explain(app.composing, item(app, item_id), app.config.channels)
    return {one.channel.id: (one.decision.mode, one.decision.because) for one in found}


# ------------------------------------------------------------------------------------------------ overrides


def test_an_item_is_narrowed_at_once_and_carried_again(house):
    """Everywhere or on one channel; the feed follows, with a tombstone; its reason is on record and published nowhere."""
    with closing(house.open()) as app:
        publish(app.composing, app.channel("community"), app.release)
        assert modes(app)["community"][0] is Mode.FULL
    told = house.say("override", "i-1", "--reason", "A lawyer called.", "--by", "Mara Lind")
    assert told == "No further than withhold on all channels: The ferry\n"
    with closing(house.open()) as app:
        assert modes(app)["community"] == modes(app)["weekly"] == (Mode.WITHHOLD, "Our editors do not carry it")
        house.now += timedelta(minutes=1)
        feed = publish(app.composing, app.channel("community"), app.release).verified.edition
        assert [stone.item_id for stone in feed.tombstones] == ["i-1"]
        assert not any(b"lawyer" in part.content or b"Mara" in part.content for part in feed.parts)
        (one,) = explain(app.composing, item(app, "i-1"), [app.channel("weekly")])[0].overrides
        assert (one.reason, one.by) == ("A lawyer called.", "Mara Lind")
    (line,) = json.loads(house.say("ledger", "--json", "--kind", "override"))
    assert line["data"]["reason"] == "A lawyer called."
    assert "A lawyer" in house.say("override")
    assert "narrowed to withhold by Mara Lind: A lawyer called." in house.say("explain", "i-1")
    assert house.say("override", "i-1", "--undo") == "As its terms permit again: The ferry\n"
    with closing(house.open()) as app:
        assert modes(app)["community"][0] is Mode.FULL
        feed = publish(app.composing, app.channel("community"), app.release).verified.edition
        assert "i-1" in [entry.item.id for entry in feed.entries if entry.decision.mode]
    assert "is not overridden on all channels" in house.refused("override", "i-1", "--undo")
    assert house.say("override").startswith("Nothing is narrowed.")


def test_one_channel_alone_is_narrowed_and_print_has_no_links(house):
    """What holds for one channel leaves the others; a link in print is nothing, as without a permission."""
    house.say("override", "i-1", "--mode", "link", "--channel", "weekly", "--reason", "Too long for mail.")
    with closing(house.open()) as app:
        found = modes(app)
        assert found["weekly"] == (Mode.LINK, "Our editors show no more of it than a link")
        assert found["community"][0] is Mode.FULL
        overriding.narrow(app.composing, item(app, "i-1"), Mode.LINK, "Links only.", "Dana")
        assert modes(app)["print"][0] is Mode.WITHHOLD


def test_nothing_is_widened_and_nothing_without_a_reason(house):
    """An override only narrows: what is wanted wider takes a permission; a link stays what terms left of it."""
    assert "takes a permission" in house.refused("override", "i-2", "--mode", "full", "--reason", "We want it.")
    assert "say why" in house.refused("override", "i-1")
    assert "is no mode" in house.refused("override", "i-1", "--mode", "all", "--reason", "x")
    with closing(house.open()) as app:
        before = modes(app, "i-2")["community"]
        overriding.narrow(app.composing, item(app, "i-2"), Mode.LINK, "Only a link.", "Dana")
        assert modes(app, "i-2")["community"] == before


def test_a_digest_under_way_is_stopped(house):
    """An edition that holds the item is cancelled before its next claim, as it is when a publisher objects."""
    with closing(house.open()) as app:
        weekly = app.channel("weekly")
        with app.store.write() as tx:
            consents = {"ada@reader.example": demo_consent(house.now)}
            tx.people.add_confirmed("weekly", consents, now=house.now)
        sent = send_digest(app.composing, weekly, "2026-W48").verified.edition
        judge = may_go_out(app.composing)
        with app.store.write() as tx:
            assert judge(tx, sent.id) == ""
        overriding.narrow(app.composing, item(app, "i-1"), Mode.WITHHOLD, "A lawyer called.", "Dana")
        with app.store.write() as tx:
            assert "may be carried as withhold only" in judge(tx, sent.id)
            assert tx.sendings.get(sent.id).state is SendingState.CANCELLED


def demo_consent(now):
    """A consent to the digest."""
    from syndicate.model import Consent, Purpose

    return Consent(Purpose.COMMUNITY, "I want it.", "form", now)


# ------------------------------------------------------------------------------------------------ requests


def test_a_letter_is_drafted_sent_by_hand_and_answered(house):
    """To the contact on record, with what, where, how much and the credit; open until its answer is a statement."""
    letter = house.say("terms", "ask", "hill", "--channel", "weekly", "--item", "i-2")
    assert letter.startswith("To: desk@hill.example\nSubject: May we carry “Éclair, or the hill by night”?\n")
    assert "weekly, a digest by mail, not for profit, without advertising" in letter
    assert "Today we show there: the headline, your name and a link." in letter
    assert "Written for    Hill Review" in letter
    assert "https://hill.example/i-2" in letter
    assert "Nothing was sent." in letter
    asked = ("terms", "ask", "hill", "--channel", "weekly", "--item", "i-2", "--sent", "letter of today")
    number = house.say(*asked).split("request ")[1].split(":")[0]
    (one,) = json.loads(house.say("terms", "requests", "--json"))
    assert (one["letter"]["to"], one["reference"], one["answer"]) == ("desk@hill.example", "letter of today", "")
    assert f"remind of request {number}" in house.refused(*asked)
    words = ("mode=full", "media=email", "reference=her mail of 3 May", "items=i-2", "--request", number)
    assert "was asked of another publisher" in house.refused("terms", "grant", "south", *words)
    house.say("terms", "grant", "hill", *words)
    house.now += timedelta(minutes=5)
    with closing(house.open()) as app:
        assert modes(app, "i-2")["weekly"][0] is Mode.FULL
        assert modes(app, "i-2")["community"][0] is Mode.LINK
    assert house.say("terms", "requests").startswith("No request is open.")
    (one,) = json.loads(house.say("terms", "requests", "--all", "--json"))
    assert (one["answer"], one["answer_reference"], one["statement"]) == ("granted", "her mail of 3 May", 1)
    assert "no such request is open" in house.refused("terms", "object", "hill", "--request", number)
    assert "is carried as far already" in house.refused("terms", "ask", "hill", "--channel", "weekly", "--item", "i-2")


def test_a_refusal_and_no_answer_end_a_request(house):
    """A no is recorded as a refusal; one that nobody answers is late after two weeks, reminded of, and closed."""
    ask = ("terms", "ask", "hill", "--channel", "community")
    first = house.say(*ask, "--sent", "letter 1").split("request ")[1].split(":")[0]
    house.say("terms", "object", "hill", "mode=link", "quote=No, thank you.", "--request", first)
    assert json.loads(house.say("terms", "requests", "--all", "--json"))[0]["answer"] == "refused"
    second = house.say(*ask, "--sent", "letter 2", "--to", "other@hill.example").split("request ")[1].split(":")[0]
    with closing(house.open()) as app:
        house.now += timedelta(days=15)
        with app.store.read() as tx:
            assert asking.open_request(tx, int(second)).is_late(house.now)
        earlier = asking.day_of(app.composing, int(second))
        letter = asking.draft(app.composing, "hill", app.channel("community"), asked_on=earlier)
        assert f"we wrote to you on {earlier}" in " ".join(letter.text.split())
        done = asking.note(app.composing, letter, "Dana", how="by hand", again=int(second))
        assert (done.letters, done.last, done.is_late(house.now)) == (2, house.now.date(), False)
        with pytest.raises(UsageError, match="lies ahead"):
            asking.note(app.composing, letter, "Dana", how="by hand", again=int(second), on=house.now.date().max)
        with pytest.raises(UsageError, match="no such request is open"):
            asking.note(app.composing, letter, "Dana", how="by hand", again=int(first))
    assert (
        house.say("terms", "requests", "--close", second, "--reason", "They moved.") == f"Request {second} is closed.\n"
    )
    assert "no such request is open" in house.refused("terms", "requests", "--close", second)


def test_a_letter_goes_through_the_relay(tmp_path):
    """Sent on an explicit word alone, from the site's contact; what the relay refuses is not on record."""

    async def through():
        async with demo.sink(tmp_path / "mail") as sink:
            house = House(tmp_path, sink.port)
            said = ("terms", "ask", "hill", "--channel", "weekly", "--send")
            out = await asyncio.to_thread(house.say, *said)
            return house, out, [one.path.read_bytes() for one in sink.messages]

    house, out, (raw,) = asyncio.run(through())
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["From"], mail["To"]) == ("ed@bulletin.example", "desk@hill.example")
    assert "Dear Hill Review," in mail.get_content()
    assert mail["Message-ID"] in out
    (one,) = json.loads(house.say("terms", "requests", "--json"))
    assert one["reference"] == mail["Message-ID"]

    async def no(_to, _message):
        return Outcome(DeliveryState.HARD, "550 no such user")

    with closing(house.open()) as app:
        letter = asking.draft(app.composing, "hill", app.channel("community"))
        with pytest.raises(DeliveryError, match="550"):
            asyncio.run(asking.send(app.composing, letter, "Dana", no))
        with app.store.read() as tx:
            assert len(tx.ledger.all(LedgerKind.REQUEST)) == 1


# ------------------------------------------------------------------------------------------------ readers


def test_who_was_taken_off_by_mistake_comes_back(house):
    """Who bounced is brought back on every list, on record; whoever left by an own act is not."""
    with closing(house.open()) as app, app.store.write() as tx:
        tx.people.add_confirmed(
            "weekly", dict.fromkeys(("ada@r.example", "ben@r.example"), demo_consent(house.now)), now=house.now
        )
        ada, ben = tx.people.list("weekly")
        tx.people.dead(ada.id, house.now)
        tx.people.unsubscribe(ben.id, house.now)
    assert house.say("subscribers", "restore", "ADA@r.example", "--by", "Dana") == "May be written to again.\n"
    assert "Was not taken off" in house.say("subscribers", "restore", "ben@r.example", code=1)
    with closing(house.open()) as app, app.store.read() as tx:
        assert [one.state for one in tx.people.list("weekly")] == ["active", "unsubscribed"]
        assert tx.ledger.tail(1, subject=str(ada.id))[0].data == {"act": "restore", "by": "Dana"}
    with closing(house.open()) as app, app.store.write() as tx:
        tx.people.dead(ben.id, house.now)
    assert house.say("subscribers", "restore", "ben@r.example") == (
        "May be written to again. Off weekly still: whoever left comes back by an own act.\n"
    )
    with closing(house.open()) as app, app.store.read() as tx:
        assert [one.state for one in tx.people.list("weekly")] == ["active", "unsubscribed"]
        assert [(one.channel_id, one.reason) for one in tx.people.suppressions()] == [("weekly", "unsubscribed")]


def test_a_table_is_weighed_before_it_is_brought_in(house, tmp_path):
    """What a dry run says is what the import does, and only the import does it."""
    table = "email,confirmed_at,method,wording\nada@r.example,2026-01-02,form,I want it.\nben@r.example,,,\nada@r.example,,,\n"
    (tmp_path / "old.csv").write_text(table)
    ask = ("subscribers", "import", str(tmp_path / "old.csv"), "--channel", "weekly")
    said = house.say(*ask, "--dry-run")
    assert (
        said
        == "weekly: 1 reader would be added, 0 there before, 0 left earlier and stay off, 1 would be asked to confirm.\n"
    )
    with closing(house.open()) as app, app.store.read() as tx:
        assert tx.people.list("weekly") == ()
    assert house.say(*ask) == said.replace("would be ", "")


# ------------------------------------------------------------------------------------------------ found again


def test_items_are_found_by_title_publisher_and_day(house):
    """In any case of any script; a wild card is a character like others."""
    with closing(house.open()) as app, app.store.read() as tx:

        def found(**sought):
            return [one.item.id for one in tx.items.search(10, Sought(**sought))]

        assert found(words="éclair NIGHT") == ["i-2"]
        assert found(words="%") == []
        assert found(words="nothing", named=("south",)) == ["i-1"]
        assert found(publishers=("hill",)) == ["i-2"]
        assert found(touching=("south", "nobody")) == ["i-1"]
        assert found(sources=("south",), since=house.now, until=house.now + timedelta(days=1)) == ["i-1"]
        assert found(until=house.now) == []
        assert tx.items.search(1, Sought(), before=(house.now, "i-1"))[0].item.id == "i-2"
