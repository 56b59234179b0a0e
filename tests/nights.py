# SPDX-License-Identifier: Apache-2.0
"""What passes on several machines: rounds of polls and digests, faults in the midst of them, and what came of it."""

from __future__ import annotations

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from syndicate.app import clock, open_app
from syndicate.model import Consent, Purpose
from syndicate.testing import Sink
from tests import worlds
from tests.databases import databases
from tests.hosts import (
    CONNECTIONS,
    DAEMON,
    HOURS,
    PER_HOST,
    ROUND,
    WORKER,
    Clock,
    Crew,
    Here,
    Machine,
    at_once,
    may_divide,
)

SOUND = {"ordinary", "etag-only", "weak-etag", "last-modified-only", "ttl", "websub", "chunked", "redirect-302",
         "no-validators", "bom", "reordered", "duplicates", "no-dates"}  # fmt: skip
NEWEST = 15  # items in a feed of the world
HUNG = 3
WORKERS = 4
CONFIG = """
site: {{name: Riverside Bulletin, url: 'https://bulletin.example', contact: editor@bulletin.example}}
database: {database}
smtp: {{host: 127.0.0.1, port: {port}}}
delivery: {{connections: {connections}}}
network: {{allow_private: true, pause: 0s, timeout: 20s, per_host: {per_host}}}
publishers: {{p: {{name: P}}}}
channels:
  community: {{kind: feed, medium: web, purpose: community, limit: 100}}
  daily: {{kind: digest, schedule: "0 */8 * * *", timezone: UTC, limit: 10, backfill: 10,
          from: Riverside Bulletin <news@bulletin.example>, subject: Today}}
sources:
"""


@dataclass(frozen=True)
class Size:
    """How much there is, and how long the cable is out."""

    sources: int
    addresses: int
    readers: int
    cut: float
    patience: float


@dataclass
class Found:
    """What came of a night; times are in seconds."""

    polls: int = 0
    mails: int = 0
    lost: int = 0
    copies: int = 0
    most_copies: int = 0
    other_ids: int = 0
    editions: int = 0
    twice: int = 0
    missing: int = 0
    too_early: int = 0
    unheard: int = 0
    at_once: int = 0
    recovered: dict[str, float] = field(default_factory=dict)

    def kept(self, size: Size) -> bool:
        """Whether every promise was kept."""
        nothing = self.lost or self.other_ids or self.twice or self.missing or self.too_early
        return (
            not nothing
            and self.copies <= self.most_copies
            and self.at_once <= 2 * PER_HOST
            and self.polls >= size.sources
        )

    def told(self) -> str:
        """The same in words."""
        mended = "".join(f"{what}: back after {seconds:.1f} s\n" for what, seconds in self.recovered.items())
        return (
            f"{self.polls} polls, {self.editions} editions, {self.mails} mails: lost {self.lost}, copies {self.copies} "
            f"(at most {self.most_copies}), other Message-IDs {self.other_ids}; items twice {self.twice}, missing "
            f"{self.missing}; too_early {self.too_early} (and {self.unheard} whose answers a fault had lost), at once at one host {self.at_once} (at most {2 * PER_HOST})\n"
            f"{mended}"
        )


