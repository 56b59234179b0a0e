# SPDX-License-Identifier: Apache-2.0
"""The daemon as a process of its own on the feed world: forty publishers, a mail server, a name server, an operator."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from syndicate.testing import Sink, Taken
from tests import worlds
from tests.cases.deliver.zone import answering

NAME, PASSWORD = "Dana Whitlow", "correct horse battery"
CONFIG = """
site: {{name: Riverside Bulletin, url: "{site}", contact: editor@bulletin.example}}
smtp: {{host: 127.0.0.1, port: {smtp}, security: none}}
network: {{allow_private: true, pause: 0s, name_server: "127.0.0.1:{dns}"}}
publishers:
{publishers}
terms:
{terms}
sources:
{sources}
channels:
  community: {{kind: feed, title: Community feed, limit: 30}}
  pages: {{kind: page, medium: web, purpose: community}}
  weekly: {{kind: digest, schedule: "0 7 * * 1", title: the weekly digest,
           from: Riverside Bulletin <news@bulletin.example>, subject: "This week at {{{{ site.name }}}}"}}
"""
READY = 240
"""Seconds after which a daemon that has not done its first cycle is taken for broken."""


class Post(Sink):
    """A mail server that keeps every message of everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, list[bytes]] = defaultdict(list)

    def keep(self, taken: Taken, body: bytes) -> None:
        """Put it with the others of its recipient."""
        super().keep(taken, body)
        self.kept[taken.recipient].append(body)

    def to(self, address: str, count: int = 1) -> EmailMessage:
        """The last of so many messages to an address, waited for."""
        until = time.monotonic() + 30
        while len(self.kept[address]) < count:
            assert time.monotonic() < until, f"{len(self.kept[address])} of {count} came for {address}"
            time.sleep(0.02)
        return message_from_bytes(self.kept[address][count - 1], policy=policy.default)


class FeedWorld:
    """What runs: ``url`` is the site, ``server`` the publishers, ``post`` the mail server, ``records`` the DNS."""

    def __init__(self, server: worlds.Server, post: Post, records: dict[tuple[str, str], list[str]]) -> None:
        self.server, self.post, self.records = server, post, records
        truth = server.truth()
        self.sources = {one["key"]: one for one in truth["sources"]}
        self.port = worlds.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Kept for the operator to add: two say a licence in the feed, one says its terms in prose.
        wanted = ("cc-by", "community-forward", "cc-by-nc-sa")
        self.to_add = [
            next(one for one in truth["sources"] if one["terms"] == terms and "feed" in one["stated_in"] and plain(one))
            for terms in wanted
        ]
        # They have a contact on record, and will object.
        self.objecting = [
            one
            for one in truth["sources"]
            if one["terms"] in worlds.ON_RECORD and plain(one) and one not in self.to_add
        ]

    def config(self, dns: int) -> str:
        """The configuration: everybody but those that are added later."""
        polled = [one for one in self.sources.values() if one not in self.to_add]
        publishers, sources = [], []
        for one in polled:
            key, terms = one["key"], one["terms"]
            record = f", terms: t{key}" if terms in worlds.ON_RECORD else ""
            publishers.append(f'  p{key}: {{name: "{one["name"]}", home: "{one["home"]}"{record}}}')
            # Their pages say no more than the record; so many would take a minute, a second for each.
            sources.append(f'  - {{id: s{key}, url: "{one["feed"]}", publisher: p{key}, pages: false}}')
        terms = [
            f"  t{one['key']}: {{contact: {one['contact']}, grants: [{{mode: full, media: [web, email], "
            "purposes: [community], duties: [credit, copyright, link]}]}"
            for one in polled
            if one["terms"] in worlds.ON_RECORD
        ]
        rows = {"publishers": publishers, "terms": terms, "sources": sources}
        lines = {key: "\n".join(value) for key, value in rows.items()}
        return CONFIG.format(site=self.url, smtp=self.post.port, dns=dns, **lines)

    def link(self, message: EmailMessage, path: str) -> str:
        """The address in a message that leads to a path of the site."""
        found = re.search(rf"{re.escape(self.url + path)}\S+", message.get_body(("plain",)).get_content())
        assert found, f"no {path} in the message"
        return found[0]


def plain(source: dict) -> bool:
    """Whether a publisher writes its own and serves it without mischief."""
    return source["role"] == "original" and source["behaviour"] in {
        "ordinary",
        "etag-only",
        "weak-etag",
        "last-modified-only",
    }


@contextlib.contextmanager
def running(shared: Path, folder: Path) -> Iterator[FeedWorld]:
    """Start everything, wait for the daemon's first cycle, and stop everything at the end."""
    options = ("--sources", "40", "--seed", "4", "--corpus-share", "0", "--vhost", "host")
    records: dict[tuple[str, str], list[str]] = {}
    with worlds.serving(shared, *options) as server, Post() as post, answering(records) as dns:
        world = FeedWorld(server, post, records)
        (folder / "config.yaml").write_text(world.config(dns), encoding="utf-8")
        program = [sys.executable, "-m", "syndicate"]
        subprocess.run(
            [*program, "operator", NAME], cwd=folder, input=f"{PASSWORD}\n", text=True, check=True, timeout=60
        )
        with (folder / "log").open("w", encoding="utf-8") as log:
            daemon = subprocess.Popen(
                [*program, "run", "--port", str(world.port)], cwd=folder, stdout=log, stderr=log, env=os.environ
            )
        try:
            _wait(daemon, f"{world.url}/readyz", folder / "log")
            yield world
        finally:
            daemon.terminate()
            ended, said = daemon.wait(30), (folder / "log").read_text()
            assert (ended, "Traceback" in said) == (0, False), said[-2000:]


def _wait(daemon: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + READY
    while True:
        with contextlib.suppress(OSError, urllib.error.HTTPError), urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return
        assert daemon.poll() is None, log.read_text()[-2000:]
        assert time.monotonic() < until, f"not ready: {log.read_text()[-2000:]}"
        time.sleep(0.05)
