# SPDX-License-Identifier: Apache-2.0
"""HTTP content codings, undone within bounds: what comes out is counted, and a stream cut short is told."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

ACCEPTED = "gzip, deflate"

_GZIP = ("gzip", "x-gzip")
_AUTOMATIC = 32 + zlib.MAX_WBITS  # gzip or zlib, by its header
_RAW = -zlib.MAX_WBITS  # what some servers send as "deflate"


class CodingError(Exception):
    """The body is too large, cut short or not in the coding it claims; the message says which."""


@dataclass(slots=True)
class Decoder:
    """Takes a body piece by piece and gathers it without its coding. Spec: RFC 9110 8.4.1."""

    coding: str
    max_bytes: int
    gathered: bytearray = field(default_factory=bytearray)
    _stream: zlib._Decompress | None = None

    def __post_init__(self) -> None:
        """Refuse what we did not ask for, nested codings included."""
        self.coding = self.coding.strip().lower()
        if self.coding not in ("", "identity", "deflate", *_GZIP):
            raise CodingError(f"the answer is in a coding that we did not ask for ({self.coding})")

    def feed(self, piece: bytes) -> None:
        """More of the body. Raises CodingError as soon as the whole would pass ``max_bytes``."""
        if self.coding in ("", "identity"):
            self._gather(piece)
            return
        try:
            self._inflate(piece)
        except zlib.error as error:
            raise CodingError("the compressed answer is damaged") from error

    def finish(self) -> bytes:
        """The whole body. Raises CodingError if its compressed stream did not end."""
        if self._stream is not None and not self._stream.eof:
            raise CodingError("the compressed answer was cut short")
        return bytes(self.gathered)

    def _inflate(self, piece: bytes) -> None:
        while piece:
            if self._stream is None or self._stream.eof:  # gzip streams may follow one another
                if self._stream is not None and not piece.strip(b"\0"):
                    return
                self._stream = zlib.decompressobj(_AUTOMATIC if _has_header(piece) else _RAW)
            room = self.max_bytes - len(self.gathered) + 1
            self._gather(self._stream.decompress(piece, room))
            piece = self._stream.unconsumed_tail or self._stream.unused_data

    def _gather(self, piece: bytes) -> None:
        self.gathered += piece
        if len(self.gathered) > self.max_bytes:
            raise CodingError(f"the answer is larger than {self.max_bytes:,} bytes")


def _has_header(piece: bytes) -> bool:
    """Gzip starts with 1F 8B, zlib with a byte whose low half is 8 and a pair divisible by 31 (RFC 1950 2.2)."""
    if piece[:1] == b"\x1f":
        return True
    return len(piece) > 1 and piece[0] & 0x0F == zlib.DEFLATED and int.from_bytes(piece[:2]) % 31 == 0
