# SPDX-License-Identifier: Apache-2.0
"""A house behind the server whose pages are known, and questions to it over real HTTP."""

from __future__ import annotations

import asyncio
import gzip
import os
from datetime import UTC, datetime

import aiohttp
import brotli

from syndicate.model import Channel, ChannelKind, Key, Medium, Purpose, Site
from syndicate.pipeline.pages import Gone
from syndicate.pipeline.site import TEXT, Finished
from syndicate.publish.page_item import ChannelSummary, Frame
from syndicate.publish.templates import environment
from syndicate.serve.app import build_app
from syndicate.serve.ports import Letter, Ports
from syndicate.serve.run import serving

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY = Key("1", b"a secret of the test")
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
COMMUNITY = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss",))
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY)
FRAME = Frame(SITE, (ChannelSummary(COMMUNITY, NOW), ChannelSummary(WEEKLY)), NOW)
PAGE = b"<!doctype html><title>The ferry</title>" + b"<p>The ferry.</p>" * 100
FEED = b"<rss>" + b"x" * 2000 + b"</rss>"


class House:
    """What stands behind the server in these tests: it remembers who acted."""

    def __init__(self, folder):
        self.folder = folder
        self.confirmed = []
        self.unsubscribed = []
        self.is_ready = True
        self.version = "1"
        self.made = []
        self.pages = {
            "/": Finished(PAGE),
            "/items/i-1": Finished(b"<p>One</p>"),
            "/items/i-2": Gone("Its publisher took it back."),
            "/items/i-3": Finished(b'<p>One</p><img src="https://south.example/a.png">'),
            "/feeds/community": Finished(b"<p>What a feed is</p>"),
            "/digests/weekly/2026-11-23": Finished(b'<p style="color: red">The digest</p>', mail=True),
            "/digests/weekly/2026-11-23.txt": Finished(b"The digest, as text\n", TEXT),
            "/digests/weekly/2026-11-16": Gone("Its terms ended."),
            "/digests/weekly/2026-11-16.txt": Gone("Its terms ended."),
        }

    def page(self, path):
        """What stands at a path; what was asked for is remembered."""
        self.made.append(path)
        return self.pages.get(path)

    def ready(self):
        """Answers as told, or fails as told."""
        if not isinstance(self.is_ready, Exception):
            return self.is_ready
        raise self.is_ready

    def ports(self):
        """The ports over this house."""
        return Ports(
            site=SITE,
            templates=environment(None),
            feeds=self.folder,
            keys=lambda: [KEY],
            clock=lambda: NOW,
            frame=lambda: FRAME,
            page=self.page,
            version=lambda: self.version,
            letter={7: Letter("Weekly digest", "River reporting, for information.", "Asked on 4 March 2026")}.get,
            confirm=lambda reader, *_: self.confirmed.append(reader),
            unsubscribe=self.unsubscribed.append,
            **dict.fromkeys(("come_back", "prefer", "lists", "sign_up", "objecting")),  # test_serve_readers.py has them
            ready=self.ready,
        )


def house_in(tmp_path):
    """A house with one released feed, in all its forms."""
    (tmp_path / "community.rss").write_bytes(FEED)
    (tmp_path / "community.rss.gz").write_bytes(gzip.compress(FEED))
    (tmp_path / "community.rss.br").write_bytes(brotli.compress(FEED))
    os.utime(tmp_path / "community.rss", (1_790_000_000, 1_790_000_000))
    return House(tmp_path)


def ask(house, *requests, ports=None):
    """Answers (status, headers, body as sent) to requests: (method, path, headers)."""

    async def inside():
        answers = []
        async with (
            serving(build_app(ports or house.ports())) as port,
            aiohttp.ClientSession(auto_decompress=False, skip_auto_headers=["Accept-Encoding"]) as web,
        ):
            for method, path, headers in requests:
                async with web.request(method, f"http://127.0.0.1:{port}{path}", headers=headers) as answer:
                    answers.append((answer.status, answer.headers, await answer.read()))
        return answers

    return asyncio.run(inside())


def get(house, path, **headers):
    """The answer to one GET."""
    return ask(house, ("GET", path, {name.replace("_", "-"): value for name, value in headers.items()}))[0]
