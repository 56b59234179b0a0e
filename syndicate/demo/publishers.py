# SPDX-License-Identifier: Apache-2.0
"""The demo's publishers over HTTP: home pages, feeds, articles and terms, with validators, on the loopback address."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup

from syndicate.demo.stories import FEED_FILES, Outlet, Story, outlets, templates
from syndicate.errors import UsageError

__all__ = ["BROKEN", "FEED_FILES", "HOST", "World", "world"]

HOST: Final = "127.0.0.1"
BROKEN: Final = "vale-county-record"


@dataclass(frozen=True, slots=True)
class World:
    """The publishers while they are being served: ``feeds`` maps each publisher's id to its feed's address."""

    port: int
    feeds: Mapping[str, str]
    outlets: tuple[Outlet, ...] = field(repr=False)


@contextlib.asynccontextmanager
async def world(now: datetime, port: int = 0, *, archive: bool = False) -> AsyncIterator[World]:
    """Serve all publishers until the block ends, on ``port`` or a free one; their stories are dated back from ``now``.

    With ``archive`` their feeds list old stories too. Raises UsageError if the port is taken.
    """
    pages: dict[str, tuple[str, bytes]] = {}

    async def serve(request: web.Request) -> web.Response:
        return _answer(request, pages)

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        taken = await _listen(runner, port)
        all_outlets = outlets(f"http://{HOST}:{taken}", now)
        pages |= _pages(all_outlets, archive=archive)
        yield World(taken, {one.id: one.feed for one in all_outlets}, all_outlets)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> int:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        raise UsageError(
            f"cannot listen there: {error.strerror or error}", subject=f"{HOST}:{port}", remedy="choose another port"
        ) from error
    return int(runner.addresses[0][1])


def _answer(request: web.Request, pages: Mapping[str, tuple[str, bytes]]) -> web.Response:
    if request.path not in pages:
        return web.Response(status=404, text="This is not part of the demonstration.\n")
    media_type, body = pages[request.path]
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": tag})
    return web.Response(body=body, headers={"ETag": tag, "Content-Type": f"{media_type}; charset=utf-8"})


def _pages(all_outlets: tuple[Outlet, ...], *, archive: bool) -> dict[str, tuple[str, bytes]]:
    """Path -> (media type, body) of everything there is."""
    env = templates()
    pages = {f"/{one.id}/{name}": page for one in all_outlets for name, page in _of(one, env)}
    for one in all_outlets:
        listed = replace(one, stories=tuple(story for story in one.stories if archive or not story.old))
        pages[f"/{one.id}/{FEED_FILES[one.id]}"] = (one.feed_type, _feed(listed, env))
    return pages


def _of(outlet: Outlet, env: Environment) -> Iterator[tuple[str, tuple[str, bytes]]]:
    yield "", _page(env, outlet, outlet.name, _list(outlet))
    for story in outlet.stories:
        yield story.slug, _page(env, outlet, story.title, story.html)
    title, paragraphs = outlet.terms
    if title:
        yield (
            "republish",
            _page(env, outlet, title, Markup("\n").join(Markup("<p>{}</p>").format(one) for one in paragraphs)),
        )


def _list(outlet: Outlet) -> Markup:
    rows = (Markup('<li><a href="{}">{}</a></li>').format(one.url, one.title) for one in outlet.stories)
    return Markup("<p>{}</p>\n<ul>{}</ul>").format(outlet.line, Markup("").join(rows))


def _page(env: Environment, outlet: Outlet, title: str, body: Markup) -> tuple[str, bytes]:
    return "text/html", env.get_template("page.html").render(it=outlet, title=title, body=body).encode()


def _feed(outlet: Outlet, env: Environment) -> bytes:
    if outlet.feed.endswith(".json"):
        return json.dumps(_json_feed(outlet), ensure_ascii=False, indent=1).encode()
    name = outlet.feed.rpartition(".")[2]
    # A feed carries its HTML as text, so what is markup on a page has to be escaped here.
    whole = env.get_template(f"{name}.xml").render(it=outlet).encode()
    return whole[: int(len(whole) * outlet.cut)]


def _json_feed(outlet: Outlet) -> dict[str, object]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.line,
        "home_page_url": outlet.home,
        "feed_url": outlet.feed,
        "language": "en",
        "items": [_json_item(one) for one in outlet.stories],
    }


def _json_item(story: Story) -> dict[str, object]:
    return {
        "id": story.url,
        "url": story.url,
        "title": story.title,
        "authors": [{"name": story.author}],
        "date_published": story.published.isoformat(),
        "tags": [label for label, _, _ in story.categories],
        "content_html": story.html,
    }
