# SPDX-License-Identifier: Apache-2.0
"""Four workers on one PostgreSQL beside a feed world and a relay: manners, and what a night may bring.

One worker is killed, the queue is emptied, the server crashes and comes back, all in mid-run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

import psycopg
import pytest

from syndicate.app import open_app
from syndicate.errors import UsageError
from syndicate.model import Consent, Purpose
from syndicate.testing import Sink
from tests.databases import databases
from tests.worlds import serving

pytestmark = [pytest.mark.shared, pytest.mark.timeout(600), pytest.mark.usefixtures("postgresql")]

SOURCES, READERS, WORKERS = 60, 300, 4
NOT_ASKED_AGAIN = {"max-age", "skip-hours", "gone", "redirect-301", "redirect-308"}
CONFIG = """
site: {{name: Riverside Bulletin, url: "https://bulletin.example", contact: editor@bulletin.example}}
database: "{database}"
smtp: {{host: 127.0.0.1, port: {port}}}
delivery: {{connections: 2}}
network: {{allow_private: true, pause: 0s, timeout: 5s}}
publishers: {{p: {{name: P, terms: CC0-1.0}}}}
channels:
  community: {{kind: feed, medium: web, formats: [json], limit: 50}}
  weekly: {{kind: digest, medium: email, schedule: "0 7 * * 1", backfill: 2, limit: 20,
           from: Bulletin <news@bulletin.example>}}