class Night:
    """Everything that stands on this machine while the workers are on theirs."""

    def __init__(self, folder: Path, shared: Path, size: Size, stack: ExitStack) -> None:
        """What is started here ends with the stack."""
        self.folder, self.size, self.server = folder, size, databases.server
        options = {"sources": size.sources, "addresses": size.addresses, "corpus-share": 0}
        options |= {"slow-seconds": 2, "hang-seconds": HUNG}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.world = stack.enter_context(worlds.serving(shared, *words))
        self.sink = stack.enter_context(Sink())
        self.url = databases.url(folder)
        self.unheard: set[str] = set()
        self.clock = Clock(folder)
        self._write()
        self.divided = may_divide()
        machines = [Machine(n) for n in range(3)] if self.divided else [Here()]
        self.crew = Crew(folder, machines)
        stack.callback(self.crew.close)
        if self.divided:
            self._admit()
        self.app = open_app(folder / "config.yaml", now=self.clock)
        stack.callback(self.app.close)

    def _write(self) -> None:
        found = [s for s in self.ask("/_world/truth.json")["sources"] if s["key"].isdigit()]
        self.behaviour = {s["key"]: s["behaviour"] for s in found}
        fixed = {"database": self.url, "port": self.sink.port, "connections": CONNECTIONS, "per_host": PER_HOST}
        lines = [f"  - {{id: s-{s['key']}, url: {s['feed']!r}, publisher: p, every: 1h, pages: false}}" for s in found]
        (self.folder / "config.yaml").write_text(CONFIG.format(**fixed) + "\n".join(lines))

    def _admit(self) -> None:
        """The server lets the other machines in."""
        with (self.server.folder / "data" / "pg_hba.conf").open("a") as file:
            file.write("host all all 10.0.0.0/8 trust\n")
        self.query("SELECT pg_reload_conf()")

    def ask(self, path: str, method: str = "GET") -> dict:
        """An answer of the world's own pages."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.world.port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def query(self, query: str, **values) -> list:
        """Rows of the database."""
        with closing(self.server.connection(self.url.rpartition("/")[2])) as connection:
            return connection.execute(query, values).fetchall()

    def number(self, query: str, **values) -> int:
        """One number of the database."""
        return self.query(query, **values)[0][0]

    # -------------------------------------------------------------------------------------------- rounds

    def subscribe(self) -> None:
        """The readers, each with a consent."""
        consent = Consent(Purpose.COMMUNITY, "The digest.", "test", self.clock())
        emails = {f"r{n}@mail-{n % 50}.example": consent for n in range(self.size.readers)}
        with self.app.store.write() as tx:
            tx.people.add_confirmed("daily", emails, now=self.clock())
        with closing(self.server.connection(self.url.rpartition("/")[2])) as connection:
            connection.execute("ANALYZE subscribers")  # the tests' server does this by itself never

    def tick(self) -> datetime:
        """Eight hours pass, a tenth publishes, and everything is due; when that round began."""
        self.ask(f"/_world/tick?percent=10&hours={HOURS}", "POST")
        self.clock.jump(timedelta(hours=HOURS))
        self.began = time.monotonic()
        return self.clock()

    def due(self) -> int:
        """Sources that are due now, or being polled."""
        query = (
            "SELECT count(*) FROM sources WHERE removed_at IS NULL AND paused_at IS NULL AND (next_poll_at <= %(now)s "
            "AND (wait_until IS NULL OR wait_until <= %(now)s) OR claimed_until > %(now)s)"
        )
        return self.number(query, now=self.clock())

    def owed(self, *more: str) -> int:
        """Mails that are on their way."""
        states = ["ready", "claimed", "in_data", "soft", *more]
        return self.number("SELECT count(*) FROM deliveries WHERE state = ANY(%(states)s)", states=states)

    def planned(self) -> int:
        """Mails that are in the outbox, sent or not."""
        return self.number("SELECT count(*) FROM deliveries")

    def until(self, is_so: Callable[[], object], what: str) -> float:
        """Wait; how many seconds that took."""
        began = time.monotonic()
        while not is_so():
            assert time.monotonic() - began < self.size.patience, f"after {self.size.patience} s: not {what}"
            self.crew.check()
            time.sleep(0.1)
        return time.monotonic() - began

    def done(self) -> bool:
        """Whether nothing is due, nothing owed, and the world's seconds have really passed."""
        return time.monotonic() - self.began >= ROUND and not self.owed() and not self.due()

    def pace(self, table: str, column: str, since: datetime, only: str = "TRUE") -> float:
        """Rows a second between the first and the last twentieth of those written since."""
        query = (
            f"SELECT count(*), percentile_disc(ARRAY[0.05, 0.95]) WITHIN GROUP (ORDER BY {column}) "  # noqa: S608 - names of ours
            f"FROM {table} WHERE {column} >= %(since)s AND {only}"
        )
        number, edges = self.query(query, since=since)[0]
        return 0.9 * number / (edges[1] - edges[0]).total_seconds()

    # -------------------------------------------------------------------------------------------- faults

    def name(self, number: int) -> str:
        """What the database knows a worker as, to its host and process."""
        named = self.crew.machine(number).name
        host = named if self.divided else _nodename()
        return f"{host}:{self.crew.running[number].pid}:%"

    def claims(self, name: str) -> int:
        """What is claimed under a name."""
        query = (
            "SELECT (SELECT count(*) FROM sources WHERE worker LIKE %(name)s AND claimed_until IS NOT NULL) "
            "+ (SELECT count(*) FROM deliveries WHERE worker LIKE %(name)s AND state IN ('claimed', 'in_data'))"
        )
        return self.number(query, name=name)

    def busy(self, but: tuple[int, ...] = ()) -> int:
        """A worker that has claimed something, none of these; any other where all is done already."""
        others = [number for number in self.crew.running if number not in but]
        found: list[int] = []

        def look() -> bool:
            found.extend(number for number in others if self.claims(self.name(number)))
            return bool(found) or not (self.due() or self.owed())

        self.until(look, "a worker at work")
        return (found or others)[0]

    def last(self, seconds: float, what: str) -> float:
        """A fault lasts so many seconds; those that it took."""
        began = time.monotonic()
        return self.until(lambda: time.monotonic() - began >= seconds, what)

    def lose(self, name: str = "%") -> None:
        """What the servers say to those who poll under that name now may be lost with the fault that comes."""
        query = "SELECT id FROM sources WHERE worker LIKE %(name)s AND claimed_until IS NOT NULL"
        self.unheard |= {source_id.removeprefix("s-") for (source_id,) in self.query(query, name=name)}

    def kill(self, number: int) -> float:
        """Kill a worker, start it again as its unit does; seconds until nothing waits for the dead one."""
        name = self.name(number)
        self.crew.kill(number)
        self.lose(name)
        gone = self.last(2, "its unit starts it again")
        self.crew.start(number)
        return gone + self.until(lambda: not self.claims(name), "free of what the dead one had claimed")

    def cut(self, number: int) -> float:
        """Cut a worker's machine off, mend it; seconds until it is back at the database."""
        machine = self.crew.machine(number)
        machine.cut()
        self.last(self.size.cut, "the cable is mended")
        machine.mend()
        when = clock()
        return self.until(lambda: self._asked(machine.address, when), "back after the cut")

    def restart(self) -> float:
        """Crash the database and start it; seconds until every machine has used it."""
        self.lose()
        self.server.crash()
        self.server.start()
        when, places = clock(), [one.address for one in self.crew.machines]
        return self.until(lambda: all(self._asked(place, when) for place in places), "used by all again")

    def _asked(self, address: str, since: datetime) -> bool:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE host(client_addr) = %(address)s AND query_start > %(since)s "
            "AND pid <> pg_backend_pid() AND datname = current_database()"
        )
        return self.number(query, address=address, since=since) > 0

    # -------------------------------------------------------------------------------------------- judgement

    def judge(self, faults: int) -> Found:
        """What is lost, doubled or ill-mannered; each fault may have left a mail on every connection in doubt."""
        truth, stats, copies = self.ask("/_world/truth.json"), self.ask("/_world/stats"), self.sink.copies()
        days = self.number("SELECT count(*) FROM editions WHERE channel_id = 'daily' AND state = 'released'")
        per_mail = Counter((one.recipient, one.message_id) for one in self.sink.taken)
        return Found(
            polls=self.number("SELECT sum(polls) FROM sources"),
            mails=len(self.sink.taken),
            lost=days * self.size.readers - len(per_mail),
            copies=len(self.sink.taken) - len(per_mail),
            most_copies=faults * CONNECTIONS,
            other_ids=len(per_mail) - len({one.message_id for one in self.sink.taken}),
            editions=days,
            twice=self.number(
                "SELECT count(*) FROM (SELECT 1 FROM items GROUP BY source_id, url HAVING count(*) > 1) x"
            ),
            missing=sum(1 for _ in self._missing(truth)) + (len(copies) != self.size.readers),
            too_early=sum(one["too_early"] for key, one in stats["sources"].items() if key not in self.unheard),
            unheard=sum(one["too_early"] for key, one in stats["sources"].items() if key in self.unheard),
            at_once=at_once(self.folder),
        )

    def _missing(self, truth: dict) -> Iterator[str]:
        """Addresses of items that sound sources show and that are not held."""
        held = {url for (url,) in self.query("SELECT url FROM items")}
        shown: dict[str, list] = {}
        for item in truth["items"]:
            if self.behaviour.get(item["source"]) in SOUND and not item["withdrawn"]:
                shown.setdefault(item["source"], []).append(item)
        for items in shown.values():
            newest = sorted(items, key=lambda item: item["published"])[-NEWEST:]
            yield from (item["url"] for item in newest if item["url"] not in held)


