# SPDX-License-Identifier: Apache-2.0
"""Readers who leave by the one POST of their mail program while their edition goes out, as the daemon does both.

The database itself writes down, in one order, every claim and every departure, so that it can be told afterwards whether
anybody was claimed who had left; each POST comes from another process, and is timed there.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass

from syndicate.model import Consent, Purpose
from syndicate.pipeline.post import deliver
from syndicate.pipeline.release import send_digest
from syndicate.serve.run import serving
from tests.cases.serve.every_route import MORE
from tests.cases.serve.readers import House

WATCH = """
CREATE TABLE seen (id INTEGER PRIMARY KEY AUTOINCREMENT, subscriber INTEGER, what TEXT);
CREATE TRIGGER see_claims AFTER UPDATE OF state ON deliveries WHEN NEW.state = 'claimed' AND OLD.state <> 'claimed'
BEGIN INSERT INTO seen (subscriber, what) VALUES (NEW.subscriber_id, 'claimed'); END;
CREATE TRIGGER see_departures AFTER UPDATE OF state ON subscribers WHEN NEW.state = 'unsubscribed'
BEGIN INSERT INTO seen (subscriber, what) VALUES (NEW.id, 'left'); END;
"""
CLIENT = """
import http.client, json, sys, time
from concurrent.futures import ThreadPoolExecutor
port, together, paths = int(sys.argv[1]), int(sys.argv[2]), json.load(sys.stdin)
def leave(path):
    before = time.perf_counter()
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    web.request("POST", path, "List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"})
    answer = web.getresponse()
    answer.read()
    web.close()
    return answer.status, time.perf_counter() - before
with ThreadPoolExecutor(together) as pool:
    print(json.dumps(list(pool.map(leave, paths))))
"""


@dataclass(frozen=True, slots=True)
class Left:
    """How it went: the answers with their seconds, who left, who of them was in time, and what the database saw."""

    answers: list[tuple[int, float]]
    leaving: frozenset[int]
    outcomes: dict[str, int]
    claimed_after: int
    claimed_before: int
    states: dict[str, int]


class Leaving(House):
    """A house whose digest goes to so many readers through a relay at ``port``."""

    def __init__(self, folder, port, recipients, connections=10):
        super().__init__(
            folder, f"{MORE}smtp: {{host: 127.0.0.1, port: {port}}}\ndelivery: {{connections: {connections}}}\n"
        )
        consent = Consent(Purpose.COMMUNITY, "The digest.", "test", self.now)
        with self.app.store.write() as tx:
            emails = [f"r{n}@reader.example" for n in range(recipients)]
            self.readers = tx.people.add_confirmed("weekly", dict.fromkeys(emails, consent), now=self.now).added
        self.bring("i-1")
        assert send_digest(self.app.composing, self.channel, "2026-11-23T0800").recipients == recipients
        with closing(sqlite3.connect(self.file)) as database:
            database.executescript(WATCH)

    async def go(self, leaving, together=8):
        """Send, and let every so manieth reader leave once the first mails are out."""
        some = self.readers[:: len(self.readers) // leaving][:leaving]
        paths = [self.token("unsubscribe", one) for one in some]
        begun, told = asyncio.Event(), []

        def heard(state):
            told.append(state)
            if len(told) == len(self.readers) // 50:
                begun.set()

        async with serving(self.app.application(lambda: True)) as port:
            sending = asyncio.create_task(deliver(self.app.posting, heard))
            await asyncio.wait([sending, asyncio.create_task(begun.wait())], return_when=asyncio.FIRST_COMPLETED)
            client = await asyncio.create_subprocess_exec(
                sys.executable, "-c", CLIENT, str(port), str(together),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            printed, _ = await client.communicate(json.dumps(paths).encode())
            outcomes = await sending
        return self._found([tuple(one) for one in json.loads(printed)], {one.id for one in some}, outcomes)

    def _found(self, answers, leaving, outcomes):
        with closing(sqlite3.connect(self.file)) as database:
            seen = database.execute("SELECT subscriber, what FROM seen ORDER BY id").fetchall()
            states = dict(database.execute("SELECT state, count(*) FROM deliveries GROUP BY state"))
        gone, before, after = set(), set(), 0
        for subscriber, what in seen:
            if what == "left":
                gone.add(subscriber)
            elif subscriber in gone:
                after += 1
            else:
                before.add(subscriber)
        assert gone == leaving
        return Left(
            answers, frozenset(leaving), {str(k): v for k, v in outcomes.items()}, after, len(before & leaving), states
        )
