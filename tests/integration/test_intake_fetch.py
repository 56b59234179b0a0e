# SPDX-License-Identifier: Apache-2.0
"""Fetching over real sockets: bounds, redirects, validators, addresses and honest errors."""

import asyncio
import contextlib
import gzip
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from yarl import URL

from syndicate.errors import FetchError
from syndicate.intake import client as module
from syndicate.intake.client import Client, Limits
from syndicate.intake.fetch import Fetcher

AGENT = "syndicate-test/1 (+https://own.example/; desk@own.example)"
FEED = b"<rss><channel/></rss>"


def answer(status="200 OK", body=FEED, *headers, length=None):
    """The bytes of an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Site:
    """A server that gives each path its bytes, and remembers what it was asked."""

    def __init__(self, paths):
        """``paths`` maps a path to bytes, or to None for silence."""
        self.paths, self.requests, self.open = paths, [], set()

    async def serve(self, reader, writer):
        """One connection, one answer; closed after it."""
        self.open.add(asyncio.current_task())
        try:
            await self.answer(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def answer(self, reader, writer):
        """Read a request, write what the path holds."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(head)
            content = self.paths[head.split(" ")[1]]
            if content is None:
                await asyncio.Event().wait()
            writer.write(content or b"")
            await writer.drain()

    async def stop(self):
        """End every connection, silent ones included."""
        for task in self.open:
            task.cancel()
        await asyncio.gather(*self.open, return_exceptions=True)


def fetch(paths, path="/feed", *, host="127.0.0.1", user="", site=None, validators=None, private=True, **limits):
    """Fetch one path from a site of these paths; the site keeps the requests."""
    site = site or Site(paths)

    async def run():
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        for key, value in site.paths.items():
            site.paths[key] = value and value.replace(b"PORT", str(port).encode())
        try:
            client = Client(AGENT, allow_private=private, limits=Limits(**{"timeout": 5.0} | limits))
            async with server, client:
                return await Fetcher(client).fetch(f"http://{user}{host}:{port}{path}", **(validators or {}))
        finally:
            await site.stop()

    return asyncio.run(run())


def refused(*arguments, **options):
    """The error of a fetch."""
    with pytest.raises(FetchError) as caught:
        fetch(*arguments, **options)
    assert caught.value.remedy
    return caught.value


def test_a_whole_answer():
    """Body, type and validators come through; the request names us, asks for gzip and carries no cookie."""
    headers = (
        'ETag: W/"a"',
        "Last-Modified: Tue, 05 May 2026 10:00:00 GMT",
        "Content-Type: text/xml",
        "Set-Cookie: a=b",
    )
    site = Site({"/feed": answer("200 OK", FEED, *headers)})
    got = fetch(None, site=site)
    assert (got.status, got.body, got.content_type, got.etag) == (200, FEED, "text/xml", 'W/"a"')
    assert (got.last_modified, got.moved_to) == ("Tue, 05 May 2026 10:00:00 GMT", "")
    (head,) = site.requests
    assert f"User-Agent: {AGENT}" in head
    assert "Accept-Encoding: gzip, deflate\r\n" in head
    assert "Cookie" not in head
    assert "If-" not in head


def test_validators_are_sent_verbatim():
    """A 304 to our validators is an answer; a 304 that we did not ask for is none."""
    site = Site({"/feed": b"HTTP/1.1 304 Not Modified\r\n\r\n"})
    validators = {"etag": '"x y"', "last_modified": "yesterday, about noon"}
    got = fetch(None, site=site, validators=validators)
    assert (got.status, got.body) == (304, b"")
    assert 'If-None-Match: "x y"\r\n' in site.requests[0]
    assert "If-Modified-Since: yesterday, about noon\r\n" in site.requests[0]
    assert refused({"/feed": b"HTTP/1.1 304 Not Modified\r\n\r\n"}).status == 304


def test_validators_that_cannot_be_sent_are_forgotten():
    """A header with bytes that no request may hold is not kept as a validator."""
    assert fetch({"/feed": answer("200 OK", FEED, 'ETag: "\u00e9"')}).etag == ""


def test_gzip():
    """A compressed body comes out whole; one cut short is a failed poll."""
    body = gzip.compress(FEED)
    assert fetch({"/feed": answer("200 OK", body, "Content-Encoding: gzip")}).body == FEED
    cut = answer("200 OK", body[:-9], "Content-Encoding: gzip")
    assert "cut short" in refused({"/feed": cut}).what