sources:
"""
POLLED = "SELECT count(*) > %s FROM sources WHERE polls > 0"


class Night:
    """The workers, their database, and what is looked at from outside."""

    def __init__(self, stack, folder, shared):
        options = ("--sources", str(SOURCES), "--addresses", "12", "--slow-seconds", "1", "--hang-seconds", "3")
        self.world = stack.enter_context(serving(shared, *options))
        self.sink = stack.enter_context(Sink())
        self.folder, self.server = folder, databases.server
        self.url = databases.url(folder)
        self.sources = {s["key"]: s for s in self.world.truth()["sources"] if s["behaviour"] != "huge"}
        lines = [f"  - {{id: s-{k}, url: {s['feed']!r}, publisher: p, every: 1h}}" for k, s in self.sources.items()]
        text = CONFIG.format(database=self.url, port=self.sink.port) + "\n".join(lines)
        (folder / "config.yaml").write_text(text)
        self.workers = []
        stack.callback(self.stop)

    def start(self):
        """One more worker."""
        words = ["-m", "syndicate", "worker", "--concurrency", "3", "-c", str(self.folder / "config.yaml")]
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        self.workers.append(subprocess.Popen([sys.executable, *words], stdout=log, stderr=log, cwd=self.folder))
        log.close()

    def kill(self, number):
        """One worker, at once."""
        self.workers[number].kill()
        self.workers[number].wait()

    def stop(self):
        """All of them, gently; none may have ended before."""
        for one in self.workers:
            one.terminate()
        for one in self.workers:
            with suppress(subprocess.TimeoutExpired):
                one.wait(40)
            one.kill()
            one.wait()

    def ask(self, query, *values):
        """The rows of a query."""
        with self.server.connection(self.url.rpartition("/")[2]) as connection:
            result = connection.execute(query, values)
            return result.fetchall() if result.description else []

    def until(self, query, what, *values, seconds=100):
        """Wait until a query gives a true value."""
        tick = threading.Event()
        for _ in range(seconds * 5):
            with suppress(psycopg.OperationalError):
                if self.ask(query, *values)[0][0]:
                    return
            tick.wait(0.2)
        logs = "\n".join(path.read_text()[-1500:] for path in self.folder.glob("worker-*.log"))
        raise AssertionError(f"{what} did not happen in {seconds} s; {self.ask(STATE)}\n{logs}")


STATE = """SELECT (SELECT count(*) FROM sources WHERE polls > 0), (SELECT count(*) FROM items),
    (SELECT string_agg(queue_name || ' ' || status::text, ', ') FROM procrastinate_jobs),
    (SELECT string_agg(DISTINCT state, ', ') FROM deliveries)"""


def subscribe(night):
    """Readers who confirmed, and the digest to all of them, by the command."""
    app = open_app(night.folder / "config.yaml")
    consent = Consent(Purpose.COMMUNITY, "Send me the digest.", "form", datetime(2026, 1, 1, tzinfo=UTC))
    with app.store.write() as tx:
        emails = [f"r{n}@reader.example" for n in range(READERS)]
        tx.people.add_confirmed("weekly", dict.fromkeys(emails, consent), now=datetime(2026, 1, 1, tzinfo=UTC))
    app.close()


def compose(night):
    """The digest is composed and put into the outbox; workers deliver it."""
    from syndicate.pipeline.release import send_digest

    app = open_app(night.folder / "config.yaml")
    released = send_digest(app.composing, app.channel("weekly"), "now")
    app.close()
    assert released.recipients == READERS


def test_a_night_with_four_workers(tmp_path, shared):
    """Killed, emptied, crashed: every source is polled, politely, every item is there once, every reader has one mail."""
    with ExitStack() as stack:
        night = Night(stack, tmp_path, shared)
        subscribe(night)
        for _ in range(WORKERS):
            night.start()
        night.until(POLLED, "a quarter", SOURCES // 4)
        night.kill(0)
        night.until(POLLED, "a third", SOURCES // 3)
        night.ask("TRUNCATE procrastinate_jobs CASCADE")
        night.until(POLLED, "half", SOURCES // 2)
        night.server.crash()
        night.server.start()
        night.until("SELECT bool_and(polls > 0 OR next_poll_at IS NULL) FROM sources", "every poll")
        often = [f"s-{k}" for k, s in night.sources.items() if s["behaviour"] not in NOT_ASKED_AGAIN]
        for _ in range(2):
            night.ask("UPDATE sources SET next_poll_at = now() WHERE next_poll_at > now() AND id = ANY(%s)", often)
            night.until("SELECT bool_and(next_poll_at > now() OR wait_until > now()) FROM sources", "another round")
        compose(night)
        night.until("SELECT count(*) > 60 FROM deliveries WHERE state = 'accepted'", "some mail")
        night.kill(1)
        night.ask("TRUNCATE procrastinate_jobs CASCADE")
        night.until("SELECT bool_and(state IN ('accepted', 'unknown')) FROM deliveries", "all mail")
        look(night)


def look(night):
    """What the world, the relay and the readers of the feed saw."""
    stats = json.loads(subprocess.check_output(["curl", "-s", f"http://127.0.0.1:{night.world.port}/_world/stats"]))
    assert stats["total"]["too_early"] == 0
    assert stats["canaries"] == {}
    once = [k for k, s in night.sources.items() if s["behaviour"] in {"max-age", "skip-hours"}]
    assert sum(stats["sources"].get(k, {"hits": 0})["hits"] for k in once) <= len(once) + 3, "only what died asks again"
    wanted = [s for s in night.sources.values() if s["behaviour"] == "ordinary" and not s["corpus_file"]]
    held = Counter(row for row in night.ask("SELECT source_id, url FROM items"))
    assert set(held.values()) == {1}
    have = {source_id for source_id, _ in held}
    assert {f"s-{s['key']}" for s in wanted} <= have
    assert len(json.loads((night.folder / "public/feeds/community.json").read_text())["items"]) == 50
    copies = night.sink.copies()
    doubt = night.ask("SELECT count(*) FROM deliveries WHERE state = 'unknown' OR unknowns > 0")[0][0]
    assert sum(number - 1 for number in copies.values()) <= doubt <= 6
    assert len(copies) >= READERS - doubt
    assert len({one.message_id for one in night.sink.taken}) == len(copies)


def test_a_worker_needs_a_server(tmp_path):
    """On a file, and for a queue that there is not, a sentence says what to do instead."""
    from syndicate.cli.work import worker

    (tmp_path / "config.yaml").write_text(CONFIG.format(database="sqlite:///x.db", port=25) + "  []\n")
    with pytest.raises(UsageError, match="syndicate migrate-database"):
        worker(tmp_path / "config.yaml", ["polling"], 1)
    with pytest.raises(UsageError, match="no such queue"):
        worker(tmp_path / "config.yaml", ["sorting"], 1)
