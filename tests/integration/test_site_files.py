# SPDX-License-Identifier: Apache-2.0
"""The site as files: any web server serves it, every link in it leads somewhere, and behind nginx the daemon is below a path."""

from __future__ import annotations

import asyncio
import fcntl
import gzip
import http.server
import os
import threading
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from lxml import html
from typer.testing import CliRunner

from syndicate.app import clock, open_app
from syndicate.cli.main import app as command
from syndicate.deliver.site import release_site
from syndicate.errors import DeliveryError
from syndicate.model import Chain, Consent, Hop, Item, Purpose, Role
from syndicate.pipeline.release import send_digest
from syndicate.serve.app import build_app
from syndicate.serve.run import serving
from tests.cases.serve.proxies import caddy, nginx

CONFIG = """
site: {name: Bulletin, url: "http://bulletin.example%s", contact: ed@bulletin.example}
database: sqlite:///test.db
publishers:
  south: {name: South Desk, home: "https://south.example", terms: CC-BY-4.0}
sources:
  - {id: south, url: "https://south.example/feed", publisher: south}
channels:
  community: {kind: feed}
  weekly: {kind: digest, schedule: "0 7 * * 1", from: Bulletin <news@bulletin.example>, backfill: 50}
"""
CONSENT = Consent(Purpose.COMMUNITY, "You may write.", "form", clock())
TEXT = "The weir was opened on Monday. By noon the meadows below it stood under water."


def made(folder, base="", count=5):
    """A configuration of a site with so many stories and a digest that went out."""
    file, now = folder / "config.yaml", clock() - timedelta(hours=1)
    file.write_text(CONFIG % base, encoding="utf-8")
    items = [
        Item(
            f"i-{n:016x}", "south", "south", f"k{n}", f"https://south.example/{n}", f"Story {n}",
            f"<p>{TEXT} No. {n}.</p>", f"{TEXT} No. {n}.", published=now - timedelta(minutes=n),
        )
        for n in range(count)
    ]  # fmt: skip
    chains = {
        one.id: Chain((Hop(Role.ORIGIN, "South Desk", "south", one.url, one.published, one.id),)) for one in items
    }
    with closing(open_app(file)) as app:
        with app.store.write() as tx:
            tx.items.put("south", items, chains, {}, {}, now=clock(), first_poll=False)
            tx.people.add_confirmed("weekly", {"ann@mail.example": CONSENT}, now=now)
        assert send_digest(app.composing, app.channel("weekly"), f"{now:%Y-%m-%dT%H:%M}")
    return file


def published(file, *more):
    """Publish, and what was said."""
    done = CliRunner().invoke(command, ["publish", "-c", str(file), *more])
    assert done.exit_code == 0, done.output
    return done.output


@contextmanager
def plain_server(folder):
    """Python's own web server over a folder; yields its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def walk(start, base="/"):
    """Every address of the site that can be reached from its front page, with its status."""
    found, todo = {}, [urljoin(start, base)]
    while todo:
        at = todo.pop().partition("#")[0]
        if at in found or urlsplit(at).netloc != urlsplit(start).netloc:
            continue
        try:
            with urllib.request.urlopen(at) as answer:  # noqa: S310 - loopback only
                found[at], body, kind = answer.status, answer.read(), answer.headers.get_content_type()
        except urllib.error.HTTPError as error:
            found[at] = error.code
            continue
        if kind == "text/html":
            tree = html.document_fromstring(body)
            todo += [urljoin(at, one) for one in tree.xpath("//@href | //@src | //form/@action")]
    return found


def test_any_web_server_serves_the_site(tmp_path):
    """From the front page every link of the files leads to a file, every story is among them, and no form is asked for."""
    assert "pages in" in published(made(tmp_path, count=45))
    with plain_server(tmp_path / "public") as address:
        found = walk(address)
    assert {at: status for at, status in found.items() if status != 200} == {}
    paths = {urlsplit(at).path for at in found}
    assert {f"/items/i-{n:016x}" for n in range(45)} <= paths
    assert {"/stories/2", "/feeds/community.rss", "/publishers/south/receipts.json", "/terms"} <= paths
    assert not [path for path in paths if "subscribe" in path or "object" in path]


def test_forms_are_led_to_where_they_are_answered(tmp_path):
    """With --forms the pages lead to the daemon's forms, for a web server that passes those on."""
    file = made(tmp_path)
    published(file)
    assert "/subscribe" not in (tmp_path / "public/index.html").read_text()
    published(file, "--forms")
    assert 'action="/subscribe"' in (tmp_path / "public/index.html").read_text()


