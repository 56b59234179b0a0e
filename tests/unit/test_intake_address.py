# SPDX-License-Identifier: Apache-2.0
"""Public addresses and content codings."""

import gzip
import zlib

import pytest

from syndicate.intake.address import is_public
from syndicate.intake.coding import CodingError, Decoder

TEXT = b"text " * 1000


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1",
     "nonsense", ""],
)  # fmt: skip
def test_private_addresses(address):
    """Loopback, private, link-local, shared, multicast, reserved, documentation and wrapped ones are not public."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses(address):
    """Public addresses are, also where an IPv6-only network wraps them."""
    assert is_public(address)


def whole(coding, body, limit=1_000_000, step=7):
    """What a decoder makes of a body that comes in pieces."""
    decoder = Decoder(coding, limit)
    for start in range(0, len(body), step):
        decoder.feed(body[start : start + step])
    return decoder.finish()


def test_codings():
    """Gzip (several members, padding behind), zlib, raw deflate and none all give the text."""
    raw = zlib.compressobj(wbits=-15)
    for coding, body in (
        ("", TEXT), ("identity", TEXT), ("gzip", gzip.compress(TEXT)), ("X-GZIP ", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]) + b"\0\0"), ("deflate", zlib.compress(TEXT)),
        ("deflate", raw.compress(TEXT) + raw.flush()), ("gzip", b""),
    ):  # fmt: skip
        assert whole(coding, body) == (TEXT if body else b"")


def test_streams_cut_short_or_damaged():
    """A stream without its end, or with damage inside, is an error that says so."""
    with pytest.raises(CodingError, match="cut short"):
        whole("gzip", gzip.compress(TEXT)[:-12])
    with pytest.raises(CodingError, match="damaged"):
        whole("gzip", b"\x1f\x8bnonsense" * 10)
    with pytest.raises(CodingError, match="cut short"):
        whole("deflate", b"\x1f")


def test_bombs_stop_at_the_limit():
    """The decoded size is counted as it grows: sixty megabytes in sixty kilobytes never unfold."""
    decoder = Decoder("gzip", 10_000)
    with pytest.raises(CodingError, match="larger than 10,000 bytes"):
        decoder.feed(gzip.compress(b" " * 60_000_000))
    assert len(decoder.gathered) == 10_001
    with pytest.raises(CodingError, match="larger"):
        whole("", TEXT, limit=100)


def test_codings_that_we_did_not_ask_for():
    """Nested and unknown codings are refused before a byte is read."""
    for coding in ("br", "gzip, gzip", "zstd"):
        with pytest.raises(CodingError, match="did not ask"):
            Decoder(coding, 10)
