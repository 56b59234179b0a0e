# SPDX-License-Identifier: Apache-2.0
"""A real house with a list, and its pages, asked without a network: for tests of what readers do, and for bench/."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from syndicate.app import open_app
from syndicate.deliver import tokens
from syndicate.model import Chain, Hop, Item, Role
from syndicate.serve.app import build_app

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CONFIG = """
site: {name: Riverside Bulletin, url: https://bulletin.example, contact: editor@bulletin.example}
channels:
  weekly: {kind: digest, schedule: "0 7 * * 1", from: Bulletin <news@bulletin.example>, title: The weekly digest}
  closed: {kind: digest, schedule: "0 7 * * 1", from: Bulletin <news@bulletin.example>, signup: false}
"""


class House:
    """An app over a database, and its pages, asked without a network."""

    def __init__(self, folder, more=""):
        (folder / "config.yaml").write_text(CONFIG + more)
        self.now, self.file = NOW, folder / "var" / "syndicate.db"
        self.app = open_app(folder / "config.yaml", now=lambda: self.now)
        self.pages = build_app(self.app.pages(lambda: True))
        self.channel = self.app.channel("weekly")
        self.cookies = {}

    def ask(self, method, path, body=b"", client="203.0.113.9"):
        """Status and body of an answer, after all that it set going."""
        return asyncio.run(self.answer(method, path, body, client))

    async def answer(self, method, path, body=b"", client="203.0.113.9"):
        """The same, on a loop that runs."""
        sent = []
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [
                (b"content-type", b"application/x-www-form-urlencoded"), (b"host", b"localhost"),
                (b"cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()).encode()),
            ], "client": (client, 1),
            "scheme": "http", "server": ("b", 80), "http_version": "1.1", "root_path": "",
        }  # fmt: skip

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        await self.pages(scope, receive, send)
        for name, value in sent[0]["headers"]:
            if name.lower() == b"set-cookie":
                self.cookies |= {key: one.value for key, one in SimpleCookie(value.decode()).items()}
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()

    def post(self, path, client="203.0.113.9", **form):
        """The answer to a form."""
        return self.ask("POST", path, urlencode(form).encode(), client)

    def notices(self):
        """The requests to confirm that are owed: (address, message)."""
        with sqlite3.connect(self.file) as database:
            rows = database.execute(
                "SELECT email, notice FROM deliveries WHERE notice IS NOT NULL ORDER BY id"
            ).fetchall()
        database.close()
        return rows

    def link(self, number=-1):
        """The path of the link in a request to confirm."""
        text = message_from_bytes(self.notices()[number][1], policy=policy.default).get_content()
        return re.search(r"https://bulletin\.example(/confirm/\S+)", text)[1]

    def reader(self, email="ann@mail.example"):
        """A reader of the weekly digest, or None."""
        with self.app.store.read() as tx:
            return tx.people.find("weekly", email)

    def token(self, purpose, reader):
        """A path with a token."""
        return f"/{purpose}/{tokens.make(self.app.store.keys(self.now)[0], purpose, reader.id)}"

    def join(self, email="ann@mail.example"):
        """Sign up and confirm."""
        self.post("/subscribe", list="weekly", address=email)
        self.ask("POST", self.link())
        return self.reader(email)

    def to_send(self):
        """Whom a claim would write to now; it is undone."""
        with contextlib.suppress(InterruptedError), self.app.store.write() as tx:
            found = [one.email for one in tx.claims.claim(self.now, "test", 100).deliveries]
            raise InterruptedError
        return found

    def back_up(self):
        """A copy of the database as it is."""
        copy = self.file.with_name(f"{self.now:%d%H%M}.copy")
        self.app.store.backup(copy)
        return copy

    def restore(self, copy):
        """Put a copy in the place of the database, and open it."""
        self.app.close()
        for end in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + end).unlink(missing_ok=True)
        copy.rename(self.file)
        self.app = open_app(self.file.parents[1] / "config.yaml", now=lambda: self.now)
        self.pages = build_app(self.app.pages(lambda: True))

    def bring(self, name):
        """A story of the South Desk."""
        url = f"https://south.example/{name}"
        item = Item(name, "south", "south", name, url, f"Ferry {name}", "<p>At nine.</p>", "At nine.")
        chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", url, self.now, name),))
        with self.app.store.write() as tx:
            tx.items.put("south", [item], {name: chain}, {}, {}, now=self.now, first_poll=False)

    def dump(self):
        """All that the database holds."""
        with sqlite3.connect(self.file) as database:
            lines = list(database.iterdump())
        database.close()
        return lines
