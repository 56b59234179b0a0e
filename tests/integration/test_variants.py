# SPDX-License-Identifier: Apache-2.0
"""One digest, several groups of readers: a link for who did not agree, a correction for who was sent the old text.

Sent for real, over SMTP on loopback; each letter is read back and held to the decisions of its own edition.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from syndicate.config import statement
from syndicate.deliver.smtp import Relay
from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Consent,
    DeliveryState,
    Hop,
    Interest,
    Item,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Role,
    Site,
    Source,
    Verified,
)
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.explain import explain
from syndicate.pipeline.post import Posting, deliver
from syndicate.pipeline.release import send_digest
from syndicate.proof import verify
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.store import LedgerKind, open_store
from syndicate.testing import Sink

START = datetime(2026, 1, 1, 7, tzinfo=UTC)
DAILY = Channel(
    "daily", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule="0 7 * * *",
    sender="Bulletin <news@bulletin.example>", subject="Today", consent=(Interest.RESEARCH,), limit=50,
)  # fmt: skip
ASKS = "grants: [{mode: full, media: [web, email], duties: [credit, link], consent: [research]}]"
OPEN = "grants: [{mode: full, media: [web, email], duties: [credit, link]}]"
PUBLISHERS = {
    name: Publisher(name, title, f"https://{name}.example/", statement(terms, licence=by_id, name="terms"))
    for name, title, terms in (("south", "South Desk", ASKS), ("tarn", "Tarn Review", OPEN))
}


class Post(Sink):
    """A mail server that keeps the bytes of what it takes, by recipient."""

    def __init__(self, plan=lambda _recipient, _attempt: ""):
        super().__init__(plan)
        self.bytes = {}

    def keep(self, taken, body):
        """One message."""
        super().keep(taken, body)
        self.bytes.setdefault(taken.recipient, []).append(body)


class House:
    """Two publishers, of which one asks for a consent, and readers who gave it or not."""

    def __init__(self, folder, sink):
        self.now, self.sink = START, sink
        self.store = open_store(f"sqlite:///{folder}/test.db")
        site = Site("Bulletin", "https://bulletin.example", "editor@bulletin.example")
        self.composing = Composing(self.store, lambda: self.now, site, PUBLISHERS, environment(), b"k" * 32)
        with self.store.write() as tx:
            tx.sources.sync([Source(n, f"{p.home}feed", p) for n, p in PUBLISHERS.items()], START)
            tx.channels.sync([DAILY.id], START)

    def join(self, name, *interests):
        """A reader, who agreed to ``interests``."""
        consent = Consent(Purpose.COMMUNITY, "The daily digest.", "test", self.now, interests)
        with self.store.write() as tx:
            tx.people.add_confirmed(DAILY.id, {f"{name}@reader.example": consent}, now=self.now)

    def bring(self, publisher, name, text):
        """A story comes, or comes again; its item."""
        url = f"https://{publisher}.example/{name}"
        item = Item(f"i-{name}", publisher, publisher, url, url, name.title(), f"<p>{text}</p>", text, published=START)
        chain = Chain((Hop(Role.ORIGIN, PUBLISHERS[publisher].name, publisher, url, START, item.id),))
        with self.store.write() as tx:
            tx.items.put(publisher, [item], {item.id: chain}, {}, {}, now=self.now, first_poll=False)

    def send(self, *, later=timedelta(days=1)):
        """The next digest, delivered; what each reader got of it, as plain text."""
        self.now += later
        self.sink.bytes.clear()
        released = send_digest(self.composing, DAILY, f"{self.now:%Y-%m-%dT%H%M}")
        relay = Relay("127.0.0.1", self.sink.port, "none")
        posting = Posting(self.store, relay, lambda: self.now, "w", lambda _: False)
        counts = asyncio.run(deliver(posting))
        assert set(counts) <= {DeliveryState.ACCEPTED, DeliveryState.HARD}
        self.released = released
        return {name.partition("@")[0]: _text(found[-1]) for name, found in self.sink.bytes.items()}

    def editions(self):
        """All editions of the newest digest with their entries, the one of the period first."""
        with self.store.read() as tx:
            found = tx.editions.released_since(self.now)
        return sorted((one.edition for one in found), key=lambda one: one.period)


def _text(body):
    message = message_from_bytes(body, policy=policy.default)
    return re.sub(r"\s+", " ", message.get_body(("plain",)).get_content())


@pytest.fixture
def house(tmp_path):
    """The house with a mail server."""
    with Post() as sink:
        made = House(tmp_path, sink)
        yield made
        made.store.close()


def test_who_did_not_agree_gets_a_link(house):
    """The same story goes out in full to who agreed and as a link to who did not; other stories to both in full."""
    house.join("ada", Interest.RESEARCH)
    house.join("ben")
    house.bring("south", "ferry", "The ferry runs at nine.")
    house.bring("tarn", "mill", "The mill turns.")
    got = house.send()
    assert set(got) == {"ada", "ben"}
    assert "The ferry runs at nine." in got["ada"]
    assert "The mill turns." in got["ada"]
    assert "The ferry runs at nine." not in got["ben"]
    assert "https://south.example/ferry" in got["ben"]
    assert "asks for readers who agreed to receive it for its purpose" in got["ben"]
    assert "The mill turns." in got["ben"]
    assert house.released.recipients == 2


def test_each_variant_has_its_own_proof(house):
    """Every variant that left was read back; what each of its readers got is proved as it is, and no wider."""
    house.join("ada", Interest.RESEARCH)
    house.join("ben")
    house.bring("south", "ferry", "The ferry runs at nine, as it has since the pier was built again.")
    house.send()
    whole, linked = house.editions()
    modes = [{e.item.id: e.decision.mode for e in one.entries} for one in (whole, linked)]
    assert modes == [{"i-ferry": Mode.FULL}, {"i-ferry": Mode.LINK}]
    for edition in (whole, linked):
        assert isinstance(verify(edition, house.composing.site), Verified)
    swapped = [verify(_with_parts(linked, whole), house.composing.site)]
    assert [isinstance(one, Verified) for one in swapped] == [False]
    with house.store.read() as tx:
        assert len(tx.ledger.tail(9, LedgerKind.PROOF)) == 2
        assert tx.editions.last_digest(DAILY.id).id == whole.id
        (stored,) = tx.items.newest(9)
    (told,) = explain(house.composing, stored, [DAILY])
    assert (told.edition.edition_id, told.edition.mode) == (whole.id, Mode.FULL)


def _with_parts(edition, other):
    return type(edition)(edition.id, edition.channel, edition.period, edition.created, other.parts, edition.entries)


def test_nobody_who_agreed(house):
    """Where nobody agreed all get the links, and nothing of the text leaves."""
    house.join("ben")
    house.bring("south", "ferry", "The ferry runs at nine.")
    got = house.send()
    assert "https://south.example/ferry" in got["ben"]
    assert all(b"runs at nine" not in body for found in house.sink.bytes.values() for body in found)


def told(got, words):
    """Of everybody who got a letter: whether these words stand in it."""
    return {name: words in text for name, text in got.items()}


def test_a_correction_goes_to_who_was_sent_the_old_text(house):
    """Who joined later, whose mail was refused, and who was sent a link only are not told of a change."""
    house.sink.plan = lambda recipient, attempt: "message" if recipient.startswith("zoe") and attempt == 1 else ""
    house.join("zoe", Interest.RESEARCH)
    house.join("ada", Interest.RESEARCH)
    house.join("ben")
    house.bring("south", "ferry", "The ferry runs at nine.")
    house.bring("tarn", "mill", "The mill turns.")
    house.send()
    house.join("cyd", Interest.RESEARCH)
    house.bring("south", "ferry", "The ferry runs at ten.")
    house.bring("tarn", "weir", "The weir holds.")
    got = house.send()
    nobody = dict.fromkeys(("ada", "ben", "cyd", "zoe"), False)
    assert told(got, "has been changed by its publisher") == nobody | {"ada": True}
    house.bring("tarn", "mill", "The mill stands still.")
    house.bring("tarn", "lock", "The lock is shut.")
    got = house.send()
    assert told(got, "“Mill” of Tarn Review") == nobody | {"ada": True, "ben": True}
    assert told(got, "“Ferry”") == nobody, "each change is told once"


def test_deliveries_stay_the_same_bytes(house):
    """Sent again after an unknown outcome, a letter of a variant has the same Message-ID and the same bytes."""
    house.join("ben")
    house.join("ada", Interest.RESEARCH)
    house.sink.plan = lambda recipient, attempt: "dropafter" if recipient.startswith("ben") and attempt == 1 else ""
    house.bring("south", "ferry", "The ferry runs at nine.")
    house.now += timedelta(days=1)
    send_digest(house.composing, DAILY, "today")
    relay = Relay("127.0.0.1", house.sink.port, "none")
    for _ in range(2):
        posting = Posting(house.store, relay, lambda: house.now, "w", lambda _: False)
        asyncio.run(deliver(posting))
        house.now += timedelta(minutes=20)
    first, again = house.sink.bytes["ben@reader.example"]
    assert first == again
    assert len(house.sink.bytes["ada@reader.example"]) == 1
