# SPDX-License-Identifier: Apache-2.0
"""Adapter: requests over libcurl, which keeps connections open and reads answers. The only module that knows pycurl.

Promises: http and https only; nothing is taken from the environment but the certificates to trust (``SSL_CERT_FILE``);
no cookies, proxies or redirects; whatever a name resolved to, each address is checked where its socket is made.
"""

from __future__ import annotations

import asyncio
import enum
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pycurl

from syndicate.intake.coding import CodingError, Decoder

_OK = 200
_CONNECT = 10.0  # seconds for names, connection and TLS
_CONNECTIONS = 600  # at once, over all hosts: below what systems allow a process
_KEPT = 20  # seconds for which a connection waits for its next request
_DRAINED = 65_536  # bytes of an answer's body that are read where it is not wanted, to keep the connection
_REFUSE = -1
_NO_SOCKET: int = pycurl.SOCKET_BAD


class Why(enum.Enum):
    """Why there is no complete answer."""

    ADDRESS = "the address is not a public one"
    CERTIFICATE = "the certificate is not valid"
    CONNECTION = "the connection failed"
    CUT = "the answer was cut short"
    HOST = "the host is not known"
    TIME = "the time is up"
    URL = "this is no web address"


class NoAnswerError(Exception):
    """There is no complete answer: ``why``, and ``said`` in words of the system."""

    def __init__(self, why: Why, said: str = "") -> None:
        super().__init__(said or why.value)
        self.why = why
        self.said = said


_LISTS: Final = frozenset({"cache-control", "content-encoding", "content-usage", "link", "x-robots-tag"})
"""Headers that hold lists: written over several lines they are one. Spec: RFC 9110 5.3."""


class Headers(Mapping[str, str]):
    """An answer's headers, in any case; a list in several lines is one, of any other the first line counts."""

    def __init__(self, lines: list[bytes]) -> None:
        """``lines`` are those after the status line, as they came."""
        self._values: dict[str, str] = {}
        for line in lines:
            name, _, value = line.decode("utf-8", "surrogateescape").partition(":")
            key, said = name.strip().lower(), value.strip()
            before = self._values.get(key)
            if before is None:
                self._values[key] = said
            elif key in _LISTS:
                self._values[key] = f"{before}, {said}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of any status. ``body`` is without its coding, and empty unless ``status`` is 200."""

    status: int
    reason: str
    headers: Headers
    body: bytes


@dataclass(slots=True)
class _Arriving:
    """An answer on its way; libcurl hands over its lines and pieces."""

    max_bytes: int
    lines: list[bytes] = field(default_factory=list)
    status: int = 0
    reason: str = ""
    headers: Headers = field(default_factory=lambda: Headers([]))
    decoder: Decoder | None = None
    drained: int = 0
    trouble: CodingError | None = None

    def line(self, line: bytes) -> None:
        """A line of the head: the status, a header, or the empty one at its end. Only the last head counts."""
        if line.startswith(b"HTTP/"):
            self.lines = []
        self.lines.append(line)

    def piece(self, piece: bytes) -> int | None:
        """More of the body; what it gives back makes libcurl stop."""
        try:
            if self.decoder is None:
                self.read_head()
                self.decoder = Decoder(
                    self.headers.get("Content-Encoding", "") if self.is_wanted else "", self.max_bytes
                )
            if self.is_wanted:
                self.decoder.feed(piece)
                return None
        except CodingError as error:
            self.trouble = error
            return _REFUSE
        self.drained += len(piece)
        return _REFUSE if self.drained > _DRAINED else None

    @property
    def is_wanted(self) -> bool:
        """Whether anybody will look at the body."""
        return self.status == _OK

    @property
    def is_drained(self) -> bool:
        """Whether it was broken off because nobody wants more of it."""
        return self.drained > _DRAINED

    def read_head(self) -> None:
        """Read status, reason and headers."""
        _, status, *reason = self.lines[0].decode("latin-1").strip().split(" ", 2)
        self.status, self.reason = int(status), " ".join(reason)
        self.headers = Headers([line for line in self.lines[1:] if line.strip()])

    def finish(self) -> Answer:
        """The whole of it. Raises CodingError if a compressed body did not end."""
        self.read_head()
        body = self.decoder.finish() if self.decoder and self.is_wanted else b""
        self.decoder = None  # libcurl's handle knows this object until its next request
        return Answer(self.status, self.reason, self.headers, body)


