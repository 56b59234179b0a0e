# SPDX-License-Identifier: Apache-2.0
"""The web server over real HTTP: finished feeds, pages, and links of a mail that only a POST obeys."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
from dataclasses import replace
from datetime import UTC, date, datetime

import aiohttp
import pytest

from syndicate.deliver import tokens
from syndicate.errors import StoreError, UsageError
from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Decision,
    Duty,
    Hop,
    Item,
    Key,
    Medium,
    Mode,
    Purpose,
    Role,
    Site,
)
from syndicate.pipeline.pages import Gone
from syndicate.publish.page import ChannelSummary, DigestSummary, PageItem
from syndicate.publish.templates import environment
from syndicate.serve.app import build_app
from syndicate.serve.documents import accepts_gzip
from syndicate.serve.ports import Digest, Letter, Ports
from syndicate.serve.run import serving

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY = Key("1", b"a secret of the test")
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
COMMUNITY = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss",))
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY)
URL = "https://south.example/the-ferry"
ITEM = Item("i-00112233aabbccdd", "south", "south", URL, URL, "The ferry", "", "")
ROW = PageItem(
    ITEM,
    Chain((Hop(Role.ORIGIN, "South Desk", "south", URL, NOW, ITEM.id),)),
    (Decision(ITEM.id, "community", Mode.LINK, (Duty("O3", url=URL),), (), "Nothing is known of its terms."),),
    NOW,
)
SUMMARY = DigestSummary(WEEKLY, date(2026, 11, 23), "This week", 1)
FEED = b"<rss>" + b"x" * 2000 + b"</rss>"


class House:
    """What stands behind the server in these tests: it remembers who acted."""

    def __init__(self, folder):
        self.folder = folder
        self.confirmed = []
        self.unsubscribed = []
        self.is_ready = True

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
            channels=lambda: [ChannelSummary(COMMUNITY, NOW), ChannelSummary(WEEKLY)],
            items=lambda: [ROW],
            item={ITEM.id: ROW}.get,
            digests=lambda: [SUMMARY],
            digest=lambda channel, day: self.digests().get((channel, day)),
            letter={7: Letter("Weekly digest", "River reporting, for information.", "Asked on 4 March 2026")}.get,
            confirm=lambda reader, _: self.confirmed.append(reader),
            unsubscribe=self.unsubscribed.append,
            **dict.fromkeys(("come_back", "prefer", "lists", "sign_up")),  # test_serve_readers.py has them
            ready=self.ready,
        )

    def digests(self):
        """The one digest that went out."""
        sent = Digest(
            SUMMARY, b'<!doctype html><html><body class="x"><p>The digest</p></body></html>', "The digest, as text\n"
        )
        return {("weekly", date(2026, 11, 23)): sent, ("weekly", date(2026, 11, 16)): Gone("Its terms ended.")}


@pytest.fixture(name="house")
def _house(tmp_path):
    (tmp_path / "community.rss").write_bytes(FEED)
    (tmp_path / "community.rss.gz").write_bytes(gzip.compress(FEED))
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


@pytest.mark.parametrize("path", ["/digests/weekly/2026-11-16", "/digests/weekly/2026-11-16.txt"])
def test_a_digest_that_may_be_read_no_longer_is_gone(house, path):
    """410, with the reason and whom to ask, and no cache keeps it."""
    status, headers, body = get(house, path)
    assert (status, headers["Cache-Control"]) == (410, "no-store")
    for words in ("This digest is here no longer", "Its terms ended.", SITE.contact):
        assert words in body.decode()


def test_feed_is_the_finished_bytes(house):
    """A feed leaves as it was released, with its media type, validators and five minutes of rest."""
    status, headers, body = get(house, "/feeds/community.rss")
    assert (status, body) == (200, FEED)
    assert headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["Last-Modified"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["ETag"].startswith('"')
    assert "Content-Encoding" not in headers


def test_gzip_is_its_own_representation(house):
    """A client that takes gzip gets the stored form under a tag of its own."""
    plain = get(house, "/feeds/community.rss")
    status, headers, body = get(house, "/feeds/community.rss", Accept_Encoding="br, gzip")
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == FEED
    assert headers["ETag"] != plain[1]["ETag"]


@pytest.mark.parametrize("accept", ["", "gzip"])
def test_what_the_client_has_is_not_sent_again(house, accept):
    """The tag of the representation that the client took, listed or weak, is answered 304 without a body."""
    accepted = {"Accept-Encoding": accept} if accept else {}
    ((_, headers, _),) = ask(house, ("GET", "/feeds/community.rss", accepted))
    tag = headers["ETag"]
    answers = ask(
        house,
        *(("GET", "/feeds/community.rss", {**accepted, "If-None-Match": one}) for one in (tag, f'"old", W/{tag}', "*")),
        ("GET", "/feeds/community.rss", {**accepted, "If-None-Match": '"old"'}),
    )
    assert [status for status, _, _ in answers] == [304, 304, 304, 200]
    assert [body for _, _, body in answers[:3]] == [b"", b"", b""]
    assert answers[0][1]["ETag"] == tag


@pytest.mark.parametrize(
    ("since", "tag", "expected"),
    [
        ("Mon, 21 Sep 2026 14:13:20 GMT", None, 304),
        ("Mon, 21 Sep 2026 14:13:19 GMT", None, 200),
        ("yesterday", None, 200),
        ("Mon, 21 Sep 2026 14:13:20 GMT", '"other"', 200),
    ],
)
def test_modified_since_counts_only_without_a_tag(house, since, tag, expected):
    """If-Modified-Since is obeyed where no If-None-Match stands beside it; nonsense is ignored."""
    headers = {"If-Modified-Since": since, **({"If-None-Match": tag} if tag else {})}
    ((status, _, _),) = ask(house, ("GET", "/feeds/community.rss", headers))
    assert status == expected


def test_head_says_the_same_without_a_body(house):
    """HEAD has the headers of GET."""
    head, whole = ask(house, ("HEAD", "/feeds/community.rss", {}), ("GET", "/feeds/community.rss", {}))
    assert head[2] == b""
    assert {k: v for k, v in head[1].items() if k != "date"} == {k: v for k, v in whole[1].items() if k != "date"}


def test_replaced_feed_is_noticed_and_a_stale_sibling_is_not_sent(house):
    """After a new release the new bytes are served at once, and an old or broken gzip form never is."""

    async def inside():
        found = []
        async with serving(build_app(house.ports())) as port, aiohttp.ClientSession(auto_decompress=False) as web:
            for change in (
                lambda: None,
                lambda: (house.folder / "community.rss").write_bytes(b"<rss/>"),
                lambda: (house.folder / "community.rss.gz").write_bytes(b"no gzip"),
                (house.folder / "community.rss").unlink,
            ):
                change()
                async with web.get(f"http://127.0.0.1:{port}/feeds/community.rss") as answer:
                    found.append((answer.status, answer.headers.get("Content-Encoding"), await answer.read()))
        return found

    first, new, broken, gone = asyncio.run(inside())
    assert first[:2] == (200, "gzip")
    assert new == broken == (200, None, b"<rss/>")
    assert gone[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/other.rss",
        "/feeds/community.txt",
        "/feeds/..%2Fsecret.rss",
        "/feeds/.rss",
        "/nowhere",
        "/items/i-0",
        "/digests/weekly/2026-11-22",
        "/digests/weekly/monday",
        "/digests/weekly/monday.txt",
    ],
)
def test_what_we_do_not_have_is_404(house, path):
    """Unknown addresses, and names that lead out of the folder, are answered by a plain page."""
    (house.folder.parent / "secret.rss").write_bytes(b"secret")
    status, headers, body = get(house, path)
    assert status == 404
    assert b"Nothing stands here" in body
    assert headers["Content-Type"].startswith("text/html")


def test_pages_show_what_the_house_knows(house):
    """Front page, item page, digest in both parts, style and robots are there, each with its type."""
    paths = (
        "/",
        f"/items/{ITEM.id}",
        "/digests/weekly/2026-11-23",
        "/digests/weekly/2026-11-23.txt",
        "/style.css",
        "/robots.txt",
    )
    front, item, mail, text, style, robots = ask(house, *(("GET", path, {}) for path in paths))
    assert all(one[0] == 200 for one in (front, item, mail, text, style, robots))
    assert b"The ferry" in front[2]
    assert b"Nothing is known of its terms." in item[2]
    assert b"The digest" in mail[2]
    assert text[2] == b"The digest, as text\n"
    assert text[1]["Content-Type"] == "text/plain; charset=utf-8"
    assert style[1]["Content-Type"] == "text/css; charset=utf-8"
    assert b"Disallow: /unsubscribe/" in robots[2]


def test_pages_are_conditional_too(house):
    """A page that did not change is answered 304."""
    _, headers, _ = get(house, "/")
    assert get(house, "/", If_None_Match=headers["ETag"])[0] == 304


def test_every_answer_is_locked_down(house):
    """No answer may run or load anything; only the mail's own page may use the styles in its markup."""
    paths = ("/", "/feeds/community.rss", "/nowhere", "/healthz", "/digests/weekly/2026-11-23")
    answers = ask(house, *(("GET", path, {}) for path in paths))
    for path, (_, headers, _) in zip(paths, answers, strict=True):
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert ("unsafe-inline" in policy) is path.startswith("/digests/")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in headers