def _nodename() -> str:
    import os

    return os.uname().nodename


def troubled(night: Night) -> Found:
    """Four workers: faults while all is polled for the first time, more while a digest goes out; then what is in doubt."""
    crew, recovered = night.crew, {}
    night.subscribe()
    for number in range(WORKERS):
        crew.start(number, WORKER)
    night.began = time.monotonic()
    first = night.busy()
    recovered["killed while polling"] = night.kill(first)
    faults = 1
    if night.divided:
        recovered["cut off while polling"] = night.cut(night.busy((first,)))
        faults += 1
    night.until(lambda: night.number("SELECT count(*) FROM items") and night.done(), "all polled once")
    night.tick()
    night.until(lambda: night.sink.taken, "mail on its way")
    recovered["killed while delivering"] = night.kill(night.busy())
    recovered["database restarted"] = night.restart()
    faults += 2
    # A mail that was lost with its worker is in doubt, and goes out again when its quarter of an hour is over.
    night.until(lambda: night.planned() == night.size.readers and night.done(), "all polled and delivered")
    night.clock.jump(timedelta(minutes=16))  # mails of unknown outcome, and claims of whoever is no more
    night.until(lambda: night.done() and not night.owed("unknown"), "nothing in doubt")
    crew.stop()
    found = night.judge(faults)
    found.recovered = recovered
    return found