def test_compressed_forms_stand_beside_pages(tmp_path):
    """Beside each page stand the same bytes with gzip and br; what did not change is not written again."""
    file = made(tmp_path)
    published(file)
    page = tmp_path / "public/terms/index.html"
    assert gzip.decompress(page.with_name("index.html.gz").read_bytes()) == page.read_bytes()
    assert brotli.decompress(page.with_name("index.html.br").read_bytes()) == page.read_bytes()
    before = page.stat().st_ino
    published(file)
    assert page.stat().st_ino == before


def test_what_is_gone_is_taken_away(tmp_path):
    """After an objection no file of the story is left, and nothing leads to it."""
    file, gone = made(tmp_path), tmp_path / "public/items/i-0000000000000003"
    published(file)
    assert gone.is_dir()
    objects = ["terms", "object", "south", "items=i-0000000000000003", "-c", str(file)]
    assert CliRunner().invoke(command, objects).exit_code == 0
    published(file)
    assert not gone.exists()
    assert "Story 3<" not in (tmp_path / "public/index.html").read_text()
    assert (tmp_path / "public/feeds/community.rss").exists()


def test_what_a_killed_run_left_is_taken_away(tmp_path):
    """A page that was being written is gone with the next run, and its folder too; a feed under way is another's."""
    left = tmp_path / "items" / "i-1" / ".index.html.gz.syndicate-tmp"
    feed = tmp_path / "feeds" / ".community.rss.syndicate-tmp"
    for file in (left, feed):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"half")
    assert release_site(tmp_path, [("/terms", b"x")]) == 1
    assert not left.parent.exists()
    assert feed.is_file()


def test_a_channel_by_name_leaves_the_site_alone(tmp_path):
    """Publishing one feed writes that feed."""
    published(made(tmp_path), "community")
    assert not (tmp_path / "public/index.html").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """What stands in the way is an error with the folder and what to do."""
    (tmp_path / "terms").write_text("a file")
    with pytest.raises(DeliveryError, match="check the permissions"):
        release_site(tmp_path, [("/terms", b"x")])


def test_one_writes_at_a_time(tmp_path):
    """While the site is written nobody else writes it."""

    def pages():
        yield "/", b"front"
        folder = os.open(tmp_path, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(folder)

    assert release_site(tmp_path, pages()) == 1


NGINX = "location /bulletin/ {{ proxy_pass {at}{path}; proxy_set_header X-Forwarded-For $remote_addr; }}"
PROXIES = {
    "nginx": (nginx, NGINX.replace("{path}", "")),
    "nginx takes the path away": (nginx, NGINX.replace("{path}", "/")),
    "caddy": (caddy, "handle /bulletin/* {{\n reverse_proxy {at}\n}}"),
    "caddy takes the path away": (caddy, "handle_path /bulletin/* {{\n reverse_proxy {at}\n}}"),
}


@pytest.mark.parametrize("kind", PROXIES)
def test_behind_a_proxy_below_a_path(tmp_path, kind):
    """Behind a real nginx or Caddy below a path every link leads somewhere, whether or not it takes the path away."""
    program, words = PROXIES[kind]
    file = made(tmp_path, "/bulletin")
    published(file, "community")

    def through(port):
        with program(tmp_path, words.format(at=f"http://127.0.0.1:{port}")) as address:
            return walk(address, "/bulletin/")

    async def inside(app):
        async with serving(build_app(app.pages(lambda: True))) as port:
            return await asyncio.to_thread(through, port)

    with closing(open_app(file)) as app:
        found = asyncio.run(inside(app))
    assert {at: status for at, status in found.items() if status != 200} == {}
    paths = {urlsplit(at).path for at in found}
    assert {"/bulletin/", "/bulletin/feeds/community.rss", "/bulletin/subscribe", "/bulletin/style.css"} <= paths
    assert all(path.startswith("/bulletin/") for path in paths)


FILES = {
    "nginx": (nginx, "gzip_static on; location /bulletin/ {{ alias {folder}/; }}"),
    "caddy": (caddy, "handle_path /bulletin/* {{\n root * {folder}\n file_server {{\n precompressed br gzip\n }}\n}}"),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_behind_a_web_server(tmp_path, kind):
    """The exported site below a path: no link in it is broken, and what is stored compressed goes out so."""
    program, words = FILES[kind]
    published(made(tmp_path, "/bulletin"))
    with program(tmp_path, words.format(folder=tmp_path / "public")) as address:
        found = walk(address, "/bulletin/")
        asked = urllib.request.Request(  # noqa: S310 - loopback only
            f"{address}/bulletin/feeds/community.rss", headers={"Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - loopback only
            coding, body = answer.headers["Content-Encoding"], answer.read()
    assert {at: status for at, status in found.items() if status != 200} == {}
    assert {f"{address}/bulletin/items/i-{n:016x}" for n in range(5)} <= {at.rstrip("/") for at in found}
    assert coding == "gzip"
    assert gzip.decompress(body) == (tmp_path / "public/feeds/community.rss").read_bytes()
