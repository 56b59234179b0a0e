# SPDX-License-Identifier: Apache-2.0
"""A house with something behind each of its routes, and an address for each: as the application itself names them."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from syndicate.deliver.files import release_feeds
from syndicate.model import Notice
from syndicate.pipeline import asking, objecting
from syndicate.pipeline.release import publish, send_digest
from syndicate.pipeline.suggesting import Found, suggest
from syndicate.serve.admin.passwords import hashed
from tests.cases.serve.readers import NOW, House

MORE = """\
  community: {kind: feed}
publishers:
  south: {name: South Desk, home: "https://south.example", terms: agreed}
terms:
  agreed:
    evidence: https://south.example/terms
    contact: rights@south.example
    grants: [{mode: full, media: [web, email], duties: [credit, link]}]
sources:
  - {id: south, url: "https://south.example/feed", publisher: south}
"""
NAME, PASSWORD = "Dana Whitlow", "correct horse battery"
NOTICE = "All our articles may be republished on websites free of charge, provided that you credit South Desk."


class Furnished(House):
    """A reader, a story, a feed, a digest that was sent, a notice to review, a request, an objection under way, an operator."""

    def __init__(self, folder):
        super().__init__(folder, MORE)
        self.pages = self.app.application(lambda: True)
        self.ann = self.join()
        self.post("/subscribe", list="weekly", address="new@mail.example")
        self.waiting = self.link()
        self.bring("i-1")
        with self.app.store.write() as tx:
            suggest(tx, Found("south", "https://south.example/terms", (Notice("terms-page", NOTICE),)), NOW)
            tx.operators.put(NAME, hashed(PASSWORD), NOW)
            (self.notice,) = tx.suggestions.all()
        self.now += timedelta(hours=1)
        composing = self.app.composing
        publish(composing, self.app.channel("community"), lambda proved: release_feeds(self.app.output, proved))
        self.sent = send_digest(composing, self.channel, "2026-11-23T0800").verified.edition
        self.objections = {
            how: objecting.token(composing, objecting.ask(composing, "south", "", how, ""))
            for how in ("mail", "domain")
        }
        letter = asking.draft(composing, "south", self.channel)
        self.asked = asking.note(composing, letter, NAME, how="by post")
        self.bring("i-2")  # for the next digest
        self.log_in()

    def log_in(self):
        """Through the door of the console; the cookie is kept."""
        page = self.ask("GET", "/admin/login", client="127.0.0.1")[1]
        token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        assert self.post("/admin/login", client="127.0.0.1", csrf=token, name=NAME, password=PASSWORD)[0] == 303

    def addresses(self):
        """By route one address that leads somewhere. KeyError: a route has a part that nothing is known for here."""
        values = {
            "channel": "weekly", "edition": self.sent.id, "item": "i-1", "name": "community.rss", "number": self.notice.id,
            "part": "mail", "path:path": "items/i-1", "publisher": "south", "reader": self.ann.id, "source": "south",
        }  # fmt: skip
        whole = {
            "/confirm/{token}": self.waiting,
            "/unsubscribe/{token}": self.token("unsubscribe", self.ann),
            "/preferences/{token}": self.token("preferences", self.ann),
            "/objections/{token}": f"/objections/{self.objections['mail']}",
            "/admin/terms/requests/{number}": f"/admin/terms/requests/{self.asked.number}",
            "/objections/domain/{token}": f"/objections/domain/{self.objections['domain']}",
        }
        found = {
            route: whole.get(route) or re.sub(r"\{([^}]+)\}", lambda part: str(values[part[1]]), route)
            for route in self.routes()
        }
        more = ("/", "/style.css", "/robots.txt", "/feeds/community", f"/digests/weekly/{self.now:%Y-%m-%d}", "/terms")
        return found | {path: path for path in more}

    def routes(self):
        """The paths of all routes that may be read, as the application has them."""
        app = self.pages
        while not hasattr(app, "routes"):
            app = getattr(app, "_app", None) or app.app
        return list(dict.fromkeys(route.path for route in app.routes if "GET" in route.methods))

    def open(self, path, times):
        """The answers to so many GET and HEAD requests from this computer."""

        async def work():
            asked = [("GET", "HEAD")[number % 2] for number in range(times)]
            return {(await self.answer(method, path, client="127.0.0.1"))[0] for method in asked}

        return asyncio.run(work())

    def everything(self):
        """All that the database holds, and all files beside it with their sizes."""
        files = (one for one in self.file.parents[1].rglob("*") if one.is_file() and "-wal" not in one.name)
        return self.dump() + [f"{one} {one.stat().st_size}" for one in sorted(files)]
