# SPDX-License-Identifier: Apache-2.0
"""Terms that ask to be told before publication: the item waits on every channel until a person says that it was done."""

import json
from contextlib import closing
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from syndicate.app import clock, open_app
from syndicate.cli.main import app as command
from syndicate.errors import UsageError
from syndicate.model import Chain, Hop, Item, Mode, Role, Verified
from syndicate.pipeline.compose import compose_digest, compose_feed
from syndicate.pipeline.release import publish
from syndicate.store import LedgerKind

CONFIG = """
site: {name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}
database: sqlite:///test.db
publishers:
  south: {name: South Desk, home: "https://south.example", terms: early}
terms:
  early:
    grants: [{mode: full, media: [web, email], duties: [credit, link], notify: desk@south.example, notify_before: 2d}]
sources:
  - {id: south, url: "https://south.example/feed", publisher: south}
channels:
  community: {kind: feed}
  weekly: {kind: digest, schedule: "0 7 * * 1", from: Bulletin <news@bulletin.example>}
"""
URL = "https://south.example/ferry"


class House:
    """A site of ours with one story, and a clock set by hand."""

    def __init__(self, folder):
        self.path, self.now = folder / "config.yaml", clock()  # commands read the real clock
        self.path.write_text(CONFIG, encoding="utf-8")
        item = Item("i-1", "south", "south", URL, URL, "Ferry", "<p>It runs.</p>", "It runs.", published=self.now)
        chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", URL, self.now, item.id),))
        with closing(self.open()) as app, app.store.write() as tx:
            tx.items.put("south", [item], {item.id: chain}, {}, {}, now=self.now, first_poll=False)

    def open(self):
        """The application."""
        return open_app(self.path, now=lambda: self.now)

    def say(self, *words):
        """Run a command; its output."""
        result = CliRunner().invoke(command, [*words, "-c", str(self.path)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.output

    def shown(self):
        """The modes of the story in the feed and in the next digest, and whether the feed's bytes hold it."""
        with closing(self.open()) as app:
            feed = compose_feed(app.composing, app.channel("community"))
            mail = compose_digest(app.composing, app.channel("weekly"), f"{self.now:%Y-%m-%dT%H%M}")
        assert isinstance(feed, Verified)
        (entry,) = feed.edition.entries
        mailed = [one.decision.mode for one in mail.edition.entries] if mail else []
        return entry.decision.mode, mailed, any(b"It runs" in part.content for part in feed.edition.parts)


@pytest.fixture
def house(tmp_path):
    """The house."""
    return House(tmp_path)


def test_it_waits_is_listed_told_and_goes(house):
    """Listed with whom to tell; after the notice its lead time runs; then feed and digest carry it, once, on record."""
    assert house.shown() == (Mode.WITHHOLD, [], False)
    (row,) = json.loads(house.say("tell", "--json"))
    assert (row["item"], row["channels"]) == ("i-1", ["community", "weekly"])
    assert "at desk@south.example" in row["because"]
    assert "1 item waits until its publisher was told" in house.say("tell")
    with closing(house.open()) as app:
        publish(app.composing, app.channel("community"), app.release)
    assert "Told at desk@south.example: Ferry" in house.say("tell", URL, "--at", "desk@south.example", "--by", "Mara")
    assert house.shown()[0] is Mode.WITHHOLD, "the lead time runs"
    house.now += timedelta(days=2, hours=1)
    assert house.shown() == (Mode.FULL, [Mode.FULL], True)
    with closing(house.open()) as app, app.store.read() as tx:
        (line,) = tx.ledger.tail(9, LedgerKind.NOTICE)
        assert tx.items.get(["i-1"])
    assert (line.subject, line.data["told"], line.data["by"]) == ("i-1", "desk@south.example", "Mara")


def test_a_notice_of_an_earlier_day(house):
    """A letter that was sent before it was recorded counts from its own day."""
    day = f"{house.now - timedelta(days=3):%Y-%m-%d}"
    house.say("tell", "i-1", "--at", "desk@south.example", "--date", day)
    house.now += timedelta(minutes=1)
    assert house.shown()[0] is Mode.FULL
    assert "0 items wait" in house.say("tell")


def test_where_is_asked(house):
    """A notice without an address is none."""
    result = CliRunner().invoke(command, ["tell", "i-1", "-c", str(house.path)])
    assert isinstance(result.exception, UsageError)
    assert "--at ADDRESS" in str(result.exception)
