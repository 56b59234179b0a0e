# SPDX-License-Identifier: Apache-2.0
"""The web server over real HTTP: pages, and links of a mail that only a POST obeys."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import aiohttp
import brotli
import pytest

from syndicate.deliver import tokens
from syndicate.errors import StoreError, UsageError
from syndicate.model import Key
from syndicate.serve.app import build_app
from syndicate.serve.run import _bound, serving
from tests.cases.serve.house import KEY, PAGE, SITE, ask, get, house_in


@pytest.fixture(name="house")
def _house(tmp_path):
    return house_in(tmp_path)


@pytest.mark.parametrize("path", ["/digests/weekly/2026-11-16", "/digests/weekly/2026-11-16.txt"])
def test_a_digest_that_may_be_read_no_longer_is_gone(house, path):
    """410, with the reason and whom to ask, and no cache keeps it."""
    status, headers, body = get(house, path)
    assert (status, headers["Cache-Control"]) == (410, "no-store")
    for words in ("This digest is here no longer", "Its terms ended.", SITE.contact):
        assert words in body.decode()


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
    assert (b"No letter of that day" if path.startswith("/digests/") else b"Nothing stands here") in body
    assert headers["Content-Type"].startswith("text/html")


def test_pages_are_what_the_house_makes(house):
    """Pages leave as they were made, each with its type, and what is gone with the reason."""
    front, mail, text, gone = ask(
        house,
        *(("GET", p, {}) for p in ("/", "/digests/weekly/2026-11-23", "/digests/weekly/2026-11-23.txt", "/items/i-2")),
    )
    assert (front[0], front[2]) == (200, PAGE)
    assert front[1]["Content-Type"] == "text/html; charset=utf-8"
    assert b"The digest" in mail[2]
    assert (text[1]["Content-Type"], text[2]) == ("text/plain; charset=utf-8", b"The digest, as text\n")
    assert (gone[0], b"Its publisher took it back." in gone[2]) == (410, True)


def test_pages_are_conditional_and_compressed(house):
    """A page that did not change is answered 304; a client that takes br gets it so, HEAD without the body."""
    _, headers, _ = get(house, "/")
    assert get(house, "/", If_None_Match=headers["ETag"])[0] == 304
    _, coded, body = get(house, "/", Accept_Encoding="gzip, br")
    assert (coded["Content-Encoding"], brotli.decompress(body)) == ("br", PAGE)
    ((status, head, nothing),) = ask(house, ("HEAD", "/", {"Accept-Encoding": "br"}))
    assert (status, head["ETag"], nothing) == (200, coded["ETag"], b"")


def test_a_page_is_made_once_until_something_changes(house):
    """As long as nothing was written a page is made once; after that it is made again."""

    async def inside():
        async with serving(build_app(house.ports())) as port, aiohttp.ClientSession() as web:
            for version in ("1", "1", "2"):
                house.version = version
                async with web.get(f"http://127.0.0.1:{port}/items/i-1") as answer:
                    assert answer.status == 200

    asyncio.run(inside())
    assert house.made == ["/items/i-1"] * 2


def test_pictures_of_others_only_where_a_page_shows_them(house):
    """Only a page with a picture in it may load any from elsewhere."""
    plain, pictured = (get(house, f"/items/{one}")[1]["Content-Security-Policy"] for one in ("i-1", "i-3"))
    assert "img-src 'self';" in plain
    assert "img-src 'self' https: http:;" in pictured


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


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_token_of_a_test_mail_acts_on_nobody(house, method):
    """A link of a test mail asks nothing and does nothing: the page says that it was a test mail."""
    paths = (f"/{purpose}/{tokens.make(KEY, purpose, tokens.NOBODY)}" for purpose in ("unsubscribe", "preferences"))
    for status, _, body in ask(house, *((method, path, {}) for path in paths)):
        assert status == 404
        assert b"This was a test mail" in body
        assert b"<form" not in body
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

    def away(_):
        raise StoreError("the disk is full", subject="/secret/path")

    ((status, _, body),) = ask(house, ("GET", "/", {}), ports=replace(house.ports(), page=away))
    assert status == 503
    assert b"secret" not in body


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_no_answer_waits_for_the_client(host):
    """What is written in two parts leaves at once: connections are accepted without Nagle's delay."""
    with _bound(host, 0) as bound, socket.create_connection(bound.getsockname()[:2]), bound.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_taken_port_is_told(house):
    """A port that somebody else has is an error with a remedy."""

    async def inside(port):
        async with serving(build_app(house.ports()), port=port):
            pass

    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(UsageError, match="choose another port"):
        asyncio.run(inside(other.getsockname()[1]))