@dataclass(frozen=True)
class Pace:
    """How long a round took: so many polls and mails, and a second's worth of each in the midst of it."""

    who: str
    seconds: float
    polls: int
    mails: int
    polls_a_second: float
    mails_a_second: float


def paces(night: Night, crews: tuple[int, ...]) -> Iterator[Pace]:
    """Rounds in peace: by one daemon (0), and by so many workers; before them all is polled for the first time."""
    night.subscribe()
    for round_, workers in enumerate((max(crews), *crews)):
        for number in range(max(workers, 1)):
            night.crew.start(number, WORKER if workers else DAEMON)
        names = [night.folder / f"ready.{number}" for number in range(max(workers, 1))]
        night.until(lambda names=names: all(name.exists() for name in names), "ready")
        if round_:
            sent = len(night.sink.taken)
            since = night.tick()
            seconds = night.until(
                lambda n=sent: len(night.sink.taken) >= n + night.size.readers and night.done(), "done"
            )
            yield Pace(
                f"{workers} workers" if workers else "one process",
                seconds,
                night.number("SELECT count(*) FROM poll_runs WHERE at >= %(since)s", since=since),
                len(night.sink.taken) - sent,
                night.pace("poll_runs", "at", since),
                night.pace("deliveries", "updated_at", since, "state = 'accepted'"),
            )
        else:
            night.began = time.monotonic()
            night.until(lambda: night.number("SELECT count(*) FROM items") and night.done(), "all polled once")
        night.crew.stop()
        for name in names:
            name.unlink()
