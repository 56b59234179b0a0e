# SPDX-License-Identifier: Apache-2.0
"""P8 and P9: the most memory that the whole flow takes, and what ten times the recipients cost.

    memory.py [POLLED] [RECIPIENTS]

A database with 2,000 sources and 100,000 items. In one process: POLLED of the sources are polled cold, a feed of 100
items is published in three formats, and a digest is composed and mailed to RECIPIENTS, then to a tenth of them, into
Postfix's sink. Against lemon24/reader, cold, over the same feeds.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import delivery
from served.programs import in_child
from served.site import ADDRESSES, START, nginx, poller, run, url, write_feeds

from syndicate.deliver.files import release_feeds
from syndicate.deliver.smtp import Relay
from syndicate.model import Chain, Channel, ChannelKind, Consent, Hop, Item, Medium, Purpose, Record, Role, Site
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.poll import poll
from syndicate.pipeline.post import Posting, deliver
from syndicate.pipeline.release import publish, send_digest
from syndicate.publish.templates import environment
from syndicate.rights import licences

SOURCES, STORED, ITEMS = 2_000, 100_000, 20
GOAL, READERS_COLD = 2.5, 54  # MB, measured on a quiet machine
MOST_TIME, MOST_MEMORY = 11, 1.5
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
FEED = Channel("all", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom", "json"), limit=100)
MAIL = Channel(
    "weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, sender="Bulletin <news@bulletin.example>", limit=50,
    schedule="0 7 * * 1", backfill=50,
)  # fmt: skip
FREE = Record("free", licence=licences.by_id("CC-BY-4.0"))


def peak() -> float:
    """The most that this process held since it began, in MB; what its parent held is not in it."""
    return float(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) / 1024


def children() -> float:
    """The most that a child that parses held, in MB."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    texts = [Path(f"/proc/{child}/status").read_text() for child in found]
    return max((float(re.findall(r"VmHWM:\s+(\d+) kB", text)[0]) / 1024 for text in texts), default=0)


async def fill(folder: Path, recipients: int) -> dict[str, float]:
    """100,000 items of the sources that are not polled, and the readers."""
    text = "Some words about a town by a river, and what its council did. " * 30
    async with poller(folder, SOURCES, workers=1) as (polling, clock):
        with polling.store.write() as tx:
            tx.channels.sync([FEED.id, MAIL.id, "few"], START)
        for number in range(STORED // 50):
            source, items = f"s{SOURCES - 1 - number % 1000}", []
            for n in range(number * 50, number * 50 + 50):
                address = f"https://{source}.example/old/{n}"
                body = f"<p>{n} {text}</p>"
                items.append(
                    Item(f"i-{n:016x}", source, source.replace("s", "p"), address, address, f"Old {n}", body, body)
                )
            chains = {i.id: Chain((Hop(Role.ORIGIN, source, i.publisher_id, i.url, item_id=i.id),)) for i in items}
            with polling.store.write() as tx:
                tx.items.put(source, items, chains, {}, {}, now=clock() - timedelta(days=9), first_poll=False)
        consent = Consent(Purpose.COMMUNITY, "The digest.", "test", START)
        for channel, many in ((MAIL.id, recipients), ("few", recipients // 10)):
            with polling.store.write() as tx:
                emails = {f"r{n}@{channel}.example": consent for n in range(many)}
                tx.people.add_confirmed(channel, emails, now=START)
    return {}


async def flow(folder: Path, polled: int) -> dict[str, float]:
    """Poll, publish, and mail: the peak after each, and how long each mailing took."""
    found = {"start": peak()}
    async with poller(folder, SOURCES) as (polling, clock):
        await poll(polling, [f"s{n}" for n in range(polled)])
        found |= {"polled": peak(), "children": children()}
        publishers = {key: dataclasses.replace(one, records=(FREE,)) for key, one in polling.publishers.items()}
        composing = Composing(polling.store, clock, SITE, publishers, environment(), b"k" * 32)
        publish(composing, FEED, lambda verified: release_feeds(folder / "public", verified))
        found["published"] = peak()
        relay = Relay("127.0.0.1", delivery.PORT)
        posting = Posting(polling.store, relay, clock, "bench", lambda _: False, connections=50)
        for name, channel in (("few", dataclasses.replace(MAIL, id="few")), ("many", MAIL)):
            before = time.process_time()
            released = send_digest(composing, channel, "2026-11-23T0700")
            assert released, "there is no digest"
            found[f"{name}_composed_s"] = time.process_time() - before
            outcomes = await deliver(posting)
            assert set(outcomes) == {"accepted"}, outcomes
            found[f"{name}_s"] = time.process_time() - before
            found[name] = peak()
    return found


READER = """
import re, sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for n in range(int(sys.argv[2])):
    address = f"127.0.1.{n % int(sys.argv[4]) + 1}"
    reader.add_feed(sys.argv[3].replace("127.0.1.1", address).replace("/0.xml", f"/{n}.xml"))
list(reader.update_feeds_iter(workers=10, scheduled=False))
print(int(re.findall(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[0]) / 1024)
"""


def theirs(folder: str, count: int) -> float:
    """What reader takes for the same feeds."""
    command = [sys.executable, "-c", READER, f"{folder}/r.db", str(count), url(0), str(ADDRESSES)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """One run: memory is not noisy."""
    polled, recipients = (*map(int, sys.argv[1:3]), *(300, 10_000)[len(sys.argv) - 1 :])
    print(f"load average {os.getloadavg()[0]:.1f}; {SOURCES} sources, {STORED} items, {polled} polled cold")
    with tempfile.TemporaryDirectory() as name:
        folder, root = Path(name), Path(name) / "root"
        root.mkdir()
        folder.chmod(0o755)
        write_feeds(root, polled, ITEMS)
        in_child(__file__, "fill", name, str(recipients))
        sink = delivery.sink()
        try:
            with nginx(folder, root):
                mine = in_child(__file__, "flow", name, str(polled))
                peer = theirs(name, polled)
        finally:
            sink.terminate()
            sink.wait()
    steps = ("start", "polled", "published", "few", "many")
    print("peak MB after: " + ", ".join(f"{step} {mine[step]:.0f}" for step in steps), end="")
    print(f"; the largest child that parses {mine['children']:.0f}; reader {peer:.0f}")
    top = mine["many"]
    print(
        f"P8 peak of the whole flow  {top:.0f} MB  {top / peer:.2f}x reader, {top / READERS_COLD:.2f}x 54 MB  ",
        end="",
    )
    print(f"goal {GOAL}x  {'met' if top / READERS_COLD <= GOAL else 'missed'}")
    cost, more = mine["many_s"] / mine["few_s"], mine["many"] / mine["few"]
    print(
        f"P9 recipients x 10  CPU {mine['few_s']:.1f} s to {mine['many_s']:.1f} s {cost:.1f}x, memory {more:.2f}x  ",
        end="",
    )
    print(f"goal 11x, 1.5x  {'met' if cost <= MOST_TIME and more <= MOST_MEMORY else 'missed'}")


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:
    works = {"fill": fill, "flow": flow}
    print(json.dumps(run(works[sys.argv[2]](Path(sys.argv[3]), int(sys.argv[4])))))
elif __name__ == "__main__":
    main()
