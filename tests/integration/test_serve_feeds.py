# SPDX-License-Identifier: Apache-2.0
"""Feeds over real HTTP: finished bytes, validators, codings, and what a browser is shown."""

from __future__ import annotations

import asyncio
import gzip
import re
from dataclasses import replace

import aiohttp
import brotli
import pytest

from syndicate.serve.app import build_app
from syndicate.serve.documents import taken
from syndicate.serve.run import serving
from tests.cases.serve.house import FEED, PAGE, SITE, ask, get, house_in


@pytest.fixture(name="house")
def _house(tmp_path):
    return house_in(tmp_path)


def test_feed_is_the_finished_bytes(house):
    """A feed leaves as it was released, with its media type, validators and five minutes of rest."""
    status, headers, body = get(house, "/feeds/community.rss")
    assert (status, body) == (200, FEED)
    assert headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["Last-Modified"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    assert headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert headers["ETag"].startswith('"')
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize(
    ("accept", "coding", "undo"),
    [("gzip, deflate", "gzip", gzip.decompress), ("gzip, br", "br", brotli.decompress)],
)
def test_a_compressed_form_is_its_own_representation(house, accept, coding, undo):
    """A client that takes br or gzip gets the stored form under a tag of its own, br if it takes both."""
    plain = get(house, "/feeds/community.rss")
    status, headers, body = get(house, "/feeds/community.rss", Accept_Encoding=accept)
    assert status == 200
    assert headers["Content-Encoding"] == coding
    assert undo(body) == FEED
    assert headers["Content-Length"] == str(len(body))
    assert headers["ETag"] != plain[1]["ETag"]


@pytest.mark.parametrize("accept", ["", "gzip", "br"])
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
    """After a new release the new bytes are served at once, and an old or broken compressed form never is."""

    async def inside():
        found = []
        takes_gzip = {"Accept-Encoding": "gzip"}
        async with (
            serving(build_app(house.ports())) as port,
            aiohttp.ClientSession(auto_decompress=False, headers=takes_gzip) as web,
        ):
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


def test_a_browser_that_opens_a_feed_is_shown_what_it_is(house):
    """Opened as a page a feed is explained, to everybody else it is the feed, also to a page of a browser."""
    seen = [
        get(house, "/feeds/community.rss", Sec_Fetch_Dest="document"),
        get(house, "/feeds/community.rss", Sec_Fetch_Dest="empty"),
        get(house, "/feeds/community.rss?plain", Sec_Fetch_Dest="document"),
        get(house, "/feeds/community"),
    ]
    assert [one[2] for one in seen] == [b"<p>What a feed is</p>", FEED, FEED, b"<p>What a feed is</p>"]
    assert {one[1]["Vary"] for one in seen} == {"Accept-Encoding, Sec-Fetch-Dest"}


def test_a_proxy_may_leave_the_path_of_the_site_in_front(house):
    """Below a path the site answers with that path and without it, whatever the proxy does to it."""
    site = replace(SITE, url="https://example.org/bulletin")
    ports = replace(house.ports(), site=site)
    for path in ("/feeds/community.rss", "/bulletin/feeds/community.rss"):
        assert ask(house, ("GET", path, {}), ports=ports)[0][::2] == (200, FEED)
    for path in ("/", "/bulletin/"):
        assert ask(house, ("GET", path, {}), ports=ports)[0][::2] == (200, PAGE)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ()),
        ("gzip", ("gzip",)),
        ("gzip, deflate, br, zstd", ("br", "gzip")),
        ("GZIP;q=0.5, br", ("br", "gzip")),
        ("x-gzip", ("gzip",)),
        ("br;q=0, gzip", ("gzip",)),
        ("gzip;q=0.000", ()),
        ("*", ("br", "gzip")),
        ("*, gzip;q=0", ("br",)),
        ("identity", ()),
    ],
)
def test_accepted_codings(header, expected):
    """The client's word about codings is read as RFC 9110 12.5.3 has it."""
    assert taken(header) == expected


def test_feed_without_a_stored_form_is_sent_plain(house):
    """Nobody has to compress anything: without a stored form the client gets the plain bytes."""
    (house.folder / "community.rss.gz").unlink()
    (house.folder / "community.rss.br").unlink()
    status, headers, body = get(house, "/feeds/community.rss", Accept_Encoding="gzip")
    assert (status, body) == (200, FEED)
    assert "Content-Encoding" not in headers


def test_both_ways_give_the_same_answer(house):
    """What is written before a request is made of it is what the application would answer, but for the query."""
    tag = get(house, "/feeds/community.rss", Accept_Encoding="br")[1]["ETag"]
    for asked in ({}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "br", "If-None-Match": tag}):
        for method in ("GET", "HEAD"):
            short, long = ask(house, *((method, f"/feeds/community.rss{query}", asked) for query in ("", "?x=1")))
            assert short[0] == long[0]
            assert {**short[1], "date": ""} == {**long[1], "date": ""}
            assert short[2] == long[2]


def test_requests_in_one_packet_are_answered_in_order(house):
    """A client that sends several requests at once gets every answer, whichever way each goes; a body is ignored."""
    paths = ("/feeds/community.rss", "/", "/feeds/community.rss", "/nowhere", "/feeds/community.rss")
    sent = ["GET /feeds/community.rss HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"]
    sent += [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths]
    sent += ["GET /feeds/community.rss HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]

    async def inside():
        async with serving(build_app(house.ports())) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write("".join(sent).encode())
            whole = await reader.read()
            writer.close()
            return whole

    whole = asyncio.run(inside())
    assert re.findall(rb"HTTP/1.1 (\d+)", whole) == [b"200", b"200", b"200", b"200", b"404", b"200", b"200"]
    assert whole.count(FEED) == 5


def test_a_request_that_is_known_sees_each_release(house):
    """The same bytes over one connection, also in pieces and two at once, get what the feed is at that time."""
    sent = b"GET /feeds/community.rss HTTP/1.1\r\nHost: x\r\n\r\n"
    head = sent.replace(b"GET", b"HEAD")

    async def inside():
        found = []
        async with serving(build_app(house.ports())) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)

            async def answer(whole):
                lines = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = int(re.search(r"content-length: (\d+)", lines)[1])
                return lines[9:12], await reader.readexactly(length) if whole else b""

            for parts in ([sent], [sent], [sent[:9], sent[9:]], [head], [head], [sent + sent], [sent]):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                found += [await answer(parts != [head]) for _ in range(b"".join(parts).count(b"HTTP/1.1"))]
                (house.folder / "community.rss").write_bytes(b"<rss>%d</rss>" % len(found))
            writer.close()
        return found

    found = asyncio.run(inside())
    assert {status for status, _ in found} == {"200"}
    new = [b"<rss>%d</rss>" % n for n in (1, 2, 5, 5, 7)]
    assert [body for _, body in found] == [FEED, *new[:2], b"", b"", *new[2:]]