@pytest.mark.parametrize("purpose", ["confirm", "unsubscribe"])
def test_opening_a_link_changes_nothing(house, purpose):
    """GET and HEAD show the question, with the wording agreed to, and act on nobody."""
    path = f"/{purpose}/{tokens.make(KEY, purpose, 7)}"
    shown, head = ask(house, ("GET", path, {}), ("HEAD", path, {}))
    assert (shown[0], head[0]) == (200, 200)
    assert b'<form method="post">' in shown[2]
    assert "“River reporting, for information.”".encode() in shown[2]
    assert shown[1]["Cache-Control"] == "no-store"
    assert house.confirmed == house.unsubscribed == []


@pytest.mark.parametrize("purpose", ["confirm", "unsubscribe"])
def test_post_acts_and_answers_alike(house, purpose):
    """A POST acts, without a cookie, and says the same to a reader we know and to one we do not."""
    answers = ask(house, *(("POST", f"/{purpose}/{tokens.make(KEY, purpose, who)}", {}) for who in (7, 8)))
    assert [status for status, _, _ in answers] == [200, 200]
    assert answers[0][2] == answers[1][2]
    assert (house.confirmed, house.unsubscribed) == (([7, 8], []) if purpose == "confirm" else ([], [7, 8]))


def test_unknown_reader_is_asked_in_general_words(house):
    """For a reader who is gone the question names no list and quotes no consent."""
    _, _, body = get(house, f"/unsubscribe/{tokens.make(KEY, 'unsubscribe', 8)}")
    assert b"Stop these letters?" in body
    assert b"What you agreed to" not in body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_of_another_purpose_or_hand_does_nothing(house, method):
    """A confirmation token cannot unsubscribe, nor can one that somebody made up; the page says what to do."""
    bad = (tokens.make(KEY, "confirm", 7), tokens.make(Key("1", b"other"), "unsubscribe", 7), "x")
    for status, _, body in ask(house, *((method, f"/unsubscribe/{token}", {}) for token in bad)):
        assert status == 404
        assert b"editor@bulletin.example" in body
    assert house.unsubscribed == []


