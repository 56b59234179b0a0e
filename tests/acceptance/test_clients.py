# SPDX-License-Identifier: Apache-2.0
"""Real clients on the daemon's feeds, mail and pages: what its readers get is whole, and asked for again it costs a 304.

The daemon is the program itself, on the demo's publishers. Between it and the clients stands a door that passes
everything on and notes who was answered what.
"""

from __future__ import annotations

import http.client
import http.server
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest
from lxml import html

from syndicate import demo
from syndicate.app import clock
from tests.cases.publish.terminal import on_a_terminal

pytestmark = [pytest.mark.client, pytest.mark.timeout(300)]

FORMS = ("rss", "atom", "json")
SUBJECT = "This week at Riverside Bulletin"
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "host"}


class Door(http.server.ThreadingHTTPServer):
    """Passes requests on to the daemon; ``seen`` has path and status of each answer."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PassOn)
        self.seen = []
        self.behind = 0
        self.url = f"http://127.0.0.1:{self.server_port}"

    def statuses(self, path):
        """What a path was answered, in order."""
        return [status for seen, status in self.seen if seen == path]


class PassOn(http.server.BaseHTTPRequestHandler):
    """One request, passed on as it came."""

    def do_GET(self):
        """Ask the daemon and answer the same."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=30)) as daemon:
            daemon.request("GET", self.path, headers=dict(self.headers))
            answer = daemon.getresponse()
            body = answer.read()
        self.server.seen.append((self.path, answer.status))
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Tests say what they found themselves."""


@contextmanager
def opened(server):
    """A server that serves in a thread."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def daemon(folder):
    """The program, running as `syndicate run` on a free port, once its first cycle is done; gives the port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "run", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            port = int(re.search(r":(\d+)/ ", process.stdout.readline())[1])
            until(lambda: status(port, "/readyz") == 200, process)
            yield port
        finally:
            process.terminate()
            assert process.wait(30) == 0


def status(port, path):
    """The status of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def until(true, process, seconds=60):
    """Wait for a condition, as long as the process lives."""
    limit = time.monotonic() + seconds
    while not true():
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.05)


@pytest.fixture(scope="module")
def door(tmp_path_factory, loopback, syndicate):
    """The daemon behind a door, everything polled and published, the digest sent."""
    folder = tmp_path_factory.mktemp("served")
    with opened(Door()) as server:
        (folder / "config.yaml").write_text(loopback.config(folder, server.server_port))
        (folder / "readers.csv").write_text(demo.readers(clock()))
        with daemon(folder) as port:
            server.behind = port
            assert syndicate(folder, "subscribers", "import", "readers.csv", "--channel", "weekly").returncode == 0
            sent = syndicate(folder, "digest", "weekly")
            assert sent.returncode == 0, sent.stderr
            server.published = json.loads((folder / "public/feeds/community.json").read_bytes())["items"]
            yield server


