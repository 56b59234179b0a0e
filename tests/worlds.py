# SPDX-License-Identifier: Apache-2.0
"""The feed world as tests and benchmarks use it: a server with known truth, an operator's configuration, judgements.

A world is a process of its own that publishes on loopback. ``Bench`` polls it in this process, by the world's clock.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

from syndicate.app import App, open_app
from syndicate.model import Verified
from syndicate.pipeline.compose import compose_feed
from syndicate.pipeline.poll import Polled, poll

LINKED = ("credited", "partial", "headline")
"""Styles of copies that name a page."""

CHANNELS = {"community": "community_web", "commercial": "commercial_web", "weekly": "email"}
ON_RECORD = {
    "community": {"media": ["web"], "purposes": ["community"]},
    "community-forward": {"media": ["web", "email"], "purposes": ["community"]},
}
LICENCES = {
    "cc-by": "CC-BY-4.0",
    "cc-by-nd": "CC-BY-ND-4.0",
    "cc-by-nc-sa": "CC-BY-NC-SA-4.0",
    "public-domain": "CC0-1.0",
}
CHANNEL_LINES = """
channels:
  community: {kind: feed, medium: web, purpose: community, formats: [FORMATS], limit: 100000}
  commercial: {kind: feed, medium: web, purpose: commercial, ads: around, formats: [json], limit: 100000}
  weekly: {kind: digest, medium: email, purpose: community, schedule: "0 7 * * 1", backfill: 100, limit: 50,
           from: Riverside Bulletin <news@bulletin.example>, subject: This week}
"""


@dataclass(frozen=True)
class Server:
    """A running feed world."""

    port: int

    def truth(self) -> dict:
        """What is so, now; behaviour publishers left out."""
        truth = self._ask("/_world/truth.json")
        truth["sources"] = [s for s in truth["sources"] if s["key"].isdigit()]
        return truth

    def tick(self, **how: int) -> dict:
        """Time passes: ``percent`` of the publishers publish, ``hours`` pass, ``edit`` and ``delete`` in percent."""
        return self._ask(f"/_world/tick?{urlencode(how)}", b"")

    def _ask(self, path: str, body: bytes | None = None) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", body, timeout=120) as answer:
            return json.load(answer)


@contextmanager
def serving(shared: Path, *options: str) -> Iterator[Server]:
    """A feed world for as long as the context lasts; ``options`` are its own."""
    command = [sys.executable, str(shared / "feedworld" / "feedworld.py"), "--port", str(free_port()), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        ready = process.stdout.readline()
        port = re.search(r"http://127\.0\.0\.1:(\d+)/", ready)
        assert port, f"the feed world did not start: {ready!r}"
        yield Server(int(port[1]))
    finally:
        process.terminate()
        process.communicate(timeout=10)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_readable(source: dict, truth: dict) -> bool:
    """Whether a publisher's feed states a licence where machines look for one."""
    licensed = truth["terms"][source["terms"]]["licence"]
    stated = "feed" in source["stated_in"] or ("item" in source["stated_in"] and source["format"] != "rdf")
    return bool(licensed and stated)


def record_of(source: dict, truth: dict) -> str:
    """What an operator records who has read the publisher's notices: what no machine may take from them."""
    if source["terms"] in ON_RECORD:
        return source["terms"]
    return "" if is_readable(source, truth) else LICENCES.get(source["terms"], "")


def config(
    truth: dict, *, recorded: bool = True, polled: frozenset[str] | None = None, formats: str = "rss, atom, json"
) -> str:
    """A configuration for a world: with notices ``recorded`` or not, with all sources or those of ``polled`` keys."""
    lines = [
        "site: {name: Riverside Bulletin, url: 'https://bulletin.example', contact: editor@bulletin.example}",
        "network: {allow_private: true, pause: 0s}",
        "publishers:",
    ]
    sources = [s for s in truth["sources"] if polled is None or s["key"] in polled]
    for s in sources:
        record = record_of(s, truth) if recorded else ""
        terms = f", terms: {record}" if record else ""
        lines.append(f"  p{s['key']}: {{name: {json.dumps(s['name'])}, home: {s['home']!r}{terms}}}")
    lines.append("terms:")
    for key, grant in ON_RECORD.items():
        means = f"mode: full, media: {grant['media']}, purposes: {grant['purposes']}"
        lines += [f"  {key}:", f"    grants: [{{{means}, duties: [credit, copyright, link]}}]"]
    lines.append("sources:")
    lines += [f"  - {{id: s{s['key']}, url: {s['feed']!r}, publisher: p{s['key']}, every: 1h}}" for s in sources]
    return "\n".join(lines) + CHANNEL_LINES.replace("FORMATS", formats)


# ------------------------------------------------------------------------------------------------ in this process


