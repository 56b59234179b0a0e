# SPDX-License-Identifier: Apache-2.0
"""A database with an edition that is owed to readers, a clock that is set by hand, and a relay: for delivery tests.

As a program it is a sender that can be killed: ``house.py URL PORT CONNECTIONS`` delivers what is due.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from syndicate.deliver.smtp import Relay
from syndicate.errors import DeliveryError
from syndicate.model import Channel, ChannelKind, Consent, Edition, Medium, Part, Purpose, Verified
from syndicate.pipeline.post import Posting, deliver
from syndicate.pipeline.release import message_id
from syndicate.publish.mail import CONSENT_IN_TEXT, PREFERENCES_IN_TEXT, TOKEN, TOKEN_IN_TEXT, Letter, skeleton
from syndicate.store import open_store
from syndicate.testing import Sink

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WEEKLY = Channel(
    "weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, sender="Bulletin <news@bulletin.example>"
)
CONSENT = Consent(Purpose.COMMUNITY, "Send me the weekly digest.", "form", NOW - DAY * 30)


def letter(size=2_000):
    """A skeleton of about so many bytes, with every place that is filled in."""
    text = f"Hello.\n.A line with a dot.\nStop: https://b.example/unsubscribe/{TOKEN_IN_TEXT}\n" + "x y " * (size // 8)
    html = (
        f'<p>Since {CONSENT_IN_TEXT}</p><a href="https://b.example/unsubscribe/{TOKEN_IN_TEXT}">stop</a>'
        f'<a href="https://b.example/preferences/{PREFERENCES_IN_TEXT}">change</a>{"<b>z</b>" * (size // 16)}'
    )
    headers = {"List-Unsubscribe": f"<https://b.example/unsubscribe/{TOKEN}>"}
    return skeleton(Letter(WEEKLY.sender, "This week", NOW, headers, text, html))


class House:
    """A database with readers, a clock that is set by hand, and a relay."""

    def __init__(self, url, port, **options):
        self.store = open_store(url)
        self.copied = self.store.copied()
        self.now = NOW
        self.options = {"connections": 4, "resend": True} | options
        self.relay = Relay("127.0.0.1", port, connect_timeout=5, command_timeout=5, data_timeout=1)
        self.paused, self.owed = [], []

    def edition(self, readers, period="1", domain="reader.example", expires=DAY * 2, size=2_000):
        """Owe an edition to so many new readers."""
        name = f"e-{period}"
        edition = Edition(name, WEEKLY, period, self.now, (Part("mail", "message/rfc822", letter(size)),), ())
        emails = [f"r{n}.{period}@{domain}" for n in range(readers)]
        with self.store.write() as tx:
            tx.editions.put(edition, Verified(edition, ()), (), now=self.now)
            people = tx.people.add_confirmed("weekly", dict.fromkeys(emails, CONSENT), now=self.now).added
            ids = {one.id: message_id(b"k" * 32, name, one.id, "https://b.example") for one in people}
            tx.sendings.begin(name, "weekly", Purpose.COMMUNITY, readers, now=self.now)
            tx.outbox.enqueue(name, people, ids, self.now, expires_at=self.now + expires, key_id="1")
        return people

    async def _pause(self, seconds):
        self.paused.append(seconds)
        self.now += timedelta(seconds=seconds)

    @property
    def posting(self):
        """What delivering needs."""
        return Posting(
            self.store, self.relay, lambda: self.now, "w", lambda _: False,
            pause=self._pause, owed=self.owed, **self.options,
        )  # fmt: skip

    def deliver(self):
        """One run; how each ended."""
        return asyncio.run(deliver(self.posting))

    def run_until_done(self, most=50):
        """Run as a daemon would, the clock set to when something is due; how many runs it took."""
        for number in range(most):
            with self.store.read() as tx:
                due = tx.outbox.next_due()
            if due is None:
                return number
            self.now = max(self.now, due) + timedelta(seconds=1)
            try:
                self.deliver()
            except DeliveryError:
                self.now += 6 * MINUTE
        raise AssertionError("it never ends")

    def counts(self, name="e-1"):
        """How many deliveries are in each state."""
        with self.store.read() as tx:
            return {state.value: number for state, number in tx.outbox.counts(name).items()}

    def alarms(self):
        """The kinds of the open alarms."""
        with self.store.read() as tx:
            return [alarm.kind for alarm in tx.alarms.open()]


@contextmanager
def house(tmp_path, plan=lambda _recipient, _attempt: "", url="", **options):
    """A house and its sink."""
    if not url:
        from tests.databases import databases  # only here: programs have another path

        url = databases.url(tmp_path)
    with Sink(plan) as sink:
        built = House(url, sink.port, **options)
        try:
            yield built, sink
        finally:
            built.store.close()


def send_and_be_killed(url, port, connections):
    """Deliver what is due, under this process's own name."""
    home = House(url, int(port), connections=int(connections))
    name = f"p:{os.getpid()}"
    asyncio.run(deliver(Posting(home.store, home.relay, lambda: home.now, name, lambda w: w != name, **home.options)))


if __name__ == "__main__":
    send_and_be_killed(*sys.argv[1:])
