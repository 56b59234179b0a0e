# SPDX-License-Identifier: Apache-2.0
"""Several daemons on one database, by a clock that is set by hand: digests on schedule, and their delivery.

As a program it is one of them: ``daemons.py FOLDER NUMBER`` makes what is due and delivers it until it is stopped.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicate.app import open_app
from syndicate.errors import SyndicateError
from syndicate.model import Chain, Consent, Hop, Item, Purpose, Role
from syndicate.pipeline.post import deliver
from syndicate.schedule import workers
from syndicate.schedule.cycle import Report, Work, send_due_digests
from syndicate.testing import Sink

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PERIOD = timedelta(hours=1)
CONFIG = """
site: {{name: Riverside Bulletin, url: https://bulletin.example, contact: editor@bulletin.example}}
database: "{database}"
smtp: {{host: 127.0.0.1, port: {port}}}
delivery: {{connections: 2}}
publishers:
  south: {{name: South Desk, home: https://south.example/}}
sources:
  - {{id: south, url: https://south.example/feed, publisher: south}}
channels:
  hourly: {{kind: digest, schedule: "0 * * * *", timezone: UTC, from: Bulletin <news@bulletin.example>}}
"""


@dataclass(frozen=True)
class Held:
    """What came of it."""

    editions: int
    mails: int
    extra: int
    missing: int
    other_ids: int
    leaders: int
    seconds: float


def clock_of(folder):
    """The time that stands in a file, for all processes."""
    file = Path(folder) / "clock"
    return lambda: datetime.fromisoformat(file.read_text())


def set_clock(folder, now):
    """All processes see the new time at once."""
    half = Path(folder) / "clock.half"
    half.write_text(now.isoformat())
    half.replace(Path(folder) / "clock")


def run(folder, periods, readers, daemons=4, database="sqlite:///test.db"):
    """Let so many daemons pass so many periods, one new item in each; what came of it."""
    set_clock(folder, START)
    began = time.monotonic()
    with ExitStack() as stack:
        sink = stack.enter_context(Sink())
        (folder / "config.yaml").write_text(CONFIG.format(port=sink.port, database=database))
        app = open_app(folder / "config.yaml", now=clock_of(folder))
        stack.callback(app.store.close)
        people = subscribe(app, readers)
        running = [start(folder, number) for number in range(daemons)]
        stack.callback(stop, running)
        for number in range(periods):
            bring(app, number)
            set_clock(folder, START + (number + 1) * PERIOD + timedelta(seconds=5))
            wait(folder, running, lambda number=number: len(sink.taken) >= readers * (number + 1))
        with app.store.read() as tx:
            made = tx.editions.digests("hourly", 10_000)
        stop(running)
        with app.store.write() as tx:
            leaders = tx.leases.take("digests", "nobody", app.clock() + PERIOD, app.clock()).fence - 1
        copies = {(one.recipient, one.message_id) for one in sink.taken}
        return Held(
            editions=len(made),
            mails=len(sink.taken),
            extra=len(sink.taken) - len(copies),
            missing=periods * len(people) - len(copies),
            other_ids=len({one.message_id for one in sink.taken}) - len(copies),
            leaders=leaders,
            seconds=time.monotonic() - began,
        )


def subscribe(app, readers):
    """So many readers."""
    consent = Consent(Purpose.COMMUNITY, "The digest.", "test", START)
    with app.store.write() as tx:
        emails = {f"r{n}@mail.example": consent for n in range(readers)}
        return tx.people.add_confirmed("hourly", emails, now=START).added


def bring(app, number):
    """An item that a poll brings now."""
    url = f"https://south.example/{number}"
    item = Item(f"i-{number:016}", "south", "south", url, url, f"Story {number}", f"<p>Text {number}.</p>", "Text.")
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", url, item_id=item.id),))
    with app.store.write() as tx:
        tx.items.put("south", [item], {item.id: chain}, {}, {}, now=app.clock(), first_poll=False)


def start(folder, number):
    """One daemon."""
    return subprocess.Popen([sys.executable, __file__, str(folder), str(number)])


def stop(running):
    """All of them."""
    for one in running:
        one.terminate()
    for one in running:
        one.wait()


def wait(folder, running, is_done):
    """Until it is done and every daemon has had a whole look at the present time."""
    now = (folder / "clock").read_text()
    files = [folder / f"seen.{number}" for number in range(len(running))]
    while not (is_done() and all(file.exists() and file.read_text() == now for file in files)):
        assert all(one.poll() is None for one in running), "a daemon has ended"
        time.sleep(0.01)


def daemon(folder, number):
    """What ``start`` starts."""
    now, seen = clock_of(folder), Path(folder) / f"seen.{number}"
    app = open_app(Path(folder) / "config.yaml", now=now)
    channels = app.config.channels
    work = Work(
        None, app.composing, app.posting, None, channels, worker=workers.name(), is_gone=workers.is_gone
    )  # fmt: skip
    while True:
        began, report = now(), Report()
        send_due_digests(work, report)
        with suppress(SyndicateError):
            asyncio.run(deliver(work.posting))
        if not report.refused:
            Path(f"{seen}.half").write_text(began.isoformat())
            Path(f"{seen}.half").replace(seen)
        time.sleep(0.01)


if __name__ == "__main__":
    daemon(sys.argv[1], sys.argv[2])
