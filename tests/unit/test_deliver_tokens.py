# SPDX-License-Identifier: Apache-2.0
"""Tokens in links of a mail."""

from __future__ import annotations

import string

import pytest
from itsdangerous import URLSafeSerializer

from syndicate.deliver import tokens


def test_round_trip():
    """What was made for a purpose is read for that purpose."""
    token = tokens.make(b"s", "unsubscribe", 42)
    assert tokens.read(b"s", "unsubscribe", token) == 42
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")
    assert token == tokens.make(b"s", "unsubscribe", 42)


@pytest.mark.parametrize(
    ("secret", "purpose", "change"),
    [(b"other", "unsubscribe", ""), (b"s", "confirm", ""), (b"s", "unsubscribe", "x")],
)
def test_anything_else_is_nobody(secret, purpose, change):
    """Another secret, another purpose or a changed character is no token of ours."""
    assert tokens.read(secret, purpose, tokens.make(b"s", "unsubscribe", 42) + change) is None


@pytest.mark.parametrize("token", ["", ".", "€", "a.b.c", "x" * 10_000])
def test_junk_is_nobody(token):
    """Junk is refused without an error."""
    assert tokens.read(b"s", "unsubscribe", token) is None


def test_signed_nonsense_is_nobody():
    """Even a rightly signed value that is no number names nobody."""
    signed = tokens._serializer(b"s", "unsubscribe").dumps(True)
    assert isinstance(tokens._serializer(b"s", "unsubscribe"), URLSafeSerializer)
    assert tokens.read(b"s", "unsubscribe", signed) is None
