# SPDX-License-Identifier: Apache-2.0
"""Feeds of real bodies, served by nginx on many loopback addresses; and the poller that is measured against them."""

from __future__ import annotations

import contextlib
import gzip
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from served.programs import nginx_of, pinned, port
from syndicate.intake.client import Client, Limits
from syndicate.intake.fetch import Fetcher
from syndicate.intake.parse import parse
from syndicate.intake.sandbox import Reader
from syndicate.model import Publisher, Source
from syndicate.pipeline.poll import Polling
from syndicate.store import Manners, open_store

CORPUS = Path(__file__).resolve().parents[3] / "shared/corpus/feeds"
ADDRESSES = 200
PLAIN, SECURE = port("BENCH_PLAIN_PORT"), port("BENCH_SECURE_PORT")
SHORTEST, LONGEST = 400, 4000  # characters of a body
START = datetime(2026, 11, 23, 6, tzinfo=UTC)


def bodies() -> list[str]:
    """Bodies of 400 to 4,000 characters out of real feeds; made-up ones where there are none."""
    found = []
    for path in sorted(CORPUS.glob("*.xml")):
        with contextlib.suppress(Exception):
            entries = parse(path.read_bytes(), url="https://own.example/feed").entries
            found += [body.value for entry in entries for body in (*entry.bodies, entry.summary)]
    found = [body.replace("]]>", "") for body in found if SHORTEST < len(body) < LONGEST]
    return found or [f"<p>{'A sentence about nothing in particular. ' * n}</p>" for n in range(10, 60)]


def told_anew(body: str, chance: random.Random) -> str:
    """A body with its words in another order, markup in place: no two items are copies of one another."""
    pieces = body.split(" ")
    places = [number for number, piece in enumerate(pieces) if piece.isalpha()]
    for place, word in zip(places, chance.sample([pieces[place] for place in places], len(places)), strict=True):
        pieces[place] = word
    return " ".join(pieces)


def write_feeds(folder: Path, count: int, items: int) -> None:
    """So many RSS feeds of so many items each, and their gzipped twins."""
    chance, texts = random.Random(1), bodies()
    for number in range(count):
        entries = "".join(
            f"<item><title>Article {number}-{n} &amp; more</title><link>https://s{number}.example/a/{n}</link>"
            f'<guid isPermaLink="false">tag:{number}:{n}</guid>'
            f"<pubDate>{n % 27 + 1:02d} Sep 2025 {n % 24:02d}:00:00 GMT</pubDate>"
            f"<dc:creator>Author {n}</dc:creator><category>news</category>"
            f"<description><![CDATA[{told_anew(chance.choice(texts), chance)}]]></description></item>"
            for n in range(items)
        )
        feed = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>Feed {number}</title><link>https://s{number}.example/</link><description>d</description>"
            f"{entries}</channel></rss>"
        ).encode()
        (folder / f"{number}.xml").write_bytes(feed)
        (folder / f"{number}.xml.gz").write_bytes(gzip.compress(feed, 6, mtime=1))


def address(number: int) -> str:
    """The loopback address of a feed."""
    return f"127.0.1.{number % ADDRESSES + 1}"


def url(number: int, *, secure: bool = False) -> str:
    """Where a feed is served."""
    return f"{'https' if secure else 'http'}://{address(number)}:{SECURE if secure else PLAIN}/{number}.xml"


@contextlib.contextmanager
def nginx(folder: Path, root: Path) -> Iterator[Path]:
    """One worker on the first core: kept connections on the plain port, one request a connection on the secure one.

    Yields the certificate.
    """
    key, certificate = folder / "k.pem", folder / "c.pem"
    names = ",".join(f"IP:127.0.1.{n + 1}" for n in range(ADDRESSES))
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-keyout", str(key), "-out", str(certificate), "-days", "30", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-addext", f"subjectAltName={names}"], check=True, capture_output=True)
    plain = "".join(f"listen 127.0.1.{n + 1}:{PLAIN} backlog=4096;" for n in range(ADDRESSES))
    secure = "".join(f"listen 127.0.1.{n + 1}:{SECURE} ssl backlog=4096;" for n in range(ADDRESSES))
    http = (
        f"keepalive_requests 1000000; server {{ {plain} root {root}; }} "
        f"server {{ {secure} keepalive_timeout 0; ssl_certificate {certificate}; ssl_certificate_key {key}; "
        f"ssl_session_cache off; ssl_session_tickets off; root {root}; }}"
    )
    process = subprocess.Popen(pinned(0, nginx_of(folder, http)))
    try:
        while not (folder / "pid").exists():  # it is written once every address is listened at
            if process.poll() is not None:
                sys.exit((folder / "err.log").read_text())
            time.sleep(0.05)
        yield certificate
    finally:
        process.terminate()
        process.wait()


class Clock:
    """A clock that can be set forward, so that all is due again."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Now."""
        return START + self.ahead + timedelta(seconds=time.monotonic() - BEGAN)


BEGAN = time.monotonic()


@contextlib.asynccontextmanager
async def poller(
    folder: Path, count: int, *, secure: bool = False, workers: int = 2, database: str = ""
) -> AsyncIterator[tuple[Polling, Clock]]:
    """The whole poller over so many sources, parsers in children; ``database`` is a URL, "" a file in the folder."""
    store, clock = open_store(database or f"sqlite:///{folder}/ours.db"), Clock()
    publishers = {f"p{n}": Publisher(f"p{n}", f"Publisher {n}", f"https://s{n}.example/") for n in range(count)}
    sources = {f"s{n}": Source(f"s{n}", url(n, secure=secure), publishers[f"p{n}"]) for n in range(count)}
    with store.write() as tx:
        tx.sources.sync(list(sources.values()), clock())
    reader = Reader(workers=workers, loaded=("syndicate.rights.heard",))
    client = Client("syndicate-bench/1 (+https://bench.example/)", allow_private=True, limits=Limits(per_host=16))
    try:
        async with client:
            yield Polling(store, Fetcher(client), reader, clock, sources, publishers, Manners(per_host=16)), clock
    finally:
        await reader.close()
        store.close()


def row(name: str, ours: float, theirs: float, goal: float, unit: str) -> None:
    """One line of the table that all measurements print: ours, theirs, ratio, goal."""
    verdict = "met" if ours / theirs >= goal else "missed"
    print(
        f"{name:44} {ours:10.1f} {theirs:10.1f} {unit:10} {ours / theirs:7.2f}x  goal {goal:g}x  {verdict}", flush=True
    )


def run(work):
    """Run a coroutine as the program does."""
    from syndicate.pipeline.loop import run as run_loop

    return run_loop(work)