class _Handle:
    """A libcurl handle, used for one request after the other."""

    def __init__(self, user_agent: str, is_allowed: Callable[[str], bool] | None) -> None:
        self.curl = curl = pycurl.Curl()
        self._is_allowed = is_allowed or (lambda _: True)
        self.refused = False
        curl.setopt(curl.USERAGENT, user_agent.encode())
        curl.setopt(curl.PROTOCOLS, curl.PROTO_HTTP | curl.PROTO_HTTPS)
        curl.setopt(curl.PROXY, "")
        curl.setopt(curl.NOSIGNAL, 1)
        curl.setopt(curl.CONNECTTIMEOUT_MS, int(_CONNECT * 1000))
        curl.setopt(curl.MAXAGE_CONN, _KEPT)
        trusted = ssl.get_default_verify_paths()
        if trusted.cafile:  # libcurl reads it once for all; together with a folder it would do so for each connection
            curl.setopt(curl.CAINFO, trusted.cafile)
        elif trusted.capath:
            curl.setopt(curl.CAPATH, trusted.capath)
        if is_allowed:
            curl.setopt(curl.OPENSOCKETFUNCTION, self._open)

    def prepare(self, url: str, headers: Mapping[str, str], seconds: float, arriving: _Arriving) -> None:
        """Make it ask for ``url``."""
        curl, self.refused = self.curl, False
        curl.setopt(curl.URL, url)
        curl.setopt(curl.HTTPHEADER, [f"{name}: {value}".encode() for name, value in headers.items()])
        curl.setopt(curl.TIMEOUT_MS, max(int(seconds * 1000), 1))
        curl.setopt(curl.HEADERFUNCTION, arriving.line)
        curl.setopt(curl.WRITEFUNCTION, arriving.piece)

    def _open(self, _purpose: int, address: Any) -> socket.socket | int:
        """The one place where a connection begins."""
        if not self._is_allowed(str(address.addr[0])):
            self.refused = True
            return _NO_SOCKET
        return _Passed(address.family, address.socktype, address.protocol)


class _Passed(socket.socket):
    """A socket of which libcurl takes a duplicate."""

    def __del__(self) -> None:
        self.close()


class Transfers:
    """Open connections to any number of hosts, for one event loop; an async context manager's inside."""

    def __init__(
        self, user_agent: str, *, accepted: str, max_bytes: int, is_allowed: Callable[[str], bool] | None
    ) -> None:
        """``accepted`` are the content codings that are asked for; ``is_allowed`` tells of an address, None allows all.

        A body may have ``max_bytes`` after decoding.
        """
        self._user_agent = user_agent
        self._accepted = accepted
        self._max_bytes = max_bytes
        self._is_allowed = is_allowed
        self._idle: list[_Handle] = []
        self._multi = pycurl.AsyncCurlMulti()
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, _CONNECTIONS)
        self._multi.setopt(pycurl.M_MAXCONNECTS, _CONNECTIONS)

    async def get(self, url: str, headers: Mapping[str, str], seconds: float) -> Answer:
        """The answer to one GET; raises NoAnswerError, or CodingError for a body that cannot be taken."""
        handle = self._idle.pop() if self._idle else _Handle(self._user_agent, self._is_allowed)
        arriving = _Arriving(self._max_bytes)
        handle.prepare(url, {**headers, "Accept-Encoding": self._accepted}, seconds, arriving)
        began = asyncio.get_running_loop().time()
        try:
            await self._multi.add_handle(handle.curl)
        except pycurl.error as error:
            if not arriving.is_drained:
                took = asyncio.get_running_loop().time() - began
                raise arriving.trouble or _no_answer(error, handle, arriving, up=took >= seconds) from error
        # One that was cancelled is still at work: it does not come back.
        self._idle.append(handle)
        return arriving.finish()

    async def close(self) -> None:
        """Close every connection."""
        self._idle.clear()
        await self._multi.aclose()


_HTTP2_STREAM = 92  # its name is missing in pycurl
_CUT = (pycurl.E_PARTIAL_FILE, pycurl.E_RECV_ERROR, pycurl.E_HTTP2, _HTTP2_STREAM)
_REASONS = {
    pycurl.E_PEER_FAILED_VERIFICATION: Why.CERTIFICATE,
    pycurl.E_SSL_ISSUER_ERROR: Why.CERTIFICATE,
    pycurl.E_COULDNT_RESOLVE_HOST: Why.HOST,
    pycurl.E_URL_MALFORMAT: Why.URL,
}


def _no_answer(error: pycurl.error, handle: _Handle, arriving: _Arriving, *, up: bool) -> NoAnswerError:
    """What a failed request is called."""
    code, said = error.args[0], str(error.args[1])
    if handle.refused:
        return NoAnswerError(Why.ADDRESS)
    if code == pycurl.E_OPERATION_TIMEDOUT and up:
        return NoAnswerError(Why.TIME, said)
    if code in _CUT and arriving.lines:
        return NoAnswerError(Why.CUT, said)
    return NoAnswerError(_REASONS.get(code, Why.CONNECTION), said)
