# SPDX-License-Identifier: Apache-2.0
"""Finished bytes over HTTP: validators, conditional requests, the stored gzip form. Spec: RFC 9110 8.8, 12.5.3, 13."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

FEED_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(rss|atom|json)")
FEED_TYPES: Final = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
FEED_CACHE: Final = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Document:
    """One representation of a resource. ``modified`` is in whole seconds of UTC, as HTTP dates are."""

    body: bytes
    media_type: str
    modified: datetime | None = None
    zipped: bytes = b""

    def tag(self, coding: str = "") -> str:
        """The strong validator: other bytes on the wire, another tag. Spec: RFC 9110 8.8.3."""
        digest = hashlib.sha256(self.body).hexdigest()[:32]
        return f'"{digest}-{coding}"' if coding else f'"{digest}"'


class Shelf:
    """The folder of finished feeds, each file read and hashed once for as long as it stays the same."""

    def __init__(self, folder: Path) -> None:
        """``folder`` holds CHANNEL.FORMAT and, if somebody compressed it, CHANNEL.FORMAT.gz."""
        self._folder = folder
        self._known: dict[str, tuple[tuple[int, ...], Document]] = {}

    def get(self, name: str) -> Document | None:
        """The document of that file name, or None if there is no such feed."""
        match = FEED_NAME.fullmatch(name)
        if not match:
            return None
        path = self._folder / name
        try:
            mark = (*_mark(path), *_mark(path.with_name(f"{name}.gz"), missing_ok=True))
            known = self._known.get(name)
            if known is None or known[0] != mark:
                known = (mark, _read(path, FEED_TYPES[match[1]]))
                self._known[name] = known
        except FileNotFoundError:
            self._known.pop(name, None)
            return None
        return known[1]


def _mark(path: Path, *, missing_ok: bool = False) -> tuple[int, int, int]:
    """What changes whenever a file is replaced; raises FileNotFoundError."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        if missing_ok:
            return (0, 0, 0)
        raise
    return (seen.st_mtime_ns, seen.st_size, seen.st_ino)


def _read(path: Path, media_type: str) -> Document:
    body = path.read_bytes()
    modified = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return Document(body, media_type, modified, _sibling(path, body))


def _sibling(path: Path, body: bytes) -> bytes:
    """The stored gzip form, b"" if there is none or it holds something else (it is replaced a moment later)."""
    try:
        zipped = path.with_name(f"{path.name}.gz").read_bytes()
        return zipped if gzip.decompress(zipped) == body else b""
    except (OSError, EOFError):
        return b""


def answer(request: Request, document: Document, headers: Mapping[str, str]) -> Response:
    """The document, or 304 if the client has it already; gzip if there is such a form and the client takes it."""
    coding = "gzip" if document.zipped and accepts_gzip(request.headers.get("accept-encoding", "")) else ""
    sent = {**headers, "ETag": document.tag(coding), "Vary": "Accept-Encoding"}
    if document.modified:
        sent["Last-Modified"] = format_datetime(document.modified, usegmt=True)
    if _has_it(request, document, sent["ETag"]):
        return Response(status_code=304, headers=sent)
    if coding:
        sent["Content-Encoding"] = coding
    return Response(document.zipped if coding else document.body, headers=sent, media_type=document.media_type)


def _has_it(request: Request, document: Document, tag: str) -> bool:
    """If-None-Match decides alone where it is present. Spec: RFC 9110 13.2.2."""
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        return wanted.strip() == "*" or tag in re.findall(r'"[^"]*"', wanted)
    since = request.headers.get("if-modified-since")
    if since is None or document.modified is None:
        return False
    try:
        return document.modified <= parsedate_to_datetime(since).replace(tzinfo=UTC)
    except ValueError:
        return False


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header takes gzip. Spec: RFC 9110 12.5.3."""
    weights: dict[str, str] = {}
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.strip()
    named = next((coding for coding in ("gzip", "x-gzip", "*") if coding in weights), "")
    return bool(named) and not re.fullmatch(r"q=0(\.0*)?", weights[named])