@pytest.mark.parametrize(
    "content",
    [
        answer(length=len(FEED) + 10),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
    ],
)
def test_bodies_cut_short(content):
    """A body shorter than announced is an error, never a feed."""
    assert "cut short" in refused({"/feed": content}).what


def test_size_is_counted_after_decoding():
    """Neither a large body nor a small one that unfolds may pass the limit."""
    assert "larger than" in refused({"/feed": answer(body=b"x" * 2000)}, max_bytes=1000).what
    bomb = answer("200 OK", gzip.compress(b" " * 30_000_000), "Content-Encoding: gzip")
    assert "larger than" in refused({"/feed": bomb}, max_bytes=1_000_000).what


@pytest.mark.parametrize(
    ("status", "moved"),
    [("301 Moved", True), ("308 Moved", True), ("302 Found", False), ("303 See", False), ("307 T", False)],
)
def test_redirects(status, moved):
    """Every redirect is followed; only permanent ones say that the feed has moved."""
    got = fetch({"/feed": answer(status, b"", "Location: /new#part"), "/new": answer()})
    assert got.url.endswith("/new")
    assert bool(got.moved_to) is moved


def test_one_temporary_redirect_spoils_permanence():
    """A chain has moved only if every step of it is permanent."""
    paths = {"/feed": answer("301 M", b"", "Location: /2"), "/2": answer("302 F", b"", "Location: /3"), "/3": answer()}
    assert fetch(paths).moved_to == ""


def test_redirects_end():
    """Loops and long chains stop at the limit; other schemes are not followed; a redirect to nowhere is an error."""
    assert "more than 5 times" in refused({"/feed": answer("302 F", b"", "Location: /feed")}).what
    for target in ("file:///etc/passwd", "data:text/xml,x", "gopher://own.example/", "http://[broken/"):
        assert "no web address" in refused({"/feed": answer("302 F", b"", f"Location: {target}")}).what
    assert refused({"/feed": answer("302 F", b"")}).status == 302


def test_credentials_stay_with_their_host():
    """A name and password go along a redirect on the same host, never to another, and never into the result."""
    site = Site(
        {
            "/feed": answer("302 F", b"", "Location: /2"),
            "/2": answer("302 F", b"", "Location: http://localhost:PORT/3"),
            "/3": answer(),
        }
    )
    got = fetch(None, site=site, user="reader:secret@")
    assert ["Authorization: Basic" in head for head in site.requests] == [True, True, False]
    assert "secret" not in got.url


@pytest.mark.parametrize(
    ("here", "location", "user"),
    [
        ("https://a:b@own.example/", "http://own.example/x", None),
        ("http://a:b@own.example/", "https://own.example/x", "a"),
        ("http://a:b@own.example:81/", "http://own.example/x", None),
        ("http://a:b@own.example/", "http://c:d@other.example/x", None),
        ("http://own.example/", "http://c:d@own.example/x", None),
    ],
)
def test_credentials_never_leave_https_or_the_port(here, location, user):
    """Downgrades, other ports and other hosts lose the credentials; a redirect brings none of its own."""
    assert module.next_url("s", URL(here), location).user == user


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        ("429 Too Many", ("Retry-After: 120",), 120.0),
        (
            "503 Unavailable",
            ("Retry-After: Tue, 05 May 2026 10:02:00 GMT", "Date: Tue, 05 May 2026 10:00:00 GMT"),
            120.0,
        ),
        ("503 Unavailable", ("Retry-After: Tue, 05 May 2026 09:00:00 GMT", "Date: Tue, 05 May 2026 10:00:00 GMT"), 0.0),
        ("503 Unavailable", ("Retry-After: soon",), None),
        ("503 Unavailable", ("Retry-After: 99999999999",), 604800.0),
        ("410 Gone", (), None),
        ("404 Not Found", (), None),
        ("401 Unauthorized", (), None),
        ("403 Forbidden", (), None),
        ("500 Oops", (), None),
        ("204 No Content", (), None),
        ("206 Partial", (), None),
    ],
)
def test_refusals(status, headers, wait):
    """Every refusal keeps its status, names a remedy and the wait that the site asks for."""
    body = b"" if status.startswith("204") else b"x"
    error = refused({"/feed": answer(status, body, *headers)})
    assert (error.status, error.retry_after) == (int(status[:3]), wait)