def test_reading_addresses_refuse_a_post(house):
    """A POST to a page is 405 and names what is allowed."""
    ((status, headers, body),) = ask(house, ("POST", "/", {}))
    assert status == 405
    assert "GET" in headers["Allow"]
    assert b"cannot be done here" in body


def test_health_and_readiness(house):
    """The process is healthy at once, ready after the first cycle, and not ready while the database is away."""
    assert get(house, "/healthz")[::2] == (200, b"ok\n")
    assert get(house, "/readyz")[0] == 200
    house.is_ready = False
    assert get(house, "/readyz")[::2] == (503, b"not yet\n")
    house.is_ready = StoreError("locked")
    assert get(house, "/readyz")[0] == 503


def test_a_broken_house_is_one_plain_sentence(house):
    """If a page cannot be made the reader gets 503 and no inner detail."""

    def away():
        raise StoreError("the disk is full", subject="/secret/path")

    ((status, _, body),) = ask(house, ("GET", "/", {}), ports=replace(house.ports(), items=away))
    assert status == 503
    assert b"secret" not in body


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP;q=0.5, br", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("*", True),
        ("*, gzip;q=0", False),
        ("identity", False),
    ],
)
def test_accepting_gzip(header, expected):
    """The client's word about gzip is read as RFC 9110 12.5.3 has it."""
    assert accepts_gzip(header) is expected


def test_taken_port_is_told(house):
    """A port that somebody else has is an error with a remedy."""

    async def inside(port):
        async with serving(build_app(house.ports()), port=port):
            pass

    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(UsageError, match="choose another port"):
        asyncio.run(inside(other.getsockname()[1]))


def test_feed_without_a_stored_gzip_form_is_sent_plain(house):
    """Nobody has to compress anything: without a stored form the client gets the plain bytes."""
    (house.folder / "community.rss.gz").unlink()
    status, headers, body = get(house, "/feeds/community.rss", Accept_Encoding="gzip")
    assert (status, body) == (200, FEED)
    assert "Content-Encoding" not in headers