def program(name):
    """A program of the system; skips the test where it is missing."""
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def execute(*command, given=b"", cwd=None, env=None):
    """Run a client to its end, which must be a good one; what it printed."""
    done = subprocess.run(command, input=given, cwd=cwd, env=env, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def words(markup):
    """What a reader reads of markup."""
    return html.fromstring(f"<div>{markup}</div>").text_content().split()


def check_items(published, found):
    """Every item came to the client: ``found`` has link -> title, seconds since 1970, content."""
    assert set(found) == {item["url"] for item in published}
    for item in published:
        title, moment, content = found[item["url"]]
        assert title == item["title"]
        assert moment == datetime.fromisoformat(item["date_published"]).timestamp()
        assert words(content) == words(item["content_html"])
        assert item["_syndicate"]["source"]["name"] in " ".join(words(content))


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_newsboat_reads_everything_and_asks_economically(door, tmp_path, form):
    """Newsboat keeps title, date, link and text of every item, and once it sends tags it gets 304.

    Its second reload still sends none, here as on any server (newsboat/newsboat#2734); the third does.
    """
    newsboat = program("newsboat")
    path = f"/feeds/community.{form}"
    (tmp_path / "urls").write_text(f"{door.url}{path}\n")
    (tmp_path / "config").touch()
    before = len(door.statuses(path))
    for _ in range(3):
        command = [newsboat, "-u", "urls", "-c", "cache.db", "-C", "config", "-q", "-x", "reload"]
        execute(*command, cwd=tmp_path, env=os.environ | {"HOME": str(tmp_path)})
    answers = door.statuses(path)[before:]
    assert (answers[0], answers[-1]) == (200, 304)
    with closing(sqlite3.connect(tmp_path / "cache.db")) as cache:
        rows = cache.execute("SELECT url, title, pubDate, content FROM rss_item")
        check_items(door.published, {link: rest for link, *rest in rows})


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_sfeed_reads_everything(door, form):
    """Sfeed prints time, title, link and content of every item, and our permanent id."""
    sfeed = program("sfeed")
    with closing(http.client.HTTPConnection("127.0.0.1", door.server_port, timeout=30)) as connection:
        connection.request("GET", f"/feeds/community.{form}")
        printed = execute(sfeed, given=connection.getresponse().read())
    found = {}
    for line in printed.splitlines():
        moment, title, link, content, kind, item_id, author, *_ = line.split("\t")
        assert (kind, bool(author)) == ("html", True)
        assert item_id in {item["id"] for item in door.published}
        found[link] = (title, int(moment), re.sub(r"\\([ntr\\])", lambda m: "\\" if m[1] == "\\" else " ", content))
    check_items(door.published, found)


def test_sfeed_update_doubles_nothing(door, tmp_path):
    """A second sfeed_update, with curl comparing entity tags, is answered 304 and leaves every item there once."""
    program("curl")
    (tmp_path / "sfeedrc").write_text(
        f"""sfeedpath="{tmp_path}"
fetch() {{ curl -f -s -m 15 --etag-save "$sfeedpath/$1.tag" --etag-compare "$sfeedpath/$1.tag" "$2"; }}
feeds() {{
    feed rss {door.url}/feeds/community.rss
    feed atom {door.url}/feeds/community.atom
}}
"""
    )
    update = program("sfeed_update")
    for form in ("rss", "atom"):
        (tmp_path / f"{form}.tag").touch()
    before = len(door.seen)
    for _ in range(2):
        execute(update, str(tmp_path / "sfeedrc"), cwd=tmp_path)
    assert sorted(answer for _, answer in door.seen[before:]) == [200, 200, 304, 304]
    for form in ("rss", "atom"):
        links = [line.split("\t")[2] for line in (tmp_path / form).read_text().splitlines()]
        assert sorted(links) == sorted(item["url"] for item in door.published)


@pytest.mark.parametrize("form", FORMS)
def test_reader_reads_everything_and_asks_economically(door, form):
    """The reader library stores title, date, link and content of every entry; its second update is answered 304."""
    reader = pytest.importorskip("reader", reason="the package reader is not installed")
    path = f"/feeds/community.{form}"
    before = len(door.statuses(path))
    with reader.make_reader(":memory:") as shelf:
        shelf.add_feed(door.url + path)
        for _ in range(2):
            shelf.update_feeds(scheduled=False)
        feed = shelf.get_feed(door.url + path)
        entries = list(shelf.get_entries())
    assert feed.last_exception is None
    assert door.statuses(path)[before:] == [200, 304]
    assert all(entry.updated or entry.published for entry in entries)
    check_items(
        door.published,
        {e.link: (e.title, (e.published or e.updated).timestamp(), e.get_content().value) for e in entries},
    )


def test_neomutt_lists_and_shows_the_digest(door, loopback, tmp_path):
    """Neomutt's index has the subject and the sender, and it shows the text part: titles, bare links and credits."""
    neomutt = program("neomutt")
    shutil.copytree(loopback.sink.folder, tmp_path / "mail")
    (tmp_path / "muttrc").write_text(
        """set folder="mail" spoolfile="mail" sendmail="false" quit=yes wait_key=no prompt_after=no
set mail_check_stats=no header_cache="" ts_enabled=no sleep_time=0 charset="utf-8"
set index_format="%s %a %t"
alternative_order text/plain text/html
set pager="sh keep.sh"
"""
    )
    (tmp_path / "keep.sh").write_text('cp "$1" shown.txt\n')
    drawn = on_a_terminal(
        [
            neomutt,
            "-n",
            "-F",
            "muttrc",
            "-f",
            "mail",
            "-e",
            "push '<limit>~s week<enter><first-entry><display-message><quit>'",
        ],
        tmp_path,
    )
    assert SUBJECT in drawn
    assert "news@bulletin.example" in drawn
    shown = (tmp_path / "shown.txt").read_text()
    assert f"Subject: {SUBJECT}" in shown
    folded = " ".join(shown.split())
    for item in door.published:
        assert " ".join(item["title"].split()) in folded
        assert item["_syndicate"]["source"]["name"] in folded
        assert re.search(rf"^\s*{re.escape(item['url'])}$", shown, re.MULTILINE)
    ferry = next(item for item in door.published if item["_syndicate"]["source"]["name"] == "Harbour Review")
    assert ferry["_syndicate"]["copyright"] in folded


def test_the_mail_is_what_the_text_part_says(loopback, door):
    """What neomutt saw is the text part of a message that has an HTML part with the same links."""
    assert door.published
    message = BytesParser(EmailMessage, policy=default).parsebytes(loopback.mail_to(demo_reader())[0].read_bytes())
    markup = html.fromstring(message.get_body(("html",)).get_content())
    links = {link.get("href") for link in markup.iter("a")}
    assert {item["url"] for item in door.published} <= links


def demo_reader():
    """One of the addresses that the digest goes to."""
    return demo.readers(clock()).splitlines()[1].split(",")[0]


def test_a_browser_opens_the_stories(door, tmp_path):
    """Chromium draws the list: every title and publisher; the stories' own pages have the modes and their reasons."""
    chromium = program("chromium")
    page = execute(
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        f"{door.url}/stories",
        env=os.environ | {"HOME": str(tmp_path)},
    )
    drawn = html.fromstring(page)
    seen = " ".join(drawn.text_content().split())
    for item in door.published:
        assert " ".join(item["title"].split()) in seen
        assert item["_syndicate"]["source"]["name"] in seen
    stories = sorted({link.get("href") for link in drawn.iter("a") if "/items/" in link.get("href", "")})
    assert len(stories) == len(door.published)
    for address in stories:
        with urlopen(urljoin(f"{door.url}/stories", urlsplit(address).path)) as answer:  # noqa: S310 - loopback
            seen += " ".join(html.fromstring(answer.read()).text_content().split())
    for mode in ("Full text", "Excerpt", "Link only", "Withheld"):
        assert mode in seen
    for reason in ("reserves all rights", "Nobody has said what may be done with it", "CC BY-NC-ND 4.0 does not cover"):
        assert reason in seen
    assert 200 in door.statuses("/style.css"), "the page is drawn with its styles"