def test_deadline_and_resets():
    """Silence ends at the deadline, a closed connection at once, both as plain errors."""
    assert "not complete after 0.2 seconds" in refused({"/feed": None}, timeout=0.2).what
    assert "connection failed" in refused({"/feed": b""}).what
    assert "connection failed" in refused({"/feed": b"nonsense\r\n\r\n"}).what


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", ".".join("0000")]
)
def test_private_addresses_are_refused(host):
    """Loopback in every spelling is refused before anything is sent; only the canonical ones count as addresses."""
    site = Site({"/feed": answer()})
    error = refused(None, site=site, host=host, private=False)
    assert "no public address" in error.what or "no web address" in error.what
    assert site.requests == []


def test_addresses_in_ipv6_are_refused():
    """Wrapped and local IPv6 addresses are refused, too."""

    async def run(url):
        async with Client(AGENT, limits=Limits(timeout=5)) as client:
            await Fetcher(client).fetch(url)

    for host in ("[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1"):
        with pytest.raises(FetchError, match="no public address"):
            asyncio.run(run(f"http://{host}:9/feed"))


def test_every_redirect_is_checked_anew(monkeypatch):
    """A public host that redirects inwards gets nowhere: the guard stands at every connection."""
    passed = [True]
    monkeypatch.setattr(module, "is_public", lambda _: bool(passed and passed.pop()))
    site = Site(
        {
            "/feed": answer("302 F", b"", "Location: http://localhost:PORT/inside", "Connection: close"),
            "/inside": answer(),
        }
    )
    assert "no public address" in refused(None, site=site, private=False).what
    assert len(site.requests) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://own.example/", "own.example", "http://", "http://[x/"])
def test_only_web_addresses(url):
    """What is no http or https address is refused before anything happens."""

    async def run():
        async with Client(AGENT) as client:
            await Fetcher(client).fetch(url)

    with pytest.raises(FetchError, match="no web address"):
        asyncio.run(run())


def test_unknown_hosts():
    """A host that does not exist is told from one that fails."""
    assert "not known" in refused({}, host="nowhere.invalid").what
    assert "connection failed" in refused({}, host="127.0.0.2").what


def test_certificates(tmp_path, monkeypatch):
    """A certificate that nobody vouches for ends the request; one that the operator trusts does not, on its host only."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    write_certificate("127.0.0.1", key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def run(host):
        site = Site({"/feed": answer("200 OK", FEED, "Connection: close")})
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        try:
            async with server, Client(AGENT, allow_private=True, limits=Limits(timeout=5.0)) as client:
                return await Fetcher(client).fetch(f"https://{host}:{port}/feed")
        finally:
            await site.stop()

    with pytest.raises(FetchError, match="certificate is not valid"):
        asyncio.run(run("127.0.0.1"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert asyncio.run(run("127.0.0.1")).body == FEED
    with pytest.raises(FetchError, match="certificate is not valid"):
        asyncio.run(run("localhost"))


def write_certificate(address, key_file, certificate_file):
    """A key, and a certificate for an address that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    now = datetime.now(UTC)  # noqa: TID251 - certificates are checked by the real clock
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    pkcs8, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(form, pkcs8, bare))
    certificate_file.write_bytes(signed.public_bytes(form))


def test_what_nobody_wants_is_not_read():
    """The body of a refusal is not loaded whole; its status stands."""
    assert refused({"/feed": answer("404 Not Found", b"x" * 5_000_000)}).status == 404


def test_a_client_must_be_entered():
    """Without its session a client says how it is used; leaving it unused harms nothing."""
    client = Client(AGENT)
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(Fetcher(client).fetch("http://own.example/"))
    asyncio.run(client.__aexit__(None, None, None))


def test_one_host_gets_two_connections_at_most():
    """Ten fetches from one host at once never have more than two answers under way, whatever the deadline."""
    running, most = 0, 0

    class Counting(Site):
        async def answer(self, reader, writer):
            nonlocal running, most
            running += 1
            most = max(most, running)
            await super().answer(reader, writer)
            running -= 1

    site = Counting({f"/{n}": answer("200 OK", FEED, "Connection: close") for n in range(10)})

    async def run():
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            async with server, Client(AGENT, allow_private=True) as client:
                fetcher = Fetcher(client)
                return await asyncio.gather(*(fetcher.fetch(f"http://127.0.0.1:{port}/{n}") for n in range(10)))
        finally:
            await site.stop()

    assert len(asyncio.run(run())) == 10
    assert 1 <= most <= 2