@dataclass
class Desk:
    """A syndicator in this process whose clock is the world's."""

    server: Server
    folder: Path
    truth: dict = field(default_factory=dict)
    app: App | None = None
    _asked: float = 0.0

    def open(self, **choices) -> None:
        """Write the configuration and open it, in place of the one before; ``choices`` as of ``config``."""
        self.close()
        self._ask()
        (self.folder / "config.yaml").write_text(config(self.truth, **choices))
        self.app = open_app(self.folder / "config.yaml", now=self.now)

    def now(self) -> datetime:
        """The world's time, and the seconds since it was asked."""
        return datetime.fromisoformat(self.truth["now"]) + timedelta(seconds=monotonic() - self._asked)

    def _ask(self) -> None:
        self.truth, self._asked = self.server.truth(), monotonic()

    def poll(self) -> list[Polled]:
        """Poll every source once."""
        self._ask()

        async def run() -> list[Polled]:
            async with self.app.polling() as polling:
                return await poll(polling, list(polling.sources))

        return asyncio.run(run())

    def chains(self) -> dict:
        """By address, the chain of every item that we hold; of several under one address the last."""
        urls = [item["url"] for item in self.truth["items"]]
        with self.app.store.read() as tx:
            held = [tx.items.find(*urls[n : n + 300]) for n in range(0, len(urls), 300)]
        return {stored.item.url: stored.chain for some in held for stored in some}

    def feed(self, channel: str) -> list[dict]:
        """The items of a channel's JSON feed, composed and proved."""
        verified = compose_feed(self.app.composing, self.app.channel(channel))
        assert isinstance(verified, Verified), verified.findings[:3]
        part = next(part for part in verified.edition.parts if part.name == "json")
        return json.loads(part.content)["items"]

    def close(self) -> None:
        """Close the database, if it is open."""
        if self.app:
            self.app.close()


# ------------------------------------------------------------------------------------------------ judgements


@dataclass
class Judgement:
    """How a syndicator did, held against the truth; see ``show`` for what the figures are."""

    attributed: Counter = field(default_factory=Counter)  # (style, what the chain says)
    taken: list = field(default_factory=list)  # originals taken for copies of somebody else's
    doubted: list = field(default_factory=list)  # originals that we hold to a link, since a copy was here long before
    modes: Counter = field(default_factory=Counter)  # (channel, mode)
    beyond: list = field(default_factory=list)  # (channel, style, terms, url)
    unseen: list = field(default_factory=list)  # the same, of copies that nothing tells from originals
    missing: list = field(default_factory=list)  # (duty, style, url)
    allowed: int = 0
    missed: list = field(default_factory=list)
    twice: int = 0


def by_url(truth: dict) -> dict:
    """Truth's items by the address at which they were shown."""
    return {item["url"]: item for item in truth["items"]}


def origin_of(chain) -> str:
    """The address of a chain's origin, "" if it names none."""
    return chain.hops[0].url


def verdict(chain, truth: dict) -> str:
    """What a chain says of an item."""
    if len(chain.hops) == 1:
        return "own" if chain.origin_known else "unknown"
    if origin_of(chain) == truth["original_url"]:
        return "right"
    return "unknown" if not chain.origin_known else "wrong"


def attribution(chains: dict, truth: dict, said: Judgement) -> None:
    """Whose each item is, in a table; copies whose origin we do not hold are rows of their own."""
    items = by_url(truth)
    for url, chain in chains.items():
        item = items.get(url)
        if item is None:
            continue
        original = item["style"] == "original"
        style = item["style"] if original or item["original_url"] in chains else f"{item['style']}, origin not held"
        told = verdict(chain, item)
        said.attributed[style, told] += 1
        if original and told != "own":
            (said.doubted if told == "unknown" else said.taken).append(
                (url, [hop.name or hop.url for hop in chain.hops], chain.hops[-1].because)
            )


def publication(feed: list[dict], channel: str, truth: dict, held: set[str], said: Judgement) -> set[str]:
    """What a channel carries beyond what the holder allows, and which duties it fails; the articles carried in full."""
    items, outlets, full, stories = by_url(truth), {s["key"]: s for s in truth["sources"]}, set(), Counter()
    for entry in feed:
        item = items[entry["_syndicate"]["chain"][-1]["url"]]
        mode = entry["_syndicate"]["mode"]
        said.modes[channel, mode] += 1
        stories[item["article"]] += 1
        if mode not in {"full", "excerpt"}:
            continue
        full |= {item["article"]} if mode == "full" else set()
        silent = item["credit"] is None and item["style"] != "original" and item["original_url"] not in held
        if truth["terms"][item["terms"]]["allows"][CHANNELS[channel]] != "full":
            row = (channel, item["style"], item["terms"], item["url"])
            (said.unseen if silent else said.beyond).append(row)
        elif mode == "full" and not silent:
            said.missing += [(duty, item["style"], item["url"]) for duty in _unmet(entry, item, outlets, truth)]
    said.twice += sum(number - 1 for number in stories.values())
    return full


def _unmet(entry: dict, item: dict, outlets: dict, truth: dict) -> list[str]:
    """The duties of the original's terms that an entry does not keep."""
    terms = truth["terms"][item["terms"]]
    content = entry["content_html"]
    seen = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())
    owed = {
        "author": item["author"] in seen,
        "source": outlets[item["original_source"]]["name"] in seen,
        "copyright": "©" in seen or "opyright" in seen or bool(terms["licence"]),
        "hyperlink": f'href="{item["original_url"]}"' in content or f'href="{item["url"]}"' in content,
        "licence_link": not terms["licence"] or f'href="{terms["licence"]}"' in content,
        "unmodified": item["headline"] == "same",
    }
    return [duty for duty, met in owed.items() if not met and duty in terms["duties"]]


def coverage(full: set[str], truth: dict, shown: set[str], said: Judgement, *, recorded: bool) -> None:
    """Of the articles whose original we hold and whose terms, as we know them, allow it: those carried in full."""
    sources = {s["key"]: s for s in truth["sources"]}
    for item in truth["items"]:
        source = sources.get(item["source"])
        if source is None or item["style"] != "original" or item["url"] not in shown:
            continue
        stated = is_readable(source, truth) or (recorded and record_of(source, truth))
        if stated and truth["terms"][item["terms"]]["allows"]["community_web"] == "full":
            said.allowed += 1
            if item["article"] not in full:
                said.missed.append((item["url"], item["terms"], source["format"], source["behaviour"], source["role"]))
