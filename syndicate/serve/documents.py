# SPDX-License-Identifier: Apache-2.0
"""Finished bytes over HTTP: validators, conditional requests, stored gzip and br forms.

Spec: RFC 9110 8.8, 12.5.3, 13, RFC 7932.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
from starlette.requests import Request
from starlette.responses import Response

FEED_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(rss|atom|json)")
FEED_TYPES: Final = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
FEED_CACHE: Final = "public, max-age=300"
CODINGS: Final[Mapping[str, tuple[str, Callable[[bytes], bytes]]]] = {
    "br": (".br", brotli.decompress),
    "gzip": (".gz", gzip.decompress),
}
"""Content codings in the order in which we prefer them: the ending of the file, and what undoes it."""
SMALLEST: Final = 500
"""Bytes below which compressing gains nothing."""


_Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """One representation of a resource. ``modified`` is in whole seconds of UTC, as HTTP dates are.

    ``coded`` has the compressed forms there are, by coding; ``digest`` names the bytes.
    """

    body: bytes
    media_type: str
    modified: datetime | None = None
    coded: Mapping[str, bytes] = field(default_factory=dict)
    digest: str = ""

    def tag(self, coding: str = "") -> str:
        """The strong validator: other bytes on the wire, another tag. Spec: RFC 9110 8.8.3."""
        digest = self.digest or digest_of(self.body)
        return f'"{digest}-{coding}"' if coding else f'"{digest}"'

    def coding(self, accepted: str) -> str:
        """The coding to send to a client with this Accept-Encoding header; "" for the bytes as they are."""
        return next((one for one in taken(accepted) if one in self.coded), "")


def digest_of(body: bytes) -> str:
    """A name for these bytes."""
    return hashlib.sha256(body).hexdigest()[:32]


def packed(body: bytes, media_type: str) -> Document:
    """A document with its compressed forms, for what is sent more than once."""
    coded = {"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body, 6, mtime=0)}
    return Document(body, media_type, None, coded if len(body) >= SMALLEST else {}, digest_of(body))


class Shelf:
    """The folder of finished feeds, each file read and hashed once for as long as it stays the same."""

    def __init__(self, folder: Path) -> None:
        """``folder`` holds CHANNEL.FORMAT and, if somebody compressed it, CHANNEL.FORMAT.gz and .br."""
        self._at = str(folder)
        self._known: dict[str, tuple[tuple[_Mark, _Mark], Document]] = {}

    def get(self, name: str) -> Document | None:
        """The document of that file name, or None if there is no such feed. The same object as long as it is so."""
        match = FEED_NAME.fullmatch(name)
        if not match:
            return None
        path = f"{self._at}/{name}"
        try:
            # A compressed form that is replaced changes the folder.
            mark = (_mark(path), _mark(self._at))
            known = self._known.get(name)
            if known is None or known[0] != mark:
                known = (mark, _read(Path(path), FEED_TYPES[match[1]]))
                self._known[name] = known
        except FileNotFoundError:
            self._known.pop(name, None)
            return None
        return known[1]


def _mark(path: str) -> _Mark:
    """What changes whenever a file is replaced, or one in a folder; raises FileNotFoundError."""
    seen = os.stat(path)  # noqa: PTH116 - asked at every request: a Path would cost as much as the answer
    return (seen.st_mtime_ns, seen.st_size, seen.st_ino)


def _read(path: Path, media_type: str) -> Document:
    body = path.read_bytes()
    modified = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    coded = {coding: _sibling(path, body, *how) for coding, how in CODINGS.items()}
    return Document(body, media_type, modified, {c: some for c, some in coded.items() if some}, digest_of(body))


def _sibling(path: Path, body: bytes, ending: str, undo: Callable[[bytes], bytes]) -> bytes:
    """A stored compressed form, b"" if there is none or it holds something else (it is replaced a moment later)."""
    try:
        coded = path.with_name(path.name + ending).read_bytes()
        return coded if undo(coded) == body else b""
    except (OSError, EOFError, brotli.error):
        return b""


def answer(request: Request, document: Document, headers: Mapping[str, str]) -> Response:
    """The document, or 304 if the client has it already; compressed if there is a form that the client takes."""
    coding = document.coding(request.headers.get("accept-encoding", ""))
    sent = head(document, coding, headers)
    if has_it(document, sent["ETag"], request.headers.get("if-none-match"), request.headers.get("if-modified-since")):
        return Response(status_code=304, headers=sent)
    if coding:
        sent["Content-Encoding"] = coding
    return Response(document.coded[coding] if coding else document.body, headers=sent, media_type=document.media_type)


def head(document: Document, coding: str, headers: Mapping[str, str]) -> dict[str, str]:
    """What stands above the document and above the word that it has not changed."""
    sent = {"Vary": "Accept-Encoding", **headers, "ETag": document.tag(coding)}
    if document.modified:
        sent["Last-Modified"] = format_datetime(document.modified, usegmt=True)
    return sent


def has_it(document: Document, tag: str, wanted: str | None, since: str | None) -> bool:
    """Whether the client has it, by If-None-Match, which decides alone where it is present, and If-Modified-Since.

    Spec: RFC 9110 13.2.2.
    """
    if wanted is not None:
        return wanted == tag or wanted.strip() == "*" or tag in re.findall(r'"[^"]*"', wanted)
    if since is None or document.modified is None:
        return False
    try:
        return document.modified <= parsedate_to_datetime(since).replace(tzinfo=UTC)
    except ValueError:
        return False


@lru_cache(maxsize=256)  # clients send few of these headers, and send them with every request
def taken(header: str) -> tuple[str, ...]:
    """Those of our codings that an Accept-Encoding header takes, the one we like best first. Spec: RFC 9110 12.5.3."""
    weights: dict[str, str] = {}
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.strip()
    return tuple(coding for coding in CODINGS if _takes(weights, coding))


def _takes(weights: Mapping[str, str], coding: str) -> bool:
    named = next((one for one in (coding, f"x-{coding}", "*") if one in weights), "")
    return bool(named) and not re.fullmatch(r"q=0(\.0*)?", weights[named])
